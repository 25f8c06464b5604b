package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
	"github.com/slackwater-go/slackwater/schedule/report"
)

// mostReasons bounds how many placements are explained.
const mostReasons = 8

// reasons says of the late releases, and of those that wait longest, what keeps their
// first delivery from running one window earlier: it is put there in a copy of the
// plan, and the independent judge says what breaks.
func (o *organisation) reasons(plan *schedule.Plan, f *report.Schedule) ([]string, error) {
	acts := o.activities()
	type notable struct {
		id   string
		name string
		a    *schedule.Activity
		at   schedule.Assignment
		rank time.Duration
	}
	var list []notable
	for k := range f.Entries {
		e := &f.Entries[k]
		i := slices.IndexFunc(e.Steps, func(st report.Step) bool {
			return st.During.Start.Equal(e.Delivers.Start) && acts[st.Activity].Calendar != schedule.AlwaysOpen
		})
		if e.LeftOut || i < 0 {
			continue
		}
		st := &e.Steps[i]
		n := notable{id: e.ID, name: cmp.Or(e.Name, e.ID), a: acts[st.Activity], at: schedule.Assignment{Activity: st.Activity, Start: st.During.Start, End: st.During.End}}
		if i > 0 {
			n.rank = n.at.Start.Sub(e.Steps[i-1].During.End)
		} else {
			n.rank = n.at.Start.Sub(o.problem.Horizon.Start)
		}
		if !e.Due.IsZero() && e.Delivers.End.After(e.Due) {
			n.rank += 10000 * time.Hour // late ones first
		}
		list = append(list, n)
	}
	slices.SortStableFunc(list, func(a, b notable) int { return cmp.Or(cmp.Compare(b.rank, a.rank), cmp.Compare(a.id, b.id)) })
	var out []string
	for _, n := range list {
		if len(out) == mostReasons {
			break
		}
		before, ok, err := o.windowBefore(n.a, n.at)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		why, err := o.whyNot(plan, n.a, before)
		if err != nil {
			return nil, err
		}
		if why != "" {
			out = append(out, fmt.Sprintf("“%s” on %s and not %s: %s", n.name, n.at.Start.In(o.zone).Format("Mon 2 Jan 15:04"), before.In(o.zone).Format("Mon 2 Jan 15:04"), why))
		}
	}
	return out, nil
}

// windowBefore returns the last start in the open stretch before the one that the activity runs in.
func (o *organisation) windowBefore(a *schedule.Activity, at schedule.Assignment) (time.Time, bool, error) {
	id := cmp.Or(a.Calendar, o.problem.Calendar)
	k := slices.IndexFunc(o.problem.Calendars, func(c calendar.Calendar) bool { return c.ID == id })
	if k < 0 {
		return time.Time{}, false, nil
	}
	open, err := o.problem.Calendars[k].Open(o.problem.Horizon, a.Subject())
	if err != nil {
		return time.Time{}, false, err
	}
	var best time.Time
	for starts := range open.Fitting(at.End.Sub(at.Start)) {
		if !starts.Start.Before(at.Start) {
			break
		}
		if !starts.Contains(at.Start) {
			best = starts.Start
		}
	}
	return best, !best.IsZero(), nil
}

// whyNot puts an activity elsewhere and returns what the judge says of that.
func (o *organisation) whyNot(plan *schedule.Plan, a *schedule.Activity, start time.Time) (string, error) {
	moved := *plan
	moved.Assignments = slices.Clone(plan.Assignments)
	i := slices.IndexFunc(moved.Assignments, func(as schedule.Assignment) bool { return as.Activity == a.ID })
	as := &moved.Assignments[i]
	as.End = start.Add(as.End.Sub(as.Start))
	as.Start = start
	conflicts, err := schedule.Check(o.problem, &moved)
	if err != nil {
		return "", err
	}
	var why []string
	for _, c := range conflicts {
		why = append(why, strings.TrimSuffix(c.Reason, "."))
	}
	if len(why) == 0 {
		return "", nil
	}
	const most = 2
	if len(why) > most {
		why = append(why[:most], fmt.Sprintf("and %d more", len(why)-most))
	}
	return strings.Join(why, "; ") + ".", nil
}
