package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/slackwater-go/slackwater/schedule"
)

// mostAsked is how many deployments that broke a rule are looked into.
const mostAsked = 10

// workOfAnswers bounds each run of the search for reasons and for what would help.
const workOfAnswers = 1_000_000

// A question is one breach of the rules as it happened, made a problem: may these
// deployments go when they went, if all others make way?
type question struct {
	conflict schedule.Conflict
	problem  *schedule.Problem
}

// questions picks breaches of different kinds, the kinds in turn, each kind in time order,
// so that no deployment is asked about twice.
func (e *estate) questions(most int) ([]question, error) {
	plan := &schedule.Plan{Version: schedule.Version}
	for i, d := range e.deployments {
		plan.Assignments = append(plan.Assignments, schedule.Assignment{Activity: d.id, Start: d.at, End: d.at.Add(e.problem.Activities[i].Duration.Std())})
	}
	conflicts, err := schedule.Check(e.problem, plan)
	if err != nil {
		return nil, err
	}
	var kinds []schedule.ConflictKind
	byKind := map[schedule.ConflictKind][]schedule.Conflict{}
	for _, c := range conflicts {
		if byKind[c.Kind] == nil {
			kinds = append(kinds, c.Kind)
		}
		byKind[c.Kind] = append(byKind[c.Kind], c)
	}
	var out []question
	asked := map[string]bool{}
	for more := true; more && len(out) < most; {
		more = false
		for _, kind := range kinds {
			for len(byKind[kind]) > 0 && len(out) < most {
				c := byKind[kind][0]
				byKind[kind] = byKind[kind][1:]
				more = true
				if !slices.ContainsFunc(c.Activities, func(id string) bool { return asked[id] }) {
					for _, id := range c.Activities {
						asked[id] = true
					}
					out = append(out, question{c, e.as(c.Activities)})
					break
				}
			}
		}
	}
	return out, nil
}

// as returns the problem in which some deployments go when they went.
func (e *estate) as(ids []string) *schedule.Problem {
	p := *e.problem
	p.Activities = slices.Clone(p.Activities)
	for i, d := range e.deployments {
		if slices.Contains(ids, d.id) {
			p.Activities[i].Pinned = d.at
		}
	}
	return &p
}

// An answer is why something cannot be, and what would make it possible, the cheapest first.
type answer struct {
	why  []schedule.Conflict
	help []schedule.Relaxation
	cut  bool // the search for what would help came to its limit
}

func answerOf(ctx context.Context, p *schedule.Problem, work int64) (answer, error) {
	var a answer
	var err error
	if a.why, err = schedule.Explain(ctx, p, &schedule.Options{MaxWork: work}); err != nil || a.why == nil {
		return a, err
	}
	a.help, err = schedule.Relaxations(ctx, p, &schedule.RelaxOptions{Solver: schedule.Options{MaxWork: work, Gap: 100}}) // any plan will do
	if errors.Is(err, schedule.ErrNoPlan) && ctx.Err() == nil {
		a.cut, err = true, nil
	}
	return a, err
}

func (a *answer) show(w io.Writer) {
	for _, c := range a.why {
		fmt.Fprintf(w, "    %s\n", c.Reason)
	}
	if len(a.help) == 0 && a.cut {
		fmt.Fprintln(w, "  What would help was not found within the limit of the search.")
		return
	}
	fmt.Fprintln(w, "  What would help, the cheapest first:")
	for _, r := range a.help {
		points := fmt.Sprintf("%d points", r.Price)
		for _, edit := range r.Edits {
			fmt.Fprintf(w, "    %-11s %s Ask %s.\n", points, edit.Reason, edit.Grantor)
			points = ""
		}
	}
}

// why prints which rules stood in the way of deployments that broke one.
func (e *estate) why(ctx context.Context, w io.Writer) error {
	list, err := e.questions(mostAsked)
	if err != nil {
		return err
	}
	for _, q := range list {
		fmt.Fprintf(w, "\n%s\n", q.conflict.Reason)
		a, err := answerOf(ctx, q.problem, workOfAnswers)
		if err != nil {
			return err
		}
		if a.why == nil {
			fmt.Fprintln(w, "  It could have gone then, had others made way.")
			continue
		}
		fmt.Fprintln(w, "  That could not be, whatever the others do:")
		a.show(w)
	}
	return nil
}
