package rcpsp_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
	"github.com/slackwater-go/slackwater/internal/testkit/oracle"
)

// TestValueAgreesWithTicks compares Value with a sum over ticks, on solutions.
func TestValueAgreesWithTicks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := gen.Draw(gen.Options{Tasks: 4, Horizon: 10}).Draw(t, "instance")
		n := 0
		for s := range oracle.All(in) {
			if got, want := in.Value(s), oracle.Value(in, s); !slices.Equal(got, want) {
				t.Fatalf("Value(%+v) = %v, tick by tick %v, of %+v", s, got, want, in)
			}
			if n++; n == 20 {
				break
			}
		}
	})
}

// TestAdvanceAndRetreat compares both with a walk over ticks, and each with the other.
func TestAdvanceAndRetreat(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var work []rcpsp.Span
		works := make([]bool, 40)
		for at := rapid.IntRange(0, 4).Draw(t, "gap"); at < 30; {
			d := rapid.IntRange(1, 6).Draw(t, "span")
			work = append(work, rcpsp.Span{Lo: rcpsp.Time(at), Hi: rcpsp.Time(at + d)})
			for i := at; i < at+d; i++ {
				works[i] = true
			}
			at += d + rapid.IntRange(1, 5).Draw(t, "gap")
		}
		d := rapid.IntRange(0, 12).Draw(t, "d")
		naive := func(start int) (int, bool) {
			left := d
			for ; left > 0; start++ {
				if start >= len(works) {
					return 0, false
				}
				if works[start] {
					left--
				}
			}
			return start, true
		}
		for at := range 40 {
			want, ok := naive(at)
			got, gotOK := rcpsp.Advance(work, rcpsp.Time(at), rcpsp.Time(d))
			if ok != gotOK || ok && int(got) != want {
				t.Fatalf("Advance(%v, %d, %d) = %d %v, want %d %v", work, at, d, got, gotOK, want, ok)
			}
			last, ok := -1, false
			for s := -1; s < 40; s++ {
				if e, fits := naive(max(s, 0)); s >= 0 && fits && e <= at {
					last, ok = s, true
				}
			}
			back, backOK := rcpsp.Retreat(work, rcpsp.Time(at), rcpsp.Time(d))
			if ok && (!backOK || int(back) != last) || !ok && backOK && back >= 0 {
				t.Fatalf("Retreat(%v, %d, %d) = %d %v, want %d %v", work, at, d, back, backOK, last, ok)
			}
		}
	})
}
