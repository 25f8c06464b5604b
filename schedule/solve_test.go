package schedule

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// work makes a problem of activities a, b, ... of an hour each in a day.
func work(n int) *Problem {
	p := &Problem{Horizon: calendar.Interval{Start: at(1, 0), End: at(2, 0)}}
	for i := range n {
		p.Activities = append(p.Activities, Activity{ID: string(rune('a' + i)), Duration: Hour})
	}
	return p
}

func TestSolveErrors(t *testing.T) {
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Solve(ended, work(2), nil); !errors.Is(err, ErrNoPlan) || !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context: %v", err)
	}
	if _, err := Solve(context.Background(), &Problem{}, nil); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "nothing to schedule") {
		t.Errorf("an empty problem: %v", err)
	}
	if _, err := Solve(context.Background(), work(1), &Options{Workers: -1, Gap: -1}); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "gap") || !strings.Contains(err.Error(), "workers") {
		t.Errorf("bad options: %v", err)
	}
	huge := work(2)
	huge.Goals = []Goal{{Measure: Completion, Weight: maxNumber}}
	huge.Activities[0].Weight = maxNumber
	if _, err := Solve(context.Background(), huge, nil); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "overflow") {
		t.Errorf("huge weights: %v", err)
	}
}

// TestInfeasible has one small contradiction of each kind. The error names requirements
// of that kind, with the activities they concern.
func TestInfeasible(t *testing.T) {
	limit := func(d Duration) *Duration { return &d }
	for name, tt := range map[string]struct {
		change func(p *Problem)
		want   ConflictKind
	}{
		"a positive cycle of lags": {func(p *Problem) {
			p.Precedences = []Precedence{{From: "a", To: "b", MinLag: Hour}, {From: "a", To: "b", Type: StartStart, MaxLag: limit(Hour)}}
		}, LagExceeded},
		"too much for a resource": {func(p *Problem) {
			p.Resources = []Resource{{ID: "r", Kind: Team, Capacity: calendar.Profile{Base: 1}}}
			for i := range p.Activities {
				p.Activities[i].Demands, p.Activities[i].NotAfter = []Demand{{"r", 1}}, at(1, 1)
			}
		}, TeamOverload},
		"two pins that exclude each other": {func(p *Problem) {
			p.Exclusions = []Exclusion{{Kind: SameCI, Activities: []string{"a", "b"}}}
			p.Activities[0].Pinned, p.Activities[1].Pinned = at(1, 5), at(1, 5)
		}, SameCIOverlap},
		"no slot": {func(p *Problem) { p.Activities[0].Duration = 25 * Hour }, NoSlot},
		"budget": {func(p *Problem) {
			p.Budgets = []Budget{{ID: "b", Counts: CountStarts, Periods: []Period{{Span: p.Horizon, Limit: 1}}}}
		}, BudgetExceeded},
		"used up": {func(p *Problem) {
			p.Resources = []Resource{{ID: "r", Kind: NonRenewable, Capacity: calendar.Profile{Base: 1}}}
			p.Activities[0].Demands, p.Activities[1].Demands = []Demand{{"r", 1}}, []Demand{{"r", 1}}
		}, BudgetExceeded},
		"redundancy": {func(p *Problem) {
			p.Groups = []RedundancyGroup{{ID: "g", MaxOut: 1, Members: []GroupMember{{Activities: []string{"a"}}, {Activities: []string{"b"}}}}}
			p.Activities[0].Pinned, p.Activities[1].Pinned = at(1, 5), at(1, 5)
		}, RedundancyBreach},
		"bundle": {func(p *Problem) {
			p.Bundles = []Bundle{{ID: "u", Activities: []string{"a", "b"}, Window: []calendar.Interval{{Start: at(1, 0), End: at(1, 2)}, {Start: at(1, 4), End: at(1, 6)}}}}
			p.Activities[0].Pinned, p.Activities[1].Pinned = at(1, 0), at(1, 4)
		}, SplitBundle},
	} {
		p := work(2)
		tt.change(p)
		_, err := Solve(context.Background(), p, nil)
		var bad *InfeasibleError
		if !errors.As(err, &bad) || !errors.Is(err, ErrInfeasible) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		found := false
		for _, c := range bad.Conflicts {
			found = found || c.Kind == tt.want && len(c.Activities) > 0 && c.Reason != ""
		}
		if !found {
			t.Errorf("%s: %v, want one of kind %s", name, bad.Conflicts, tt.want)
		}
	}
}

// TestStopsWithAPlan ends the context as soon as there is a plan: that plan comes back,
// without an error and without a claim.
func TestStopsWithAPlan(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	seen := 0
	plan, err := Solve(ctx, large(400, 2), &Options{Progress: func(p Progress) {
		if p.Plan != nil {
			seen++
			cancel()
		}
	}})
	if err != nil || seen == 0 {
		t.Fatalf("%v after %d plans", err, seen)
	}
	if plan.Status != Feasible || len(plan.Assignments) != 400 {
		t.Errorf("%s with %d assignments", plan.Status, len(plan.Assignments))
	}
	for _, tier := range plan.Tiers {
		if tier.Bound > tier.Value {
			t.Errorf("the bound passes the value: %+v", tier)
		}
	}
}

// TestImprovements: values fall, the last plan is that of Solve, and leaving the loop
// ends the run.
func TestImprovements(t *testing.T) {
	p := large(60, 3)
	o := &Options{MaxWork: 300_000}
	want, err := Solve(context.Background(), p, o)
	if err != nil {
		t.Fatal(err)
	}
	var last *Plan
	n := 0
	for plan, err := range Improvements(context.Background(), p, o) {
		if err != nil {
			t.Fatal(err)
		}
		if last != nil {
			for k := range plan.Tiers {
				if plan.Tiers[k].Value != last.Tiers[k].Value {
					if plan.Tiers[k].Value > last.Tiers[k].Value {
						t.Fatalf("plan %d is worse than the one before", n)
					}
					break
				}
			}
		}
		last = plan
		n++
	}
	if text(*last) != text(*want) {
		t.Errorf("the last of %d improvements is not the plan of Solve", n)
	}
	for range Improvements(context.Background(), p, o) {
		break
	}
	for plan, err := range Improvements(context.Background(), &Problem{}, nil) {
		if plan != nil || !errors.Is(err, ErrInvalid) {
			t.Errorf("a faulty problem yields %v, %v", plan, err)
		}
	}
}

// TestHint: with a plan as hint and no work allowed, that plan comes back.
func TestHint(t *testing.T) {
	p := work(3)
	p.Exclusions = []Exclusion{{Activities: []string{"a", "b", "c"}}}
	hint := &Plan{Assignments: []Assignment{{Activity: "a", Start: at(1, 5)}, {Activity: "b", Start: at(1, 9)}, {Activity: "c", Start: at(1, 2)}}}
	for i := range hint.Assignments {
		hint.Assignments[i].End = hint.Assignments[i].Start.Add(time.Hour)
	}
	p.Goals = []Goal{{Measure: Moved}}
	plan, err := Solve(context.Background(), p, &Options{Baseline: hint})
	if err != nil {
		t.Fatal(err)
	}
	for a, b := range plan.Diff(hint) {
		t.Errorf("%v became %v", a, b)
	}
	if plan.Status != Optimal || plan.Tiers[0].Value != 0 {
		t.Errorf("%s, %v", plan.Status, plan.Tiers)
	}
}
