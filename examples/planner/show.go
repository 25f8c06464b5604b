package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/schedule"
	"github.com/slackwater-go/slackwater/schedule/report"
)

func (o *organisation) activities() map[string]*schedule.Activity {
	out := make(map[string]*schedule.Activity, len(o.problem.Activities))
	for i := range o.problem.Activities {
		out[o.problem.Activities[i].ID] = &o.problem.Activities[i]
	}
	return out
}

// show prints the forward schedule, the reasons, and what the plan replaces.
func (o *organisation) show(w io.Writer, plan *schedule.Plan) error {
	f, err := o.forward(plan)
	if err != nil {
		return err
	}
	h := o.problem.Horizon
	fmt.Fprintf(w, "%s\n", o.stated.Name)
	fmt.Fprintf(w, "%s, %s, from %s to %s, times %s\n", report.Count(len(f.Entries), "release", "releases"), report.Count(len(o.problem.Activities), "activity", "activities"),
		h.Start.In(o.zone).Format("2 Jan 2006"), h.End.In(o.zone).Format("2 Jan 2006"), o.zone)
	fmt.Fprintf(w, "%s\n\n", verdict(plan))
	if err := f.WriteText(w); err != nil {
		return err
	}
	reasons, err := o.reasons(plan, f)
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
		fmt.Fprintf(w, "\nThe plan made by hand, which this one replaces, has %s\n", report.Count(len(manual), "conflict", "conflicts"))
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
				out += fmt.Sprintf(" A better one may exist%s (gap %.1f %%).", atBest(plan, t), 100*t.Gap())
				break
			}
		}
	}
	return out
}

// atBest says what the first goal that is not settled could come to.
func atBest(plan *schedule.Plan, t schedule.TierValue) string {
	var of []schedule.GoalValue
	for _, g := range plan.Goals {
		if g.Goal.Tier == t.Tier {
			of = append(of, g)
		}
	}
	if len(of) == 1 && of[0].Goal.Weight == 1 {
		least := of[0]
		least.Value = t.Bound
		return ", with at best " + goalWords(least)
	}
	return ""
}

// goalWords says a goal's value for people.
func goalWords(g schedule.GoalValue) string {
	v := g.Value
	d := report.Length(time.Duration(v) * time.Second)
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
		return d + " late in all, counted by weight"
	case schedule.Makespan:
		return "all is done after " + d
	case schedule.Completion:
		return d + " until all is done, summed up by weight"
	case schedule.Moved:
		return fmt.Sprintf("%d moved", v)
	case schedule.Shift:
		return "moved by " + d + " in all"
	case schedule.LargestShift:
		return "none by more than " + d
	}
	return fmt.Sprintf("%s %d", g.Goal.Measure, v)
}
