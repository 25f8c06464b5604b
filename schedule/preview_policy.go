package schedule

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/slackwater-go/slackwater/calendar"
)

// A PolicyQuery proposes other calendars.
type PolicyQuery struct {
	// Calendars take the place of those of the problem with the same ID.
	Calendars []calendar.Calendar `json:"calendars"`
	Solver    Options             `json:"solver,omitzero"`
}

// PreviewPolicy says what other calendars would do to a plan: which planned work they put
// outside its windows or into a closed time that it was not in before (Displaced), where it
// would go with the least harm ([Repair]), and what that costs. The boundaries of a [Preview] stay
// empty; [calendar.Policy.Diff] compares the calendars themselves. Errors are those of Repair;
// that no plan exists is an answer.
func PreviewPolicy(ctx context.Context, p *Problem, plan *Plan, query PolicyQuery) (*Preview, error) {
	low, _, err := p.prepare()
	if err != nil {
		return nil, fmt.Errorf("schedule: %w", err)
	}
	q := *low
	q.Calendars = slices.Clone(low.Calendars)
	var l faultList
	if len(query.Calendars) == 0 {
		l.addf("calendars", "is empty: give at least one")
	}
	seen := map[string]bool{}
	for i, c := range query.Calendars {
		k := slices.IndexFunc(q.Calendars, func(o calendar.Calendar) bool { return o.ID == c.ID })
		switch {
		case seen[c.ID]:
			l.addf(fmt.Sprintf("calendars[%d].id", i), "%s is there twice", quote(c.ID))
		case k < 0:
			l.addf(fmt.Sprintf("calendars[%d].id", i), "no calendar of the problem is called %s", quote(c.ID))
		default:
			q.Calendars[k] = c
		}
		seen[c.ID] = true
	}
	if err := l.err(); err != nil {
		return nil, fmt.Errorf("schedule: query: %w", err)
	}
	if err := q.Validate(); err != nil {
		return nil, fmt.Errorf("schedule: query: %w", err)
	}
	if plan == nil {
		plan = &Plan{}
	}
	v := &previewing{low: low, plan: plan, w: wordsOf(low), out: &Preview{}}
	before, err := closedIn(low, plan)
	if err != nil {
		return nil, err
	}
	after, err := closedIn(&q, plan)
	if err != nil {
		return nil, err
	}
	for _, x := range plan.Assignments {
		if after[x.Activity] && !before[x.Activity] {
			v.out.Displaced = append(v.out.Displaced, x)
		}
	}
	v.w.loc, _ = q.location()
	if err := v.answer(ctx, &q, query.Solver); err != nil {
		return nil, err
	}
	v.say("The new calendar", len(query.Calendars))
	return v.out, nil
}

// closedIn returns the activities that a plan has where their calendar does not let them be.
func closedIn(p *Problem, plan *Plan) (map[string]bool, error) {
	conflicts, err := Check(p, plan)
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for _, c := range conflicts {
		if c.Severity == Blocking && slices.Contains([]ConflictKind{InBlackout, InFreeze, OutsideWindow, ExceedsWindow}, c.Kind) {
			for _, id := range c.Activities {
				out[id] = true
			}
		}
	}
	return out, nil
}

// answer repairs the plan under the proposal and says what came of it.
func (v *previewing) answer(ctx context.Context, q *Problem, o Options) error {
	repaired, err := Repair(ctx, q.fromNow(v.plan, o.Now, ""), v.plan, &o)
	var never *InfeasibleError
	switch {
	case errors.As(err, &never):
		o.Baseline = nil
		if v.out.Never, err = Explain(ctx, q, &o); err != nil {
			return err
		}
		if len(v.out.Never) == 0 {
			v.out.Never = never.Conflicts
		}
	case err != nil:
		return err
	default:
		v.out.Plan = repaired
		if v.out.Moves, err = Moves(v.low, v.plan, repaired, o.Now); err != nil {
			return err
		}
		v.out.Costs = goalCosts(v.low, v.plan, repaired)
		v.load()
	}
	return nil
}
