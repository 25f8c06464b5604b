package sgs

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// TestProfileAgainstTicks compares a profile with an array of ticks under random
// raises; it makes enough steps to split chunks and take them away again.
func TestProfileAgainstTicks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const n = 600
		p := newProfile([]rcpsp.Step{{Value: 3}, {From: 50, Value: 1}, {From: 70, Value: 1}, {From: 100, Value: 4}})
		var ticks [n]int64
		for i := range ticks {
			ticks[i] = p.at(rcpsp.Time(i))
		}
		type op struct{ lo, hi, by int }
		var undo []op
		raise := func(o op) {
			p.raise(rcpsp.Time(o.lo), rcpsp.Time(o.hi), int64(o.by))
			for i := o.lo; i < o.hi; i++ {
				ticks[i] += int64(o.by)
			}
		}
		for range rapid.IntRange(1, 250).Draw(t, "ops") {
			if len(undo) > 0 && rapid.IntRange(0, 2).Draw(t, "undo") == 0 {
				k := rapid.IntRange(0, len(undo)-1).Draw(t, "which")
				o := undo[k]
				undo = append(undo[:k], undo[k+1:]...)
				raise(op{o.lo, o.hi, -o.by})
				continue
			}
			lo := rapid.IntRange(0, n-1).Draw(t, "lo")
			hi := min(n, lo+rapid.SampledFrom([]int{1, 3, 40, n}).Draw(t, "len"))
			o := op{lo, hi, rapid.IntRange(-3, 3).Draw(t, "by")}
			undo = append(undo, o)
			raise(o)
		}
		for i, want := range ticks {
			if got := p.at(rcpsp.Time(i)); got != want {
				t.Fatalf("at(%d) = %d, want %d", i, got, want)
			}
		}
		lo := rapid.IntRange(0, n-1).Draw(t, "from")
		hi := rapid.IntRange(lo, n).Draw(t, "to")
		need := int64(rapid.IntRange(-4, 6).Draw(t, "need"))
		a := lo
		for a < hi && ticks[a] >= need {
			a++
		}
		b := a
		for b < hi && ticks[b] < need {
			b++
		}
		if from, to, _ := p.gap(rcpsp.Time(lo), rcpsp.Time(hi), need); int(from) != a || a < hi && int(to) != b {
			t.Fatalf("gap(%d, %d, %d) = [%d, %d), want [%d, %d)", lo, hi, need, from, to, a, b)
		}
		b = hi
		for b > lo && ticks[b-1] >= need {
			b--
		}
		a = b
		for a > lo && ticks[a-1] < need {
			a--
		}
		if from, to, _ := p.gapBack(rcpsp.Time(lo), rcpsp.Time(hi), need); int(to) != b || b > lo && int(from) != a {
			t.Fatalf("gapBack(%d, %d, %d) = [%d, %d), want [%d, %d)", lo, hi, need, from, to, a, b)
		}
		if lo < hi {
			low := ticks[lo]
			for _, v := range ticks[lo:hi] {
				low = min(low, v)
			}
			if got := p.lowestIn(rcpsp.Time(lo), rcpsp.Time(hi)); got != low {
				t.Fatalf("lowestIn(%d, %d) = %d, want %d", lo, hi, got, low)
			}
		}
		for _, o := range undo {
			raise(op{o.lo, o.hi, -o.by})
		}
		if len(p.chunks) > 8 || len(p.chunks[0].from) > 3 {
			t.Fatalf("after all raises are undone %d chunks remain", len(p.chunks))
		}
	})
}
