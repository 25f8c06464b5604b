package ics

import "time"

// nextChange returns the first instant after t, and before limit, at which the
// clock of loc changes its offset or name.
//
// It does not trust Time.ZoneBounds alone. Behind the last change in the zone
// database Go derives the bounds from a rule, year by year: then a year may end a
// stretch though the clock goes on, and in a leap year one bound lies a day early,
// so that the end of a stretch is not after the instant asked about.
func nextChange(t time.Time, loc *time.Location, limit time.Time) (time.Time, bool) {
	name, offset := t.In(loc).Zone()
	for t.Before(limit) {
		end, ok := stretchEnd(t, loc)
		if !ok {
			return time.Time{}, false
		}
		if n, o := end.In(loc).Zone(); n != name || o != offset {
			return end, end.Before(limit)
		}
		t = end
	}
	return time.Time{}, false
}

// stretchEnd returns an instant after t up to which the clock of loc does not
// change, and false when it never does again.
func stretchEnd(t time.Time, loc *time.Location) (time.Time, bool) {
	_, end := t.In(loc).ZoneBounds()
	switch {
	case end.IsZero():
		return end, false
	case !end.After(t):
		return t.Add(24 * time.Hour), true // over the last day of a leap year
	}
	return end, true
}

// lastChange returns the last instant up to t at which the clock of loc changed,
// and the offset before; false when it never did.
func lastChange(t time.Time, loc *time.Location) (at time.Time, before int, ok bool) {
	name, offset := t.In(loc).Zone()
	for range 1000 { // stretches of a year, back to the last change in the database
		start, _ := t.In(loc).ZoneBounds()
		if start.IsZero() {
			return start, 0, false
		}
		t = start.Add(-time.Second)
		if n, o := t.In(loc).Zone(); n != name || o != offset {
			return start, o, true
		}
	}
	return time.Time{}, 0, false
}
