package calendar

import (
	"math/bits"
	"slices"
	"time"
)

// unionAll returns the union of canonical lists. Sorting half a million spans costs far more
// than setting them in a bitmap, so where all ends fall on whole minutes and the spans are
// dense enough for a bit a minute (5 years are 330 KB) it does that; else it merges in pairs.
func unionAll(lists [][]span) []span {
	lists = slices.DeleteFunc(slices.Clone(lists), func(l []span) bool { return len(l) == 0 })
	switch len(lists) {
	case 0:
		return nil
	case 1:
		return lists[0]
	case 2:
		return unionSpans(make([]span, 0, len(lists[0])+len(lists[1])), lists[0], lists[1])
	}
	if out, ok := unionBitmap(lists); ok {
		return out
	}
	for len(lists) > 1 {
		n := 0
		for i := 0; i < len(lists); i += 2 {
			merged := lists[i]
			if i+1 < len(lists) {
				merged = unionSpans(make([]span, 0, len(lists[i])+len(lists[i+1])), lists[i], lists[i+1])
			}
			lists[n] = merged
			n++
		}
		lists = lists[:n]
	}
	return lists[0]
}

// bitUnit is the length of time of one bit, bitsPerSpan the sparseness from which merging is quicker.
const (
	bitUnit     = int64(time.Minute)
	bitsPerSpan = 512
)

func unionBitmap(lists [][]span) ([]span, bool) {
	lo, hi, total := lists[0][0].lo, lists[0][len(lists[0])-1].hi, 0
	for _, l := range lists {
		lo, hi, total = min(lo, l[0].lo), max(hi, l[len(l)-1].hi), total+len(l)
	}
	all := length(span{lo, hi})
	if all == maxNano || all/bitUnit/bitsPerSpan > int64(total) {
		return nil, false
	}
	words := make([]uint64, all/bitUnit/64+2)
	for _, l := range lists {
		for _, s := range l {
			from, to := s.lo-lo, s.hi-lo
			a, b := from/bitUnit, to/bitUnit
			if a*bitUnit != from || b*bitUnit != to {
				return nil, false
			}
			setBits(words, uint64(a), uint64(b))
		}
	}
	return runs(words, lo), true
}

// openBitmap does the same for open time as a whole: bits set for what opens, then cleared for
// what closes.
func openBitmap(restricted bool, allow, deny [][]span, within span) ([]span, bool) {
	all, total := length(within), 0
	for _, lists := range [][][]span{allow, deny} {
		for _, l := range lists {
			total += len(l)
		}
	}
	if all == maxNano || all%bitUnit != 0 || all/bitUnit/bitsPerSpan > int64(total) {
		return nil, false
	}
	words := make([]uint64, all/bitUnit/64+2)
	mark := func(lists [][]span, set func([]uint64, uint64, uint64)) bool {
		for _, l := range lists {
			for _, s := range l {
				from, to := max(s.lo, within.lo)-within.lo, min(s.hi, within.hi)-within.lo
				a, b := from/bitUnit, to/bitUnit
				if a*bitUnit != from || b*bitUnit != to {
					return false
				}
				if a < b {
					set(words, uint64(a), uint64(b))
				}
			}
		}
		return true
	}
	if !restricted {
		setBits(words, 0, uint64(all/bitUnit))
	} else if !mark(allow, setBits) {
		return nil, false
	}
	if !mark(deny, clearBits) {
		return nil, false
	}
	return runs(words, within.lo), true
}

// clearBits clears the bits a <= i < b.
func clearBits(words []uint64, a, b uint64) {
	i, j := a/64, b/64
	head, tail := ^uint64(0)<<(a%64), uint64(1)<<(b%64)-1
	if i == j {
		words[i] &^= head & tail
		return
	}
	words[i] &^= head
	for k := i + 1; k < j; k++ {
		words[k] = 0
	}
	words[j] &^= tail
}

// setBits sets the bits a <= i < b.
func setBits(words []uint64, a, b uint64) {
	i, j := a/64, b/64
	head, tail := ^uint64(0)<<(a%64), uint64(1)<<(b%64)-1
	if i == j {
		words[i] |= head & tail
		return
	}
	words[i] |= head
	for k := i + 1; k < j; k++ {
		words[k] = ^uint64(0)
	}
	words[j] |= tail
}

// runs returns the runs of set bits as spans; the last word is zero, so every run ends.
func runs(words []uint64, base int64) []span {
	n := 0
	carry := uint64(0)
	for _, w := range words {
		n += bits.OnesCount64(w &^ (w<<1 | carry)) // the bits that begin a run
		carry = w >> 63
	}
	out := make([]span, 0, n)
	inside, begun := false, int64(0)
	for i, w := range words {
		at := int64(i) * 64
		if inside {
			w = ^w
		}
		for w != 0 {
			k := bits.TrailingZeros64(w)
			if edge := base + (at+int64(k))*bitUnit; inside {
				out = append(out, span{begun, edge})
			} else {
				begun = edge
			}
			inside = !inside
			w = ^w &^ (1<<k - 1) // from here on, the other kind of edge
		}
	}
	return out
}
