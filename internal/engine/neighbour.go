package engine

import (
	"sort"

	"github.com/slackwater-go/slackwater/internal/lns"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	place "github.com/slackwater-go/slackwater/internal/sgs"
)

// A neighbourhood is a part of an instance as an instance of its own: tasks that are to be
// placed anew, all others being where they are. Those take what they take of capacities,
// and what joins them to the part bounds its starts, so that the part is as small as it
// looks, however large the whole.
//
// It need not say all: redundancy groups, and goals that are no sum and no largest cost,
// are left out. What is found is placed task by task on the builder, which looks at
// everything.
type neighbourhood struct {
	in    *rcpsp.Instance
	tasks []rcpsp.TaskID  // of the whole, by task of the part
	old   *rcpsp.Solution // how they stood
	mode  []int32         // by task: the mode that it keeps, or -1
}

// partition works out neighbourhoods. It keeps room from one to the next.
type partition struct {
	local     []int32 // by task: its number in the part, or -1
	resources []int32 // by resource, as local
	sets      []int32
	spans     []int32
	budgets   []int32
}

func newPartition(in *rcpsp.Instance) *partition {
	none := func(n int) []int32 {
		out := make([]int32, n)
		for i := range out {
			out[i] = -1
		}
		return out
	}
	return &partition{none(len(in.Tasks)), none(len(in.Resources)), none(len(in.NoOverlap)), none(len(in.SameSpan)), none(len(in.Budgets))}
}

// part returns the neighbourhood of tasks, which are open on the builder, each once. The
// first free of them may take any mode, or be left out where they may; the others, all of
// them present before, keep their modes and the order that arcs say. It returns nil where
// somebody has no place. All end by last. Without goals anything will do.
func (p *partition) part(b *place.Builder, tasks []rcpsp.TaskID, free int, old *rcpsp.Solution, arcs []lns.Arc, last rcpsp.Time, goals bool) *neighbourhood {
	q := parting{p: p, b: b, whole: b.M.In, free: free, last: last, n: &neighbourhood{in: &rcpsp.Instance{Horizon: b.M.In.Horizon}, tasks: tasks, old: old}}
	for i, t := range tasks {
		p.local[t] = int32(i)
	}
	ok := true
	for i := range tasks {
		ok = ok && q.task(i)
	}
	if ok {
		for i := range tasks {
			q.ties(i)
		}
		for _, a := range arcs {
			q.n.in.Lags = append(q.n.in.Lags, rcpsp.Lag{From: rcpsp.TaskID(p.local[a.From]), To: rcpsp.TaskID(p.local[a.To]), FromEnd: true})
		}
		q.room()
		if goals {
			q.goals()
		}
	}
	for _, t := range tasks {
		p.local[t] = -1
	}
	forget := func(index []int32, of []int32) {
		for _, i := range of {
			index[i] = -1
		}
	}
	forget(p.resources, q.resources)
	forget(p.sets, q.sets)
	forget(p.spans, q.spans)
	forget(p.budgets, q.budgets)
	if !ok {
		return nil
	}
	return q.n
}

// parting is one call of part.
type parting struct {
	p                               *partition
	b                               *place.Builder
	whole                           *rcpsp.Instance
	n                               *neighbourhood
	free                            int
	last                            rcpsp.Time
	resources, sets, spans, budgets []int32 // those of the whole that the part has
	lo, hi                          rcpsp.Time
}

// number returns the number of i in the part, and notes it if it is new.
func number(index []int32, of *[]int32, i int32) int32 {
	if index[i] < 0 {
		index[i] = int32(len(*of))
		*of = append(*of, i)
	}
	return index[i]
}

