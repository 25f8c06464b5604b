package check

import (
	"slices"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// A table is a resource, or an exclusion set as one of capacity 1.
type table struct {
	jobs []tableJob
	caps []rcpsp.Step
}

// A tableJob is one mode of a task, or, where every mode takes as much, the task as
// such. It runs from the start of the task to end.
type tableJob struct {
	task   int32
	cond   int32 // the variable of the mode; -1: none is needed
	end    point
	amount int64
}

// add puts the modes of task k into the table, by what each takes.
func (t *table) add(g *network, k int, amount func(*rcpsp.Mode) int64) {
	for w := range g.in.Tasks[k].Modes {
		m := &g.in.Tasks[k].Modes[w]
		if a := amount(m); a > 0 && m.Duration > 0 {
			t.jobs = append(t.jobs, tableJob{int32(k), g.tasks[k].modes[w], point{int32(k), int64(m.Duration)}, a})
		}
	}
}

// occupy puts task k into the table of a set that excludes overlaps.
func (t *table) occupy(g *network, k int) {
	if g.shortest(k) > 0 {
		t.jobs = append(t.jobs, tableJob{int32(k), -1, g.point(k, true), 1})
		return
	}
	t.add(g, k, func(*rcpsp.Mode) int64 { return 1 })
}

// stretch is a piece of time with what the capacity leaves over the compulsory parts.
type stretch struct{ lo, hi, left int64 }

// run keeps the use within the capacity: each job surely runs from its last start to
// its first end, and must not run where these leave too little. It sweeps over all
// pieces for each job, again and again, until nothing moves.
func (t *table) run(g *network) bool {
	for again := true; again; {
		again = false
		pieces, ok := t.profile(g)
		if !ok {
			return false
		}
		for _, j := range t.jobs {
			if !j.taken(g) {
				if !j.possible(g, pieces) {
					return false
				}
				continue
			}
			before := [2]int64{g.lb[2*j.task], g.lb[2*j.task+1]}
			if !j.earlier(g, pieces) || !j.later(g, pieces) {
				return false
			}
			again = again || before != [2]int64{g.lb[2*j.task], g.lb[2*j.task+1]}
		}
	}
	return true
}

// taken says whether the task surely runs in this mode.
func (j *tableJob) taken(g *network) bool { return j.cond < 0 || g.lb[2*j.cond] >= 1 }

// possible drops a mode for which no start is left that fits.
func (j *tableJob) possible(g *network, pieces []stretch) bool {
	if g.lb[2*j.cond+1] >= 0 {
		return true
	}
	est, lst := g.lb[2*j.task], -g.lb[2*j.task+1]
	for _, p := range pieces {
		if p.lo >= est+j.end.off {
			break
		}
		if p.hi > est && p.left < j.amount {
			est = p.hi
		}
	}
	return est <= lst || g.push(2*j.cond+1, 0)
}

// part is the compulsory part of a job.
func (j *tableJob) part(g *network) (lo, hi int64) {
	if !j.taken(g) {
		return 0, 0
	}
	return -g.lb[2*j.task+1], j.firstEnd(g)
}

func (j *tableJob) firstEnd(g *network) int64 { return g.lb[2*j.end.v] + j.end.off }
func (j *tableJob) lastEnd(g *network) int64  { return -g.lb[2*j.end.v+1] + j.end.off }

// profile lists the pieces; false where the compulsory parts alone pass the capacity.
func (t *table) profile(g *network) ([]stretch, bool) {
	cuts := []int64{-farAway, farAway * 2}
	for _, c := range t.caps {
		cuts = append(cuts, int64(c.From))
	}
	for i := range t.jobs {
		if lo, hi := t.jobs[i].part(g); lo < hi {
			cuts = append(cuts, lo, hi)
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	pieces := make([]stretch, 0, len(cuts))
	at := map[int64]int{}
	for i := 0; i+1 < len(cuts); i++ {
		at[cuts[i]] = i
		left := t.caps[0].Value
		for _, c := range t.caps {
			if int64(c.From) <= cuts[i] {
				left = c.Value
			}
		}
		pieces = append(pieces, stretch{cuts[i], cuts[i+1], left})
	}
	ok := true
	for i := range t.jobs {
		lo, hi := t.jobs[i].part(g)
		if lo >= hi {
			continue
		}
		for k := at[lo]; k < len(pieces) && pieces[k].lo < hi; k++ {
			pieces[k].left -= t.jobs[i].amount
			ok = ok && pieces[k].left >= 0
		}
	}
	return pieces, ok
}

// room is what a piece leaves to job j, whose own part does not count against it.
func (j *tableJob) room(p stretch, lo, hi int64) int64 {
	if lo < hi && lo <= p.lo && p.hi <= hi {
		return p.left + j.amount
	}
	return p.left
}

// earlier raises the start past pieces in which the job does not fit.
func (j *tableJob) earlier(g *network, pieces []stretch) bool {
	lo, hi := j.part(g)
	for _, p := range pieces {
		if p.lo >= j.firstEnd(g) {
			break
		}
		if p.hi > g.lb[2*j.task] && j.room(p, lo, hi) < j.amount && !g.push(2*j.task, p.hi) {
			return false
		}
	}
	return true
}

// later lowers the end before pieces in which the job does not fit.
func (j *tableJob) later(g *network, pieces []stretch) bool {
	lo, hi := j.part(g)
	for _, p := range slices.Backward(pieces) {
		if p.hi <= -g.lb[2*j.task+1] {
			break
		}
		if p.lo < j.lastEnd(g) && j.room(p, lo, hi) < j.amount && !g.push(2*j.end.v+1, -(p.lo-j.end.off)) {
			return false
		}
	}
	return true
}
