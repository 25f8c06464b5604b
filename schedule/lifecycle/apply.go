package lifecycle

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
)

// An Action is what somebody wants to do: one step of a model, or Hold or Resume.
type Action struct {
	Verb    Verb              `json:"verb"`
	At      time.Time         `json:"at"`
	Actor   string            `json:"actor"`
	Reason  string            `json:"reason,omitempty"`
	Risk    int64             `json:"risk,omitempty"`   // for [Assess]: the points it is rated with
	Planned calendar.Interval `json:"planned,omitzero"` // for [Schedule]: when it runs
}

// ErrRefused matches, through errors.Is, every refusal of a verb.
var ErrRefused = errors.New("refused")

// A RefusedError is one reason why something may not be done. All reasons are reported
// together, joined.
type RefusedError struct {
	Of      string // ID of the change or release
	Guard   Guard
	Problem string
}

func (e *RefusedError) Error() string { return fmt.Sprintf("%s: %s: %s", e.Of, e.Guard, e.Problem) }

// Is makes it match ErrRefused.
func (e *RefusedError) Is(target error) bool { return target == ErrRefused }

// A stepGuard checks an action on a change; next is the change with what the action
// itself brings, still in its old state. It returns what is wrong, or "".
type stepGuard struct {
	name   Guard
	always bool
	check  func(g *Governance, next *Change, s *Step, a *Action) string
}

// Open returns a new change in the first state of its type's model, with the duties that
// its being found brings.
func (g *Governance) Open(id, changeType, requester string, t Terms, at time.Time, reason string) (Change, error) {
	m, ok := g.models[changeType]
	switch {
	case id == "" || requester == "" || at.IsZero():
		return Change{}, errors.New("lifecycle: a change needs an ID, a requester and a time")
	case !ok || changeType == ReleaseModel:
		return Change{}, fmt.Errorf("lifecycle: change %s: the type %q has no model", id, changeType)
	}
	c := Change{Version: Version, ID: id, Type: changeType, Requester: requester, Terms: t.clone(), State: m.Initial,
		Transitions: []Transition{{At: at, Actor: requester, Verb: Open, To: m.Initial, Reason: reason}}}
	if err := g.incur(&c, Open, at); err != nil {
		return Change{}, err
	}
	return c, nil
}

// Apply takes one step: it returns the change after it, or every reason why it may not
// be taken, each a [*RefusedError].
func (g *Governance) Apply(c Change, a Action) (Change, error) {
	m, ok := g.models[c.Type]
	if !ok {
		return Change{}, fmt.Errorf("lifecycle: change %s: the type %q has no model", c.ID, c.Type)
	}
	s, ok := m.find(c.State, a.Verb)
	if !ok {
		return Change{}, fmt.Errorf("lifecycle: %w", &RefusedError{c.ID, GuardStep, fmt.Sprintf("%s changes know no verb %q", c.Type, a.Verb)})
	}
	next := c.clone()
	switch a.Verb {
	case Submit:
		next.Submitted = a.At
	case Assess:
		next.Assessed = a.At
		t := next.Terms.clone()
		t.Risk = a.Risk
		g.settle(&next, t, a.Actor, a.At)
	case Announce:
		next.Announced = a.At
	case Schedule:
		next.Planned = a.Planned
	case Revise:
		next.Announced, next.Planned = time.Time{}, calendar.Interval{}
	}
	var errs []error
	for _, q := range g.steps {
		if q.always || slices.Contains(s.Guards, q.name) {
			if problem := q.check(g, &next, &s, &a); problem != "" {
				errs = append(errs, &RefusedError{c.ID, q.name, problem})
			}
		}
	}
	if len(errs) > 0 {
		return Change{}, fmt.Errorf("lifecycle: %s: %w", a.Verb, errors.Join(errs...))
	}
	if err := g.enter(&next, s, a); err != nil {
		return Change{}, err
	}
	return next, nil
}

// find returns the step of a verb from a state; where there is none, one from another
// state, for GuardStep to refuse. Hold and resume lead back to where they come from.
func (m *Model) find(from State, v Verb) (Step, bool) {
	if v == Hold || v == Resume {
		s := Step{From: from, Verb: v, To: from}
		if !slices.Contains(m.Holds, from) {
			s.From = ""
		}
		return s, true
	}
	if s, ok := m.Step(from, v); ok {
		return s, true
	}
	i := slices.IndexFunc(m.Steps, func(s Step) bool { return s.Verb == v })
	if i < 0 {
		return Step{}, false
	}
	return m.Steps[i], true
}

