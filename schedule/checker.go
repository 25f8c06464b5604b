package schedule

import (
	"context"
	"fmt"
	"time"

	"github.com/slackwater-go/slackwater/internal/judge"
)

// CheckOptions say what is lived with and what is out. Nil is the zero CheckOptions.
type CheckOptions struct {
	Accepted []Acceptance `json:"accepted,omitempty"`
	// Incidents are what is out now or will be, besides the plan: work on those CIs
	// collides with them, and redundancy counts them.
	Incidents []Incident `json:"incidents,omitempty"`
	Now       time.Time  `json:"now,omitzero"` // decides what has expired; zero: nothing has
}

// An Acceptance records that somebody lives with a conflict. It holds only for the
// conflict of the same ID with the same Facts, with an owner and a reason, and until it
// expires: when anything about the conflict changes, the conflict is back.
type Acceptance struct {
	Conflict string    `json:"conflict"` // Conflict.ID
	Facts    string    `json:"facts"`    // Finding.Facts
	Owner    string    `json:"owner"`
	Reason   string    `json:"reason"`
	Expires  time.Time `json:"expires"`
}

// A Finding is a conflict in a plan with what became of it.
type Finding struct {
	Conflict
	Facts    string      `json:"facts"`              // stands for everything about it, times included
	Accepted *Acceptance `json:"accepted,omitempty"` // in force for it
	Returned string      `json:"returned,omitempty"` // why an acceptance of it is no longer in force
}

// A Lapse is an acceptance without effect, and why.
type Lapse struct {
	Acceptance
	Why string `json:"why"`
}

// An EditEffect is what an edit changes: findings that are gone and findings that have come, in the order
// of [Check].
type EditEffect struct {
	Gone []Finding
	Come []Finding
}

// A Checker holds a problem and a plan, and after an edit of one activity looks again only
// at what the edit touches. What it finds is at any time what [Check] finds in the plan,
// field for field. It is not safe for concurrent use.
type Checker struct {
	t *translation
	k *judge.Checker
}

// NewChecker judges the whole of a plan. The problem must not change afterwards; the plan
// is copied; nil is an empty one. The error is about the problem, as [Problem.Validate] has it.
// A [CustomRule] that fails breaks the plan, with its error as the reason.
func NewChecker(p *Problem, plan *Plan, opts *CheckOptions) (*Checker, error) {
	return newChecker(context.Background(), p, plan, opts)
}

// newChecker is NewChecker; when ctx ends meanwhile its error matches that of ctx.
func newChecker(ctx context.Context, p *Problem, plan *Plan, opts *CheckOptions) (*Checker, error) {
	low, at, err := p.prepareUntil(ctx)
	if err != nil {
		return nil, wrap(ctx, err)
	}
	stop := func() bool { return ctx.Err() != nil }
	if opts != nil {
		if err := validIncidents(opts.Incidents); err != nil {
			return nil, fmt.Errorf("schedule: options: %w", err)
		}
	}
	t := newTranslation(low, at, plan)
	c := t.caseOf(stop)
	if c == nil {
		return nil, wrap(ctx, ctx.Err())
	}
	if opts != nil {
		t.incidents(c, opts.Incidents)
		c.Now = opts.Now
		for _, x := range opts.Accepted {
			c.Accepted = append(c.Accepted, judge.Acceptance{Finding: x.Conflict, Facts: x.Facts, Owner: x.Owner, Reason: x.Reason, Expires: x.Expires})
		}
	}
	k := judge.NewCheckerUntil(c, t.planOf(), stop)
	if k == nil {
		return nil, wrap(ctx, ctx.Err())
	}
	return &Checker{t: t, k: k}, nil
}

// CheckWith is [Check] with options: it returns everything wrong with a plan, what is
// accepted of it, and the acceptances that have no effect. Errors are those of Check
// and of the options.
func CheckWith(p *Problem, plan *Plan, opts *CheckOptions) ([]Finding, []Lapse, error) {
	k, err := NewChecker(p, plan, opts)
	if err != nil {
		return nil, nil, err
	}
	if k.t.err != nil {
		return nil, nil, fmt.Errorf("schedule: %w", k.t.err)
	}
	found, lapsed := k.Findings()
	return found, lapsed, nil
}

// Put plans an activity as a says, instead of whatever the plan said about it.
func (c *Checker) Put(a Assignment) EditEffect {
	return c.effect(c.k.Put(judge.Assignment{Activity: a.Activity, Mode: a.Mode, Start: a.Start, End: a.End}))
}

// Remove takes an activity out of the plan, which then says nothing about it.
func (c *Checker) Remove(activity string) EditEffect { return c.effect(c.k.Remove(activity)) }

// LeaveOut takes an activity out of the plan on purpose.
func (c *Checker) LeaveOut(activity string) EditEffect { return c.effect(c.k.LeaveOut(activity)) }

// Findings returns everything wrong with the plan as it is now, in the order of [Check],
// and the acceptances that have no effect. It costs time linear in their number.
func (c *Checker) Findings() ([]Finding, []Lapse) {
	r := c.k.Report()
	out := make([]Finding, len(r.Findings))
	for i := range r.Findings {
		out[i] = c.finding(&r.Findings[i])
	}
	var lapsed []Lapse
	for _, l := range r.Lapsed {
		lapsed = append(lapsed, Lapse{acceptanceOf(&l.Acceptance), l.Why})
	}
	return out, lapsed
}

// Sound says whether nothing blocks the plan: every finding is accepted or less than
// [Blocking].
func (c *Checker) Sound() bool {
	r := c.k.Report()
	return r.Clean()
}

func (c *Checker) effect(d judge.Delta) EditEffect {
	var out EditEffect
	for _, f := range d.Gone {
		out.Gone = append(out.Gone, c.finding(f))
	}
	for _, f := range d.Come {
		out.Come = append(out.Come, c.finding(f))
	}
	return out
}

func (c *Checker) finding(f *judge.Finding) Finding {
	out := Finding{Conflict: c.t.conflict(f), Facts: f.Facts, Returned: f.Returned}
	if f.Accepted != nil {
		a := acceptanceOf(f.Accepted)
		out.Accepted = &a
	}
	return out
}

func acceptanceOf(a *judge.Acceptance) Acceptance {
	return Acceptance{Conflict: a.Finding, Facts: a.Facts, Owner: a.Owner, Reason: a.Reason, Expires: a.Expires}
}
