package schedule

import (
	"container/heap"
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"time"
)

// relaxing is one run of Relaxations.
type relaxing struct {
	ctx    context.Context
	p      *Problem // lowered
	at     *origins
	o      *RelaxOptions
	fast   Options
	w      words
	owners map[string]string // of releases
	titles map[string]string

	levers []chain
	known  map[leverKey]int
	// families hold the first of the levers that differ in their amount alone.
	families map[leverKey]int
	copies   []int // of the last corrected problem: which calendar each added one was copied from
}

// A chain is one thing that can give way, step by step.
type chain struct {
	steps  []Edit
	family int
}

type leverKey struct {
	kind     EditKind
	index    int
	activity string
	calendar string
	window   string
	at       int64
	amount   int64
}

func keyOf(e *Edit) leverKey {
	k := leverKey{e.Kind, e.index, e.Activity, e.Calendar, e.Window, 0, e.Amount}
	if !e.Span.Start.IsZero() {
		k.at = e.Span.Start.Unix()
	}
	return k
}

// A set is a node of the search: how far each lever has given way, and when.
type relaxSet struct {
	level map[int]int    // lever to steps taken; none is absent
	place map[int]places // of levers whose steps hold during a span
	price int64
	key   string
}

type relaxQueue []*relaxSet

func (q relaxQueue) Len() int { return len(q) }
func (q relaxQueue) Less(i, j int) bool {
	if q[i].price != q[j].price {
		return q[i].price < q[j].price
	}
	if len(q[i].level) != len(q[j].level) {
		return len(q[i].level) < len(q[j].level)
	}
	return q[i].key < q[j].key
}
func (q relaxQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *relaxQueue) Push(x any)   { *q = append(*q, x.(*relaxSet)) }
func (q *relaxQueue) Pop() any {
	old := *q
	x := old[len(old)-1]
	*q = old[:len(old)-1]
	return x
}

func (r *relaxing) run() ([]Relaxation, error) {
	found, err := r.cheapest()
	if len(found) == 1 && len(found[0].level) == 0 {
		return nil, nil // it has a plan
	}
	var out []Relaxation
	for _, s := range found {
		x, bad := r.finish(s)
		if bad != nil {
			return out, bad
		}
		out = append(out, *x)
	}
	slices.SortStableFunc(out, func(a, b Relaxation) int { return int(a.Price - b.Price) })
	return out, err
}

// cheapest returns the cheapest sets that leave a plan, none of them part of another.
func (r *relaxing) cheapest() ([]*relaxSet, error) {
	r.known, r.families = map[leverKey]int{}, map[leverKey]int{}
	q := &relaxQueue{{level: map[int]int{}}}
	seen := map[string]bool{"": true}
	var found []*relaxSet
	for n := 0; q.Len() > 0 && len(found) < r.o.Limit; n++ {
		if n == r.o.MaxSets {
			return found, fmt.Errorf("schedule: %w: %d sets of corrections were looked at", ErrNoPlan, n)
		}
		s := heap.Pop(q).(*relaxSet)
		if slices.ContainsFunc(found, func(f *relaxSet) bool { return f.part(s, r) }) {
			continue
		}
		reason, err := r.reason(r.corrected(r.edits(s)))
		if err != nil {
			return found, err
		}
		if reason == nil {
			if halves := r.halved(s); len(halves) > 0 {
				for _, next := range halves {
					if !seen[next.key] {
						seen[next.key] = true
						heap.Push(q, next)
					}
				}
				continue
			}
			if found = append(found, s); len(s.level) == 0 {
				return found, nil
			}
			continue
		}
		for _, i := range r.leversOf(reason) {
			k := s.level[i]
			if k == len(r.levers[i].steps) || s.rival(i, r) {
				continue
			}
			next := s.with(i, k+1, r)
			if !seen[next.key] {
				seen[next.key] = true
				heap.Push(q, next)
			}
		}
	}
	return found, nil
}

// part says that s gives way nowhere further than o, whenever that is.
func (s *relaxSet) part(o *relaxSet, r *relaxing) bool {
	for i, k := range s.level {
		e, further := &r.levers[i].steps[k-1], false
		for j, n := range o.level {
			x := &r.levers[j].steps[n-1]
			further = further || r.levers[i].family == r.levers[j].family && x.By >= e.By && x.Amount >= e.Amount
		}
		if !further {
			return false
		}
	}
	return true
}

// rival says that a set has another amount of the same as a lever.
func (s *relaxSet) rival(i int, r *relaxing) bool {
	for j := range s.level {
		if j != i && r.levers[j].family == r.levers[i].family {
			return true
		}
	}
	return false
}

