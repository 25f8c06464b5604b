package engine

import (
	"math"

	"github.com/slackwater-go/slackwater/internal/cp"
	"github.com/slackwater-go/slackwater/internal/search"
)

// climber raises the lower bound of a tier from below, a few conflicts at a time between
// those of the search for better solutions. What it learns serves both: an assumption
// is part of every nogood that needs it.
//
// A single variable, such as a makespan, is assumed to be at most a little above its
// bound, and the bound passes what is refuted (destructive bounds, Klein and Scholl
// 1999); the step doubles with success and halves without.
//
// A sum is climbed by cores, see [guide].
type climber struct {
	step  int64
	guide *guide // nil: there is no sum to climb
	// Shaving: the value up to which the objective was shaved, and the effort of that.
	shaved, effort int64
}

// newClimber prepares to climb tier k.
func (e *exactRun) newClimber(k int) *climber {
	return &climber{step: 1, shaved: math.MinInt64, guide: e.newGuide(k)}
}

// climb spends up to so many conflicts. It returns false when the tier is settled: its
// bound has reached the best value, or nothing is left.
func (e *exactRun) climb(k int, c *climber, conflicts int64) bool {
	e.climbing = true
	defer func() { e.climbing = false }()
	end := e.m.db.Conflicts + conflicts
	for ; e.m.db.Conflicts < end && !e.m.solver.Poll(); end -= stepCost {
		if !e.m.solver.Home() {
			return false
		}
		var more bool
		if c.guide != nil {
			more = e.climbSum(k, c.guide, end)
		} else {
			more = e.climbOne(k, c, end)
		}
		if !more || e.settledTier(k) {
			return !e.settledTier(k) && !e.empty && e.home(k, c)
		}
	}
	return e.home(k, c)
}

// stepCost is what a step of a climb counts beside its conflicts, for steps without any.
const stepCost = 20

// settledTier says whether the bound of tier k has reached the best value.
func (e *exactRun) settledTier(k int) bool {
	return e.res.Best != nil && e.res.Value[k] <= e.res.Bound[k]
}

// climbOne makes one step. It returns false if that was the last for now.
func (e *exactRun) climbOne(k int, c *climber, end int64) bool {
	v := e.m.tiers[k].v
	lb := e.m.s.Lower(v)
	to := min(lb+c.step-1, e.m.s.Upper(v))
	if e.res.Best != nil {
		to = min(to, e.m.tierValue(k, e.res.Best)-1)
	}
	assume := []cp.Atom{cp.AtMost(v, to)}
	out := e.shave(c, to, assume)
	if out == search.Stopped {
		out = e.improve(assume, max(1, end-e.m.db.Conflicts))
	}
	switch out {
	case search.Refuted:
		c.step *= 2
		return e.reach(k, to+1)
	case search.Solved:
		c.step = max(1, c.step/2)
		return true
	case search.Stopped:
		c.step = max(1, c.step/2)
	}
	return false
}

// shave tries, with the objective at most to, both orders of each pair and both halves of
// each window: what fails at once is learned, under that assumption (shaving, Martin and
// Shmoys 1996, at the low end of the objective). While it does, energies are looked at
// always. It is done once a value, and may take one part in shaveShare of the effort.
func (e *exactRun) shave(c *climber, to int64, assume []cp.Atom) search.Outcome {
	m := e.m
	if m.off["shaving"] || c.shaved == to || c.effort > m.s.Work/shaveShare {
		return search.Stopped
	}
	c.shaved = to
	begin, poll := m.s.Work, m.solver.Poll
	most := begin + m.s.Work/shaveShare
	m.solver.Poll = func() bool { return poll() || m.s.Work > most }
	m.wake(true)
	out := m.solver.Probe(assume, m.probes())
	m.wake(false)
	m.solver.Poll = poll
	m.db.Cancel(0)
	c.effort += m.s.Work - begin
	return out
}

// shaveShare is one part of the effort that may go into shaving.
const shaveShare = 8

// probes lists the orders of pairs, and the halves of windows, that the root leaves open.
func (m *model) probes() []cp.Atom {
	var out []cp.Atom
	for _, p := range m.pairs {
		if p.v >= 0 && !m.s.Fixed(p.v) {
			out = append(out, cp.AtLeast(p.v, 1), cp.AtMost(p.v, 0))
		}
	}
	for t := range m.tasks {
		v := m.tasks[t].start
		if lo, hi := m.s.Lower(v), m.s.Upper(v); hi > lo {
			f := cp.AtLeast(v, lo+(hi-lo+1)/2)
			out = append(out, f, f.Not())
		}
	}
	return out
}

// reach notes that the variable of tier k is at least v. It returns false when nothing
// is left.
func (e *exactRun) reach(k int, v int64) bool {
	t := &e.m.tiers[k]
	if v <= e.m.s.Lower(t.v) && v*t.scale <= e.res.Bound[k] {
		return true
	}
	ok := e.forbid([]cp.Atom{cp.AtMost(t.v, v-1)}) && e.m.settle()
	if !ok && e.res.Best != nil {
		v = e.m.tierValue(k, e.res.Best) // nothing is better
	}
	e.raise(k, v*t.scale)
	return ok
}
