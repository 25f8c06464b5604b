package lns

import (
	"slices"

	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// A Kind of neighbourhood.
type Kind uint8

const (
	Window   Kind = iota // tasks at about the same time
	Resource             // tasks at about the same time on one resource
	Cone                 // a task and what is joined to it by lags, links and sets
	Costly               // a task that costs, and what stands before it in its way
	Random               // tasks at random
	Kinds                // how many there are
)

func (k Kind) String() string {
	return [...]string{"window", "resource", "cone", "costly", "random"}[k]
}

// An Index answers which tasks are near which. It is read-only once built.
type Index struct {
	in     *rcpsp.Instance
	joined [][]rcpsp.TaskID // by task: lags and links, both ways
	group  [][]rcpsp.TaskID // resources, then exclusion sets: their tasks
	groups [][]int32        // by task: the groups that it is in
	costs  []ref            // terms that can cost
}

type ref struct{ goal, term int32 }

// NewIndex reads an instance.
func NewIndex(in *rcpsp.Instance) *Index {
	n := len(in.Tasks)
	x := &Index{in: in, joined: make([][]rcpsp.TaskID, n), groups: make([][]int32, n)}
	join := func(a, b rcpsp.TaskID) {
		if a != b {
			x.joined[a], x.joined[b] = append(x.joined[a], b), append(x.joined[b], a)
		}
	}
	for _, l := range in.Lags {
		join(l.From, l.To)
	}
	for _, l := range in.Links {
		join(l.If, l.Then)
	}
	x.group = make([][]rcpsp.TaskID, len(in.Resources), len(in.Resources)+len(in.NoOverlap)+len(in.SameSpan))
	for t := range in.Tasks {
		for k := range in.Tasks[t].Modes {
			for _, d := range in.Tasks[t].Modes[k].Demands {
				if g := x.group[d.Resource]; len(g) == 0 || g[len(g)-1] != rcpsp.TaskID(t) {
					x.group[d.Resource] = append(g, rcpsp.TaskID(t))
				}
			}
		}
	}
	x.group = append(x.group, in.NoOverlap...)
	for i := range in.SameSpan {
		x.group = append(x.group, in.SameSpan[i].Tasks)
	}
	for i, g := range x.group {
		for _, t := range g {
			x.groups[t] = append(x.groups[t], int32(i))
		}
	}
	for i := range in.Goals {
		for k := range in.Goals[i].Terms {
			x.costs = append(x.costs, ref{int32(i), int32(k)})
		}
	}
	return x
}

// Free returns up to size tasks of s, chosen in the manner of kind, each once. Start
// of absent tasks has no meaning; they are near in time to nothing.
func (x *Index) Free(kind Kind, size int, s *rcpsp.Solution, r *prng.Rand) []rcpsp.TaskID {
	n := len(x.in.Tasks)
	if n == 0 || size <= 0 {
		return nil
	}
	seed := rcpsp.TaskID(r.IntN(n))
	c := &choice{x: x, s: s, size: min(size, n), in: map[rcpsp.TaskID]bool{}}
	switch kind {
	case Window:
		c.near(seed, x.around(seed, r))
	case Resource:
		if g := x.groups[seed]; len(g) > 0 {
			c.near(seed, x.group[g[r.IntN(len(g))]])
		}
	case Cone:
		c.cone(seed)
	case Costly:
		seed = x.costly(s, r, seed)
		c.add(seed)
		c.before(seed)
	case Random:
		for range 2 * size {
			c.add(rcpsp.TaskID(r.IntN(n)))
		}
	}
	c.add(seed)
	return c.out
}

// around lists the tasks among which a window is sought: all, or on big instances
// those of some groups, so that the cost stays in proportion to what is freed.
func (x *Index) around(seed rcpsp.TaskID, r *prng.Rand) []rcpsp.TaskID {
	n := len(x.in.Tasks)
	if n <= 2000 || len(x.group) == 0 {
		all := make([]rcpsp.TaskID, n)
		for t := range all {
			all[t] = rcpsp.TaskID(t)
		}
		return all
	}
	var out []rcpsp.TaskID
	for _, g := range x.groups[seed] {
		out = append(out, x.group[g]...)
	}
	for range 4 {
		out = append(out, x.group[r.IntN(len(x.group))]...)
	}
	return out
}

// A choice gathers tasks.
type choice struct {
	x    *Index
	s    *rcpsp.Solution
	size int
	in   map[rcpsp.TaskID]bool // asked only, never walked
	out  []rcpsp.TaskID
}

func (c *choice) add(t rcpsp.TaskID) bool {
	if len(c.out) >= c.size {
		return false
	}
	if !c.in[t] {
		c.in[t] = true
		c.out = append(c.out, t)
	}
	return true
}

// near takes the tasks of list whose start is closest to that of seed.
func (c *choice) near(seed rcpsp.TaskID, list []rcpsp.TaskID) {
	at := c.s.Start[seed]
	type item struct {
		t rcpsp.TaskID
		d rcpsp.Time
	}
	var items []item
	for _, t := range list {
		if c.s.Mode[t] >= 0 {
			d := c.s.Start[t] - at
			items = append(items, item{t, max(d, -d)})
		} else {
			items = append(items, item{t, x0})
		}
	}
	slices.SortFunc(items, func(a, b item) int {
		switch {
		case a.d < b.d, a.d == b.d && a.t < b.t:
			return -1
		case a.d == b.d && a.t == b.t:
			return 0
		}
		return 1
	})
	for _, it := range items {
		if !c.add(it.t) {
			return
		}
	}
}

// x0 is the distance of an absent task: now and then one comes along in a small set.
const x0 = 1 << 20

// cone walks breadth first over what is joined.
func (c *choice) cone(seed rcpsp.TaskID) {
	c.add(seed)
	for i := 0; i < len(c.out) && len(c.out) < c.size; i++ {
		for _, u := range c.x.joined[c.out[i]] {
			c.add(u)
		}
	}
}

// costly returns the task of one of some random terms that costs most, in the lowest
// tier where any of them costs.
func (x *Index) costly(s *rcpsp.Solution, r *prng.Rand, seed rcpsp.TaskID) rcpsp.TaskID {
	if len(x.costs) == 0 {
		return seed
	}
	best, tier, cost := seed, 0, int64(0)
	for range 12 {
		p := x.costs[r.IntN(len(x.costs))]
		g := &x.in.Goals[p.goal]
		tm := &g.Terms[p.term]
		v := tm.Absent
		if s.Mode[tm.Task] >= 0 {
			at := s.Start[tm.Task]
			if tm.OnEnd {
				at = x.in.End(s, tm.Task)
			}
			v = tm.At(at)
		}
		if v > 0 && (cost == 0 || g.Tier < tier || g.Tier == tier && v > cost) {
			best, tier, cost = tm.Task, g.Tier, v
		}
	}
	return best
}

// before takes what is joined to seed, and then what ends shortly before it or runs
// with it on one of its groups.
func (c *choice) before(seed rcpsp.TaskID) {
	for _, u := range c.x.joined[seed] {
		if len(c.out) < c.size/2 {
			c.add(u)
		}
	}
	var list []rcpsp.TaskID
	for _, g := range c.x.groups[seed] {
		for _, u := range c.x.group[g] {
			if c.s.Mode[u] >= 0 && (c.s.Mode[seed] < 0 || c.s.Start[u] <= c.s.Start[seed]) {
				list = append(list, u)
			}
		}
	}
	c.near(seed, list)
}
