package calendar

import (
	"math"
	"slices"
	"sync"
	"time"
)

// A timeIndex finds the occurrences of all windows of a calendar near an instant: each is
// listed in the bucket of time in which it starts. It is built at the first change of a
// calendar and shared by the calendars that come from it.
type timeIndex struct {
	once    sync.Once
	base    int64    // a whole second
	size    int64    // of a bucket
	first   []uint32 // index of the first entry of each bucket
	entries []indexEntry
	longest int64 // of the occurrences listed
	direct  []int // windows with an occurrence longer than a bucket, or not of whole seconds
}

// An indexEntry is an occurrence of a window in whole seconds, its start since the base: it says all
// that is asked of it, since a look into the window's own list would miss the cache each time.
type indexEntry struct{ leaf, start, length uint32 }

// minBucket bounds the number of buckets.
const minBucket = int64(15 * time.Minute)

// build takes buckets so long that most windows fit one; the few others are read one by one.
func (x *timeIndex) build(leaves []*leaf, within span) {
	const second = int64(time.Second)
	longest := make([]int64, len(leaves))
	for i := range leaves {
		for _, s := range leaves[i].spans {
			longest[i] = max(longest[i], length(s))
		}
	}
	x.size = minBucket
	if len(leaves) > 0 {
		x.size = max(x.size, slices.Sorted(slices.Values(longest))[len(leaves)*7/8], length(within)>>20)
	}
	x.base = floorDiv(max(addNano(within.lo, -x.size), minNano+second), second) * second
	buckets := length(span{x.base, within.hi})/x.size + 2
	listed := make([]bool, len(leaves))
	x.first = make([]uint32, buckets+1)
	for i := range leaves {
		if listed[i] = longest[i] <= x.size && x.countable(leaves[i].spans); !listed[i] {
			x.direct = append(x.direct, i)
			continue
		}
		x.longest = max(x.longest, longest[i])
		for _, s := range leaves[i].spans {
			x.first[x.bucket(s.lo)+1]++
		}
	}
	for b := range buckets {
		x.first[b+1] += x.first[b]
	}
	x.entries = make([]indexEntry, x.first[buckets])
	fill := slices.Clone(x.first)
	for i := range leaves {
		if !listed[i] {
			continue
		}
		for _, s := range leaves[i].spans {
			b := x.bucket(s.lo)
			x.entries[fill[b]] = indexEntry{uint32(i), uint32(length(span{x.base, s.lo}) / second), uint32(length(s) / second)}
			fill[b]++
		}
	}
}

// countable reports whether an entry can hold every one of the spans.
func (x *timeIndex) countable(spans []span) bool {
	const second = int64(time.Second)
	for _, s := range spans {
		if s.lo < x.base || s.lo%second != 0 || s.hi%second != 0 || length(span{x.base, s.hi})/second > math.MaxUint32 {
			return false
		}
	}
	return true
}

func (x *timeIndex) bucket(t int64) int64 {
	return min(length(span{x.base, max(t, x.base)})/x.size, int64(len(x.first))-2)
}

// A nearby reads the open time of one calendar and class in small ranges.
type nearby struct {
	c           *compiledCalendar
	class       *class
	index       *timeIndex
	direct      []int  // windows to read one by one: changed since the index was built, lifted, not listed
	listed      []role // of the others, by window
	allow, deny []span // scratch
	whole, open []span
}

func newNearby(c *compiledCalendar, cl *class, within span) *nearby {
	c.index.once.Do(func() { c.index.build(c.indexed, within) })
	n := &nearby{c: c, class: cl, index: c.index, listed: slices.Clone(cl.role)}
	add := func(i int) {
		if n.listed[i] != unconcerned {
			n.listed[i] = unconcerned
			n.direct = append(n.direct, i)
		}
	}
	for _, i := range c.changed {
		add(i)
	}
	for _, i := range c.index.direct {
		add(i)
	}
	for i := range cl.lifted {
		add(i)
	}
	return n
}

// in returns the open time within r, valid until the next call.
func (n *nearby) in(r span) []span {
	n.allow, n.deny = n.allow[:0], n.deny[:0]
	x := n.index
	from, to := x.first[x.bucket(addNano(r.lo, -x.longest))], x.first[x.bucket(r.hi-1)+1]
	for _, e := range x.entries[from:to] {
		lo := x.base + int64(e.start)*int64(time.Second)
		hi := lo + int64(e.length)*int64(time.Second)
		if hi > r.lo && lo < r.hi {
			n.take(n.listed[e.leaf], span{max(lo, r.lo), min(hi, r.hi)})
		}
	}
	for _, i := range n.direct {
		spans := n.c.leaves[i].spans
		if l, ok := n.class.lifted[i]; ok {
			spans = l
		}
		for j := after(spans, r.lo); j < len(spans) && spans[j].lo < r.hi; j++ {
			n.take(n.class.role[i], span{max(spans[j].lo, r.lo), min(spans[j].hi, r.hi)})
		}
	}
	for _, s := range n.class.extra {
		if lo, hi := max(s.lo, r.lo), min(s.hi, r.hi); lo < hi {
			n.take(opens, span{lo, hi})
		}
	}
	n.whole = append(n.whole[:0], r)
	if n.class.restricted {
		n.whole = append(n.whole[:0], canonical(n.allow)...)
	}
	n.open = subtractSpans(n.open[:0], n.whole, canonical(n.deny))
	return n.open
}

// take keeps a span that opens or closes.
func (n *nearby) take(as role, s span) {
	switch as {
	case opens:
		n.allow = append(n.allow, s)
	case closes:
		n.deny = append(n.deny, s)
	}
}
