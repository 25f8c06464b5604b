package propagate

import (
	"sort"

	"github.com/slackwater-go/slackwater/internal/cp"
)

// An Item is a task's use of one resource, from Start to End+EndOff, while If holds.
type Item struct {
	Start, End cp.Var
	EndOff     int64
	Demand     int64
	If         cp.Atom // Var -1: always
	// Last is the last start, of an optional task that is absent when it starts later:
	// If is then Start <= Last. Far otherwise.
	Last int64
	// Work, if not nil, is when the item uses the resource: between start and end.
	Work []Span
}

type (
	// A Span of time is half-open.
	Span struct{ Lo, Hi int64 }
	// A Level is a capacity from From on.
	Level struct{ From, Cap int64 }
)

// TimeTable keeps the use of one resource within its capacity at each instant, by the
// compulsory parts of the tasks: from their last start to their first end they run for
// sure (Lahrichi 1982; as a rule with explanations, Schutt, Feydy, Stuckey and Wallace
// 2011). A task that cannot run beside the compulsory parts at an instant moves past
// it. Explanations are point-wise: of one instant, the fewest tasks that suffice there,
// each with the weakest facts that put it there.
//
// A run costs O(tasks + pieces of the profile); when no compulsory part changed since
// the last fixpoint only the tasks that moved are looked at again.
type TimeTable struct {
	src   cp.Source
	items []Item
	caps  []Level
	top   cp.Var // the peak, of which the use must stay below; -1: none
	// hollow says that the capacity alone may exclude starts: some item's domain does
	// not already leave out the instants at which it does not fit.
	hollow bool

	maxDemand  int64
	limitSeen  int64   // the peak's bound that rects was made with
	lo, hi     int64   // if hollow: the time that rects covers
	clst, cect []int64 // the compulsory parts that rects was made of; equal: none
	lst, ect   []int64 // last starts and first ends, by which byLst and byEct are sorted
	byLst      []int32
	byEct      []int32
	rects      []rect // instants with less room than maxDemand
	minRoom    int64
	valid      bool
	split      bool // some item has Work
	stamp      []int64
	run        int64
	events     []event
	cover      []covering
}

// rect is a piece of the profile with constant room left.
type rect struct{ lo, hi, room int64 }

type event struct{ at, delta int64 }

// NewTimeTable returns the rule. Caps is sorted, the first at or before every start.
// Top, if not -1, bounds the use from above as well.
func NewTimeTable(src cp.Source, items []Item, caps []Level, top cp.Var, hollow bool) *TimeTable {
	n := len(items)
	c := &TimeTable{
		src: src, items: items, caps: caps, top: top, hollow: hollow, lo: cp.Far, hi: -cp.Far,
		clst: make([]int64, n), cect: make([]int64, n), stamp: make([]int64, n),
		lst: make([]int64, n), ect: make([]int64, n),
	}
	for k := range items {
		c.maxDemand = max(c.maxDemand, items[k].Demand)
		c.byLst = append(c.byLst, int32(k))
		c.byEct = append(c.byEct, int32(k))
		c.split = c.split || items[k].Work != nil
	}
	return c
}

// Post watches the items' variables.
func (c *TimeTable) Post(s *cp.Store) cp.PropID {
	id := s.Post(c, cp.Normal)
	for k := range c.items {
		it := &c.items[k]
		s.Watch(it.Start, id, int32(k))
		s.Watch(it.Start^1, id, int32(k))
		if it.End != it.Start {
			s.Watch(it.End, id, int32(k))
			s.Watch(it.End^1, id, int32(k))
		}
		if it.If.Var >= 0 && it.If.Var != it.Start^1 {
			s.Watch(it.If.Var, id, int32(k))
		}
	}
	if c.top >= 0 {
		s.Watch(c.top^1, id, -1)
	}
	return id
}

// present says whether item k surely takes place.
func (c *TimeTable) present(s *cp.Store, it *Item) bool {
	return it.If.Var < 0 || s.Lb[it.If.Var] >= it.If.Bound
}

// compulsory returns the span in which item k surely runs, empty if there is none.
func (c *TimeTable) compulsory(s *cp.Store, it *Item) (lo, hi int64) {
	lo, hi = -s.Lb[it.Start^1], s.Lb[it.End]+it.EndOff
	if lo >= hi || !c.present(s, it) {
		return 0, 0
	}
	return lo, hi
}

