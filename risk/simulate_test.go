package risk

import (
	"context"
	"errors"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func plan() []Exposure {
	at := func(h int) time.Time { return epoch.Add(time.Duration(h) * time.Hour) }
	return []Exposure{
		{ID: "db", Start: at(1), End: at(2), Probability: 0.10, Minutes: 120, Spread: 0.5, Takes: []string{"db-1"}},
		{ID: "db-other", Start: at(2), End: at(3), Probability: 0.08, Minutes: 90, Spread: 0.5, Takes: []string{"db-2"}},
		{ID: "web", Start: at(5), End: at(6), Probability: 0.30, Minutes: 10, CostPerMinute: 3},
	}
}

var pairOfDBs = []Redundancy{{Service: "orders", K: 1, Members: []string{"db-1", "db-2"}}}

func TestSimulateAgainstExactValues(t *testing.T) {
	r, err := Simulate(context.Background(), plan(), pairOfDBs, nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := 1 - 0.9*0.92*0.7; math.Abs(r.AnyFail-want) > 1e-12 {
		t.Errorf("any fail %v, want %v", r.AnyFail, want)
	}
	grow := math.Exp(0.125)
	if want := 0.1*120*grow + 0.08*90*grow + 0.3*10*3; math.Abs(r.ExpectedLoss-want) > 1e-9 {
		t.Errorf("expected loss %v, want %v", r.ExpectedLoss, want)
	}
	// The pair is below one exactly if db fails and stays down into db-other's hour, which it always
	// does: its outage begins where that change starts.
	if b := r.Below[0]; math.Abs(b.Probability-0.1) > 4*b.Error {
		t.Errorf("below %v ± %v, want 0.1", b.Probability, b.Error)
	}
	if r.CVaR95 < r.P95 {
		t.Errorf("CVaR %v below the quantile %v", r.CVaR95, r.P95)
	}
	sum := 0.0
	for _, c := range r.Contributions {
		sum += c.ExpectedLoss
	}
	if math.Abs(sum-r.ExpectedLoss) > 1e-9 {
		t.Errorf("contributions add up to %v of %v", sum, r.ExpectedLoss)
	}
}

func TestSimulateDoesNotDependOnOrder(t *testing.T) {
	a, err := Simulate(context.Background(), plan(), pairOfDBs, &SimulationOptions{Samples: 2000, Correlation: 0.2})
	if err != nil {
		t.Fatal(err)
	}
	p := plan()
	slices.Reverse(p)
	b, err := Simulate(context.Background(), p, pairOfDBs, &SimulationOptions{Samples: 2000, Correlation: 0.2})
	if err != nil || !reflect.DeepEqual(a, b) {
		t.Errorf("%v\n%+v\n%+v", err, a, b)
	}
}

// TestCommonRandomNumbers: taking a change away leaves the others' samples as they were, so the
// difference of two runs is what the leave-one-out column says.
func TestCommonRandomNumbers(t *testing.T) {
	o := &SimulationOptions{Samples: 3000}
	full, err1 := Simulate(context.Background(), plan(), nil, o)
	less, err2 := Simulate(context.Background(), plan()[:2], nil, o)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	web := full.Contributions[slices.IndexFunc(full.Contributions, func(c PlanShare) bool { return c.ID == "web" })]
	if got := full.CVaR95 - less.CVaR95; math.Abs(got-web.CVaR95) > 1e-9 {
		t.Errorf("without web the CVaR falls by %v, leave-one-out says %v", got, web.CVaR95)
	}
}

func TestCorrelationKeepsMarginals(t *testing.T) {
	list := []Exposure{
		{ID: "a", Start: epoch, End: epoch, Probability: 0.2, Minutes: 1},
		{ID: "b", Start: epoch, End: epoch, Probability: 0.2, Minutes: 1},
	}
	r, err := Simulate(context.Background(), list, nil, &SimulationOptions{Samples: 40000, Correlation: 0.5})
	if err != nil {
		t.Fatal(err)
	}
	// Independent failures would give 0.36; together they fail more often, so less often any does.
	if r.AnyFail > 0.36-4*r.AnyFailError || r.AnyFail < 0.2 || r.ExpectedLoss != 0.4 {
		t.Errorf("any fail %v ± %v, expected loss %v", r.AnyFail, r.AnyFailError, r.ExpectedLoss)
	}
}

// TestSweepAgreesWithMinutes asks minute by minute.
func TestSweepAgreesWithMinutes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		members := []string{"a", "b", "c"}
		g := Redundancy{Service: "s", K: rapid.IntRange(1, 3).Draw(t, "k"), Members: members}
		var list []Exposure
		var extra []float64
		for i := range rapid.IntRange(0, 5).Draw(t, "changes") {
			from := rapid.IntRange(0, 10).Draw(t, "from")
			list = append(list, Exposure{ID: string(rune('a' + i)), Start: epoch.Add(time.Duration(from) * time.Minute),
				End:   epoch.Add(time.Duration(from+rapid.IntRange(0, 4).Draw(t, "length")) * time.Minute),
				Takes: rapid.SliceOfDistinct(rapid.SampledFrom(members), rapid.ID).Draw(t, "takes")})
			extra = append(extra, float64(rapid.IntRange(0, 3).Draw(t, "extra")))
		}
		want := false
		for m := 0; m < 20; m++ {
			out := map[string]bool{}
			for i, e := range list {
				lo, hi := int(e.Start.Sub(epoch).Minutes()), int(e.End.Sub(epoch).Minutes())+int(extra[i])
				for _, k := range e.Takes {
					if m >= lo && m < hi {
						out[k] = true
					}
				}
			}
			want = want || len(members)-len(out) < g.K
		}
		if got := newSweep(trials(list, 0), []Redundancy{g}).below(0, extra); got != want {
			t.Fatalf("sweep says %v, minutes say %v", got, want)
		}
	})
}

func TestSimulateFaultsAndCancel(t *testing.T) {
	bad := plan()
	bad[0].Probability, bad[1].ID, bad[2].Minutes = 2, "db", math.Inf(1)
	if _, err := Simulate(context.Background(), bad, []Redundancy{{K: 3}}, &SimulationOptions{Correlation: 1}); !errors.Is(err, ErrInvalid) {
		t.Errorf("error is %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Simulate(ctx, plan(), nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}
