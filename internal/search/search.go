package search

import (
	"github.com/slackwater-go/slackwater/internal/cp"
	"github.com/slackwater-go/slackwater/internal/nogood"
)

// An Outcome says how a call of Run ended.
type Outcome uint8

const (
	Stopped   Outcome = iota // the poll said so, or the conflicts are used up
	Solved                   // everything is decided: a candidate for a solution stands
	Refuted                  // the assumptions cannot hold together: see Core
	Exhausted                // nothing is left, whatever is assumed
)

// A Solver drives a store and its learner.
type Solver struct {
	S  *cp.Store
	DB *nogood.DB
	// Phase is the value that each variable, not negated, shall rather have, by
	// variable without direction: that of the best solution. Prefer says where there
	// is one.
	Phase  []int64
	Prefer []bool
	// Starts are variables that are decided, when no active fact is open, by the
	// smallest lower bound first, at that bound; Rest come after them, in their order,
	// by Phase.
	Starts, Rest []cp.Var
	// Restart is the unit of Luby's sequence, in conflicts.
	Restart int64
	// Poll is asked now and then; true stops.
	Poll func() bool
	// Core of the last refutation: assumptions that cannot hold together.
	Core []cp.Atom

	Decisions, Restarts int64

	inRun   int64 // conflicts since the last restart
	polled  int64 // work at the last poll
	restCur int   // Rest before it is fixed at the current level; lower it on backtracking
}

// New returns a solver.
func New(s *cp.Store, db *nogood.DB) *Solver {
	n := len(s.Lb) / 2
	return &Solver{S: s, DB: db, Phase: make([]int64, n), Prefer: make([]bool, n), Restart: 100}
}

// Grow makes room for variables that the store got since.
func (r *Solver) Grow() {
	for len(r.Phase) < len(r.S.Lb)/2 {
		r.Phase = append(r.Phase, 0)
		r.Prefer = append(r.Prefer, false)
	}
}

// pollEvery is the work between polls: well under a millisecond.
const pollEvery = 20_000

// Run searches until one of the outcomes. After Solved, Refuted and Stopped the levels
// stay as they are, for the caller to read the bounds; then it must call DB.Cancel.
// Exhausted is at level 0. Conflicts limits the conflicts of this call; 0 is no limit.
func (r *Solver) Run(assume []cp.Atom, conflicts int64) Outcome {
	s, db := r.S, r.DB
	limit := r.Restart * Luby(r.Restarts+1)
	end := db.Conflicts + conflicts
	r.restCur = 0
	for {
		if !s.Propagate() {
			r.inRun++
			r.restCur = 0
			if !db.Learn() {
				return Exhausted
			}
			if conflicts > 0 && db.Conflicts >= end || r.stop() {
				return Stopped
			}
			continue
		}
		if s.Halted {
			return Stopped
		}
		if r.inRun >= limit {
			r.inRun = 0
			r.Restarts++
			limit = r.Restart * Luby(r.Restarts+1)
			if !r.Home() {
				return Exhausted
			}
		}
		if r.stop() {
			return Stopped
		}
		if n := s.Level(); n < len(assume) {
			a := assume[n]
			switch {
			case s.Fails(a):
				r.Core = append(db.Core(a), a)
				return Refuted
			case s.Holds(a):
				s.Open()
			default:
				s.Decide(a)
			}
			continue
		}
		if !r.decide() {
			return Solved
		}
	}
}

// Probe tries single facts under assumptions: where one leads to a contradiction at once,
// what is learned from it stays, and may be enough to refute the assumptions. It ends
// Stopped when it is through, or was told to stop.
func (r *Solver) Probe(assume, facts []cp.Atom) Outcome {
	s, db := r.S, r.DB
	for _, f := range facts {
		out := r.assume(assume)
		if out != Solved {
			return out
		}
		if s.Holds(f) || s.Fails(f) {
			continue
		}
		r.Decisions++
		s.Decide(f)
		if !s.Propagate() {
			if !db.Learn() {
				return Exhausted
			}
		} else {
			db.Cancel(len(assume))
		}
		if r.stop() {
			return Stopped
		}
	}
	if out := r.assume(assume); out != Solved {
		return out
	}
	return Stopped
}

// assume propagates, and opens a level for each assumption: Solved where all hold.
func (r *Solver) assume(assume []cp.Atom) Outcome {
	s, db := r.S, r.DB
	for {
		if !s.Propagate() {
			if !db.Learn() {
				return Exhausted
			}
			continue
		}
		if s.Halted {
			return Stopped
		}
		n := s.Level()
		if n >= len(assume) {
			return Solved
		}
		switch a := assume[n]; {
		case s.Fails(a):
			r.Core = append(db.Core(a), a)
			return Refuted
		case s.Holds(a):
			s.Open()
		default:
			s.Decide(a)
		}
	}
}

// Home goes back to level 0, propagates and tidies up. It returns false if nothing is
// left to search.
func (r *Solver) Home() bool {
	r.restCur = 0
	r.DB.Cancel(0)
	if !r.S.Propagate() {
		return false
	}
	if r.S.Halted {
		return true
	}
	return r.DB.Simplify() && r.S.Propagate()
}

func (r *Solver) stop() bool {
	if r.Poll == nil || r.S.Work-r.polled < pollEvery {
		return false
	}
	r.polled = r.S.Work
	return r.Poll()
}

// decide opens a level with a decision; false if everything is decided.
func (r *Solver) decide() bool {
	s := r.S
	if f, ok := r.DB.Pick(); ok {
		r.Decisions++
		x := f.Var >> 1
		if r.Prefer[x] && r.Phase[x] >= f.Bound {
			s.Decide(f)
		} else {
			s.Decide(f.Not())
		}
		return true
	}
	best := cp.Var(-1)
	for _, v := range r.Starts {
		if !s.Fixed(v) && (best < 0 || s.Lb[v] < s.Lb[best]) {
			best = v
		}
	}
	s.Work += int64(len(r.Starts)) / 4
	if best >= 0 {
		r.Decisions++
		s.Decide(cp.AtMost(best, s.Lb[best]))
		return true
	}
	for ; r.restCur < len(r.Rest); r.restCur++ {
		v := r.Rest[r.restCur]
		if s.Fixed(v) {
			continue
		}
		r.Decisions++
		x := v >> 1
		if want := r.Phase[x]; r.Prefer[x] && want > s.Lb[v] {
			s.Decide(cp.AtLeast(v, min(want, s.Upper(v))))
		} else {
			s.Decide(cp.AtMost(v, s.Lb[v]))
		}
		return true
	}
	return false
}
