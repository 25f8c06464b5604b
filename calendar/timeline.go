package calendar

import (
	"iter"
	"time"
)

// A Timeline is the open time of one scope class of subjects, made for many quick
// questions. It knows its interval only: what lies outside is neither open nor closed but unknown, and
// an answer that depends on it says so. It is immutable and safe for concurrent use. No
// query allocates unless it says so.
//
// Every query costs O(log n) in the number of spans.
type Timeline struct {
	compiled *Compiled
	subject  Subject // one of the class
	within   span
	classes  []*class // by calendar

	open []span // canonical: when work may run that does not end
	segs []span // sorted, disjoint: when work may start; open itself where no window has a boundary rule
	// limits[i] is when work that starts in segs[i] must have ended; nil where that is
	// always segs[i].hi.
	limits []int64

	room  maxTree // over blocks of segs: the longest work that may start at a segment's beginning
	total []int64 // open time before each block of open
}

// block is the number of spans that one entry of an index stands for: 1.5 bytes a span.
const block = 16

func newTimeline(k *Compiled, s *Subject, classes []*class, open, segs []span, limits []int64) *Timeline {
	t := &Timeline{compiled: k, subject: *s, within: k.within, classes: classes, open: open, segs: segs, limits: limits}
	t.total = make([]int64, (len(open)+block-1)/block)
	var sum int64
	for i, s := range open {
		if i%block == 0 {
			t.total[i/block] = sum
		}
		sum = addNano(sum, length(s))
	}
	n := (len(segs) + block - 1) / block
	t.room = newMaxTree(n)
	for b := range n {
		var most int64
		for i := b * block; i < min((b+1)*block, len(segs)); i++ {
			most = max(most, t.roomAt(i))
		}
		t.room.leaf(b, most)
	}
	t.room.fill()
	return t
}

// roomAt returns the length of the longest work that may start at the beginning of segment i.
func (t *Timeline) roomAt(i int) int64 { return length(span{t.segs[i].lo, t.limit(i)}) }

func (t *Timeline) limit(i int) int64 {
	if t.limits == nil {
		return t.segs[i].hi
	}
	return t.limits[i]
}

// A State says whether a change may run at an instant and until when that answer holds.
type State struct {
	Open bool
	// Until is when the answer changes. It is zero where it does not change as far as is known,
	// which is to the end of the compiled interval.
	Until time.Time
}

// At returns the state at an instant. Outside the compiled interval nothing is known to
// be open.
func (t *Timeline) At(at time.Time) State {
	n := toNano(at)
	i := after(t.open, n)
	switch {
	case i == len(t.open):
		return State{}
	case t.open[i].lo > n:
		return State{Until: fromNano(t.open[i].lo)}
	case t.open[i].hi >= t.within.hi:
		return State{Open: true}
	}
	return State{Open: true, Until: fromNano(t.open[i].hi)}
}

// Open reports whether a change may run at an instant.
func (t *Timeline) Open(at time.Time) bool {
	n := toNano(at)
	i := after(t.open, n)
	return i < len(t.open) && t.open[i].lo <= n
}

// NextOpen returns the first open instant that is not before from; false means none is known.
func (t *Timeline) NextOpen(from time.Time) (time.Time, bool) {
	n := toNano(from)
	i := after(t.open, n)
	if i == len(t.open) {
		return time.Time{}, false
	}
	return fromNano(max(n, t.open[i].lo)), true
}

// NextClose returns the first closed instant that is not before from; false means none is known.
func (t *Timeline) NextClose(from time.Time) (time.Time, bool) {
	n := toNano(from)
	if i := after(t.open, n); i < len(t.open) && t.open[i].lo <= n {
		n = t.open[i].hi
	}
	if n < t.within.lo || n >= t.within.hi {
		return time.Time{}, false
	}
	return fromNano(n), true
}

