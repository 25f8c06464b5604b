package schedule

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/calendar"
)

// drawRisky draws a few activities on a grid of hours, each with a risk that depends on its
// start, under budgets of risk and outage, hard and soft, by half-day, service and team.
func drawRisky(t *rapid.T) *Problem {
	begin := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	hour := func(h int) time.Time { return begin.Add(time.Duration(h) * time.Hour) }
	hours := rapid.IntRange(5, 8).Draw(t, "hours")
	p := &Problem{Horizon: calendar.Interval{Start: begin, End: hour(hours)}, Tick: Duration(time.Hour)}
	for i := range rapid.IntRange(1, 3).Draw(t, "activities") {
		a := Activity{ID: fmt.Sprint("a", i), Duration: Duration(rapid.IntRange(2, 4).Draw(t, "length")) * 30 * Minute,
			Team: rapid.SampledFrom([]string{"red", "blue"}).Draw(t, "team"), Services: []string{rapid.SampledFrom([]string{"shop", "pay"}).Draw(t, "service")},
			Risk: int64(rapid.IntRange(0, 4).Draw(t, "risk")), Optional: rapid.IntRange(0, 4).Draw(t, "optional") == 0}
		if rapid.Bool().Draw(t, "outage") {
			a.CIs, a.Effect = []string{"ci"}, Outage
		}
		cost := &calendar.Profile{Base: int64(rapid.IntRange(0, 3).Draw(t, "base"))}
		for h := 0; h < hours; h += 2 {
			cost.Steps = append(cost.Steps, calendar.Step{Interval: calendar.Interval{Start: hour(h), End: hour(h + 2)}, Value: int64(rapid.IntRange(0, 9).Draw(t, "cost"))})
		}
		a.StartCost = cost
		p.Activities = append(p.Activities, a)
	}
	if len(p.Activities) > 1 && rapid.Bool().Draw(t, "order") {
		p.Precedences = []Precedence{{From: "a0", To: "a1"}}
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "budgets") {
		b := Budget{ID: fmt.Sprint("b", i), Soft: rapid.Bool().Draw(t, "soft"), Counts: rapid.SampledFrom([]BudgetCounts{CountRisk, CountMinutes, CountStarts}).Draw(t, "counts")}
		if rapid.Bool().Draw(t, "by team") {
			b.Teams = []string{"red"}
		} else if rapid.Bool().Draw(t, "by service") {
			b.Scope = calendar.Scope{Services: []string{"shop"}}
		}
		limit := int64(rapid.IntRange(0, 5).Draw(t, "limit"))
		if b.Counts == CountMinutes {
			limit *= 60
		}
		cut := rapid.IntRange(1, hours-1).Draw(t, "cut")
		b.Periods = []Period{{Span: calendar.Interval{Start: begin, End: hour(cut)}, Limit: limit}, {Span: calendar.Interval{Start: hour(cut), End: hour(hours)}, Limit: limit}}
		p.Budgets = append(p.Budgets, b)
	}
	return p
}

// everyPlan walks all plans that Check accepts, hour by hour: the dumb twin of the solver.
func everyPlan(t *rapid.T, p *Problem, yield func(*Plan)) {
	plan := &Plan{}
	var place func(i int)
	place = func(i int) {
		if i == len(p.Activities) {
			found, err := Check(p, plan)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(found, func(c Conflict) bool { return c.Severity == Blocking }) {
				yield(plan)
			}
			return
		}
		a := &p.Activities[i]
		for at := p.Horizon.Start; !at.Add(a.Duration.Std()).After(p.Horizon.End); at = at.Add(time.Hour) {
			plan.Assignments = append(plan.Assignments, Assignment{Activity: a.ID, Start: at, End: at.Add(a.Duration.Std())})
			place(i + 1)
			plan.Assignments = plan.Assignments[:len(plan.Assignments)-1]
		}
		if a.Optional {
			plan.Unscheduled = append(plan.Unscheduled, a.ID)
			place(i + 1)
			plan.Unscheduled = plan.Unscheduled[:len(plan.Unscheduled)-1]
		}
	}
	place(0)
}

// values measures a plan by hand, from its assignments alone.
func values(p *Problem, plan *Plan) (left, cost int64, end time.Time, over map[string]int64) {
	end, over = p.Horizon.Start, map[string]int64{}
	used := map[string]int64{}
	for i := range p.Activities {
		a := &p.Activities[i]
		x, ok := plan.Of(a.ID)
		if !ok {
			left++
			continue
		}
		if x.End.After(end) {
			end = x.End
		}
		cost += a.StartCost.At(x.Start)
		for _, b := range p.Budgets {
			if len(b.Teams) > 0 && a.Team != b.Teams[0] || len(b.Scope.Services) > 0 && a.Services[0] != b.Scope.Services[0] {
				continue
			}
			for k, q := range b.Periods {
				if x.Start.Before(q.Span.Start) || !x.Start.Before(q.Span.End) {
					continue
				}
				switch {
				case b.Counts == CountRisk:
					used[fmt.Sprint(b.ID, k)] += a.Risk
				case b.Counts == CountStarts:
					used[fmt.Sprint(b.ID, k)]++
				case a.Effect == Outage:
					used[fmt.Sprint(b.ID, k)] += int64(a.Duration.Std().Minutes())
				}
			}
		}
	}
	for _, b := range p.Budgets {
		for k, q := range b.Periods {
			over[b.ID] += max(0, used[fmt.Sprint(b.ID, k)]-q.Limit)
		}
	}
	return left, cost, end, over
}

