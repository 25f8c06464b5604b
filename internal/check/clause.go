package check

import "slices"

type clause struct {
	facts []atom // the first two are watched
	dead  bool
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
		g.watch[facts[i].v] = append(g.watch[facts[i].v], c)
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

// watched looks at the nogoods that watch v.
func (g *network) watched(v int32) bool {
	list := g.watch[v]
	kept := list[:0]
	for i, c := range list {
		f := g.clause[c].facts
		if g.clause[c].dead {
			continue
		}
		w := 0
		if len(f) > 1 && (f[0].v != v || !g.is(f[0])) {
			w = 1
		}
		if f[w].v != v || !g.is(f[w]) {
			kept = append(kept, c) // not yet
			continue
		}
		found := false
		for k := 2; k < len(f); k++ {
			if !g.is(f[k]) {
				f[w], f[k] = f[k], f[w]
				g.watch[f[w].v] = append(g.watch[f[w].v], c)
				found = true
				break
			}
		}
		if found && f[w].v != v {
			continue
		}
		kept = append(kept, c)
		if found {
			continue
		}
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
