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

// Over walks within, in time order and without gap, in maximal pieces of one value.
func (p Profile) Over(within Interval) iter.Seq2[Interval, int64] {
	return func(yield func(Interval, int64) bool) {
		if within.Empty() {
			return
		}
		cuts := []time.Time{within.Start, within.End}
		for _, s := range p.Steps {
			for _, t := range []time.Time{s.Interval.Start, s.Interval.End} {
				if within.Contains(t) {
					cuts = append(cuts, t)
				}
			}
		}
		slices.SortFunc(cuts, time.Time.Compare)
		piece := Interval{within.Start, within.Start}
		value := p.At(within.Start)
		for i, t := range cuts {
			if i+1 < len(cuts) && !t.Before(cuts[i+1]) {
				continue // a cut that comes twice
			}
			if v := p.At(t); t.Before(within.End) && v != value {
				if !yield(Interval{piece.Start, t}, value) {
					return
				}
				piece.Start, value = t, v
			}
		}
		yield(Interval{piece.Start, within.End}, value)
	}
}
