package risk

import "math"

// nextLevel foretells the level, as a shift of log-odds, from those of blocks in time
// order.
//
// It is a local level model (Harvey 1989): the level wanders, by a variance a year that is
// not known, and each block strays from it for itself, by a variance that is not known either.
// Both variances are averaged over by how well they foretell each block from those before it
// (Kalman filter). Strays have heavy tails (Student's t): where failures come in bursts, a burst
// says little of the months after it and is left out of the level, and where a level has
// truly changed it is followed. The level is thus that of ordinary times; a burst shows
// as drift. Means over bursts and lulls were tried: after a burst they stood high while
// nothing failed.
func nextLevel(blocks []block) (level, spread float64) {
	var best, sum, wide, weight float64
	best = math.Inf(-1)
	for _, wander := range wanders {
		for _, stray := range strays {
			level, spread, fit := follow(blocks, wander, stray)
			if fit > best { // rescale, so that nothing underflows
				scale := exp(best - fit)
				sum, wide, weight, best = float64(sum*scale), float64(wide*scale), float64(weight*scale), fit
			}
			w := exp(fit - best)
			sum += float64(w * level)
			wide += float64(w * spread)
			weight += w
		}
	}
	return sum / weight, wide / weight
}

// The variances that are averaged over: of the level in a year, and of a block.
var (
	wanders = [...]float64{0.003, 0.01, 0.03, 0.1, 0.3, 1}
	strays  = [...]float64{0.003, 0.01, 0.03, 0.1, 0.3, 1}
)

// levelSpread is the variance of the level of the first block around that of all that is known.
const levelSpread = 0.25

// tails is the degrees of freedom of a stray.
const tails = 4

// follow runs the filter: the level after the last block, its variance, and the log-likelihood. A block is
// weighed by how far it strays, as in fitting a t distribution (Lange et al. 1989).
func follow(blocks []block, wander, stray float64) (level, spread, fit float64) {
	spread = levelSpread
	for k, b := range blocks {
		if k > 0 {
			spread += float64(wander * max(0, b.at-blocks[k-1].at))
		}
		noise := b.v + stray
		off := b.shift - level
		far := float64(off*off) / (spread + noise)
		fit -= log(spread+noise)/2 + float64((tails+1)*log1p(far/tails))/2
		gain := spread / (spread + float64(noise*(tails+far))/(tails+1))
		level += float64(gain * off)
		spread = float64(spread * (1 - gain))
	}
	return level, spread, fit
}
