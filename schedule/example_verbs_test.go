package schedule_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
)

func ExampleChecker_LeaveOut() {
	checker, err := schedule.NewChecker(upgrade(), planned(), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	checker.Remove("upgrade-db") // the plan forgets it
	found, _ := checker.Findings()
	for _, f := range found {
		fmt.Println(f)
	}
	checker.LeaveOut("upgrade-db") // and here it is not done, on purpose
	found, _ = checker.Findings()
	for _, f := range found {
		fmt.Println(f)
	}
	// Output:
	// “upgrade-db” is not planned.
	// “upgrade-db” is left out, but it is not optional.
}

func ExampleParseDuration() {
	d, err := schedule.ParseDuration("PT25H30M")
	fmt.Println(d, d.Std(), err)
	_, err = schedule.ParseDuration("P1DT1H30M")
	fmt.Println(err)
	// Output:
	// PT25H30M 25h30m0s <nil>
	// "P1DT1H30M" has days or weeks, whose length depends on the zone and the date: write hours, such as "PT24H"
}

func ExamplePlan_Diff() {
	after := planned()
	after.Assignments[1].Start, after.Assignments[1].End = day(25, 20, 0), day(25, 21, 0)
	for was, is := range after.Diff(planned()) {
		fmt.Println(is.Activity, was.Start.Format(time.DateTime), "->", is.Start.Format(time.DateTime))
	}
	// Output:
	// deploy-shop 2026-11-24 20:00:00 -> 2026-11-25 20:00:00
}

func ExampleRelaxation_Corrected() {
	p := upgrade()
	p.Activities[0].NotAfter = day(22, 1, 0)
	ways, err := schedule.Relaxations(context.Background(), p, &schedule.RelaxOptions{Limit: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	plan, err := schedule.Solve(context.Background(), ways[0].Corrected(), nil)
	fmt.Println(ways[0].Edits[0].Reason, err)
	x, _ := plan.Of("upgrade-db")
	fmt.Println(x.End.Format(time.DateTime))
	// Output:
	// Move the deadline of “upgrade-db” by 1 h to Sun 22 Nov 2026 04:00 EET. <nil>
	// 2026-11-22 02:00:00
}

func ExampleDraft_All() {
	p := upgrade()
	p.Custom = []schedule.CustomRule{{ID: "quiet", Name: "one change a day", Judge: func(plan *schedule.Draft) []schedule.Clash {
		if !plan.Complete() || plan.LeftOut("deploy-shop") {
			return nil
		}
		var days []string
		for x := range plan.All() {
			days = append(days, x.Start.Format(time.DateOnly))
		}
		if days[0] != days[1] {
			return nil
		}
		return []schedule.Clash{{Activities: []string{"upgrade-db", "deploy-shop"}, Reason: "two on " + days[0]}}
	}}}
	plan, err := schedule.Solve(context.Background(), p, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for x := range plan.During(calendar.Interval{Start: day(22, 0, 0), End: day(29, 0, 0)}) {
		fmt.Println(strings.ReplaceAll(x.Activity, "-", " "), x.Start.Format(time.DateTime))
	}
	// Output:
	// upgrade db 2026-11-22 00:00:00
	// deploy shop 2026-11-23 00:00:00
}
