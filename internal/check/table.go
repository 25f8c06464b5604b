package check

import (
	"slices"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// A table is a resource, or an exclusion set as one of capacity 1.
type table struct {
	jobs []tableJob
	caps []rcpsp.Step

	cuts          []int64   // where the use or the capacity may change
	pieces, tight []stretch // between the cuts; and those in which some job does not fit
	closed        []stretch // and those in which the job looked at does not
}

// A tableJob is one mode of a task, or, where every mode that is left takes as much, the
// task as such. It runs from its start to its end.
type tableJob struct {
	task   int32
	cond   int32   // the variable of the mode; -1: the task as such
	zero   []int32 // modes of the task as such that take no time
	start  point
	end    point
	amount int64
	work   []rcpsp.Span // when it takes something between start and end; nil: always
}

// add puts the modes of task k into the table, by what each takes.
func (t *table) add(g *network, k int, amount func(*rcpsp.Mode) int64) {
	for w := range g.in.Tasks[k].Modes {
		m := &g.in.Tasks[k].Modes[w]
		if a := amount(m); a > 0 && m.Duration > 0 {
			j := tableJob{task: int32(k), cond: g.tasks[k].modes[w], start: g.point(k, false), end: g.point(k, false), amount: a}
			j.end.off = int64(m.Duration)
			if pauses(m) {
				j.end = g.point(k, true)
			}
			if pauses(m) && !m.Hold {
				j.work = m.Work
			}
			t.jobs = append(t.jobs, j)
		}
	}
}

// occupy puts task k into the table of a set that excludes overlaps: while a mode that
// takes no time is left, only a mode that is taken counts, and then the task as such.
func (t *table) occupy(g *network, k int) {
	if j := g.spell(k); len(j.zero) < len(g.tasks[k].modes) {
		t.jobs = append(t.jobs, j)
	}
}

// spell is task k as such, from its start to its end.
func (g *network) spell(k int) tableJob {
	return tableJob{task: int32(k), cond: -1, zero: g.instants(k), start: g.point(k, false), end: g.point(k, true), amount: 1}
}

// instants returns the modes of task k that take no time.
func (g *network) instants(k int) []int32 {
	var out []int32
	for w := range g.in.Tasks[k].Modes {
		if g.in.Tasks[k].Modes[w].Duration == 0 {
			out = append(out, g.tasks[k].modes[w])
		}
	}
	return out
}

// stretch is a piece of time with what the capacity leaves over the compulsory parts.
type stretch struct{ lo, hi, left int64 }

// run keeps the use within the capacity: each job surely runs from its last start to
// its first end, and must not run where these leave too little.
func (t *table) run(g *network) bool {
	if !t.profile(g) {
		return false
	}
	t.tight = t.tight[:0]
	most := int64(0)
	for i := range t.jobs {
		most = max(most, t.jobs[i].amount)
	}
	for _, p := range t.pieces {
		if p.left < most {
			t.tight = append(t.tight, p)
		}
	}
	if len(t.tight) == 0 {
		return true
	}
	for i := range t.jobs {
		if j := &t.jobs[i]; !g.gone(j.task) && !j.keepOut(g, t.shut(g, j)) {
			return false
		}
	}
	return true
}

// shut lists the pieces in which the job, whose own part does not count against it, does
// not fit.
func (t *table) shut(g *network, j *tableJob) []stretch {
	t.closed = t.closed[:0]
	from, to := g.lb[2*j.start.lo], j.lastEnd(g)
	lo, hi := j.part(g)
	for _, p := range t.tight {
		if p.hi <= from || p.lo >= to {
			continue
		}
		left := p.left
		if lo <= p.lo && p.hi <= hi && (j.work == nil || firstTick(j.work, p.lo) == p.lo) {
			left += j.amount // its own part is no reason
		}
		if left < j.amount {
			t.closed = append(t.closed, p)
		}
	}
	return t.closed
}

// keepOut keeps the job out of pieces of time.
func (j *tableJob) keepOut(g *network, closed []stretch) bool {
	if len(closed) == 0 {
		return true
	}
	if !j.counts(g) {
		return j.possible(g, closed)
	}
	return j.earlier(g, closed) && j.later(g, closed)
}

// counts says whether the task surely takes place like this, if it is present at all.
func (j *tableJob) counts(g *network) bool {
	if j.cond >= 0 {
		for _, v := range g.tasks[j.task].modes {
			if v != j.cond && g.lb[2*v+1] < 0 {
				return g.lb[2*j.cond] >= 1 // another one is left
			}
		}
		return true
	}
	for _, v := range j.zero {
		if v < 0 || g.lb[2*v+1] < 0 {
			return false
		}
	}
	return true
}

// possible drops what no start is left for that fits: a mode, or of a task as such all
// modes that take time.
func (j *tableJob) possible(g *network, closed []stretch) bool {
	for k, v := range g.tasks[j.task].modes {
		m := &g.in.Tasks[j.task].Modes[k]
		if m.Duration == 0 || j.cond >= 0 && j.cond != v || j.work != nil || g.lb[2*v+1] >= 0 {
			continue
		}
		if !j.fits(g, m, closed) && !g.push(2*v+1, 0) {
			return false
		}
	}
	return true
}

// fits says whether some start of a mode may meet none of the pieces.
func (j *tableJob) fits(g *network, m *rcpsp.Mode, closed []stretch) bool {
	n := &g.tasks[j.task]
	est := max(g.lb[2*j.start.lo], soonest(m, g.lb[2*n.end]+n.off))
	lst := min(-g.lb[2*j.start.hi+1], latest(m, -g.lb[2*n.endLate+1]+n.off))
	for _, p := range closed {
		if p.lo >= finish(m, est) {
			break
		}
		est = max(est, p.hi)
	}
	return est <= lst
}

// part is the compulsory part of a job.
func (j *tableJob) part(g *network) (lo, hi int64) {
	if !g.sure(j.task) || !j.counts(g) {
		return 0, 0
	}
	return j.lastStart(g), j.firstEnd(g)
}

func (j *tableJob) lastStart(g *network) int64 { return -g.lb[2*j.start.hi+1] }
func (j *tableJob) firstEnd(g *network) int64  { return g.lb[2*j.end.lo] + j.end.off }
func (j *tableJob) lastEnd(g *network) int64   { return -g.lb[2*j.end.hi+1] + j.end.off }

// profile lists the pieces; false where the compulsory parts alone pass the capacity.
func (t *table) profile(g *network) bool {
	cuts := append(t.cuts[:0], -farAway, farAway*2)
	for _, c := range t.caps {
		cuts = append(cuts, int64(c.From))
	}
	for i := range t.jobs {
		lo, hi := t.jobs[i].part(g)
		t.jobs[i].spans(lo, hi, func(lo, hi int64) { cuts = append(cuts, lo, hi) })
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	t.cuts, t.pieces = cuts, t.pieces[:0]
	step := 0
	for i := 0; i+1 < len(cuts); i++ {
		for step+1 < len(t.caps) && int64(t.caps[step+1].From) <= cuts[i] {
			step++
		}
		t.pieces = append(t.pieces, stretch{cuts[i], cuts[i+1], t.caps[step].Value})
	}
	ok := true
	for i := range t.jobs {
		lo, hi := t.jobs[i].part(g)
		t.jobs[i].spans(lo, hi, func(lo, hi int64) {
			at, _ := slices.BinarySearch(cuts, lo)
			for k := at; k < len(t.pieces) && t.pieces[k].lo < hi; k++ {
				t.pieces[k].left -= t.jobs[i].amount
				ok = ok && t.pieces[k].left >= 0
			}
		})
	}
	return ok
}

// earlier raises the start past pieces in which the job does not fit.
func (j *tableJob) earlier(g *network, closed []stretch) bool {
	for _, p := range closed {
		if p.lo >= j.firstEnd(g) {
			break
		}
		past := p.hi
		if j.work != nil {
			// At the last instant of work in the piece before its first end it would run.
			if past = lastTick(j.work, min(p.hi, j.firstEnd(g))) + 1; past <= p.lo {
				continue
			}
		}
		if past > g.lb[2*j.start.lo] && !g.push(2*j.start.lo, past) {
			return false
		}
	}
	return true
}

// later lowers the end before pieces in which the job does not fit.
func (j *tableJob) later(g *network, closed []stretch) bool {
	for _, p := range slices.Backward(closed) {
		if p.hi <= j.lastStart(g) {
			break
		}
		by := p.lo
		if j.work != nil {
			// At the first instant of work in the piece after its last start it would run.
			if by = firstTick(j.work, max(p.lo, j.lastStart(g))); by >= p.hi {
				continue
			}
		}
		if by < j.lastEnd(g) && !g.push(2*j.end.hi+1, -(by-j.end.off)) {
			return false
		}
	}
	return true
}
