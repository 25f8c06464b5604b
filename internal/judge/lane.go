package judge

import (
	"slices"
	"sort"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// A lane is a calendar with the occurrences of its windows, one list a window, expanded
// where the plan asks for them. Which windows concern an activity is found out once; what
// overrides lift is cut out when an activity is judged.
type lane struct {
	src     *calendar.Calendar
	windows []window
}

type window struct {
	src    *calendar.Window
	alone  *calendar.Calendar // this window by itself, for whomever
	length int64              // of a chunk
	base   int64              // index of chunks[0]
	chunks []*chunk
	cached int // occurrences in chunks
}

// A chunk holds the occurrences that overlap one stretch of the window's chunk length, by
// start; those that reach beyond it are in the neighbours too.
type chunk struct {
	occurrences []span
	maxLength   int64
}

const (
	chunkLength = 64 * 24 * 3600 * 1_000_000_000 // at first
	dense       = 1 << 11                        // starts in a chunk at which chunks become shorter
	maxCached   = 1 << 20                        // occurrences of one window that are kept
	maxAsked    = 1 << 17                        // occurrences of one window that one question may concern
)

// An occ is an occurrence, or what overrides leave of one.
type occ struct {
	span
	whole  span // before overrides
	window *calendar.Window
}

func (s *state) compileCalendars() map[string]int32 {
	byID := make(map[string]int32, len(s.c.Calendars))
	s.calendars = make([]lane, len(s.c.Calendars))
	for i, src := range s.c.Calendars {
		if src == nil {
			s.fault(OfCalendar, i, "", "id", "calendar %d is missing", i)
			src = &calendar.Calendar{}
			s.calendars[i].src = src
			continue
		}
		l := &s.calendars[i]
		l.src = src
		l.windows = make([]window, len(src.Windows))
		for j := range src.Windows {
			w := src.Windows[j]
			w.Scope, w.Exempt = calendar.Scope{}, nil
			l.windows[j] = window{src: &src.Windows[j], length: chunkLength, alone: &calendar.Calendar{
				ID: src.ID, Zone: src.Zone, Zones: src.Zones, Windows: []calendar.Window{w},
			}}
		}
		if _, twice := byID[src.ID]; twice {
			s.fault(OfCalendar, i, src.ID, "id", "two calendars have the id %s", quote(src.ID))
			continue
		}
		byID[src.ID] = int32(i)
	}
	return byID
}

// concerning returns the windows that are about subject.
func (l *lane) concerning(subject calendar.Subject) []int32 {
	var out []int32
	for i := range l.windows {
		if l.windows[i].src.Concerns(&subject) {
			out = append(out, int32(i))
		}
	}
	return out
}

// restricted says whether only maintenance windows are open.
func (l *lane) restricted(windows []int32) bool {
	if l.src.Default == calendar.DefaultClosed {
		return true
	}
	for _, i := range windows {
		if l.windows[i].src.Kind == calendar.Maintenance {
			return true
		}
	}
	return false
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// chunk returns the occurrences around chunk k, expanding them where it is the first to
// ask. It returns nil where that made chunks shorter, so that k no longer says anything:
// a rule for every second has more occurrences in two months than a calendar walks at once.
func (w *window) chunk(k int64) *chunk {
	if w.cached > maxCached {
		w.chunks, w.cached = nil, 0
	}
	if len(w.chunks) == 0 {
		w.base = k
	}
	if k < w.base {
		w.chunks = slices.Insert(w.chunks, 0, make([]*chunk, w.base-k)...)
		w.base = k
	}
	for k-w.base >= int64(len(w.chunks)) {
		w.chunks = append(w.chunks, nil)
	}
	if c := w.chunks[k-w.base]; c != nil {
		return c
	}
	c := &chunk{}
	starts := 0 // occurrences from before do not get fewer in a shorter chunk
	within := span{mul(k, w.length), mul(k+1, w.length)}
	for _, iv := range w.alone.Occurrences(within.interval(), calendar.Subject{}) {
		sp := spanOf(iv)
		c.occurrences = append(c.occurrences, sp)
		c.maxLength = max(c.maxLength, sp.length())
		if sp.lo >= within.lo {
			starts++
		}
		if starts > dense && w.length > int64(time.Minute) {
			w.length, w.chunks, w.cached = w.length/8, nil, 0
			return nil
		}
	}
	w.chunks[k-w.base] = c
	w.cached += len(c.occurrences)
	return c
}

// overlapping calls f for the occurrences that share an instant with q, by start. It
// returns false where there are more than maxAsked of them.
func (w *window) overlapping(q span, f func(span)) bool {
	if q.empty() {
		return true
	}
	n := 0
	for t := q.lo; t < q.hi; {
		k := floorDiv(t, w.length)
		c := w.chunk(k)
		if c == nil {
			continue // with shorter chunks
		}
		from := sub(q.lo, c.maxLength)
		i := sort.Search(len(c.occurrences), func(i int) bool { return c.occurrences[i].lo >= from })
		for ; i < len(c.occurrences) && c.occurrences[i].lo < q.hi; i++ {
			o := c.occurrences[i]
			if o.hi <= q.lo || t > q.lo && o.lo < t {
				continue // before, or met in an earlier chunk
			}
			if n++; n > maxAsked {
				return false
			}
			f(o)
		}
		t = mul(k+1, w.length)
	}
	return true
}

// occurrences returns what opens and what closes time, and graded freezes that only
// oblige, in q for an activity. It returns false where there are too many to look at.
func (l *lane) occurrences(a *calendar.Subject, windows []int32, q span) (allow, deny, oblige []occ, ok bool) {
	for _, i := range windows {
		w := &l.windows[i]
		list := &allow
		switch {
		case w.src.Kind == calendar.Maintenance:
		case w.src.Closes():
			list = &deny
		default:
			list = &oblige
		}
		ok := w.overlapping(q, func(o span) {
			for _, part := range l.unlifted(a, w.src, o) {
				if part.lo < q.hi && part.hi > q.lo {
					*list = append(*list, occ{part, o, w.src})
				}
			}
		})
		if !ok {
			return nil, nil, nil, false
		}
	}
	if l.restricted(windows) {
		for i := range l.src.Overrides {
			o := &l.src.Overrides[i]
			if sp := spanOf(o.Span()); o.AnyTime && o.Scope.Matches(a) && sp.lo < q.hi && sp.hi > q.lo {
				allow = append(allow, occ{sp, sp, &calendar.Window{ID: o.ID, Kind: calendar.Maintenance, Reason: o.Reason}})
			}
		}
	}
	return allow, deny, oblige, true
}

// unlifted returns what overrides leave of an occurrence of w.
func (l *lane) unlifted(a *calendar.Subject, w *calendar.Window, o span) []span {
	rest := []span{o}
	if w.Kind == calendar.Maintenance {
		return rest
	}
	for i := range l.src.Overrides {
		by := &l.src.Overrides[i]
		lift := spanOf(by.Span())
		if lift.empty() || !slices.Contains(by.Lifts, w.ID) || !by.Scope.Matches(a) {
			continue
		}
		var next []span
		for _, r := range rest {
			for _, part := range []span{{r.lo, min(r.hi, lift.lo)}, {max(r.lo, lift.hi), r.hi}} {
				if !part.empty() {
					next = append(next, part)
				}
			}
		}
		rest = next
	}
	return rest
}

func spansOf(occs []occ) []span {
	out := make([]span, len(occs))
	for i := range occs {
		out[i] = occs[i].span
	}
	return out
}

// openThrough says whether maintenance windows are open from one instant to another, both
// included, without a gap. It goes from end to end of windows and stops at the first gap.
func (l *lane) openThrough(windows []int32, from, to int64) bool {
	for t := from; t <= to; {
		end := t
		for _, i := range windows {
			if w := &l.windows[i]; w.src.Kind == calendar.Maintenance {
				w.overlapping(span{t, t + 1}, func(o span) { end = max(end, o.hi) })
			}
		}
		if end == t {
			return false
		}
		t = end
	}
	return true
}

// gapAt returns the closed stretch between maintenance windows that holds t, looking up
// to a year either way; an end that is not found is at the end of time.
func (l *lane) gapAt(a *calendar.Subject, windows []int32, t int64) span {
	const far = 6
	gap := allTime
	for back := int64(0); back < far && gap.lo == minInstant; back++ {
		allow, _, _, _ := l.occurrences(a, windows, span{sub(t, (back+1)*chunkLength), sub(t, back*chunkLength)})
		for _, o := range allow {
			if o.hi <= t {
				gap.lo = max(gap.lo, o.hi)
			}
		}
	}
	for on := int64(0); on < far && gap.hi == maxInstant; on++ {
		allow, _, _, _ := l.occurrences(a, windows, span{add(t, on*chunkLength), add(t, (on+1)*chunkLength)})
		for _, o := range allow {
			if o.lo > t {
				gap.hi = min(gap.hi, o.lo)
			}
		}
	}
	return gap
}
