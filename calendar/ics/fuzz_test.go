package ics

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// seeds are small files of all that the readers know.
var seeds = []string{
	"BEGIN:VCALENDAR\r\nX-CALENDAR-TYPE:DEFAULT_OPEN\r\nX-WR-TIMEZONE:Europe/London\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=WEEKLY;COUNT=3\r\nEND:VEVENT\r\n" +
		"BEGIN:VEVENT\r\nUID:a\r\nRECURRENCE-ID;VALUE=DATE:20260108\r\nDTSTART:20260109T100000\r\nDURATION:P1DT2H\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
	"BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:X\nBEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20301027T010000Z\nEND:STANDARD\n" +
		"BEGIN:DAYLIGHT\nDTSTART:20200301T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRDATE:20210301T020000,20220301T020000\nTZNAME:S\nEND:DAYLIGHT\nEND:VTIMEZONE\n" +
		"BEGIN:VEVENT\nUID:b\nDTSTART;TZID=X:20260101T090000\nDTEND;TZID=X:20260101T170000\nRDATE;TZID=X;VALUE=PERIOD:20260201T100000/PT5H\nEXDATE;TZID=X:20260102T090000\nRRULE:FREQ=DAILY\nSTATUS:CANCELLED\nEND:VEVENT\nEND:VCALENDAR\n",
	"BEGIN:VEVENT\nDTSTART;TZID=W. Europe Standard Time:20260101T090000\nDTEND:20260101T100000Z\nEND:VEVENT",
	"A;B=\"c;d\",e;F:g\n h\n\n i\n", "\ufeff\r\nA:1\r",
}

func addSeeds(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	root := os.Getenv("SLACKWATER_DATA")
	files, _ := filepath.Glob(filepath.Join(root, "calendar", "ics", "*", "*"))
	for _, name := range files {
		if b, err := os.ReadFile(name); err == nil && len(b) < 3000 && root != "" {
			f.Add(b)
		}
	}
}

// FuzzParse: whatever parses comes back octet for octet, and with KeepBroken
// nothing but a limit or the nesting of components is a fault.
func FuzzParse(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, o := range []Options{{}, {KeepBroken: true}} {
			file, err := o.Parse(bytes.NewReader(b))
			if err != nil {
				continue
			}
			var out bytes.Buffer
			if err := file.Encode(&out); err != nil {
				t.Fatalf("parsed but not encoded: %v", err)
			}
			if !bytes.Equal(out.Bytes(), b) {
				t.Fatalf("came back as %q", out.Bytes())
			}
		}
	})
}

// FuzzEvents: reading events, making windows, asking for open time and writing
// them again neither panics nor contradicts itself.
func FuzzEvents(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) <= 1<<12 {
			exercise(t, b)
		}
	})
}

// exercise does with a file all that this package can do.
func exercise(t testing.TB, b []byte) {
	file, err := Parse(bytes.NewReader(b))
	if err != nil {
		return
	}
	for _, o := range []Reading{{}, {Zone: "America/New_York", Kind: calendar.Blackout, WallEnds: true, Transparent: true}} {
		events, _, err := file.Events(o)
		if err != nil {
			continue
		}
		for i := range events {
			n := 0
			for iv := range events[i].Occurrences(calendar.Interval{Start: date(2026), End: date(2027)}) {
				if iv.End.Before(iv.Start) {
					t.Fatalf("occurrence %v", iv)
				}
				if n++; n == 10 {
					break
				}
			}
		}
		var copied bytes.Buffer
		if Write(&copied, Feed{Stamp: date(2026), Events: events}) == nil {
			if _, err := Parse(&copied); err != nil {
				t.Fatalf("events written but not read: %v", err)
			}
		}
		c, _, err := file.Calendar(o)
		if err != nil {
			continue
		}
		week := calendar.Interval{Start: date(2026), End: date(2026).AddDate(0, 0, 7)}
		open, err := c.Open(week, calendar.Subject{})
		if err != nil {
			continue
		}
		out, err := WindowEvents(c)
		if err != nil {
			t.Fatalf("windows but no events: %v", err)
		}
		var w bytes.Buffer
		feed := Feed{Stamp: date(2026), Covers: week, Events: out, AWS: c.Default}
		if Write(&w, feed) != nil {
			continue // more occurrences than are written
		}
		again, err := Parse(&w)
		if err != nil {
			t.Fatalf("written but not read: %v", err)
		}
		kind := calendar.Blackout
		if len(c.Windows) > 0 {
			kind = c.Windows[0].Kind
		}
		// A zone built from a VTIMEZONE has a name of its own writer's choice.
		if back, _, err := again.Calendar(Reading{Kind: kind}); err == nil {
			back.Default = c.Default
			if got, err := back.Open(week, calendar.Subject{}); err == nil && !got.Equal(open) {
				t.Fatalf("open %v, written and read back %v", spans(open), spans(got))
			}
		} else {
			t.Fatalf("written but not understood: %v", err)
		}
	}
}

