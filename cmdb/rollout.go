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

// Waves cuts ids into waves as [Graph.Waves] does, and further so that each wave can be out of service at
// once: no group fails with a wave that does not fail with one CI of it alone, waves keep to
// the size and to one zone if asked. Each CI goes, in order of its wave and ID, to the first wave that will have it.
// It fails with an [UnknownCIError] or a [CycleError].
//
// Cost: a walk for each wave that a CI is tried in.
func (r Rollout) Waves(g *Graph, ids ...string) ([][]string, error) {
	layers, err := g.Waves(ids...)
	if err != nil {
		return nil, err
	}
	p := packer{g: g, rule: r}
	waves := [][]string{}
	for _, layer := range layers {
		p.waves = p.waves[:0]
		cis := g.known(layer)
		for _, v := range cis {
			p.place(v)
		}
		for _, w := range p.waves {
			names := make([]string, len(w.cis))
			for i, v := range w.cis {
				names[i] = g.ids[v]
			}
			slices.SortFunc(names, strings.Compare)
			waves = append(waves, names)
		}
	}
	return waves, nil
}

// packer fills the waves of one layer.
type packer struct {
	g     *Graph
	rule  Rollout
	waves []wave
}

type wave struct {
	cis  []int32
	zone string
	lost map[int32]bool // gates that fail with one CI of the wave alone
}

func (p *packer) place(v int32) {
	c := &p.g.core
	alone := c.acquire()
	c.walk(alone, []int32{v}, order{})
	lost := slices.Clone(alone.fired)
	c.release(alone)
	zone := p.g.ci(v).Zone
	for i := range p.waves {
		w := &p.waves[i]
		if p.rule.Size > 0 && len(w.cis) >= p.rule.Size || p.rule.Zones && w.zone != zone || !p.fits(w, v, lost) {
			continue
		}
		w.cis = append(w.cis, v)
		for _, gate := range lost {
			w.lost[gate] = true
		}
		return
	}
	w := wave{[]int32{v}, zone, map[int32]bool{}}
	for _, gate := range lost {
		w.lost[gate] = true
	}
	p.waves = append(p.waves, w)
}

// fits reports whether no group fails with the wave and v that survives each of them alone, and
// no primary-standby group has two of them.
func (p *packer) fits(w *wave, v int32, lost []int32) bool {
	g, c := p.g, &p.g.core
	if len(g.groups) == 0 {
		return true
	}
	s := c.acquire()
	defer c.release(s)
	c.walk(s, append(slices.Clone(w.cis), v), order{})
	for _, gate := range s.fired {
		if int(gate-c.n) < len(g.groups) && !w.lost[gate] && !slices.Contains(lost, gate) {
			return false
		}
	}
	for _, i := range c.groupsTouched(s) {
		if g.groups[i].Mode != PrimaryStandby {
			continue
		}
		for _, u := range w.cis {
			if col, ok := g.CollideChanges(CollisionRule{Kinds: []CollisionKind{RedundantPair}}, []string{g.ids[u]}, []string{g.ids[v]}); ok && col.Kind == RedundantPair {
				return false
			}
		}
	}
	return true
}
