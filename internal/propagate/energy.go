package propagate

import (
	"github.com/slackwater-go/slackwater/internal/cp"
)

// A Load is a task's use of one resource, over all its modes: from Start to End+EndOff,
// while If holds.
type Load struct {
	Start, End cp.Var
	EndOff     int64
	If         cp.Atom // Var -1: always
	// Last is the last start, of an optional task that is absent when it starts later.
	// Far otherwise.
	Last int64
	Ways []LoadWay
	// Loose says that the task may give the resource back for a while: it takes its
	// energy between start and end, but nobody knows when.
	Loose bool
}

// A LoadWay is what one mode takes, while On holds: Demand for at least Length.
type LoadWay struct {
	On             cp.Atom // Var -1: the only mode
	Length, Demand int64
}

func (w *LoadWay) energy() int64 { return w.Length * w.Demand }

// Energetic keeps the energy that tasks need within each window of time at or below what
// the resource gives: time-table edge-finding (Vilím 2011), explained (Schutt, Feydy and
// Stuckey 2013).
//
// A window [a, b) goes from an earliest start to a latest end. It holds the compulsory
// parts of all tasks within it, the whole of each task that lies in it, and of a task
// that starts in it and may end later what is left when it starts as late as it may.
// When that is too much, the rule fails. When a task that starts in the window would,
// from its earliest start on, take more than is left, it starts later. When a mode, or
// an optional task, would take more than is left, it goes.
//
// A task with several modes needs at least the least of the modes that are left, and
// the explanation names the modes that are not. All is looked at forwards and, on
// negated variables, backwards, in O(n²). A gate closes for long where little comes
// of it.
type Energetic struct {
	// Always keeps the gate open; Asleep keeps it shut but at the root.
	Always, Asleep bool

	src   cp.Source
	loads []Load
	caps  []Level
	sums  []int64 // what the resource gives from caps[0].From to each level
	sides [2][]point
	order [2]orders
	read
	stakes []stake
	throttle
}

// point is a task seen forwards or backwards: its start is at least Lb[s]-g, its end at
// least Lb[e]+h, and at most the same of the negations, negated.
type point struct {
	s, e cp.Var
	g, h int64
}

// orders are the tasks by their windows, nearly sorted from one call to the next.
type orders struct{ est, lct, lst, ect []int32 }

// read is what the tasks look like in the present call, seen from one side.
type read struct {
	mirror             bool
	pts                []point
	est, ect, lst, lct []int64
	length, demand     []int64 // the least over the modes left
	energy, most       []int64 // and the least and the most of their product
	sure, live         []bool  // it takes place; it may
	ttEst, ttLct       []int64 // compulsory energy before est and lct of each task
	capEst, capLct     []int64 // and what the resource gives before them
}

// NewEnergetic returns the rule, or nil where its arithmetic could overflow. Caps is
// sorted; no task ends after far.
func NewEnergetic(src cp.Source, loads []Load, caps []Level, far int64) *Energetic {
	const most = 1 << 60
	e := &Energetic{src: src, loads: loads, caps: caps}
	total := int64(0)
	for i := range loads {
		l := &loads[i]
		for k := range l.Ways {
			w := &l.Ways[k]
			if w.Demand > 0 && w.Length > most/int64(len(loads)+1)/w.Demand {
				return nil
			}
		}
		e.sides[0] = append(e.sides[0], point{l.Start, l.End, 0, l.EndOff})
		e.sides[1] = append(e.sides[1], point{l.End ^ 1, l.Start ^ 1, l.EndOff, 0})
	}
	for k, c := range caps {
		e.sums = append(e.sums, total)
		until := far
		if k+1 < len(caps) {
			until = min(far, caps[k+1].From)
		}
		if long := max(0, until-c.From); long > 0 {
			if c.Cap > most/long || total > most-c.Cap*long {
				return nil
			}
			total += c.Cap * long
		}
	}
	n := len(loads)
	for _, a := range []*[]int64{&e.est, &e.ect, &e.lst, &e.lct, &e.length, &e.demand, &e.energy, &e.most, &e.ttEst, &e.ttLct, &e.capEst, &e.capLct} {
		*a = make([]int64, n)
	}
	e.sure, e.live = make([]bool, n), make([]bool, n)
	for k := range e.order {
		o := &e.order[k]
		for i := range n {
			o.est = append(o.est, int32(i))
		}
		o.lct = append(o.lct, o.est...)
		o.lst = append(o.lst, o.est...)
		o.ect = append(o.ect, o.est...)
	}
	return e
}

