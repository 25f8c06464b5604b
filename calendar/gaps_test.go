package calendar

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/internal/testkit/cputime"
)

// TestSkippedGapsAgainstReadings: where gaps are skipped, the occurrences are those readings of the
// rule that the clock shows, and COUNT counts no others. The twin lists readings in UTC and
// asks of each whether any instant of the zone shows it.
func TestSkippedGapsAgainstReadings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom(twinZones).Draw(t, "zone")
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Date(rapid.IntRange(2005, 2024).Draw(t, "year"), time.Month(rapid.IntRange(1, 12).Draw(t, "month")), rapid.IntRange(1, 28).Draw(t, "day"),
			rapid.IntRange(0, 3).Draw(t, "hour"), rapid.SampledFrom([]int{0, 15, 30}).Draw(t, "minute"), 0, 0, time.UTC)
		rule := rapid.SampledFrom([]string{
			"FREQ=DAILY", "FREQ=DAILY;BYHOUR=0,1,2,3", "FREQ=WEEKLY;BYDAY=SU", "FREQ=MONTHLY;BYDAY=1SU,2SU,-1SU", "FREQ=HOURLY", "FREQ=MINUTELY;INTERVAL=15;BYHOUR=0,1,2",
			"FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "FREQ=YEARLY;BYMONTH=3;BYDAY=2SU;BYHOUR=2", "FREQ=YEARLY;BYMONTH=10;BYDAY=1SU;BYHOUR=2;BYMINUTE=0,15,30,45",
		}).Draw(t, "rule")
		count := rapid.IntRange(0, 400).Draw(t, "count")
		tail := ""
		if count > 0 {
			tail = fmt.Sprintf(";COUNT=%d", count)
		}
		p := Parser{SkipGaps: true}
		ours, err := p.Recurrence("DTSTART:" + start.Format("20060102T150405") + "\nRRULE:" + rule + tail)
		if err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "zoned") {
			if ours, err = p.Recurrence("DTSTART;TZID=" + zone + ":" + start.Format("20060102T150405") + "\nRRULE:" + rule + tail); err != nil {
				t.Fatal(err)
			}
		}
		within := Interval{start.AddDate(0, 0, -3), start.AddDate(2, 0, 0)}
		readings := MustParseRecurrence("DTSTART:" + start.Format("20060102T150405") + "Z\nRRULE:" + rule)
		var want []int64
		n := 0
		for r := range readings.Starts(Interval{start, start.AddDate(2, 0, 3)}) {
			at := r.Add(-26 * time.Hour) // no instant at which the clock shows r is earlier
			shown := int64(0)
			for ; at.Before(r.Add(26 * time.Hour)); at = at.Add(15 * time.Minute) {
				if l := at.In(loc); l.Hour() == r.Hour() && l.Minute() == r.Minute() && l.Day() == r.Day() {
					shown = at.Unix()
					break
				}
			}
			if shown == 0 {
				continue
			}
			if n++; count > 0 && n > count {
				break
			}
			if within.Contains(time.Unix(shown, 0)) {
				want = append(want, shown)
			}
			if n > 3000 {
				within.End = time.Unix(shown, 0).Add(time.Second)
				break
			}
		}
		var got []int64
		for at := range ours.In(loc).Starts(within) {
			got = append(got, at.Unix())
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%s in %s from %v: %d starts, want %d", rule+tail, zone, start, len(got), len(want))
		}
	})
}

// TestRulesOfGapsEnd: a rule whose every reading is skipped ends soon, whatever it has of them.
func TestRulesOfGapsEnd(t *testing.T) {
	sixty := "0"
	for i := 1; i < 60; i++ {
		sixty += "," + itoa(i)
	}
	for _, rule := range []string{"FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;BYHOUR=1", "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;BYHOUR=1;BYMINUTE=" + sixty + ";BYSECOND=" + sixty,
		"FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;BYHOUR=1;BYMINUTE=" + sixty + ";BYSECOND=" + sixty + ";COUNT=5"} {
		p := Parser{SkipGaps: true}
		begin := cputime.Now()
		r, err := p.Recurrence("DTSTART;TZID=Europe/London:20260329T013000\nRRULE:" + rule)
		if err == nil && !r.Never() {
			t.Errorf("%s is said to occur", clip(rule))
		}
		t.Logf("%s: %v, %v", clip(rule), cputime.Now()-begin, err)
	}
}
