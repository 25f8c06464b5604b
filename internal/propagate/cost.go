package propagate

import (
	"sort"

	"github.com/slackwater-go/slackwater/internal/cp"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// A Curve is a piecewise linear function on the integers from Lo to Hi: the cost of a
// start or an end. It answers range minima in O(log pieces).
type Curve struct {
	parts []part
	mins  [][]int64 // mins[k][i]: the least value of parts i to i+2^k-1
}

type part struct{ lo, hi, value, slope int64 }

func (p *part) at(t int64) int64 { return p.value + p.slope*(t-p.lo) }

func (p *part) least(lo, hi int64) int64 { return min(p.at(max(lo, p.lo)), p.at(min(hi, p.hi))) }

// NewCurve cuts the pieces to lo to hi. Before the first piece the value is 0.
func NewCurve(pieces []rcpsp.Piece, lo, hi int64) *Curve {
	c := &Curve{}
	add := func(p part) {
		if p.lo < lo {
			p.value += p.slope * (lo - p.lo)
			p.lo = lo
		}
		if p.hi = min(p.hi, hi); p.lo <= p.hi {
			c.parts = append(c.parts, p)
		}
	}
	if len(pieces) == 0 {
		add(part{lo: lo, hi: hi})
	} else if int64(pieces[0].From) > lo {
		add(part{lo: lo, hi: int64(pieces[0].From) - 1})
	}
	for i, p := range pieces {
		end := hi
		if i+1 < len(pieces) {
			end = int64(pieces[i+1].From) - 1
		}
		add(part{int64(p.From), end, p.Value, p.Slope})
	}
	c.index()
	return c
}

// index prepares range minima.
func (c *Curve) index() {
	level := make([]int64, len(c.parts))
	for i := range c.parts {
		level[i] = c.parts[i].least(c.Lo(), c.Hi())
	}
	c.mins = append(c.mins, level)
	for w := 1; 2*w <= len(c.parts); w *= 2 {
		prev := c.mins[len(c.mins)-1]
		next := make([]int64, len(c.parts)-2*w+1)
		for i := range next {
			next[i] = min(prev[i], prev[i+w])
		}
		c.mins = append(c.mins, next)
	}
}

// Unit returns the largest number that divides all that the curve grows by, of one that is
// 0 somewhere.
func (c *Curve) Unit() int64 {
	unit := int64(0)
	for i := range c.parts {
		unit = divisor(divisor(unit, c.parts[i].value), c.parts[i].slope)
	}
	return max(1, unit)
}

// Divide divides all values by what divides them.
func (c *Curve) Divide(unit int64) {
	for i := range c.parts {
		c.parts[i].value /= unit
		c.parts[i].slope /= unit
	}
	c.mins = c.mins[:0]
	c.index()
}

func divisor(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return max(a, -a)
}

// find returns the index of the part that holds t.
func (c *Curve) find(t int64) int {
	return sort.Search(len(c.parts), func(i int) bool { return c.parts[i].hi >= t })
}

// Min returns the least value from lo to hi, both within the curve.
func (c *Curve) Min(lo, hi int64) int64 {
	i, j := c.find(lo), c.find(hi)
	best := min(c.parts[i].least(lo, hi), c.parts[j].least(lo, hi))
	if i++; i < j {
		k := 0
		for 2<<k <= j-i {
			k++
		}
		best = min(best, c.mins[k][i], c.mins[k][j-1<<k])
	}
	return best
}

// Max returns the largest value anywhere.
func (c *Curve) Max() int64 {
	best := c.parts[0].value
	for i := range c.parts {
		best = max(best, c.parts[i].value, c.parts[i].at(c.parts[i].hi))
	}
	return best
}

// Lo and Hi are the ends of the curve.
func (c *Curve) Lo() int64 { return c.parts[0].lo }
func (c *Curve) Hi() int64 { return c.parts[len(c.parts)-1].hi }

// next returns the first t at or after from with a value of at most u, or past the end.
func (c *Curve) next(from, u int64) int64 {
	for i := c.find(from); i < len(c.parts); i++ {
		p := &c.parts[i]
		lo := max(from, p.lo)
		if p.at(lo) <= u {
			return lo
		}
		if p.slope < 0 {
			if t := lo + ceilDiv(p.at(lo)-u, -p.slope); t <= p.hi {
				return t
			}
		}
	}
	return c.Hi() + 1
}

// prev returns the last t at or before from with a value of at most u, or before the
// start.
func (c *Curve) prev(from, u int64) int64 {
	for i := c.find(from); i >= 0; i-- {
		p := &c.parts[i]
		hi := min(from, p.hi)
		if p.at(hi) <= u {
			return hi
		}
		if p.slope > 0 {
			if t := hi - ceilDiv(p.at(hi)-u, p.slope); t >= p.lo {
				return t
			}
		}
	}
	return c.Lo() - 1
}

// ceilDiv divides rounding up; b is positive.
func ceilDiv(a, b int64) int64 {
	q := a / b
	if a%b > 0 {
		q++
	}
	return q
}

// floorDiv divides rounding down; b is positive.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// Cost keeps a variable at or above the cost of a task: a curve over its start or end,
// or a fixed cost where it is absent. Only from below: cost is to be minimised.
type Cost struct {
	src     cp.Source
	at      cp.Var // the start or the end
	off     int64  // plus this
	cost    cp.Var
	present cp.Atom
	absent  int64
	curve   *Curve
}

// NewCost returns the rule. The curve covers all values of at + off of a present task.
func NewCost(src cp.Source, at cp.Var, off int64, cost cp.Var, present cp.Atom, absent int64, curve *Curve) *Cost {
	return &Cost{src, at, off, cost, present, absent, curve}
}

// Post watches the variables.
func (p *Cost) Post(s *cp.Store) {
	id := s.Post(p, cp.Quick)
	s.Watch(p.at, id, 0)
	s.Watch(p.at^1, id, 0)
	s.Watch(p.cost^1, id, 0)
	if p.present.Var >= 0 {
		s.Watch(p.present.Var, id, 0)
		s.Watch(p.present.Var^1, id, 0)
	}
}

// Propagate raises the cost, and cuts off times that cost too much at either end.
func (p *Cost) Propagate(s *cp.Store, _ []int32, _ bool) bool {
	sure := p.present.Var < 0 || s.Holds(p.present)
	if !sure && s.Fails(p.present) {
		if p.absent <= s.Lb[p.cost] {
			return true
		}
		s.Because(p.src, cp.RuleCost)
		s.Premise(p.present.Var^1, 1-p.present.Bound)
		return s.Push(p.cost, p.absent, s.Reason())
	}
	lo := max(s.Lb[p.at]+p.off, p.curve.Lo())
	hi := min(s.Upper(p.at)+p.off, p.curve.Hi())
	if lo > hi {
		return true // about to be absent
	}
	least := p.curve.Min(lo, hi)
	if !sure {
		least = min(least, p.absent)
	}
	if least > s.Lb[p.cost] {
		s.Because(p.src, cp.RuleCost)
		if sure && p.absent < least && p.present.Var >= 0 {
			s.Premise(p.present.Var, p.present.Bound)
		}
		if a := p.curve.prev(lo, least-1); a >= p.curve.Lo() {
			s.Premise(p.at, a+1-p.off)
		}
		if b := p.curve.next(hi, least-1); b <= p.curve.Hi() {
			s.Premise(p.at^1, p.off-(b-1))
		}
		if !s.Push(p.cost, least, s.Reason()) {
			return false
		}
	}
	return p.cut(s, lo, hi, sure)
}

// cut removes times with a cost above the upper bound.
func (p *Cost) cut(s *cp.Store, lo, hi int64, sure bool) bool {
	u := s.Upper(p.cost)
	if !sure && p.absent > u {
		s.Because(p.src, cp.RuleCost)
		s.Premise(p.cost^1, 1-p.absent)
		if !s.Push(p.present.Var, p.present.Bound, s.Reason()) {
			return false
		}
		sure = true
	}
	if t := p.curve.next(lo, u); t > lo {
		s.Because(p.src, cp.RuleCost)
		s.Premise(p.cost^1, -u)
		if a := p.curve.prev(lo, u); a >= p.curve.Lo() {
			s.Premise(p.at, a+1-p.off)
		}
		if !s.Push(p.at, t-p.off, s.Reason()) {
			return false
		}
		if t > hi {
			return true
		}
	}
	if t := p.curve.prev(hi, u); sure && t < hi {
		s.Because(p.src, cp.RuleCost)
		s.Premise(p.cost^1, -u)
		if p.present.Var >= 0 {
			s.Premise(p.present.Var, p.present.Bound)
		}
		if b := p.curve.next(hi, u); b <= p.curve.Hi() {
			s.Premise(p.at^1, p.off-(b-1))
		}
		return s.Push(p.at^1, p.off-t, s.Reason())
	}
	return true
}
