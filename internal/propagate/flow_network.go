package propagate

import "github.com/slackwater-go/slackwater/internal/cp"

// A Circulation bounds the least cost of points in time that keep distances from below:
// the sum over all arcs of Cap times what to - from falls short of Length, where an arc
// without a limit must be kept. By duality that is the largest sum of Length times flow
// over circulations with at most Cap on each arc (Ahuja, Hochbaum and Orlin 2003), and
// each circulation is a bound, whether it is the largest or not.
//
// It is kept the largest by the method of Fulkerson (1961): the points are its
// potentials, an arc is in kilter if it carries nothing while it has slack, and all it can
// while it falls short, and an arc that a change put out of kilter is repaired by
// shortest paths among those that are in kilter, which stay so. So the flow of before is
// what the next begins with, whatever changed in between.
//
// Node 0 stands for the time 0. Before flow is taken from an arc that was switched off,
// all arcs at node 0 must be in kilter, and two of them without a limit lead from and to
// each node, so that there is another way.
type Circulation struct {
	// Work counts effort.
	Work  int64
	arcs  []flowArc
	out   [][]int32 // arcs that are open, by where they begin
	in    [][]int32 // and by where they end
	at    []int64   // the points, up to a constant
	value int64
	dirty []int32 // arcs that may be out of kilter
	// Of the last shortest paths:
	dist  []int64
	via   []int32 // the arc that leads here, as its complement where it was walked back
	seen  []int32
	done  []int32
	round int32
	found []int32
	heap  []flowKey
}

type flowArc struct {
	from, to   int32
	on         bool // it counts
	open       bool // it is listed at its nodes
	dirty      bool
	length     int64
	limit, now int64 // the most flow, and the flow
}

type flowKey struct {
	key  int64
	node int32
}

// NewCirculation returns one with so many nodes and no arcs.
func NewCirculation(nodes int) *Circulation {
	return &Circulation{
		out: make([][]int32, nodes), in: make([][]int32, nodes), at: make([]int64, nodes), dist: make([]int64, nodes),
		via: make([]int32, nodes), seen: make([]int32, nodes), done: make([]int32, nodes),
	}
}

// Add adds an arc that counts, and returns its number. A limit of [cp.Far] is none.
func (c *Circulation) Add(from, to int, length, limit int64) int32 {
	id := c.addOff(from, to, length, limit)
	c.arcs[id].on = true
	c.open(id)
	return id
}

// addOff adds an arc that does not count yet.
func (c *Circulation) addOff(from, to int, length, limit int64) int32 {
	c.arcs = append(c.arcs, flowArc{from: int32(from), to: int32(to), length: length, limit: limit})
	return int32(len(c.arcs) - 1)
}

// open lists an arc at its nodes.
func (c *Circulation) open(id int32) {
	if a := &c.arcs[id]; !a.open {
		a.open = true
		c.out[a.from] = append(c.out[a.from], id)
		c.in[a.to] = append(c.in[a.to], id)
	}
	c.soil(id)
}

// shut takes an arc without flow off the lists.
func (c *Circulation) shut(id int32) {
	a := &c.arcs[id]
	if !a.open {
		return
	}
	a.open = false
	c.out[a.from] = without(c.out[a.from], id)
	c.in[a.to] = without(c.in[a.to], id)
}

func without(list []int32, id int32) []int32 {
	for i, x := range list {
		if x == id {
			list[i] = list[len(list)-1]
			return list[:len(list)-1]
		}
	}
	return list
}

// soil has an arc looked at again.
func (c *Circulation) soil(id int32) {
	if a := &c.arcs[id]; !a.dirty {
		a.dirty = true
		c.dirty = append(c.dirty, id)
	}
}

// Stretch gives an arc another length.
func (c *Circulation) Stretch(id int32, length int64) {
	a := &c.arcs[id]
	if length == a.length {
		return
	}
	c.value += a.now * (length - a.length)
	a.length = length
	c.soil(id)
}

// Value returns the bound. It is one only if no arc is to be drained.
func (c *Circulation) Value() int64 { return c.value }

// Flow returns what an arc carries.
func (c *Circulation) Flow(id int32) int64 { return c.arcs[id].now }

// Time returns the point of a node, which is the best one at the optimum.
func (c *Circulation) Time(node int) int64 { return c.at[node] - c.at[0] }

// short is how much the points of an arc are closer than its length.
func (c *Circulation) short(a *flowArc) int64 { return a.length - (c.at[a.to] - c.at[a.from]) }

// Settle brings all open arcs into kilter: first those at node 0, then those that carry
// flow and should not, then the others. It stops where the value passes enough, or after
// so much work, and returns false where the value is no bound then.
func (c *Circulation) Settle(enough, work int64) bool {
	if c.at[0] > 1<<50 {
		for v := len(c.at) - 1; v >= 0; v-- {
			c.at[v] -= c.at[0]
		}
	}
	end := c.Work + work
	for phase := range 3 {
		list := c.dirty
		kept := list[:0]
		for i, id := range list {
			a := &c.arcs[id]
			mine := false
			switch phase {
			case 0:
				mine = a.on && (a.from == 0 || a.to == 0)
			case 1:
				mine = a.now > 0
			case 2:
				mine = true
			}
			if !mine {
				kept = append(kept, id)
				continue
			}
			if phase == 2 && c.value > enough || c.Work > end || !c.repair(id, phase > 0) {
				c.dirty = append(kept, list[i:]...)
				return phase == 2
			}
			if k := c.short(a); phase < 1 && a.now > 0 && k < 0 {
				kept = append(kept, id)
				continue
			}
			a.dirty = false
			if !a.on {
				c.shut(id)
			}
		}
		c.dirty = kept
	}
	return true
}

