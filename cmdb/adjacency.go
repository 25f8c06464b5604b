package cmdb

// adjacency is a directed graph in compressed rows: the neighbours of node v are
// to[off[v]:off[v+1]], sorted, and code says by what each of them is joined.
// With 4+1 bytes an arc and 4 bytes a node, both directions of an estate with five relations
// a CI take less than 12 bytes a relation; a map of maps takes twenty times that.
type adjacency struct {
	off  []int32
	to   []int32
	code []uint8
}

func (a *adjacency) row(v int32) []int32 { return a.to[a.off[v]:a.off[v+1]] }

// arcs lists "dep fails when prov fails" in columns, in any order.
type arcs struct {
	dep, prov []int32
	code      []uint8
}

func (a *arcs) add(dep, prov int32, code uint8) {
	a.dep = append(a.dep, dep)
	a.prov = append(a.prov, prov)
	a.code = append(a.code, code)
}

// compress builds both directions by three counting passes, each linear: scattering the arcs
// by provider, then reading those rows in order into rows by dependent (which so come out sorted
// by provider), then reading these back. Arcs between the same two nodes stand in order of code
// when a is in that order, or was before it was shuffled; New sees to that.
func compress(nodes int32, a arcs) (providers, dependents adjacency) {
	dependents = scatter(nodes, a.prov, a.dep, a.code)
	providers = dependents.transpose()
	return providers, providers.transpose()
}

// scatter returns the rows by key, each in the order of the input.
func scatter(nodes int32, key, to []int32, code []uint8) adjacency {
	x := adjacency{make([]int32, nodes+1), make([]int32, len(key)), make([]uint8, len(key))}
	for _, k := range key {
		x.off[k+1]++
	}
	for v := range nodes {
		x.off[v+1] += x.off[v]
	}
	next := make([]int32, nodes)
	copy(next, x.off)
	for i, k := range key {
		p := next[k]
		next[k]++
		x.to[p], x.code[p] = to[i], code[i]
	}
	return x
}

// transpose returns the same arcs by their other end, rows sorted.
func (a *adjacency) transpose() adjacency {
	nodes := int32(len(a.off) - 1)
	x := adjacency{make([]int32, nodes+1), make([]int32, len(a.to)), make([]uint8, len(a.to))}
	for _, v := range a.to {
		x.off[v+1]++
	}
	for v := range nodes {
		x.off[v+1] += x.off[v]
	}
	next := make([]int32, nodes)
	copy(next, x.off)
	for v := range nodes {
		for i := a.off[v]; i < a.off[v+1]; i++ {
			w := a.to[i]
			p := next[w]
			next[w]++
			x.to[p], x.code[p] = v, a.code[i]
		}
	}
	return x
}
