package cp

import "sort"

// Ceil returns the smallest value at or above b that the directed variable v may take
// as far as its holes go.
func (s *Store) Ceil(v Var, b int64) int64 {
	g := s.gaps[v>>1]
	if v&1 == 0 {
		if i := findGap(g, b); i < len(g) && g[i].Lo <= b {
			return g[i].Hi + 1
		}
		return b
	}
	if i := findGap(g, -b); i < len(g) && g[i].Lo <= -b {
		return 1 - g[i].Lo
	}
	return b
}

// Relax returns the weakest bound that is equivalent to v >= b: just above the last
// value below b that v may take.
func (s *Store) Relax(v Var, b int64) int64 {
	g := s.gaps[v>>1]
	if g == nil {
		return b
	}
	// v >= b is not (v.Neg() >= 1-b), whose strongest form is its ceiling.
	return 1 - s.Ceil(v^1, 1-b)
}

// HasGaps says whether v has holes.
func (s *Store) HasGaps(v Var) bool { return s.gaps[v>>1] != nil }

// Gaps returns the holes of v.
func (s *Store) Gaps(v Var) []Gap { return s.gaps[v>>1] }

// findGap returns the first gap that ends at or after b.
func findGap(g []Gap, b int64) int {
	return sort.Search(len(g), func(i int) bool { return g[i].Hi >= b })
}
