package cmdb

import "slices"

// addGates joins the gates to what stands below and above them, and orders anew: where a circle
// passes a group it cannot be one node, so it becomes a knot that is gone round until nothing changes.
func (f *stream) addGates(c *core, gates, met []int32) {
	type tie struct{ above, gate int32 }
	var ties []tie
	for _, v := range met {
		if v >= c.n {
			continue
		}
		for _, w := range c.providers.row(v) {
			if w >= c.n && f.comp[w] > 0 {
				ties = append(ties, tie{f.comp[v], f.comp[w]})
			}
		}
	}
	slices.SortFunc(ties, func(a, b tie) int { return int(a.above - b.above) })
	node := map[int32]int32{}
	for _, v := range gates {
		node[f.comp[v]] = v
	}
	below, ends := make([]int32, 0, len(f.below)+2*len(ties)), []int32{0}
	for k := 1; k < len(f.first); k++ {
		below = append(below, f.below[f.ends[k-1]:f.ends[k]]...)
		for len(ties) > 0 && ties[0].above == int32(k) {
			below = append(below, ties[0].gate)
			ties = ties[1:]
		}
		if v, ok := node[int32(k)]; ok {
			for _, w := range c.providers.row(v) {
				if f.comp[w] > 0 {
					below = append(below, f.comp[w])
				}
			}
		}
		ends = append(ends, int32(len(below)))
	}
	f.below, f.ends = below, ends
	all := &core{n: int32(len(f.first)), providers: adjacency{off: append([]int32{0}, ends...), to: below}}
	t := tarjan{c: all, low: make([]int32, len(f.first))}
	t.emit = func(knot []int32) {
		from := len(f.order)
		f.order = append(f.order, knot...)
		if len(knot) > 1 {
			slices.Sort(f.order[from:])
			f.knots = append(f.knots, [2]int{from, len(f.order)})
		}
	}
	for k := int32(1); k < all.n; k++ {
		if t.low[k] == 0 {
			t.from(k)
		}
	}
}

// carry brings down what goes down with what is down already.
func (f *stream) carry(down []block) {
	knots := f.knots
	for i := 0; i < len(f.order); {
		if len(knots) == 0 || knots[0][0] != i {
			f.settle(down, f.order[i])
			i++
			continue
		}
		for changed := true; changed; {
			changed = false
			for _, k := range f.order[i:knots[0][1]] {
				changed = f.settle(down, k) || changed
			}
		}
		i, knots = knots[0][1], knots[1:]
	}
}

// settle brings one number up to date and reports whether that changed it.
func (f *stream) settle(down []block, k int32) bool {
	b, below := &down[k], f.below[f.ends[k-1]:f.ends[k]]
	old := *b
	switch need := f.need[k]; {
	case need == 1:
		for _, w := range below {
			p := &down[w]
			for j := range b {
				b[j] |= p[j]
			}
		}
	case int(need) <= len(below):
		sum := atLeast(need, below, down)
		for j := range b {
			b[j] |= sum[j]
		}
	}
	return *b != old
}

// atLeast returns the works that bring down need of some numbers or more. It counts 512 works at
// once: plane i holds bit i of each count, which starts so that it runs over at need.
func atLeast(need int32, below []int32, down []block) block {
	width := 1
	for 1<<width < need {
		width++
	}
	planes := make([]block, width)
	for i := range planes {
		if (1<<width-need)>>i&1 != 0 {
			for j := range planes[i] {
				planes[i][j] = ^uint64(0)
			}
		}
	}
	var over block
	for _, w := range below {
		carry := down[w]
		for i := range planes {
			p := &planes[i]
			for j := range carry {
				p[j], carry[j] = p[j]^carry[j], p[j]&carry[j]
			}
		}
		for j := range over {
			over[j] |= carry[j]
		}
	}
	return over
}

// candidates returns the numbers at whose CIs works meet that are on none of them. A CI on which others rely
// is left out, for what meets there meets there too.
func (x *excluder) candidates() []int32 {
	f, c := &x.flow, &x.g.core
	f.free, f.top = make([]bool, len(f.first)), make([]bool, len(f.first))
	for v := range c.n {
		if k := f.comp[v]; k > 0 && !f.free[k] {
			_, worked := x.spotAt[v]
			f.free[k] = !worked
		}
	}
	for k := range f.top {
		f.top[k] = true
	}
	for k := 1; k < len(f.first); k++ {
		if f.first[k] < 0 || !f.free[k] && !x.closed() {
			continue
		}
		for _, b := range f.below[f.ends[k-1]:f.ends[k]] {
			f.top[b] = f.top[b] && b == int32(k)
		}
	}
	if !x.shared {
		return nil
	}
	var out []int32
	for k, v := range f.first {
		if v >= 0 && f.free[k] && f.top[k] {
			out = append(out, int32(k))
		}
	}
	return out
}

// classes tells apart the sets of works at many places, block by block: a class is those that
// were in one class before and agree in the block. What has no work in the block stays in its class.
type classes struct {
	of     []int32 // by candidate: its class; 0 is that of no works
	parent []int32 // by class
	first  []int32 // by class: the block's first word
	words  []block // by class
	table  []int32 // the classes made in this block, by hash
}

func newClasses(n int) *classes {
	size := 16
	for size < 2*n {
		size *= 2
	}
	return &classes{of: make([]int32, n), parent: []int32{0}, first: []int32{0}, words: make([]block, 1), table: make([]int32, size)}
}

func (s *classes) refine(cands []int32, down []block, first int32) {
	clear(s.table)
	mask := len(s.table) - 1
	var none block
	for i, k := range cands {
		b := &down[k]
		if *b == none {
			continue
		}
		h := uint64(s.of[i]) * 0x9E3779B97F4A7C15
		for _, w := range b {
			h = (h ^ w) * 0x9E3779B97F4A7C15
			h ^= h >> 29
		}
		slot := int(h) & mask
		for ; s.table[slot] != 0; slot = (slot + 1) & mask {
			if cl := s.table[slot]; s.parent[cl] == s.of[i] && s.words[cl] == *b {
				break
			}
		}
		if s.table[slot] == 0 {
			s.table[slot] = int32(len(s.words))
			s.parent, s.first, s.words = append(s.parent, s.of[i]), append(s.first, first), append(s.words, *b)
		}
		s.of[i] = s.table[slot]
	}
}

// fill writes the works of a class into an empty set.
func (s *classes) fill(to set, class int32) {
	for ; class != 0; class = s.parent[class] {
		copy(to[s.first[class]:], s.words[class][:])
	}
}

// classed is a class with the first candidate in it.
type classed struct{ class, cand int32 }

// distinct returns the classes that are left, each once, but that of no works.
func (s *classes) distinct(cands []int32) []classed {
	seen := make([]bool, len(s.words))
	seen[0] = true
	var out []classed
	for i, k := range cands {
		if cl := s.of[i]; !seen[cl] {
			seen[cl] = true
			out = append(out, classed{cl, k})
		}
	}
	return out
}
