package risk

import (
	"cmp"
	"math"
	"slices"

	"github.com/slackwater-go/slackwater/internal/prng"
)

// A conditioner computes the chance that a node is down by conditioning on the failures of its
// cone, most needed first. Nodes not yet decided count as up for the lower and as down
// for the upper reading; where both agree the branch ends.
type conditioner struct {
	g        *graph
	cone     []int
	vars     []int // nodes of the cone that may or may not fail
	broken   []bool
	state    []bool
	lost     [][]int
	steps    int
	maxSteps int
}

func (g *graph) availability(t int, o *OutageOptions) Availability {
	cone, tree := g.cone(t)
	if tree && len(cone) < 10000 {
		return Availability{Down: clampUnit(g.series(t)), Exact: true, Method: "series of groups"}
	}
	c := &conditioner{g: g, cone: cone, maxSteps: o.Steps}
	if c.maxSteps == 0 {
		c.maxSteps = 20000
	}
	n := len(g.fails)
	c.broken, c.state, c.lost = make([]bool, n), make([]bool, n), make([][]int, n)
	for _, i := range cone {
		c.lost[i] = make([]int, len(g.needs[i]))
		c.broken[i] = g.fails[i] == 1
		if g.fails[i] > 0 && g.fails[i] < 1 {
			c.vars = append(c.vars, i)
		}
	}
	// What many need decides much: condition on it first.
	slices.SortStableFunc(c.vars, func(a, b int) int { return cmp.Compare(len(g.users[b]), len(g.users[a])) })
	if p, ok := c.split(t, 0); ok {
		return Availability{Down: clampUnit(p), Exact: true, Method: "conditioning"}
	}
	for _, i := range c.vars {
		c.broken[i] = false
	}
	return c.sample(t, o)
}

// split returns the chance that t is down given the state of the first v variables.
func (c *conditioner) split(t, v int) (float64, bool) {
	if c.steps += 2; c.steps > c.maxSteps {
		return 0, false
	}
	c.g.down(c.cone, c.broken, c.state, c.lost)
	if c.state[t] {
		return 1, true
	}
	if v == len(c.vars) {
		return 0, true
	}
	for _, i := range c.vars[v:] {
		c.broken[i] = true
	}
	c.g.down(c.cone, c.broken, c.state, c.lost)
	possible := c.state[t]
	for _, i := range c.vars[v:] {
		c.broken[i] = false
	}
	if !possible {
		return 0, true
	}
	i := c.vars[v]
	c.broken[i] = true
	fails, ok := c.split(t, v+1)
	c.broken[i] = false
	if !ok {
		return 0, false
	}
	holds, ok := c.split(t, v+1)
	p := c.g.fails[i]
	return float64(p*fails) + float64((1-p)*holds), ok
}

// sample estimates the chance by a mixture of two samplers: failures as they are, and failures
// made frequent. A sample weighs true density ÷ mean of both densities, which is at most 2, so
// the estimate never has an unbounded variance (defensive mixture, Hesterberg 1995).
func (c *conditioner) sample(t int, o *OutageOptions) Availability {
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
	return Availability{Down: clampUnit(mean), Error: stderr, Method: "sampling"}
}

// uniform returns a number in [0, 1) with 53 random bits.
func uniform(r *prng.Rand) float64 { return float64(r.Uint64()>>11) / (1 << 53) }
