package schedule

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// openTime is when activities of one kind may run on one calendar, in seconds from the
// start of the horizon. It is made with the interval algebra of package calendar; only windows with
// boundary rules need to be looked at one by one.
type openTime struct {
	limited bool         // by any window; otherwise spans is the whole horizon
	horizon int64        // its length
	spans   []rcpsp.Span // open time: sorted, neither overlapping nor touching
	rules   *boundaryRules
	domains map[int64][]rcpsp.Range // by duration, those of work that pauses by ^duration
}

// boundaryRules are those of windows with overrun or cut-off.
type boundaryRules struct {
	restricted bool          // only maintenance windows are open
	allow      []rcpsp.Span  // their union
	usable     []rcpsp.Range // starts not past the cut-off
	overrun    []rcpsp.Range // starts from which work may run past the end of the window
	hard       []rcpsp.Span  // closed for all work
	soft       []rcpsp.Span  // closed for starts
}

// open returns the open time of a calendar for a subject. What depends on the subject
// is only which windows and overrides concern it, so that is the key of the cache.
func (c *compiler) open(id string, s calendar.Subject) (*openTime, error) {
	if id == "" {
		return c.always(), nil
	}
	cal := c.calendar[id]
	key := []byte(id)
	rules := false
	for i := range cal.Windows {
		if w := &cal.Windows[i]; w.Concerns(&s) {
			key = strconv.AppendInt(append(key, 0), int64(i), 36)
			rules = rules || w.Overrun || !w.CutOff.IsZero()
		}
	}
	for i := range cal.Overrides {
		if cal.Overrides[i].Scope.Matches(&s) {
			key = strconv.AppendInt(append(key, 1), int64(i), 36)
		}
	}
	if o, ok := c.opens[string(key)]; ok {
		return o, nil
	}
	// A milestone at an end of the horizon may need the time just outside it.
	const margin = time.Minute
	within := calendar.Interval{Start: c.p.Horizon.Start.Add(-margin), End: c.p.Horizon.End.Add(margin)}
	set, err := cal.Open(within, s)
	if err != nil {
		i := slices.IndexFunc(c.p.Calendars, func(x calendar.Calendar) bool { return x.ID == id })
		var l faultList
		l.join(pathOf("calendars", i), err)
		return nil, l.err()
	}
	o := &openTime{limited: true, horizon: c.horizon, spans: c.spans(set), domains: map[int64][]rcpsp.Range{}}
	for _, sp := range o.spans {
		for _, at := range []rcpsp.Time{sp.Lo, sp.Hi} {
			if 0 <= at && int64(at) <= c.horizon {
				c.divide(int64(at))
			}
		}
	}
	if rules {
		o.rules = c.boundary(cal, s)
		c.halfOpen = true
	}
	c.opens[string(key)] = o
	return o, nil
}

func (c *compiler) always() *openTime {
	o, ok := c.opens[""]
	if !ok {
		o = &openTime{horizon: c.horizon, spans: []rcpsp.Span{{Lo: 0, Hi: rcpsp.Time(c.horizon)}}, domains: map[int64][]rcpsp.Range{}}
		c.opens[""] = o
	}
	return o
}

// spans rounds a set inwards to whole seconds.
func (c *compiler) spans(set calendar.Intervals) []rcpsp.Span {
	out := make([]rcpsp.Span, 0, set.Len())
	for iv := range set.All() {
		lo, hi := rcpsp.Time(c.secUp(iv.Start)), rcpsp.Time(c.sec(iv.End))
		if lo < hi {
			out = append(out, rcpsp.Span{Lo: lo, Hi: hi})
		}
	}
	return out
}

// secUp is sec, rounded up.
func (c *compiler) secUp(t time.Time) int64 {
	s := c.sec(t)
	if t.Nanosecond() > 0 {
		s++
	}
	return s
}

// starts returns when work of d seconds may start.
func (o *openTime) starts(d int64, pauses bool) []rcpsp.Range {
	key := d
	if pauses {
		key = ^d
	}
	if s, ok := o.domains[key]; ok {
		return s
	}
	s := o.domain(rcpsp.Time(d), pauses)
	if !pauses {
		// Clipped here, the list is that of all activities without dates of their own.
		s = clip(s, 0, o.horizon-d)
	}
	o.domains[key] = s
	return s
}

