package lifecycle

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// A Release is one release in its life: plan, build, test, deploy, review, closed.
type Release struct {
	Version     int          `json:"version"` // 1; 0 counts as 1
	ID          string       `json:"id"`
	Owner       string       `json:"owner"`
	Changes     []string     `json:"changes,omitempty"` // IDs of the changes that it carries
	State       State        `json:"state"`
	OnHold      bool         `json:"onHold,omitempty"`
	Transitions []Transition `json:"transitions"`
}

// A moveGuard checks a step of a release.
type moveGuard struct {
	name   Guard
	always bool
	check  func(r *Release, s *Step, a *Action, states map[string]State) string
}

func releaseGuard(q Guard) bool {
	return slices.ContainsFunc(moveGuards(), func(x moveGuard) bool { return x.name == q })
}

// every returns what is wrong unless all changes of a release are in one of the states.
func every(r *Release, states map[string]State, must string, in ...State) string {
	for _, id := range r.Changes {
		s, ok := states[id]
		if !ok {
			return fmt.Sprintf("the state of its change %s is not known", id)
		}
		if !slices.Contains(in, s) {
			return fmt.Sprintf("its change %s is in state %s and must be %s", id, s, must)
		}
	}
	return ""
}

func moveGuards() []moveGuard {
	return []moveGuard{
		{GuardStep, true, func(r *Release, s *Step, a *Action, _ map[string]State) string {
			if s.From != r.State {
				return fmt.Sprintf("%s does not follow on %s", a.Verb, r.State)
			}
			return ""
		}},
		{GuardActor, true, func(_ *Release, _ *Step, a *Action, _ map[string]State) string {
			if a.Actor == "" {
				return "it does not say who acts"
			}
			return ""
		}},
		{GuardOrder, true, func(r *Release, _ *Step, a *Action, _ map[string]State) string {
			if last := r.Transitions[len(r.Transitions)-1].At; a.At.Before(last) {
				return fmt.Sprintf("its time %s lies before that of the entry before it, %s", a.At.Format(time.RFC3339), last.Format(time.RFC3339))
			}
			return ""
		}},
		{GuardHold, true, func(r *Release, _ *Step, a *Action, _ map[string]State) string {
			switch {
			case r.OnHold && a.Verb != Resume && a.Verb != Cancel:
				return "it is on hold: resume it first"
			case !r.OnHold && a.Verb == Resume:
				return "it is not on hold"
			}
			return ""
		}},
		{GuardReason, true, func(_ *Release, _ *Step, a *Action, _ map[string]State) string {
			if a.Verb.reasoned() && a.Reason == "" {
				return fmt.Sprintf("say why: %s needs a reason", a.Verb)
			}
			return ""
		}},
		{GuardChangesReady, false, func(r *Release, _ *Step, _ *Action, states map[string]State) string {
			return every(r, states, "scheduled or further", Scheduled, Implementing, Reviewing, Closed, Rejected, Cancelled)
		}},
		{GuardChangesDone, false, func(r *Release, _ *Step, _ *Action, states map[string]State) string {
			return every(r, states, "carried out", Reviewing, Closed, Rejected, Cancelled)
		}},
		{GuardChangesClosed, false, func(r *Release, _ *Step, _ *Action, states map[string]State) string {
			return every(r, states, "closed", Closed, Rejected, Cancelled)
		}},
	}
}

// OpenRelease returns a new release in the first state of the model of releases.
func (g *Governance) OpenRelease(id, owner string, changes []string, at time.Time, reason string) (Release, error) {
	m, ok := g.models[ReleaseModel]
	if !ok || id == "" || owner == "" || at.IsZero() {
		return Release{}, errors.New("lifecycle: a release needs a model, an ID, an owner and a time")
	}
	return Release{Version: Version, ID: id, Owner: owner, Changes: slices.Clone(changes), State: m.Initial,
		Transitions: []Transition{{At: at, Actor: owner, Verb: Open, To: m.Initial, Reason: reason}}}, nil
}

// Move takes one step of a release; states are those of its changes, by ID. It returns
// every reason why the step may not be taken.
func (g *Governance) Move(r Release, a Action, states map[string]State) (Release, error) {
	m, ok := g.models[ReleaseModel]
	if !ok || len(r.Transitions) == 0 {
		return Release{}, fmt.Errorf("lifecycle: release %s: it was not opened, or there is no model of releases", r.ID)
	}
	s, ok := m.find(r.State, a.Verb)
	if !ok {
		return Release{}, fmt.Errorf("lifecycle: %w", &RefusedError{r.ID, GuardStep, fmt.Sprintf("releases know no verb %q", a.Verb)})
	}
	var errs []error
	for _, q := range g.moves {
		if q.always || slices.Contains(s.Guards, q.name) {
			if problem := q.check(&r, &s, &a, states); problem != "" {
				errs = append(errs, &RefusedError{r.ID, q.name, problem})
			}
		}
	}
	if len(errs) > 0 {
		return Release{}, fmt.Errorf("lifecycle: %s: %w", a.Verb, errors.Join(errs...))
	}
	r.Changes = slices.Clone(r.Changes)
	r.Transitions = append(slices.Clone(r.Transitions), Transition{At: a.At, Actor: a.Actor, Verb: a.Verb, From: r.State, To: s.To, Reason: a.Reason})
	r.State = s.To
	switch a.Verb {
	case Hold:
		r.OnHold = true
	case Resume, Cancel:
		r.OnHold = false
	}
	return r, nil
}
