package cmdb

import (
	"slices"
	"strings"
)

// A Bridge is a pair of CIs that nothing else joins: without their relation the network of
// relations falls apart there.
type Bridge struct {
	A string `json:"a"`
	B string `json:"b"` // greater than A
}

// Articulation returns the CIs, and the pairs of CIs, that hold the network of relations
// together, sorted: taking one away leaves a part that was joined before with no way to another.
// It reads every relation that may carry an outage as a line without direction, and does not look at
// groups: it is a question about networks. For services ask [Graph.SinglePoints].
//
// Method: Hopcroft and Tarjan, Communications of the ACM 16, 1973, on an explicit stack: linear.
func (g *Graph) Articulation() (cis []string, bridges []Bridge) {
	lines := g.lines()
	n := g.core.n
	index, low := make([]int32, n), make([]int32, n)
	cut := make([]bool, n)
	type frame struct {
		v, parent, next int32
		twice           bool // the line back to parent was passed over
	}
	var frames []frame
	clock := int32(0)
	for root := range n {
		if index[root] != 0 {
			continue
		}
		clock++
		index[root], low[root] = clock, clock
		frames = append(frames, frame{root, -1, lines.off[root], false})
		branches := 0
		for len(frames) > 0 {
			f := &frames[len(frames)-1]
			v := f.v
			if f.next < lines.off[v+1] {
				w := lines.to[f.next]
				f.next++
				switch {
				case w == f.parent && !f.twice:
					f.twice = true
				case index[w] != 0:
					low[v] = min(low[v], index[w])
				default:
					clock++
					index[w], low[w] = clock, clock
					frames = append(frames, frame{w, v, lines.off[w], false})
				}
				continue
			}
			p := f.parent
			frames = frames[:len(frames)-1]
			if p < 0 {
				continue
			}
			low[p] = min(low[p], low[v])
			if p == root {
				branches++
			} else if low[v] >= index[p] {
				cut[p] = true
			}
			if low[v] > index[p] {
				bridges = append(bridges, Bridge{g.ids[min(p, v)], g.ids[max(p, v)]})
			}
		}
		cut[root] = branches > 1
	}
	for v := range n {
		if cut[v] {
			cis = append(cis, g.ids[v])
		}
	}
	slices.SortFunc(bridges, func(a, b Bridge) int {
		if a.A != b.A {
			return strings.Compare(a.A, b.A)
		}
		return strings.Compare(a.B, b.B)
	})
	return cis, bridges
}

// lines returns the relations that may carry an outage, covered ones too, in both directions,
// each pair of CIs once.
func (g *Graph) lines() adjacency {
	c := &g.core
	var arcs []arc
	add := func(v, w int32) {
		arcs = append(arcs, arc{v, w, 0}, arc{w, v, 0})
	}
	for v := range c.n {
		for _, w := range c.providers.row(v) {
			if w < c.n {
				add(v, w)
			}
		}
	}
	for _, r := range g.quiet() {
		if g.types[r.kind].Impact != NoImpact {
			add(r.from, r.to)
		}
	}
	_, both, _ := compress(c.n, oneBlock(arcs))
	// Rows are sorted: drop repeats in place.
	at := int32(0)
	start := int32(0)
	for v := range c.n {
		end := both.off[v+1]
		for i := start; i < end; i++ {
			if i == start || both.to[i] != both.to[i-1] {
				both.to[at] = both.to[i]
				at++
			}
		}
		start = end
		both.off[v+1] = at
	}
	both.to = both.to[:at]
	return both
}
