package judge

import (
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// judgeCalendar compares the place of a with its calendar, window by window.
//
// Work in one piece of positive length:
//   - overlaps no occurrence of a blackout or prohibiting freeze, except of one with
//     Overrun that begins after the work has;
//   - where maintenance windows are required, starts inside one, not later than its
//     cut-off, and lies inside their union (windows that touch count as one) up to
//     its end, unless a window it starts in has Overrun.
//
// Work that pauses starts in open time. Work of no length needs open time on either
// side of its instant: closing time of a window will do.
func (s *state) judgeCalendar(a *activity) []*raw {
	if !a.place.present {
		return nil
	}
	m := &a.modes[a.place.mode]
	if m.calendar < 0 {
		return nil
	}
	v := visit{a: a, m: m, lane: &s.calendars[m.calendar], at: a.place.span}
	whole := span{sub(v.at.lo, 1), add(v.at.hi, 1)}
	var ok bool
	if v.allow, v.deny, v.oblige, ok = v.lane.occurrences(&a.src.Subject, m.windows, whole); !ok {
		return []*raw{s.selfRaw(a, Malformed, "calendar-too-fine", a.place.span, 0)}
	}
	v.restricted = v.lane.restricted(m.windows)
	switch {
	case v.at.lo >= v.at.hi:
		v.instant()
	case a.src.Pauses:
		v.start()
	default:
		v.piece()
	}
	for _, o := range v.oblige {
		if part := o.cut(v.at); !part.empty() {
			severity, rule := Warning, "needs-approval"
			if o.window.Grade == calendar.Advisory {
				severity, rule = Note, "advisory"
			}
			v.inside(o, part, severity, rule)
		}
	}
	return v.raws
}

// A visit is one activity before its calendar.
type visit struct {
	a    *activity
	m    *mode
	lane *lane
	at   span

	restricted          bool
	allow, deny, oblige []occ
	raws                []*raw
}

// piece judges work in one piece.
func (v *visit) piece() {
	for _, o := range v.deny {
		if part := o.cut(v.at); !part.empty() && !(o.window.Overrun && v.at.lo < o.lo) {
			v.inside(o, part, "", "closed")
		}
	}
	if !v.restricted {
		return
	}
	began := false
	for i := range v.allow {
		began = began || v.allow[i].lo <= v.at.lo && v.at.lo < v.allow[i].hi
	}
	overrun := v.cutOff(began)
	if overrun {
		return
	}
	uncovered := without(v.at, spansOf(v.allow))
	switch {
	case len(uncovered) == 0:
	case began:
		v.exceeds(uncovered)
	default:
		v.outside(uncovered)
	}
}

// cutOff reports a start after the cut-off of every window it is in. It returns whether
// one of them that is not past its cut-off lets the work run on.
func (v *visit) cutOff(began bool) (overrun bool) {
	usable := false
	best := occ{}
	limit := int64(minInstant)
	for _, o := range v.allow {
		if o.lo > v.at.lo || v.at.lo >= o.hi {
			continue
		}
		last := o.hi
		if !o.window.CutOff.IsZero() {
			last = lastStart(v.lane.src, o)
		}
		if v.at.lo <= last {
			usable = true
			overrun = overrun || o.window.Overrun
		} else if last > limit {
			limit, best = last, o
		}
	}
	if began && !usable {
		late := sub(v.at.lo, limit)
		r := v.raw(ExceedsWindow, causeKey{unit: v.a.index, part: 1}, span{limit, v.at.lo}, late)
		r.evidence.Rule, r.evidence.Window, r.evidence.Text = "cut-off", best.window.ID, best.window.Reason
		r.evidence.Occurrence, r.evidence.LimitAt = best.whole.interval(), toTime(limit)
	}
	return overrun
}

// lastStart returns the last start that the cut-off of a window allows in an occurrence.
func lastStart(c *calendar.Calendar, o occ) int64 {
	d := o.window.CutOff
	loc := o.window.Starts.Location()
	if loc == nil && d.Days != 0 && c.Zone != "" {
		load := time.LoadLocation
		if c.Zones != nil {
			load = c.Zones
		}
		loc, _ = load(c.Zone)
	}
	if loc == nil {
		loc = time.UTC
	}
	return toInstant(calendar.Duration{Days: -d.Days, Exact: -d.Exact}.After(toTime(o.whole.hi), loc))
}

// start judges the start of work that pauses.
func (v *visit) start() {
	first := span{v.at.lo, v.at.lo + 1}
	closed := false
	for _, o := range v.deny {
		if !o.cut(first).empty() {
			closed = true
			v.inside(o, o.cut(v.at), "", "closed")
		}
	}
	if closed || !v.restricted {
		return
	}
	open := join(spansOf(v.allow))
	if _, in := holding(open, v.at.lo); in {
		v.cutOff(true)
		return
	}
	till := v.at.hi
	for _, sp := range open {
		if sp.lo > v.at.lo {
			till = min(till, sp.lo)
		}
	}
	v.outside([]span{{v.at.lo, till}})
}

// instant judges work of no length.
func (v *visit) instant() {
	t := v.at.lo
	open := func(around span) bool {
		for _, o := range v.deny {
			if !o.cut(around).empty() {
				return false
			}
		}
		if !v.restricted {
			return true
		}
		for _, o := range v.allow {
			if !o.cut(around).empty() {
				return true
			}
		}
		return false
	}
	after := span{t, add(t, 1)}
	if open(after) || open(span{sub(t, 1), t}) {
		return
	}
	closed := false
	for _, o := range v.deny {
		if !o.cut(after).empty() {
			closed = true
			v.inside(o, span{t, t}, "", "closed")
		}
	}
	if !closed {
		v.outside([]span{{t, t}})
	}
}

func (v *visit) raw(kind Kind, key causeKey, at span, by int64) *raw {
	key.kind, key.of = kind, OfCalendar
	r := &raw{
		key:      key,
		span:     at,
		members:  []Member{{Activity: v.a.src.ID, Span: at.interval(), By: time.Duration(by)}},
		amount:   Amount{Duration: time.Duration(by)},
		evidence: Evidence{Of: OfCalendar, ID: v.lane.src.ID},
		names:    []string{v.a.name()},
	}
	v.raws = append(v.raws, r)
	return r
}

// inside reports work inside an occurrence of a blackout or freeze.
func (v *visit) inside(o occ, part span, severity Severity, rule string) {
	kind := InBlackout
	if o.window.Kind == calendar.Freeze {
		kind = InFreeze
	}
	r := v.raw(kind, causeKey{unit: -1, sub: o.window.ID, span: o.whole}, part, part.length())
	r.severity, r.spread = severity, true
	r.evidence.Rule, r.evidence.Window, r.evidence.Text = rule, o.window.ID, o.window.Reason
	r.evidence.Occurrence = o.whole.interval()
	if rule == "needs-approval" {
		r.evidence.Approvers = o.window.Approvers
	}
}

// outside reports work that starts where no maintenance window is open.
func (v *visit) outside(uncovered []span) {
	gap := v.lane.gapAt(&v.a.src.Subject, v.m.windows, v.at.lo)
	r := v.raw(OutsideWindow, causeKey{unit: v.m.calendar, span: gap}, hull(uncovered), total(uncovered))
	r.spread = true
	r.evidence.Rule = "start-inside"
	if gap.lo != minInstant {
		r.evidence.Occurrence.Start = toTime(gap.lo)
	}
	if gap.hi != maxInstant {
		r.evidence.Occurrence.End = toTime(gap.hi)
	}
}

// exceeds reports work that starts in a window and does not fit it.
func (v *visit) exceeds(uncovered []span) {
	r := v.raw(ExceedsWindow, causeKey{unit: v.a.index}, hull(uncovered), total(uncovered))
	r.evidence.Rule, r.evidence.LimitAt = "finish-inside", toTime(uncovered[0].lo)
	for _, o := range v.allow {
		if o.lo <= v.at.lo && v.at.lo < o.hi && (r.evidence.Window == "" || o.hi > toInstant(r.evidence.Occurrence.End)) {
			r.evidence.Window, r.evidence.Text, r.evidence.Occurrence = o.window.ID, o.window.Reason, o.whole.interval()
		}
	}
}

// working returns when work that pauses is done between lo and hi, window by window.
func (s *state) working(a *activity, at span) []span {
	m := &a.modes[a.place.mode]
	if m.calendar < 0 {
		return []span{at}
	}
	l := &s.calendars[m.calendar]
	allow, deny, _, ok := l.occurrences(&a.src.Subject, m.windows, at)
	if !ok {
		return []span{at} // which is a finding of its own
	}
	open := []span{at}
	if l.restricted(m.windows) {
		open = open[:0]
		for _, sp := range join(spansOf(allow)) {
			open = append(open, sp.cut(at))
		}
	}
	denied := spansOf(deny)
	var out []span
	for _, sp := range open {
		out = append(out, without(sp, denied)...)
	}
	return out
}

// judgeWork compares the length of the place with the duration asked for.
func (s *state) judgeWork(a *activity) []*raw {
	if !a.place.present {
		return nil
	}
	want := a.modes[a.place.mode].duration
	have := a.place.length()
	rule, at := "duration", a.place.span
	if a.src.Pauses {
		rule = "working-time"
		have = total(a.place.working)
		if n := len(a.place.working); have == want && (want == 0 && at.empty() || n > 0 && a.place.working[n-1].hi == at.hi) {
			return nil
		}
	}
	if have == want && !a.src.Pauses {
		return nil
	}
	by := sub(have, want)
	if by == 0 { // the end lies in a pause, or there is a pause and no work
		by = at.length()
		if n := len(a.place.working); n > 0 {
			by = sub(at.hi, a.place.working[n-1].hi)
		}
	}
	r := s.selfRaw(a, Malformed, rule, at, max(by, -by))
	r.evidence.Limit, r.evidence.Actual = time.Duration(want), time.Duration(have)
	return []*raw{r}
}

// without returns the parts of sp that none of others covers.
func without(sp span, others []span) []span {
	var out []span
	for _, o := range join(others) {
		if o.hi <= sp.lo {
			continue
		}
		if o.lo >= sp.hi {
			break
		}
		if o.lo > sp.lo {
			out = append(out, span{sp.lo, o.lo})
		}
		sp.lo = max(sp.lo, o.hi)
	}
	if !sp.empty() {
		out = append(out, sp)
	}
	return out
}

func hull(spans []span) span { return span{spans[0].lo, spans[len(spans)-1].hi} }

func total(spans []span) int64 {
	var n int64
	for _, sp := range spans {
		n = add(n, sp.length())
	}
	return n
}
