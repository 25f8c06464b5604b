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
	base    int64
	size    int64    // of a bucket
	first   []uint32 // index of the first entry of each bucket
	entries []indexEntry
	longest int64 // of the occurrences listed
	long    []int // windows with an occurrence longer than a bucket
}

// An indexEntry is an occurrence of a window and its start in seconds since the base, rounded down.
type indexEntry struct{ leaf, occurrence, start uint32 }

// minBucket bounds the number of buckets.
const minBucket = int64(15 * time.Minute)

// build takes buckets so long that most windows fit one; the few others are read one by one.
func (x *timeIndex) build(leaves []*leaf, within span) {
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
	x.base = addNano(within.lo, -x.size)
	buckets := (length(within)+x.size)/x.size + 2
	x.first = make([]uint32, buckets+1)
	short := func(f func(leaf, occurrence int, bucket int64)) {
		for i := range leaves {
			if longest[i] > x.size {
				continue
			}
			for n, s := range leaves[i].spans {
				f(i, n, x.bucket(s.lo))
			}
		}
	}
	short(func(_, _ int, b int64) { x.first[b+1]++ })
	for b := range buckets {
		x.first[b+1] += x.first[b]
	}
	x.entries = make([]indexEntry, x.first[buckets])
	fill := slices.Clone(x.first)
	short(func(i, n int, b int64) {
		x.entries[fill[b]] = indexEntry{uint32(i), uint32(n), x.second(leaves[i].spans[n].lo)}
		fill[b]++
	})
	for i := range longest {
		if longest[i] > x.size {
			x.long = append(x.long, i)
		} else {
			x.longest = max(x.longest, longest[i])
		}
	}
}

// second returns the seconds since the base, rounded down, within the range of uint32.
func (x *timeIndex) second(t int64) uint32 {
	return uint32(min(max(t, x.base)-x.base, math.MaxUint32*int64(time.Second)) / int64(time.Second))
}

func (x *timeIndex) bucket(t int64) int64 {
	return min(max((max(t, x.base)-x.base)/x.size, 0), int64(len(x.first))-2)
}

// A nearby reads the open time of one calendar and class in small ranges.
type nearby struct {
	c           *compiledCalendar
	class       *class
	index       *timeIndex
	direct      []int  // windows to read one by one: changed since the index was built, long, lifted
	skip        []bool // the same, by window
	allow, deny []span // scratch
	whole, open []span
}

func newNearby(c *compiledCalendar, cl *class, within span) *nearby {
	c.index.once.Do(func() { c.index.build(c.indexed, within) })
	n := &nearby{c: c, class: cl, index: c.index, skip: make([]bool, len(c.windows))}
	add := func(i int) {
		if !n.skip[i] {
			n.skip[i] = true
			if cl.role[i] != unconcerned {
				n.direct = append(n.direct, i)
			}
		}
	}
	for _, i := range c.changed {
		add(i)
	}
	for _, i := range c.index.long {
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
	take := func(i int, s span) {
		if s.lo = max(s.lo, r.lo); s.lo >= min(s.hi, r.hi) {
			return
		}
		if s.hi = min(s.hi, r.hi); n.class.role[i] == opens {
			n.allow = append(n.allow, s)
		} else {
			n.deny = append(n.deny, s)
		}
	}
	x := n.index
	from, to := x.first[x.bucket(addNano(r.lo, -x.size))], x.first[x.bucket(r.hi-1)+1]
	early, late := x.second(addNano(r.lo, -x.longest)), x.second(r.hi)
	for _, e := range x.entries[from:to] {
		if e.start < early || e.start > late {
			continue
		}
		if i := int(e.leaf); n.class.role[i] != unconcerned && !n.skip[i] {
			take(i, n.c.indexed[i].spans[e.occurrence])
		}
	}
	for _, i := range n.direct {
		spans := n.c.leaves[i].spans
		if l, ok := n.class.lifted[i]; ok {
			spans = l
		}
		for j := after(spans, r.lo); j < len(spans) && spans[j].lo < r.hi; j++ {
			take(i, spans[j])
		}
	}
	for _, s := range n.class.extra {
		if lo, hi := max(s.lo, r.lo), min(s.hi, r.hi); lo < hi {
			n.allow = append(n.allow, span{lo, hi})
		}
	}
	n.whole = append(n.whole[:0], r)
	if n.class.restricted {
		n.whole = append(n.whole[:0], canonical(n.allow)...)
	}
	n.open = subtractSpans(n.open[:0], n.whole, canonical(n.deny))
	return n.open
}
