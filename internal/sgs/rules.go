package sgs

import (
	"cmp"
	"slices"

	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// A Rule makes keys for the tasks: the smallest is placed first.
type Rule uint8

const (
	LatestStart Rule = iota // the longest way still to go first (LST, Alvarez-Valdés and Tamarit 1989)
	LatestEnd               // LFT, Davis and Patterson 1975
	Due                     // the earliest due date, its own or of what waits for it, less the way to it
	Weight                  // the steepest cost of lateness first, then Due
	Successors              // the most tasks waiting for it first (MTS)
	Rank                    // the longest work of itself and its successors first (GRPW)
	Slack                   // the least room between earliest and latest start first
	Scarce                  // the greatest share of a resource first
	Rules                   // how many there are
)

// Keys returns the keys of a rule.
func (m *Model) Keys(r Rule) []int64 {
	n := len(m.tasks)
	key := make([]int64, n)
	switch r {
	case LatestStart:
		for t, x := range m.tails() {
			key[t] = -int64(x)
		}
	case LatestEnd:
		for t, x := range m.tails() {
			key[t] = int64(shortest(&m.In.Tasks[t])) - int64(x)
		}
	case Due:
		for t, x := range m.due() {
			key[t] = int64(x)
		}
	case Weight:
		return m.steep()
	case Successors:
		// A task that is reached over two ways counts twice, a quarter as much at each
		// step: near enough, in linear time.
		reach := make([]int64, n)
		for _, t := range m.backwards() {
			for _, u := range m.tasks[t].ordered {
				reach[t] += 1 + reach[u]/4
			}
			key[t] = -reach[t]
		}
	case Rank:
		for t := range key {
			key[t] = -int64(shortest(&m.In.Tasks[t]))
			for _, u := range m.tasks[t].ordered {
				key[t] -= int64(shortest(&m.In.Tasks[u]))
			}
		}
	case Slack:
		for t := range key {
			key[t] = int64(m.Windows.LatestStart[t] - m.Windows.EarliestStart[t])
		}
	case Scarce:
		for t := range key {
			key[t] = -m.share(t)
		}
	}
	return key
}

// backwards lists the tasks so that each comes after all that are ordered behind it.
func (m *Model) backwards() []rcpsp.TaskID {
	n := len(m.tasks)
	left := make([]int32, n)
	out := make([]rcpsp.TaskID, 0, n)
	for t := range m.tasks {
		if left[t] = m.tasks[t].before; left[t] == 0 {
			out = append(out, rcpsp.TaskID(t))
		}
	}
	for i := 0; i < len(out); i++ {
		for _, u := range m.tasks[out[i]].ordered {
			if left[u]--; left[u] == 0 {
				out = append(out, u)
			}
		}
	}
	slices.Reverse(out)
	return out
}

// tails returns the shortest time from the start of each task to the end of all that
// waits for it.
func (m *Model) tails() []rcpsp.Time {
	tail := make([]rcpsp.Time, len(m.tasks))
	for _, t := range m.backwards() {
		tail[t] = max(tail[t], shortest(&m.In.Tasks[t]))
		for _, b := range m.tasks[t].out {
			if w := m.startLag(t, b); w >= 0 {
				tail[t] = max(tail[t], w+tail[b.other])
			}
		}
	}
	return tail
}

// startLag is what lag b of task t says at least between the two starts.
func (m *Model) startLag(t rcpsp.TaskID, b bind) rcpsp.Time {
	w := b.min
	if b.ownEnd {
		w += shortest(&m.In.Tasks[t])
	}
	if b.otherEnd {
		d, ok := longest(&m.In.Tasks[b.other])
		if !ok {
			return ages
		}
		w -= d
	}
	return w
}

// due returns the latest start of each task at which neither it nor what waits for it
// must pass the time from which being late costs.
func (m *Model) due() []rcpsp.Time {
	in := m.In
	due := make([]rcpsp.Time, len(m.tasks))
	copy(due, m.Windows.LatestStart)
	for i := range in.Goals {
		for k := range in.Goals[i].Terms {
			tm := &in.Goals[i].Terms[k]
			at, slope := lateFrom(tm)
			if slope <= 0 {
				continue
			}
			if tm.OnEnd {
				at -= shortest(&in.Tasks[tm.Task])
			}
			due[tm.Task] = min(due[tm.Task], at)
		}
	}
	for _, t := range m.backwards() {
		for _, b := range m.tasks[t].out {
			if w := m.startLag(t, b); w >= 0 {
				due[t] = min(due[t], due[b.other]-w)
			}
		}
	}
	return due
}

// lateFrom returns from when on a cost rises for good, and how steeply.
func lateFrom(tm *rcpsp.Term) (rcpsp.Time, int64) {
	n := len(tm.Cost)
	if n == 0 {
		return 0, 0
	}
	p := tm.Cost[n-1]
	return p.From, p.Slope
}

// steep orders by the slope of the cost of lateness, steepest first, that of waiting
// tasks included, and among equals by due.
func (m *Model) steep() []int64 {
	in := m.In
	n := len(m.tasks)
	slope := make([]int64, n)
	for i := range in.Goals {
		for k := range in.Goals[i].Terms {
			tm := &in.Goals[i].Terms[k]
			_, x := lateFrom(tm)
			slope[tm.Task] = max(slope[tm.Task], x)
		}
	}
	for _, t := range m.backwards() {
		for _, u := range m.tasks[t].ordered {
			slope[t] = max(slope[t], slope[u])
		}
	}
	due := m.due()
	order := make([]rcpsp.TaskID, n)
	for t := range order {
		order[t] = rcpsp.TaskID(t)
	}
	slices.SortStableFunc(order, func(a, b rcpsp.TaskID) int {
		switch {
		case slope[a] > slope[b], slope[a] == slope[b] && due[a] < due[b]:
			return -1
		case slope[a] == slope[b] && due[a] == due[b]:
			return 0
		}
		return 1
	})
	key := make([]int64, n)
	for i, t := range order {
		key[t] = int64(i)
	}
	return key
}

// share is the largest share of a capacity that t takes, in thousandths, times its
// length.
func (m *Model) share(t int) int64 {
	var most int64
	for k := range m.In.Tasks[t].Modes {
		mode := &m.In.Tasks[t].Modes[k]
		for _, d := range mode.Demands {
			var capacity int64 = 1
			for _, s := range m.In.Resources[d.Resource].Capacity {
				capacity = max(capacity, s.Value)
			}
			part := int64(1000)
			if d.Amount < capacity {
				part = d.Amount / (capacity/1000 + 1)
			}
			most = max(most, part*min(int64(mode.Duration), 1<<30))
		}
	}
	return most
}

// Ranks turns keys into the places 0, 1, 2, ... of the tasks in their order.
func Ranks(key []int64) []int64 {
	order := make([]int, len(key))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(key[a], key[b]), a-b) })
	out := make([]int64, len(key))
	for i, t := range order {
		out[t] = int64(i)
	}
	return out
}

// Shake moves each of the ranks by up to by places either way, at random.
func Shake(rank []int64, by int, r *prng.Rand) []int64 {
	out := make([]int64, len(rank))
	for t, x := range rank {
		out[t] = x*2 + int64(r.IntN(4*by+1)-2*by)
	}
	return out
}
