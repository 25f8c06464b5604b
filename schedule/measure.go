package schedule

import (
	"cmp"
	"slices"
	"time"
)

// An evaluation measures a plan in exact time. It is apart from the costs that the
// solver minimises, which are compiled to integers; tests compare the two.
type evaluation struct {
	p    *Problem // lowered
	plan *Plan
	wishes
	find func(id string) (activity int, ok bool) // nil: made by index
	at   []*Assignment                           // by activity
}

func (e *evaluation) index() {
	if e.find == nil {
		of := make(map[string]int, len(e.p.Activities))
		for i := range e.p.Activities {
			of[e.p.Activities[i].ID] = i
		}
		e.find = func(id string) (int, bool) { i, ok := of[id]; return i, ok }
	}
	e.at = make([]*Assignment, len(e.p.Activities))
	for i := range e.plan.Assignments {
		if k, ok := e.find(e.plan.Assignments[i].Activity); ok {
			e.at[k] = &e.plan.Assignments[i]
		}
	}
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

// measure returns the value of a goal, without its weight.
func (e *evaluation) measure(g *Goal) int64 {
	var sum, most int64
	byTeam := map[string]int64{}
	for i := range e.p.Activities {
		a := &e.p.Activities[i]
		x := e.at[i]
		if x == nil {
			switch {
			case g.Measure == Unscheduled && a.Optional:
				sum += a.price()
			case g.Measure == Moved && !e.wanted(a).IsZero():
				sum += a.weight()
			case g.Measure == Dropped && e.counts(g.Measure, a):
				sum += a.price()
			case e.counts(g.Measure, a):
				sum++
			}
			continue
		}
		switch g.Measure {
		case Tardiness:
			if !a.Due.IsZero() && x.End.After(a.Due) {
				sum += a.weight() * seconds(x.End.Sub(a.Due))
			}
		case Completion:
			sum += a.weight() * seconds(x.End.Sub(e.p.Horizon.Start))
		case Makespan:
			most = max(most, seconds(x.End.Sub(e.p.Horizon.Start)))
		case Moved:
			if want := e.wanted(a); !want.IsZero() && !want.Equal(x.Start) {
				sum += a.weight()
			}
		case NoticeMoves, VoidedApprovals, MoveCount:
			if e.counts(g.Measure, a) && !e.wanted(a).Equal(x.Start) {
				sum++
			}
		case ShiftSum:
			if want, ok := e.baseline[a.ID]; ok {
				sum += seconds(x.Start.Sub(want).Abs())
			}
		case Shift, LargestShift:
			if want := e.wanted(a); !want.IsZero() {
				d := seconds(x.Start.Sub(want).Abs())
				sum, most = sum+a.weight()*d, max(most, d)
			}
		case CustomCosts:
			sum += e.customCost(g.Custom, a, x.Start)
		case StartCosts, Fairness:
			if a.StartCost != nil {
				v := a.StartCost.At(x.Start)
				sum += v
				byTeam[a.Team] += v
			}
		case ModePrice:
			for _, m := range a.Modes {
				if m.ID == x.Mode {
					sum += m.Price
				}
			}
		}
	}
	switch g.Measure {
	case Makespan, LargestShift:
		return most
	case Fairness:
		for _, v := range byTeam {
			most = max(most, v)
		}
		return most
	case PeakRisk:
		return e.peakRisk()
	case PeakPeriod:
		_, used := e.used(g.Budget)
		return slices.Max(append(used, 0))
	case OverBudget:
		b, used := e.used(g.Budget)
		for k, u := range used {
			sum += max(0, u-b.Periods[k].Limit)
		}
	}
	return sum
}

// peakRisk sweeps over starts and ends. Work that gives its demands back in pauses is
// counted as the solver does, without them, so its pauses are looked up.
func (e *evaluation) peakRisk() int64 {
	type change struct {
		at    time.Time
		delta int64
	}
	var changes []change
	for i := range e.p.Activities {
		a := &e.p.Activities[i]
		x := e.at[i]
		if x == nil || a.Risk == 0 || !x.Start.Before(x.End) {
			continue
		}
		for _, iv := range e.p.working(a, x) {
			changes = append(changes, change{iv.Start, a.Risk}, change{iv.End, -a.Risk})
		}
	}
	slices.SortFunc(changes, func(a, b change) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.delta, b.delta)) })
	var now, most int64
	for _, c := range changes {
		now += c.delta
		most = max(most, now)
	}
	return most
}

// used returns a budget and what is used in each of its periods.
func (e *evaluation) used(id string) (*Budget, []int64) {
	i := slices.IndexFunc(e.p.Budgets, func(b Budget) bool { return b.ID == id })
	b := &e.p.Budgets[i]
	used := make([]int64, len(b.Periods))
	for _, u := range e.p.uses(b) {
		i, ok := e.find(u.Activity)
		if !ok {
			continue
		}
		x := e.at[i]
		if x == nil || u.Mode != "" && u.Mode != x.Mode {
			continue
		}
		for k := range b.Periods {
			if b.Periods[k].Span.Contains(x.Start) {
				used[k] += u.Amount
			}
		}
	}
	return b, used
}

// least returns a number that no plan undercuts.
func (e *evaluation) least(g *Goal) int64 {
	if g.Measure != StartCosts {
		return 0
	}
	var sum int64
	for i := range e.p.Activities {
		if c := e.p.Activities[i].StartCost; c != nil {
			v := c.Base
			for _, s := range c.Steps {
				v = min(v, s.Value)
			}
			if e.p.Activities[i].Optional {
				v = min(v, 0)
			}
			sum += v
		}
	}
	return sum
}
