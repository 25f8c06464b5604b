package engine

import (
	"context"
	"testing"

	"github.com/slackwater-go/slackwater/internal/invariant"
	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
	"github.com/slackwater-go/slackwater/internal/testkit/oracle"
)

// TestFlowsAgainstOracle searches small instances with convex sums, with flows looked at
// always or as often as it pays, and wants the best value.
func TestFlowsAgainstOracle(t *testing.T) {
	posted, split, all := 0, 0, instances(200)
	for seed := range all {
		in := tied(seed)
		want := oracle.Best(in)
		r, m, more := flowRun(in, seed)
		if m == nil {
			if want != nil {
				t.Fatalf("seed %d: refused at the root", seed)
			}
			continue
		}
		if m.tiers[0].flow != nil {
			posted++
		}
		if more > 0 {
			split++
		}
		compare(t, seed, in, want, r.res)
		if t.Failed() {
			t.FailNow()
		}
	}
	t.Logf("%d with flows, %d with other parts", posted, split)
	if posted < int(all)/4 || split < int(all)/20 {
		t.Error("too few to test anything")
	}
}

// TestLaterFlowsAgainstOracle is TestFlowsAgainstOracle with a task before that rather takes place:
// what the search for that has left in a flow must not count when parts for the next tier
// are made.
func TestLaterFlowsAgainstOracle(t *testing.T) {
	split, all := 0, uint64(0)
	for seed := range instances(400) {
		in := tied(seed)
		n := len(in.Tasks)
		if n > 4 {
			continue
		}
		all++
		in.Tasks = append(in.Tasks, rcpsp.Task{Optional: true, Modes: []rcpsp.Mode{{
			Duration: 2, Starts: []rcpsp.Range{{Lo: 0, Hi: in.Horizon}}, Demands: []rcpsp.Demand{{Resource: 0, Amount: 3}},
		}}})
		in.Goals[0].Tier = 1
		in.Goals = append(in.Goals, rcpsp.Goal{Kind: rcpsp.Sum, Weight: 1, Terms: []rcpsp.Term{{Task: rcpsp.TaskID(n), Cost: []rcpsp.Piece{{}}, Absent: 1}}})
		want := oracle.Best(in)
		r, m, more := flowRun(in, seed)
		if m == nil {
			if want != nil {
				t.Fatalf("seed %d: refused at the root", seed)
			}
			continue
		}
		if more > 0 {
			split++
		}
		compare(t, seed, in, want, r.res)
		if t.Failed() {
			t.FailNow()
		}
	}
	if t.Logf("%d of %d with other parts", split, all); split < int(all)/20 {
		t.Error("too few to test anything")
	}
}

// TestSplitSeesTheRoot has the instances on which a flow that had followed a search to
// some depth made parts of what it saw there.
func TestSplitSeesTheRoot(t *testing.T) {
	for _, seed := range []uint64{20_153, 1_033_399} {
		in := gen.Seeded(seed, gen.Options{})
		for first := range int64(4) {
			compare(t, seed, in, oracle.Best(in), exactOnly(in, Options{}, first))
		}
		res, err := Run(context.Background(), in, Options{Seed: seed - 1_000_000})
		if err != nil {
			t.Fatal(err)
		}
		compare(t, seed, in, oracle.Best(in), res)
	}
}

// TestFlowsAgree wants the value that is the best without flows; in builds with the tag
// "invariants" what flows find is judged.
func TestFlowsAgree(t *testing.T) {
	judged, all := 0, instances(200)/4
	for seed := range all {
		in := gen.WithSum(hard(seed, 9), gen.Disruption, seed)
		want := exactOnly(in, Options{Off: []string{"flow"}}, 1)
		r, m, _ := flowRun(in, seed)
		if m == nil || rcpsp.Compare(r.res.Value, want.Value) != 0 || r.res.Status != want.Status {
			t.Fatalf("seed %d: %v %v, but %v %v without", seed, r.res.Status, r.res.Value, want.Status, want.Value)
		}
		if r.inspector != nil {
			judged += r.inspector.far
		}
	}
	if t.Logf("%d steps judged", judged); invariant.Enabled && judged < int(all)/20 {
		t.Error("too few to test anything")
	}
}

// flowRun settles all tiers of an instance by the exact search, and says how many variables it
// got meanwhile. The model is nil where there is no solution at the root.
func flowRun(in *rcpsp.Instance, seed uint64) (r *run, m *model, more int) {
	r = &run{ctx: context.Background(), in: in, opt: Options{Seed: seed, Off: []string{"disjunctive", "energy"}}}
	r.start()
	m, ok := newModel(in, r.opt.Off, nil, nil)
	if !ok {
		return r, nil, 0
	}
	e := &exactRun{run: r, m: m, first: 1 + int64(seed%3)}
	m.solver.Poll = e.poll
	if f := m.tiers[0].flow; f != nil {
		f.Always = seed%3 > 0
	}
	if seed%2 == 0 {
		r.inspect(m)
	}
	before := len(m.s.Lb)
	e.tiers()
	e.explain()
	r.conclude()
	return r, m, len(m.s.Lb) - before
}

// tied returns a small instance with lags, among them some with a most, pairs that exclude
// each other, and a convex sum; of some the last task is optional.
func tied(seed uint64) *rcpsp.Instance {
	r := prng.New(seed)
	in := &rcpsp.Instance{Resources: []rcpsp.Resource{{Capacity: []rcpsp.Step{{Value: 3}}}}}
	n := 3 + r.IntN(3)
	for t := range n {
		m := rcpsp.Mode{Duration: rcpsp.Time(1 + r.IntN(3)), Demands: []rcpsp.Demand{{Resource: 0, Amount: int64(1 + r.IntN(2))}}}
		in.Horizon += m.Duration
		in.Tasks = append(in.Tasks, rcpsp.Task{Modes: []rcpsp.Mode{m}})
		for a := range t {
			switch r.IntN(6) {
			case 0, 1:
				in.Lags = append(in.Lags, rcpsp.Lag{From: rcpsp.TaskID(a), To: rcpsp.TaskID(t), FromEnd: true, Min: rcpsp.Time(r.IntN(3) - 1)})
			case 2:
				in.Lags = append(in.Lags, rcpsp.Lag{From: rcpsp.TaskID(t), To: rcpsp.TaskID(a), Min: rcpsp.Time(-4 - r.IntN(4))})
			case 3:
				in.NoOverlap = append(in.NoOverlap, []rcpsp.TaskID{rcpsp.TaskID(a), rcpsp.TaskID(t)})
			}
		}
	}
	in.Horizon = min(in.Horizon, 9)
	for t := range in.Tasks {
		in.Tasks[t].Modes[0].Starts = []rcpsp.Range{{Lo: 0, Hi: in.Horizon}}
	}
	in.Goals = []rcpsp.Goal{gen.Makespan(n)}
	in = gen.WithSum(in, gen.Disruption, seed)
	if terms := in.Goals[0].Terms; r.IntN(4) == 0 && len(terms) > 0 {
		last := &terms[len(terms)-1]
		last.Absent = int64(r.IntN(20))
		in.Tasks[last.Task].Optional = true
	}
	return in
}
