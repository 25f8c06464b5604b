package calendar

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// A Cause is one window, or override, that bears on an instant.
type Cause struct {
	Calendar   string   // its ID
	Window     *Window  // nil for an override that needs no maintenance window
	Occurrence Interval // of the window; where nothing lifts it, its stretch between overrides that do
	// Override is what lifts the window at the instant, or stands for a maintenance window; nil if
	// nothing does.
	Override *Override
}

// An Obligation is what a change must have or do because it runs in a graded freeze.
type Obligation struct {
	Calendar  string
	Window    string
	Grade     Grade    // Approval or Advisory
	Approvers []string // roles, any of which may approve
	Reason    string
	During    Interval
}

// An Answer says whether a change may run at an instant, why, and until when that holds.
type Answer struct {
	State
	At time.Time
	// NextOpen is the first open instant from At on, NextClose the first closed one. Each is zero
	// where none is known: see [State.Until].
	NextOpen, NextClose time.Time
	// Causes are all windows that hold at the instant, by calendar and then in document order.
	Causes []Cause
	// Later says why a closed answer holds until Until, where that is longer than any one of Causes
	// and Outside closes: as few of what closes after At as follow one another without a gap, by
	// start. A Cause of neither window nor override is time outside of every maintenance window of its
	// calendar. Occurrences of one window that touch are one. It names 64 at most.
	Later []Cause
	// Obligations come with an open answer.
	Obligations []Obligation
	// Outside names the calendars that have maintenance windows for the change, or are closed by
	// default, of which none holds.
	Outside []string
}

// Explain answers for an instant, with the windows that are the reason. It looks at every
// window in scope and allocates.
func (t *Timeline) Explain(at time.Time) Answer {
	a := Answer{State: t.At(at), At: at}
	a.NextOpen, _ = t.NextOpen(at)
	a.NextClose, _ = t.NextClose(at)
	n := toNano(at)
	now := span{n, addNano(n, 1)}
	for i := range t.compiled.calendars {
		c := &t.compiled.calendars[i]
		loc, _ := c.location()
		restricted, inside := c.Default == DefaultClosed, false
		for j := range c.windows {
			w := c.windows[j]
			if !w.Concerns(&t.subject) {
				continue
			}
			restricted = restricted || w.Kind == Maintenance
			if lf := c.leaves[j]; !holds(lf.spans, n) && !holds(lf.run, n) {
				continue
			}
			e := w.expand(loc, nil)
			e.walk(now.lo, now.hi, func(s span) bool {
				cause := Cause{Calendar: c.ID, Window: w}
				lifts := c.liftsOf(w, &t.subject)
				for _, l := range lifts {
					if l.lo <= n && n < l.hi {
						cause.Override = l.by
					}
				}
				for _, p := range cutOut(s, lifts) {
					if cause.Override == nil && p.lo <= n && n < p.hi {
						s = p
					}
				}
				cause.Occurrence = s.interval()
				a.Causes = append(a.Causes, cause)
				inside = inside || w.Kind == Maintenance
				if w.Kind == Freeze && !w.Closes() && cause.Override == nil && a.Open {
					a.Obligations = append(a.Obligations, obligation(c.ID, w, s))
				}
				return true
			})
		}
		for j := range c.Overrides {
			o := &c.Overrides[j]
			if s := o.Span(); o.AnyTime && restricted && s.Contains(at) && o.Scope.Matches(&t.subject) {
				a.Causes = append(a.Causes, Cause{Calendar: c.ID, Occurrence: s, Override: o})
				inside = true
			}
		}
		if restricted && !inside {
			a.Outside = append(a.Outside, c.ID)
		}
	}
	if !a.Open && t.within.lo <= n && n < t.within.hi {
		a.Later = t.later(n, a.Until)
	}
	return a
}

// maxLater bounds [Answer.Later].
const maxLater = 64

// later finds what closes the time from n, which is closed, to until, or to where nothing is known:
// whatever closes longest at n, then whatever closes longest where that ends, and so on. It returns
// what does not hold at n.
func (t *Timeline) later(n int64, until time.Time) []Cause {
	end := t.within.hi
	if !until.IsZero() {
		end = toNano(until)
	}
	var out []Cause
	for at := n; at < end && len(out) < maxLater; {
		longest := span{at, at}
		var why Cause
		for i, cl := range t.classes {
			c := &t.compiled.calendars[i]
			for j, r := range cl.role {
				if r != closes {
					continue
				}
				spans := c.spansOf(cl, j)
				if i := after(spans, at); i < len(spans) && spans[i].lo <= at && spans[i].hi > longest.hi {
					longest, why = spans[i], Cause{Calendar: c.ID, Window: c.windows[j]}
				}
			}
			if s := c.outside(cl, at, span{n, end}); s.hi > longest.hi {
				longest, why = s, Cause{Calendar: c.ID}
			}
		}
		if longest.hi <= at {
			break
		}
		if why.Occurrence = longest.interval(); longest.lo > n {
			out = append(out, why)
		}
		at = longest.hi
	}
	return out
}

// outside returns the time around at in which none of the maintenance windows of a class holds, within
// within; it is empty where one does.
func (c *compiledCalendar) outside(cl *class, at int64, within span) span {
	if !cl.restricted {
		return span{at, at}
	}
	for _, spans := range c.lists(cl, opens) {
		i := after(spans, at)
		if i > 0 {
			within.lo = max(within.lo, spans[i-1].hi)
		}
		if i < len(spans) {
			within.hi = min(within.hi, max(spans[i].lo, at))
		}
	}
	return within
}

