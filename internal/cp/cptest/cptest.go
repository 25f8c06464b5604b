// Package cptest tests filtering rules against what their constraint means, by
// enumeration: the contract that every propagator has to keep.
//
//  1. No solution is lost: what propagation removes, and what it calls a conflict, no
//     solution of the constraint needs.
//  2. Every reason is enough by itself: each solution that satisfies the premises
//     satisfies what they imply; and each premise is true, and older.
//  3. Complete assignments are judged rightly.
//  4. Backtracking restores the bounds, and the rule then works as before.
//  5. At the fixpoint another call changes nothing.
package cptest

import (
	"testing"

	"github.com/slackwater-go/slackwater/internal/cp"
)

// A Case is a posted rule: its variables, not negated, and what the constraint means
// for values of them.
type Case struct {
	Vars  []cp.Var
	Holds func(x []int64) bool
}

// A Source of choices; prng.Rand is one.
type Source interface{ IntN(n int) int }

// Run posts a rule with build on a fresh store and walks a number of random dives. The
// product of the domains should stay in the ten thousands. It returns how many bounds
// the rule moved, so that a test can show that it tested something.
func Run(t testing.TB, src Source, dives int, build func(s *cp.Store) Case) int {
	t.Helper()
	s := cp.NewStore()
	c := build(s)
	w := &walk{t: t, s: s, c: c, src: src}
	w.enumerate(0, make([]int64, len(c.Vars)))
	if !w.propagate() {
		return w.moves
	}
	s.Settle()
	for range dives {
		w.dive()
		w.back(0)
	}
	return w.moves
}

type walk struct {
	t     testing.TB
	s     *cp.Store
	c     Case
	src   Source
	sols  [][]int64
	seen  int // entries of the trail that were looked at
	moves int
	saved [][]int64 // bounds by level
}

// enumerate lists the solutions within the root domains.
func (w *walk) enumerate(i int, x []int64) {
	if i == len(x) {
		if w.c.Holds(x) {
			w.sols = append(w.sols, append([]int64(nil), x...))
		}
		return
	}
	v := w.c.Vars[i]
	for b := w.s.Lower(v); b <= w.s.Upper(v); b++ {
		if w.s.HasGaps(v) && w.s.Ceil(v, b) != b {
			continue
		}
		x[i] = b
		w.enumerate(i+1, x)
	}
}

// value returns what a solution gives a directed variable.
func (w *walk) value(x []int64, v cp.Var) int64 {
	for i, u := range w.c.Vars {
		if u == v {
			return x[i]
		}
		if u == v^1 {
			return -x[i]
		}
	}
	w.t.Fatalf("variable %d is not one of the case", v)
	return 0
}

func (w *walk) satisfies(x []int64, facts []cp.Atom) bool {
	for _, f := range facts {
		if w.value(x, f.Var) < f.Bound {
			return false
		}
	}
	return true
}

// propagate runs the store and checks what came of it.
func (w *walk) propagate() bool {
	w.t.Helper()
	s := w.s
	w.seen = max(w.seen, len(s.Lb))
	ok := s.Propagate()
	for ; w.seen < len(s.Trail); w.seen++ {
		w.entry(w.seen)
	}
	if !ok {
		w.moves++
		for _, f := range s.Conflict {
			if !s.Holds(f) {
				w.t.Fatalf("a conflict uses the false fact %v", f)
			}
		}
		for _, x := range w.sols {
			if w.satisfies(x, s.Conflict) {
				w.t.Fatalf("the conflict %v excludes the solution %v of %v", s.Conflict, x, w.c.Vars)
			}
		}
		return false
	}
	return true
}

// entry checks the reason of one entry.
func (w *walk) entry(i int) {
	w.t.Helper()
	s := w.s
	e := s.Trail[i]
	if int(e.Level) > 0 && s.LevelStart(int(e.Level)) == i {
		return // the decision
	}
	w.moves++
	premises := s.Explain(nil, cp.Atom{Bound: e.Bound, Var: e.Var}, e.Why)
	for _, p := range premises {
		if !s.Holds(p) || s.Earliest(p.Var, p.Bound) >= int32(i) {
			w.t.Fatalf("%v >= %d has the premise %v, which is not true and older", e.Var, e.Bound, p)
		}
	}
	for _, x := range w.sols {
		if w.satisfies(x, premises) && w.value(x, e.Var) < e.Bound {
			w.t.Fatalf("%v => %v >= %d excludes the solution %v of %v", premises, e.Var, e.Bound, x, w.c.Vars)
		}
	}
}

// dive decides at random until everything is fixed or fails.
func (w *walk) dive() {
	w.t.Helper()
	s := w.s
	for {
		var open []cp.Var
		for _, v := range w.c.Vars {
			if !s.Fixed(v) {
				open = append(open, v)
			}
		}
		if len(open) == 0 {
			w.complete()
			return
		}
		v := open[w.src.IntN(len(open))] ^ cp.Var(w.src.IntN(2))
		b := s.Lower(v) + 1 + int64(w.src.IntN(int(s.Upper(v)-s.Lower(v))))
		w.saved = append(w.saved, append([]int64(nil), s.Lb...))
		w.seen = len(s.Trail) + 1
		s.Decide(cp.Atom{Bound: b, Var: v})
		if !w.propagate() {
			w.back(w.src.IntN(s.Level()))
			if w.src.IntN(3) == 0 {
				return
			}
			continue
		}
		pushes := s.Pushes
		for id := range s.Posted() {
			s.Touch(cp.PropID(id))
		}
		if !s.Propagate() || s.Pushes != pushes {
			w.t.Fatalf("another call at the fixpoint moves bounds")
		}
	}
}

// complete checks a complete assignment that propagation accepted.
func (w *walk) complete() {
	w.t.Helper()
	x := make([]int64, len(w.c.Vars))
	for i, v := range w.c.Vars {
		x[i] = w.s.Lower(v)
	}
	if !w.c.Holds(x) {
		w.t.Fatalf("the assignment %v of %v is accepted", x, w.c.Vars)
	}
}

// back returns to a level and checks that the bounds are those of then.
func (w *walk) back(level int) {
	w.t.Helper()
	s := w.s
	if s.Level() <= level {
		return
	}
	start := s.LevelStart(level + 1)
	for len(s.Trail) > start {
		s.Pop()
	}
	s.Cut(level)
	w.seen = len(s.Trail)
	for v, b := range w.saved[level] {
		if s.Lb[v] != b {
			w.t.Fatalf("after backtracking variable %d is at %d, not at %d", v, s.Lb[v], b)
		}
	}
	w.saved = w.saved[:level]
}
