package cmdb

import (
	"cmp"
	"slices"
)

// A Clique is a set of works of which no two may overlap: the form in which a planner takes
// exclusions.
type Clique struct {
	At    string   `json:"at"`    // where its first two meet, see [Exclusion]
	Works []string `json:"works"` // sorted, two or more
}

// Cliques says the same as a list of exclusions in sets of which no two works may overlap, each pair in
// one set at least and no other pair in any. What already excludes all of itself stays whole; the
// rest is covered greedily, from each pair that is not yet in a set, by all works that exclude all of those
// taken before and are not yet in a set with the first. Works on a busy CI and those behind it, which need not exclude each other, take a set for each
// that does not fit into another: as many as pairs at worst.
//
// Cost: two bits of memory for each pair of works, excluding or not, and time for each set and work of
// it proportional to the number of works.
func Cliques(list []Exclusion) []Clique {
	var ids []string
	for i := range list {
		ids = append(append(ids, list[i].Works...), list[i].Against...)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	c := cliques{ids: ids, words: (len(ids) + 63) / 64, apart: make([]set, len(ids)), left: make([]set, len(ids))}
	for i := range ids {
		c.apart[i] = make(set, c.words)
	}
	sides := make([][2]set, len(list))
	for i := range list {
		works, against := c.set(list[i].Works), c.set(list[i].Against)
		sides[i] = [2]set{works, against}
		for w := range works.all() {
			c.apart[w].union(against)
		}
		for w := range against.all() {
			c.apart[w].union(works)
		}
	}
	for i := range ids {
		c.apart[i][i>>6] &^= 1 << (i & 63)
		c.left[i] = slices.Clone(c.apart[i])
	}
	order := make([]int, len(list)) // the largest first, so that those within them are not needed
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(len(list[b].Works), len(list[a].Works)) })
	for _, i := range order {
		if slices.Equal(sides[i][0], sides[i][1]) && c.open(sides[i][0]) {
			c.take(list[i].At, sides[i][0])
		}
	}
	for i := range list {
		for w := range sides[i][0].all() {
			for v := range sides[i][1].all() {
				if c.left[w][v>>6]>>(v&63)&1 != 0 {
					c.take(list[i].At, c.grown(w, v))
				}
			}
		}
	}
	slices.SortFunc(c.out, func(a, b Clique) int { return cmp.Or(cmp.Compare(a.At, b.At), slices.Compare(a.Works, b.Works)) })
	return c.out
}

type cliques struct {
	ids   []string
	words int
	apart []set // by work: those that it excludes
	left  []set // of them, those that are with it in no set yet
	out   []Clique
}

func (c *cliques) set(works []string) set {
	s := make(set, c.words)
	for _, id := range works {
		i, _ := slices.BinarySearch(c.ids, id)
		s.add(i)
	}
	return s
}

// open reports whether a pair of a set is in no other.
func (c *cliques) open(s set) bool {
	for w := range s.all() {
		for i, bits := range s {
			if bits&c.left[w][i] != 0 {
				return true
			}
		}
	}
	return false
}

// grown returns a set with two works and those that exclude each other and them, of those that
// are with the first in no set yet.
func (c *cliques) grown(w, v int) set {
	s, may := make(set, c.words), slices.Clone(c.apart[w])
	s.add(w)
	add := func(u int) {
		s.add(u)
		for i := range may {
			may[i] &= c.apart[u][i]
		}
	}
	add(v)
	for u := range c.left[w].all() { // with those that are with w already the sets would overlap for nothing
		if may[u>>6]>>(u&63)&1 != 0 {
			add(u)
		}
	}
	return s
}

func (c *cliques) take(at string, s set) {
	x := Clique{At: at}
	for w := range s.all() {
		x.Works = append(x.Works, c.ids[w])
		c.left[w].remove(s)
	}
	c.out = append(c.out, x)
}
