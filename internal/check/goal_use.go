package check

import "github.com/slackwater-go/slackwater/internal/rcpsp"

// A peakRule keeps a variable at or above the largest use of a resource at one instant.
type peakRule struct {
	table table
	top   int32
}

// peak makes the variable of the largest use of r.
func (g *network) peak(r rcpsp.ResourceID) int32 {
	p := &peakRule{}
	total := int64(0)
	for k := range g.in.Tasks {
		most := int64(0)
		for w := range g.in.Tasks[k].Modes {
			most = max(most, demand(&g.in.Tasks[k].Modes[w], int(r)))
		}
		total += most
		p.table.add(g, k, func(m *rcpsp.Mode) int64 { return demand(m, int(r)) })
	}
	p.top = g.variable(0, total)
	g.post(p, true, append(g.aboutJobs(p.table.jobs), p.top)...)
	return p.top
}

// run keeps the use within what the peak may be, and raises the peak to the use of what
// surely runs at one instant.
func (p *peakRule) run(g *network) bool {
	limit := -g.lb[2*p.top+1]
	p.table.caps = []rcpsp.Step{{Value: limit}}
	if !p.table.run(g) {
		return false
	}
	if !p.table.profile(g) {
		return false
	}
	use := int64(0)
	for _, x := range p.table.pieces {
		use = max(use, limit-x.left)
	}
	return g.push(2*p.top, use)
}

// A drawRule keeps a variable at or above what is used in one period of a budget.
type drawRule struct {
	lo, hi int64 // the period: starts from lo to hi
	top    int32
	uses   []drawUse
}

// A drawUse is what a task uses if it starts in the period, by mode.
type drawUse struct {
	task    int
	amounts []int64
}

// allUses is the sum of all uses of a budget.
func allUses(b *rcpsp.Budget) int64 {
	sum := int64(0)
	for i := range b.Uses {
		sum += b.Uses[i].Amount
	}
	return sum
}

// drawOn keeps top at or above what is used in period k.
func (g *network) drawOn(b *rcpsp.Budget, k int, top int32) {
	r := &drawRule{lo: int64(b.Periods[k].Lo), hi: int64(b.Periods[k].Hi) - 1, top: top}
	index := map[rcpsp.TaskID]int{} // looked up only
	for _, u := range b.Uses {
		i, ok := index[u.Task]
		if !ok {
			i = len(r.uses)
			index[u.Task] = i
			r.uses = append(r.uses, drawUse{int(u.Task), make([]int64, len(g.in.Tasks[u.Task].Modes))})
		}
		for m := range r.uses[i].amounts {
			if u.Mode < 0 || int(u.Mode) == m {
				r.uses[i].amounts[m] += u.Amount
			}
		}
	}
	of := []int32{top}
	for i := range r.uses {
		of = append(of, g.about(r.uses[i].task)...)
	}
	g.post(r, false, of...)
}

// least is what the task uses at least, in a mode that is left.
func (u *drawUse) least(g *network) int64 {
	low := int64(farAway)
	for m, v := range g.tasks[u.task].modes {
		if v < 0 || g.lb[2*v+1] < 0 {
			low = min(low, u.amounts[m])
		}
	}
	return low
}

// run adds up what is surely used in the period, and moves away what would be too much.
func (r *drawRule) run(g *network) bool {
	sum := int64(0)
	for i := range r.uses {
		if u := &r.uses[i]; r.inside(g, u) {
			least := u.least(g)
			if least == farAway {
				return false // no mode is left
			}
			sum += least
		}
	}
	if !g.push(2*r.top, sum) {
		return false
	}
	limit := -g.lb[2*r.top+1]
	for i := range r.uses {
		u := &r.uses[i]
		if g.gone(int32(u.task)) {
			continue
		}
		least := u.least(g)
		if r.inside(g, u) {
			for m, v := range g.tasks[u.task].modes {
				if v >= 0 && g.lb[2*v+1] < 0 && sum-least+u.amounts[m] > limit && !g.push(2*v+1, 0) {
					return false
				}
			}
			continue
		}
		if sum+least <= limit {
			continue
		}
		p := g.point(u.task, false)
		lo, hi := g.lb[2*p.lo], -g.lb[2*p.hi+1]
		if r.lo <= lo && lo <= r.hi && !g.push(2*p.lo, r.hi+1) {
			return false
		}
		if r.lo <= hi && hi <= r.hi && !g.push(2*p.hi+1, -(r.lo-1)) {
			return false
		}
	}
	return true
}

// inside says whether a task surely starts in the period.
func (r *drawRule) inside(g *network, u *drawUse) bool {
	p := g.point(u.task, false)
	return g.sure(int32(u.task)) && r.lo <= g.lb[2*p.lo] && -g.lb[2*p.hi+1] <= r.hi
}