func spans(s calendar.Intervals) []string {
	var list []string
	for iv := range s.All() {
		list = append(list, iv.String())
	}
	return list
}

// hostileFiles are at most 1 KiB each.
func hostileFiles() map[string]string {
	event := func(lines ...string) string {
		return "BEGIN:VCALENDAR\nX-CALENDAR-TYPE:DEFAULT_OPEN\nBEGIN:VEVENT\nUID:x\nDTSTART;TZID=America/New_York:19700101T000000\nDURATION:PT1H\n" +
			strings.Join(lines, "\n") + "\nEND:VEVENT\nEND:VCALENDAR\n"
	}
	list := func(n int) string {
		var b strings.Builder
		for i := range n {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(string(rune('0'+i/10)) + string(rune('0'+i%10)))
		}
		return b.String()
	}
	return map[string]string{
		"never":       event("RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
		"never often": event(strings.TrimSpace(strings.Repeat("RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\n", 20))),
		"bomb":        event("RRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=" + list(24) + ";BYMINUTE=" + list(60) + ";BYSECOND=" + list(60)),
		"secondly":    event("RRULE:FREQ=SECONDLY"),
		"no step":     event("RRULE:FREQ=HOURLY;INTERVAL=24;BYHOUR=5", "RRULE:FREQ=SECONDLY;INTERVAL=60;BYSECOND=30"),
		"huge step":   event("RRULE:FREQ=MONTHLY;INTERVAL=9223372036854775807"),
		"positions":   event("RRULE:FREQ=SECONDLY;BYSETPOS=2"),
		"nested":      strings.Repeat("BEGIN:A\n", 128),
		"parameters":  "A" + strings.Repeat(";a=", 330) + ":\n",
		"quotes":      "A;B=" + strings.Repeat("\"\"", 500) + ":\n",
		"folds":       "A:" + strings.Repeat("\n ", 500),
		"empty lines": strings.Repeat("\n", 1000) + " x",
		"zones": "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:Z\n" + strings.Repeat("BEGIN:STANDARD\nDTSTART:00010101T000000\nTZOFFSETFROM:+0000\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=0,1,2,3\nEND:STANDARD\n", 6) +
			"END:VTIMEZONE\nBEGIN:VEVENT\nDTSTART;TZID=Z:20260101T000000\nEND:VEVENT\nEND:VCALENDAR\n",
		"dates":     event("RDATE:" + strings.Repeat("20260101T000000,", 50)),
		"overrides": "BEGIN:VEVENT\nUID:x\nDTSTART:20260101\nRRULE:FREQ=DAILY\nEND:VEVENT\n" + strings.Repeat("BEGIN:VEVENT\nUID:x\nRECURRENCE-ID:20260102\nEND:VEVENT\n", 16),
		"long life": event("RRULE:FREQ=DAILY;COUNT=100000", "DURATION:P9999W"),
	}
}

// readAll reads a file and makes windows of it.
func readAll(text string) {
	file, err := Parse(strings.NewReader(text))
	if err != nil {
		return
	}
	file.Calendar(Reading{Zone: "Europe/Berlin", Kind: calendar.Blackout}) // either way it ends
}

// TestHostile: no small file costs more than 1 MiB of memory to read. The time is
// told, not judged: see BenchmarkHostile.
func TestHostile(t *testing.T) {
	files := hostileFiles()
	if root := os.Getenv("SLACKWATER_DATA"); root != "" {
		for name, b := range corpus(t) {
			if len(b) <= 1024 {
				files[name] = string(b)
			}
		}
	}
	readAll(seeds[0]) // the zone database is read once
	var worst time.Duration
	var most uint64
	for name, b := range files {
		if len(b) > 1024 {
			t.Errorf("%s has %d octets", name, len(b))
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		readAll(b)
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		used := after.TotalAlloc - before.TotalAlloc
		if used > 1<<20 {
			t.Errorf("%s: %d octets allocated", name, used)
		}
		if took > 5*time.Millisecond {
			t.Logf("%s: %v", name, took)
		}
		worst, most = max(worst, took), max(most, used)
	}
	t.Logf("%d files of up to 1 KiB: at most %v and %d octets allocated in all", len(files), worst, most)
}

// BenchmarkHostile reads each small hostile file; the limit is 10 ms and 1 MiB.
func BenchmarkHostile(b *testing.B) {
	files := hostileFiles()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				readAll(files[name])
			}
		})
	}
}
