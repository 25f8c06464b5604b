package cmdb

import (
	"cmp"
	"iter"
	"slices"
)

// A Cautious graph answers what may be impacted if up to a number of relations are wrong: some of
// those in doubt do not exist, some suspects do. It takes the place of the graph wherever one asks
// for Impacted, and a plan that is free of conflicts by it is free of conflicts by every
// graph that differs from the given one in at most that many of these relations. It is safe for
// concurrent use.
//
// Taking relations away only takes impact away, but for one case: where relations alone say what
// depends on a group, taking some of them away may leave the dependent with one member, without redundancy.
// A suspect may be a step of the way to an outage, and a group may fall with members that different
// suspects bring down; then it counts the largest number of them needed for any one member, so it
// may be more cautious than needs be behind groups, never less.
type Cautious struct {
	g     *Graph
	wrong int32
	extra map[int32][]weighed // by provider: the arcs that may exist
}

// Has reports whether the graph has a CI.
func (c *Cautious) Has(id string) bool { return c.g.Has(id) }

// weighed is an arc that exists only if so many relations are wrong.
type weighed struct{ dep, weight int32 }

// Cautious returns the graph under at most wrong wrong relations. It fails where a suspect is
// wrong itself: it names no CI, has an unknown type, or is a relation of the graph.
func (g *Graph) Cautious(rule DoubtRule, wrong int) (*Cautious, error) {
	var f faults
	var suspects []relation
	k := &Cautious{g: g, wrong: int32(min(max(wrong, 0), 1<<20)), extra: map[int32][]weighed{}}
	for i, r := range rule.Suspects {
		rel, ok := g.find(r)
		switch {
		case !ok:
			f.addf(path("suspects", i), "names a CI or a relation type that the graph does not have")
		case g.has(rel):
			f.addf(path("suspects", i), "is a relation of the graph; state a low confidence there instead")
		case rel.from == rel.to:
			f.addf(path("suspects", i), "joins %q to itself; drop it", shorten(r.From))
		default:
			suspects = append(suspects, rel)
			k.may(rel, 1)
		}
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	k.implied(rule.Below, suspects)
	doubtful := len(suspects)
	for r := range g.numbered() {
		if c := g.provenance(r).confidence; c > 0 && c < rule.Below {
			doubtful++
		}
	}
	k.wrong = min(k.wrong, int32(doubtful))
	return k, nil
}

// may adds the arcs of a relation.
func (k *Cautious) may(r relation, weight int32) {
	d := k.g.types[r.kind].Impact
	if d == ToFrom || d == BothWays {
		k.extra[r.to] = append(k.extra[r.to], weighed{r.from, weight})
	}
	if d == FromTo || d == BothWays {
		k.extra[r.from] = append(k.extra[r.from], weighed{r.to, weight})
	}
}

// implied deals with groups that name no dependents: who depends on them follows from relations,
// so that taking some away may leave a dependent with one member and no redundancy, and a suspect
// may make one.
func (k *Cautious) implied(below int, suspects []relation) {
	g := k.g
	nested := g.nested()
	of := map[int32][]int32{} // such groups, by member
	for i := range g.groups {
		if len(g.groups[i].Dependents) == 0 && !nested[i] {
			for _, p := range g.leaves(i) {
				of[p] = append(of[p], int32(i))
			}
		}
	}
	if len(of) == 0 {
		return
	}
	type key struct{ group, dep int32 }
	type ties struct{ all, firm, suspect map[int32]bool } // members that the dependent depends on
	found := map[key]*ties{}
	each := func(r relation, f func(t *ties, prov int32)) {
		arc := func(dep, prov int32) {
			for _, i := range of[prov] {
				t := found[key{i, dep}]
				if t == nil {
					t = &ties{map[int32]bool{}, map[int32]bool{}, map[int32]bool{}}
					found[key{i, dep}] = t
				}
				f(t, prov)
			}
		}
		d := g.types[r.kind].Impact
		if d == ToFrom || d == BothWays {
			arc(r.from, r.to)
		}
		if d == FromTo || d == BothWays {
			arc(r.to, r.from)
		}
	}
	for r := range g.numbered() {
		c := g.provenance(r).confidence
		each(r, func(t *ties, prov int32) {
			t.all[prov] = true
			if c == 0 || c >= below {
				t.firm[prov] = true
			}
		})
	}
	for _, r := range suspects {
		each(r, func(t *ties, prov int32) { t.suspect[prov] = true })
	}
	for at, t := range found {
		others := int32(len(t.all) - 1)
		for prov := range t.all {
			if others > 0 && (len(t.firm) == 0 || len(t.firm) == 1 && t.firm[prov]) {
				k.extra[prov] = append(k.extra[prov], weighed{at.dep, others})
			}
		}
		if n := int32(len(t.all)); n < 2 && int(n)+len(t.suspect) > 1 {
			gate := g.core.n + at.group
			k.extra[gate] = append(k.extra[gate], weighed{at.dep, 2 - n})
		}
	}
	for _, list := range k.extra {
		slices.SortFunc(list, func(a, b weighed) int {
			return cmp.Or(cmp.Compare(a.weight, b.weight), cmp.Compare(a.dep, b.dep))
		})
	}
}

// Criticality returns that of the graph.
func (k *Cautious) Criticality(id string) int { return k.g.Criticality(id) }

// Impacted yields every CI that may be out of service while id is, with the fewest steps after which
// that can be: id first at 0, then by distance and ID. No graph that differs in at most as many
// relations has a shorter way, so a limit of steps keeps what it keeps in each of them.
//
// Cost: a walk for each number of wrong relations, from none to the most.
func (k *Cautious) Impacted(id string) iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		p, ok := k.g.number(id)
		if !ok {
			return
		}
		for _, h := range k.spread(p) {
			if !yield(k.g.ids[h.v], int(h.steps)) {
				return
			}
		}
	}
}

