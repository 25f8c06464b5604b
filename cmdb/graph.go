package cmdb

import (
	"iter"
	"slices"
	"strings"
	"sync"
)

// A Graph is a consistent snapshot of CIs, relations and redundancy groups. It never changes
// and is safe for concurrent use. The zero Graph has no CIs.
type Graph struct {
	cis      ciList // by ID; a CI's position is its number in core
	ids      []string
	byID     index
	types    []RelationType    // the whole catalogue, by name
	groups   []Group           // by ID
	members  []int32           // the CIs in groups, sorted
	memberOf map[int32][]int32 // by such a CI: the groups that it is in, or in one within
	still    []relation        // relations that carry no outage, or that a group covers; sorted
	noted    []noted           // the relations with a provenance, sorted
	notes    []provenance
	core     core
	edits    edits
}

// noted is a relation with its provenance, a position in Graph.notes.
type noted struct {
	relation
	note int32
}

// provenance returns what a relation says of itself.
func (g *Graph) provenance(r relation) provenance {
	if p, ok := g.edits.notes[r]; ok {
		return p
	}
	if i, ok := slices.BinarySearchFunc(g.noted, r, func(n noted, r relation) int { return compareRelations(n.relation, r) }); ok {
		return g.notes[g.noted[i].note]
	}
	return provenance{}
}

// ci returns a CI by number.
func (g *Graph) ci(p int32) *CI {
	if c := g.edits.cis.get(p); c != nil {
		return c
	}
	return g.cis.at(p)
}

// quiet returns the relations that carry no outage, sorted.
func (g *Graph) quiet() []relation {
	e := &g.edits
	if len(e.still) == 0 && len(e.gone) == 0 {
		return g.still
	}
	out := make([]relation, 0, len(g.still)+len(e.still))
	for _, r := range g.still {
		if _, gone := slices.BinarySearchFunc(e.gone, r, compareRelations); !gone {
			out = append(out, r)
		}
	}
	out = append(out, e.still...)
	slices.SortFunc(out, compareRelations)
	return out
}

// core is the graph of outages: nodes [0, n) are CIs, the rest are gates. A CI fails with any
// one of its providers; a gate fails with need of them. Groups are made of gates.
type core struct {
	n          int32
	need       []int32 // of gate n+i
	group      []int32 // the group that gate n+i belongs to
	providers  adjacency
	dependents adjacency
	codes      []arcCode // what the codes of arcs mean
	depths     bool      // some relation type in use has a Depth
	scratch    *sync.Pool
}

// arcCode is the meaning of one code: the type of relation, whether the dependent is its To, and
// whether the arc is the second of a relation that travels both ways. Code 0 joins gates.
type arcCode struct {
	kind    int32
	reverse bool
	mirror  bool
	depth   int32
}

const groupCode = 0

// number returns the position of a CI.
func (g *Graph) number(id string) (int32, bool) {
	p, _ := g.byID.find(id, g.ids)
	return p, p >= 0
}

// numbers resolves IDs, dropping repeats; the result is sorted.
func (g *Graph) numbers(ids []string) ([]int32, error) {
	out := make([]int32, 0, len(ids))
	for _, id := range ids {
		p, ok := g.number(id)
		if !ok {
			return nil, &UnknownCIError{id}
		}
		out = append(out, p)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// Len returns the number of CIs.
func (g *Graph) Len() int { return len(g.ids) }

// Has reports whether the graph has a CI.
func (g *Graph) Has(id string) bool {
	_, ok := g.number(id)
	return ok
}

// CI returns the CI with that ID. Its Attributes must not be changed.
func (g *Graph) CI(id string) (CI, bool) {
	p, ok := g.number(id)
	if !ok {
		return CI{}, false
	}
	return *g.ci(p), true
}

// All yields the CIs in order of ID. Their Attributes must not be changed.
func (g *Graph) All() iter.Seq[CI] {
	return func(yield func(CI) bool) {
		for p := range int32(len(g.ids)) {
			if !yield(*g.ci(p)) {
				return
			}
		}
	}
}

// Criticality returns the criticality of a CI, 0 where it is unknown or none is stated.
func (g *Graph) Criticality(id string) int {
	p, ok := g.number(id)
	if !ok {
		return 0
	}
	return g.ci(p).Criticality
}

// Groups returns the redundancy groups in order of ID. They must not be changed.
func (g *Graph) Groups() []Group { return slices.Clip(g.groups) }

// RelationTypes returns the catalogue in order of name: the defaults with the snapshot's own
// in addition or in their place.
func (g *Graph) RelationTypes() []RelationType { return slices.Clone(g.types) }

// Relations yields every relation in order of From, Type, To.
func (g *Graph) Relations() iter.Seq[Relation] {
	return func(yield func(Relation) bool) {
		for r := range g.numbered() {
			if !yield(g.relation(r)) {
				return
			}
		}
	}
}

// numbered yields the relations in numbers, in order.
func (g *Graph) numbered() iter.Seq[relation] {
	return func(yield func(relation) bool) {
		still := g.quiet()
		var row []relation
		for v := range int32(len(g.ids)) {
			row = row[:0]
			row = g.core.stated(row, v)
			for len(still) > 0 && still[0].from == v {
				row = append(row, still[0])
				still = still[1:]
			}
			slices.SortFunc(row, compareRelations)
			for _, r := range row {
				if !yield(r) {
					return
				}
			}
		}
	}
}

// stated appends the relations from v that are arcs.
func (c *core) stated(row []relation, v int32) []relation {
	collect := func(a *adjacency, reverse bool) {
		to, codes := a.full(v)
		for i, w := range to {
			if code := c.codes[codes[i]]; codes[i] != groupCode && code.reverse == reverse && !code.mirror {
				row = append(row, relation{v, code.kind, w})
			}
		}
	}
	collect(&c.providers, false)
	collect(&c.dependents, true)
	return row
}

func compareRelations(a, b relation) int {
	if a.from != b.from {
		return int(a.from) - int(b.from)
	}
	if a.kind != b.kind {
		return int(a.kind) - int(b.kind)
	}
	return int(a.to) - int(b.to)
}

func (g *Graph) relation(r relation) Relation {
	out := Relation{From: g.ids[r.from], Type: g.types[r.kind].Name, To: g.ids[r.to]}
	g.provenance(r).fill(&out)
	return out
}

// Snapshot returns the graph as data, in canonical order: equal graphs give equal snapshots.
// The relation types are those that are not in the default catalogue as they stand.
func (g *Graph) Snapshot() Snapshot {
	s := Snapshot{Version: Version, CIs: slices.Collect(g.All()), Relations: slices.Collect(g.Relations()), Groups: slices.Clone(g.groups)}
	if s.CIs == nil {
		s.CIs = []CI{}
	}
	if s.Relations == nil {
		s.Relations = []Relation{}
	}
	defaults := DefaultRelationTypes()
	for _, t := range g.types {
		if !slices.Contains(defaults, t) {
			s.RelationTypes = append(s.RelationTypes, t)
		}
	}
	return s
}

// mergeTypes returns the default catalogue with more in addition or in its place, by name.
func mergeTypes(more []RelationType) []RelationType {
	all := DefaultRelationTypes()
	for _, t := range more {
		if i := slices.IndexFunc(all, func(d RelationType) bool { return d.Name == t.Name }); i >= 0 {
			all[i] = t
		} else {
			all = append(all, t)
		}
	}
	slices.SortFunc(all, func(a, b RelationType) int { return strings.Compare(a.Name, b.Name) })
	return all
}
