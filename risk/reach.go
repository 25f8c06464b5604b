package risk

import (
	"cmp"
	"slices"
)

func compare(a, b string) int { return cmp.Compare(a, b) }

// reached lists the CIs that a failure of c reaches, each once with its least distance,
// by falling share and then by name. Without a topology it is the CIs of c themselves.
func (m *Model) reached(c *Change, t Topology) []Reached {
	distance := map[string]int{}
	for _, ci := range c.CIs {
		distance[ci] = 0
		if t == nil {
			continue
		}
		for other, d := range t.Impacted(ci) {
			if old, ok := distance[other]; !ok || d < old {
				distance[other] = d
			}
		}
	}
	list := make([]Reached, 0, len(distance))
	for ci, d := range distance {
		r := Reached{CI: ci, Distance: d}
		if t != nil {
			r.Criticality = t.Criticality(ci)
		}
		r.Share = m.Impact.share(r.Criticality, d)
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b Reached) int {
		return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(a.Distance, b.Distance), cmp.Compare(a.CI, b.CI))
	})
	return list
}

// share is Weights[criticality] × Decay^distance.
func (s *ImpactScale) share(criticality, distance int) float64 {
	if criticality < 1 || criticality > 5 {
		criticality = 3
	}
	w := s.Weights[criticality-1]
	for ; distance > 0 && w > 0 && s.Decay < 1; distance-- {
		w = float64(w * s.Decay)
	}
	return w
}

// impactOf is 1 − Π (1 − share): the chance that at least one CI suffers, were they independent.
func impactOf(list []Reached) float64 {
	miss := 1.0
	for _, r := range list {
		miss = float64(miss * (1 - r.Share))
	}
	return 1 - miss
}
