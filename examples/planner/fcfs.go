package main

import (
	"cmp"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
)

// firstComeFirstServed is the plan for comparison: deployments in the order in which
// they happened, each put at the first instant from then on at which the rules let it
// run beside those already placed. It returns what found no place before the end.
func (e *estate) firstComeFirstServed() (*schedule.Plan, []string, error) {
	p := e.problem
	open, err := p.Calendars[0].Open(p.Horizon, calendar.Subject{Action: "deploy"})
	if err != nil {
		return nil, nil, err
	}
	limit := p.Resources[0].Capacity.Base
	d := p.Activities[0].Duration.Std()
	var placed []placement
	lastEnd := map[string]time.Time{} // by app
	var unplaced []string
	for i, dep := range e.deployments {
		ready := dep.at
		for _, t := range []time.Time{p.Activities[i].NotBefore, lastEnd[dep.app]} {
			if t.After(ready) {
				ready = t
			}
		}
		candidates := []time.Time{ready}
		for iv := range open.All() {
			if iv.Start.After(ready) {
				candidates = append(candidates, iv.Start)
			}
		}
		for _, q := range placed {
			if q.End.After(ready) {
				candidates = append(candidates, q.End)
			}
		}
		slices.SortFunc(candidates, time.Time.Compare)
		found := false
		for _, at := range candidates {
			span := calendar.Interval{Start: at, End: at.Add(d)}
			if open.Covers(span) && e.fits(placed, dep.app, span, limit) {
				placed = append(placed, placement{dep.id, dep.app, span})
				lastEnd[dep.app] = span.End
				found = true
				break
			}
		}
		if !found {
			unplaced = append(unplaced, dep.id)
			lastEnd[dep.app] = p.Horizon.End
		}
	}
	plan := &schedule.Plan{Version: schedule.Version}
	for _, q := range placed {
		plan.Assignments = append(plan.Assignments, schedule.Assignment{Activity: q.id, Start: q.Start, End: q.End})
	}
	slices.SortFunc(plan.Assignments, func(a, b schedule.Assignment) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Activity, b.Activity))
	})
	return plan, unplaced, nil
}

type placement struct {
	id, app string
	calendar.Interval
}

// fits says whether app may deploy during span beside what is placed.
func (e *estate) fits(placed []placement, app string, span calendar.Interval, limit int64) bool {
	var beside []placement
	for _, q := range placed {
		if q.Overlaps(span) {
			if e.apart[app][q.app] {
				return false
			}
			beside = append(beside, q)
		}
	}
	for _, q := range beside { // the most at once is reached where one starts
		at := q.Start
		if at.Before(span.Start) {
			at = span.Start
		}
		n := int64(1)
		for _, r := range beside {
			if r.Contains(at) {
				n++
			}
		}
		if n > limit {
			return false
		}
	}
	return true
}

// A movement is how far a plan is from what happened.
type movement struct {
	moved          int
	total, largest time.Duration
}

func (e *estate) movement(plan *schedule.Plan) movement {
	at := map[string]time.Time{}
	for _, d := range e.deployments {
		at[d.id] = d.at
	}
	var m movement
	for _, a := range plan.Assignments {
		d := a.Start.Sub(at[a.Activity]).Abs()
		if d > 0 {
			m.moved++
		}
		m.total += d
		m.largest = max(m.largest, d)
	}
	return m
}
