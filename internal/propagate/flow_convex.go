package propagate

import "github.com/slackwater-go/slackwater/internal/cp"

// A Convex is a cost of a point in time, Var + Off, that grows ever faster: a curve
// times Factor.
type Convex struct {
	Var    cp.Var
	Off    int64
	Factor int64
	Curve  *Curve
}

// bend is where the slope of a cost grows by some amount.
type bend struct{ at, by int64 }

// bends returns the least value of a curve and how it grows from there to either side;
// false where it is not convex.
func (c *Curve) bends() (least int64, down, up []bend, ok bool) {
	last, some := int64(0), false
	grow := func(at, slope int64) bool {
		if some && slope < last {
			return false
		}
		if some {
			if by := min(0, slope) - min(0, last); by > 0 {
				down = append(down, bend{at, by})
			}
		} else {
			last = min(0, slope)
		}
		if by := max(0, slope) - max(0, last); by > 0 {
			up = append(up, bend{at, by})
		}
		last, some = slope, true
		return true
	}
	for i := range c.parts {
		p := &c.parts[i]
		if i > 0 {
			q := &c.parts[i-1]
			if !grow(q.hi, p.value-q.at(q.hi)) {
				return 0, nil, nil, false
			}
		}
		if p.hi > p.lo && !grow(p.lo, p.slope) {
			return 0, nil, nil, false
		}
	}
	if last < 0 {
		down = append(down, bend{c.Hi(), -last})
	}
	return c.Min(c.Lo(), c.Hi()), down, up, true
}

// IsConvex says whether the curve grows ever faster.
func (c *Curve) IsConvex() bool {
	_, _, _, ok := c.bends()
	return ok
}
