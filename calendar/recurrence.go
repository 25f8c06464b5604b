package calendar

import (
	"iter"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A Recurrence is an RFC 5545 recurrence set: DTSTART in a time zone with any number of
// RRULE, RDATE, EXDATE and EXRULE. The zero Recurrence has no occurrence. It is
// immutable and safe for concurrent use. Its text form is the RFC's content lines, so it
// appears in JSON as a string:
//
//	DTSTART;TZID=Europe/London:20260105T220000
//	RRULE:FREQ=WEEKLY;BYDAY=MO,TH
//
// Rules generate wall-clock readings, which then become instants: a reading that occurs
// twice means its first occurrence, one that a clock change skips is read with the UTC
// offset before the change (RFC 5545, 3.3.5), so that 02:30 becomes 03:30 and no occurrence
// is lost. Instants come out strictly increasing, each once.
//
// DTSTART anchors the rules. It is an occurrence itself where a rule selects it, or where
// there is no RRULE and no RDATE.
//
// A floating recurrence (DTSTART without zone, or a date) has no instants until
// [Recurrence.In] gives it a zone.
//
// Every walk is bounded: it costs time in proportion to its own span and output, however
// far from DTSTART it is, and ends even for a rule that never matches.
type Recurrence struct{ set *recurrenceSet }

// recurrenceSet is immutable once built.
type recurrenceSet struct {
	start    stamp
	zone     *time.Location // nil: floating
	tzid     string         // as written; "" for UTC and floating
	rules    []*generator
	exrules  []*generator
	rdates   []rdate // as written, sorted in resolve order by walk
	exdates  []exdate
	empty    *emptiness
	skipGaps bool
	include  bool // DTSTART is an occurrence even where no rule selects it
}

// emptiness remembers whether a set has no occurrence, which may take long to find out.
type emptiness struct {
	once  sync.Once
	known atomic.Bool // that it has none
}

// A moment is a stamp with its own zone, nil where it takes DTSTART's.
type moment struct {
	stamp
	zone *time.Location
	tzid string
}

// An rdate is an added start, with a length of its own where it was a PERIOD.
type rdate struct {
	moment
	hasLength bool
	length    Duration // for start/duration
	hasEnd    bool
	end       moment // for start/end
}

type exdate = moment

// Once returns the recurrence of one occurrence, at start to the second, in
// start's location where that is UTC or an IANA zone, else in UTC.
func Once(start time.Time) Recurrence {
	loc := start.Location()
	s := &recurrenceSet{zone: time.UTC}
	if name := loc.String(); name != "UTC" && name != "Local" && name != "" {
		if same, err := time.LoadLocation(name); err == nil {
			_, a := start.Zone()
			if _, b := start.In(same).Zone(); a == b && resolve(wallOf(start, same), same).Equal(start.Truncate(time.Second)) {
				s.zone, s.tzid = same, name
			}
		}
	}
	s.start = stamp{wall: wallOf(start, s.zone), utc: s.tzid == ""}
	return Recurrence{s}
}

// IsZero reports whether r is the zero Recurrence.
func (r Recurrence) IsZero() bool { return r.set == nil }

// Floating reports whether r needs a zone before it has instants.
func (r Recurrence) Floating() bool { return r.set != nil && r.set.zone == nil }

// AllDay reports whether DTSTART is a date: its occurrences are days, of 23 to 25 hours.
func (r Recurrence) AllDay() bool { return r.set != nil && r.set.start.date }

// Location returns the zone of DTSTART, nil for a floating recurrence.
func (r Recurrence) Location() *time.Location {
	if r.set == nil {
		return nil
	}
	return r.set.zone
}

// In returns r with loc as the zone of a floating recurrence; others are returned as they are.
func (r Recurrence) In(loc *time.Location) Recurrence {
	if !r.Floating() || loc == nil {
		return r
	}
	s := *r.set
	s.zone = loc
	if s.tzid = loc.String(); loc == time.UTC {
		s.tzid, s.start.utc = "", !s.start.date
	}
	if s.skipGaps { // COUNT depends on the zone
		s.rules, s.exrules = slices.Clone(s.rules), slices.Clone(s.exrules)
		for i, g := range s.rules {
			if g.count > 0 {
				s.rules[i] = s.generator(g.rule)
			}
		}
		for i, g := range s.exrules {
			if g.count > 0 {
				s.exrules[i] = newGenerator(g.rule, s.start.wall, s.gaps())
			}
		}
	}
	return Recurrence{&s}
}

// Equal reports whether both have the same text form.
func (r Recurrence) Equal(o Recurrence) bool { return r.String() == o.String() }

// Starts walks the occurrences that begin in within, in time order, in the zone of
// DTSTART. It never consults the clock and ends even for a rule that never matches.
func (r Recurrence) Starts(within Interval) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		if r.set == nil || r.set.zone == nil || within.Empty() {
			return
		}
		from, to := ceilSecond(within.Start), ceilSecond(within.End)-1
		r.set.walk(from, to, nil, func(o occurrence) bool { return yield(time.Unix(o.at, 0).In(r.set.zone)) })
	}
}

// Next returns the first occurrence after t, if there is one up to the year 9999.
func (r Recurrence) Next(t time.Time) (time.Time, bool) {
	end := time.Date(maxYear+1, 1, 2, 0, 0, 0, 0, time.UTC)
	for next := range r.Starts(Interval{t.Add(1), end}) {
		return next, true
	}
	return time.Time{}, false
}

// ceilSecond returns the first whole second since 1970 that is not before t.
func ceilSecond(t time.Time) int64 {
	s := t.Unix()
	if t.Nanosecond() > 0 && s < math.MaxInt64 {
		s++
	}
	return s
}

// Never reports whether r has no occurrence at all. The answer for a floating recurrence is that in UTC.
func (r Recurrence) Never() bool {
	if r.set == nil {
		return true
	}
	e := r.set.empty
	if e == nil { // not parsed, so without rules
		return len(r.set.rules) > 0 && r.walksToNothing()
	}
	e.once.Do(func() { e.known.Store(r.walksToNothing()) })
	return e.known.Load()
}

func (r Recurrence) walksToNothing() bool {
	_, ok := r.In(time.UTC).Next(time.Time{}.Add(-1))
	return !ok
}
