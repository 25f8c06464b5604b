package cmdb

import (
	"cmp"
	"slices"

	"github.com/slackwater-go/slackwater/internal/prng"
)

// A Central is a CI with its betweenness: over all pairs of other CIs one of which relies on the
// other, the sum of the share of shortest ways that pass it. Work on such a CI is felt between
// others, not only by them.
type Central struct {
	CI    string  `json:"ci"`
	Score float64 `json:"score"`
}

// Betweenness returns the CIs that are between others, by score, then ID. A group is passed through
// like a CI, in one step, as if its first member decided. With pivots of zero, or as many as there are CIs, it is exact; otherwise it is
// estimated from the ways that end at so many CIs drawn by seed, and scaled up.
//
// Method: Brandes, Journal of Mathematical Sociology 25, 2001; pivots: Brandes and Pich,
// International Journal of Bifurcation and Chaos 17, 2007. Cost: two passes over the relations for each pivot.
func (g *Graph) Betweenness(pivots int, seed uint64) []Central {
	c := &g.core
	n := int(c.n)
	from := make([]int32, n)
	for v := range from {
		from[v] = int32(v)
	}
	if pivots > 0 && pivots < n {
		rnd := prng.New(seed)
		for i := range pivots {
			j := i + rnd.IntN(n-i)
			from[i], from[j] = from[j], from[i]
		}
		from = from[:pivots]
		slices.Sort(from)
	}
	b := brandes{c: c}
	b.begin()
	for _, v := range from {
		b.pivot(v)
	}
	out := []Central{}
	for v := range int32(n) {
		if b.sum[v] > 0 {
			out = append(out, Central{g.ids[v], float64(b.sum[v]*float64(n)) / float64(len(from))})
		}
	}
	slices.SortFunc(out, func(x, y Central) int { return cmp.Or(cmp.Compare(y.Score, x.Score), cmp.Compare(x.CI, y.CI)) })
	return out
}

// brandes holds what the pivots share.
type brandes struct {
	c     *core
	sum   []float64
	ways  []float64 // shortest ways from the pivot
	share []float64
	dist  []int32 // +1; 0 is not reached
	queue []int32
}

func (b *brandes) begin() {
	nodes := int(b.c.n) + len(b.c.need)
	b.sum, b.ways, b.share, b.dist = make([]float64, nodes), make([]float64, nodes), make([]float64, nodes), make([]int32, nodes)
}

// pivot adds the shares of the ways from one CI to all that fails with it. A gate is a step of a
// way, but no end of one.
func (b *brandes) pivot(s int32) {
	up := &b.c.dependents
	b.queue = append(b.queue[:0], s)
	b.dist[s], b.ways[s] = 1, 1
	for head := 0; head < len(b.queue); head++ {
		u := b.queue[head]
		d, ways := b.dist[u]+1, b.ways[u]
		for _, v := range up.row(u) {
			switch b.dist[v] {
			case 0:
				b.dist[v], b.ways[v] = d, ways
				b.queue = append(b.queue, v)
			case d:
				b.ways[v] += ways
			}
		}
	}
	for i := len(b.queue) - 1; i >= 0; i-- {
		u := b.queue[i]
		d := b.dist[u] + 1
		total := 0.0
		for _, v := range up.row(u) {
			if b.dist[v] != d {
				continue
			}
			end := 0.0 // a way may end at a CI
			if v < b.c.n {
				end = 1
			}
			total += (end + b.share[v]) / b.ways[v]
		}
		b.share[u] = float64(total * b.ways[u])
		if u != s {
			b.sum[u] += b.share[u]
		}
	}
	for _, u := range b.queue {
		b.dist[u], b.ways[u], b.share[u] = 0, 0, 0
	}
}
