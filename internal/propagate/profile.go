package propagate

import (
	"slices"

	"github.com/slackwater-go/slackwater/internal/cp"
)

// build makes the profile from the compulsory parts. It returns false on overload.
func (c *TimeTable) build(s *cp.Store) bool {
	c.rects = c.rects[:0]
	c.minRoom = cp.Far
	c.gather()
	ev := c.events
	if len(ev) == 0 && !c.hollow {
		return true
	}
	limit := int64(cp.Far)
	if c.top >= 0 {
		limit = s.Upper(c.top)
	}
	// Walk over events and capacity steps together.
	ic := 0
	at := int64(-cp.Far)
	if len(ev) > 0 {
		at = ev[0].at
	}
	stop := at
	if len(ev) > 0 {
		stop = ev[len(ev)-1].at
	}
	if c.hollow {
		at, stop = c.lo, c.hi
	}
	if ic = c.step(at); ic < 0 {
		ic = 0
	}
	use := int64(0)
	ie := 0
	for at < stop {
		for ie < len(ev) && ev[ie].at <= at {
			use += ev[ie].delta
			ie++
		}
		for ic+1 < len(c.caps) && c.caps[ic+1].From <= at {
			ic++
		}
		next := stop
		if ie < len(ev) {
			next = min(next, ev[ie].at)
		}
		if ic+1 < len(c.caps) {
			next = min(next, c.caps[ic+1].From)
		}
		if room := min(c.caps[ic].Cap, limit) - use; room < c.maxDemand && (use > 0 || c.hollow) {
			if room < 0 {
				return c.overload(s, at+(next-at-1)/2)
			}
			c.minRoom = min(c.minRoom, room)
			if n := len(c.rects); n > 0 && c.rects[n-1].hi == at && c.rects[n-1].room == room {
				c.rects[n-1].hi = next
			} else {
				c.rects = append(c.rects, rect{at, next, room})
			}
		}
		at = next
	}
	s.Work += int64(len(ev))
	return true
}

// span returns from when to when items may run.
func (c *TimeTable) span(s *cp.Store) (lo, hi int64) {
	lo, hi = cp.Far, -cp.Far
	for k := range c.items {
		it := &c.items[k]
		lo = min(lo, s.Lb[it.Start])
		hi = max(hi, c.latestEnd(s, it))
	}
	return lo, hi
}

// step returns the index of the capacity level that holds at t.
func (c *TimeTable) step(t int64) int {
	lo, hi := 0, len(c.caps)
	for lo < hi {
		m := int(uint(lo+hi) >> 1)
		if c.caps[m].From <= t {
			lo = m + 1
		} else {
			hi = m
		}
	}
	return lo - 1
}

// capAt returns the capacity at t, the peak left aside.
func (c *TimeTable) capAt(t int64) int64 { return c.caps[max(0, c.step(t))].Cap }

// gather lists where the use changes, in order of time, releases before takes.
func (c *TimeTable) gather() {
	c.events = c.events[:0]
	if c.split {
		c.gatherSplit()
		return
	}
	// The two orders change little from call to call: insertion sorts.
	a := c.byLst
	for i := 1; i < len(a); i++ {
		x := a[i]
		key := c.lst[x]
		j := i
		for j > 0 && c.lst[a[j-1]] > key {
			a[j] = a[j-1]
			j--
		}
		a[j] = x
	}
	e := c.byEct
	for i := 1; i < len(e); i++ {
		x := e[i]
		key := c.ect[x]
		j := i
		for j > 0 && c.ect[e[j-1]] > key {
			e[j] = e[j-1]
			j--
		}
		e[j] = x
	}
	ia, ie := 0, 0
	for {
		for ie < len(e) && c.clst[e[ie]] >= c.cect[e[ie]] {
			ie++
		}
		for ia < len(a) && c.clst[a[ia]] >= c.cect[a[ia]] {
			ia++
		}
		if ie == len(e) {
			return
		}
		if ia < len(a) && c.clst[a[ia]] < c.cect[e[ie]] {
			c.events = append(c.events, event{c.clst[a[ia]], c.items[a[ia]].Demand})
			ia++
		} else {
			c.events = append(c.events, event{c.cect[e[ie]], -c.items[e[ie]].Demand})
			ie++
		}
	}
}

// gatherSplit is gather where items pause.
func (c *TimeTable) gatherSplit() {
	for k := range c.items {
		lo, hi := c.clst[k], c.cect[k]
		if lo >= hi {
			continue
		}
		it := &c.items[k]
		if it.Work == nil {
			c.events = append(c.events, event{lo, it.Demand}, event{hi, -it.Demand})
			continue
		}
		for t, ok := firstWork(it.Work, lo); ok && t < hi; {
			end := hi
			i := c.workAt(it.Work, t)
			end = min(end, it.Work[i].Hi)
			c.events = append(c.events, event{t, it.Demand}, event{end, -it.Demand})
			t, ok = firstWork(it.Work, end)
		}
	}
	slices.SortFunc(c.events, func(x, y event) int {
		switch {
		case x.at != y.at:
			if x.at < y.at {
				return -1
			}
			return 1
		case x.delta < y.delta:
			return -1
		case x.delta > y.delta:
			return 1
		}
		return 0
	})
}

// workAt returns the index of the span of work that holds t.
func (c *TimeTable) workAt(work []Span, t int64) int {
	lo, hi := 0, len(work)
	for lo < hi {
		m := int(uint(lo+hi) >> 1)
		if work[m].Hi <= t {
			lo = m + 1
		} else {
			hi = m
		}
	}
	return lo
}
