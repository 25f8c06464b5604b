package gen

import "github.com/slackwater-go/slackwater/internal/rcpsp"

// goals adds up to three goals on up to two tiers.
func (g *maker) goals() {
	if g.o.Makespan {
		g.in.Goals = []rcpsp.Goal{Makespan(len(g.in.Tasks))}
		return
	}
	if g.o.Tiers > 0 {
		for tier := range 1 + g.n(g.o.Tiers) {
			for range 1 + g.n(2) {
				g.in.Goals = append(g.in.Goals, g.goal(tier))
			}
		}
		return
	}
	tier := 0
	for i := range g.n(4) {
		if i > 0 && g.one(2) {
			tier++
		}
		g.in.Goals = append(g.in.Goals, g.goal(tier))
	}
}

// Makespan is the goal of the largest end of n tasks.
func Makespan(n int) rcpsp.Goal {
	out := rcpsp.Goal{Kind: rcpsp.Max, Weight: 1}
	for t := range n {
		out.Terms = append(out.Terms, rcpsp.Term{Task: rcpsp.TaskID(t), OnEnd: true, Cost: []rcpsp.Piece{{Slope: 1}}})
	}
	return out
}

func (g *maker) goal(tier int) rcpsp.Goal {
	out := rcpsp.Goal{Tier: tier, Weight: int64(1 + g.n(3))}
	switch pick := g.n(8); {
	case pick == 0 && len(g.in.Resources) > 0:
		out.Kind, out.Of = rcpsp.Peak, int32(g.n(len(g.in.Resources)))
		return out
	case pick == 1 && len(g.in.Budgets) > 0:
		out.Kind, out.Of = rcpsp.PeakPeriod, int32(g.n(len(g.in.Budgets)))
		if g.one(2) {
			out.Kind = rcpsp.Excess
			for k := range g.in.Budgets[out.Of].Periods {
				g.in.Budgets[out.Of].Periods[k].Free = int64(g.n(4))
			}
		}
		return out
	case pick <= 3:
		out.Kind = rcpsp.Max
	case pick == 4:
		out.Kind = rcpsp.MaxGroup
	default:
		out.Kind = rcpsp.Sum
	}
	for t := range g.in.Tasks {
		if g.n(4) > 0 {
			out.Terms = append(out.Terms, g.term(rcpsp.TaskID(t)))
		}
	}
	return out
}

// term is tardiness, a span of unsocial hours, a distance from a wish, or anything.
func (g *maker) term(t rcpsp.TaskID) rcpsp.Term {
	tm := rcpsp.Term{Task: t, OnEnd: g.one(2), Group: int32(g.n(2)), Absent: int64(g.n(12) - 2)}
	at, w := g.time(g.in.Horizon+1), int64(1+g.n(3))
	switch g.n(4) {
	case 0:
		tm.Cost = []rcpsp.Piece{{From: at, Slope: w}}
	case 1:
		tm.Cost = []rcpsp.Piece{{From: at, Value: w}, {From: at + 1 + g.time(3)}}
	case 2:
		tm.Cost = []rcpsp.Piece{{Value: w * int64(at), Slope: -w}, {From: at, Slope: w}}
		if at == 0 {
			tm.Cost = tm.Cost[1:]
		}
	default:
		for from := rcpsp.Time(0); len(tm.Cost) < 3; from += 1 + g.time(4) {
			tm.Cost = append(tm.Cost, rcpsp.Piece{From: from, Value: int64(g.n(9) - 3), Slope: int64(g.n(5) - 2)})
		}
	}
	return tm
}
