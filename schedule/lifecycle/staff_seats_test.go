package lifecycle

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
)

// Seats are those of the mode in the plan; work that pauses has one for each stretch, work
// of no duration none; nobody stands in without the skill; times are cut to whole seconds.
func TestSeatsOfAPlan(t *testing.T) {
	day := func(d, h int) time.Time { return time.Date(2026, 3, d, h, 0, 0, 0, time.UTC) }
	span := calendar.Interval{Start: day(2, 0), End: day(6, 0)}
	r := &Roster{Calendars: shifts(), People: []Person{{ID: "ann", Skills: []string{"dba"}, Hours: "berlin", Absences: []calendar.Interval{{Start: day(5, 0).Add(time.Nanosecond), End: span.End}}}, {ID: "bob"}},
		Delegations: []Delegation{{From: "ann", To: "bob", During: span}}}
	dba := []schedule.Demand{{Resource: "skill/dba", Amount: 1}}
	p, err := r.Staff(&schedule.Problem{Horizon: span, Activities: []schedule.Activity{
		{ID: "long", Duration: 12 * schedule.Hour, Demands: dba, Calendar: "berlin", Pause: schedule.PauseReleasing},
		{ID: "held", Duration: 12 * schedule.Hour, Demands: dba, Calendar: "berlin", Pause: schedule.PauseHolding},
		{ID: "done", Demands: dba},
		{ID: "either", Modes: []schedule.Mode{{ID: "self", Duration: schedule.Hour, Demands: dba}, {ID: "tool", Duration: schedule.Hour}}}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Validate(); err != nil {
		t.Errorf("a nanosecond of leave: %v", err)
	}
	at := func(activity, mode string, from, to time.Time) *schedule.Plan {
		return &schedule.Plan{Assignments: []schedule.Assignment{{Activity: activity, Mode: mode, Start: from, End: to}}}
	}
	for _, c := range []struct {
		plan  *schedule.Plan
		seats int
		fails bool // nobody can
	}{
		{at("long", "", day(2, 8), day(3, 12)), 2, false},
		{at("held", "", day(2, 8), day(3, 12)), 1, true},
		{at("done", "", day(2, 8), day(2, 8)), 0, false},
		{at("either", "self", day(2, 9), day(2, 10)), 1, false},
		{at("either", "tool", day(2, 9), day(2, 10)), 0, false},
		{at("either", "self", day(2, 2), day(2, 3)), 1, true}, // bob is there and no database administrator
	} {
		got, err := r.Seats(p, c.plan)
		if err != nil || len(got.Seats) != c.seats {
			t.Errorf("%v: %+v, %v; want %d", c.plan.Assignments, got, err, c.seats)
			continue
		}
		if _, err := Assign(got, r); errors.Is(err, ErrUnstaffed) != c.fails {
			t.Errorf("%v: %v", c.plan.Assignments, err)
		}
	}
	bad := at("lost", "", day(2, 8), day(2, 9))
	bad.Assignments = append(bad.Assignments, at("either", "magic", day(2, 8), day(2, 9)).Assignments...)
	if _, err := r.Seats(p, bad); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "assignments[0].activity:") || !strings.Contains(err.Error(), "assignments[1].mode:") {
		t.Error(err)
	}
}
