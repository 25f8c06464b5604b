package calendar

import (
	"sync"
	"sync/atomic"
)

// A pending is a change that a timeline has yet to take in: the open time before it, and where it
// is no longer true. A question about one instant settles the few blocks that it meets, one
// about the whole settles all.
//
// What was tried, for a thousand windows of which one moves throughout: settling all at once costs a
// thirtieth of a full compile, whether blocks have 16 or 64 spans, since it writes a fifth of the
// blocks anew and as much again of their sums. Smaller spans (32-bit seconds) would need a second
// form for what is not in whole seconds; counting how many windows hold at each minute takes 5 MB
// a version.
type pending struct {
	base   *blockList
	ranges []span // canonical: where eval says what is open
	// regions are the settled ones. Region b reaches from the end of block b-1 to that of block b; the
	// last one is the time after all blocks. An open span may go on in the next region.
	regions []atomic.Pointer[[]span]

	mu      sync.Mutex
	eval    func(span) []span // under mu, as is what follows
	settled int

	once sync.Once
	made atomic.Bool // all is settled
}

// maxSettled bounds how many regions are settled one by one, and how many a question may look at.
const maxSettled = 32

func newPending(base *blockList, ranges []span, eval func(span) []span) *pending {
	return &pending{base: base, ranges: ranges, regions: make([]atomic.Pointer[[]span], len(base.spans)+1), eval: eval}
}

// next returns the first span that ends after n, from n on at the latest. It returns false in known
// where it would have to look at much.
func (p *pending) next(n int64) (s span, ok, known bool) {
	last := len(p.regions) - 1
	b := upper(p.base.ends, n)
	for tries := 0; b <= last; b++ {
		if tries++; tries > maxSettled {
			return span{}, false, false
		}
		spans, known := p.region(b)
		if !known {
			return span{}, false, false
		}
		i := after(spans, n)
		if i == len(spans) {
			continue
		}
		for s = spans[i]; b < last && s.hi == p.base.ends[b]; s.hi = spans[0].hi {
			if tries++; tries > maxSettled {
				return span{}, false, false
			}
			b++
			if spans, known = p.region(b); !known {
				return span{}, false, false
			}
			if len(spans) == 0 || spans[0].lo != s.hi {
				break
			}
		}
		return s, true, true
	}
	return span{}, false, true
}

// fitNear returns the first instant from n on at which work of length need fits, if one of the next few
// spans has it.
func (p *pending) fitNear(n, need int64) (int64, bool) {
	for range maxSettled / 2 {
		s, ok, _ := p.next(n)
		if !ok {
			return 0, false
		}
		if start := max(n, s.lo); length(span{start, s.hi}) >= need {
			return start, true
		}
		n = s.hi
	}
	return 0, false
}

// region returns the open time of a region, or false where enough of them are settled.
func (p *pending) region(b int) ([]span, bool) {
	if settled := p.regions[b].Load(); settled != nil {
		return *settled, true
	}
	bounds := span{minNano, maxNano}
	var old []span
	if b > 0 {
		bounds.lo = p.base.ends[b-1]
	}
	if b < len(p.base.spans) {
		bounds.hi, old = p.base.ends[b], p.base.spans[b]
	}
	i := after(p.ranges, bounds.lo)
	if i == len(p.ranges) || p.ranges[i].lo >= bounds.hi {
		return old, true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.settled++; p.settled > maxSettled {
		return nil, false
	}
	spans := splice(make([]span, 0, len(old)+4), old, clipSpans(p.ranges[i:], bounds), p.eval)
	p.regions[b].Store(&spans)
	return spans, true
}

// settle makes the whole list.
func (p *pending) settle() blockList {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.base.patch(p.ranges, p.eval)
}
