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

// A DoubtedPair is two works that exclude each other only if the relation exists.
type DoubtedPair struct {
	First  string `json:"first"`
	Second string `json:"second"` // greater than First
}

// Doubts returns the relations in doubt that would change which works may overlap if they were
// not as the graph has them, those with the highest score first: the list for whoever
// verifies the CMDB. Works exclude each other as [Graph.Exclusions] says for the kinds same-ci and dependency. It fails
// where works or suspects are wrong.
//
// Cost: a walk for each work, and for each relation in doubt a small edit and a walk for each work that
// brings down the end that others depend on.
func (g *Graph) Doubts(rule DoubtRule, works []Work) ([]Doubt, error) {
	if err := checkWorks(CollisionRule{}, works); err != nil {
		return nil, err
	}
	d := doubter{g: g, works: slices.Clone(works)}
	slices.SortFunc(d.works, func(a, b Work) int { return cmp.Compare(a.ID, b.ID) })
	d.begin()
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

// doubter compares what works exclude each other in graphs that differ in one relation.
type doubter struct {
	g     *Graph
	works []Work
	cis   [][]int32
	on    map[int32][]int // works on each CI
	hits  [][]int         // by work: the works on CIs that it brings down, sorted
	down  [][]int32       // by work: the CIs that it brings down, sorted
}

func (d *doubter) begin() {
	d.on = map[int32][]int{}
	d.cis = make([][]int32, len(d.works))
	d.hits, d.down = make([][]int, len(d.works)), make([][]int32, len(d.works))
	for i, w := range d.works {
		d.cis[i] = d.g.known(w.CIs)
		for _, v := range d.cis[i] {
			d.on[v] = append(d.on[v], i)
		}
	}
	for i := range d.works {
		d.hits[i], d.down[i] = d.walk(d.g, i)
	}
}

// walk returns the works on what work i brings down in h, and what that is.
func (d *doubter) walk(h *Graph, i int) (hits []int, down []int32) {
	c := &h.core
	if c.scratch == nil {
		return nil, nil
	}
	s := c.acquire()
	defer c.release(s)
	c.walk(s, d.cis[i], order{})
	for _, v := range s.queue[:s.total()] {
		hits = append(hits, d.on[v]...)
		down = append(down, v)
	}
	slices.Sort(hits)
	slices.Sort(down)
	return slices.Compact(hits), down
}

// ask appends the doubt with the decisions that differ between the graph and h, if any.
func (d *doubter) ask(out []Doubt, h *Graph, doubt Doubt) []Doubt {
	rel, _ := d.g.find(doubt.Relation)
	ends := []int32{rel.from, rel.to}
	grouped := d.g.member(rel.from) || d.g.member(rel.to)
	hits := slices.Clone(d.hits)
	changed := false
	for i := range d.works {
		touched := grouped
		for _, v := range ends {
			_, ok := slices.BinarySearch(d.down[i], v)
			touched = touched || ok
		}
		if touched {
			hits[i], _ = d.walk(h, i)
			changed = changed || !slices.Equal(hits[i], d.hits[i])
		}
	}
	if !changed {
		return out
	}
	excludes := func(hits [][]int, i, j int) bool {
		_, a := slices.BinarySearch(hits[i], j)
		_, b := slices.BinarySearch(hits[j], i)
		return a || b
	}
	seen := map[[2]int]bool{}
	for i := range d.works {
		if slices.Equal(hits[i], d.hits[i]) {
			continue
		}
		for _, j := range append(slices.Clone(hits[i]), d.hits[i]...) {
			x, y := min(i, j), max(i, j)
			if i == j || seen[[2]int{x, y}] || excludes(hits, x, y) == excludes(d.hits, x, y) {
				continue
			}
			seen[[2]int{x, y}] = true
			doubt.Decisions = append(doubt.Decisions, DoubtedPair{d.works[x].ID, d.works[y].ID})
		}
	}
	if len(doubt.Decisions) == 0 {
		return out
	}
	slices.SortFunc(doubt.Decisions, func(a, b DoubtedPair) int {
		return cmp.Or(cmp.Compare(a.First, b.First), cmp.Compare(a.Second, b.Second))
	})
	wrong := 100 - doubt.Relation.Confidence
	if doubt.Missing {
		wrong = doubt.Relation.Confidence
	}
	doubt.Score = len(doubt.Decisions) * wrong
	return append(out, doubt)
}
