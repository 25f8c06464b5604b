package schedule

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// FrontOptions say what front [RiskFront] walks. Nil and the zero value mean the whole
// front of [StartCosts].
type FrontOptions struct {
	// Risk is the measure of risk: [StartCosts] (the default: risk points by start time, such
	// as those of risk.Slots), [PeakRisk], or with Budget [PeakPeriod] or [OverBudget].
	Risk   Measure `json:"risk,omitempty"`
	Budget string  `json:"budget,omitempty"` // ID, for [PeakPeriod] and [OverBudget]
	// Most bounds how many points are asked for; 0: all that there are. At least 2: the two
	// ends are always among them, and the others lie evenly between in time.
	Most int `json:"most,omitempty"`
}

// A FrontPoint is a plan that no other plan beats on both date and risk.
type FrontPoint struct {
	Plan *Plan     `json:"plan"`
	End  time.Time `json:"end"`  // when the last work ends
	Risk int64     `json:"risk"` // by the measure
	// Proven: no plan that is done by End has less risk, and none of this risk is done
	// earlier.
	Proven bool `json:"proven"`
}

// A Front holds the plans between which date is traded for risk.
type Front struct {
	Points []FrontPoint `json:"points"` // by rising date and falling risk
	// Complete: every point is proven, and nothing is missing between and beyond them.
	Complete bool `json:"complete"`
	OnGrid   bool `json:"onGrid,omitempty"` // claims are about plans on the grid of Problem.Tick
}

// RiskFront walks the date ↔ risk Pareto front of a problem: the plan of least risk, the
// earliest one, and all between (the ε-constraint method on the date, Haimes et al. 1971:
// the plan of least risk whose work ends before that of the last point). As much is carried
// out in each as can be by the horizon ([Unscheduled] comes first); other goals of the
// problem are left out. Each point is a run of [Solve] with opts, whose work limit counts
// for each; a point that is not proven may be beaten by one not found.
//
// When ctx ends, or a run finds nothing within its limits, what was found by then is
// returned with Complete false. Errors are those of Solve for the first point.
func RiskFront(ctx context.Context, p *Problem, opts *Options, front *FrontOptions) (*Front, error) {
	w := &frontWalk{ctx: ctx, opts: opts, goal: Goal{Measure: StartCosts}}
	if opts == nil {
		w.opts = &Options{}
	}
	if err := w.opts.Validate(); err != nil {
		return nil, fmt.Errorf("schedule: options: %w", err)
	}
	low, at, err := p.prepareUntil(ctx)
	if err != nil {
		return nil, wrap(ctx, err)
	}
	if front != nil {
		if err := w.ask(front, low); err != nil {
			return nil, fmt.Errorf("schedule: front: %w", err)
		}
	}
	w.low, w.at = low, at
	return w.walk()
}

// A frontWalk is one walk; low is not changed.
type frontWalk struct {
	ctx  context.Context
	opts *Options
	goal Goal
	most int
	low  *Problem
	at   *origins
	out  Front
}

func (w *frontWalk) ask(o *FrontOptions, p *Problem) error {
	var l faultList
	w.most = o.Most
	if o.Most < 0 || o.Most == 1 {
		l.addf("most", "must be 0 (all) or at least 2, is %d", o.Most)
	}
	switch o.Risk {
	case "", StartCosts, PeakRisk:
		if o.Budget != "" {
			l.addf("budget", "has a meaning for %q and %q only: remove it", PeakPeriod, OverBudget)
		}
	case PeakPeriod, OverBudget:
		if !slices.ContainsFunc(p.Budgets, func(b Budget) bool { return b.ID == o.Budget }) {
			l.addf("budget", "%s is no budget of the problem", quote(o.Budget))
		}
	default:
		l.addf("risk", "%s is not one of %v", quote(string(o.Risk)), []Measure{StartCosts, PeakRisk, PeakPeriod, OverBudget})
	}
	if o.Risk != "" {
		w.goal = Goal{Measure: o.Risk, Budget: o.Budget}
	}
	return l.err()
}