// with returns the set with one lever at another step. Every lever may then have any of its
// places again: what one of them excluded is worth less than the sets that become the same.
func (s *relaxSet) with(i, k int, r *relaxing) *relaxSet {
	out := &relaxSet{level: maps.Clone(s.level), place: map[int]places{}}
	out.level[i] = k
	for j, n := range out.level {
		out.place[j] = places{0, r.spots(&r.levers[j].steps[n-1]) - 1}
	}
	return out.sealed(r)
}

// at returns the set with one lever at other places.
func (s *relaxSet) at(i int, where places, r *relaxing) *relaxSet {
	out := &relaxSet{level: s.level, place: maps.Clone(s.place)}
	out.place[i] = where
	return out.sealed(r)
}

// sealed works the price and the key of a set out.
func (s *relaxSet) sealed(r *relaxing) *relaxSet {
	var key []byte
	for _, j := range s.sorted() {
		key = binary.BigEndian.AppendUint32(key, uint32(j))
		key = append(key, byte(s.level[j]))
		key = binary.BigEndian.AppendUint32(key, uint32(s.place[j].first))
		key = binary.BigEndian.AppendUint32(key, uint32(s.place[j].last))
		s.price += r.levers[j].steps[s.level[j]-1].Price
	}
	s.key = string(key)
	return s
}

func (s *relaxSet) sorted() []int {
	out := make([]int, 0, len(s.level))
	for j := range s.level {
		out = append(out, j)
	}
	slices.Sort(out)
	return out
}

func (r *relaxing) edits(s *relaxSet) []Edit {
	var out []Edit
	for _, j := range s.sorted() {
		out = append(out, r.settled(r.levers[j].steps[s.level[j]-1], s.place[j]))
	}
	return out
}

// A whyNot is a minimal reason that a problem has no plan.
type whyNot struct {
	units      []unit
	activities []string // without any of which the units leave a plan
}

// reason returns nil where the problem has a plan.
func (r *relaxing) reason(q *Problem) (*whyNot, error) {
	x := newExplaining(r.ctx, q, r.at, &r.fast)
	if bare, err := x.infeasible(nil); err != nil {
		return nil, err
	} else if bare {
		return &whyNot{activities: x.nothing().Activities}, nil
	}
	least, possible, err := x.minimal(x.all())
	if err != nil || possible {
		return nil, err
	}
	out := &whyNot{}
	for _, i := range least {
		out.units = append(out.units, x.units[i])
	}
	out.activities, err = x.cast(least)
	return out, err
}

// possible says whether a problem has a plan.
func (r *relaxing) possible(q *Problem) (bool, error) {
	x := newExplaining(r.ctx, q, r.at, &r.fast)
	bad, err := x.infeasible(x.all())
	return !bad, err
}

// finish cuts amounts down to what is needed and makes a plan.
func (r *relaxing) finish(s *relaxSet) (*Relaxation, error) {
	edits := r.edits(s)
	for k, j := range s.sorted() {
		least := Duration(0) // did not suffice
		if n := s.level[j]; n > 1 {
			least = r.levers[j].steps[n-2].By
		}
		if edits[k].By == 0 || !edits[k].graded() {
			continue
		}
		for edits[k].By-least > r.o.Least {
			whole := edits[k].By
			half := least + (whole-least)/2
			if half = (half + r.o.Least - 1) / r.o.Least * r.o.Least; half >= whole {
				break
			}
			edits[k].By = half
			ok, err := r.possible(r.corrected(edits))
			if err != nil {
				return nil, err
			}
			if !ok {
				edits[k].By, least = whole, half
			}
		}
	}
	if err := r.trim(edits); err != nil {
		return nil, err
	}
	q := r.corrected(edits)
	out := &Relaxation{Edits: edits, corrected: q.tidy()}
	plan, err := solveLowered(r.ctx, q, r.at, &r.o.Solver, nil)
	if err != nil {
		return nil, err
	}
	out.Plan = plan
	for k := range edits {
		e := &edits[k]
		e.Price, _ = r.o.price(e)
		out.Price += e.Price
		if e.Kind == AddWindow {
			if x, ok := plan.Of(e.Activity); ok {
				e.Span = x.Interval()
			}
		}
		e.Reason = r.say(e)
	}
	return out, nil
}

// graded says that By can be anything, not only one of the steps.
func (e *Edit) graded() bool {
	switch e.Kind {
	case EndEarlier, BeginLater, MoveDeadline, AllowEarlier, ExtendLag, ShortenLag, ShortenSoak:
		return e.By%Duration(time.Minute) == 0
	}
	return false
}
