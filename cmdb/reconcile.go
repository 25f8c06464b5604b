package cmdb

import (
	"cmp"
	"slices"
	"time"
)

// An Observation is a change of a CI that somebody or something saw: a discovery, an audit, a
// difference between two snapshots (see [Edit.Observe]).
type Observation struct {
	CI   string    `json:"ci"`
	At   time.Time `json:"at"`
	What string    `json:"what,omitempty"`
}

// A Discrepancy is a difference between what was planned and what was seen.
type Discrepancy struct {
	Kind DiscrepancyKind `json:"kind"`
	CI   string          `json:"ci"`
	Work string          `json:"work,omitempty"` // for not-executed, and where work on the CI was planned at another time: the nearest
	At   time.Time       `json:"at"`             // when it was seen; for not-executed the planned end
	What string          `json:"what,omitempty"`
}

// DiscrepancyKind says which way plan and observation differ.
type DiscrepancyKind string

const (
	Unauthorised DiscrepancyKind = "unauthorised" // seen, with no work on the CI planned then (check A3)
	NotExecuted  DiscrepancyKind = "not-executed" // planned, and no change of the CI seen
)

// Reconcile compares a plan with what was seen. An observation belongs to every work on its CI
// that is planned within slack before or after it, ends included. Works that end after until are not yet said to
// be missing. It fails where a work has no ID, shares it, or ends before it starts.
//
// Cost: O(n log n), and for each observation the works on its CI.
func Reconcile(plan []PlannedWork, seen []Observation, slack Duration, until time.Time) ([]Discrepancy, error) {
	if err := checkPlan(plan); err != nil {
		return nil, err
	}
	type task struct {
		work *PlannedWork
		done bool
	}
	on := map[string][]*task{}
	var tasks []*task
	var names []string
	for i := range plan {
		for _, ci := range unique(plan[i].CIs) {
			t := &task{work: &plan[i]}
			on[ci] = append(on[ci], t)
			tasks, names = append(tasks, t), append(names, ci)
		}
	}
	for _, list := range on {
		slices.SortFunc(list, func(a, b *task) int {
			return cmp.Or(a.work.Start.Compare(b.work.Start), cmp.Compare(a.work.ID, b.work.ID))
		})
	}
	out := []Discrepancy{}
	for _, o := range seen {
		authorised := false
		var nearest *task
		var away time.Duration
		for _, t := range on[o.CI] {
			d := max(t.work.Start.Sub(o.At), o.At.Sub(t.work.End), 0)
			if d <= time.Duration(slack) {
				authorised, t.done = true, true
			}
			if nearest == nil || d < away {
				nearest, away = t, d
			}
		}
		if authorised {
			continue
		}
		d := Discrepancy{Kind: Unauthorised, CI: o.CI, At: o.At, What: o.What}
		if nearest != nil {
			d.Work = nearest.work.ID
		}
		out = append(out, d)
	}
	for i, t := range tasks {
		if !t.done && !t.work.End.After(until) {
			out = append(out, Discrepancy{Kind: NotExecuted, CI: names[i], Work: t.work.ID, At: t.work.End})
		}
	}
	slices.SortFunc(out, func(a, b Discrepancy) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.CI, b.CI), cmp.Compare(a.Work, b.Work), cmp.Compare(a.What, b.What))
	})
	return out, nil
}

func unique(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}

// Observe turns an edit, as [Graph.Diff] returns it for two snapshots, into observations at a
// time: of each CI added, changed or dropped, and of the From of each relation.
func (e Edit) Observe(at time.Time) []Observation {
	var out []Observation
	for _, c := range e.SetCIs {
		out = append(out, Observation{c.ID, at, "record changed"})
	}
	for _, id := range e.DropCIs {
		out = append(out, Observation{id, at, "record dropped"})
	}
	for _, r := range e.Relate {
		out = append(out, Observation{r.From, at, "now " + r.Type + " " + r.To})
	}
	for _, r := range e.Unrelate {
		out = append(out, Observation{r.From, at, "no longer " + r.Type + " " + r.To})
	}
	return out
}
