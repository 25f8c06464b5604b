package engine

import (
	"math"

	"github.com/slackwater-go/slackwater/internal/check"
	"github.com/slackwater-go/slackwater/internal/cp"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/search"
)

// explain finds the core where there is no solution.
func (e *exactRun) explain() {
	if e.res.Status == Infeasible && e.res.Core == nil && !e.opt.NoCore {
		e.res.Core = e.core()
	}
}

// An exactRun is one call of exact.
type exactRun struct {
	*run
	m    *model
	base int64 // work before it
	now  int   // the tier that is being settled
	// climbing says that assumptions are not about being better than the best, so that a
	// solution may be none.
	climbing bool
	empty    bool  // the last search left nothing, whatever is assumed
	first    int64 // conflicts before the lower bound gets its first turn; 0: firstLimit
	turns    []*turn
}

// A turn is where the search for the value of a tier stands between calls of tiers: the
// lower bound gets its turn when there have been next conflicts, and again when there
// have been pause more, which grows.
type turn struct {
	climber     *climber
	next, pause int64
	share       int64 // the lower bound gets one conflict in so many
}

// turn returns where tier k stands.
func (e *exactRun) turn(k int) *turn {
	for len(e.turns) <= k {
		e.turns = append(e.turns, nil)
	}
	if e.turns[k] == nil {
		t := &turn{climber: e.newClimber(k), pause: firstLimit, share: climbShare}
		if g := t.climber.guide; g != nil && g.rule != nil {
			t.pause, t.share = firstSum, sumShare
		}
		if e.first > 0 {
			t.pause = e.first
		}
		t.next = e.m.db.Conflicts + t.pause
		e.turns[k] = t
	}
	return e.turns[k]
}

// poll says whether to stop.
func (e *exactRun) poll() bool {
	w := e.m.s.Work
	switch {
	case e.stopped, e.ctx.Err() != nil:
		return true
	case e.opt.MaxWork > 0 && e.base+w >= e.opt.MaxWork:
		return true
	case e.full():
		return true
	}
	return false
}

// ended says whether the run was told to end.
func (r *run) ended() bool { return r.stopped || r.ctx.Err() != nil }

// halt says whether to end in the middle of propagation: as poll does, but for memory.
func (e *exactRun) halt() bool {
	return e.ended() || e.opt.MaxWork > 0 && e.base+e.m.s.Work >= e.opt.MaxWork
}

// count adds up the effort.
func (e *exactRun) count() {
	st := &e.res.Stats
	st.Work += e.m.s.Work
	st.Conflicts += e.m.db.Conflicts
	st.Propagations += e.m.s.Pushes
	if e.m.solver != nil {
		st.Decisions += e.m.solver.Decisions
		st.Restarts += e.m.solver.Restarts
	}
}

// exhausted draws the conclusion from an empty search space: it held all solutions, or
// all that are better than the best.
func (e *exactRun) exhausted() {
	if e.res.Best == nil {
		e.res.Status = Infeasible
		return
	}
	copy(e.res.Bound, e.res.Value)
}

// tiers settles one tier after the other. After a stop it may be called again, and
// goes on with what was learned.
func (e *exactRun) tiers() {
	if !e.m.solver.Home() {
		e.exhausted()
		return
	}
	if len(e.m.tiers) == 0 {
		if e.res.Best == nil && e.improve(nil, 0) == search.Exhausted {
			e.exhausted()
		}
		return
	}
	for k := range e.m.tiers {
		if !e.tier(k) {
			return
		}
		e.res.Bound[k] = e.res.Value[k]
		e.settle(k)
		if !e.m.capTier(k, e.m.tierValue(k, e.res.Best)) {
			return
		}
	}
}