func (o *openTime) domain(d rcpsp.Time, pauses bool) []rcpsp.Range {
	switch {
	case pauses:
		var out []rcpsp.Range
		for _, sp := range o.spans {
			out = append(out, rcpsp.Range{Lo: sp.Lo, Hi: sp.Hi - 1})
		}
		if o.rules != nil && o.rules.restricted {
			return intersectRanges(out, o.rules.usable)
		}
		return joinRanges(out)
	case o.rules == nil || d == 0:
		return fitting(o.spans, d)
	}
	r := o.rules
	var out []rcpsp.Range
	if r.restricted {
		// Inside the windows and not past the cut-off, or in one that lets work run on.
		out = intersectRanges(fitting(r.allow, d), r.usable)
		out = joinRanges(append(slices.Clone(r.overrun), out...))
	} else {
		out = []rcpsp.Range{{Lo: 0, Hi: rcpsp.Limit}}
	}
	for _, sp := range r.hard {
		out = withoutRange(out, rcpsp.Range{Lo: sp.Lo - d + 1, Hi: sp.Hi - 1})
	}
	for _, sp := range r.soft {
		out = withoutRange(out, rcpsp.Range{Lo: sp.Lo, Hi: sp.Hi - 1})
	}
	return out
}

// fitting returns the starts from which d fits a span.
func fitting(spans []rcpsp.Span, d rcpsp.Time) []rcpsp.Range {
	out := make([]rcpsp.Range, 0, len(spans))
	for _, sp := range spans {
		if sp.Hi-sp.Lo >= d {
			out = append(out, rcpsp.Range{Lo: sp.Lo, Hi: sp.Hi - d})
		}
	}
	return joinRanges(out)
}

// occurrencesOf are those of one window of a calendar by itself, for whomever.
func occurrencesOf(c *calendar.Calendar, w *calendar.Window, within calendar.Interval) iter.Seq2[*calendar.Window, calendar.Interval] {
	open := *w
	open.Scope, open.Exempt = calendar.Scope{}, nil
	alone := calendar.Calendar{ID: c.ID, Zone: c.Zone, Zones: c.Zones, Windows: []calendar.Window{open}}
	return alone.Occurrences(within, calendar.Subject{})
}

// boundary looks at windows one by one.
func (c *compiler) boundary(cal *calendar.Calendar, s calendar.Subject) *boundaryRules {
	r := &boundaryRules{restricted: cal.Default == calendar.DefaultClosed}
	for _, w := range cal.InScope(s) {
		r.restricted = r.restricted || w.Kind == calendar.Maintenance
	}
	for w, iv := range cal.Occurrences(c.p.Horizon, s) {
		lo, hi := rcpsp.Time(c.secUp(iv.Start)), rcpsp.Time(c.sec(iv.End))
		sp := rcpsp.Span{Lo: lo, Hi: hi}
		switch {
		case w.Kind == calendar.Maintenance:
			last := hi - 1
			if !w.CutOff.IsZero() {
				last = min(last, rcpsp.Time(c.sec(lastStart(cal, w, iv.End))))
			}
			c.divide(int64(lo))
			c.divide(int64(hi))
			c.divide(int64(last))
			r.allow = append(r.allow, sp)
			if lo <= last {
				r.usable = append(r.usable, rcpsp.Range{Lo: lo, Hi: last})
				if w.Overrun {
					r.overrun = append(r.overrun, rcpsp.Range{Lo: lo, Hi: last})
				}
			}
		case w.Closes():
			c.divide(int64(lo))
			c.divide(int64(hi))
			if w.Overrun {
				r.soft = append(r.soft, sp)
			} else {
				r.hard = append(r.hard, sp)
			}
		}
	}
	r.allow = joinSpans(r.allow)
	r.usable, r.overrun = joinRanges(r.usable), joinRanges(r.overrun)
	return r
}

// lastStart returns when the cut-off of an occurrence that ends at end falls: its
// nominal days on the window's clock first, then its exact time, as RFC 5545 adds.
func lastStart(cal *calendar.Calendar, w *calendar.Window, end time.Time) time.Time {
	if w.CutOff.Days == 0 {
		return end.Add(-w.CutOff.Exact)
	}
	loc := w.Starts.Location()
	if loc == nil {
		load := time.LoadLocation
		if cal.Zones != nil {
			load = cal.Zones
		}
		if loc, _ = load(cal.Zone); loc == nil {
			loc = time.UTC
		}
	}
	return calendar.Duration{Days: -w.CutOff.Days, Exact: -w.CutOff.Exact}.After(end, loc)
}

