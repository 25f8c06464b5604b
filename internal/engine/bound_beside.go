package engine

import (
	"cmp"
	"slices"
	"sort"

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
	work int            // steps and ranges that were looked at
}

// roomWork bounds the effort for one set of windows: some 20 ms. Beyond it the bounds are
// those of the windows.
const roomWork = 2_000_000

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
	if r.own[t] || r.work > roomWork {
		return v
	}
	m := &task.Modes[0]
	off := rcpsp.Time(0)
	if tm.OnEnd {
		off = m.Duration
	}
	// Mostly there is room where it costs least.
	if b.roomy(t, m, w.EarliestStart[t]) && tm.At(w.EarliestStart[t]+off) == v {
		return v
	}
	for _, p := range tm.Cost {
		if s := p.From - off; p.Value == v && s >= w.EarliestStart[t] && s <= w.LatestStart[t] && b.roomy(t, m, s) {
			return v
		}
	}
	var at []rcpsp.Range
	narrow := func(steps []rcpsp.Step, amount int64) {
		if len(steps) < 2 {
			return
		}
		if at == nil {
			at = clip(m.Starts, w.EarliestStart[t], w.LatestStart[t])
		}
		if len(at) > 0 {
			from, until := at[0].Lo, at[len(at)-1].Hi+m.Duration
			r.work += len(at) + stepAt(steps, until) - stepAt(steps, from)
			at = intersect(at, roomFor(steps, amount, m.Duration, from, until))
		}
		if at == nil {
			at = []rcpsp.Range{}
		}
	}
	for _, d := range m.Demands {
		narrow(r.steps(b.in, d.Resource), d.Amount)
	}
	for _, i := range b.sets[t] {
		narrow(r.left[len(b.in.Resources)+int(i)], 1)
	}
	if len(at) == 0 {
		return v // nothing excludes anything, or everything: others will tell
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

// steps is what there is of a resource.
func (r *room) steps(in *rcpsp.Instance, k rcpsp.ResourceID) []rcpsp.Step {
	if r.left[k] != nil {
		return r.left[k]
	}
	return in.Resources[k].Capacity
}

// roomy says whether task t, in its mode m, finds room from s on.
func (b *bounder) roomy(t rcpsp.TaskID, m *rcpsp.Mode, s rcpsp.Time) bool {
	free := func(steps []rcpsp.Step, amount int64) bool {
		i := stepAt(steps, s) - 1
		for ; i >= 0 && i < len(steps) && steps[i].From < s+m.Duration; i++ {
			b.room.work++
			if steps[i].Value < amount {
				return false
			}
		}
		return i >= 0
	}
	for _, d := range m.Demands {
		if !free(b.room.steps(b.in, d.Resource), d.Amount) {
			return false
		}
	}
	for _, i := range b.sets[t] {
		if steps := b.room.left[len(b.in.Resources)+int(i)]; steps != nil && !free(steps, 1) {
			return false
		}
	}
	return m.Allows(s)
}

// stepAt returns how many steps begin up to a time.
func stepAt(steps []rcpsp.Step, t rcpsp.Time) int {
	return sort.Search(len(steps), func(i int) bool { return steps[i].From > t })
}
