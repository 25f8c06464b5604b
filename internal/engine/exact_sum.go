package engine

import (
	"cmp"
	"slices"

	"github.com/slackwater-go/slackwater/internal/cp"
	"github.com/slackwater-go/slackwater/internal/propagate"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/search"
)

// A guide raises the lower bound of a sum by cores (OLL, Andres et al. 2012; for
// schedules Gange, Berg, Demirović and Stuckey 2020). All parts are assumed to be at
// their lower bounds. Those that cannot be so together, a core, get a variable for
// their sum, which is at least one more, as high as a few conflicts can push it, and
// stands in for them: the bound of the whole goes up by what the sum gained times the
// smallest of their factors, and the parts stay with what is left of theirs. The whole
// is kept at or above the parts, so that the search for better solutions profits, too.
//
// On projects of 30 and 60 tasks with scarce resources and weighted tardiness or distances
// from a baseline, equal work: without the rule for the whole the gap was 57 % instead of
// 34; assuming the large factors first (stratification) made 49 % into 64, and assuming
// parts to be up to an eighth of their range above their bounds 70, since cores came later;
// energies awake while cores are sought cost more than they found; trimming and pushing
// each saved a tenth of the gap, and more than 10 and 20 conflicts a step saved none.
// Propagation alone, before those conflicts, made 65 % into 58 on 60 tasks that have a wish
// each. There, with resources in plenty, flows bound best, and make other parts for the
// cores, see [model.split].
//
// Where parts range widely, as costs of time in minutes over months do, one more is next to
// nothing. There they are assumed to be less than a step above their bounds, an eighth of
// the widest range at first, and half of it whenever a solution is found or conflicts run
// out; so a core is worth a step. It pays late, when nogoods prove cores in a few conflicts,
// and neither trimming nor pushing nor the rule for the whole does: on a year of releases
// the gap was 7 % at equal work, and 12 to 21 % with any of these, or by steps of one.
type guide struct {
	constant int64
	parts    []propagate.Addend
	rule     *propagate.Sum // nil where parts range widely
	step     int64
}

const (
	sumShare = 1    // of a sum, the lower bound gets as many conflicts as the search
	firstSum = 200  // conflicts before its first turn
	trimStep = 10   // conflicts to drop one part of a core
	pushStep = 20   // conflicts to raise the bound of a part once more
	wide     = 4096 // from this range on, parts range widely
)

// newGuide prepares to climb tier k by cores; nil where it is no sum.
func (e *exactRun) newGuide(k int) *guide {
	m := e.m
	t := &m.tiers[k]
	if len(t.sum) < 2 || m.off["cores"] {
		return nil
	}
	g := &guide{constant: t.constant, parts: slices.Clone(t.sum), step: 1}
	if c, parts, ok := m.split(k); ok {
		g.constant, g.parts = c, parts
	}
	left := int64(maxValue) // so that no sum of parts passes it
	for _, p := range g.parts {
		left -= p.Factor * max(-m.s.Lower(p.Var), m.s.Upper(p.Var), 0)
		if left < 0 {
			return nil
		}
	}
	widest := int64(0)
	for _, p := range g.parts {
		widest = max(widest, m.s.Upper(p.Var)-m.s.Lower(p.Var))
	}
	if widest >= wide || m.off["pushing"] {
		g.step = max(1, widest/8)
		return g
	}
	g.rule = propagate.NewSum(source(rcpsp.KindGoal, 0), t.v, g.constant, slices.Clone(g.parts))
	g.rule.Post(m.s)
	return g
}

