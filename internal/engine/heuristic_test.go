package engine

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/internal/check"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
	"github.com/slackwater-go/slackwater/internal/testkit/oracle"
)

// TestHeuristicsAgainstOracle runs heuristics and bounds alone on small instances:
// solutions are solutions, bounds are bounds, optimal and infeasible are true.
func TestHeuristicsAgainstOracle(t *testing.T) {
	n := 400
	if os.Getenv("SLACKWATER_LONG") != "" {
		n = 20_000
	}
	var feasible, found, best, proved, excluded, infeasible int
	for seed := range n {
		in := gen.Seeded(uint64(seed), gen.Options{})
		res, err := Run(context.Background(), in, Options{HeuristicOnly: true, MaxWork: 20_000, Seed: uint64(seed)})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		opt := oracle.Best(in)
		if opt == nil {
			infeasible++
			if res.Status == Infeasible {
				excluded++
			} else if res.Status != Unknown {
				t.Fatalf("seed %d: %v, but there is no solution", seed, res.Status)
			}
			continue
		}
		feasible++
		value := in.Value(opt)
		if res.Status == Infeasible {
			t.Fatalf("seed %d: called infeasible, %+v is a solution", seed, opt)
		}
		if len(res.Bound) > 0 && res.Bound[0] > value[0] {
			t.Fatalf("seed %d: bound %v, best value %v", seed, res.Bound, value)
		}
		if res.Best == nil {
			continue
		}
		found++
		if broken := check.Solution(in, res.Best); len(broken) > 0 || !slices.Equal(in.Value(res.Best), res.Value) {
			t.Fatalf("seed %d: %+v breaks %v, value %v, said %v", seed, res.Best, broken, in.Value(res.Best), res.Value)
		}
		d := rcpsp.Compare(res.Value, value)
		if d == 0 {
			best++
		}
		for k := range value {
			if res.Bound[k] > value[k] {
				t.Fatalf("seed %d: bound %v with value %v, best value %v", seed, res.Bound, res.Value, value)
			}
			if res.Value[k] != value[k] {
				break
			}
		}
		if res.Status == Optimal {
			if proved++; d != 0 {
				t.Fatalf("seed %d: value %v called optimal, %v is best", seed, res.Value, value)
			}
		}
	}
	t.Logf("%d feasible: %d found, %d of them best, %d proved; %d infeasible: %d excluded", feasible, found, best, proved, infeasible, excluded)
	if found*100 < feasible*97 || best*100 < found*90 {
		t.Error("want 97 % found, and 90 % of these best")
	}
}

// TestMaxWorkRepeats runs with the work of an earlier run as limit: same solution.
func TestMaxWorkRepeats(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := gen.Draw(gen.Options{}).Draw(t, "instance")
		limit := rapid.Int64Range(1, 30_000).Draw(t, "work")
		opt := Options{HeuristicOnly: true, MaxWork: limit, Seed: rapid.Uint64().Draw(t, "seed")}
		a, err := Run(context.Background(), in, opt)
		if err != nil {
			t.Fatal(err)
		}
		opt.MaxWork = max(1, a.Stats.Work)
		b, err := Run(context.Background(), in, opt)
		if err != nil {
			t.Fatal(err)
		}
		same := a.Best == nil && b.Best == nil || a.Best != nil && b.Best != nil && slices.Equal(a.Best.Start, b.Best.Start) && slices.Equal(a.Best.Mode, b.Best.Mode)
		if !same || a.Status != b.Status || !slices.Equal(a.Bound, b.Bound) || a.Stats != b.Stats {
			t.Fatalf("limit %d gives %+v, its work as limit %+v", limit, a, b)
		}
	})
}

// TestRunOnEdges runs instances without tasks or goals, and a hint that is no solution.
func TestRunOnEdges(t *testing.T) {
	res, err := Run(context.Background(), &rcpsp.Instance{}, Options{})
	if err != nil || res.Status != Optimal {
		t.Errorf("without tasks: %+v, %v", res, err)
	}
	in := twoInARow()
	in.Goals = nil
	if res, err = Run(context.Background(), in, Options{}); err != nil || res.Status != Optimal || res.Best == nil {
		t.Errorf("without goals: %+v, %v", res, err)
	}
	hint := &rcpsp.Solution{Mode: []int32{0, 7}, Start: []rcpsp.Time{-5, 1}}
	if res, err = Run(context.Background(), twoInARow(), Options{Hint: hint}); err != nil || res.Status != Optimal {
		t.Errorf("with a hint that is no solution: %+v, %v", res, err)
	}
}

// TestProgressStops ends the run on its first report.
func TestProgressStops(t *testing.T) {
	for seed := range uint64(50) {
		told := 0
		_, err := Run(context.Background(), gen.Seeded(seed, gen.Options{}), Options{Progress: func(Event) bool { told++; return false }})
		if err != nil || told > 1 {
			t.Fatalf("seed %d: told %d times after the first was answered with false, %v", seed, told, err)
		}
	}
}

// TestGapStops asks for a gap so wide that any solution closes it.
func TestGapStops(t *testing.T) {
	for seed := range uint64(60) {
		in := gen.Seeded(seed, gen.Options{Makespan: true})
		full, err := Run(context.Background(), in, Options{})
		if err != nil {
			t.Fatal(err)
		}
		res, err := Run(context.Background(), in, Options{Gap: 1})
		if err != nil || (res.Best == nil) != (full.Best == nil) {
			t.Fatalf("seed %d: %+v, %v; without a gap %+v", seed, res, err, full)
		}
		if res.Best != nil && (res.Value[0] < full.Value[0] || res.Stats.Work > full.Stats.Work) {
			t.Fatalf("seed %d: %+v with a gap, %+v without", seed, res, full)
		}
	}
}

// TestMaxWorkRepeatsWholeRuns does the same with larger instances and the exact search.
func TestMaxWorkRepeatsWholeRuns(t *testing.T) {
	for seed := range instances(150) {
		in := gen.Seeded(seed, gen.Options{Tasks: 9, Horizon: 24})
		opt := Options{Seed: seed, MaxWork: 1 + int64(seed*7919%200_000)}
		var first string
		for k := range 2 {
			res, err := Run(context.Background(), in, opt)
			if err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprint(res.Status, res.Best, res.Value, res.Bound, res.Stats)
			if k > 0 && got != first {
				t.Fatalf("seed %d: %s, with its work as limit %s", seed, first, got)
			}
			first, opt.MaxWork = got, max(1, res.Stats.Work)
		}
	}
}
