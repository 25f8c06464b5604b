package cp

import (
	"math"

	"github.com/slackwater-go/slackwater/internal/invariant"
)

// Far is beyond every bound of every variable: bounds of variables keep within it.
const Far = math.MaxInt64 / 4

// A Gap is a stretch of values, both ends inclusive, that a variable cannot take.
type Gap struct{ Lo, Hi int64 }

// A Store holds variables, bounds, reasons and the queue.
type Store struct {
	// Lb holds the lower bound of each directed variable. Read only.
	Lb []int64
	// Trail is all facts in the order in which they came; entry v < len(Lb) is the
	// root fact of directed variable v. Read only.
	Trail []Entry
	// Head is the newest entry of each directed variable. Read only.
	Head []int32
	// Conflict holds facts that cannot all be true, after a false return.
	Conflict []Atom
	// Work counts effort, the same on every machine.
	Work int64
	// Pushes counts bounds that moved.
	Pushes int64
	// Stop, if not nil, is asked now and then while rules run. Once it is true, Halted is
	// set, and Propagate returns true at once without having reached the fixpoint: the
	// store is then of no more use but to be read.
	Stop   func() bool
	Halted bool
	// Sink, if not nil, hears the inferences that analysis uses. While it is set,
	// premises keep facts of the root.
	Sink Sink

	gaps    [][]Gap // by variable without direction; nil: none
	levels  []mark
	arena   []Atom
	open    int    // where the reason under construction starts
	told    []Atom // scratch of PushTold
	explain [1 << kindBits]Explainer
	kinds   Reason
	queue   queue
	lags    Follower
	nogoods Follower
	qLag    int   // next entry that lags and watchers see
	qNogood int   // next entry that nogoods see
	asked   int64 // work when Stop was asked last
	steps   int   // since then
}

// mark is where a level starts.
type mark struct{ trail, arena int32 }

// A Follower sees every entry of the trail in turn: Moved says that v went up to its
// present bound, from old. It returns false on conflict.
type Follower interface {
	Moved(v Var, old, now int64) bool
}

// NewStore returns a store without variables.
func NewStore() *Store { return &Store{kinds: firstKind} }

// Register gives a kind of lazy reasons to e.
func (s *Store) Register(e Explainer) Reason {
	k := s.kinds
	s.explain[k] = e
	s.kinds++
	return k
}

// Follow sets who sees the entries of the trail: first lags, to their fixpoint, then
// nogoods, entry by entry. Either may be nil.
func (s *Store) Follow(lags, nogoods Follower) { s.lags, s.nogoods = lags, nogoods }

// NewVar adds a variable with the values lo to hi. It belongs to the root, settled.
func (s *Store) NewVar(lo, hi int64) Var {
	v := Var(len(s.Lb))
	s.Lb = append(s.Lb, lo, -hi)
	s.Trail = append(s.Trail, Entry{Bound: lo, Var: v, Prev: -1}, Entry{Bound: -hi, Var: v ^ 1, Prev: -1})
	s.Head = append(s.Head, int32(v), int32(v^1))
	s.gaps = append(s.gaps, nil)
	s.queue.watch = append(s.queue.watch, nil, nil)
	s.qLag, s.qNogood = len(s.Trail), len(s.Trail)
	return v
}

// SetGaps forbids values of the variable v, which is not a negation: sorted, disjoint,
// not adjacent. It belongs to the root, before the first push.
func (s *Store) SetGaps(v Var, gaps []Gap) {
	if len(gaps) == 0 {
		gaps = nil
	}
	s.gaps[v>>1] = gaps
}

// Lower returns the lower bound of v.
func (s *Store) Lower(v Var) int64 { return s.Lb[v] }

// Upper returns the upper bound of v.
func (s *Store) Upper(v Var) int64 { return -s.Lb[v^1] }

// Fixed says whether v has one value left.
func (s *Store) Fixed(v Var) bool { return s.Lb[v]+s.Lb[v^1] == 0 }

// Holds says whether a is true.
func (s *Store) Holds(a Atom) bool { return s.Lb[a.Var] >= a.Bound }

// Fails says whether a is false.
func (s *Store) Fails(a Atom) bool { return s.Lb[a.Var^1] >= 1-a.Bound }

// HoldsAtRoot says whether a is true in every solution, as far as is known.
func (s *Store) HoldsAtRoot(a Atom) bool { return s.Trail[a.Var].Bound >= a.Bound }

// Level returns the number of open levels.
func (s *Store) Level() int { return len(s.levels) }

// LevelStart returns where on the trail the facts of a level, from 1, begin.
func (s *Store) LevelStart(level int) int { return int(s.levels[level-1].trail) }

// Open starts a level, for a decision to follow.
func (s *Store) Open() {
	s.levels = append(s.levels, mark{int32(len(s.Trail)), int32(len(s.arena))})
}

// Push makes v >= b, because of why. It returns false on conflict.
func (s *Store) Push(v Var, b int64, why Reason) bool {
	old := s.Lb[v]
	if b <= old {
		return true
	}
	raw := b
	if s.gaps[v>>1] != nil {
		b = s.Ceil(v, b)
	}
	if b+s.Lb[v^1] > 0 {
		s.Conflict = s.Conflict[:0]
		s.Conflict = s.Explain(s.Conflict, Atom{raw, v}, why)
		s.Conflict = append(s.Conflict, Atom{1 - b, v ^ 1})
		return false
	}
	s.Trail = append(s.Trail, Entry{b, v, s.Head[v], why, int32(len(s.levels))})
	s.Head[v] = int32(len(s.Trail) - 1)
	s.Lb[v] = b
	s.Pushes++
	return true
}

