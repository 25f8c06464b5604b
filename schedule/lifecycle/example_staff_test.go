package lifecycle_test

import (
	"context"
	"fmt"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
	"github.com/slackwater-go/slackwater/schedule/lifecycle"
)

// crew are a database administrator who also knows the network, a colleague who is on
// leave on the first day, and a supplier in New York.
func crew() (*lifecycle.Roster, *schedule.Problem) {
	daily := func(id, zone, starts string) calendar.Calendar {
		return calendar.Calendar{ID: id, Zone: zone, Windows: []calendar.Window{{ID: id, Kind: calendar.Maintenance,
			Starts: calendar.MustParseRecurrence(starts + "\nRRULE:FREQ=DAILY"), Length: calendar.Exactly(8 * time.Hour)}}}
	}
	r := &lifecycle.Roster{
		Calendars: []calendar.Calendar{daily("berlin", "Europe/Berlin", "DTSTART:20261101T090000"), daily("new-york", "America/New_York", "DTSTART:20261101T090000")},
		People: []lifecycle.Person{
			{ID: "ann", Skills: []string{"dba", "network"}, Hours: "berlin"},
			{ID: "bob", Skills: []string{"network"}, Hours: "berlin", Absences: []calendar.Interval{{Start: at(12, 1, 0), End: at(12, 2, 0)}}},
			{ID: "joe", Supplier: "acme", Hours: "new-york"},
		},
	}
	deploy := func(id, who, hours string, length schedule.Duration) schedule.Release {
		return schedule.Release{ID: id, Stages: []schedule.Stage{{ID: "go", Kind: schedule.StageDeploy, Duration: length, CIs: []string{id},
			Calendar: hours, Demands: []schedule.Demand{{Resource: who, Amount: 1}}}}}
	}
	return r, &schedule.Problem{Horizon: calendar.Interval{Start: at(12, 1, 0), End: at(12, 4, 0)}, Releases: []schedule.Release{
		deploy("orders", "skill/dba", "berlin", 6*schedule.Hour), deploy("firewall", "skill/network", "berlin", 4*schedule.Hour), deploy("printers", "supplier/acme", "supplier/acme", 2*schedule.Hour)}}
}

func ExampleRoster_Staff() {
	r, bare := crew()
	p, err := r.Staff(bare)
	if err != nil {
		panic(err)
	}
	for _, x := range p.Resources {
		fmt.Printf("%s: %d in the afternoon of the first day, %d of the second\n", x.ID, x.Capacity.At(at(12, 1, 15)), x.Capacity.At(at(12, 2, 15)))
	}
	plan, err := schedule.Solve(context.Background(), p, nil)
	if err != nil {
		panic(err)
	}
	for _, a := range plan.Assignments {
		fmt.Println(a.Start.Format("Mon 15:04"), a.End.Format("15:04"), a.Activity)
	}
	// Output:
	// skill/dba: 1 in the afternoon of the first day, 1 of the second
	// skill/network: 1 in the afternoon of the first day, 2 of the second
	// supplier/acme: 1 in the afternoon of the first day, 1 of the second
	// people/skill/dba+skill/network: 1 in the afternoon of the first day, 2 of the second
	// Tue 08:00 14:00 orders/go
	// Tue 14:00 16:00 printers/go
	// Wed 08:00 12:00 firewall/go
}

func ExampleRoster_Seats() {
	r, bare := crew()
	p, err := r.Staff(bare)
	if err != nil {
		panic(err)
	}
	plan, err := schedule.Solve(context.Background(), p, nil)
	if err != nil {
		panic(err)
	}
	seats, err := r.Seats(p, plan)
	if err != nil {
		panic(err)
	}
	done, err := lifecycle.Assign(seats, r)
	if err != nil {
		panic(err)
	}
	for _, s := range done.Seats {
		fmt.Println(s.Role, "is for", s.Taken[0].Person)
	}
	// Output:
	// orders/go: skill/dba is for ann
	// printers/go: supplier/acme is for joe
	// firewall/go: skill/network is for ann
}
