package lifecycle

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/document"
	"github.com/slackwater-go/slackwater/internal/validate"
)

// ErrInvalid matches, through errors.Is, every fault of an input.
var ErrInvalid = validate.ErrInvalid

// A ValidationError is one fault of an input: where it is and what is wrong.
type ValidationError = validate.Error

// Validate returns all faults of the rules, joined in document order.
func (r *Rules) Validate() error {
	var l validate.List
	if r.Version != 0 && r.Version != Version {
		l.Addf("version", "is %d; this package reads %d", r.Version, Version)
	}
	if r.Zone != "" {
		if _, err := time.LoadLocation(r.Zone); err != nil {
			l.Addf("zone", "%q is no zone that is known here; use an IANA name such as Europe/Berlin", r.Zone)
		}
	}
	models := r.Models
	if models == nil {
		models = Models()
	}
	seen := map[string]bool{}
	for i := range models {
		m := &models[i]
		path := fmt.Sprintf("models[%d]", i)
		if m.Of == "" || m.Initial == "" || seen[m.Of] {
			l.Addf(path, "needs a name of its own and an initial state")
		}
		seen[m.Of] = true
		type key struct {
			from State
			verb Verb
		}
		have := map[key]bool{}
		for k, s := range m.Steps {
			at := fmt.Sprintf("%s.steps[%d]", path, k)
			if s.From == "" || s.To == "" || s.Verb == "" || slices.Contains([]Verb{Open, Hold, Resume}, s.Verb) {
				l.Addf(at, "needs two states and a verb other than open, hold and resume")
			}
			if have[key{s.From, s.Verb}] {
				l.Addf(at, "%s from %s leads to a second state; drop one", s.Verb, s.From)
			}
			have[key{s.From, s.Verb}] = true
			for _, q := range s.Guards {
				if !slices.ContainsFunc(stepGuards(), func(x stepGuard) bool { return x.name == q }) && !releaseGuard(q) {
					l.Addf(at, "has no guard %q", q)
				}
			}
		}
	}
	unique := func(path string, ids map[string]bool, id string) {
		if id == "" || ids[id] {
			l.Addf(path+".id", "%q is empty or taken; give it one of its own", id)
		}
		ids[id] = true
	}
	ids := map[string]bool{}
	for i := range r.Templates {
		path := fmt.Sprintf("templates[%d]", i)
		unique(path, ids, r.Templates[i].ID)
		if r.Templates[i].Expires.IsZero() {
			l.Addf(path+".expires", "is missing: say until when it pre-approves")
		}
	}
	types := func(path string, list []string) {
		if len(list) == 0 {
			l.Addf(path+".types", "is empty: name the change types that it concerns")
		}
		for _, t := range list {
			if !seen[t] || t == ReleaseModel {
				l.Addf(path+".types", "%q has no model", t)
			}
		}
	}
	ids = map[string]bool{}
	for i := range r.Panels {
		p := &r.Panels[i]
		path := fmt.Sprintf("panels[%d]", i)
		unique(path, ids, p.ID)
		types(path, p.Types)
		if len(p.Of) == 0 || p.Need < 1 {
			l.Addf(path, "needs people (of) and at least one approval (need), has %d and %d", len(p.Of), p.Need)
		}
		if p.Level < 0 || p.Valid < 0 {
			l.Addf(path, "has a level or validity below zero")
		}
		for _, a := range p.Covers {
			if !slices.Contains(Aspects(), a) {
				l.Addf(path+".covers", "%q is no aspect; there are %v", a, Aspects())
			}
		}
	}
	for i, d := range r.Leads {
		path := fmt.Sprintf("leads[%d]", i)
		types(path, []string{d.Type})
		if d.Lead < 0 || d.Notice < 0 || max(d.Lead, d.Notice) > 10_000 || d.MinRisk < 0 {
			l.Addf(path, "needs 0 to 10,000 business days and a risk from 0, has %d, %d and %d", d.Lead, d.Notice, d.MinRisk)
		}
	}
	ids = map[string]bool{}
	for i := range r.Duties {
		d := &r.Duties[i]
		path := fmt.Sprintf("duties[%d]", i)
		unique(path, ids, d.ID)
		types(path, d.Types)
		if d.On == "" || d.Owner == "" {
			l.Addf(path, "needs a verb (on) and an owner")
		}
		if (d.Days > 0) == (d.Within > 0) || d.Days < 0 || d.Within < 0 || d.Days > 10_000 {
			l.Addf(path, "needs either days (1 to 10,000) or within: every duty has a due date")
		}
	}
	if r.Windows != nil {
		nest(&l, "windows", r.Windows.Validate())
	}
	r.Roster.validate(&l)
	if err := l.Err(); err != nil {
		return fmt.Errorf("lifecycle: %w", err)
	}
	return nil
}

