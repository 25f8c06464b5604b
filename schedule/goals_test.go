package schedule

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/prng"
)

// goalProblem makes a problem of two or three activities in a few hours that has all that
// goals speak of, small enough to try every plan on the hour.
func goalProblem(r *prng.Rand) (*Problem, *Options) {
	hours := 4 + r.IntN(3)
	hour := func(n int) time.Time { return at(1, 0).Add(time.Duration(r.IntN(n+1)) * time.Hour) }
	p := &Problem{Tick: Hour, Horizon: calendar.Interval{Start: at(1, 0), End: at(1, hours)},
		Resources: []Resource{{ID: "crew", Capacity: calendar.Profile{Base: 2}}}}
	o := &Options{Now: hour(3), Baseline: &Plan{}}
	for i := range 2 + r.IntN(2) {
		a := Activity{ID: string(rune('a' + i)), Team: []string{"red", "blue"}[r.IntN(2)], Duration: Duration(r.IntN(3)) * Hour,
			Demands: []Demand{{"crew", int64(1 + r.IntN(2))}}, Weight: int64(1 + r.IntN(3)), Risk: int64(r.IntN(4)), Due: hour(hours),
			Approved: r.IntN(2) == 0, Notice: Duration(r.IntN(6)) * Hour, Optional: r.IntN(3) == 0}
		if r.IntN(2) == 0 {
			a.Preferred = hour(hours)
		}
		from := hour(hours - 1)
		a.StartCost = &calendar.Profile{Base: int64(r.IntN(3)), Steps: []calendar.Step{{Interval: calendar.Interval{Start: from, End: from.Add(2 * time.Hour)}, Value: int64(r.IntN(8) - 2)}}}
		if r.IntN(3) == 0 {
			a.Modes = []Mode{{ID: "fast", Duration: Hour, Demands: []Demand{{"crew", 2}}, Price: 3}, {ID: "slow", Duration: 3 * Hour, Demands: []Demand{{"crew", 1}}, Price: int64(r.IntN(2))}}
			a.Duration, a.Demands = 0, nil
		}
		if r.IntN(3) > 0 {
			o.Baseline.Assignments = append(o.Baseline.Assignments, Assignment{Activity: a.ID, Start: hour(hours), End: at(1, hours)})
		}
		p.Activities = append(p.Activities, a)
	}
	if r.IntN(2) == 0 {
		p.Precedences = []Precedence{{From: "a", To: "b"}}
	}
	half := at(1, hours/2)
	b := Budget{ID: "risk", Counts: CountRisk, Soft: r.IntN(2) == 0, Periods: []Period{
		{Span: calendar.Interval{Start: p.Horizon.Start, End: half}, Limit: int64(1 + r.IntN(4))}, {Span: calendar.Interval{Start: half, End: p.Horizon.End}, Limit: int64(1 + r.IntN(4))}}}
	p.Budgets = []Budget{b}
	p.Custom = []CustomRule{{ID: "odd", Step: Hour, Cost: func(a *Activity, start time.Time) int64 { return int64(start.Hour()*start.Hour()%5) - 1 }}}
	return p, o
}

// handMeasure is a goal's value, hour by hour and by the words of its comment.
func handMeasure(p *Problem, o *Options, plan *Plan, g *Goal) int64 {
	secs := func(d time.Duration) int64 { return int64(d / time.Second) }
	var sum, most int64
	teams := map[string]int64{}
	for i := range p.Activities {
		a := &p.Activities[i]
		weight := max(a.Weight, 1)
		x, planned := plan.Of(a.ID)
		was, wasPlanned := o.Baseline.Of(a.ID)
		want := a.Preferred
		if wasPlanned {
			want = was.Start
		}
		away := !want.IsZero() && (!planned || !x.Start.Equal(want))
		switch g.Measure {
		case Unscheduled:
			if !planned {
				sum += weight
			}
		case Moved:
			if away {
				sum += weight
			}
		case NoticeMoves:
			if wasPlanned && away && a.Notice > 0 && want.Sub(o.Now) < a.Notice.Std() {
				sum++
			}
		case VoidedApprovals:
			if wasPlanned && away && a.Approved {
				sum++
			}
		}
		if !planned {
			continue
		}
		late := max(0, secs(x.End.Sub(a.Due)))
		switch g.Measure {
		case Tardiness:
			sum += weight * late
		case Completion:
			sum += weight * secs(x.End.Sub(p.Horizon.Start))
		case Makespan:
			most = max(most, secs(x.End.Sub(p.Horizon.Start)))
		case Shift, LargestShift:
			if d := secs(x.Start.Sub(want).Abs()); !want.IsZero() {
				sum, most = sum+weight*d, max(most, d)
			}
		case StartCosts, Fairness:
			v := a.StartCost.Base
			if s := a.StartCost.Steps[0]; !x.Start.Before(s.Interval.Start) && x.Start.Before(s.Interval.End) {
				v = s.Value
			}
			sum, teams[a.Team] = sum+v, teams[a.Team]+v
		case CustomCosts:
			sum += p.Custom[0].Cost(a, x.Start)
		case ModePrice:
			for _, m := range a.Modes {
				if m.ID == x.Mode {
					sum += m.Price
				}
			}
		}
	}
	switch g.Measure {
	case Makespan, LargestShift:
		return most
	case Fairness:
		for _, v := range teams {
			most = max(most, v)
		}
		return most
	case PeakRisk:
		for at := p.Horizon.Start; at.Before(p.Horizon.End); at = at.Add(time.Hour) {
			now := int64(0)
			for _, x := range plan.Assignments {
				if !x.Start.After(at) && at.Before(x.End) {
					now += riskOf(p, x.Activity)
				}
			}
			most = max(most, now)
		}
		return most
	case PeakPeriod, OverBudget:
		for _, q := range p.Budgets[0].Periods {
			used := int64(0)
			for _, x := range plan.Assignments {
				if !x.Start.Before(q.Span.Start) && x.Start.Before(q.Span.End) {
					used += riskOf(p, x.Activity)
				}
			}
			most, sum = max(most, used), sum+max(0, used-q.Limit)
		}
		if g.Measure == PeakPeriod {
			return most
		}
	}
	return sum
}

