package schedule

import (
	"fmt"
	"slices"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/judge"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// A referee holds the best solution of a run that has passed the judge, see [Check]: no
// other becomes a plan.
//
// The judge (package judge) keeps what it found, and looks again only at what is elsewhere in
// the next solution. So where plans are large and few, each is judged as it comes, and
// when the time is up there is one to return at once: judging 50,000 activities anew takes
// half a second, what moved since the last time some milliseconds.
type referee struct {
	c    *compiled
	t    *translation
	k    *judge.Checker
	held *rcpsp.Solution // what k judges; nil: nothing yet
	best *rcpsp.Solution // the last one that passed; nil: none yet
	// What was known when best passed.
	bound []int64
	work  int64
	// room for one plan, so that the last one, for which there is no time, needs none.
	room  []Assignment
	whole bool // a solution lay outside of what the judge looked shifts up for
}

// atOnce is how many activities are judged without asking whether to stop: what takes some
// ten milliseconds.
const atOnce = 1000

// small says whether all is judged at once.
func (r *referee) small() bool { return len(r.c.acts) <= atOnce }

// judge judges a solution, of whose tiers so much is proved after so much work. It returns
// false where stop says so before it is done, and an error for one that is none.
func (r *referee) judge(s *rcpsp.Solution, bound []int64, work int64, stop func() bool) (bool, error) {
	if s != r.best {
		if !r.hold(s, stop) {
			return false, nil
		}
		if f := r.k.Blocked(); f != nil {
			return true, fmt.Errorf("schedule: internal error: the solver's plan does not pass Check: %s: %s", f.Kind, f.Reason)
		}
		r.best = s
	}
	r.bound, r.work = append(r.bound[:0], bound...), work
	return true, nil
}

// consider takes a solution as the best if it passes. Nothing is proved of it.
func (r *referee) consider(s *rcpsp.Solution, work int64, stop func() bool) {
	if r.hold(s, stop) && r.k.Blocked() == nil {
		r.best, r.bound, r.work = s, r.bound[:0], work
	}
}

// hold makes the judge look at a solution, whether it passes or not.
func (r *referee) hold(s *rcpsp.Solution, stop func() bool) bool {
	busy := r.busy(s)
	if r.held != nil && r.shown(busy) {
		changes := r.changes(s)
		r.held = nil
		if !r.k.Amend(changes, stop) {
			return false
		}
		r.held = s
		return true
	}
	if r.room == nil && !r.small() {
		r.room = make([]Assignment, len(r.c.acts))
	}
	r.t = newTranslation(r.c.p, r.c.at, nil)
	if r.whole = r.whole || r.held != nil; !r.whole {
		r.t.within = busy
	}
	r.held = nil
	c := r.t.caseOf(stop)
	if c == nil {
		return false
	}
	plan := &judge.Plan{Assignments: make([]judge.Assignment, 0, len(r.c.acts))}
	for t := range r.c.acts {
		r.put(plan, t, s)
	}
	if r.k = judge.NewCheckerUntil(c, plan, stop); r.k == nil {
		return false
	}
	r.held = s
	return true
}

// shown says whether the judge has looked shifts up for a span.
func (r *referee) shown(span calendar.Interval) bool {
	if r.whole || !slices.ContainsFunc(r.c.p.Resources, func(x Resource) bool { return x.Calendar != "" }) {
		return true
	}
	return r.t.within.Contains(span.Start) && !span.End.After(r.t.within.End)
}

// put says where a solution has a task.
func (r *referee) put(plan *judge.Plan, t int, s *rcpsp.Solution) {
	if s.Mode[t] < 0 {
		plan.LeftOut = append(plan.LeftOut, r.c.p.Activities[r.c.acts[t]].ID)
		return
	}
	a := r.c.assignment(t, s)
	plan.Assignments = append(plan.Assignments, judge.Assignment{Activity: a.Activity, Mode: a.Mode, Start: a.Start, End: a.End})
}

// changes says what differs from the solution that is held.
func (r *referee) changes(s *rcpsp.Solution) *judge.Plan {
	plan := &judge.Plan{}
	for t := range r.c.acts {
		if r.moved(t, s) {
			r.put(plan, t, s)
		}
	}
	return plan
}

func (r *referee) moved(t int, s *rcpsp.Solution) bool {
	return s.Mode[t] != r.held.Mode[t] || s.Mode[t] >= 0 && s.Start[t] != r.held.Start[t]
}

// quick says whether judging a solution takes some ten milliseconds at most.
func (r *referee) quick(s *rcpsp.Solution) bool {
	if s == r.best || r.small() {
		return true
	}
	if r.held == nil {
		return false
	}
	n := 0
	for t := range r.c.acts {
		if r.moved(t, s) {
			n++
		}
	}
	return n <= atOnce
}

// busy is the part of the horizon from the first start to the last end: shifts are looked up
// there only.
func (r *referee) busy(s *rcpsp.Solution) calendar.Interval {
	whole := r.c.p.Horizon
	out := calendar.Interval{Start: whole.End, End: whole.Start}
	first, last := out.Start.Unix()-r.c.start, int64(0)
	for t := range r.c.acts {
		if k := s.Mode[t]; k >= 0 {
			at := r.c.begin(t, s)
			first, last = min(first, at), max(last, r.c.end(t, int(k), at))
		}
	}
	if at := r.c.instant(first); at.After(whole.Start) {
		out.Start = at
	} else {
		out.Start = whole.Start
	}
	if at := r.c.instant(last); at.Before(whole.End) {
		out.End = at
	} else {
		out.End = whole.End
	}
	return out
}

// plan returns the plan of the best solution, with what is proved.
func (r *referee) plan(bound []int64) *Plan {
	p, at := r.c.assemble(r.best, r.room)
	r.room = nil
	r.c.measured(&evaluation{p: r.c.p, plan: p, wishes: r.c.wishes, find: r.c.activityAt, at: at}, bound)
	return p
}
