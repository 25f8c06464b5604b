package oracle

import "github.com/slackwater-go/slackwater/internal/rcpsp"

// Value is the objective of solution s, worked out tick by tick: the dumb twin of
// [rcpsp.Instance.Value].
func Value(in *rcpsp.Instance, s *rcpsp.Solution) []int64 {
	e := enum{in: in, s: s, chosen: make([]*choice, len(in.Tasks))}
	for t := range in.Tasks {
		if k := s.Mode[t]; k >= 0 {
			c, _ := choose(in, &in.Tasks[t].Modes[k], k, s.Start[t])
			e.chosen[t] = &c
		}
	}
	tiers := 0
	for _, g := range in.Goals {
		tiers = max(tiers, g.Tier+1)
	}
	out := make([]int64, tiers)
	for i := range in.Goals {
		g := &in.Goals[i]
		for range g.Weight {
			out[g.Tier] += e.goal(g)
		}
	}
	return out
}

func (e *enum) goal(g *rcpsp.Goal) int64 {
	var top, sum int64
	switch g.Kind {
	case rcpsp.Sum:
		for i := range g.Terms {
			sum += e.term(&g.Terms[i])
		}
		return sum
	case rcpsp.Max:
		for i := range g.Terms {
			top = max(top, e.term(&g.Terms[i]))
		}
	case rcpsp.MaxGroup:
		for i := range g.Terms {
			sum = 0
			for k := range g.Terms {
				if g.Terms[k].Group == g.Terms[i].Group {
					sum += e.term(&g.Terms[k])
				}
			}
			top = max(top, sum)
		}
	case rcpsp.Peak:
		for now := range e.in.Horizon {
			top = max(top, e.taken(int(g.Of), now))
		}
	case rcpsp.PeakPeriod:
		b := &e.in.Budgets[g.Of]
		for _, p := range b.Periods {
			top = max(top, e.used(b, p.Span))
		}
	case rcpsp.Excess:
		b := &e.in.Budgets[g.Of]
		for _, p := range b.Periods {
			if u := e.used(b, p.Span); u > p.Free {
				sum += u - p.Free
			}
		}
		return sum
	}
	return top
}

// term walks tick by tick along the pieces.
func (e *enum) term(tm *rcpsp.Term) int64 {
	c := e.chosen[tm.Task]
	if c == nil {
		return tm.Absent
	}
	at := c.start
	if tm.OnEnd {
		at = c.end
	}
	var cost int64
	for _, p := range tm.Cost {
		if p.From > at {
			break
		}
		cost = p.Value
		for range at - p.From {
			cost += p.Slope
		}
	}
	return cost
}
