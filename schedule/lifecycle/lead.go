package lifecycle

import (
	"fmt"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
)

// FirstDay is the inverse of [Governance.LastDay]: the first day on which something may
// start that needs n business days after an instant. Of an instant on a weekend or
// holiday the days count from the next business day on. False: there is none.
func (g *Governance) FirstDay(after time.Time, n int) (calendar.Date, bool) {
	d := calendar.DateOf(after.In(g.zone))
	if n <= 0 {
		return d, true
	}
	d, ok := g.days.Add(d, 0)
	if ok {
		d, ok = g.days.Add(d, n-1)
	}
	if !ok {
		return calendar.Date{}, false
	}
	return d.AddDays(1), true
}

// LeadTimes returns a copy of a problem with a date rule for every release that is submitted,
// or announced: its stages that deliver start no earlier than the lead time, or notice,
// of its type and risk allows. It is for problems without [schedule.Problem.Policies],
// which state lead times in open hours.
func (g *Governance) LeadTimes(p *schedule.Problem) (*schedule.Problem, error) {
	out := *p
	out.DateRules = slices.Clone(p.DateRules)
	for i := range p.Releases {
		r := &p.Releases[i]
		var who []string
		for _, s := range r.Stages {
			if s.Kind.Delivers() {
				who = append(who, r.ID+"/"+s.ID)
			}
		}
		lead, notice := g.Lead(r.Type, r.Risk)
		for _, x := range []struct {
			kind schedule.DateRuleKind
			at   time.Time
			days int
			text string
		}{{schedule.LeadTime, r.Submitted, lead, "lead time"}, {schedule.Notice, r.Announced, notice, "notice"}} {
			if x.at.IsZero() || x.days == 0 || len(who) == 0 {
				continue
			}
			d, ok := g.FirstDay(x.at, x.days)
			if !ok {
				return nil, fmt.Errorf("lifecycle: release %s: %d business days after %s are beyond all days", r.ID, x.days, x.at.Format(time.RFC3339))
			}
			out.DateRules = append(out.DateRules, schedule.DateRule{ID: fmt.Sprintf("%s/%s/business-days", x.kind, r.ID), Kind: x.kind, Activities: who,
				Name: fmt.Sprintf("%d business days of %s for %s changes of risk %d", x.days, x.text, r.Type, r.Risk), From: d.In(g.zone)})
		}
	}
	return &out, nil
}
