package ics

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// twoYears is what the export covers: clock changes of both hemispheres, four times.
var twoYears = calendar.Interval{Start: date(2026), End: date(2028)}

// exported is a feed of all that makes readers disagree.
func exported() Feed {
	rec := calendar.MustParseRecurrence
	night := calendar.At(6, 0)
	zoned := func(id, text string, length calendar.Duration, end calendar.EndWall) Event {
		return Event{UID: id, Summary: id, Starts: rec(text), Length: length, EndWall: end, Status: Confirmed}
	}
	hours := func(n int) calendar.Duration { return calendar.Exactly(time.Duration(n) * time.Hour) }
	none := calendar.EndWall{}
	return Feed{
		Name: "Change calendar, Überwachung; \\ all", Stamp: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Covers: twoYears,
		Events: []Event{
			zoned("nights", "DTSTART;TZID=Europe/London:20260101T220000\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,SA", calendar.Duration{}, night),
			zoned("weekend", "DTSTART;TZID=Europe/Berlin:20260102T180000\nRRULE:FREQ=WEEKLY;BYDAY=FR", calendar.Duration{}, calendar.EndWall{Hour: 8, HasWeekday: true, Weekday: time.Monday}),
			zoned("exact-day", "DTSTART;TZID=America/New_York:20260101T120000\nRRULE:FREQ=DAILY", hours(24), none),
			zoned("nominal-day", "DTSTART;TZID=America/New_York:20260101T120000\nRRULE:FREQ=DAILY;INTERVAL=2", calendar.Duration{Days: 1}, none),
			zoned("in-the-gap", "DTSTART;TZID=Europe/Berlin:20260101T023000\nRRULE:FREQ=DAILY", hours(1), none),
			zoned("in-the-fold", "DTSTART;TZID=America/New_York:20260101T013000\nRRULE:FREQ=WEEKLY;BYDAY=SU", hours(2), none),
			zoned("lord-howe", "DTSTART;TZID=Australia/Lord_Howe:20260101T233000\nRRULE:FREQ=DAILY", hours(6), none),
			zoned("santiago", "DTSTART;TZID=America/Santiago:20260101T233000\nRRULE:FREQ=WEEKLY;BYDAY=SA", hours(2), none),
			zoned("month-end", "DTSTART;TZID=Europe/London:20260130T090000\nRRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", hours(9), none),
			zoned("outside-its-rule", "DTSTART;TZID=Europe/London:20260101T090000\nRRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=10", hours(3), none),
			zoned("until-local", "DTSTART;TZID=Asia/Kathmandu:20260105T090000\nRRULE:FREQ=WEEKLY;UNTIL=20261005T090000", hours(3), none),
			zoned("until-day", "DTSTART;TZID=Asia/Tokyo:20260105T090000\nRRULE:FREQ=DAILY;UNTIL=20260131", hours(3), none),
			zoned("without", "DTSTART;TZID=Europe/Dublin:20260105T090000\nRRULE:FREQ=DAILY;COUNT=40\nEXDATE;TZID=Europe/Dublin:20260106T090000,20260107T090000", hours(3), none),
			zoned("added", "DTSTART:20260105T090000Z\nRRULE:FREQ=MONTHLY\nRDATE:20260120T100000Z", hours(3), none),
			zoned("periods", "DTSTART:20260105T090000Z\nRDATE;VALUE=PERIOD:20260120T100000Z/PT5H,20260121T100000Z/PT7H", hours(3), none),
			zoned("fifth-friday", "DTSTART;TZID=Africa/Casablanca:20260130T200000\nRRULE:FREQ=MONTHLY;BYDAY=5FR", hours(10), none),
			// A series with an override, and one whose override was left out of the feed.
			{UID: "moved", Starts: rec("DTSTART;TZID=Europe/London:20260105T090000\nRRULE:FREQ=WEEKLY"), Length: hours(2), Replaced: []string{"20260119T090000Z", "20260706T080000Z", "20261026T090000Z"}},
			{UID: "moved", Instance: "20260119T090000Z", Starts: rec("DTSTART;TZID=Europe/London:20260120T120000"), Length: hours(4)},
			{UID: "moved", Instance: "20261026T090000Z", Starts: rec("DTSTART;TZID=Europe/London:20261024T200000"), Length: hours(20)},
			{UID: "torn", Starts: rec("DTSTART;TZID=Europe/Berlin:20260325T023000\nRRULE:FREQ=DAILY;COUNT=9"), Length: hours(1), Replaced: []string{"20260326T013000Z"}},
			{UID: "torn", Instance: "20260326T013000Z", Starts: rec("DTSTART:20260420T120000Z"), Length: hours(4)},
			{UID: "CHG-1/deploy", Sequence: 3, Summary: "Deploy, first stage; \"quoted\" 100 % – " + strings.Repeat("größer ", 30),
				Description: "two\nlines", Categories: []string{"a,b", "c"}, URL: "https://example.org/?a=1;b=2,3",
				Starts: calendar.Once(time.Date(2026, 10, 25, 0, 30, 0, 0, zone("Europe/London"))), Length: hours(2)},
			{UID: "CHG-2", Sequence: 1, Status: Cancelled, Starts: calendar.Once(time.Date(2026, 5, 1, 9, 0, 0, 0, zone("Europe/Paris"))), Length: hours(2)},
		},
	}
}

