package cmdb

// adjacency is a directed graph in compressed rows: the neighbours of node v are
// to[off[v]:off[v+1]], sorted, and code says by what each of them is joined.
// With 4+1 bytes an arc and 4 bytes a node, both directions of an estate with five relations
// a CI take less than 12 bytes a relation; a map of maps takes twenty times that.
type adjacency struct {
	off  []int32
	to   []int32
	code []uint8

	edited pages[editedRow] // rows that differ from the above; nil where none does
}

// editedRow is a row that an edit made anew. It is never changed.
type editedRow struct {
	to   []int32
	code []uint8
}

func (a *adjacency) row(v int32) []int32 {
	if a.edited != nil {
		return a.rowEdited(v)
	}
	return a.to[a.off[v]:a.off[v+1]]
}

func (a *adjacency) rowEdited(v int32) []int32 {
	to, _ := a.full(v)
	return to
}

// full returns a row with its codes.
func (a *adjacency) full(v int32) ([]int32, []uint8) {
	if r := a.edited.get(v); r != nil {
		return r.to, r.code
	}
	i, j := a.off[v], a.off[v+1]
	return a.to[i:j], a.code[i:j]
}

// arc says that key is joined to to. In a list of dependencies key fails when to fails.
type arc struct {
	key, to int32
	code    uint8
}

// compress builds both directions of "key fails when to fails". Three stable sorts by counting
// do it: by provider, then by dependent, which leaves the providers of each in order, then
// by provider again for the other direction. It uses arcs as room to work in.
func compress(nodes int32, arcs []arc) (providers, dependents adjacency) {
	room := make([]arc, len(arcs))
	for i := range arcs {
		arcs[i].key, arcs[i].to = arcs[i].to, arcs[i].key
	}
	dependents = rows(nodes, arcs, room)
	arcs = dependents.turned(arcs)
	providers = rows(nodes, arcs, room)
	arcs = providers.turned(arcs)
	dependents.fill(arcs, room)
	return providers, dependents
}

// turned lists the arcs by their other end, in order of the rows.
func (a *adjacency) turned(out []arc) []arc {
	out = out[:len(a.to)]
	for v := range int32(len(a.off) - 1) {
		for i := a.off[v]; i < a.off[v+1]; i++ {
			out[i] = arc{a.to[i], v, a.code[i]}
		}
	}
	return out
}

// rows returns the arcs by key, each row in the order of arcs.
func rows(nodes int32, arcs, room []arc) adjacency {
	x := adjacency{off: make([]int32, nodes+1), to: make([]int32, len(arcs)), code: make([]uint8, len(arcs))}
	for i := range arcs {
		x.off[arcs[i].key+1]++
	}
	for v := range nodes {
		x.off[v+1] += x.off[v]
	}
	x.fill(arcs, room)
	return x
}

// fill puts arcs into their rows, whose offsets stand. Writing each arc straight to its place
// would miss the cache three times an arc; so the arcs are first dealt to pages of neighbouring
// keys, which is a few hundred streams of writing, and then page by page to places that are in the cache. On a
// million CIs this is about three times as fast.
func (x *adjacency) fill(arcs, room []arc) {
	const pageBits = 12
	nodes := int32(len(x.off) - 1)
	pages := int(nodes>>pageBits) + 1
	next := make([]int32, max(pages, 1<<pageBits))
	for p := range pages {
		next[p] = x.off[min(int32(p)<<pageBits, nodes)]
	}
	for _, a := range arcs {
		p := a.key >> pageBits
		room[next[p]] = a
		next[p]++
	}
	for p := range int32(pages) {
		first := min(p<<pageBits, nodes)
		last := min(first+1<<pageBits, nodes)
		copy(next, x.off[first:last])
		for _, a := range room[x.off[first]:x.off[last]] {
			i := next[a.key-first]
			next[a.key-first]++
			x.to[i], x.code[i] = a.to, a.code
		}
	}
}
