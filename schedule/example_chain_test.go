package schedule_test

import (
	"fmt"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
)

func ExampleCriticalChains() {
	day := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	hour := func(h int) time.Time { return day.Add(time.Duration(h) * time.Hour) }
	p := &schedule.Problem{Horizon: calendar.Interval{Start: day, End: hour(24)},
		Resources:   []schedule.Resource{{ID: "dba", Capacity: calendar.Profile{Base: 1}}},
		Activities:  []schedule.Activity{{ID: "backup", Duration: 2 * schedule.Hour}, {ID: "upgrade", Duration: 3 * schedule.Hour, Demands: []schedule.Demand{{Resource: "dba", Amount: 1}}}, {ID: "reindex", Duration: schedule.Hour, Demands: []schedule.Demand{{Resource: "dba", Amount: 1}}, Due: hour(7)}},
		Precedences: []schedule.Precedence{{From: "backup", To: "upgrade"}}}
	plan := &schedule.Plan{Assignments: []schedule.Assignment{{Activity: "backup", Start: hour(0), End: hour(2)}, {Activity: "upgrade", Start: hour(2), End: hour(5)}, {Activity: "reindex", Start: hour(5), End: hour(6)}}}
	all, err := schedule.CriticalChains(p, plan, p.LeastMargin(plan))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, l := range all[0] {
		fmt.Printf("%s %q\n", l.Activity, l.Why)
	}
	// Output:
	// backup ""
	// upgrade "precedence"
	// reindex "resource dba"
}

func ExampleProblem_LeastMargin() {
	day := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	p := &schedule.Problem{Activities: []schedule.Activity{{ID: "a", Due: day.Add(5 * time.Hour)}, {ID: "b", Due: day.Add(9 * time.Hour)}, {ID: "c"}}}
	plan := &schedule.Plan{Assignments: []schedule.Assignment{{Activity: "a", End: day.Add(4 * time.Hour)}, {Activity: "b", End: day.Add(7 * time.Hour)}, {Activity: "c", End: day.Add(20 * time.Hour)}}}
	fmt.Println(p.LeastMargin(plan))
	// Output: a
}
