package schedule_test

import (
	"fmt"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
)

func ExampleCheckWith() {
	at := func(h int) time.Time { return time.Date(2026, 11, 2, h, 0, 0, 0, time.UTC) }
	p := &schedule.Problem{
		Zone: "Europe/Berlin", Horizon: calendar.Interval{Start: at(0), End: at(24)},
		Activities: []schedule.Activity{{ID: "patch", Name: "Patch the web server", CIs: []string{"web-1"}, Duration: 2 * schedule.Hour}},
	}
	plan := &schedule.Plan{Assignments: []schedule.Assignment{{Activity: "patch", Start: at(20), End: at(22)}}}
	opts := &schedule.CheckOptions{
		Now:       at(8),
		Incidents: []schedule.Incident{{Name: "the disk failure", CI: "web-1", During: calendar.Interval{Start: at(7)}}},
	}
	found, _, err := schedule.CheckWith(p, plan, opts)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(found[0])
	// The board lives with it: the conflict stays, and blocks no more until its facts change.
	opts.Accepted = []schedule.Acceptance{{Conflict: found[0].ID, Facts: found[0].Facts, Owner: "Board", Reason: "the patch mends the disk", Expires: at(24)}}
	found, _, _ = schedule.CheckWith(p, plan, opts)
	fmt.Println(found[0].Accepted.Reason)
	// Output:
	// “Patch the web server” collides with the disk failure, Mon 2 Nov 2026 21:00–23:00 CET (2 h), at “web-1”.
	// the patch mends the disk
}
