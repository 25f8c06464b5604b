package cron

import (
	"math/bits"
	"time"
)

// A Schedule is a parsed cron expression. It is immutable and safe for
// concurrent use. The zero Schedule never ticks.
type Schedule struct {
	minute  uint64         // bit m
	hour    uint32         // bit h
	dom     uint32         // bit d, 1 to 31
	month   uint16         // bit m, 1 to 12
	dow     uint8          // bit d, Sunday is 0
	nth     [7]uint8       // bits 1 to 5: the n-th such weekday of the month (#)
	domAny  bool           // day of month is not restricted
	dowAny  bool           // day of week is not restricted
	lastDom bool           // L: the last day of the month
	lastDow uint8          // bit d: the last such weekday of the month (5L)
	seven   bool           // Sunday was written as 7
	loc     *time.Location // nil: of the instant asked about
	text    string
}

// String returns the expression that was parsed.
func (s Schedule) String() string { return s.text }

// In returns the schedule on the clock of loc, whatever zone the expression named.
func (s Schedule) In(loc *time.Location) Schedule {
	s.loc = loc
	return s
}

// Location returns the zone of the schedule, nil where neither CRON_TZ nor In named one.
func (s Schedule) Location() *time.Location { return s.loc }

// days returns the days of a month on which the schedule ticks, as bits 1 to 31:
// those of the day of month OR those of the day of week where both are
// restricted, those of the restricted one where one is.
func (s Schedule) days(year, month int) uint32 {
	if s.month>>month&1 == 0 {
		return 0
	}
	n := daysIn(year, month)
	all := uint32(1)<<(n+1) - 2
	if s.domAny && s.dowAny {
		return all
	}
	var set uint32
	if !s.domAny {
		set = s.dom
		if s.lastDom {
			set |= 1 << n
		}
	}
	if !s.dowAny {
		first := weekday(year, month, 1)
		for d := range 7 {
			day := 1 + (d-first+7)%7 // the first of these weekdays
			every := uint32(1<<0|1<<7|1<<14|1<<21|1<<28) << day & all
			if s.dow>>d&1 != 0 {
				set |= every
			}
			for k := 1; k <= 5; k++ {
				if s.nth[d]>>k&1 != 0 {
					set |= 1 << (day + 7*(k-1))
				}
			}
			if s.lastDow>>d&1 != 0 && every != 0 {
				set |= 1 << (bits.Len32(every) - 1)
			}
		}
	}
	return set & all
}

// possible reports whether any date matches at all: 30 February does not.
// The Gregorian calendar repeats after 400 years, weekdays included; a year
// of each shape (leap or not, each first weekday) comes within 28 from 2000.
func (s Schedule) possible() bool {
	if s.minute == 0 || s.hour == 0 {
		return false
	}
	for year := 2000; year < 2028; year++ {
		for month := 1; month <= 12; month++ {
			if s.days(year, month) != 0 {
				return true
			}
		}
	}
	return false
}

// Readings are wall-clock time in seconds since 1970-01-01T00:00:00, counted as
// if it were UTC. The schedule ticks at whole minutes of it.

const (
	secondsPerDay = 86400
	minReading    = -62135596800 // year 1
	maxReading    = 253402300799 // end of year 9999
)

// ceil returns the first reading at or after r that the schedule matches.
func (s Schedule) ceil(r int64) (int64, bool) {
	if s.minute == 0 || r > maxReading {
		return 0, false
	}
	r = max(r, minReading)
	r = floorDiv(r+59, 60) * 60
	year, month, day := civil(floorDiv(r, secondsPerDay))
	minuteOfDay := int(floorMod(r, secondsPerDay) / 60)
	for year <= 9999 {
		set := s.days(year, month) >> day << day
		for set != 0 {
			d := bits.TrailingZeros32(set)
			from := 0
			if d == day {
				from = minuteOfDay
			}
			if m, ok := s.minuteCeil(from); ok {
				return daysFromCivil(year, month, d)*secondsPerDay + int64(m)*60, true
			}
			set &= set - 1
		}
		if month++; month > 12 {
			year, month = year+1, 1
		}
		day, minuteOfDay = 0, 0
		if s.month>>month == 0 { // no such month left this year
			year, month = year+1, 1
		}
	}
	return 0, false
}

// floor returns the last reading before r that the schedule matches.
func (s Schedule) floor(r int64) (int64, bool) {
	if s.minute == 0 || r <= minReading {
		return 0, false
	}
	r = min(r, maxReading+1)
	r = floorDiv(r-1, 60) * 60 // the last whole minute before r
	year, month, day := civil(floorDiv(r, secondsPerDay))
	minuteOfDay := int(floorMod(r, secondsPerDay) / 60)
	for year >= 1 {
		set := s.days(year, month) & (uint32(1)<<day<<1 - 1)
		for set != 0 {
			d := bits.Len32(set) - 1
			to := 24*60 - 1
			if d == day {
				to = minuteOfDay
			}
			if m, ok := s.minuteFloor(to); ok {
				return daysFromCivil(year, month, d)*secondsPerDay + int64(m)*60, true
			}
			set &^= 1 << d
		}
		if month--; month < 1 {
			year, month = year-1, 12
		}
		day, minuteOfDay = 31, 24*60-1
	}
	return 0, false
}

// minuteCeil returns the first matching minute of the day from m on.
func (s Schedule) minuteCeil(m int) (int, bool) {
	h := m / 60
	if s.hour>>h&1 != 0 {
		if rest := s.minute >> (m % 60) << (m % 60); rest != 0 {
			return h*60 + bits.TrailingZeros64(rest), true
		}
	}
	hours := s.hour >> (h + 1) << (h + 1)
	if hours == 0 || s.minute == 0 {
		return 0, false
	}
	return bits.TrailingZeros32(hours)*60 + bits.TrailingZeros64(s.minute), true
}

// minuteFloor returns the last matching minute of the day up to m.
func (s Schedule) minuteFloor(m int) (int, bool) {
	h := m / 60
	if s.hour>>h&1 != 0 {
		if rest := s.minute & (uint64(2)<<(m%60) - 1); rest != 0 {
			return h*60 + bits.Len64(rest) - 1, true
		}
	}
	hours := s.hour & (1<<h - 1)
	if hours == 0 || s.minute == 0 {
		return 0, false
	}
	return (bits.Len32(hours)-1)*60 + bits.Len64(s.minute) - 1, true
}
