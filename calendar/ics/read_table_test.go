package ics

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// vcalendar wraps lines in a VCALENDAR, and those of an event in a VEVENT.
func vcalendar(lines ...string) string {
	return "BEGIN:VCALENDAR\n" + strings.Join(lines, "\n") + "\nEND:VCALENDAR\n"
}

func vevent(lines ...string) string {
	return "BEGIN:VEVENT\nUID:x\n" + strings.Join(lines, "\n") + "\nEND:VEVENT"
}

func read(t *testing.T, text string, o Reading) ([]Event, []Warning, error) {
	t.Helper()
	f, err := Parse(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return f.Events(o)
}

// TestReadTimes: what becomes of the many ways to say when.
func TestReadTimes(t *testing.T) {
	eastern := "BEGIN:VTIMEZONE\nTZID:Mine\nBEGIN:STANDARD\nDTSTART:20071104T020000\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU\nTZOFFSETFROM:-0400\nTZOFFSETTO:-0500\nEND:STANDARD\n" +
		"BEGIN:DAYLIGHT\nDTSTART:20070311T020000\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU\nTZOFFSETFROM:-0500\nTZOFFSETTO:-0400\nEND:DAYLIGHT\nEND:VTIMEZONE"
	alias := "BEGIN:VTIMEZONE\nTZID:Mine\nX-LIC-LOCATION:America/New_York\nEND:VTIMEZONE"
	tests := []struct {
		name  string
		lines []string
		o     Reading
		want  string // occurrences in July 2026, and the kinds of warnings
	}{
		{"UTC", []string{vevent("DTSTART:20260701T100000Z", "DTEND:20260701T120000Z")}, Reading{}, "01T10:00/01T12:00"},
		{"IANA", []string{vevent("DTSTART;TZID=Europe/Berlin:20260701T100000", "DTEND;TZID=Europe/Berlin:20260701T120000")}, Reading{}, "01T08:00/01T10:00"},
		{"two zones", []string{vevent("DTSTART;TZID=Europe/Berlin:20260701T100000", "DTEND;TZID=Europe/London:20260701T120000")}, Reading{}, "01T08:00/01T11:00"},
		{"quoted Windows name", []string{vevent(`DTSTART;TZID="W. Europe Standard Time":20260701T100000`, "DURATION:PT1H")}, Reading{}, "01T08:00/01T09:00"},
		{"path before the name", []string{vevent("DTSTART;TZID=/mozilla.org/20070129_1/Europe/Berlin:20260701T100000", "DURATION:PT1H")}, Reading{}, "01T08:00/01T09:00"},
		{"X-LIC-LOCATION", []string{alias, vevent("DTSTART;TZID=Mine:20260701T100000", "DURATION:PT1H")}, Reading{}, "01T14:00/01T15:00 zone-broken"},
		{"built zone", []string{eastern, vevent("DTSTART;TZID=Mine:20260701T100000", "DURATION:PT1H")}, Reading{}, "01T14:00/01T15:00 zone-built"},
		{"Z beats TZID", []string{vevent("DTSTART;TZID=Europe/Berlin:20260701T100000Z", "DURATION:PT1H")}, Reading{}, "01T10:00/01T11:00"},
		{"floating without a clock", []string{vevent("DTSTART:20260701T100000", "DURATION:PT1H")}, Reading{}, ""},
		{"floating on X-WR-TIMEZONE", []string{"X-WR-TIMEZONE:Asia/Tokyo", vevent("DTSTART:20260701T100000", "DURATION:PT1H")}, Reading{}, "01T01:00/01T02:00"},
		{"floating on the reader's clock", []string{"X-WR-TIMEZONE:Asia/Tokyo", vevent("DTSTART:20260701T100000", "DURATION:PT1H")}, Reading{Zone: "Europe/London"}, "01T09:00/01T10:00"},
		{"floating on an unknown clock", []string{"X-WR-TIMEZONE:Moon", vevent("DTSTART:20260701T100000", "DURATION:PT1H"), vevent("DTSTART:20260702T100000Z")}, Reading{}, "02T10:00/02T10:00 zone-broken"},
		{"a day", []string{vevent("DTSTART;VALUE=DATE:20260701")}, Reading{Zone: "Europe/London"}, "30T23:00/01T23:00"},
		{"three days", []string{vevent("DTSTART:20260701", "DTEND:20260704")}, Reading{Zone: "UTC"}, "01T00:00/04T00:00"},
		{"a day with PT24H", []string{vevent("DTSTART:20260701", "DURATION:PT24H")}, Reading{Zone: "UTC"}, "01T00:00/02T00:00"},
		{"a point", []string{vevent("DTSTART:20260701T100000Z")}, Reading{}, "01T10:00/01T10:00"},
		{"DTSTART outside its rule", []string{vevent("DTSTART:20260701T100000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=3")}, Reading{}, "01T10:00/01T11:00 06T10:00/06T11:00 13T10:00/13T11:00 start-added"},
		{"RDATE and DTSTART", []string{vevent("DTSTART:20260701T100000Z", "DURATION:PT1H", "RDATE:20260705T100000Z,20260707T100000Z")}, Reading{}, "01T10:00/01T11:00 05T10:00/05T11:00 07T10:00/07T11:00"},
		{"RDATE in another zone", []string{vevent("DTSTART:20260701T100000Z", "DURATION:PT1H", "RDATE;TZID=Europe/Berlin:20260705T100000")}, Reading{}, "01T10:00/01T11:00 05T08:00/05T09:00"},
		{"RDATE period", []string{vevent("DTSTART:20260701T100000Z", "DURATION:PT1H", "RDATE;VALUE=PERIOD:20260705T100000Z/20260706T100000Z")}, Reading{}, "01T10:00/01T11:00 05T10:00/06T10:00"},
		{"EXDATE of a day", []string{vevent("DTSTART:20260701T100000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=3", "EXDATE;VALUE=DATE:20260702")}, Reading{}, "01T10:00/01T11:00 03T10:00/03T11:00"},
		{"EXDATE with a time, of days", []string{vevent("DTSTART:20260701", "RRULE:FREQ=DAILY;COUNT=3", "EXDATE:20260702T000000")}, Reading{Zone: "UTC"}, "01T00:00/02T00:00 03T00:00/04T00:00"},
		{"override", []string{vevent("DTSTART:20260701T100000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=3"), vevent("RECURRENCE-ID:20260702T100000Z", "DTSTART:20260720T100000Z", "DURATION:PT5H")}, Reading{},
			"01T10:00/01T11:00 03T10:00/03T11:00 20T10:00/20T15:00"},
		{"override before its series", []string{vevent("RECURRENCE-ID:20260702", "DTSTART:20260720"), vevent("DTSTART:20260701", "RRULE:FREQ=DAILY;COUNT=2")}, Reading{Zone: "UTC"}, "20T00:00/21T00:00 01T00:00/02T00:00"},
		{"override of a day by a local time", []string{vevent("DTSTART:20260701", "RRULE:FREQ=DAILY;COUNT=2"), vevent("RECURRENCE-ID;TZID=Asia/Tokyo:20260702T000000", "DTSTART;TZID=Asia/Tokyo:20260702T150000", "DURATION:PT1H")}, Reading{Zone: "Asia/Tokyo"},
			"30T15:00/01T15:00 02T06:00/02T07:00"},
		{"override by its day", []string{vevent("DTSTART:20260701T100000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=2"), vevent("RECURRENCE-ID;VALUE=DATE:20260702", "DTSTART:20260705")}, Reading{Zone: "UTC"}, "01T10:00/01T11:00 05T00:00/06T00:00"},
		{"override alone", []string{vevent("RECURRENCE-ID:20260702T100000Z", "DTSTART:20260720T100000Z", "RRULE:FREQ=DAILY", "DURATION:PT5H")}, Reading{}, "20T10:00/20T15:00 override-rule no-master"},
		{"override without DTSTART", []string{vevent("DTSTART:20260701T100000Z", "RRULE:FREQ=DAILY;COUNT=2"), vevent("RECURRENCE-ID:20260702T100000Z", "STATUS:CANCELLED")}, Reading{}, "01T10:00/01T10:00 02T10:00/02T10:00!"},
		{"later revision", []string{vevent("DTSTART:20260701T100000Z", "SEQUENCE:2"), vevent("DTSTART:20260702T100000Z", "SEQUENCE:1")}, Reading{}, "01T10:00/01T10:00 superseded"},
		{"one UID for two events", []string{vevent("DTSTART:20260701T100000Z"), vevent("DTSTART:20260702T100000Z")}, Reading{}, "01T10:00/01T10:00 02T10:00/02T10:00"},
		{"DTEND without zone", []string{vevent("DTSTART;TZID=Europe/Berlin:20260701T100000", "DTEND:20260701T120000")}, Reading{}, "01T08:00/01T10:00 end-zone"},
		{"no start", []string{vevent("SUMMARY:x")}, Reading{}, " no-effect"},
		{"no UID", []string{"BEGIN:VEVENT\nDTSTART:20260701T100000Z\nEND:VEVENT"}, Reading{}, "01T10:00/01T10:00 no-uid"},
		{"writer's slips", []string{vevent("dtstart;tzid=Europe/Berlin:20260720t100000", "duration:pt1h", "rrule:freq=weekly;;interval=1;")}, Reading{}, "20T08:00/20T09:00 27T08:00/27T09:00"},
		{"lower case", []string{vevent("dtstart:20260706t100000z", "duration:PT1H", "rrule:freq=weekly;count=2;")}, Reading{}, "06T10:00/06T11:00 13T10:00/13T11:00"},
	}
	july := calendar.Interval{Start: time.Date(2026, 6, 30, 0, 0, 0, 0, time.UTC), End: time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)}
	for _, tt := range tests {
		events, warnings, err := read(t, vcalendar(tt.lines...), tt.o)
		var got []string
		for i := range events {
			for iv := range events[i].Occurrences(july) {
				s := iv.Start.UTC().Format("02T15:04") + "/" + iv.End.UTC().Format("02T15:04")
				if events[i].Status == Cancelled {
					s += "!"
				}
				got = append(got, s)
			}
		}
		for _, w := range warnings {
			got = append(got, string(w.Kind))
		}
		text := strings.Join(got, " ")
		if err != nil {
			text = "error"
		}
		if text != strings.TrimSpace(tt.want) {
			t.Errorf("%s: %s (%v), want %s", tt.name, text, err, tt.want)
		}
	}
}

