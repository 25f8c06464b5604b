package schedule_test

import (
	"context"
	"fmt"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
)

func ExampleSlotFinder_Gate() {
	p := &schedule.Problem{
		Horizon:    calendar.Interval{Start: day(22, 0, 0), End: day(29, 0, 0)},
		Activities: []schedule.Activity{{ID: "deploy", Name: "Deploy the shop", Duration: 2 * schedule.Hour, NotBefore: day(23, 9, 0), NotAfter: day(23, 17, 0)}},
	}
	f, err := schedule.NewSlotFinder(p, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	gate, err := f.Gate("deploy")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(gate.At(day(23, 8, 0)))
	fmt.Println(gate.At(day(23, 9, 0)))
	if _, ok := gate.Next(day(24, 0, 0)); !ok {
		fmt.Println(gate.At(day(24, 0, 0)))
	}
	// Output:
	// “Deploy the shop” may not start Mon 23 Nov 2026 08:00 UTC: it must not start before Mon 23 Nov 2026 09:00 UTC. It may from Mon 23 Nov 2026 09:00 UTC on.
	// “Deploy the shop” may start Mon 23 Nov 2026 09:00 UTC, and at the latest Mon 23 Nov 2026 15:00 UTC.
	// “Deploy the shop” may not start Tue 24 Nov 2026 00:00 UTC: it must end by Mon 23 Nov 2026 17:00 UTC. No later time is known at which it may.
}

// A slot for the time that four of five upgrades stay within.
func ExampleProblem_AtQuantile() {
	p := &schedule.Problem{
		Horizon:    calendar.Interval{Start: day(22, 0, 0), End: day(29, 0, 0)},
		Calendar:   "nights",
		Activities: []schedule.Activity{{ID: "upgrade", Duration: 2 * schedule.Hour}},
		Calendars: []calendar.Calendar{{ID: "nights", Windows: []calendar.Window{
			{ID: "short", Kind: calendar.Maintenance, Starts: calendar.Once(day(23, 1, 0)), Length: calendar.Exactly(2 * time.Hour)},
			{ID: "long", Kind: calendar.Maintenance, Starts: calendar.Once(day(26, 0, 0)), Length: calendar.Exactly(5 * time.Hour)},
		}}},
	}
	careful, err := p.AtQuantile(0.8, &schedule.SimulationOptions{
		Default: schedule.Uncertainty{Duration: schedule.Distribution{Kind: schedule.Triangular, Min: 0.8, Mode: 1, Max: 2}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	f, err := schedule.NewSlotFinder(careful, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	answer, err := f.Find("upgrade", schedule.SlotQuery{Limit: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(careful.Activities[0].Duration, "from", answer.Slots[0].Start.Format("Mon 15:04"))
	// Output: PT3H2M from Thu 00:00
}

func ExampleDistribution_Quantile() {
	d := schedule.Distribution{Kind: schedule.Uniform, Min: 1, Max: 2}
	fmt.Println(d.Quantile(0.5), "times as long as planned, or less, in half of all cases")
	// Output: 1.5 times as long as planned, or less, in half of all cases
}

// After a freeze of a day at most one change starts in each four hours.
func ExampleProblem_WithThaw() {
	p := &schedule.Problem{
		Horizon:  calendar.Interval{Start: day(22, 0, 0), End: day(29, 0, 0)},
		Calendar: "production",
		Activities: []schedule.Activity{
			{ID: "shop", Duration: schedule.Hour}, {ID: "search", Duration: schedule.Hour}, {ID: "orders", Duration: schedule.Hour}},
		Calendars: []calendar.Calendar{{ID: "production", Windows: []calendar.Window{{ID: "sales", Kind: calendar.Freeze,
			Starts: calendar.Once(day(22, 0, 0)), Length: calendar.Exactly(24 * time.Hour)}}}},
	}
	thawing, err := p.WithThaw("production", "sales", schedule.Thaw{Most: 1, Step: 4 * schedule.Hour})
	if err != nil {
		fmt.Println(err)
		return
	}
	plan, err := schedule.Solve(context.Background(), thawing, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range plan.Assignments {
		fmt.Println(a.Start.Format("Mon 15:04"))
	}
	// Output:
	// Mon 00:00
	// Mon 04:00
	// Mon 08:00
}
