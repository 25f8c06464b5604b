package lifecycle

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
	"pgregory.net/rapid"
)

// The rules of the random walks. The twin in twin_test.go knows them by heart, written
// apart from the code.
func walkRules() *Rules {
	d := DefaultRules()
	d.Zone = "Europe/Berlin"
	d.Holidays = calendar.Holidays{{Date: calendar.Date{Year: 2026, Month: 12, Day: 25}}, {Date: calendar.Date{Year: 2027, Month: 1, Day: 1}}}
	d.Templates = []Template{{ID: "T1", Scope: calendar.Scope{CIs: []string{"shop", "db"}}, MaxRisk: 20, Expires: walkDay(12, 20)}}
	d.Panels[0].Valid = 12 * 24 * schedule.Hour
	d.Panels[2].Veto = []string{"bo3"}
	d.Leads = append(d.Leads, LeadRule{Type: schedule.Standard, Notice: 1})
	d.Windows = &calendar.Policy{Version: 1, Calendars: []calendar.Calendar{{ID: "org", Windows: []calendar.Window{
		{ID: "xmas", Kind: calendar.Blackout, Starts: calendar.Once(walkDay(12, 24)), Length: calendar.Exactly(72 * time.Hour)},
		{ID: "peak", Kind: calendar.Freeze, Grade: calendar.Approval, Approvers: []string{"freeze-owner"}, Reason: "peak trade", Starts: calendar.Once(walkDay(12, 8)), Length: calendar.Exactly(9 * 24 * time.Hour)},
	}}}}
	d.Roster = Roster{
		People: []Person{{ID: "sam", Absences: []calendar.Interval{{Start: walkDay(12, 1), End: walkDay(12, 12)}}}},
		Groups: map[string][]string{"service-owner": {"sam"}, "change-manager": {"mia", "ann"}, "board": {"bo1", "bo2", "bo3"},
			"emergency-board": {"eve", "sid"}, "freeze-owner": {"fay", "ivo"}, "ops": {"ivo", "mia", "sam"}},
		Delegations: []Delegation{
			{From: "sam", To: "sid", During: walkSpan(), WhenAbsent: true},
			{From: "bo1", To: "bo2", During: calendar.Interval{Start: walkDay(12, 1), End: walkDay(12, 30)}},
			{From: "mia", To: "sid", During: walkSpan(), Panels: []string{"change-manager"}},
		},
	}
	return d
}

func walkDay(month time.Month, day int) time.Time {
	return time.Date(2026, month, day, 0, 0, 0, 0, time.UTC)
}

func walkSpan() calendar.Interval {
	return calendar.Interval{Start: walkDay(11, 1), End: walkDay(13, 31)}
}

func walkGovernance(t testing.TB) *Governance {
	g, err := walkRules().Compile(walkSpan())
	if err != nil {
		t.Fatal(err)
	}
	return g
}

var (
	walkPeople = []string{"ann", "ivo", "rob", "sam", "mia", "bo1", "bo2", "bo3", "eve", "sid", "fay", ""}
	walkVerbs  = []Verb{Submit, Assess, Authorise, Reject, Revise, Void, Schedule, Announce, Implement, Complete, BackOut, Ratify, Close, Cancel, Hold, Resume, "fly"}
	walkPanels = []string{"service-owner", "change-manager", "board", "emergency-board", "freeze/org/peak/20261208T000000Z", "none"}
)

func pick[T any](draw func(int) int, list []T) T { return list[draw(len(list))] }

// reached counts the states in which walks have been, so that a test can tell that they
// went everywhere.
type reached map[string]int

