package sgs

import (
	"sort"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// spanAt returns the index of the span that holds t, or -1.
func spanAt(spans []rcpsp.Span, t rcpsp.Time) int32 {
	i := sort.Search(len(spans), func(i int) bool { return spans[i].Hi > t })
	if i < len(spans) && spans[i].Lo <= t {
		return int32(i)
	}
	return -1
}

// Window returns bounds for the start of task t in mode k: its static window and the
// lags that join it to placed tasks. It is empty (lo > hi) where these leave nothing.
func (s *State) Window(t rcpsp.TaskID, k int32) (lo, hi rcpsp.Time) {
	return s.window(t, k, true, true)
}

// window is Window with the lags that bind from below, or above, left out.
func (s *State) window(t rcpsp.TaskID, k int32, below, above bool) (lo, hi rcpsp.Time) {
	w, tk := s.M.Windows, &s.M.tasks[t]
	m := &s.M.In.Tasks[t].Modes[k]
	lo, hi = w.EarliestStart[t], w.LatestStart[t]
	endLo, endHi := w.EarliestEnd[t], w.LatestEnd[t]
	if below {
		s.Work += int64(len(tk.in))
		for _, b := range tk.in {
			if s.Mode[b.other] < 0 {
				continue
			}
			x := s.Start[b.other]
			if b.otherEnd {
				x = s.End[b.other]
			}
			if b.ownEnd {
				endLo = max(endLo, x+b.min)
			} else {
				lo = max(lo, x+b.min)
			}
		}
	}
	if above {
		s.Work += int64(len(tk.out))
		for _, b := range tk.out {
			if s.Mode[b.other] < 0 {
				continue
			}
			x := s.Start[b.other]
			if b.otherEnd {
				x = s.End[b.other]
			}
			if b.ownEnd {
				endHi = min(endHi, x-b.min)
			} else {
				hi = min(hi, x-b.min)
			}
		}
	}
	if x, ok := firstStart(m, endLo); ok {
		lo = max(lo, x)
	}
	x, ok := lastStart(m, endHi)
	if !ok {
		return 0, -1
	}
	return lo, min(hi, x)
}

// Fit returns the first start of task t in mode k within [lo, hi] at which it breaks
// nothing with what is placed, lags aside: those are in [State.Window].
//
// Each kind of constraint answers with the first later start that it may allow, and
// the search starts again from there, so the result is exact.
func (s *State) Fit(t rcpsp.TaskID, k int32, lo, hi rcpsp.Time) (rcpsp.Time, bool) {
	m := &s.M.In.Tasks[t].Modes[k]
	at, limit := lo, 0
	for {
		var ok bool
		if at, ok = nextAllowed(m, at); !ok || at > hi {
			return 0, false
		}
		end, ok := m.End(at)
		if !ok || end > s.M.In.Horizon {
			return 0, false
		}
		s.Work++
		next := s.push(t, k, m, at, end)
		if next == at {
			bad, vetoed := s.vetoed(t, k, at)
			if !vetoed {
				return at, true
			}
			next = bad.Hi + 1
		}
		if limit++; next >= never || limit > 100_000 {
			return 0, false
		}
		at = next
	}
}

func (s *State) vetoed(t rcpsp.TaskID, k int32, at rcpsp.Time) (rcpsp.Range, bool) {
	if s.Veto == nil {
		return rcpsp.Range{}, false
	}
	return s.Veto(t, k, at)
}

// push returns at where task t may run [at, end), or the first later start that is
// not excluded by the first constraint found broken.
func (s *State) push(t rcpsp.TaskID, k int32, m *rcpsp.Mode, at, end rcpsp.Time) rcpsp.Time {
	tk, in := &s.M.tasks[t], s.M.In
	for _, l := range tk.self {
		if !selfLag(&l, at, end) {
			return at + 1
		}
	}
	for _, i := range tk.spans {
		spans := in.SameSpan[i].Spans
		if s.span[i] >= 0 {
			sp := spans[s.span[i]]
			if at < sp.Lo {
				return sp.Lo
			}
			if at >= sp.Hi {
				return never
			}
			continue
		}
		j := sort.Search(len(spans), func(j int) bool { return spans[j].Hi > at })
		j = max(j, int(s.avoid[i]))
		if j >= len(spans) {
			return never
		}
		if at < spans[j].Lo {
			return spans[j].Lo
		}
	}
	for i, u := range tk.uses {
		if s.first(int(t), i) != i {
			continue
		}
		amount := s.takes(int(t), u.budget, k)
		b := &in.Budgets[u.budget]
		if p := b.Period(at); amount > 0 && p >= 0 {
			left := b.Periods[p].Limit - s.used[u.budget][p]
			if s.M.reserve[u.budget] {
				left -= s.kept[u.budget] - s.least[t][i]
			}
			if amount > left {
				return b.Periods[p].Hi
			}
		}
	}
	if at >= end {
		return at
	}
	for _, i := range tk.sets {
		if a, b, w := s.alone[i].gap(at, end, 1); a < end {
			s.Work += w
			return s.alone[i].rise(b, 1)
		}
	}
	if len(m.Demands) > 0 {
		if next := s.pushDemands(m, at, end); next > at {
			return next
		}
	}
	if a, b := s.groupClash(t, at, end); a < end {
		return b
	}
	return at
}

func selfLag(l *rcpsp.Lag, start, end rcpsp.Time) bool {
	x, y := start, start
	if l.FromEnd {
		x = end
	}
	if l.ToEnd {
		y = end
	}
	return y-x >= l.Min
}

// pushDemands looks at the resources. Where the mode holds them without a break, the
// next start is where the shortage ends. Where it pauses, only the part of the
// shortage within its own working time is certain to be in the way of every earlier
// start.
func (s *State) pushDemands(m *rcpsp.Mode, at, end rcpsp.Time) rcpsp.Time {
	whole := m.Work == nil || m.Hold
	next := at
	check := func(sp rcpsp.Span) {
		for _, d := range m.Demands {
			if next > at {
				return
			}
			p := &s.free[d.Resource]
			a, b, w := p.gap(sp.Lo, sp.Hi, d.Amount)
			s.Work += w
			if a < sp.Hi {
				next = b
				if whole {
					next = p.rise(b, d.Amount)
				}
			}
		}
	}
	if whole {
		check(rcpsp.Span{Lo: at, Hi: end})
	} else {
		m.Occupied(at, check)
	}
	return next
}

// FitLast returns the last start within [lo, hi]; it mirrors Fit.
func (s *State) FitLast(t rcpsp.TaskID, k int32, lo, hi rcpsp.Time) (rcpsp.Time, bool) {
	m := &s.M.In.Tasks[t].Modes[k]
	at := hi
	if x, ok := lastStart(m, s.M.In.Horizon); ok {
		at = min(at, x)
	}
	for limit := 0; limit < 100_000; limit++ {
		var ok bool
		if at, ok = prevAllowed(m, at); !ok || at < lo {
			return 0, false
		}
		end, ok := m.End(at)
		if !ok {
			return 0, false
		}
		s.Work++
		next := s.pull(t, k, m, at, end)
		if next == at {
			bad, vetoed := s.vetoed(t, k, at)
			if !vetoed {
				return at, true
			}
			next = bad.Lo - 1
		}
		if next < lo {
			return 0, false
		}
		at = next
	}
	return 0, false
}

// pull mirrors push.
func (s *State) pull(t rcpsp.TaskID, k int32, m *rcpsp.Mode, at, end rcpsp.Time) rcpsp.Time {
	tk, in := &s.M.tasks[t], s.M.In
	for _, l := range tk.self {
		if !selfLag(&l, at, end) {
			return at - 1
		}
	}
	for _, i := range tk.spans {
		spans := in.SameSpan[i].Spans
		if s.span[i] >= 0 {
			sp := spans[s.span[i]]
			if at >= sp.Hi {
				return sp.Hi - 1
			}
			if at < sp.Lo {
				return ages
			}
			continue
		}
		j := sort.Search(len(spans), func(j int) bool { return spans[j].Lo > at }) - 1
		if j < int(s.avoid[i]) {
			return ages
		}
		if at >= spans[j].Hi {
			return spans[j].Hi - 1
		}
	}
	for i, u := range tk.uses {
		if s.first(int(t), i) != i {
			continue
		}
		amount := s.takes(int(t), u.budget, k)
		b := &in.Budgets[u.budget]
		if p := b.Period(at); amount > 0 && p >= 0 {
			left := b.Periods[p].Limit - s.used[u.budget][p]
			if s.M.reserve[u.budget] {
				left -= s.kept[u.budget] - s.least[t][i]
			}
			if amount > left {
				return b.Periods[p].Lo - 1
			}
		}
	}
	if at >= end {
		return at
	}
	by := func(from rcpsp.Time) rcpsp.Time { // the last start that ends by from
		x, ok := lastStart(m, from)
		if !ok {
			return ages
		}
		return min(x, at-1)
	}
	for _, i := range tk.sets {
		if a, b, w := s.alone[i].gapBack(at, end, 1); b > at {
			s.Work += w
			return by(a)
		}
	}
	if len(m.Demands) > 0 {
		clash := never
		m.Occupied(at, func(sp rcpsp.Span) {
			for _, d := range m.Demands {
				a, b, w := s.free[d.Resource].gapBack(sp.Lo, sp.Hi, d.Amount)
				s.Work += w
				if b > sp.Lo {
					clash = min(clash, a)
				}
			}
		})
		if clash < never {
			return by(clash)
		}
	}
	if a, _ := s.groupClash(t, at, end); a < end {
		return by(a)
	}
	return at
}
