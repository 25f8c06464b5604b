package ics

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/calendar"
)

// zoneNames have clocks that change in every way there is.
var zoneNames = []string{
	"Europe/London", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Europe/Dublin",
	"Africa/Casablanca", "Asia/Kathmandu", "Asia/Tokyo", "America/Sao_Paulo", "Pacific/Apia", "Pacific/Auckland", "UTC",
}

// TestZoneWrittenIsRead: the VTIMEZONE that is written, read again and built, has
// the clock that it was made of.
func TestZoneWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loc := zone(rapid.SampledFrom(zoneNames).Draw(t, "zone"))
		from := date(rapid.IntRange(1950, 2060).Draw(t, "year"))
		to := from.AddDate(rapid.IntRange(0, 12).Draw(t, "years"), 5, 0)
		list, err := onsets(vtimezone(loc, from, to))
		if err != nil {
			t.Fatal(err)
		}
		built, err := buildZone("X", list)
		if err != nil {
			t.Fatal(err)
		}
		if at, differs := firstDifference(built, loc, from, to); differs {
			t.Fatalf("%s differs at %v", loc, at)
		}
	})
}

func genWindow(t *rapid.T, id string) calendar.Window {
	name := rapid.SampledFrom(zoneNames).Draw(t, "zone")
	tzid, z := ";TZID="+name, ""
	if name == "UTC" {
		tzid, z = "", "Z"
	}
	start := time.Date(2026, time.Month(rapid.IntRange(1, 12).Draw(t, "month")), rapid.IntRange(1, 28).Draw(t, "day"),
		rapid.IntRange(0, 23).Draw(t, "hour"), rapid.SampledFrom([]int{0, 30}).Draw(t, "minute"), 0, 0, time.UTC)
	rule := rapid.SampledFrom([]string{
		"", "FREQ=DAILY", "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;BYDAY=MO,WE,FR", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO", "FREQ=MONTHLY;BYDAY=-1FR",
		"FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "FREQ=YEARLY;BYMONTH=5;BYDAY=-1SU", "FREQ=DAILY;COUNT=20",
		"FREQ=WEEKLY;BYDAY=MO;COUNT=5", "FREQ=WEEKLY;UNTIL=20270301", "FREQ=DAILY;UNTIL=20261101T000000", "FREQ=DAILY;BYHOUR=2,14",
	}).Draw(t, "rule")
	kind := rapid.SampledFrom([]string{"zoned", "zoned", "zoned", "floating", "days"}).Draw(t, "clock")
	w := calendar.Window{ID: id, Kind: rapid.SampledFrom([]calendar.Kind{calendar.Blackout, calendar.Maintenance}).Draw(t, "kind")}
	day := start.Format(dateLayout)
	text := "DTSTART" + tzid + ":" + start.Format(dateTimeLayout) + z
	switch kind {
	case "floating":
		text, tzid = "DTSTART:"+start.Format(dateTimeLayout), ""
	case "days":
		text = "DTSTART;VALUE=DATE:" + day
		rule = strings.ReplaceAll(rule, ";BYHOUR=2,14", "")
		rule = strings.ReplaceAll(rule, "T000000", "")
	}
	if rule != "" {
		text += "\nRRULE:" + rule
	}
	if rapid.Bool().Draw(t, "except") {
		text += "\nEXDATE;VALUE=DATE:" + start.AddDate(0, 0, 7).Format(dateLayout)
	}
	if kind == "zoned" && rapid.Bool().Draw(t, "added") {
		text += "\nRDATE:20260704T101500Z"
	}
	w.Starts = calendar.MustParseRecurrence(text)
	switch rapid.IntRange(0, 3).Draw(t, "length") {
	case 0:
		w.Length = calendar.Duration{Days: rapid.IntRange(1, 3).Draw(t, "days")}
	case 1:
		w.EndWall = calendar.EndWall{Hour: 6, Days: rapid.IntRange(1, 2).Draw(t, "days")}
	case 2:
		w.EndWall = calendar.EndWall{Hour: 8, HasWeekday: true, Weekday: time.Monday}
	default:
		w.Length = calendar.Exactly(time.Duration(rapid.IntRange(1, 60).Draw(t, "hours")) * time.Hour)
	}
	return w
}

