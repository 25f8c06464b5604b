package sgs

import (
	"slices"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// A Model is an instance in the form that placing tasks needs. It is read-only once
// built.
type Model struct {
	In         *rcpsp.Instance
	Windows    *Windows
	tasks      []task
	heir       [][]int32        // groups: those that hold the group as part of a member
	reserve    []bool           // budgets: one period for all, so that what is left can be shared out ahead
	minima     [][][]rcpsp.Time // by goal, term: times at which the cost is locally least
	users      [][]rcpsp.TaskID // by resource: tasks that may take of it
	groupTasks [][]rcpsp.TaskID // by group: tasks that can bear on it
	regular    bool             // no goal is better for a later time
}

// A task is what binds one task.
type task struct {
	in, out  []bind      // lags to and from it
	self     []rcpsp.Lag // lags from it to itself: they bind how long it may pause
	sets     []int32
	members  []memberRef
	reach    []int32 // groups that its members can touch, in order
	spans    []int32
	uses     []use
	then, by []rcpsp.TaskID // links from it; links to it
	terms    []termRef
	regular  bool // earlier is never worse for it
	ordered  []rcpsp.TaskID
	before   int32 // how many tasks are ordered before it
	simple   bool  // its groups can be looked at without trying
}

// A bind is a lag seen from one of its tasks.
type bind struct {
	other            rcpsp.TaskID
	otherEnd, ownEnd bool
	min              rcpsp.Time
}

type memberRef struct{ group, member int32 }

// A use of a budget by one mode, or by all of them (-1).
type use struct {
	budget, mode int32
	amount       int64
}

type termRef struct{ goal, term int32 }

// Regular says whether no goal is better for a later time.
func (m *Model) Regular() bool { return m.regular }

// NewModel prepares an instance. It returns nil where stop, if not nil, says so.
func NewModel(in *rcpsp.Instance, w *Windows, stop func() bool) *Model {
	over := func() bool { return stop != nil && stop() }
	m := &Model{In: in, Windows: w, tasks: make([]task, len(in.Tasks))}
	m.room()
	for _, l := range in.Lags {
		if l.From == l.To {
			m.tasks[l.To].self = append(m.tasks[l.To].self, l)
			continue
		}
		m.tasks[l.To].in = append(m.tasks[l.To].in, bind{l.From, l.FromEnd, l.ToEnd, l.Min})
		m.tasks[l.From].out = append(m.tasks[l.From].out, bind{l.To, l.ToEnd, l.FromEnd, l.Min})
	}
	for i, set := range in.NoOverlap {
		for _, t := range set {
			m.tasks[t].sets = append(m.tasks[t].sets, int32(i))
		}
	}
	m.groups()
	for i := range in.Budgets {
		b := &in.Budgets[i]
		m.reserve = append(m.reserve, len(b.Periods) == 1 && b.Periods[0].Lo <= 0 && b.Periods[0].Hi > in.Horizon)
		for _, u := range b.Uses {
			m.tasks[u.Task].uses = append(m.tasks[u.Task].uses, use{int32(i), u.Mode, u.Amount})
		}
	}
	for i, s := range in.SameSpan {
		for _, t := range s.Tasks {
			m.tasks[t].spans = append(m.tasks[t].spans, int32(i))
		}
	}
	for _, l := range in.Links {
		if l.If != l.Then {
			m.tasks[l.If].then = append(m.tasks[l.If].then, l.Then)
			m.tasks[l.Then].by = append(m.tasks[l.Then].by, l.If)
		}
	}
	if over() {
		return nil
	}
	m.closure()
	m.terms()
	if over() {
		return nil
	}
	m.order()
	if over() {
		return nil
	}
	m.users = make([][]rcpsp.TaskID, len(in.Resources))
	demands := make([]int, len(in.Resources))
	for t := range in.Tasks {
		for k := range in.Tasks[t].Modes {
			for _, d := range in.Tasks[t].Modes[k].Demands {
				demands[d.Resource]++
			}
		}
	}
	for r, k := range demands {
		m.users[r] = make([]rcpsp.TaskID, 0, k)
	}
	for t := range in.Tasks {
		for k := range in.Tasks[t].Modes {
			for _, d := range in.Tasks[t].Modes[k].Demands {
				if u := m.users[d.Resource]; len(u) == 0 || u[len(u)-1] != rcpsp.TaskID(t) {
					m.users[d.Resource] = append(u, rcpsp.TaskID(t))
				}
			}
		}
	}
	return m
}

// room makes room for lags and terms in a few lists of all.
func (m *Model) room() {
	in := m.In
	many := make([]int32, 3*len(m.tasks)) // in, out, terms
	for _, l := range in.Lags {
		if l.From != l.To {
			many[3*l.To]++
			many[3*l.From+1]++
		}
	}
	terms := 0
	for i := range in.Goals {
		terms += len(in.Goals[i].Terms)
		for k := range in.Goals[i].Terms {
			many[3*in.Goals[i].Terms[k].Task+2]++
		}
	}
	binds, refs := make([]bind, 2*len(in.Lags)), make([]termRef, terms)
	for t := range m.tasks {
		tk := &m.tasks[t]
		a, b, c := many[3*t], many[3*t+1], many[3*t+2]
		tk.in, binds = binds[:0:a], binds[a:]
		tk.out, binds = binds[:0:b], binds[b:]
		tk.terms, refs = refs[:0:c], refs[c:]
	}
}

// groups notes who is a member of what, and which tasks are in one member of one
// plain group only.
func (m *Model) groups() {
	in := m.In
	m.heir = make([][]int32, len(in.Groups))
	for i := range in.Groups {
		for k := range in.Groups[i].Members {
			mem := &in.Groups[i].Members[k]
			for _, g := range mem.Groups {
				if !slices.Contains(m.heir[g], int32(i)) {
					m.heir[g] = append(m.heir[g], int32(i))
				}
			}
			for _, t := range mem.Tasks {
				if ref := (memberRef{int32(i), int32(k)}); !slices.Contains(m.tasks[t].members, ref) {
					m.tasks[t].members = append(m.tasks[t].members, ref)
				}
			}
		}
	}
	m.groupTasks = make([][]rcpsp.TaskID, len(in.Groups))
	for i := range in.Groups {
		list := &m.groupTasks[i]
		for k := range in.Groups[i].Members {
			*list = append(*list, in.Groups[i].Members[k].Tasks...)
			for _, g := range in.Groups[i].Members[k].Groups {
				*list = append(*list, m.groupTasks[g]...)
			}
		}
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	for t := range m.tasks {
		tk := &m.tasks[t]
		for _, ref := range tk.members {
			tk.reach = m.above(tk.reach, ref.group)
		}
		slices.Sort(tk.reach)
		tk.simple = len(tk.members) == 1 && !in.Groups[tk.members[0].group].Defined && len(m.heir[tk.members[0].group]) == 0
	}
}

// above adds g and all groups that it is part of to list.
func (m *Model) above(list []int32, g int32) []int32 {
	if slices.Contains(list, g) {
		return list
	}
	list = append(list, g)
	for _, up := range m.heir[g] {
		list = m.above(list, up)
	}
	return list
}

// terms notes what each task costs, and whether earlier is never worse for it.
func (m *Model) terms() {
	in := m.In
	for t := range m.tasks {
		m.tasks[t].regular = true
	}
	peaks := make([]bool, len(in.Resources))
	for i := range in.Goals {
		g := &in.Goals[i]
		m.minima = append(m.minima, make([][]rcpsp.Time, len(g.Terms)))
		for k := range g.Terms {
			if !rises(&g.Terms[k]) {
				m.minima[i][k] = minimaOf(&g.Terms[k], in.Horizon)
			}
			tk := &m.tasks[g.Terms[k].Task]
			tk.terms = append(tk.terms, termRef{int32(i), int32(k)})
			tk.regular = tk.regular && rises(&g.Terms[k])
		}
		switch g.Kind {
		case rcpsp.Peak:
			peaks[g.Of] = true
		case rcpsp.PeakPeriod, rcpsp.Excess:
			for _, u := range in.Budgets[g.Of].Uses {
				m.tasks[u.Task].regular = false
			}
		}
	}
	m.regular = true
	for t := range m.tasks {
		for k := range in.Tasks[t].Modes {
			for _, d := range in.Tasks[t].Modes[k].Demands {
				if peaks[d.Resource] {
					m.tasks[t].regular = false
				}
			}
		}
		m.regular = m.regular && m.tasks[t].regular
	}
}

// rises says whether a cost never falls as time goes on.
func rises(tm *rcpsp.Term) bool {
	var last int64
	for i, p := range tm.Cost {
		if p.Slope < 0 || p.Value < last && (i > 0 || p.From > 0) {
			return false
		}
		if i+1 < len(tm.Cost) {
			last = p.Value + p.Slope*int64(tm.Cost[i+1].From-p.From-1)
		}
	}
	return true
}

// order notes, for each task, which tasks should be placed before it: those that it
// cannot start ahead of, and those that it links to. Where that runs in a circle,
// tasks of one circle are not ordered by each other.
func (m *Model) order() {
	n := len(m.tasks)
	arcs := startArcs(m.In)
	next := follow(n, slices.DeleteFunc(arcs, func(a arc) bool { return a.min < 0 || a.from == a.to }))
	for t := range m.tasks {
		for _, u := range m.tasks[t].then {
			next[u] = append(next[u], rcpsp.TaskID(t))
		}
	}
	comp := components(n, next)
	for t := range next {
		slices.Sort(next[t])
		list := slices.Compact(next[t])
		list = slices.DeleteFunc(list, func(u rcpsp.TaskID) bool { return comp[t] == comp[u] })
		m.tasks[t].ordered = slices.Clip(list)
		for _, u := range list {
			m.tasks[u].before++
		}
	}
}
