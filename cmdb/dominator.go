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
// Method: nearest common ancestors in a breadth-first tree until nothing moves, which on estates takes
// a few passes; where it would take many, semidominators and then nearest common ancestors. No recursion.
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

// dominators returns the nodes that root relies on, root first, and the immediate dominator of each
// as a position among them, which is lower than its own.
//
// In estates most CIs are reached in several ways from close by, so the tree of dominators is flat.
// Then the iterative method on a breadth-first tree (IBFS in Georgiadis, Tarjan, Werneck, Journal of Graph
// Algorithms and Applications 10, 2006) climbs a step or two at an arc and is done with a CI for good once it
// hangs from the root: a third of the time of the methods with semidominators. It is quadratic at worst,
// so it has a budget.
func (c *core) dominators(root int32) (idom, nodes []int32) {
	if idom, nodes, ok := c.flatDominators(root, 4*(len(c.providers.to)+int(c.n))); ok {
		return idom, nodes
	}
	return c.deepDominators(root)
}

// flatDominators gives up when it has climbed more than budget steps. The nodes are in
// breadth-first order.
func (c *core) flatDominators(root int32, budget int) (idom, nodes []int32, ok bool) {
	order := make([]int32, int(c.n)+len(c.need)) // position+1 in nodes
	under := make([]bool, len(order))            // hangs from root, or not reached: nothing to do
	order[root] = 1
	nodes, idom = append(nodes, root), append(idom, 0)
	meet := func(a, b int32) int32 {
		for a != b {
			budget--
			if a > b {
				a = idom[a]
			} else {
				b = idom[b]
			}
		}
		return a
	}
	// The first pass goes along with the breadth-first walk.
	for u := int32(0); u < int32(len(nodes)); u++ {
		for _, v := range c.providers.row(nodes[u]) {
			if under[v] {
				continue
			}
			if order[v] == 0 {
				nodes, idom = append(nodes, v), append(idom, u)
				order[v] = int32(len(nodes))
				under[v] = u == 0
				continue
			}
			p := order[v] - 1
			idom[p] = meet(idom[p], u)
			if under[v] = idom[p] == 0; budget < 0 {
				return nil, nil, false
			}
		}
	}
	var left []int32 // what may still move up
	for p, d := range idom {
		if d != 0 && len(c.dependents.row(nodes[p])) > 1 {
			left = append(left, int32(p))
		}
	}
	for moved := true; moved; {
		moved = false
		rest := left[:0]
		for _, p := range left {
			d := idom[p]
			for _, x := range c.dependents.row(nodes[p]) {
				if o := order[x]; o != 0 {
					d = meet(d, o-1)
					if budget--; budget < 0 {
						return nil, nil, false
					}
				}
				if d == 0 {
					break
				}
			}
			if d != idom[p] {
				idom[p], moved = d, true
			}
			if d != 0 {
				rest = append(rest, p)
			}
		}
		left = rest
	}
	return idom, nodes, true
}

// deepDominators takes semidominators of Lengauer and Tarjan (ACM TOPLAS 1, 1979) and then nearest common ancestors
// (SNCA, Georgiadis and others as above), which keeps one number less a node. The nodes are in the order
// of a depth-first walk.
func (c *core) deepDominators(root int32) (idom, nodes []int32) {
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
	n := int32(len(nodes))
	idom = parent
	semi := make([]int32, n)
	forest := make([]link, n)
	for w := range forest {
		forest[w] = link{-1, int32(w)}
	}
	up := &c.dependents
	for w := n - 1; w > 0; w-- {
		least := w
		for _, x := range up.row(nodes[w]) {
			switch o := order[x] - 1; {
			case o > w:
				least = min(least, leastAbove(forest, o))
			case o >= 0:
				least = min(least, o)
			}
		}
		semi[w] = least
		forest[w] = link{parent[w], least}
	}
	for w := int32(1); w < n; w++ {
		d := idom[w]
		for d > semi[w] {
			d = idom[d]
		}
		idom[w] = d
	}
	return idom, nodes
}

// link is a node of the forest built so far: up is its ancestor, -1 for a root, and least the least
// semidominator from it up to, and without, the root that up leads to.
type link struct{ up, least int32 }

// leastAbove returns the least semidominator on the way up from v, and shortens the way. It walks the
// way twice: to turn it round, and back.
func leastAbove(forest []link, v int32) int32 {
	if forest[v].up < 0 {
		return v
	}
	// Going up, each up is turned to point down, so that no stack is needed.
	below, u := int32(-1), v
	for forest[forest[u].up].up >= 0 {
		u, below, forest[u].up = forest[u].up, u, below
	}
	root, least := forest[u].up, forest[u].least
	for below >= 0 {
		f := &forest[below]
		least = min(least, f.least)
		below, f.up, f.least = f.up, root, least
	}
	return least
}
