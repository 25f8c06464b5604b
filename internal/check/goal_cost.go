package check

import (
	"sort"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// A curve is a cost over the times from 0 to the horizon, in straight pieces without
// gaps.
type curve []straight

// A straight piece has the value lo + slope*(t-from) for t from from to to.
type straight struct{ from, to, lo, slope int64 }

func (p *straight) at(t int64) int64 { return p.lo + p.slope*(t-p.from) }

// newCurve cuts the pieces of a cost to the times from 0 to the horizon.
func newCurve(cost []rcpsp.Piece, horizon rcpsp.Time) curve {
	var out curve
	next := horizon + 1 // where the piece after begins
	for i := len(cost) - 1; i >= 0; i-- {
		p := cost[i]
		from := max(p.From, 0)
		if from < next && from <= horizon {
			out = append(out, straight{int64(from), int64(next) - 1, p.Value + p.Slope*int64(from-p.From), p.Slope})
			next = from
		}
	}
	if next > 0 {
		out = append(out, straight{0, int64(next) - 1, 0, 0}) // nothing before the first piece
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out
}

// end is the last time of the curve.
func (c curve) end() int64 { return c[len(c)-1].to }

// most is the largest cost at any time.
func (c curve) most() int64 {
	v := c[0].lo
	for i := range c {
		v = max(v, c[i].lo, c[i].at(c[i].to))
	}
	return v
}

// find returns the index of the piece that holds t.
func (c curve) find(t int64) int {
	return sort.Search(len(c), func(i int) bool { return c[i].to >= t })
}

// least is the smallest cost from lo to hi.
func (c curve) least(lo, hi int64) int64 {
	i := c.find(lo)
	v := c[i].at(lo)
	for ; i < len(c) && c[i].from <= hi; i++ {
		v = min(v, c[i].at(max(lo, c[i].from)), c[i].at(min(hi, c[i].to)))
	}
	return v
}

// first returns the first time from lo to hi that costs at most u; hi+1 if there is none.
func (c curve) first(lo, hi, u int64) int64 {
	for i := c.find(lo); i < len(c) && c[i].from <= hi; i++ {
		p := &c[i]
		a, b := max(lo, p.from), min(hi, p.to)
		if p.at(a) <= u {
			return a
		}
		if p.at(b) <= u { // it falls
			down := -p.slope
			return a + (p.at(a)-u+down-1)/down
		}
	}
	return hi + 1
}

// last returns the last time from lo to hi that costs at most u; lo-1 if there is none.
func (c curve) last(lo, hi, u int64) int64 {
	for i := c.find(hi); i >= 0 && c[i].to >= lo; i-- {
		p := &c[i]
		a, b := max(lo, p.from), min(hi, p.to)
		if p.at(b) <= u {
			return b
		}
		if p.at(a) <= u { // it rises
			return b - (p.at(b)-u+p.slope-1)/p.slope
		}
	}
	return lo - 1
}

// A costRule keeps a variable at or above the cost of a task: a curve over its start or
// end, or a fixed cost where it is absent.
type costRule struct {
	task   int
	onEnd  bool
	curve  curve
	absent int64
	cost   int32
}

func (g *network) costOf(tm *rcpsp.Term) *costRule {
	return &costRule{int(tm.Task), tm.OnEnd, newCurve(tm.Cost, g.in.Horizon), tm.Absent, -1}
}

func (g *network) postCost(r *costRule) {
	g.post(r, false, append(g.about(r.task), r.cost)...)
}

// run raises the cost to the least in the window of the task, and cuts off times at
// either end that cost too much: all of them, and the task is absent.
func (r *costRule) run(g *network) bool {
	if g.gone(int32(r.task)) {
		return g.push(2*r.cost, r.absent)
	}
	sure := g.sure(int32(r.task))
	p := g.point(r.task, r.onEnd)
	lo := max(g.lb[2*p.lo]+p.off, 0)
	hi := min(-g.lb[2*p.hi+1]+p.off, r.curve.end())
	if lo > hi {
		return !sure // where it must be carried out, it cannot
	}
	least := r.curve.least(lo, hi)
	if !sure {
		least = min(least, r.absent)
	}
	if !g.push(2*r.cost, least) {
		return false
	}
	u := -g.lb[2*r.cost+1]
	present := g.tasks[r.task].present
	if !sure && r.absent > u {
		if !g.push(2*present, 1) {
			return false
		}
		sure = true
	}
	first, last := r.curve.first(lo, hi, u), r.curve.last(lo, hi, u)
	if first > hi {
		return !sure && g.push(2*present+1, 0)
	}
	return g.push(2*p.lo, first-p.off) && g.push(2*p.hi+1, p.off-last)
}
