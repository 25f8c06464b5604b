package check

import (
	"slices"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// A redundancy is a group that must hold, with all groups that it depends on. A member is
// surely out while a task of it surely runs, or a group of it surely has too many out.
// Where as many are out as may be, the tasks of the others must not run, and the groups
// of the others must not have too many out, and so on down the groups.
type redundancy struct {
	top   int
	below []int // the groups that it depends on, and itself, in the order of the instance
	jobs  []tableJob
	of    map[rcpsp.TaskID]int // the job of a task; looked up only
	shut  [][]stretch          // by job: where it must not run
	out   []int64              // by group of the instance: how many members are out, in the piece looked at
}

// redundancies returns the groups that must hold.
func (g *network) redundancies() []redundancy {
	var out []redundancy
	for i := range g.in.Groups {
		if g.in.Groups[i].Defined {
			continue
		}
		r := redundancy{top: i, of: map[rcpsp.TaskID]int{}, out: make([]int64, len(g.in.Groups))}
		r.gather(g, i)
		slices.Sort(r.below)
		r.below = slices.Compact(r.below)
		r.shut = make([][]stretch, len(r.jobs))
		out = append(out, r)
	}
	return out
}

// gather collects group i and what it depends on.
func (r *redundancy) gather(g *network, i int) {
	if slices.Contains(r.below, i) {
		return
	}
	r.below = append(r.below, i)
	for _, m := range g.in.Groups[i].Members {
		for _, t := range m.Tasks {
			if _, ok := r.of[t]; !ok {
				r.of[t] = len(r.jobs)
				r.jobs = append(r.jobs, g.spell(int(t)))
			}
		}
		for _, k := range m.Groups {
			r.gather(g, int(k))
		}
	}
}

// run looks at each piece of time in which nothing changes.
func (r *redundancy) run(g *network) bool {
	cuts := r.cuts(g)
	for i := range r.shut {
		r.shut[i] = r.shut[i][:0]
	}
	for i := 0; i+1 < len(cuts); i++ {
		if !r.piece(g, cuts[i], cuts[i+1]) {
			return false
		}
	}
	for i := range r.jobs {
		if !g.gone(r.jobs[i].task) && !r.jobs[i].keepOut(g, r.shut[i]) {
			return false
		}
	}
	return true
}

// cuts lists the instants at which something may change.
func (r *redundancy) cuts(g *network) []int64 {
	cuts := []int64{-farAway, 2 * farAway}
	for i := range r.jobs {
		if lo, hi := r.jobs[i].part(g); lo < hi {
			cuts = append(cuts, lo, hi)
		}
	}
	for _, k := range r.below {
		for _, s := range g.in.Groups[k].Allowed {
			cuts = append(cuts, int64(s.From))
		}
	}
	slices.Sort(cuts)
	return slices.Compact(cuts)
}

// piece looks at [lo, hi), in which nothing changes.
func (r *redundancy) piece(g *network, lo, hi int64) bool {
	for _, k := range r.below {
		r.out[k] = 0
		for i := range g.in.Groups[k].Members {
			if r.isOut(g, &g.in.Groups[k].Members[i], lo) {
				r.out[k]++
			}
		}
	}
	return r.keep(g, r.top, lo, hi)
}

// isOut says whether a member is surely out at t; what is out of earlier groups is known.
func (r *redundancy) isOut(g *network, m *rcpsp.Member, t int64) bool {
	for _, task := range m.Tasks {
		if lo, hi := r.jobs[r.of[task]].part(g); lo <= t && t < hi {
			return true
		}
	}
	for _, k := range m.Groups {
		if r.out[k] > allowed(&g.in.Groups[k], t) {
			return true
		}
	}
	return false
}

// keep makes sure that group k has no more members out in [lo, hi) than it allows.
func (r *redundancy) keep(g *network, k int, lo, hi int64) bool {
	spare := allowed(&g.in.Groups[k], lo) - r.out[k]
	if spare < 0 {
		return false
	}
	if spare > 0 {
		return true
	}
	for i := range g.in.Groups[k].Members {
		m := &g.in.Groups[k].Members[i]
		if r.isOut(g, m, lo) {
			continue
		}
		for _, task := range m.Tasks {
			j := r.of[task]
			r.shut[j] = append(r.shut[j], stretch{lo: lo, hi: hi})
		}
		for _, sub := range m.Groups {
			if !r.keep(g, int(sub), lo, hi) {
				return false
			}
		}
	}
	return true
}

// allowed is how many members of a group may be out at t.
func allowed(g *rcpsp.Group, t int64) int64 {
	n := g.Allowed[0].Value
	for _, s := range g.Allowed {
		if int64(s.From) <= t {
			n = s.Value
		}
	}
	return n
}
