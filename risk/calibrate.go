package risk

import "math"

// A calibration maps log-odds to log-odds: a + b·η (Platt 1999), so contributions stay additive.
type calibration struct {
	a, b float64
}

// Priors of the map: no shift and slope 1. The slope's spread of 0.3 is worth about a hundred
// of failures; below minFailures only the shift is fitted.
const (
	shiftSpread  = 0.2
	slopeSpread  = 0.3
	minFailures  = 50
	priorBetween = 0.1 // variance of shifts between blocks that is assumed, as if from priorBlocks blocks
	priorBlocks  = 4
	minExpected  = 10 // failures that a block must have been expected to hold
)

// A block is a stretch of rows foretold one after another; its level is a draw of its own.
type block struct {
	lo, hi int
	age    float64 // weight of its time, in (0, 1]
	shift  float64 // log-odds by which what happened lay above what was foretold
	v      float64 // variance of shift
	u      float64 // its share that is believed, for the slope
}

// calibrate fits the map to log-odds foretold before their outcomes were known, in time
// order, each row with weight w, where old is the weight of its time.
//
// Failure rates wander: failures come in bursts, so a thousand rows of one month are not a thousand
// independent witnesses of the level of the next. Each block of rows therefore has a shift of
// its own, drawn around the common one with a variance that is estimated (random effects, DerSimonian
// and Laird 1986), and the slope is fitted within blocks. Fitting both to the pooled rows was tried:
// on rare failures in bursts it was worse than no calibration.
func calibrate(eta []float64, failed []bool, w, old []float64) calibration {
	fails := 0
	for _, y := range failed {
		if y {
			fails++
		}
	}
	blocks := blocksOf(eta, w, old)
	if len(blocks) == 0 {
		return calibration{0, 1}
	}
	mean, total := 0.0, 0.0
	for i, e := range eta {
		mean += w[i] * e
		total += w[i]
	}
	mean /= max(total, 1e-300)
	a, b := 0.0, 1.0
	for range 6 {
		for k := range blocks {
			blocks[k].fitShift(eta, failed, w, mean, b)
		}
		a = commonShift(blocks)
		if fails < minFailures {
			break
		}
		before := b
		b = slope(blocks, eta, failed, w, mean, b)
		if math.Abs(b-before) < 1e-6 {
			break
		}
	}
	return calibration{a: a + mean - b*mean, b: b}
}

// blocksOf cuts the rows into stretches with at least minExpected failures expected each.
func blocksOf(eta, w, old []float64) []block {
	var list []block
	lo, expected, age, n := 0, 0.0, 0.0, 0.0
	for i, e := range eta {
		expected += w[i] / (1 + math.Exp(-e))
		age += old[i]
		n++
		if expected >= minExpected {
			list = append(list, block{lo: lo, hi: i + 1, age: age / n})
			lo, expected, age, n = i+1, 0, 0, 0
		}
	}
	switch {
	case lo == len(eta):
	case len(list) > 0:
		list[len(list)-1].hi = len(eta)
	default:
		list = append(list, block{lo: lo, hi: len(eta), age: age / n})
	}
	return list
}

// fitShift finds the shift of a block for slope b, under a weak prior so that a block
// without failures has one too.
func (k *block) fitShift(eta []float64, failed []bool, w []float64, mean, b float64) {
	const precision = 0.25
	s := 0.0
	for range 25 {
		g, h := precision*s, precision
		for i := k.lo; i < k.hi; i++ {
			p := 1 / (1 + math.Exp(-(s + mean + b*(eta[i]-mean))))
			g += w[i] * (p - indicator(failed[i]))
			h += w[i] * p * (1 - p)
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

// commonShift is the mean of the blocks' shifts, each weighted by age ÷ (own variance + variance
// between blocks), under the prior of no shift. It also sets what is believed of each block.
func commonShift(blocks []block) float64 {
	// Between-block variance by the method of moments.
	sw, sw2, swx := 0.0, 0.0, 0.0
	for _, k := range blocks {
		sw += 1 / k.v
		sw2 += 1 / (k.v * k.v)
		swx += k.shift / k.v
	}
	q := 0.0
	for _, k := range blocks {
		d := k.shift - swx/sw
		q += d * d / k.v
	}
	between := priorBetween
	if c := sw - sw2/sw; c > 0 {
		n := float64(len(blocks) - 1)
		between = (max(0, (q-n)/c)*n + priorBetween*priorBlocks) / (n + priorBlocks)
	}
	num, den := 0.0, 1/(shiftSpread*shiftSpread)
	for _, k := range blocks {
		x := k.age / (k.v + between)
		num += x * k.shift
		den += x
	}
	a := num / den
	for i := range blocks {
		k := &blocks[i]
		k.u = a + (k.shift-a)*between/(between+k.v)
	}
	return a
}

// slope fits the common slope with the blocks' shifts held.
func slope(blocks []block, eta []float64, failed []bool, w []float64, mean, b float64) float64 {
	for range 25 {
		g, h := (b-1)/(slopeSpread*slopeSpread), 1/(slopeSpread*slopeSpread)
		for _, k := range blocks {
			for i := k.lo; i < k.hi; i++ {
				x := eta[i] - mean
				p := 1 / (1 + math.Exp(-(k.u + mean + b*x)))
				g += w[i] * (p - indicator(failed[i])) * x
				h += w[i] * p * (1 - p) * x * x
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
