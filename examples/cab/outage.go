package main

import (
	"iter"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/cmdb"
	"github.com/slackwater-go/slackwater/schedule"
	"github.com/slackwater-go/slackwater/schedule/report"
)

// outages projects what the plan takes from each service: every step that delivers has
// its CIs out while it runs, and the graph says which services fall with them. Service hours
// are the calendars of the problem; a name that it does not have is all time.
func outages(g *cmdb.Graph, p *schedule.Problem, s *report.Schedule) ([]report.ServiceOutage, error) {
	var works []cmdb.PlannedWork
	for i := range s.Entries {
		for _, st := range s.Entries[i].Steps {
			if st.Delivers {
				works = append(works, cmdb.PlannedWork{ID: st.Activity, CIs: st.CIs, Start: st.During.Start, End: st.During.End})
			}
		}
	}
	hours := func(name string, from, to time.Time) iter.Seq2[time.Time, time.Time] {
		return func(yield func(time.Time, time.Time) bool) {
			within := calendar.Interval{Start: from, End: to}
			open := calendar.Union(within)
			if k := slices.IndexFunc(p.Calendars, func(c calendar.Calendar) bool { return c.ID == name }); k >= 0 {
				var err error
				if open, err = p.Calendars[k].Open(within, calendar.Subject{}); err != nil {
					return // the problem was planned with it, so it has no fault
				}
			}
			for iv := range open.All() {
				if !yield(iv.Start, iv.End) {
					return
				}
			}
		}
	}
	found, err := g.ServiceOutages(works, nil, hours)
	if err != nil {
		return nil, err
	}
	var out []report.ServiceOutage
	for _, f := range found {
		o := report.ServiceOutage{Service: f.Service, Total: schedule.Duration(f.Total), InHours: schedule.Duration(f.InHours), Allowance: schedule.Duration(f.Allowance), Over: f.Over}
		for _, x := range f.Outages {
			o.Outages = append(o.Outages, calendar.Interval{Start: x.Start, End: x.End})
		}
		out = append(out, o)
	}
	return out, nil
}
