package engine

import (
	"cmp"
	"slices"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
	place "github.com/slackwater-go/slackwater/internal/sgs"
)

const (
	freeMost       = 30     // tasks that are free
	nearBy         = 8      // for each of them, so many may move in their order
	orderConflicts = 100    // to search a neighbourhood
	shiftMost      = 20_000 // tasks in an instance; 10,000 gain, 50,000 lose
)

// shift frees the tasks on the ways to one that costs and lets those near them, by what they
// share and by time, move in the order that they have: a partial-order schedule of these
// (Godard, Laborie and Nuijten 2005), in which chains pass over what is free. All others
// stay, so that the part is as small on 50,000 tasks as on 500.
//
// On three portfolios of 1,000 tasks the weighted lateness after 5 s of processor time was
// 0.1, 1.3 and 2.4 % less, on two of 10,000 after 10 s 0.7 and 0.9 %. On one of 50,000, where
// placing anew is far from its end after 20 s, it was 1.1 % more, so it is left to smaller
// ones. With free tasks around one that costs instead of on the ways to it, 6 neighbourhoods
// in 100 held something better instead of 24, and lateness was no less; with three tasks that
// may move for each free one instead of eight 24 instead of 36. Nearly all are searched
// through within 100 conflicts, so it is their number that counts. Three in four around such
// a task had nothing to gain by lags alone, which is looked at before a model is made.
func (h *heuristic) shift(a *exactArm) bool {
	b := h.b
	tier := 0
	for tier < len(h.res.Bound)-1 && h.res.Bound[tier] == h.res.Value[tier] {
		tier++
	}
	view := rcpsp.Solution{Mode: b.Mode, Start: b.Start}
	tasks := h.index.Way(a.tasks(), &view, h.rand)
	free := len(tasks)
	for _, t := range h.index.Near(tasks, nearBy*free, &view) {
		if !b.M.Grouped(t) {
			tasks = append(tasks, t)
		}
	}
	order := h.exact.chainer.Chain(tasks[free:], &view, h.rand)
	old := h.where(tasks)
	b.Free(tasks)
	n := h.exact.parts.part(b, tasks, free, old, order.Arcs, h.in.Horizon, true)
	b.Work += int64(20*len(tasks) + 4*len(order.Arcs))
	if n == nil || n.in.Tiers() <= tier || n.hopeless(tier) {
		return false
	}
	s, closed := h.exactly(n, tier, orderConflicts)
	a.learn(closed)
	if s == nil || !h.adopt(n, s) {
		return false
	}
	b.Left(tasks)
	return true
}

// hopeless says whether a neighbourhood has nothing better in a tier that is a sum of costs
// which rise with time: by lags alone, which costs much less than a model.
func (n *neighbourhood) hopeless(tier int) bool {
	in := n.in
	start, end := n.earliest()
	was, least := int64(0), int64(0)
	for i := range in.Goals {
		g := &in.Goals[i]
		if g.Tier != tier {
			continue
		}
		if g.Kind != rcpsp.Sum {
			return false
		}
		for k := range g.Terms {
			tm := &g.Terms[k]
			if !rising(tm) {
				return false
			}
			x := tm.At(start[tm.Task])
			if tm.OnEnd {
				x = tm.At(end[tm.Task])
			}
			if in.Tasks[tm.Task].Optional {
				x = min(x, tm.Absent)
			}
			was += g.Weight * termCost(in, tm, n.old)
			least += g.Weight * x
		}
	}
	return least >= was
}

// earliest returns starts and ends before which tasks cannot be, by lags in the order of
// their old starts.
func (n *neighbourhood) earliest() (start, end []rcpsp.Time) {
	in := n.in
	count := len(in.Tasks)
	start, end = make([]rcpsp.Time, count), make([]rcpsp.Time, count)
	to := make([][]int32, count) // lags by their To
	for i, l := range in.Lags {
		to[l.To] = append(to[l.To], int32(i))
	}
	order := make([]int, count)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(n.old.Start[x], n.old.Start[y]) })
	done := make([]bool, count)
	for _, i := range order {
		var lo, endLo rcpsp.Time
		for _, k := range to[i] {
			l := &in.Lags[k]
			if !done[l.From] || in.Tasks[l.From].Optional {
				continue
			}
			at := start[l.From]
			if l.FromEnd {
				at = end[l.From]
			}
			if l.ToEnd {
				endLo = max(endLo, at+l.Min)
			} else {
				lo = max(lo, at+l.Min)
			}
		}
		start[i], end[i] = in.Horizon, in.Horizon
		for k := range in.Tasks[i].Modes {
			m := &in.Tasks[i].Modes[k]
			if x := place.Allowed(m, lo, in.Horizon); len(x) > 0 {
				start[i] = min(start[i], x[0].Lo)
				if e, ok := m.End(x[0].Lo); ok {
					end[i] = min(end[i], max(e, endLo))
				}
			}
		}
		done[i] = true
	}
	return start, end
}

// rising says whether a cost is never less later on.
func rising(tm *rcpsp.Term) bool {
	last := int64(0)
	for i, p := range tm.Cost {
		if p.Slope < 0 || p.Value < last {
			return false
		}
		last = p.Value
		if i+1 < len(tm.Cost) {
			last += p.Slope * int64(tm.Cost[i+1].From-p.From)
		}
	}
	return true
}
