package cmdb

import (
	"iter"
	"slices"
)

// Impacted yields every CI that is out of service while id is, with its distance in steps:
// id itself first at 0, then by distance and ID. Redundancy groups hold: a CI behind a group
// fails only when the group does. It yields nothing for an unknown id.
//
// Cost: the arcs touched, and a sort of each distance's CIs.
func (g *Graph) Impacted(id string) iter.Seq2[string, int] { return g.reach(id, order{}) }

// Dependencies yields every CI that id relies on, with its distance in steps: id itself first
// at 0, then by distance and ID. All members of a group are relied on. It yields nothing for an
// unknown id.
func (g *Graph) Dependencies(id string) iter.Seq2[string, int] {
	return g.reach(id, order{down: true})
}

func (g *Graph) reach(id string, o order) iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		p, ok := g.number(id)
		if !ok {
			return
		}
		s := g.core.acquire()
		defer g.core.release(s)
		g.core.walk(s, []int32{p}, o)
		for v, d := range g.core.levels(s) {
			if !yield(g.ids[v], d) {
				return
			}
		}
	}
}

// A Query narrows a walk over the graph. The zero Query asks for everything.
type Query struct {
	Depth            int      // at most so many steps; 0 means no limit
	Types            []string // only along relations of these types, and through groups; empty means all types
	IgnoreRedundancy bool     // count a group as failed with its first member
}

// order turns a query into a walk. Unknown types let nothing pass.
func (g *Graph) order(q Query) order {
	o := order{first: q.IgnoreRedundancy, steps: int32(min(max(q.Depth, 0), 1<<30))}
	if len(q.Types) > 0 {
		o.pass = make([]bool, len(g.core.codes))
		for i, c := range g.core.codes {
			o.pass[i] = i == groupCode || slices.Contains(q.Types, g.types[c.kind].Name)
		}
	}
	return o
}

// An Impact is what fails together with some CIs, with how each of it comes to fail.
type Impact struct {
	Of     []string     `json:"of"`               // the CIs taken out, sorted
	Hits   []Hit        `json:"hits"`             // by distance and ID; the CIs taken out first at 0
	Groups []GroupState `json:"groups,omitempty"` // the groups that lose a member, by ID
	Capped bool         `json:"capped,omitempty"` // the query's Depth kept more from being found
}

// A Hit is a CI that fails.
type Hit struct {
	CI       string `json:"ci"`
	Distance int    `json:"distance"`           // steps after which it fails
	From     string `json:"from,omitempty"`     // the CI whose failure brings it down: the first by distance and ID
	Relation string `json:"relation,omitempty"` // the type of the relation to From
	Group    string `json:"group,omitempty"`    // or the group that failed for good with From
	Strength int    `json:"strength"`           // percent of the outage that arrives over the strongest shortest path
}

// A GroupState is a group of which members fail.
type GroupState struct {
	ID     string `json:"id"`
	Down   int    `json:"down"`   // members that fail
	Of     int    `json:"of"`     // members that it has
	Need   int    `json:"need"`   // members that must be up
	Failed bool   `json:"failed"` // too few, or too few zones, are left
}

// Impact takes the CIs out together and returns what fails with them. It fails with an
// [UnknownCIError].
func (g *Graph) Impact(q Query, ids ...string) (*Impact, error) {
	seeds, err := g.numbers(ids)
	if err != nil {
		return nil, err
	}
	c := &g.core
	if c.scratch == nil {
		return &Impact{Of: []string{}, Hits: []Hit{}}, nil
	}
	s := c.acquire()
	defer c.release(s)
	o := g.order(q)
	o.trace = true
	c.walk(s, seeds, o)
	im := &Impact{Of: make([]string, len(seeds)), Hits: make([]Hit, 0, s.ends[len(s.ends)-1])}
	for i, v := range seeds {
		im.Of[i] = g.ids[v]
	}
	for v, d := range c.levels(s) {
		h := Hit{CI: g.ids[v], Distance: d, Strength: 100}
		if u := s.parent[v]; u != v {
			h.Relation, h.Group = g.by(s, v)
			for u >= c.n {
				u = s.parent[u]
			}
			h.From = g.ids[u]
		}
		im.Hits = append(im.Hits, h)
	}
	im.Groups = g.groupStates(s)
	if q.Depth > 0 && len(s.ends) == q.Depth+1 {
		im.Capped = g.more(s, q)
	}
	return im, nil
}

// by returns what joined v to its parent: a relation type, or a group.
func (g *Graph) by(s *scratch, v int32) (relation, group string) {
	if u := s.parent[v]; u >= g.core.n {
		return "", g.groups[g.core.group[u-g.core.n]].ID
	}
	return g.types[g.core.codes[s.via[v]].kind].Name, ""
}

// groupStates counts the members that fail of every group that loses one.
func (g *Graph) groupStates(s *scratch) []GroupState {
	c := &g.core
	var out []GroupState
	for _, i := range c.groupsTouched(s) {
		gr := &g.groups[i]
		st := GroupState{ID: gr.ID, Of: len(gr.Members), Need: gr.need(), Failed: s.reached(c.n + i)}
		for _, m := range gr.Members {
			if s.reached(g.node(m)) {
				st.Down++
			}
		}
		out = append(out, st)
	}
	return out
}

// more reports whether a walk that was cut at a depth would have gone on.
func (g *Graph) more(s *scratch, q Query) bool {
	found := int(s.ends[len(s.ends)-1])
	seeds := slices.Clone(s.queue[:s.ends[0]])
	q.Depth++
	t := g.core.acquire()
	defer g.core.release(t)
	g.core.walk(t, seeds, g.order(q))
	return int(t.ends[len(t.ends)-1]) > found
}

// Path returns the hits from a CI taken out to the CI id, one a step, or nil where id is not hit.
func (im *Impact) Path(id string) []Hit {
	at := make(map[string]int, len(im.Hits))
	for i, h := range im.Hits {
		at[h.CI] = i
	}
	var path []Hit
	for id != "" {
		i, ok := at[id]
		if !ok {
			return nil
		}
		path = append(path, im.Hits[i])
		id = im.Hits[i].From
	}
	slices.Reverse(path)
	return path
}