// walk takes steps with changes one after the other and returns where code and twin first
// differ, or "". draw(n) chooses from 0 to n-1.
func walk(g *Governance, draw func(int) int, steps int, seen reached) string {
	var c Change
	var w *twin
	left := 0
	for range steps {
		if left--; left < 0 {
			left = 100
			now := walkDay(11, 20+draw(25)).Add(time.Duration(draw(24)) * time.Hour)
			terms := Terms{CIs: []string{"shop"}, Method: "m", BackOut: "b", Template: "T1", Justification: "j", Implementer: pick(draw, []string{"ivo", "ivo", "mia", "ops"}), Reviewer: "rob",
				Risk: pick(draw, []int64{10, 10, 50, 80}), Window: calendar.Interval{Start: now, End: now.Add(25 * 24 * time.Hour)}}
			if draw(3) == 0 {
				spoil(&terms, draw)
			}
			kind := pick(draw, []string{schedule.Standard, schedule.Normal, schedule.Normal, schedule.Normal, schedule.Expedited, schedule.Emergency, Unauthorised})
			var err error
			if c, err = g.Open("C", kind, "ann", terms, now, ""); err != nil {
				return err.Error()
			}
			w = newTwin(kind, terms, now)
		}
		var did func() string // says what was tried
		var err error
		var next Change
		var ok bool
		at := w.now.Add(time.Duration(draw(4)*draw(4)) * time.Hour)
		if draw(25) == 0 {
			at = w.now.Add(-time.Hour)
		}
		switch k := draw(20); {
		case k < 10: // a step
			a := Action{Verb: pick(draw, walkVerbs), At: at, Actor: pick(draw, walkPeople), Reason: pick(draw, []string{"r", "r", "r", ""}), Risk: pick(draw, []int64{10, 10, 10, 50, 80})}
			if draw(6) > 0 { // one that leads on
				a.Verb, a.Actor = w.onward(draw), pick(draw, append(g.rules.Roster.Expand([]string{c.Terms.Implementer}), "ivo", "mia"))
				if a.Verb == Implement && !w.planned.Empty() && w.planned.Start.After(w.now) && draw(4) > 0 {
					a.At = w.planned.Start.Add(time.Duration(draw(3)) * time.Hour)
				}
			}
			if a.Verb == Schedule {
				start := w.now.Add(time.Duration(draw(6)*48+draw(48)) * time.Hour)
				a.Planned = calendar.Interval{Start: start, End: start.Add(time.Duration(draw(8)) * time.Hour)}
			}
			did = func() string { return fmt.Sprintf("%+v", a) }
			ok = w.apply(a)
			next, err = g.Apply(c, a)
		case k < 16: // a decision
			d := Decision{Panel: pick(draw, walkPanels), By: pick(draw, walkPeople), Verdict: pick(draw, []Verdict{Approve, Approve, Approve, Approve, Refuse, Withdraw, "shrug"}), At: at, Reason: pick(draw, []string{"r", ""})}
			if draw(6) > 0 {
				d.Verdict = Approve
				d.Panel, d.By = w.wanted(draw, at)
			}
			if draw(6) == 0 {
				d.For = pick(draw, []string{"sam", "bo1", "mia", "fay"})
			}
			if draw(12) == 0 {
				d.Fingerprint = "normal stale"
			}
			if draw(10) == 0 {
				d.Expires = at.Add(10 * time.Hour)
			}
			did = func() string { return fmt.Sprintf("%+v", d) }
			ok = w.decide(d)
			next, err = g.Decide(c, d)
		case k < 17: // an edit, back to the first terms at times
			terms := c.Terms.clone()
			if draw(3) == 0 {
				terms = w.first.clone()
			} else {
				spoil(&terms, draw)
			}
			actor, reason := pick(draw, []string{"ann", "ann", ""}), pick(draw, []string{"r", "r", ""})
			did = func() string { return fmt.Sprintf("edit %+v", terms) }
			ok = w.edit(terms, actor, reason, at)
			next, err = g.Edit(c, terms, actor, reason, at)
		case k < 19: // a duty
			if len(c.Duties) == 0 {
				continue
			}
			i, by := draw(len(c.Duties)), pick(draw, walkPeople)
			if draw(4) == 0 {
				by = w.did
			} else if draw(2) == 0 { // one that is open, by its owner
				for k, d := range c.Duties {
					if d.Done.IsZero() {
						i, by = k, g.rules.Roster.Expand([]string{d.Owner})[0]
					}
				}
			}
			did = func() string { return fmt.Sprintf("discharge %+v by %s at %s", c.Duties[i], by, at) }
			ok = w.discharge(i, by, at)
			next, err = g.Discharge(c, c.Duties[i].ID, by, "", at)
		default: // terms changed behind the back of the verbs
			if draw(8) > 0 {
				continue
			}
			c = c.clone()
			spoil(&c.Terms, draw)
			w.terms = c.Terms.clone()
			continue
		}
		if ok != (err == nil) {
			return fmt.Sprintf("in state %s at %s: %s\ncode: %v\ntwin: %v", c.State, w.now, did(), err, ok)
		}
		if err == nil {
			before := c
			c = next
			seen[c.Type+" "+string(c.State)]++
			if problem := w.compare(g, &c); problem != "" {
				return fmt.Sprintf("%s\nafter %s\nof %+v", problem, did(), before)
			}
		}
	}
	return ""
}