// climbSum looks for one core. It returns false if that was the last for now.
func (e *exactRun) climbSum(k int, g *guide, end int64) bool {
	m := e.m
	if !e.reach(k, e.bound(k, g)) {
		return false
	}
	// The largest factors first: trimming begins with the last.
	if g.rule != nil {
		slices.SortStableFunc(g.parts, func(a, b propagate.Addend) int { return cmp.Compare(b.Factor, a.Factor) })
	}
	var assume []cp.Atom
	for _, p := range g.parts {
		if !m.s.Fixed(p.Var) {
			assume = append(assume, cp.AtMost(p.Var, m.s.Lower(p.Var)+g.step-1))
		}
	}
	begin := m.db.Conflicts
	switch e.improve(assume, max(1, end-begin)) {
	case search.Refuted:
	case search.Solved:
		g.step = max(1, g.step/2)
		return true // with a step of one it is the best
	case search.Stopped:
		g.step = max(1, g.step/2)
		return false
	default:
		return false
	}
	core := slices.Clone(m.solver.Core)
	ok := true
	if g.rule != nil {
		sortAs(core, assume)
		core, ok = e.trim(core, 200+2*(m.db.Conflicts-begin))
	}
	if !ok || e.halt() || !m.s.Propagate() || !m.db.Simplify() || !e.forbid(core) || !m.settle() {
		return false
	}
	return e.relax(g, core)
}

// bound returns what the parts of tier k come to at least.
func (e *exactRun) bound(k int, g *guide) int64 {
	bound := g.constant
	for _, p := range g.parts {
		bound += p.Factor * e.m.s.Lower(p.Var)
	}
	return bound
}

// home ends a climb at the root. At the end of the run it notes what a sum has reached
// for nothing: work that comes after the end would keep the work of the run, as a limit,
// from repeating it. False: the tier is settled, or nothing is left.
func (e *exactRun) home(k int, c *climber) bool {
	if c.guide == nil || !e.halt() {
		return e.m.solver.Home()
	}
	work := e.m.s.Work
	defer func() { e.m.s.Work = work }()
	return e.m.solver.Home() && e.reach(k, e.bound(k, c.guide)) && !e.settledTier(k)
}

// last draws what conclusion about tier k costs nothing, at the end of the run.
func (e *exactRun) last(k int) bool {
	m, work := e.m, e.m.s.Work
	defer func() { m.s.Work = work }()
	if e.settledTier(k) {
		return true
	}
	return e.res.Best != nil && k == len(m.tiers)-1 && !m.s.Halted && !m.capTier(k, m.tierValue(k, e.res.Best)-1)
}

// trim drops assumptions of a core that are not needed, as far as a few conflicts each,
// and so many in all, show it. False: nothing is left to search.
func (e *exactRun) trim(core []cp.Atom, conflicts int64) ([]cp.Atom, bool) {
	m := e.m
	end := m.db.Conflicts + conflicts
	for i := len(core) - 1; i >= 0 && len(core) > 1; i = min(i, len(core)) - 1 {
		if m.db.Conflicts >= end || m.solver.Poll() {
			break
		}
		less := slices.Delete(slices.Clone(core), i, i+1)
		switch e.refute(less, trimStep) {
		case search.Refuted:
			core = slices.Clone(m.solver.Core)
			sortAs(core, less)
		case search.Exhausted:
			return nil, false
		}
	}
	return core, true
}

// sortAs puts the facts of part into the order that they have in all.
func sortAs(part, all []cp.Atom) {
	at := make(map[cp.Atom]int, len(all)) // looked up only
	for i, f := range all {
		at[f] = i
	}
	slices.SortFunc(part, func(a, b cp.Atom) int { return cmp.Compare(at[a], at[b]) })
}