func (r *Roster) validate(l *validate.List) {
	ids := map[string]bool{}
	for i := range r.People {
		p := &r.People[i]
		path := fmt.Sprintf("roster.people[%d]", i)
		if p.ID == "" || ids[p.ID] {
			l.Addf(path+".id", "%q is empty or taken; give each person one of their own", p.ID)
		}
		ids[p.ID] = true
		if p.Hours != "" && !slices.ContainsFunc(r.Calendars, func(c calendar.Calendar) bool { return c.ID == p.Hours }) {
			l.Addf(path+".hours", "there is no calendar %q in roster.calendars", p.Hours)
		}
	}
	for i, d := range r.Delegations {
		path := fmt.Sprintf("roster.delegations[%d]", i)
		if d.From == "" || d.To == "" || d.From == d.To || d.During.Empty() {
			l.Addf(path, "needs two people and a span of time")
		}
	}
	for i := range r.Calendars {
		nest(l, fmt.Sprintf("roster.calendars[%d]", i), r.Calendars[i].Validate())
	}
}

// nest records the faults of a part under its path.
func nest(l *validate.List, path string, err error) {
	if err == nil {
		return
	}
	var many interface{ Unwrap() []error }
	if errors.As(err, &many) {
		for _, e := range many.Unwrap() {
			nest(l, path, e)
		}
		return
	}
	var one *validate.Error
	if errors.As(err, &one) {
		l.Addf(path+"."+one.Path, "%s", one.Problem)
		return
	}
	l.Addf(path, "%v", err)
}

// maxBytes bounds a document.
const maxBytes = 64 << 20

// read decodes and checks one JSON document, strictly: all faults come together, each with line,
// column and path.
func read(r io.Reader, out any, check func() error) error {
	form := document.Form{MaxBytes: maxBytes, Plain: []reflect.Type{reflect.TypeFor[calendar.Interval]()}}
	if err := form.Read(r, out, check); err != nil {
		return fmt.Errorf("lifecycle: %w", err)
	}
	return nil
}

// ReadRules decodes and validates rules. Unknown fields are errors: a rule that is
// misspelt must not be a rule that is dropped.
func ReadRules(r io.Reader) (*Rules, error) {
	out := new(Rules)
	if err := read(r, out, out.Validate); err != nil {
		return nil, err
	}
	return out, nil
}

// ReadBoard decodes and validates a board. Unknown fields are errors.
func ReadBoard(r io.Reader) (*Board, error) {
	out := new(Board)
	if err := read(r, out, out.Validate); err != nil {
		return nil, err
	}
	return out, nil
}

// ReadChange decodes a change. Unknown fields are errors.
func ReadChange(r io.Reader) (*Change, error) {
	out := new(Change)
	if err := read(r, out, out.whole); err != nil {
		return nil, err
	}
	return out, nil
}

// whole says what a change that was written lacks.
func (c *Change) whole() error {
	var l validate.List
	if c.Version != 0 && c.Version != Version {
		l.Addf("version", "is %d; this package reads %d", c.Version, Version)
	}
	if c.ID == "" || c.Type == "" || c.State == "" || len(c.Transitions) == 0 {
		l.Addf("document", "lacks id, type, state or transitions")
	} else if last := c.Transitions[len(c.Transitions)-1].To; last != c.State {
		l.Addf("state", "is %s, but its last transition led to %s", c.State, last)
	}
	for i, d := range c.Duties {
		if d.Due.IsZero() {
			l.Addf(fmt.Sprintf("duties[%d].due", i), "is missing")
		}
	}
	return l.Err()
}
