package propagate

import (
	"cmp"
	"slices"

	"github.com/slackwater-go/slackwater/internal/cp"
)

// reduce keeps each start where it costs no more than slack beyond the flow.
func (f *Flow) reduce(s *cp.Store, slack int64) bool {
	if len(f.net.dirty) > 0 {
		return true
	}
	for v := 1; v < len(f.nodes); v++ {
		if s.Fixed(f.nodes[v]) {
			continue
		}
		for side := range int64(2) {
			x := f.nodes[v] ^ cp.Var(side)
			to, spare, ok := f.reach(v, 1-2*side, slack)
			if !ok || to >= s.Upper(x) {
				continue
			}
			f.because(s)
			s.Premise(f.total^1, s.Lb[f.total^1])
			f.explain(s, spare)
			if !s.PushTold(x^1, -to, s.Reason()) {
				return false
			}
		}
	}
	return true
}

// reach returns how far node v gets, upwards or, negated, downwards, for slack, and what
// one step further would cost beyond that, less one. False: as far as it may.
//
// At a point a cost is the flow's, plus for each arc at node 0 its flow times its slack, or
// what it has room for times what it is short: nothing on the side of the arc's end where
// the point is, as all arcs are in kilter.
func (f *Flow) reach(v int, way, slack int64) (to, spare int64, ok bool) {
	at := way * f.net.Time(v)
	f.ends = f.ends[:0]
	end := func(id int32) {
		a := &f.net.arcs[id]
		x, rate := a.length, a.now
		if a.from != 0 {
			x = -x
		}
		if (a.from == 0) != (way > 0) {
			rate = room(a)
		}
		if x *= way; x >= at && rate > 0 && rate < cp.Far {
			f.ends = append(f.ends, bend{x, rate})
		}
	}
	end(f.lo[v])
	end(f.hi[v])
	for _, id := range f.kinks[v] {
		end(id)
	}
	slices.SortFunc(f.ends, func(a, b bend) int { return cmp.Compare(a.at, b.at) })
	rate, cost := int64(0), int64(0) // beyond to, and up to it
	for _, e := range f.ends {
		if rate > 0 && (slack-cost)/rate < e.at-to {
			break
		}
		cost += rate * (e.at - to)
		to, rate = e.at, rate+e.by
	}
	if rate == 0 {
		return 0, 0, false
	}
	more := (slack - cost) / rate
	return to + more, cost + rate*(more+1) - slack - 1, true
}

// A Slack is how much later than To - From >= Length a point is, times Factor.
type Slack struct {
	From, To cp.Var
	Length   int64
	Factor   int64
}

// Split returns what the total is the sum of at least, given the present flow: a constant,
// the rest, what each point costs beyond it, and the slack of the lags that carry flow. All
// of them are 0 at least (reduced costs). It belongs to the root, whose bounds and orders
// the flow may not have seen since it followed a search.
func (f *Flow) Split(s *cp.Store) (constant int64, rest []Addend, points []Convex, slack []Slack, ok bool) {
	f.sync(s)
	if !f.settle(cp.Far) || len(f.net.dirty) > 0 {
		return 0, nil, nil, nil, false
	}
	for v := 1; v < len(f.nodes); v++ {
		lo, hi := s.Lower(f.nodes[v]), s.Upper(f.nodes[v])
		cost := func(x int64) int64 { return f.beyond(v, x) }
		at := []int64{lo, hi}
		for _, id := range f.kinks[v] {
			a := &f.net.arcs[id]
			x := a.length
			if a.from != 0 {
				x = -x
			}
			if lo < x && x < hi {
				at = append(at, x)
			}
		}
		slices.Sort(at)
		at = slices.Compact(at)
		c := &Curve{}
		for i, x := range at[1:] {
			from := at[i]
			c.parts = append(c.parts, part{from, x - 1, cost(from), (cost(x) - cost(from)) / (x - from)})
		}
		c.parts = append(c.parts, part{hi, hi, cost(hi), 0})
		c.index()
		if c.Max() > 0 {
			points = append(points, Convex{Var: f.nodes[v], Factor: 1, Curve: c})
		}
	}
	for i := range f.net.arcs {
		if a := &f.net.arcs[i]; a.now > 0 && a.from > 0 && a.to > 0 {
			slack = append(slack, Slack{f.nodes[a.from], f.nodes[a.to], a.length, a.now})
		}
	}
	return f.constant + f.net.Value(), f.rest, points, slack, true
}

// beyond returns what a point of node v costs beyond the flow, within its bounds.
func (f *Flow) beyond(v int, x int64) int64 {
	cost := int64(0)
	add := func(id int32) {
		a := &f.net.arcs[id]
		short := a.length - x
		if a.from != 0 {
			short = a.length + x
		}
		if short <= 0 {
			cost -= a.now * short
		} else if a.limit < cp.Far {
			cost += (a.limit - a.now) * short
		}
	}
	add(f.lo[v])
	add(f.hi[v])
	for _, id := range f.kinks[v] {
		add(id)
	}
	return cost
}
