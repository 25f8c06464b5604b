package lifecycle

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// An editGuard checks a change of terms.
type editGuard struct {
	name  Guard
	check func(g *Governance, c *Change, actor, reason string, at time.Time) string
}

// GuardEdits refuses changes of terms in states that do not allow them.
const GuardEdits Guard = "edits"

func editGuards() []editGuard {
	return []editGuard{
		{GuardActor, func(_ *Governance, _ *Change, actor, _ string, _ time.Time) string {
			if actor == "" {
				return "it does not say who acts"
			}
			return ""
		}},
		{GuardReason, func(_ *Governance, _ *Change, _, reason string, _ time.Time) string {
			if reason == "" {
				return "say why the terms change"
			}
			return ""
		}},
		{GuardOrder, func(_ *Governance, c *Change, _, _ string, at time.Time) string { return c.inOrder(at) }},
		{GuardHold, func(_ *Governance, c *Change, _, _ string, _ time.Time) string {
			if c.OnHold {
				return "it is on hold: resume it first"
			}
			return ""
		}},
		{GuardEdits, func(g *Governance, c *Change, _, _ string, _ time.Time) string {
			if m := g.models[c.Type]; m == nil || !slices.Contains(m.Edits, c.State) {
				return fmt.Sprintf("the terms are fixed in state %s", c.State)
			}
			return ""
		}},
	}
}

// Edit changes the terms. Decisions on what has changed become void, and stay void when
// it is changed back; those that cover other aspects stand. An authorised or scheduled
// change that is no longer approved goes back to approval where its model has the step
// [Void].
func (g *Governance) Edit(c Change, t Terms, actor, reason string, at time.Time) (Change, error) {
	var errs []error
	for _, q := range g.edits {
		if problem := q.check(g, &c, actor, reason, at); problem != "" {
			errs = append(errs, &RefusedError{c.ID, q.name, problem})
		}
	}
	if len(errs) > 0 {
		return Change{}, fmt.Errorf("lifecycle: edit: %w", errors.Join(errs...))
	}
	next := c.clone()
	g.settle(&next, t.clone(), actor, at)
	m := g.models[c.Type]
	if s, ok := m.Step(next.State, Void); ok && !g.Standing(&next, at).Approved {
		if err := g.enter(&next, s, Action{Verb: Void, At: at, Actor: actor, Reason: reason}); err != nil {
			return Change{}, err
		}
	}
	return next, nil
}

// settle gives a change new terms and voids the decisions on what they change.
func (g *Governance) settle(c *Change, t Terms, actor string, at time.Time) {
	old := c.Terms
	c.Terms = t
	for i := range c.Decisions {
		d := &c.Decisions[i]
		if d.Voided.IsZero() && old.Fingerprint(d.Covers...) != t.Fingerprint(d.Covers...) {
			d.Voided, d.VoidedBy = at, actor
		}
	}
}
