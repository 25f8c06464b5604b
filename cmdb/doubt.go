package cmdb

import (
	"cmp"
	"slices"
)

// DoubtRule says which relations are in doubt.
type DoubtRule struct {
	Below    int        // a relation that states a confidence lower than this, in percent, may be wrong
	Suspects []Relation // relations that the graph does not have and that may exist all the same, with their confidence
}

// A Doubt is a relation whose truth decides which works may overlap.
type Doubt struct {
	Relation  Relation      `json:"relation"`
	Missing   bool          `json:"missing,omitempty"` // a suspect: the graph does not have it
	Decisions []DoubtedPair `json:"decisions"`         // by First and Second
	Score     int           `json:"score"`             // decisions, times the percent of being wrong
}

// A DoubtedPair is two works that exclude each other with the relation and not without it, or, where it
// makes a group cover others, the other way about.
type DoubtedPair struct {
	First  string `json:"first"`
	Second string `json:"second"` // greater than First
}

// Doubts returns the relations in doubt that would change which works may overlap if they were
// not as the graph has them, those with the highest score first: the list for whoever
// verifies the CMDB. Works exclude each other as [Graph.Exclusions] says under the zero
// [CollisionRule]: on the same CI, by dependency, where they take redundancy away together, and where
// something else fails with either. It fails where works or suspects are wrong.
//
// Cost: a walk for each work, what it brings down being kept twice, and a look at the members of all groups. Then for
// each relation in doubt a small edit, and a walk for each work that brings down the end that others
// depend on or a member of a group with it. Those of them for which something changes, at a CI or a
// group, are compared with the works that bring down that CI or members of that group. Where types with a Depth
// are in use, all that were walked again are compared with the works that take members of the same groups,
// and three walks decide where two works bring a group down sooner together than one of them alone.
func (g *Graph) Doubts(rule DoubtRule, works []Work) ([]Doubt, error) {
	if err := checkWorks(CollisionRule{}, works); err != nil {
		return nil, err
	}
	d := doubter{g: g, works: slices.Clone(works)}
	slices.SortFunc(d.works, func(a, b Work) int { return cmp.Compare(a.ID, b.ID) })
	d.begin(rule.Suspects)
	out := []Doubt{}
	for r := range g.Relations() {
		if r.Confidence == 0 || r.Confidence >= rule.Below {
			continue
		}
		h, err := g.Apply(Edit{Unrelate: []Relation{r}})
		if err != nil {
			return nil, err
		}
		out = d.ask(out, h, Doubt{Relation: r})
	}
	for i, r := range rule.Suspects {
		if rel, ok := g.find(r); ok && g.has(rel) {
			var f faults
			f.addf(path("suspects", i), "is a relation of the graph; state a low confidence there instead")
			return nil, f.err()
		}
		h, err := g.Apply(Edit{Relate: []Relation{r}})
		if err != nil {
			return nil, err
		}
		out = d.ask(out, h, Doubt{Relation: r, Missing: true})
	}
	slices.SortStableFunc(out, func(a, b Doubt) int {
		x, y := a.Relation, b.Relation
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(x.From, y.From), cmp.Compare(x.Type, y.Type), cmp.Compare(x.To, y.To))
	})
	return out, nil
}

// ask appends the doubt with the decisions that differ between the graph and h, if any.
func (d *doubter) ask(out []Doubt, h *Graph, doubt Doubt) []Doubt {
	rel, _ := d.g.find(doubt.Relation)
	for _, p := range d.changes(h, rel) {
		doubt.Decisions = append(doubt.Decisions, DoubtedPair{d.works[p[0]].ID, d.works[p[1]].ID})
	}
	if len(doubt.Decisions) == 0 {
		return out
	}
	wrong := 100 - doubt.Relation.Confidence
	if doubt.Missing {
		wrong = doubt.Relation.Confidence
	}
	doubt.Score = len(doubt.Decisions) * wrong
	return append(out, doubt)
}