// enter records a step and what it brings.
func (g *Governance) enter(c *Change, s Step, a Action) error {
	c.Transitions = append(c.Transitions, Transition{At: a.At, Actor: a.Actor, Verb: a.Verb, From: c.State, To: s.To, Reason: a.Reason})
	c.State = s.To
	switch a.Verb {
	case Hold:
		c.OnHold = true
	case Resume, Cancel:
		c.OnHold = false
	}
	return g.incur(c, a.Verb, a.At)
}

// reasoned are the verbs that say why.
func (v Verb) reasoned() bool {
	return slices.Contains([]Verb{Reject, Revise, Void, BackOut, Ratify, Cancel, Hold, Rework}, v)
}

func stepGuards() []stepGuard {
	return []stepGuard{
		{GuardStep, true, func(_ *Governance, c *Change, s *Step, a *Action) string {
			if s.From != c.State {
				return fmt.Sprintf("%s does not follow on %s", a.Verb, c.State)
			}
			return ""
		}},
		{GuardActor, true, func(_ *Governance, _ *Change, _ *Step, a *Action) string {
			if a.Actor == "" {
				return "it does not say who acts"
			}
			return ""
		}},
		{GuardOrder, true, func(_ *Governance, c *Change, _ *Step, a *Action) string { return c.inOrder(a.At) }},
		{GuardHold, true, func(_ *Governance, c *Change, _ *Step, a *Action) string {
			switch {
			case c.OnHold && a.Verb != Resume && a.Verb != Cancel:
				return "it is on hold: resume it first"
			case !c.OnHold && a.Verb == Resume:
				return "it is not on hold"
			}
			return ""
		}},
		{GuardReason, true, func(_ *Governance, _ *Change, _ *Step, a *Action) string {
			if a.Verb.reasoned() && a.Reason == "" {
				return fmt.Sprintf("say why: %s needs a reason", a.Verb)
			}
			return ""
		}},
		{GuardTerms, false, func(_ *Governance, c *Change, _ *Step, _ *Action) string {
			t := &c.Terms
			if len(t.CIs)+len(t.Classes)+len(t.Services) == 0 || t.Method == "" || t.BackOut == "" {
				return "it needs what it touches (cis, classes or services), method and backOut"
			}
			return ""
		}},
		{GuardJustified, false, func(_ *Governance, c *Change, _ *Step, _ *Action) string {
			if c.Terms.Justification == "" {
				return fmt.Sprintf("an %s change needs a justification", c.Type)
			}
			return ""
		}},
		{GuardPreApproved, false, (*Governance).preApproved},
		{GuardApproved, false, func(g *Governance, c *Change, _ *Step, a *Action) string {
			if s := g.Standing(c, a.At); !s.Approved {
				return s.String()
			}
			return ""
		}},
		{GuardPlanned, false, func(_ *Governance, c *Change, _ *Step, _ *Action) string {
			p, w := c.Planned, c.Terms.Window
			switch {
			case p.Empty():
				return "it has no planned time"
			case p.Start.Before(w.Start) || p.End.After(w.End):
				return fmt.Sprintf("its time %s is not inside the window %s of its terms", p, w)
			}
			return ""
		}},
		{GuardLead, false, func(g *Governance, c *Change, _ *Step, _ *Action) string {
			lead, _ := g.Lead(c.Type, c.Terms.Risk)
			if !g.inTime(c.Submitted, c.Planned.Start, lead) {
				return fmt.Sprintf("it needs %d business days of lead time: to start then, submit it by %s", lead, g.LastDay(c.Planned.Start, lead))
			}
			return ""
		}},
		{GuardNotice, false, func(g *Governance, c *Change, _ *Step, a *Action) string {
			_, notice := g.Lead(c.Type, c.Terms.Risk)
			at := c.Announced
			if at.IsZero() && a.Verb == Schedule {
				at = a.At // it can still be announced
			}
			if notice > 0 && (at.IsZero() || !g.inTime(at, c.Planned.Start, notice)) {
				return fmt.Sprintf("it needs %d business days of notice: to start then, announce it by %s", notice, g.LastDay(c.Planned.Start, notice))
			}
			return ""
		}},
		{GuardOpen, false, (*Governance).isOpen},
		{GuardInTime, false, func(_ *Governance, c *Change, _ *Step, a *Action) string {
			if !c.Planned.Contains(a.At) {
				return fmt.Sprintf("it is planned for %s", c.Planned)
			}
			return ""
		}},
		{GuardSegregated, false, (*Governance).segregated},
		{GuardDuties, false, func(_ *Governance, c *Change, _ *Step, a *Action) string {
			for _, d := range c.Duties {
				if d.Done.IsZero() && d.Before == a.Verb {
					return fmt.Sprintf("%q is to be done first, by %s until %s", d.Name, d.Owner, d.Due.Format(time.RFC3339))
				}
			}
			return ""
		}},
	}
}

