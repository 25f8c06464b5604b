package sgs

import (
	"math"
	"sort"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

const (
	never   = rcpsp.Time(math.MaxInt64 / 4)  // after every time
	ages    = rcpsp.Time(-math.MaxInt64 / 4) // before every time
	chunkSz = 64                             // most steps in a chunk
)

// A profile is a step function over all time that can be raised over a span and
// asked where it is at least some amount for some while. Steps live in chunks that
// know their smallest and largest value, so that a search skips a chunk that is all
// above or all below, and a raise touches the values of the two chunks at its ends
// only: both cost about the square root of the number of steps.
//
// A balanced tree was the other candidate; arrays of 64 steps are walked faster than
// a path of a tree, and a profile of a usual instance is one chunk or two.
type profile struct {
	chunks []chunk
}

// A chunk holds consecutive steps: from[i] until from[i+1] (or the next chunk) the
// value is val[i]+add. It is never empty.
type chunk struct {
	from     []rcpsp.Time
	val      []int64
	add      int64
	min, max int64 // of val, without add
}

// newProfile returns the steps, which begin at time 0, extended to all earlier time.
func newProfile(steps []rcpsp.Step) profile {
	p := profile{chunks: make([]chunk, 0, 1+2*len(steps)/chunkSz)}
	c := chunk{}
	for i, s := range steps {
		if i > 0 && c.val[len(c.val)-1] == s.Value {
			continue
		}
		if len(c.from) == chunkSz/2 {
			c.summarise()
			p.chunks = append(p.chunks, c)
			c = chunk{}
		}
		from := s.From
		if i == 0 {
			from = ages
		}
		if c.from == nil {
			c.from, c.val = make([]rcpsp.Time, 0, min(chunkSz, len(steps)+4)), make([]int64, 0, min(chunkSz, len(steps)+4))
		}
		c.from, c.val = append(c.from, from), append(c.val, s.Value)
	}
	c.summarise()
	p.chunks = append(p.chunks, c)
	return p
}

func flat(v int64) profile { return newProfile([]rcpsp.Step{{Value: v}}) }

func (c *chunk) summarise() {
	c.min, c.max = c.val[0], c.val[0]
	for _, v := range c.val[1:] {
		c.min, c.max = min(c.min, v), max(c.max, v)
	}
}

// find returns the chunk and the step that hold t.
func (p *profile) find(t rcpsp.Time) (ci, si int) {
	if len(p.chunks) > 1 {
		ci = sort.Search(len(p.chunks), func(i int) bool { return p.chunks[i].from[0] > t }) - 1
	}
	from := p.chunks[ci].from
	lo, hi := 0, len(from)
	for hi-lo > 1 {
		if mid := int(uint(lo+hi) >> 1); from[mid] <= t {
			lo = mid
		} else {
			hi = mid
		}
	}
	return ci, lo
}

// end returns where the step ends.
func (p *profile) end(ci, si int) rcpsp.Time {
	if si+1 < len(p.chunks[ci].from) {
		return p.chunks[ci].from[si+1]
	}
	if ci+1 < len(p.chunks) {
		return p.chunks[ci+1].from[0]
	}
	return never
}

// at returns the value at t.
func (p *profile) at(t rcpsp.Time) int64 {
	ci, si := p.find(t)
	return p.chunks[ci].val[si] + p.chunks[ci].add
}

// cut makes a step begin at t.
func (p *profile) cut(t rcpsp.Time) {
	ci, si := p.find(t)
	c := &p.chunks[ci]
	if c.from[si] == t {
		return
	}
	if len(c.from) == chunkSz {
		half := chunkSz / 2
		right := chunk{from: append(make([]rcpsp.Time, 0, chunkSz), c.from[half:]...), val: append(make([]int64, 0, chunkSz), c.val[half:]...), add: c.add}
		c.from, c.val = c.from[:half], c.val[:half]
		c.summarise()
		right.summarise()
		p.chunks = append(p.chunks, chunk{})
		copy(p.chunks[ci+2:], p.chunks[ci+1:])
		p.chunks[ci+1] = right
		if si >= half {
			ci, si = ci+1, si-half
		}
		c = &p.chunks[ci]
	}
	c.from, c.val = append(c.from, 0), append(c.val, 0)
	copy(c.from[si+2:], c.from[si+1:])
	copy(c.val[si+2:], c.val[si+1:])
	c.from[si+1], c.val[si+1] = t, c.val[si]
}

// heal joins the step that begins at t with the one before it if they are equal.
func (p *profile) heal(t rcpsp.Time) {
	ci, si := p.find(t)
	c := &p.chunks[ci]
	if c.from[si] != t || t == ages {
		return
	}
	if si > 0 {
		if c.val[si-1] == c.val[si] {
			c.from, c.val = append(c.from[:si], c.from[si+1:]...), append(c.val[:si], c.val[si+1:]...)
		}
		return
	}
	before := &p.chunks[ci-1]
	if before.val[len(before.val)-1]+before.add != c.val[0]+c.add {
		return
	}
	if len(c.from) == 1 {
		p.chunks = append(p.chunks[:ci], p.chunks[ci+1:]...)
		return
	}
	c.from, c.val = append(c.from[:0], c.from[1:]...), append(c.val[:0], c.val[1:]...)
	c.summarise()
}

// raise adds by to all of [lo, hi).
func (p *profile) raise(lo, hi rcpsp.Time, by int64) {
	if lo >= hi || by == 0 || p.raiseInside(lo, hi, by) {
		return
	}
	p.cut(lo)
	p.cut(hi)
	ci, si := p.find(lo)
	for ; ci < len(p.chunks) && p.chunks[ci].from[0] < hi; ci, si = ci+1, 0 {
		c := &p.chunks[ci]
		if si == 0 && (ci+1 == len(p.chunks) && c.from[len(c.from)-1] < hi || ci+1 < len(p.chunks) && p.chunks[ci+1].from[0] <= hi) {
			c.add += by
			continue
		}
		for ; si < len(c.from) && c.from[si] < hi; si++ {
			c.val[si] += by
		}
		c.summarise()
	}
	p.heal(hi)
	p.heal(lo)
}

// raiseInside is raise for a span inside one chunk that has room: by far the most
// frequent case, and it needs one search where the general one needs five. It returns
// false where it does not apply.
func (p *profile) raiseInside(lo, hi rcpsp.Time, by int64) bool {
	ci, si := p.find(lo)
	c := &p.chunks[ci]
	if len(c.from)+2 > chunkSz || hi >= p.end(ci, len(c.from)-1) || si == 0 && c.from[0] == lo {
		return false
	}
	if c.from[si] != lo {
		si++
		c.insert(si, lo, c.val[si-1])
	}
	ei := si + 1
	for ei < len(c.from) && c.from[ei] < hi {
		ei++
	}
	if ei == len(c.from) || c.from[ei] != hi {
		c.insert(ei, hi, c.val[ei-1])
	}
	// The extremes are looked up again only where the one that by leads away from was in here.
	low, high := c.val[si], c.val[si]
	for k := si; k < ei; k++ {
		low, high = min(low, c.val[k]), max(high, c.val[k])
		c.val[k] += by
	}
	if c.val[ei] == c.val[ei-1] {
		c.remove(ei)
	}
	if c.val[si] == c.val[si-1] {
		c.remove(si)
	}
	if by < 0 && high == c.max || by > 0 && low == c.min {
		c.summarise()
	} else {
		c.min, c.max = min(c.min, low+by), max(c.max, high+by)
	}
	return true
}

func (c *chunk) insert(i int, from rcpsp.Time, val int64) {
	c.from, c.val = append(c.from, 0), append(c.val, 0)
	copy(c.from[i+1:], c.from[i:])
	copy(c.val[i+1:], c.val[i:])
	c.from[i], c.val[i] = from, val
}

func (c *chunk) remove(i int) {
	c.from, c.val = append(c.from[:i], c.from[i+1:]...), append(c.val[:i], c.val[i+1:]...)
}

// gap returns the first stretch within [lo, hi) in which the value is below need, and
// how many steps and chunks it looked at; from >= hi where there is none. The stretch
// is cut to [lo, hi).
func (p *profile) gap(lo, hi rcpsp.Time, need int64) (from, to rcpsp.Time, work int64) {
	if lo >= hi {
		return hi, hi, 1
	}
	ci, si := p.find(lo)
	from = hi
	for ; ci < len(p.chunks); ci, si = ci+1, 0 {
		c := &p.chunks[ci]
		if c.from[si] >= hi {
			break
		}
		work++
		if c.min+c.add >= need {
			if from < hi {
				return from, max(lo, c.from[si]), work
			}
			continue
		}
		if si == 0 && c.max+c.add < need {
			if from == hi {
				from = max(lo, c.from[0])
			}
			continue
		}
		for ; si < len(c.from) && c.from[si] < hi; si++ {
			work++
			short := c.val[si]+c.add < need
			if short && from == hi {
				from = max(lo, c.from[si])
			}
			if !short && from < hi {
				return from, c.from[si], work
			}
		}
	}
	return from, hi, work
}

// gapBack is gap from the right: the last stretch within [lo, hi) below need;
// to <= lo where there is none.
func (p *profile) gapBack(lo, hi rcpsp.Time, need int64) (from, to rcpsp.Time, work int64) {
	if lo >= hi {
		return lo, lo, 1
	}
	ci, si := p.find(hi - 1)
	to = lo
	for ; ci >= 0; ci-- {
		c := &p.chunks[ci]
		if si < 0 {
			si = len(c.from) - 1
		}
		work++
		end := min(hi, p.end(ci, si))
		if end <= lo {
			break
		}
		if c.min+c.add >= need {
			if to > lo {
				return end, to, work
			}
			si = -1
			continue
		}
		for ; si >= 0; si-- {
			if end = min(hi, p.end(ci, si)); end <= lo {
				break
			}
			work++
			short := c.val[si]+c.add < need
			if short && to == lo {
				to = end
			}
			if !short && to > lo {
				return end, to, work
			}
		}
	}
	return lo, to, work
}

// lowest returns the smallest value of all.
func (p *profile) lowest() int64 {
	v := int64(math.MaxInt64)
	for i := range p.chunks {
		v = min(v, p.chunks[i].min+p.chunks[i].add)
	}
	return v
}

// lowestIn returns the smallest value within [lo, hi).
func (p *profile) lowestIn(lo, hi rcpsp.Time) int64 {
	v := int64(math.MaxInt64)
	ci, si := p.find(lo)
	for ; ci < len(p.chunks); ci, si = ci+1, 0 {
		c := &p.chunks[ci]
		if c.from[si] >= hi {
			break
		}
		if si == 0 && p.end(ci, len(c.from)-1) <= hi {
			v = min(v, c.min+c.add)
			continue
		}
		for ; si < len(c.from) && c.from[si] < hi; si++ {
			v = min(v, c.val[si]+c.add)
		}
	}
	return v
}

// rise returns the first time from t on at which the value is at least need.
func (p *profile) rise(t rcpsp.Time, need int64) rcpsp.Time {
	ci, si := p.find(t)
	for ; ci < len(p.chunks); ci, si = ci+1, 0 {
		c := &p.chunks[ci]
		if c.max+c.add < need {
			continue
		}
		for ; si < len(c.from); si++ {
			if c.val[si]+c.add >= need {
				return max(t, c.from[si])
			}
		}
	}
	return never
}