// TestWindowsWrittenAreRead: windows of all kinds, written and read back, close
// the same instants over the time that the feed covers.
func TestWindowsWrittenAreRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := &calendar.Calendar{Zone: "America/New_York"}
		for i := range rapid.IntRange(1, 3).Draw(t, "windows") {
			c.Windows = append(c.Windows, genWindow(t, fmt.Sprintf("w%d", i)))
			c.Windows[i].Kind = c.Windows[0].Kind
		}
		if err := c.Validate(); err != nil {
			return // a rule that never matches
		}
		covers := calendar.Interval{Start: date(2026), End: date(2028)}
		events, err := WindowEvents(c)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := Write(&b, Feed{Stamp: date(2026), Covers: covers, Events: events}); err != nil {
			t.Fatal(err)
		}
		f, err := Parse(bytes.NewReader(b.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		back, _, err := f.Calendar(Reading{Kind: c.Windows[0].Kind})
		if err != nil {
			t.Fatalf("%v\n%s", err, b.String())
		}
		inside := calendar.Interval{Start: covers.Start.AddDate(0, 0, 10), End: covers.End.AddDate(0, 0, -10)}
		want, err := c.Open(inside, calendar.Subject{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := back.Open(inside, calendar.Subject{})
		if err != nil {
			t.Fatal(err)
		}
		if !got.Equal(want) {
			for _, e := range events {
				t.Logf("%s\nlength %v end %v", e.Starts, e.Length, e.EndWall)
			}
			t.Fatalf("closed differently: %v", spans(got.Subtract(want).Union(want.Subtract(got))))
		}
	})
}

// TestPlainTimesWrittenAreRead: series without a zone, whatever their rule makes of DTSTART.
func TestPlainTimesWrittenAreRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := time.Date(2026, time.Month(rapid.IntRange(1, 12).Draw(t, "month")), rapid.IntRange(1, 28).Draw(t, "day"), 9, 30, 0, 0, time.UTC)
		head, length := "DTSTART:"+start.Format(dateTimeLayout), calendar.Exactly(time.Hour)
		days := rapid.Bool().Draw(t, "days")
		if days {
			head, length = "DTSTART;VALUE=DATE:"+start.Format(dateLayout), calendar.Duration{Days: 2}
		}
		rule := rapid.SampledFrom([]string{
			"FREQ=DAILY;INTERVAL=9", "FREQ=WEEKLY;BYDAY=MO,FR", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO", "FREQ=WEEKLY;INTERVAL=3;BYDAY=SU,MO;WKST=SU",
			"FREQ=MONTHLY;BYDAY=-1FR", "FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=MONTHLY;INTERVAL=5;BYMONTHDAY=1,-1", "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1,-1",
			"FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "FREQ=YEARLY;BYWEEKNO=1,20;BYDAY=MO,SU", "FREQ=YEARLY;BYYEARDAY=-1,100", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
		}).Draw(t, "rule")
		if n := rapid.IntRange(0, 6).Draw(t, "count"); n > 0 {
			rule += fmt.Sprintf(";COUNT=%d", n)
		} else if rapid.Bool().Draw(t, "until") {
			rule += ";UNTIL=20270301"
		}
		text := head + "\nRRULE:" + rule
		if rapid.Bool().Draw(t, "except") {
			text += "\nEXDATE;VALUE=DATE:" + start.AddDate(0, 0, rapid.IntRange(0, 9).Draw(t, "after")).Format(dateLayout)
		}
		if rapid.IntRange(0, 3).Draw(t, "added") == 0 {
			text += "\nRDATE" + strings.TrimPrefix(strings.ReplaceAll(head, start.Format(dateLayout), start.AddDate(0, 1, 3).Format(dateLayout)), "DTSTART")
		}
		p := calendar.Parser{IncludeStart: rapid.Bool().Draw(t, "include")}
		starts, err := p.Recurrence(text)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		var b bytes.Buffer
		if err := Write(&b, Feed{Stamp: date(2026), Covers: twoYears, Events: []Event{{UID: "x", Starts: starts, Length: length}}}); err != nil {
			t.Fatal(err)
		}
		sameAfterReading(t, starts, b.Bytes())
	})
}
