package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
)

// A line is one release of the forward schedule: what it is and when it reaches its users.
type line struct {
	id, name, team, kind, level string
	score                       float64
	due, deadline               time.Time
	activities                  []schedule.Assignment // in order of time
	delivers                    calendar.Interval     // from the first to the last stage that delivers
	cis                         []string
	left                        bool // left out of the plan
}

// lines gathers the plan by release; activities of no release stand for themselves.
func (o *organisation) lines(plan *schedule.Plan) []*line {
	byID := map[string]*line{}
	var out []*line
	for i := range o.stated.Releases {
		r := &o.stated.Releases[i]
		a := o.ratings[r.ID]
		l := &line{id: r.ID, name: r.Name, team: r.Team, kind: r.Type, due: r.Due, deadline: r.NotAfter, cis: r.CIs,
			level: levelWords(string(a.Level)), score: a.Score}
		byID[r.ID] = l
		out = append(out, l)
	}
	acts := o.activities()
	for _, as := range plan.Assignments {
		a := acts[as.Activity]
		l := byID[a.From.Release]
		if l == nil {
			if l = byID[a.ID]; l == nil {
				l = &line{id: a.ID, name: a.Name, team: a.Team, kind: a.Type, due: a.Due, deadline: a.NotAfter, cis: a.CIs}
				byID[a.ID] = l
				out = append(out, l)
			}
		}
		l.activities = append(l.activities, as)
		if a.From.Release != "" && a.Effect != schedule.Outage || a.From.Part == schedule.Prepare {
			continue
		}
		if l.delivers.Start.IsZero() || as.Start.Before(l.delivers.Start) {
			l.delivers.Start = as.Start
		}
		if as.End.After(l.delivers.End) {
			l.delivers.End = as.End
		}
	}
	for _, l := range out {
		l.left = len(l.activities) == 0
	}
	slices.SortStableFunc(out, func(a, b *line) int {
		if a.left != b.left {
			return map[bool]int{false: -1, true: 1}[a.left]
		}
		return a.delivers.Start.Compare(b.delivers.Start)
	})
	return out
}

func (o *organisation) activities() map[string]*schedule.Activity {
	out := make(map[string]*schedule.Activity, len(o.problem.Activities))
	for i := range o.problem.Activities {
		out[o.problem.Activities[i].ID] = &o.problem.Activities[i]
	}
	return out
}

// levelWords turns "very-high" into "very high".
func levelWords(s string) string { return strings.ReplaceAll(s, "-", " ") }

// margin says how the delivery stands to its due date or deadline.
func (l *line) margin() string {
	until, word := l.due, "due"
	if until.IsZero() {
		until, word = l.deadline, "deadline"
	}
	switch {
	case l.left:
		return "left out"
	case until.IsZero():
		return ""
	case l.delivers.End.After(until):
		return "LATE by " + length(l.delivers.End.Sub(until))
	default:
		return length(until.Sub(l.delivers.End)) + " before " + word
	}
}

// show prints the forward schedule, the reasons, and what the plan replaces.
func (o *organisation) show(w io.Writer, plan *schedule.Plan) error {
	lines := o.lines(plan)
	h := o.problem.Horizon
	fmt.Fprintf(w, "%s\n", o.stated.Name)
	fmt.Fprintf(w, "%s, %s, from %s to %s, times %s\n", count(len(lines), "release", "releases"), count(len(o.problem.Activities), "activity", "activities"),
		h.Start.In(o.zone).Format("2 Jan 2006"), h.End.In(o.zone).Format("2 Jan 2006"), o.zone)
	fmt.Fprintf(w, "%s\n\n", verdict(plan))
	t := table{head: []string{"Release", "What", "Team", "Type", "Risk", "Reaches its users", "Margin"}}
	for _, l := range lines {
		when := "—"
		if !l.left {
			when = span(l.delivers.Start, l.delivers.End, o.zone)
		}
		risk := l.level
		if risk != "" {
			risk = fmt.Sprintf("%s (%.2f)", l.level, l.score)
		}
		t.add(l.id, clip(l.name, 44), l.team, l.kind, risk, when, l.margin())
	}
	t.print(w)
	reasons, err := o.reasons(plan, lines)
	if err != nil {
		return err
	}
	if len(reasons) > 0 {
		fmt.Fprintf(w, "\nWhy there\n")
		for _, r := range reasons {
			fmt.Fprintf(w, "  %s\n", r)
		}
	}
	manual, err := o.manualConflicts()
	if err != nil {
		return err
	}
	if len(manual) > 0 {
		fmt.Fprintf(w, "\nThe plan made by hand, which this one replaces, has %s\n", count(len(manual), "conflict", "conflicts"))
		for _, c := range manual {
			fmt.Fprintf(w, "  %s\n", c.Reason)
		}
	}
	return nil
}

// verdict says how good the plan is and what is proved of it.
func verdict(plan *schedule.Plan) string {
	var parts []string
	for _, g := range plan.Goals {
		parts = append(parts, goalWords(g))
	}
	out := "The plan has no conflict; " + strings.Join(parts, "; ") + "."
	switch {
	case plan.Status == schedule.Optimal:
		out += " No plan is better: proved."
	default:
		for _, t := range plan.Tiers {
			if t.Gap() > 0 {
				out += fmt.Sprintf(" A better one may exist: goal %d of %d stands at %d and is proved to be at least %d (gap %.1f %%).", t.Tier+1, len(plan.Tiers), t.Value, t.Bound, 100*t.Gap())
				break
			}
		}
	}
	return out
}

// goalWords says a goal's value for people.
func goalWords(g schedule.GoalValue) string {
	v := g.Value
	d := length(time.Duration(v) * time.Second)
	switch g.Goal.Measure {
	case schedule.Unscheduled:
		if v == 0 {
			return "nothing is left out"
		}
		return fmt.Sprintf("work worth %d is left out", v)
	case schedule.Tardiness:
		if v == 0 {
			return "nothing is late"
		}
		return "weighted lateness " + d
	case schedule.Makespan:
		return "all is done after " + d
	case schedule.Completion:
		return "weighted time to completion " + d
	case schedule.Moved:
		return fmt.Sprintf("%d moved", v)
	case schedule.Shift:
		return "moved by " + d + " in all"
	case schedule.LargestShift:
		return "none by more than " + d
	}
	return fmt.Sprintf("%s %d", g.Goal.Measure, v)
}
