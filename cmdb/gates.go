package cmdb

import (
	"slices"
	"strings"
)

// checkGroups checks the redundancy groups and gives them to the graph in order of ID.
func (b *Builder) checkGroups(g *Graph) {
	groups, f := b.groups, &b.faults
	order := make([]int, len(groups))
	at := map[string]int{}
	for i := range groups {
		order[i] = i
		gr, here := &groups[i], path("groups", i)
		checkID(f, here+".id", gr.ID)
		if j, ok := at[gr.ID]; ok {
			f.addf(here+".id", "%q is also the id of groups[%d]; rename one", shorten(gr.ID), j)
		} else {
			at[gr.ID] = i
		}
		if _, ok := g.number(gr.ID); ok {
			f.addf(here+".id", "%q is also the id of a CI; a group is no CI, name the CI in dependents", shorten(gr.ID))
		}
	}
	slices.SortStableFunc(order, func(x, y int) int { return strings.Compare(groups[x].ID, groups[y].ID) })
	for i := range groups {
		b.checkGroup(g, path("groups", i), &groups[i], at)
	}
	b.groupCycles(groups, at)
	for _, i := range order {
		gr := groups[i]
		gr.Members = slices.Clone(gr.Members)
		gr.Dependents = slices.Clone(gr.Dependents)
		g.groups = append(g.groups, gr)
	}
}

func (b *Builder) checkGroup(g *Graph, here string, gr *Group, at map[string]int) {
	f := &b.faults
	n := len(gr.Members)
	if n == 0 {
		f.addf(here+".members", "must name at least one member")
	}
	seen := map[string]bool{}
	zones := map[string]bool{}
	for i, m := range gr.Members {
		p, ci := g.number(m)
		_, group := at[m]
		switch {
		case !ci && !group:
			f.addf(path(here+".members", i), "names no CI and no group: %q; add it or drop the member", shorten(m))
		case seen[m]:
			f.addf(path(here+".members", i), "repeats %q; drop it", shorten(m))
		case gr.NeedZones > 0 && (!ci || g.cis.at(p).Zone == ""):
			f.addf(path(here+".members", i), "%q has no zone, but needZones counts zones: give the CI one", shorten(m))
		case gr.NeedZones > 0:
			zones[g.cis.at(p).Zone] = true
		}
		seen[m] = true
	}
	for i, d := range gr.Dependents {
		_, ok := g.number(d)
		switch {
		case !ok:
			f.addf(path(here+".dependents", i), "names no CI: %q; add it or drop the dependent", shorten(d))
		case seen[d]:
			f.addf(path(here+".dependents", i), "%q is a member of its own group, or is repeated; drop it", shorten(d))
		}
		seen[d] = true
	}
	switch gr.Mode {
	case "", Active:
	case PrimaryStandby:
		if gr.Need > 1 || gr.NeedPercent != 0 {
			f.addf(here+".need", "must be 1 or absent where the mode is %q", PrimaryStandby)
		}
	default:
		f.addf(here+".mode", "must be %q or %q, is %q", Active, PrimaryStandby, shorten(string(gr.Mode)))
	}
	if gr.Need < 0 || gr.Need > n {
		f.addf(here+".need", "must be from 1 to the %d members, is %d", n, gr.Need)
	}
	if gr.NeedPercent < 0 || gr.NeedPercent > 100 {
		f.addf(here+".needPercent", "must be from 1 to 100, is %d", gr.NeedPercent)
	}
	if gr.Need != 0 && gr.NeedPercent != 0 {
		f.addf(here+".needPercent", "must be absent where need is given")
	}
	if gr.NeedZones < 0 || gr.NeedZones > 0 && gr.NeedZones > len(zones) {
		f.addf(here+".needZones", "must be from 1 to the %d zones of the members, is %d", len(zones), gr.NeedZones)
	}
}

// groupCycles reports groups that contain themselves, by taking away, again and again, the
// groups all of whose member groups are taken away (no recursion: nesting may be deep).
func (b *Builder) groupCycles(groups []Group, at map[string]int) {
	open := make([]int, len(groups)) // member groups not yet taken away
	parents := make([][]int, len(groups))
	var ready []int
	for i := range groups {
		for _, m := range groups[i].Members {
			if j, ok := at[m]; ok {
				open[i]++
				parents[j] = append(parents[j], i)
			}
		}
		if open[i] == 0 {
			ready = append(ready, i)
		}
	}
	taken := 0
	for ; taken < len(ready); taken++ {
		for _, p := range parents[ready[taken]] {
			if open[p]--; open[p] == 0 {
				ready = append(ready, p)
			}
		}
	}
	for i := range groups {
		if open[i] > 0 {
			b.faults.addf(path("groups", i)+".members", "group %q contains itself, or a group that does; take one membership away", shorten(groups[i].ID))
		}
	}
}