// FirstFit returns the first instant, not before from, at which work of length d may
// start under the windows' boundary rules; false means there is none in the compiled interval.
// A tree of the longest fits over blocks of spans finds it without trying span by span.
func (t *Timeline) FirstFit(from time.Time, d time.Duration) (time.Time, bool) {
	n, need := toNano(from), max(int64(d), 1)
	i := after(t.segs, n)
	if i == len(t.segs) {
		return time.Time{}, false
	}
	if start := max(n, t.segs[i].lo); length(span{start, t.limit(i)}) >= need && t.limit(i) > start {
		return fromNano(start), true
	}
	for i++; i < len(t.segs) && i%block != 0; i++ {
		if t.roomAt(i) >= need {
			return fromNano(t.segs[i].lo), true
		}
	}
	if i >= len(t.segs) {
		return time.Time{}, false
	}
	b := t.room.first(i/block, need)
	if b < 0 {
		return time.Time{}, false
	}
	for i = b * block; t.roomAt(i) < need; i++ {
	}
	return fromNano(t.segs[i].lo), true
}

// Fits reports whether work that starts at an instant and lasts d obeys every window.
func (t *Timeline) Fits(at time.Time, d time.Duration) bool {
	n := toNano(at)
	i := after(t.segs, n)
	return i < len(t.segs) && t.segs[i].lo <= n && length(span{n, t.limit(i)}) >= max(int64(d), 1)
}

// Fitting walks, in time order, the ranges in which work of length d may start, as
// [Intervals.Fitting] does, under the windows' boundary rules.
func (t *Timeline) Fitting(d time.Duration) iter.Seq[Interval] {
	return func(yield func(Interval) bool) {
		need := max(int64(d), 1)
		var run span
		for i, s := range t.segs {
			if t.roomAt(i) < need {
				continue
			}
			s.hi = min(s.hi, addNano(addNano(t.limit(i), -need), 1))
			switch {
			case run.lo == run.hi:
				run = s
			case s.lo <= run.hi:
				run.hi = s.hi
			default:
				if !yield(run.interval()) {
					return
				}
				run = s
			}
		}
		if run.lo < run.hi {
			yield(run.interval())
		}
	}
}

// Intervals returns the open time as a set, sharing storage.
func (t *Timeline) Intervals() Intervals { return Intervals{t.open} }

// Within returns the compiled interval.
func (t *Timeline) Within() Interval { return t.within.interval() }

// Total returns the open time in iv.
func (t *Timeline) Total(iv Interval) time.Duration {
	s := iv.span()
	if s.lo >= s.hi {
		return 0
	}
	return time.Duration(t.before(s.hi) - t.before(s.lo))
}

// before returns the open time before n.
func (t *Timeline) before(n int64) int64 {
	i := after(t.open, n)
	var sum int64
	b := i / block
	if b < len(t.total) {
		sum = t.total[b]
	} else if b--; b >= 0 {
		sum = t.total[b]
	} else {
		return 0
	}
	for k := b * block; k < i; k++ {
		sum = addNano(sum, length(t.open[k]))
	}
	if i < len(t.open) && t.open[i].lo < n {
		sum = addNano(sum, n-t.open[i].lo)
	}
	return sum
}

// Advance returns the instant at which d of open time has passed since from; a negative d
// counts backwards. Where several instants qualify, because the calendar then closes, it is the
// earliest going forward and the latest going backward: five working hours from 13:00 end at
// 18:00, not at 09:00 next day. False means the compiled interval does not hold that much.
func (t *Timeline) Advance(from time.Time, d time.Duration) (time.Time, bool) {
	n := toNano(from)
	if n < t.within.lo || n > t.within.hi {
		return time.Time{}, false
	}
	if d == 0 {
		return from, true
	}
	target := addNano(t.before(n), int64(d))
	if target < 0 {
		return time.Time{}, false
	}
	// The block in which the open time reaches target, then the span.
	lo, hi := 0, len(t.total)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if reached := t.total[mid]; reached < target || d < 0 && reached == target {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	b := max(lo-1, 0)
	if len(t.total) == 0 {
		return time.Time{}, false
	}
	sum := t.total[b]
	for i := b * block; i < len(t.open); i++ {
		more := length(t.open[i])
		if sum+more > target || d > 0 && sum+more == target {
			return fromNano(t.open[i].lo + target - sum), true
		}
		sum += more
	}
	return time.Time{}, false
}