// Propagate rebuilds the profile where it changed and moves tasks.
func (c *TimeTable) Propagate(s *cp.Store, moved []int32, all bool) bool {
	c.run++
	s.Work += int64(len(c.items))
	// A compulsory part only grows between fixpoints: if none of the moved items has
	// one, the profile is that of the last fixpoint.
	lo, hi := int64(cp.Far), int64(-cp.Far)
	for _, k := range moved {
		if k < 0 {
			all = true
			continue
		}
		c.stamp[k] = c.run
		if a, b := c.compulsory(s, &c.items[k]); a < b {
			lo, hi = min(lo, a), max(hi, b)
		}
	}
	same := c.valid
	if c.top >= 0 && s.Upper(c.top) != c.limitSeen {
		c.limitSeen = s.Upper(c.top)
		same = false
	}
	if c.hollow {
		if a, b := c.span(s); a < c.lo || b > c.hi {
			c.lo, c.hi = a, b
			same = false
		}
	}
	for k := range c.items {
		it := &c.items[k]
		a, b := -s.Lb[it.Start^1], s.Lb[it.End]+it.EndOff
		c.lst[k], c.ect[k] = a, b
		if a >= b || !c.present(s, it) {
			a, b = 0, 0
		}
		if a != c.clst[k] || b != c.cect[k] {
			c.clst[k], c.cect[k] = a, b
			same = false
		}
	}
	if !same {
		c.valid = false
		if !c.build(s) {
			return false
		}
	}
	if c.top >= 0 && !c.raiseTop(s) {
		c.valid = false
		return false
	}
	c.valid = true
	if len(c.rects) == 0 {
		return true
	}
	first, last := c.rects[0].lo, c.rects[len(c.rects)-1].hi
	if all {
		lo, hi = first, last
	}
	for k := range c.items {
		it := &c.items[k]
		if it.Demand <= c.minRoom {
			continue
		}
		if c.stamp[k] != c.run && (s.Lb[it.Start] >= hi || c.latestEnd(s, it) <= lo) {
			continue
		}
		if s.Lb[it.Start] >= last || c.latestEnd(s, it) <= first {
			continue
		}
		if !c.filter(s, int32(k), it) {
			return false
		}
	}
	return true
}

func (c *TimeTable) latestEnd(s *cp.Store, it *Item) int64 { return it.EndOff - s.Lb[it.End^1] }

// filter moves one item out of the pieces in which it does not fit.
func (c *TimeTable) filter(s *cp.Store, k int32, it *Item) bool {
	if !c.present(s, it) {
		if s.Fails(it.If) {
			return true
		}
		if it.Last == cp.Far {
			return c.fits(s, k, it)
		}
	}
	return c.forward(s, k, it) && c.backward(s, k, it)
}

// from returns the index of the first piece that ends after t.
func (c *TimeTable) from(t int64) int {
	lo, hi := 0, len(c.rects)
	for lo < hi {
		m := int(uint(lo+hi) >> 1)
		if c.rects[m].hi <= t {
			lo = m + 1
		} else {
			hi = m
		}
	}
	return lo
}

// forward raises the start.
func (c *TimeTable) forward(s *cp.Store, k int32, it *Item) bool {
	est, ect := s.Lb[it.Start], s.Lb[it.End]+it.EndOff
	// Where its own compulsory part is, the item is counted already.
	own := int64(cp.Far)
	if c.clst[k] < c.cect[k] {
		own = c.clst[k]
	}
	for i := c.from(est); i < len(c.rects); i++ {
		r := &c.rects[i]
		if r.lo >= min(ect, own) {
			return true
		}
		if r.room >= it.Demand {
			continue
		}
		for est < r.hi && est < own {
			t := min(ect, r.hi, own) - 1
			if it.Work != nil {
				if t = lastWork(it.Work, t); t < est {
					break
				}
			}
			if t < r.lo {
				break
			}
			if !c.move(s, k, it, it.Start, min(t+1, it.Last+1), t) {
				return false
			}
			if est = s.Lb[it.Start]; est > it.Last {
				return true
			}
			if it.End != it.Start {
				return true // its end moves first
			}
			ect = est + it.EndOff
		}
	}
	return true
}

// backward lowers the end.
func (c *TimeTable) backward(s *cp.Store, k int32, it *Item) bool {
	if !c.present(s, it) {
		return true // an upper bound would hold only if it were
	}
	lst, lct := -s.Lb[it.Start^1], c.latestEnd(s, it)
	own := int64(-cp.Far)
	if c.clst[k] < c.cect[k] {
		own = c.cect[k]
	}
	for i := c.from(lct - 1); i >= 0; i-- {
		if i >= len(c.rects) {
			continue
		}
		r := &c.rects[i]
		if r.lo >= lct {
			continue
		}
		if r.hi <= max(lst, own) {
			return true
		}
		if r.room >= it.Demand {
			continue
		}
		for lct > r.lo && lct > own {
			t := max(lst, r.lo, own)
			if it.Work != nil {
				var ok bool
				if t, ok = firstWork(it.Work, t); !ok || t >= lct {
					break
				}
			}
			if t >= r.hi {
				break
			}
			if !c.move(s, k, it, it.End^1, it.EndOff-t, t) {
				return false
			}
			if it.End != it.Start {
				return true
			}
			lct = c.latestEnd(s, it)
			lst = -s.Lb[it.Start^1]
		}
	}
	return true
}

// lastWork returns the last instant at or before t inside work, or -Far.
func lastWork(work []Span, t int64) int64 {
	i := sort.Search(len(work), func(i int) bool { return work[i].Lo > t }) - 1
	if i < 0 {
		return -cp.Far
	}
	return min(t, work[i].Hi-1)
}

// firstWork returns the first instant at or after t inside work.
func firstWork(work []Span, t int64) (int64, bool) {
	i := sort.Search(len(work), func(i int) bool { return work[i].Hi > t })
	if i == len(work) {
		return 0, false
	}
	return max(t, work[i].Lo), true
}
