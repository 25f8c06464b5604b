package cmdb

import (
	"cmp"
	"slices"
	"time"
)

// A Period is a time for which a service level agreement grants its allowance: from Start until End,
// the end not included.
type Period struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
}

// An OutageBudget is the allowance of a service in a period and what a plan takes of it.
type OutageBudget struct {
	Service   string    `json:"service"`
	Start     time.Time `json:"start"` // of the period
	End       time.Time `json:"end"`
	Total     Duration  `json:"total"`           // outage in the period
	InHours   Duration  `json:"inHours"`         // of this, within the hours of service
	Allowance Duration  `json:"allowance"`       // of the service level agreement; 0 where none is stated
	Left      Duration  `json:"left"`            // allowance that is left; negative where it is exceeded
	Over      bool      `json:"over"`            // InHours is more than a stated allowance
	Works     []string  `json:"works,omitempty"` // the works that cause outage in the period, sorted
}

// OutageBudgets holds the projected outages of services against their allowance in each period, by
// service and start. Times at which several works bring a service down count once; an outage that
// crosses the end of a period counts in both for what lies in each. Works of the past in the list of
// works, such as those that have used up some of this month, count like those to come. Works,
// services and hours are as in [Graph.ServiceOutages]; it also fails where a period ends before it starts.
func (g *Graph) OutageBudgets(works []PlannedWork, services []string, periods []Period, hours Hours) ([]OutageBudget, error) {
	var f faults
	for i, p := range periods {
		if p.End.Before(p.Start) {
			f.addf(path("periods", i)+".end", "is before its start")
		}
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	outages, err := g.ServiceOutages(works, services, hours)
	if err != nil {
		return nil, err
	}
	periods = slices.Clone(periods)
	slices.SortFunc(periods, func(a, b Period) int { return cmp.Or(a.Start.Compare(b.Start), a.End.Compare(b.End)) })
	out := []OutageBudget{}
	for _, so := range outages {
		c, _ := g.CI(so.Service)
		for _, p := range periods {
			b := OutageBudget{Service: so.Service, Start: p.Start, End: p.End, Allowance: so.Allowance}
			for _, o := range so.Outages {
				from, to := o.Start, o.End
				if from.Before(p.Start) {
					from = p.Start
				}
				if to.After(p.End) {
					to = p.End
				}
				if !from.Before(to) {
					continue
				}
				b.Total = plus(b.Total, Duration(to.Sub(from)))
				b.InHours = plus(b.InHours, within(hours, c.ServiceHours, from, to))
				b.Works = append(b.Works, worksIn(works, o.Works, from, to)...)
			}
			slices.Sort(b.Works)
			b.Works = slices.Compact(b.Works)
			b.Left = b.Allowance - b.InHours
			b.Over = b.Allowance > 0 && b.Left < 0
			out = append(out, b)
		}
	}
	return out, nil
}

// worksIn returns those of some works, by ID, that are under way in [from, to).
func worksIn(works []PlannedWork, ids []string, from, to time.Time) []string {
	var out []string
	for _, w := range works {
		if _, ok := slices.BinarySearch(ids, w.ID); ok && w.Start.Before(to) && w.End.After(from) {
			out = append(out, w.ID)
		}
	}
	return out
}
