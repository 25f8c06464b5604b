package cmdb

import (
	"cmp"
	"iter"
	"math/bits"
	"slices"
)

// set is a set of works by number.
type set []uint64

func (x *excluder) newSet() set { return make(set, x.words) }

func (s set) add(i int) { s[i>>6] |= 1 << (i & 63) }

func (s set) union(t set) {
	for i, w := range t {
		s[i] |= w
	}
}

func (s set) remove(t set) {
	for i, w := range t {
		s[i] &^= w
	}
}

func (s set) within(t set) bool {
	for i, w := range s {
		if w&^t[i] != 0 {
			return false
		}
	}
	return true
}

func (s set) len() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

func (s set) all() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, w := range s {
			for ; w != 0; w &= w - 1 {
				if !yield(i<<6 + bits.TrailingZeros64(w)) {
					return
				}
			}
		}
	}
}

func (s set) list() []int32 {
	out := make([]int32, 0, s.len())
	for i := range s.all() {
		out = append(out, int32(i))
	}
	return out
}

// product says that all works of a exclude all of b; a clique has one set for both.
type product struct {
	at     int32 // the CI at which they meet
	a, b   set
	size   int // of b
	clique bool
}

// smallClique is a clique of few works.
type smallClique struct {
	at    int32
	works []int32
}

// few is the size below which a clique is kept as a list and left alone by factor.
const few = 16

// add notes a product, unless no two works are in it. The sets become its own.
func (x *excluder) add(at int32, a, b set) {
	p := product{at, a, b, b.len(), &a[0] == &b[0]}
	switch {
	case p.size == 0 || p.clique && p.size == 1:
	case p.clique && p.size < few:
		x.lists = append(x.lists, smallClique{at, a.list()})
	default:
		if n := a.len(); n > 0 && (n > 1 || p.size > 1 || !a.within(b)) {
			x.products = append(x.products, p)
		}
	}
}

// factor turns products into sets. A hub is a CI that many works bring down: where all of them are in b
// of many products, they exclude a of all these, which is one set; what is left of each product
// stands by itself.
func (x *excluder) factor() {
	slices.SortStableFunc(x.products, func(a, b product) int { return cmp.Compare(a.at, b.at) })
	left := make([]set, len(x.products)) // what of b is not yet covered
	for i, p := range x.products {
		left[i] = slices.Clone(p.b)
	}
	const hubs, tries = 64, 2000
	for i, h := range x.busiest() {
		hub := x.spots[h].in
		size := hub.len()
		if len(x.hubs) == hubs || i == tries {
			break
		}
		if size < few {
			continue
		}
		rest := slices.Clone(hub)
		for _, other := range x.hubs {
			if other.a.within(hub) {
				rest.remove(other.a)
			}
		}
		if 2*rest.len() < size {
			continue
		}
		behind := x.newSet()
		var covered []int
		for i, p := range x.products {
			if p.size >= size && hub.within(p.b) {
				behind.union(p.a)
				covered = append(covered, i)
			}
		}
		if len(covered) < 2 {
			continue
		}
		for _, i := range covered {
			left[i].remove(hub)
		}
		x.hubs = append(x.hubs, product{x.spots[h].ci, hub, behind, 0, false})
		x.out = append(x.out, Exclusion{x.g.ids[x.spots[h].ci], x.names(hub), x.names(behind)})
	}
	products := x.products
	x.products = nil
	for i, p := range products {
		if p.clique {
			x.add(p.at, left[i], left[i])
		} else {
			x.add(p.at, p.a, left[i])
		}
	}
	for _, p := range x.products {
		x.out = append(x.out, Exclusion{x.g.ids[p.at], x.names(p.a), x.names(p.b)})
	}
}

// busiest orders the spots by about how many pairs each would cover as a hub: the works that
// bring it down, times the products that any work on it is in. Of spots that the same works bring
// down it has the first.
func (x *excluder) busiest() []int {
	reach := make([]int, len(x.works)) // products that each work is in
	for _, p := range x.products {
		for i := range p.b.all() {
			reach[i]++
		}
	}
	var order []int
	gain := make([]int, len(x.spots))
	seen := map[int32]bool{}
	for i, s := range x.spots {
		if k := x.flow.of(s.ci); k > 0 {
			if seen[k] {
				continue
			}
			seen[k] = true
		}
		least := len(x.products)
		for w := range s.on.all() {
			least = min(least, reach[w])
		}
		order = append(order, i)
		gain[i] = s.in.len() * least
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(gain[b], gain[a]) })
	return order
}

func (x *excluder) names(s set) []string {
	var out []string
	for i := range s.all() {
		out = append(out, x.works[i].ID)
	}
	return out
}

// small makes sets of the cliques of few works, but for those within another.
func (x *excluder) small() {
	slices.SortFunc(x.lists, func(a, b smallClique) int {
		return cmp.Or(cmp.Compare(len(b.works), len(a.works)), slices.Compare(a.works, b.works), cmp.Compare(a.at, b.at))
	})
	kept := make([][]int, len(x.works)) // cliques, by each of their works
	for i, l := range x.lists {
		rarest := l.works[0]
		for _, w := range l.works {
			if len(kept[w]) < len(kept[rarest]) {
				rarest = w
			}
		}
		if slices.ContainsFunc(kept[rarest], func(j int) bool { return subset(l.works, x.lists[j].works) }) {
			continue
		}
		for _, w := range l.works {
			kept[w] = append(kept[w], i)
		}
		names := x.listed(l.works)
		x.out = append(x.out, Exclusion{x.g.ids[l.at], names, slices.Clone(names)})
	}
}

// subset reports whether a is within b, both sorted.
func subset(a, b []int32) bool {
	for _, v := range a {
		for len(b) > 0 && b[0] < v {
			b = b[1:]
		}
		if len(b) == 0 || b[0] != v {
			return false
		}
	}
	return true
}
