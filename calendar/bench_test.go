package calendar

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/teambition/rrule-go"
)

// farRules are the shapes of which a week 50 years on is asked.
var farRules = []struct{ name, rule string }{
	{"daily", "FREQ=DAILY"},
	{"weekly", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"},
	{"monthly", "FREQ=MONTHLY;BYDAY=1MO,-1FR"},
	{"monthlySetPos", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"},
	{"yearly", "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH"},
	{"weekNo", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO"},
	{"hourly", "FREQ=HOURLY"},
}

// BenchmarkWeekFarAway reports how much one week costs 50 years after DTSTART against 1 year after
// it, and against rrule-go. Both run in New York; theirs iterates from DTSTART.
func BenchmarkWeekFarAway(b *testing.B) {
	loc, err := time.LoadLocation("America/New_York")
	if err != nil {
		b.Fatal(err)
	}
	from := time.Date(2050, 5, 2, 0, 0, 0, 0, loc)
	week := Interval{from, from.AddDate(0, 0, 7)}
	for _, f := range farRules {
		b.Run(f.name, func(b *testing.B) {
			text := func(year int) string {
				return fmt.Sprintf("DTSTART;TZID=America/New_York:%d0103T093000\nRRULE:%s", year, f.rule)
			}
			far, near := MustParseRecurrence(text(2000)), MustParseRecurrence(text(2049))
			walk := func(r Recurrence) {
				for range 200 {
					for range r.Starts(week) {
						continue
					}
				}
			}
			for b.Loop() {
				for range far.Starts(week) {
					continue
				}
			}
			a, c := quickest(20, func() { walk(far) }), quickest(20, func() { walk(near) })
			theirs, err := rrule.StrToRRuleSet(text(2000))
			if err != nil {
				b.Fatal(err)
			}
			d := quickest(3, func() { theirs.Between(week.Start, week.End, true) })
			b.ReportMetric(float64(a)/float64(c), "far/near")
			b.ReportMetric(float64(d)/float64(a)*200, "x-faster-than-rrule-go")
			b.ReportMetric(float64(a)/200, "cpu-ns")
		})
	}
}

// benchLine is the timeline of the thousand windows and random instants in it.
func benchLine(b *testing.B) (*Timeline, []time.Time) {
	k, err := (&Calendar{ID: "bench", Windows: manyWindows(1000)}).Compile(fiveYears())
	if err != nil {
		b.Fatal(err)
	}
	rnd := rand.New(rand.NewPCG(5, 8))
	at := make([]time.Time, 1<<14)
	for i := range at {
		at[i] = fiveYears().Start.Add(time.Duration(rnd.Int64N(int64(5 * 365 * 24 * time.Hour))))
	}
	return k.For(Subject{}), at
}

// perQuery is the processor time of one of many random queries.
func perQuery(at []time.Time, f func(time.Time)) float64 {
	return float64(quickest(15, func() {
		for _, t := range at {
			f(t)
		}
	})) / float64(len(at))
}

var sink int

func bareSearch(line *Timeline, at []time.Time) float64 {
	nanos := make([]int64, len(at))
	for i, t := range at {
		nanos[i] = t.UnixNano()
	}
	i, spans := 0, line.flat()
	return perQuery(at, func(time.Time) { sink += after(spans, nanos[i%len(nanos)]); i++ })
}

// BenchmarkOpenAt reports open-at-t beside a bare binary search over the same array.
func BenchmarkOpenAt(b *testing.B) {
	line, at := benchLine(b)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if line.At(at[i%len(at)]).Open {
			sink++
		}
		i++
	}
	ours := perQuery(at, func(t time.Time) {
		if line.At(t).Open {
			sink++
		}
	})
	b.ReportMetric(ours, "cpu-ns")
	b.ReportMetric(ours/bareSearch(line, at), "x-bare-search")
}

// BenchmarkFirstFit reports the first fit of many lengths beside open-at-t.
func BenchmarkFirstFit(b *testing.B) {
	line, at := benchLine(b)
	open := perQuery(at, func(t time.Time) {
		if line.At(t).Open {
			sink++
		}
	})
	best, worst := 1e18, 0.0
	for d := time.Minute; d <= 2*time.Hour; d += 7 * time.Minute {
		cost := perQuery(at, func(t time.Time) {
			if _, ok := line.FirstFit(t, d); ok {
				sink++
			}
		})
		best, worst = min(best, cost), max(worst, cost)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if _, ok := line.FirstFit(at[i%len(at)], time.Hour); ok {
			sink++
		}
		i++
	}
	b.ReportMetric(worst/open, "worst-x-open-at")
	b.ReportMetric(worst/best, "worst-x-best")
	scan := perQuery(at[:64], func(t time.Time) {
		if _, ok := line.Intervals().FirstFit(t, 2*time.Hour); ok {
			sink++
		}
	})
	b.ReportMetric(scan/worst, "x-faster-than-scan")
}

func TestQueriesDoNotAllocate(t *testing.T) {
	k, err := (&Calendar{ID: "bench", Windows: manyWindows(20)}).Compile(fiveYears())
	if err != nil {
		t.Fatal(err)
	}
	line := k.For(Subject{})
	at := fiveYears().Start.AddDate(1, 0, 0)
	if n := testing.AllocsPerRun(100, func() {
		line.At(at)
		line.Open(at)
		line.NextOpen(at)
		line.NextClose(at)
		line.FirstFit(at, 5*time.Minute)
		line.Fits(at, 5*time.Minute)
		line.Total(Interval{at, at.AddDate(0, 1, 0)})
		line.Advance(at, -time.Hour)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
