package strategy

import "math"

// A Waver cuts CIs into waves in which no CI comes before one that it relies on; each
// wave may be out of service at once. It is satisfied by *cmdb.Graph, which knows of dependencies
// alone; cmdb.Rollout keeps to redundancy groups, zones and a size too:
//
//	strategy.WaverFunc(func(ids ...string) ([][]string, error) { return rollout.Waves(graph, ids...) })
type Waver interface {
	Waves(ids ...string) ([][]string, error)
}

// A WaverFunc is a Waver.
type WaverFunc func(ids ...string) ([][]string, error)

// Waves calls f.
func (f WaverFunc) Waves(ids ...string) ([][]string, error) { return f(ids...) }

// Cut sets the waves of the strategy to those of its CIs on a graph, cut by [Grow]. It
// returns the error of the graph.
func (s *Strategy) Cut(w Waver, first int, factor float64) error {
	waves, err := w.Waves(s.CIs...)
	if err != nil {
		return err
	}
	s.Waves = Grow(waves, first, factor)
	return nil
}

// Grow cuts waves so that the first has at most first CIs and each later one at most
// factor times as many as were allowed before. It keeps the order and never joins waves,
// so what held for each wave holds for each part of it. A first below 1 is 1, a factor
// that is not above 1 keeps the size. Waves are not changed; empty ones are dropped.
func Grow(waves [][]string, first int, factor float64) [][]string {
	size := math.Max(1, float64(first))
	if !(factor > 1) {
		factor = 1
	}
	var out [][]string
	for _, w := range waves {
		for len(w) > 0 {
			n := len(w)
			if size < float64(n) {
				n = int(size)
			}
			out = append(out, w[:n:n])
			w = w[n:]
			size = math.Min(float64(size*factor), 1e9)
		}
	}
	return out
}
