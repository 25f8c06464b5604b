package engine

import (
	"context"
	"reflect"
	"testing"

	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	place "github.com/slackwater-go/slackwater/internal/sgs"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
	"github.com/slackwater-go/slackwater/internal/testkit/oracle"
)

// glued is two random instances side by side that know nothing of each other but for
// their horizon, at times one resource with little in it, and goals of both: those of
// each, and at times a largest end of all in a tier of its own.
func glued(seed uint64, tasks int) *rcpsp.Instance {
	a := gen.Seeded(2*seed, gen.Options{Tasks: tasks})
	b := gen.Seeded(2*seed+1, gen.Options{Tasks: tasks})
	r := prng.New(seed)
	n, res, groups, budgets := rcpsp.TaskID(len(a.Tasks)), rcpsp.ResourceID(len(a.Resources)), int32(len(a.Groups)), int32(len(a.Budgets))
	a.Horizon = max(a.Horizon, b.Horizon)
	shift := func(list []rcpsp.TaskID) (out []rcpsp.TaskID) {
		for _, t := range list {
			out = append(out, t+n)
		}
		return out
	}
	for _, t := range b.Tasks {
		for k := range t.Modes {
			for d := range t.Modes[k].Demands {
				t.Modes[k].Demands[d].Resource += res
			}
		}
		a.Tasks = append(a.Tasks, t)
	}
	a.Resources = append(a.Resources, b.Resources...)
	for _, l := range b.Lags {
		l.From, l.To = l.From+n, l.To+n
		a.Lags = append(a.Lags, l)
	}
	for _, l := range b.Links {
		a.Links = append(a.Links, rcpsp.Link{If: l.If + n, Then: l.Then + n})
	}
	for _, set := range b.NoOverlap {
		a.NoOverlap = append(a.NoOverlap, shift(set))
	}
	for _, s := range b.SameSpan {
		a.SameSpan = append(a.SameSpan, rcpsp.SameSpan{Tasks: shift(s.Tasks), Spans: s.Spans})
	}
	for _, g := range b.Groups {
		for k := range g.Members {
			g.Members[k].Tasks = shift(g.Members[k].Tasks)
			for i := range g.Members[k].Groups {
				g.Members[k].Groups[i] += groups
			}
		}
		a.Groups = append(a.Groups, g)
	}
	for _, x := range b.Budgets {
		for k := range x.Uses {
			x.Uses[k].Task += n
		}
		a.Budgets = append(a.Budgets, x)
	}
	for _, g := range b.Goals {
		for k := range g.Terms {
			g.Terms[k].Task += n
			g.Terms[k].Group += 2
		}
		switch g.Kind {
		case rcpsp.Peak:
			g.Of += int32(res)
		case rcpsp.PeakPeriod, rcpsp.Excess:
			g.Of += budgets
		}
		a.Goals = append(a.Goals, g)
	}
	if r.IntN(2) == 0 {
		top := gen.Makespan(len(a.Tasks))
		top.Tier = a.Tiers()
		if r.IntN(3) == 0 {
			top.Kind = rcpsp.MaxGroup
			for k := range top.Terms {
				top.Terms[k].Group = int32(k % 3)
			}
		}
		a.Goals = append(a.Goals, top)
	}
	if r.IntN(3) == 0 {
		shared := rcpsp.Resource{Capacity: []rcpsp.Step{{Value: 2}}}
		for t := range a.Tasks {
			for k := range a.Tasks[t].Modes {
				if m := &a.Tasks[t].Modes[k]; r.IntN(4) == 0 {
					m.Demands = append(m.Demands, rcpsp.Demand{Resource: rcpsp.ResourceID(len(a.Resources)), Amount: 1})
				}
			}
		}
		a.Resources = append(a.Resources, shared)
	}
	return a
}

