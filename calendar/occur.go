package calendar

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// maxOccurrences bounds the occurrences of one window in one query, and with them its time.
const maxOccurrences = 1 << 17

// reach returns how long before an instant an occurrence that holds it can have
// begun: nominal length plus what clock changes may add, in seconds.
func (w *Window) reach() int64 {
	switch {
	case !w.EndWall.IsZero():
		days := int64(w.EndWall.Days) + 1
		if w.EndWall.HasWeekday {
			days = 8
		}
		return days*daySeconds + slack
	case w.Length.IsZero():
		return daySeconds + slack
	}
	reach := int64(w.Length.Exact/time.Second) + 1
	if w.Length.Days != 0 {
		reach += min(int64(w.Length.Days), maxDays)*daySeconds + slack
	}
	return reach
}

// An expansion turns starts into the occurrences of a window, in nanoseconds.
type expansion struct {
	*Window
	set   *recurrenceSet
	reach int64
	zone  *zoneTable
	ends  *zoneWalk
	kind  lengthKind
}

// A lengthKind says how a window's length is given.
type lengthKind uint8

const (
	exactLength lengthKind = iota
	nominalLength
	localEnd
	wholeDay
)

// expand prepares w; loc is the zone of the calendar. Windows of one zone may share tables.
func (w *Window) expand(loc *time.Location, tables map[*time.Location]*zoneTable) expansion {
	e := expansion{Window: w, reach: w.reach(), set: w.Starts.In(loc).set}
	if e.set == nil || e.set.zone == nil {
		return e
	}
	if e.zone = tables[e.set.zone]; e.zone == nil {
		e.zone = newZoneTable(e.set.zone)
		if tables != nil {
			tables[e.set.zone] = e.zone
		}
	}
	e.ends = e.zone.walk()
	switch {
	case !w.EndWall.IsZero():
		e.kind = localEnd
	case w.Length.IsZero():
		e.kind = wholeDay
	case w.Length.Days != 0:
		e.kind = nominalLength
	}
	for i := range e.set.rdates {
		d := &e.set.rdates[i]
		switch {
		case d.hasLength:
			e.reach = max(e.reach, int64(d.length.Days)*daySeconds+int64(d.length.Exact/time.Second)+1+slack)
		case d.hasEnd:
			e.reach = max(e.reach, d.end.wall-d.wall+slack)
		}
	}
	return e
}

// walk yields the occurrences that overlap [lo, hi), by start. It stops with false after
// too many of them.
func (e *expansion) walk(lo, hi int64, yield func(span) bool) bool {
	if e.set == nil || e.set.zone == nil {
		return true
	}
	const second = int64(time.Second)
	from, to := floorDiv(lo, second), floorDiv(addNano(hi, -1), second)
	n, each := 0, max(1, (len(e.set.rules)+len(e.set.exrules))/4) // more rules are more work for each
	e.set.walk(from-e.reach, to, e.zone, func(o occurrence) bool {
		if n += each; n > maxOccurrences {
			return false
		}
		sp := span{nanoOf(o.at), e.end(o)}
		if sp.lo >= sp.hi || sp.hi <= lo || sp.lo >= hi {
			return true
		}
		return yield(sp)
	})
	return n <= maxOccurrences
}

// nanoOf converts seconds to nanoseconds since 1970, saturating.
func nanoOf(s int64) int64 {
	switch {
	case s >= maxNano/int64(time.Second):
		return maxNano
	case s <= minNano/int64(time.Second):
		return minNano
	}
	return s * int64(time.Second)
}

