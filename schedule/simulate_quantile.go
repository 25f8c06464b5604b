package schedule

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// Quantile returns the multiple of the planned time that a share of all cases, from 0 to 1,
// stays within.
func (d Distribution) Quantile(share float64) float64 {
	const nearly = 1e-9 // of both ends, where lognormal has none
	return d.quantile(min(max(share, nearly), 1-nearly))
}

// AtQuantile returns p lowered, with the durations and parts of some activities, or of all
// where none are named, as long as a share of all cases stays within, in whole minutes
// rounded up. A plan or slot for that keeps to its windows with that probability each:
//
//	careful, err := p.AtQuantile(0.8, &simulation, "upgrade")
//	finder, err := NewSlotFinder(careful, plan)
//
// Uncertainty is looked up as [Simulate] does; reserves for a back-out stretch too, by their own
// distribution if they have one.
func (p *Problem) AtQuantile(share float64, o *SimulationOptions, activities ...string) (*Problem, error) {
	if o == nil {
		o = &SimulationOptions{}
	}
	var l faultList
	if math.IsNaN(share) || share <= 0 || share >= 1 {
		l.addf("share", "must be between 0 and 1, is %v", share)
	}
	l.join("options", o.Validate())
	low, _, err := p.prepare()
	if err != nil {
		return nil, fmt.Errorf("schedule: %w", err)
	}
	for i, id := range activities {
		if !slices.ContainsFunc(low.Activities, func(a Activity) bool { return a.ID == id }) {
			l.addf(fmt.Sprintf("activities[%d]", i), "no activity is called %s", quote(id))
		}
	}
	if err := l.err(); err != nil {
		return nil, fmt.Errorf("schedule: quantile: %w", err)
	}
	q := *low
	q.Activities = slices.Clone(low.Activities)
	for i := range q.Activities {
		a := &q.Activities[i]
		if len(activities) > 0 && !slices.Contains(activities, a.ID) {
			continue
		}
		u := o.of(a)
		factor := u.Duration.Quantile(share)
		reserve := factor
		if u.BackOut.Kind != FixedLength {
			reserve = u.BackOut.Quantile(share)
		}
		a.Duration = stretched(a.Duration, factor)
		a.Modes = slices.Clone(a.Modes)
		for k := range a.Modes {
			a.Modes[k].Duration = stretched(a.Modes[k].Duration, factor)
		}
		if len(a.Parts) > 0 {
			a.Parts = slices.Clone(a.Parts)
			for k := range a.Parts {
				by := factor
				if part := a.Parts[k].Kind; part == BackOut || part == Recheck {
					by = reserve
				}
				a.Parts[k].Duration = stretched(a.Parts[k].Duration, by)
			}
			if len(a.Modes) == 0 {
				a.Duration = total(a.Parts)
			}
		}
	}
	if err := q.Validate(); err != nil {
		return nil, fmt.Errorf("schedule: quantile: %w", err)
	}
	return &q, nil
}

func stretched(d Duration, factor float64) Duration {
	long := math.Ceil(float64(d.Std().Minutes()*factor) - 1e-9)
	return Duration(time.Duration(min(long, 1e9)) * time.Minute)
}

// of looks up what is not known about an activity.
func (o *SimulationOptions) of(a *Activity) Uncertainty {
	if u, ok := o.ByActivity[a.ID]; ok {
		return u
	}
	if u, ok := o.ByAction[a.Action]; ok {
		return u
	}
	return o.Default
}
