package calendar

import (
	"testing"
	"time"
)

// TestAllOfTime asks everything of intervals that reach as far as time does, and farther. Sums of such
// instants overflow easily; nothing may panic, hang or answer differently from a span of ordinary size.
func TestAllOfTime(t *testing.T) {
	year := func(y int) time.Time { return time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC) }
	calendars := map[string]Calendar{
		"weekly": {ID: "c", Zone: "Europe/London", Windows: []Window{
			{ID: "m", Kind: Maintenance, Starts: MustParseRecurrence("DTSTART:19900101T220000\nRRULE:FREQ=WEEKLY"), Length: Exactly(6 * time.Hour)},
			{ID: "f", Kind: Freeze, Starts: MustParseRecurrence("DTSTART;VALUE=DATE:00010101\nRRULE:FREQ=YEARLY;INTERVAL=10"), Length: Duration{Days: 400}},
		}},
		"odd lengths": {ID: "c", Windows: []Window{
			{ID: "n", Kind: Maintenance, Starts: MustParseRecurrence("DTSTART:20200101T000000Z\nRRULE:FREQ=MONTHLY"), Length: Exactly(time.Hour + 1)},
			{ID: "long", Kind: Blackout, Starts: MustParseRecurrence("DTSTART:00010101T000000Z"), Length: Duration{Days: maxDays}, Scope: Scope{CIs: []string{"x"}}},
			{ID: "cut", Kind: Maintenance, Starts: MustParseRecurrence("DTSTART:20200101T000000Z\nRRULE:FREQ=YEARLY"), Length: Duration{Days: 3}, CutOff: Duration{Days: 1}, Overrun: true},
		}, Overrides: []Override{{ID: "o", AnyTime: true, Who: "a", Reason: "b", Expires: year(9000)}}},
		"empty":  {ID: "c"},
		"closed": {ID: "c", Default: DefaultClosed},
	}
	ordinary := Interval{year(2026), year(2028)}
	for name, c := range calendars {
		for _, within := range []Interval{{year(1), year(9999)}, {fromNano(minNano), fromNano(maxNano)}, {fromNano(minNano), year(2030)}, {year(2000), fromNano(maxNano)}} {
			for _, s := range []Subject{{}, {CIs: []string{"x"}}} {
				near, err := c.Open(ordinary, s)
				if err != nil {
					t.Fatal(err)
				}
				open, err := c.Open(within, s)
				if err != nil {
					t.Fatalf("%s in %v: %v", name, within, err)
				}
				if !open.Clip(ordinary).Equal(near) {
					t.Errorf("%s: open in %v differs from open in %v", name, within, ordinary)
				}
				k, err := c.Compile(within)
				if err != nil {
					t.Fatalf("%s in %v: %v", name, within, err)
				}
				line := k.For(s)
				if !line.Intervals().Equal(open) {
					t.Errorf("%s in %v: compiled and plain open time differ", name, within)
				}
				n := 0
				for range c.Occurrences(within, s) {
					if n++; n > 100_000 {
						t.Fatalf("%s in %v: occurrences without end", name, within)
					}
				}
				for _, at := range []time.Time{fromNano(minNano), fromNano(maxNano), year(1), year(2026), year(9999)} {
					line.At(at)
					line.Explain(at)
					line.NextOpen(at)
					line.NextClose(at)
					line.Obligations(Interval{at, at.AddDate(1, 0, 0)})
					for _, d := range []time.Duration{-1 << 63, -1, 0, 1, time.Hour, 1<<63 - 1} {
						line.Fits(at, d)
						line.FirstFit(at, d)
						line.Advance(at, d)
						line.Total(Interval{at, at.Add(d)})
					}
					for range line.Fitting(1<<63 - 1) {
						break
					}
				}
				changed, err := k.With("c", Window{ID: "new", Kind: Blackout, Starts: Once(year(2027)), Length: Duration{Days: 30}})
				if err != nil {
					t.Fatal(err)
				}
				march := time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)
				blocked := Union(Interval{year(2027), year(2027).AddDate(0, 0, 30)})
				if got := changed.For(s); got.Open(march) != near.Contains(march) || got.Open(year(2027).AddDate(0, 0, 5)) || !got.Intervals().Equal(open.Subtract(blocked)) {
					t.Errorf("%s in %v: a change is not taken in", name, within)
				}
			}
			p := &Policy{Version: 1, Calendars: []Calendar{c}}
			if _, err := p.Lint(within, &LintOptions{Floor: CommonFloor()}); err != nil {
				t.Errorf("%s in %v: %v", name, within, err)
			}
			if _, err := p.Diff(&Policy{Version: 1}, within, nil); err != nil {
				t.Errorf("%s in %v: %v", name, within, err)
			}
		}
	}
}