// task adds the i-th task with the modes and starts that are left to it.
func (q *parting) task(i int) bool {
	t := q.n.tasks[i]
	ties := q.b.M.Ties(t)
	out := rcpsp.Task{Optional: q.whole.Tasks[t].Optional && !q.b.M.Windows.Must[t]}
	never := q.b.M.Windows.Never[t]
	for _, u := range ties.By {
		out.Optional = out.Optional && q.b.Mode[u] < 0
	}
	for _, u := range ties.Then {
		never = never || q.b.Mode[u] == place.Absent
	}
	for k := range q.whole.Tasks[t].Modes {
		if i >= q.free && int32(k) != q.n.old.Mode[i] {
			continue
		}
		mode := q.whole.Tasks[t].Modes[k]
		if lo, hi := q.b.WindowUntil(t, int32(k), q.last); never {
			mode.Starts = nil
		} else {
			mode.Starts = q.starts(&mode, &ties, lo, hi)
		}
		if len(mode.Starts) > 0 {
			q.occupy(&mode)
		} else if i >= q.free {
			return false
		} else {
			mode.Demands = nil // of no matter
		}
		out.Modes = append(out.Modes, mode)
	}
	q.n.mode = append(q.n.mode, -1)
	if i >= q.free {
		out.Optional = false
		q.n.mode[i], q.n.old.Mode[i] = q.n.old.Mode[i], 0
	}
	q.n.in.Tasks = append(q.n.in.Tasks, out)
	return true
}

// starts narrows the starts of a mode.
func (q *parting) starts(m *rcpsp.Mode, ties *place.Ties, lo, hi rcpsp.Time) []rcpsp.Range {
	for _, s := range ties.Spans {
		if k := q.b.SpanOf(s); k >= 0 {
			sp := q.whole.SameSpan[s].Spans[k]
			lo, hi = max(lo, sp.Lo), min(hi, sp.Hi-1)
		}
	}
	out := clip(m.Starts, lo, hi)
	if len(out) == 0 || m.Duration == 0 {
		return out
	}
	for _, s := range ties.Sets {
		if end, ok := m.End(out[len(out)-1].Hi); ok {
			out = place.Outside(m, out, q.b.Busy(s, out[0].Lo, end))
		}
		if len(out) == 0 {
			break
		}
	}
	return out
}

// occupy notes the resources of a mode, and when the part may be under way.
func (q *parting) occupy(m *rcpsp.Mode) {
	demands := m.Demands
	m.Demands = nil
	for _, d := range demands {
		r := number(q.p.resources, &q.resources, int32(d.Resource))
		m.Demands = append(m.Demands, rcpsp.Demand{Resource: rcpsp.ResourceID(r), Amount: d.Amount})
	}
	lo, hi := m.Starts[0].Lo, m.Starts[len(m.Starts)-1].Hi
	end, ok := m.End(hi)
	if !ok {
		end = q.whole.Horizon
	}
	if m.Work != nil {
		m.Work = workWithin(m.Work, lo, end)
	}
	if q.hi == 0 {
		q.lo, q.hi = lo, end+1
	}
	q.lo, q.hi = min(q.lo, lo), max(q.hi, end+1)
}

// workWithin returns the working time that a mode can see which starts at lo or later and
// ends by hi.
func workWithin(work []rcpsp.Span, lo, hi rcpsp.Time) []rcpsp.Span {
	i := sort.Search(len(work), func(i int) bool { return work[i].Hi > lo })
	k := sort.Search(len(work), func(k int) bool { return work[k].Lo >= hi })
	return work[min(i, k):k]
}

// ties adds what joins the i-th task to others of the part.
func (q *parting) ties(i int) {
	t, in := q.n.tasks[i], q.n.in
	ties := q.b.M.Ties(t)
	for _, l := range ties.Lags {
		if u := q.p.local[l.From]; u >= 0 {
			l.From, l.To = rcpsp.TaskID(u), rcpsp.TaskID(i)
			in.Lags = append(in.Lags, l)
		}
	}
	for _, u := range ties.Then {
		if k := q.p.local[u]; k >= 0 {
			in.Links = append(in.Links, rcpsp.Link{If: rcpsp.TaskID(i), Then: rcpsp.TaskID(k)})
		}
	}
	for _, s := range ties.Sets {
		k := number(q.p.sets, &q.sets, s)
		if int(k) == len(in.NoOverlap) {
			in.NoOverlap = append(in.NoOverlap, nil)
		}
		in.NoOverlap[k] = append(in.NoOverlap[k], rcpsp.TaskID(i))
	}
	for _, s := range ties.Spans {
		if q.b.SpanOf(s) >= 0 {
			continue
		}
		k := number(q.p.spans, &q.spans, s)
		if int(k) == len(in.SameSpan) {
			in.SameSpan = append(in.SameSpan, rcpsp.SameSpan{Spans: q.whole.SameSpan[s].Spans})
		}
		in.SameSpan[k].Tasks = append(in.SameSpan[k].Tasks, rcpsp.TaskID(i))
	}
	q.uses(i, ties.Budgets)
}

