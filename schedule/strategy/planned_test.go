package strategy_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
	"github.com/slackwater-go/slackwater/schedule/strategy"
)

func monday(day, hour int) time.Time { return time.Date(2026, 3, 2+day, hour, 0, 0, 0, time.UTC) }

// organisation has nights from 20:00 to midnight, business hours from 9:00 to 17:00 and a supplier
// who works on Wednesday nights from 21:00.
func organisation(releases ...schedule.Release) *schedule.Problem {
	weekly := func(id, starts string, hours int) calendar.Calendar {
		return calendar.Calendar{ID: id, Windows: []calendar.Window{{ID: id, Kind: calendar.Maintenance, Starts: calendar.MustParseRecurrence(starts), Length: calendar.Exactly(time.Duration(hours) * time.Hour)}}}
	}
	return &schedule.Problem{Name: "Strategies", Horizon: calendar.Interval{Start: monday(0, 0), End: monday(56, 0)}, Tick: 15 * schedule.Minute,
		Calendar: "nights",
		Calendars: []calendar.Calendar{weekly("nights", "DTSTART:20260302T200000Z\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH", 4),
			weekly("business", "DTSTART:20260302T090000Z\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", 8),
			weekly("supplier", "DTSTART:20260304T210000Z\nRRULE:FREQ=WEEKLY", 3)},
		Resources: []schedule.Resource{{ID: "dba", Kind: schedule.Person, Capacity: calendar.Profile{Base: 1}, Calendar: "nights"}},
		Releases:  releases,
		Goals:     []schedule.Goal{{Measure: schedule.Unscheduled}, {Measure: schedule.Makespan, Tier: 1}}}
}

func solved(t *testing.T, p *schedule.Problem) *schedule.Plan {
	t.Helper()
	plan, err := schedule.Solve(context.Background(), p, &schedule.Options{Seed: 1, MaxWork: 300_000})
	if err != nil {
		t.Fatal(err)
	}
	found, err := schedule.Check(p, plan)
	if err != nil || len(found) > 0 {
		t.Fatalf("the judge finds %v, %v", found, err)
	}
	return plan
}

var parts = []schedule.Part{{Kind: schedule.Prepare, Duration: 2 * schedule.Hour}, {Kind: schedule.Implement, Duration: schedule.Hour}, {Kind: schedule.Verify, Duration: 30 * schedule.Minute},
	{Kind: schedule.Decide, Duration: 15 * schedule.Minute}, {Kind: schedule.BackOut, Duration: schedule.Hour}, {Kind: schedule.Recheck, Duration: 15 * schedule.Minute}}