func holds(spans []span, n int64) bool {
	i := after(spans, n)
	return i < len(spans) && spans[i].lo <= n
}

func obligation(calendar string, w *Window, s span) Obligation {
	return Obligation{calendar, w.ID, w.Grade, w.Approvers, w.Reason, s.interval()}
}

// Obligations returns what a change must have that runs anywhere in iv, by calendar, window
// and time: one for each occurrence of a freeze with grade Approval or Advisory that
// overlaps iv and that no override lifts throughout.
func (t *Timeline) Obligations(iv Interval) []Obligation {
	var out []Obligation
	r := iv.span()
	if r.lo >= r.hi {
		return nil
	}
	for i := range t.compiled.calendars {
		c := &t.compiled.calendars[i]
		loc, _ := c.location()
		for j := range c.windows {
			w := c.windows[j]
			if w.Kind != Freeze || w.Closes() || !w.Concerns(&t.subject) {
				continue
			}
			lifts := c.liftsOf(w, &t.subject)
			e := w.expand(loc, nil)
			e.walk(r.lo, r.hi, func(s span) bool {
				for _, p := range cutOut(s, lifts) {
					if p.lo < r.hi && p.hi > r.lo {
						out = append(out, obligation(c.ID, w, p))
					}
				}
				return true
			})
		}
	}
	return out
}

// Blocking returns the causes that close, in order; empty where only being outside of every
// maintenance window does.
func (a *Answer) Blocking() []Cause {
	var out []Cause
	for _, c := range a.Causes {
		if c.Window != nil && c.Window.Closes() && c.Override == nil {
			out = append(out, c)
		}
	}
	return out
}

// maxSaid bounds how many later causes String says.
const maxSaid = 3

// String says the answer in a sentence, with instants in the zone of At.
func (a Answer) String() string {
	var b strings.Builder
	say := func(t time.Time) string { return t.In(a.At.Location()).Format("2006-01-02 15:04 MST") }
	b.WriteString(map[bool]string{true: "open", false: "closed"}[a.Open])
	if a.Until.IsZero() {
		b.WriteString(" with no known end")
	} else {
		b.WriteString(" until " + say(a.Until))
	}
	var why []string
	for _, c := range a.Blocking() {
		s := fmt.Sprintf("%s %q", c.Window.Kind, c.Window.ID)
		if c.Window.Reason != "" {
			s += " (" + c.Window.Reason + ")"
		}
		why = append(why, s)
	}
	for _, id := range a.Outside {
		why = append(why, fmt.Sprintf("outside every maintenance window of %q", id))
	}
	for i, c := range a.Later {
		if i == maxSaid {
			why = append(why, fmt.Sprintf("then %d more", len(a.Later)-i))
			break
		}
		if c.Window == nil {
			why = append(why, fmt.Sprintf("then, from %s, outside every maintenance window of %q", say(c.Occurrence.Start), c.Calendar))
			continue
		}
		s := fmt.Sprintf("then, from %s, %s %q", say(c.Occurrence.Start), c.Window.Kind, c.Window.ID)
		if c.Window.Reason != "" {
			s += " (" + c.Window.Reason + ")"
		}
		why = append(why, s)
	}
	if a.Open {
		for _, c := range a.Causes {
			switch {
			case c.Override != nil:
				why = append(why, fmt.Sprintf("override %q by %s (%s)", c.Override.ID, c.Override.Who, c.Override.Reason))
			case c.Window.Kind == Maintenance:
				why = append(why, fmt.Sprintf("maintenance %q", c.Window.ID))
			}
		}
		for _, o := range a.Obligations {
			s := fmt.Sprintf("freeze %q asks for caution", o.Window)
			if o.Grade == Approval {
				s = fmt.Sprintf("freeze %q asks for approval by %s", o.Window, strings.Join(o.Approvers, " or "))
			}
			why = append(why, s)
		}
	}
	why = slices.Compact(why)
	if len(why) > 0 {
		b.WriteString(": " + strings.Join(why, "; "))
	}
	return b.String()
}

// horizons are the spans that At looks through, one after the other, for the next change.
var horizons = [...]int{40, 400, 4000} // days

// At answers for one instant. It compiles the calendar over the next 40 days, and over 400 and 4,000 where
// the answer does not change sooner. To ask often, use [Calendar.Compile].
func (c *Calendar) At(at time.Time, s Subject) (Answer, error) {
	return answerAt([]*Calendar{c}, at, s)
}

func answerAt(calendars []*Calendar, at time.Time, s Subject) (Answer, error) {
	var a Answer
	if n := toNano(at); n == minNano || n == maxNano {
		return a, &validate.Error{Path: "at", Problem: fmt.Sprintf("%s is %s", at.Format(time.RFC3339), unreachable)}
	}
	for i, days := range horizons {
		k, err := compile(calendars, Interval{at.Add(-time.Second), at.AddDate(0, 0, days)})
		if err != nil {
			if i > 0 {
				return a, nil // too many occurrences to look further; what is known stands
			}
			return Answer{}, err
		}
		if a = k.For(s).Explain(at); !a.NextOpen.IsZero() && !a.NextClose.IsZero() {
			break
		}
	}
	return a, nil
}
