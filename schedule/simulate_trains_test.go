package schedule

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// TestSimulatedTrain has a train of two releases of one stage each, independent of one
// another: it is done when both are.
func TestSimulatedTrain(t *testing.T) {
	start := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	p := &Problem{Horizon: calendar.Interval{Start: start, End: start.AddDate(0, 0, 7)}, Trains: []Train{{ID: "t", Name: "Spring"}}}
	plan := &Plan{}
	for i, id := range []string{"r", "s"} {
		p.Releases = append(p.Releases, Release{ID: id, Train: "t", Stages: []Stage{{ID: "go", Kind: StageDeploy, Duration: Hour}}})
		at := start.Add(time.Duration(i) * 10 * time.Hour)
		plan.Assignments = append(plan.Assignments, Assignment{Activity: id + "/go", Start: at, End: at.Add(time.Hour)})
	}
	const runs = 20_000
	s, err := Simulate(context.Background(), p, plan, &SimulationOptions{Runs: runs, Seed: 5,
		Default: Uncertainty{Duration: Distribution{Kind: Uniform, Min: 1, Max: 2}, Failure: 0.1, Rollback: 0},
		By:      map[string]time.Time{"t": start.Add(11*time.Hour + 30*time.Minute)}})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Trains) != 1 || s.Trains[0].ID != "t" || len(s.Releases) != 2 {
		t.Fatalf("trains %v, releases %v", s.Trains, s.Releases)
	}
	within := func(what string, got Chance, want float64) {
		if se := math.Sqrt(want * (1 - want) / runs); math.Abs(got.P-want) > 3*se {
			t.Errorf("%s: %v, want %v within %v", what, got.P, want, 3*se)
		}
		if got.Low > got.P || got.High < got.P {
			t.Errorf("%s: %v is not between its bounds", what, got)
		}
	}
	within("failed", s.Trains[0].Failed, 1-0.9*0.9)
	within("done", s.Trains[0].Done, 0.9*0.9*0.5) // the second ends by half past eleven half of the time
}

// TestSimulatedTurns has a team of one do two pieces of work: the second waits for the first.
func TestSimulatedTurns(t *testing.T) {
	start := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	const runs = 20_000
	for team, want := range map[int64]float64{1: 0.125, 2: 0.5} { // of one: the sum of two uniform ones; of two: each by itself
		p := &Problem{Horizon: calendar.Interval{Start: start, End: start.AddDate(0, 0, 7)},
			Resources:  []Resource{{ID: "team", Kind: Team, Capacity: calendar.Profile{Base: team}}},
			Activities: []Activity{{ID: "a", Duration: Hour, Demands: []Demand{{"team", 1}}}, {ID: "b", Duration: Hour, Demands: []Demand{{"team", 1}}}}}
		plan := &Plan{Assignments: []Assignment{{Activity: "a", Start: start, End: start.Add(time.Hour)}, {Activity: "b", Start: start.Add(time.Hour), End: start.Add(2 * time.Hour)}}}
		s, err := Simulate(context.Background(), p, plan, &SimulationOptions{Runs: runs, Seed: 5, Default: Uncertainty{Duration: Distribution{Kind: Uniform, Min: 1, Max: 2}},
			By: map[string]time.Time{"b": start.Add(150 * time.Minute)}})
		if err != nil {
			t.Fatal(err)
		}
		if got, se := s.Activities[1].Done.P, math.Sqrt(want*(1-want)/runs); math.Abs(got-want) > 3*se {
			t.Errorf("a team of %d: %v, want %v within %v", team, got, want, 3*se)
		}
	}
}

// TestAtQuantileHolds finds a slot for the time that four of five cases stay within, in a
// window that leaves nothing over: the window is overrun in one of five.
func TestAtQuantileHolds(t *testing.T) {
	start := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	const runs = 20_000
	for _, d := range []Distribution{{Kind: Uniform, Min: 1, Max: 2}, {Kind: Triangular, Min: 1, Mode: 1.5, Max: 3}, {Kind: LogNormal, Median: 1.2, Sigma: 0.4}} {
		long := Duration(stretched(100*Hour, d.Quantile(0.8)))
		p := &Problem{Horizon: calendar.Interval{Start: start, End: start.AddDate(0, 2, 0)}, Calendar: "c",
			Activities: []Activity{{ID: "a", Name: "Rebuild the index", Duration: 100 * Hour}},
			Calendars: []calendar.Calendar{{ID: "c", Windows: []calendar.Window{
				{ID: "short", Kind: calendar.Maintenance, Starts: calendar.Once(start), Length: calendar.Exactly((long - Minute).Std())},
				{ID: "long", Kind: calendar.Maintenance, Starts: calendar.Once(start.AddDate(0, 0, 30)), Length: calendar.Exactly(long.Std())}}}}}
		o := &SimulationOptions{Runs: runs, Seed: 9, ByActivity: map[string]Uncertainty{"a": {Duration: d}}}
		careful, err := p.AtQuantile(0.8, o)
		if err != nil {
			t.Fatal(err)
		}
		f, err := NewSlotFinder(careful, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := f.Find("a", SlotQuery{})
		if err != nil || len(answer.Slots) != 1 || !answer.Slots[0].Start.Equal(start.AddDate(0, 0, 30)) {
			t.Fatalf("%s: %v %v", d.Kind, answer, err)
		}
		at := answer.Slots[0].Start
		s, err := Simulate(context.Background(), p, &Plan{Assignments: []Assignment{{Activity: "a", Start: at, End: at.Add(100 * time.Hour)}}}, o)
		if err != nil {
			t.Fatal(err)
		}
		if got, se := s.Activities[0].Overrun.P, math.Sqrt(0.2*0.8/runs); math.Abs(got-0.2) > 3*se {
			t.Errorf("%s: overruns in %v of all runs, want 0.2 within %v", d.Kind, got, 3*se)
		}
	}
	p, _ := line(2)
	for _, share := range []float64{0, 1, math.NaN()} {
		if _, err := p.AtQuantile(share, nil); err == nil {
			t.Errorf("a share of %v is taken", share)
		}
	}
	if _, err := p.AtQuantile(0.5, nil, "nobody"); err == nil {
		t.Error("an unknown activity is taken")
	}
	if q, err := p.AtQuantile(0.9, nil, p.Activities[0].ID); err != nil || q.Activities[0].Duration != Hour {
		t.Errorf("what is certain gets longer: %v %v", q, err)
	}
}
