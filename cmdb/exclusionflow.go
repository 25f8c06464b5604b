package cmdb

import (
	"math"
	"slices"
)

// stream carries works through the graph. Its nodes, numbered from 1, are circles of CIs, and gates.
type stream struct {
	comp  []int32 // by node of the core: its number here; 0 where no work comes
	first []int32 // by number: the smallest CI in it; -1 for a gate
	need  []int32 // by number: how many of those below must be down; 1 for CIs
	ends  []int32 // those below number k are below[ends[k-1]:ends[k]], for a gate one for each provider
	below []int32
	order []int32 // the numbers, those below first
	knots [][2]int
	free  []bool // by number: it has a CI that no work is on
	top   []bool // by number: no CI relies on it that would stand for it
	steps int32  // the works were walked so far one by one; 0 where only the CIs worked on are known

	arrivals [][]arrival // by work
}

// arrival says after how many steps a work brings down a node of the core.
type arrival struct{ node, step int32 }

// late is the step of what goes down after the steps that were followed one by one.
const late = math.MaxInt32

const (
	blockWords = 8
	blockBits  = 64 * blockWords
)

type block [blockWords]uint64

func (f *stream) of(ci int32) int32 {
	if f.comp == nil {
		return 0
	}
	return f.comp[ci]
}

// passes reports whether all works that bring a CI down bring down another that stands for it.
func (f *stream) passes(ci int32) bool {
	k := f.of(ci)
	return k > 0 && (!f.top[k] || f.free[k] || f.first[k] != ci)
}

// follow finds what works bring down, and collects what meets at spots, at other CIs and at groups.
func (x *excluder) follow() {
	g, c, f := x.g, &x.g.core, &x.flow
	if c.scratch == nil || len(x.spots) == 0 {
		return
	}
	o := g.order(x.rule.query())
	// Arcs of types with a depth are followed by walking each work for as many steps.
	pass := make([]bool, len(c.codes))
	for i, code := range c.codes {
		pass[i] = o.pass == nil || o.pass[i]
		if pass[i] && c.depths && code.depth < math.MaxInt32 {
			f.steps, pass[i] = max(f.steps, code.depth), false
		}
	}
	if o.steps > 0 {
		f.steps = o.steps
		clear(pass)
	}
	x.arrive(o)
	x.condense(pass, o.steps == 0)
	x.wardsTouched()
	cands := x.candidates()
	kinds := newClasses(len(cands))
	carried := make([]block, len(f.first))
	for from := 0; from < len(x.works); from += blockBits {
		clear(carried)
		for i := from; i < min(from+blockBits, len(x.works)); i++ {
			bit := i - from
			for _, a := range f.arrivals[i] {
				if k := f.comp[a.node]; k > 0 {
					carried[k][bit>>6] |= 1 << (bit & 63)
				}
			}
		}
		f.carry(carried)
		first := from / 64
		n := min(blockWords, x.words-first)
		for i := range x.spots {
			if k := f.comp[x.spots[i].ci]; k > 0 {
				s := &x.spots[i]
				for j := range n {
					s.in[first+j] |= carried[k][j]
				}
			}
		}
		kinds.refine(cands, carried, int32(first))
		x.watch(carried, first)
	}
	for _, cl := range kinds.distinct(cands) {
		in := x.newSet()
		kinds.fill(in, cl.class)
		x.add(f.first[cl.cand], in, in)
	}
}

// arrive walks each work for the steps that are followed one by one.
func (x *excluder) arrive(o order) {
	c, f := &x.g.core, &x.flow
	f.arrivals = make([][]arrival, len(x.works))
	for i, cis := range x.cis {
		if f.steps == 0 {
			for _, v := range cis {
				f.arrivals[i] = append(f.arrivals[i], arrival{v, 0})
			}
			continue
		}
		s := c.acquire()
		o.steps, o.trace = f.steps, true
		c.walk(s, cis, o)
		s.measure()
		for _, v := range s.queue[:s.total()] {
			f.arrivals[i] = append(f.arrivals[i], arrival{v, s.dist[v]})
		}
		for _, v := range s.fired {
			f.arrivals[i] = append(f.arrivals[i], arrival{v, c.failed(s, v)})
		}
		c.release(s)
	}
}

