package risk

// A diagram holds Boolean functions of failures as a reduced ordered binary decision diagram
// (Bryant 1986): node 0 is false, node 1 is true, and equal functions are one node. The
// chance of a function is a sum over its nodes, so what is exact costs what the diagram is
// large, not two to the number of failures.
type diagram struct {
	nodes []branch
	index map[branch]int32
	memo  map[[3]int32]int32
	most  int // nodes that it may have
}

// A branch decides on variable v: lo where it holds, hi where it fails.
type branch struct{ v, lo, hi int32 }

// leaf stands in for the variable of the two constants: it comes after all others.
const leaf = 1 << 30

func newDiagram(most int) *diagram {
	return &diagram{nodes: []branch{{leaf, 0, 0}, {leaf, 1, 1}}, index: map[branch]int32{}, memo: map[[3]int32]int32{}, most: most}
}

// full says that the diagram has outgrown its limit; what it returns then means nothing.
func (d *diagram) full() bool { return len(d.nodes) > d.most || len(d.memo) > 8*d.most }

func (d *diagram) node(b branch) int32 {
	if b.lo == b.hi {
		return b.lo
	}
	n, ok := d.index[b]
	if !ok {
		n = int32(len(d.nodes))
		d.nodes = append(d.nodes, b)
		d.index[b] = n
	}
	return n
}

// fails is the function "variable v fails".
func (d *diagram) fails(v int32) int32 { return d.node(branch{v, 0, 1}) }

// ite is "if f then g else h". It recurses no deeper than there are variables.
func (d *diagram) ite(f, g, h int32) int32 {
	switch {
	case f == 1 || g == h:
		return g
	case f == 0:
		return h
	case g == 1 && h == 0:
		return f
	}
	key := [3]int32{f, g, h}
	if r, ok := d.memo[key]; ok || d.full() {
		return r
	}
	v := min(d.nodes[f].v, d.nodes[g].v, d.nodes[h].v)
	cut := func(n int32) (lo, hi int32) {
		if b := d.nodes[n]; b.v == v {
			return b.lo, b.hi
		}
		return n, n
	}
	f0, f1 := cut(f)
	g0, g1 := cut(g)
	h0, h1 := cut(h)
	r := d.node(branch{v, d.ite(f0, g0, h0), d.ite(f1, g1, h1)})
	d.memo[key] = r
	return r
}

func (d *diagram) or(f, g int32) int32 { return d.ite(f, 1, g) }

// atLeast is "at least k of the functions hold".
func (d *diagram) atLeast(k int, of []int32) int32 {
	if k <= 0 {
		return 1
	}
	if k > len(of) {
		return 0
	}
	// row[j]: at least j of those seen so far.
	row := make([]int32, k+1)
	row[0] = 1
	for _, f := range of {
		for j := k; j >= 1; j-- {
			row[j] = d.ite(f, row[j-1], row[j])
		}
		if d.full() {
			return 0
		}
	}
	return row[k]
}

// chance is the probability of f, where variable v fails with fails[v].
func (d *diagram) chance(f int32, fails []float64) float64 {
	p := make([]float64, f+1) // a node stands after those below it
	for n := range p {
		switch b := d.nodes[n]; {
		case n < 2:
			p[n] = float64(n)
		default:
			p[n] = float64(fails[b.v]*p[b.hi]) + float64((1-fails[b.v])*p[b.lo])
		}
	}
	return p[f]
}

// diagrammed computes the chance that t is down by a decision diagram; ok is false where it
// would need more than most nodes. Failures are ordered as a walk from t in breadth meets
// them, which suits layers that share their providers, and where that does not do as one in
// depth does, which suits branches that share little.
//
// A node is down if it fails or if a group has lost too many members. Needs may go round in
// circles; the functions then grow from "nothing is down but what fails itself" until they
// stand still, which is the least solution, as the worklist finds it.
func (g *graph) diagrammed(t int, cone []int, most int) (p float64, ok bool) {
	order, deep := g.below(t)
	var broad []int
	for _, i := range cone {
		if g.fails[i] > 0 && g.fails[i] < 1 {
			broad = append(broad, i)
		}
	}
	if p, ok = g.diagrammedBy(t, order, broad, most); !ok {
		p, ok = g.diagrammedBy(t, order, deep, most)
	}
	return p, ok
}

// diagrammedBy is diagrammed with the failures in the order of vars.
func (g *graph) diagrammedBy(t int, order, vars []int, most int) (p float64, ok bool) {
	d := newDiagram(most)
	down := make(map[int]int32, len(order))
	own := make(map[int]int32, len(vars))
	fails := make([]float64, len(vars))
	for v, i := range vars {
		own[i] = d.fails(int32(v))
		fails[v] = g.fails[i]
	}
	for _, i := range order {
		if g.fails[i] >= 1 {
			own[i] = 1
		}
		down[i] = own[i]
	}
	steps := 0
	for changed := true; changed; {
		changed = false
		for _, i := range order {
			f := own[i]
			for _, q := range g.needs[i] {
				if steps += len(q.of); steps > 50*most+1000 {
					return 0, false
				}
				members := make([]int32, len(q.of))
				for m, j := range q.of {
					members[m] = down[j]
				}
				f = d.or(f, d.atLeast(len(q.of)-q.k+1, members))
			}
			if d.full() {
				return 0, false
			}
			if f != down[i] {
				down[i], changed = f, true
			}
		}
	}
	return d.chance(down[t], fails), true
}

// below lists what t needs, itself included, what is needed before what needs it (but for
// circles), and those among it that may or may not fail, as first met.
func (g *graph) below(t int) (order, vars []int) {
	type frame struct{ node, need, member int }
	seen := map[int]bool{}
	var stack []frame
	enter := func(i int) {
		if seen[i] {
			return
		}
		seen[i] = true
		if g.fails[i] > 0 && g.fails[i] < 1 {
			vars = append(vars, i)
		}
		stack = append(stack, frame{node: i})
	}
	enter(t)
	for len(stack) > 0 {
		f := &stack[len(stack)-1]
		switch needs := g.needs[f.node]; {
		case f.need == len(needs):
			order = append(order, f.node)
			stack = stack[:len(stack)-1]
		case f.member == len(needs[f.need].of):
			f.need, f.member = f.need+1, 0
		default:
			f.member++
			enter(needs[f.need].of[f.member-1])
		}
	}
	return order, vars
}
