package calendar

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// A Compiled is a calendar, or several whose open times are intersected, expanded over one
// interval. It answers for any [Subject] by a [Timeline]; subjects that the same windows and
// overrides concern share one. It is immutable and safe for concurrent use.
//
// Compiling costs O(n) in the occurrences, a change of one window by [Compiled.With] or
// [Compiled.Without] only what that window touches.
type Compiled struct {
	within    span
	calendars []compiledCalendar

	mu      sync.Mutex
	classes map[string]*Timeline
}

// compiledCalendar is one calendar with the expansion of each of its windows.
type compiledCalendar struct {
	*Calendar // without Windows
	windows   []*Window
	leaves    []*leaf // of windows, by index

	index   *timeIndex // of indexed, for changes
	indexed []*leaf    // the leaves when index was made
	changed []int      // windows that have changed since
}

// A leaf is one window's occurrences within the compiled interval.
type leaf struct {
	spans []span // canonical
	run   []span // of Maintenance with a cut-off: spans is the time to start, run the time to work; nil where equal
}

// maxClasses bounds the cache of timelines.
const maxClasses = 4096

// Compile validates the calendar and expands its windows over within.
func (c *Calendar) Compile(within Interval) (*Compiled, error) {
	return compile([]*Calendar{c}, within)
}

// compile intersects the open time of several calendars.
func compile(calendars []*Calendar, within Interval) (*Compiled, error) {
	k := &Compiled{within: within.span(), classes: map[string]*Timeline{}}
	if err := within.check(); err != nil {
		return nil, err
	}
	if within.Empty() {
		return nil, &validate.Error{Path: "within", Problem: fmt.Sprintf("is empty: %v; give it an end after its start", within)}
	}
	x := expander{tables: map[*time.Location]*zoneTable{}}
	for i, c := range calendars {
		prefix := ""
		if len(calendars) > 1 {
			prefix = fmt.Sprintf("calendars[%d].", i)
		}
		var l validate.List
		c.validate(prefix, &l)
		if err := l.Err(); err != nil {
			return nil, err
		}
		own := *c
		own.Windows, own.Overrides = nil, slices.Clone(c.Overrides)
		cc := compiledCalendar{Calendar: &own, leaves: make([]*leaf, len(c.Windows)), index: new(timeIndex)}
		loc, _ := own.location()
		windows := slices.Clone(c.Windows)
		for j := range windows {
			cc.windows = append(cc.windows, &windows[j])
			lf, err := x.leaf(&windows[j], k.within, loc)
			if err != nil {
				return nil, &validate.Error{Path: fmt.Sprintf("%swindows[%d].starts", prefix, j), Problem: err.Error()}
			}
			cc.leaves[j] = &lf
		}
		cc.indexed = cc.leaves
		k.calendars = append(k.calendars, cc)
	}
	return k, nil
}

// An expander expands windows one after the other and shares what they have in common.
type expander struct {
	tables map[*time.Location]*zoneTable
	buffer []span
	walls  []int64
}

// plain expands a window of one rule whose occurrences have an exact length or a local end, in
// tight loops: first all readings, then their instants. It gives up, with false, on all else and
// where a clock change moves a start, for expansion.walk to do.
func (x *expander) plain(e *expansion, within span) ([]span, bool) {
	s := e.set
	if s == nil || s.zone == nil || len(s.rules) != 1 || len(s.rdates)+len(s.exdates)+len(s.exrules) > 0 || s.include ||
		s.rules[0].hasUntil || s.rules[0].freq > daily || e.kind != exactLength && e.kind != localEnd {
		return nil, false
	}
	const second = int64(time.Second)
	from, to := floorDiv(within.lo, second), floorDiv(addNano(within.hi, -1), second)
	x.walls = x.walls[:0]
	s.rules[0].walk(from-e.reach-slack, to+slack, func(wall int64) bool {
		x.walls = append(x.walls, wall)
		return len(x.walls) <= maxOccurrences
	})
	if len(x.walls) > maxOccurrences || len(x.walls) > 0 && (x.walls[0] < minNano/second/2 || x.walls[len(x.walls)-1] > maxNano/second/2) {
		return nil, false
	}
	starts, spans, exact := e.zone.walk(), x.buffer[:0], int64(e.Length.Exact)
	for _, wall := range x.walls {
		at, ok := starts.here(wall)
		if !ok {
			var moved bool
			if at, moved = starts.instant(wall); moved {
				return nil, false
			}
		}
		sp := span{at * second, addNano(at*second, exact)}
		if e.kind == localEnd {
			sp.hi = e.endAt(e.EndWall.after(wall))
		}
		if sp.lo < sp.hi && sp.hi > within.lo && sp.lo < within.hi {
			spans = append(spans, sp)
		}
	}
	return spans, true
}

// leaf expands one window.
func (x *expander) leaf(w *Window, within span, loc *time.Location) (leaf, error) {
	e := w.expand(loc, x.tables)
	spans, ok := x.plain(&e, within)
	if !ok {
		spans = x.buffer[:0]
		ok = e.walk(within.lo, within.hi, func(s span) bool {
			if n := len(spans) - 1; w.CutOff.IsZero() && n >= 0 && spans[n].lo <= s.lo && s.lo <= spans[n].hi {
				spans[n].hi = max(spans[n].hi, s.hi) // a dense rule takes no memory
			} else {
				spans = append(spans, s)
			}
			return true
		})
	}
	x.buffer = spans
	sorted := true
	for i := 1; i < len(spans); i++ {
		sorted = sorted && spans[i-1].hi < spans[i].lo
	}
	if !ok {
		return leaf{}, fmt.Errorf("more than %d occurrences in the time asked for; ask for less or use a coarser rule", maxOccurrences)
	}
	var cut []span
	if !w.CutOff.IsZero() {
		for _, s := range spans {
			// The instant of the cut-off is the last start, so the set of starts holds it.
			s.hi = addNano(toNano(Duration{-w.CutOff.Days, -w.CutOff.Exact}.After(fromNano(s.hi), e.set.zone)), 1)
			if s.lo < s.hi {
				cut = append(cut, s)
			}
		}
	}
	if spans = slices.Clone(spans); !sorted {
		spans = canonical(spans)
	}
	if w.CutOff.IsZero() {
		return leaf{spans: spans}, nil
	}
	return leaf{spans: canonical(cut), run: spans}, nil
}

// Within returns the interval that was compiled.
func (k *Compiled) Within() Interval { return k.within.interval() }

// For returns the timeline of the open time of s.
func (k *Compiled) For(s Subject) *Timeline {
	key := k.classOf(&s)
	k.mu.Lock()
	defer k.mu.Unlock()
	if t := k.classes[key]; t != nil {
		return t
	}
	if k.classes == nil { // the zero Compiled
		k.classes = map[string]*Timeline{}
	}
	t := k.build(&s)
	if len(k.classes) >= maxClasses {
		clear(k.classes)
	}
	k.classes[key] = t
	return t
}

// classOf names the scope class of s: the windows and overrides that concern it, a bit each.
func (k *Compiled) classOf(s *Subject) string {
	var key []byte
	n := 0
	add := func(in bool) {
		if n%8 == 0 {
			key = append(key, 0)
		}
		if in {
			key[n/8] |= 1 << (n % 8)
		}
		n++
	}
	for _, c := range k.calendars {
		for _, w := range c.windows {
			add(w.Concerns(s))
		}
		for i := range c.Overrides {
			add(c.Overrides[i].Scope.Matches(s))
		}
	}
	return string(key)
}
