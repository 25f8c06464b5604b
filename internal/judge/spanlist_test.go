package judge

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestSpanList compares with a plain slice, at sizes that split and empty blocks.
func TestSpanList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		random := func() entry {
			lo := r.Int64N(300)
			return entry{span: span{lo, lo + 1 + r.Int64N(1+r.Int64N(60))}, act: r.Int32N(3), weight: r.Int64N(2)}
		}
		var plain []entry
		for range rapid.IntRange(0, 3*blockSize).Draw(t, "at first") {
			plain = append(plain, random())
		}
		l := newSpanList(slices.Clone(plain))
		for range rapid.IntRange(0, 4*blockSize).Draw(t, "edits") {
			if len(plain) > 0 && r.IntN(5) < 2 {
				i := r.IntN(len(plain))
				l.remove(plain[i])
				plain = slices.Delete(plain, i, i+1)
			} else {
				e := random()
				l.insert(e)
				plain = append(plain, e)
			}
		}
		l.remove(entry{span: span{1000, 1001}}) // not there
		slices.SortFunc(plain, compareEntries)
		for range 20 {
			w := random().span
			want := slices.DeleteFunc(slices.Clone(plain), func(e entry) bool { return e.hi <= w.lo || e.lo >= w.hi })
			if got := slices.Collect(l.overlapping(w)); !slices.Equal(got, want) {
				t.Fatalf("%v: %v, want %v", w, got, want)
			}
		}
		if got := slices.Collect(l.overlapping(allTime)); !slices.Equal(got, plain) {
			t.Fatalf("%d entries, want %d", len(got), len(plain))
		}
	})
}

// TestPortfolioEdits edits a plan of a thousand activities.
func TestPortfolioEdits(t *testing.T) {
	c, p := portfolio(t, 1000)
	k := NewChecker(c, p)
	r := rand.New(rand.NewPCG(5, 6))
	for range 20 {
		for range 1 + r.IntN(10) {
			as := p.Assignments[r.IntN(len(p.Assignments))]
			by := time.Duration(r.IntN(400)-200) * time.Hour / 4
			as.Start, as.End = as.Start.Add(by), as.End.Add(by)
			k.Put(as)
		}
		if diff := cmp.Diff(Judge(c, k.Plan()), k.Report()); diff != "" {
			t.Fatal(diff)
		}
	}
	if n := len(k.Report().Findings); n < 50 {
		t.Errorf("only %d findings: nothing much was tried", n)
	}
}
