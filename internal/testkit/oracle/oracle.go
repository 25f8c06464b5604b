// Package oracle solves small instances by enumeration, tick by tick: the dumb twin
// of the solver, of [rcpsp.Instance.Value] and of package check. It shares with them
// nothing but the types of the instance.
//
// Its cost grows with the product of all start domains and with the horizon; it is
// meant for up to about six tasks and twenty ticks.
package oracle

import (
	"iter"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// All walks all solutions of in, by task, then mode (absence last), then start. Each
// is valid until the next.
func All(in *rcpsp.Instance) iter.Seq[*rcpsp.Solution] {
	return func(yield func(*rcpsp.Solution) bool) {
		n := len(in.Tasks)
		e := enum{in: in, s: &rcpsp.Solution{Mode: make([]int32, n), Start: make([]rcpsp.Time, n)}, yield: yield}
		e.choices = make([][]choice, n)
		for t := range in.Tasks {
			e.choices[t] = choicesOf(in, t)
		}
		e.chosen = make([]*choice, n)
		e.from(0)
	}
}

// Best returns a solution of smallest value, the first of them in the order of All,
// or nil where there is none.
func Best(in *rcpsp.Instance) *rcpsp.Solution {
	var best *rcpsp.Solution
	var value []int64
	for s := range All(in) {
		if v := in.Value(s); best == nil || rcpsp.Compare(v, value) < 0 {
			best, value = s.Clone(), v
		}
	}
	return best
}

// Feasible says whether in has a solution.
func Feasible(in *rcpsp.Instance) bool {
	for range All(in) {
		return true
	}
	return false
}

// A choice is one way to carry out a task: busy says at which ticks it occupies
// time, holds at which it holds its demands.
type choice struct {
	mode        int32
	start, end  rcpsp.Time
	busy, holds []bool
}

// choicesOf lists all that the task itself allows. The absent choice comes last.
func choicesOf(in *rcpsp.Instance, t int) []choice {
	var out []choice
	for k := range in.Tasks[t].Modes {
		m := &in.Tasks[t].Modes[k]
		for start := rcpsp.Time(0); start <= in.Horizon; start++ {
			if c, ok := choose(in, m, int32(k), start); ok {
				out = append(out, c)
			}
		}
	}
	if in.Tasks[t].Optional {
		out = append(out, choice{mode: -1})
	}
	return out
}

// choose runs the mode tick by tick from start.
func choose(in *rcpsp.Instance, m *rcpsp.Mode, k int32, start rcpsp.Time) (choice, bool) {
	allowed := false
	for _, r := range m.Starts {
		allowed = allowed || r.Lo <= start && start <= r.Hi
	}
	c := choice{mode: k, start: start, busy: make([]bool, in.Horizon), holds: make([]bool, in.Horizon)}
	now, left := start, m.Duration
	for ; left > 0; now++ {
		if now >= in.Horizon {
			return c, false
		}
		works := m.Work == nil
		for _, w := range m.Work {
			works = works || w.Lo <= now && now < w.Hi
		}
		c.busy[now] = true
		c.holds[now] = works || m.Hold
		if works {
			left--
		}
	}
	c.end = now
	return c, allowed
}

type enum struct {
	in      *rcpsp.Instance
	choices [][]choice
	chosen  []*choice // nil: absent, or not yet decided
	s       *rcpsp.Solution
	yield   func(*rcpsp.Solution) bool
}

// from decides the tasks from t on. It returns false to stop the walk.
func (e *enum) from(t int) bool {
	if t == len(e.in.Tasks) {
		return e.yield(e.s)
	}
	for i := range e.choices[t] {
		c := &e.choices[t][i]
		e.s.Mode[t], e.s.Start[t], e.chosen[t] = c.mode, c.start, c
		if c.mode < 0 {
			e.chosen[t] = nil
		}
		if e.allows(t) && !e.from(t+1) {
			return false
		}
	}
	e.chosen[t] = nil
	return true
}

// allows says whether the tasks up to t break nothing. Every constraint is such that
// a partial assignment that breaks it cannot be mended by deciding more, so looking
// after each decision is enough; it only looks at constraints that hold task t.
func (e *enum) allows(t int) bool {
	return e.lags(t) && e.links(t) && e.sameSpans() && e.budgets() && (e.chosen[t] == nil || e.ticks())
}

func (e *enum) lags(t int) bool {
	for _, l := range e.in.Lags {
		a, b := e.chosen[l.From], e.chosen[l.To]
		if (int(l.From) == t || int(l.To) == t) && a != nil && b != nil {
			x, y := a.start, b.start
			if l.FromEnd {
				x = a.end
			}
			if l.ToEnd {
				y = b.end
			}
			if y < x+l.Min {
				return false
			}
		}
	}
	return true
}

func (e *enum) links(t int) bool {
	for _, l := range e.in.Links {
		if int(l.If) <= t && int(l.Then) <= t && e.chosen[l.If] != nil && e.chosen[l.Then] == nil {
			return false
		}
	}
	return true
}

func (e *enum) sameSpans() bool {
	for _, set := range e.in.SameSpan {
		some := false
		ok := false
		for _, sp := range set.Spans {
			all := true
			for _, t := range set.Tasks {
				if c := e.chosen[t]; c != nil {
					some = true
					all = all && sp.Lo <= c.start && c.start < sp.Hi
				}
			}
			ok = ok || all
		}
		for _, t := range set.Tasks {
			some = some || e.chosen[t] != nil
		}
		if some && !ok {
			return false
		}
	}
	return true
}

func (e *enum) budgets() bool {
	for i := range e.in.Budgets {
		for _, p := range e.in.Budgets[i].Periods {
			if e.used(&e.in.Budgets[i], p.Span) > p.Limit {
				return false
			}
		}
	}
	return true
}

func (e *enum) used(b *rcpsp.Budget, p rcpsp.Span) int64 {
	var sum int64
	for _, u := range b.Uses {
		if c := e.chosen[u.Task]; c != nil && (u.Mode == -1 || u.Mode == c.mode) && p.Lo <= c.start && c.start < p.Hi {
			sum += u.Amount
		}
	}
	return sum
}

// ticks looks at resources, exclusions and groups at each tick.
func (e *enum) ticks() bool {
	for now := range e.in.Horizon {
		for r := range e.in.Resources {
			if e.taken(r, now) > stepAt(e.in.Resources[r].Capacity, now) {
				return false
			}
		}
		for _, set := range e.in.NoOverlap {
			n := 0
			for _, t := range set {
				if e.busy(t, now) {
					n++
				}
			}
			if n > 1 {
				return false
			}
		}
		for i := range e.in.Groups {
			if !e.in.Groups[i].Defined && e.overrun(i, now) {
				return false
			}
		}
	}
	return true
}

func (e *enum) busy(t rcpsp.TaskID, now rcpsp.Time) bool {
	return e.chosen[t] != nil && e.chosen[t].busy[now]
}

func (e *enum) taken(r int, now rcpsp.Time) int64 {
	var sum int64
	for t, c := range e.chosen {
		if c == nil || !c.holds[now] {
			continue
		}
		for _, d := range e.in.Tasks[t].Modes[c.mode].Demands {
			if int(d.Resource) == r {
				sum += d.Amount
			}
		}
	}
	return sum
}

// overrun says whether group i has more members out at now than it allows.
func (e *enum) overrun(i int, now rcpsp.Time) bool {
	var out int64
	for _, m := range e.in.Groups[i].Members {
		down := false
		for _, t := range m.Tasks {
			down = down || e.busy(t, now)
		}
		for _, g := range m.Groups {
			down = down || e.overrun(int(g), now)
		}
		if down {
			out++
		}
	}
	return out > stepAt(e.in.Groups[i].Allowed, now)
}

func stepAt(steps []rcpsp.Step, now rcpsp.Time) int64 {
	var v int64
	for _, s := range steps {
		if s.From <= now {
			v = s.Value
		}
	}
	return v
}