// Decide makes a decided fact of a, which must be open, on a new level.
func (s *Store) Decide(a Atom) {
	if invariant.Enabled {
		b := s.Ceil(a.Var, a.Bound)
		invariant.Check(b > s.Lb[a.Var] && b+s.Lb[a.Var^1] <= 0, "%v is decided, but not open: %d to %d", a, s.Lb[a.Var], s.Upper(a.Var))
	}
	s.Open()
	s.Push(a.Var, a.Bound, Decided)
}

// Fail reports that the premises of why cannot all hold. It returns false.
func (s *Store) Fail(why Reason) bool {
	s.Conflict = s.Explain(s.Conflict[:0], Atom{0, -1}, why)
	return false
}

// Explain appends premises that imply a, which the entry with reason why implies.
func (s *Store) Explain(dst []Atom, a Atom, why Reason) []Atom {
	n := len(dst)
	if why.Kind() == kindPremises {
		p := why.Payload()
		dst = append(dst, s.arena[p+1:p+1+uint32(s.arena[p].Var)]...)
	} else {
		dst = s.explain[why.Kind()].Explain(dst, why.Payload(), a)
	}
	if s.Sink != nil {
		s.Sink.Inference(s.cause(why), dst[n:], a)
	}
	return dst
}

// cause says where a reason comes from.
func (s *Store) cause(why Reason) Cause {
	if why.Kind() == kindPremises {
		p := why.Payload()
		h := s.arena[p].Bound
		c := Cause{Source: Source(h >> 8), Rule: Rule(h &^ hasSeen & 255)}
		if h&hasSeen != 0 {
			n := uint32(s.arena[p-1].Bound)
			c.Seen = s.arena[p-1-n : p-1]
		}
		return c
	}
	src, rule := s.explain[why.Kind()].Origin(why.Payload())
	return Cause{Source: src, Rule: rule}
}

// hasSeen marks a list of premises that has before it where the rule looked.
const hasSeen = 1 << 7

// Because starts a list of premises.
func (s *Store) Because(src Source, rule Rule) {
	s.open = len(s.arena)
	s.arena = append(s.arena, Atom{Bound: int64(src)<<8 | int64(rule)})
}

// BecauseSeen is Because for a rule that says where it looked. It is of use only where a
// sink listens.
func (s *Store) BecauseSeen(src Source, rule Rule, seen ...Atom) {
	s.arena = append(s.arena, seen...)
	s.arena = append(s.arena, Atom{Bound: int64(len(seen))})
	s.Because(src, rule|hasSeen)
}

// BecauseWithin is Because for a rule that looks at the window from lo to before hi, which
// a sink is told.
func (s *Store) BecauseWithin(src Source, rule Rule, lo, hi int64) {
	if s.Sink == nil {
		s.Because(src, rule)
	} else {
		s.BecauseSeen(src, rule, Atom{Bound: lo}, Atom{Bound: hi})
	}
}

// PushTold is Push for rules of which a sink must hear at the root, too, where no analysis
// ever asks.
func (s *Store) PushTold(v Var, b int64, why Reason) bool {
	moves := b > s.Lb[v]
	if !s.Push(v, b, why) {
		return false
	}
	if moves && s.Sink != nil && len(s.levels) == 0 {
		s.told = s.Explain(s.told[:0], Atom{b, v}, why)
	}
	return true
}

// Premise adds the premise v >= b, which must hold. Facts of the root are left out
// unless a sink listens.
func (s *Store) Premise(v Var, b int64) {
	if s.Trail[v].Bound >= b && s.Sink == nil {
		return
	}
	s.arena = append(s.arena, Atom{b, v})
}

// Reason ends the list.
func (s *Store) Reason() Reason {
	s.arena[s.open].Var = Var(len(s.arena) - s.open - 1)
	return Tag(kindPremises, uint32(s.open))
}

// Earliest returns the first entry of v that implies v >= b, given that v >= b holds.
func (s *Store) Earliest(v Var, b int64) int32 {
	h := s.Head[v]
	for {
		p := s.Trail[h].Prev
		if p < 0 || s.Trail[p].Bound < b {
			return h
		}
		h = p
	}
}

// Pop takes the newest entry off the trail and returns it. Levels stay as they are
// until Cut.
func (s *Store) Pop() Entry {
	e := s.Trail[len(s.Trail)-1]
	s.Head[e.Var] = e.Prev
	s.Lb[e.Var] = s.Trail[e.Prev].Bound
	s.Trail = s.Trail[:len(s.Trail)-1]
	return e
}

// Cut closes levels down to level, whose entries above must have been popped.
func (s *Store) Cut(level int) {
	if len(s.levels) <= level {
		return
	}
	m := s.levels[level]
	s.arena = s.arena[:m.arena]
	s.levels = s.levels[:level]
	s.qLag = min(s.qLag, int(m.trail))
	s.qNogood = min(s.qNogood, int(m.trail))
}

// Settle forgets the reasons of facts of the root, after propagation at level 0.
func (s *Store) Settle() {
	if invariant.Enabled {
		invariant.Check(len(s.levels) == 0, "settled at level %d", len(s.levels))
	}
	n := len(s.Lb)
	for v := range n {
		s.Trail[v].Bound = s.Lb[v]
		s.Head[v] = int32(v)
	}
	s.Trail = s.Trail[:n]
	s.arena = s.arena[:0]
	s.qLag, s.qNogood = n, n
}

// Memory estimates the bytes in use.
func (s *Store) Memory() int64 {
	return int64(cap(s.Trail))*24 + int64(cap(s.arena))*16 + int64(len(s.Lb))*60
}
