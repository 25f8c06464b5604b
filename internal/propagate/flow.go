package propagate

import "github.com/slackwater-go/slackwater/internal/cp"

// Flow keeps a total above what its parts cost when tasks keep their lags, and the orders
// that were decided, but may overlap: the least of a sum of convex costs of points in
// time, by the flow dual to it (see [Circulation]; Vanhoucke, Demeulemeester and
// Herroelen 2001 bound earliness and tardiness by the same relaxation).
//
// A flow adds up lags, orders and bounds to the bound of the total, so those that carry
// flow are the reason. What a bound of a start has in excess of the need weakens it there.
// Where the total may grow by no more than some slack, a start stays where the flow says
// that it costs no more than that (reduced costs).
//
// It looks at every bound of a start and every order that holds, and costs, beyond that,
// a few shortest paths for each that changed. A gate closes where little comes of it.
type Flow struct {
	// Always keeps the gate open; Asleep keeps it shut but at the root.
	Always, Asleep bool

	src      cp.Source
	total    cp.Var
	constant int64
	rest     []Addend // what is no curve: counts at its lower bound
	lags     *Lags
	nodes    []cp.Var // by node, from 1
	lo, hi   []int32  // the arcs of their bounds
	kinks    [][]int32
	net      *Circulation
	orders   []flowOrder
	on       []int32 // orders that hold
	fresh    []int32 // orders that may hold since
	ends     []bend
	id       cp.PropID
	throttle
}

// A flowOrder is an arc that has conditions.
type flowOrder struct {
	arc   int32 // of the circulation
	lag   int32 // of the lags
	from  int32
	to    int32
	w     int64
	on    bool
	fresh bool
}

// flowMost bounds the products that a flow calculates with.
const flowMost = 1 << 58

// NewFlow returns the rule for total >= constant + rest + convex, or nil where no lag
// ties the points together, where all costs grow with time, or fall, so that they are least
// at the bounds of the points anyway, or where its arithmetic could overflow. All lags between points
// that every solution has count, with and without conditions; those added later do not.
func NewFlow(s *cp.Store, lags *Lags, src cp.Source, total cp.Var, constant int64, rest []Addend, convex []Convex) *Flow {
	f := &Flow{src: src, total: total, constant: constant, rest: rest, lags: lags, nodes: []cp.Var{-1}}
	node := map[cp.Var]int32{} // looked up only
	include := func(v cp.Var) bool {
		if v&1 == 1 || lags.last[v] != cp.Far {
			return false
		}
		if _, ok := node[v]; !ok {
			node[v] = int32(len(f.nodes))
			f.nodes = append(f.nodes, v)
		}
		return true
	}
	for _, x := range convex {
		if !include(x.Var) {
			return nil
		}
	}
	tied := false
	for i := range lags.arcs {
		if a := &lags.arcs[i]; a.from&1 == 0 && a.to&1 == 0 && include(a.from) && include(a.to) {
			tied = true
		}
	}
	if !tied {
		return nil
	}
	f.net = NewCirculation(len(f.nodes))
	f.lo, f.hi, f.kinks = make([]int32, len(f.nodes)), make([]int32, len(f.nodes)), make([][]int32, len(f.nodes))
	far, caps, falls, grows := int64(1), int64(0), false, false
	for v := 1; v < len(f.nodes); v++ {
		x := f.nodes[v]
		far = max(far, s.Upper(x), -s.Lower(x))
		f.lo[v] = f.net.Add(0, v, s.Lower(x), cp.Far)
		f.hi[v] = f.net.Add(v, 0, -s.Upper(x), cp.Far)
	}
	for _, x := range convex {
		least, down, up, ok := x.Curve.bends()
		if !ok {
			return nil
		}
		f.constant += x.Factor * least
		falls, grows = falls || len(down) > 0, grows || len(up) > 0
		v := node[x.Var]
		for _, b := range down {
			if exceeds(x.Factor, b.by, flowMost) {
				return nil
			}
			caps = min(flowMost, caps+x.Factor*b.by)
			f.kinks[v] = append(f.kinks[v], f.net.Add(0, int(v), b.at-x.Off, x.Factor*b.by))
		}
		for _, b := range up {
			if exceeds(x.Factor, b.by, flowMost) {
				return nil
			}
			caps = min(flowMost, caps+x.Factor*b.by)
			f.kinks[v] = append(f.kinks[v], f.net.Add(int(v), 0, x.Off-b.at, x.Factor*b.by))
		}
	}
	for i := range lags.arcs {
		a := &lags.arcs[i]
		if a.from&1 == 1 || a.to&1 == 1 {
			continue
		}
		from, ok := node[a.from]
		to, ok2 := node[a.to]
		if !ok || !ok2 || from == to {
			continue
		}
		far = max(far, a.w, -a.w)
		if a.first.Var < 0 {
			f.net.Add(int(from), int(to), a.w, cp.Far)
			continue
		}
		f.orders = append(f.orders, flowOrder{arc: f.net.addOff(int(from), int(to), a.w, cp.Far), lag: int32(i), from: from, to: to, w: a.w})
	}
	if !falls || !grows || caps >= flowMost || exceeds(caps, 16*(far+1), flowMost) {
		return nil
	}
	return f
}

