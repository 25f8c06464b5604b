package cmdb

import (
	"iter"
	"slices"
)

// Paths yields every way by which an outage of one CI may reach another: the CIs from the one to
// the other, none twice, in order of their IDs from the start. Within the query's Depth and Types;
// groups are passed through from any member, whatever else they need, and stand for a step to
// their dependents. There may be very many: stop when enough is seen. Unknown CIs have no paths.
//
// Only CIs from which the goal can still be reached are tried, so the first path comes at once, but between
// two paths a knot of circles may take long to be found exhausted; Depth bounds it.
func (g *Graph) Paths(from, to string, q Query) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		p, ok := g.number(from)
		goal, ok2 := g.number(to)
		if !ok || !ok2 {
			return
		}
		c := &g.core
		cone := c.acquire()
		defer c.release(cone)
		o := g.order(Query{Types: q.Types})
		o.down = true
		c.walk(cone, []int32{goal}, o)
		if !cone.reached(p) {
			return
		}
		cone.measure()
		f := pathfinder{c: c, cone: cone, goal: goal, o: g.order(q), on: map[int32]bool{}}
		f.enter(p)
		for len(f.stack) > 0 {
			top := &f.stack[len(f.stack)-1]
			if top.v == goal && !top.told {
				top.told = true
				ids := make([]string, len(f.stack))
				for i, s := range f.stack {
					ids[i] = g.ids[s.v]
				}
				if !yield(ids) {
					return
				}
			}
			if len(top.next) == 0 {
				delete(f.on, top.v)
				f.stack = f.stack[:len(f.stack)-1]
				continue
			}
			v := top.next[0]
			top.next = top.next[1:]
			if !f.on[v] {
				f.enter(v)
			}
		}
	}
}

// pathfinder walks along one path at a time.
type pathfinder struct {
	c     *core
	cone  *scratch // what the goal relies on
	goal  int32
	o     order
	on    map[int32]bool // the CIs of the path
	stack []stop
}

type stop struct {
	v    int32
	next []int32 // where the path may go on
	told bool
}

func (f *pathfinder) enter(v int32) {
	s := stop{v: v}
	step := int32(len(f.stack))
	if v != f.goal && (f.o.steps == 0 || step+f.cone.dist[v] <= f.o.steps) {
		s.next = f.neighbours(v, step)
	}
	f.on[v] = true
	f.stack = append(f.stack, s)
}

// neighbours returns the CIs one step further, sorted, each once.
func (f *pathfinder) neighbours(v, step int32) []int32 {
	c := f.c
	var out []int32
	todo := []int32{v}
	seen := map[int32]bool{}
	for len(todo) > 0 {
		u := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		row, codes := c.dependents.full(u)
		for i, w := range row {
			code := codes[i]
			if f.o.pass != nil && !f.o.pass[code] || step >= c.codes[code].depth || !f.cone.reached(w) {
				continue
			}
			switch {
			case w < c.n:
				out = append(out, w)
			case !seen[w]:
				seen[w] = true
				todo = append(todo, w)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