func zone(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return loc
}

// instants lists start and end of all occurrences of the feed, sorted.
func instants(feed Feed) []string {
	var list [][2]int64
	for i := range feed.Events {
		for iv := range feed.Events[i].Occurrences(feed.Covers) {
			list = append(list, [2]int64{iv.Start.Unix(), iv.End.Unix()})
		}
	}
	slices.SortFunc(list, func(a, b [2]int64) int { return slices.Compare(a[:], b[:]) })
	rows := make([]string, len(list))
	for i, r := range list {
		rows[i] = fmt.Sprint(r[0], " ", r[1])
	}
	return rows
}

// TestForeignReaders has other programs read what Write wrote; both must come to
// the instants that the feed means, over two years. It runs with each reader that
// is installed: python3 with icalendar and recurring-ical-events, node with ical.js.
func TestForeignReaders(t *testing.T) {
	feed := exported()
	var b bytes.Buffer
	if err := Write(&b, feed); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "feed.ics")
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	want := instants(feed)
	for _, reader := range []struct{ name, program, probe, flag, script string }{
		{"recurring-ical-events", "python3", "import icalendar, recurring_ical_events", "-c", "testdata/expand.py"},
		{"ical.js", "node", "require('ical.js')", "-e", "testdata/expand.cjs"},
	} {
		t.Run(reader.name, func(t *testing.T) {
			if out, err := exec.Command(reader.program, reader.flag, reader.probe).CombinedOutput(); err != nil {
				_, last, _ := cutLast(strings.TrimSpace(string(out)))
				t.Skipf("%s with %s is not installed: %v %s", reader.program, reader.name, err, last)
			}
			out, err := exec.Command(reader.program, reader.script, file, fmt.Sprint(feed.Covers.Start.Unix()), fmt.Sprint(feed.Covers.End.Unix())).Output()
			if err != nil {
				t.Fatalf("%v: %s", err, err.(*exec.ExitError).Stderr)
			}
			var got []string
			for s := bufio.NewScanner(bytes.NewReader(out)); s.Scan(); {
				got = append(got, s.Text())
			}
			t.Logf("%d occurrences read, %d meant", len(got), len(want))
			compare(t, got, want)
		})
	}
}

func cutLast(s string) (before, last string, found bool) {
	i := strings.LastIndexByte(s, '\n')
	return s[:max(i, 0)], s[i+1:], i >= 0
}

func compare(t *testing.T, got, want []string) {
	t.Helper()
	shown := 0
	tell := func(what, row string) {
		if shown++; shown <= 12 {
			var a, b int64
			fmt.Sscan(row, &a, &b)
			t.Errorf("%s: %s to %s", what, time.Unix(a, 0).UTC().Format(time.RFC3339), time.Unix(b, 0).UTC().Format(time.RFC3339))
		}
	}
	for i, j := 0, 0; i < len(got) || j < len(want); {
		switch {
		case i < len(got) && j < len(want) && got[i] == want[j]:
			i, j = i+1, j+1
		case j == len(want) || i < len(got) && less(got[i], want[j]):
			tell("read but not meant", got[i])
			i++
		default:
			tell("meant but not read", want[j])
			j++
		}
	}
}

func less(a, b string) bool {
	var x, y [2]int64
	fmt.Sscan(a, &x[0], &x[1])
	fmt.Sscan(b, &y[0], &y[1])
	return slices.Compare(x[:], y[:]) < 0
}

// TestWriteReadBack has this package itself read what it wrote.
func TestWriteReadBack(t *testing.T) {
	feed := exported()
	var b bytes.Buffer
	if err := Write(&b, feed); err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(b.String(), "\r\n") {
		if len(line) > lineOctets || strings.ContainsAny(line, "\r\n") {
			t.Errorf("line %d has %d octets: %q", i+1, len(line), line)
		}
	}
	f, err := Parse(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	events, warnings, err := f.Events(Reading{})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range warnings {
		// Morocco's changes follow the moon, so they are written by date for the time covered only.
		if w.Kind != ZoneDiffers || !strings.Contains(w.Text, "Casablanca") {
			t.Errorf("warning %v", w)
		}
	}
	compare(t, instants(Feed{Covers: feed.Covers, Events: events}), instants(feed))
	find := func(uid string) Event {
		for _, e := range events {
			if e.UID == uid {
				return e
			}
		}
		t.Fatalf("%s is lost", uid)
		return Event{}
	}
	last, want := find("CHG-1/deploy"), feed.Events[len(feed.Events)-2]
	if last.Summary != want.Summary || last.Description != want.Description || !slices.Equal(last.Categories, want.Categories) || last.URL != want.URL || last.Sequence != 3 {
		t.Errorf("read back %+v, want %+v", last, want)
	}
	if cancelled := find("CHG-2"); cancelled.Status != Cancelled || cancelled.Sequence != 1 {
		t.Errorf("read back %+v, want it cancelled", cancelled)
	}
	var again bytes.Buffer
	if err := Write(&again, feed); err != nil || !bytes.Equal(again.Bytes(), b.Bytes()) {
		t.Errorf("a second Write differs (%v)", err)
	}
}
