package schedule_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
)

func day(d, hour, minute int) time.Time { return time.Date(2026, 11, d, hour, minute, 0, 0, time.UTC) }

// nights is a calendar that is open every night from 22:00 to 04:00 in Helsinki.
func nights() calendar.Calendar {
	return calendar.Calendar{ID: "nights", Windows: []calendar.Window{{
		ID:     "night",
		Kind:   calendar.Maintenance,
		Starts: calendar.MustParseRecurrence("DTSTART;TZID=Europe/Helsinki:20261120T220000\nRRULE:FREQ=DAILY"),
		Length: calendar.Exactly(6 * time.Hour),
	}}}
}

func upgrade() *schedule.Problem {
	return &schedule.Problem{
		Zone:      "Europe/Helsinki",
		Horizon:   calendar.Interval{Start: day(22, 0, 0), End: day(29, 0, 0)},
		Calendars: []calendar.Calendar{nights()},
		Calendar:  "nights",
		Activities: []schedule.Activity{
			{ID: "upgrade-db", CIs: []string{"orders-db"}, Duration: 2 * schedule.Hour},
			{ID: "deploy-shop", CIs: []string{"shop"}, Duration: schedule.Hour},
		},
		Precedences: []schedule.Precedence{{From: "upgrade-db", To: "deploy-shop", MinLag: 30 * schedule.Minute}},
	}
}

func ExampleSolve() {
	p := upgrade()
	plan, err := schedule.Solve(context.Background(), p, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(plan.Status)
	for _, a := range plan.Assignments {
		fmt.Println(a.Start.Format("Mon 15:04"), a.End.Format("15:04"), a.Activity)
	}
	// Output:
	// optimal
	// Sun 00:00 02:00 upgrade-db
	// Sun 20:00 21:00 deploy-shop
}

func ExampleSolve_infeasible() {
	p := upgrade()
	p.Activities[0].Duration = 7 * schedule.Hour // no night is that long
	_, err := schedule.Solve(context.Background(), p, nil)
	var bad *schedule.InfeasibleError
	if errors.As(err, &bad) {
		for _, c := range bad.Conflicts {
			fmt.Println(c)
		}
	}
	// Output:
	// There is no time at which “upgrade-db” can start: it takes 7 h, without a break while “nights” is open, from Sun 22 Nov 2026 02:00 EET to Sun 29 Nov 2026 02:00 EET.
}

func ExampleCheck() {
	p := upgrade()
	byHand := &schedule.Plan{Assignments: []schedule.Assignment{
		{Activity: "upgrade-db", Start: day(23, 20, 0), End: day(23, 22, 0)},
		{Activity: "deploy-shop", Start: day(23, 22, 15), End: day(23, 23, 15)},
	}}
	conflicts, err := schedule.Check(p, byHand)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range conflicts {
		fmt.Println(c.Kind, c.Activities, c.Amount)
		fmt.Println(c.Reason)
	}
	// Output:
	// order-breach [deploy-shop upgrade-db] PT15M
	// “deploy-shop” starts 15 min too early: it must not start until 30 min after the end of “upgrade-db”, Tue 24 Nov 2026 00:30 EET.
}

func ExampleImprovements() {
	last := ""
	for plan, err := range schedule.Improvements(context.Background(), upgrade(), nil) {
		if err != nil {
			fmt.Println(err)
			return
		}
		last = fmt.Sprint(plan.Status, " ", plan.Tiers[len(plan.Tiers)-1].Value)
	}
	fmt.Println(last)
	// Output:
	// optimal 75600
}
