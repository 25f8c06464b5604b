package nogood

import (
	"sort"

	"github.com/slackwater-go/slackwater/internal/cp"
	"github.com/slackwater-go/slackwater/internal/invariant"
)

// Options of learning; the zero value is not useful, take Defaults.
type Options struct {
	Decay     float64 // of activity, a conflict
	KeepLBD   int32   // nogoods over so few levels are never deleted
	ReduceAt  int64   // conflicts before the first deletion
	ReduceInc int64   // and how many more before each following one,
	ReduceMax int64   // but no more than so many, so that a long run holds as much as before
	Minimise  bool
}

// Defaults are what was measured best on the benchmark families.
func Defaults() Options {
	return Options{Decay: 0.95, KeepLBD: 3, ReduceAt: 4000, ReduceInc: 300, ReduceMax: 10_000, Minimise: true}
}

// A literal is a fact of a nogood with its number: bucket is 2*atom, plus 1 where the
// variable is a negation. The first one of a nogood is its header: size, the number of
// levels it spanned when learned, and the conflict that used it last.
type literal struct {
	bound  int64
	v      cp.Var
	bucket int32
}

// A watch is a nogood in the list of one of its first two facts, with another fact of
// it, the blocker: while that one is false the nogood need not be looked at.
type watch struct {
	bound  int64
	v      cp.Var
	nogood int32
}

// thresholds of a variable: the bounds of interned facts, sorted, and their numbers.
type thresholds struct {
	keys []int64
	ids  []int32
}

// A DB holds nogoods over the facts of a store. It is the store's learner.
type DB struct {
	S   *cp.Store
	opt Options

	thr     []thresholds // by variable without direction
	atomVar []cp.Var     // by atom: its variable, not negated
	atomKey []int64      // and the bound
	watches [][]watch    // by bucket
	arena   []literal
	spare   []literal // the arena before the last deletion, to be used again
	learned []int32   // where nogoods start, in the order of learning
	given   int       // how many at the front of learned are not deletable
	births  []int64   // by nogood of learned: the how-manieth one that the sink heard; 0: it heard none
	heard   int64     // how many the sink heard
	kind    cp.Reason

	heap     activity
	analysis analysis

	// Conflicts counts conflicts.
	Conflicts int64
	// Deleted counts deletions of half of the nogoods.
	Deleted int64

	nextReduce int64
	// Witness, if not nil, must satisfy every nogood: a known solution, in tests. It
	// returns the value of a variable, and false where the solution is no longer one
	// that is looked for.
	Witness func(v cp.Var) (int64, bool)
}

// A Forgetter is a sink that hears which nogoods are deleted: the how-manieth ones that it
// heard.
type Forgetter interface{ Forget(nth int64) }

// New returns a learner for s.
func New(s *cp.Store, opt Options) *DB {
	db := &DB{S: s, opt: opt, nextReduce: opt.ReduceAt}
	db.kind = s.Register(db)
	db.heap.inc = 1
	db.Grow()
	return db
}

// Grow makes room for variables that the store got since.
func (db *DB) Grow() {
	for len(db.thr) < len(db.S.Lb)/2 {
		db.thr = append(db.thr, thresholds{})
	}
	db.analysis.grow(len(db.S.Lb))
}

// lowBound returns the index of the first key at or above b.
func lowBound(keys []int64, b int64) int {
	lo, hi := 0, len(keys)
	for lo < hi {
		m := int(uint(lo+hi) >> 1)
		if keys[m] < b {
			lo = m + 1
		} else {
			hi = m
		}
	}
	return lo
}

// bucket returns the number of the fact v >= b, made on demand.
func (db *DB) bucket(v cp.Var, b int64) int32 {
	if v&1 == 0 {
		if db.S.HasGaps(v) {
			b = db.S.Ceil(v, b)
		}
		return 2 * db.atom(v, b)
	}
	b = 1 - b
	if db.S.HasGaps(v) {
		b = db.S.Ceil(v^1, b)
	}
	return 2*db.atom(v^1, b) + 1
}

// atom returns the number of v >= b for a v that is not negated.
func (db *DB) atom(v cp.Var, b int64) int32 {
	t := &db.thr[v>>1]
	k := lowBound(t.keys, b)
	if k < len(t.keys) && t.keys[k] == b {
		return t.ids[k]
	}
	id := int32(len(db.atomKey))
	db.atomVar = append(db.atomVar, v)
	db.atomKey = append(db.atomKey, b)
	db.watches = append(db.watches, nil, nil)
	db.heap.add()
	t.insert(k, b, id)
	return id
}

