package cmdb

import (
	"iter"
	"math/bits"
	"slices"
)

// scratch holds the arrays of one walk. It is reused: a mark counts only if it is the epoch of
// the present walk, so starting one costs next to nothing however large the graph is. Marks are
// bytes, which are cleared every 255 walks: a large walk then misses the cache a quarter as often as
// with numbers that never run out.
type scratch struct {
	epoch   uint8
	mark    []uint8 // per node: the epoch in which it was reached
	walks   uint32
	count   []uint64 // per gate: walks<<32 | providers that failed
	parent  []int32  // per node reached by a walk that traces: what brought it down; itself for a seed
	via     []uint8  // likewise: the code of the arc from parent
	queue   []int32  // the CIs reached, by distance
	ends    []int32  // the CIs at distance d are queue[ends[d-1]:ends[d]]
	fired   []int32  // the gates that failed, in the order they did
	touched []int32  // the gates with a provider that failed, from 0
	dist    []int32  // per CI reached: its distance, after measure
	seen    []uint64 // bit set for ordering large levels, all zero between uses
}

// acquire returns a scratch with nothing reached.
func (c *core) acquire() *scratch {
	s, _ := c.scratch.Get().(*scratch)
	if s == nil {
		return newScratch(c)
	}
	c.restart(s)
	return s
}

// restart forgets what a walk reached.
func (c *core) restart(s *scratch) {
	if s.epoch++; s.epoch == 0 {
		clear(s.mark)
		s.epoch = 1
	}
	if s.walks++; s.walks == 0 {
		clear(s.count)
		s.walks = 1
	}
	s.ends = s.ends[:0]
	s.fired = s.fired[:0]
	s.touched = s.touched[:0]
}

func newScratch(c *core) *scratch {
	return &scratch{
		epoch: 1, mark: make([]uint8, int(c.n)+len(c.need)),
		walks: 1, count: make([]uint64, len(c.need)), queue: make([]int32, c.n),
	}
}

func (c *core) release(s *scratch) { c.scratch.Put(s) }

func (s *scratch) reached(v int32) bool { return s.mark[v] == s.epoch }

// order is how a walk goes. The zero order walks to the dependents without limit.
type order struct {
	down  bool   // to the providers, gates being open to one
	first bool   // gates fail with their first provider: redundancy is ignored
	trace bool   // keep parents
	steps int32  // at most so many; 0 means no limit
	until int32  // the number+1 of a CI after whose step the walk may end; 0 means none
	pass  []bool // by code, which arcs may be used; nil means all

	settle bool // reach no more CIs, only gates
}

// walk finds everything that fails when the seeds do: the least set that contains the seeds,
// every CI with a provider in it, and every gate with need of its providers in it. It works
// breadth first, so the distance of a CI is the number of steps after which it is down; passing
// gates takes no step. Each arc is looked at once: O(arcs touched). Circles need no care, for
// nothing is reached twice.
func (c *core) walk(s *scratch, seeds []int32, o order) {
	a, against := &c.dependents, &c.providers
	if o.down {
		a, against = against, a
	}
	if o.trace && s.parent == nil {
		s.parent, s.via = make([]int32, len(s.mark)), make([]uint8, len(s.mark))
	}
	tail := 0
	for _, v := range seeds {
		if s.mark[v] != s.epoch {
			s.mark[v] = s.epoch
			if o.trace {
				s.parent[v] = v
			}
			s.queue[tail] = v
			tail++
		}
	}
	s.ends = append(s.ends, int32(tail))
	plain := !o.trace && o.pass == nil && (!c.depths || o.down)
	unseen := len(against.to) // arcs against the walk of CIs not reached, at most
	broad := int(c.n)/64 + 16
	if len(c.need) > 0 || a.edited != nil {
		broad = int(c.n) + 1
	}
	head := 0
	for step := int32(0); head < tail && (o.steps == 0 || step < o.steps) && (o.until == 0 || s.mark[o.until-1] != s.epoch); step++ {
		end := tail
		switch {
		case !plain:
			tail = c.stepFull(s, a, head, end, step, &o)
		case end-head >= broad && c.sweeps(s.queue[head:end], a, against, &unseen):
			tail = c.stepSweep(s, against, end)
		default:
			tail = c.stepPlain(s, a, head, end, &o)
		}
		if head = end; tail > end {
			s.ends = append(s.ends, int32(tail))
		}
	}
	// CIs at the last step allowed still count at the gates, which take no step.
	o.settle = true
	for ; head < tail; head++ {
		u := s.queue[head]
		for _, v := range a.row(u) {
			if v >= c.n && s.mark[v] != s.epoch {
				c.pass(s, a, u, v, tail, &o)
			}
		}
	}
}

// stepPlain takes one step from queue[head:tail] where every arc may be used and no parents are
// kept. It is the loop in which large walks spend their time.
func (c *core) stepPlain(s *scratch, a *adjacency, head, tail int, o *order) int {
	n, epoch, mark, queue := c.n, s.epoch, s.mark, s.queue
	for _, u := range queue[head:tail] {
		for _, v := range a.row(u) {
			if mark[v] == epoch {
				continue
			}
			if v >= n {
				tail = c.pass(s, a, u, v, tail, o)
				continue
			}
			mark[v] = epoch
			queue[tail] = v
			tail++
		}
	}
	return tail
}

