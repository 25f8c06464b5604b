package cmdb

import "slices"

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

// Nodes are dealt to pages of neighbours. A record of one arc in a page is a key: the node in the page, the
// node at the other end, the code.
const (
	pageBits = 12
	codeBits = 8
	nodeBits = 31
)

// compress builds both directions of "key fails when to fails", rows sorted by node, then code, from
// arcs that blocks yields twice in pieces, alike. It reports whether an arc that joins no gate
// is there twice.
//
// Writing each arc straight to its place would miss the cache three times an arc. So the arcs are
// dealt to pages of 4,096 neighbouring keys, which is a few hundred streams of writing, and each page
// is put in order in the cache. While that is done it is dealt to the pages of the other direction, whose
// rows come out sorted by themselves. Three stable sorts by counting, of records of 12 bytes, took
// twice as long.
func compress(nodes int32, blocks func(yield func([]arc))) (providers, dependents adjacency, repeats bool) {
	pages := int(nodes>>pageBits) + 2
	down, up := make([]int32, pages), make([]int32, pages)
	blocks(func(block []arc) {
		for i := range block {
			down[block[i].key>>pageBits+1]++
			up[block[i].to>>pageBits+1]++
		}
	})
	largest := int32(0)
	for p := 1; p < pages; p++ {
		largest = max(largest, down[p], up[p])
		down[p] += down[p-1]
		up[p] += up[p-1]
	}
	all := down[pages-1]
	near, far := make([]uint64, all), make([]uint64, all)
	next := slices.Clone(down)
	blocks(func(block []arc) {
		for _, a := range block {
			p := a.key >> pageBits
			near[next[p]] = packed(a.key, a.to, a.code)
			next[p]++
		}
	})
	copy(next, up)
	providers, dependents = newAdjacency(nodes, all), newAdjacency(nodes, all)
	row := make([]uint64, largest)
	for p := range int32(pages - 1) {
		base := p << pageBits
		providers.deal(base, down[p], near[down[p]:down[p+1]], row)
		for v := base; v < min(base+1<<pageBits, nodes); v++ {
			i, j := providers.off[v], providers.off[v+1]
			r := row[i-down[p] : j-down[p]]
			sortRow(r)
			last := ^uint64(0)
			for k, rec := range r {
				to, code := int32(rec>>codeBits&(1<<nodeBits-1)), uint8(rec)
				providers.to[int(i)+k], providers.code[int(i)+k] = to, code
				repeats = repeats || rec == last && code != groupCode
				last = rec
				q := to >> pageBits
				far[next[q]] = packed(to, v, code)
				next[q]++
			}
		}
	}
	for p := range int32(pages - 1) {
		dependents.deal(p<<pageBits, up[p], far[up[p]:up[p+1]], row)
		for k, rec := range row[:up[p+1]-up[p]] {
			i := int(up[p]) + k
			dependents.to[i], dependents.code[i] = int32(rec>>codeBits&(1<<nodeBits-1)), uint8(rec)
		}
	}
	return providers, dependents, repeats
}

func newAdjacency(nodes, arcs int32) adjacency {
	return adjacency{off: make([]int32, nodes+1), to: make([]int32, arcs), code: make([]uint8, arcs)}
}

func packed(key, to int32, code uint8) uint64 {
	return uint64(key&(1<<pageBits-1))<<(codeBits+nodeBits) | uint64(to)<<codeBits | uint64(code)
}

// deal puts the records of the page that begins at node base into out by their keys, in the order that they have, and
// sets the offsets of its nodes; first is where the page begins.
func (x *adjacency) deal(base, first int32, records, out []uint64) {
	var next [1<<pageBits + 1]int32
	for _, r := range records {
		next[r>>(codeBits+nodeBits)+1]++
	}
	for k := 1; k < len(next); k++ {
		next[k] += next[k-1]
	}
	for k := range min(1<<pageBits, int32(len(x.off))-1-base) {
		x.off[base+k+1] = first + next[k+1]
	}
	for _, r := range records {
		k := r >> (codeBits + nodeBits)
		out[next[k]] = r
		next[k]++
	}
}

// sortRow sorts a row, which is mostly short, and often sorted.
func sortRow(r []uint64) {
	if len(r) > 24 {
		slices.Sort(r)
		return
	}
	for i := 1; i < len(r); i++ {
		x, j := r[i], i
		for ; j > 0 && r[j-1] > x; j-- {
			r[j] = r[j-1]
		}
		r[j] = x
	}
}

// oneBlock hands over arcs that are in a list.
func oneBlock(list []arc) func(func([]arc)) {
	return func(yield func([]arc)) { yield(list) }
}