// end returns the end of an occurrence in nanoseconds. A local end counts from the reading
// of the start as the rule gave it, nominal days from the reading at which it really began:
// the two differ only where a clock change moved the start.
func (e *expansion) end(o occurrence) int64 {
	if o.period == nil {
		switch e.kind {
		case localEnd:
			return e.endAt(e.EndWall.after(o.wall))
		case wholeDay:
			return e.endAt((floorDiv(o.wall, daySeconds) + 1) * daySeconds)
		case exactLength:
			return addNano(nanoOf(o.at), int64(e.Length.Exact))
		}
		wall := o.wall
		if at, moved := e.ends.instant(wall); moved || at != o.at {
			wall = wallOf(time.Unix(o.at, 0), e.set.zone)
		}
		return addNano(e.endAt(wall+int64(e.Length.Days)*daySeconds), int64(e.Length.Exact))
	}
	if o.period.hasEnd {
		return nanoOf(e.set.instant(o.period.end))
	}
	return toNano(o.period.length.After(time.Unix(o.at, 0), e.set.zone))
}

// endAt resolves the reading at which an occurrence ends. Where it is read twice a window that
// closes lasts until the second time, the safe side.
func (e *expansion) endAt(wall int64) int64 {
	if e.Kind == Maintenance {
		at, _ := e.ends.instant(wall)
		return nanoOf(at)
	}
	return nanoOf(e.ends.second(wall))
}

// A lift is a stretch in which a window is overridden.
type lift struct {
	span
	by *Override
}

// liftsOf returns when overrides lift w for s, in document order.
func (c *Calendar) liftsOf(w *Window, s *Subject) []lift {
	var out []lift
	for i := range c.Overrides {
		o := &c.Overrides[i]
		if w.Kind == Maintenance || !o.Effective() || !slices.Contains(o.Lifts, w.ID) || !o.Scope.Matches(s) {
			continue
		}
		out = append(out, lift{o.Span().span(), o})
	}
	return out
}

// Occurrences walks the window occurrences that overlap within and concern s, by start and
// then in document order: the material for saying why an instant is closed. An occurrence is
// given at its full length, also beyond within. What an override lifts is cut out of it, so
// that one occurrence may come in several pieces; an override that needs no maintenance
// window comes as a window of kind Maintenance with the override's ID, where the calendar
// has maintenance windows for s or is closed by default.
//
// Windows are expanded one by one, without the set algebra that [Calendar.Open] uses: what
// reads occurrences can judge what reads open time. Windows that Validate rejects yield nothing.
// However many occurrences there are, it holds those of one chunk of time; only where more
// than 131,072 occurrences of one window overlap one second are some of them left out.
func (c *Calendar) Occurrences(within Interval, s Subject) iter.Seq2[*Window, Interval] {
	return func(yield func(*Window, Interval) bool) {
		w := within.span()
		zone, _ := c.location()
		list := lister{c: c, s: &s, within: w, zone: zone, tables: map[*time.Location]*zoneTable{}}
		for i := range c.Windows {
			list.restricted = list.restricted || c.Windows[i].Concerns(&s) && c.Windows[i].Kind == Maintenance
		}
		list.restricted = list.restricted || c.Default == DefaultClosed
		size := length(w)
		for lo := w.lo; lo < w.hi; {
			hi := min(addNano(lo, size), w.hi)
			pieces, ok := list.chunk(lo, hi)
			if !ok && size > int64(time.Second) {
				size /= 2 // too many for one go
				continue
			}
			for _, p := range pieces {
				if !yield(p.win, p.interval()) {
					return
				}
			}
			lo = hi
		}
	}
}

// A lister gathers the occurrences of a calendar chunk by chunk of time.
type lister struct {
	c          *Calendar
	s          *Subject
	within     span
	zone       *time.Location
	tables     map[*time.Location]*zoneTable
	restricted bool // without a maintenance window nothing is open
}

// A piece is an occurrence, or what overrides leave of it.
type piece struct {
	span
	win   *Window
	order int
}

