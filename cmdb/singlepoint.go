package cmdb

import (
	"cmp"
	"slices"
)

// A SinglePoint is a CI whose failure alone brings a service down.
type SinglePoint struct {
	CI       string   `json:"ci"`
	Distance int      `json:"distance"` // steps from its failure to that of the service
	Path     []string `json:"path"`     // CI ... service
}

// SinglePoints returns the single points of failure of a service or any other CI, by distance and
// ID, without the CI itself. It fails with an [UnknownCIError].
//
// Cost: one walk for what the service relies on without a group in between, and one short walk
// for each other CI that it relies on.
func (g *Graph) SinglePoints(service string) ([]SinglePoint, error) {
	target, ok := g.number(service)
	if !ok {
		return nil, &UnknownCIError{service}
	}
	c := &g.core
	cone := c.acquire()
	defer c.release(cone)
	c.walk(cone, []int32{target}, order{down: true})
	s := c.acquire()
	defer c.release(s)
	out := []SinglePoint{}
	for _, v := range cone.queue[1:cone.total()] {
		c.restart(s)
		c.walk(s, []int32{v}, order{trace: true, until: target + 1})
		if s.reached(target) {
			path := g.route(s, target)
			out = append(out, SinglePoint{g.ids[v], len(path) - 1, path})
		}
	}
	slices.SortFunc(out, func(a, b SinglePoint) int {
		return cmp.Or(cmp.Compare(a.Distance, b.Distance), cmp.Compare(a.CI, b.CI))
	})
	return out, nil
}

// A FalseGroup is a redundancy group that one CI, which is no member of it, can bring down.
type FalseGroup struct {
	Group string   `json:"group"`
	CIs   []string `json:"cis"` // any of which suffices, sorted
}

// FalseGroups returns the groups that are less redundant than they look: a host, rack, switch or
// anything else that their members share brings them down by itself. Where a group spares no
// member nothing is said of it, for it claims nothing.
//
// Cost: a short walk for every CI that two or more members of a group rely on.
func (g *Graph) FalseGroups() []FalseGroup {
	var out []FalseGroup
	for i := range g.groups {
		gr := &g.groups[i]
		if gr.need() >= len(gr.Members) {
			continue
		}
		if shared := g.sharedPoints(int32(i)); len(shared) > 0 {
			f := FalseGroup{Group: gr.ID}
			for _, v := range shared {
				f.CIs = append(f.CIs, g.ids[v])
			}
			out = append(out, f)
		}
	}
	return out
}

// sharedPoints returns the CIs outside group i that bring it down alone.
func (g *Graph) sharedPoints(i int32) []int32 {
	c := &g.core
	leaves := g.leaves(int(i))
	below := map[int32]int{}
	s := c.acquire()
	defer c.release(s)
	for _, v := range leaves {
		c.restart(s)
		c.walk(s, []int32{v}, order{down: true})
		for _, w := range s.queue[1:s.total()] {
			below[w]++
		}
	}
	var out []int32
	for w, n := range below {
		if n < 2 {
			continue
		}
		if _, member := slices.BinarySearch(leaves, w); member {
			continue
		}
		c.restart(s)
		c.walk(s, []int32{w}, order{})
		if s.reached(c.n + i) {
			out = append(out, w)
		}
	}
	slices.Sort(out)
	return out
}
