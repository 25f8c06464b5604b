package outcome_test

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/risk"
	"github.com/slackwater-go/slackwater/schedule"
	"github.com/slackwater-go/slackwater/schedule/outcome"
)

// year is a history in which a team takes the given multiples of an hour, each in turn.
func year(n int, ratio func(i int) float64) *outcome.History {
	start := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	h := &outcome.History{Period: span(start, start.AddDate(1, 0, 0))}
	for i := range n {
		s := start.Add(time.Duration(i) * time.Hour)
		r := outcome.Successful
		if i%10 == 0 {
			r = outcome.Failed
		}
		h.Deployments = append(h.Deployments, outcome.Deployment{ID: fmt.Sprint(i), Team: "data", Service: "ledger", Planned: span(s, s.Add(time.Hour)), Start: s, End: s.Add(time.Duration(ratio(i) * float64(time.Hour))), Result: r})
	}
	return h
}

func problem(team string) *schedule.Problem {
	start := at(2, 20, 0)
	return &schedule.Problem{Horizon: span(start, start.Add(72*time.Hour)), Activities: []schedule.Activity{{ID: "upgrade", Team: team, Duration: 2 * schedule.Hour}}}
}

// What is learned of lognormal records is what they were drawn from, and a few absurd
// ones among them change it by little.
func TestLearnFindsTheDistribution(t *testing.T) {
	r := prng.New(7)
	normal := func() float64 { // sum of twelve (Irwin and Hall)
		x := -6.0
		for range 12 {
			x += float64(r.IntN(1<<30)) / (1 << 30)
		}
		return x
	}
	h := year(4000, func(int) float64 { return 1.3 * math.Exp(0.4*normal()) })
	for i := range 40 {
		h.Deployments[i*100].End = h.Deployments[i*100].Start.Add(2000 * time.Hour)
	}
	o, err := outcome.Learn(h, problem("data"))
	if err != nil {
		t.Fatal(err)
	}
	u := o.ByActivity["upgrade"]
	if d := u.Duration; d.Kind != schedule.LogNormal || math.Abs(d.Median-1.3) > 0.05 || math.Abs(d.Sigma-0.4) > 0.03 {
		t.Errorf("learned %+v, drawn from a median of 1.3 and a spread of 0.4", d)
	}
	if math.Abs(u.Failure-0.1) > 0.001 {
		t.Errorf("learned that %v fail, one in ten does", u.Failure)
	}
	if err := o.Validate(); err != nil {
		t.Error(err)
	}
}

// Whatever the history says, a simulation takes it; what it does not say stays as planned.
func TestLearnIsSimulated(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := year(rapid.IntRange(0, 12).Draw(t, "n"), func(int) float64 { return rapid.Float64Range(0, 1e6).Draw(t, "ratio") })
		for i := range h.Deployments {
			d := &h.Deployments[i]
			d.Team = rapid.SampledFrom([]string{"", "data", "web"}).Draw(t, "team")
			if rapid.Bool().Draw(t, "no end") {
				d.End = time.Time{}
			}
			if rapid.Bool().Draw(t, "no result") {
				d.Result = ""
			}
		}
		p := problem(rapid.SampledFrom([]string{"", "data", "other"}).Draw(t, "who"))
		o, err := outcome.Learn(h, p)
		if err != nil {
			t.Fatal(err)
		}
		o.Runs = 50
		plan := &schedule.Plan{Assignments: []schedule.Assignment{{Activity: "upgrade", Start: p.Horizon.Start, End: p.Horizon.Start.Add(2 * time.Hour)}}}
		if _, err := schedule.Simulate(context.Background(), p, plan, o); err != nil {
			t.Fatal(err)
		}
		if len(h.Deployments) == 0 && (o.Default != schedule.Uncertainty{} || o.ByActivity != nil) {
			t.Fatalf("learned %+v of nothing", o)
		}
	})
}

// A year in which a team takes half as long again as it plans becomes the chance that its next
// change overruns its window.
func ExampleLearn() {
	h := year(200, func(i int) float64 { return 1.2 + 0.03*float64(i%21) }) // from 1.2 to 1.8 times the plan
	p := problem("data")
	start := p.Horizon.Start
	p.Calendars = []calendar.Calendar{{ID: "nights", Windows: []calendar.Window{{ID: "night", Kind: calendar.Maintenance, Starts: calendar.Once(start), Length: calendar.Exactly(3 * time.Hour)}}}}
	p.Calendar = "nights"
	plan := &schedule.Plan{Assignments: []schedule.Assignment{{Activity: "upgrade", Start: start, End: start.Add(2 * time.Hour)}}}
	options, err := outcome.Learn(h, p)
	if err != nil {
		fmt.Println(err)
		return
	}
	options.Runs, options.Seed = 10_000, 1
	s, err := schedule.Simulate(context.Background(), p, plan, options)
	if err != nil {
		fmt.Println(err)
		return
	}
	u, o := options.ByActivity["upgrade"], s.Activities[0]
	fmt.Printf("takes %.2f times as long as planned, and %.0f %% fail\n", u.Duration.Median, 100*u.Failure)
	fmt.Printf("fits its window of 3 h with a chance of %.0f %%\n", 100-100*o.Overrun.P)
	// Output:
	// takes 1.48 times as long as planned, and 10 % fail
	// fits its window of 3 h with a chance of 52 %
}

// The same records are the history that a risk model is fitted to.
func ExampleDeployment_Failed() {
	var past []risk.Outcome
	h := year(200, func(int) float64 { return 1 })
	for i := range h.Deployments {
		d := &h.Deployments[i]
		if failed, known := d.Failed(); known {
			past = append(past, risk.Outcome{Change: risk.Change{ID: d.ID, Team: d.Team, Type: d.Type, CIs: []string{d.Service}, Start: d.Start, End: d.End}, Failed: failed, KnownAt: d.KnownAt()})
		}
	}
	m, err := risk.Fit(context.Background(), past, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(past), "outcomes; low evidence:", m.Evidence.LowEvidence)
	// Output: 200 outcomes; low evidence: true
}

func ExampleDeployment_KnownAt() {
	d := outcome.Deployment{Start: at(3, 20, 0), End: at(3, 21, 0), Restored: at(3, 23, 0)}
	fmt.Println(d.KnownAt().Format("15:04"))
	// Output: 23:00
}