func (w *frontWalk) walk() (*Front, error) {
	risk, date := w.goal, Goal{Measure: Makespan}
	risk.Tier, date.Tier = 1, 2
	slow, err := w.solve(time.Time{}, risk, date)
	if err != nil {
		return nil, err
	}
	risk.Tier, date.Tier = 2, 1
	fast, err := w.solve(time.Time{}, date, risk)
	switch {
	case w.stopped(err):
		w.out.Points = []FrontPoint{*slow}
		return &w.out, nil
	case err != nil:
		return nil, err
	}
	left := w.unscheduled(slow)
	points := []FrontPoint{*slow, *fast}
	complete := slow.Proven && fast.Proven && left == w.unscheduled(fast)
	risk.Tier, date.Tier = 1, 2
	last := slow
	for n := 2; last.Risk < fast.Risk && last.End.After(fast.End); n++ {
		step := max(last.Plan.Tick.Std(), time.Second)
		if last.Plan.OnGrid { // only starts are on it
			step = time.Second
		}
		by := last.End.Add(-step)
		if w.most > 0 {
			if n >= w.most {
				complete = complete && !by.After(fast.End)
				break
			}
			if even := fast.End.Add(last.End.Sub(fast.End) * time.Duration(w.most-n) / time.Duration(w.most-n+1)).Truncate(time.Second); even.Before(by) {
				by, complete = even, false
			}
		}
		if !by.After(fast.End) {
			break
		}
		next, err := w.solve(by, risk, date)
		if w.stopped(err) {
			complete = false
			break
		} else if err != nil {
			return nil, err
		}
		if w.unscheduled(next) != left {
			complete = false // not proven above, or it would have been found
			break
		}
		complete = complete && next.Proven
		points = append(points, *next)
		last = next
	}
	w.out.Points, w.out.Complete = undominated(points), complete
	return &w.out, nil
}

// stopped says that a run ended without a plan and without a proof that there is none, or
// that there is none where an unproven point promised one.
func (w *frontWalk) stopped(err error) bool {
	return errors.Is(err, ErrNoPlan) || errors.Is(err, ErrInfeasible)
}

func (w *frontWalk) unscheduled(p *FrontPoint) int64 { return p.Plan.Goals[0].Value }

// solve finds the best plan by two goals whose work ends by a date, the zero time for none.
func (w *frontWalk) solve(by time.Time, first, second Goal) (*FrontPoint, error) {
	q := *w.low
	q.Goals = []Goal{{Measure: Unscheduled}, first, second}
	if !by.IsZero() {
		q.Activities = slices.Clone(q.Activities)
		for i := range q.Activities {
			if a := &q.Activities[i]; a.NotAfter.IsZero() || a.NotAfter.After(by) {
				a.NotAfter = by
			}
		}
	}
	plan, err := solveLowered(w.ctx, &q, w.at, w.opts, nil)
	if err != nil {
		return nil, err
	}
	w.out.OnGrid = w.out.OnGrid || plan.OnGrid
	point := &FrontPoint{Plan: plan, End: w.low.Horizon.Start, Proven: plan.Status == Optimal}
	for _, x := range plan.Assignments {
		if x.End.After(point.End) {
			point.End = x.End
		}
	}
	point.Risk = plan.Goals[slices.IndexFunc(q.Goals, func(g Goal) bool { return g.Measure == w.goal.Measure })].Value
	return point, nil
}

// undominated keeps the points that no other beats, by rising date, one for each pair.
func undominated(list []FrontPoint) []FrontPoint {
	slices.SortStableFunc(list, func(a, b FrontPoint) int {
		if c := a.End.Compare(b.End); c != 0 {
			return c
		}
		return int(min(1, max(-1, a.Risk-b.Risk)))
	})
	var out []FrontPoint
	for _, x := range list {
		if n := len(out); n == 0 || x.Risk < out[n-1].Risk {
			out = append(out, x)
		}
	}
	return out
}