// spoil changes one thing in the terms.
func spoil(t *Terms, draw func(int) int) {
	switch draw(12) {
	case 0:
		t.CIs = pick(draw, [][]string{{"shop"}, {"db", "shop"}, {"mail"}, nil})
	case 1:
		t.Risk = pick(draw, []int64{10, 50, 80})
	case 2:
		t.Window.End = t.Window.End.Add(-48 * time.Hour)
	case 3:
		t.Window.Start = t.Window.Start.Add(36 * time.Hour)
	case 4:
		t.Method = pick(draw, []string{"m", "n", ""})
	case 5:
		t.BackOut = pick(draw, []string{"b", "c", ""})
	case 6:
		t.Template = pick(draw, []string{"T1", "T2"})
	case 7:
		t.Justification = pick(draw, []string{"j", ""})
	case 8:
		t.Implementer = pick(draw, []string{"ivo", "sam", "ops", ""})
	case 9:
		t.Reviewer = pick(draw, []string{"rob", "ivo"})
	case 10:
		t.Name += "x"
	case 11:
		slices.Reverse(t.CIs)
	}
}

func long() bool { return os.Getenv("SLACKWATER_LONG") != "" }

// TestRandomLives compares every step of random lives with the twin: what is allowed,
// and what comes of it.
func TestRandomLives(t *testing.T) {
	g := walkGovernance(t)
	rapid.Check(t, func(t *rapid.T) {
		draw := func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "choice") }
		if problem := walk(g, draw, 40, reached{}); problem != "" {
			t.Fatal(problem)
		}
	})
	steps := 30_000
	if long() {
		steps = 100_000
	}
	r := rand.New(rand.NewPCG(1, 2))
	seen := reached{}
	if problem := walk(g, r.IntN, steps, seen); problem != "" {
		t.Fatal(problem)
	}
	for _, m := range Models() {
		for _, s := range m.Steps {
			if m.Of != ReleaseModel && seen[m.Of+" "+string(s.To)] == 0 {
				t.Errorf("no %s change was ever in state %s", m.Of, s.To)
			}
		}
	}
}

// without returns a list without element i.
func without[T any](list []T, i int) []T { return slices.Delete(slices.Clone(list), i, i+1) }

