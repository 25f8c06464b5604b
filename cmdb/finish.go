package cmdb

import (
	"math"
	"slices"
	"strings"
	"sync"
)

// Graph returns the graph of what was added, or all faults of it, as [New] does.
//
// Cost: linear, and O(n log n) in CIs that did not come in order of ID.
func (b *Builder) Graph() (*Graph, error) {
	b.index()
	b.checkRelations()
	if err := b.faults.err(); err != nil {
		return nil, err
	}
	b.orderTypes()
	g := b.order()
	b.checkGroups(g)
	if err := b.faults.err(); err != nil {
		return nil, err
	}
	codes := b.codes(g)
	if err := b.faults.err(); err != nil {
		return nil, err
	}
	covered, dependents := b.covered(g)
	a := &arcs{b: b, g: g, codes: codes, covered: covered}
	a.gates = gates(g, dependents)
	if repeats := a.compress(); repeats && b.repeated(g, a.still) {
		if b.mend == nil {
			return nil, b.faults.err()
		}
		a.compress()
	}
	g.still = a.still
	b.provenances(g)
	g.core.scratch = &sync.Pool{}
	return g, nil
}

// checkRelations reports relations that name what was never added, or join a CI to itself. An
// import keeps the first, with a CI of unknown status, and drops the second.
func (b *Builder) checkRelations() {
	if b.named == 0 && !b.odd {
		return // no relation can be wrong
	}
	kept := b.rels[:0]
	for i, r := range b.rels {
		good := r.kind >= 0
		for _, end := range [...]struct {
			field string
			ci    int32
		}{{".from", r.from}, {".to", r.to}} {
			if b.at[end.ci] >= 0 {
				continue
			}
			if b.mend != nil {
				b.mend.dangling(i, b.ids[end.ci])
			} else {
				good = false
				b.faults.addf(path("relations", i)+end.field, "names no CI: %q; add the CI or drop the relation", shorten(b.ids[end.ci]))
			}
		}
		if r.from == r.to {
			good = false
			if b.mend != nil {
				b.mend.note(SelfLoop, b.mend.line(i), "%q is related to itself; dropped", shorten(b.ids[r.from]))
			} else {
				b.faults.addf(path("relations", i), "joins %q to itself; drop it", shorten(b.ids[r.from]))
			}
		}
		if good {
			if b.about != nil {
				b.about[len(kept)] = b.about[i]
			}
			if b.mend != nil {
				b.mend.move(i, len(kept))
			}
			kept = append(kept, r)
		}
	}
	b.rels = kept
}

// orderTypes puts the types that an import met back in order of name.
func (b *Builder) orderTypes() {
	byName := func(x, y RelationType) int { return strings.Compare(x.Name, y.Name) }
	if slices.IsSortedFunc(b.types, byName) {
		return
	}
	old := slices.Clone(b.types)
	slices.SortFunc(b.types, byName)
	number := make([]int32, len(old))
	for i, t := range old {
		p, _ := slices.BinarySearchFunc(b.types, t, byName)
		number[i] = int32(p)
	}
	for i := range b.rels {
		b.rels[i].kind = number[b.rels[i].kind]
	}
}

// order numbers the CIs by ID and moves what was built into a graph.
func (b *Builder) order() *Graph {
	g := &Graph{cis: b.cis, ids: b.ids, byID: b.byID, types: b.types}
	g.core.n = int32(len(b.ids))
	if b.named == 0 && !b.mixed {
		return g
	}
	perm := make([]int32, 0, len(b.ids))
	for i := range int32(len(b.ids)) {
		if b.at[i] < 0 && b.mend == nil {
			continue // named by Ref, and by no relation
		}
		if b.at[i] < 0 {
			b.cis.at(i).Status = Unknown
		}
		perm = append(perm, i)
	}
	slices.SortFunc(perm, func(x, y int32) int { return strings.Compare(b.ids[x], b.ids[y]) })
	number := make([]int32, len(b.ids))
	g.cis, g.ids = ciList{}, make([]string, len(perm))
	for p, i := range perm {
		number[i], g.ids[p] = int32(p), b.ids[i]
		g.cis.add(p, b.cis.at(i))
	}
	g.core.n = int32(len(perm))
	g.byID = newIndex(len(perm))
	g.byID.addAll(g.ids, 0)
	for i := range b.rels {
		r := &b.rels[i]
		r.from, r.to = number[r.from], number[r.to]
	}
	return g
}

