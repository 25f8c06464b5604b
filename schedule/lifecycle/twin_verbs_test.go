package lifecycle

import (
	"fmt"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

func (w *twin) apply(a Action) bool {
	to, ok := twinSteps(w.letter, w.state)[a.Verb]
	pausable := in(string(w.state), "draft assessment approval authorised scheduled") && w.kind != "unauthorised"
	if a.Verb == Hold && pausable && !w.hold || a.Verb == Resume && w.hold {
		to, ok = w.state, true
	}
	if !ok || a.Actor == "" || a.At.Before(w.now) || w.hold && a.Verb != Resume && a.Verb != Cancel ||
		in(string(a.Verb), "reject revise void back-out ratify cancel hold") && a.Reason == "" {
		return false
	}
	at := a.At
	lead, notice := w.lead()
	plan, announced := w.planned, w.announced
	if a.Verb == Schedule {
		plan = a.Planned
		if announced.IsZero() {
			announced = at
		}
	}
	hidden := w.planned
	w.planned = plan // what panels are needed depends on it
	switch a.Verb {
	case Submit:
		ok = w.touches() && (!in(w.kind, "expedited emergency") || w.terms.Justification != "") && (w.kind != "standard" || w.covered(at))
	case Authorise:
		ok = w.approved(at)
	case Ratify:
		ok = w.touches() && w.approved(at)
	case Schedule, Implement:
		if w.kind == "standard" {
			ok = w.covered(at)
		}
		if a.Verb == Implement || w.kind != "standard" {
			ok = ok && w.approved(at)
		}
		if w.kind != "emergency" {
			ok = ok && plan.Start.Before(plan.End) && !plan.Start.Before(w.terms.Window.Start) && !plan.End.After(w.terms.Window.End)
			ok = ok && (notice == 0 || !announced.IsZero() && twinBefore(announced, plan.Start, notice))
		}
		if a.Verb == Schedule {
			ok = ok && twinBefore(w.submitted, plan.Start, lead) && twinOpen(plan.Start, plan.End)
		} else {
			if w.kind != "emergency" {
				ok = ok && !at.Before(plan.Start) && at.Before(plan.End) && twinOpen(at, plan.End)
			}
			ok = ok && w.apart(a.Actor, at)
		}
	case Close:
		for _, d := range w.duties {
			ok = ok && d.done
		}
	}
	if !ok {
		w.planned = hidden
		return false
	}
	switch a.Verb {
	case Submit:
		w.submitted = at
	case Assess:
		t := w.terms.clone()
		t.Risk = a.Risk
		w.replace(t)
	case Announce:
		w.announced = at
	case Revise:
		w.planned, w.announced = calendar.Interval{}, time.Time{}
	case Implement:
		w.did = a.Actor
	case Hold:
		w.hold = true
	case Resume, Cancel:
		w.hold = false
	}
	w.state, w.now = to, at
	w.owe(a.Verb, at)
	return true
}

func (w *twin) replace(t Terms) {
	for i := range w.votes {
		if !twinSame(w.votes[i].Panel, w.terms, t) {
			w.votes[i].dead = true
		}
	}
	w.terms = t.clone()
}

func (w *twin) owe(v Verb, at time.Time) {
	days := func(n int) time.Time {
		d := berlin(at)
		for n > 0 {
			if d = d.AddDate(0, 0, 1); twinWork(d) {
				n--
			}
		}
		return d.AddDate(0, 0, 1)
	}
	add := func(owner string, due time.Time, apart bool) {
		w.duties = append(w.duties, twinDuty{owner, due, apart, false})
	}
	switch {
	case w.kind == "unauthorised" && v == Open:
		add("change-manager", at.Add(4*time.Hour), false)
		add("emergency-board", days(1), false)
		add("change-manager", days(10), false)
	case w.kind == "emergency" && v == Implement:
		add(w.terms.Implementer, days(1), false)
		add("change-manager", days(5), false)
		add("change-manager", days(5), true)
	case w.kind == "expedited" && v == Implement:
		add("change-manager", days(5), false)
	case in(w.kind, "normal expedited") && v == Complete && w.terms.Risk >= 70:
		add("change-manager", days(10), true)
	case in(w.kind, "standard normal expedited") && v == BackOut:
		add("change-manager", days(5), true)
	}
}

func (w *twin) decide(d Decision) bool {
	states := map[string]string{"standard": "authorised scheduled", "normal": "approval authorised scheduled", "expedited": "approval authorised scheduled",
		"emergency": "approval authorised", "unauthorised": "assessment"}[w.kind]
	who := d.For
	if who == "" {
		who = d.By
	}
	if !slices.Contains(w.panels(d.At), d.Panel) || !in(string(w.state), states) || w.hold || d.At.Before(w.now) || d.By == "" ||
		!in(string(d.Verdict), "approve reject withdraw") || d.Verdict == Refuse && d.Reason == "" || !in(who, twinMembers(d.Panel)) ||
		in(d.By, "ann "+w.terms.Implementer) || in(who, "ann "+w.terms.Implementer) || d.Fingerprint != "" {
		return false
	}
	if who != d.By {
		ok := who == "sam" && d.By == "sid" && !d.At.Before(walkDay(12, 1)) && d.At.Before(walkDay(12, 12)) ||
			who == "bo1" && d.By == "bo2" && !d.At.Before(walkDay(12, 1)) && d.At.Before(walkDay(12, 30)) ||
			who == "mia" && d.By == "sid" && d.Panel == "change-manager"
		if !ok {
			return false
		}
	}
	level := map[string]int{"service-owner": 1, "change-manager": 2, "board": 3, "emergency-board": 1}
	for _, p := range w.panels(d.At) {
		if level[p] > 0 && level[p] < level[d.Panel] && !w.passed(p, d.At) {
			return false
		}
	}
	yes, by, _ := w.tally(d.Panel, d.At)
	for i := range by {
		if d.Verdict == Approve && by[i] == d.By && yes[i] != who {
			return false
		}
	}
	v := twinVote{Decision: d, terms: w.terms.clone(), ends: walkDay(12, 31).AddDate(5, 0, 0)}
	if days := map[string]int{"service-owner": 12, "change-manager": 30, "board": 30, "emergency-board": 2}[d.Panel]; days > 0 {
		v.ends = d.At.Add(time.Duration(days) * 24 * time.Hour)
	}
	if !d.Expires.IsZero() && d.Expires.Before(v.ends) {
		v.ends = d.Expires
	}
	w.votes = append(w.votes, v)
	w.now = d.At
	return true
}

func (w *twin) edit(t Terms, actor, reason string, at time.Time) bool {
	states := "draft assessment approval authorised scheduled"
	if w.kind == "unauthorised" {
		states = "detected assessment"
	}
	if actor == "" || reason == "" || at.Before(w.now) || w.hold || !in(string(w.state), states) {
		return false
	}
	voids := false
	for _, v := range w.votes {
		voids = voids || !v.dead && !twinSame(v.Panel, w.terms, t)
	}
	w.replace(t)
	if voids {
		w.now = at
	}
	if in(string(w.state), "authorised scheduled") && w.kind != "standard" && !w.approved(at) {
		w.state, w.now = Approval, at
	}
	return true
}

func (w *twin) discharge(i int, by string, at time.Time) bool {
	d := &w.duties[i]
	people := d.owner + " " + map[string]string{"change-manager": "mia ann", "emergency-board": "eve sid", "ops": "ivo mia sam"}[d.owner]
	if at.Before(w.now) || d.done || !in(by, people) || d.apart && (by == w.did || by == w.terms.Implementer) {
		return false
	}
	d.done, w.now = true, at
	return true
}

// compare says where the change and the twin differ.
func (w *twin) compare(g *Governance, c *Change) string {
	if c.State != w.state || c.OnHold != w.hold || !c.Planned.Start.Equal(w.planned.Start) || !c.Planned.End.Equal(w.planned.End) {
		return fmt.Sprintf("code is in %s (hold %v), planned %s; twin in %s (hold %v), planned %s", c.State, c.OnHold, c.Planned, w.state, w.hold, w.planned)
	}
	if len(c.Duties) != len(w.duties) {
		return fmt.Sprintf("code has %d duties, twin %d", len(c.Duties), len(w.duties))
	}
	for i, d := range c.Duties {
		if d.Due.IsZero() || !d.Due.After(d.From) || !d.Due.Equal(w.duties[i].due) || d.Done.IsZero() == w.duties[i].done {
			return fmt.Sprintf("duty %+v, twin %+v", d, w.duties[i])
		}
	}
	for _, at := range []time.Time{w.now, w.now.Add(36 * time.Hour), w.now.Add(10 * 24 * time.Hour)} {
		if got, want := g.Standing(c, at).Approved, w.approved(at); got != want {
			return fmt.Sprintf("at %s code says approved %v, twin %v", at, got, want)
		}
	}
	return ""
}
