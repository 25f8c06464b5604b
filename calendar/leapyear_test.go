package calendar

import (
	"testing"
	"time"
)

// Beyond the tabulated clock changes time.ZoneBounds gives an end before the instant on
// the last day of a leap year. Walks over that day end, and lose no day.
func TestLastDayOfALeapYear(t *testing.T) {
	for _, zone := range []string{"Europe/Berlin", "America/New_York", "Australia/Sydney", "America/Santiago", "Australia/Lord_Howe", "Africa/Casablanca"} {
		r := MustParseRecurrence("DTSTART;TZID=" + zone + ":20260101T090000\nRRULE:FREQ=DAILY")
		for _, year := range []int{2040, 2044, 2096, 2104} {
			from := time.Date(year, 12, 1, 0, 0, 0, 0, time.UTC)
			n := 0
			var last time.Time
			for at := range r.Starts(Interval{Start: from, End: from.AddDate(0, 2, 0)}) {
				if h, m, _ := at.In(r.Location()).Clock(); h != 9 || m != 0 {
					t.Errorf("%s: %s", zone, at.In(r.Location()))
				}
				if n > 0 && at.Sub(last) != 24*time.Hour && zone != "Africa/Casablanca" {
					t.Errorf("%s: %s after %s", zone, at, last)
				}
				last = at
				n++
			}
			if n != 62 {
				t.Errorf("%s %d: %d days, want 62", zone, year, n)
			}
		}
	}
}
