package schedule

import (
	"errors"
	"fmt"
	"slices"

	"github.com/slackwater-go/slackwater/calendar"
)

// A Rater turns an activity into risk points. A closure over *risk.Model has it.
type Rater interface {
	Rate(a *Activity) (points int64, err error)
}

// RaterFunc lets a function be a Rater.
type RaterFunc func(a *Activity) (int64, error)

// Rate implements [Rater].
func (f RaterFunc) Rate(a *Activity) (int64, error) { return f(a) }

// RiskResource is the ID of the resource by which [Problem.ApplyRisk] limits the risk
// that runs at once.
const RiskResource = "risk"

// ApplyRisk sets Risk of every activity, and of every stage that delivers, and limits
// it: at most budget points run at once. A budget of 0 means no limit; the goal
// [PeakRisk] then still sees the points. Calling it again replaces what it set before.
//
// The limit is a renewable resource of capacity budget that work demands as many of as
// it has points. Work that alone has more than the budget is an error, as are those of
// the rater and of the problem; p is then not changed.
func (p *Problem) ApplyRisk(r Rater, budget int64) error {
	if budget < 0 || budget > maxNumber {
		return fmt.Errorf("schedule: %w", &ValidationError{Path: "budget", Problem: fmt.Sprintf("must be between 0 and 2^40, is %d", budget)})
	}
	low, at, err := p.prepare()
	if err != nil {
		return fmt.Errorf("schedule: %w", err)
	}
	points := make(map[string]int64, len(low.Activities))
	var errs []error
	for i := range low.Activities {
		a := &low.Activities[i]
		if a.From.Release != "" && !a.works() {
			continue
		}
		n, err := r.Rate(a)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("%s: risk of %s: %w", at.activity(i), quote(a.ID), err))
		case n < 0 || n > maxNumber:
			errs = append(errs, &ValidationError{Path: at.activity(i), Problem: fmt.Sprintf("%d risk points: must be between 0 and 2^40", n)})
		case budget > 0 && n > budget:
			errs = append(errs, &ValidationError{Path: at.activity(i), Problem: fmt.Sprintf("%s has %d risk points by itself, and the budget is %d: raise it, or lower the risk", quote(a.ID), n, budget)})
		}
		points[a.ID] = n
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("schedule: %w", err)
	}
	limited := budget > 0
	p.Activities = slices.Clone(p.Activities)
	for i := range p.Activities {
		a := &p.Activities[i]
		a.Risk = points[a.ID]
		a.Demands, a.Modes = demandRisk(a.Demands, a.Modes, a.Risk, limited)
	}
	p.Releases = slices.Clone(p.Releases)
	for i := range p.Releases {
		stages := slices.Clone(p.Releases[i].Stages)
		for k := range stages {
			n, ok := points[p.Releases[i].ID+"/"+stages[k].ID]
			if !ok {
				continue
			}
			stages[k].Risk = &n
			stages[k].Demands, stages[k].Modes = demandRisk(stages[k].Demands, stages[k].Modes, n, limited)
		}
		p.Releases[i].Stages = stages
	}
	p.Resources = slices.DeleteFunc(slices.Clone(p.Resources), func(r Resource) bool { return r.ID == RiskResource })
	if limited {
		p.Resources = append(p.Resources, Resource{ID: RiskResource, Name: "risk that runs at once", Unit: "points", Capacity: calendar.Profile{Base: budget}})
	}
	return nil
}

// demandRisk replaces the demand of risk, in each mode where there are modes.
func demandRisk(demands []Demand, modes []Mode, points int64, limited bool) ([]Demand, []Mode) {
	set := func(list []Demand) []Demand {
		list = slices.DeleteFunc(slices.Clone(list), func(d Demand) bool { return d.Resource == RiskResource })
		if limited && points > 0 {
			list = append(list, Demand{RiskResource, points})
		}
		return list
	}
	if len(modes) == 0 {
		return set(demands), nil
	}
	modes = slices.Clone(modes)
	for k := range modes {
		modes[k].Demands = set(modes[k].Demands)
	}
	return demands, modes
}
