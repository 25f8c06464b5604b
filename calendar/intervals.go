package calendar

import (
	"iter"
	"slices"
	"sort"
	"time"
)

// Intervals is a set of instants. It is immutable, so copies may be shared freely,
// and canonical: two sets of the same instants have the same spans. The zero
// Intervals is the empty set.
//
// Instants count to the nanosecond from 1677-09-21 to 2262-04-11 (the range of
// [time.Time.UnixNano]); an earlier or later one counts as the nearer end of that
// range. Instants that come out are in UTC.
//
// Set operations cost O(n+m), point queries O(log n).
type Intervals struct {
	spans []span // sorted, non-empty, neither overlapping nor touching
}

// Union returns the set of the instants of all ivs. Empty intervals add nothing,
// and intervals that touch become one.
func Union(ivs ...Interval) Intervals {
	spans := make([]span, 0, len(ivs))
	for _, iv := range ivs {
		if s := iv.span(); s.lo < s.hi {
			spans = append(spans, s)
		}
	}
	return Intervals{canonical(spans)}
}

// canonical sorts and merges in place.
func canonical(spans []span) []span {
	if len(spans) == 0 {
		return nil
	}
	sortByStart(spans)
	n := 0
	for _, s := range spans[1:] {
		if s.lo <= spans[n].hi {
			spans[n].hi = max(spans[n].hi, s.hi)
			continue
		}
		n++
		spans[n] = s
	}
	return spans[:n+1]
}

// sortByStart merges the runs of spans that are in order already: those of each window are,
// and there are few windows and many spans.
func sortByStart(spans []span) {
	ends := make([]int, 0, 8) // of runs
	for i := 1; i <= len(spans); i++ {
		if i == len(spans) || spans[i].lo < spans[i-1].lo {
			ends = append(ends, i)
		}
	}
	var from []span
	for len(ends) > 1 {
		if from == nil {
			from = make([]span, len(spans))
		}
		copy(from, spans)
		begin, n := 0, 0
		for r := 0; r < len(ends); r += 2 {
			end := ends[r]
			if r+1 < len(ends) {
				end = ends[r+1]
			}
			a, b := from[begin:ends[r]], from[ends[r]:end]
			for out := spans[begin:end]; len(a)+len(b) > 0; out = out[1:] {
				if len(b) == 0 || len(a) > 0 && a[0].lo <= b[0].lo {
					out[0], a = a[0], a[1:]
				} else {
					out[0], b = b[0], b[1:]
				}
			}
			ends[n] = end
			begin, n = end, n+1
		}
		ends = ends[:n]
	}
}

// Len returns the number of maximal spans.
func (s Intervals) Len() int { return len(s.spans) }

// Empty reports whether the set holds no instant.
func (s Intervals) Empty() bool { return len(s.spans) == 0 }

// Equal reports whether both sets hold the same instants.
func (s Intervals) Equal(t Intervals) bool { return slices.Equal(s.spans, t.spans) }

// Bounds returns the least interval that covers the set, the zero Interval for the empty set.
func (s Intervals) Bounds() Interval {
	if len(s.spans) == 0 {
		return Interval{}
	}
	return span{s.spans[0].lo, s.spans[len(s.spans)-1].hi}.interval()
}

// All walks the maximal spans in time order.
func (s Intervals) All() iter.Seq[Interval] {
	return func(yield func(Interval) bool) {
		for _, sp := range s.spans {
			if !yield(sp.interval()) {
				return
			}
		}
	}
}

// Union returns the instants that are in s or in t.
func (s Intervals) Union(t Intervals) Intervals {
	switch {
	case len(s.spans) == 0:
		return t
	case len(t.spans) == 0:
		return s
	}
	return Intervals{unionSpans(make([]span, 0, len(s.spans)+len(t.spans)), s.spans, t.spans)}
}

// unionSpans appends the union of two canonical lists to out, which must be empty.
func unionSpans(out, a, b []span) []span {
	for len(a) > 0 || len(b) > 0 {
		var next span
		if len(b) == 0 || len(a) > 0 && a[0].lo <= b[0].lo {
			next, a = a[0], a[1:]
		} else {
			next, b = b[0], b[1:]
		}
		if n := len(out); n > 0 && next.lo <= out[n-1].hi {
			out[n-1].hi = max(out[n-1].hi, next.hi)
		} else {
			out = append(out, next)
		}
	}
	return out
}

// Intersect returns the instants that are in s and in t.
func (s Intervals) Intersect(t Intervals) Intervals {
	return Intervals{intersectSpans(nil, s.spans, t.spans)}
}

