package check

import (
	"cmp"
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
	out, _ := SolutionUntil(in, s, func() bool { return false })
	return out
}

// askEvery is how many tasks, lags or demands are looked at between questions whether to
// stop: some tenths of a millisecond.
const askEvery = 2000

// SolutionUntil is [Solution] for large instances: it asks now and then whether to stop,
// and is not done if so.
func SolutionUntil(in *rcpsp.Instance, s *rcpsp.Solution, stop func() bool) (broken []rcpsp.ConstraintID, done bool) {
	j := judge{in: in, at: make([]placed, len(in.Tasks)), stop: stop}
	for t := range in.Tasks {
		if t%askEvery == askEvery-1 && stop() {
			return nil, false
		}
		if !j.place(t, s) {
			j.broken(rcpsp.KindTask, t)
		}
	}
	for i := range in.Lags {
		if i%askEvery == askEvery-1 && stop() {
			return nil, false
		}
		if !j.lag(&in.Lags[i]) {
			j.broken(rcpsp.KindLag, i)
		}
	}
	if !j.resources() {
		return nil, false
	}
	looked := 0
	for i, set := range in.NoOverlap {
		if looked += len(set); looked >= askEvery {
			if looked = 0; stop() {
				return nil, false
			}
		}
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
	return j.out, true
}

// placed is what a solution says of one task.
type placed struct {
	present    bool
	mode       int32
	start, end rcpsp.Time
}

type judge struct {
	in   *rcpsp.Instance
	at   []placed
	out  []rcpsp.ConstraintID
	stop func() bool
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
	i := sort.Search(len(m.Starts), func(i int) bool { return m.Starts[i].Hi >= start })
	return i < len(m.Starts) && m.Starts[i].Lo <= start
}

// endOf walks over the working time of a mode.
func endOf(m *rcpsp.Mode, start rcpsp.Time) (rcpsp.Time, bool) {
	if m.Work == nil || m.Duration == 0 {
		return start + m.Duration, true
	}
	left := m.Duration
	first := sort.Search(len(m.Work), func(i int) bool { return m.Work[i].Hi > start })
	for _, w := range m.Work[first:] {
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
	slices.SortFunc(changes, func(a, b change) int { return cmp.Compare(a.at, b.at) })
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

// resources gathers what is taken of each resource and compares it with the capacity. It
// returns false if it was stopped.
func (j *judge) resources() bool {
	users := make([]int, len(j.in.Resources))
	for t, p := range j.at {
		if p.present {
			for _, d := range j.in.Tasks[t].Modes[p.mode].Demands {
				users[d.Resource]++
			}
		}
	}
	taken := make([][]change, len(j.in.Resources))
	for r, n := range users {
		taken[r] = make([]change, 0, 2*n) // and more where tasks pause
	}
	for t, p := range j.at {
		if t%askEvery == askEvery-1 && j.stop() {
			return false
		}
		if !p.present {
			continue
		}
		m := &j.in.Tasks[t].Modes[p.mode]
		for _, d := range m.Demands {
			held(m, p.start, p.end, func(sp rcpsp.Span) {
				taken[d.Resource] = append(taken[d.Resource], change{sp.Lo, d.Amount}, change{sp.Hi, -d.Amount})
			})
		}
	}
	looked := 0
	for r := range j.in.Resources {
		if looked += len(taken[r]); looked >= askEvery {
			if looked = 0; j.stop() {
				return false
			}
		}
		if exceeds(taken[r], j.in.Resources[r].Capacity) {
			j.broken(rcpsp.KindResource, r)
		}
	}
	return true
}

// held calls f with the spans in which a mode holds its demands.
func held(m *rcpsp.Mode, start, end rcpsp.Time, f func(rcpsp.Span)) {
	if start == end {
		return
	}
	if m.Work == nil || m.Hold {
		f(rcpsp.Span{Lo: start, Hi: end})
		return
	}
	first := sort.Search(len(m.Work), func(i int) bool { return m.Work[i].Hi > start })
	for _, w := range m.Work[first:] {
		if w.Lo >= end {
			return
		}
		f(rcpsp.Span{Lo: max(w.Lo, start), Hi: min(w.Hi, end)})
	}
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
