package rcpsp

import "sort"

// At returns the cost of the term at t.
func (tm *Term) At(t Time) int64 {
	i := sort.Search(len(tm.Cost), func(i int) bool { return tm.Cost[i].From > t }) - 1
	if i < 0 {
		return 0
	}
	p := tm.Cost[i]
	return p.Value + p.Slope*int64(t-p.From)
}

// termValue returns the cost of the term in s.
func (in *Instance) termValue(tm *Term, s *Solution) int64 {
	switch {
	case !s.Present(tm.Task):
		return tm.Absent
	case tm.OnEnd:
		return tm.At(in.End(s, tm.Task))
	default:
		return tm.At(s.Start[tm.Task])
	}
}

// Value is the objective, one number a tier; values compare lexicographically. It
// costs O(terms + events log events).
func (in *Instance) Value(s *Solution) []int64 {
	out := make([]int64, in.Tiers())
	for i := range in.Goals {
		g := &in.Goals[i]
		out[g.Tier] += g.Weight * in.GoalValue(g, s)
	}
	return out
}

// GoalValue is the value of one goal, without its weight.
func (in *Instance) GoalValue(g *Goal, s *Solution) int64 {
	var v int64
	switch g.Kind {
	case Sum:
		for i := range g.Terms {
			v += in.termValue(&g.Terms[i], s)
		}
	case Max:
		for i := range g.Terms {
			v = max(v, in.termValue(&g.Terms[i], s))
		}
	case MaxGroup:
		sums := map[int32]int64{} // only its largest value is used, so its order does not matter
		for i := range g.Terms {
			sums[g.Terms[i].Group] += in.termValue(&g.Terms[i], s)
		}
		for _, x := range sums {
			v = max(v, x)
		}
	case Peak:
		v = in.peak(ResourceID(g.Of), s)
	case PeakPeriod:
		b := &in.Budgets[g.Of]
		used := b.Used(s)
		for _, u := range used {
			v = max(v, u)
		}
	case Excess:
		b := &in.Budgets[g.Of]
		for k, u := range b.Used(s) {
			v += max(0, u-b.Periods[k].Free)
		}
	}
	return v
}

// Used returns what s uses in each period of b.
func (b *Budget) Used(s *Solution) []int64 {
	used := make([]int64, len(b.Periods))
	for _, u := range b.Uses {
		if m := s.Mode[u.Task]; m < 0 || u.Mode >= 0 && u.Mode != m {
			continue
		}
		if k := b.Period(s.Start[u.Task]); k >= 0 {
			used[k] += u.Amount
		}
	}
	return used
}

// Period returns the index of the period that holds t, or -1.
func (b *Budget) Period(t Time) int {
	k := sort.Search(len(b.Periods), func(i int) bool { return b.Periods[i].Hi > t })
	if k < len(b.Periods) && b.Periods[k].Lo <= t {
		return k
	}
	return -1
}

// peak sweeps over the starts and ends of all use of r.
func (in *Instance) peak(r ResourceID, s *Solution) int64 {
	type event struct {
		at    Time
		delta int64
	}
	var events []event
	for t := range in.Tasks {
		if s.Mode[t] < 0 {
			continue
		}
		m := &in.Tasks[t].Modes[s.Mode[t]]
		for _, d := range m.Demands {
			if d.Resource == r {
				m.Occupied(s.Start[t], func(sp Span) {
					events = append(events, event{sp.Lo, d.Amount}, event{sp.Hi, -d.Amount})
				})
			}
		}
	}
	sort.Slice(events, func(i, j int) bool {
		if events[i].at != events[j].at {
			return events[i].at < events[j].at
		}
		return events[i].delta < events[j].delta // give back before taking
	})
	var use, top int64
	for _, e := range events {
		use += e.delta
		top = max(top, use)
	}
	return top
}

// Occupied calls f with the spans in which the mode, started at start, holds its
// demands, in time order.
func (m *Mode) Occupied(start Time, f func(Span)) {
	if m.Duration == 0 {
		return
	}
	end, ok := m.End(start)
	if !ok {
		return
	}
	if m.Work == nil || m.Hold {
		f(Span{start, end})
		return
	}
	i := sort.Search(len(m.Work), func(i int) bool { return m.Work[i].Hi > start })
	for ; i < len(m.Work) && m.Work[i].Lo < end; i++ {
		f(Span{max(start, m.Work[i].Lo), min(end, m.Work[i].Hi)})
	}
}

// Compare orders values lexicographically: negative where a is better than b.
func Compare(a, b []int64) int {
	for i := range a {
		switch {
		case a[i] < b[i]:
			return -1
		case a[i] > b[i]:
			return 1
		}
	}
	return 0
}
