package cmdb

import "slices"

// ways calls f with each way in which an outage travels a relation: dep fails with prov.
func (g *Graph) ways(r relation, f func(dep, prov int32)) {
	impact := g.types[r.kind].Impact
	if impact == ToFrom || impact == BothWays {
		f(r.from, r.to)
	}
	if impact == FromTo || impact == BothWays {
		f(r.to, r.from)
	}
}

// join adds a relation that the graph does not have.
func (g *Graph) join(r relation) {
	if g.types[r.kind].Depth > 0 && g.types[r.kind].Impact != NoImpact {
		g.core.depths = true
	}
	g.setStill(r, true)
	g.settleGroups(r)
	g.settle(r)
}

// drop takes a relation away that the graph has.
func (g *Graph) drop(r relation) {
	g.setArcs(r, false, false)
	g.setStill(r, false)
	g.settleGroups(r)
}

// settleGroups finds out anew whether the ends of a relation depend on groups that name no dependents,
// and where that changes which relations these groups cover.
func (g *Graph) settleGroups(r relation) {
	g.ways(r, func(dep, prov int32) {
		for _, i := range g.memberOf[prov] {
			if len(g.groups[i].Dependents) > 0 || g.within(i) {
				continue
			}
			leaves := g.leaves(int(i))
			var related []relation
			ties := 0
			for _, l := range leaves {
				n := len(related)
				related = g.relationsBetween(related, dep, l)
				if len(related) > n {
					ties++
				}
			}
			_, inside := slices.BinarySearch(leaves, dep)
			gate := g.core.n + i
			depends := ties > 1 && !inside
			if depends == g.core.providers.holds(dep, gate, groupCode) {
				continue
			}
			g.core.setArc(dep, gate, groupCode, depends)
			for _, r := range related {
				g.settle(r)
			}
		}
	})
}

// within reports whether a group is a member of another.
func (g *Graph) within(i int32) bool {
	row := g.core.dependents.row(g.core.n + i)
	return len(row) > 0 && row[len(row)-1] >= g.core.n
}

// relationsBetween appends the relations by which dep depends on prov.
func (g *Graph) relationsBetween(out []relation, dep, prov int32) []relation {
	for k := range g.types {
		kind := int32(k)
		d := g.types[k].Impact
		if r := (relation{dep, kind, prov}); (d == ToFrom || d == BothWays) && g.has(r) {
			out = append(out, r)
		}
		if r := (relation{prov, kind, dep}); (d == FromTo || d == BothWays) && g.has(r) {
			out = append(out, r)
		}
	}
	return out
}

// settle makes arcs of the ways of a relation that no group covers. A relation without arcs is still.
func (g *Graph) settle(r relation) {
	var forward, backward bool // From fails with To, To with From
	g.ways(r, func(dep, prov int32) {
		if !slices.ContainsFunc(g.memberOf[prov], func(i int32) bool { return g.core.providers.holds(dep, g.core.n+i, groupCode) }) {
			forward, backward = forward || dep == r.from, backward || dep == r.to
		}
	})
	g.setArcs(r, forward, backward)
	g.setStill(r, !forward && !backward)
}

// setArcs gives a relation its arcs, with the codes that Builder.arcs gives them.
func (g *Graph) setArcs(r relation, forward, backward bool) {
	code, _ := g.code(r.kind)
	if code == 0 {
		return
	}
	c := &g.core
	c.setArc(r.from, r.to, code, forward)
	c.setArc(r.to, r.from, code+1, forward && backward)
	c.setArc(r.to, r.from, code+2, backward && !forward)
}

// setArc makes an arc be there, or not.
func (c *core) setArc(dep, prov int32, code uint8, there bool) {
	switch has := c.providers.holds(dep, prov, code); {
	case there && !has:
		c.providers, c.dependents = c.providers.insert(dep, prov, code), c.dependents.insert(prov, dep, code)
	case !there && has:
		c.providers, c.dependents = c.providers.remove(dep, prov, code), c.dependents.remove(prov, dep, code)
	}
}

// setStill makes a relation be among those without arcs, or not.
func (g *Graph) setStill(r relation, there bool) {
	e := &g.edits
	_, base := slices.BinarySearchFunc(g.still, r, compareRelations)
	add, gone := there && !base, !there && base
	e.still, e.gone = with(e.still, r, add), with(e.gone, r, gone)
}

// with returns a sorted list, which is not changed, with a relation in it or not.
func with(list []relation, r relation, in bool) []relation {
	i, has := slices.BinarySearchFunc(list, r, compareRelations)
	switch {
	case in && !has:
		return slices.Insert(slices.Clone(list), i, r)
	case !in && has:
		return slices.Delete(slices.Clone(list), i, i+1)
	}
	return list
}
