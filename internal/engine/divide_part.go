package engine

import (
	"slices"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
	place "github.com/slackwater-go/slackwater/internal/sgs"
)

// extract returns the instance of one part: its tasks, within the windows that they have
// in the whole, and what constraints and goals say of them. Where is scratch: the index
// of each task in its part. The origin says what became of what.
func extract(in *rcpsp.Instance, tasks []rcpsp.TaskID, where []rcpsp.TaskID, touched *touching, w *place.Windows) (*rcpsp.Instance, *origin) {
	out, from := &rcpsp.Instance{Horizon: in.Horizon}, &origin{tasks: tasks}
	member := func(t rcpsp.TaskID) (rcpsp.TaskID, bool) {
		k := where[t]
		return k, int(k) < len(tasks) && tasks[k] == t
	}
	resource := map[rcpsp.ResourceID]rcpsp.ResourceID{} // looked up only
	for i, t := range tasks {
		where[t] = rcpsp.TaskID(i)
	}
	for _, t := range tasks {
		task := in.Tasks[t]
		task.Modes = append([]rcpsp.Mode(nil), task.Modes...)
		for k := range task.Modes {
			m := &task.Modes[k]
			m.Starts = clip(m.Starts, w.EarliestStart[t], w.LatestStart[t])
			m.Demands = append([]rcpsp.Demand(nil), m.Demands...)
			for d := range m.Demands {
				r, ok := resource[m.Demands[d].Resource]
				if !ok {
					r = rcpsp.ResourceID(len(out.Resources))
					resource[m.Demands[d].Resource] = r
					out.Resources = append(out.Resources, in.Resources[m.Demands[d].Resource])
					from.resources = append(from.resources, int32(m.Demands[d].Resource))
				}
				m.Demands[d].Resource = r
			}
		}
		out.Tasks = append(out.Tasks, task)
		for _, i := range touched.lags[t] {
			l := in.Lags[i]
			l.From, l.To = where[l.From], where[l.To]
			out.Lags = append(out.Lags, l)
		}
		for _, i := range touched.links[t] {
			l := in.Links[i]
			out.Links = append(out.Links, rcpsp.Link{If: where[l.If], Then: where[l.Then]})
		}
	}
	some := func(list []rcpsp.TaskID) (kept []rcpsp.TaskID) {
		for _, t := range list {
			if k, ok := member(t); ok {
				kept = append(kept, k)
			}
		}
		return kept
	}
	for _, i := range touched.noOverlap(tasks) {
		if set := some(in.NoOverlap[i]); len(set) > 1 {
			out.NoOverlap = append(out.NoOverlap, set)
			from.sets = append(from.sets, i)
		}
	}
	for _, i := range touched.sameSpan(tasks) {
		out.SameSpan = append(out.SameSpan, rcpsp.SameSpan{Tasks: some(in.SameSpan[i].Tasks), Spans: in.SameSpan[i].Spans})
		from.spans = append(from.spans, i)
	}
	group := map[int32]int32{} // looked up only
	for _, i := range touched.groups(tasks) {
		g := in.Groups[i]
		g.Members = append([]rcpsp.Member(nil), g.Members...)
		for k := range g.Members {
			m := &g.Members[k]
			m.Tasks = some(m.Tasks)
			var subs []int32
			for _, s := range m.Groups {
				if n, ok := group[s]; ok { // one without tasks is never out
					subs = append(subs, n)
				}
			}
			m.Groups = subs
		}
		group[i] = int32(len(out.Groups))
		out.Groups = append(out.Groups, g)
	}
	budget := map[int32]int32{} // looked up only
	for _, i := range touched.budgets(tasks) {
		b := in.Budgets[i]
		b.Uses = nil
		for _, u := range in.Budgets[i].Uses {
			if k, ok := member(u.Task); ok {
				u.Task = k
				b.Uses = append(b.Uses, u)
			}
		}
		budget[i] = int32(len(out.Budgets))
		out.Budgets = append(out.Budgets, b)
	}
	for i := range in.Goals {
		g := in.Goals[i]
		g.Terms = nil
		terms := touched.terms(tasks, i)
		from.terms = append(from.terms, terms)
		for _, k := range terms {
			tm := in.Goals[i].Terms[k]
			tm.Task = where[tm.Task]
			g.Terms = append(g.Terms, tm)
		}
		switch g.Kind {
		case rcpsp.Peak:
			r, ok := resource[rcpsp.ResourceID(g.Of)]
			if g.Of = int32(r); !ok {
				g.Kind = rcpsp.Sum // of nothing: it is another part's
			}
		case rcpsp.PeakPeriod, rcpsp.Excess:
			b, ok := budget[g.Of]
			if g.Of = b; !ok {
				g.Kind = rcpsp.Sum
			}
		}
		out.Goals = append(out.Goals, g)
	}
	return out, from
}

