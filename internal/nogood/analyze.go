package nogood

import (
	"sort"

	"github.com/slackwater-go/slackwater/internal/cp"
	"github.com/slackwater-go/slackwater/internal/invariant"
)

// noNeed marks a directed variable of which the conflict needs nothing.
const noNeed = -1 << 62

// analysis is scratch space. Between analyses every need is noNeed.
type analysis struct {
	need    []int64 // by directed variable: the bound that the conflict needs
	pos     []int32 // and the first entry of the trail that gives it
	touched []cp.Var
	facts   []cp.Atom // the nogood; the first is the implication point
	tmp     []cp.Atom
	levels  []int64 // by level: the last stamp
	stamp   int64
	minimise
}

func (a *analysis) grow(n int) {
	for len(a.need) < n {
		a.need = append(a.need, noNeed)
		a.pos = append(a.pos, 0)
	}
}

func (a *analysis) nextStamp(level int) {
	a.stamp++
	for len(a.levels) <= level {
		a.levels = append(a.levels, 0)
	}
}

// undo takes the newest fact back.
func (db *DB) undo() {
	e := db.S.Pop()
	db.reinsert(e.Var, db.S.Trail[e.Prev].Bound, e.Bound)
}

// Cancel backtracks to level.
func (db *DB) Cancel(level int) {
	if db.S.Level() <= level {
		return
	}
	start := db.S.LevelStart(level + 1)
	for len(db.S.Trail) > start {
		db.undo()
	}
	db.S.Cut(level)
}

// Learn analyses the store's conflict: it adds a nogood, backtracks to where the
// nogood implies a fact, and pushes that. It returns false, at level 0, if the conflict
// does not depend on any decision.
func (db *DB) Learn() bool {
	s := db.S
	db.Conflicts++
	level := int32(0)
	for _, f := range s.Conflict {
		if invariant.Enabled {
			invariant.Check(s.Holds(f), "conflict with the false fact %v", f)
		}
		level = max(level, s.Trail[s.Earliest(f.Var, f.Bound)].Level)
	}
	if level == 0 {
		db.Cancel(0)
		return false
	}
	db.Cancel(int(level))
	uip := db.resolve(s.LevelStart(int(level)))
	a := &db.analysis
	db.collect(uip)
	if db.opt.Minimise && len(a.facts) > 2 {
		db.minimise(int(level))
	}
	back, lbd := db.orderFacts(int(level))
	for _, f := range a.facts {
		a.need[f.Var] = noNeed
	}
	for _, v := range a.touched {
		a.need[v] = noNeed
	}
	if db.Witness != nil {
		db.checkWitness(a.facts)
	}
	db.Tell(a.facts)
	db.decay()
	db.Cancel(int(back))
	if len(a.facts) == 1 {
		return s.Push(uip.Var^1, 1-uip.Bound, db.rootReason())
	}
	c := db.add(a.facts, lbd)
	if s.Sink != nil {
		db.births[len(db.births)-1] = db.heard
	}
	return s.Push(uip.Var^1, 1-uip.Bound, cp.Tag(db.kind, uint32(c)))
}

// resolve undoes the level that starts at entry start until one fact of it is left in
// the conflict, and returns that.
func (db *DB) resolve(start int) cp.Atom {
	s := db.S
	a := &db.analysis
	a.touched = a.touched[:0]
	open := db.require(s.Conflict, int32(start))
	for {
		i := len(s.Trail) - 1
		e := s.Trail[i]
		b := a.need[e.Var]
		if b == noNeed || int(a.pos[e.Var]) != i {
			db.undo()
			continue
		}
		if open == 1 {
			return cp.Atom{Bound: b, Var: e.Var}
		}
		if invariant.Enabled {
			invariant.Check(!e.Why.IsDecision(), "a decision with %d facts open", open)
		}
		a.need[e.Var] = noNeed
		open--
		db.undo()
		if e.Why.Kind() == db.kind {
			db.arena[e.Why.Payload()].bound = db.Conflicts
		}
		a.tmp = s.Explain(a.tmp[:0], cp.Atom{Bound: b, Var: e.Var}, e.Why)
		open += db.require(a.tmp, int32(start))
	}
}

// require adds facts to the conflict and returns by how many variables the number of
// those with a fact of the level grew.
func (db *DB) require(facts []cp.Atom, start int32) int {
	s := db.S
	a := &db.analysis
	roots := int32(len(s.Lb))
	grew := 0
	for _, f := range facts {
		v := f.Var
		had := a.need[v]
		if had >= f.Bound {
			continue
		}
		b := s.Relax(v, f.Bound)
		if had >= b {
			continue
		}
		if invariant.Enabled {
			invariant.Check(s.Lb[v] >= b, "a reason uses the false fact %v >= %d (now %d)", v, b, s.Lb[v])
		}
		h := s.Earliest(v, b)
		if h < roots {
			continue
		}
		db.bump(v, b)
		if had == noNeed {
			a.touched = append(a.touched, v)
			if h >= start {
				grew++
			}
		} else if h >= start && a.pos[v] < start {
			grew++
		}
		a.need[v] = b
		a.pos[v] = h
	}
	return grew
}

