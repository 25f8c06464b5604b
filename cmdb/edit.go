package cmdb

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// An Edit is a set of changes to a graph. Everything is named as it is in a [Snapshot].
type Edit struct {
	SetCIs     []CI           `json:"setCIs,omitempty"`     // CIs to add, or to replace by ID
	DropCIs    []string       `json:"dropCIs,omitempty"`    // by ID; their relations must be dropped too
	Relate     []Relation     `json:"relate,omitempty"`     // relations to add, or whose source, confidence and last sighting to replace
	Unrelate   []Relation     `json:"unrelate,omitempty"`   // relations to drop, by From, Type and To
	SetGroups  []Group        `json:"setGroups,omitempty"`  // groups to add, or to replace by ID
	DropGroups []string       `json:"dropGroups,omitempty"` // by ID
	SetTypes   []RelationType `json:"setTypes,omitempty"`   // relation types to add, or to replace by name
}

// edits is what a graph has in place of the arrays that it shares with the graph it was made from.
type edits struct {
	cis   pages[CI]
	still []relation              // relations without outage that were added, sorted
	gone  []relation              // and dropped, sorted
	notes map[relation]provenance // provenances that were added or replaced; never changed
	count int
}

// Edited returns how many changes the graph holds apart from its arrays. Each costs a little at every
// walk that passes it; past a twentieth of the relations it is time for [Graph.Compact].
func (g *Graph) Edited() int { return g.edits.count }

// Compact returns the same graph in fresh arrays. Cost: as [New].
func (g *Graph) Compact() (*Graph, error) { return New(g.Snapshot()) }

// Apply returns the graph with the edit made; g stays as it is and may be read all the while. It
// reports what [New] would, and names that the graph does not have.
//
// Cost: changing CIs that exist and adding or dropping relations between them takes microseconds each,
// whatever the size of the graph, plus the rows of the CIs at both ends and the members of groups that
// these are in: the new graph shares all the rest with g.
//
// These edits build the graph anew, as [New]: adding and dropping CIs, since CIs are numbered in order of ID, which is
// what lets every answer come in order without sorting; adding, changing and dropping groups, which
// are numbered after the CIs; a new zone for a member of a group that counts zones, which changes the group;
// relation types, and the first relation of a type where more than 84 carry outages.
func (g *Graph) Apply(e Edit) (*Graph, error) {
	if err := g.checkEdit(&e); err != nil {
		return nil, err
	}
	if out, ok := g.share(&e); ok {
		return out, nil
	}
	return New(g.edited(&e))
}

// checkEdit reports what the edit names in vain.
func (g *Graph) checkEdit(e *Edit) error {
	var f faults
	for i, id := range e.DropCIs {
		if _, ok := g.number(id); !ok {
			f.addf(path("dropCIs", i), "names no CI: %q", shorten(id))
		}
	}
	for i, id := range e.DropGroups {
		if _, ok := g.groupNumber(id); !ok {
			f.addf(path("dropGroups", i), "names no group: %q", shorten(id))
		}
	}
	seen := map[[3]string]string{}
	check := func(list string, i int, r Relation) {
		key := [3]string{r.From, r.Type, r.To}
		if first, ok := seen[key]; ok {
			f.addf(path(list, i), "is the relation of %s; drop one", first)
		}
		seen[key] = path(list, i)
	}
	for i, r := range e.Unrelate {
		check("unrelate", i, r)
		if rel, ok := g.find(r); !ok || !g.has(rel) {
			f.addf(path("unrelate", i), "is no relation of the graph: %q %s %q", shorten(r.From), shorten(r.Type), shorten(r.To))
		}
	}
	for i, r := range e.Relate {
		check("relate", i, r)
		if r.Confidence < 0 || r.Confidence > 100 {
			f.addf(path("relate", i)+".confidence", "must be a percentage from 1 to 100, or 0 for not stated, is %d", r.Confidence)
		}
	}
	ids := map[string]int{}
	for i, c := range e.SetCIs {
		if j, ok := ids[c.ID]; ok {
			f.addf(path("setCIs", i)+".id", "is the id of setCIs[%d] too; drop one", j)
		}
		ids[c.ID] = i
	}
	return f.err()
}

// find returns a relation in numbers.
func (g *Graph) find(r Relation) (relation, bool) {
	from, ok1 := g.number(r.From)
	to, ok2 := g.number(r.To)
	kind, ok3 := slices.BinarySearchFunc(g.types, r.Type, func(t RelationType, name string) int { return strings.Compare(t.Name, name) })
	return relation{from, int32(kind), to}, ok1 && ok2 && ok3
}

// has reports whether the graph has a relation.
func (g *Graph) has(r relation) bool {
	if _, ok := slices.BinarySearchFunc(g.edits.still, r, compareRelations); ok {
		return true
	}
	if _, ok := slices.BinarySearchFunc(g.still, r, compareRelations); ok {
		if _, gone := slices.BinarySearchFunc(g.edits.gone, r, compareRelations); !gone {
			return true
		} // no longer without arcs, if there at all
	}
	code, impact := g.code(r.kind)
	if code == 0 {
		return false
	}
	// A relation that travels both ways may have one way covered by a group.
	a := &g.core.providers
	return impact != FromTo && a.holds(r.from, r.to, code) || impact != ToFrom && a.holds(r.to, r.from, code+2)
}

