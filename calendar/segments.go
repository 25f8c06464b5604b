package calendar

import "slices"

// build makes the timeline of a scope class.
func (k *Compiled) build(s *Subject) *Timeline {
	classes := make([]*class, len(k.calendars))
	open := []span{k.within} // of no calendar at all
	segs, limits := open, []int64(nil)
	for i := range k.calendars {
		c := &k.calendars[i]
		cl := c.class(s)
		classes[i] = cl
		o := c.open(cl, k.within)
		sg, lim := o, []int64(nil)
		if !cl.simple {
			sg, lim = c.segments(cl, k.within)
		}
		if i == 0 {
			open, segs, limits = o, sg, lim
			continue
		}
		segs, limits = intersectSegments(segs, limits, sg, lim)
		if open = intersectSpans(nil, open, o); limits == nil {
			segs = open
		}
	}
	return newTimeline(k, s, classes, open, segs, limits)
}

// segments returns, for a class with boundary rules, when work may start and by when work
// that starts there must have ended:
//
//   - it starts in a maintenance window, not after that window's cut-off, and in no closing window;
//   - from an ordinary window it stays inside maintenance; from one with Overrun it need not;
//   - it never runs into a closing window, unless that one has Overrun.
func (c *compiledCalendar) segments(cl *class, within span) ([]span, []int64) {
	all := []span{within}
	starts, allow := all, all
	if cl.restricted {
		starts, allow = clipSpans(cl.starts, within), clipSpans(unionAll(c.lists(cl, opens)), within)
	}
	starts = subtractSpans(nil, starts, unionAll(c.lists(cl, closes)))
	free := subtractSpans(nil, all, cl.hard) // where started work may go on
	late := intersectSpans(nil, starts, cl.overrun)
	if !cl.restricted {
		late = nil
	}
	a, aLimits := limited(late, free)
	b, bLimits := limited(subtractSpans(nil, starts, late), subtractSpans(nil, allow, cl.hard))
	segs, limits := make([]span, 0, len(a)+len(b)), make([]int64, 0, len(a)+len(b))
	for len(a) > 0 || len(b) > 0 {
		if len(b) == 0 || len(a) > 0 && a[0].lo < b[0].lo {
			segs, limits = appendSegment(segs, limits, a[0], aLimits[0])
			a, aLimits = a[1:], aLimits[1:]
		} else {
			segs, limits = appendSegment(segs, limits, b[0], bLimits[0])
			b, bLimits = b[1:], bLimits[1:]
		}
	}
	return segs, limits
}

// limited cuts starts at the ends of room and gives each piece the end of its part of room.
func limited(starts, room []span) (segs []span, limits []int64) {
	for len(starts) > 0 && len(room) > 0 {
		if lo, hi := max(starts[0].lo, room[0].lo), min(starts[0].hi, room[0].hi); lo < hi {
			segs, limits = append(segs, span{lo, hi}), append(limits, room[0].hi)
		}
		if starts[0].hi < room[0].hi {
			starts = starts[1:]
		} else {
			room = room[1:]
		}
	}
	return segs, limits
}

// appendSegment joins segments that touch and have one limit.
func appendSegment(segs []span, limits []int64, s span, limit int64) ([]span, []int64) {
	if n := len(segs) - 1; n >= 0 && segs[n].hi == s.lo && limits[n] == limit {
		segs[n].hi = s.hi
		return segs, limits
	}
	return append(segs, s), append(limits, limit)
}

// intersectSegments keeps the starts that both allow, each until the earlier limit. Nil limits
// stand for the ends of the spans.
func intersectSegments(a []span, aLimits []int64, b []span, bLimits []int64) ([]span, []int64) {
	if aLimits == nil && bLimits == nil {
		return nil, nil // the caller intersects the open time instead
	}
	if aLimits == nil {
		aLimits = ends(a)
	}
	if bLimits == nil {
		bLimits = ends(b)
	}
	var segs []span
	limits := []int64{}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		if lo, hi := max(a[i].lo, b[j].lo), min(a[i].hi, b[j].hi); lo < hi {
			segs, limits = appendSegment(segs, limits, span{lo, hi}, min(aLimits[i], bLimits[j]))
		}
		if a[i].hi < b[j].hi {
			i++
		} else {
			j++
		}
	}
	return segs, limits
}

func ends(spans []span) []int64 {
	out := make([]int64, len(spans))
	for i, s := range spans {
		out[i] = s.hi
	}
	return slices.Clip(out)
}
