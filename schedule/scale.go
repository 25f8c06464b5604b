package schedule

import (
	"fmt"
	"slices"

	"github.com/slackwater-go/slackwater/internal/document"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// scale turns the instance from seconds into ticks. Where the tick divides an input
// this is exact; elsewhere it is rounded to the safe side, so that a solution in ticks
// is one in seconds: durations and minimal lags up, maximal lags down, open time and
// capacities inwards, closed time outwards. Starts are exact on the grid; only ends are
// rounded up. A start that is pinned between ticks counts from the tick before it,
// which makes its task longer; its lags and costs remember the residue.
func (c *compiler) scale() error {
	s := scaler{c: c.compiled, t: rcpsp.Time(c.tick), domains: map[*rcpsp.Range][]rcpsp.Range{}, works: map[*rcpsp.Span][]rcpsp.Span{}}
	if c.tick == 1 {
		return s.limits()
	}
	in := c.in
	whole := in.Horizon
	in.Horizon = ceilDiv(in.Horizon, s.t) // starts are bounded in seconds, and ends are rounded up
	for t := range in.Tasks {
		if t%4096 == 4095 && c.ctx.Err() != nil {
			return c.ctx.Err()
		}
		s.task(t)
	}
	if err := s.lags(); err != nil {
		return err
	}
	for i := range in.Resources {
		in.Resources[i].Capacity = s.steps(in.Resources[i].Capacity, whole)
	}
	for i := range in.Groups {
		in.Groups[i].Allowed = s.steps(in.Groups[i].Allowed, whole)
	}
	for i := range in.Budgets {
		s.budget(&in.Budgets[i])
	}
	for i := range in.SameSpan {
		s.sameSpan(&in.SameSpan[i])
	}
	for i := range in.Goals {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		g := &in.Goals[i]
		for k := range g.Terms {
			s.term(&g.Terms[k])
		}
	}
	return s.limits()
}

// A scaler changes an instance in place. Lists that tasks share stay shared.
type scaler struct {
	c       *compiled
	t       rcpsp.Time
	domains map[*rcpsp.Range][]rcpsp.Range
	works   map[*rcpsp.Span][]rcpsp.Span
}

func floorDiv(a, b rcpsp.Time) rcpsp.Time {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func ceilDiv(a, b rcpsp.Time) rcpsp.Time { return -floorDiv(-a, b) }

func (s *scaler) task(t int) {
	task, ex := &s.c.in.Tasks[t], &s.c.seconds[t]
	pinned := t >= len(s.c.acts) || !s.c.p.Activities[s.c.acts[t]].Pinned.IsZero()
	for k := range task.Modes {
		m := &task.Modes[k]
		if pinned && len(m.Starts) == 1 && m.Starts[0].Lo%s.t != 0 {
			s.pin(m, ex)
			continue
		}
		releases := m.Work != nil && !m.Hold
		m.Starts = s.domain(m.Starts)
		m.Work = s.work(m.Work)
		if releases && s.c.onGrid {
			m.Hold = true // rounding moves the pauses, so demands cannot be given back on the tick
		}
		m.Duration = ceilDiv(m.Duration, s.t)
	}
}

// pin fixes a mode that starts between ticks as a block from the tick before to the
// tick after.
func (s *scaler) pin(m *rcpsp.Mode, ex *exact) {
	at := m.Starts[0].Lo
	end, ok := m.End(at)
	lo := floorDiv(at, s.t)
	ex.residue = int64(at - lo*s.t)
	*m = rcpsp.Mode{Duration: ceilDiv(end, s.t) - lo, Starts: []rcpsp.Range{{Lo: lo, Hi: lo}}, Demands: m.Demands}
	if !ok {
		m.Starts = nil
	}
}

func (s *scaler) domain(starts []rcpsp.Range) []rcpsp.Range {
	if len(starts) == 0 {
		return nil
	}
	key := &starts[0]
	out, ok := s.domains[key]
	if ok && len(out) == len(starts) && out[len(out)-1].Hi == floorDiv(starts[len(starts)-1].Hi, s.t) {
		return out
	}
	out = make([]rcpsp.Range, 0, len(starts))
	for _, r := range starts {
		if lo, hi := ceilDiv(r.Lo, s.t), floorDiv(r.Hi, s.t); lo <= hi {
			out = append(out, rcpsp.Range{Lo: lo, Hi: hi})
		}
	}
	out = joinRanges(out)
	s.domains[key] = out
	return out
}

func (s *scaler) work(spans []rcpsp.Span) []rcpsp.Span {
	if len(spans) == 0 {
		return spans
	}
	out, ok := s.works[&spans[0]]
	if !ok {
		for _, sp := range spans {
			if lo, hi := ceilDiv(sp.Lo, s.t), floorDiv(sp.Hi, s.t); lo < hi {
				out = append(out, rcpsp.Span{Lo: lo, Hi: hi})
			}
		}
		out = joinSpans(out)
		if out == nil {
			out = []rcpsp.Span{}
		}
		s.works[&spans[0]] = out
	}
	return out
}

// lags rounds each lag so that it holds in seconds. With plain durations the ends are
// starts plus a number, so the sum is rounded once; otherwise ends are those in ticks,
// which are up to slack later than those in seconds.
func (s *scaler) lags() error {
	for i := range s.c.in.Lags {
		l := &s.c.in.Lags[i]
		least := int64(l.Min) + s.c.seconds[l.From].residue - s.c.seconds[l.To].residue
		from, plainFrom := s.plain(l.From)
		to, plainTo := s.plain(l.To)
		if (plainFrom || !l.FromEnd) && (plainTo || !l.ToEnd) {
			if l.FromEnd {
				least += from
			}
			if l.ToEnd {
				least -= to
			}
			*l = rcpsp.Lag{From: l.From, To: l.To, Min: ceilDiv(rcpsp.Time(least), s.t)}
			continue
		}
		// The end of From in ticks is at or after that in seconds, with the residue in it.
		least = int64(l.Min) - s.c.seconds[l.To].residue
		if !l.FromEnd {
			least += s.c.seconds[l.From].residue
		}
		if l.ToEnd {
			least = int64(l.Min)
			if !l.FromEnd {
				least += s.c.seconds[l.From].residue
			}
			slack, err := s.slack(l.To, i)
			if err != nil {
				return err
			}
			least += slack
		}
		l.Min = ceilDiv(rcpsp.Time(least), s.t)
	}
	return nil
}

// plain returns the seconds that a task takes if it has one mode without pauses.
func (s *scaler) plain(t rcpsp.TaskID) (int64, bool) {
	modes := s.c.seconds[t].modes
	if len(modes) != 1 || modes[0].work != nil {
		return 0, false
	}
	return modes[0].duration, true
}

// slack returns by how much the end of a task in ticks may be later than in seconds.
func (s *scaler) slack(t rcpsp.TaskID, lag int) (int64, error) {
	var most int64
	if s.c.seconds[t].residue != 0 {
		return int64(s.t), nil
	}
	for _, m := range s.c.seconds[t].modes {
		if m.work != nil && s.c.onGrid {
			p := int(s.c.lags[lag])
			return 0, &ValidationError{Path: s.c.at.precedence(p), Problem: fmt.Sprintf(
				"keeps the end of %s, which pauses, from coming too early: this cannot be kept on a tick of %v; leave tick out, or use one that divides all times",
				quote(s.c.p.Activities[s.c.acts[t]].ID), Duration(s.t)*Second)}
		}
		over := int64(ceilDiv(rcpsp.Time(m.duration), s.t)*s.t) - m.duration
		most = max(most, over)
	}
	return most, nil
}

// steps takes, for each tick, the least value in it.
func (s *scaler) steps(list []rcpsp.Step, whole rcpsp.Time) []rcpsp.Step {
	out := make([]rcpsp.Step, 0, len(list)+1)
	for i, st := range list {
		if st.From > whole {
			break
		}
		k := floorDiv(st.From, s.t)
		if k*s.t == st.From {
			out = append(out, rcpsp.Step{From: k, Value: st.Value})
			continue
		}
		// The step begins inside tick k, which it shares with those before.
		if last := &out[len(out)-1]; last.From == k {
			last.Value = min(last.Value, st.Value)
		} else {
			out = append(out, rcpsp.Step{From: k, Value: min(last.Value, st.Value)})
		}
		if i+1 == len(list) || list[i+1].From > (k+1)*s.t {
			out = append(out, rcpsp.Step{From: k + 1, Value: st.Value})
		}
	}
	// Drop steps that change nothing.
	n := 0
	for i := range out {
		if i == 0 || out[i].Value != out[n-1].Value {
			out[n] = out[i]
			n++
		}
	}
	return out[:n]
}

// budget rounds periods, in which starts lie; starts are exact. A pin between ticks
// whose tick lies in the period before is booked by hand in its own.
func (s *scaler) budget(b *rcpsp.Budget) {
	old := slices.Clone(b.Periods)
	periods := b.Periods[:0]
	for _, p := range old {
		p.Lo, p.Hi = ceilDiv(p.Lo, s.t), ceilDiv(p.Hi, s.t)
		if p.Lo < p.Hi {
			periods = append(periods, p)
		}
	}
	b.Periods = periods
	var uses []rcpsp.Use
	for _, u := range b.Uses {
		task := &s.c.in.Tasks[u.Task]
		r := rcpsp.Time(s.c.seconds[u.Task].residue)
		k := slices.IndexFunc(task.Modes, func(m rcpsp.Mode) bool { return len(m.Starts) > 0 })
		if r == 0 || k < 0 {
			uses = append(uses, u)
			continue
		}
		tick := task.Modes[k].Starts[0].Lo
		at := tick*s.t + r
		own := slices.IndexFunc(old, func(p rcpsp.Period) bool { return p.Lo <= at && at < p.Hi })
		if in := b.Period(tick); in >= 0 && own >= 0 && b.Periods[in].Hi == ceilDiv(old[own].Hi, s.t) || in < 0 && own < 0 {
			uses = append(uses, u)
			continue
		}
		// Where the rounded period is empty nothing else can start in it.
		here := -1
		if own >= 0 {
			here = slices.IndexFunc(b.Periods, func(p rcpsp.Period) bool { return p.Hi == ceilDiv(old[own].Hi, s.t) })
		}
		switch {
		case here < 0 && (own < 0 || u.Amount <= old[own].Limit):
		case here >= 0 && b.Periods[here].Limit >= u.Amount:
			b.Periods[here].Limit -= u.Amount
			b.Periods[here].Free = max(0, b.Periods[here].Free-u.Amount)
		default: // more is pinned than there is: the mode that uses it is impossible
			for m := range task.Modes {
				if u.Mode < 0 || int(u.Mode) == m {
					task.Modes[m].Starts = nil
				}
			}
		}
	}
	b.Uses = uses
}

// sameSpan rounds the spans, in which starts lie. A pin between ticks leaves only the
// span that it is in.
func (s *scaler) sameSpan(x *rcpsp.SameSpan) {
	tasks := x.Tasks[:0:0]
	spans := x.Spans
	for _, t := range x.Tasks {
		r, modes := s.c.seconds[t].residue, s.c.in.Tasks[t].Modes
		k := slices.IndexFunc(modes, func(m rcpsp.Mode) bool { return len(m.Starts) > 0 })
		if r == 0 || k < 0 {
			tasks = append(tasks, t)
			continue
		}
		at := modes[k].Starts[0].Lo*s.t + rcpsp.Time(r)
		var hold []rcpsp.Span
		for _, sp := range spans {
			if sp.Lo <= at && at < sp.Hi {
				hold = append(hold, sp)
			}
		}
		if hold == nil { // it cannot be carried out; if it is optional the others can
			for m := range modes {
				modes[m].Starts = nil
			}
			continue
		}
		spans = hold
	}
	x.Tasks = tasks
	x.Spans = nil
	for _, sp := range spans {
		if lo, hi := ceilDiv(sp.Lo, s.t), ceilDiv(sp.Hi, s.t); lo < hi {
			x.Spans = append(x.Spans, rcpsp.Span{Lo: lo, Hi: hi})
		}
	}
}

// term rewrites a cost of seconds as one of ticks. Ends of plain work are starts plus
// a number, so that their rounding costs nothing.
func (s *scaler) term(tm *rcpsp.Term) {
	shift := rcpsp.Time(s.c.seconds[tm.Task].residue)
	if tm.OnEnd && s.c.onGrid {
		if d, ok := s.plain(tm.Task); ok {
			shift += rcpsp.Time(d)
			tm.OnEnd = false
		} else {
			shift = 0
		}
	} else if tm.OnEnd {
		shift = 0
	}
	var out []rcpsp.Piece
	for _, p := range tm.Cost {
		k := ceilDiv(p.From-shift, s.t)
		q := rcpsp.Piece{From: k, Value: p.Value + p.Slope*int64(k*s.t+shift-p.From), Slope: p.Slope * int64(s.t)}
		if n := len(out); n > 0 && out[n-1].From == k {
			out[n-1] = q
		} else {
			out = append(out, q)
		}
	}
	tm.Cost = out
}

// limits makes sure that the numbers of the instance are small enough for the solver.
func (s *scaler) limits() error {
	if err := s.c.in.Validate(); err != nil {
		return &ValidationError{Path: "goals", Problem: fmt.Sprintf("weights, prices or amounts are so large that their sums overflow: scale them down (%v)", document.Flatten(err)[0])}
	}
	return nil
}