// covered finds the dependents of every group and returns the pairs of dependent and provider
// that a group covers, and the dependents.
func (b *Builder) covered(g *Graph) (map[[2]int32]bool, [][]int32) {
	if len(g.groups) == 0 {
		return nil, nil
	}
	leaves, nested := make([][]int32, len(g.groups)), g.nested()
	for i := range g.groups {
		leaves[i] = g.leaves(i)
		g.members = append(g.members, leaves[i]...)
	}
	slices.Sort(g.members)
	g.members = slices.Compact(g.members)
	// The groups that cover each leaf, and who depends on it.
	of := make(map[int32][]int32, len(g.members))
	for i, l := range leaves {
		for _, p := range l {
			of[p] = append(of[p], int32(i))
		}
	}
	g.memberOf = of
	dependents := map[int32][]int32{}
	note := func(dep, prov int32) {
		if _, ok := of[prov]; ok {
			dependents[prov] = append(dependents[prov], dep)
		}
	}
	for _, r := range b.rels {
		switch g.types[r.kind].Impact {
		case ToFrom:
			note(r.from, r.to)
		case FromTo:
			note(r.to, r.from)
		case BothWays:
			note(r.from, r.to)
			note(r.to, r.from)
		}
	}
	for p, ds := range dependents {
		slices.Sort(ds)
		dependents[p] = slices.Compact(ds)
	}
	covered := map[[2]int32]bool{}
	byGroup := make([][]int32, len(g.groups))
	for i := range g.groups {
		var deps []int32
		for _, d := range g.groups[i].Dependents {
			p, _ := g.number(d)
			deps = append(deps, p)
		}
		if len(deps) == 0 && !nested[i] {
			deps = common(leaves[i], dependents)
		}
		slices.Sort(deps)
		byGroup[i] = deps
		for _, p := range leaves[i] {
			for _, d := range deps {
				if _, ok := slices.BinarySearch(dependents[p], d); ok {
					covered[[2]int32{d, p}] = true
				}
			}
		}
	}
	return covered, byGroup
}

// common returns the CIs, other than leaves, that depend on two or more of the leaves. The lists of
// dependents have no repeats.
func common(leaves []int32, dependents map[int32][]int32) []int32 {
	times := map[int32]int{}
	for _, p := range leaves {
		for _, d := range dependents[p] {
			times[d]++
		}
	}
	var out []int32
	for d, n := range times {
		if n > 1 && !slices.Contains(leaves, d) {
			out = append(out, d)
		}
	}
	slices.Sort(out)
	return out
}

// leaves returns the CIs in group i and in the groups within it, sorted.
func (g *Graph) leaves(i int) []int32 {
	var out []int32
	stack, seen := []int{i}, map[int]bool{i: true}
	for len(stack) > 0 {
		j := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, m := range g.groups[j].Members {
			if p, ok := g.number(m); ok {
				out = append(out, p)
			} else if k, ok := g.groupNumber(m); ok && !seen[k] {
				seen[k] = true
				stack = append(stack, k)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// nested reports for each group whether it is a member of another.
func (g *Graph) nested() []bool {
	out := make([]bool, len(g.groups))
	for i := range g.groups {
		for _, m := range g.groups[i].Members {
			if k, ok := g.groupNumber(m); ok {
				out[k] = true
			}
		}
	}
	return out
}

func (g *Graph) groupNumber(id string) (int, bool) {
	return slices.BinarySearchFunc(g.groups, id, func(gr Group, id string) int { return strings.Compare(gr.ID, id) })
}

// gates turns every group into gates. Group i is gate i, so that groups can name each other.
// A group that counts only members is one gate, which fails when too few members are left. One
// that also counts zones fails with either of two gates behind it: the one that counts members,
// or one that counts the zones without a member, each zone being a gate that needs all of its members to fail.
func gates(g *Graph, dependents [][]int32) (a []arc) {
	c := &g.core
	for i := range g.groups {
		gr := &g.groups[i]
		c.need = append(c.need, int32(len(gr.Members)-gr.need()+1))
		c.group = append(c.group, int32(i))
	}
	gate := func(group, need int) int32 {
		c.need = append(c.need, int32(need))
		c.group = append(c.group, int32(group))
		return c.n + int32(len(c.need)) - 1
	}
	for i := range g.groups {
		gr := &g.groups[i]
		node := c.n + int32(i)
		for _, d := range dependents[i] {
			a = append(a, arc{d, node, groupCode})
		}
		count := node
		if gr.NeedZones > 0 {
			count = gate(i, int(c.need[i]))
			c.need[i] = 1
			a = append(a, arc{node, count, groupCode})
		}
		zones := map[string][]int32{}
		for _, m := range gr.Members {
			p, ok := g.number(m)
			if !ok {
				k, _ := g.groupNumber(m)
				p = c.n + int32(k)
			} else if gr.NeedZones > 0 {
				zones[g.cis.at(p).Zone] = append(zones[g.cis.at(p).Zone], p)
			}
			a = append(a, arc{count, p, groupCode})
		}
		if gr.NeedZones == 0 {
			continue
		}
		spread := gate(i, len(zones)-gr.NeedZones+1)
		a = append(a, arc{node, spread, groupCode})
		names := make([]string, 0, len(zones))
		for z := range zones {
			names = append(names, z)
		}
		slices.Sort(names)
		for _, z := range names {
			zone := gate(i, len(zones[z]))
			a = append(a, arc{spread, zone, groupCode})
			for _, p := range zones[z] {
				a = append(a, arc{zone, p, groupCode})
			}
		}
	}
	return a
}
