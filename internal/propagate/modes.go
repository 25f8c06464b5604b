package propagate

import (
	"sort"

	"github.com/slackwater-go/slackwater/internal/cp"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// A Way is a mode of a task: its starts, and how its end follows from its start.
type Way struct {
	On     cp.Atom // the fact that it is taken
	Mode   *rcpsp.Mode
	Starts []rcpsp.Range
}

// Modes ties the start, the end and the modes of one task together: the start and the
// end lie within what some mode that is left allows, and a mode goes that does not
// allow what is left of them. The end of a mode that pauses is a monotone function of
// its start, so bounds go through it both ways (Kreter, Schutt and Stuckey 2017); so do
// explanations: a bound of the start or of the end each speaks for itself.
type Modes struct {
	src     cp.Source
	start   cp.Var
	end     cp.Var
	off     int64 // the task ends at end + off
	present cp.Atom
	last    int64
	ways    []Way
	spans   []wayspan
}

// wayspan is what one way allows now: its first and last start, and which fact each
// comes from.
type wayspan struct {
	lo, hi         int64
	loFact, hiFact cp.Atom
	out            bool // it is known not to be taken
}

// NewModes returns the rule. Last is the last start of a task whose presence is open.
func NewModes(src cp.Source, start, end cp.Var, off int64, present cp.Atom, last int64, ways []Way) *Modes {
	return &Modes{src: src, start: start, end: end, off: off, present: present, last: last, ways: ways, spans: make([]wayspan, len(ways))}
}

// Post watches the variables.
func (p *Modes) Post(s *cp.Store) {
	id := s.Post(p, cp.Quick)
	for _, v := range []cp.Var{p.start, p.start ^ 1, p.end, p.end ^ 1} {
		s.Watch(v, id, 0)
	}
	for _, w := range p.ways {
		if w.On.Var >= 0 && w.On.Var>>1 != p.start>>1 {
			s.Watch(w.On.Var, id, 0)
			s.Watch(w.On.Var^1, id, 0)
		}
	}
}

// Propagate goes over the ways.
func (p *Modes) Propagate(s *cp.Store, _ []int32, _ bool) bool {
	if p.present.Var >= 0 && s.Fails(p.present) {
		return true
	}
	left := 0
	for i := range p.ways {
		w := &p.ways[i]
		p.spans[i] = p.span(s, w)
		sp := &p.spans[i]
		if sp.out = w.On.Var >= 0 && s.Fails(w.On); sp.out {
			continue
		}
		if sp.lo <= sp.hi {
			left++
			continue
		}
		s.Because(p.src, cp.RuleMode)
		s.Premise(sp.loFact.Var, sp.loFact.Bound)
		if s.Holds(sp.hiFact) { // else the way itself says that the task is present
			s.Premise(sp.hiFact.Var, sp.hiFact.Bound)
		}
		switch {
		case w.On.Var < 0:
			return s.Fail(s.Reason())
		case !s.Push(w.On.Var^1, 1-w.On.Bound, s.Reason()):
			return false
		}
		sp.out = true
	}
	if left == 0 {
		return true // the choice of a mode, or presence, fails by itself
	}
	if !p.lower(s, p.start, 0) || !p.upper(s, p.start, 0) {
		return false
	}
	return p.end == p.start || p.lower(s, p.end, p.off) && p.upper(s, p.end, p.off)
}

// span returns what a way allows by the present bounds of start and end.
func (p *Modes) span(s *cp.Store, w *Way) wayspan {
	a, b := s.Lb[p.start], min(s.Upper(p.start), p.last)
	sp := wayspan{loFact: cp.AtLeast(p.start, a), hiFact: cp.AtMost(p.start, b)}
	sp.lo, sp.hi = ceilStart(w.Starts, a), floorStart(w.Starts, b)
	if e := s.Lb[p.end] + p.off; p.end != p.start {
		if lo := ceilStart(w.Starts, firstStart(w.Mode, e)); lo > sp.lo {
			sp.lo, sp.loFact = lo, cp.AtLeast(p.end, e-p.off)
		}
		if p.last == cp.Far || s.Upper(p.start) <= p.last {
			e = s.Upper(p.end) + p.off
			if hi := floorStart(w.Starts, lastStart(w.Mode, e)); hi < sp.hi {
				sp.hi, sp.hiFact = hi, cp.AtMost(p.end, e-p.off)
			}
		}
	}
	return sp
}

// lower raises v, the start or the end, to the least that a way allows.
func (p *Modes) lower(s *cp.Store, v cp.Var, off int64) bool {
	least := int64(cp.Far)
	for i := range p.ways {
		if !p.spans[i].out {
			least = min(least, p.at(i, v, p.spans[i].lo)-off)
		}
	}
	if least <= s.Lb[v] {
		return true
	}
	s.Because(p.src, cp.RuleMode)
	for i := range p.ways {
		// A way that is out for good may be out by these facts, too.
		if sp := &p.spans[i]; sp.out && (sp.lo > sp.hi || sp.lo == cp.Far || p.at(i, v, sp.lo)-off < least) {
			on := p.ways[i].On
			s.Premise(on.Var^1, 1-on.Bound)
		} else {
			s.Premise(sp.loFact.Var, sp.loFact.Bound)
		}
	}
	return s.Push(v, least, s.Reason())
}

// upper lowers v to the most that a way allows, of a task that is present.
func (p *Modes) upper(s *cp.Store, v cp.Var, off int64) bool {
	if p.present.Var >= 0 && !s.Holds(p.present) {
		return true
	}
	most := int64(-cp.Far)
	for i := range p.ways {
		if !p.spans[i].out {
			most = max(most, p.at(i, v, p.spans[i].hi)-off)
		}
	}
	if most >= s.Upper(v) {
		return true
	}
	s.Because(p.src, cp.RuleMode)
	if p.present.Var >= 0 {
		s.Premise(p.present.Var, p.present.Bound)
	}
	for i := range p.ways {
		if sp := &p.spans[i]; sp.out && (sp.lo > sp.hi || sp.hi == -cp.Far || p.at(i, v, sp.hi)-off > most) {
			on := p.ways[i].On
			s.Premise(on.Var^1, 1-on.Bound)
		} else {
			s.Premise(sp.hiFact.Var, sp.hiFact.Bound)
		}
	}
	return s.Push(v^1, -most, s.Reason())
}

// at returns where v, the start or the end, is when way i starts at t.
func (p *Modes) at(i int, v cp.Var, t int64) int64 {
	if v == p.start {
		return t
	}
	e, ok := p.ways[i].Mode.End(rcpsp.Time(t))
	if !ok {
		return cp.Far
	}
	return int64(e)
}

// ceilStart returns the first start at or after t, or Far.
func ceilStart(starts []rcpsp.Range, t int64) int64 {
	i := sort.Search(len(starts), func(i int) bool { return int64(starts[i].Hi) >= t })
	if i == len(starts) {
		return cp.Far
	}
	return max(t, int64(starts[i].Lo))
}

// floorStart returns the last start at or before t, or -Far.
func floorStart(starts []rcpsp.Range, t int64) int64 {
	i := sort.Search(len(starts), func(i int) bool { return int64(starts[i].Lo) > t }) - 1
	if i < 0 {
		return -cp.Far
	}
	return min(t, int64(starts[i].Hi))
}

// firstStart returns the first start from which the mode ends at or after e.
func firstStart(m *rcpsp.Mode, e int64) int64 {
	return lastStart(m, e-1) + 1
}

// lastStart returns the last start from which the mode ends by e.
func lastStart(m *rcpsp.Mode, e int64) int64 {
	if m.Work == nil {
		return e - int64(m.Duration)
	}
	t, ok := rcpsp.Retreat(m.Work, rcpsp.Time(e), m.Duration)
	if !ok {
		return -cp.Far
	}
	return int64(t)
}
