package engine

import (
	"github.com/slackwater-go/slackwater/internal/cp"
	"github.com/slackwater-go/slackwater/internal/proof"
	"github.com/slackwater-go/slackwater/internal/propagate"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// A tierVars is the objective of one tier: its value is scale times v.
type tierVars struct {
	v     cp.Var
	scale int64
	// What v is at least, where it is a sum of several.
	sum      []propagate.Addend
	constant int64
	flow     *propagate.Flow // nil: there is none
}

// maxValue bounds the values that the store's arithmetic is asked to hold.
const maxValue = 1 << 60

// linear is a sum of variables and a constant.
type linear struct {
	constant int64
	terms    []propagate.Addend
}

func (l *linear) add(factor int64, m linear) {
	l.constant += factor * m.constant
	for _, t := range m.terms {
		l.terms = append(l.terms, propagate.Addend{Factor: factor * t.Factor, Var: t.Var})
	}
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
	for k := range m.in.Tiers() {
		var goals []int
		for i := range m.in.Goals {
			if m.in.Goals[i].Tier == k && m.in.Goals[i].Weight > 0 {
				goals = append(goals, i)
			}
		}
		tier := tierVars{scale: 1}
		if len(goals) == 1 {
			tier.scale = m.in.Goals[goals[0]].Weight
		}
		var total linear
		for _, i := range goals {
			l := m.postGoal(i)
			if k := m.in.Goals[i].Kind; k != rcpsp.Sum && k != rcpsp.Excess && len(l.terms) == 1 {
				m.mean(l.terms[0].Var, proof.Goal, int64(i))
			}
			if len(goals) > 1 {
				total.add(m.in.Goals[i].Weight, l)
			} else {
				total = l
			}
		}
		src := source(rcpsp.KindGoal, 0)
		if len(goals) > 0 {
			src = source(rcpsp.KindGoal, goals[0])
		}
		tier.v = m.total(total, src, func(s *rcpsp.Solution) int64 { return m.tierValue(k, s) })
		if len(goals) == 1 {
			m.mean(tier.v, proof.Goal, int64(goals[0]))
		} else {
			m.mean(tier.v, proof.Tier, int64(k))
		}
		if len(total.terms) > 1 {
			tier.sum, tier.constant = total.terms, total.constant
		}
		m.tiers = append(m.tiers, tier)
	}
	return !m.dead && m.settle()
}

// total returns a variable that is at least l.
func (m *model) total(l linear, src cp.Source, value func(*rcpsp.Solution) int64) cp.Var {
	if len(l.terms) == 1 && l.terms[0].Factor == 1 && l.constant == 0 {
		return l.terms[0].Var
	}
	lo, hi := l.constant, l.constant
	for _, t := range l.terms {
		lo += t.Factor * m.s.Lower(t.Var)
		hi += t.Factor * m.s.Upper(t.Var)
	}
	if hi > maxValue || lo < -maxValue {
		m.tooLarge = true
		lo, hi = max(lo, -maxValue), min(hi, maxValue)
	}
	v := m.newVar(lo, hi, value)
	if len(l.terms) > 0 {
		propagate.NewSum(src, v, l.constant, l.terms).Post(m.s)
	}
	return v
}

// newVar makes a variable whose value follows from a solution.
func (m *model) newVar(lo, hi int64, value func(*rcpsp.Solution) int64) cp.Var {
	v := m.s.NewVar(lo, hi)
	m.grow()
	m.sums = append(m.sums, derived{v, value})
	return v
}

// postGoal returns the value of goal i, without its weight, as a sum.
func (m *model) postGoal(i int) linear {
	g := &m.in.Goals[i]
	src := source(rcpsp.KindGoal, i)
	value := func(s *rcpsp.Solution) int64 { return m.in.GoalValue(g, s) }
	switch g.Kind {
	case rcpsp.Sum:
		return m.costs(i, every(g.Terms), src)
	case rcpsp.Max:
		return m.largest(g.Terms, src, value)
	case rcpsp.MaxGroup:
		var names []int32
		byName := map[int32][]int{} // terms; walked in the order of names
		for k := range g.Terms {
			n := g.Terms[k].Group
			if byName[n] == nil {
				names = append(names, n)
			}
			byName[n] = append(byName[n], k)
		}
		var parts []cp.Var
		top := int64(0)
		for _, n := range names {
			terms := byName[n]
			v := m.total(m.costs(i, terms, src), src, func(s *rcpsp.Solution) int64 {
				x := int64(0)
				for _, k := range terms {
					x += termCost(m.in, &g.Terms[k], s)
				}
				return x
			})
			m.mean(v, proof.Group, int64(i), int64(n))
			parts = append(parts, v)
			top = max(top, m.s.Upper(v))
		}
		v := m.newVar(0, top, value)
		for _, p := range parts {
			m.lags.AddBoth(p, v, 0, src)
		}
		m.dead = !m.lags.Init() || m.dead
		return linear{0, []propagate.Addend{{Factor: 1, Var: v}}}
	case rcpsp.Peak:
		items, _ := m.items(rcpsp.ResourceID(g.Of))
		if len(items) == 0 {
			return linear{}
		}
		most := int64(0)
		for _, it := range items {
			most += it.Demand
		}
		v := m.newVar(0, most, value)
		propagate.NewTimeTable(src, items, []propagate.Level{{From: 0, Cap: cp.Far}}, v, false).Post(m.s)
		return linear{0, []propagate.Addend{{Factor: 1, Var: v}}}
	case rcpsp.PeakPeriod:
		most := int64(0)
		for _, u := range m.in.Budgets[g.Of].Uses {
			most += u.Amount
		}
		v := m.newVar(0, most, value)
		m.postBudget(int(g.Of), src, v)
		return linear{0, []propagate.Addend{{Factor: 1, Var: v}}}
	case rcpsp.Excess:
		return m.excess(i, src)
	}
	return linear{}
}

// excess returns what is used beyond the free part of each period: a variable for a period
// is at least its free part and at least what is used in it.
func (m *model) excess(i int, src cp.Source) linear {
	b := &m.in.Budgets[m.in.Goals[i].Of]
	most := int64(0)
	for _, u := range b.Uses {
		most += u.Amount
	}
	var out linear
	for k := range b.Periods {
		p := b.Periods[k]
		if p.Free >= most {
			continue
		}
		v := m.newVar(p.Free, most, func(s *rcpsp.Solution) int64 { return max(p.Free, b.Used(s)[k]) })
		m.mean(v, proof.Period, int64(i), int64(k))
		m.postPeriods(b.Uses, b.Periods[k:k+1], src, v)
		out.add(1, linear{-p.Free, []propagate.Addend{{Factor: 1, Var: v}}})
	}
	return out
}

// termCost returns the cost of a term in a solution.
func termCost(in *rcpsp.Instance, tm *rcpsp.Term, s *rcpsp.Solution) int64 {
	switch {
	case !s.Present(tm.Task):
		return tm.Absent
	case tm.OnEnd:
		return tm.At(in.End(s, tm.Task))
	}
	return tm.At(s.Start[tm.Task])
}

// point returns the variable and offset of the start or end of a task, and the times
// that it may be at when the task is present.
func (m *model) point(tm *rcpsp.Term) (v cp.Var, off, lo, hi int64) {
	tv := &m.tasks[tm.Task]
	v = tv.start
	hi = min(m.s.Upper(v), tv.last)
	if tm.OnEnd {
		if tv.end != tv.start {
			v = tv.end
			hi = m.s.Upper(v)
			if tv.last != cp.Far && m.s.Upper(tv.start) > tv.last {
				hi-- // the value that stands for absent
			}
		}
		off = tv.endOff
	}
	return v, off, m.s.Lower(v) + off, hi + off
}

// every lists the indices of terms.
func every(terms []rcpsp.Term) []int {
	out := make([]int, len(terms))
	for k := range out {
		out[k] = k
	}
	return out
}

// costs returns the sum of the costs of some terms of goal i.
func (m *model) costs(i int, terms []int, src cp.Source) linear {
	var out linear
	for _, k := range terms {
		tm := &m.in.Goals[i].Terms[k]
		tv := &m.tasks[tm.Task]
		v, off, lo, hi := m.point(tm)
		if len(tv.modes) == 0 || lo > hi {
			out.constant += tm.Absent
			continue
		}
		unit := m.unitOf(tm, tv.present != always)
		curve := propagate.NewCurve(divided(tm.Cost, unit), lo, hi)
		least, most := curve.Min(lo, hi), curve.Max()
		if tv.present != always {
			least, most = min(least, tm.Absent/unit), max(most, tm.Absent/unit)
		}
		if least == most {
			out.constant += least * unit
			continue
		}
		c := m.newVar(least, most, func(s *rcpsp.Solution) int64 { return termCost(m.in, tm, s) / unit })
		m.mean(c, proof.Term, int64(i), int64(k), unit)
		m.costVars[c] = costVar{v, off, tv.present == always, curve}
		propagate.NewCost(src, v, off, c, tv.present, tm.Absent/unit, curve).Post(m.s)
		out.terms = append(out.terms, propagate.Addend{Factor: unit, Var: c})
	}
	return out
}

// largest returns the largest cost of terms, at least 0. A cost that grows with time,
// as a makespan or a lateness does, is a lag to the largest.
func (m *model) largest(terms []rcpsp.Term, src cp.Source, value func(*rcpsp.Solution) int64) linear {
	top := int64(0)
	for i := range terms {
		tm := &terms[i]
		if _, _, lo, hi := m.point(tm); len(m.tasks[tm.Task].modes) > 0 && lo <= hi {
			top = max(top, propagate.NewCurve(tm.Cost, lo, hi).Max())
		}
		if m.tasks[tm.Task].present != always {
			top = max(top, tm.Absent)
		}
	}
	z := m.newVar(0, top, value)
	for i := range terms {
		tm := &terms[i]
		tv := &m.tasks[tm.Task]
		v, off, lo, hi := m.point(tm)
		if len(tv.modes) == 0 || lo > hi {
			m.db.Forbid([]cp.Atom{cp.AtMost(z, tm.Absent-1)})
			continue
		}
		if w, ok := delay(tm.Cost, lo); ok {
			if tv.present == always {
				m.lags.AddBoth(v, z, off+w, src)
				continue
			}
			m.lags.Add(v, z, off+w, src, tv.present)
			m.lags.Add(z^1, v^1, off+w, src, tv.present)
			m.db.Forbid([]cp.Atom{tv.present.Not(), cp.AtMost(z, tm.Absent-1)})
			continue
		}
		propagate.NewCost(src, v, off, z, tv.present, tm.Absent, propagate.NewCurve(tm.Cost, lo, hi)).Post(m.s)
	}
	m.dead = !m.lags.Init() || m.dead
	return linear{0, []propagate.Addend{{Factor: 1, Var: z}}}
}

// delay says whether a cost, from lo on and where it is not negative, is the time plus w.
func delay(cost []rcpsp.Piece, lo int64) (w int64, ok bool) {
	if len(cost) != 1 || cost[0].Slope != 1 || int64(cost[0].From) > lo && cost[0].Value != 0 {
		return 0, false
	}
	return cost[0].Value - int64(cost[0].From), true
}
