package schedule

import (
	"cmp"
	"slices"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// displaced marks the tasks that cannot all stay where s has them: those that it does
// not place, whose start is no longer allowed, or that take part in something broken.
// Redundancy groups are not looked at; a part that breaks one has no solution.
func (n *nearby) displaced(s *rcpsp.Solution, planned []bool) []bool {
	in := n.in
	out := make([]bool, len(in.Tasks))
	for t := range in.Tasks {
		k := s.Mode[t]
		switch {
		case k < 0:
			out[t] = !in.Tasks[t].Optional
		case !planned[t] || !in.Tasks[t].Modes[k].Allows(s.Start[t]):
			out[t] = true
		}
	}
	here := func(t rcpsp.TaskID) bool { return s.Mode[t] >= 0 && !out[t] }
	var move []rcpsp.TaskID
	for i := range in.Lags {
		l := &in.Lags[i]
		if !here(l.From) || !here(l.To) {
			continue
		}
		from, to := s.Start[l.From], s.Start[l.To]
		if l.FromEnd {
			from = in.End(s, l.From)
		}
		if l.ToEnd {
			to = in.End(s, l.To)
		}
		if to-from < l.Min {
			move = append(move, l.From, l.To)
		}
	}
	for _, l := range in.Links {
		if here(l.If) && s.Mode[l.Then] < 0 {
			move = append(move, l.If)
		}
	}
	for i := range in.SameSpan {
		x, first := &in.SameSpan[i], -2
		for _, t := range x.Tasks {
			if !here(t) {
				continue
			}
			k := slices.IndexFunc(x.Spans, func(sp rcpsp.Span) bool { return sp.Lo <= s.Start[t] && s.Start[t] < sp.Hi })
			if k < 0 || first != -2 && k != first {
				move = append(move, x.Tasks...)
				break
			}
			first = k
		}
	}
	for _, set := range in.NoOverlap {
		move = append(move, n.overlapping(s, set, here)...)
	}
	for i := range in.Budgets {
		move = append(move, overspent(&in.Budgets[i], s, here)...)
	}
	for r := range in.Resources {
		move = append(move, n.overloading(s, rcpsp.ResourceID(r), here)...)
	}
	for _, t := range move {
		out[t] = true
	}
	return out
}

func (n *nearby) overlapping(s *rcpsp.Solution, set []rcpsp.TaskID, here func(rcpsp.TaskID) bool) []rcpsp.TaskID {
	var in, out []rcpsp.TaskID
	for _, t := range set {
		if here(t) && n.in.End(s, t) > s.Start[t] {
			in = append(in, t)
		}
	}
	slices.SortFunc(in, func(a, b rcpsp.TaskID) int { return cmp.Compare(s.Start[a], s.Start[b]) })
	for i := 1; i < len(in); i++ {
		if s.Start[in[i]] < n.in.End(s, in[i-1]) {
			out = append(out, in[i-1], in[i])
		}
	}
	return out
}

func overspent(b *rcpsp.Budget, s *rcpsp.Solution, here func(rcpsp.TaskID) bool) []rcpsp.TaskID {
	used := make([]int64, len(b.Periods))
	each := func(f func(u *rcpsp.Use, period int)) {
		for i := range b.Uses {
			u := &b.Uses[i]
			if here(u.Task) && (u.Mode < 0 || u.Mode == s.Mode[u.Task]) {
				if k := b.Period(s.Start[u.Task]); k >= 0 {
					f(u, k)
				}
			}
		}
	}
	each(func(u *rcpsp.Use, k int) { used[k] += u.Amount })
	var out []rcpsp.TaskID
	each(func(u *rcpsp.Use, k int) {
		if used[k] > b.Periods[k].Limit {
			out = append(out, u.Task)
		}
	})
	return out
}

// overloading returns the tasks that run while more is demanded than there is.
func (n *nearby) overloading(s *rcpsp.Solution, r rcpsp.ResourceID, here func(rcpsp.TaskID) bool) []rcpsp.TaskID {
	type use struct {
		t rcpsp.TaskID
		rcpsp.Span
	}
	var uses []use
	var steps []rcpsp.Step // changes of the demand
	for t := range n.in.Tasks {
		if !here(rcpsp.TaskID(t)) {
			continue
		}
		m := &n.in.Tasks[t].Modes[s.Mode[t]]
		for _, d := range m.Demands {
			if d.Resource == r {
				m.Occupied(s.Start[t], func(sp rcpsp.Span) {
					uses = append(uses, use{rcpsp.TaskID(t), sp})
					steps = append(steps, rcpsp.Step{From: sp.Lo, Value: d.Amount}, rcpsp.Step{From: sp.Hi, Value: -d.Amount})
				})
			}
		}
	}
	slices.SortFunc(steps, func(a, b rcpsp.Step) int { return cmp.Compare(a.From, b.From) })
	var full []rcpsp.Span
	capacity := n.in.Resources[r].Capacity
	var now, most int64
	for i, j := 0, 0; i < len(steps) || j < len(capacity); {
		at := rcpsp.Time(0)
		if j >= len(capacity) || i < len(steps) && steps[i].From < capacity[j].From {
			at = steps[i].From
		} else {
			at = capacity[j].From
		}
		for ; i < len(steps) && steps[i].From == at; i++ {
			now += steps[i].Value
		}
		for ; j < len(capacity) && capacity[j].From == at; j++ {
			most = capacity[j].Value
		}
		if k := len(full); k > 0 && full[k-1].Hi < 0 {
			full[k-1].Hi = at
		}
		if now > most {
			full = append(full, rcpsp.Span{Lo: at, Hi: -1})
		}
	}
	var out []rcpsp.TaskID
	for _, u := range uses {
		if slices.ContainsFunc(full, func(sp rcpsp.Span) bool { return u.Lo < sp.Hi && sp.Lo < u.Hi }) {
			out = append(out, u.t)
		}
	}
	return out
}
