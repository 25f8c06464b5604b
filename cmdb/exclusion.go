package cmdb

import (
	"cmp"
	"iter"
	"maps"
	"math/bits"
	"slices"
)

// Work is a change as the CMDB sees it: the CIs that it takes out of service.
type Work struct {
	ID  string   `json:"id"`
	CIs []string `json:"cis"`
}

// An Exclusion says that no work in Works may overlap any other work in Against. A work in both
// lists excludes all of both; where the lists are equal, all of them exclude each other.
type Exclusion struct {
	At      string   `json:"at"`      // the CI at which they meet, the smallest of several; for same-service the service
	Works   []string `json:"works"`   // sorted
	Against []string `json:"against"` // sorted
}

// Exclusions returns which works must not overlap, as few large sets in place of many pairs. The
// pairs in the sets are those for which [Graph.CollideChanges] finds a collision of kind same-ci
// or dependency, within the rule's Depth and Types, and of kind same-service where the rule
// names it; a rule that names kinds without dependency gets only what it names. Shared dependents
// and redundant members are asked pair by pair. CIs that the graph does not have
// exclude nothing. It fails where a work has no ID or shares it, or the rule names another kind.
//
// Method: collect for each CI worked on the works that bring it down; those collide with the
// works on it. Where many works go through one busy CI, they and all that lies behind it become
// one set, as in a two-hop cover of reachability (Cohen and others, SIAM Journal on Computing 32,
// 2003). Without groups, depths and types, circles are condensed and the works are carried through
// the rest of the graph in blocks of 512 bits; otherwise each work is walked.
func (g *Graph) Exclusions(rule CollisionRule, works []Work) ([]Exclusion, error) {
	if err := checkWorks(rule, works); err != nil {
		return nil, err
	}
	works = slices.Clone(works)
	slices.SortFunc(works, func(a, b Work) int { return cmp.Compare(a.ID, b.ID) })
	x := excluder{g: g, works: works, words: (len(works) + 63) / 64}
	named := func(k CollisionKind) bool { return slices.Contains(rule.Kinds, k) }
	var out []Exclusion
	if len(rule.Kinds) == 0 || named(SameCI) || named(Dependency) {
		plain := len(g.groups) == 0 && rule.Depth <= 0 && len(rule.Types) == 0 && !g.core.depths
		switch {
		case len(rule.Kinds) > 0 && !named(Dependency):
			x.each(func(int, []int32, func(int32)) {})
		case plain:
			x.carry()
		default:
			x.walk(g.order(rule.query()))
		}
		out = x.factor()
	}
	if named(SameService) {
		out = append(out, x.services()...)
	}
	slices.SortFunc(out, func(a, b Exclusion) int {
		return cmp.Or(cmp.Compare(a.At, b.At), slices.Compare(a.Works, b.Works), slices.Compare(a.Against, b.Against))
	})
	return out, nil
}

func checkWorks(rule CollisionRule, works []Work) error {
	var f faults
	seen := map[string]int{}
	for i, w := range works {
		checkID(&f, path("works", i)+".id", w.ID)
		if j, ok := seen[w.ID]; ok {
			f.addf(path("works", i)+".id", "%q is also the id of works[%d]; rename one", shorten(w.ID), j)
		}
		seen[w.ID] = i
	}
	for i, k := range rule.Kinds {
		if k != SameCI && k != Dependency && k != SameService {
			f.addf(path("rule.kinds", i), "must be %q, %q or %q, is %q", SameCI, Dependency, SameService, shorten(string(k)))
		}
	}
	return f.err()
}

// excluder does one call of Exclusions.
type excluder struct {
	g     *Graph
	works []Work // by ID
	words int    // of a set of works
	spots []spot
}

// spot is a CI that some work takes out, or several that bring each other down.
type spot struct {
	ci int32 // the smallest
	on set   // the works on it
	in set   // the works that bring it down, those on it included
}

// set is a set of works by number.
type set []uint64

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

// each makes a spot of every CI worked on, and calls walk for every work with its CIs. What the
// work also brings down is told to hit.
func (x *excluder) each(walk func(work int, cis []int32, hit func(ci int32))) {
	at := map[int32]int{}
	cis := make([][]int32, len(x.works))
	for i, w := range x.works {
		cis[i] = x.g.known(w.CIs)
		for _, v := range cis[i] {
			k, ok := at[v]
			if !ok {
				k = len(x.spots)
				at[v] = k
				x.spots = append(x.spots, spot{v, make(set, x.words), make(set, x.words)})
			}
			x.spots[k].on.add(i)
			x.spots[k].in.add(i)
		}
	}
	for i := range x.works {
		walk(i, cis[i], func(v int32) {
			if k, ok := at[v]; ok {
				x.spots[k].in.add(i)
			}
		})
	}
}

// walk follows each work by itself.
func (x *excluder) walk(o order) {
	c := &x.g.core
	x.each(func(_ int, cis []int32, hit func(int32)) {
		s := c.acquire()
		defer c.release(s)
		c.walk(s, cis, o)
		for _, v := range s.queue[:s.total()] {
			hit(v)
		}
	})
}

