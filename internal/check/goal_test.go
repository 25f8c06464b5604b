package check

import (
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// goalValues tells what a solution makes of each variable of the goals.
func (g *network) goalValues(s *rcpsp.Solution, set func(v int32, value int64)) {
	for i := range g.in.Goals {
		goal, x := &g.in.Goals[i], &g.goal.goals[i]
		if x.v < 0 {
			continue
		}
		set(x.v, g.in.GoalValue(goal, s))
		sums := map[int32]int64{}
		for k, v := range x.terms {
			one := rcpsp.Goal{Kind: rcpsp.Sum, Terms: goal.Terms[k : k+1]}
			c := g.in.GoalValue(&one, s)
			set(v, c/x.units[k])
			sums[goal.Terms[k].Group] += c
		}
		for n, v := range x.groups {
			set(v, sums[n])
		}
		for k, v := range x.periods {
			if v >= 0 {
				b := &g.in.Budgets[goal.Of]
				set(v, max(b.Periods[k].Free, b.Used(s)[k]))
			}
		}
	}
	value := g.in.Value(s)
	for k := range g.goal.tiers {
		set(g.goal.tiers[k].v, value[k]/g.goal.tiers[k].scale)
	}
}