func (t *thresholds) insert(k int, b int64, id int32) {
	t.keys = append(t.keys, 0)
	copy(t.keys[k+1:], t.keys[k:])
	t.keys[k] = b
	t.ids = append(t.ids, 0)
	copy(t.ids[k+1:], t.ids[k:])
	t.ids[k] = id
}

// Explain gives the other facts of a nogood as premises.
func (db *DB) Explain(dst []cp.Atom, c uint32, implied cp.Atom) []cp.Atom {
	size := uint32(db.arena[c].v)
	for _, f := range db.arena[c+1 : c+1+size] {
		if f.v != implied.Var^1 {
			dst = append(dst, cp.Atom{Bound: f.bound, Var: f.v})
		}
	}
	return dst
}

// Origin says that the inference is by a nogood.
func (db *DB) Origin(uint32) (cp.Source, cp.Rule) { return 0, cp.RuleNone }

// Forbid adds a nogood at the root that analysis may not delete: facts cannot all be
// true. It returns false if nothing is left to search. The level must be 0.
func (db *DB) Forbid(facts []cp.Atom) bool {
	if invariant.Enabled {
		invariant.Check(db.S.Level() == 0, "a nogood given at level %d", db.S.Level())
	}
	open := make([]cp.Atom, 0, len(facts))
	for _, f := range facts {
		if db.S.Fails(f) {
			return true
		}
		if !db.S.Holds(f) {
			open = append(open, f)
		}
	}
	switch len(open) {
	case 0:
		return false
	case 1:
		return db.S.Push(open[0].Var^1, 1-open[0].Bound, db.rootReason())
	}
	c := db.add(open, 0)
	// Given nogoods stay at the front: swap is enough, order has no meaning there.
	n := len(db.learned) - 1
	db.learned[n], db.learned[db.given] = db.learned[db.given], c
	db.births[n], db.births[db.given] = db.births[db.given], 0
	db.given++
	return true
}

// rootReason is a reason without premises.
func (db *DB) rootReason() cp.Reason {
	db.S.Because(0, cp.RuleClause)
	return db.S.Reason()
}

// add stores a nogood of at least two facts; the first two are watched.
func (db *DB) add(facts []cp.Atom, lbd int32) int32 {
	c := int32(len(db.arena))
	db.arena = append(db.arena, literal{db.Conflicts, cp.Var(len(facts)), lbd})
	for _, f := range facts {
		db.arena = append(db.arena, literal{f.Bound, f.Var, db.bucket(f.Var, f.Bound)})
	}
	db.learned = append(db.learned, c)
	db.births = append(db.births, 0)
	db.attach(c)
	return c
}

func (db *DB) attach(c int32) {
	a, b := db.arena[c+1], db.arena[c+2]
	db.watches[a.bucket] = append(db.watches[a.bucket], watch{b.bound, b.v, c})
	db.watches[b.bucket] = append(db.watches[b.bucket], watch{a.bound, a.v, c})
}

// Nogoods returns how many there are.
func (db *DB) Nogoods() int { return len(db.learned) }

// Tell tells the sink of a nogood, if there is one.
func (db *DB) Tell(facts []cp.Atom) {
	if db.S.Sink != nil {
		db.S.Sink.Nogood(facts)
		db.heard++
	}
}

// Facts returns the facts of the i-th nogood.
func (db *DB) Facts(i int) []cp.Atom {
	c := db.learned[i]
	var out []cp.Atom
	for _, f := range db.arena[c+1 : c+1+int32(db.arena[c].v)] {
		out = append(out, cp.Atom{Bound: f.bound, Var: f.v})
	}
	return out
}

// Memory estimates the bytes in use.
func (db *DB) Memory() int64 {
	n := int64(cap(db.arena)+cap(db.spare))*16 + int64(len(db.atomKey))*(60+32) + db.S.Memory()
	return n + int64(len(db.learned))*2*24
}

// sortInt32 sorts in place by less.
func sortInt32(a []int32, less func(x, y int32) bool) {
	sort.Slice(a, func(i, j int) bool { return less(a[i], a[j]) })
}