func riskOf(p *Problem, id string) int64 {
	i := slices.IndexFunc(p.Activities, func(a Activity) bool { return a.ID == id })
	return p.Activities[i].Risk
}

// handValue adds goals up by tier.
func handValue(p *Problem, o *Options, plan *Plan) []int64 {
	var tiers []int
	for _, g := range p.Goals {
		tiers = append(tiers, g.Tier)
	}
	slices.Sort(tiers)
	tiers = slices.Compact(tiers)
	out := make([]int64, len(tiers))
	for i := range p.Goals {
		out[slices.Index(tiers, p.Goals[i].Tier)] += max(1, p.Goals[i].Weight) * handMeasure(p, o, plan, &p.Goals[i])
	}
	return out
}

// TestGoalsAgainstEveryPlan compares Solve with trying every plan for each goal, alone,
// weighted with another, and before or after another, and counts how often the goal decides.
func TestGoalsAgainstEveryPlan(t *testing.T) {
	all := []Measure{Unscheduled, Tardiness, Moved, Shift, LargestShift, StartCosts, CustomCosts, Fairness, ModePrice, PeakRisk, PeakPeriod, OverBudget, Completion, Makespan, NoticeMoves, VoidedApprovals}
	goal := func(m Measure, r *prng.Rand, tier int) Goal {
		g := Goal{Measure: m, Weight: int64(1 + r.IntN(3)), Tier: tier}
		switch m {
		case PeakPeriod, OverBudget:
			g.Budget = "risk"
		case CustomCosts:
			g.Custom = "odd"
		}
		return g
	}
	seeds := 24
	if n, err := strconv.Atoi(os.Getenv("SLACKWATER_LONG")); err == nil {
		seeds = n
	} else if testing.Short() {
		seeds = 8
	}
	for k, m := range all {
		t.Run(string(m), func(t *testing.T) {
			counts := map[string]int{}
			for seed := range seeds {
				r := prng.New(uint64(1000*k + seed))
				p, o := goalProblem(r)
				other := all[r.IntN(len(all))]
				switch seed % 4 {
				case 0:
					p.Goals = []Goal{goal(m, r, 0)}
				case 1:
					p.Goals = []Goal{goal(m, r, 0), goal(other, r, 0)}
				case 2:
					p.Goals = []Goal{goal(m, r, 0), goal(other, r, 1)}
				case 3:
					p.Goals = []Goal{goal(m, r, 3), goal(other, r, 1)}
				}
				compareGoals(t, fmt.Sprint("seed ", seed), p, o, m, counts)
			}
			t.Log(counts)
			if seeds >= 24 && (counts["decides"]*5 < seeds || counts["two tiers"]*5 < seeds) {
				t.Errorf("the goal decides too seldom: %v of %d", counts, seeds)
			}
		})
	}
}

func compareGoals(t *testing.T, name string, p *Problem, o *Options, m Measure, counts map[string]int) {
	t.Helper()
	var best []int64
	values := map[int64]bool{} // of m, over all plans
	eachPlan(p, func(plan *Plan) {
		found, err := Check(p, plan)
		if err != nil {
			t.Fatal(err)
		}
		if !Sound(found) {
			return
		}
		v := handValue(p, o, plan)
		if best == nil || slices.Compare(v, best) < 0 {
			best = v
		}
		values[handMeasure(p, o, plan, &Goal{Measure: m})] = true
	})
	plan, err := Solve(context.Background(), p, o)
	if best == nil {
		counts["infeasible"]++
		if !errors.Is(err, ErrInfeasible) {
			t.Fatalf("%s: no plan is sound, and Solve says %v", name, err)
		}
		return
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var got []int64
	for _, tier := range plan.Tiers {
		got = append(got, tier.Value)
	}
	if by := handValue(p, o, plan); plan.Status != Optimal || !slices.Equal(got, best) || !slices.Equal(by, best) {
		t.Fatalf("%s: %s with %v, by hand %v, the best is %v: %+v\n%s", name, plan.Status, got, by, best, plan.Assignments, text(p))
	}
	for _, g := range plan.Goals {
		if v := handMeasure(p, o, plan, &g.Goal); v != g.Value {
			t.Fatalf("%s: %s is %d, by hand %d", name, g.Goal.Measure, g.Value, v)
		}
	}
	if len(values) > 1 {
		counts["decides"]++
	}
	if len(best) > 1 {
		counts["two tiers"]++
	}
}