// TestEachGuardIsNeeded takes the guards out one at a time; the walks must notice each.
func TestEachGuardIsNeeded(t *testing.T) {
	g := walkGovernance(t)
	notice := func(kind string, name Guard, h Governance) {
		t.Helper()
		for seed := range uint64(40) {
			if walk(&h, rand.New(rand.NewPCG(seed, 3)).IntN, 5_000, reached{}) != "" {
				return
			}
		}
		t.Errorf("nobody notices that the %s guard %q is gone", kind, name)
	}
	for i, q := range g.steps {
		h := *g
		h.steps = without(g.steps, i)
		notice("step", q.name, h)
	}
	for i, q := range g.votes {
		h := *g
		h.votes = without(g.votes, i)
		notice("vote", q.name, h)
	}
	for i, q := range g.edits {
		h := *g
		h.edits = without(g.edits, i)
		notice("edit", q.name, h)
	}
	for i, q := range g.dones {
		h := *g
		h.dones = without(g.dones, i)
		notice("duty", q.name, h)
	}
	for i, q := range g.counts {
		h := *g
		h.counts = without(g.counts, i)
		notice("count", q.name, h)
	}
	for i, q := range g.moves {
		h := *g
		h.moves = without(g.moves, i)
		if !slices.ContainsFunc(make([]int, 40), func(int) bool {
			return walkRelease(&h, rand.New(rand.NewPCG(uint64(i), 4)).IntN, 5_000) != ""
		}) {
			t.Errorf("nobody notices that the release guard %q is gone", q.name)
		}
	}
}

const releaseTable = `
plan build build; plan cancel cancelled; build test test; build revise plan; build cancel cancelled;
test rework build; test deploy deploy; test cancel cancelled; deploy rework build; deploy review review; review close closed`

// walkRelease does with releases what walk does with changes.
func walkRelease(g *Governance, draw func(int) int, steps int) string {
	at := walkDay(11, 20)
	var r Release
	states := map[string]State{}
	for i := range steps {
		if i%40 == 0 {
			r, _ = g.OpenRelease("R", "ann", []string{"A", "B"}, at, "")
		}
		for _, id := range []string{"A", "B"} {
			delete(states, id)
			if draw(9) > 0 {
				states[id] = pick(draw, []State{Draft, Approval, Scheduled, Implementing, Reviewing, Closed, Cancelled, Closed, Closed})
			}
		}
		a := Action{Verb: pick(draw, []Verb{Build, Test, Rework, Deploy, Review, Close, Cancel, Revise, Hold, Resume, Resume, "fly"}),
			At: at.Add(time.Duration(draw(9)-1) * time.Hour), Actor: pick(draw, []string{"ann", ""}), Reason: pick(draw, []string{"r", ""})}
		if v := map[State]Verb{Planning: Build, Building: Test, Testing: Deploy, Deploying: Review, Reviewing: Close}[r.State]; v != "" && draw(3) > 0 {
			a.Verb = v
		}
		to := State("")
		for _, line := range strings.Split(releaseTable, ";") {
			if f := strings.Fields(line); f[0] == string(r.State) && f[1] == string(a.Verb) {
				to = State(f[2])
			}
		}
		early := r.State == Planning || r.State == Building || r.State == Testing
		if a.Verb == Hold && !r.OnHold && early || a.Verb == Resume && r.OnHold {
			to = r.State
		}
		ok := to != "" && a.Actor != "" && !a.At.Before(at) && (!r.OnHold || a.Verb == Resume || a.Verb == Cancel)
		if strings.Contains(" hold cancel revise rework ", " "+string(a.Verb)+" ") && a.Reason == "" {
			ok = false
		}
		rank := map[State]int{Draft: 1, Approval: 1, Scheduled: 2, Implementing: 2, Reviewing: 3, Closed: 4, Cancelled: 4}
		least := min(rank[states["A"]], rank[states["B"]]) // of an unknown change: 0
		if need := map[Verb]int{Deploy: 2, Review: 3, Close: 4}[a.Verb]; least < need {
			ok = false
		}
		next, err := g.Move(r, a, states)
		if ok != (err == nil) || ok && next.State != to {
			return fmt.Sprintf("in state %s: %+v with %v\ncode: %s %v\ntwin: %s %v", r.State, a, states, next.State, err, to, ok)
		}
		if ok {
			r, at = next, a.At
		}
	}
	return ""
}

func TestRandomReleases(t *testing.T) {
	g := walkGovernance(t)
	if problem := walkRelease(g, rand.New(rand.NewPCG(7, 7)).IntN, 5_000); problem != "" {
		t.Fatal(problem)
	}
}
