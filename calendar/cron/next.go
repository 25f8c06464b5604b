package cron

import "time"

// Next returns the first tick after t, and false when there is none before the
// year 10000. The expression is read on the clock of the schedule's zone, or of
// t's location where it has none, by RFC 5545, 3.3.5: a reading that the clock
// skips ticks by as much later as the clock is put forward, one that it shows
// twice ticks the first time only, and two readings at one instant are one tick.
//
// The cost does not depend on how far away the tick is, but for empty months on
// the way.
func (s Schedule) Next(t time.Time) (time.Time, bool) {
	loc := s.zone(t)
	seg := segmentAt(t, loc)
	// Readings above low belong to instants after t; when the clock was just put
	// back, those it shows a second time have ticked already.
	low := floorDiv(t.Unix()+seg.offset, 60)*60 + 60
	if seg.offset < seg.before {
		low = max(low, seg.start+seg.before)
	}
	best, ok := s.after(low, loc)
	// When it was just put forward, readings that it skipped may still be to come.
	if gap := seg.offset - seg.before; gap > 0 && t.Unix()-seg.start < gap {
		r, found := s.ceil(floorDiv(t.Unix()+seg.before, 60)*60 + 60)
		if found && r < seg.start+seg.offset && (!ok || r-seg.before < best) {
			best, ok = r-seg.before, true
		}
	}
	return at(best, loc, ok), ok
}

// after returns the instant of the first tick whose reading is at least low.
func (s Schedule) after(low int64, loc *time.Location) (int64, bool) {
	r, ok := s.ceil(low)
	if !ok {
		return 0, false
	}
	best, gapEnd := resolve(r, loc)
	if gapEnd > r { // skipped, so it ticks late: a reading behind the gap may come first
		if r, ok := s.ceil(gapEnd); ok {
			u, _ := resolve(r, loc)
			best = min(best, u)
		}
	}
	return best, true
}

// Prev returns the last tick before t, and false when there is none after the
// year 1. See [Schedule.Next].
func (s Schedule) Prev(t time.Time) (time.Time, bool) {
	loc := s.zone(t)
	seg := segmentAt(t, loc)
	now := t.Unix()
	if t.Nanosecond() > 0 {
		now++ // the ticks before t are those before the next whole second
	}
	high := now + seg.offset
	if seg.offset < seg.before {
		high = max(high, seg.start+seg.before)
	}
	r, ok := s.floor(high)
	if !ok {
		return time.Time{}, false
	}
	best, gapEnd := resolve(r, loc)
	gap := seg.offset - seg.before
	switch {
	case gapEnd > r && best >= now: // skipped, and ticks late, not before t
		if r, ok = s.floor(now + seg.before); ok {
			best, _ = resolve(r, loc)
		}
	case gap > 0 && best-seg.start < gap && best >= seg.start:
		// Just behind a gap a skipped reading may tick later than the last one shown.
		late, found := s.floor(min(seg.start+seg.offset, now+seg.before))
		if found && late >= seg.start+seg.before {
			best = max(best, late-seg.before)
		}
	}
	return at(best, loc, ok), ok
}

func (s Schedule) zone(t time.Time) *time.Location {
	if s.loc != nil {
		return s.loc
	}
	return t.Location()
}

func at(unix int64, loc *time.Location, ok bool) time.Time {
	if !ok {
		return time.Time{}
	}
	return time.Unix(unix, 0).In(loc)
}

// A segment is a stretch of time with one offset from UTC.
type segment struct {
	start  int64 // instant, minReading for the first
	offset int64
	before int64 // the offset before start, the same as offset for the first
}

func segmentAt(t time.Time, loc *time.Location) segment {
	t = t.In(loc)
	_, offset := t.Zone()
	start, _ := t.ZoneBounds()
	if start.IsZero() {
		return segment{minReading, int64(offset), int64(offset)}
	}
	_, before := start.Add(-time.Second).In(loc).Zone()
	return segment{start.Unix(), int64(offset), int64(before)}
}

// resolve returns the instant of a reading and, where the clock skips that
// reading, the first reading behind the gap (else 0 less than any reading).
func resolve(r int64, loc *time.Location) (unix, gapEnd int64) {
	// The offset in force at the reading is one of those within a day of it.
	seg := segmentAt(time.Unix(r+secondsPerDay, 0), loc)
	for seg.start > r-2*secondsPerDay && seg.start > minReading {
		switch {
		case r-seg.before < seg.start: // shown before the change, if at all
			seg = segmentAt(time.Unix(seg.start-1, 0), loc)
			continue
		case r < seg.start+seg.offset: // not shown at all
			return r - seg.before, seg.start + seg.offset
		}
		break
	}
	return r - seg.offset, minReading - 1
}
