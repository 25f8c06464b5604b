package lifecycle

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
)

// A PlanRecord is what the log keeps of a plan that was made or repaired: enough to say whether a
// problem and a plan at hand are those, and to make the plan again.
type PlanRecord struct {
	Problem string               `json:"problem"` // SHA-256 of the JSON of the problem
	Plan    string               `json:"plan"`    // and of the assignments of the plan
	Before  string               `json:"before,omitempty"`
	Options *schedule.Options    `json:"options,omitempty"` // with the work that was done as MaxWork
	Status  schedule.Status      `json:"status,omitempty"`
	Goals   []schedule.GoalValue `json:"goals,omitempty"`
	Moves   []schedule.Move      `json:"moves,omitempty"` // of a repair
}

// PlanRecordOf returns what the log keeps of a plan. The options are those of [schedule.Solve] or,
// with what was repaired as baseline, of [schedule.Repair]; nil are the zero Options.
func PlanRecordOf(p *schedule.Problem, opts *schedule.Options, plan *schedule.Plan, at time.Time) (*PlanRecord, error) {
	out := &PlanRecord{Status: plan.Status, Goals: plan.Goals}
	var err error
	if out.Problem, err = digest(p); err != nil {
		return nil, err
	}
	if out.Plan, err = digest(plan.Assignments); err != nil {
		return nil, err
	}
	o := schedule.Options{}
	if opts != nil {
		o = *opts
	}
	if o.Baseline != nil {
		if out.Before, err = digest(o.Baseline.Assignments); err != nil {
			return nil, err
		}
		if out.Moves, err = schedule.Moves(p, o.Baseline, plan, at); err != nil {
			return nil, fmt.Errorf("lifecycle: %w", err)
		}
	}
	o.Hint, o.Baseline = nil, nil
	if plan.Stats.Work > 0 {
		o.MaxWork = plan.Stats.Work
	}
	out.Options = &o
	return out, nil
}

func digest(v any) (string, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("lifecycle: %w", err)
	}
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:]), nil
}

// Planned appends that somebody had a plan made or repaired, and took it, as [PlanRecordOf] has it: a
// record of kind [RecordDecision] about what is planned, such as a portfolio.
func (l *Log) Planned(of, actor, reason string, at time.Time, p *schedule.Problem, opts *schedule.Options, plan *schedule.Plan) error {
	data, err := PlanRecordOf(p, opts, plan, at)
	if err != nil {
		return err
	}
	_, err = l.Append(Record{At: at, Actor: actor, Kind: RecordDecision, Of: of, Reason: reason}, data)
	return err
}

// Overridden appends that an override sets rules aside for a change: who, in which role,
// until when and why are in its data. One without effect is refused.
func (l *Log) Overridden(of string, at time.Time, o calendar.Override) error {
	if !o.Effective() {
		return fmt.Errorf("lifecycle: the override %s names nobody, no reason or no end, and has no effect", o.ID)
	}
	_, err := l.Append(Record{At: at, Actor: o.Who, Kind: RecordOverride, Of: of, Reason: o.Reason}, o)
	return err
}

// Shortened appends that somebody decided that a soak may be shorter: a record of kind
// [RecordOverride] about the release. One that lacks who, when or why is refused; whether it is
// theirs to decide is for [CheckSoaks] to say.
func (l *Log) Shortened(d Shortening) error {
	if d.Release == "" || d.Stage == "" || d.By == "" || d.At.IsZero() || d.Reason == "" {
		return fmt.Errorf("lifecycle: the decision on stage %s of release %s lacks the stage, who, when or why", d.Stage, d.Release)
	}
	_, err := l.Append(Record{At: d.At, Actor: d.By, Kind: RecordOverride, Of: d.Release, Reason: d.Reason}, d)
	return err
}

// Moved appends what somebody did to a release with a verb, from what it was before (nil: it was
// opened) to what it is after: each transition that is new. Calling it after every verb
// records all of a life, once.
func (l *Log) Moved(before, after *Release) error {
	if before == nil {
		before = &Release{ID: after.ID}
	}
	if before.ID != after.ID || len(after.Transitions) < len(before.Transitions) {
		return fmt.Errorf("lifecycle: %s is no later state of %s", after.ID, before.ID)
	}
	for _, t := range after.Transitions[len(before.Transitions):] {
		if _, err := l.Append(Record{At: t.At, Actor: t.Actor, Kind: RecordTransition, Of: after.ID, Reason: t.Reason}, t); err != nil {
			return err
		}
	}
	return nil
}

// Changed appends what somebody did to a change with a verb, from what it was before (nil: it was
// opened) to what it is after: the terms where they differ, each decision and each that was
// voided, each transition, each duty that came up or was done. What did not happen is not
// recorded, so calling it after every verb records all of a life, once.
func (l *Log) Changed(before, after *Change, at time.Time, actor, reason string) error {
	if before == nil {
		before = &Change{ID: after.ID}
	}
	if before.ID != after.ID || len(after.Transitions) < len(before.Transitions) || len(after.Decisions) < len(before.Decisions) || len(after.Duties) < len(before.Duties) {
		return fmt.Errorf("lifecycle: %s is no later state of %s", after.ID, before.ID)
	}
	was, err := digest(before.Terms)
	if err != nil {
		return err
	}
	is, err := digest(after.Terms)
	if err != nil {
		return err
	}
	put := func(at time.Time, actor string, kind RecordKind, reason string, data any) {
		if err == nil {
			_, err = l.Append(Record{At: at, Actor: actor, Kind: kind, Of: after.ID, Reason: reason}, data)
		}
	}
	if was != is {
		put(at, actor, RecordInput, reason, after.Terms)
	}
	for i := range after.Decisions {
		d := after.Decisions[i]
		switch {
		case i >= len(before.Decisions):
			put(d.At, d.By, RecordApproval, d.Reason, d)
		case before.Decisions[i].Voided.IsZero() && !d.Voided.IsZero():
			put(d.Voided, or(d.VoidedBy, actor), RecordApproval, "void: what it covers has changed", d)
		}
	}
	for _, t := range after.Transitions[len(before.Transitions):] {
		put(t.At, t.Actor, RecordTransition, t.Reason, t)
	}
	for i := range after.Duties {
		d := after.Duties[i]
		switch {
		case i >= len(before.Duties):
			put(d.From, actor, RecordDuty, d.Name, d)
		case before.Duties[i].Done.IsZero() && !d.Done.IsZero():
			put(d.Done, d.By, RecordDuty, d.Note, d)
		}
	}
	return err
}
