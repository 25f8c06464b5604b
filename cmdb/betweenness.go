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

// brandes holds what the pivots share. Most of the time goes into looking at the other end of
// a relation, which lies anywhere. That it was reached before, and that it is in the next level, are bits,
// which stay in the cache for a million CIs; only relations between one level and the next, about a third, need more, and that
// is one number: the ways to a CI on the way out, and on the way back its share for each of them.
// With the distances and the two numbers in arrays of their own it took a fifth longer.
type brandes struct {
	c     *core
	sum   []float64
	value []float64
	seen  []uint64 // reached in the levels so far
	next  []uint64 // in the level behind the present one
	queue []int32
	ends  []int // of the levels in queue
}

func (b *brandes) begin() {
	nodes := int(b.c.n) + len(b.c.need)
	b.sum, b.value = make([]float64, nodes), make([]float64, nodes)
	b.seen, b.next = make([]uint64, nodes/64+1), make([]uint64, nodes/64+1)
}

// pivot adds the shares of the ways from one CI to all that fails with it. A gate is a step of a
// way, but no end of one.
func (b *brandes) pivot(s int32) {
	up, value, seen, next := &b.c.dependents, b.value, b.seen, b.next
	b.queue, b.ends = append(b.queue[:0], s), b.ends[:0]
	value[s] = 1
	setBit(seen, s)
	for first := 0; first < len(b.queue); {
		end := len(b.queue)
		b.ends = append(b.ends, end)
		for _, u := range b.queue[first:end] {
			ways := value[u]
			for _, v := range up.row(u) {
				if hasBit(seen, v) {
					continue
				}
				if value[v] == 0 {
					b.queue = append(b.queue, v)
				}
				value[v] += ways
			}
		}
		for _, v := range b.queue[end:] {
			setBit(seen, v)
		}
		first = end
	}
	for level := len(b.ends) - 1; level >= 0; level-- {
		first, end := 0, b.ends[level]
		if level > 0 {
			first = b.ends[level-1]
		}
		for i := end - 1; i >= first; i-- {
			u := b.queue[i]
			total := 0.0
			for _, v := range up.row(u) {
				if hasBit(next, v) {
					total += value[v]
				}
			}
			share := float64(total * value[u])
			if u != s {
				b.sum[u] += share
			}
			ends := 0.0 // a way may end at a CI
			if u < b.c.n {
				ends = 1
			}
			value[u] = (ends + share) / value[u]
		}
		for _, v := range b.queue[end:b.endOf(level+1)] {
			next[v/64] = 0
		}
		for _, u := range b.queue[first:end] {
			setBit(next, u)
		}
	}
	for _, u := range b.queue {
		value[u], seen[u/64], next[u/64] = 0, 0, 0
	}
}

// endOf returns where a level ends in queue.
func (b *brandes) endOf(level int) int {
	if level < len(b.ends) {
		return b.ends[level]
	}
	return len(b.queue)
}

func hasBit(bits []uint64, i int32) bool { return bits[i/64]>>(uint(i)%64)&1 != 0 }

func setBit(bits []uint64, i int32) { bits[i/64] |= 1 << (uint(i) % 64) }
