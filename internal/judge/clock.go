package judge

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// Instants are nanoseconds since 1970, which is exact; sums stop at the ends of the
// range instead of wrapping. Assignments outside earliest..latest are Malformed, so
// that differences of instants of plans fit a time.Duration; so are those longer than
// longest, so that a plan cannot ask for centuries of window occurrences.
const (
	minInstant = math.MinInt64
	maxInstant = math.MaxInt64
)

var (
	earliest = time.Date(1850, 1, 1, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(2130, 1, 1, 0, 0, 0, 0, time.UTC)
)

const longest = 10 * 366 * 24 * time.Hour

func toInstant(t time.Time) int64 {
	const second = int64(time.Second)
	switch s := t.Unix(); {
	case s >= maxInstant/second:
		return maxInstant
	case s <= minInstant/second:
		return minInstant
	default:
		return s*second + int64(t.Nanosecond())
	}
}

func toTime(n int64) time.Time { return time.Unix(0, n).UTC() }

// add stays within the range of int64.
func add(a, b int64) int64 {
	switch {
	case b > 0 && a > math.MaxInt64-b:
		return math.MaxInt64
	case b < 0 && a < math.MinInt64-b:
		return math.MinInt64
	}
	return a + b
}

// sub stays within the range of int64.
func sub(a, b int64) int64 {
	if b == math.MinInt64 {
		return add(add(a, math.MaxInt64), 1)
	}
	return add(a, -b)
}

// mul stays within the range of int64, for b >= 0.
func mul(a, b int64) int64 {
	if a == 0 || b == 0 {
		return 0
	}
	if p := a * b; p/b == a && (p < 0) == (a < 0) {
		return p
	}
	if a < 0 {
		return math.MinInt64
	}
	return math.MaxInt64
}

// A span is half-open; empty where lo >= hi.
type span struct{ lo, hi int64 }

func spanOf(iv calendar.Interval) span { return span{toInstant(iv.Start), toInstant(iv.End)} }

func (s span) interval() calendar.Interval {
	return calendar.Interval{Start: toTime(s.lo), End: toTime(s.hi)}
}

func (s span) cut(o span) span { return span{max(s.lo, o.lo), min(s.hi, o.hi)} }

func (s span) empty() bool { return s.lo >= s.hi }

func (s span) length() int64 { return max(0, sub(s.hi, s.lo)) }

var allTime = span{minInstant, maxInstant}

// A step is the value from its instant on, until the next step.
type step struct {
	from  int64
	value int64
}

// steps writes a profile as steps, the first at the beginning of time. Where steps of
// the profile overlap the earlier in its list holds, as calendar.Profile says.
func steps(p calendar.Profile) []step {
	type edge struct {
		at    int64
		index int
		on    bool
	}
	var edges []edge
	for i, s := range p.Steps {
		if sp := spanOf(s.Interval); !sp.empty() {
			edges = append(edges, edge{sp.lo, i, true}, edge{sp.hi, i, false})
		}
	}
	slices.SortFunc(edges, func(a, b edge) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.index, b.index))
	})
	out := []step{{minInstant, p.Base}}
	var open []int // sorted indices of the steps in force
	for i, e := range edges {
		k, _ := slices.BinarySearch(open, e.index)
		if e.on {
			open = slices.Insert(open, k, e.index)
		} else {
			open = slices.Delete(open, k, k+1)
		}
		if i+1 < len(edges) && edges[i+1].at == e.at {
			continue
		}
		v := p.Base
		if len(open) > 0 {
			v = p.Steps[open[0]].Value
		}
		if last := &out[len(out)-1]; last.from == e.at {
			last.value = v
		} else if last.value != v {
			out = append(out, step{e.at, v})
		}
	}
	return out
}

// stepAt returns the index of the step in force at t.
func stepAt(s []step, t int64) int {
	i, found := slices.BinarySearchFunc(s, t, func(x step, t int64) int { return cmp.Compare(x.from, t) })
	if found {
		return i
	}
	return i - 1
}

func compareSpans(a, b span) int { return cmp.Or(cmp.Compare(a.lo, b.lo), cmp.Compare(a.hi, b.hi)) }
