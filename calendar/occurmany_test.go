package calendar

import (
	"testing"
	"time"
)

// However many occurrences there are, all are yielded, in order and each once.
func TestManyOccurrences(t *testing.T) {
	c := Calendar{ID: "c", Windows: []Window{
		{ID: "second", Kind: Maintenance, Starts: MustParseRecurrence("DTSTART;TZID=Europe/London:20260101T000000\nRRULE:FREQ=SECONDLY;INTERVAL=2"), Length: Exactly(time.Second)},
		{ID: "day", Kind: Blackout, Starts: MustParseRecurrence("DTSTART;TZID=Europe/London:20260101T000000\nRRULE:FREQ=DAILY"), Length: Exactly(30 * time.Hour)},
	}}
	within := Interval{time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC), time.Date(2026, 4, 3, 0, 0, 0, 0, time.UTC)}
	seconds, days := 0, 0
	var last time.Time
	for w, iv := range c.Occurrences(within, Subject{}) {
		if iv.Start.Before(last) {
			t.Fatalf("%s after %s", iv.Start, last)
		}
		last = iv.Start
		if w.ID == "second" {
			seconds++
		} else {
			days++
		}
	}
	// The readings of the hour that the change skips fall into the hour after it.
	if want := 14 * 86400 / 2; seconds != want {
		t.Errorf("%d occurrences of every other second, want %d", seconds, want)
	}
	if days != 16 { // 14 that begin within, and two that still run when it begins
		t.Errorf("%d days, want 16", days)
	}
}