// codes numbers the relation types in use: a code for the arc from its From to its To, one for
// the mirror of that arc, one for the arc the other way.
func (b *Builder) codes(g *Graph) []uint8 {
	c := &g.core
	c.codes = []arcCode{{kind: -1, depth: math.MaxInt32}}
	carry := 0
	for _, t := range g.types {
		if t.Impact != NoImpact {
			carry++
		}
	}
	all := 3*carry < 256 // types that are not used get codes too: edits may use them
	used := make([]bool, len(g.types))
	if !all {
		for _, r := range b.rels {
			used[r.kind] = true
		}
	}
	codes := make([]uint8, len(g.types))
	for k, t := range g.types {
		if !used[k] && !all || t.Impact == NoImpact {
			continue
		}
		if len(c.codes)+3 > 256 {
			b.faults.addf("relationTypes", "has more than 85 types in use that carry outages; join some")
			return nil
		}
		depth := int32(math.MaxInt32)
		if t.Depth > 0 {
			depth = int32(t.Depth)
		}
		kind := int32(k)
		codes[k] = uint8(len(c.codes))
		c.codes = append(c.codes, arcCode{kind, false, false, depth}, arcCode{kind, true, true, depth}, arcCode{kind, true, false, depth})
	}
	return codes
}

// repeated reports relations that are stated twice: after compress they stand side by side. An import
// drops all but the first.
func (b *Builder) repeated(g *Graph, still []relation) bool {
	c := &g.core
	twice := map[relation]int{}
	a := &c.providers
	for v := range c.n {
		for i := a.off[v] + 1; i < a.off[v+1]; i++ {
			if a.to[i] != a.to[i-1] || a.code[i] != a.code[i-1] || a.code[i] == groupCode {
				continue
			}
			code := c.codes[a.code[i]]
			if code.reverse {
				twice[relation{a.to[i], code.kind, v}] = -1
			} else {
				twice[relation{v, code.kind, a.to[i]}] = -1
			}
		}
	}
	for i := 1; i < len(still); i++ {
		if still[i] == still[i-1] {
			twice[still[i]] = -1
		}
	}
	if len(twice) == 0 {
		return false
	}
	kept := b.rels[:0]
	for i, r := range b.rels {
		first, ok := twice[r]
		switch {
		case !ok || first < 0:
			if ok {
				twice[r] = i
			}
			if b.about != nil {
				b.about[len(kept)] = b.about[i]
			}
			if b.mend != nil {
				b.mend.move(i, len(kept))
			}
			kept = append(kept, r)
		case b.mend != nil:
			b.mend.note(DuplicateRelation, b.mend.line(i), "%q %s %q is stated before; dropped", g.ids[r.from], g.types[r.kind].Name, g.ids[r.to])
		default:
			b.faults.addf(path("relations", i), "repeats relations[%d]; drop one", first)
		}
	}
	b.rels = kept
	return true
}

// provenances keeps what relations say of themselves, sorted by relation.
func (b *Builder) provenances(g *Graph) {
	if b.about == nil {
		return
	}
	for i, r := range b.rels {
		if b.about[i] != 0 {
			g.noted = append(g.noted, noted{r, b.about[i]})
		}
	}
	slices.SortFunc(g.noted, func(x, y noted) int { return compareRelations(x.relation, y.relation) })
	g.notes = b.notes
}
