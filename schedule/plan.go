package schedule

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// A Status says what is known of a plan.
type Status string

const (
	Feasible Status = "feasible" // it keeps to all constraints; a better one may exist
	Optimal  Status = "optimal"  // proved: none is better; see Plan.OnGrid
)

// A Plan is a forward schedule of change: which activity runs when. Plans made by
// hand need only Assignments.
type Plan struct {
	Version int    `json:"version"` // 1; 0 counts as 1
	Problem string `json:"problem,omitempty"`
	Status  Status `json:"status,omitempty"`
	// Tick is the grid of the starts. With OnGrid, Status and bounds speak of plans
	// on this grid; without it they hold for all plans.
	Tick        Duration     `json:"tick,omitempty"`
	OnGrid      bool         `json:"onGrid,omitempty"`
	Assignments []Assignment `json:"assignments"`           // by start, then activity
	Unscheduled []string     `json:"unscheduled,omitempty"` // optional activities that are left out, by ID
	Goals       []GoalValue  `json:"goals,omitempty"`       // in the order of the problem
	Tiers       []TierValue  `json:"tiers,omitempty"`       // in order
	Stats       Stats        `json:"stats,omitzero"`
}

// An Assignment is one activity's place in a plan.
type Assignment struct {
	Activity string     `json:"activity"`
	Mode     string     `json:"mode,omitempty"`
	Start    time.Time  `json:"start"`
	End      time.Time  `json:"end"`
	From     Provenance `json:"from,omitzero"`
}

// Interval returns the span that the activity occupies, pauses included.
func (a *Assignment) Interval() calendar.Interval {
	return calendar.Interval{Start: a.Start, End: a.End}
}

// A GoalValue is what a plan reaches for one goal, without the goal's weight.
type GoalValue struct {
	Goal  Goal  `json:"goal"`
	Value int64 `json:"value"`
}

// A TierValue is what a plan reaches for one tier, and what no plan that is as good
// in all earlier tiers can undercut.
type TierValue struct {
	Tier  int   `json:"tier"`
	Value int64 `json:"value"`
	Bound int64 `json:"bound"`
}

// Gap returns the distance of the value from its bound relative to the value, 0 where
// the value is proved best.
func (t TierValue) Gap() float64 {
	if t.Value <= t.Bound {
		return 0
	}
	return float64(t.Value-t.Bound) / max(1, max(float64(t.Value), -float64(t.Value)))
}

// Stats say how a plan was found and repeat the run: the same Problem, Seed, Workers
// and MaxWork = Work, with the same time zone data, give the same plan.
type Stats struct {
	Seed      uint64 `json:"seed"`
	Workers   int    `json:"workers"`
	Work      int64  `json:"work"` // deterministic effort
	Conflicts int64  `json:"conflicts"`
	Decisions int64  `json:"decisions"`
	Restarts  int64  `json:"restarts"`
	Solutions int64  `json:"solutions"`
}

// Of returns the assignment of an activity, in time linear in the plan.
func (p *Plan) Of(activity string) (Assignment, bool) {
	i := slices.IndexFunc(p.Assignments, func(a Assignment) bool { return a.Activity == activity })
	if i < 0 {
		return Assignment{}, false
	}
	return p.Assignments[i], true
}

// During walks the assignments that overlap iv, and the milestones inside it, in the
// order of the plan.
func (p *Plan) During(iv calendar.Interval) iter.Seq[Assignment] {
	return func(yield func(Assignment) bool) {
		for _, a := range p.Assignments {
			if (a.Interval().Overlaps(iv) || a.Start.Equal(a.End) && iv.Contains(a.Start)) && !yield(a) {
				return
			}
		}
	}
}

// Diff walks what differs between old and p, by activity: the old assignment, then
// the new one. One that is the zero Assignment says that the activity is not in that
// plan.
func (p *Plan) Diff(old *Plan) iter.Seq2[Assignment, Assignment] {
	return func(yield func(Assignment, Assignment) bool) {
		a, b := byActivity(old), byActivity(p)
		for len(a) > 0 || len(b) > 0 {
			var from, to Assignment
			c := 0
			if len(a) == 0 {
				c = 1
			} else if len(b) == 0 {
				c = -1
			} else {
				c = cmp.Compare(a[0].Activity, b[0].Activity)
			}
			if c <= 0 {
				from, a = a[0], a[1:]
			}
			if c >= 0 {
				to, b = b[0], b[1:]
			}
			same := from.Activity == to.Activity && from.Mode == to.Mode && from.Start.Equal(to.Start) && from.End.Equal(to.End)
			if !same && !yield(from, to) {
				return
			}
		}
	}
}

func byActivity(p *Plan) []Assignment {
	if p == nil {
		return nil
	}
	out := slices.Clone(p.Assignments)
	slices.SortStableFunc(out, func(a, b Assignment) int { return cmp.Compare(a.Activity, b.Activity) })
	return out
}

// clone returns a copy that shares nothing that can be changed.
func (p *Plan) clone() *Plan {
	out := *p
	out.Assignments, out.Unscheduled = slices.Clone(p.Assignments), slices.Clone(p.Unscheduled)
	out.Goals, out.Tiers = slices.Clone(p.Goals), slices.Clone(p.Tiers)
	return &out
}

// sortAssignments puts assignments into the order of a plan.
func sortAssignments(list []Assignment) {
	slices.SortFunc(list, func(a, b Assignment) int {
		if c := a.Start.Compare(b.Start); c != 0 {
			return c
		}
		return cmp.Compare(a.Activity, b.Activity)
	})
}
