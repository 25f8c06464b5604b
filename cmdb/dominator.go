package cmdb

import (
	"cmp"
	"slices"
)

// A Dominator says that every way in which a service relies on CI goes through By.
type Dominator struct {
	CI string `json:"ci"`
	By string `json:"by"` // the nearest such CI; the service itself where there is no other
}

// Dominators returns the immediate dominator of every CI that the service relies on, by ID. A CI
// that dominates much is where the dependencies of the service are bundled: what is redundant
// below it is not redundant through it. Groups are passed through. It fails with an
// [UnknownCIError].
//
// Method: Lengauer and Tarjan, ACM TOPLAS 1, 1979, with path compression on an explicit stack:
// O(m log n) for m relations among the n CIs.
func (g *Graph) Dominators(service string) ([]Dominator, error) {
	root, ok := g.number(service)
	if !ok {
		return nil, &UnknownCIError{service}
	}
	c := &g.core
	idom, nodes := c.dominators(root)
	out := make([]Dominator, 0, len(nodes))
	for i := 1; i < len(nodes); i++ {
		if nodes[i] >= c.n {
			continue
		}
		d := idom[i]
		for nodes[d] >= c.n { // a gate is no CI
			d = idom[d]
		}
		out = append(out, Dominator{g.ids[nodes[i]], g.ids[nodes[d]]})
	}
	slices.SortFunc(out, func(a, b Dominator) int { return cmp.Compare(a.CI, b.CI) })
	return out, nil
}

// dominators returns the nodes that root relies on in the order of a depth-first walk, root
// first, and the immediate dominator of each as a position in that order.
func (c *core) dominators(root int32) (idom, nodes []int32) {
	order := make([]int32, int(c.n)+len(c.need)) // position+1 in nodes
	type frame struct {
		v    int32
		left []int32
	}
	frames := []frame{{root, c.providers.row(root)}}
	order[root] = 1
	nodes = append(nodes, root)
	parent := []int32{0}
	for len(frames) > 0 {
		f := &frames[len(frames)-1]
		if len(f.left) == 0 {
			frames = frames[:len(frames)-1]
			continue
		}
		w := f.left[0]
		f.left = f.left[1:]
		if order[w] == 0 {
			nodes = append(nodes, w)
			order[w] = int32(len(nodes))
			parent = append(parent, order[f.v]-1)
			frames = append(frames, frame{w, c.providers.row(w)})
		}
	}
	n := len(nodes)
	semi, label, ancestor := make([]int32, n), make([]int32, n), make([]int32, n)
	bucket, next := make([]int32, n), make([]int32, n) // lists by semidominator, by position+1
	idom = make([]int32, n)
	for i := range int32(n) {
		semi[i], label[i], ancestor[i] = i, i, -1
	}
	var chain []int32
	// eval returns the node of least semidominator on the way up from v in the forest so far.
	eval := func(v int32) int32 {
		if ancestor[v] < 0 {
			return v
		}
		chain = chain[:0]
		for u := v; ancestor[ancestor[u]] >= 0; u = ancestor[u] {
			chain = append(chain, u)
		}
		for i := len(chain) - 1; i >= 0; i-- {
			u := chain[i]
			if a := ancestor[u]; semi[label[a]] < semi[label[u]] {
				label[u] = label[a]
			}
			ancestor[u] = ancestor[ancestor[u]]
		}
		return label[v]
	}
	up := &c.dependents
	for w := int32(n) - 1; w > 0; w-- {
		for _, x := range up.row(nodes[w]) {
			if order[x] == 0 {
				continue
			}
			if u := eval(order[x] - 1); semi[u] < semi[w] {
				semi[w] = semi[u]
			}
		}
		next[w], bucket[semi[w]] = bucket[semi[w]], w+1
		p := parent[w]
		ancestor[w] = p
		for v := bucket[p]; v != 0; v = next[v-1] {
			if u := eval(v - 1); semi[u] < semi[v-1] {
				idom[v-1] = u
			} else {
				idom[v-1] = p
			}
		}
		bucket[p] = 0
	}
	for w := 1; w < n; w++ {
		if idom[w] != semi[w] {
			idom[w] = idom[idom[w]]
		}
	}
	return idom, nodes
}
