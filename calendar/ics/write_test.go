package ics

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// TestWriteFaults: all faults of a feed, each with its path.
func TestWriteFaults(t *testing.T) {
	rec := calendar.MustParseRecurrence
	days := rec("DTSTART;VALUE=DATE:20260101")
	feed := Feed{AWS: "half", Events: []Event{
		{},
		{UID: "a", Starts: days, Length: calendar.Exactly(time.Hour), Sequence: -1, Status: "MAYBE"},
		{UID: "a", Starts: rec("DTSTART:20260101T000000"), EndWall: calendar.At(6, 0), URL: "x\ny"},
		{UID: "b", Starts: rec("DTSTART:20260101T000000Z"), Length: calendar.Exactly(-1), Instance: "soon"},
		{UID: "c", Starts: rec("DTSTART:20260101T000000Z"), Length: calendar.Exactly(1500 * time.Millisecond)},
		{UID: "d", Starts: rec("DTSTART:20260101T000000Z"), Length: calendar.Exactly(time.Hour), EndWall: calendar.At(6, 0)},
	}}
	var b bytes.Buffer
	err := Write(&b, feed)
	want := []string{
		`aws: "half" is neither open nor closed`, "stamp: is missing", "events[0].uid: is missing", "events[0].starts: is missing",
		"events[1].sequence: -1 is negative", `events[1].status: "MAYBE" is not`, "events[1].length: of an all-day event is a number of days",
		`events[2].uid: "a" is also the uid of events[1]`, "events[2].endWall: of a floating event", "events[2].url: has control characters",
		"events[3].length: must be positive", `events[3].instance: "soon" is neither a date`, "events[4].length: 1.5s is not a whole number", "events[5].length: and endWall are both given",
	}
	if err == nil || !errors.Is(err, ErrInvalid) || b.Len() > 0 {
		t.Fatalf("%v, and %d octets were written", err, b.Len())
	}
	lines := strings.Split(err.Error(), "\n")
	for i, w := range want {
		if i >= len(lines) || !strings.Contains(lines[i], w) && !strings.Contains(strings.ReplaceAll(lines[i], "PT1.5S", "1.5s"), w) {
			t.Errorf("fault %d: %q, want %q", i, lines[min(i, len(lines)-1)], w)
		}
	}
	if len(lines) != len(want) {
		t.Errorf("%d faults, want %d", len(lines), len(want))
	}
	crowd := Feed{Stamp: date(2026), Covers: twoYears, Events: []Event{{UID: "x", Starts: rec("DTSTART:20260101T000000Z\nRRULE:FREQ=MINUTELY"), Length: calendar.Exactly(time.Second)}}}
	if err := Write(&b, crowd); err == nil || !strings.Contains(err.Error(), "events[0].starts: more than 20000 occurrences") {
		t.Errorf("a crowd of events: %v", err)
	}
}

// TestWriteFloating: what floats is written so, for its readers' own clocks.
func TestWriteFloating(t *testing.T) {
	rec := calendar.MustParseRecurrence
	var b bytes.Buffer
	err := Write(&b, Feed{Stamp: date(2026), Events: []Event{
		{UID: "day", Starts: rec("DTSTART;VALUE=DATE:20261224\nRRULE:FREQ=YEARLY"), Length: calendar.Duration{Days: 3}, Transparent: true, Replaced: []string{"20271224", "20281224"}},
		{UID: "day", Instance: "20271224", Starts: rec("DTSTART;VALUE=DATE:20271223")},
		{UID: "noon", Starts: rec("DTSTART:20260101T120000"), Length: calendar.Duration{Days: 1, Exact: time.Hour}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"DTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261227\r\nRRULE:FREQ=YEARLY\r\nEXDATE;VALUE=DATE:20281224\r\nTRANSP:TRANSPARENT",
		"RECURRENCE-ID;VALUE=DATE:20271224\r\nDTSTART;VALUE=DATE:20271223\r\nDTEND;VALUE=DATE:20271224", "DTSTART:20260101T120000\r\nDURATION:P1DT1H",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in\n%s", want, b.String())
		}
	}
	if err := Write(&b, Feed{Stamp: date(2026), Events: []Event{{UID: "x", Starts: rec("DTSTART:20260101T120000\nRRULE:FREQ=DAILY"), Replaced: []string{"20260102"}}}}); err == nil {
		t.Error("a day was taken out of floating times")
	}
}

// TestWindowEvents: windows of whole days and floating times are set on the calendar's clock.
func TestWindowEvents(t *testing.T) {
	c := &calendar.Calendar{Zone: "Europe/London", Windows: []calendar.Window{
		{ID: "days", Kind: calendar.Blackout, Starts: calendar.MustParseRecurrence("DTSTART;VALUE=DATE:20260328\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE;VALUE=DATE:20260330"), Reason: "quarter end"},
		{ID: "hours", Kind: calendar.Freeze, Starts: calendar.MustParseRecurrence("DTSTART:20260101T120000"), Length: calendar.Exactly(time.Hour)},
	}}
	events, err := WindowEvents(c)
	if err != nil {
		t.Fatal(err)
	}
	if len(events) != 2 || events[0].Summary != "quarter end" || events[1].Summary != "hours" || events[1].Categories[0] != "freeze" {
		t.Errorf("%+v", events)
	}
	var got []string
	for iv := range events[0].Occurrences(twoYears) {
		got = append(got, iv.String())
	}
	if text := strings.Join(got, " "); text != "[2026-03-28T00:00:00Z, 2026-03-29T00:00:00Z) [2026-03-29T00:00:00Z, 2026-03-29T23:00:00Z)" {
		t.Errorf("days at %s", text)
	}
	if _, err := WindowEvents(&calendar.Calendar{Windows: []calendar.Window{{}}}); !errors.Is(err, ErrInvalid) {
		t.Errorf("an invalid calendar gave %v", err)
	}
}
