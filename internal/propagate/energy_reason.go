package propagate

import (
	"slices"

	"github.com/slackwater-go/slackwater/internal/cp"
)

// stake is what one task needs of a window, for an explanation.
type stake struct {
	task   int32
	must   bool // it is its compulsory part, else all that it needs
	energy int64
	time   int64 // the energy as time at the least demand; 0 if it is that of the modes
	cost   int   // facts that it takes
}

// because starts the reason of what the window [a, b) says.
func (e *Energetic) because(s *cp.Store, a, b int64) {
	if e.mirror {
		a, b = -b, -a
	}
	s.BecauseWithin(e.src, cp.RuleEnergy, a, b)
}

// window adds facts by which the tasks but skip need more than limit of [a, b). What
// they need too much pays for leaving tasks out, the small ones first, and then for
// weaker facts.
func (e *Energetic) window(s *cp.Store, a, b, limit int64, skip int32) {
	e.stakes = e.stakes[:0]
	spare := -limit - 1
	for i := range e.loads {
		if p := e.share(s, int32(i), a, b); p.energy > 0 && p.task != skip {
			e.stakes = append(e.stakes, p)
			spare += p.energy
		}
	}
	s.Work += int64(len(e.loads))
	slices.SortFunc(e.stakes, func(x, y stake) int {
		switch {
		case x.energy < y.energy:
			return -1
		case x.energy > y.energy:
			return 1
		}
		return int(x.task - y.task)
	})
	kept := e.stakes[:0]
	for _, p := range e.stakes {
		if p.cost > 0 && p.energy <= spare {
			spare -= p.energy
			continue
		}
		kept = append(kept, p)
	}
	for k := range kept {
		spare -= e.name(s, &kept[k], a, b, spare)
	}
}

// share works out what task i needs of [a, b), by the cheaper of two explanations.
func (e *Energetic) share(s *cp.Store, i int32, a, b int64) stake {
	p := stake{task: i}
	if !e.sure[i] {
		return p
	}
	loose := e.loads[i].Loose
	if lo, hi := max(e.lst[i], a), min(e.ect[i], b); lo < hi && !loose && e.demand[i] > 0 {
		p.must, p.time = true, hi-lo
		p.energy = e.demand[i] * p.time
		p.cost = e.open(s, e.pts[i].s^1, -lo-e.pts[i].g) + e.open(s, e.pts[i].e, hi-e.pts[i].h) + e.conditions(s, i)
	}
	if e.est[i] < a {
		return p
	}
	all, _ := e.within(i, b)
	if all == 0 || all < p.energy {
		return p
	}
	q := stake{task: i, energy: all, cost: e.conditions(s, i)}
	if e.lct[i] > b || all == e.demand[i]*e.length[i] && b-e.lst[i] >= e.length[i] && !loose {
		q.time = min(e.length[i], b-e.lst[i])
		q.cost += e.open(s, e.pts[i].s, a+q.time-e.length[i]+e.pts[i].g) + e.open(s, e.pts[i].s^1, q.time-b-e.pts[i].g)
	} else {
		q.cost += e.open(s, e.pts[i].s, a+e.pts[i].g) + e.open(s, e.pts[i].e^1, e.pts[i].h-b)
	}
	if all > p.energy || q.cost < p.cost {
		return q
	}
	return p
}

// open is 1 if v >= b is no fact of the root.
func (e *Energetic) open(s *cp.Store, v cp.Var, b int64) int {
	if s.Trail[v].Bound < b {
		return 1
	}
	return 0
}

// conditions counts facts that say that task i takes place, and how.
func (e *Energetic) conditions(s *cp.Store, i int32) int {
	l := &e.loads[i]
	n := 0
	if l.If.Var >= 0 && !s.HoldsAtRoot(l.If) {
		n++
	}
	if len(l.Ways) > 1 {
		n++
	}
	return n
}

// name adds the facts of a stake, weakened by up to spare energy. It returns what it
// used of that.
//
// A task that spends some time in the window does so if it starts no later than that
// time before b, and no earlier than lets that much of it reach past a. So a unit of
// time less moves both facts.
func (e *Energetic) name(s *cp.Store, p *stake, a, b, spare int64) int64 {
	i := p.task
	pt := &e.pts[i]
	e.condition(s, i)
	switch {
	case p.must:
		lo, hi := max(e.lst[i], a), min(e.ect[i], b)
		s.Premise(pt.s^1, -lo-pt.g)
		s.Premise(pt.e, hi-pt.h)
		e.least(s, i, 0, e.demand[i], 0)
		return 0
	case p.time == 0:
		s.Premise(pt.s, a+pt.g)
		s.Premise(pt.e^1, pt.h-b)
		e.least(s, i, 0, 0, e.energy[i])
		return 0
	}
	less := int64(0)
	if p.cost > 0 {
		less = min(spare/e.demand[i], p.time-1)
	}
	t := p.time - less
	s.Premise(pt.s, a+t-e.length[i]+pt.g)
	s.Premise(pt.s^1, t-b-pt.g)
	e.least(s, i, e.length[i], e.demand[i], 0)
	return less * e.demand[i]
}

// condition adds that task i takes place.
func (e *Energetic) condition(s *cp.Store, i int32) {
	if f := e.loads[i].If; f.Var >= 0 {
		s.Premise(f.Var, f.Bound)
	}
}

// least adds that the modes of task i that take less than this are out.
func (e *Energetic) least(s *cp.Store, i int32, length, demand, energy int64) {
	l := &e.loads[i]
	for k := range l.Ways {
		w := &l.Ways[k]
		if w.On.Var >= 0 && w.On != l.If && (w.Length < length || w.Demand < demand || w.energy() < energy) {
			s.Premise(w.On.Var^1, 1-w.On.Bound)
		}
	}
}

// A throttle has a costly rule run always while it pays, and ever less often while it
// does not.
type throttle struct {
	runs, hits int64 // of late
	skip, step int64
}

const (
	throttleBlock = 64
	throttleMost  = 1 << 10
)

// closed says whether to leave this call out.
func (t *throttle) closed() bool {
	if t.skip > 0 {
		t.skip--
		return true
	}
	return false
}

// count notes whether a call found something.
func (t *throttle) count(hit bool) {
	t.runs++
	if hit {
		t.hits++
	}
	if t.runs == throttleBlock {
		if t.hits == 0 {
			t.step = min(throttleMost, 2*t.step+throttleBlock)
		} else {
			t.step = t.runs / (4*t.hits + 1)
		}
		t.runs, t.hits = 0, 0
	}
	t.skip = t.step
}
