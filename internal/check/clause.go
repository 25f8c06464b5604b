package check

import "slices"

type clause struct {
	facts []atom // the first two are watched
	dead  bool
}

// A watch is a nogood in the list of one of its first two facts, with the bound of that.
type watch struct {
	bound  int64
	clause int32
}

// learn keeps a nogood and returns its number.
func (g *network) learn(facts []atom) int32 {
	c := int32(len(g.clause))
	// Facts that are not true yet come first.
	facts = slices.Clone(facts)
	slices.SortStableFunc(facts, func(a, b atom) int { return btoi(g.is(a)) - btoi(g.is(b)) })
	g.clause = append(g.clause, clause{facts: facts})
	switch {
	case len(facts) == 0 || g.is(facts[0]):
		g.root = false
		return c
	case len(facts) == 1 || g.is(facts[1]):
		n := facts[0].not()
		g.root = g.root && g.push(n.v, n.bound)
	}
	for i := range min(2, len(facts)) {
		g.watch[facts[i].v] = append(g.watch[facts[i].v], watch{facts[i].bound, c})
	}
	return c
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (g *network) is(a atom) bool { return g.lb[a.v] >= a.bound }

// forget drops a nogood, but not what the root already knows by it.
func (g *network) forget(c int32) {
	g.contradicts(nil)
	g.clause[c] = clause{dead: true}
}

// watched looks at the nogoods that watch a fact of v that has become true.
func (g *network) watched(v int32) bool {
	list, now := g.watch[v], g.lb[v]
	kept := list[:0]
	for i, e := range list {
		if now < e.bound {
			kept = append(kept, e) // not yet
			continue
		}
		c := &g.clause[e.clause]
		if c.dead {
			continue
		}
		f, w := c.facts, 0
		if f[0] != (atom{v, e.bound}) {
			w = 1
		}
		found := false
		for k := 2; k < len(f) && !found; k++ {
			if found = !g.is(f[k]); found {
				f[w], f[k] = f[k], f[w]
			}
		}
		if found {
			if next := (watch{f[w].bound, e.clause}); f[w].v == v {
				kept = append(kept, next)
			} else {
				g.watch[f[w].v] = append(g.watch[f[w].v], next)
			}
			continue
		}
		kept = append(kept, e)
		ok := false
		if len(f) > 1 && !g.is(f[1-w]) {
			n := f[1-w].not()
			ok = g.push(n.v, n.bound)
		}
		if !ok {
			kept = append(kept, list[i+1:]...)
			g.watch[v] = kept
			return false
		}
	}
	g.watch[v] = kept
	return true
}
