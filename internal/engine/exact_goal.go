package engine

import (
	"github.com/slackwater-go/slackwater/internal/cp"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// A tierVars is the objective of one tier: its value is scale times v.
type tierVars struct {
	v     cp.Var
	scale int64
}

// tierValue returns what a solution makes of the variable of tier k.
func (m *model) tierValue(k int, sol *rcpsp.Solution) int64 {
	return m.in.Value(sol)[k] / m.tiers[k].scale
}

// capTier keeps the variable of tier k at or below v, for good.
func (m *model) capTier(k int, v int64) bool {
	return m.db.Forbid([]cp.Atom{cp.AtLeast(m.tiers[k].v, v+1)}) && m.settle()
}

// postGoals makes the variable of each tier.
func (m *model) postGoals() bool {
	for range m.in.Tiers() {
		m.tiers = append(m.tiers, tierVars{-1, 1})
	}
	for i := range m.in.Goals {
		g := &m.in.Goals[i]
		v := m.s.NewVar(0, m.far)
		m.grow()
		m.tiers[g.Tier] = tierVars{v, g.Weight}
		tier := g.Tier
		m.sums = append(m.sums, derived{v, func(s *rcpsp.Solution) int64 { return m.tierValue(tier, s) }})
		for k := range g.Terms {
			t := int(g.Terms[k].Task)
			tv := &m.tasks[t]
			m.lags.AddBoth(tv.end, v, tv.endOff, source(rcpsp.KindGoal, i))
		}
	}
	return m.lags.Init()
}
