package judge

import (
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// put works out where the plan places a from what it says, believing nothing.
func (s *state) put(a *activity) {
	a.place = place{}
	if len(a.assigned) == 0 {
		return
	}
	as := &a.assigned[0]
	m := a.modeOf(as.Mode)
	if m < 0 || !usable(as.Start) || !usable(as.End) || as.End.Before(as.Start) || as.End.Sub(as.Start) > longest {
		return
	}
	a.place = place{present: true, mode: m, span: span{toInstant(as.Start), toInstant(as.End)}}
	if a.src.Pauses {
		a.place.working = s.working(a, a.place.span)
	}
}

func usable(t time.Time) bool { return !t.Before(earliest) && t.Before(latest) }

// modeOf returns the index of a mode, -1 where there is none of that name.
func (a *activity) modeOf(id string) int32 {
	if id == "" && len(a.modes) == 1 {
		return 0
	}
	for i := range a.modes {
		if a.modes[i].id == id && (id != "" || len(a.src.Modes) > 0) {
			return int32(i)
		}
	}
	return -1
}

// selfRaw begins a finding about one activity by itself.
func (s *state) selfRaw(a *activity, kind Kind, rule string, at span, by int64) *raw {
	return &raw{
		key:      causeKey{kind: kind, of: OfActivity, unit: a.index, sub: rule},
		span:     at,
		members:  []Member{{Activity: a.src.ID, Span: at.interval(), By: time.Duration(by)}},
		amount:   Amount{Duration: time.Duration(by)},
		evidence: Evidence{Of: OfActivity, ID: a.src.ID, Rule: rule},
		names:    []string{a.name()},
	}
}

// judgeSelf looks at one activity without the others.
func (s *state) judgeSelf(a *activity) []*raw {
	out := s.judgeForm(a)
	if !a.place.present {
		return out
	}
	out = append(out, s.judgeWork(a)...)
	out = append(out, s.judgeCalendar(a)...)
	at := a.place.span
	limit := func(kind Kind, rule string, at span, by, limit int64) *raw {
		r := s.selfRaw(a, kind, rule, at, by)
		r.evidence.LimitAt = toTime(limit)
		out = append(out, r)
		return r
	}
	if at.lo < a.notBefore {
		limit(TooEarly, "not-before", span{at.lo, a.notBefore}, sub(a.notBefore, at.lo), a.notBefore)
	}
	if at.hi > a.notAfter {
		limit(TooLate, "not-after", span{a.notAfter, at.hi}, sub(at.hi, a.notAfter), a.notAfter)
	}
	if !a.src.Pinned.IsZero() && at.lo != a.pinned {
		by := sub(at.lo, a.pinned)
		limit(PinMoved, "pinned", span{min(at.lo, a.pinned), max(at.lo, a.pinned)}, max(by, -by), a.pinned)
	}
	if h := spanOf(s.c.Horizon); !h.empty() {
		all := func(r *raw) {
			r.key, r.spread = causeKey{kind: r.key.kind, of: OfHorizon}, true
			r.evidence.Of, r.evidence.ID = OfHorizon, ""
		}
		if at.lo < h.lo {
			all(limit(TooEarly, "horizon", span{at.lo, h.lo}, sub(h.lo, at.lo), h.lo))
		}
		if at.hi > h.hi {
			all(limit(TooLate, "horizon", span{h.hi, at.hi}, sub(at.hi, h.hi), h.hi))
		}
	}
	for _, i := range a.rules {
		out = append(out, s.judgeDateRule(a, i)...)
	}
	return out
}

// judgeForm looks at how the plan speaks of a.
func (s *state) judgeForm(a *activity) []*raw {
	var out []*raw
	malformed := func(rule string) {
		r := s.selfRaw(a, Malformed, rule, span{}, 0)
		r.members[0].Span = calendar.Interval{}
		if len(a.assigned) > 0 {
			r.evidence.At = a.assigned[0].Mode
		}
		out = append(out, r)
	}
	if len(a.assigned) == 0 {
		switch {
		case a.src.Optional:
		case a.leftOut > 0:
			r := s.selfRaw(a, Missing, "not-optional", span{}, 0)
			r.members[0].Span = calendar.Interval{}
			out = append(out, r)
		default:
			r := s.selfRaw(a, Missing, "not-planned", span{}, 0)
			r.members[0].Span = calendar.Interval{}
			out = append(out, r)
		}
		return out
	}
	if a.leftOut > 0 {
		malformed("planned-and-left-out")
	}
	if len(a.assigned) > 1 {
		malformed("planned-twice")
		out[len(out)-1].amount = Amount{Need: int64(len(a.assigned)), Have: 1, Unit: "times"}
	}
	as := &a.assigned[0]
	switch {
	case a.modeOf(as.Mode) < 0 && as.Mode == "":
		malformed("mode-missing")
	case a.modeOf(as.Mode) < 0:
		malformed("mode-unknown")
	}
	switch {
	case as.Start.IsZero() || as.End.IsZero():
		malformed("time-missing")
	case !usable(as.Start) || !usable(as.End):
		malformed("time-unusable")
	case as.End.Before(as.Start):
		malformed("ends-before-start")
	case as.End.Sub(as.Start) > longest:
		malformed("too-long")
	}
	return out
}

// judgeStranger reports an activity that only the plan knows.
func (s *state) judgeStranger(id string, st *stranger) []*raw {
	if len(st.assigned) == 0 && st.leftOut == 0 {
		return nil
	}
	return []*raw{{
		key:      causeKey{kind: Malformed, of: OfPlan, sub: id},
		members:  []Member{{Activity: id}},
		evidence: Evidence{Of: OfPlan, ID: id, Rule: "unknown-activity"},
		names:    []string{id},
	}}
}

func (s *state) compileDateRules() {
	for i := range s.c.DateRules {
		d := &s.c.DateRules[i]
		switch d.Kind {
		case LeadTime, Notice, Approval:
		default:
			s.fault(OfDateRule, i, d.ID, "kind", "date rule %s cannot be of kind %q", quote(or(d.Name, d.ID)), d.Kind)
			continue
		}
		for _, id := range d.Activities {
			k := s.find(OfDateRule, i, d.ID, id)
			if k >= 0 && !slices.Contains(s.acts[k].rules, int32(i)) {
				s.acts[k].rules = append(s.acts[k].rules, int32(i))
			}
		}
	}
}

// judgeDateRule compares a with the instants of a rule.
func (s *state) judgeDateRule(a *activity, i int32) []*raw {
	d := &s.c.DateRules[i]
	var out []*raw
	breach := func(part int32, rule string, at span, limit int64) {
		out = append(out, &raw{
			key:      causeKey{kind: d.Kind, of: OfDateRule, unit: i, part: part},
			span:     at,
			severity: d.Severity,
			members:  []Member{{Activity: a.src.ID, Span: at.interval(), By: time.Duration(at.length())}},
			amount:   Amount{Duration: time.Duration(at.length())},
			evidence: Evidence{Of: OfDateRule, ID: d.ID, Rule: rule, LimitAt: toTime(limit)},
			name:     or(d.Name, d.ID),
			names:    []string{a.name()},
			spread:   true,
		})
	}
	if from := toInstant(d.From); !d.From.IsZero() && a.place.lo < from {
		breach(0, "from", span{a.place.lo, from}, from)
	}
	if until := toInstant(d.Until); !d.Until.IsZero() && a.place.hi > until {
		breach(1, "until", span{until, a.place.hi}, until)
	}
	return out
}

// enter lists what a puts onto timelines.
func (s *state) enter(a *activity) {
	if !a.place.present {
		return
	}
	whole := a.place.span
	if whole.empty() {
		return
	}
	parts := []span{whole}
	if a.src.Pauses && !a.src.Hold {
		parts = a.place.working
	}
	demands := a.modes[a.place.mode].demands
	if n := len(demands)*len(parts) + len(a.exclusions) + len(a.outages); cap(a.entries) < n {
		a.entries = make([]placed, 0, n)
	}
	for _, d := range demands {
		for _, sp := range parts {
			a.entries = append(a.entries, placed{onResource, d.resource, entry{span: sp, act: a.index, weight: d.amount}})
		}
	}
	for _, x := range a.exclusions {
		a.entries = append(a.entries, placed{onExclusion, x.of, entry{span: whole, act: a.index, tag: x.member}})
	}
	for _, g := range a.outages {
		sp := span{whole.lo, add(whole.hi, g.soak)}
		a.entries = append(a.entries, placed{onGroup, g.of, entry{span: sp, act: a.index, tag: g.member, weight: onlyPlan}})
	}
	slices.SortFunc(a.entries, comparePlaced)
}

// A timelineKind says what a timeline is of.
type timelineKind uint8

const (
	onResource timelineKind = iota
	onExclusion
	onGroup
	timelineKinds
)

// timelines is how many there are of a kind.
func (s *state) timelines(of timelineKind) int {
	return [timelineKinds]int{len(s.resources), len(s.exclusions), len(s.groups)}[of]
}

func (s *state) timeline(of timelineKind, i int32) (*timeline, finder) {
	switch of {
	case onResource:
		return &s.resources[i].timeline, s.resources[i].find
	case onExclusion:
		return &s.exclusions[i].timeline, s.exclusions[i].find
	default:
		return &s.groups[i].timeline, s.groups[i].find
	}
}
