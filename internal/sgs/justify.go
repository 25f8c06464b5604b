package sgs

import (
	"slices"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// Justify shifts all tasks to the right, the last to end first, each to the last
// place before what it ends with, and then to the left, the first to start first,
// each to its best place (Valls, Ballestín and Quintanilla 2005, "Justification and
// RCPSP: a technique that pays"). The result is a schedule again, seldom a worse one.
// It returns false where Stop asked to end; the schedule is complete even then.
//
// The shift to the right stops at the end of the whole schedule, so it pays for
// goals that are better early.
func (b *Builder) Justify() bool {
	var last rcpsp.Time
	order := make([]rcpsp.TaskID, 0, len(b.Mode))
	for t := range b.Mode {
		if b.Mode[t] >= 0 {
			order = append(order, rcpsp.TaskID(t))
			last = max(last, b.End[t])
		}
	}
	slices.SortStableFunc(order, func(x, y rcpsp.TaskID) int { return compareTime(b.End[y], b.End[x], b.Start[y], b.Start[x]) })
	for _, t := range order {
		k := b.Mode[t]
		lo, hi := b.WindowUntil(t, k, last)
		if b.Stopped() {
			return false
		}
		if hi <= b.Start[t] {
			continue
		}
		start := b.Start[t]
		b.Remove(t)
		if x, ok := b.FitLast(t, k, max(lo, start), hi); ok {
			start = x
		}
		b.Place(t, k, start)
	}
	return b.left(order)
}

// left shifts the tasks of order to the left.
func (b *Builder) left(order []rcpsp.TaskID) bool {
	slices.SortStableFunc(order, func(x, y rcpsp.TaskID) int { return compareTime(b.Start[x], b.Start[y], b.End[x], b.End[y]) })
	for _, t := range order {
		if b.Stopped() {
			return false
		}
		k, start := b.Mode[t], b.Start[t]
		b.Remove(t)
		if p, ok := b.choose(t, -1); ok {
			k, start = p.mode, p.start
		}
		b.Place(t, k, start)
	}
	return true
}

// ShiftLeft gives each task, the first to start first, its best place among the
// others.
func (b *Builder) ShiftLeft() bool {
	order := make([]rcpsp.TaskID, 0, len(b.Mode))
	for t := range b.Mode {
		if b.Mode[t] >= 0 {
			order = append(order, rcpsp.TaskID(t))
		}
	}
	return b.left(order)
}

// WindowUntil is the window of a task, ending by last.
func (b *Builder) WindowUntil(t rcpsp.TaskID, k int32, last rcpsp.Time) (lo, hi rcpsp.Time) {
	lo, hi = b.Window(t, k)
	x, ok := lastStart(&b.M.In.Tasks[t].Modes[k], last)
	if !ok {
		return 0, -1
	}
	return lo, min(hi, x)
}

func compareTime(a, b, c, d rcpsp.Time) int {
	switch {
	case a < b, a == b && c < d:
		return -1
	case a == b && c == d:
		return 0
	}
	return 1
}