// repair brings an arc into kilter, as far as it falls short only unless it is to drain
// as well. False: it did not, since the arcs without limit contradict each other.
func (c *Circulation) repair(id int32, drain bool) bool {
	for {
		a := &c.arcs[id]
		k := c.short(a)
		switch {
		case a.on && k > 0 && a.now < a.limit:
			if c.shortest(a.to, a.from, k) && !c.augment(id, a.to, a.from, room(a), 1) {
				return false
			}
		case drain && a.now > 0 && !a.on:
			if !c.shortest(a.from, a.to, cp.Far) || !c.augment(id, a.from, a.to, a.now, -1) {
				return false
			}
		case drain && a.now > 0 && k < 0:
			if c.shortest(a.from, a.to, -k) && !c.augment(id, a.from, a.to, a.now, -1) {
				return false
			}
		default:
			return true
		}
	}
}

// shortest looks for a shortest path along arcs in kilter that can carry more, or give
// back, and moves the points by the distances. It returns false where there is none
// shorter than limit: then the points have moved by that, or not at all if it is Far.
func (c *Circulation) shortest(from, to int32, limit int64) bool {
	c.round++
	c.found, c.heap = c.found[:0], c.heap[:0]
	c.reach(from, 0, 0)
	reached, d := false, limit
	for len(c.heap) > 0 {
		k := c.pop()
		v := k.node
		if c.done[v] == c.round {
			continue
		}
		if v == to {
			reached, d = true, k.key
			break
		}
		c.done[v] = c.round
		c.Work += int64(len(c.out[v])+len(c.in[v]))/4 + 2
		for _, id := range c.out[v] {
			a := &c.arcs[id]
			if e := c.short(a); e <= 0 && a.on && a.now < a.limit && k.key-e < limit {
				c.reach(a.to, k.key-e, id)
			}
		}
		for _, id := range c.in[v] {
			a := &c.arcs[id]
			if e := c.short(a); e >= 0 && a.on && a.now > 0 && k.key+e < limit {
				c.reach(a.from, k.key+e, ^id)
			}
		}
	}
	if !reached && limit == cp.Far {
		return false
	}
	for _, v := range c.found {
		if c.dist[v] < d {
			c.at[v] += d - c.dist[v]
		}
	}
	return reached
}

// reach notes a way to a node.
func (c *Circulation) reach(v int32, d int64, via int32) {
	if c.seen[v] == c.round && c.dist[v] <= d {
		return
	}
	if c.seen[v] != c.round {
		c.seen[v] = c.round
		c.found = append(c.found, v)
	}
	c.dist[v], c.via[v] = d, via
	c.heap = append(c.heap, flowKey{d, v})
	i := len(c.heap) - 1
	for x := c.heap[i]; i > 0; {
		p := (i - 1) / 2
		if !x.less(c.heap[p]) {
			break
		}
		c.heap[i], c.heap[p] = c.heap[p], x
		i = p
	}
}

func (k flowKey) less(o flowKey) bool { return k.key < o.key || k.key == o.key && k.node < o.node }

func (c *Circulation) pop() flowKey {
	top := c.heap[0]
	n := len(c.heap) - 1
	x := c.heap[n]
	c.heap = c.heap[:n]
	for i := 0; n > 0; {
		k := 2*i + 1
		if k+1 < n && c.heap[k+1].less(c.heap[k]) {
			k++
		}
		if k >= n || !c.heap[k].less(x) {
			c.heap[i] = x
			break
		}
		c.heap[i] = c.heap[k]
		i = k
	}
	return top
}

// augment sends up to most around the path that was found, and along the arc that closes
// it, or against it where sign is negative. It returns false where nothing limits it.
func (c *Circulation) augment(id, from, to int32, most, sign int64) bool {
	for v := to; v != from; {
		if via := c.via[v]; via >= 0 {
			a := &c.arcs[via]
			most, v = min(most, room(a)), a.from
		} else {
			a := &c.arcs[^via]
			most, v = min(most, a.now), a.to
		}
	}
	if most >= cp.Far {
		return false
	}
	for v := to; v != from; {
		if via := c.via[v]; via >= 0 {
			a := &c.arcs[via]
			a.now += most
			v = a.from
		} else {
			a := &c.arcs[^via]
			a.now -= most
			v = a.to
		}
	}
	a := &c.arcs[id]
	a.now += sign * most
	c.value += sign * most * c.short(a)
	c.Work += 4
	return true
}

// room is how much more an arc can carry.
func room(a *flowArc) int64 {
	if a.limit == cp.Far {
		return cp.Far
	}
	return a.limit - a.now
}

// Switch says whether an arc counts.
func (c *Circulation) Switch(id int32, on bool) {
	a := &c.arcs[id]
	if a.on == on {
		return
	}
	a.on = on
	if on {
		c.open(id)
	} else if a.now > 0 {
		c.soil(id)
	} else if !a.dirty {
		c.shut(id)
	}
}
