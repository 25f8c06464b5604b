package schedule

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/calendar"
)

// TestNormal compares with package math.
func TestNormal(t *testing.T) {
	for z := -8.0; z <= 8; z += 0.0625 {
		if got, want := normalCDF(z), 0.5*math.Erfc(-z/math.Sqrt2); math.Abs(got-want) > 1e-12 {
			t.Errorf("normalCDF(%v) = %v, want %v", z, got, want)
		}
		if got, want := exp(z), math.Exp(z); math.Abs(got/want-1) > 1e-13 {
			t.Errorf("exp(%v) = %v, want %v", z, got, want)
		}
		if got, want := ln(math.Exp(z)), z; math.Abs(got-want) > 1e-13 {
			t.Errorf("ln(exp(%v)) = %v", z, got)
		}
		if u := normalCDF(z); z > -6 && z < 6 && math.Abs(normalQuantile(u)-z) > 1e-7 {
			t.Errorf("normalQuantile(%v) = %v, want %v", u, normalQuantile(u), z)
		}
	}
}

// TestAtLeast compares selection with sorting.
func TestAtLeast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.Int32Range(-5, 20), 1, 40).Draw(t, "list")
		share := rapid.Float64Range(0, 1).Draw(t, "share")
		sorted := slices.Sorted(slices.Values(list))
		want := sorted[0]
		for k, v := range sorted { // the first that at least the share does not exceed
			if float64(k+1) >= share*float64(len(list)) {
				want = v
				break
			}
		}
		if got := atLeast(list, share); got != want {
			t.Fatalf("%v of %v is %d, want %d", share, sorted, got, want)
		}
	})
}

// line is a chain of n activities of an hour each, one right after the other.
func line(n int) (*Problem, *Plan) {
	start := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	p := &Problem{Horizon: calendar.Interval{Start: start, End: start.AddDate(0, 2, 0)},
		Calendars: []calendar.Calendar{{ID: "c", Windows: []calendar.Window{{ID: "w", Kind: calendar.Maintenance, Starts: calendar.Once(start), Length: calendar.Exactly(time.Duration(n) * 90 * time.Minute)}}}}}
	plan := &Plan{}
	for i := range n {
		id := fmt.Sprintf("a%03d", i)
		p.Activities = append(p.Activities, Activity{ID: id, Team: "t", Duration: Hour, Calendar: "c", CIs: []string{id}})
		if i > 0 {
			p.Precedences = append(p.Precedences, Precedence{From: p.Activities[i-1].ID, To: id})
		}
		at := start.Add(time.Duration(i) * time.Hour)
		plan.Assignments = append(plan.Assignments, Assignment{Activity: id, Start: at, End: at.Add(time.Hour)})
	}
	return p, plan
}

