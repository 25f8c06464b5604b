package calendar

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// A Profile is an integer that changes in steps over time: staff on call, or the cost
// of starting at that hour. The zero Profile is 0 throughout.
type Profile struct {
	Base  int64  `json:"base"`
	Steps []Step `json:"steps,omitempty"`
}

// A Step replaces the base during its interval. Steps must not overlap; where they do
// all the same, the earlier in the list holds.
type Step struct {
	Interval
	Value int64 `json:"value"`
}

// UnmarshalJSON reads {"start": …, "end": …, "value": …} and rejects other fields.
func (s *Step) UnmarshalJSON(b []byte) error {
	var doc struct {
		Start *time.Time `json:"start"`
		End   *time.Time `json:"end"`
		Value *int64     `json:"value"`
	}
	if err := decodeStrict(b, &doc); err != nil {
		return err
	}
	if doc.Start == nil || doc.End == nil || doc.Value == nil {
		return &validate.Error{Path: "step", Problem: "needs start, end and value"}
	}
	*s = Step{Interval{*doc.Start, *doc.End}, *doc.Value}
	return nil
}

// Validate reports empty and overlapping steps.
func (p Profile) Validate() error {
	var l validate.List
	for i, s := range p.Steps {
		path := fmt.Sprintf("steps[%d]", i)
		if s.Interval.Empty() {
			l.Addf(path, "is empty: %v", s.Interval)
		}
	}
	order := p.order()
	for k := 1; k < len(order); k++ {
		a, b := p.Steps[order[k-1]], p.Steps[order[k]]
		if a.Interval.Overlaps(b.Interval) {
			l.Addf(fmt.Sprintf("steps[%d]", order[k]), "overlaps steps[%d]; split one of them", order[k-1])
		}
	}
	return l.Err()
}

// order returns the indices of the non-empty steps by start.
func (p Profile) order() []int {
	var order []int
	for i, s := range p.Steps {
		if !s.Interval.Empty() {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if c := p.Steps[a].Interval.Start.Compare(p.Steps[b].Interval.Start); c != 0 {
			return c
		}
		return cmp.Compare(a, b)
	})
	return order
}

// At returns the value at t, in time linear in the number of steps.
func (p Profile) At(t time.Time) int64 {
	for _, s := range p.Steps {
		if s.Interval.Contains(t) {
			return s.Value
		}
	}
	return p.Base
}

// Over walks within, in time order and without gap, in maximal pieces of one value. It costs
// O(n log n) in the number of steps, and O(n²) where steps overlap.
func (p Profile) Over(within Interval) iter.Seq2[Interval, int64] {
	return func(yield func(Interval, int64) bool) {
		if within.Empty() {
			return
		}
		piece, value, begun := Interval{within.Start, within.Start}, int64(0), false
		// put continues the walk with value v up to end.
		put := func(end time.Time, v int64) bool {
			if !end.After(piece.End) {
				return true
			}
			if begun && v != value {
				if !yield(piece, value) {
					return false
				}
				piece.Start = piece.End
			}
			piece.End, value, begun = end, v, true
			return true
		}
		for _, s := range p.disjoint() {
			s.Interval = s.Intersect(within)
			if s.Empty() {
				continue
			}
			if !put(s.Start, p.Base) || !put(s.End, s.Value) {
				return
			}
		}
		if put(within.End, p.Base) {
			yield(piece, value)
		}
	}
}

// disjoint returns the steps by start; where steps overlap, cut so that the earlier in the
// list holds.
func (p Profile) disjoint() []Step {
	order := p.order()
	steps := make([]Step, len(order))
	overlap := false
	for k, i := range order {
		steps[k] = p.Steps[i]
		overlap = overlap || k > 0 && steps[k-1].Interval.End.After(steps[k].Interval.Start)
	}
	if !overlap {
		return steps
	}
	var cuts []time.Time
	for _, s := range steps {
		cuts = append(cuts, s.Start, s.End)
	}
	slices.SortFunc(cuts, time.Time.Compare)
	steps = steps[:0:0]
	for k := 1; k < len(cuts); k++ {
		iv := Interval{cuts[k-1], cuts[k]}
		if iv.Empty() {
			continue
		}
		for _, s := range p.Steps {
			if s.Contains(iv.Start) {
				steps = append(steps, Step{iv, s.Value})
				break
			}
		}
	}
	return steps
}
