package sgs

import (
	"slices"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// A place is a mode and a start for one task, and what it adds to the value.
type place struct {
	mode       int32
	start, end rcpsp.Time
	price      []int64
}

// bestAnchors and nextAnchors are how many of the times at which a cost is locally
// least are tried: the cheapest ones, and the first ones after the earliest place.
const (
	bestAnchors = 12
	nextAnchors = 4
)

// choose returns the place of smallest price for open task t, in mode only if that is
// not negative; among equals the one that ends first, then the first mode. For a task for
// which earlier is never worse that is exact in each mode; else it looks at the times
// at which its cost has a local minimum, from both sides. The price holds until the next call.
func (s *State) choose(t rcpsp.TaskID, only int32) (place, bool) {
	n := len(s.cost.value)
	if len(s.prices) < 2*n {
		s.prices = make([]int64, 2*n)
	}
	c := chooser{s: s, t: t, price: s.prices[:n:n]}
	c.best.price = s.prices[n : 2*n]
	for k := range s.M.In.Tasks[t].Modes {
		m := &s.M.In.Tasks[t].Modes[k]
		if len(m.Starts) == 0 || only >= 0 && only != int32(k) {
			continue
		}
		lo, hi := s.Window(t, int32(k))
		if lo > hi {
			continue
		}
		at, ok := s.Fit(t, int32(k), lo, hi)
		if !ok {
			continue
		}
		c.offer(int32(k), at)
		if !s.M.tasks[t].regular {
			c.search(int32(k), at, hi)
		}
	}
	return c.best, c.found
}

type chooser struct {
	s     *State
	t     rcpsp.TaskID
	best  place
	price []int64
	found bool
}

// offer takes mode k at start as the best place if it is.
func (c *chooser) offer(k int32, start rcpsp.Time) {
	s := c.s
	end, _ := s.M.In.Tasks[c.t].Modes[k].End(start)
	clear(c.price)
	s.Price(c.price, c.t, k, start)
	if c.found {
		if d := rcpsp.Compare(c.price, c.best.price); d > 0 || d == 0 && end >= c.best.end {
			return
		}
	}
	c.best.mode, c.best.start, c.best.end = k, start, end
	c.best.price, c.price, c.found = c.price, c.best.price, true
}

// search offers the places of mode k around the times at which a cost is locally
// least; first is the earliest place there is.
func (c *chooser) search(k int32, first, hi rcpsp.Time) {
	s, tk := c.s, &c.s.M.tasks[c.t]
	m := &s.M.In.Tasks[c.t].Modes[k]
	try := func(at rcpsp.Time) {
		if at <= hi {
			if x, ok := s.Fit(c.t, k, max(first, at), hi); ok {
				c.offer(k, x)
			}
		}
		if at > first {
			if x, ok := s.FitLast(c.t, k, first, min(at, hi)); ok {
				c.offer(k, x)
			}
		}
	}
	for _, ref := range tk.terms {
		tm := &s.M.In.Goals[ref.goal].Terms[ref.term]
		tried := 0
		for _, a := range s.M.minima[ref.goal][ref.term] {
			at := a
			if tm.OnEnd {
				x, ok := firstStart(m, a)
				if !ok {
					continue
				}
				at = x
			}
			if at < first && tried >= 2 {
				continue
			}
			try(at)
			if tried++; tried == bestAnchors {
				break
			}
		}
		i, _ := slices.BinarySearchFunc(tm.Cost, first, func(p rcpsp.Piece, t rcpsp.Time) int { return int(min(1, max(-1, p.From-t))) })
		for ; i < len(tm.Cost) && tried < bestAnchors+nextAnchors; i++ {
			tried++
			try(tm.Cost[i].From)
		}
	}
	c.flatter(k, first, hi)
	c.emptier(k, first, hi)
}

// flatter moves on until no peak goal is raised, a few times at most.
func (c *chooser) flatter(k int32, first, hi rcpsp.Time) {
	s := c.s
	m := &s.M.In.Tasks[c.t].Modes[k]
	at := first
	for range 12 {
		next := at
		for _, d := range m.Demands {
			if s.taken[d.Resource].chunks == nil {
				continue
			}
			peak := max(-s.taken[d.Resource].lowest(), d.Amount)
			m.Occupied(at, func(sp rcpsp.Span) {
				if a, b, w := s.taken[d.Resource].gap(sp.Lo, sp.Hi, d.Amount-peak); a < sp.Hi {
					s.Work += w
					next = max(next, b)
				}
			})
		}
		if next == at {
			if at > first {
				c.offer(k, at)
			}
			return
		}
		x, ok := s.Fit(c.t, k, next, hi)
		if !ok {
			return
		}
		at = x
	}
	c.offer(k, at)
}

// emptier tries the periods of a budget whose largest use is a goal, those least used
// first.
func (c *chooser) emptier(k int32, first, hi rcpsp.Time) {
	s := c.s
	for _, u := range s.M.tasks[c.t].uses {
		if len(s.cost.byBudget[u.budget]) == 0 || u.mode >= 0 && u.mode != k {
			continue
		}
		periods := s.M.In.Budgets[u.budget].Periods
		var order []int
		for p := range periods {
			if periods[p].Hi > first && periods[p].Lo <= hi {
				order = append(order, p)
			}
		}
		s.Work += int64(len(order))
		used := s.used[u.budget]
		slices.SortStableFunc(order, func(a, b int) int { return int(min(1, max(-1, used[a]-used[b]))) })
		for _, p := range order[:min(len(order), bestAnchors)] {
			if x, ok := s.Fit(c.t, k, max(first, periods[p].Lo), min(hi, periods[p].Hi-1)); ok {
				c.offer(k, x)
			}
		}
	}
}

// minimaOf lists the times at which a cost is locally least, the cheapest first, then
// the earliest.
func minimaOf(tm *rcpsp.Term, horizon rcpsp.Time) []rcpsp.Time {
	var at []rcpsp.Time
	for i, p := range tm.Cost {
		last := int64(0) // cost and slope just before the piece
		slope := int64(0)
		if i > 0 {
			q := tm.Cost[i-1]
			last, slope = q.Value+q.Slope*int64(p.From-1-q.From), q.Slope
		}
		if p.From > horizon {
			break
		}
		if p.Value < last || slope < 0 && p.Slope >= 0 {
			at = append(at, max(p.From, 0))
		}
		if p.Value > last && slope < 0 || p.Value > last && i == 0 {
			at = append(at, max(p.From-1, 0))
		}
	}
	if n := len(tm.Cost); n > 0 && tm.Cost[n-1].Slope < 0 {
		at = append(at, horizon)
	}
	slices.SortStableFunc(at, func(a, b rcpsp.Time) int {
		x, y := tm.At(a), tm.At(b)
		switch {
		case x != y && x < y, x == y && a < b:
			return -1
		case x == y && a == b:
			return 0
		}
		return 1
	})
	return slices.Compact(at)
}
