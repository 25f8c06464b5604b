package cmdb

import (
	"cmp"
	"maps"
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
	At      string   `json:"at"`      // a CI, group or service at which they meet; where several sets were joined, that of the first
	Works   []string `json:"works"`   // sorted
	Against []string `json:"against"` // sorted
}

// Exclusions returns which works must not overlap, as few large sets in place of many pairs. The
// pairs in the sets are exactly those for which [Graph.CollideChanges] finds a collision under the
// rule; that also says why a pair collides. CIs that the graph does not have exclude nothing. It
// fails where a work has no ID or shares it, or the rule names an unknown kind.
//
// Method: the works are carried through the graph in blocks of 512 bits, circles condensed and
// groups counting in bits, so that each CI knows which works bring it down. Those collide with the
// works on it, and with each other if shared dependents count; of these CIs only those at the end of the way
// matter. Where many works go through one busy CI, they and all that they meet behind it become
// one set, as in a two-hop cover of reachability (Cohen and others, SIAM Journal on Computing 32,
// 2003). For a group, works that leave it the same members are one class, and classes that
// together leave too few exclude each other.
//
// Cost: a pass over the graph for every 512 works, and two bits of memory for each work and each CI worked on. Where outages end after some steps, by the rule's
// Depth or that of a relation type in use, that many steps of each work are walked one by one first.
func (g *Graph) Exclusions(rule CollisionRule, works []Work) ([]Exclusion, error) {
	if err := checkWorks(rule, works); err != nil {
		return nil, err
	}
	works = slices.Clone(works)
	slices.SortFunc(works, func(a, b Work) int { return cmp.Compare(a.ID, b.ID) })
	x := newExcluder(g, &rule, works)
	if x.dep || x.shared || x.redundant {
		x.follow()
	}
	x.spotProducts()
	x.factor()
	x.small()
	x.groupsApart()
	if rule.counts(SameService) {
		x.services()
	}
	slices.SortFunc(x.out, func(a, b Exclusion) int {
		return cmp.Or(cmp.Compare(a.At, b.At), slices.Compare(a.Works, b.Works), slices.Compare(a.Against, b.Against))
	})
	return x.out, nil
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
		if kindRank(k) < 0 {
			f.addf(path("rule.kinds", i), "must be %q, %q, %q, %q or %q, is %q", SameCI, Dependency, RedundantPair, SharedDependent, SameService, shorten(string(k)))
		}
	}
	return f.err()
}

// excluder does one call of Exclusions.
type excluder struct {
	g     *Graph
	rule  *CollisionRule
	works []Work    // by ID
	cis   [][]int32 // by work
	words int       // of a set of works

	same, dep, redundant, shared bool // the kinds that count

	spots  []spot        // by CI
	spotAt map[int32]int // by CI

	products []product     // the pairs to be covered
	lists    []smallClique // and those of few works
	hubs     []product     // accepted by factor
	flow     stream
	wards    []ward // the groups that works touch
	out      []Exclusion
}

// spot is a CI that some work takes out.
type spot struct {
	ci int32
	on set // the works on it
	in set // the works that bring it down, those on it included
}

func newExcluder(g *Graph, rule *CollisionRule, works []Work) *excluder {
	x := &excluder{g: g, rule: rule, works: works, words: (len(works) + 63) / 64, spotAt: map[int32]int{}}
	x.same, x.dep, x.redundant, x.shared = rule.counts(SameCI), rule.counts(Dependency), rule.counts(RedundantPair) && len(g.groups) > 0, rule.counts(SharedDependent)
	x.cis = make([][]int32, len(works))
	var all []int32
	for i, w := range works {
		x.cis[i] = g.known(w.CIs)
		all = append(all, x.cis[i]...)
	}
	slices.Sort(all)
	for _, v := range slices.Compact(all) {
		x.spotAt[v] = len(x.spots)
		x.spots = append(x.spots, spot{v, x.newSet(), x.newSet()})
	}
	for i := range works {
		for _, v := range x.cis[i] {
			s := &x.spots[x.spotAt[v]]
			s.on.add(i)
			s.in.add(i)
		}
	}
	return x
}

// closed says that all pairs of works that bring a CI down count, whichever of them is on it.
func (x *excluder) closed() bool { return x.same && x.dep && x.shared }

// spotProducts lists the pairs that meet at the CIs worked on.
func (x *excluder) spotProducts() {
	for i := range x.spots {
		s := &x.spots[i]
		if x.closed() {
			if !x.flow.passes(s.ci) {
				x.add(s.ci, s.in, s.in)
			}
			continue
		}
		hit := slices.Clone(s.in)
		hit.remove(s.on)
		switch {
		case x.dep && x.shared:
			x.add(s.ci, hit, s.in)
		case x.dep && x.same:
			x.add(s.ci, s.on, s.in)
		case x.dep:
			x.add(s.ci, s.on, hit)
		case x.same && x.shared:
			x.add(s.ci, s.on, s.on)
			x.add(s.ci, hit, hit)
		case x.shared:
			x.add(s.ci, hit, hit)
		case x.same:
			x.add(s.ci, s.on, s.on)
		}
	}
}

// services makes a set for every service of which two works touch different CIs.
func (x *excluder) services() {
	on := map[string]map[string][]int32{} // service, then its only CI touched or "", then works
	for i, cis := range x.cis {
		mine := map[string]string{}
		for _, v := range cis {
			if s := x.g.ci(v).Service; s != "" {
				if _, ok := mine[s]; ok || x.same {
					mine[s] = ""
				} else {
					mine[s] = x.g.ids[v]
				}
			}
		}
		for s, only := range mine {
			if on[s] == nil {
				on[s] = map[string][]int32{}
			}
			on[s][only] = append(on[s][only], int32(i))
		}
	}
	for _, s := range slices.Sorted(maps.Keys(on)) {
		keys := slices.Sorted(maps.Keys(on[s]))
		classes := make([][]int32, len(keys))
		for i, k := range keys {
			classes[i] = on[s][k]
		}
		x.apart(s, classes, func(i, j int) bool { return i != j || keys[i] == "" })
	}
}

// apart makes sets of the classes of works that exclude each other, as clash says for each two
// and for one with itself.
func (x *excluder) apart(at string, classes [][]int32, clash func(i, j int) bool) {
	for i, class := range classes {
		var against []int32
		own := false
		for j := i; j < len(classes); j++ {
			if clash(i, j) {
				own = own || i == j
				against = append(against, classes[j]...)
			}
		}
		if len(against) == 0 || own && len(against) == 1 {
			continue
		}
		slices.Sort(against)
		x.out = append(x.out, Exclusion{at, x.listed(class), x.listed(slices.Compact(against))})
	}
}

func (x *excluder) listed(works []int32) []string {
	out := make([]string, len(works))
	for i, w := range works {
		out[i] = x.works[w].ID
	}
	return out
}
