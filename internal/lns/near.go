package lns

import (
	"cmp"
	"slices"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// Near returns up to most present tasks that may have to move for those of free to move:
// what lags and links join to them, and then those that share a resource or a set with one
// of them, the nearest in time first. None of them is in free.
func (x *Index) Near(free []rcpsp.TaskID, most int, s *rcpsp.Solution) []rcpsp.TaskID {
	c := &choice{x: x, s: s, size: len(free) + most, in: map[rcpsp.TaskID]bool{}}
	var groups []int32
	for _, t := range free {
		c.add(t)
		groups = append(groups, x.groups[t]...)
	}
	for _, t := range free {
		for _, u := range x.joined[t] {
			if s.Present(u) {
				c.add(u)
			}
		}
	}
	slices.Sort(groups)
	type item struct {
		t rcpsp.TaskID
		d rcpsp.Time
	}
	var items []item
	for _, g := range slices.Compact(groups) {
		// The tasks of free in the group span some time: what starts within it is near.
		var lo, hi rcpsp.Time = 1, 0
		for _, t := range free {
			if s.Present(t) && slices.Contains(x.groups[t], g) {
				if lo > hi {
					lo, hi = s.Start[t], s.Start[t]
				}
				lo, hi = min(lo, s.Start[t]), max(hi, s.Start[t])
			}
		}
		if lo > hi {
			continue
		}
		for _, u := range x.group[g] {
			if s.Present(u) && !c.in[u] {
				items = append(items, item{u, max(0, lo-s.Start[u], s.Start[u]-hi)})
			}
		}
	}
	slices.SortFunc(items, func(a, b item) int { return cmp.Or(cmp.Compare(a.d, b.d), cmp.Compare(a.t, b.t)) })
	for _, it := range items {
		if !c.add(it.t) {
			break
		}
	}
	return c.out[len(free):]
}
