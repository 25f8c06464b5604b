package check

import (
	"slices"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// A goalNet is what the network knows of the goals: variables that are at least the
// cost of a term, the sum of a group, the value of a goal or of a tier, and rules that
// keep them so. Only at least: what is minimised needs no more, and in a solution each
// can be taken to be exactly what it stands for.
type goalNet struct {
	goals []goalVars
	tiers []tierVars
	costs map[int32]*costRule // by variable of the cost of a term; looked up only
}

// goalVars are the variables of one goal. Those that are not there are -1.
type goalVars struct {
	v       int32
	terms   []int32         // by term: its cost, in units; of a Sum or MaxGroup
	units   []int64         // by term: the largest number that divides all that it may cost
	groups  map[int32]int32 // by name; of a MaxGroup; looked up only
	periods []int32         // by period: what is used there, at least what is free; of an Excess
}

// tierVars is the objective of one tier: its value is scale times v. Form is the sum that v
// is at least, over the parts of the goals; the log may put sums of some parts in their
// place.
type tierVars struct {
	v     int32
	scale int64
	form  *sumRule
	whole sumRule // form before that
	// id is the rule that form is, once sums were put in the place of parts; -1: it says no
	// more than the goals by themselves.
	id int32
}

// An addend is a variable times a positive factor.
type addend struct {
	factor int64
	v      int32
}

// A sumRule keeps total >= constant + the addends.
type sumRule struct {
	total    int32
	constant int64
	parts    []addend
}

// largestValue bounds the value of a tier that the checker calculates with, in both
// directions. Goals that could pass it are refused before a network is made, so sums of
// two values, of products within a tier, and of a value and a time fit.
const largestValue = 1 << 60

// addGoals makes the variables and rules of all goals.
func (g *network) addGoals() {
	g.goal.costs = map[int32]*costRule{}
	for i := range g.in.Goals {
		g.goal.goals = append(g.goal.goals, g.addGoal(&g.in.Goals[i]))
	}
	for k := range g.in.Tiers() {
		g.goal.tiers = append(g.goal.tiers, g.addTier(k))
	}
}

// addTier makes the objective of tier k: the goal itself where only one counts.
func (g *network) addTier(k int) tierVars {
	var own []int
	for i := range g.in.Goals {
		if g.in.Goals[i].Tier == k && g.in.Goals[i].Weight > 0 {
			own = append(own, i)
		}
	}
	t := tierVars{v: -1, scale: 1, form: &sumRule{}, id: -1}
	if len(own) == 1 {
		i := own[0]
		t.v, t.scale = g.goal.goals[i].v, g.in.Goals[i].Weight
		t.form.total = t.v
		g.flatten(t.form, i, 1)
		t.whole = *t.form
		return t
	}
	whole := &sumRule{}
	for _, i := range own {
		w := g.in.Goals[i].Weight
		whole.parts = append(whole.parts, addend{w, g.goal.goals[i].v})
		g.flatten(t.form, i, w)
	}
	t.v = g.sum(whole)
	t.form.total = t.v
	t.whole = *t.form
	return t
}

// flatten adds what goal i is the sum of, times w, to a form.
func (g *network) flatten(form *sumRule, i int, w int64) {
	switch x := &g.goal.goals[i]; g.in.Goals[i].Kind {
	case rcpsp.Sum:
		for k, v := range x.terms {
			form.parts = append(form.parts, addend{w * x.units[k], v})
		}
	case rcpsp.Excess:
		for k, v := range x.periods {
			if v >= 0 {
				form.parts = append(form.parts, addend{w, v})
				form.constant -= w * g.in.Budgets[g.in.Goals[i].Of].Periods[k].Free
			}
		}
	default:
		form.parts = append(form.parts, addend{w, x.v})
	}
}

// sum makes a variable that is at least a sum.
func (g *network) sum(r *sumRule) int32 {
	lo, hi := r.constant, r.constant
	for _, p := range r.parts {
		lo += p.factor * g.lb[2*p.v]
		hi -= p.factor * g.lb[2*p.v+1]
	}
	r.total = g.variable(lo, hi)
	g.postSum(r)
	return r.total
}

// postSum posts a sum and returns its number as a rule.
func (g *network) postSum(r *sumRule) int32 {
	of := []int32{r.total}
	for _, p := range r.parts {
		of = append(of, p.v)
	}
	g.post(r, false, of...)
	return int32(len(g.rules) - 1)
}

// addGoal makes the variables of a goal. One without weight has none.
func (g *network) addGoal(goal *rcpsp.Goal) goalVars {
	out := goalVars{v: -1}
	if goal.Weight <= 0 {
		return out
	}
	switch goal.Kind {
	case rcpsp.Sum:
		all := &sumRule{}
		for i := range goal.Terms {
			all.parts = append(all.parts, g.term(&goal.Terms[i], &out))
		}
		out.v = g.sum(all)
	case rcpsp.Max:
		out.v = g.maxGoal(goal)
	case rcpsp.MaxGroup:
		g.maxGroup(goal, &out)
	case rcpsp.Peak:
		out.v = g.peak(rcpsp.ResourceID(goal.Of))
	case rcpsp.PeakPeriod:
		b := &g.in.Budgets[goal.Of]
		out.v = g.variable(0, allUses(b))
		r := g.ration(b)
		r.tops = slices.Repeat([]int32{out.v}, len(b.Periods))
		g.postRation(r)
	case rcpsp.Excess:
		g.excess(goal, &out)
	}
	return out
}

// wide is how many units a cost may grow by over the whole horizon and still count in units.
const wide = 4096

// term makes a variable for the cost of a term of a sum, counted in units, so that one
// more is as much as it grows by at least; one that ranges widely counts as it is.
func (g *network) term(tm *rcpsp.Term, out *goalVars) addend {
	optional := g.in.Tasks[tm.Task].Optional
	unit, steepest := int64(0), int64(0)
	for _, p := range tm.Cost {
		unit = divisor(divisor(unit, p.Value), p.Slope)
		steepest = max(steepest, p.Slope, -p.Slope)
	}
	if optional {
		unit = divisor(unit, tm.Absent)
	}
	if unit > 0 && steepest/unit > wide/(int64(g.in.Horizon)+1) {
		unit = 1
	}
	unit = max(1, unit)
	r := g.costOf(tm)
	r.absent /= unit
	for i := range r.curve {
		r.curve[i].lo /= unit
		r.curve[i].slope /= unit
	}
	lo, hi := r.curve.least(0, r.curve.end()), r.curve.most()
	if optional {
		lo, hi = min(lo, r.absent), max(hi, r.absent)
	}
	r.cost = g.variable(lo, hi)
	g.postCost(r)
	g.goal.costs[r.cost] = r
	out.terms, out.units = append(out.terms, r.cost), append(out.units, unit)
	return addend{unit, r.cost}
}

// divisor is the greatest common one, at least 0.
func divisor(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return max(a, -a)
}

// maxGoal makes the variable of a Max.
func (g *network) maxGoal(goal *rcpsp.Goal) int32 {
	top := int64(0)
	for i := range goal.Terms {
		r := g.costOf(&goal.Terms[i])
		top = max(top, r.curve.most())
		if g.in.Tasks[r.task].Optional {
			top = max(top, r.absent)
		}
	}
	v := g.variable(0, top)
	for i := range goal.Terms {
		tm := &goal.Terms[i]
		if c := tm.Cost; len(c) == 1 && c[0].Slope == 1 && (c[0].From <= 0 || c[0].Value == 0) && !g.in.Tasks[tm.Task].Optional {
			// Time plus a number, as of a makespan, or 0 if that is more, is a lag.
			g.arc(g.point(int(tm.Task), tm.OnEnd), point{v, v, 0, -1}, c[0].Value-int64(c[0].From), -1)
			continue
		}
		r := g.costOf(tm)
		r.cost = v
		g.postCost(r)
	}
	return v
}

// maxGroup makes the variables of a MaxGroup.
func (g *network) maxGroup(goal *rcpsp.Goal, out *goalVars) {
	out.groups = map[int32]int32{}
	sums := map[int32]*sumRule{} // looked up only
	var names []int32
	for i := range goal.Terms {
		part := g.term(&goal.Terms[i], out)
		n := goal.Terms[i].Group
		if sums[n] == nil {
			sums[n] = &sumRule{}
			names = append(names, n)
		}
		sums[n].parts = append(sums[n].parts, part)
	}
	top := int64(0)
	for _, n := range names {
		v := g.sum(sums[n])
		out.groups[n] = v
		top = max(top, -g.lb[2*v+1])
	}
	out.v = g.variable(0, top)
	for _, n := range names {
		from := out.groups[n]
		g.arc(point{from, from, 0, -1}, point{out.v, out.v, 0, -1}, 0, -1)
	}
}

// excess makes the variables of an Excess: of each period, what is used, at least what is free.
func (g *network) excess(goal *rcpsp.Goal, out *goalVars) {
	b := &g.in.Budgets[goal.Of]
	most := allUses(b)
	all := &sumRule{}
	for k := range b.Periods {
		free := b.Periods[k].Free
		if free >= most {
			out.periods = append(out.periods, -1)
			continue
		}
		v := g.variable(free, most)
		out.periods = append(out.periods, v)
		all.parts = append(all.parts, addend{1, v})
		all.constant -= free
	}
	r := g.ration(b)
	r.tops = out.periods
	g.postRation(r)
	out.v = g.sum(all)
}

// run raises the total and lowers the addends.
func (r *sumRule) run(g *network) bool {
	sum := r.constant
	for _, p := range r.parts {
		sum += p.factor * g.lb[2*p.v]
	}
	if !g.push(2*r.total, sum) {
		return false
	}
	spare := -g.lb[2*r.total+1] - sum
	for _, p := range r.parts {
		if lo := g.lb[2*p.v]; !g.push(2*p.v+1, -(lo + spare/p.factor)) {
			return false
		}
	}
	return true
}