// tier looks for the smallest value of tier k. It returns false if it did not prove it.
func (e *exactRun) tier(k int) bool {
	m := e.m
	lastTier := k == len(m.tiers)-1
	if !e.floor(k) {
		return e.proved(k)
	}
	e.now = k
	t := e.turn(k)
	e.raise(k, m.s.Lower(m.tiers[k].v)*m.tiers[k].scale)
	steps := 0
	for {
		if e.settledTier(k) {
			return true
		}
		var assume []cp.Atom
		if e.res.Best != nil {
			bound := m.tierValue(k, e.res.Best) - 1
			if lastTier {
				if !m.capTier(k, bound) {
					return true
				}
			} else {
				assume = []cp.Atom{cp.AtMost(m.tiers[k].v, bound)}
			}
		}
		switch e.improve(assume, max(1, t.next-m.db.Conflicts)) {
		case search.Refuted:
			return true
		case search.Exhausted:
			return e.proved(k)
		case search.Stopped:
			if m.solver.Poll() {
				return false
			}
			if m.db.Conflicts >= firstLimit {
				m.wake(false)
			}
			if !e.climb(k, t.climber, t.pause/t.share+1) {
				return e.proved(k)
			}
			if t.climber.guide != nil && e.halt() {
				return e.last(k)
			}
			t.pause += t.pause / 4
			t.next = m.db.Conflicts + t.pause
		case search.Solved:
			// Costs of time let solutions get better by a tick each, ten thousand times.
			// From below, steps double.
			if steps++; steps%smallSteps == 0 && !e.climb(k, t.climber, t.pause/t.share+1) {
				return e.proved(k)
			}
			if t.climber.guide != nil && e.halt() {
				return e.last(k)
			}
		}
	}
}

const (
	firstLimit = 5000 // conflicts before the lower bound gets its first turn
	climbShare = 10   // a tenth of the conflicts is for the lower bound
	smallSteps = 16   // better solutions in a row before the lower bound gets a turn
)

// proved draws the conclusion when nothing is left while tier k was looked at: false if
// there is no solution at all.
func (e *exactRun) proved(k int) bool {
	if e.res.Best == nil {
		e.res.Status = Infeasible
		return false
	}
	return true
}

// floor keeps tier k at or above the bound that is known already.
func (e *exactRun) floor(k int) bool {
	b, t := e.res.Bound[k], &e.m.tiers[k]
	if b == math.MinInt64 {
		return true
	}
	v := b / t.scale
	if v*t.scale < b {
		v++
	}
	known := []cp.Atom{cp.AtMost(t.v, v-1)}
	if e.inspector != nil {
		e.inspector.trust(known) // from energies, for which the judge has no rule
	}
	return e.m.db.Forbid(known) && e.m.settle()
}

// improve searches for a solution under assumptions and offers it. Conflicts limits the
// search; 0 is no limit. It ends at level 0.
func (e *exactRun) improve(assume []cp.Atom, conflicts int64) search.Outcome {
	m := e.m
	m.db.Cancel(0)
	for {
		out := m.solver.Run(assume, conflicts)
		if out != search.Solved {
			m.db.Cancel(0)
			e.empty = out == search.Exhausted
			return out
		}
		sol := m.solution()
		m.db.Cancel(0)
		clashes := e.judge(sol)
		if clashes == nil {
			taken := e.offer(sol)
			if taken {
				m.setPhases(sol)
			}
			if taken || e.climbing || len(m.tiers) == 0 {
				return out
			}
			// No better than the best, though search thought so: exclude it as that.
			clashes = []Clash{{Tasks: e.everything()}}
		}
		if !m.s.Propagate() || !m.db.Simplify() {
			e.empty = true
			return search.Exhausted
		}
		for i := range clashes {
			if !e.forbid(e.factsOf(&clashes[i], sol)) {
				e.empty = true
				return search.Exhausted
			}
		}
	}
}

// everything lists all tasks.
func (e *exactRun) everything() []rcpsp.TaskID {
	out := make([]rcpsp.TaskID, len(e.in.Tasks))
	for t := range out {
		out[t] = rcpsp.TaskID(t)
	}
	return out
}

// judge returns sets of tasks that clash in sol, by a constraint that no rule covers or
// by the user's judgement, or nil.
func (e *exactRun) judge(sol *rcpsp.Solution) []Clash {
	if broken := check.Solution(e.in, sol); len(broken) > 0 {
		return []Clash{{Tasks: e.everything()}}
	}
	if e.opt.Reject == nil {
		return nil
	}
	sets := e.opt.Reject(sol.Clone())
	for i := range sets {
		if len(sets[i].Tasks) == 0 {
			sets[i] = Clash{Tasks: e.everything()}
		}
	}
	return sets
}

// factsOf returns facts that exclude tasks as they are in sol. All of them go only as
// part of a better solution than the best, so that none is lost that is as good.
func (e *exactRun) factsOf(c *Clash, sol *rcpsp.Solution) []cp.Atom {
	var facts []cp.Atom
	if len(c.Tasks) == len(e.in.Tasks) && e.res.Best != nil {
		facts = append(facts, cp.AtMost(e.m.tiers[e.now].v, e.m.tierValue(e.now, e.res.Best)-1))
	}
	for k, t := range c.Tasks {
		facts = append(facts, e.m.factsOf(int(t), sol, c.starts(k, sol))...)
	}
	return facts
}
