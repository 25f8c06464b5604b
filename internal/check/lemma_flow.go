package check

import (
	"fmt"
	"math/bits"

	"github.com/slackwater-go/slackwater/internal/proof"
)

// A dearness is the look that a flow lemma takes at a tier: the costs of some terms, each a
// curve over a point in time, and lags between points, each with an amount. Whatever the
// amounts, the costs are at least
//
//	the sum over lags of amount * length
//	+ the sum over points of the least that (cost - (amounts in - amounts out) * time) can be,
//
// because a lag that is kept makes amount * (to - from - length) no less than 0 (Lagrange).
// Other parts of the tier cost what their variables are at least.
type dearness struct {
	tier  int
	terms map[int32]bool // variables of costs; looked up only
	lags  []amount
}

type amount struct {
	from, to int32
	much     int64
}

// dearness reads a flow lemma.
func (f *follower) dearness(w *proof.Witness) (*dearness, error) {
	if w.Index < 0 || w.Index >= int64(len(f.net.goal.tiers)) {
		return nil, fmt.Errorf("there is no tier %d", w.Index)
	}
	d := &dearness{tier: int(w.Index), terms: map[int32]bool{}}
	for _, id := range w.Terms {
		v, ok := f.vars[id]
		if !ok || f.net.goal.costs[v] == nil || d.terms[v] {
			return nil, fmt.Errorf("variable %d is no cost of a term, or twice", id)
		}
		d.terms[v] = true
	}
	for _, x := range w.Lags {
		from, ok := f.vars[x.From]
		to, ok2 := f.vars[x.To]
		if !ok || !ok2 || x.Amount <= 0 {
			return nil, fmt.Errorf("no amount is known from variable %d to %d", x.From, x.To)
		}
		d.lags = append(d.lags, amount{from, to, x.Amount})
	}
	return d, nil
}

// A heap of money: a sum of products that notes where it passes 2^60.
type heap struct {
	sum  int64
	over bool
}

func (h *heap) add(a, b int64) {
	hi, lo := bits.Mul64(magnitude(a), magnitude(b))
	if hi != 0 || lo > largestValue {
		h.over = true
		return
	}
	h.sum += a * b
	h.over = h.over || h.sum > largestValue || h.sum < -largestValue
}

// A spot is a point in time with what happens there: costs, and what lags carry in less
// what they carry out.
type spot struct {
	v     int32
	costs []spotCost
	net   heap
}

type spotCost struct {
	curve  curve
	off    int64
	factor int64
}

// tooDear says whether the tier costs more than its variable may be.
func (g *network) tooDear(d *dearness) bool {
	t := &g.goal.tiers[d.tier]
	total := heap{sum: t.whole.constant}
	var spots []spot
	at := map[int32]int{} // looked up only
	spotOf := func(v int32) *spot {
		i, ok := at[v]
		if !ok {
			i = len(spots)
			at[v] = i
			spots = append(spots, spot{v: v})
		}
		return &spots[i]
	}
	for _, p := range t.whole.parts {
		if !d.terms[p.v] {
			total.add(p.factor, g.lb[2*p.v])
			continue
		}
		r := g.goal.costs[p.v]
		if g.tasks[r.task].present >= 0 {
			return false // what it costs if it is absent is no matter of time
		}
		end := g.point(r.task, r.onEnd)
		v, off := g.same(end.lo)
		s := spotOf(v)
		s.costs = append(s.costs, spotCost{r.curve, off + end.off, p.factor})
	}
	for _, x := range d.lags {
		from, to, length, ok := g.apart(x.from, x.to)
		if !ok {
			return false
		}
		total.add(x.much, length)
		spotOf(from).net.add(x.much, -1)
		spotOf(to).net.add(x.much, 1)
	}
	for i := range spots {
		least, some, ok := spots[i].least(g)
		if !some {
			return true // there is no time for it
		}
		if total.add(least, 1); !ok {
			return false
		}
	}
	return !total.over && total.sum > -g.lb[2*t.v+1]
}

// least returns the least that the costs, less net times time, can be within the bounds: at
// one of them or where a piece of a curve begins or ends. Some is false where there is no time
// between the bounds, ok where the numbers are too large.
func (s *spot) least(g *network) (out int64, some, ok bool) {
	lo, hi := g.lb[2*s.v], -g.lb[2*s.v+1]
	if end, length, ok := g.twin(s.v); ok {
		lo, hi = max(lo, g.lb[2*end]-length), min(hi, -g.lb[2*end+1]-length)
	}
	for _, c := range s.costs {
		lo, hi = max(lo, -c.off), min(hi, c.curve.end()-c.off)
	}
	ok = !s.net.over
	try := func(x int64) {
		if x < lo || x > hi {
			return
		}
		h := heap{}
		for _, c := range s.costs {
			p := &c.curve[c.curve.find(x+c.off)]
			h.add(c.factor, p.at(x+c.off))
		}
		h.add(-s.net.sum, x)
		if ok = ok && !h.over; !some || h.sum < out {
			out, some = h.sum, true
		}
	}
	try(lo)
	try(hi)
	for _, c := range s.costs {
		for i := range c.curve {
			try(c.curve[i].from - c.off)
			try(c.curve[i].to - c.off)
		}
	}
	return out, some, ok
}

// same returns the point that v is always so much after: the start of a task, where v is
// its end and all modes that are left take as long; else v itself.
func (g *network) same(v int32) (int32, int64) {
	t := g.owner[v]
	if t < 0 || v == t || v != g.tasks[t].end {
		return v, 0
	}
	length := int64(-1)
	for _, k := range g.modesLeft(g.lb, int(t)) {
		m := &g.in.Tasks[t].Modes[k]
		if d := int64(m.Duration); pauses(m) || length >= 0 && d != length {
			return v, 0
		} else {
			length = d
		}
	}
	if length < 0 {
		return v, 0
	}
	return t, length
}

// twin returns the end of a task that is always so much after its start v.
func (g *network) twin(v int32) (end int32, length int64, ok bool) {
	t := g.owner[v]
	if t < 0 || v != t || g.tasks[t].end == t {
		return v, 0, false
	}
	u, length := g.same(g.tasks[t].end)
	return g.tasks[t].end, length, u == v
}

// apart returns how much after one point another is at least, by a lag or an order that
// the bounds decide, and what the points are the same as. Optional tasks have no points.
func (g *network) apart(a, b int32) (from, to int32, length int64, ok bool) {
	from, _ = g.same(a)
	to, _ = g.same(b)
	raw := []int32{from}
	if end, _, ok := g.twin(from); ok {
		raw = append(raw, end)
	}
	for _, v := range []int32{from, to} {
		if t := g.owner[v]; t >= 0 && g.tasks[t].present >= 0 {
			return from, to, 0, false
		}
	}
	for _, u := range raw {
		_, after := g.same(u)
		for _, x := range g.arcs[2*u] {
			if x.to&1 == 1 || !g.holds(x.cond[0]) || !g.holds(x.cond[1]) {
				continue
			}
			v, off := g.same(x.to >> 1)
			if w := x.w + after - off; v == to && (!ok || w > length) {
				length, ok = w, true
			}
		}
	}
	return from, to, length, ok
}
