package cmdb

import (
	"cmp"
	"math/bits"
	"slices"
)

// fewCIs is up to how many CIs the fewest waves are searched for, and fewTries how many
// placements of a CI the search tries.
const (
	fewCIs   = 12
	fewTries = 200_000
)

// A rolloutOrder is what must come before what. Its parts are the strong components of what the
// items rely on, providers first; an item is the one CI of its part that is rolled out.
type rolloutOrder struct {
	items []rolloutItem // by ID
	below [][]int32     // by part: the parts that it relies on directly
	item  []int32       // by part: its item, or -1
	tail  []int32       // by part: items in the longest chain of those that rely on it
}

type rolloutItem struct {
	v    int32
	part int32
}

// orderOf needs the layers of Waves, so that each part has one item at most.
func (g *Graph) orderOf(layers [][]string) *rolloutOrder {
	c := &g.core
	var wanted []int32
	for _, l := range layers {
		wanted = append(wanted, g.known(l)...)
	}
	slices.Sort(wanted)
	o := &rolloutOrder{items: make([]rolloutItem, len(wanted))}
	at := make(map[int32]int32, len(wanted))
	for i, v := range wanted {
		o.items[i].v = v
		at[v] = int32(i)
	}
	part := make([]int32, int(c.n)+len(c.need))
	c.components(wanted, func(component []int32) {
		k, item := int32(len(o.below)), int32(-1)
		for _, v := range component {
			part[v] = k
			if i, ok := at[v]; ok {
				item = i
				o.items[i].part = k
			}
		}
		var below []int32
		for _, v := range component {
			for _, w := range c.providers.row(v) {
				if part[w] != k {
					below = append(below, part[w])
				}
			}
		}
		slices.Sort(below)
		o.below = append(o.below, slices.Compact(below))
		o.item = append(o.item, item)
	})
	o.tail = make([]int32, len(o.below))
	for k := len(o.below) - 1; k >= 0; k-- {
		own := int32(0)
		if o.item[k] >= 0 {
			own = 1
		}
		for _, b := range o.below[k] {
			o.tail[b] = max(o.tail[b], o.tail[k]+own)
		}
	}
	return o
}

// fill is list scheduling of unit tasks, those with the highest rank first, from the last wave to the first if back is
// set. It returns items.
func (p *packer) fill(o *rolloutOrder, rank []int32, back bool) [][]int32 {
	below, above := o.below, make([][]int32, len(o.below))
	for k, list := range below {
		for _, b := range list {
			above[b] = append(above[b], int32(k))
		}
	}
	if back {
		below, above = above, below
	}
	left := make([]int32, len(below))
	var ready, settled []int32 // items; parts
	done := func(k int32) {    // all that part k waits for
		if o.item[k] >= 0 {
			ready = append(ready, o.item[k])
		} else {
			settled = append(settled, k)
		}
	}
	settle := func() {
		for len(settled) > 0 {
			k := settled[len(settled)-1]
			settled = settled[:len(settled)-1]
			for _, a := range above[k] {
				if left[a]--; left[a] == 0 {
					done(a)
				}
			}
		}
	}
	for k := range below {
		if left[k] = int32(len(below[k])); left[k] == 0 {
			done(int32(k))
		}
	}
	settle()
	var out [][]int32
	for len(ready) > 0 {
		slices.SortFunc(ready, func(a, b int32) int { return cmp.Or(cmp.Compare(rank[b], rank[a]), cmp.Compare(a, b)) })
		w := wave{tally: p.tally}
		if p.tally != nil {
			p.tally.begin()
		}
		rest := ready[:0:0]
		var items []int32
		for _, i := range ready {
			if p.join(&w, o.items[i].v) {
				items = append(items, i)
				settled = append(settled, o.items[i].part)
			} else {
				rest = append(rest, i)
			}
		}
		out = append(out, items)
		ready = rest
		settle()
	}
	if back {
		slices.Reverse(out)
	}
	return out
}

// passes is how many times the waves are filled anew without becoming fewer before that is that.
const passes = 6

// better fills the waves again and again, from the last to the first and from the first to the last in turn, each time
// those first that came last the time before: what was held up by groups moves to where there is
// room for it, as in the forward and backward improvement of project schedules (Li and Willis, European
// Journal of Operational Research 56, 1992). It returns the fewest waves found.
func (p *packer) better(o *rolloutOrder, waves [][]int32, least int) [][]int32 {
	rank := make([]int32, len(o.items))
	last := waves
	for since, back := 0, true; since < passes && len(waves) > least; since, back = since+1, !back {
		for k, w := range last {
			for _, i := range w {
				if rank[i] = int32(k); !back {
					rank[i] = -rank[i]
				}
			}
		}
		if last = p.fill(o, rank, back); len(last) < len(waves) {
			waves, since = last, -1
		}
	}
	return waves
}

// least is a number of waves that no roll-out goes below: the longest chain, and as many as
// the size asks for, in each zone if waves keep to one.
func (p *packer) least(o *rolloutOrder, chain int) int {
	size := p.rule.Size
	if size <= 0 {
		size = max(len(o.items), 1)
	}
	n := (len(o.items) + size - 1) / size
	if p.rule.Zones {
		zones := map[string]int{}
		for _, it := range o.items {
			zones[p.g.ci(it.v).Zone]++
		}
		n = 0
		for _, k := range zones {
			n += (k + size - 1) / size
		}
	}
	return max(n, chain)
}

// fewer looks for fewer waves than were found, from least on: each item is tried in each
// wave between the chains before and behind it.
func (p *packer) fewer(o *rolloutOrder, found [][]int32, least int) [][]int32 {
	n := len(o.items)
	under := make([]uint64, len(o.below)) // by part: items at or below it
	for k, below := range o.below {
		for _, b := range below {
			under[k] |= under[b]
		}
		if i := o.item[k]; i >= 0 {
			under[k] |= 1 << i
		}
	}
	order := make([]int, n) // those with fewest items below first, so that providers come first
	for i := range order {
		order[i] = i
	}
	depth := func(i int) int { return bits.OnesCount64(under[o.items[i].part]) }
	slices.SortStableFunc(order, func(a, b int) int { return depth(a) - depth(b) })
	at := make([]int, n)
	p.tries = fewTries
	for k := least; k < len(found); k++ {
		waves := make([]wave, k)
		var place func(x int) bool
		place = func(x int) bool {
			if x == n {
				return true
			}
			i := order[x]
			first := 0
			for rest := under[o.items[i].part] &^ (1 << i); rest != 0; rest &= rest - 1 {
				first = max(first, at[bits.TrailingZeros64(rest)]+1)
			}
			for j := first; j < k-int(o.tail[o.items[i].part]); j++ {
				if p.tries--; p.tries < 0 {
					return false
				}
				before := waves[j]
				if !p.join(&waves[j], o.items[i].v) {
					continue
				}
				at[i] = j
				if place(x + 1) {
					return true
				}
				waves[j] = before
			}
			return false
		}
		if place(0) {
			out := make([][]int32, k)
			for i, j := range at {
				out[j] = append(out[j], int32(i))
			}
			return slices.DeleteFunc(out, func(w []int32) bool { return len(w) == 0 })
		}
		if p.tries < 0 {
			break
		}
	}
	return found
}