// TestReadFaults: every fault with its place, all of them at once.
func TestReadFaults(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"date", vcalendar(vevent("DTSTART:20260230")), `line 4, column 9: DTSTART: "20260230" is no date or time of the calendar`},
		{"folded value", vcalendar(vevent("DTSTART;TZID=Nowh\n ere:20260201T000000")), `line 5, column 6: DTSTART: unknown time zone "Nowhere": neither an IANA nor a Windows name, and the file has no VTIMEZONE for it`},
		{"second of a list", vcalendar(vevent("DTSTART:20260201", "EXDATE:20260202,xyz")), `line 5, column 17: EXDATE: "xyz" is neither a date such as 20260131 nor a date-time such as 20260131T090000 or 20260131T090000Z`},
		{"rule", vcalendar(vevent("DTSTART:20260201", "RRULE:FREQ=DAILY;COUNT=0")), `line 5, column 18: RRULE: COUNT: "0" is not a number from 1 to 100000; to end a rule later use UNTIL`},
		{"range", vcalendar(vevent("DTSTART:20260201", "RECURRENCE-ID;RANGE=THISANDFUTURE:20260301")), "line 5, column 35: RECURRENCE-ID with RANGE=THISANDFUTURE changes a whole rest of a series"},
		{"swapped", vcalendar(vevent("DTSTART:20260201", "DTEND:20260101")), "line 5, column 7: DTEND 20260101 is before DTSTART 20260201; are they swapped?"},
		{"mixed", vcalendar(vevent("DTSTART:20260201", "DTEND:20260202T000000Z")), "line 5, column 7: DTSTART and DTEND must both be dates or both be date-times"},
		{"floating start", vcalendar(vevent("DTSTART:20260201T000000", "DTEND:20260202T000000Z")), "line 5, column 7: DTSTART floats (has no zone) and DTEND does not"},
		{"end and length", vcalendar(vevent("DTSTART:20260201", "DTEND:20260202", "DURATION:P1D")), "line 6, column 10: DURATION beside DTEND; keep one"},
		{"negative length", vcalendar(vevent("DTSTART:20260201", "DURATION:-P1D")), "line 5, column 10: a negative DURATION; an event ends after it starts"},
		{"two starts", vcalendar(vevent("DTSTART:20260201", "DTSTART:20260202")), "line 5, column 9: a second DTSTART in one event; the first is in line 4"},
		{"sequence", vcalendar(vevent("DTSTART:20260201", "SEQUENCE:one")), `line 5, column 10: SEQUENCE "one" is no number`},
		{"all at once", vcalendar(vevent("DTSTART:2026"), vevent("DTSTART:2027")), `line 8, column 9`},
	}
	for _, tt := range tests {
		events, _, err := read(t, tt.text, Reading{})
		if err == nil || !strings.Contains(err.Error(), tt.want) || events != nil {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
	if _, _, err := read(t, vcalendar(), Reading{Zone: "Local"}); err == nil {
		t.Error("the host's zone was taken")
	}
}

// TestWallEnds: the night of a clock change, by the RFC and by the clock.
func TestWallEnds(t *testing.T) {
	text := vcalendar("X-CALENDAR-TYPE:DEFAULT_CLOSED", vevent("DTSTART;TZID=Europe/Berlin:20261020T220000", "DTEND;TZID=Europe/Berlin:20261021T060000", "RRULE:FREQ=DAILY"))
	night := calendar.Interval{Start: time.Date(2026, 10, 24, 12, 0, 0, 0, time.UTC), End: time.Date(2026, 10, 25, 12, 0, 0, 0, time.UTC)}
	for wall, want := range map[bool]string{false: "8h0m0s", true: "9h0m0s"} {
		f, err := Parse(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		c, _, err := f.Calendar(Reading{WallEnds: wall})
		if err != nil {
			t.Fatal(err)
		}
		open, err := c.Open(night, calendar.Subject{})
		if err != nil || fmt.Sprint(open.Total()) != want {
			t.Errorf("WallEnds %t: open for %v (%v), want %s", wall, open.Total(), err, want)
		}
	}
}

// TestCalendarKinds: what the events of a file become, and what is said of those that become nothing.
func TestCalendarKinds(t *testing.T) {
	event := vevent("DTSTART:20260701T100000Z", "DTEND:20260701T120000Z", "SUMMARY:Freeze")
	tests := []struct {
		name, text string
		o          Reading
		want       string
	}{
		{"closed", vcalendar("X-CALENDAR-TYPE:DEFAULT_CLOSED", event), Reading{}, "closed x:maintenance"},
		{"open", vcalendar("X-CALENDAR-TYPE:DEFAULT_OPEN", "X-WR-CALNAME:n", event), Reading{}, "open n x:blackout"},
		{"kind given", vcalendar(event), Reading{Kind: calendar.Freeze}, "x:freeze"},
		{"no kind", vcalendar(event), Reading{}, "kind: the file does not say whether its events open or close; set Reading.Kind"},
		{"unknown type", vcalendar("X-CALENDAR-TYPE:HALF_OPEN", event), Reading{}, `line 2, column 17: X-CALENDAR-TYPE "HALF_OPEN" is neither DEFAULT_OPEN nor DEFAULT_CLOSED`},
		{"contradiction", vcalendar("X-CALENDAR-TYPE:DEFAULT_OPEN") + vcalendar("X-CALENDAR-TYPE:DEFAULT_CLOSED"), Reading{}, "line 5, column 17: X-CALENDAR-TYPE contradicts line 2; read the calendars one by one"},
		{"no clock", vcalendar(vevent("DTSTART:20260701")), Reading{Kind: calendar.Blackout}, "line 2, column 1: the event has no time zone; set Reading.Zone to the clock it is meant on"},
		{"cancelled", vcalendar(vevent("DTSTART:20260701", "STATUS:CANCELLED")), Reading{Kind: calendar.Blackout}, "[line 2: event x is cancelled: no window (no-effect)]"},
		{"transparent", vcalendar(vevent("DTSTART:20260701", "TRANSP:TRANSPARENT")), Reading{Kind: calendar.Blackout}, "[line 2: event x is transparent: no window (no-effect)]"},
		{"transparent taken", vcalendar(vevent("DTSTART:20260701", "TRANSP:TRANSPARENT")), Reading{Kind: calendar.Blackout, Zone: "UTC", Transparent: true}, "x:blackout"},
		{"point", vcalendar(vevent("DTSTART:20260701T000000Z")), Reading{Kind: calendar.Blackout}, "[line 2: event x has no length: no window (no-effect)]"},
		{"never", vcalendar(vevent("DTSTART:20260701", "RRULE:FREQ=DAILY;COUNT=1", "EXDATE:20260701")), Reading{Kind: calendar.Blackout, Zone: "UTC"}, "[line 2: event x never occurs: no window (no-effect)]"},
		{"override", vcalendar(event, vevent("RECURRENCE-ID:20260701T100000Z", "DTSTART:20260702T100000Z", "DURATION:PT1H")), Reading{Kind: calendar.Blackout}, "x/20260701T100000Z:blackout [line 2: event x never occurs: no window (no-effect)]"},
		{"UID twice", vcalendar(event, vevent("DTSTART:20260801T100000Z", "DURATION:PT1H")), Reading{Kind: calendar.Blackout}, "x:blackout x#2:blackout"},
	}
	for _, tt := range tests {
		f, err := Parse(strings.NewReader(tt.text))
		if err != nil {
			t.Fatal(err)
		}
		c, warnings, err := f.Calendar(tt.o)
		var got []string
		if err != nil {
			got = append(got, err.Error())
		} else {
			for _, s := range []string{string(c.Default), c.ID} {
				if s != "" {
					got = append(got, s)
				}
			}
			for _, w := range c.Windows {
				got = append(got, w.ID+":"+string(w.Kind))
			}
			if len(warnings) > 0 {
				got = append(got, fmt.Sprint(warnings))
			}
		}
		if text := strings.Join(got, " "); text != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, text, tt.want)
		}
	}
}