// TestBudgetsEqualBruteForce compares plans under budgets of risk and outage, hard and
// soft, with all plans there are.
func TestBudgetsEqualBruteForce(t *testing.T) {
	solved, broken := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		p := drawRisky(t)
		p.Goals = []Goal{{Measure: Unscheduled}}
		for _, b := range p.Budgets {
			p.Goals = append(p.Goals, Goal{Measure: OverBudget, Budget: b.ID, Tier: 1})
		}
		p.Goals = append(p.Goals, Goal{Measure: StartCosts, Tier: 2})
		value := func(plan *Plan) []int64 {
			left, cost, _, over := values(p, plan)
			v := []int64{left, cost}
			if len(p.Budgets) > 0 {
				v = []int64{left, 0, cost}
				for _, o := range over {
					v[1] += o
				}
			}
			return v
		}
		var best []int64
		everyPlan(t, p, func(plan *Plan) {
			_, _, _, over := values(p, plan)
			for _, b := range p.Budgets {
				if !b.Soft && over[b.ID] > 0 {
					t.Fatalf("Check accepts a plan that passes %s by %d:\n%s", b.ID, over[b.ID], text(p))
				}
			}
			if v := value(plan); best == nil || slices.Compare(v, best) < 0 {
				best = v
			}
		})
		plan, err := Solve(context.Background(), p, nil)
		if best == nil {
			broken++
			if !errors.Is(err, ErrInfeasible) {
				t.Fatalf("%v, want that no plan exists\n%s", err, text(p))
			}
			return
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, text(p))
		}
		solved++
		if v := value(plan); plan.Status != Optimal || slices.Compare(v, best) != 0 {
			t.Fatalf("%s plan of %v, the best is %v\n%s", plan.Status, v, best, text(p))
		}
		for k, tier := range plan.Tiers {
			if tier.Value != best[k] || tier.Bound != best[k] {
				t.Fatalf("tier %d: %+v, the best is %v", k, tier, best)
			}
		}
	})
	t.Logf("%d solved, %d infeasible", solved, broken)
}

// TestRiskFrontEqualsBruteForce compares the front of the solver with that of all plans.
func TestRiskFrontEqualsBruteForce(t *testing.T) {
	points := 0
	rapid.Check(t, func(t *rapid.T) {
		p := drawRisky(t)
		least := int64(len(p.Activities) + 1)
		byEnd := map[time.Time]int64{} // least risk by the end
		everyPlan(t, p, func(plan *Plan) {
			left, cost, end, _ := values(p, plan)
			if left < least {
				least = left
				clear(byEnd)
			}
			if left == least {
				if old, ok := byEnd[end]; !ok || cost < old {
					byEnd[end] = cost
				}
			}
		})
		front, err := RiskFront(context.Background(), p, nil, nil)
		if len(byEnd) == 0 {
			if !errors.Is(err, ErrInfeasible) {
				t.Fatalf("%v, want that no plan exists", err)
			}
			return
		}
		if err != nil || !front.Complete {
			t.Fatalf("%v, complete %v", err, front)
		}
		var want []FrontPoint
		for end, risk := range byEnd {
			beaten := false
			for e, r := range byEnd {
				beaten = beaten || e.Before(end) && r <= risk
			}
			if !beaten {
				want = append(want, FrontPoint{End: end, Risk: risk})
			}
		}
		slices.SortFunc(want, func(a, b FrontPoint) int { return a.End.Compare(b.End) })
		if len(front.Points) != len(want) {
			t.Fatalf("%+v, want %+v\n%s", front.Points, want, text(p))
		}
		for i, x := range front.Points {
			_, cost, end, _ := values(p, x.Plan)
			if !x.Proven || !x.End.Equal(want[i].End) || x.Risk != want[i].Risk || cost != x.Risk || !end.Equal(x.End) {
				t.Fatalf("%d: %+v, want %+v\n%s", i, x, want[i], text(p))
			}
		}
		points = max(points, len(want))
		few, err := RiskFront(context.Background(), p, nil, &FrontOptions{Most: 3})
		if err != nil || len(few.Points) > 3 || few.Points[0].Risk != want[0].Risk || few.Points[len(few.Points)-1].Risk != want[len(want)-1].Risk {
			t.Fatalf("%v: %+v, want the ends of %+v", err, few, want)
		}
		for _, x := range few.Points {
			if !slices.ContainsFunc(want, func(w FrontPoint) bool { return w.End.Equal(x.End) && w.Risk == x.Risk }) {
				t.Fatalf("%+v is not on the front %+v", x, want)
			}
		}
	})
	if points < 3 {
		t.Errorf("the largest front has %d points: the generator is too tame", points)
	}
}

func TestRiskFrontStops(t *testing.T) {
	p := &Problem{Horizon: calendar.Interval{Start: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), End: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)},
		Activities: []Activity{{ID: "a", Duration: Hour}}}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := RiskFront(ctx, p, nil, nil); !errors.Is(err, context.Canceled) || !errors.Is(err, ErrNoPlan) {
		t.Errorf("a walk that was ended: %v", err)
	}
	for want, o := range map[string]*FrontOptions{
		"most": {Most: 1}, "risk": {Risk: Makespan}, "budget": {Budget: "b"}, "is no budget": {Risk: OverBudget, Budget: "b"},
	} {
		if _, err := RiskFront(context.Background(), p, nil, o); !errors.Is(err, ErrInvalid) || err == nil {
			t.Errorf("%s: %v", want, err)
		}
	}
	front, err := RiskFront(context.Background(), p, nil, &FrontOptions{Risk: PeakRisk})
	if err != nil || len(front.Points) != 1 || !front.Complete || front.Points[0].Risk != 0 {
		t.Errorf("one activity without risk: %+v, %v", front, err)
	}
}
