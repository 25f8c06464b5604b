package lifecycle

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
)

// A Change is one change with all that was done to it. The verbs of [Governance] return
// a new one and leave the old as it is.
type Change struct {
	Version   int    `json:"version"` // 1; 0 counts as 1
	ID        string `json:"id"`
	Type      string `json:"type"` // such as [schedule.Normal]; it never changes
	Requester string `json:"requester"`
	Terms     Terms  `json:"terms"`

	State  State `json:"state"`
	OnHold bool  `json:"onHold,omitempty"`

	Planned   calendar.Interval `json:"planned,omitzero"`   // when it runs, inside Terms.Window
	Submitted time.Time         `json:"submitted,omitzero"` // from when its lead time counts
	Assessed  time.Time         `json:"assessed,omitzero"`
	Announced time.Time         `json:"announced,omitzero"` // from when its notice counts

	Transitions []Transition `json:"transitions"`
	Decisions   []Decision   `json:"decisions,omitempty"`
	Duties      []Duty       `json:"duties,omitempty"`
}

// A Transition is one step that was taken.
type Transition struct {
	At     time.Time `json:"at"`
	Actor  string    `json:"actor"`
	Verb   Verb      `json:"verb"`
	From   State     `json:"from,omitempty"`
	To     State     `json:"to"`
	Reason string    `json:"reason,omitempty"`
}

// Terms are what is approved. Name and Notes are not: they may be worded better without
// asking anybody.
type Terms struct {
	Name  string `json:"name,omitempty"`
	Notes string `json:"notes,omitempty"`

	// What it touches; together [AspectScope].
	CIs         []string `json:"cis,omitempty"`
	Classes     []string `json:"classes,omitempty"`
	Services    []string `json:"services,omitempty"`
	Environment string   `json:"environment,omitempty"`
	Regions     []string `json:"regions,omitempty"`
	Tags        []string `json:"tags,omitempty"`

	Risk   int64             `json:"risk,omitempty"`   // points; [AspectRisk]
	Window calendar.Interval `json:"window,omitzero"`  // it may run anywhere inside; [AspectWindow]
	Method string            `json:"method,omitempty"` // how it is done, or a hash of the document; with the next three [AspectMethod]

	BackOut       string `json:"backOut,omitempty"`       // how it is undone
	Template      string `json:"template,omitempty"`      // of a standard change
	Justification string `json:"justification,omitempty"` // of an expedited or emergency one

	Implementer string `json:"implementer,omitempty"` // with Reviewer [AspectPeople]
	Reviewer    string `json:"reviewer,omitempty"`
}

// An Aspect is a part of the terms. A panel that covers some aspects only keeps its
// approval when others change.
type Aspect string

const (
	AspectScope  Aspect = "scope"
	AspectRisk   Aspect = "risk"
	AspectWindow Aspect = "window"
	AspectMethod Aspect = "method"
	AspectPeople Aspect = "people"
)

// Aspects returns all aspects in order.
func Aspects() []Aspect {
	return []Aspect{AspectScope, AspectRisk, AspectWindow, AspectMethod, AspectPeople}
}

// Subject returns what windows and scopes see of a change of the type.
func (t *Terms) Subject(changeType string) calendar.Subject {
	s := calendar.Subject{CIs: t.CIs, Classes: t.Classes, Services: t.Services, Regions: t.Regions, Tags: t.Tags, Type: changeType, Action: "deploy"}
	if t.Environment != "" {
		s.Environments = []string{t.Environment}
	}
	return s
}

// Fingerprint returns a SHA-256 over the aspects, all of them where none is named. Lists are sets:
// their order and repetition do not count; instants count, not their zones. Equal
// fingerprints mean equal terms.
func (t *Terms) Fingerprint(aspects ...Aspect) string {
	if len(aspects) == 0 {
		aspects = Aspects()
	}
	h := sha256.New()
	for _, a := range Aspects() {
		if !slices.Contains(aspects, a) {
			continue
		}
		text(h, string(a))
		switch a {
		case AspectScope:
			for _, list := range [][]string{t.CIs, t.Classes, t.Services, t.Regions, t.Tags} {
				set := slices.Compact(slices.Sorted(slices.Values(list)))
				number(h, int64(len(set)))
				for _, s := range set {
					text(h, s)
				}
			}
			text(h, t.Environment)
		case AspectRisk:
			number(h, t.Risk)
		case AspectWindow:
			for _, at := range []time.Time{t.Window.Start, t.Window.End} {
				number(h, at.Unix())
				number(h, int64(at.Nanosecond()))
			}
		case AspectMethod:
			for _, s := range []string{t.Method, t.BackOut, t.Template, t.Justification} {
				text(h, s)
			}
		case AspectPeople:
			text(h, t.Implementer)
			text(h, t.Reviewer)
		}
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// text and number write what cannot be mistaken for a differently cut sequence. A hash
// never returns an error.
func text(h hash.Hash, s string) {
	number(h, int64(len(s)))
	h.Write([]byte(s))
}

func number(h hash.Hash, n int64) {
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(n)))
}

// TermsOf returns the terms of a planned release and when its delivering stages run. The
// window is that time, widened on both sides by slack: the plan may shift that far and
// the approvals still hold. Method, BackOut and people are the caller's to fill in.
func TermsOf(r *schedule.Release, plan *schedule.Plan, slack schedule.Duration) (Terms, calendar.Interval) {
	t := Terms{Name: r.Name, CIs: r.CIs, Classes: r.Classes, Services: r.Services, Environment: r.Environment, Regions: r.Regions, Tags: r.Tags, Risk: r.Risk}
	for i := range r.Stages {
		if s := &r.Stages[i]; s.Kind.Delivers() {
			t.CIs = union(t.CIs, s.CIs)
			t.Regions = union(t.Regions, s.Regions)
		}
	}
	planned := delivery(r, plan)
	if !planned.Empty() {
		t.Window = calendar.Interval{Start: planned.Start.Add(-slack.Std()), End: planned.End.Add(slack.Std())}
	}
	return t, planned
}

// union returns a list with what it lacks of another.
func union(a, b []string) []string {
	out := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// delivery returns the span of the stages that deliver a release in a plan.
func delivery(r *schedule.Release, plan *schedule.Plan) calendar.Interval {
	var iv calendar.Interval
	for i := range r.Stages {
		if !r.Stages[i].Kind.Delivers() {
			continue
		}
		a, ok := plan.Of(r.ID + "/" + r.Stages[i].ID)
		if !ok {
			continue
		}
		if iv.Start.IsZero() || a.Start.Before(iv.Start) {
			iv.Start = a.Start
		}
		if a.End.After(iv.End) {
			iv.End = a.End
		}
	}
	return iv
}
