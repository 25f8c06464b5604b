package lns

import "github.com/slackwater-go/slackwater/internal/prng"

// An Adaptive choice among arms prefers those that paid for their effort of late. Its
// scores are integers, so that it decides alike everywhere.
type Adaptive struct {
	score []int64
	cost  []int64
}

const (
	scoreMin, scoreMax = 16, 4096
)

// NewAdaptive returns a choice among arms that starts even but for what a try of each
// costs, relative to the others.
func NewAdaptive(cost ...int64) *Adaptive {
	a := &Adaptive{make([]int64, len(cost)), cost}
	for i := range a.score {
		a.score[i] = 256
	}
	return a
}

// Pick returns an arm, with a chance in proportion to its score and inverse to its
// cost.
func (a *Adaptive) Pick(r *prng.Rand) int {
	const scale = 1 << 16
	var sum int64
	for i, s := range a.score {
		sum += s * scale / a.cost[i]
	}
	x := int64(r.Uint64() % uint64(sum))
	for i, s := range a.score {
		if x -= s * scale / a.cost[i]; x < 0 {
			return i
		}
	}
	return len(a.score) - 1
}

// Cost sets what a try of an arm costs.
func (a *Adaptive) Cost(arm int, cost int64) { a.cost[arm] = max(1, cost) }

// Learn moves the score of an arm: up by a quarter of the way to the top where it
// made a better solution, down by one part in 64 where it did not.
func (a *Adaptive) Learn(arm int, better bool) {
	s := &a.score[arm]
	if better {
		*s += (scoreMax - *s) / 4
	} else {
		*s = max(scoreMin, *s-*s/64-1)
	}
}

// A Size adapts how many tasks to free: more while freeing this many seldom changes
// anything for the worse, fewer while it mostly spoils.
type Size struct {
	lo, hi, now int
	streak      int
}

// NewSize returns a size between lo and hi.
func NewSize(lo, hi int) *Size { return &Size{lo: lo, hi: max(lo, hi), now: lo} }

// Pick returns a size of up to the present one.
func (s *Size) Pick(r *prng.Rand) int { return s.lo + r.IntN(s.now-s.lo+1) }

// Learn says how the last attempt ended: kept, or undone.
func (s *Size) Learn(kept bool) {
	if kept {
		s.streak++
	} else {
		s.streak--
	}
	switch {
	case s.streak > 8:
		s.now, s.streak = min(s.hi, s.now+1+s.now/16), 0
	case s.streak < -24:
		s.now, s.streak = max(s.lo, s.now-1-s.now/16), 0
	}
}