// TestSimulationClosedForms compares probabilities with those that can be computed, within
// three standard errors.
func TestSimulationClosedForms(t *testing.T) {
	const runs = 20_000
	near := func(what string, got Chance, want float64) {
		t.Helper()
		if se := math.Sqrt(want*(1-want)/runs) + 1e-4; math.Abs(got.P-want) > 3*se {
			t.Errorf("%s: %v, want %v within %v", what, got.P, want, 3*se)
		}
		if want > 0 && want < 1 && (got.Low > got.P || got.High < got.P) {
			t.Errorf("%s: %v is not between its bounds", what, got)
		}
	}
	run := func(n int, o SimulationOptions) *Simulation {
		t.Helper()
		p, plan := line(n)
		o.Runs, o.Seed = runs, 7
		s, err := Simulate(context.Background(), p, plan, &o)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	// One piece of work, uniform from 1 to 2 hours, in a window of 90 minutes.
	s := run(1, SimulationOptions{Default: Uncertainty{Duration: Distribution{Kind: Uniform, Min: 1, Max: 2}}})
	near("uniform", s.Activities[0].Overrun, 0.5)
	if d := s.Activities[0].Median.Sub(s.Activities[0].Closes); d.Abs() > 2*time.Minute {
		t.Errorf("the median is %v from the end of the window", d)
	}
	// The sum of two such: 180 minutes of window, triangular from 2 to 4 hours.
	s = run(2, SimulationOptions{Default: Uncertainty{Duration: Distribution{Kind: Uniform, Min: 1, Max: 2}}})
	near("sum of two uniform", s.Activities[1].Overrun, 0.5)
	p, plan := line(2)
	s, err := Simulate(context.Background(), p, plan, &SimulationOptions{Runs: runs, Seed: 7, Default: Uncertainty{Duration: Distribution{Kind: Uniform, Min: 1, Max: 2}},
		By: map[string]time.Time{"a001": p.Horizon.Start.Add(150 * time.Minute)}})
	if err != nil {
		t.Fatal(err)
	}
	near("sum of two uniform by 2.5", s.Activities[1].Done, 0.125)
	// The same, moving together: the sum is twice one of them.
	s, err = Simulate(context.Background(), p, plan, &SimulationOptions{Runs: runs, Seed: 7, Correlation: 1, Default: Uncertainty{Duration: Distribution{Kind: Uniform, Min: 1, Max: 2}},
		By: map[string]time.Time{"a001": p.Horizon.Start.Add(150 * time.Minute)}})
	if err != nil {
		t.Fatal(err)
	}
	near("twice one uniform by 2.5", s.Activities[1].Done, 0.25)
	// Triangular: P(X > 1.5) for 1, 1, 2 is 1/4. Lognormal: P(X > 1.5) = 1 - Φ(ln 1.5 / σ).
	s = run(1, SimulationOptions{Default: Uncertainty{Duration: Distribution{Kind: Triangular, Min: 1, Mode: 1, Max: 2}}})
	near("triangular", s.Activities[0].Overrun, 0.25)
	s = run(1, SimulationOptions{Default: Uncertainty{Duration: Distribution{Kind: LogNormal, Median: 1, Sigma: 0.5}}})
	near("lognormal", s.Activities[0].Overrun, 1-0.5*math.Erfc(-math.Log(1.5)/0.5/math.Sqrt2))
	// Failures: the third runs where neither of the first two failed.
	s = run(3, SimulationOptions{Default: Uncertainty{Failure: 0.1, Rollback: 1}})
	near("ran", s.Activities[2].Ran, 0.81)
	near("done", s.Activities[2].Done, 0.729)
	near("failed", s.Activities[1].Failed, 0.09)
	// A back-out as long as the work goes past a window of 90 minutes.
	s = run(1, SimulationOptions{Default: Uncertainty{Failure: 0.3, Rollback: 1}})
	near("overrun by back-out", s.Activities[0].Overrun, 0.3)
	// Nothing uncertain: all as planned.
	s = run(3, SimulationOptions{})
	near("certain", s.Activities[2].Done, 1)
	if got := s.Activities[2].GoBy; !got.Equal(s.Activities[2].Closes.Add(-time.Hour)) {
		t.Errorf("go by %v, the window closes %v", got, s.Activities[2].Closes)
	}
}

// TestSimulationRepeats wants the same bytes for the same seed, and the same luck for an
// activity whatever the plan.
func TestSimulationRepeats(t *testing.T) {
	p, plan := line(5)
	o := &SimulationOptions{Runs: 200, Seed: 3, Correlation: 0.4, Default: Uncertainty{Failure: 0.05, Rollback: 0.5, Duration: Distribution{Kind: LogNormal, Median: 1, Sigma: 0.3}}}
	bytes := func(plan *Plan) string {
		s, err := Simulate(context.Background(), p, plan, o)
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	once, again := bytes(plan), bytes(plan)
	if once != again {
		t.Error("one seed, two results")
	}
	one, err := Simulate(context.Background(), p, &Plan{Assignments: plan.Assignments[:1]}, o)
	if err != nil {
		t.Fatal(err)
	}
	all, err := Simulate(context.Background(), p, plan, o)
	if err != nil {
		t.Fatal(err)
	}
	if one.Activities[0] != all.Activities[0] {
		t.Error("the same activity has other luck in another plan")
	}
	if _, err := Simulate(context.Background(), p, plan, &SimulationOptions{Correlation: 2, Runs: -1}); err == nil {
		t.Error("faulty options are taken")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Simulate(ctx, p, plan, o); err == nil {
		t.Error("a context that has ended does not end the run")
	}
}

// BenchmarkSimulate makes 10,000 runs of a plan of 500 activities.
func BenchmarkSimulate(b *testing.B) {
	p, plan := line(500)
	o := &SimulationOptions{Runs: 10_000, Correlation: 0.3, Default: Uncertainty{Failure: 0.001, Rollback: 0.5, Duration: Distribution{Kind: LogNormal, Median: 1, Sigma: 0.3}}}
	for b.Loop() {
		if _, err := Simulate(context.Background(), p, plan, o); err != nil {
			b.Fatal(err)
		}
	}
}
