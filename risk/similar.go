package risk

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// A Similar is a past change that is like another one.
type Similar struct {
	ID       string    `json:"id"`
	Start    time.Time `json:"start"`
	Failed   bool      `json:"failed"`
	Likeness float64   `json:"likeness"` // in [0, 1]
	Shares   []string  `json:"shares"`   // what both have: "ci orders-db", "team payments"
}

// Nearest lists the n past changes most like c whose outcome was known at asOf, most alike
// first and then the newest. Likeness is the weighted Jaccard index of the entities of both: what few
// changes have counts more (by the logarithm of one over its share of the history), so a common
// team says less than a rare CI. A zero asOf means all of the history. Cost is linear in it.
func Nearest(c Change, history []Outcome, n int, asOf time.Time) []Similar {
	if n <= 0 {
		return nil
	}
	known := func(o *Outcome) bool { return asOf.IsZero() || !knownAt(o).After(asOf) }
	count, total := map[string]float64{}, 1.0
	for i := range history {
		if o := &history[i]; known(o) {
			total++
			for _, e := range entitiesOf(&o.Change) {
				count[e]++
			}
		}
	}
	weight := func(e string) float64 { return log((total + 1) / (count[e] + 1)) }
	mine := entitiesOf(&c)
	var list []Similar
	for i := range history {
		o := &history[i]
		if !known(o) || o.ID == c.ID {
			continue
		}
		theirs := entitiesOf(&o.Change)
		s := Similar{ID: o.ID, Start: o.Start, Failed: o.Failed}
		both, either := 0.0, 0.0
		for _, e := range mine {
			either += weight(e)
			if _, ok := slices.BinarySearch(theirs, e); ok {
				both += weight(e)
				s.Shares = append(s.Shares, e)
			}
		}
		for _, e := range theirs {
			if _, ok := slices.BinarySearch(mine, e); !ok {
				either += weight(e)
			}
		}
		if both > 0 {
			s.Likeness = both / either
			list = append(list, s)
		}
	}
	slices.SortStableFunc(list, func(a, b Similar) int {
		return cmp.Or(cmp.Compare(b.Likeness, a.Likeness), b.Start.Compare(a.Start), cmp.Compare(a.ID, b.ID))
	})
	return list[:min(n, len(list))]
}

// entitiesOf lists all entities of a change as "kind name", sorted, each once.
func entitiesOf(c *Change) []string {
	var out []string
	add := func(kind string, names []string) {
		for _, n := range names {
			out = append(out, fmt.Sprintf("%s %s", kind, n))
		}
	}
	for _, k := range []string{KindTeam, KindType, KindModel, KindCI} {
		add(k, entityNames(c, k))
	}
	for k, names := range c.Entities {
		add(k, names)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