// Post watches the variables.
func (f *Flow) Post(s *cp.Store) {
	f.id = s.Post(f, cp.Slowest)
	for v := 1; v < len(f.nodes); v++ {
		s.Watch(f.nodes[v], f.id, -1)
		s.Watch(f.nodes[v]^1, f.id, -1)
	}
	s.Watch(f.total^1, f.id, -1)
	for _, t := range f.rest {
		s.Watch(t.Var, f.id, -1)
	}
	for i := range f.orders {
		f.each(&f.orders[i], func(c cp.Atom) { s.Watch(c.Var, f.id, int32(i)) })
	}
}

// each calls do with the conditions of an order.
func (f *Flow) each(o *flowOrder, do func(cp.Atom)) {
	a := &f.lags.arcs[o.lag]
	do(a.first)
	for _, c := range a.more {
		do(c)
	}
}

// holds says whether the conditions of an order do.
func (f *Flow) holds(s *cp.Store, o *flowOrder) bool {
	a := &f.lags.arcs[o.lag]
	if !s.Holds(a.first) {
		return false
	}
	for _, c := range a.more {
		if !s.Holds(c) {
			return false
		}
	}
	return true
}

// Propagate fails where the total has to pass its upper bound, keeps starts where it
// does not, and raises the total at the root.
func (f *Flow) Propagate(s *cp.Store, moved []int32, all bool) bool {
	if all {
		for i := range f.orders {
			f.note(int32(i))
		}
	}
	for _, i := range moved {
		if i >= 0 {
			f.note(i)
		}
	}
	if !all && !f.Always && s.Level() > 0 && (f.Asleep || f.closed()) {
		return true
	}
	before := s.Pushes
	ok := f.look(s)
	f.count(!ok || s.Pushes != before)
	return ok
}

func (f *Flow) note(i int32) {
	if o := &f.orders[i]; !o.on && !o.fresh {
		o.fresh = true
		f.fresh = append(f.fresh, i)
	}
}

// look brings the flow up to date, and draws conclusions.
func (f *Flow) look(s *cp.Store) bool {
	rest := f.constant
	for _, t := range f.rest {
		rest += t.Factor * s.Lb[t.Var]
	}
	f.sync(s)
	most := s.Upper(f.total)
	work := f.net.Work
	ok := f.settle(most - rest)
	s.Work += f.net.Work - work + int64(len(f.nodes)+len(f.on)+len(f.rest))/4
	if !ok {
		return true
	}
	value := rest + f.net.Value()
	switch {
	case value > most:
		f.because(s)
		s.Premise(f.total^1, s.Lb[f.total^1])
		f.explain(s, value-most-1)
		return s.Fail(s.Reason())
	case value > s.Lb[f.total] && s.Level() == 0:
		f.because(s)
		f.explain(s, 0)
		if !s.PushTold(f.total, value, s.Reason()) {
			return false
		}
	}
	return f.reduce(s, most-value)
}

