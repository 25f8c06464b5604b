package check

import (
	"slices"
	"sort"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// Solution returns every constraint of in that s breaks, in the order of
// [rcpsp.Instance.Constraints]; none for a solution. It costs O(n log n) in the
// number of tasks, demands and members, plus the working spans of tasks that pause;
// it does not depend on the length of the horizon.
//
// A task whose mode or start has no meaning (no such mode, a start beyond
// [rcpsp.Limit]) breaks its own constraint and is then taken as absent.
func Solution(in *rcpsp.Instance, s *rcpsp.Solution) []rcpsp.ConstraintID {
	j := judge{in: in, at: make([]placed, len(in.Tasks))}
	for t := range in.Tasks {
		if !j.place(t, s) {
			j.broken(rcpsp.KindTask, t)
		}
	}
	for i := range in.Lags {
		if !j.lag(&in.Lags[i]) {
			j.broken(rcpsp.KindLag, i)
		}
	}
	j.resources()
	for i, set := range in.NoOverlap {
		if !j.noOverlap(set) {
			j.broken(rcpsp.KindNoOverlap, i)
		}
	}
	j.groups()
	for i := range in.Budgets {
		if !j.budget(&in.Budgets[i]) {
			j.broken(rcpsp.KindBudget, i)
		}
	}
	for i := range in.SameSpan {
		if !j.sameSpan(&in.SameSpan[i]) {
			j.broken(rcpsp.KindSameSpan, i)
		}
	}
	for i, l := range in.Links {
		if j.at[l.If].present && !j.at[l.Then].present {
			j.broken(rcpsp.KindLink, i)
		}
	}
	return j.out
}

// placed is what a solution says of one task.
type placed struct {
	present    bool
	mode       int32
	start, end rcpsp.Time
}

type judge struct {
	in  *rcpsp.Instance
	at  []placed
	out []rcpsp.ConstraintID
}

func (j *judge) broken(kind rcpsp.ConstraintKind, i int) {
	j.out = append(j.out, rcpsp.ConstraintID{Kind: kind, Index: int32(i)})
}

// place reads task t and judges presence, mode, start and end.
func (j *judge) place(t int, s *rcpsp.Solution) bool {
	if t >= len(s.Mode) || t >= len(s.Start) {
		return false
	}
	task, mode, start := &j.in.Tasks[t], s.Mode[t], s.Start[t]
	if mode == -1 {
		return task.Optional
	}
	if mode < 0 || int(mode) >= len(task.Modes) || start < -rcpsp.Limit || start > rcpsp.Limit {
		return false
	}
	m := &task.Modes[mode]
	end, ok := endOf(m, start)
	if !ok {
		return false
	}
	j.at[t] = placed{true, mode, start, end}
	return startAllowed(m, start) && end <= j.in.Horizon
}

func startAllowed(m *rcpsp.Mode, start rcpsp.Time) bool {
	return slices.ContainsFunc(m.Starts, func(r rcpsp.Range) bool { return r.Lo <= start && start <= r.Hi })
}

// endOf walks over the working time of a mode.
func endOf(m *rcpsp.Mode, start rcpsp.Time) (rcpsp.Time, bool) {
	if m.Work == nil || m.Duration == 0 {
		return start + m.Duration, true
	}
	left := m.Duration
	for _, w := range m.Work {
		if w.Hi <= start {
			continue
		}
		from := max(w.Lo, start)
		if w.Hi-from >= left {
			return from + left, true
		}
		left -= w.Hi - from
	}
	return 0, false
}

func (j *judge) lag(l *rcpsp.Lag) bool {
	a, b := j.at[l.From], j.at[l.To]
	if !a.present || !b.present {
		return true
	}
	from, to := a.start, b.start
	if l.FromEnd {
		from = a.end
	}
	if l.ToEnd {
		to = b.end
	}
	return to-from >= l.Min
}

// A change of a sum at an instant.
type change struct {
	at    rcpsp.Time
	delta int64
}

// exceeds says whether the running sum of changes is ever above the limit, looking
// only at instants at which the sum is positive.
func exceeds(changes []change, limit []rcpsp.Step) bool {
	over := false
	sweep(changes, limit, func(_, _ rcpsp.Time, sum, cap int64) { over = over || sum > 0 && sum > cap })
	return over
}

// sweep calls f for each stretch of time in which neither the sum of the changes nor
// the limit changes, from the first change to the last.
func sweep(changes []change, limit []rcpsp.Step, f func(from, to rcpsp.Time, sum, limit int64)) {
	sort.Slice(changes, func(a, b int) bool { return changes[a].at < changes[b].at })
	var sum, lim int64
	step := 0
	for i := 0; i < len(changes); {
		from := changes[i].at
		for ; i < len(changes) && changes[i].at == from; i++ {
			sum += changes[i].delta
		}
		if i == len(changes) {
			return
		}
		for to := changes[i].at; from < to; {
			for step < len(limit) && limit[step].From <= from {
				lim = limit[step].Value
				step++
			}
			until := to
			if step < len(limit) {
				until = min(until, limit[step].From)
			}
			f(from, until, sum, lim)
			from = until
		}
	}
}

// resources gathers what is taken of each resource and compares it with the capacity.
func (j *judge) resources() {
	taken := make([][]change, len(j.in.Resources))
	for t, p := range j.at {
		if !p.present {
			continue
		}
		m := &j.in.Tasks[t].Modes[p.mode]
		for _, d := range m.Demands {
			for _, sp := range held(m, p.start, p.end) {
				taken[d.Resource] = append(taken[d.Resource], change{sp.Lo, d.Amount}, change{sp.Hi, -d.Amount})
			}
		}
	}
	for r := range j.in.Resources {
		if exceeds(taken[r], j.in.Resources[r].Capacity) {
			j.broken(rcpsp.KindResource, r)
		}
	}
}

// held lists the spans in which a mode holds its demands.
func held(m *rcpsp.Mode, start, end rcpsp.Time) []rcpsp.Span {
	if start == end {
		return nil
	}
	if m.Work == nil || m.Hold {
		return []rcpsp.Span{{Lo: start, Hi: end}}
	}
	var out []rcpsp.Span
	for _, w := range m.Work {
		if lo, hi := max(w.Lo, start), min(w.Hi, end); lo < hi {
			out = append(out, rcpsp.Span{Lo: lo, Hi: hi})
		}
	}
	return out
}

func (j *judge) noOverlap(set []rcpsp.TaskID) bool {
	var spans []rcpsp.Span
	for _, t := range set {
		if p := j.at[t]; p.present && p.start < p.end {
			spans = append(spans, rcpsp.Span{Lo: p.start, Hi: p.end})
		}
	}
	sort.Slice(spans, func(a, b int) bool { return spans[a].Lo < spans[b].Lo })
	for i := 1; i < len(spans); i++ {
		if spans[i].Lo < spans[i-1].Hi {
			return false
		}
	}
	return true
}

// groups works out, group by group, when each member is out and when more are out
// than allowed; later groups read the latter of earlier ones.
func (j *judge) groups() {
	tooMany := make([][]rcpsp.Span, len(j.in.Groups))
	for i := range j.in.Groups {
		g := &j.in.Groups[i]
		var out []change
		for _, m := range g.Members {
			var down []change
			add := func(sp rcpsp.Span) { down = append(down, change{sp.Lo, 1}, change{sp.Hi, -1}) }
			for _, t := range m.Tasks {
				if p := j.at[t]; p.present && p.start < p.end {
					add(rcpsp.Span{Lo: p.start, Hi: p.end})
				}
			}
			for _, k := range m.Groups {
				for _, sp := range tooMany[k] {
					add(sp)
				}
			}
			sweep(down, nil, func(from, to rcpsp.Time, n, _ int64) {
				if n > 0 {
					out = append(out, change{from, 1}, change{to, -1})
				}
			})
		}
		sweep(out, g.Allowed, func(from, to rcpsp.Time, n, allowed int64) {
			if n > 0 && n > allowed {
				tooMany[i] = append(tooMany[i], rcpsp.Span{Lo: from, Hi: to})
			}
		})
		if len(tooMany[i]) > 0 && !g.Defined {
			j.broken(rcpsp.KindGroup, i)
		}
	}
}

func (j *judge) budget(b *rcpsp.Budget) bool {
	used := make([]int64, len(b.Periods))
	for _, u := range b.Uses {
		p := j.at[u.Task]
		if !p.present || u.Mode >= 0 && u.Mode != p.mode {
			continue
		}
		if k := slices.IndexFunc(b.Periods, func(q rcpsp.Period) bool { return q.Lo <= p.start && p.start < q.Hi }); k >= 0 {
			used[k] += u.Amount
		}
	}
	for k, u := range used {
		if u > 0 && u > b.Periods[k].Limit {
			return false
		}
	}
	return true
}

func (j *judge) sameSpan(s *rcpsp.SameSpan) bool {
	chosen := -1
	for _, t := range s.Tasks {
		p := j.at[t]
		if !p.present {
			continue
		}
		k := slices.IndexFunc(s.Spans, func(sp rcpsp.Span) bool { return sp.Lo <= p.start && p.start < sp.Hi })
		if k < 0 || chosen >= 0 && k != chosen {
			return false
		}
		chosen = k
	}
	return true
}
