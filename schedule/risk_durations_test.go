package schedule_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/risk"
	"github.com/slackwater-go/slackwater/schedule"
)

// *risk.Duration is a history of durations.
var _ schedule.Took = (*risk.Duration)(nil)

// pastPatches are patches that were planned for an hour: half took 66 minutes or more.
func pastPatches() *risk.Durations {
	var past []risk.StageTime
	for i := range 60 {
		past = append(past,
			risk.StageTime{Model: "os-patch", Stage: risk.Implement, Took: time.Duration(36+i) * time.Minute},
			risk.StageTime{Model: "os-patch", Stage: risk.Verify, Took: time.Duration(10+i%10) * time.Minute})
	}
	d, err := risk.FitDurations(past)
	if err != nil {
		panic(err)
	}
	return d
}

func patch() (*schedule.Problem, *schedule.Plan) {
	night := calendar.Calendar{ID: "night", Windows: []calendar.Window{{ID: "w", Kind: calendar.Maintenance,
		Starts: calendar.MustParseRecurrence("DTSTART:20261123T220000Z\nRRULE:FREQ=DAILY"), Length: calendar.Exactly(2 * time.Hour)}}}
	p := &schedule.Problem{Horizon: calendar.Interval{Start: day(23, 0, 0), End: day(25, 0, 0)}, Calendars: []calendar.Calendar{night}, Calendar: "night",
		Activities: []schedule.Activity{{ID: "patch", Duration: 90 * schedule.Minute, Tags: []string{"os-patch"}, Parts: []schedule.Part{
			{Kind: schedule.Implement, Duration: schedule.Hour}, {Kind: schedule.Verify, Duration: 15 * schedule.Minute}, {Kind: schedule.BackOut, Duration: 15 * schedule.Minute}}}}}
	return p, &schedule.Plan{Assignments: []schedule.Assignment{{Activity: "patch", Start: day(23, 22, 0), End: day(23, 23, 30)}}}
}

// TestLearnedDurationsAreThoseOfHistory draws from what was learned and compares mean and
// spread of the simulated end with those of the history.
func TestLearnedDurationsAreThoseOfHistory(t *testing.T) {
	p, plan := patch()
	past := pastPatches()
	took := func(_ *schedule.Activity, part schedule.PartKind) schedule.Took {
		if d, ok := past.Of("os-patch", string(part)); ok {
			return d
		}
		return nil
	}
	by, err := p.Learn(schedule.Past{Took: took})
	if err != nil {
		t.Fatal(err)
	}
	// The same sum by drawing from the history itself.
	var sum, squares float64
	const n = 200
	implement, _ := past.Of("os-patch", risk.Implement)
	verify, _ := past.Of("os-patch", risk.Verify)
	for i := range n {
		for j := range n {
			x := implement.Quantile((float64(i)+0.5)/n).Minutes() + verify.Quantile((float64(j)+0.5)/n).Minutes()
			sum, squares = sum+x, squares+x*x
		}
	}
	mean := sum / (n * n)
	spread := math.Sqrt(squares/(n*n) - mean*mean)
	d := by["patch"].Duration
	got := 75 * d.Median * math.Exp(d.Sigma*d.Sigma/2)
	gotSpread := got * math.Sqrt(math.Exp(d.Sigma*d.Sigma)-1)
	if math.Abs(got/mean-1) > 0.02 || math.Abs(gotSpread/spread-1) > 0.1 {
		t.Errorf("learned %.1f ± %.1f min, the history has %.1f ± %.1f", got, gotSpread, mean, spread)
	}
	sim, err := schedule.Simulate(context.Background(), p, plan, &schedule.SimulationOptions{Runs: 4000, ByActivity: by})
	if err != nil {
		t.Fatal(err)
	}
	half := sim.Activities[0].Median.Sub(day(23, 22, 0)).Minutes()
	if math.Abs(half-75*d.Median) > 2 {
		t.Errorf("half of the runs take %.1f min, learned %.1f", half, 75*d.Median)
	}
}

