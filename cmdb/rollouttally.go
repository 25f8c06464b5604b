package cmdb

import "slices"

// A tally says of a wave that is being filled whether it may take one CI more, without a walk.
//
// As long as a wave and all its parts are allowed, whatever fails with a part fails with one CI of it
// alone: an outage goes on by itself from a CI, and a group that needed two would not be allowed. So a
// wave is allowed if and only if no group has too few members left that none of those CIs brings down which do not bring the
// group down by themselves. That is a count for each group and wave, to which each CI adds the
// same members every time. Walking over the whole wave for each CI that is tried takes more than a hundred times
// as long on 60,000 packages.
//
// It does not hold where groups count zones, whose zones fail by several CIs, where outages go
// only some steps, and where standbys must not meet primaries.
type tally struct {
	g     *Graph
	first []int32                   // by group: the first of its places; each has one a member
	group []int32                   // by place
	takes map[int32][]int32         // by CI: the places that it takes, in order
	wave  int32                     // the one being filled, from 1
	taken []int32                   // by place: the wave in which it was taken last
	lost  []struct{ wave, n int32 } // by group: members down, in that wave
}

// newTally returns nil where it does not hold.
func newTally(g *Graph) *tally {
	c := &g.core
	if len(c.need) != len(g.groups) || c.depths || slices.ContainsFunc(g.groups, func(gr Group) bool { return gr.Mode == PrimaryStandby }) {
		return nil
	}
	t := &tally{g: g, takes: map[int32][]int32{}}
	for i := range g.groups {
		t.first = append(t.first, int32(len(t.group)))
		for range c.providers.row(c.n + int32(i)) {
			t.group = append(t.group, int32(i))
		}
	}
	t.taken = make([]int32, len(t.group))
	t.lost = make([]struct{ wave, n int32 }, len(g.groups))
	return t
}

// places returns what a CI takes: the members that go down with it, of groups that do not.
func (t *tally) places(v int32) []int32 {
	if list, ok := t.takes[v]; ok {
		return list
	}
	c := &t.g.core
	s := c.acquire()
	defer c.release(s)
	c.walk(s, []int32{v}, order{})
	list := []int32{}
	for _, gate := range s.touched {
		if s.reached(c.n + gate) {
			continue
		}
		for k, m := range c.providers.row(c.n + gate) {
			if s.reached(m) {
				list = append(list, t.first[gate]+int32(k))
			}
		}
	}
	slices.Sort(list)
	t.takes[v] = list
	return list
}

// begin empties the wave.
func (t *tally) begin() { t.wave++ }

// join adds a CI to the wave if it may.
func (t *tally) join(v int32) bool {
	list := t.places(v)
	for i := 0; i < len(list); {
		group, n := t.group[list[i]], int32(0)
		for ; i < len(list) && t.group[list[i]] == group; i++ {
			if t.taken[list[i]] != t.wave {
				n++
			}
		}
		if n > 0 && t.down(group)+n >= t.g.core.need[group] {
			return false
		}
	}
	for _, p := range list {
		if t.taken[p] != t.wave {
			t.taken[p] = t.wave
			l := &t.lost[t.group[p]]
			l.n, l.wave = t.down(t.group[p])+1, t.wave
		}
	}
	return true
}

func (t *tally) down(group int32) int32 {
	if l := t.lost[group]; l.wave == t.wave {
		return l.n
	}
	return 0
}
