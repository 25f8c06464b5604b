package cmdb

import (
	"slices"
	"strconv"
)

// Requirements calls need for each CI and redundancy group that the named CIs depend on,
// directly or not, and for themselves: node is up only while at least k of the members are.
// A node that needs nothing is called with no members. A node is called once, the named CIs
// first and then by distance; members are in order of ID.
//
// A group goes by its ID. One that also counts zones, see [Group], stands on further nodes,
// whose names begin with its ID and are those of nothing else. The Depth of relation types
// is not looked at: an outage may travel any number of steps.
//
// It is the structure of outages in plain terms, for those who compute with chances. It
// fails with an [UnknownCIError]. Cost: the arcs below the CIs.
func (g *Graph) Requirements(of []string, need func(node string, k int, members []string)) error {
	queue, err := g.numbers(of)
	if err != nil {
		return err
	}
	c := &g.core
	names := map[int32]string{}
	name := func(v int32) string {
		if v < c.n {
			return g.ids[v]
		}
		if _, ok := names[v]; !ok {
			names[v] = g.gateName(v)
		}
		return names[v]
	}
	seen := make(map[int32]bool, len(queue))
	for _, v := range queue {
		seen[v] = true
	}
	for len(queue) > 0 {
		v := queue[0]
		queue = queue[1:]
		row := slices.Clone(c.providers.row(v))
		slices.Sort(row)
		row = slices.DeleteFunc(slices.Compact(row), func(p int32) bool { return p == v })
		k := len(row)
		if v >= c.n {
			k = len(row) - int(c.need[v-c.n]) + 1
		}
		members := make([]string, len(row))
		for i, p := range row {
			members[i] = name(p)
			if !seen[p] {
				seen[p] = true
				queue = append(queue, p)
			}
		}
		slices.Sort(members)
		need(name(v), k, members)
	}
	return nil
}

// gateName names a gate: group i is gate i and goes by its ID, the gates behind it by a name
// that no CI and no group has.
func (g *Graph) gateName(v int32) string {
	i := v - g.core.n
	group := g.core.group[i]
	id := g.groups[group].ID
	if i == group {
		return id
	}
	nth := 1
	for j := i - 1; j >= int32(len(g.groups)) && g.core.group[j] == group; j-- {
		nth++
	}
	for sep := "/"; ; sep += "/" {
		name := id + sep + strconv.Itoa(nth)
		if _, group := g.groupNumber(name); !group && !g.Has(name) {
			return name
		}
	}
}
