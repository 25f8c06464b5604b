package sgs

import "github.com/slackwater-go/slackwater/internal/rcpsp"

// What follows tells those who place open tasks in their own way, as an instance of its
// own, what the placed ones leave to them.

// Room returns what is left of resource r from lo to hi; outside of it nothing is said.
func (s *State) Room(r rcpsp.ResourceID, lo, hi rcpsp.Time) []rcpsp.Step {
	var out []rcpsp.Step
	s.steps(&s.free[r], lo, hi, func(from rcpsp.Time, v int64) {
		if len(out) == 0 {
			from = 0
		}
		out = append(out, rcpsp.Step{From: from, Value: max(0, v)})
	})
	return out
}

// Busy returns when some placed task of NoOverlap set i is in the way, from lo to hi.
func (s *State) Busy(i int32, lo, hi rcpsp.Time) []rcpsp.Span {
	var out []rcpsp.Span
	open := false
	s.steps(&s.alone[i], lo, hi, func(from rcpsp.Time, v int64) {
		if open {
			out[len(out)-1].Hi = from
		}
		if open = v < 1; open {
			out = append(out, rcpsp.Span{Lo: from, Hi: hi})
		}
	})
	return out
}

// steps calls f for each step of p that reaches into [lo, hi).
func (s *State) steps(p *profile, lo, hi rcpsp.Time, f func(from rcpsp.Time, v int64)) {
	ci, si := p.find(lo)
	for from := lo; ci < len(p.chunks); ci, si = ci+1, 0 {
		c := &p.chunks[ci]
		for ; si < len(c.from); si++ {
			if from = max(lo, c.from[si]); from >= hi && from > lo {
				return
			}
			s.Work++
			f(from, c.val[si]+c.add)
		}
	}
}

// Used returns what placed tasks use of a budget, by period. It must not be changed.
func (s *State) Used(budget int32) []int64 { return s.used[budget] }

// SpanOf returns the span that placed tasks of SameSpan set i share, or -1.
func (s *State) SpanOf(i int32) int32 { return s.span[i] }

// GoalValue returns what placed tasks make of goal i, without its weight.
func (s *State) GoalValue(i int) int64 { return s.cost.goals[i].now }

// Settle places open task t in mode k at start if nothing is in the way.
func (b *Builder) Settle(t rcpsp.TaskID, k int32, start rcpsp.Time) bool {
	if k < 0 {
		b.key = nil
		return b.M.In.Tasks[t].Optional && b.leave(t)
	}
	if lo, hi := b.Window(t, k); start < lo || start > hi {
		return false
	}
	if at, ok := b.Fit(t, k, start, start); !ok || at != start {
		return false
	}
	b.key = nil
	b.put(t, k, start)
	return true
}

// PutLast places open task t in mode k at its last place that ends by last, and before what
// is placed after it. It returns false where there is none.
func (b *Builder) PutLast(t rcpsp.TaskID, k int32, last rcpsp.Time) bool {
	lo, hi := b.WindowUntil(t, k, last)
	x, ok := b.FitLast(t, k, lo, hi)
	if ok {
		b.key = nil
		b.put(t, k, x)
	}
	return ok
}

// Left shifts those of list that are present to their best places, the first to start
// first.
func (b *Builder) Left(list []rcpsp.TaskID) bool {
	var order []rcpsp.TaskID
	for _, t := range list {
		if b.Mode[t] >= 0 {
			order = append(order, t)
		}
	}
	return b.left(order)
}

// Ties lists what binds a task of the model to others, and to itself.
type Ties struct {
	Lags    []rcpsp.Lag
	Sets    []int32
	Spans   []int32
	Budgets []int32
	Then    []rcpsp.TaskID // it may be present only where these are
	By      []rcpsp.TaskID // these may be present only where it is
}

// Ties returns the ties of t: of its lags those that end at it.
func (m *Model) Ties(t rcpsp.TaskID) Ties {
	tk := &m.tasks[t]
	out := Ties{Sets: tk.sets, Spans: tk.spans, Then: tk.then, By: tk.by}
	for _, b := range tk.in {
		out.Lags = append(out.Lags, rcpsp.Lag{From: b.other, To: t, FromEnd: b.otherEnd, ToEnd: b.ownEnd, Min: b.min})
	}
	out.Lags = append(out.Lags, tk.self...)
	for _, u := range tk.uses {
		out.Budgets = append(out.Budgets, u.budget)
	}
	return out
}

// Grouped says whether task t bears on redundancy groups.
func (m *Model) Grouped(t rcpsp.TaskID) bool { return len(m.tasks[t].members) > 0 }

// Uses calls f with what task t uses of budgets; mode -1 stands for every mode.
func (m *Model) Uses(t rcpsp.TaskID, f func(budget, mode int32, amount int64)) {
	for _, u := range m.tasks[t].uses {
		f(u.budget, u.mode, u.amount)
	}
}

// Terms calls f with the goal and the index in it of each term of task t.
func (m *Model) Terms(t rcpsp.TaskID, f func(goal, term int32)) {
	for _, ref := range m.tasks[t].terms {
		f(ref.goal, ref.term)
	}
}

// Outside returns the starts of which a mode neither begins nor is under way while any of
// the spans lasts.
func Outside(m *rcpsp.Mode, starts []rcpsp.Range, busy []rcpsp.Span) []rcpsp.Range {
	for _, sp := range busy {
		lo, ok := lastStart(m, sp.Lo) // the last that ends by its begin
		if !ok {
			lo = ages
		}
		var out []rcpsp.Range
		for _, r := range starts {
			if a := (rcpsp.Range{Lo: r.Lo, Hi: min(r.Hi, lo)}); a.Lo <= a.Hi {
				out = append(out, a)
			}
			if b := (rcpsp.Range{Lo: max(r.Lo, sp.Hi, lo+1), Hi: r.Hi}); b.Lo <= b.Hi {
				out = append(out, b)
			}
		}
		starts = out
	}
	return starts
}
