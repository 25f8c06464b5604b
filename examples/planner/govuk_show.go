package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/slackwater-go/slackwater/schedule"
	"github.com/slackwater-go/slackwater/schedule/report"
)

// runGOVUK plans one case of real deployments and compares the plan with what happened.
func (s *settings) runGOVUK(ctx context.Context, stdout, stderr io.Writer) error {
	e, err := readGOVUK(s.data, strings.ToUpper(s.govuk))
	if err != nil {
		return fmt.Errorf("%w (the files of GOV.UK are looked for in the folder of -data)", err)
	}
	if err := e.describe(stdout); err != nil {
		return err
	}
	if s.why {
		return e.why(ctx, stdout)
	}
	plan, err := s.solve(ctx, e.problem, stderr)
	if errors.Is(err, schedule.ErrInfeasible) {
		a, failed := answerOf(ctx, e.problem, workOfAnswers)
		if failed != nil {
			return errors.Join(err, failed)
		}
		fmt.Fprintf(stdout, "\nNo plan exists: proved. What cannot hold together:\n")
		a.show(stdout)
		return err
	}
	if err != nil {
		return err
	}
	e.show(stdout, plan)
	if s.out != "" {
		o := &organisation{stated: e.problem, problem: e.problem, graph: e.graph}
		if o.zone, err = zoneOf(e.problem); err != nil {
			return err
		}
		return o.write(s.out, plan)
	}
	return nil
}

// describe says what is planned, which rules the deployments broke as they happened,
// and how far first come, first served gets.
func (e *estate) describe(w io.Writer) error {
	apps := map[string]bool{}
	for _, d := range e.deployments {
		apps[d.app] = true
	}
	p := e.problem
	fmt.Fprintf(w, "%s: %s of %s, %d at once, %s each\n", e.title, report.Count(len(e.deployments), "deployment", "deployments"), report.Count(len(apps), "app", "apps"),
		p.Resources[0].Capacity.Base, report.Length(p.Activities[0].Duration.Std()))
	if len(e.noCI) > 0 {
		fmt.Fprintf(w, "%s no CI in the graph and are kept: %s\n", report.Count(len(e.noCI), "app has", "apps have"), strings.Join(e.noCI, ", "))
	}
	if e.unstaged > 0 {
		fmt.Fprintf(w, "%s a tag that was never in staging\n", report.Count(e.unstaged, "deployment has", "deployments have"))
	}
	broke, err := e.asItHappened()
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "as they happened, %d broke a rule: %d outside hours, %d colliding, %d over the cap, %d out of order or before staging\n",
		broke.any, broke.hours, broke.colliding, broke.cap, broke.order)
	plan, unplaced, err := e.firstComeFirstServed()
	if err != nil {
		return err
	}
	m := e.movement(plan)
	fmt.Fprintf(w, "first come, first served: %d moved, by %s in all, none by more than %s", m.moved, report.Length(m.total), report.Length(m.largest))
	if len(unplaced) > 0 {
		fmt.Fprintf(w, "; %s no place: %s", report.Count(len(unplaced), "finds", "find"), strings.Join(unplaced, ", "))
	}
	fmt.Fprintln(w)
	return nil
}

// breaches counts deployments by the rule that they broke.
type breaches struct{ hours, colliding, cap, order, any int }

// asItHappened lets the independent judge look at what really happened.
func (e *estate) asItHappened() (breaches, error) {
	plan := &schedule.Plan{Version: schedule.Version}
	for i, d := range e.deployments {
		plan.Assignments = append(plan.Assignments, schedule.Assignment{Activity: d.id, Start: d.at, End: d.at.Add(e.problem.Activities[i].Duration.Std())})
	}
	conflicts, err := schedule.Check(e.problem, plan)
	if err != nil {
		return breaches{}, err
	}
	var hours, colliding, over, order, all = map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, c := range conflicts {
		set := order
		switch c.Kind {
		case schedule.OutsideWindow, schedule.ExceedsWindow, schedule.InBlackout, schedule.InFreeze:
			set = hours
		case schedule.SameCIOverlap, schedule.RelatedCIOverlap:
			set = colliding
		case schedule.Overload:
			set = over
		}
		for _, a := range c.Activities {
			set[a], all[a] = true, true
		}
	}
	return breaches{len(hours), len(colliding), len(over), len(order), len(all)}, nil
}

// show prints the plan's figures with their bounds, and the largest moves.
func (e *estate) show(w io.Writer, plan *schedule.Plan) {
	m := e.movement(plan)
	fmt.Fprintf(w, "planned together: %d moved, by %s in all, none by more than %s; the plan has no conflict\n", m.moved, report.Length(m.total), report.Length(m.largest))
	for i, t := range plan.Tiers {
		name := goalWords(schedule.GoalValue{Goal: e.problem.Goals[i], Value: t.Value})
		fmt.Fprintf(w, "  goal %d: %s; proved to be at least %s; gap %.1f %%\n", i+1, name, bare(e.problem.Goals[i].Measure, t.Bound), 100*t.Gap())
	}
	switch {
	case plan.Status == schedule.Optimal && plan.OnGrid:
		fmt.Fprintln(w, "  no plan with starts on whole seconds is better: proved")
	case plan.Status == schedule.Optimal:
		fmt.Fprintln(w, "  no plan is better: proved")
	}
}

func bare(m schedule.Measure, v int64) string {
	if m == schedule.Moved {
		return fmt.Sprint(v)
	}
	return report.Length(secondsOf(v))
}
