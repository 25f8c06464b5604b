package schedule

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Repair returns the plan that keeps to p and changes baseline, the plan in force, as
// little as possible. It minimises, in this order and lexicographically:
//
//   - the price of what the plan in force holds and is left out now ([Dropped]),
//   - moves inside the notice period ([NoticeMoves]), which Options.Now decides,
//   - approvals that are voided by a move ([VoidedApprovals]),
//   - how many move ([MoveCount]),
//   - the total shift ([ShiftSum]),
//   - and then the goals of p, by which optional work that was not planned may come in.
//
// An activity is moved when it starts at another time or is left out; one that is new
// is not. What has started by Options.Now, or starts less than Options.Hold after it,
// keeps its start; where that breaks a requirement no plan exists, and the error says
// which. Plan.Tiers gives the value of each step with its proved bound, [BillOf] whom to tell and what to have approved.
//
// Errors and guarantees are those of [Solve]. p is what holds now: the new freeze, the
// overrun as a longer duration, the lost capacity.
func Repair(ctx context.Context, p *Problem, baseline *Plan, opts *Options) (*Plan, error) {
	o := Options{}
	if opts != nil {
		o = *opts
	}
	if baseline == nil {
		return nil, fmt.Errorf("schedule: %w", &ValidationError{Path: "baseline", Problem: "is missing: give the plan in force"})
	}
	o.Baseline = baseline
	if err := o.Validate(); err != nil {
		return nil, fmt.Errorf("schedule: options: %w", err)
	}
	low, _, err := p.prepareUntil(ctx)
	if err != nil {
		return nil, wrap(ctx, err)
	}
	o.repair = true
	return Solve(ctx, repairing(low, baseline, &o), &o)
}

// repairing returns a lowered problem with the goals of a repair, and with what must
// not move pinned.
func repairing(low *Problem, baseline *Plan, o *Options) *Problem {
	q := *low.fromNow(baseline, o.Now, "") // nothing moves into the past
	q.Activities = slices.Clone(low.Activities)
	at := make(map[string]time.Time, len(baseline.Assignments))
	for _, a := range baseline.Assignments {
		at[a.Activity] = a.Start
	}
	if !o.Now.IsZero() {
		for i := range q.Activities {
			a := &q.Activities[i]
			if t, ok := at[a.ID]; ok && t.Before(o.Now.Add(o.Hold.Std())) {
				a.Pinned, a.Optional, a.Price = t, false, nil
			}
		}
	}
	q.Goals = []Goal{{Measure: Dropped}, {Measure: NoticeMoves, Tier: 1}, {Measure: VoidedApprovals, Tier: 2}, {Measure: MoveCount, Tier: 3}, {Measure: ShiftSum, Tier: 4}}
	for _, g := range low.goals() {
		g.Tier += 5
		q.Goals = append(q.Goals, g)
	}
	return &q
}

// A Move is one change from a plan to another, and what follows from it.
type Move struct {
	Activity string     `json:"activity"`
	Name     string     `json:"name,omitempty"`
	From     Assignment `json:"from,omitzero"` // zero: it was not planned
	To       Assignment `json:"to,omitzero"`   // zero: it is left out
	InNotice bool       `json:"inNotice,omitempty"`
	// VoidsApproval says that what was approved has to be approved again.
	VoidsApproval bool   `json:"voidsApproval,omitempty"`
	Team          string `json:"team,omitempty"` // to be told
}

// Moves returns what changes between two plans of p, by activity; [BillOf] sorts it by whom
// to tell and by what to have approved again.
func Moves(p *Problem, from, to *Plan, now time.Time) ([]Move, error) {
	low, _, err := p.prepare()
	if err != nil {
		return nil, fmt.Errorf("schedule: %w", err)
	}
	index := make(map[string]*Activity, len(low.Activities))
	for i := range low.Activities {
		index[low.Activities[i].ID] = &low.Activities[i]
	}
	w := wishesOf(&Options{Baseline: from, Now: now})
	var out []Move
	for a, b := range to.Diff(from) {
		if !a.Start.IsZero() && a.Start.Equal(b.Start) {
			continue // only its end or its mode is another
		}
		m := Move{Activity: or(a.Activity, b.Activity), From: a, To: b}
		if x := index[m.Activity]; x != nil {
			m.Name, m.Team = x.Name, x.Team
			if !a.Start.IsZero() {
				m.InNotice, m.VoidsApproval = w.counts(NoticeMoves, x), w.counts(VoidedApprovals, x)
			}
		}
		out = append(out, m)
	}
	return out, nil
}