// collect writes the nogood into facts, the implication point first. Needs are set for
// exactly its facts afterwards.
func (db *DB) collect(uip cp.Atom) {
	a := &db.analysis
	a.facts = append(a.facts[:0], uip)
	a.need[uip.Var] = noNeed
	for _, v := range a.touched {
		if a.need[v] != noNeed {
			a.facts = append(a.facts, cp.Atom{Bound: a.need[v], Var: v})
			a.need[v] = noNeed // a variable may be touched twice
		}
	}
	for _, f := range a.facts {
		a.need[f.Var] = f.Bound
	}
}

// orderFacts puts the fact of the highest level but the first's second, and returns
// that level and the number of levels.
func (db *DB) orderFacts(level int) (back, lbd int32) {
	a := &db.analysis
	a.nextStamp(level)
	lbd = 1
	at := 1
	for i := 1; i < len(a.facts); i++ {
		l := db.S.Trail[a.pos[a.facts[i].Var]].Level
		if l > back {
			back, at = l, i
		}
		if a.levels[l] != a.stamp {
			a.levels[l] = a.stamp
			lbd++
		}
	}
	if len(a.facts) > 1 {
		a.facts[1], a.facts[at] = a.facts[at], a.facts[1]
	}
	return back, lbd
}

// checkWitness panics if the nogood excludes the known solution.
func (db *DB) checkWitness(facts []cp.Atom) {
	for _, f := range facts {
		x, ok := db.Witness(f.Var)
		if !ok || x < f.Bound {
			return
		}
	}
	invariant.Check(false, "nogood %v excludes a known solution", facts)
}

// minimise is the scratch space of minimisation, by entry of the trail: whether, and
// for which bound, it was found to follow from the nogood or not.
type minimise struct {
	order         sortByPos
	yes, no       []int64 // stamps
	yesFor, noFor []int64 // bounds
	run           int64
	stack         []cp.Atom
}

type sortByPos struct {
	facts []cp.Atom
	pos   []int32
}

func (o *sortByPos) Len() int           { return len(o.facts) }
func (o *sortByPos) Less(i, j int) bool { return o.pos[o.facts[i].Var] < o.pos[o.facts[j].Var] }
func (o *sortByPos) Swap(i, j int)      { o.facts[i], o.facts[j] = o.facts[j], o.facts[i] }

// maxDepth limits the recursion; deeper derivations are rare and seldom succeed.
const maxDepth = 60

// minimise drops facts that the others imply.
func (db *DB) minimise(level int) {
	s := db.S
	a := &db.analysis
	a.run++
	for len(a.yes) < len(s.Trail) {
		a.yes = append(a.yes, 0)
		a.no = append(a.no, 0)
		a.yesFor = append(a.yesFor, 0)
		a.noFor = append(a.noFor, 0)
	}
	a.nextStamp(level)
	rest := a.facts[1:]
	for _, f := range rest {
		a.levels[s.Trail[a.pos[f.Var]].Level] = a.stamp
	}
	a.order = sortByPos{rest, a.pos}
	sort.Sort(&a.order)
	k := 1
	for _, f := range rest {
		p := a.pos[f.Var]
		a.stack = a.stack[:0]
		if db.redundant(f, p, p, 1) {
			// Its need stays: it follows from facts that stand before it.
			a.touched = append(a.touched, f.Var)
			continue
		}
		a.facts[k] = f
		k++
	}
	a.facts = a.facts[:k]
}

// redundant says whether f, which entry at gives, follows from facts of the nogood that
// stand before entry limit.
func (db *DB) redundant(f cp.Atom, at, limit int32, depth int) bool {
	s := db.S
	a := &db.analysis
	e := &s.Trail[at]
	if e.Why.IsDecision() || depth > maxDepth {
		return false
	}
	base := len(a.stack)
	a.stack = s.Explain(a.stack, f, e.Why)
	end := len(a.stack)
	roots := int32(len(s.Lb))
	ok := true
	for i := base; i < end && ok; i++ {
		g := a.stack[i]
		g.Bound = s.Relax(g.Var, g.Bound)
		h := s.Earliest(g.Var, g.Bound)
		if h < roots || a.need[g.Var] >= g.Bound && a.pos[g.Var] < limit {
			continue
		}
		if a.yes[h] == a.run && a.yesFor[h] >= g.Bound {
			continue
		}
		if a.no[h] == a.run && a.noFor[h] <= g.Bound || a.levels[s.Trail[h].Level] != a.stamp {
			ok = false
			break
		}
		if ok = db.redundant(g, h, limit, depth+1); ok {
			a.yes[h], a.yesFor[h] = a.run, g.Bound
		} else {
			a.no[h], a.noFor[h] = a.run, g.Bound
		}
	}
	a.stack = a.stack[:base]
	return ok
}
