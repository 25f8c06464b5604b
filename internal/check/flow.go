package check

import (
	"fmt"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// Flow returns an error where premises do not imply a fact, or, if implied is nil, can all
// be true, for the reason that the goals of some tier cost more than they may in every
// placing of the tasks that keeps lags, decided orders and bounds, whatever the resources
// say. It finds the cheapest of them as a smallest cut (Picard 1976; Möhring, Schulz,
// Stork and Uetz 2003): a node for each task and time says that the task is no earlier.
func (j *Judge) Flow(premises []Fact, implied *Fact) error {
	_, facts, err := j.under(premises, implied)
	if err != nil {
		return err
	}
	g := j.f.net
	defer g.restore()
	if g.assume(facts) {
		return nil
	}
	for k := range g.goal.tiers {
		if t := &g.goal.tiers[k]; t.v >= 0 && g.cheapest(k) > -g.lb[2*t.v+1] {
			return nil
		}
	}
	return fmt.Errorf("check: no tier costs too much with %v and not %v", premises, implied)
}

// cheapest returns what the variable of tier k is at least.
func (g *network) cheapest(k int) int64 {
	form, cost := &sumRule{}, map[int32]func(int64) int64{} // looked up only
	for i := range g.in.Goals {
		goal := &g.in.Goals[i]
		if goal.Tier != k || goal.Weight <= 0 {
			continue
		}
		w := goal.Weight
		if g.goal.tiers[k].v == g.goal.goals[i].v {
			w = 1 // it is the only one
		}
		from := len(form.parts)
		g.flatten(form, i, w)
		if goal.Kind != rcpsp.Sum {
			continue
		}
		for n := range goal.Terms {
			tm := &goal.Terms[n]
			if g.in.Tasks[tm.Task].Optional {
				continue
			}
			form.parts[from+n].factor = 0 // counts by the cut instead
			p := g.point(int(tm.Task), tm.OnEnd)
			before := cost[p.lo]
			cost[p.lo] = func(x int64) int64 {
				sum := w * tm.At(rcpsp.Time(x+p.off))
				if before != nil {
					sum += before(x)
				}
				return sum
			}
		}
	}
	sum := form.constant
	for _, p := range form.parts {
		sum += p.factor * g.lb[2*p.v]
	}
	c := &cut{first: make([]int, len(g.lb)/2), next: make([][]int, 2)}
	for t := range g.tasks {
		for _, v := range []int32{int32(t), g.tasks[t].end} {
			if !g.in.Tasks[t].Optional && c.first[v] == 0 {
				sum += c.line(g, v, cost[v])
			}
		}
	}
	for from := range g.arcs {
		for _, a := range g.arcs[from] {
			if a.from&1 == 0 && a.to&1 == 0 && g.holds(a.cond[0]) && g.holds(a.cond[1]) {
				c.tie(g, a)
			}
		}
	}
	return sum + c.smallest()
}

// cut is a network in which a smallest cut between nodes 0 and 1 is looked for.
type cut struct {
	first []int // by variable: the node for its lower bound; 0: it takes no part
	next  [][]int
	to    []int
	room  []int64 // of edge 2i, and of 2i+1, which is the same backwards
}

func (c *cut) edge(from, to int, room int64) {
	c.next[from] = append(c.next[from], len(c.to))
	c.next[to] = append(c.next[to], len(c.to)+1)
	c.to, c.room = append(c.to, to, from), append(c.room, room, 0)
}

// line adds a variable: a node for each value, which says that it is at least that. It
// returns its least cost.
func (c *cut) line(g *network, v int32, cost func(int64) int64) int64 {
	lo, hi := g.lb[2*v], -g.lb[2*v+1]
	least := int64(0)
	for x := lo; x <= hi && cost != nil; x++ {
		if y := cost(x); x == lo || y < least {
			least = y
		}
	}
	c.first[v] = len(c.next)
	for x := lo; x <= hi; x++ {
		c.next = append(c.next, nil)
	}
	c.edge(0, c.first[v], farAway)
	for x := lo; x <= hi; x++ {
		here, then := c.first[v]+int(x-lo), 1
		if x < hi {
			then = here + 1
			c.edge(then, here, farAway)
		}
		if cost != nil {
			c.edge(here, then, cost(x)-least)
		}
	}
	return least
}

// tie keeps an arc.
func (c *cut) tie(g *network, a netArc) {
	from, to := a.from>>1, a.to>>1
	if c.first[from] == 0 || c.first[to] == 0 {
		return
	}
	for x := g.lb[a.from]; x <= -g.lb[a.from^1]; x++ {
		node := c.first[from] + int(x-g.lb[a.from])
		switch y := x + a.w; {
		case y > -g.lb[a.to^1]:
			c.edge(node, 1, farAway)
		case y > g.lb[a.to]:
			c.edge(node, c.first[to]+int(y-g.lb[a.to]), farAway)
		}
	}
}

// smallest returns the smallest cut, by shortest augmenting paths (Edmonds and Karp 1972).
func (c *cut) smallest() int64 {
	sum := int64(0)
	for sum < farAway {
		via := make([]int, len(c.next))
		for v := range via {
			via[v] = -1
		}
		queue := []int{0}
		for i := 0; i < len(queue) && via[1] < 0; i++ {
			for _, e := range c.next[queue[i]] {
				if v := c.to[e]; c.room[e] > 0 && via[v] < 0 && v != 0 {
					via[v] = e
					queue = append(queue, v)
				}
			}
		}
		if via[1] < 0 {
			break
		}
		most := int64(farAway)
		for v := 1; v != 0; v = c.to[via[v]^1] {
			most = min(most, c.room[via[v]])
		}
		for v := 1; v != 0; v = c.to[via[v]^1] {
			c.room[via[v]] -= most
			c.room[via[v]^1] += most
		}
		sum += most
	}
	return sum
}
