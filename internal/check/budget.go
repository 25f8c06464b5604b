package check

import "github.com/slackwater-go/slackwater/internal/rcpsp"

// A ration is a budget: each task that starts in a period uses there what its mode takes.
// It keeps that within the limits of the periods or, for a goal, at or below a variable.
type ration struct {
	periods []rcpsp.Period
	tops    []int32 // by period: the variable, or -1: nothing is asked; nil: the limits count
	uses    []ruse
	sum     []int64 // by period: what is surely used
}

// A ruse is what a task takes of a budget, by mode.
type ruse struct {
	task   int32
	amount []int64
	least  int64 // of the modes that are left
	in     int   // the period in which it surely starts; -1: none
}

// rations gathers what the budgets ask for.
func (g *network) rations() {
	for i := range g.in.Budgets {
		g.budgets = append(g.budgets, g.ration(&g.in.Budgets[i]))
	}
}

// ration gathers what a budget is about.
func (g *network) ration(b *rcpsp.Budget) *ration {
	r := &ration{periods: b.Periods, sum: make([]int64, len(b.Periods))}
	at := make([]int, len(g.in.Tasks)) // one more than the index of the task
	for _, u := range b.Uses {
		if at[u.Task] == 0 {
			r.uses = append(r.uses, ruse{task: int32(u.Task), amount: make([]int64, len(g.in.Tasks[u.Task].Modes))})
			at[u.Task] = len(r.uses)
		}
		for k, amount := range r.uses[at[u.Task]-1].amount {
			if u.Mode < 0 || int(u.Mode) == k {
				r.uses[at[u.Task]-1].amount[k] = amount + u.Amount
			}
		}
	}
	return r
}

// postRation posts a budget.
func (g *network) postRation(r *ration) {
	var of []int32
	for _, u := range r.uses {
		of = append(of, g.about(int(u.task))...)
	}
	for _, v := range r.tops {
		if v >= 0 {
			of = append(of, v)
		}
	}
	g.post(r, false, of...)
}

// limit is what may be used in period k.
func (r *ration) limit(g *network, k int) int64 {
	switch {
	case r.tops == nil:
		return r.periods[k].Limit
	case r.tops[k] < 0:
		return 2 * largestValue
	}
	return -g.lb[2*r.tops[k]+1]
}

// period returns which period holds t, or -1.
func (r *ration) period(t int64) int {
	for k, p := range r.periods {
		if int64(p.Lo) <= t && t < int64(p.Hi) {
			return k
		}
	}
	return -1
}

// run keeps what is used in each period within its limit: of the tasks that surely start
// there, what the cheapest of the modes that are left takes. A mode that is too much
// goes, and a task for which no mode is left that fits starts elsewhere.
func (r *ration) run(g *network) bool {
	clear(r.sum)
	for i := range r.uses {
		u := &r.uses[i]
		n := &g.tasks[u.task]
		u.least, u.in = farAway, -1
		for k, v := range n.modes {
			if v < 0 || g.lb[2*v+1] < 0 {
				u.least = min(u.least, u.amount[k])
			}
		}
		first, last := r.period(g.lb[2*u.task]), r.period(-g.lb[2*n.late+1])
		if g.sure(u.task) && first == last && first >= 0 && u.least < farAway {
			u.in = first
			r.sum[first] += u.least
		}
	}
	for k, sum := range r.sum {
		if sum > r.limit(g, k) || r.tops != nil && r.tops[k] >= 0 && !g.push(2*r.tops[k], sum) {
			return false
		}
	}
	for i := range r.uses {
		if !r.uses[i].keep(g, r) {
			return false
		}
	}
	return true
}

// keep drops modes of a task, or starts.
func (u *ruse) keep(g *network, r *ration) bool {
	if u.least == farAway || g.gone(u.task) {
		return true // the rule of the task knows
	}
	n := &g.tasks[u.task]
	if u.in >= 0 {
		spare := r.limit(g, u.in) - r.sum[u.in] + u.least
		for k, v := range n.modes {
			if v >= 0 && u.amount[k] > spare && !g.push(2*v+1, 0) {
				return false
			}
		}
		return true
	}
	if k := r.period(g.lb[2*u.task]); k >= 0 && r.sum[k]+u.least > r.limit(g, k) {
		if !g.push(2*u.task, int64(r.periods[k].Hi)) {
			return false
		}
	}
	if k := r.period(-g.lb[2*n.late+1]); k >= 0 && r.sum[k]+u.least > r.limit(g, k) {
		return g.push(2*n.late+1, 1-int64(r.periods[k].Lo))
	}
	return true
}
