package calendar

import (
	"slices"
	"time"
)

// A WindowChange is a window or override that one policy has and the other has not, or has
// otherwise.
type WindowChange struct {
	Calendar string `json:"calendar"`
	ID       string `json:"id"`
	Kind     Kind   `json:"kind,omitempty"`   // of a window
	Reason   string `json:"reason,omitempty"` // the later one, if it is still there
	Override bool   `json:"override,omitempty"`
	Change   string `json:"change"` // "added", "removed" or "changed"
	Before   string `json:"before,omitempty"`
	After    string `json:"after,omitempty"` // both as JSON
}

// A SubjectChange is what a change of policy means to a subject, to the instant.
type SubjectChange struct {
	Subject Subject   `json:"subject"`
	Opened  Intervals `json:"opened"`
	Closed  Intervals `json:"closed"`
	// Obliged is where freezes ask for more than before, Relieved where for less.
	Obliged  Intervals `json:"obliged"`
	Relieved Intervals `json:"relieved"`
}

// A PolicyDiff is the difference of two policies over an interval.
type PolicyDiff struct {
	Within   Interval        `json:"within"`
	Windows  []WindowChange  `json:"windows"`
	Subjects []SubjectChange `json:"subjects"`
}

// Diff compares p with the policy after it, over within: which windows differ, and for
// each subject exactly when it becomes open and when closed. With nil subjects it takes one of
// each scope class of either policy. Subjects for whom nothing changes are left out.
func (p *Policy) Diff(after *Policy, within Interval, subjects []Subject) (*PolicyDiff, error) {
	a, err := p.Compile(within)
	if err != nil {
		return nil, err
	}
	b, err := after.Compile(within)
	if err != nil {
		return nil, err
	}
	if subjects == nil {
		seen := map[string]bool{}
		for _, s := range append(a.subjects(), b.subjects()...) {
			if key := a.classOf(&s) + "\x00" + b.classOf(&s); !seen[key] {
				seen[key] = true
				subjects = append(subjects, s)
			}
		}
	}
	d := &PolicyDiff{Within: within, Windows: windowChanges(p, after)}
	for _, s := range subjects {
		x, y := a.For(s), b.For(s)
		was, is := x.Intervals(), y.Intervals()
		c := SubjectChange{Subject: s, Opened: is.Subtract(was), Closed: was.Subtract(is)}
		c.Obliged, c.Relieved = obligationChange(x, y, within)
		if !c.Opened.Empty() || !c.Closed.Empty() || !c.Obliged.Empty() || !c.Relieved.Empty() {
			d.Subjects = append(d.Subjects, c)
		}
	}
	return d, nil
}

// obligationChange compares what graded freezes ask, approver by approver.
func obligationChange(x, y *Timeline, within Interval) (obliged, relieved Intervals) {
	sets := func(t *Timeline) map[string]Intervals {
		m := map[string]Intervals{}
		for _, o := range t.Obligations(within) {
			keys := []string{string(o.Grade)}
			for _, a := range o.Approvers {
				keys = append(keys, string(o.Grade)+":"+a)
			}
			for _, key := range keys {
				m[key] = m[key].Union(Union(o.During.Intersect(within)))
			}
		}
		return m
	}
	was, is := sets(x), sets(y)
	for key, s := range is {
		obliged = obliged.Union(s.Subtract(was[key]))
	}
	for key, s := range was {
		relieved = relieved.Union(s.Subtract(is[key]))
	}
	return obliged, relieved
}

// windowChanges compares windows and overrides by calendar and ID, in document order of p and
// then of after.
func windowChanges(p, after *Policy) []WindowChange {
	type key struct {
		calendar, id string
		override     bool
	}
	kind, reason := map[key]Kind{}, map[key]string{}
	collect := func(p *Policy) (order []key, text map[key]string) {
		text = map[key]string{}
		add := func(k key, v any) {
			order = append(order, k)
			text[k], _ = jsonText(v)
		}
		for i := range p.Calendars {
			c := &p.Calendars[i]
			for j := range c.Windows {
				k := key{c.ID, c.Windows[j].ID, false}
				add(k, c.Windows[j])
				kind[k], reason[k] = c.Windows[j].Kind, c.Windows[j].Reason
			}
			for j := range c.Overrides {
				k := key{c.ID, c.Overrides[j].ID, true}
				add(k, c.Overrides[j])
				reason[k] = c.Overrides[j].Reason
			}
		}
		return order, text
	}
	before, old := collect(p)
	then, young := collect(after)
	var out []WindowChange
	for _, k := range before {
		c := WindowChange{Calendar: k.calendar, ID: k.id, Kind: kind[k], Reason: reason[k], Override: k.override, Before: old[k], After: young[k]}
		switch {
		case c.After == "":
			c.Change = "removed"
		case c.After == c.Before:
			continue
		default:
			c.Change = "changed"
		}
		out = append(out, c)
	}
	for _, k := range then {
		if _, ok := old[k]; !ok {
			out = append(out, WindowChange{Calendar: k.calendar, ID: k.id, Kind: kind[k], Reason: reason[k], Override: k.override, Change: "added", After: young[k]})
		}
	}
	return slices.Clip(out)
}

// Next returns the first instant at or after from at which the policies differ for the subject.
func (c *SubjectChange) Next(from time.Time) (time.Time, bool) {
	changed := c.Opened.Union(c.Closed)
	for iv := range changed.All() {
		if iv.End.After(from) {
			if iv.Start.After(from) {
				return iv.Start, true
			}
			return from, true
		}
	}
	return time.Time{}, false
}
