package engine

import (
	"context"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/slackwater-go/slackwater/internal/check"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
	"github.com/slackwater-go/slackwater/internal/testkit/oracle"
)

// exactOnly runs the exact search without any heuristic before it. First is the number
// of conflicts before the lower bound gets a turn.
func exactOnly(in *rcpsp.Instance, opt Options, first int64) Result {
	r := &run{ctx: context.Background(), in: in, opt: opt}
	r.res.Bound = make([]int64, in.Tiers())
	for k := range r.res.Bound {
		r.res.Bound[k] = math.MinInt64
	}
	r.base = slices.Clone(r.res.Bound)
	m, ok := newModel(in, opt.Off, nil, nil)
	e := &exactRun{run: r, m: m, first: first}
	if ok {
		m.solver.Poll = e.poll
		e.tiers()
		e.count()
	} else {
		e.exhausted()
	}
	e.explain()
	r.conclude()
	return r.res
}

// instances returns how many random instances a test looks at: a few by default, as
// many as SLACKWATER_LONG says in long runs.
func instances(few int) uint64 {
	if n, err := strconv.Atoi(os.Getenv("SLACKWATER_LONG")); err == nil {
		return uint64(n)
	}
	return uint64(few)
}

// TestExactAgainstOracle compares with enumeration: infeasible if and only if there is
// nothing, else the same value in every tier.
func TestExactAgainstOracle(t *testing.T) {
	counts := map[string]int{}
	for seed := range instances(600) {
		in := gen.Seeded(seed, gen.Options{})
		want := oracle.Best(in)
		got := exactOnly(in, Options{}, int64(seed%4))
		compare(t, seed, in, want, got)
		tally(in, want, counts)
		if t.Failed() {
			t.FailNow()
		}
	}
	t.Log(counts)
}

func compare(t *testing.T, seed uint64, in *rcpsp.Instance, want *rcpsp.Solution, got Result) {
	t.Helper()
	switch {
	case want == nil && got.Status != Infeasible:
		t.Errorf("seed %d: %v with %v, but there is no solution", seed, got.Status, got.Best)
	case want != nil && (got.Best == nil || rcpsp.Compare(in.Value(want), got.Value) != 0):
		t.Errorf("seed %d: %v with %v %+v, but %v is possible: %+v", seed, got.Status, got.Value, got.Best, in.Value(want), want)
	case want != nil && got.Status != Optimal && in.Tiers() > 0:
		t.Errorf("seed %d: %v with %v, not proved (bounds %v)", seed, got.Status, got.Value, got.Bound)
	case got.Status == Infeasible && oracle.Feasible(restrict(in, got.Core)):
		t.Errorf("seed %d: the core %v has a solution", seed, got.Core)
	case got.Best != nil && len(check.Solution(in, got.Best)) > 0:
		t.Errorf("seed %d: %v breaks %v", seed, got.Best, check.Solution(in, got.Best))
	}
}

// tally counts which constraint kinds an instance has, so that a log shows what the
// comparison covered.
func tally(in *rcpsp.Instance, want *rcpsp.Solution, counts map[string]int) {
	add := func(name string, n int) {
		if n > 0 {
			counts[name]++
		}
	}
	counts["instances"]++
	if want == nil {
		counts["infeasible"]++
	}
	add("lags", len(in.Lags))
	add("resources", len(in.Resources))
	add("no-overlap", len(in.NoOverlap))
	add("groups", len(in.Groups))
	add("budgets", len(in.Budgets))
	add("same-span", len(in.SameSpan))
	add("links", len(in.Links))
	add("goals", len(in.Goals))
	add("tiers", max(0, in.Tiers()-1))
	for t := range in.Tasks {
		if in.Tasks[t].Optional {
			counts["optional tasks"]++
		}
		if len(in.Tasks[t].Modes) > 1 {
			counts["tasks with modes"]++
		}
		for k := range in.Tasks[t].Modes {
			if in.Tasks[t].Modes[k].Work != nil {
				counts["modes that pause"]++
			}
		}
	}
}
