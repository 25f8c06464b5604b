package calendar_test

import (
	"fmt"
	"log"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

func ExamplePolicyDiff_Words() {
	before, after := yearEnd(), yearEnd()
	after.Calendars[0].Windows[0].Length = calendar.Duration{Days: 12}
	d, err := before.Diff(after, calendar.Interval{Start: day(2026, 12, 1), End: day(2027, 2, 1)}, []calendar.Subject{{Environments: []string{"prod-eu"}}})
	if err != nil {
		log.Fatal(err)
	}
	words, err := d.Words("Europe/Berlin")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(strings.Join(words, "\n"))
	// Output:
	// The freeze “peak trading” of the calendar “organisation” is changed.
	// Work of environment “prod-eu” is open where it was closed: Fri 1 Jan 2027 01:00 CET to Sun 3 Jan 2027 01:00 CET.
}

// TestPolicyDiffWords wants a sentence for each thing that differs: windows added, gone and
// changed, overrides, what opens and closes, and what needs another consent.
func TestPolicyDiffWords(t *testing.T) {
	at := func(d, h int) time.Time { return time.Date(2026, 10, d, h, 0, 0, 0, time.UTC) }
	once := func(id string, kind calendar.Kind, d, h, hours int) calendar.Window {
		return calendar.Window{ID: id, Kind: kind, Starts: calendar.Once(at(d, h)), Length: calendar.Exactly(time.Duration(hours) * time.Hour)}
	}
	graded := once("stocktaking", calendar.Freeze, 8, 0, 10)
	graded.Grade, graded.Approvers, graded.Reason = calendar.Approval, []string{"sam"}, "stocktaking in the north"
	daily := calendar.Window{ID: "lunch", Kind: calendar.Blackout, Starts: calendar.MustParseRecurrence("DTSTART;TZID=Europe/Berlin:20261020T120000\nRRULE:FREQ=DAILY;COUNT=8"), Length: calendar.Exactly(90 * time.Minute)}
	before := calendar.Policy{Version: 1, Calendars: []calendar.Calendar{{ID: "c", Windows: []calendar.Window{once("a", calendar.Blackout, 2, 0, 4), once("b", calendar.Freeze, 4, 0, 4)}}}}
	after := calendar.Policy{Version: 1, Calendars: []calendar.Calendar{{ID: "c", Windows: []calendar.Window{once("b", calendar.Freeze, 4, 0, 6), graded, daily}}}}
	d, err := before.Diff(&after, calendar.Interval{Start: at(1, 0), End: at(31, 0)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := d.Words("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"The blackout window “a” of the calendar “c” is gone.",
		"The freeze “b” of the calendar “c” is changed.",
		"The freeze “stocktaking in the north” of the calendar “c” is new.",
		"The blackout window “lunch” of the calendar “c” is new.",
		"Work that no scope names is open where it was closed: Fri 2 Oct 2026 02:00 CEST to Fri 2 Oct 2026 06:00 CEST.",
		"Work that no scope names is closed where it was open: Sun 4 Oct 2026 06:00 CEST to Sun 4 Oct 2026 08:00 CEST, Tue 20 Oct 2026 12:00 CEST to Tue 20 Oct 2026 13:30 CEST, Wed 21 Oct 2026 12:00 CEST to Wed 21 Oct 2026 13:30 CEST and 6 more stretches of 9 h in all.",
		"Work that no scope names needs a consent or has to heed a warning that it did not: Thu 8 Oct 2026 02:00 CEST to Thu 8 Oct 2026 12:00 CEST.",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
	back, err := after.Diff(&before, calendar.Interval{Start: at(1, 0), End: at(31, 0)}, []calendar.Subject{{Type: "normal", Services: []string{"shop", "search"}}})
	if err != nil {
		t.Fatal(err)
	}
	if got, err = back.Words("Europe/Berlin"); err != nil || !strings.Contains(strings.Join(got, "\n"), "Work of type “normal”, service “shop”, “search” no longer needs the consent that it did: Thu 8 Oct 2026 02:00 CEST") {
		t.Errorf("%v\n%s", err, strings.Join(got, "\n"))
	}
	same, err := after.Diff(&after, calendar.Interval{Start: at(1, 0), End: at(31, 0)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err = same.Words("UTC"); err != nil || len(got) != 1 || !strings.HasPrefix(got[0], "For none") {
		t.Errorf("%v %v", got, err)
	}
	if _, err = same.Words("Europe/Lodnon"); err == nil {
		t.Error("an unknown zone is taken")
	}
}