// joinSpans sorts spans and joins those that overlap or touch.
func joinSpans(spans []rcpsp.Span) []rcpsp.Span {
	slices.SortFunc(spans, func(a, b rcpsp.Span) int { return cmp.Or(cmp.Compare(a.Lo, b.Lo), cmp.Compare(a.Hi, b.Hi)) })
	var out []rcpsp.Span
	for _, sp := range spans {
		if n := len(out); n > 0 && sp.Lo <= out[n-1].Hi {
			out[n-1].Hi = max(out[n-1].Hi, sp.Hi)
		} else if sp.Lo < sp.Hi {
			out = append(out, sp)
		}
	}
	return out
}

// joinRanges sorts ranges and joins those that overlap or are adjacent.
func joinRanges(ranges []rcpsp.Range) []rcpsp.Range {
	joined := true // as they mostly are: long horizons have many
	for i, r := range ranges {
		if r.Lo > r.Hi || i > 0 && r.Lo <= ranges[i-1].Hi+1 {
			joined = false
			break
		}
	}
	if joined {
		return ranges
	}
	slices.SortFunc(ranges, func(a, b rcpsp.Range) int { return cmp.Or(cmp.Compare(a.Lo, b.Lo), cmp.Compare(a.Hi, b.Hi)) })
	var out []rcpsp.Range
	for _, r := range ranges {
		if n := len(out); n > 0 && r.Lo <= out[n-1].Hi+1 {
			out[n-1].Hi = max(out[n-1].Hi, r.Hi)
		} else if r.Lo <= r.Hi {
			out = append(out, r)
		}
	}
	return out
}

func intersectRanges(a, b []rcpsp.Range) []rcpsp.Range {
	var out []rcpsp.Range
	for len(a) > 0 && len(b) > 0 {
		if r := (rcpsp.Range{Lo: max(a[0].Lo, b[0].Lo), Hi: min(a[0].Hi, b[0].Hi)}); r.Lo <= r.Hi {
			out = append(out, r)
		}
		if a[0].Hi < b[0].Hi {
			a = a[1:]
		} else {
			b = b[1:]
		}
	}
	return joinRanges(out)
}

// withoutRange cuts one range out.
func withoutRange(from []rcpsp.Range, cut rcpsp.Range) []rcpsp.Range {
	var out []rcpsp.Range
	for _, r := range from {
		if left := (rcpsp.Range{Lo: r.Lo, Hi: min(r.Hi, cut.Lo-1)}); left.Lo <= left.Hi {
			out = append(out, left)
		}
		if right := (rcpsp.Range{Lo: max(r.Lo, cut.Hi+1), Hi: r.Hi}); right.Lo <= right.Hi {
			out = append(out, right)
		}
	}
	return out
}

// stretches returns the maximal stretches of the maintenance windows of a calendar
// that concern a subject, whatever closes them.
func (c *compiler) stretches(id string, s calendar.Subject) ([]rcpsp.Span, error) {
	cal := *c.calendar[id]
	cal.Default = calendar.DefaultClosed
	cal.Windows = slices.DeleteFunc(slices.Clone(cal.Windows), func(w calendar.Window) bool { return w.Kind != calendar.Maintenance })
	cal.Overrides = nil
	// Stretches are told apart by their full length, also beyond the horizon.
	within := calendar.Interval{Start: c.p.Horizon.Start.AddDate(-1, 0, 0), End: c.p.Horizon.End.AddDate(1, 0, 0)}
	set, err := cal.Open(within, s)
	if err != nil {
		return nil, fmt.Errorf("calendar %s: %w", strings.TrimSpace(id), err)
	}
	var out []rcpsp.Span
	for iv := range set.All() {
		lo, hi := rcpsp.Time(c.secUp(iv.Start)), rcpsp.Time(c.sec(iv.End))
		if hi <= 0 || int64(lo) > c.horizon {
			continue
		}
		c.divide(int64(lo))
		c.divide(int64(hi))
		out = append(out, rcpsp.Span{Lo: lo, Hi: hi})
	}
	return out, nil
}