// uses adds what the i-th task uses of budgets.
func (q *parting) uses(i int, budgets []int32) {
	t, in := q.n.tasks[i], q.n.in
	for _, b := range budgets {
		k := number(q.p.budgets, &q.budgets, b)
		if int(k) == len(in.Budgets) {
			in.Budgets = append(in.Budgets, q.budget(b))
		}
	}
	q.b.M.Uses(t, func(b, mode int32, amount int64) {
		if i >= q.free && mode >= 0 {
			if mode != q.n.mode[i] {
				return
			}
			mode = 0
		}
		own := &in.Budgets[q.p.budgets[b]]
		own.Uses = append(own.Uses, rcpsp.Use{Task: rcpsp.TaskID(i), Mode: mode, Amount: amount})
	})
}

// budget returns what is left of a budget.
func (q *parting) budget(b int32) rcpsp.Budget {
	var out rcpsp.Budget
	used := q.b.Used(b)
	for k, p := range q.whole.Budgets[b].Periods {
		p.Limit, p.Free = max(0, p.Limit-used[k]), max(0, p.Free-used[k])
		out.Periods = append(out.Periods, p)
	}
	return out
}

// room adds what is left of the resources.
func (q *parting) room() {
	for _, r := range q.resources {
		q.n.in.Resources = append(q.n.in.Resources, rcpsp.Resource{Capacity: q.b.Room(rcpsp.ResourceID(r), q.lo, q.hi)})
	}
}

// goals adds the part that tasks have in sums and largest costs, and in what is used
// beyond the free part of budgets. What the others make of a largest cost is a cost of a
// task more, which has nothing to do.
func (q *parting) goals() {
	in := q.n.in
	local := make([]int32, len(q.whole.Goals))
	floor := rcpsp.TaskID(-1)
	for i := range q.n.tasks {
		q.b.M.Terms(q.n.tasks[i], func(goal, term int32) {
			g := &q.whole.Goals[goal]
			if g.Kind != rcpsp.Sum && g.Kind != rcpsp.Max {
				return
			}
			if local[goal] == 0 {
				in.Goals = append(in.Goals, rcpsp.Goal{Kind: g.Kind, Tier: g.Tier, Weight: g.Weight})
				local[goal] = int32(len(in.Goals))
				if v := q.b.GoalValue(int(goal)); g.Kind == rcpsp.Max && v > 0 {
					if floor < 0 {
						floor = rcpsp.TaskID(len(q.n.tasks))
					}
					in.Goals[len(in.Goals)-1].Terms = []rcpsp.Term{{Task: floor, Cost: []rcpsp.Piece{{Value: v}}}}
				}
			}
			tm := g.Terms[term]
			tm.Task = rcpsp.TaskID(i)
			own := &in.Goals[local[goal]-1]
			own.Terms = append(own.Terms, tm)
		})
	}
	for i := range q.whole.Goals {
		if g := &q.whole.Goals[i]; g.Kind == rcpsp.Excess && q.p.budgets[g.Of] >= 0 {
			in.Goals = append(in.Goals, rcpsp.Goal{Kind: g.Kind, Tier: g.Tier, Weight: g.Weight, Of: q.p.budgets[g.Of]})
		}
	}
	if floor >= 0 {
		in.Tasks = append(in.Tasks, rcpsp.Task{Modes: []rcpsp.Mode{{Starts: []rcpsp.Range{{}}}}})
		q.n.old.Mode, q.n.old.Start = append(q.n.old.Mode, 0), append(q.n.old.Start, 0)
	}
}