// An origin says which of the whole each of a part is: tasks, resources, sets that exclude
// overlaps, sets that share a span, and the terms of each goal.
type origin struct {
	tasks                  []rcpsp.TaskID
	resources, sets, spans []int32
	terms                  [][]int32
}

// touching lists, by task, the constraints that speak of it, so that the parts together
// cost no more than the whole.
type touching struct {
	lags, links              [][]int32 // those from the task
	sets, spans, group, buds [][]int32
	costs                    [][]costOf
}

type costOf struct{ goal, term int32 }

func newTouching(in *rcpsp.Instance) *touching {
	n := len(in.Tasks)
	t := &touching{lags: make([][]int32, n), links: make([][]int32, n), sets: make([][]int32, n), spans: make([][]int32, n),
		group: make([][]int32, n), buds: make([][]int32, n), costs: make([][]costOf, n)}
	for i, l := range in.Lags {
		t.lags[l.From] = append(t.lags[l.From], int32(i))
	}
	for i, l := range in.Links {
		t.links[l.If] = append(t.links[l.If], int32(i))
	}
	for i, set := range in.NoOverlap {
		for _, k := range set {
			t.sets[k] = append(t.sets[k], int32(i))
		}
	}
	for i := range in.SameSpan {
		for _, k := range in.SameSpan[i].Tasks {
			t.spans[k] = append(t.spans[k], int32(i))
		}
	}
	one := make([]rcpsp.TaskID, len(in.Groups)) // a task of each group: a part has all or none
	for i := range in.Groups {
		one[i] = -1
		for _, m := range in.Groups[i].Members {
			for _, k := range m.Tasks {
				one[i] = k
			}
			for _, g := range m.Groups {
				if one[g] >= 0 {
					one[i] = one[g]
				}
			}
		}
		if k := one[i]; k >= 0 {
			t.group[k] = append(t.group[k], int32(i))
		}
	}
	for i := range in.Budgets {
		for _, u := range in.Budgets[i].Uses {
			if l := t.buds[u.Task]; len(l) == 0 || l[len(l)-1] != int32(i) {
				t.buds[u.Task] = append(l, int32(i))
			}
		}
	}
	for i := range in.Goals {
		for k := range in.Goals[i].Terms {
			task := in.Goals[i].Terms[k].Task
			t.costs[task] = append(t.costs[task], costOf{int32(i), int32(k)})
		}
	}
	return t
}

func (t *touching) noOverlap(tasks []rcpsp.TaskID) []int32 { return gather(t.sets, tasks) }
func (t *touching) sameSpan(tasks []rcpsp.TaskID) []int32  { return gather(t.spans, tasks) }
func (t *touching) groups(tasks []rcpsp.TaskID) []int32    { return gather(t.group, tasks) }
func (t *touching) budgets(tasks []rcpsp.TaskID) []int32   { return gather(t.buds, tasks) }

// terms returns the terms of a goal that are about the tasks.
func (t *touching) terms(tasks []rcpsp.TaskID, goal int) (out []int32) {
	for _, k := range tasks {
		for _, x := range t.costs[k] {
			if int(x.goal) == goal {
				out = append(out, x.term)
			}
		}
	}
	return out
}

// gather returns the constraints of the tasks, each once, in order.
func gather(by [][]int32, tasks []rcpsp.TaskID) []int32 {
	var out []int32
	for _, t := range tasks {
		out = append(out, by[t]...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
