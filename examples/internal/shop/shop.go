// Package shop is the web shop that the examples of single questions ask about: four changes at
// night, two of them on the shop itself, and a plan that everybody has been told.
package shop

import (
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
)

// At is an instant of December 2026, in UTC.
func At(day, hour, minute int) time.Time {
	return time.Date(2026, 12, day, hour, minute, 0, 0, time.UTC)
}

// Problem is the shop: changes run at night, two of them work on the shop itself.
func Problem() *schedule.Problem {
	return &schedule.Problem{
		Zone:    "Europe/Berlin",
		Horizon: calendar.Interval{Start: At(7, 0, 0), End: At(19, 0, 0)},
		Calendars: []calendar.Calendar{{ID: "production", Windows: []calendar.Window{{
			ID: "night", Reason: "the nightly window", Kind: calendar.Maintenance, Length: calendar.Exactly(6 * time.Hour),
			Starts: calendar.MustParseRecurrence("DTSTART;TZID=Europe/Berlin:20261201T220000\nRRULE:FREQ=DAILY"),
		}}}},
		Calendar:  "production",
		Resources: []schedule.Resource{{ID: "dba", Name: "Database engineers", Kind: schedule.Team, Capacity: calendar.Profile{Base: 1}}},
		Activities: []schedule.Activity{
			{ID: "db", Name: "Upgrade the order database", Team: "databases", CIs: []string{"orders-db"}, Duration: 3 * schedule.Hour,
				Demands: []schedule.Demand{{Resource: "dba", Amount: 1}}, Approved: true, Notice: 72 * schedule.Hour},
			{ID: "shop", Name: "Deploy the shop", Team: "web", CIs: []string{"shop"}, Duration: schedule.Hour, Due: At(11, 5, 0)},
			{ID: "certs", Name: "Rotate the certificates", Team: "platform", CIs: []string{"shop"}, Duration: 2 * schedule.Hour},
			{ID: "index", Name: "Rebuild the search index", Team: "databases", Duration: 4 * schedule.Hour, Demands: []schedule.Demand{{Resource: "dba", Amount: 1}}},
		},
		Precedences: []schedule.Precedence{{From: "db", To: "shop", MinLag: 20 * schedule.Hour, Reason: "a day of soak"}},
		Exclusions:  []schedule.Exclusion{{Kind: schedule.SameCI, At: "shop", Activities: []string{"shop", "certs"}}},
	}
}

// InForce is the plan that everybody has been told.
func InForce() *schedule.Plan {
	return &schedule.Plan{Assignments: []schedule.Assignment{
		{Activity: "db", Start: At(8, 21, 0), End: At(9, 0, 0)},
		{Activity: "shop", Start: At(9, 21, 0), End: At(9, 22, 0)},
		{Activity: "certs", Start: At(9, 22, 0), End: At(10, 0, 0)},
		{Activity: "index", Start: At(10, 21, 0), End: At(11, 1, 0)},
	}}
}
