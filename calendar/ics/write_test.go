package ics

import (
	"bytes"
	"errors"
	"slices"
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
	b.Reset()
	covers := calendar.Interval{Start: date(2026), End: time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)}
	if err := Write(&b, Feed{Stamp: date(2026), Covers: covers, Events: []Event{{UID: "x", Starts: rec("DTSTART:20260101T120000\nRRULE:FREQ=DAILY"), Replaced: []string{"20260102"}}}}); err != nil {
		t.Fatal(err)
	}
	for uid, want := range map[string]bool{"x/20260101T120000": true, "x/20260102T120000": false, "x/20260103T120000": true, "x/20260104T120000": true} {
		if strings.Contains(b.String(), "UID:"+uid+"\r\n") != want {
			t.Errorf("%s is written or not, against what is wanted:\n%s", uid, b.String())
		}
	}
}

// TestOwnLinesStayInside: lines that only this module reads do not come into a file, and what they say
// is kept where a file can say it.
func TestOwnLinesStayInside(t *testing.T) {
	p := calendar.Parser{IncludeStart: true, SkipGaps: true}
	for _, start := range []string{"DTSTART;VALUE=DATE:20260106", "DTSTART:20260106T013000", "DTSTART;TZID=Europe/London:20260106T013000", "DTSTART:20260106T013000Z"} {
		for _, rule := range []string{"FREQ=WEEKLY;BYDAY=MO", "FREQ=WEEKLY;BYDAY=MO;COUNT=4", "FREQ=DAILY;UNTIL=20260110", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO"} {
			starts, err := p.Recurrence(start + "\nRRULE:" + rule)
			if err != nil {
				t.Fatal(err)
			}
			e := Event{UID: "x", Starts: starts, Length: calendar.Exactly(time.Hour)}
			if starts.AllDay() {
				e.Length = calendar.Duration{Days: 1}
			}
			var b bytes.Buffer
			if err := Write(&b, Feed{Stamp: date(2026), Covers: twoYears, Events: []Event{e}}); err != nil {
				t.Fatalf("%q: %v", starts, err)
			}
			if strings.Contains(strings.ToUpper(b.String()), "X-SLACKWATER") {
				t.Errorf("%q: a line of our own in\n%s", starts, b.String())
			}
			sameAfterReading(t, starts, b.Bytes())
		}
	}
}

// sameAfterReading reads a file of one series and compares its starts, those that float on UTC's clock.
func sameAfterReading(t interface{ Fatalf(string, ...any) }, starts calendar.Recurrence, file []byte) {
	f, err := Parse(bytes.NewReader(file))
	if err != nil {
		t.Fatalf("%v\n%s", err, file)
	}
	events, _, err := f.Events(Reading{})
	if err != nil {
		t.Fatalf("%v\n%s", err, file)
	}
	var got []int64
	for i := range events {
		rec, err := events[i].starts()
		if err != nil {
			t.Fatalf("%v\n%s", err, file)
		}
		got = append(got, firstStarts(rec.In(time.UTC), twoYears)...)
	}
	slices.Sort(got)
	if want := firstStarts(starts.In(time.UTC), twoYears); !slices.Equal(slices.Compact(got), want) {
		t.Fatalf("%q\nis read as %d, want %d starts: %v\n%s", starts, len(got), len(want), got, file)
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

// TestExcludedStartStillCounts: COUNT counts a DTSTART that the rule does not select, also where an
// EXDATE takes it out or an RDATE adds it.
func TestExcludedStartStillCounts(t *testing.T) {
	for _, tt := range []struct{ extra, want string }{
		{"", "01 02 05"},
		{"EXDATE:20260101T093000\r\n", "02 05"},
		{"RDATE:20260101T093000\r\n", "01 02 05"},
		{"RDATE:20260110T093000\r\nEXDATE;VALUE=DATE:20260101\r\n", "02 05 10"},
	} {
		f, err := Parse(strings.NewReader("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:x\r\nDTSTART:20260101T093000\r\nRRULE:FREQ=WEEKLY;COUNT=3;BYDAY=MO,FR\r\n" +
			tt.extra + "END:VEVENT\r\nEND:VCALENDAR\r\n"))
		if err != nil {
			t.Fatal(err)
		}
		events, _, err := f.Events(Reading{Zone: "UTC"})
		if err != nil || len(events) != 1 {
			t.Fatal(events, err)
		}
		var got []string
		for at := range events[0].Starts.Starts(twoYears) {
			got = append(got, at.Format("02"))
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%q: %v, want %s", tt.extra, got, tt.want)
		}
	}
}
