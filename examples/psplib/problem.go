package main

import (
	"strconv"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/psplib"
	"github.com/slackwater-go/slackwater/schedule"
)

// epoch is when every project begins. Benchmarks have no clock: a unit of time is a
// second.
var epoch = time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)

// unit makes a duration of a number of time units.
func unit(n int64) schedule.Duration { return schedule.Duration(n) * schedule.Second }

// problemOf states a benchmark in the terms of package schedule: jobs are activities,
// precedences with lags are precedences, capacities are resources.
func problemOf(p *psplib.Project) *schedule.Problem {
	out := &schedule.Problem{
		Horizon:  calendar.Interval{Start: epoch, End: epoch.Add(unit(max(1, p.Horizon())).Std())},
		Tick:     schedule.Second,
		Calendar: schedule.AlwaysOpen,
		Goals:    []schedule.Goal{{Measure: schedule.Makespan}},
	}
	for r, c := range p.Renewable {
		out.Resources = append(out.Resources, schedule.Resource{ID: renewable(r), Capacity: calendar.Profile{Base: c}})
	}
	for r, c := range p.NonRenewable {
		out.Resources = append(out.Resources, schedule.Resource{ID: consumed(r), Kind: schedule.NonRenewable, Capacity: calendar.Profile{Base: c}})
	}
	for j := range p.Jobs {
		a := schedule.Activity{ID: job(j)}
		if p.Source && j == 0 {
			a.Pinned = epoch
		}
		for k := range p.Jobs[j].Modes {
			m := &p.Jobs[j].Modes[k]
			if len(p.Jobs[j].Modes) == 1 {
				a.Duration, a.Demands = unit(m.Duration), demands(m)
				break
			}
			a.Modes = append(a.Modes, schedule.Mode{ID: "m" + strconv.Itoa(k+1), Duration: unit(m.Duration), Demands: demands(m)})
		}
		out.Activities = append(out.Activities, a)
	}
	for _, a := range p.Arcs {
		pr := schedule.Precedence{From: job(a.From), To: job(a.To), Type: schedule.StartStart, MinLag: unit(a.Lag)}
		if a.FromEnd {
			pr.Type = schedule.FinishStart
		}
		out.Precedences = append(out.Precedences, pr)
	}
	return out
}

func demands(m *psplib.Mode) []schedule.Demand {
	var out []schedule.Demand
	for r, d := range m.Renewable {
		if d > 0 {
			out = append(out, schedule.Demand{Resource: renewable(r), Amount: d})
		}
	}
	for r, d := range m.NonRenewable {
		if d > 0 {
			out = append(out, schedule.Demand{Resource: consumed(r), Amount: d})
		}
	}
	return out
}

func job(j int) string       { return "j" + strconv.Itoa(j+1) }
func renewable(r int) string { return "R" + strconv.Itoa(r+1) }
func consumed(r int) string  { return "N" + strconv.Itoa(r+1) }
