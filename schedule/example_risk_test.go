package schedule_test

import (
	"context"
	"fmt"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
)

// risky is an upgrade and a deployment that are riskier by day than at night.
func risky() *schedule.Problem {
	byDay := &calendar.Profile{Base: 40, Steps: []calendar.Step{
		{Interval: calendar.Interval{Start: day(23, 22, 0), End: day(24, 4, 0)}, Value: 15},
		{Interval: calendar.Interval{Start: day(24, 22, 0), End: day(25, 4, 0)}, Value: 10},
	}}
	return &schedule.Problem{
		Zone:    "Europe/Helsinki",
		Horizon: calendar.Interval{Start: day(23, 18, 0), End: day(25, 6, 0)},
		Activities: []schedule.Activity{
			{ID: "upgrade-db", Duration: 4 * schedule.Hour, Team: "data", Risk: 3, StartCost: byDay},
			{ID: "deploy-shop", Duration: 2 * schedule.Hour, Team: "web", Risk: 2, StartCost: byDay},
		},
		Precedences: []schedule.Precedence{{From: "upgrade-db", To: "deploy-shop"}},
	}
}

func ExampleRiskFront() {
	front, err := schedule.RiskFront(context.Background(), risky(), nil, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range front.Points {
		fmt.Println(p.End.Format("Mon 15:04"), "risk", p.Risk, "proven", p.Proven)
	}
	fmt.Println("complete:", front.Complete)
	// Output:
	// Tue 00:00 risk 55 proven true
	// Tue 04:00 risk 30 proven true
	// Wed 00:00 risk 25 proven true
	// Wed 04:00 risk 20 proven true
	// complete: true
}

func ExampleWeeks() {
	weeks, err := schedule.Weeks(calendar.Interval{Start: day(23, 18, 0), End: day(23, 18, 0).AddDate(0, 0, 7)}, "Europe/Helsinki", time.Monday, 4)
	if err != nil {
		fmt.Println(err)
		return
	}
	p := risky()
	p.Budgets = []schedule.Budget{{ID: "weekly-risk", Name: "risk a week", Unit: "points", Counts: schedule.CountRisk, Periods: weeks, Soft: true}}
	p.Goals = []schedule.Goal{{Measure: schedule.OverBudget, Budget: "weekly-risk"}, {Measure: schedule.Makespan, Tier: 1}}
	plan, err := schedule.Solve(context.Background(), p, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("over the budget by", plan.Goals[0].Value)
	found, err := schedule.Check(p, plan)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range found {
		fmt.Println(c.Severity, c.Reason)
	}
	// Output:
	// over the budget by 1
	// warning “deploy-shop” and “upgrade-db” together use 5 points of the budget “risk a week”, which allows 4 in week of 2026-11-23, Mon 23 Nov 2026 00:00 EET to Mon 30 Nov 2026 00:00 EET.
}

func ExampleWindows() {
	open := nights()
	windows, err := schedule.Windows(&open, calendar.Subject{}, calendar.Interval{Start: day(23, 12, 0), End: day(25, 12, 0)}, 5)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, w := range windows {
		fmt.Println(w.Name, w.Span.Start.Format("Mon 15:04"), "to", w.Span.End.Format("Mon 15:04"), "limit", w.Limit)
	}
	// Output:
	// window 1 Mon 20:00 to Tue 02:00 limit 5
	// window 2 Tue 20:00 to Wed 02:00 limit 5
}
