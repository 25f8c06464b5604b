package propagate

import (
	"github.com/slackwater-go/slackwater/internal/cp"
)

// Lags keeps To >= From + W for every arc whose conditions hold: precedences with
// minimal and maximal lags, the two orders of pairs of tasks that cannot overlap, and
// makespans (Bartusch, Möhring and Radermacher, 1988). An order that the bounds exclude
// makes its condition false.
//
// It sees every entry of the trail and costs O(arcs of the variable). Reasons are the
// number of the arc; premises are made when asked for.
//
// Two conditional arcs may push each other around a cycle of positive length, by a
// little each time. When Lags pushes a variable for the third time in a row it looks back
// along the arcs that pushed, and if they form a cycle it fails at once with the
// conditions of the cycle as the reason, instead of walking to the horizon.
type Lags struct {
	s    *cp.Store
	kind cp.Reason
	arcs []arc
	// By directed variable:
	plain [][]edge  // arcs from it without condition
	cond  [][]int32 // arcs from it with conditions
	by    [][]int32 // arcs that it is a condition of
	round []int32   // the arcs of a cycle
	last  []int64   // the highest bound worth pushing: beyond it an optional task is absent, that is all
}

type arc struct {
	from, to cp.Var
	w        int64
	first    cp.Atom   // the condition; Var -1: none
	more     []cp.Atom // further conditions
	src      cp.Source
}

// edge is what the hot loop needs of an arc without conditions.
type edge struct {
	w  int64
	to cp.Var
	id int32
}

// NewLags returns an empty network over the variables of s.
func NewLags(s *cp.Store) *Lags {
	l := &Lags{s: s}
	l.kind = s.Register(l)
	l.Grow()
	return l
}

// Grow makes room for variables that the store got since.
func (l *Lags) Grow() {
	from, n := len(l.plain), len(l.s.Lb)
	l.plain = append(l.plain, make([][]edge, n-from)...)
	l.cond = append(l.cond, make([][]int32, n-from)...)
	l.by = append(l.by, make([][]int32, n-from)...)
	l.last = append(l.last, make([]int64, n-from)...)
	for v := from; v < n; v++ {
		l.last[v] = cp.Far
	}
}

// SetLast says that a bound of v above last means no more than last.
func (l *Lags) SetLast(v cp.Var, last int64) { l.last[v] = last }

// Add makes to >= from + w hold whenever all conditions do, in this direction only. It
// learns that a condition is false only when from or another condition moves, so arcs
// with conditions go in pairs.
func (l *Lags) Add(from, to cp.Var, w int64, src cp.Source, conditions ...cp.Atom) {
	id := int32(len(l.arcs))
	a := arc{from: from, to: to, w: w, src: src, first: cp.Atom{Var: -1}}
	open := conditions[:0:0]
	for _, c := range conditions {
		if !l.s.HoldsAtRoot(c) {
			open = append(open, c)
		}
	}
	if len(open) > 0 {
		a.first, a.more = open[0], open[1:]
	}
	l.arcs = append(l.arcs, a)
	if len(open) == 0 && l.last[to] == cp.Far {
		l.plain[from] = append(l.plain[from], edge{w, to, id})
		return
	}
	l.cond[from] = append(l.cond[from], id)
	for _, c := range open {
		if c.Var != from {
			l.by[c.Var] = append(l.by[c.Var], id)
		}
	}
}

// AddBoth adds the arc and its mirror: -from >= -to + w.
func (l *Lags) AddBoth(from, to cp.Var, w int64, src cp.Source, conditions ...cp.Atom) {
	l.Add(from, to, w, src, conditions...)
	l.Add(to^1, from^1, w, src, conditions...)
}

// Init runs every arc once, at the root. It returns false on conflict. A halt of the
// store ends it early.
func (l *Lags) Init() bool {
	for id := range l.arcs {
		if id%1024 == 1023 && l.s.Halt() {
			return true
		}
		if !l.run(int32(id)) {
			return false
		}
	}
	return true
}

