package check

import (
	"testing"

	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/proof"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
	"github.com/slackwater-go/slackwater/internal/testkit/oracle"
)

// crowdedInstance draws instances in which few tasks fit beside each other, of all kinds, in turn
// with a sum as the goal.
func crowdedInstance(seed uint64) *rcpsp.Instance {
	o := gen.Options{Tasks: 4, Horizon: 8, NoMaxLags: true, NoGroups: true, NoSameSpan: true, NoBudgets: true, NoDomains: seed%2 == 0, NoOptional: seed%3 != 0, NoModes: seed%5 > 2, NoWork: seed%4 != 0, Makespan: seed%7 == 0}
	in := gen.Seeded(seed, o)
	r := prng.New(seed)
	switch seed % 3 {
	case 0:
		var all []rcpsp.TaskID
		for t := range in.Tasks {
			all = append(all, rcpsp.TaskID(t))
		}
		in.NoOverlap = append(in.NoOverlap, all)
	case 1:
		for i := range in.Resources {
			in.Resources[i].Capacity = in.Resources[i].Capacity[:1]
			in.Resources[i].Capacity[0].Value = int64(2 + r.IntN(2))
		}
	default:
		in = gen.WithSum(plainOf(in), gen.SumKinds()[r.IntN(3)], seed)
	}
	return in
}

// plainOf is the instance with its lags and resources alone, so that there are earliest starts.
func plainOf(in *rcpsp.Instance) *rcpsp.Instance {
	out := &rcpsp.Instance{Horizon: in.Horizon, Resources: in.Resources}
	for t := range in.Tasks {
		m := in.Tasks[t].Modes[0]
		m.Work, m.Starts = nil, []rcpsp.Range{{Lo: 0, Hi: in.Horizon}}
		m.Duration = max(1, min(2, m.Duration))
		out.Tasks = append(out.Tasks, rcpsp.Task{Modes: []rcpsp.Mode{m}})
	}
	for _, l := range in.Lags {
		if l.From < l.To && l.Min <= 1 {
			out.Lags = append(out.Lags, l)
		}
	}
	return out
}

// TestLemmasAreSound draws windows of starts and ends, modes and orders, and where to look: whatever a lemma is accepted for, no solution at all has these facts.
func TestLemmasAreSound(t *testing.T) {
	accepted, far := map[proof.Rule]int{}, map[proof.Rule]int{}
	for seed := range rounds(400) {
		in := crowdedInstance(seed)
		r := prng.New(seed + 77)
		var all []*rcpsp.Solution
		for s := range oracle.All(in) {
			if all = append(all, s.Clone()); len(all) == 3000 {
				break
			}
		}
		if len(all) == 0 || len(all) == 3000 {
			continue
		}
		g := ready(in)
		values, known := make([][]int64, len(all)), make([][]bool, len(all))
		for i, s := range all {
			values[i], known[i] = g.valuesOf(s, r)
		}
		f := newFollower(in)
		f.net = g
		for v := range g.lb {
			if v%2 == 0 {
				f.vars[int64(v/2)] = int32(v / 2)
			}
		}
		for range 60 {
			x := values[r.IntN(len(all))]
			facts := g.windows(x, r)
			w := proof.Witness{Rule: proof.Energy, Task: proof.NoTask}
			switch r.IntN(3) {
			case 0:
				w.Rule = proof.Sequence
				w.Task = int64(r.IntN(len(in.Tasks)+1)) - 1
			case 1:
				if len(g.goal.tiers) > 0 {
					w = g.anyFlow(r)
					top := g.goal.tiers[w.Index].v
					facts = append(facts, atom{2*top + 1, int64(r.IntN(6)) - x[top]})
				}
			}
			if w.Rule != proof.Flow {
				w.Lo = int64(r.IntN(int(in.Horizon)+2)) - 1
				w.Hi = w.Lo + int64(1+r.IntN(8))
				if w.Of, w.Index = proof.OfResource, int64(r.IntN(len(in.Resources)+1)); w.Index == int64(len(in.Resources)) {
					w.Of, w.Index = proof.OfSet, 0
				}
			}
			if f.lemma(&w, facts) != nil {
				continue
			}
			accepted[w.Rule]++
			if !g.contradicts(facts) {
				far[w.Rule]++
			}
			for i, s := range all {
				if g.freed(facts, values[i], known[i], s) {
					t.Fatalf("seed %d: %+v is accepted for %v, but %+v has them all\n%+v", seed, w, facts, s, in)
				}
			}
		}
	}
	t.Log(accepted, "accepted,", far, "not found by propagation")
	for _, rule := range []proof.Rule{proof.Energy, proof.Sequence, proof.Flow} {
		if accepted[rule] < 20 || far[rule] < 1 {
			t.Errorf("%s: %d accepted, %d of them not found by propagation", rule, accepted[rule], far[rule])
		}
	}
}

// windows draws facts near a solution that do not contradict each other: from when to when
// tasks may start or end, and some modes and orders.
func (g *network) windows(x []int64, r *prng.Rand) []atom {
	var out []atom
	wide := 1 + r.IntN(4)
	within := func(v int32) {
		lo := x[v] + int64(r.IntN(5)-3)
		hi := lo + int64(r.IntN(wide+1))
		out = append(out, atom{2 * v, lo}, atom{2*v + 1, -hi})
	}
	for t := range g.tasks {
		if n := &g.tasks[t]; r.IntN(5) > 0 {
			if within(int32(t)); n.end != int32(t) && r.IntN(3) == 0 {
				within(n.end)
			}
			for _, v := range n.modes {
				if v >= 0 && r.IntN(4) == 0 {
					out = append(out, atom{2*v + 1, 0})
				}
			}
		}
	}
	for a := range g.tasks {
		for b := range g.tasks {
			if v, found := g.orders[[2]int{a, b}]; found && r.IntN(4) == 0 {
				out = append(out, atom{2*v + int32(r.IntN(2)), 0})
				if last := &out[len(out)-1]; last.v&1 == 0 {
					last.bound = 1
				}
			}
		}
	}
	return out
}

// anyFlow draws a tier, costs, and lags with amounts.
func (g *network) anyFlow(r *prng.Rand) proof.Witness {
	w := proof.Witness{Rule: proof.Flow, Of: proof.OfTier, Index: int64(r.IntN(len(g.goal.tiers))), Task: proof.NoTask}
	for _, p := range g.goal.tiers[w.Index].whole.parts {
		if g.goal.costs[p.v] != nil && r.IntN(5) > 0 {
			w.Terms = append(w.Terms, int64(p.v))
		}
	}
	for v := range g.arcs {
		for _, a := range g.arcs[v] {
			if v%2 == 0 && a.to%2 == 0 && r.IntN(3) == 0 {
				w.Lags = append(w.Lags, proof.Amount{From: int64(v / 2), To: int64(a.to / 2), Amount: int64(1 + r.IntN(6))})
			}
		}
	}
	return w
}
