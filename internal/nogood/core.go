package nogood

import (
	"slices"

	"github.com/slackwater-go/slackwater/internal/cp"
)

// Core returns which of the assumptions, decided one a level from level 1 on, imply the
// fact that a fails: a set of facts that hold now, each an assumption. The false fact a
// itself is not among them. The state stays as it is. A sink hears the nogood at once, while it
// remembers the inferences.
func (db *DB) Core(a cp.Atom) []cp.Atom {
	core := db.trace([]cp.Atom{a.Not()})
	if db.S.Sink != nil {
		db.Tell(append(slices.Clone(core), a))
	}
	return core
}

// ConflictCore is Core for a conflict at a level of assumptions.
func (db *DB) ConflictCore() []cp.Atom {
	return db.trace(append([]cp.Atom(nil), db.S.Conflict...))
}

// trace expands facts into the decisions that imply them.
func (db *DB) trace(facts []cp.Atom) []cp.Atom {
	s := db.S
	roots := int32(len(s.Lb))
	need := map[int32]cp.Atom{} // by entry; walked by index, so its order is never used
	top := int32(-1)
	add := func(f cp.Atom) {
		f.Bound = s.Relax(f.Var, f.Bound)
		h := s.Earliest(f.Var, f.Bound)
		if h < roots {
			return
		}
		if g, ok := need[h]; !ok || g.Bound < f.Bound {
			need[h] = f
		}
		top = max(top, h)
	}
	for _, f := range facts {
		add(f)
	}
	var core, tmp []cp.Atom
	for h := top; h >= roots; h-- {
		f, ok := need[h]
		if !ok {
			continue
		}
		e := s.Trail[h]
		if e.Why.IsDecision() {
			core = append(core, cp.Atom{Bound: e.Bound, Var: e.Var})
			continue
		}
		tmp = s.Explain(tmp[:0], f, e.Why)
		for _, g := range tmp {
			add(g)
		}
	}
	return core
}
