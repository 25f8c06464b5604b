package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
	"github.com/slackwater-go/slackwater/schedule/records"
)

// A slotsQuestion is the body of POST /slots: a change, and how many slots to name.
type slotsQuestion struct {
	Name    string            `json:"name,omitempty"` // of the change, for the reasons
	Subject calendar.Subject  `json:"subject"`
	Length  schedule.Duration `json:"length"`
	From    time.Time         `json:"from,omitzero"`   // default: now
	Count   int               `json:"count,omitempty"` // default: 1
}

// A slot is a range of starts, the last one included, and why it is no wider.
type slot struct {
	First       time.Time    `json:"first"`
	Last        time.Time    `json:"last"`
	NotEarlier  string       `json:"notEarlier,omitempty"`
	NotLater    string       `json:"notLater,omitempty"`
	Obligations []obligation `json:"obligations,omitempty"`
}

type slotsAnswer struct {
	Slots []slot   `json:"slots"`
	None  []string `json:"none,omitempty"` // why there is no slot at all
	// Known says how far ahead the windows are known: that there is no slot, or no
	// further one, holds until then.
	Known time.Time `json:"known"`
}

func (g *gate) slots(w http.ResponseWriter, r *http.Request) {
	var q slotsQuestion
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&q); err != nil {
		status := http.StatusBadRequest
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			status = http.StatusRequestEntityTooLarge
		}
		reply(w, status, problem{err.Error()})
		return
	}
	if q.Length <= 0 || q.Length%schedule.Second != 0 || q.Count < 0 || q.Count > 100 {
		reply(w, http.StatusBadRequest, problem{"length must be positive whole seconds and count at most 100"})
		return
	}
	if nothing(&q.Subject) {
		reply(w, http.StatusBadRequest, problem{nothingSaid})
		return
	}
	k, err := g.windows()
	if err != nil {
		reply(w, http.StatusInternalServerError, problem{err.Error()})
		return
	}
	if q.From.IsZero() {
		q.From = g.now()
	}
	if !k.Within().Contains(q.From) {
		reply(w, http.StatusBadRequest, problem{fmt.Sprintf("windows are known within %s only", k.Within())})
		return
	}
	out, err := g.find(k, &q)
	if err != nil {
		status := http.StatusInternalServerError
		if errors.Is(err, schedule.ErrInvalid) {
			status = http.StatusBadRequest
		}
		reply(w, status, problem{err.Error()})
		return
	}
	reply(w, http.StatusOK, out)
}

// asked is the ID of the change that is asked about.
const asked = "the change"

// find puts the change beside those that are planned already and asks where it fits:
// inside the windows, and at no time together with work on one of its CIs.
func (g *gate) find(k *calendar.Compiled, q *slotsQuestion) (*slotsAnswer, error) {
	one, err := together(g.policy, k.Within(), q.Subject)
	if err != nil {
		return nil, err
	}
	s := &q.Subject
	a := schedule.Activity{ID: asked, Name: q.Name, Type: s.Type, Action: s.Action, CIs: s.CIs, Classes: s.Classes, Services: s.Services, Regions: s.Regions, Tags: s.Tags, Duration: q.Length}
	if a.Name == "" {
		a.Name = asked
	}
	if len(s.Environments) > 0 {
		a.Environment = s.Environments[0]
	}
	base := &schedule.Problem{Horizon: k.Within(), Calendars: []calendar.Calendar{one}, Calendar: one.ID, Activities: []schedule.Activity{a}}
	framed, err := records.Frame(base, g.changes, records.Framing{Calendar: schedule.AlwaysOpen})
	if err != nil {
		return nil, err
	}
	p := framed.Problem
	p.Horizon = k.Within()
	for _, ci := range s.CIs {
		same := schedule.Exclusion{Kind: schedule.SameCI, At: ci, Activities: []string{asked}}
		for i := range p.Activities {
			if x := &p.Activities[i]; slices.Contains(x.CIs, ci) {
				same.Activities = append(same.Activities, x.ID)
			}
		}
		if len(same.Activities) > 1 {
			p.Exclusions = append(p.Exclusions, same)
		}
	}
	p.Activities = append(p.Activities, a)
	finder, err := schedule.NewSlotFinder(p, framed.Plan)
	if err != nil {
		return nil, err
	}
	answer, err := finder.Find(asked, schedule.SlotQuery{From: q.From, Limit: max(q.Count, 1)})
	if err != nil {
		return nil, err
	}
	out := &slotsAnswer{Slots: []slot{}, Known: k.Within().End}
	for _, x := range answer.Slots {
		out.Slots = append(out.Slots, slot{x.Start, x.Latest, x.Before.Reason, x.After.Reason, obligations(k.For(q.Subject).Explain(x.Start))})
	}
	for _, c := range answer.None {
		out.None = append(out.None, c.Reason)
	}
	return out, nil
}

// together makes one calendar of a policy, whose calendars all must be open. Of several
// it keeps every window that closes and joins what the others leave open.
func together(p *calendar.Policy, within calendar.Interval, s calendar.Subject) (calendar.Calendar, error) {
	if len(p.Calendars) == 1 {
		return p.Calendars[0], nil
	}
	one := calendar.Calendar{ID: "policy", Default: calendar.DefaultClosed}
	open := calendar.Union(within)
	for _, c := range p.Calendars {
		allow := c
		allow.Windows = nil
		for _, w := range c.Windows {
			if w.Kind == calendar.Maintenance {
				allow.Windows = append(allow.Windows, w)
			} else {
				w.ID = c.ID + "/" + w.ID
				one.Windows = append(one.Windows, w)
			}
		}
		o, err := allow.Open(within, s)
		if err != nil {
			return one, err
		}
		open = open.Intersect(o)
		one.Overrides = append(one.Overrides, c.Overrides...)
	}
	n := 0
	for iv := range open.All() {
		n++
		one.Windows = append(one.Windows, calendar.Window{ID: fmt.Sprintf("window-%d", n), Kind: calendar.Maintenance, Starts: calendar.Once(iv.Start), Length: calendar.Exactly(iv.Duration())})
	}
	return one, nil
}
