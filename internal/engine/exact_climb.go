package engine

import (
	"math"

	"github.com/slackwater-go/slackwater/internal/cp"
	"github.com/slackwater-go/slackwater/internal/propagate"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
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
// A sum is climbed by cores (OLL, Andres et al. 2012): all addends are assumed to be at
// most a step above their lower bounds; those that cannot be so together get a variable
// for their sum, which is at least a step and one more, and take part with what is left
// of their factors. The step halves when a solution is found.
type climber struct {
	step  int64
	parts []propagate.Addend
	// Shaving: the value up to which the objective was shaved, and the effort of that.
	shaved, effort int64
}

// newClimber prepares to climb tier k.
func (e *exactRun) newClimber(k int) *climber {
	c := &climber{step: 1, shaved: math.MinInt64}
	if t := &e.m.tiers[k]; len(t.sum) > 1 {
		c.parts = append(c.parts, t.sum...)
		for _, p := range c.parts {
			c.step = max(c.step, (e.m.s.Upper(p.Var)-e.m.s.Lower(p.Var))/8)
		}
	}
	return c
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
		if c.parts != nil {
			more = e.climbSum(k, c, end)
		} else {
			more = e.climbOne(k, c, end)
		}
		if !more || e.settledTier(k) {
			return !e.settledTier(k) && e.m.solver.Home()
		}
	}
	return e.m.solver.Home()
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
		out = e.improve(assume, end-e.m.db.Conflicts)
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

// climbSum finds one core. It returns false if that was the last for now.
func (e *exactRun) climbSum(k int, c *climber, end int64) bool {
	m := e.m
	assume := make([]cp.Atom, 0, len(c.parts))
	bound := m.tiers[k].constant
	for _, p := range c.parts {
		assume = append(assume, cp.AtMost(p.Var, m.s.Lower(p.Var)+c.step-1))
		bound += p.Factor * m.s.Lower(p.Var)
	}
	if !e.reach(k, bound) {
		return false
	}
	switch e.improve(assume, end-m.db.Conflicts) {
	case search.Refuted:
	case search.Solved:
		c.step = max(1, c.step/2)
		return true
	case search.Stopped:
		c.step = max(1, c.step/2)
		return false
	default:
		return false
	}
	core := append([]cp.Atom(nil), m.solver.Core...)
	if !m.s.Propagate() || !m.db.Simplify() || !e.forbid(core) || !m.settle() {
		return false
	}
	return e.relax(c, core)
}

// relax replaces the parts of a core by their sum.
func (e *exactRun) relax(c *climber, core []cp.Atom) bool {
	m := e.m
	var inside []int
	least, lo := int64(cp.Far), int64(0)
	for _, f := range core {
		for i := range c.parts {
			if c.parts[i].Var == f.Var^1 {
				inside = append(inside, i)
				least = min(least, c.parts[i].Factor)
				lo += -f.Bound - (c.step - 1) // its lower bound when it was assumed
				break
			}
		}
	}
	if len(inside) < 2 {
		return true // a single part: its bound went up
	}
	var sum linear
	var of []cp.Var
	for _, i := range inside {
		p := &c.parts[i]
		sum.terms = append(sum.terms, propagate.Addend{Factor: 1, Var: p.Var})
		of = append(of, p.Var)
		p.Factor -= least
	}
	y := m.total(sum, source(rcpsp.KindGoal, 0), func(s *rcpsp.Solution) int64 {
		x := int64(0)
		for _, v := range of {
			x += m.solver.Phase[v>>1]
		}
		return x
	})
	kept := c.parts[:0]
	for _, p := range c.parts {
		if p.Factor > 0 {
			kept = append(kept, p)
		}
	}
	c.parts = append(kept, propagate.Addend{Factor: least, Var: y})
	m.solver.Grow()
	e.nameSum(y, of)
	// One of them is more than a step above its bound.
	return e.forbid([]cp.Atom{cp.AtMost(y, lo+c.step-1)}) && m.settle()
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
