package engine

import (
	"github.com/slackwater-go/slackwater/internal/cp"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// What the caller's own rules refuse ([Options.Reject], [Options.RejectPart]) reaches the
// parts of the solver like this. Everything that is offered is judged first, so no answer
// rests on what was refused. The heuristics remember each refused set of places and do not
// build it again; where parts may be judged they ask before they place. The exact search
// learns each refused set as a nogood that holds for good, and asks about parts at each
// fixpoint. Bounds stay valid as they are: rules only take solutions away.

// A spot is a task in a mode at a start.
type spot struct {
	task  rcpsp.TaskID
	mode  int32
	start rcpsp.Time
}

// A stretch is a task in a mode at one of several starts.
type stretch struct {
	task   rcpsp.TaskID
	mode   int32
	starts rcpsp.Range
}

func (s *stretch) holds(x spot) bool {
	return s.task == x.task && s.mode == x.mode && s.starts.Lo <= x.start && x.start <= s.starts.Hi
}

// refusals are sets of places that must not be taken together.
type refusals struct {
	sets [][]stretch
	by   map[spot][]int32         // sets that hold the spot and no other start of it, looked up only
	wide map[rcpsp.TaskID][]int32 // sets that hold several starts of the task, looked up only
}

const (
	longestRefusal = 64      // longer sets are seldom met again
	mostRefusals   = 100_000 // then all are forgotten
)

// refuse remembers the clashes of s.
func (f *refusals) refuse(s *rcpsp.Solution, clashes []Clash) {
	if len(f.sets) >= mostRefusals || f.by == nil {
		f.sets, f.by, f.wide = nil, map[spot][]int32{}, map[rcpsp.TaskID][]int32{}
	}
	for i := range clashes {
		c := &clashes[i]
		var set []stretch
		for k, t := range c.Tasks {
			if s.Present(t) {
				set = append(set, stretch{t, s.Mode[t], c.starts(k, s)})
			}
		}
		if len(set) == 0 || len(set) < len(c.Tasks) || len(set) > longestRefusal {
			continue // an absence is part of it: the schedule as a whole is refused again
		}
		for _, x := range set {
			if x.starts.Lo == x.starts.Hi {
				at := spot{x.task, x.mode, x.starts.Lo}
				f.by[at] = append(f.by[at], int32(len(f.sets)))
			} else {
				f.wide[x.task] = append(f.wide[x.task], int32(len(f.sets)))
			}
		}
		f.sets = append(f.sets, set)
	}
}

// completes returns the starts of x with which it would complete a refused set, if it
// would, and how many sets it looked at.
func (f *refusals) completes(x spot, mode []int32, start []rcpsp.Time) (starts rcpsp.Range, bad bool, looked int64) {
	for _, list := range [][]int32{f.by[x], f.wide[x.task]} {
		for _, i := range list {
			looked++
			whole := true
			for k := range f.sets[i] {
				y := &f.sets[i][k]
				z := x
				if y.task != x.task {
					z = spot{y.task, mode[y.task], start[y.task]}
				} else {
					starts = y.starts
				}
				if !y.holds(z) {
					whole = false
					break
				}
			}
			if whole {
				return starts, true, looked
			}
		}
	}
	return rcpsp.Range{}, false, looked
}

// obey makes the builder keep clear of what is refused.
func (h *heuristic) obey() {
	if h.opt.Reject == nil {
		return
	}
	h.b.Veto = h.vetoes
	if h.opt.RejectPart != nil && len(h.in.Tasks) <= big {
		h.decided = make([]bool, len(h.in.Tasks))
	}
}

// vetoes says whether a task must not be placed so beside what is placed, and which starts
// are no better.
func (h *heuristic) vetoes(t rcpsp.TaskID, mode int32, start rcpsp.Time) (rcpsp.Range, bool) {
	starts, bad, looked := h.refused.completes(spot{t, mode, start}, h.b.Mode, h.b.Start)
	h.b.Work += looked
	if bad || h.decided == nil {
		return starts, bad
	}
	wasMode, wasStart := h.b.Mode[t], h.b.Start[t]
	h.b.Mode[t], h.b.Start[t] = mode, start
	for u, k := range h.b.Mode {
		h.decided[u] = k >= -1
	}
	h.b.Work += int64(len(h.decided))
	view := rcpsp.Solution{Mode: h.b.Mode, Start: h.b.Start}
	clashes := h.opt.RejectPart(&view, h.decided)
	starts = rcpsp.Range{Lo: start, Hi: start}
	for i := range clashes {
		c := &clashes[i]
		for k, u := range c.Tasks {
			if u == t {
				starts = c.starts(k, &view)
			}
		}
	}
	h.refused.refuse(&view, clashes)
	h.b.Mode[t], h.b.Start[t] = wasMode, wasStart
	return starts, len(clashes) > 0
}

// accepts asks about the complete schedule on the builder.
func (h *heuristic) accepts() bool {
	if h.opt.Reject == nil {
		return true
	}
	h.b.Work += int64(len(h.in.Tasks))
	s := h.b.Solution()
	clashes := h.opt.Reject(s)
	h.refused.refuse(s, clashes)
	return len(clashes) == 0
}

// A partRule asks about what is decided at each fixpoint of the exact search.
type partRule struct {
	m       *model
	ask     func(*rcpsp.Solution, []bool) []Clash
	now     rcpsp.Solution
	decided []bool
	// What was accepted last; a part of it is accepted too.
	known        rcpsp.Solution
	knownDecided []bool
}

// postParts adds the rule. False: nothing is left.
func (m *model) postParts(ask func(*rcpsp.Solution, []bool) []Clash) bool {
	n := len(m.tasks)
	blank := func() rcpsp.Solution { return rcpsp.Solution{Mode: make([]int32, n), Start: make([]rcpsp.Time, n)} }
	p := &partRule{m: m, ask: ask, now: blank(), known: blank(), decided: make([]bool, n), knownDecided: make([]bool, n)}
	id := m.s.Post(p, cp.Slowest)
	for t := range m.tasks {
		tv := &m.tasks[t]
		m.s.Watch(tv.start, id, 0)
		m.s.Watch(tv.start^1, id, 0)
		for k := range tv.modes {
			if len(tv.modes) > 1 {
				m.s.Watch(tv.modes[k].on.Var, id, 0)
			}
		}
	}
	return m.settle()
}

// place reads what is decided of a task.
func (p *partRule) place(s *cp.Store, t int) (mode int32, start rcpsp.Time, decided bool) {
	tv := &p.m.tasks[t]
	switch {
	case len(tv.modes) == 0, tv.present != always && s.Fails(tv.present):
		return -1, 0, true
	case tv.present != always && !s.Holds(tv.present), !s.Fixed(tv.start):
		return 0, 0, false
	}
	for i := range tv.modes {
		if len(tv.modes) == 1 || s.Holds(tv.modes[i].on) {
			return tv.modes[i].index, rcpsp.Time(s.Lower(tv.start)), true
		}
	}
	return 0, 0, false
}

// Propagate fails where what is decided is refused.
func (p *partRule) Propagate(s *cp.Store, _ []int32, _ bool) bool {
	fresh := false
	s.Work += int64(len(p.decided)) / 4
	for t := range p.decided {
		mode, start, ok := p.place(s, t)
		p.now.Mode[t], p.now.Start[t], p.decided[t] = mode, start, ok
		fresh = fresh || ok && (!p.knownDecided[t] || p.known.Mode[t] != mode || p.known.Start[t] != start)
	}
	if !fresh {
		return true
	}
	s.Work += int64(len(p.decided))
	clashes := p.ask(&p.now, p.decided)
	if len(clashes) == 0 {
		copy(p.known.Mode, p.now.Mode)
		copy(p.known.Start, p.now.Start)
		copy(p.knownDecided, p.decided)
		return true
	}
	s.Because(source(0, 0), cp.RuleReject)
	c := &clashes[0]
	if len(c.Tasks) == 0 {
		for t, ok := range p.decided {
			if ok {
				c.Tasks = append(c.Tasks, rcpsp.TaskID(t))
			}
		}
		c.Starts = nil
	}
	for k, t := range c.Tasks {
		for _, f := range p.m.factsOf(int(t), &p.now, c.starts(k, &p.now)) {
			s.Premise(f.Var, f.Bound)
		}
	}
	return s.Fail(s.Reason())
}
