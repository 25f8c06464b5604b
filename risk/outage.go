package risk

import (
	"context"
	"math"

	"github.com/slackwater-go/slackwater/internal/prng"
)

// A sampler estimates the chance that a node is down.
type sampler struct {
	g      *graph
	cone   []int
	vars   []int // nodes of the cone that may or may not fail
	broken []bool
	state  []bool
	lost   [][]int
}

func (g *graph) availability(ctx context.Context, t int, o *OutageOptions) (Availability, error) {
	cone, tree := g.cone(t)
	if tree && len(cone) < 10000 {
		return Availability{Down: clampUnit(g.series(t)), Exact: true, Method: "series of groups"}, nil
	}
	most := o.Nodes
	if most == 0 {
		most = 100000
	}
	if p, ok := g.diagrammed(t, cone, most); ok {
		return Availability{Down: clampUnit(p), Exact: true, Method: "decision diagram"}, nil
	}
	n := len(g.fails)
	c := &sampler{g: g, cone: cone, broken: make([]bool, n), state: make([]bool, n), lost: make([][]int, n)}
	for _, i := range cone {
		c.lost[i] = make([]int, len(g.needs[i]))
		c.broken[i] = g.fails[i] == 1
		if g.fails[i] > 0 && g.fails[i] < 1 {
			c.vars = append(c.vars, i)
		}
	}
	return c.sample(ctx, t, o)
}

// sample estimates the chance by a mixture of two samplers: failures as they are, and failures
// made frequent. A sample weighs true density ÷ mean of both densities, which is at most 2, so
// the estimate never has an unbounded variance (defensive mixture, Hesterberg 1995).
func (c *sampler) sample(ctx context.Context, t int, o *OutageOptions) (Availability, error) {
	n := o.Samples
	if n <= 0 {
		n = 100000
	}
	rnd := prng.New(o.Seed).Split(uint64(t) + 1)
	often := make([]float64, len(c.vars))
	for x, i := range c.vars {
		often[x] = max(c.g.fails[i], min(0.5, 2/float64(len(c.vars))))
	}
	sum, sum2 := 0.0, 0.0
	for s := range n {
		if s%1000 == 0 && ctx.Err() != nil {
			return Availability{}, ctx.Err()
		}
		ratio := 0.0 // log of frequent density ÷ true density
		for x, i := range c.vars {
			p, q := c.g.fails[i], often[x]
			draw := p
			if s%2 == 1 {
				draw = q
			}
			c.broken[i] = uniform(rnd) < draw
			if c.broken[i] {
				ratio += log(q) - log(p)
			} else {
				ratio += log1p(-q) - log1p(-p)
			}
		}
		c.g.down(c.cone, c.broken, c.state, c.lost)
		if c.state[t] {
			w := 2 / (1 + exp(ratio))
			sum += w
			sum2 += float64(w * w)
		}
	}
	mean := sum / float64(n)
	stderr := math.Sqrt(max(0, sum2/float64(n)-float64(mean*mean)) / float64(n))
	if stderr < 1e-9 {
		// Samples that all agree have no variance, and still leave room for what n of them miss: at
		// 95 % up to 3/n, the rule of three, which as a standard error is 1.5/n.
		stderr = 1.5 / float64(n)
	}
	return Availability{Down: clampUnit(mean), Error: stderr, Method: "sampling"}, nil
}

// uniform returns a number in [0, 1) with 53 random bits.
func uniform(r *prng.Rand) float64 { return float64(r.Uint64()>>11) / (1 << 53) }