// Every kind is planned by the solver and passed by the judge: steps that deliver, with
// their reserve, lie in one night; steps follow each other; soaks in business time take as
// much of it as they ask for; whoever did what is still known.
func TestEveryKindIsPlanned(t *testing.T) {
	for _, kind := range []strategy.Kind{strategy.BigBang, strategy.Rolling, strategy.Canary, strategy.Rings, strategy.BlueGreen, strategy.Pilot, strategy.FlagRamp} {
		s := strategy.Strategy{Kind: kind, Waves: [][]string{{"a"}, {"b", "c"}, {"d", "e", "f"}}, Deploy: strategy.Work{Parts: parts, Demands: []schedule.Demand{{Resource: "dba", Amount: 1}}},
			Verify: work(schedule.Hour), Switch: work(15 * schedule.Minute), Percent: []int{10, 100},
			Environments: []strategy.Environment{{Name: "test", Work: work(4 * schedule.Hour)}, {Name: "staging", Work: work(2 * schedule.Hour), Soak: strategy.Soak{Duration: 12 * schedule.Hour}}},
			Soak:         strategy.Soak{Duration: 12 * schedule.Hour, Calendar: "business", ShortenBy: "release manager"},
			Gate:         strategy.Gate{Duration: 15 * schedule.Minute, Calendar: "business"}}
		text, err := json.Marshal(&s)
		if err != nil {
			t.Fatal(err)
		}
		again, err := strategy.Read(bytes.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		if diff := cmp.Diff(&s, again); diff != "" {
			t.Errorf("%s: JSON loses (-want +got):\n%s", kind, diff)
		}
		stages, err := again.Stages()
		if err != nil {
			t.Fatal(err)
		}
		soaks, err := again.Soaks()
		if err != nil {
			t.Fatal(err)
		}
		p := organisation(schedule.Release{ID: "R", Stages: stages})
		plan := solved(t, p)
		for _, st := range stages {
			if st.Kind != schedule.StageSoak {
				continue
			}
			asked := s.Soak
			if st.Environment == "staging" {
				asked = s.Environments[1].Soak
			}
			if len(soaks) == 0 || soaks[0] != (strategy.StageSoak{Stage: st.ID, Soak: asked}) {
				t.Fatalf("%s: of %s the strategy asks %v", kind, st.ID, soaks)
			}
			soaks = soaks[1:]
		}
		if len(soaks) > 0 {
			t.Errorf("%s: soaks %v have no stage", kind, soaks)
		}
		var last time.Time
		for i, st := range stages {
			a, ok := plan.Of("R/" + st.ID)
			if !ok || a.From.Release != "R" || a.From.Stage != st.ID {
				t.Fatalf("%s: %s is not planned, or from %+v", kind, st.ID, a.From)
			}
			if i > 0 && a.Start.Before(last) {
				t.Errorf("%s: %s starts at %v, before %v", kind, st.ID, a.Start, last)
			}
			last = a.End
			switch {
			case st.Kind.Delivers():
				if a.Start.Hour() < 20 || a.End.After(monday(0, 24).AddDate(0, 0, int(a.Start.Sub(monday(0, 0)).Hours()/24))) {
					t.Errorf("%s: %s runs from %v to %v", kind, st.ID, a.Start, a.End)
				}
				if len(st.Parts) > 0 && a.End.Sub(a.Start) != 3*time.Hour {
					t.Errorf("%s: %s takes %v in its window, want 3 h with its reserve", kind, st.ID, a.End.Sub(a.Start))
				}
			case st.Kind == schedule.StageSoak && st.Calendar != "":
				in := time.Duration(0)
				for d := range 60 {
					from, to := monday(d, 9), monday(d, 17)
					if wd := from.Weekday(); wd == time.Saturday || wd == time.Sunday {
						continue
					}
					if a.Start.After(from) {
						from = a.Start
					}
					if a.End.Before(to) {
						to = a.End
					}
					in += max(0, to.Sub(from))
				}
				if in != 12*time.Hour {
					t.Errorf("%s: %s has %v of business time", kind, st.ID, in)
				}
			}
		}
		// The reserve counts: where only the work itself would fit, the judge finds the window exceeded.
		for k := range plan.Assignments {
			a := &plan.Assignments[k]
			if i := slices.IndexFunc(stages, func(st schedule.Stage) bool { return st.ID == a.From.Stage && len(st.Parts) > 0 }); i < 0 || a.From.Part != "" {
				continue
			}
			late := *plan
			late.Assignments = slices.Clone(plan.Assignments)
			night := time.Date(a.Start.Year(), a.Start.Month(), a.Start.Day(), 22, 0, 0, 0, time.UTC)
			late.Assignments[k].Start, late.Assignments[k].End = night, night.Add(3*time.Hour)
			found, err := schedule.Check(p, &late)
			if err != nil || !slices.ContainsFunc(found, func(c schedule.Conflict) bool { return c.Kind == schedule.ExceedsWindow }) {
				t.Errorf("%s: %s at %v leaves no room for its reserve, the judge finds %v, %v", kind, a.Activity, night, found, err)
			}
			break
		}
	}
}

// A supplier's window is kept to, an alternative is taken where it helps, a train goes
// together or not at all, and so does a bundle.
func TestSuppliersAlternativesTrains(t *testing.T) {
	one := func(id string, w strategy.Work) schedule.Release {
		s := strategy.Strategy{Kind: strategy.BigBang, CIs: []string{id}, Deploy: w}
		stages, err := s.Stages()
		if err != nil {
			t.Fatal(err)
		}
		return schedule.Release{ID: id, Stages: stages}
	}
	supplied := one("supplied", strategy.Work{Duration: 3 * schedule.Hour, Calendar: "supplier", Team: "supplier"})
	choice := one("choice", strategy.Work{Modes: []schedule.Mode{{ID: "own", Name: "own team", Duration: 6 * schedule.Hour}, {ID: "supplier", Duration: 2 * schedule.Hour, Calendar: "supplier"}}})
	t.Run("supplier and alternative", func(t *testing.T) {
		p := organisation(supplied, choice)
		plan := solved(t, p)
		a, _ := plan.Of("supplied/deploy")
		if a.Start.Weekday() != time.Wednesday || a.Start.Hour() != 21 {
			t.Errorf("the supplier works at %v", a.Start)
		}
		b, _ := plan.Of("choice/deploy")
		if b.Mode != "supplier" || b.Start.Weekday() != time.Wednesday { // six hours fit no night
			t.Errorf("the alternative is %q at %v", b.Mode, b.Start)
		}
	})
	train := func(second schedule.Duration) *schedule.Problem {
		a, b := one("a", work(schedule.Hour)), one("b", work(second))
		a.Train, b.Train = "spring", "spring"
		a.Optional, b.Optional = true, true
		b.NotBefore = monday(2, 0)
		p := organisation(a, b)
		p.Trains = []schedule.Train{{ID: "spring", Name: "Spring train", Calendar: "nights"}}
		return p
	}
	t.Run("train", func(t *testing.T) {
		p := train(2 * schedule.Hour)
		plan := solved(t, p)
		a, _ := plan.Of("a/deploy")
		b, _ := plan.Of("b/deploy")
		if a.Start.Truncate(24*time.Hour) != b.Start.Truncate(24*time.Hour) || a.Start.IsZero() {
			t.Errorf("the train leaves at %v and %v", a.Start, b.Start)
		}
		apart := *plan
		apart.Assignments = slices.Clone(plan.Assignments)
		for i := range apart.Assignments {
			if apart.Assignments[i].Activity == "a/deploy" {
				apart.Assignments[i].Start, apart.Assignments[i].End = monday(1, 20), monday(1, 21)
			}
		}
		if found, err := schedule.Check(p, &apart); err != nil || schedule.Sound(found) {
			t.Errorf("a train that leaves on two nights passes: %v, %v", found, err)
		}
		document, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		again, err := schedule.ReadProblem(bytes.NewReader(document))
		if err != nil || again.Trains[0].Name != "Spring train" || again.Releases[1].Train != "spring" {
			t.Errorf("JSON loses the train: %+v, %v", again, err)
		}
	})
	t.Run("train that cannot go", func(t *testing.T) {
		plan := solved(t, train(5*schedule.Hour)) // fits no night
		if len(plan.Assignments) != 0 {
			t.Errorf("half a train goes: %v", plan.Assignments)
		}
	})
	t.Run("bundle", func(t *testing.T) {
		p := organisation(one("a", work(schedule.Hour)))
		p.Activities = []schedule.Activity{{ID: "x", Duration: schedule.Hour, Optional: true}, {ID: "y", Duration: schedule.Hour, Optional: true, NotAfter: monday(0, 20)}}
		p.Bundles = []schedule.Bundle{{ID: "together", Activities: []string{"x", "y"}, AllOrNothing: true}}
		plan := solved(t, p)
		if _, ok := plan.Of("x"); ok { // y has no night before its deadline
			t.Error("half a bundle goes")
		}
	})
}

// A canary whose first wave is by a supplier, planned.
func Example() {
	s := strategy.Strategy{Kind: strategy.Canary, Waves: [][]string{{"web-1"}, {"web-2", "web-3"}}, Deploy: work(2 * schedule.Hour), Soak: strategy.Soak{Duration: 8 * schedule.Hour, Calendar: "business"}}
	stages, err := s.Stages()
	if err != nil {
		fmt.Println(err)
		return
	}
	plan, err := schedule.Solve(context.Background(), organisation(schedule.Release{ID: "agent", Stages: stages}), &schedule.Options{MaxWork: 100_000})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range plan.Assignments {
		fmt.Println(a.Start.Format("Mon 15:04"), strings.TrimPrefix(a.Activity, "agent/"))
	}
	// Output:
	// Mon 20:00 canary
	// Tue 09:00 soak-1
	// Tue 20:00 wave-2
	// Wed 09:00 soak-2
}
