package propagate

import (
	"github.com/slackwater-go/slackwater/internal/cp"
)

// covering is an item that surely runs at an instant: its demand, and how many facts
// that takes which are not facts of the root.
type covering struct {
	item   int32
	cost   int32
	demand int64
}

// premises adds facts that put enough items at instant t to use more than room, without
// the item skip. It returns the use.
func (c *TimeTable) premises(s *cp.Store, t, room int64, skip int32) int64 {
	cv := c.cover[:0]
	for k := range c.items {
		if c.clst[k] > t || c.cect[k] <= t || int32(k) == skip {
			continue
		}
		it := &c.items[k]
		if it.Work != nil && !works(it.Work, t) {
			continue
		}
		cost := int32(0)
		if s.Trail[it.Start^1].Bound < -min(t, it.Last) {
			cost++
		}
		if s.Trail[it.End].Bound < t+1-it.EndOff {
			cost++
		}
		if it.If.Var >= 0 && it.Last == cp.Far && s.Trail[it.If.Var].Bound < it.If.Bound {
			cost++
		}
		cv = append(cv, covering{int32(k), cost, it.Demand})
	}
	c.cover = cv
	s.Work += int64(len(c.items)) / 4
	for i := 1; i < len(cv); i++ {
		x := cv[i]
		j := i
		for j > 0 && (cv[j-1].cost > x.cost || cv[j-1].cost == x.cost && cv[j-1].demand < x.demand) {
			cv[j] = cv[j-1]
			j--
		}
		cv[j] = x
	}
	sum := int64(0)
	n := 0
	for n < len(cv) && sum <= room {
		sum += cv[n].demand
		n++
	}
	// Items that fit into what is too much are not needed, the dearest first.
	for i := n - 1; i >= 0 && sum > room+1; i-- {
		if cv[i].cost > 0 && cv[i].demand < sum-room {
			sum -= cv[i].demand
			cv[i].demand = 0
		}
	}
	for _, x := range cv[:n] {
		if x.demand == 0 {
			continue
		}
		it := &c.items[x.item]
		s.Premise(it.Start^1, -min(t, it.Last))
		s.Premise(it.End, t+1-it.EndOff)
		if it.If.Var >= 0 && it.Last == cp.Far {
			s.Premise(it.If.Var, it.If.Bound)
		}
	}
	return sum
}

// works says whether t is inside work.
func works(work []Span, t int64) bool {
	x, ok := firstWork(work, t)
	return ok && x == t
}

// limit adds the premise that the peak is below use, unless the capacity at t is.
func (c *TimeTable) limit(s *cp.Store, t, use int64) {
	if c.top >= 0 && use <= c.capAt(t) {
		s.Premise(c.top^1, 1-use)
	}
}

// roomAt returns the capacity at t, peak included.
func (c *TimeTable) roomAt(s *cp.Store, t int64) int64 {
	room := c.capAt(t)
	if c.top >= 0 {
		room = min(room, s.Upper(c.top))
	}
	return room
}

// overload fails: too many items surely run at t.
func (c *TimeTable) overload(s *cp.Store, t int64) bool {
	s.Because(c.src, cp.RuleTimeTable)
	use := c.premises(s, t, c.roomAt(s, t), -1)
	c.limit(s, t, use)
	return s.Fail(s.Reason())
}

// move pushes v >= b for item k, which does not fit at t: v is its start, which
// passes t, or its negated end, which stays before.
func (c *TimeTable) move(s *cp.Store, k int32, it *Item, v cp.Var, b, t int64) bool {
	s.Because(c.src, cp.RuleTimeTable)
	if v == it.Start {
		s.Premise(it.End, t+1-it.EndOff)
	} else {
		s.Premise(it.Start^1, -min(t, it.Last))
	}
	if it.If.Var >= 0 && it.Last == cp.Far {
		s.Premise(it.If.Var, it.If.Bound)
	}
	use := c.premises(s, t, c.roomAt(s, t)-it.Demand, k)
	c.limit(s, t, use+it.Demand)
	why := s.Reason()
	if !s.Push(v, b, why) {
		c.valid = false
		return false
	}
	return true
}

// fits makes an item absent whose presence is open if it fits nowhere: the instants at
// which it does not fit follow each other so closely that every start meets one.
func (c *TimeTable) fits(s *cp.Store, k int32, it *Item) bool {
	if it.Work != nil || it.End != it.Start {
		return true
	}
	est, lst := s.Lb[it.Start], s.Upper(it.Start)
	at := est
	for i := c.from(est); i < len(c.rects) && at <= lst; i++ {
		r := &c.rects[i]
		if r.lo >= at+it.EndOff {
			return true
		}
		if r.room < it.Demand {
			at = r.hi
		}
	}
	if at <= lst {
		return true
	}
	s.Because(c.src, cp.RuleTimeTable)
	at = est
	for i := c.from(est); at <= lst; i++ {
		r := &c.rects[i]
		if r.room >= it.Demand {
			continue
		}
		for at <= lst && at < r.hi {
			t := min(at+it.EndOff, r.hi) - 1
			if at == est {
				s.Premise(it.Start, t+1-it.EndOff)
			}
			use := c.premises(s, t, c.roomAt(s, t)-it.Demand, -1)
			c.limit(s, t, use+it.Demand)
			if at = t + 1; at > lst {
				s.Premise(it.Start^1, -t)
			}
		}
	}
	if !s.Push(it.If.Var^1, 1-it.If.Bound, s.Reason()) {
		c.valid = false
		return false
	}
	return true
}

// raiseTop raises the peak to the highest use.
func (c *TimeTable) raiseTop(s *cp.Store) bool {
	use, at, best := int64(0), int64(0), s.Lb[c.top]
	for _, e := range c.events {
		use += e.delta
		if use > best {
			best, at = use, e.at
		}
	}
	if best <= s.Lb[c.top] {
		return true
	}
	s.Because(c.src, cp.RuleTimeTable)
	c.premises(s, at, best-1, -1)
	return s.Push(c.top, best, s.Reason())
}