// Post watches the variables.
func (e *Energetic) Post(s *cp.Store) cp.PropID {
	id := s.Post(e, cp.Slowest)
	for i := range e.loads {
		l := &e.loads[i]
		for _, v := range []cp.Var{l.Start, l.Start ^ 1, l.End, l.End ^ 1} {
			if v>>1 != l.Start>>1 || v == l.Start || v == l.Start^1 {
				s.Watch(v, id, 0)
			}
		}
		if l.If.Var >= 0 && l.If.Var>>1 != l.Start>>1 {
			s.Watch(l.If.Var, id, 0)
		}
		for k := range l.Ways {
			if f := l.Ways[k].On; f.Var >= 0 && f != l.If {
				s.Watch(f.Var^1, id, 0)
			}
		}
	}
	return id
}

// Propagate looks at all windows, both ways.
func (e *Energetic) Propagate(s *cp.Store, _ []int32, all bool) bool {
	if !all && !e.Always && (e.Asleep && s.Level() > 0 || e.closed()) {
		return true
	}
	before := s.Pushes
	ok := e.side(s, 0) && e.side(s, 1)
	e.count(!ok || s.Pushes != before)
	return ok
}

func (e *Energetic) side(s *cp.Store, k int) bool {
	e.mirror, e.pts = k == 1, e.sides[k]
	if !e.look(s) {
		return true
	}
	e.prefix(&e.order[k])
	s.Work += int64(12 * len(e.loads))
	return e.sweep(s, &e.order[k])
}

// look reads the tasks; false if none surely takes place.
func (e *Energetic) look(s *cp.Store) bool {
	some := false
	for i := range e.loads {
		l, p := &e.loads[i], &e.pts[i]
		e.sure[i] = l.If.Var < 0 || s.Holds(l.If)
		e.live[i] = e.sure[i] || !e.mirror && l.Last != cp.Far && !s.Fails(l.If)
		e.est[i], e.lst[i] = s.Lb[p.s]-p.g, -s.Lb[p.s^1]-p.g
		e.ect[i], e.lct[i] = s.Lb[p.e]+p.h, p.h-s.Lb[p.e^1]
		length, demand, energy, most := int64(cp.Far), int64(cp.Far), int64(cp.Far), int64(0)
		for k := range l.Ways {
			w := &l.Ways[k]
			if w.On.Var >= 0 && w.On != l.If && s.Fails(w.On) {
				continue
			}
			length, demand = min(length, w.Length), min(demand, w.Demand)
			energy, most = min(energy, w.energy()), max(most, w.energy())
		}
		if length == cp.Far { // no mode is left: others will tell
			length, demand, energy, e.sure[i], e.live[i] = 0, 0, 0, false, false
		}
		e.length[i], e.demand[i], e.energy[i], e.most[i] = length, demand, energy, most
		if !e.sure[i] && e.live[i] {
			e.lst[i] = min(e.lst[i], l.Last)
			e.lct[i] = e.lst[i] + length
			e.live[i] = len(l.Ways) == 1 && l.End == l.Start
		}
		some = some || e.sure[i] && most > 0
	}
	return some
}

// sortBy sorts by key; it is quick where little changed.
func sortBy(a []int32, key []int64) {
	for i := 1; i < len(a); i++ {
		x := a[i]
		k := key[x]
		j := i
		for j > 0 && key[a[j-1]] > k {
			a[j] = a[j-1]
			j--
		}
		a[j] = x
	}
}

