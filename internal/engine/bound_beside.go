package engine

import (
	"cmp"
	"slices"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
	place "github.com/slackwater-go/slackwater/internal/sgs"
)

// A room is what resources, and sets that exclude overlaps, have left beside the parts of
// tasks that surely run: after their latest start and before their earliest end, within
// some windows. In a repair most tasks stay where they are, and the others find room far
// from where they were: on a plan of 400 activities after a freeze the bound of the total
// shift went from 9 % of the best repair's to 64 %.
type room struct {
	of   *place.Windows
	left [][]rcpsp.Step // by resource, and then by set; nil: all of it
	own  []bool         // tasks that surely run at some time
}

// beside returns the room within windows.
func (b *bounder) beside(w *place.Windows) *room {
	if b.room != nil && b.room.of == w {
		return b.room
	}
	if b.sets == nil {
		b.sets = make([][]int32, len(b.in.Tasks))
		for i, set := range b.in.NoOverlap {
			for _, t := range set {
				b.sets[t] = append(b.sets[t], int32(i))
			}
		}
	}
	type change struct {
		at rcpsp.Time
		by int64
	}
	nr := len(b.in.Resources)
	changes := make([][]change, nr+len(b.in.NoOverlap))
	b.room = &room{of: w, left: make([][]rcpsp.Step, len(changes)), own: make([]bool, len(b.in.Tasks))}
	for t := range b.in.Tasks {
		modes := b.in.Tasks[t].Modes
		if !w.Must[t] || w.Never[t] || len(modes) != 1 || b.room.own[t] {
			continue
		}
		m := &modes[0]
		take := func(sp rcpsp.Span) {
			if sp.Lo >= sp.Hi {
				return
			}
			b.room.own[t] = true
			for _, d := range m.Demands {
				changes[d.Resource] = append(changes[d.Resource], change{sp.Lo, -d.Amount}, change{sp.Hi, d.Amount})
			}
			for _, i := range b.sets[t] {
				changes[nr+int(i)] = append(changes[nr+int(i)], change{sp.Lo, -1}, change{sp.Hi, 1})
			}
		}
		switch {
		case w.EarliestStart[t] == w.LatestStart[t]:
			m.Occupied(w.EarliestStart[t], take)
		case m.Work == nil:
			take(rcpsp.Span{Lo: w.LatestStart[t], Hi: w.EarliestStart[t] + m.Duration})
		}
	}
	for i, list := range changes {
		if len(list) == 0 {
			continue
		}
		steps := []rcpsp.Step{{Value: 1}}
		if i < nr {
			steps = b.in.Resources[i].Capacity
		}
		for k, s := range steps {
			by := s.Value
			if k > 0 {
				by -= steps[k-1].Value
			}
			list = append(list, change{s.From, by})
		}
		slices.SortFunc(list, func(x, y change) int { return cmp.Compare(x.at, y.at) })
		var left []rcpsp.Step
		value := int64(0)
		for k, c := range list {
			if value += c.by; k+1 == len(list) || list[k+1].at != c.at {
				left = append(left, rcpsp.Step{From: c.at, Value: value})
			}
		}
		b.room.left[i] = left
	}
	return b.room
}

// least is the smallest cost that a term can have within the window of its task, beside
// what surely runs.
func (b *bounder) least(tm *rcpsp.Term, w *place.Windows) int64 {
	v := least(tm, w)
	t := tm.Task
	task := &b.in.Tasks[t]
	if b.plain || w.Never[t] || len(task.Modes) != 1 || task.Modes[0].Work != nil || task.Modes[0].Duration == 0 {
		return v
	}
	r := b.beside(w)
	if r.own[t] {
		return v
	}
	m := &task.Modes[0]
	var at []rcpsp.Range
	narrow := func(steps []rcpsp.Step, amount int64) {
		if len(steps) < 2 {
			return
		}
		if at == nil {
			at = clip(m.Starts, w.EarliestStart[t], w.LatestStart[t])
		}
		if len(at) > 0 {
			at = intersect(at, roomFor(steps, amount, m.Duration, at[0].Lo, at[len(at)-1].Hi+m.Duration))
		}
		if at == nil {
			at = []rcpsp.Range{}
		}
	}
	for _, d := range m.Demands {
		if steps := r.left[d.Resource]; steps != nil {
			narrow(steps, d.Amount)
		} else {
			narrow(b.in.Resources[d.Resource].Capacity, d.Amount)
		}
	}
	for _, i := range b.sets[t] {
		narrow(r.left[len(b.in.Resources)+int(i)], 1)
	}
	if len(at) == 0 {
		return v // nothing excludes anything, or everything: others will tell
	}
	off := rcpsp.Time(0)
	if tm.OnEnd {
		off = m.Duration
	}
	best := leastIn(tm, at[0].Lo+off, at[0].Hi+off)
	for _, x := range at[1:] {
		best = min(best, leastIn(tm, x.Lo+off, x.Hi+off))
	}
	if !w.Must[t] {
		best = min(best, tm.Absent)
	}
	return max(v, best)
}
