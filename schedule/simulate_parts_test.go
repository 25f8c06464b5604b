package schedule

import (
	"context"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// parted is a release of one stage with all kinds of parts, four hours of window a night, and
// its plan.
func parted(t *testing.T) (*Problem, *Plan) {
	t.Helper()
	start := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	p := &Problem{Horizon: calendar.Interval{Start: start, End: start.AddDate(0, 0, 3)},
		Calendars: []calendar.Calendar{{ID: "nights", Windows: []calendar.Window{{ID: "night", Kind: calendar.Maintenance,
			Starts: calendar.MustParseRecurrence("DTSTART:20261123T200000Z\nRRULE:FREQ=DAILY"), Length: calendar.Exactly(4 * time.Hour)}}}},
		Releases: []Release{{ID: "r", Calendar: "nights", Stages: []Stage{{ID: "deploy", Kind: StageDeploy, Parts: []Part{
			{Prepare, 2 * Hour}, {Implement, Hour}, {Verify, 30 * Minute}, {Decide, 15 * Minute}, {BackOut, Hour}, {Recheck, 15 * Minute}}}}}}}
	plan, err := Solve(context.Background(), p, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p, plan
}

// TestWindowHoldsTheReserve plans a stage of parts: the preparation is outside the window, and
// all the rest, the reserve included, is inside; a window that holds all but the last minute of the
// reserve is no window for it.
func TestWindowHoldsTheReserve(t *testing.T) {
	p, plan := parted(t)
	open := time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC)
	prep, _ := plan.Of("r/deploy/prepare")
	main, ok := plan.Of("r/deploy")
	if !ok || prep.End.Sub(prep.Start) != 2*time.Hour || prep.End.After(main.Start) || main.End.Sub(main.Start) != 3*time.Hour || main.Start.Before(open) || main.End.After(open.Add(4*time.Hour)) {
		t.Errorf("%v, then %v", prep, main)
	}
	p.Calendars[0].Windows[0].Length = calendar.Exactly(3 * time.Hour)
	if _, err := Solve(context.Background(), p, nil); err != nil {
		t.Errorf("3 h hold it, and: %v", err)
	}
	p.Calendars[0].Windows[0].Length = calendar.Exactly(3*time.Hour - time.Minute)
	if plan, err := Solve(context.Background(), p, nil); err == nil {
		t.Errorf("%v", plan.Assignments)
	}
	conflicts, err := Check(p, plan)
	if err != nil || !slices.ContainsFunc(conflicts, func(c Conflict) bool { return c.Kind == ExceedsWindow && c.Amount == Minute }) {
		t.Errorf("%v %v", conflicts, err)
	}
}

// TestPointsOfNoReturn compares the latest go, the latest decision and the point of no
// return with those computed by hand, and the chance of an overrun with its closed form:
// the work takes uniformly once to twice what is planned, the back-out goes with it, and
// 1.75 h or, when it fails, 3 h of plan have 4 h of window.
func TestPointsOfNoReturn(t *testing.T) {
	p, plan := parted(t)
	main, _ := plan.Of("r/deploy")
	closes := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	s, err := Simulate(context.Background(), p, plan, nil)
	if err != nil {
		t.Fatal(err)
	}
	of := func(s *Simulation, id string) Outcome {
		return s.Activities[slices.IndexFunc(s.Activities, func(o Outcome) bool { return o.ID == id })]
	}
	got := of(s, "r/deploy")
	for _, x := range []struct {
		what      string
		got, want time.Time
	}{
		{"closes", got.Closes, closes},
		{"go by", got.GoBy, closes.Add(-105 * time.Minute)}, // nothing fails: no reserve is needed
		{"decide by", got.Decide, closes.Add(-75 * time.Minute)},
		{"no return", got.NoWay, main.Start.Add(105 * time.Minute)},
		{"end", got.End, main.Start.Add(105 * time.Minute)},
	} {
		if !x.got.Equal(x.want) {
			t.Errorf("%s: %v, want %v", x.what, x.got, x.want)
		}
	}
	if prep := of(s, "r/deploy/prepare"); !prep.NoWay.IsZero() || !prep.Closes.IsZero() {
		t.Errorf("the preparation has %+v", prep)
	}
	const runs = 20_000
	o := &SimulationOptions{Runs: runs, Seed: 11, ByActivity: map[string]Uncertainty{"r/deploy": {Failure: 0.3, Duration: Distribution{Kind: Uniform, Min: 1, Max: 2}}}}
	if s, err = Simulate(context.Background(), p, plan, o); err != nil {
		t.Fatal(err)
	}
	room := closes.Sub(main.Start).Hours() // to the end of the window, of 3 h and 1.75 h times 1 to 2
	over := func(plan float64) float64 { return min(max(2-room/plan, 0), 1) }
	want := 0.3*over(3) + 0.7*over(1.75)
	if p := of(s, "r/deploy").Overrun.P; math.Abs(p-want) > 3*math.Sqrt(want*(1-want)/runs)+1e-4 {
		t.Errorf("P(overrun) %v, want %v", p, want)
	}
	// To keep to the window 19 times of 20: the 95 % quantile of how long it takes, from its
	// distribution function 0.7 F(t / 1.75) + 0.3 F(t / 3), F uniform on 1 to 2.
	f := func(t float64) float64 { return min(max(t-1, 0), 1) }
	lo, hi := 0.0, 6.0
	for range 60 {
		if mid := (lo + hi) / 2; 0.7*f(mid/1.75)+0.3*f(mid/3) < 0.95 {
			lo = mid
		} else {
			hi = mid
		}
	}
	if d := closes.Sub(of(s, "r/deploy").GoBy).Hours() - hi; math.Abs(d) > 0.1 {
		t.Errorf("go by %v, want %.2f h before %v", of(s, "r/deploy").GoBy, hi, closes)
	}
}

// TestPartsOfPausesAndModes has parts in work that pauses overnight, and in a mode that takes
// twice as long: with nothing uncertain it ends as planned without the reserve, and the point of no
// return is in working time.
func TestPartsOfPausesAndModes(t *testing.T) {
	start := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	at := func(h int) time.Time { return start.Add(time.Duration(h) * time.Hour) }
	parts := []Part{{Implement, 3 * Hour}, {Decide, 3 * Hour}, {BackOut, 2 * Hour}}
	p := &Problem{Horizon: calendar.Interval{Start: start, End: at(96)},
		Calendars: []calendar.Calendar{{ID: "c", Windows: []calendar.Window{{ID: "w", Kind: calendar.Maintenance,
			Starts: calendar.MustParseRecurrence("DTSTART:20261123T200000Z\nRRULE:FREQ=DAILY"), Length: calendar.Exactly(4 * time.Hour)}}}},
		Activities: []Activity{
			{ID: "a", Duration: 8 * Hour, Calendar: "c", Pause: PauseHolding, Parts: parts},
			{ID: "b", Modes: []Mode{{ID: "slow", Duration: 16 * Hour}}, Parts: parts},
		}}
	plan := &Plan{Assignments: []Assignment{{Activity: "a", Start: at(20), End: at(48)}, {Activity: "b", Mode: "slow", Start: at(1), End: at(17)}}}
	if conflicts, err := Check(p, plan); err != nil || !Sound(conflicts) {
		t.Fatal(conflicts, err)
	}
	s, err := Simulate(context.Background(), p, plan, nil)
	if err != nil {
		t.Fatal(err)
	}
	b, a := s.Activities[0], s.Activities[1]
	if !a.NoWay.Equal(at(46)) { // 4 h of the first night and 2 h of the second
		t.Errorf("a: no return %v", a.NoWay)
	}
	if !a.End.Equal(at(41)) { // three quarters of the 28 h that it takes with its pause
		t.Errorf("a ends %v", a.End)
	}
	if !b.NoWay.Equal(at(13)) || !b.End.Equal(at(13)) {
		t.Errorf("b: no return %v, ends %v", b.NoWay, b.End)
	}
}

// TestQuantileOfParts stretches work and reserve each by its own distribution.
func TestQuantileOfParts(t *testing.T) {
	p, _ := parted(t)
	one := Distribution{Kind: Uniform, Min: 1, Max: 2}
	for _, x := range []struct {
		u    Uncertainty
		want Duration
	}{
		{Uncertainty{Duration: one}, 271 * Minute},                                                       // all 3 h half as long again
		{Uncertainty{Duration: one, BackOut: Distribution{Kind: Uniform, Min: 1, Max: 3}}, 308 * Minute}, // 90 + 45 + 22.5 of work and 2 × 75 of reserve
		{Uncertainty{BackOut: Distribution{Kind: Uniform, Min: 1, Max: 3}}, 255 * Minute},                // 105 and 2 × 75
	} {
		q, err := p.AtQuantile(0.5, &SimulationOptions{ByActivity: map[string]Uncertainty{"r/deploy": x.u}})
		if err != nil {
			t.Fatal(err)
		}
		if a := q.Activities[slices.IndexFunc(q.Activities, func(a Activity) bool { return a.ID == "r/deploy" })]; a.Duration != x.want || total(a.Parts) != x.want {
			t.Errorf("%+v: %v of parts %v, want %v", x.u, a.Duration, a.Parts, x.want)
		}
	}
}
