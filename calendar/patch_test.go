package calendar

import (
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestChangesArePatchedRightly makes random changes and compares with compiling anew.
func TestChangesArePatchedRightly(t *testing.T) {
	pool := manyWindows(200)
	rapid.Check(t, func(t *rapid.T) {
		within := Interval{fiveYears().Start, fiveYears().Start.AddDate(0, 2, 0)}
		c := Calendar{ID: "c"}
		for i := range rapid.IntRange(0, 70).Draw(t, "windows") {
			w := pool[i]
			if i%7 == 0 {
				w.Scope.CIs = []string{"x"}
			}
			c.Windows = append(c.Windows, w)
		}
		other := Calendar{ID: "other", Windows: pool[100 : 100+rapid.SampledFrom([]int{0, 0, 1, 30}).Draw(t, "others")]}
		compile := func() (*Compiled, error) {
			if len(other.Windows) == 0 {
				return c.Compile(within)
			}
			return (&Policy{Version: 1, Calendars: []Calendar{other, c}}).Compile(within)
		}
		k, err := compile()
		if err != nil {
			t.Fatal(err)
		}
		subjects := []Subject{{}, {CIs: []string{"x"}}}
		for _, s := range subjects {
			k.For(s)
		}
		for range rapid.IntRange(1, 5).Draw(t, "changes") {
			w := pool[rapid.IntRange(0, len(pool)-1).Draw(t, "other")]
			if n := len(c.Windows); n > 0 && rapid.Bool().Draw(t, "replace") {
				w.ID = c.Windows[rapid.IntRange(0, n-1).Draw(t, "window")].ID
			}
			if rapid.IntRange(0, 4).Draw(t, "scoped") == 0 {
				w.Scope.CIs = []string{"x"}
			}
			w.Overrun = rapid.IntRange(0, 9).Draw(t, "overrun") == 0
			if k, err = k.With("c", w); err != nil {
				t.Fatal(err)
			}
			replaced := false
			for i := range c.Windows {
				if c.Windows[i].ID == w.ID {
					c.Windows[i], replaced = w, true
				}
			}
			if !replaced {
				c.Windows = append(c.Windows, w)
			}
			if n := len(c.Windows); n > 1 && rapid.IntRange(0, 3).Draw(t, "remove") == 0 {
				i := rapid.IntRange(0, n-1).Draw(t, "removed")
				if k, err = k.Without("c", c.Windows[i].ID); err != nil {
					t.Fatal(err)
				}
				c.Windows = append(append([]Window(nil), c.Windows[:i]...), c.Windows[i+1:]...)
			}
			anew, err := compile()
			if err != nil {
				t.Fatal(err)
			}
			// Some of the time nothing is asked, so that changes add up; some of the time about instants
			// alone, which settles a part of the change only.
			asked := rapid.IntRange(0, 2).Draw(t, "asked")
			for _, s := range subjects {
				if asked == 0 {
					continue
				}
				samePoints(t, k.For(s), anew.For(s), rapid.IntRange(0, 25).Draw(t, "points"))
				if asked == 1 {
					continue
				}
				if got, want := k.For(s).Intervals(), anew.For(s).Intervals(); !got.Equal(want) {
					t.Fatalf("patched and compiled differ by %v and %v", got.Subtract(want).spans, want.Subtract(got).spans)
				}
			}
		}
	})
}

// samePoints asks two timelines about n instants, some of them where one of them opens or closes.
func samePoints(t *rapid.T, got, want *Timeline, n int) {
	type answers struct {
		state          State
		open, fits     bool
		next, end, fit time.Time
		total          time.Duration
	}
	edges := want.Intervals().spans
	for range n {
		at := want.Within().Start.Add(time.Duration(rapid.Int64Range(-1e9, int64(want.Within().Duration())+1e9).Draw(t, "instant")))
		if len(edges) > 0 && rapid.Bool().Draw(t, "edge") {
			e := edges[rapid.IntRange(0, len(edges)-1).Draw(t, "span")]
			at = fromNano(rapid.SampledFrom([]int64{e.lo - 1, e.lo, e.lo + 1, e.hi - 1, e.hi, e.hi + 1}).Draw(t, "beside"))
		}
		d := time.Duration(rapid.IntRange(1, 90).Draw(t, "length")) * time.Minute
		whole := rapid.IntRange(0, 20).Draw(t, "whole") == 0 // settles all
		ask := func(l *Timeline) (a answers) {
			a.state, a.open = l.At(at), l.Open(at)
			a.next, _ = l.NextOpen(at)
			a.end, _ = l.NextClose(at)
			a.fit, _ = l.FirstFit(at, d)
			if whole {
				a.fits, a.total = l.Fits(at, d), l.Total(Interval{want.Within().Start, at})
			}
			return a
		}
		if a, b := ask(got), ask(want); a != b {
			t.Fatalf("at %v, %v long: patched %+v, compiled %+v", at, d, a, b)
		}
	}
}

// TestCompiledIsSafeForConcurrentUse is of use under the race detector.
func TestCompiledIsSafeForConcurrentUse(t *testing.T) {
	c := Calendar{ID: "c", Windows: manyWindows(40)}
	for i := range c.Windows {
		c.Windows[i].Scope.CIs = []string{itoa(i % 5), "all"}
	}
	within := Interval{fiveYears().Start, fiveYears().Start.AddDate(0, 3, 0)}
	k, err := c.Compile(within)
	if err != nil {
		t.Fatal(err)
	}
	want := map[int]Intervals{}
	for i := range 5 {
		open, err := c.Open(within, Subject{CIs: []string{itoa(i)}})
		if err != nil {
			t.Fatal(err)
		}
		want[i] = open
	}
	// One changed calendar for all, whose change is taken in question by question.
	for i := range 5 {
		k.For(Subject{CIs: []string{itoa(i)}})
	}
	moved := c.Windows[7]
	moved.Starts, moved.Scope = c.Windows[9].Starts, Scope{}
	changed, err := k.With("", moved)
	if err != nil {
		t.Fatal(err)
	}
	other := Calendar{ID: "c", Windows: slices.Clone(c.Windows)}
	other.Windows[7] = moved
	anew, err := other.Compile(within)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 20 {
				n := (g + i) % 5
				if !k.For(Subject{CIs: []string{itoa(n)}}).Intervals().Equal(want[n]) {
					t.Errorf("subject %d differs", n)
				}
				for range c.Windows[n].Starts.Starts(within) {
					continue
				}
				if _, err := k.With("", c.Windows[n]); err != nil {
					t.Error(err)
				}
				line := changed.For(Subject{CIs: []string{itoa(n)}})
				at := within.Start.AddDate(0, 0, 11*i%90)
				if line.At(at) != anew.For(Subject{CIs: []string{itoa(n)}}).At(at) {
					t.Errorf("subject %d differs at %v after a change", n, at)
				}
				if i == 15 && !line.Intervals().Equal(anew.For(Subject{CIs: []string{itoa(n)}}).Intervals()) {
					t.Errorf("subject %d differs after a change", n)
				}
				for range c.Occurrences(Interval{within.Start, within.Start.AddDate(0, 0, 3)}, Subject{CIs: []string{itoa(n)}}) {
					continue
				}
			}
		})
	}
	wg.Wait()
}