// carry condenses circles and carries all works through the graph together.
func (x *excluder) carry() {
	c := &x.g.core
	x.each(func(int, []int32, func(int32)) {})
	// Number the components that the CIs worked on rely on; only these can bring them down.
	roots := make([]int32, len(x.spots))
	for i := range x.spots {
		roots[i] = x.spots[i].ci
	}
	slices.Sort(roots)
	comp := make([]int32, int(c.n)+len(c.need)) // number, from 1
	last := int32(0)
	var below []int32 // the components that each relies on, one after the other
	ends := []int32{0, 0}
	stamp := []int32{0} // by component: the last one found to rely on it
	c.components(roots, func(nodes []int32) {
		last++
		stamp = append(stamp, last)
		for _, v := range nodes {
			comp[v] = last
		}
		for _, v := range nodes {
			for _, w := range c.providers.row(v) {
				if k := comp[w]; stamp[k] != last {
					stamp[k] = last
					below = append(below, k)
				}
			}
		}
		ends = append(ends, int32(len(below)))
	})
	merged := map[int32]int{} // component to spot
	var spots []spot
	slices.SortFunc(x.spots, func(a, b spot) int { return cmp.Compare(a.ci, b.ci) })
	for _, s := range x.spots {
		k, ok := merged[comp[s.ci]]
		if !ok {
			merged[comp[s.ci]] = len(spots)
			spots = append(spots, s)
			continue
		}
		spots[k].on.union(s.on)
		spots[k].in.union(s.in)
	}
	x.spots = spots
	const block = 8 // words
	carried := make([][block]uint64, last+1)
	for from := 0; from < x.words; from += block {
		n := min(block, x.words-from)
		clear(carried)
		for k, i := range merged {
			copy(carried[k][:n], x.spots[i].on[from:from+n])
		}
		for k := int32(1); k <= last; k++ {
			b := &carried[k]
			for _, w := range below[ends[k]:ends[k+1]] {
				p := &carried[w]
				for j := range b {
					b[j] |= p[j]
				}
			}
		}
		for k, i := range merged {
			copy(x.spots[i].in[from:from+n], carried[k][:n])
		}
	}
}

// factor turns the spots into sets. The pairs to be covered are those of on with in at every
// spot. A hub covers all of its in with the works on every spot that all of its in brings down;
// what is left at each spot stands by itself.
func (x *excluder) factor() []Exclusion {
	slices.SortFunc(x.spots, func(a, b spot) int { return cmp.Compare(a.ci, b.ci) })
	left := make([]set, len(x.spots)) // what of in is not yet covered against on
	size := make([]int, len(x.spots))
	for i, s := range x.spots {
		left[i], size[i] = slices.Clone(s.in), s.in.len()
	}
	var out []Exclusion
	const hubs, small = 64, 16
	tried := 0
	for _, h := range x.busiest(size) {
		if tried == hubs || size[h] < small {
			break
		}
		if 2*left[h].len() < size[h] {
			continue // other hubs have most of it
		}
		tried++
		hub := &x.spots[h]
		behind := make(set, x.words)
		var covered []int
		for i := range x.spots {
			if size[i] >= size[h] && hub.in.within(x.spots[i].in) {
				behind.union(x.spots[i].on)
				covered = append(covered, i)
			}
		}
		if len(covered) < 2 {
			continue
		}
		for _, i := range covered {
			left[i].remove(hub.in)
		}
		out = append(out, Exclusion{x.g.ids[hub.ci], x.names(hub.in), x.names(behind)})
	}
	for i, s := range x.spots {
		rest := left[i].len()
		if rest == 0 || rest == 1 && s.on.len() == 1 && left[i].within(s.on) {
			continue
		}
		out = append(out, Exclusion{x.g.ids[s.ci], x.names(s.on), x.names(left[i])})
	}
	return out
}

// busiest orders the spots by about how many pairs each would cover as a hub: the works that
// bring it down, times the spots that any work on it brings down.
func (x *excluder) busiest(size []int) []int {
	reach := make([]int, len(x.works)) // spots that each work brings down
	for _, s := range x.spots {
		for i := range s.in.all() {
			reach[i]++
		}
	}
	order, gain := make([]int, len(x.spots)), make([]int, len(x.spots))
	for i, s := range x.spots {
		least := len(x.spots)
		for w := range s.on.all() {
			least = min(least, reach[w])
		}
		order[i], gain[i] = i, size[i]*least
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

// services returns a set for every service that two works or more touch.
func (x *excluder) services() []Exclusion {
	on := map[string][]string{}
	for _, w := range x.works {
		mine := map[string]bool{}
		for _, v := range x.g.known(w.CIs) {
			if s := x.g.ci(v).Service; s != "" {
				mine[s] = true
			}
		}
		for s := range mine {
			on[s] = append(on[s], w.ID)
		}
	}
	var out []Exclusion
	for _, s := range slices.Sorted(maps.Keys(on)) {
		if len(on[s]) > 1 {
			out = append(out, Exclusion{s, on[s], on[s]})
		}
	}
	return out
}