// code returns the first code of a relation type; 0 where it has none.
func (g *Graph) code(kind int32) (uint8, Direction) {
	for i, c := range g.core.codes {
		if c.kind == kind {
			return uint8(i), g.types[kind].Impact
		}
	}
	return 0, g.types[kind].Impact
}

// place returns where neighbour w with a code stands in the row of v, or would.
func (a *adjacency) place(v, w int32, code uint8) (i int, ok bool) {
	to, codes := a.full(v)
	i, _ = slices.BinarySearch(to, w)
	for i < len(to) && to[i] == w && codes[i] < code {
		i++
	}
	return i, i < len(to) && to[i] == w && codes[i] == code
}

func (a *adjacency) holds(v, w int32, code uint8) bool {
	_, ok := a.place(v, w, code)
	return ok
}

// insert and remove return the adjacency with one arc more or less in the row of v.
func (a adjacency) insert(v, w int32, code uint8) adjacency {
	i, _ := a.place(v, w, code)
	to, codes := a.full(v)
	r := &editedRow{slices.Insert(slices.Clone(to), i, w), slices.Insert(slices.Clone(codes), i, code)}
	a.edited = a.edited.with(len(a.off)-1, v, r)
	return a
}

func (a adjacency) remove(v, w int32, code uint8) adjacency {
	i, _ := a.place(v, w, code)
	to, codes := a.full(v)
	r := &editedRow{slices.Delete(slices.Clone(to), i, i+1), slices.Delete(slices.Clone(codes), i, i+1)}
	a.edited = a.edited.with(len(a.off)-1, v, r)
	return a
}

// share makes the edit on a copy that shares what does not change, if it is of the kind that allows it.
func (g *Graph) share(e *Edit) (*Graph, bool) {
	if len(e.DropCIs)+len(e.SetGroups)+len(e.DropGroups)+len(e.SetTypes) > 0 || g.core.scratch == nil {
		return nil, false
	}
	out := *g
	for i := range e.SetCIs {
		c := e.SetCIs[i]
		p, ok := g.number(c.ID)
		if !ok || !c.fine() || g.ci(p).Zone != c.Zone && g.zoned(p) {
			return nil, false
		}
		out.edits.cis = out.edits.cis.with(len(g.ids), p, &c)
	}
	out.edits.count += len(e.SetCIs) + len(e.Relate) + len(e.Unrelate)
	for _, list := range [...][]Relation{e.Unrelate, e.Relate} {
		for _, r := range list {
			rel, ok := g.find(r)
			if !ok || rel.from == rel.to {
				return nil, false
			}
			if code, impact := g.code(rel.kind); code == 0 && impact != NoImpact {
				return nil, false
			}
		}
	}
	out.edits.notes = maps.Clone(out.edits.notes)
	if out.edits.notes == nil {
		out.edits.notes = map[relation]provenance{}
	}
	for _, r := range e.Unrelate {
		rel, _ := g.find(r)
		out.drop(rel)
		out.note(rel, provenance{})
	}
	for _, r := range e.Relate {
		rel, _ := g.find(r)
		if !out.has(rel) {
			out.join(rel)
		}
		out.note(rel, provenanceOf(&r))
	}
	return &out, true
}

// zoned reports whether a CI is a member of a group that counts zones.
func (g *Graph) zoned(p int32) bool {
	return slices.ContainsFunc(g.memberOf[p], func(i int32) bool { return g.groups[i].NeedZones > 0 })
}

// fine reports whether checkCI would find nothing.
func (c *CI) fine() bool {
	var b Builder
	return c.plain() || !b.checkCI(0, *c)
}

// member reports whether a CI is a member of a group.
func (g *Graph) member(p int32) bool {
	_, ok := slices.BinarySearch(g.members, p)
	return ok
}

// note keeps what a relation says of itself, in a map that is this graph's own.
func (g *Graph) note(r relation, p provenance) {
	if g.provenance(r) == p {
		return
	}
	g.edits.notes[r] = p
}

// edited returns the snapshot with the edit made.
func (g *Graph) edited(e *Edit) Snapshot {
	s := g.Snapshot()
	key := func(r Relation) string { return fmt.Sprintf("%q %q %q", r.From, r.Type, r.To) }
	s.CIs = replaced(s.CIs, e.SetCIs, e.DropCIs, func(c CI) string { return c.ID })
	var gone []string
	for _, r := range e.Unrelate {
		gone = append(gone, key(r))
	}
	s.Relations = replaced(s.Relations, e.Relate, gone, key)
	s.Groups = replaced(s.Groups, e.SetGroups, e.DropGroups, func(gr Group) string { return gr.ID })
	s.RelationTypes = replaced(s.RelationTypes, e.SetTypes, nil, func(t RelationType) string { return t.Name })
	return s
}

// replaced returns list with some elements set and some dropped, by key.
func replaced[T any](list, set []T, drop []string, key func(T) string) []T {
	if len(set)+len(drop) == 0 {
		return list
	}
	gone := map[string]bool{}
	for _, k := range drop {
		gone[k] = true
	}
	for _, x := range set {
		gone[key(x)] = true
	}
	list = slices.DeleteFunc(list, func(x T) bool { return gone[key(x)] })
	return append(list, set...)
}
