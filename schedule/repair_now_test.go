package schedule_test

import (
	"context"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
)

// A repair moves what has not started, but never to a time that has passed.
func TestRepairDoesNotMoveIntoThePast(t *testing.T) {
	p := &schedule.Problem{
		Horizon:    calendar.Interval{Start: day(22, 0, 0), End: day(29, 0, 0)},
		Activities: []schedule.Activity{{ID: "a", Duration: 2 * schedule.Hour, Calendar: "c"}},
		Calendars: []calendar.Calendar{{ID: "c", Windows: []calendar.Window{{ID: "outage", Kind: calendar.Blackout,
			Starts: calendar.Once(day(24, 12, 0)), Length: calendar.Exactly(60 * time.Hour)}}}},
	}
	inForce := &schedule.Plan{Assignments: []schedule.Assignment{{Activity: "a", Start: day(24, 13, 0), End: day(24, 15, 0)}}}
	now := day(24, 11, 0) // one hour is left before the outage, so the nearest place lies in the past
	plan, err := schedule.Repair(context.Background(), p, inForce, &schedule.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	if a, _ := plan.Of("a"); a.Start.Before(now) || !a.Start.Equal(day(27, 0, 0)) {
		t.Errorf("moved to %s", a.Start)
	}
}
