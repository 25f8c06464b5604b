package sgs

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/internal/check"
	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
	"github.com/slackwater-go/slackwater/internal/testkit/oracle"
)

// TestBuildsAreSchedules builds with every rule and scheme: what comes out passes
// check, has the value that the state says, and is not better than the best there is.
// What the windows exclude no solution uses.
func TestBuildsAreSchedules(t *testing.T) {
	built, feasible := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		in := gen.Draw(gen.Options{Tasks: 5}).Draw(t, "instance")
		best := oracle.Best(in)
		w := NewWindows(in, nil, nil)
		if w.Empty {
			if best != nil {
				t.Fatalf("windows are empty, but %+v solves %+v", best, in)
			}
			return
		}
		if best != nil {
			feasible++
		}
		m := NewModel(in, w, nil)
		b := NewBuilder(m, prng.New(1))
		b.Ejections = 60
		found := false
		for r := range Rules {
			for _, scheme := range []Scheme{Serial, Parallel} {
				b.Clear()
				if !b.Build(m.Keys(r), scheme) {
					continue
				}
				verify(t, b, best)
				b.Justify()
				verify(t, b, best)
				found = true
			}
		}
		if found {
			built++
		}
	})
	t.Logf("built %d of %d that have a solution", built, feasible)
	if built*100 < feasible*85 {
		t.Errorf("built %d of %d that have a solution: want at least 85 %%", built, feasible)
	}
}

func verify(t *rapid.T, b *Builder, best *rcpsp.Solution) {
	in, s := b.M.In, b.Solution()
	if broken := check.Solution(in, s); len(broken) > 0 {
		t.Fatalf("%+v breaks %v of %+v", s, broken, in)
	}
	if v := in.Value(s); !slices.Equal(v, b.Value()) {
		t.Fatalf("state says %v, %+v has %v in %+v", b.Value(), s, v, in)
	}
	if best == nil || rcpsp.Compare(in.Value(s), in.Value(best)) < 0 {
		t.Fatalf("%+v is better than the best, %+v, of %+v", s, best, in)
	}
}

// TestWindowsKeepSolutions compares the windows with all solutions.
func TestWindowsKeepSolutions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := gen.Draw(gen.Options{Tasks: 4}).Draw(t, "instance")
		w := NewWindows(in, nil, nil)
		n := 0
		for s := range oracle.All(in) {
			n++
			for k := range in.Tasks {
				id := rcpsp.TaskID(k)
				if !s.Present(id) {
					if w.Must[k] {
						t.Fatalf("task %d is said to be present, %+v leaves it out of %+v", k, s, in)
					}
					continue
				}
				end := in.End(s, id)
				if w.Never[k] || s.Start[k] < w.EarliestStart[k] || s.Start[k] > w.LatestStart[k] || end < w.EarliestEnd[k] || end > w.LatestEnd[k] {
					t.Fatalf("task %d of %+v is outside its window in %+v", k, s, in)
				}
			}
		}
		if n > 0 && w.Empty {
			t.Fatalf("windows of %+v are empty, it has %d solutions", in, n)
		}
		if w.Empty {
			broken(t, in, w.Core)
		}
	})
}

// broken checks that the constraints of a core cannot hold together: tasks outside it
// may be left out, or carried out at any time.
func broken(t *rapid.T, in *rcpsp.Instance, core []rcpsp.ConstraintID) {
	relaxed := &rcpsp.Instance{Horizon: in.Horizon}
	kept := map[rcpsp.ConstraintID]bool{}
	for _, id := range core {
		kept[id] = true
	}
	for k := range in.Tasks {
		free := []rcpsp.Range{{Lo: 0, Hi: in.Horizon}}
		task := rcpsp.Task{Modes: []rcpsp.Mode{{Starts: free}, {Duration: 2, Starts: free}}, Optional: true}
		if kept[rcpsp.ConstraintID{Kind: rcpsp.KindTask, Index: int32(k)}] {
			task = in.Tasks[k]
		}
		relaxed.Tasks = append(relaxed.Tasks, task)
	}
	for i, l := range in.Lags {
		if kept[rcpsp.ConstraintID{Kind: rcpsp.KindLag, Index: int32(i)}] {
			relaxed.Lags = append(relaxed.Lags, l)
		}
	}
	for i, l := range in.Links {
		if kept[rcpsp.ConstraintID{Kind: rcpsp.KindLink, Index: int32(i)}] {
			relaxed.Links = append(relaxed.Links, l)
		}
	}
	if oracle.Feasible(relaxed) {
		t.Fatalf("core %v of %+v can hold together", core, in)
	}
}

// TestFitIsExact compares Fit and FitLast with trying each start with check.
func TestFitIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := gen.Draw(gen.Options{Tasks: 4}).Draw(t, "instance")
		w := NewWindows(in, nil, nil)
		if w.Empty {
			return
		}
		b := NewBuilder(NewModel(in, w, nil), prng.New(rapid.Uint64().Draw(t, "seed")))
		b.Build(b.M.Keys(Slack), Serial)
		for k := range b.Mode {
			id := rcpsp.TaskID(k)
			if b.Mode[k] < 0 {
				continue
			}
			mode := b.Mode[k]
			b.Remove(id)
			clear(b.kept) // what open tasks will need is no constraint yet
			lo, hi := b.Window(id, mode)
			first, last := rcpsp.Time(-1), rcpsp.Time(-1)
			s := b.Solution()
			for at := rcpsp.Time(0); at <= in.Horizon; at++ {
				s.Mode[k], s.Start[k] = mode, at
				if fits(in, s, b, k) {
					if first < 0 {
						first = at
					}
					last = at
				}
			}
			got, ok := b.Fit(id, mode, lo, hi)
			if ok != (first >= 0) || ok && got != first {
				t.Fatalf("Fit(%d) = %d %v, want %d, window [%d, %d], others %+v in %+v", k, got, ok, first, lo, hi, s, in)
			}
			got, ok = b.FitLast(id, mode, lo, hi)
			if ok != (last >= 0) || ok && got != last {
				t.Fatalf("FitLast(%d) = %d %v, want %d, window [%d, %d], others %+v in %+v", k, got, ok, last, lo, hi, s, in)
			}
			return
		}
	})
}

// fits says whether s breaks nothing but the presence of open tasks, and keeps task k
// inside its static window.
func fits(in *rcpsp.Instance, s *rcpsp.Solution, b *Builder, k int) bool {
	for _, id := range check.Solution(in, s) {
		if id.Kind == rcpsp.KindTask && int(id.Index) != k && b.Mode[id.Index] == Open {
			continue
		}
		if id.Kind == rcpsp.KindLink {
			continue
		}
		return false
	}
	w := b.M.Windows
	end := in.End(s, rcpsp.TaskID(k))
	return s.Start[k] >= w.EarliestStart[k] && s.Start[k] <= w.LatestStart[k] && end >= w.EarliestEnd[k] && end <= w.LatestEnd[k]
}
