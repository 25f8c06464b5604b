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

type tableJob struct {
	task             int32
	duration, amount int64
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
			before := [2]int64{g.lb[2*j.task], g.lb[2*j.task+1]}
			if !j.earlier(g, pieces) || !j.later(g, pieces) {
				return false
			}
			again = again || before != [2]int64{g.lb[2*j.task], g.lb[2*j.task+1]}
		}
	}
	return true
}

// part is the compulsory part of a job.
func (j *tableJob) part(g *network) (lo, hi int64) {
	return -g.lb[2*j.task+1], g.lb[2*j.task] + j.duration
}

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
		est := g.lb[2*j.task]
		if p.lo >= est+j.duration {
			break
		}
		if p.hi > est && j.room(p, lo, hi) < j.amount && !g.push(2*j.task, p.hi) {
			return false
		}
	}
	return true
}

// later lowers the start before pieces in which the job does not fit.
func (j *tableJob) later(g *network, pieces []stretch) bool {
	lo, hi := j.part(g)
	for _, p := range slices.Backward(pieces) {
		lst := -g.lb[2*j.task+1]
		if p.hi <= lst {
			break
		}
		if p.lo < lst+j.duration && j.room(p, lo, hi) < j.amount && !g.push(2*j.task+1, -(p.lo-j.duration)) {
			return false
		}
	}
	return true
}
