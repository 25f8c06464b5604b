package calendar

import (
	"fmt"
	"time"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// A Date is a day on the proleptic Gregorian calendar, without zone. The zero Date is no
// date. Its text form is "2026-12-25".
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf returns the day that t's own location shows.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

func dateOfDay(n int) Date {
	y, m, d := civil(n)
	return Date{y, time.Month(m), d}
}

func (d Date) number() int { return dayNumber(d.Year, int(d.Month), d.Day) }

// IsZero reports whether d is the zero Date.
func (d Date) IsZero() bool { return d == Date{} }

// Valid reports whether d is a day of the years 1 to 9999.
func (d Date) Valid() bool {
	return d.Year >= 1 && d.Year <= maxYear && d.Month >= 1 && d.Month <= 12 && d.Day >= 1 && d.Day <= monthLength(d.Year, int(d.Month))
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return time.Weekday((weekdayOf(d.number()) + 1) % 7) }

// AddDays returns the date n days later, or earlier where n is negative.
func (d Date) AddDays(n int) Date { return dateOfDay(d.number() + n) }

// Sub returns the number of days from o to d.
func (d Date) Sub(o Date) int { return d.number() - o.number() }

// Compare returns -1, 0 or 1 as d is before, on or after o.
func (d Date) Compare(o Date) int {
	switch n := d.Sub(o); {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

// In returns the instant at which the day begins in loc, and Span the day as an interval of 23 to
// 25 hours.
func (d Date) In(loc *time.Location) time.Time {
	return resolve(int64(d.number())*daySeconds, loc).In(loc)
}

// Span returns the day in loc. A day that a zone skipped (30 December 2011 in Samoa) is empty.
func (d Date) Span(loc *time.Location) Interval { return Interval{d.In(loc), d.AddDays(1).In(loc)} }

// NthWeekday returns the n-th given weekday of a month, counted from the end where n is
// negative; false where the month has none.
func NthWeekday(year int, month time.Month, n int, weekday time.Weekday) (Date, bool) {
	first := Date{year, month, 1}
	length := monthLength(year, int(month))
	mask := nthMask(nthDay{n, (int(weekday) + 6) % 7}, length, weekdayOf(first.number()))
	if n == 0 || mask == 0 {
		return Date{}, false
	}
	for i := range length {
		if mask>>i&1 != 0 {
			return first.AddDays(i), true
		}
	}
	return Date{}, false
}

// Easter returns the Sunday of the western (Gregorian) Easter, by the anonymous algorithm
// of Meeus, Jones and Butcher.
func Easter(year int) Date {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 19*l) / 433
	month := (h + l - 7*m + 90) / 25
	day := (h + l - 7*m + 33*month + 19) % 32
	return Date{year, time.Month(month), day}
}

// OrthodoxEaster returns the Sunday of the Easter of the Julian computus, on the Gregorian calendar.
func OrthodoxEaster(year int) Date {
	a, b, c := year%4, year%7, year%19
	d := (19*c + 15) % 30
	e := (2*a + 4*b - d + 34) % 7
	julian := Date{year, time.Month((d + e + 114) / 31), (d+e+114)%31 + 1}
	return julian.AddDays(year/100 - year/400 - 2)
}

// String returns the text form.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day) }

// ParseDate reads "2026-12-25" or "20261225".
func ParseDate(s string) (Date, error) {
	compact := s
	if len(s) == 10 && s[4] == '-' && s[7] == '-' {
		compact = s[:4] + s[5:7] + s[8:]
	}
	v, err := parseStamp(compact, false)
	if err != nil || !v.date || v.utc {
		return Date{}, &validate.Error{Path: "date", Problem: fmt.Sprintf("%q is not a date such as 2026-12-25", clip(s))}
	}
	return dateOfDay(int(floorDiv(v.wall, daySeconds))), nil
}

// MarshalText writes the text form.
func (d Date) MarshalText() ([]byte, error) {
	if !d.Valid() {
		return nil, &validate.Error{Path: "date", Problem: fmt.Sprintf("%v is not a date", d)}
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads the text form.
func (d *Date) UnmarshalText(b []byte) error {
	v, err := ParseDate(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}

// OnDates returns the recurrence that starts at hour:minute on each of the dates, in loc.
func OnDates(dates []Date, hour, minute int, loc *time.Location) Recurrence {
	if len(dates) == 0 || loc == nil {
		return Recurrence{}
	}
	s := &recurrenceSet{zone: loc, tzid: loc.String()}
	if loc == time.UTC {
		s.tzid = ""
	}
	for _, d := range dates {
		st := stamp{wall: int64(d.number())*daySeconds + int64(hour*3600+minute*60), utc: loc == time.UTC}
		if len(s.rdates) == 0 || st.wall < s.start.wall {
			s.start = st
		}
		s.rdates = append(s.rdates, rdate{moment: moment{stamp: st, tzid: s.tzid}})
	}
	return Recurrence{s}
}