func (g *Governance) preApproved(c *Change, _ *Step, a *Action) string {
	i := slices.IndexFunc(g.rules.Templates, func(t Template) bool { return t.ID == c.Terms.Template })
	if i < 0 {
		return fmt.Sprintf("there is no template %q: a standard change names the one that pre-approves it", c.Terms.Template)
	}
	t := &g.rules.Templates[i]
	s := c.Terms.Subject(c.Type)
	switch {
	case !a.At.Before(t.Expires):
		return fmt.Sprintf("the template %s has expired on %s", t.ID, t.Expires.Format(time.RFC3339))
	case !t.Scope.Matches(&s):
		return fmt.Sprintf("the template %s does not cover what it touches", t.ID)
	case c.Terms.Risk > t.MaxRisk:
		return fmt.Sprintf("the template %s covers a risk up to %d, this has %d", t.ID, t.MaxRisk, c.Terms.Risk)
	}
	return ""
}

func (g *Governance) isOpen(c *Change, _ *Step, a *Action) string {
	iv := c.Planned
	if a.Verb == Implement && iv.Contains(a.At) {
		iv.Start = a.At
	}
	if iv.Start.Before(g.within.Start) || iv.End.After(g.within.End) {
		return fmt.Sprintf("windows are known within %s only", g.within)
	}
	if g.open == nil {
		return ""
	}
	line := g.open.For(c.Terms.Subject(c.Type))
	if line.Fits(iv.Start, iv.Duration()) {
		return ""
	}
	if at, ok := line.FirstFit(iv.Start, iv.Duration()); ok {
		return fmt.Sprintf("windows do not let it run in %s; the next time is %s", iv, at.Format(time.RFC3339))
	}
	return fmt.Sprintf("windows do not let it run in %s, nor later as far as they are known", iv)
}

func (g *Governance) segregated(c *Change, _ *Step, a *Action) string {
	if !slices.Contains(g.rules.Roster.Expand([]string{c.Terms.Implementer}), a.Actor) {
		return fmt.Sprintf("%s is not its implementer, %s is", a.Actor, or(c.Terms.Implementer, "nobody"))
	}
	if c.Terms.Reviewer == c.Terms.Implementer {
		return "its implementer is to review it; name another reviewer"
	}
	for _, p := range g.Standing(c, a.At).Panels {
		for _, who := range append(p.For, p.By...) {
			if who == a.Actor || who == c.Terms.Implementer {
				return fmt.Sprintf("%s approved it (%s) and is not to carry it out", who, p.Panel.ID)
			}
		}
	}
	return ""
}

// inOrder says what is wrong with an entry at an instant.
func (c *Change) inOrder(at time.Time) string {
	if last := c.last(); at.IsZero() || at.Before(last) {
		return fmt.Sprintf("its time %s lies before that of the entry before it, %s", at.Format(time.RFC3339), last.Format(time.RFC3339))
	}
	return ""
}

// last returns the time of the latest entry.
func (c *Change) last() time.Time {
	var t time.Time
	later := func(u time.Time) {
		if u.After(t) {
			t = u
		}
	}
	for _, x := range c.Transitions {
		later(x.At)
	}
	for _, x := range c.Decisions {
		later(x.At)
		later(x.Voided)
	}
	for _, x := range c.Duties {
		later(x.Done)
	}
	return t
}

func (c *Change) clone() Change {
	n := *c
	n.Terms = c.Terms.clone()
	n.Transitions = slices.Clone(c.Transitions)
	n.Decisions = slices.Clone(c.Decisions)
	n.Duties = slices.Clone(c.Duties)
	return n
}

func (t *Terms) clone() Terms {
	n := *t
	for _, l := range []*[]string{&n.CIs, &n.Classes, &n.Services, &n.Regions, &n.Tags} {
		*l = slices.Clone(*l)
	}
	return n
}

// or returns the first text that is not empty.
func or(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// preapproving says whether changes of a type need no panel.
func preapproving(changeType string) bool { return changeType == schedule.Standard }
