package lns

import (
	"cmp"
	"math"
	"slices"

	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// An Arc keeps To from starting before From ends.
type Arc struct{ From, To rcpsp.TaskID }

// An Order is a partial-order schedule (Policella, Smith, Cesta and Oddi 2004): arcs that
// carry, as a flow in a network, what each task takes of a resource from the tasks that
// gave it back to it (Artigues, Michelon and Reusser 2003). Whatever starts keep the arcs
// share the resources and the exclusions.
//
// A resource has as many units to pass on as it has capacity at most. So where its
// capacity varies over time arcs alone do not keep the tasks within its lower stretches,
// and they need not: tasks may move across a closure, and the profile says where to. A
// lower stretch as a task of its own would forbid just that. Where tasks that give back
// what they take while they pause have run in each other's pauses, the arcs carry as much
// as fits. Such resources are Loose: their profile has to be looked at besides. Groups,
// budgets and spans are not chained.
type Order struct {
	Arcs  []Arc
	Loose []rcpsp.ResourceID
}

// A Chainer makes partial-order schedules of one instance.
type Chainer struct {
	x     *Index
	ends  [][]rcpsp.TaskID // by task: those that end before it starts, by a lag
	local []int32          // by task: its place among those that are chained now, or -1
	users [][]user         // by resource, then exclusion: who is to be chained now
	work  int64
}

// A user takes some units of a resource.
type user struct {
	task int32 // local
	take int64
}

// NewChainer prepares to chain tasks of the instance of x.
func NewChainer(x *Index) *Chainer {
	n := len(x.in.Tasks)
	c := &Chainer{x: x, ends: make([][]rcpsp.TaskID, n), local: make([]int32, n), users: make([][]user, len(x.in.Resources)+len(x.in.NoOverlap))}
	for t := range c.local {
		c.local[t] = -1
	}
	for _, l := range x.in.Lags {
		if l.FromEnd && !l.ToEnd && l.Min >= 0 && l.From != l.To {
			c.ends[l.To] = append(c.ends[l.To], l.From)
		}
	}
	return c
}

// Work returns how many links and users were looked at so far.
func (c *Chainer) Work() int64 { return c.work }

// A chained task, and which others end before it starts.
type chained struct {
	task       rcpsp.TaskID
	start, end rcpsp.Time
	before     []int32
	arcs       []int32 // the part of before that is not a lag
}

// A link is the end of some chains: what task last has given back and nobody has taken.
type link struct {
	last  int32 // -1: nobody has had it yet
	end   rcpsp.Time
	units int64
}

// Chain orders the tasks of list that are present in s as they are in it. A task takes what
// it needs first from those that precede it anyway, since that needs no new arc, then what
// nobody has had yet, and then from others at random, as much as there is from each. It
// costs O(k log k) in the number of tasks, and per demand a walk over the chains.
func (c *Chainer) Chain(list []rcpsp.TaskID, s *rcpsp.Solution, r *prng.Rand) Order {
	tasks := c.gather(list, s)
	var out Order
	groups := c.enlist(tasks, s)
	for _, g := range groups {
		loose := !c.chain(tasks, int(g), r)
		if int(g) < len(c.x.in.Resources) {
			if loose || varies(c.x.in.Resources[g].Capacity) {
				out.Loose = append(out.Loose, rcpsp.ResourceID(g))
			}
		}
		c.users[g] = c.users[g][:0]
	}
	slices.Sort(out.Loose)
	for i := range tasks {
		for _, a := range tasks[i].arcs {
			if !c.implied(tasks, a, int32(i)) {
				out.Arcs = append(out.Arcs, Arc{tasks[a].task, tasks[i].task})
			}
		}
		c.local[tasks[i].task] = -1
	}
	return out
}

func varies(steps []rcpsp.Step) bool {
	for _, st := range steps {
		if st.Value != steps[0].Value {
			return true
		}
	}
	return false
}

// gather sorts the present tasks by start.
func (c *Chainer) gather(list []rcpsp.TaskID, s *rcpsp.Solution) []chained {
	tasks := make([]chained, 0, len(list))
	for _, t := range list {
		if s.Present(t) {
			tasks = append(tasks, chained{task: t, start: s.Start[t], end: c.x.in.End(s, t)})
		}
	}
	slices.SortFunc(tasks, func(a, b chained) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end), cmp.Compare(a.task, b.task))
	})
	for i := range tasks {
		c.local[tasks[i].task] = int32(i)
	}
	for i := range tasks {
		for _, u := range c.ends[tasks[i].task] {
			if k := c.local[u]; k >= 0 {
				tasks[i].before = append(tasks[i].before, k)
			}
		}
	}
	return tasks
}

// enlist notes who takes of what, and returns what is taken of.
func (c *Chainer) enlist(tasks []chained, s *rcpsp.Solution) []int32 {
	var groups []int32
	add := func(g int32, u user) {
		if len(c.users[g]) == 0 {
			groups = append(groups, g)
		}
		c.users[g] = append(c.users[g], u)
	}
	first := int32(len(c.x.in.Resources))
	for i := range tasks {
		t := tasks[i].task
		if tasks[i].start == tasks[i].end {
			continue
		}
		for _, d := range c.x.in.Tasks[t].Modes[s.Mode[t]].Demands {
			add(int32(d.Resource), user{int32(i), d.Amount})
		}
		for _, g := range c.x.groups[t] {
			if g >= first && g < first+int32(len(c.x.in.NoOverlap)) {
				add(g, user{int32(i), 1})
			}
		}
	}
	return groups
}

// capacity returns how many units group g has to pass on.
func (c *Chainer) capacity(g int) int64 {
	if g >= len(c.x.in.Resources) {
		return 1
	}
	most := int64(0)
	for _, st := range c.x.in.Resources[g].Capacity {
		most = max(most, st.Value)
	}
	return most
}

// chain passes the units of group g from user to user. It returns false if some user
// found less than it takes.
func (c *Chainer) chain(tasks []chained, g int, r *prng.Rand) bool {
	links := []link{{-1, math.MinInt64, c.capacity(g)}}
	whole := true
	for i, u := range c.users[g] {
		if i > 0 && c.users[g][i-1].task == u.task {
			continue // an exclusion that names a task twice
		}
		t := &tasks[u.task]
		need := u.take
		for pass := 0; pass < 3 && need > 0; pass++ {
			shift := 0
			if pass == 2 {
				shift = r.IntN(len(links))
			}
			for k := 0; k < len(links) && need > 0; k++ {
				l := &links[(k+shift)%len(links)]
				c.work++
				if l.units == 0 || l.end > t.start {
					continue
				}
				if pass == 0 && (l.last < 0 || !slices.Contains(t.before, l.last)) || pass == 1 && l.last >= 0 {
					continue
				}
				some := min(need, l.units)
				need, l.units = need-some, l.units-some
				if pass == 2 {
					t.before, t.arcs = append(t.before, l.last), append(t.arcs, l.last)
				}
			}
		}
		links = slices.DeleteFunc(links, func(l link) bool { return l.units == 0 })
		if need < u.take {
			links = append(links, link{u.task, t.end, u.take - need})
		}
		whole = whole && need == 0
	}
	return whole
}

// implied says whether the arc from a to b follows from two others. Only tasks that take
// time have arcs, so that arcs which stand in for each other cannot all go.
func (c *Chainer) implied(tasks []chained, a, b int32) bool {
	for _, p := range tasks[b].before {
		c.work++
		if p != a && slices.Contains(tasks[p].before, a) {
			return true
		}
	}
	return false
}
