package cmdb

import (
	"slices"
	"strings"
)

// Rollout says how a roll-out may be cut into waves.
type Rollout struct {
	Size  int  // CIs in a wave at most; 0 means any number
	Zones bool // a wave stays in one zone; CIs without a zone count as one
}

// Waves cuts ids into waves so that no CI comes before, or together with, one of ids that it
// relies on, be it over CIs that are not in ids, and so that each wave, and each part of one, can be
// out of service at once: no group fails with it that does not fail with one CI of it alone. Waves
// keep to the size and to one zone if asked. It fails with an [UnknownCIError] or a [CycleError].
//
// Waves are filled one after the other from the CIs whose providers are done, those with the
// longest chain of consumers behind them first (Hu 1961), so without size, zones and groups
// they are as many as the longest chain, and with a size alone less than twice the fewest (Graham
// 1966). Where groups hold CIs up they are then filled anew from the end and from the beginning in turn, as
// long as that makes them fewer. Of up to twelve CIs they are the fewest possible, unless groups are so intertwined that
// the search for fewer gives up. Within a wave, CIs are sorted by ID.
//
// Cost: linear in what the ids rely on, a walk for each CI, and a look at its groups in each wave that it is tried
// in; that look is a walk where groups count zones or have standbys, or relation types a Depth, and then
// waves are filled once.
func (r Rollout) Waves(g *Graph, ids ...string) ([][]string, error) {
	layers, err := g.Waves(ids...)
	if err != nil {
		return nil, err
	}
	p := packer{g: g, rule: r, tally: newTally(g)}
	o := g.orderOf(layers)
	rank := make([]int32, len(o.items))
	for i, it := range o.items {
		rank[i] = o.tail[it.part]
	}
	waves, least := p.fill(o, rank, false), p.least(o, len(layers))
	switch {
	case len(o.items) <= fewCIs && len(waves) > least:
		waves = p.fewer(o, waves, least)
	case p.tally != nil:
		waves = p.better(o, waves, least)
	}
	out := make([][]string, len(waves))
	for k, w := range waves {
		for _, i := range w {
			out[k] = append(out[k], g.ids[o.items[i].v])
		}
		slices.SortFunc(out[k], strings.Compare)
	}
	return out, nil
}

// packer fills one wave after the other.
type packer struct {
	g     *Graph
	rule  Rollout
	tally *tally // nil where it does not hold
	tries int
	alone map[int32]map[int32]bool // what lost has found
}

type wave struct {
	cis   []int32
	zone  string
	lost  []map[int32]bool // by CI: the gates that fail with it alone
	tally *tally           // answers in place of lost
}

// lost returns the gates that fail with one CI alone.
func (p *packer) lost(v int32) map[int32]bool {
	if len(p.g.groups) == 0 {
		return nil
	}
	if gates, ok := p.alone[v]; ok {
		return gates
	}
	c := &p.g.core
	s := c.acquire()
	defer c.release(s)
	c.walk(s, []int32{v}, order{})
	gates := make(map[int32]bool, len(s.fired))
	for _, gate := range s.fired {
		gates[gate] = true
	}
	if p.alone == nil {
		p.alone = map[int32]map[int32]bool{}
	}
	p.alone[v] = gates
	return gates
}

// join puts a CI into a wave if that will have it.
func (p *packer) join(w *wave, v int32) bool {
	zone := p.g.ci(v).Zone
	if len(w.cis) > 0 && (p.rule.Size > 0 && len(w.cis) >= p.rule.Size || p.rule.Zones && w.zone != zone) {
		return false
	}
	if w.tally != nil && !w.tally.join(v) || w.tally == nil && len(w.cis) > 0 && !p.fits(w, v) {
		return false
	}
	w.zone = zone
	w.cis = append(w.cis, v)
	if w.tally == nil {
		w.lost = append(w.lost, p.lost(v))
	}
	return true
}

// fits reports whether no group fails with the wave and v, or with a part of them, that
// survives each of them alone, and no primary-standby group has two of them.
//
// A group that a CI of the wave brings down by itself would excuse all others; but a part of
// the wave may be without that CI. So the others must not bring it down together either.
// That is enough for every part: fewer CIs bring down less.
//
// Only gates that v weakens are looked at, those that it would bring down if each failed with
// its first provider: whatever v does together with others, it does through one of them.
func (p *packer) fits(w *wave, v int32) bool {
	g, c := p.g, &p.g.core
	if len(g.groups) == 0 {
		return true
	}
	weak := c.acquire()
	defer c.release(weak)
	c.walk(weak, []int32{v}, order{first: true})
	own := p.lost(v)
	if !slices.ContainsFunc(weak.touched, func(gate int32) bool {
		return !own[gate+c.n] || g.groups[c.group[gate]].Mode == PrimaryStandby
	}) {
		return true
	}
	s := c.acquire()
	defer c.release(s)
	c.walk(s, append(slices.Clone(w.cis), v), order{})
	for _, gate := range s.fired {
		if int(gate-c.n) >= len(g.groups) || own[gate] || !weak.reached(gate) {
			continue // no group by itself; or the others are as they were without v
		}
		others := []int32{v}
		for k, u := range w.cis {
			if !w.lost[k][gate] {
				others = append(others, u)
			}
		}
		if len(others) > len(w.cis) || p.fails(gate, others) {
			return false
		}
	}
	return !p.pairedIn(c.groupsTouched(s), w.cis, v)
}

// fails says whether a gate fails with some CIs.
func (p *packer) fails(gate int32, cis []int32) bool {
	c := &p.g.core
	s := c.acquire()
	defer c.release(s)
	c.walk(s, cis, order{})
	return s.reached(gate)
}

// pairedIn says whether a CI is of a primary-standby group with one of others.
func (p *packer) pairedIn(groups []int32, others []int32, v int32) bool {
	g := p.g
	for _, i := range groups {
		if g.groups[i].Mode != PrimaryStandby {
			continue
		}
		for _, u := range others {
			if col, ok := g.CollideChanges(CollisionRule{Kinds: []CollisionKind{RedundantPair}}, []string{g.ids[u]}, []string{g.ids[v]}); ok && col.Kind == RedundantPair {
				return true
			}
		}
		return false // one look is enough: it asked for all groups
	}
	return false
}