// chunk returns the pieces that begin in [lo, hi), for the first chunk also those that began
// before, by start. It returns false where one window has too many occurrences for one go.
func (l *lister) chunk(lo, hi int64) ([]piece, bool) {
	var all []piece
	complete := true
	add := func(sp span, win *Window, order int) {
		if sp.lo < hi && sp.hi > l.within.lo && (sp.lo >= lo || lo == l.within.lo) {
			all = append(all, piece{sp, win, order})
		}
	}
	for i := range l.c.Windows {
		win := &l.c.Windows[i]
		if !win.Concerns(l.s) {
			continue
		}
		lifts := l.c.liftsOf(win, l.s)
		e := win.expand(l.zone, l.tables)
		ok := e.walk(lo, hi, func(sp span) bool {
			for _, p := range cutOut(sp, lifts) {
				add(p, win, i)
			}
			return true
		})
		complete = complete && ok
	}
	for i := range l.c.Overrides {
		o := &l.c.Overrides[i]
		if l.restricted && o.AnyTime && o.Effective() && o.Scope.Matches(l.s) {
			add(o.Span().span(), &Window{ID: o.ID, Kind: Maintenance, Reason: o.Reason}, len(l.c.Windows)+i)
		}
	}
	slices.SortStableFunc(all, func(a, b piece) int { return cmp.Or(cmp.Compare(a.lo, b.lo), cmp.Compare(a.order, b.order)) })
	return all, complete
}

// cutOut returns what is left of sp without the lifts.
func cutOut(sp span, lifts []lift) []span {
	rest := []span{sp}
	for _, l := range lifts {
		var next []span
		for _, r := range rest {
			if l.hi <= r.lo || r.hi <= l.lo {
				next = append(next, r)
				continue
			}
			if r.lo < l.lo {
				next = append(next, span{r.lo, l.lo})
			}
			if l.hi < r.hi {
				next = append(next, span{l.hi, r.hi})
			}
		}
		rest = next
	}
	return rest
}

// Open returns the time in within at which s may run: all maintenance in scope, or everything
// where none is and the calendar is open by default, without what blackouts and prohibiting freezes
// close. It validates the calendar first; an empty interval has no open time, one that ends before
// it starts is an error. The result costs O(n log n) in the occurrences within.
func (c *Calendar) Open(within Interval, s Subject) (Intervals, error) {
	if err := errors.Join(within.check(), c.Validate()); err != nil {
		return Intervals{}, err
	}
	w := within.span()
	if w.lo >= w.hi {
		return Intervals{}, nil
	}
	zone, _ := c.location()
	var allow, deny []span
	restricted := c.Default == DefaultClosed
	for i := range c.Windows {
		win := &c.Windows[i]
		if !win.Concerns(&s) {
			continue
		}
		if win.Kind != Maintenance && !win.Closes() {
			continue
		}
		lifts := c.liftsOf(win, &s)
		list := &deny
		if win.Kind == Maintenance {
			list, restricted = &allow, true
		}
		e := win.expand(zone, nil)
		if !e.walk(w.lo, w.hi, func(sp span) bool {
			if n := len(*list) - 1; n >= 0 && len(lifts) == 0 && (*list)[n].lo <= sp.lo && sp.lo <= (*list)[n].hi {
				(*list)[n].hi = max((*list)[n].hi, sp.hi) // a dense rule takes no memory
			} else if len(lifts) == 0 {
				*list = append(*list, sp)
			} else {
				*list = append(*list, cutOut(sp, lifts)...)
			}
			return true
		}) {
			return Intervals{}, &validate.Error{Path: fmt.Sprintf("windows[%d].starts", i),
				Problem: fmt.Sprintf("more than %d occurrences in the time asked for; ask for less or use a coarser rule", maxOccurrences)}
		}
	}
	for i := range c.Overrides {
		if o := &c.Overrides[i]; o.AnyTime && o.Effective() && o.Scope.Matches(&s) {
			allow = append(allow, o.Span().span())
		}
	}
	open := []span{w}
	if restricted {
		open = clipSpans(canonical(allow), w)
	}
	return Intervals{subtractSpans(nil, open, canonical(deny))}, nil
}
