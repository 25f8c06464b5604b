package cmdb

import (
	"iter"
	"math/bits"
	"slices"
)

// scratch holds the arrays of one walk. It is reused: a mark counts only if it is the epoch of
// the present walk, so starting a walk costs nothing however large the graph is.
type scratch struct {
	epoch   uint32
	mark    []uint32 // per node: the epoch in which it was reached
	count   []uint64 // per gate: epoch<<32 | providers that failed
	parent  []int32  // per node reached: the node that brought it down; itself for a seed
	via     []uint8  // per node reached: the code of the arc from parent
	queue   []int32  // the CIs reached, by distance
	ends    []int32  // the CIs at distance d are queue[ends[d-1]:ends[d]]
	fired   []int32  // the gates that failed, in the order they did
	touched []int32  // the gates with a provider that failed
	dist    []int32  // per CI reached: its distance, after measure
	seen    []uint64 // bit set for ordering large levels, all zero between uses
}

// acquire returns a scratch with nothing reached.
func (c *core) acquire() *scratch {
	s, _ := c.scratch.Get().(*scratch)
	if s == nil {
		nodes := int(c.n) + len(c.need)
		s = &scratch{
			mark: make([]uint32, nodes), count: make([]uint64, len(c.need)),
			parent: make([]int32, nodes), via: make([]uint8, nodes), queue: make([]int32, c.n),
		}
	}
	s.epoch++
	if s.epoch == 0 { // after four thousand million walks
		clear(s.mark)
		clear(s.count)
		s.epoch = 1
	}
	s.ends = s.ends[:0]
	s.fired = s.fired[:0]
	s.touched = s.touched[:0]
	return s
}

func (c *core) release(s *scratch) { c.scratch.Put(s) }

func (s *scratch) reached(v int32) bool { return s.mark[v] == s.epoch }

// order is how a walk goes. The zero order walks to the dependents without limit.
type order struct {
	down  bool   // to the providers, gates being open to one
	first bool   // gates fail with their first provider: redundancy is ignored
	steps int32  // at most so many; 0 means no limit
	pass  []bool // by code, which arcs may be used; nil means all

	settle bool // reach no more CIs, only gates
}

// walk finds everything that fails when the seeds do: the least set that contains the seeds,
// every CI with a provider in it, and every gate with need of its providers in it. It works
// breadth first, so the distance of a CI is the number of steps after which it is down; passing
// gates takes no step. Each arc is looked at once: O(arcs touched). Circles need no care, for
// nothing is reached twice.
func (c *core) walk(s *scratch, seeds []int32, o order) {
	a := &c.dependents
	if o.down {
		a = &c.providers
	}
	tail := 0
	for _, v := range seeds {
		if s.mark[v] != s.epoch {
			s.mark[v], s.parent[v] = s.epoch, v
			s.queue[tail] = v
			tail++
		}
	}
	s.ends = append(s.ends, int32(tail))
	plain := o.pass == nil && (!c.depths || o.down)
	head := 0
	for step := int32(0); head < tail && (o.steps == 0 || step < o.steps); step++ {
		for end := tail; head < end; head++ {
			u := s.queue[head]
			if !plain {
				tail = c.stepFiltered(s, a, u, tail, step, &o)
				continue
			}
			for i := a.off[u]; i < a.off[u+1]; i++ {
				v := a.to[i]
				if s.mark[v] == s.epoch {
					continue
				}
				if v >= c.n {
					tail = c.pass(s, a, u, v, tail, &o)
					continue
				}
				s.mark[v], s.parent[v], s.via[v] = s.epoch, u, a.code[i]
				s.queue[tail] = v
				tail++
			}
		}
		if int32(tail) > s.ends[len(s.ends)-1] {
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

// stepFiltered is the inner loop of walk where not every arc may be used.
func (c *core) stepFiltered(s *scratch, a *adjacency, u int32, tail int, step int32, o *order) int {
	for i := a.off[u]; i < a.off[u+1]; i++ {
		v, code := a.to[i], a.code[i]
		if s.mark[v] == s.epoch || o.pass != nil && !o.pass[code] || !o.down && step >= c.codes[code].depth {
			continue
		}
		if v >= c.n {
			tail = c.pass(s, a, u, v, tail, o)
			continue
		}
		s.mark[v], s.parent[v], s.via[v] = s.epoch, u, code
		s.queue[tail] = v
		tail++
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
			s.mark[v], s.parent[v], s.via[v] = s.epoch, u, groupCode
			s.queue[tail] = v
			tail++
		}
	}
	return tail
}

// trip counts the failure of u at gate v and reports whether v fails with it.
func (c *core) trip(s *scratch, u, v int32, o *order) bool {
	n := &s.count[v-c.n]
	if *n>>32 != uint64(s.epoch) {
		*n = uint64(s.epoch) << 32
		s.touched = append(s.touched, v-c.n)
	}
	*n++
	if !o.down && !o.first && int32(*n&(1<<32-1)) < c.need[v-c.n] {
		return false
	}
	s.mark[v], s.parent[v], s.via[v] = s.epoch, u, groupCode
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
