package judge

import (
	"time"
)

// judgePrecedence compares the lag there is with the lag that is asked for.
func (s *state) judgePrecedence(i int32) []*raw {
	p := &s.c.Precedences[i]
	from, to := &s.acts[s.ends[i][0]], &s.acts[s.ends[i][1]]
	if !from.place.present || !to.place.present {
		return nil
	}
	a, b := from.place.hi, to.place.lo
	switch p.Type {
	case StartStart:
		a = from.place.lo
	case FinishFinish:
		b = to.place.hi
	case StartFinish:
		a, b = from.place.lo, to.place.hi
	}
	lag := sub(b, a)
	breach := func(kind Kind, rule string, limit time.Duration, by int64) []*raw {
		return []*raw{{
			key:      causeKey{kind: kind, of: OfPrecedence, unit: i},
			span:     span{min(a, b), max(a, b)},
			severity: p.Severity,
			members: mergeMembers([]Member{
				{Activity: p.From, Span: from.place.interval()},
				{Activity: p.To, Span: to.place.interval(), By: time.Duration(by)},
			}),
			amount: Amount{Duration: time.Duration(by)},
			evidence: Evidence{Of: OfPrecedence, ID: p.ID, Rule: rule, Text: p.Why, Limit: limit, Actual: time.Duration(lag),
				LimitAt: toTime(add(a, int64(limit)))},
			names: []string{from.name(), to.name(), string(p.Type)},
		}}
	}
	switch {
	case lag < int64(p.MinLag):
		return breach(OrderBreach, "min-lag", p.MinLag, sub(int64(p.MinLag), lag))
	case p.MaxLag != nil && lag > int64(*p.MaxLag):
		return breach(LagExceeded, "max-lag", *p.MaxLag, sub(lag, int64(*p.MaxLag)))
	}
	return nil
}

// judgeLink asks whether what a planned activity needs is planned too.
func (s *state) judgeLink(i int32) []*raw {
	l := &s.c.Links[i]
	a, b := &s.acts[s.byID[l.If]], &s.acts[s.byID[l.Then]]
	if len(a.assigned) == 0 || len(b.assigned) > 0 || !b.src.Optional {
		return nil // where b is not optional, its absence is a finding of its own
	}
	r := &raw{
		key:      causeKey{kind: Missing, of: OfLink, unit: i},
		severity: l.Severity,
		members:  []Member{{Activity: l.If}, {Activity: l.Then}},
		evidence: Evidence{Of: OfLink, ID: l.ID, Rule: "needs", Text: l.Why},
		names:    []string{a.name(), b.name()},
	}
	if a.place.present {
		r.span = a.place.span
		r.members[0].Span = a.place.interval()
	}
	r.members = mergeMembers(r.members)
	return []*raw{r}
}