// relax replaces the parts of a core by their sum, as far as their factors go.
func (e *exactRun) relax(g *guide, core []cp.Atom) bool {
	m := e.m
	if len(core) == 1 { // a single part: its bound went up
		return g.rule == nil || e.push(core[0].Var^1)
	}
	var inside []int
	least, lo := int64(cp.Far), int64(0)
	for _, f := range core {
		i := slices.IndexFunc(g.parts, func(p propagate.Addend) bool { return p.Var == f.Var^1 })
		inside = append(inside, i)
		least = min(least, g.parts[i].Factor)
		lo -= f.Bound + g.step - 1 // its lower bound when it was assumed
	}
	var sum linear
	var of []cp.Var
	for _, i := range inside {
		p := &g.parts[i]
		sum.terms = append(sum.terms, propagate.Addend{Factor: 1, Var: p.Var})
		of = append(of, p.Var)
		p.Factor -= least
	}
	// Phases of parts are set before those of their sums.
	value := func(*rcpsp.Solution) int64 {
		x := int64(0)
		for _, v := range of {
			x += m.solver.Phase[v>>1]
		}
		return x
	}
	y := m.total(sum, source(rcpsp.KindGoal, 0), value)
	m.solver.Grow()
	if e.res.Best != nil {
		m.prefer(y, value(nil))
	}
	g.parts = slices.DeleteFunc(g.parts, func(p propagate.Addend) bool { return p.Factor == 0 })
	g.parts = append(g.parts, propagate.Addend{Factor: least, Var: y})
	e.nameSum(y, of)
	if g.rule != nil {
		g.rule.Restate(m.s, g.parts, y)
	}
	// One of them is a step above its bound, or more.
	return e.forbid([]cp.Atom{cp.AtMost(y, lo+g.step-1)}) && m.settle() && (g.rule == nil || e.push(y))
}

// push raises the lower bound of one variable (core exhaustion, Ignatiev, Morgado and
// Marques-Silva 2019), by steps that double and halve, as far as propagation shows it;
// then by one, as long as a few conflicts each do.
func (e *exactRun) push(y cp.Var) bool {
	m := e.m
	for step, effort := int64(1), int64(0); !m.solver.Poll(); {
		most := m.s.Upper(y) - m.s.Lower(y)
		if most == 0 {
			return true
		}
		step = min(step, most)
		fact := []cp.Atom{cp.AtMost(y, m.s.Lower(y)+step-1)}
		switch e.refute(fact, effort) {
		case search.Refuted:
			if !m.s.Propagate() || !e.forbid(fact) || !m.settle() {
				return false
			}
			step, effort = 2*step, 0
		case search.Exhausted:
			return false
		default:
			if effort > 0 {
				return true
			}
			if step /= 2; step == 0 {
				step, effort = 1, pushStep
			}
		}
	}
	return true
}

// refute tries to refute assumptions, by propagation first, and then by up to so many
// conflicts of search.
func (e *exactRun) refute(assume []cp.Atom, conflicts int64) search.Outcome {
	out := e.m.solver.Probe(assume, nil)
	e.m.db.Cancel(0)
	if out != search.Stopped || conflicts == 0 || e.m.s.Halted {
		e.empty = out == search.Exhausted
		return out
	}
	return e.improve(assume, conflicts)
}

// unitOf returns a number that divides all costs of a term, so that a bound of one unit
// more counts as what the cost really grows by: a weight, mostly. A cost that ranges widely
// counts as it is: there a step means as much of each.
func (m *model) unitOf(tm *rcpsp.Term, optional bool) int64 {
	if m.off["units"] {
		return 1
	}
	unit, steepest := int64(0), int64(0)
	for _, p := range tm.Cost {
		unit = gcd(gcd(unit, p.Value), p.Slope)
		steepest = max(steepest, p.Slope, -p.Slope)
	}
	if optional {
		unit = gcd(unit, tm.Absent)
	}
	if unit > 0 && steepest/unit > wide/(int64(m.in.Horizon)+1) {
		return 1
	}
	return max(1, unit)
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return max(a, -a)
}

// divided returns the curve with all values divided by unit.
func divided(cost []rcpsp.Piece, unit int64) []rcpsp.Piece {
	if unit == 1 {
		return cost
	}
	out := slices.Clone(cost)
	for i := range out {
		out[i].Value /= unit
		out[i].Slope /= unit
	}
	return out
}