// sweeps decides whether the step from a frontier is cheaper backwards: asking every CI not yet
// reached for a neighbour that is, which may stop at the first (Beamer, Asanović, Patterson,
// "Direction-optimizing breadth-first search", SC 2012). Only frontiers large enough to pay for the
// question are looked at, and a sweep may cost at most a few times what the plain step would, so
// no graph makes it a bad bargain. Gates count arcs one by one, so with groups there is no sweep.
func (c *core) sweeps(frontier []int32, a, against *adjacency, unseen *int) bool {
	arcs := 0
	for _, v := range frontier {
		arcs += int(a.off[v+1] - a.off[v])
		*unseen -= int(against.off[v+1] - against.off[v])
	}
	return 4*arcs > *unseen+int(c.n)/4
}

// stepSweep takes one step to every CI that has a neighbour reached before. The levels come out
// sorted.
func (c *core) stepSweep(s *scratch, against *adjacency, tail int) int {
	epoch, mark, queue, from := s.epoch, s.mark, s.queue, tail
	for v := range c.n {
		if mark[v] == epoch {
			continue
		}
		for _, u := range against.to[against.off[v]:against.off[v+1]] {
			if mark[u] == epoch {
				queue[tail] = v
				tail++
				break
			}
		}
	}
	for _, v := range queue[from:tail] {
		mark[v] = epoch
	}
	return tail
}

// stepFull takes one step from queue[head:tail].
func (c *core) stepFull(s *scratch, a *adjacency, head, tail int, step int32, o *order) int {
	for _, u := range s.queue[head:tail] {
		row, codes := a.full(u)
		for i, v := range row {
			code := codes[i]
			if s.mark[v] == s.epoch || o.pass != nil && !o.pass[code] || !o.down && step >= c.codes[code].depth {
				continue
			}
			if v >= c.n {
				tail = c.pass(s, a, u, v, tail, o)
				continue
			}
			s.mark[v] = s.epoch
			if o.trace {
				s.parent[v], s.via[v] = u, code
			}
			s.queue[tail] = v
			tail++
		}
	}
	return tail
}

// pass tells gate v that u failed, and if that brings it down what hangs on it.
func (c *core) pass(s *scratch, a *adjacency, u, v int32, tail int, o *order) int {
	if !c.trip(s, u, v, o) {
		return tail
	}
	from := len(s.fired)
	s.fired = append(s.fired, v)
	for ; from < len(s.fired); from++ {
		u = s.fired[from]
		for _, v := range a.row(u) {
			if s.mark[v] == s.epoch {
				continue
			}
			if v >= c.n {
				if c.trip(s, u, v, o) {
					s.fired = append(s.fired, v)
				}
				continue
			}
			if o.settle {
				continue
			}
			s.mark[v] = s.epoch
			if o.trace {
				s.parent[v], s.via[v] = u, groupCode
			}
			s.queue[tail] = v
			tail++
		}
	}
	return tail
}

// trip counts the failure of u at gate v and reports whether v fails with it.
func (c *core) trip(s *scratch, u, v int32, o *order) bool {
	n := &s.count[v-c.n]
	if *n>>32 != uint64(s.walks) {
		*n = uint64(s.walks) << 32
		s.touched = append(s.touched, v-c.n)
	}
	*n++
	if !o.down && !o.first && int32(*n&(1<<32-1)) < c.need[v-c.n] {
		return false
	}
	s.mark[v] = s.epoch
	if o.trace {
		s.parent[v], s.via[v] = u, groupCode
	}
	return true
}

// levels yields the CIs that a walk reached with their distance, by distance and number.
// It sorts each level in place: few by comparing, many by passing them through a bit set.
func (c *core) levels(s *scratch) iter.Seq2[int32, int] {
	return func(yield func(int32, int) bool) {
		start := int32(0)
		for d, end := range s.ends {
			level := s.queue[start:end]
			start = end
			s.sort(level, int(c.n))
			for _, v := range level {
				if !yield(v, d) {
					return
				}
			}
		}
	}
}

func (s *scratch) sort(level []int32, n int) {
	if slices.IsSorted(level) {
		return
	}
	if len(level) < 256 || len(level) < n/256 {
		slices.Sort(level)
		return
	}
	if s.seen == nil {
		s.seen = make([]uint64, (n+63)/64)
	}
	for _, v := range level {
		s.seen[v>>6] |= 1 << (v & 63)
	}
	i := 0
	for w, word := range s.seen {
		if word == 0 {
			continue
		}
		s.seen[w] = 0
		for ; word != 0; word &= word - 1 {
			level[i] = int32(w<<6 + bits.TrailingZeros64(word))
			i++
		}
	}
}

// measure fills in the distances of the CIs reached.
func (s *scratch) measure() {
	if s.dist == nil {
		s.dist = make([]int32, len(s.queue))
	}
	start := int32(0)
	for d, end := range s.ends {
		for _, v := range s.queue[start:end] {
			s.dist[v] = int32(d)
		}
		start = end
	}
}
