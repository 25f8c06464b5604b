package risk

import "math"

// A calibration maps log-odds to log-odds: a + b·η (Platt 1999), so contributions stay additive.
type calibration struct {
	a, b   float64
	spread float64 // variance of a
	loss   float64 // of what was foretold before, within blocks
}

// Priors of the map: slope 1, whose spread of 0.3 is worth about a hundred failures; below
// minFailures only the level is fitted.
const (
	slopeSpread = 0.3
	minFailures = 50
	minExpected = 10 // failures that a block must have been expected to hold
)

// A block is a stretch of rows foretold one after another; its level is a draw of its own.
type block struct {
	lo, hi int
	at     float64 // its middle, in years
	shift  float64 // log-odds by which what happened lay above what was foretold
	v      float64 // variance of shift
}

// A foretold holds what a candidate foretold before outcomes were known, in time order.
type foretold struct {
	eta    []float64 // log-odds less the level
	failed []bool
	w      []float64 // weight as evidence of the slope
	at     []float64 // starts, in years
	level  float64   // log-odds of the rate of all that is known
	watch  *watch
}

// calibrate fits the map to log-odds foretold before their outcomes were known, and says
// what it loses within blocks.
//
// Failure rates wander, and failures come in bursts: a thousand rows of one month are not a
// thousand independent witnesses of the level of the next. Each block of rows therefore has a
// level of its own; what they say of the next is left to [nextLevel], and the slope is fitted
// within blocks. Fitting both to the pooled rows was tried: on rare failures in bursts it was
// worse than no calibration. So was following the level of each refit: after a burst it stood
// high while nothing failed, and changes months apart were ranked by it.
func calibrate(f *foretold) calibration {
	fails := 0
	for _, y := range f.failed {
		fails += int(indicator(y))
	}
	blocks := f.blocks()
	if len(blocks) == 0 {
		return calibration{a: f.level, b: 1}
	}
	mean, total := 0.0, 0.0
	for i, e := range f.eta {
		if f.watch.ended(i) {
			break
		}
		mean += f.w[i] * e
		total += f.w[i]
	}
	mean /= max(total, 1e-300)
	b := 1.0
	for range 6 {
		for k := range blocks {
			f.fitShift(&blocks[k], mean, b)
		}
		if fails < minFailures {
			break
		}
		before := b
		b = f.slope(blocks, mean, b)
		if math.Abs(b-before) < 1e-6 {
			break
		}
	}
	level, spread := nextLevel(blocks)
	c := calibration{a: f.level + level + mean - b*mean, b: b, spread: spread}
	c.loss = f.loss(c, blocks, mean)
	return c
}

// blocks cuts the rows into stretches with at least minExpected failures expected each.
func (f *foretold) blocks() []block {
	var list []block
	lo, expected := 0, 0.0
	cut := func(hi int) {
		list = append(list, block{lo: lo, hi: hi, at: (f.at[lo] + f.at[hi-1]) / 2})
		lo, expected = hi, 0
	}
	for i, e := range f.eta {
		if f.watch.ended(i) {
			return nil
		}
		if expected += 1 / (1 + math.Exp(-f.level-e)); expected >= minExpected {
			cut(i + 1)
		}
	}
	switch {
	case lo == len(f.eta):
	case len(list) > 0:
		last := &list[len(list)-1]
		last.hi = len(f.eta)
		last.at = (f.at[last.lo] + f.at[last.hi-1]) / 2
	default:
		cut(len(f.eta))
	}
	return list
}

// fitShift finds the shift of a block for slope b, under a weak prior so that a block
// without failures has one too.
func (f *foretold) fitShift(k *block, mean, b float64) {
	const precision = 0.25
	s := k.shift
	for range 25 {
		g, h := precision*s, precision
		for i := k.lo; i < k.hi; i++ {
			if f.watch.ended(i) {
				return
			}
			p := 1 / (1 + math.Exp(-(s + f.level + mean + b*(f.eta[i]-mean))))
			g += p - indicator(f.failed[i])
			h += p * (1 - p)
		}
		step := max(-1, min(1, g/h))
		s -= step
		k.v = 1 / h
		if math.Abs(step) < 1e-9 {
			break
		}
	}
	k.shift = s
}

// slope fits the common slope with the blocks' shifts held.
func (f *foretold) slope(blocks []block, mean, b float64) float64 {
	for range 25 {
		g, h := (b-1)/(slopeSpread*slopeSpread), 1/(slopeSpread*slopeSpread)
		for _, k := range blocks {
			for i := k.lo; i < k.hi; i++ {
				if f.watch.ended(i) {
					return b
				}
				x := f.eta[i] - mean
				p := 1 / (1 + math.Exp(-(k.shift + f.level + mean + b*x)))
				g += f.w[i] * (p - indicator(f.failed[i])) * x
				h += f.w[i] * p * (1 - p) * x * x
			}
		}
		step := max(-0.5, min(0.5, g/h))
		b -= step
		if math.Abs(step) < 1e-8 {
			break
		}
	}
	// A ranking that was worse than chance is not turned round, but ignored.
	return max(b, 0)
}

// loss is the weighted log loss within blocks, each at its own level: what a candidate is
// worth apart from the level, which is the same for all of them.
func (f *foretold) loss(c calibration, blocks []block, mean float64) float64 {
	sum := 0.0
	for _, k := range blocks {
		for i := k.lo; i < k.hi; i++ {
			if f.watch.ended(i) {
				break
			}
			h := k.shift + f.level + mean + c.b*(f.eta[i]-mean)
			l := max(h, 0) + math.Log1p(math.Exp(-math.Abs(h)))
			if f.failed[i] {
				l -= h
			}
			sum += f.w[i] * l
		}
	}
	return sum
}
