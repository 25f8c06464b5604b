package calendar

import (
	"fmt"
	"time"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// Default says what holds for a change that no maintenance window is for.
type Default string

const (
	DefaultOpen   Default = "open" // the default
	DefaultClosed Default = "closed"
)

// A Calendar is a list of windows. The zero Calendar is always open; as soon as one
// Maintenance window is in scope, only time in such windows is open. Blackout beats
// Freeze beats Maintenance, whatever their order, unless an override lifts it.
type Calendar struct {
	ID        string     `json:"id"`
	Zone      string     `json:"zone,omitempty"`    // IANA name, for floating and all-day windows
	Default   Default    `json:"default,omitempty"` // where no maintenance window is in scope
	Windows   []Window   `json:"windows"`
	Overrides []Override `json:"overrides,omitempty"`

	// Zones finds Zone; nil knows the IANA names.
	Zones ZoneLoader `json:"-"`
}

// An Override lifts windows for the changes in its scope, from From until Expires. It
// names who decided it, in which role and why: without Who, Reason or Expires it has no effect,
// and none after Expires.
type Override struct {
	ID      string    `json:"id"`
	Lifts   []string  `json:"lifts,omitempty"`   // IDs of Blackout and Freeze windows
	AnyTime bool      `json:"anyTime,omitempty"` // needs no maintenance window
	Scope   Scope     `json:"scope,omitzero"`
	From    time.Time `json:"from,omitzero"` // zero: since always
	Expires time.Time `json:"expires"`
	Who     string    `json:"who"`
	Role    string    `json:"role,omitempty"`
	Reason  string    `json:"reason"`
}

// Effective reports whether the override may have any effect.
func (o *Override) Effective() bool {
	return o.Who != "" && o.Reason != "" && !o.Expires.IsZero() && o.From.Before(o.Expires)
}

// Span returns the time in which the override holds, empty where it has no effect.
func (o *Override) Span() Interval {
	if !o.Effective() {
		return Interval{}
	}
	return Interval{o.From, o.Expires}
}

// Limits of a calendar.
const (
	maxWindows = 100_000
	maxIDBytes = 1024
)

// Validate returns all faults, each a *[ValidationError], joined in document order.
func (c *Calendar) Validate() error {
	var l validate.List
	c.validate("", &l)
	return l.Err()
}

func (c *Calendar) validate(prefix string, l *validate.List) {
	add := func(path, format string, args ...any) { l.Addf(prefix+path, format, args...) }
	loc, err := c.location()
	if err != nil {
		add("zone", "%v", err)
	}
	switch c.Default {
	case "", DefaultOpen, DefaultClosed:
	default:
		add("default", "%q is neither open nor closed", clip(string(c.Default)))
	}
	if len(c.Windows) > maxWindows {
		add("windows", "%d windows are more than %d", len(c.Windows), maxWindows)
		return
	}
	seen := map[string]int{}
	for i := range c.Windows {
		w, path := &c.Windows[i], fmt.Sprintf("windows[%d]", i)
		if first, ok := seen[w.ID]; ok {
			add(path+".id", "%q is also the id of windows[%d]", clip(w.ID), first)
		} else {
			seen[w.ID] = i
		}
		w.check(path, loc != nil, add)
	}
	for i := range c.Overrides {
		c.Overrides[i].check(fmt.Sprintf("overrides[%d]", i), c, seen, add)
	}
}

func (w *Window) check(path string, zoned bool, add func(path, format string, args ...any)) {
	if w.ID == "" {
		add(path+".id", "is missing")
	} else if len(w.ID) > maxIDBytes {
		add(path+".id", "is longer than %d bytes", maxIDBytes)
	}
	switch w.Kind {
	case Maintenance, Blackout, Freeze:
	default:
		add(path+".kind", "%q is not maintenance, blackout or freeze", clip(string(w.Kind)))
	}
	switch {
	case w.Starts.IsZero():
		add(path+".starts", "is missing; a window needs DTSTART and perhaps an RRULE")
	case w.Starts.Floating() && !zoned:
		add(path+".starts", "has no time zone; add TZID to DTSTART or a zone to the calendar")
	case w.Starts.Never():
		add(path+".starts", "never occurs: no date satisfies all parts of the rule")
	}
	switch {
	case !w.EndWall.IsZero() && !w.Length.IsZero():
		add(path+".length", "and endWall are both given; keep one")
	case !w.EndWall.IsZero():
		if !w.EndWall.valid() {
			add(path+".endWall", "%v is no time of day", w.EndWall)
		}
	case w.Length.IsZero() && !w.Starts.AllDay():
		add(path+".length", "is missing; give length or endWall")
	case w.Length.Days < 0 || w.Length.Exact < 0:
		add(path+".length", "must be positive, is %v", w.Length)
	case w.Length.Days > maxDays:
		add(path+".length", "is longer than ten thousand years")
	}
	w.Scope.check(path+".scope", 0, add)
	if w.Kind != Freeze {
		if len(w.Exempt) > 0 {
			add(path+".exempt", "only a freeze exempts change types; use scope.except")
		}
		if w.Grade != "" {
			add(path+".grade", "only a freeze has a grade")
		}
	}
	switch w.Grade {
	case "", Prohibit, Approval, Advisory:
	default:
		add(path+".grade", "%q is not prohibit, approval or advisory", clip(string(w.Grade)))
	}
	if len(w.Approvers) > 0 && w.Grade != Approval {
		add(path+".approvers", "only a freeze with grade approval has approvers")
	}
	if w.Grade == Approval && len(w.Approvers) == 0 {
		add(path+".approvers", "is missing; say which roles may approve")
	}
	switch {
	case w.CutOff.IsZero():
	case w.Kind != Maintenance:
		add(path+".cutOff", "only a maintenance window has a cut-off")
	case w.CutOff.Days < 0 || w.CutOff.Exact < 0:
		add(path+".cutOff", "must be positive, is %v", w.CutOff)
	}
}

func (o *Override) check(path string, c *Calendar, windows map[string]int, add func(path, format string, args ...any)) {
	for _, f := range []struct {
		name    string
		missing bool
	}{{"id", o.ID == ""}, {"who", o.Who == ""}, {"reason", o.Reason == ""}, {"expires", o.Expires.IsZero()}} {
		if f.missing {
			add(path+"."+f.name, "is missing; without it the override has no effect")
		}
	}
	if !o.Expires.IsZero() && !o.From.Before(o.Expires) {
		add(path+".expires", "is not after from")
	}
	if len(o.Lifts) == 0 && !o.AnyTime {
		add(path+".lifts", "names no window, and anyTime is not set")
	}
	for i, id := range o.Lifts {
		at, ok := windows[id]
		switch {
		case !ok:
			add(fmt.Sprintf("%s.lifts[%d]", path, i), "there is no window %q", clip(id))
		case c.Windows[at].Kind == Maintenance:
			add(fmt.Sprintf("%s.lifts[%d]", path, i), "window %q is maintenance; only blackouts and freezes are lifted", clip(id))
		}
	}
	o.Scope.check(path+".scope", 0, add)
}

// location returns the calendar's own zone, nil where it has none.
func (c *Calendar) location() (*time.Location, error) {
	if c.Zone == "" {
		return nil, nil
	}
	load := c.Zones
	if load == nil {
		load = loadZone
	}
	loc, err := load(c.Zone)
	if err != nil {
		return nil, fmt.Errorf("unknown time zone %q; use an IANA name such as Europe/London", clip(c.Zone))
	}
	return loc, nil
}

// InScope returns the windows that concern s, in document order.
func (c *Calendar) InScope(s Subject) []*Window {
	var out []*Window
	for i := range c.Windows {
		if c.Windows[i].Concerns(&s) {
			out = append(out, &c.Windows[i])
		}
	}
	return out
}
