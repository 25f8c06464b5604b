package ics

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestHolidays(t *testing.T) {
	text := vcalendar(
		vevent("DTSTART;VALUE=DATE:20261225", "SUMMARY:Christmas Day\\, observed", "RRULE:FREQ=YEARLY", "TRANSP:TRANSPARENT"),
		vevent("DTSTART;VALUE=DATE:20261230", "DTEND;VALUE=DATE:20270102", "SUMMARY:Days between"),
		vevent("DTSTART;VALUE=DATE:20260101", "SUMMARY:No more", "STATUS:CANCELLED"),
		vevent("DTSTART;TZID=Asia/Tokyo:20260504T000000", "DTEND;TZID=Asia/Tokyo:20260505T000000", "SUMMARY:Greenery Day"),
		vevent("DTSTART:20260601T120000Z", "SUMMARY:Noon"),
		vevent("DTSTART;VALUE=DATE:20261225", "SUMMARY:Christmas Day\\, observed"),
	)
	f, err := Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	h, _, err := f.Holidays(2026, 2027)
	want := "[{2026-05-04 Greenery Day} {2026-06-01 Noon} {2026-12-25 Christmas Day, observed} {2026-12-30 Days between} " +
		"{2026-12-31 Days between} {2027-01-01 Days between} {2027-12-25 Christmas Day, observed}]"
	if err != nil || fmt.Sprint(h) != want {
		t.Errorf("%v\ngot  %v\nwant %s", err, h, want)
	}
	if h, _, err = f.Holidays(2027, 2027); err != nil || len(h) != 2 {
		t.Errorf("of the second year: %v, %v", h, err)
	}
	for _, years := range [][2]int{{2027, 2026}, {0, 2026}, {2026, 9999}} {
		if _, _, err := f.Holidays(years[0], years[1]); !errors.Is(err, ErrInvalid) {
			t.Errorf("years %v: %v", years, err)
		}
	}
	many, err := Parse(strings.NewReader(vcalendar(vevent("DTSTART;VALUE=DATE:00010101", "RRULE:FREQ=DAILY"), vevent("DTSTART:00010101T000000Z", "DURATION:P9999W", "RRULE:FREQ=DAILY"))))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := many.Holidays(1, 9998); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "more than 100000 days") {
		t.Errorf("too many: %v", err)
	}
	bad, err := Parse(strings.NewReader(vcalendar(vevent("DTSTART:2026"))))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := bad.Holidays(2026, 2026); !errors.Is(err, ErrInvalid) {
		t.Errorf("a bad date: %v", err)
	}
}
