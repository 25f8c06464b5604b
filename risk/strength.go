package risk

import "math"

// A Shrinkage says how the failure rate of an entity is formed: (s + Strength × m) / (n + Strength),
// with s failures among n changes, both forgotten with HalfLifeDays, and m the rate of its
// parent or the base rate. It is the posterior mean of a Beta-binomial model.
type Shrinkage struct {
	Kind         string  `json:"kind"`
	Strength     float64 `json:"strength"`                 // in changes
	HalfLifeDays float64 `json:"half_life_days,omitempty"` // 0: nothing is forgotten
	speed        int     // index in halfLives
	pseudo       float64 // if positive, Strength is pseudo/m: that many failures
}

// The base rate where nothing is known: 3 %, worth 50 changes.
const (
	baseRate     = 0.03
	baseStrength = 50
)

// baseOf is the base rate at the time of a tally of everything, never forgetting.
func baseOf(v *seen) float64 {
	const h = speeds - 1
	return (v.s[h] + baseRate*baseStrength) / (v.n[h] + baseStrength)
}

// rate is the shrunk rate of an entity with tally v whose parent or base has rate m.
func (g *Shrinkage) rate(v *seen, m float64) float64 {
	k := g.Strength
	if g.pseudo > 0 {
		k = g.pseudo / m
	}
	return (v.s[g.speed] + float64(k*m)) / (v.n[g.speed] + k)
}

const (
	minFailed   = 0.3   // least prior strength, in failures: a rate never falls to nothing for want of failures
	maxStrength = 20000 // in changes: an entity of this strength says nothing of its own
	maxSample   = 20000 // items that the strength is estimated from: the newest
)

// fitShrinkage chooses strength and half-life of kind k by maximum likelihood over rows with
// use[i]: each outcome is foretold from what was known before it, so the likelihood is the product
// of the predictive probabilities. Without forgetting and delay that product is the Beta-binomial
// likelihood (chain rule); with them it still scores exactly what the rate is used for.
// The parents' rates m are given by item. Speeds before speedsFrom are not tried.
func (t *table) fitShrinkage(k int, obs []seen, m []float64, use []bool, speedsFrom int) Shrinkage {
	c := &t.kinds[k]
	var sample []int32
	var fails []bool
	mean := 0.0
	for i := t.len() - 1; i >= 0 && len(sample) < maxSample; i-- {
		if t.watch.ended(i) {
			break
		}
		if !use[i] {
			continue
		}
		for j := c.off[i]; j < c.off[i+1]; j++ {
			sample = append(sample, j)
			fails = append(fails, t.failed[i])
			mean += m[j]
		}
	}
	mean /= max(1, float64(len(sample)))
	least := min(max(minFailed/max(mean, 1e-9), 1), maxStrength)
	best := Shrinkage{Kind: c.Kind, Strength: maxStrength, speed: speeds - 1}
	bestScore := math.Inf(1)
	for h := speeds - 1; h >= speedsFrom; h-- {
		g := Shrinkage{Kind: c.Kind, speed: h}
		loss := func(logStrength float64) float64 {
			g.Strength = exp(logStrength)
			sum, product := 0.0, 1.0
			for x, j := range sample {
				if t.watch.ended(x) {
					return 0
				}
				p := g.rate(&obs[j], m[j])
				if !fails[x] {
					p = 1 - p
				}
				product *= max(p, 1e-12)
				if x%16 == 15 { // one logarithm for many factors; 1e-12^16 is still normal
					sum -= math.Log(product)
					product = 1
				}
			}
			return sum - math.Log(product)
		}
		x, y := golden(loss, log(least), log(maxStrength), 24)
		// A faster speed must earn its place by more than a unit of log-likelihood.
		if y < bestScore-1 {
			bestScore = y
			g.Strength = exp(x)
			best = g
		}
	}
	if life := halfLives[best.speed]; !math.IsInf(life, 1) {
		best.HalfLifeDays = life
	}
	return best
}

// golden minimises a unimodal f on [a, b] by golden section.
func golden(f func(float64) float64, a, b float64, steps int) (x, y float64) {
	const r = 0.6180339887498949
	x1, x2 := b-r*(b-a), a+r*(b-a)
	y1, y2 := f(x1), f(x2)
	for range steps {
		if y1 <= y2 {
			b, x2, y2 = x2, x1, y1
			x1 = b - r*(b-a)
			y1 = f(x1)
		} else {
			a, x1, y1 = x1, x2, y2
			x2 = a + r*(b-a)
			y2 = f(x2)
		}
	}
	if y1 <= y2 {
		return x1, y1
	}
	return x2, y2
}