// sync tells the flow what changed.
func (f *Flow) sync(s *cp.Store) {
	for v := 1; v < len(f.nodes); v++ {
		x := f.nodes[v]
		f.net.Stretch(f.lo[v], s.Lb[x])
		f.net.Stretch(f.hi[v], s.Lb[x^1])
	}
	kept := f.on[:0]
	for _, i := range f.on {
		if o := &f.orders[i]; f.holds(s, o) {
			kept = append(kept, i)
		} else {
			o.on = false
			f.net.Switch(o.arc, false)
		}
	}
	f.on = kept
	for _, i := range f.fresh {
		o := &f.orders[i]
		if o.fresh = false; !o.on && f.holds(s, o) {
			o.on = true
			f.on = append(f.on, i)
		}
	}
	f.fresh = f.fresh[:0]
}

// flowWork bounds the effort of one call.
const flowWork = 1 << 26

// settle finds the largest flow, or one that passes enough. Orders take part as soon as
// the points break them.
func (f *Flow) settle(enough int64) bool {
	for {
		if !f.net.Settle(enough, flowWork) {
			return false
		}
		if f.net.Value() > enough {
			return true
		}
		some := false
		for _, i := range f.on {
			o := &f.orders[i]
			if a := &f.net.arcs[o.arc]; !a.on && f.net.at[o.to]-f.net.at[o.from] < o.w {
				f.net.Switch(o.arc, true)
				some = true
			}
		}
		if !some {
			return true
		}
	}
}

// because starts a reason. A sink is told the flow: from where to where, and how much.
func (f *Flow) because(s *cp.Store) {
	if s.Sink == nil {
		s.Because(f.src, cp.RuleFlow)
		return
	}
	var seen []cp.Atom
	for i := range f.net.arcs {
		if a := &f.net.arcs[i]; a.now > 0 && a.from > 0 && a.to > 0 {
			seen = append(seen, cp.Atom{Bound: a.now, Var: f.nodes[a.from]}, cp.Atom{Var: f.nodes[a.to]})
		}
	}
	s.BecauseSeen(f.src, cp.RuleFlow, seen...)
}

// explain adds what carries flow, weakened by up to spare in total.
func (f *Flow) explain(s *cp.Store, spare int64) {
	for _, t := range f.rest {
		spare = premise(s, t.Var, t.Factor, spare)
	}
	for v := 1; v < len(f.nodes); v++ {
		spare = premise(s, f.nodes[v], f.net.Flow(f.lo[v]), spare)
		spare = premise(s, f.nodes[v]^1, f.net.Flow(f.hi[v]), spare)
	}
	for _, i := range f.on {
		if o := &f.orders[i]; f.net.Flow(o.arc) > 0 {
			f.each(o, func(c cp.Atom) { s.Premise(c.Var, c.Bound) })
		}
	}
}

// premise adds the bound of v, of which factor times as much counts, weakened by up to
// spare, and returns what is left of that.
func premise(s *cp.Store, v cp.Var, factor, spare int64) int64 {
	if factor == 0 {
		return spare
	}
	less := int64(0)
	if over := s.Lb[v] - s.Trail[v].Bound; over > 0 && spare > 0 {
		if !exceeds(factor, over, spare) {
			less = over
		} else {
			less = spare / factor
		}
	}
	if s.Lb[v]-less > s.Trail[v].Bound || s.Sink != nil {
		s.Premise(v, s.Lb[v]-less)
	}
	return spare - less*factor
}
