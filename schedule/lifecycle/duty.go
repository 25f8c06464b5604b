package lifecycle

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// A Duty is something to be done after a transition, such as a post-implementation
// review. It always has a due date.
type Duty struct {
	ID     string    `json:"id"`   // the rule's, with #2 and so on where it recurs
	Rule   string    `json:"rule"` // ID of the [DutyRule]
	Name   string    `json:"name"`
	Owner  string    `json:"owner"`
	From   time.Time `json:"from"`
	Due    time.Time `json:"due"` // the first instant that is too late
	Before Verb      `json:"before"`
	Apart  bool      `json:"apart,omitempty"`

	Done time.Time `json:"done,omitzero"`
	By   string    `json:"by,omitempty"`
	Note string    `json:"note,omitempty"`
}

// Overdue says whether it is still to be done at an instant and was due by then.
func (d *Duty) Overdue(at time.Time) bool {
	return !at.Before(d.Due) && (d.Done.IsZero() || d.Done.After(at))
}

// Late says whether it was done after its due date.
func (d *Duty) Late() bool { return !d.Done.IsZero() && !d.Done.Before(d.Due) }

// incur adds the duties that a verb brings.
func (g *Governance) incur(c *Change, v Verb, at time.Time) error {
	for i := range g.rules.Duties {
		r := &g.rules.Duties[i]
		if r.On != v || !slices.Contains(r.Types, c.Type) || c.Terms.Risk < r.MinRisk {
			continue
		}
		due := at.Add(r.Within.Std())
		if r.Days > 0 {
			d, ok := g.days.Add(calendar.DateOf(at.In(g.zone)), r.Days)
			if !ok {
				return fmt.Errorf("lifecycle: change %s: no business day for the duty %s", c.ID, r.ID)
			}
			due = d.Span(g.zone).End
		}
		owner := r.Owner
		switch owner {
		case "implementer":
			owner = or(c.Terms.Implementer, owner)
		case "reviewer":
			owner = or(c.Terms.Reviewer, owner)
		case "requester":
			owner = c.Requester
		}
		n := 1
		for _, d := range c.Duties {
			if d.Rule == r.ID {
				n++
			}
		}
		id := r.ID
		if n > 1 {
			id = fmt.Sprintf("%s#%d", r.ID, n)
		}
		c.Duties = append(c.Duties, Duty{ID: id, Rule: r.ID, Name: r.Name, Owner: owner, From: at, Due: due, Before: Verb(or(string(r.Before), string(Close))), Apart: r.Apart})
	}
	return nil
}

// Guards of [Governance.Discharge].
const (
	GuardDutyOpen  Guard = "duty-open"  // there is such a duty and it is still to be done
	GuardDutyOwner Guard = "duty-owner" // its owner does it
	GuardDutyApart Guard = "duty-apart" // who carried the change out does not do it, where the rule says so
)

type doneGuard struct {
	name  Guard
	check func(g *Governance, c *Change, d *Duty, by string, at time.Time) string
}

func doneGuards() []doneGuard {
	return []doneGuard{
		{GuardOrder, func(_ *Governance, c *Change, _ *Duty, _ string, at time.Time) string { return c.inOrder(at) }},
		{GuardDutyOpen, func(_ *Governance, _ *Change, d *Duty, _ string, _ time.Time) string {
			if !d.Done.IsZero() {
				return "it has been done already"
			}
			return ""
		}},
		{GuardDutyOwner, func(g *Governance, _ *Change, d *Duty, by string, _ time.Time) string {
			if by == "" || !slices.Contains(g.rules.Roster.Expand([]string{d.Owner}), by) {
				return fmt.Sprintf("%q is for %s to do, not for %q", d.Name, d.Owner, by)
			}
			return ""
		}},
		{GuardDutyApart, func(_ *Governance, c *Change, d *Duty, by string, _ time.Time) string {
			if d.Apart && (by == c.Terms.Implementer || by == c.actor(Implement)) {
				return fmt.Sprintf("%s carried it out; another is to do %q", by, d.Name)
			}
			return ""
		}},
	}
}

// Discharge records that a duty was done.
func (g *Governance) Discharge(c Change, duty, by, note string, at time.Time) (Change, error) {
	next := c.clone()
	i := slices.IndexFunc(next.Duties, func(d Duty) bool { return d.ID == duty })
	if i < 0 {
		return Change{}, fmt.Errorf("lifecycle: %w", &RefusedError{c.ID, GuardDutyOpen, fmt.Sprintf("it has no duty %q", duty)})
	}
	d := &next.Duties[i]
	var errs []error
	for _, q := range g.dones {
		if problem := q.check(g, &next, d, by, at); problem != "" {
			errs = append(errs, &RefusedError{c.ID, q.name, problem})
		}
	}
	if len(errs) > 0 {
		return Change{}, fmt.Errorf("lifecycle: discharge: %w", errors.Join(errs...))
	}
	d.Done, d.By, d.Note = at, by, note
	return next, nil
}

// actor returns who last did something to the change.
func (c *Change) actor(v Verb) string {
	for _, t := range slices.Backward(c.Transitions) {
		if t.Verb == v {
			return t.Actor
		}
	}
	return ""
}