func intersectSpans(out, a, b []span) []span {
	for len(a) > 0 && len(b) > 0 {
		lo, hi := max(a[0].lo, b[0].lo), min(a[0].hi, b[0].hi)
		if lo < hi {
			out = append(out, span{lo, hi})
		}
		if a[0].hi < b[0].hi {
			a = a[1:]
		} else {
			b = b[1:]
		}
	}
	return out
}

// Subtract returns the instants that are in s and not in t.
func (s Intervals) Subtract(t Intervals) Intervals {
	if len(s.spans) == 0 || len(t.spans) == 0 {
		return s
	}
	return Intervals{subtractSpans(nil, s.spans, t.spans)}
}

func subtractSpans(out, a, b []span) []span {
	for _, s := range a {
		for len(b) > 0 && b[0].hi <= s.lo {
			b = b[1:]
		}
		lo := s.lo
		for _, cut := range b {
			if cut.lo >= s.hi {
				break
			}
			if cut.lo > lo {
				out = append(out, span{lo, cut.lo})
			}
			lo = max(lo, cut.hi)
		}
		if lo < s.hi {
			out = append(out, span{lo, s.hi})
		}
	}
	return out
}

// Complement returns the instants of within that are not in s.
func (s Intervals) Complement(within Interval) Intervals {
	w := within.span()
	if w.lo >= w.hi {
		return Intervals{}
	}
	return Intervals{subtractSpans(nil, []span{w}, s.spans)}
}

// Clip returns the instants of s that are in within.
func (s Intervals) Clip(within Interval) Intervals {
	return Intervals{clipSpans(s.spans, within.span())}
}

// clipSpans shares storage where nothing is cut.
func clipSpans(spans []span, w span) []span {
	if w.lo >= w.hi {
		return nil
	}
	from := after(spans, w.lo)
	to := from + sort.Search(len(spans)-from, func(i int) bool { return spans[from+i].lo >= w.hi })
	spans = spans[from:to]
	if len(spans) == 0 {
		return nil
	}
	if first, last := spans[0], spans[len(spans)-1]; first.lo < w.lo || last.hi > w.hi {
		spans = slices.Clone(spans)
		spans[0].lo = max(first.lo, w.lo)
		spans[len(spans)-1].hi = min(last.hi, w.hi)
	}
	return spans
}

// after returns the index of the first span that ends after t, len(spans) if none does.
func after(spans []span, t int64) int {
	lo, hi := 0, len(spans)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if spans[mid].hi > t {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}

// Contains reports whether t is in the set.
func (s Intervals) Contains(t time.Time) bool {
	n := toNano(t)
	i := after(s.spans, n)
	return i < len(s.spans) && s.spans[i].lo <= n
}

// Covers reports whether all of iv is in the set. The empty interval always is.
func (s Intervals) Covers(iv Interval) bool {
	w := iv.span()
	if w.lo >= w.hi {
		return true
	}
	i := after(s.spans, w.lo)
	return i < len(s.spans) && s.spans[i].lo <= w.lo && w.hi <= s.spans[i].hi
}

// Total returns the exact length of the set; one beyond the range of
// [time.Duration], about 292 years, counts as that range's end.
func (s Intervals) Total() time.Duration {
	var sum int64
	for _, sp := range s.spans {
		sum = addNano(sum, length(sp))
	}
	return time.Duration(sum)
}

// length returns hi-lo, at most maxNano.
func length(s span) int64 {
	if d := uint64(s.hi) - uint64(s.lo); d <= maxNano {
		return int64(d)
	}
	return maxNano
}

// Fitting walks, in time order, the ranges in which work of length d may start and
// run to its end without leaving the set. Each yielded interval is a set of start
// instants like any other: half-open, with instants a nanosecond apart. Its Start is the
// first of them, its End lies one nanosecond after the last: work of exactly the length
// of a span has one start. Work of no length fits wherever the set is open.
func (s Intervals) Fitting(d time.Duration) iter.Seq[Interval] {
	return func(yield func(Interval) bool) {
		for _, sp := range s.spans {
			if f, ok := fit(sp, int64(d)); ok && !yield(f.interval()) {
				return
			}
		}
	}
}

// fit returns the starts of work of length d inside s.
func fit(s span, d int64) (span, bool) {
	d = max(d, 1)
	if length(s) < d {
		return span{}, false
	}
	return span{s.lo, s.hi - d + 1}, true
}

// FirstFit returns the earliest instant at or after from at which work of length d can
// start and end within one span. It tries spans one by one; a compiled [Timeline]
// answers in logarithmic time.
func (s Intervals) FirstFit(from time.Time, d time.Duration) (time.Time, bool) {
	n := toNano(from)
	for _, sp := range s.spans[after(s.spans, n):] {
		sp.lo = max(sp.lo, n)
		if _, ok := fit(sp, int64(d)); ok {
			return fromNano(sp.lo), true
		}
	}
	return time.Time{}, false
}