// compulsory says whether task i surely runs at some time.
func (e *Energetic) compulsory(i int32) bool {
	return e.sure[i] && e.lst[i] < e.ect[i] && e.demand[i] > 0 && !e.loads[i].Loose
}

// prefix works out, for each task, the compulsory energy and the supply before its
// earliest start and before its latest end.
func (e *Energetic) prefix(o *orders) {
	sortBy(o.est, e.est)
	sortBy(o.lct, e.lct)
	sortBy(o.lst, e.lst)
	sortBy(o.ect, e.ect)
	ia, ie, iq, ir := 0, 0, 0, 0
	n := len(e.loads)
	use, sum, last := int64(0), int64(0), int64(0)
	for iq < n || ir < n {
		at := int64(cp.Far)
		if iq < n {
			at = e.est[o.est[iq]]
		}
		if ir < n {
			at = min(at, e.lct[o.lct[ir]])
		}
		for {
			next := at
			for ia < n && !e.compulsory(o.lst[ia]) {
				ia++
			}
			for ie < n && !e.compulsory(o.ect[ie]) {
				ie++
			}
			if ia < n {
				next = min(next, e.lst[o.lst[ia]])
			}
			if ie < n {
				next = min(next, e.ect[o.ect[ie]])
			}
			sum += use * (next - last)
			last = next
			moved := false
			for ; ia < n && e.lst[o.lst[ia]] <= next; ia++ {
				if e.compulsory(o.lst[ia]) {
					use += e.demand[o.lst[ia]]
					moved = true
				}
			}
			for ; ie < n && e.ect[o.ect[ie]] <= next; ie++ {
				if e.compulsory(o.ect[ie]) {
					use -= e.demand[o.ect[ie]]
					moved = true
				}
			}
			if next == at && !moved {
				break
			}
		}
		supply := e.supply(at)
		for ; iq < n && e.est[o.est[iq]] == at; iq++ {
			e.ttEst[o.est[iq]], e.capEst[o.est[iq]] = sum, supply
		}
		for ; ir < n && e.lct[o.lct[ir]] == at; ir++ {
			e.ttLct[o.lct[ir]], e.capLct[o.lct[ir]] = sum, supply
		}
	}
}

// supply is what the resource gives before t, seen from the present side.
func (e *Energetic) supply(t int64) int64 {
	if e.mirror {
		return -e.before(-t)
	}
	return e.before(t)
}

func (e *Energetic) before(t int64) int64 {
	lo, hi := 0, len(e.caps)
	for lo < hi {
		m := int(uint(lo+hi) >> 1)
		if e.caps[m].From <= t {
			lo = m + 1
		} else {
			hi = m
		}
	}
	k := max(0, lo-1)
	return e.sums[k] + e.caps[k].Cap*(t-e.caps[k].From)
}

// within is the energy that task i, which starts in a window that ends at b, needs of
// it, and how much of that its compulsory part is.
func (e *Energetic) within(i int32, b int64) (all, part int64) {
	switch {
	case e.lct[i] <= b:
		all = e.energy[i]
	case e.lst[i] < b && !e.loads[i].Loose:
		all = e.demand[i] * min(e.length[i], b-e.lst[i])
	}
	if e.lst[i] < e.ect[i] && e.lst[i] < b && !e.loads[i].Loose {
		part = e.demand[i] * (min(e.ect[i], b) - e.lst[i])
	}
	return all, part
}

// taken is what task i takes, of what a window that ends at b needs.
func (e *Energetic) taken(i int32, b int64) int64 {
	all, part := e.within(i, b)
	return max(all, part)
}

