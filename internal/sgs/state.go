package sgs

import (
	"math"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// A State is a partial schedule. Every constraint between tasks that are placed or
// absent holds, provided tasks are placed where [State.Fit] or [State.FitLast] said.
type State struct {
	M     *Model
	Mode  []int32 // Open, Absent, or the mode
	Start []rcpsp.Time
	End   []rcpsp.Time
	// Work counts steps and chunks of profiles looked at, and lags: the deterministic
	// measure of effort.
	Work int64
	// Veto forbids places that constraints allow, such as what the caller's own rules
	// refuse beside what is placed: it returns the starts around start that are forbidden
	// alike. Nil forbids nothing.
	Veto func(t rcpsp.TaskID, mode int32, start rcpsp.Time) (rcpsp.Range, bool)

	free    []profile   // by resource: capacity not taken
	taken   []profile   // by resource with a Peak goal: less what is taken; else empty
	alone   []profile   // by NoOverlap set: 1 where nobody is
	slack   []profile   // by group: how many more members may be out
	cover   [][]profile // by group, member: less the number of causes that keep it out
	used    [][]int64   // by budget, period
	kept    []int64     // by budget with one period: what undecided tasks will take at least
	least   [][]int64   // by task, use: its part of kept
	span    []int32     // by SameSpan set: the span chosen, or -1
	spanN   []int32     // how many placed tasks chose it
	avoid   []int32     // by SameSpan set: spans before this one have been tried in vain
	cost    costs
	placed  int
	journal journal
	prices  []int64 // scratch of choose
}

// Modes of tasks that are not placed.
const (
	Open   = -2
	Absent = -1
)

// NewState returns the empty schedule. It costs memory for each resource and each
// step of its capacity.
func (m *Model) NewState() *State {
	in := m.In
	n := len(in.Tasks)
	s := &State{M: m, Mode: make([]int32, n), Start: make([]rcpsp.Time, n), End: make([]rcpsp.Time, n)}
	for t := range s.Mode {
		s.Mode[t] = Open
	}
	s.free, s.taken = make([]profile, len(in.Resources)), make([]profile, len(in.Resources))
	for r := range in.Resources {
		s.free[r] = newProfile(in.Resources[r].Capacity)
	}
	for i := range in.Goals {
		if g := &in.Goals[i]; g.Kind == rcpsp.Peak {
			s.taken[g.Of] = flat(0)
		}
	}
	for range in.NoOverlap {
		s.alone = append(s.alone, flat(1))
	}
	for i := range in.Groups {
		s.slack = append(s.slack, newProfile(in.Groups[i].Allowed))
		cov := make([]profile, len(in.Groups[i].Members))
		for k := range cov {
			cov[k] = flat(0)
		}
		s.cover = append(s.cover, cov)
	}
	for i := range in.Budgets {
		s.used = append(s.used, make([]int64, len(in.Budgets[i].Periods)))
	}
	for range in.SameSpan {
		s.span = append(s.span, -1)
	}
	s.spanN, s.avoid = make([]int32, len(in.SameSpan)), make([]int32, len(in.SameSpan))
	s.keep()
	s.cost.init(m)
	return s
}

// keep works out what undecided tasks will take of each budget at least.
func (s *State) keep() {
	in := s.M.In
	s.kept = make([]int64, len(in.Budgets))
	s.least = make([][]int64, len(in.Tasks))
	for t := range in.Tasks {
		tk := &s.M.tasks[t]
		s.least[t] = make([]int64, len(tk.uses))
		if !s.M.Windows.Must[t] {
			continue
		}
		for i := range tk.uses {
			b := tk.uses[i].budget
			if !s.M.reserve[b] || s.first(t, i) != i {
				continue
			}
			least := int64(math.MaxInt64)
			for k := range in.Tasks[t].Modes {
				if len(in.Tasks[t].Modes[k].Starts) > 0 {
					least = min(least, s.takes(t, b, int32(k)))
				}
			}
			if least < math.MaxInt64 {
				s.least[t][i] = least
				s.kept[b] += least
			}
		}
	}
}

// first returns the first use of task t that has the budget of use i.
func (s *State) first(t, i int) int {
	uses := s.M.tasks[t].uses
	for k := range uses {
		if uses[k].budget == uses[i].budget {
			return k
		}
	}
	return i
}

// takes sums what mode k of t takes of budget b.
func (s *State) takes(t int, b, k int32) int64 {
	var sum int64
	for _, u := range s.M.tasks[t].uses {
		if u.budget == b && (u.mode < 0 || u.mode == k) {
			sum += u.amount
		}
	}
	return sum
}

// Placed returns how many tasks are placed or absent.
func (s *State) Placed() int { return s.placed }

// Solution returns the schedule. Open tasks are absent in it.
func (s *State) Solution() *rcpsp.Solution {
	out := &rcpsp.Solution{Mode: append([]int32(nil), s.Mode...), Start: append([]rcpsp.Time(nil), s.Start...)}
	for t, k := range out.Mode {
		if k < 0 {
			out.Mode[t], out.Start[t] = -1, 0
		}
	}
	return out
}

// Place puts task t, which is open, into mode k at start.
func (s *State) Place(t rcpsp.TaskID, k int32, start rcpsp.Time) {
	end, _ := s.M.In.Tasks[t].Modes[k].End(start)
	s.Mode[t], s.Start[t], s.End[t] = k, start, end
	s.move(t, 1)
	s.cost.add(s, t, 1)
	s.cost.peaks(s, t)
	s.placed++
}

// Leave decides that open task t is absent.
func (s *State) Leave(t rcpsp.TaskID) {
	s.Mode[t] = Absent
	s.cost.add(s, t, 1)
	s.placed++
}

// Remove makes task t open again.
func (s *State) Remove(t rcpsp.TaskID) {
	s.save(t)
	s.cost.add(s, t, -1)
	if k := s.Mode[t]; k >= 0 {
		s.move(t, -1)
		s.cost.peaks(s, t)
	}
	s.Mode[t] = Open
	s.placed--
}

// move adds (sign 1) or takes away (-1) what placed task t takes of everything.
func (s *State) move(t rcpsp.TaskID, sign int64) {
	m := &s.M.In.Tasks[t].Modes[s.Mode[t]]
	start, end := s.Start[t], s.End[t]
	tk := &s.M.tasks[t]
	s.Work += int64(4 + 4*len(m.Demands) + len(tk.uses))
	if len(m.Demands) > 0 {
		m.Occupied(start, func(sp rcpsp.Span) {
			for _, d := range m.Demands {
				s.free[d.Resource].raise(sp.Lo, sp.Hi, -sign*d.Amount)
				if s.taken[d.Resource].chunks != nil {
					s.taken[d.Resource].raise(sp.Lo, sp.Hi, -sign*d.Amount)
				}
			}
		})
	}
	if start < end {
		for _, i := range tk.sets {
			s.alone[i].raise(start, end, -sign)
		}
		for _, ref := range tk.members {
			s.cause(ref, start, end, sign)
		}
	}
	for i, u := range tk.uses {
		b := &s.M.In.Budgets[u.budget]
		s.kept[u.budget] -= sign * s.least[t][i]
		if u.mode >= 0 && u.mode != s.Mode[t] {
			continue
		}
		if p := b.Period(start); p >= 0 {
			s.used[u.budget][p] += sign * u.amount
			s.cost.period(s, u.budget, p)
		}
	}
	for _, i := range tk.spans {
		if s.spanN[i] == 0 {
			s.span[i] = spanAt(s.M.In.SameSpan[i].Spans, start)
		}
		if s.spanN[i] += int32(sign); s.spanN[i] == 0 {
			s.span[i] = -1
		}
	}
}
