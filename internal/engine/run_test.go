package engine

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
	"github.com/slackwater-go/slackwater/internal/testkit/oracle"
)

// twoInARow is two tasks that share one resource, and an end to minimise.
func twoInARow() *rcpsp.Instance {
	task := func(d rcpsp.Time) rcpsp.Task {
		return rcpsp.Task{Modes: []rcpsp.Mode{{Duration: d, Starts: []rcpsp.Range{{Lo: 0, Hi: 20}}, Demands: []rcpsp.Demand{{Resource: 0, Amount: 1}}}}}
	}
	end := func(t rcpsp.TaskID) rcpsp.Term {
		return rcpsp.Term{Task: t, OnEnd: true, Cost: []rcpsp.Piece{{Slope: 1}}}
	}
	return &rcpsp.Instance{
		Horizon: 20, Tasks: []rcpsp.Task{task(3), task(4)},
		Resources: []rcpsp.Resource{{Capacity: []rcpsp.Step{{Value: 1}}}},
		Goals:     []rcpsp.Goal{{Kind: rcpsp.Max, Weight: 1, Terms: []rcpsp.Term{end(0), end(1)}}},
	}
}

func TestRunFindsASolution(t *testing.T) {
	res, err := Run(context.Background(), twoInARow(), Options{})
	if err != nil || res.Best == nil || res.Value[0] != 7 {
		t.Fatalf("Run = %+v, %v; want a makespan of 7", res, err)
	}
}

func TestRunRefusesMalformedInput(t *testing.T) {
	in := twoInARow()
	in.Lags = []rcpsp.Lag{{From: 0, To: 9}}
	if _, err := Run(context.Background(), in, Options{}); err == nil {
		t.Error("a lag to nowhere was accepted")
	}
	if _, err := Run(context.Background(), twoInARow(), Options{MaxWork: -1, Hint: &rcpsp.Solution{}}); err == nil {
		t.Error("a negative work limit and an empty hint were accepted")
	}
}

// TestRunAgainstOracle compares whole runs, heuristics, bounds and exact search
// together, with enumeration.
func TestRunAgainstOracle(t *testing.T) {
	status := map[Status]int{}
	for seed := range instances(300) {
		in := gen.Seeded(seed+1_000_000, gen.Options{})
		res, err := Run(context.Background(), in, Options{Seed: seed})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		compare(t, seed, in, oracle.Best(in), res)
		status[res.Status]++
		if t.Failed() {
			t.FailNow()
		}
	}
	t.Log(status)
}

// TestSameBytes runs twice, and on one and two processors: the result is the same.
func TestSameBytes(t *testing.T) {
	for seed := range uint64(60) {
		in := gen.Seeded(seed, gen.Options{Tasks: 8, Horizon: 24})
		var first string
		for k := range 3 {
			before := runtime.GOMAXPROCS(1 + k%2)
			res, err := Run(context.Background(), in, Options{Seed: seed, MaxWork: 300_000})
			runtime.GOMAXPROCS(before)
			if err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprintf("%v %v %v %v %v %+v", res.Status, res.Best, res.Value, res.Bound, res.Core, res.Stats)
			if k > 0 && got != first {
				t.Fatalf("seed %d: %s, then %s", seed, first, got)
			}
			first = got
		}
	}
}
