package schedule

import (
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// relaxed returns the problem with nothing but the requirements that are kept.
func (p *Problem) relaxed(kept map[unit]bool) *Problem {
	q := *p
	q.Goals = nil
	// A lag that allows everything; a multiple of the horizon, so that the tick stays.
	far := -2 * Duration(p.Horizon.Duration())
	q.Activities = slices.Clone(p.Activities)
	for i := range q.Activities {
		a := &q.Activities[i]
		if !kept[unit{unitNotBefore, i, 0}] {
			a.NotBefore = time.Time{}
		}
		if !kept[unit{unitNotAfter, i, 0}] {
			a.NotAfter = time.Time{}
		}
		if !kept[unit{unitPinned, i, 0}] {
			a.Pinned = time.Time{}
		}
	}
	q.Precedences = slices.Clone(p.Precedences)
	for i := range q.Precedences {
		if !kept[unit{unitMaxLag, i, 0}] {
			q.Precedences[i].MaxLag = nil
		}
		if !kept[unit{unitMinLag, i, 0}] {
			q.Precedences[i].MinLag = far
		}
	}
	q.Exclusions = slices.Clone(p.Exclusions)
	for i := range q.Exclusions {
		if !kept[unit{unitExclusion, i, 0}] {
			q.Exclusions[i].Activities = nil
		}
	}
	q.Links = slices.Clone(p.Links)
	for i := range q.Links {
		if !kept[unit{unitLink, i, 0}] {
			q.Links[i].If = q.Links[i].Then
		}
	}
	q.Resources = slices.Clone(p.Resources)
	for i := range q.Resources {
		if !kept[unit{unitResource, i, 0}] {
			q.Resources[i].Capacity.Base, q.Resources[i].Capacity.Steps, q.Resources[i].Calendar = rcpsp.Limit, nil, ""
		}
	}
	q.Groups = slices.Clone(p.Groups)
	for i := range q.Groups {
		q.Groups[i].Nested = q.Groups[i].Nested || !kept[unit{unitGroup, i, 0}]
	}
	q.Budgets = slices.Clone(p.Budgets)
	for i := range q.Budgets {
		if !kept[unit{unitBudget, i, 0}] {
			q.Budgets[i].Uses, q.Budgets[i].Counts = nil, CountUses
		}
	}
	q.Custom = slices.Clone(p.Custom)
	for i := range q.Custom {
		if !kept[unit{unitCustom, i, 0}] {
			q.Custom[i].Judge, q.Custom[i].Forbids = nil, nil
		}
	}
	q.DateRules = slices.Clone(p.DateRules)
	for i := range q.DateRules {
		if !kept[unit{unitDateRule, i, 0}] {
			q.DateRules[i].Activities = nil
		}
	}
	q.Calendars = slices.Clone(p.Calendars)
	q.Bundles = slices.Clone(p.Bundles)
	for i := range q.Bundles {
		q.Bundles[i].AllOrNothing = kept[unit{unitTogether, i, 0}]
		if !kept[unit{unitWindow, i, 0}] {
			q.Bundles[i].Window, q.Bundles[i].Calendar = nil, ""
		}
	}
	for i := range q.Calendars {
		c := &q.Calendars[i]
		windows := c.Windows
		c.Windows = nil
		open := kept[unit{unitMaintenance, i, 0}]
		for j := range windows {
			if w := &windows[j]; w.Closes() && kept[unit{unitClosed, i, j}] || !w.Closes() && (open || w.Kind != calendar.Maintenance) {
				c.Windows = append(c.Windows, *w)
			}
		}
		if !open {
			c.Default = ""
			for k := range q.Bundles {
				if q.Bundles[k].Calendar == c.ID { // its windows are gone
					q.Bundles[k].Calendar = ""
				}
			}
		}
		c.Overrides = stillThere(c)
	}
	return &q
}

// maintains says whether a calendar keeps work to maintenance windows.
func maintains(c *calendar.Calendar) bool {
	return c.Default == calendar.DefaultClosed ||
		slices.ContainsFunc(c.Windows, func(w calendar.Window) bool { return w.Kind == calendar.Maintenance })
}

// stillThere returns the overrides of what is left of a calendar.
func stillThere(c *calendar.Calendar) []calendar.Override {
	var out []calendar.Override
	for _, o := range c.Overrides {
		o.Lifts = slices.DeleteFunc(slices.Clone(o.Lifts), func(id string) bool {
			return !slices.ContainsFunc(c.Windows, func(w calendar.Window) bool { return w.ID == id })
		})
		if len(o.Lifts) > 0 || o.AnyTime {
			out = append(out, o)
		}
	}
	return out
}