// Moved follows the arcs that the move of v concerns.
func (l *Lags) Moved(v cp.Var, _, now int64) bool {
	s := l.s
	for i := range l.plain[v] {
		e := &l.plain[v][i]
		if b := now + e.w; b > s.Lb[e.to] {
			if !l.push(e.to, b, e.id) {
				return false
			}
		}
	}
	for _, id := range l.cond[v] {
		if !l.run(id) {
			return false
		}
	}
	for _, id := range l.by[v] {
		if !l.run(id) {
			return false
		}
	}
	return true
}

// run applies one arc.
func (l *Lags) run(id int32) bool {
	s := l.s
	a := &l.arcs[id]
	b := s.Lb[a.from] + a.w
	if b <= s.Lb[a.to] {
		return true
	}
	if a.first.Var < 0 || len(a.more) == 0 && s.Lb[a.first.Var] >= a.first.Bound {
		return l.push(a.to, min(b, l.last[a.to]), id)
	}
	// Which conditions are open?
	open := cp.Atom{Var: -1}
	if !s.Holds(a.first) {
		if s.Fails(a.first) {
			return true
		}
		open = a.first
	}
	for _, c := range a.more {
		if s.Holds(c) {
			continue
		}
		if open.Var >= 0 || s.Fails(c) {
			return true
		}
		open = c
	}
	b = min(b, l.last[a.to])
	if open.Var < 0 {
		return l.push(a.to, b, id)
	}
	if b+s.Lb[a.to^1] <= 0 {
		return true
	}
	// from + w is past the last value of to: the open condition cannot hold.
	f := s.Lb[a.from]
	s.Because(a.src, cp.RuleOrder)
	s.Premise(a.from, f)
	s.Premise(a.to^1, 1-b)
	if a.first != open {
		s.Premise(a.first.Var, a.first.Bound)
	}
	for _, c := range a.more {
		if c != open {
			s.Premise(c.Var, c.Bound)
		}
	}
	return s.Push(open.Var^1, 1-open.Bound, s.Reason())
}

// push raises to because of an arc. When that is the third time in a row at this level
// it looks for a cycle first.
func (l *Lags) push(to cp.Var, b int64, id int32) bool {
	s := l.s
	if e := &s.Trail[s.Head[to]]; e.Why.Kind() == l.kind && int(e.Level) == s.Level() {
		if p := &s.Trail[e.Prev]; p.Why.Kind() == l.kind && p.Level == e.Level && l.cycle(to, id) {
			return s.Fail(s.Reason())
		}
	}
	return s.Push(to, b, cp.Tag(l.kind, uint32(id)))
}

// cycle follows the arcs that pushed last back from arc id. If they lead to the target
// again and add up to more than 0 they cannot all hold: it leaves their conditions as
// the reason under construction.
func (l *Lags) cycle(to cp.Var, id int32) bool {
	s := l.s
	length := int64(0)
	l.round = l.round[:0]
	for range len(l.plain) {
		a := &l.arcs[id]
		if l.last[a.to] != cp.Far {
			return false // an absent task ends the chain
		}
		length += a.w
		l.round = append(l.round, id)
		if a.from == to {
			if length <= 0 {
				return false
			}
			s.Because(a.src, cp.RuleCycle)
			for _, k := range l.round {
				if c := &l.arcs[k]; c.first.Var >= 0 {
					s.Premise(c.first.Var, c.first.Bound)
					for _, x := range c.more {
						s.Premise(x.Var, x.Bound)
					}
				}
			}
			return true
		}
		e := &s.Trail[s.Head[a.from]]
		if e.Why.Kind() != l.kind {
			return false
		}
		id = int32(e.Why.Payload())
	}
	return false
}

// Explain gives the premises of a push by an arc.
func (l *Lags) Explain(dst []cp.Atom, id uint32, implied cp.Atom) []cp.Atom {
	a := &l.arcs[id]
	dst = append(dst, cp.Atom{Bound: implied.Bound - a.w, Var: a.from})
	if a.first.Var >= 0 {
		dst = append(dst, a.first)
		dst = append(dst, a.more...)
	}
	return dst
}

// Origin names the constraint that an arc comes from.
func (l *Lags) Origin(id uint32) (cp.Source, cp.Rule) { return l.arcs[id].src, cp.RuleLag }
