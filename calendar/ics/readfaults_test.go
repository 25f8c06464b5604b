package ics

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestReadNamesAllFaults: every fault of every event at its line and column, those of folded lines and those
// behind a DTSTART that cannot be read too.
func TestReadNamesAllFaults(t *testing.T) {
	f, err := Parse(strings.NewReader(strings.ReplaceAll(`BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:a
DTSTART;TZID=Mars/X:20260106T100000
RRULE:FREQ=WEEKLY;BYDAY=XX;COU
 NT=0
EXDATE:20260101T000000Z,2026010
 1T990000Z
DURATION:PT
END:VEVENT
BEGIN:VEVENT
UID:b
DTSTART:20260230
RRULE:FREQ=DAILY;INTERVAL=0;COUNT
DTEND:x
SEQUENCE:one
END:VEVENT
END:VCALENDAR
`, "\n", "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = f.Events(Reading{})
	want := []string{
		`line 5, column 21: DTSTART: unknown time zone "Mars/X": neither an IANA nor a Windows name, and the file has no VTIMEZONE for it`,
		`line 6, column 19: RRULE: BYDAY: "XX" is not a weekday such as MO, 2TU or -1FR`,
		`line 6, column 28: RRULE: COUNT: "0" is not a number from 1 to 100000; to end a rule later use UNTIL`,
		`line 8, column 25: EXDATE: "20260101T990000Z" is no date or time of the calendar`,
		`line 10, column 10: no value in "PT"; write it like "PT1H30M" or "P1D"`,
		`line 14, column 9: DTSTART: "20260230" is no date or time of the calendar`,
		`line 15, column 18: RRULE: INTERVAL: "0" is not a number from 1`,
		`line 15, column 29: RRULE: "COUNT" has no value`,
		`line 16, column 7: DTEND: "x" is neither a date such as 20260131 nor a date-time such as 20260131T090000 or 20260131T090000Z`,
		`line 17, column 10: SEQUENCE "one" is no number`,
	}
	if d := cmp.Diff(want, strings.Split(err.Error(), "\n")); d != "" {
		t.Error(d)
	}
}