// TestReadBounds: files that would multiply work or faults are refused, and soon.
func TestReadBounds(t *testing.T) {
	var zones, shared []string
	for i := range maxZones + 1 {
		zones = append(zones, vevent(fmt.Sprintf("DTSTART;TZID=Z%d:20260101T000000", i)))
	}
	for i := range maxShared + 1 {
		shared = append(shared, vevent(fmt.Sprintf("DTSTART:202601%02d", i+1)))
	}
	shared = append(shared, vevent("RECURRENCE-ID:20260101", "DTSTART:20260201"))
	for name, tt := range map[string]struct {
		text, want string
		faults     int
	}{
		"faults":   {vcalendar(vevent("DTSTART:20260101", "EXDATE:"+strings.Repeat("x,", 100_000))), `"x" is neither`, maxReadFaults},
		"zones":    {vcalendar(zones...), "unknown time zone", maxReadFaults},
		"shared":   {vcalendar(shared...), "17 events have the UID x", 1},
		"observed": {vcalendar("BEGIN:VTIMEZONE\nTZID:Q\n"+strings.Repeat("BEGIN:STANDARD\nDTSTART:20200101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0100\nEND:STANDARD\n", maxObservances+1)+"END:VTIMEZONE", vevent("DTSTART;TZID=Q:20260101T000000")), "more than 200 observances", 1},
		"changes": {vcalendar("BEGIN:VTIMEZONE\nTZID:Q\nBEGIN:STANDARD\nDTSTART:19000101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYDAY=SU\nEND:STANDARD\nEND:VTIMEZONE", vevent("DTSTART;TZID=Q:20260101T000000")),
			"more than 2000 clock changes", 1},
	} {
		_, _, err := read(t, tt.text, Reading{})
		if err == nil || !strings.Contains(err.Error(), tt.want) || len(strings.Split(err.Error(), "\n")) != tt.faults {
			t.Errorf("%s: %.300v, want %d of %s", name, err, tt.faults, tt.want)
		}
	}
	for _, name := range []string{"", "Local", "localtime", "posixrules", "right/Europe/Berlin", "../Europe/Berlin", "/etc/localtime"} {
		if loc := ianaZone(name); loc != nil {
			t.Errorf("%q was taken for a zone, %v", name, loc)
		}
	}
}
