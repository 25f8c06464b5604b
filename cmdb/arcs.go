package cmdb

import "slices"

// arcs are the arcs of a graph that is being built: the relations that carry an outage, in pieces as
// they are asked for, and those of the gates.
type arcs struct {
	b       *Builder
	g       *Graph
	codes   []uint8 // by relation type: its first code
	covered map[[2]int32]bool
	gates   []arc
	still   []relation // those that carry none, sorted
	block   []arc
}

// compress makes the adjacency of the graph's core, and reports whether relations may be stated twice.
func (a *arcs) compress() (repeats bool) {
	c := &a.g.core
	// By relation type: the codes of the arcs that a relation makes, 0 where it makes none.
	forward, backward := make([]uint8, len(a.codes)), make([]uint8, len(a.codes))
	for k, t := range a.g.types {
		switch code := a.codes[k]; {
		case code == 0:
		case t.Impact == ToFrom:
			forward[k] = code
		case t.Impact == FromTo:
			backward[k] = code + 2
		case t.Impact == BothWays:
			forward[k], backward[k] = code, code+1
		}
	}
	a.still = nil
	used := make([]bool, len(a.codes))
	first := true
	blocks := func(yield func([]arc)) {
		out := a.block[:0]
		for _, r := range a.b.rels {
			f, w := forward[r.kind], backward[r.kind]
			if a.covered != nil {
				f, w = a.uncovered(r, f, w)
			}
			if f != 0 {
				out = append(out, arc{r.from, r.to, f})
			}
			if w != 0 {
				out = append(out, arc{r.to, r.from, w})
			}
			if first {
				used[r.kind] = true
				if f|w == 0 {
					a.still = append(a.still, r)
				}
			}
			if len(out) >= arcBlock {
				yield(out)
				out = out[:0]
			}
		}
		yield(out)
		yield(a.gates)
		first = false
	}
	if a.block == nil {
		a.block = make([]arc, 0, arcBlock+1)
	}
	c.providers, c.dependents, repeats = compress(c.n+int32(len(c.need)), blocks)
	for k, t := range a.g.types {
		c.depths = c.depths || used[k] && a.codes[k] != 0 && t.Depth > 0
	}
	slices.SortFunc(a.still, compareRelations)
	for i := 1; i < len(a.still); i++ {
		repeats = repeats || a.still[i] == a.still[i-1]
	}
	return repeats
}

// arcBlock is how many arcs are handed over at a time: few enough to stay in the nearest cache.
const arcBlock = 1024

// uncovered leaves out the ways of a relation that a group covers. What is left of one that travels
// both ways takes the code of one that travels that way alone.
func (a *arcs) uncovered(r relation, forward, backward uint8) (uint8, uint8) {
	code := a.codes[r.kind]
	if forward != 0 && a.covered[[2]int32{r.from, r.to}] {
		forward = 0
		if backward != 0 {
			backward = code + 2
		}
	}
	if backward != 0 && a.covered[[2]int32{r.to, r.from}] {
		backward = 0
	}
	return forward, backward
}
