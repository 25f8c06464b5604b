package engine

import (
	"github.com/slackwater-go/slackwater/internal/cp"
	"github.com/slackwater-go/slackwater/internal/propagate"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// A costVar is the cost of a term as a variable: of a point, in time, of its task.
type costVar struct {
	at    cp.Var
	off   int64
	sure  bool // the task is present
	curve *propagate.Curve
}

// postFlows posts, for each tier that is a sum, what its costs come to at least by the lags
// and the orders of pairs. Costs that all grow with time, as tardiness does, are least at
// the bounds of starts, so flows say nothing new about them.
func (m *model) postFlows() bool {
	if m.off["flow"] {
		return true
	}
	for k := range m.tiers {
		t := &m.tiers[k]
		var rest []propagate.Addend
		var convex []propagate.Convex
		for _, p := range t.sum {
			if x, ok := m.convex(p); ok {
				convex = append(convex, x)
			} else {
				rest = append(rest, p)
			}
		}
		if len(convex) < 2 {
			continue
		}
		f := propagate.NewFlow(m.s, m.lags, source(rcpsp.KindGoal, k), t.v, t.constant, rest, convex)
		if f == nil {
			continue
		}
		m.post(func() { f.Post(m.s) })
		t.flow = f
	}
	return m.settle()
}

// convex returns a part of a sum as a convex cost of a point in time, if it is one.
func (m *model) convex(p propagate.Addend) (propagate.Convex, bool) {
	c, ok := m.costVars[p.Var]
	return propagate.Convex{Var: c.at, Off: c.off, Factor: p.Factor, Curve: c.curve}, ok && c.sure && c.curve.IsConvex()
}

// split returns what tier k is the sum of at least, beyond what its flow bounds it by: what
// points cost more than they do in the flow's optimum, and how much later tasks are than
// lags that carry flow want them. All are 0 there, so that a core says what is in the way
// of the flow's optimum, and a whole kept above these parts keeps points where their
// reduced costs allow. False: the flow adds nothing, or somebody listens who has no names
// for them.
//
// Weighted distances from a baseline, every twelfth project, 10 s of a loaded machine, this
// and CP-SAT in the same run: of 60 tasks 9 of 20 proved, gap 14 % (CP-SAT 7, 17 %; without
// flows 1, 42 %); of 30 tasks 17, 3 % (13, 13 %; 13, 5 %). What brought it, 60 tasks, equal
// work: without flows 23 % gap, with flows in the search alone 17, with these parts 15. Flows
// at the root alone and these parts proved 4 of 10, with flows in the search 5; with reduced
// costs at the root only, 4. Climbing from the first conflict on, or the thousandth, made 16 %
// into 17. With time in quarter hours, 30 tasks: 17, 15 and 11 %; there the rule for the whole
// made 11 into 12, and steps of one into 15.
func (m *model) split(k int) (constant int64, parts []propagate.Addend, ok bool) {
	f := m.tiers[k].flow
	if f == nil || m.s.Sink != nil || m.off["split"] {
		return 0, nil, false
	}
	constant, rest, points, slack, ok := f.Split(m.s)
	if !ok || len(slack) == 0 {
		return 0, nil, false
	}
	parts = append(parts, rest...)
	src := source(rcpsp.KindGoal, k)
	for _, p := range points {
		unit := p.Curve.Unit()
		p.Curve.Divide(unit)
		v := m.newVar(0, p.Curve.Max(), func(*rcpsp.Solution) int64 {
			x := m.solver.Phase[p.Var>>1]
			return p.Curve.Min(x, x)
		})
		propagate.NewCost(src, p.Var, 0, v, always, 0, p.Curve).Post(m.s)
		parts = append(parts, propagate.Addend{Factor: unit, Var: v})
	}
	for _, p := range slack {
		most := m.s.Upper(p.To) - m.s.Lower(p.From) - p.Length
		if most <= 0 {
			continue
		}
		v := m.newVar(0, most, func(*rcpsp.Solution) int64 {
			return m.solver.Phase[p.To>>1] - m.solver.Phase[p.From>>1] - p.Length
		})
		propagate.NewSum(src, v, -p.Length, []propagate.Addend{{Factor: 1, Var: p.To}, {Factor: 1, Var: p.From ^ 1}}).Post(m.s)
		parts = append(parts, propagate.Addend{Factor: p.Factor, Var: v})
	}
	m.solver.Grow()
	return constant, parts, true
}