// apart solves the parts of an instance alone. False: it is one part.
func apart(in *rcpsp.Instance, opt Options) (Result, bool) {
	r := &run{ctx: context.Background(), in: in, opt: opt}
	r.start()
	w := place.NewWindows(in, nil, nil)
	if w.Empty {
		return Result{}, false
	}
	r.base = newBounder(in, w, func() bool { return false }).unconditional()
	ok := r.apart(w)
	if r.refuted {
		r.res.Status, ok = Infeasible, true
		r.res.Core = constraints(in)
	}
	r.conclude()
	if r.err != nil {
		panic(r.err)
	}
	return r.res, ok
}

// TestPartsAgainstTheWhole wants the parts to make together what the whole makes.
func TestPartsAgainstTheWhole(t *testing.T) {
	divided, parts, infeasible := 0, 0, 0
	for seed := range instances(120) {
		in := glued(seed, 2+int(seed%2))
		if err := in.Validate(); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		got, ok := apart(in, Options{Seed: seed})
		if !ok {
			continue
		}
		divided++
		parts += len(divide(in, place.NewWindows(in, nil, nil)))
		if got.Status == Infeasible {
			infeasible++
		}
		if len(in.Tasks) <= 5 {
			compare(t, seed, in, oracle.Best(in), got)
		}
		whole, err := Run(context.Background(), in, Options{Seed: seed, Off: []string{"divide"}})
		if err != nil || whole.Status != got.Status || got.Best != nil && rcpsp.Compare(whole.Value, got.Value) != 0 {
			t.Errorf("seed %d: the parts make %v %v, the whole %v %v, %v", seed, got.Status, got.Value, whole.Status, whole.Value, err)
		}
		if t.Failed() {
			t.FailNow()
		}
	}
	t.Logf("%d instances divided, into %d parts, %d without a solution", divided, parts, infeasible)
	if divided < 60 || divided-infeasible < 30 {
		t.Error("so few test nothing")
	}
}

// TestPartsOfHardInstances solves several projects beside each other, which as one would
// take a search the product of theirs, and repeats the run by its work.
func TestPartsOfHardInstances(t *testing.T) {
	one := hard(5, 14)
	var want int64
	in := &rcpsp.Instance{}
	for k := range uint64(4) {
		x := hard(5+k, 14)
		res, err := Run(context.Background(), x, Options{})
		if err != nil || res.Status != Optimal {
			t.Fatalf("%v, %v", res.Status, err)
		}
		want = max(want, res.Value[0])
		n, r := rcpsp.TaskID(len(in.Tasks)), rcpsp.ResourceID(len(in.Resources))
		for i := range x.Tasks {
			for d := range x.Tasks[i].Modes[0].Demands {
				x.Tasks[i].Modes[0].Demands[d].Resource += r
			}
		}
		for _, l := range x.Lags {
			in.Lags = append(in.Lags, rcpsp.Lag{From: l.From + n, To: l.To + n, FromEnd: true})
		}
		in.Tasks, in.Resources, in.Horizon = append(in.Tasks, x.Tasks...), append(in.Resources, x.Resources...), max(in.Horizon, x.Horizon)
	}
	in.Goals = []rcpsp.Goal{gen.Makespan(len(in.Tasks))}
	if n := len(divide(one, place.NewWindows(one, nil, nil))); n != 1 {
		t.Errorf("one project falls into %d parts", n)
	}
	res, ok := apart(in, Options{Seed: 3})
	if !ok || res.Status != Optimal || res.Value[0] != want {
		t.Fatalf("%v with %v, want %d", res.Status, res.Value, want)
	}
	for _, part := range []int64{2, 3} {
		a, _ := apart(in, Options{Seed: 3, MaxWork: res.Stats.Work / part})
		b, _ := apart(in, Options{Seed: 3, MaxWork: res.Stats.Work / part})
		if !reflect.DeepEqual(a, b) || a.Stats.Work < res.Stats.Work/part {
			t.Errorf("with the same work: %+v and %+v", a, b)
		}
	}
}
