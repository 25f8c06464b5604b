package main

import (
	"io"
	"strings"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/calendar/ics"
	"github.com/slackwater-go/slackwater/schedule"
)

// writeICS writes what touches CIs as calendar events, which records.Read reads back:
// UID is the activity, LOCATION its CIs, CATEGORIES its type and team.
func (o *organisation) writeICS(w io.Writer, plan *schedule.Plan) error {
	feed := ics.Feed{
		Name:   o.stated.Name,
		Method: "PUBLISH",
		Stamp:  o.problem.Horizon.Start, // the same plan gives the same file
		Covers: o.problem.Horizon,
	}
	acts := o.activities()
	for _, as := range plan.Assignments {
		a := acts[as.Activity]
		if a.Effect != schedule.Outage || !as.Start.Before(as.End) {
			continue
		}
		e := ics.Event{UID: a.ID, Status: ics.Confirmed, Summary: a.Name, Location: strings.Join(a.CIs, "; "),
			Starts: calendar.Once(as.Start.In(o.zone)), Length: calendar.Exactly(as.End.Sub(as.Start))}
		if a.Name == "" {
			e.Summary = a.ID
		}
		for _, c := range []string{a.Type, a.Team} {
			if c != "" {
				e.Categories = append(e.Categories, c)
			}
		}
		if r, ok := o.ratings[a.From.Release]; ok {
			e.Description = r.String()
		}
		feed.Events = append(feed.Events, e)
	}
	return ics.Write(w, feed)
}