// TestBackOutsTakeAsLongAsTheyDid learns a back-out by itself: it takes as long as back-outs
// have, however long the work took, of work with parts and without.
func TestBackOutsTakeAsLongAsTheyDid(t *testing.T) {
	p, plan := patch()
	p.Activities = append(p.Activities, schedule.Activity{ID: "plain", Duration: schedule.Hour})
	plan.Assignments = append(plan.Assignments, schedule.Assignment{Activity: "plain", Start: day(23, 22, 0), End: day(23, 23, 0)})
	by, err := p.Learn(schedule.Past{
		Took: func(_ *schedule.Activity, part schedule.PartKind) schedule.Took {
			if part == schedule.BackOut {
				return oddly{40 * time.Minute, 90 * time.Minute}
			}
			return nil
		},
		Failure: func(*schedule.Activity) float64 { return 1 },
	})
	if err != nil {
		t.Fatal(err)
	}
	sim, err := schedule.Simulate(context.Background(), p, plan, &schedule.SimulationOptions{Runs: 20_000, ByActivity: by, Confidence: 0.9})
	if err != nil {
		t.Fatal(err)
	}
	for i, work := range []time.Duration{75 * time.Minute, time.Hour} { // as planned, and then 40 minutes by half, 90 by nine of ten
		x := sim.Activities[i]
		half, most := x.Median.Sub(day(23, 22, 0))-work, x.End.Sub(day(23, 22, 0))-work
		if by[x.ID].Duration.Kind != schedule.FixedLength || (half-40*time.Minute).Abs() > time.Minute || (most-90*time.Minute).Abs() > 3*time.Minute {
			t.Errorf("%s: backed out in %v by half and %v by nine of ten; learned %+v", x.ID, half, most, by[x.ID])
		}
	}
}

type oddly struct{ half, most time.Duration }

func (o oddly) Quantile(share float64) time.Duration {
	if share > 0.5 {
		return o.most
	}
	return o.half
}

func TestLearnRefused(t *testing.T) {
	p, _ := patch()
	for name, h := range map[string]schedule.Past{
		"failure": {Failure: func(*schedule.Activity) float64 { return math.NaN() }},
		"nothing": {Took: func(*schedule.Activity, schedule.PartKind) schedule.Took { return oddly{} }},
		"falling": {Took: func(*schedule.Activity, schedule.PartKind) schedule.Took { return oddly{time.Hour, time.Minute} }},
		"absurd": {Took: func(*schedule.Activity, schedule.PartKind) schedule.Took {
			return oddly{9000 * time.Hour, 9001 * time.Hour}
		}},
	} {
		if _, err := p.Learn(h); !errors.Is(err, schedule.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if by, err := p.Learn(schedule.Past{}); err != nil || len(by) != 0 {
		t.Errorf("nothing known: %v, %v", by, err)
	}
}

func ExampleProblem_Learn() {
	p, plan := patch()
	past := pastPatches()
	by, err := p.Learn(schedule.Past{
		Took: func(a *schedule.Activity, part schedule.PartKind) schedule.Took {
			if d, ok := past.Of(a.Tags[0], string(part)); ok {
				return d
			}
			return nil
		},
		Failure: func(*schedule.Activity) float64 { return 0.05 },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("takes %.2f times what is planned by half\n", by["patch"].Duration.Median)
	sim, err := schedule.Simulate(context.Background(), p, plan, &schedule.SimulationOptions{ByActivity: by})
	if err != nil {
		fmt.Println(err)
		return
	}
	x := sim.Activities[0]
	fmt.Printf("runs over its window with %.0f %%, backed out with %.0f %%\n", 100*x.Overrun.P, 100*x.Failed.P)
	// Output:
	// takes 1.08 times what is planned by half
	// runs over its window with 8 %, backed out with 6 %
}