// reach is a CI that may fail after steps.
type reach struct{ steps, v int32 }

// spread walks once for each number of wrong relations: with the arcs of the graph, and with those
// that may exist from where the walks with fewer came. A gate counts its providers as they come, by
// whatever relations each does. Depth limits of types are left aside, which only makes it more cautious.
func (k *Cautious) spread(from int32) []reach {
	c := &k.g.core
	fresh := make([]map[int32][]int32, k.wrong+1) // by number of wrong relations and step: the CIs that come by one that may exist
	come := map[int32][]int32{}                   // of all numbers so far
	var order []reach
	for w := range fresh {
		if fresh[w] == nil && w > 0 {
			continue // nothing that the walk before did not reach
		}
		for step, list := range fresh[w] {
			come[step] = append(come[step], list...)
		}
		down := map[int32]bool{}
		count := map[int32]int32{}
		order = order[:0]
		level := []int32{from}
		waiting := len(come)
		for step := int32(0); len(level) > 0 || waiting > 0; step++ {
			if more, ok := come[step]; ok {
				level = append(level, more...)
				waiting--
			}
			var next []int32
			for _, v := range level {
				if down[v] {
					continue
				}
				down[v] = true
				order = append(order, reach{step, v})
				todo := []int32{v}
				for len(todo) > 0 {
					u := todo[len(todo)-1]
					todo = todo[:len(todo)-1]
					for _, v := range c.dependents.row(u) {
						if v < c.n {
							next = append(next, v)
						} else if count[v]++; count[v] == c.need[v-c.n] {
							todo = append(todo, v)
						}
					}
					for _, x := range k.extra[u] {
						n := int32(w) + x.weight
						if n > k.wrong || down[x.dep] {
							continue
						}
						if fresh[n] == nil {
							fresh[n] = map[int32][]int32{}
						}
						fresh[n][step+1] = append(fresh[n][step+1], x.dep)
					}
				}
			}
			level = next
		}
	}
	out := slices.Clone(order)
	slices.SortFunc(out, func(a, b reach) int { return cmp.Or(cmp.Compare(a.steps, b.steps), cmp.Compare(a.v, b.v)) })
	return out
}
