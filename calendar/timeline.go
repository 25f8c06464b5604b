package calendar

import (
	"iter"
	"sync"
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

	open    blockList  // when work may run that does not end; all knows whether it is complete
	segs    *blockList // when work may start; open itself where no window has a boundary rule
	pending *pending   // a change that open does not have yet, or nil

	once sync.Once
	set  []span // open, flat
}

func newTimeline(k *Compiled, s *Subject, classes []*class, open []span, segs []span, limits []int64) *Timeline {
	t := &Timeline{compiled: k, subject: *s, within: k.within, classes: classes, open: newBlocks(open, nil), set: open}
	t.once.Do(func() {})
	if t.segs = &t.open; limits != nil {
		l := newBlocks(segs, limits)
		t.segs = &l
	}
	return t
}

// flat returns the open time in one list.
func (t *Timeline) flat() []span {
	t.once.Do(func() { t.set = t.all().flat() })
	return t.set
}

// all returns the open time with every change in it.
func (t *Timeline) all() *blockList {
	if p := t.pending; p != nil {
		p.once.Do(func() {
			t.open = p.settle()
			p.made.Store(true)
		})
	}
	return &t.open
}

// room returns when work may start, with every change in it.
func (t *Timeline) room() *blockList {
	t.all()
	return t.segs
}

// unsettled returns the change that is not taken in yet, or nil.
func (t *Timeline) unsettled() *pending {
	if p := t.pending; p != nil && !p.made.Load() {
		return p
	}
	return nil
}

// next returns the first open span that ends after n, at the latest from n on.
func (t *Timeline) next(n int64) (span, bool) {
	if p := t.unsettled(); p != nil {
		if s, ok, known := p.next(n); known {
			return s, ok
		}
	}
	l := t.all()
	b, i := l.find(n)
	if b == len(l.spans) {
		return span{}, false
	}
	return l.spans[b][i], true
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
	s, ok := t.next(n)
	switch {
	case !ok:
		return State{}
	case s.lo > n:
		return State{Until: fromNano(s.lo)}
	case s.hi >= t.within.hi:
		return State{Open: true}
	default:
		return State{Open: true, Until: fromNano(s.hi)}
	}
}

// Open reports whether a change may run at an instant.
func (t *Timeline) Open(at time.Time) bool {
	n := toNano(at)
	s, ok := t.next(n)
	return ok && s.lo <= n
}

// NextOpen returns the first open instant that is not before from; false means none is known.
func (t *Timeline) NextOpen(from time.Time) (time.Time, bool) {
	n := toNano(from)
	s, ok := t.next(n)
	if !ok {
		return time.Time{}, false
	}
	return fromNano(max(n, s.lo)), true
}

// NextClose returns the first closed instant that is not before from; false means none is known.
func (t *Timeline) NextClose(from time.Time) (time.Time, bool) {
	n := toNano(from)
	if s, ok := t.next(n); ok && s.lo <= n {
		n = s.hi
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
	if p := t.unsettled(); p != nil {
		if at, ok := p.fitNear(n, need); ok {
			return fromNano(at), true
		}
	}
	l := t.room()
	b, i := l.find(n)
	if b == len(l.spans) {
		return time.Time{}, false
	}
	if start := max(n, l.spans[b][i].lo); start < l.limit(b, i) && length(span{start, l.limit(b, i)}) >= need {
		return fromNano(start), true
	}
	if l.most[b] >= need {
		if at, ok := l.fitIn(b, i+1, need); ok {
			return fromNano(at), true
		}
	}
	if b+1 == len(l.spans) {
		return time.Time{}, false
	}
	if b = l.room.first(b+1, need); b < 0 {
		return time.Time{}, false
	}
	at, _ := l.fitIn(b, 0, need)
	return fromNano(at), true
}

// fitIn returns the first span of block b, from the i-th, at whose beginning work of length
// need may start.
func (l *blockList) fitIn(b, i int, need int64) (int64, bool) {
	for ; i < len(l.spans[b]); i++ {
		if s := l.spans[b][i]; length(span{s.lo, l.limit(b, i)}) >= need {
			return s.lo, true
		}
	}
	return 0, false
}

// Fits reports whether work that starts at an instant and lasts d obeys every window.
func (t *Timeline) Fits(at time.Time, d time.Duration) bool {
	n, l := toNano(at), t.room()
	b, i := l.find(n)
	return b < len(l.spans) && l.spans[b][i].lo <= n && length(span{n, l.limit(b, i)}) >= max(int64(d), 1)
}

// Fitting walks, in time order, the ranges in which work of length d may start, as
// [Intervals.Fitting] does, under the windows' boundary rules.
func (t *Timeline) Fitting(d time.Duration) iter.Seq[Interval] {
	return func(yield func(Interval) bool) {
		need, l := max(int64(d), 1), t.room()
		var run span
		for b, block := range l.spans {
			if l.most[b] < need {
				continue
			}
			for i, s := range block {
				limit := l.limit(b, i)
				if length(span{s.lo, limit}) < need {
					continue
				}
				s.hi = min(s.hi, addNano(addNano(limit, -need), 1))
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
		}
		if run.lo < run.hi {
			yield(run.interval())
		}
	}
}

// Intervals returns the open time as a set.
func (t *Timeline) Intervals() Intervals { return Intervals{t.flat()} }

// Within returns the compiled interval.
func (t *Timeline) Within() Interval { return t.within.interval() }

// Total returns the open time in iv.
func (t *Timeline) Total(iv Interval) time.Duration {
	s := iv.span()
	if s.lo >= s.hi {
		return 0
	}
	l := t.all()
	return time.Duration(l.amount(s.hi) - l.amount(s.lo))
}

// Advance returns the instant at which d of open time has passed since from; a negative d
// counts backwards. Where several instants qualify, because the calendar then closes, it is the
// earliest going forward and the latest going backward: five working hours from 13:00 end at
// 18:00, not at 09:00 next day. False means the compiled interval does not hold that much.
func (t *Timeline) Advance(from time.Time, d time.Duration) (time.Time, bool) {
	n, l := toNano(from), t.all()
	if n < t.within.lo || n > t.within.hi {
		return time.Time{}, false
	}
	if d == 0 {
		return from, true
	}
	target := addNano(l.amount(n), int64(d))
	if target < 0 || len(l.spans) == 0 {
		return time.Time{}, false
	}
	// The last block before which less than target has passed; backward, no more than target.
	least := target - 1
	if d < 0 {
		least = target
	}
	b := max(upper(l.before, least)-1, 0)
	sum := l.before[b]
	for _, s := range l.spans[b] {
		more := length(s)
		if sum+more > target || d > 0 && sum+more == target {
			return fromNano(s.lo + target - sum), true
		}
		sum += more
	}
	return time.Time{}, false
}
