package schedule

import (
	"fmt"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// A Thaw limits how fast work comes back when a freeze ends, so that what was held back
// does not all start in the first hours: in each Step of the time For after its end, at
// most so many activities start that it concerned.
type Thaw struct {
	Most int64    `json:"most"`           // starts in each step, at least 1
	Step Duration `json:"step,omitempty"` // default 4 hours
	For  Duration `json:"for,omitempty"`  // rounded up to whole steps; default 48 hours
}

// thawSteps bounds how many steps there are in all.
const thawSteps = 10_000

// WithThaw returns p lowered, with a thaw after each end, within the horizon, of a blackout
// or freeze of one of its calendars. It is a [Budget] that counts the starts of the
// activities of that calendar which the window concerns, and so a limit to every verb.
func (p *Problem) WithThaw(calendarID, window string, limit Thaw) (*Problem, error) {
	low, _, err := p.prepare()
	if err != nil {
		return nil, fmt.Errorf("schedule: %w", err)
	}
	var l faultList
	c := low.calendarNamed(calendarID)
	k := -1
	if c == nil {
		l.addf("calendar", "no calendar is called %s", quote(calendarID))
	} else if k = slices.IndexFunc(c.Windows, func(w calendar.Window) bool { return w.ID == window }); k < 0 {
		l.addf("window", "no window of %s is called %s", quote(calendarID), quote(window))
	} else if !c.Windows[k].Closes() {
		l.addf("window", "%s closes nothing, so nothing thaws after it", quote(window))
	}
	limit.check(&l)
	if err := l.err(); err != nil {
		return nil, fmt.Errorf("schedule: thaw: %w", err)
	}
	return low.withThaw(c, &c.Windows[k], limit)
}

func (t *Thaw) check(l *faultList) {
	l.number("most", t.Most, 1)
	l.duration("step", t.Step)
	l.duration("for", t.For)
}

// withThaw needs a lowered problem.
func (p *Problem) withThaw(c *calendar.Calendar, w *calendar.Window, limit Thaw) (*Problem, error) {
	step, span := limit.Step.Std(), limit.For.Std()
	if step == 0 {
		step = 4 * time.Hour
	}
	if span == 0 {
		span = 48 * time.Hour
	}
	b := Budget{ID: "thaw of " + c.ID + "/" + w.ID, Name: "starts after " + quoted(or(w.Reason, w.ID)) + " ends", Unit: "starts"}
	for i := 1; slices.ContainsFunc(p.Budgets, func(o Budget) bool { return o.ID == b.ID }); i++ {
		b.ID = fmt.Sprintf("thaw %d of %s/%s", i, c.ID, w.ID)
	}
	before := calendar.Interval{Start: p.Horizon.Start.Add(-span), End: p.Horizon.End}
	var closed []calendar.Interval
	for _, o := range occurrencesOf(c, w, before) {
		closed = append(closed, o)
	}
	for closed := range calendar.Union(closed...).All() {
		for from := closed.End; from.Before(closed.End.Add(span)) && from.Before(p.Horizon.End); from = from.Add(step) {
			if len(b.Periods) == thawSteps {
				return nil, fmt.Errorf("schedule: %w", &ValidationError{Path: "thaw.step", Problem: fmt.Sprintf("makes more than %d steps: make it longer", thawSteps)})
			}
			if n := len(b.Periods); n > 0 && from.Before(b.Periods[n-1].Span.End) {
				b.Periods[n-1].Span.End = from // the thaw begins again
			}
			b.Periods = append(b.Periods, Period{Name: fmt.Sprintf("%s after %s ends", lengthOf(from.Sub(closed.End)), quoted(or(w.Reason, w.ID))),
				Span: calendar.Interval{Start: from, End: from.Add(step)}, Limit: limit.Most})
		}
	}
	b.Periods = slices.DeleteFunc(b.Periods, func(x Period) bool { return !x.Span.Start.Before(x.Span.End) })
	for i := range p.Activities {
		a := &p.Activities[i]
		s := a.Subject()
		if !w.Concerns(&s) {
			continue
		}
		for _, m := range a.modes() {
			if p.calendarOf(a, &m) == c.ID {
				b.Uses = append(b.Uses, Use{Activity: a.ID, Mode: m.ID, Amount: 1})
			}
		}
	}
	q := *p
	if len(b.Periods) > 0 && len(b.Uses) > 0 {
		q.Budgets = append(slices.Clone(p.Budgets), b)
	}
	return &q, nil
}