// sweep walks, for each latest end b, over the earliest starts from the last down.
func (e *Energetic) sweep(s *cp.Store, o *orders) bool {
	n := len(e.loads)
	some := false
	for y, end := range o.lct {
		b := e.lct[end]
		some = some || e.sure[end]
		if y+1 < n && e.lct[o.lct[y+1]] == b || !some {
			continue
		}
		some = false
		load := int64(0)
		late, lateBy := int32(-1), int64(0) // who would take most more, from its earliest start on
		wide, wideBy := int32(-1), int64(0) // and in another mode, or at all
		for x := n - 1; x >= 0; x-- {
			i := o.est[x]
			a := e.est[i]
			if a >= b || !e.live[i] {
				if a >= b || x == 0 || e.est[o.est[x-1]] == a || load == 0 {
					continue
				}
			} else {
				all, part := int64(0), int64(0)
				if e.sure[i] {
					all, part = e.within(i, b)
					load += max(0, all-part)
				}
				if e.lct[i] > b {
					if !e.loads[i].Loose {
						if by := e.demand[i]*min(e.length[i], b-a) - max(all, part); by > lateBy {
							late, lateBy = i, by
						}
					}
				} else if by := e.most[i] - max(all, part); by > wideBy {
					wide, wideBy = i, by
				}
			}
			if x > 0 && e.est[o.est[x-1]] == a {
				continue
			}
			s.Work++
			need := e.ttLct[end] - e.ttEst[i] + load
			supply := e.capLct[end] - e.capEst[i]
			if need > supply {
				return e.overload(s, a, b, supply)
			}
			if lateBy > supply-need {
				if !e.later(s, late, a, b, supply, need) {
					return false
				}
				late, lateBy = -1, 0
			}
			if wideBy > supply-need {
				if !e.narrow(s, wide, a, b, supply, need) {
					return false
				}
				wide, wideBy = -1, 0
			}
		}
	}
	return true
}

// later moves task i, which starts in [a, b), to where it takes no more of the window
// than is left.
func (e *Energetic) later(s *cp.Store, i int32, a, b, supply, need int64) bool {
	if e.sure[i] {
		need -= e.taken(i, b)
	}
	left := (supply - need) / e.demand[i] // time that it may spend in the window
	to := b - left
	if l := &e.loads[i]; !e.mirror && l.Last != cp.Far {
		to = min(to, l.Last+1)
	}
	p := &e.pts[i]
	if to+p.g <= s.Lb[p.s] {
		return true
	}
	e.because(s, a, b)
	s.Premise(p.s, a+left+1-e.length[i]+p.g)
	e.least(s, i, e.length[i], e.demand[i], 0)
	if e.mirror || e.loads[i].Last == cp.Far {
		e.condition(s, i)
	}
	e.window(s, a, b, supply-e.demand[i]*(left+1), i)
	return s.PushTold(p.s, to+p.g, s.Reason())
}

// narrow drops the modes of task i, which lies in [a, b), that would take more of the
// window than is left, or makes it absent.
func (e *Energetic) narrow(s *cp.Store, i int32, a, b, supply, need int64) bool {
	l, p := &e.loads[i], &e.pts[i]
	if e.sure[i] {
		need -= e.taken(i, b)
	}
	for k := range l.Ways {
		w := &l.Ways[k]
		absent := w.On.Var < 0 || w.On == l.If
		if absent && e.sure[i] || need+w.energy() <= supply || !absent && s.Fails(w.On) {
			continue
		}
		e.because(s, a, b)
		s.Premise(p.s, a+p.g)
		if !absent {
			s.Premise(p.e^1, p.h-b)
		}
		e.window(s, a, b, supply-w.energy(), i)
		if absent {
			if !s.PushTold(l.Start, l.Last+1, s.Reason()) {
				return false
			}
		} else if !s.PushTold(w.On.Var^1, 1-w.On.Bound, s.Reason()) {
			return false
		}
	}
	return true
}

// overload fails: the tasks need more of [a, b) than the resource gives.
func (e *Energetic) overload(s *cp.Store, a, b, supply int64) bool {
	e.because(s, a, b)
	e.window(s, a, b, supply, -1)
	return s.Fail(s.Reason())
}