// condense numbers what works may bring down, along arcs whose code passes and through groups. With on
// unset nothing goes on from where the works have arrived.
func (x *excluder) condense(pass []bool, on bool) {
	c, f := &x.g.core, &x.flow
	nodes := int(c.n) + len(c.need)
	f.comp, f.first, f.need, f.ends = make([]int32, nodes), []int32{-1}, []int32{0}, []int32{0}
	var met []int32
	seen := make([]bool, nodes)
	meet := func(v int32) {
		if !seen[v] {
			seen[v] = true
			met = append(met, v)
		}
	}
	for _, list := range f.arrivals {
		for _, a := range list {
			meet(a.node)
		}
	}
	if !on {
		slices.Sort(met)
		for i, v := range met {
			f.comp[v] = int32(i + 1)
			f.enter(c, v)
			f.ends = append(f.ends, 0)
			f.order = append(f.order, int32(i+1))
		}
		return
	}
	for i := 0; i < len(met); i++ {
		row, codes := c.dependents.full(met[i])
		for j, v := range row {
			if pass[codes[j]] {
				meet(v)
			}
		}
	}
	x.relevant(seen, pass)
	// Circles of CIs without gates become one node: what brings down one CI of it brings down all.
	number, rows := make([]int32, nodes), adjacency{off: make([]int32, 1, nodes+1), to: make([]int32, 0, len(c.providers.to))}
	met = met[:0]
	for v := range int32(nodes) {
		if seen[v] {
			number[v] = int32(len(met))
			met = append(met, v)
		}
	}
	for _, v := range met {
		if v < c.n {
			row, codes := c.providers.full(v)
			for j, w := range row {
				if w < c.n && seen[w] && pass[codes[j]] {
					rows.to = append(rows.to, number[w])
				}
			}
		}
		rows.off = append(rows.off, int32(len(rows.to)))
	}
	var gates []int32
	stamp := []int32{0}
	t := tarjan{c: &core{n: int32(len(met)), providers: rows}, low: make([]int32, len(met))}
	t.emit = func(comp []int32) {
		k := int32(len(f.first))
		least := int32(math.MaxInt32)
		for _, i := range comp {
			f.comp[met[i]] = k
			least = min(least, met[i])
		}
		f.enter(c, least)
		stamp = append(stamp, k)
		if least >= c.n {
			gates = append(gates, least)
		}
		for _, i := range comp {
			for _, w := range rows.row(i) {
				if b := f.comp[met[w]]; stamp[b] != k {
					stamp[b] = k
					f.below = append(f.below, b)
				}
			}
		}
		f.ends = append(f.ends, int32(len(f.below)))
	}
	for i := range int32(len(met)) {
		if t.low[i] == 0 {
			t.from(i)
		}
	}
	if len(gates) > 0 {
		f.addGates(c, gates, met)
		return
	}
	for k := range f.first[1:] {
		f.order = append(f.order, int32(k+1))
	}
}

// enter appends a number for a CI or gate.
func (f *stream) enter(c *core, v int32) {
	if v >= c.n {
		f.first, f.need = append(f.first, -1), append(f.need, c.need[v-c.n])
	} else {
		f.first, f.need = append(f.first, v), append(f.need, 1)
	}
}

// relevant drops what has no bearing on the spots, where these alone count.
func (x *excluder) relevant(seen []bool, pass []bool) {
	if x.shared || x.redundant {
		return
	}
	c := &x.g.core
	use := make([]bool, len(seen))
	var todo []int32
	for i := range x.spots {
		use[x.spots[i].ci] = true
		todo = append(todo, x.spots[i].ci)
	}
	for len(todo) > 0 {
		v := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		row, codes := c.providers.full(v)
		for j, w := range row {
			if seen[w] && !use[w] && pass[codes[j]] {
				use[w] = true
				todo = append(todo, w)
			}
		}
	}
	copy(seen, use)
}
