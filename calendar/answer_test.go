package calendar

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestAnswerSaysWhyItStaysClosed: what closes later is named, up to the instant at which it opens.
func TestAnswerSaysWhyItStaysClosed(t *testing.T) {
	c := Calendar{ID: "prod", Windows: []Window{
		{ID: "nights", Kind: Maintenance, Length: Exactly(6 * time.Hour), Starts: MustParseRecurrence("DTSTART:20260101T220000Z\nRRULE:FREQ=DAILY")},
		{ID: "audit", Kind: Blackout, Length: Exactly(24 * time.Hour), Starts: Once(jan(5, 12)), Reason: "auditors in the house"},
		{ID: "year end", Kind: Freeze, Length: Duration{Days: 2}, Starts: Once(jan(6, 0)), Exempt: []string{"emergency"}},
	}}
	at := jan(5, 13)
	a, err := c.At(at, Subject{Type: "normal"})
	if err != nil || a.Open || !a.Until.Equal(jan(8, 0)) || len(a.Later) != 1 || a.Later[0].Window.ID != "year end" {
		t.Errorf("%+v, %v", a, err)
	}
	want := `closed until 2026-01-08 00:00 UTC: blackout "audit" (auditors in the house); outside every maintenance window of "prod"; then, from 2026-01-06 00:00 UTC, freeze "year end"`
	if a.String() != want {
		t.Errorf("got  %s\nwant %s", a, want)
	}
	a, err = c.At(at, Subject{Type: "emergency"})
	want = `closed until 2026-01-06 22:00 UTC: blackout "audit" (auditors in the house); outside every maintenance window of "prod"; then, from 2026-01-06 04:00 UTC, outside every maintenance window of "prod"`
	if err != nil || a.String() != want {
		t.Errorf("%v\ngot  %s\nwant %s", err, a, want)
	}
}

// TestLaterCausesLeaveNoGap: from the causes at the instant, the later ones follow without a gap to
// the instant at which it opens, and each of them closes throughout.
func TestLaterCausesLeaveNoGap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Policy{Version: 1, Calendars: []Calendar{{ID: "a"}, {ID: "b"}}}
		for i := range rapid.IntRange(1, 8).Draw(t, "windows") {
			c := &p.Calendars[rapid.IntRange(0, 1).Draw(t, "calendar")]
			w := Window{ID: itoa(i), Kind: rapid.SampledFrom([]Kind{Maintenance, Blackout, Freeze}).Draw(t, "kind"),
				Length: Exactly(time.Duration(rapid.IntRange(1, 30).Draw(t, "hours")) * time.Hour), Starts: Once(jan(1, rapid.IntRange(0, 90).Draw(t, "start")))}
			if rapid.Bool().Draw(t, "daily") {
				w.Starts = MustParseRecurrence(w.Starts.String() + "\nRRULE:FREQ=DAILY;COUNT=3")
			}
			c.Windows = append(c.Windows, w)
			if w.Kind != Maintenance && rapid.IntRange(0, 3).Draw(t, "lift") == 0 {
				from := rapid.IntRange(0, 60).Draw(t, "from")
				c.Overrides = append(c.Overrides, Override{ID: "o" + itoa(i), Lifts: []string{w.ID}, AnyTime: rapid.Bool().Draw(t, "any"), Who: "a", Reason: "b",
					From: jan(1, from), Expires: jan(1, from+rapid.IntRange(1, 40).Draw(t, "lasts"))})
			}
		}
		within := Interval{jan(1, 0), jan(5, 0)}
		k, err := p.Compile(within)
		if err != nil {
			t.Fatal(err)
		}
		line := k.For(Subject{})
		at := jan(1, rapid.IntRange(0, 95).Draw(t, "at"))
		a := line.Explain(at)
		if a.Open {
			if a.Later != nil {
				t.Fatalf("open, and yet later %v", a.Later)
			}
			return
		}
		end := a.Until
		if end.IsZero() {
			end = within.End
		}
		var reach time.Time // of what closes at the instant
		for _, c := range a.Blocking() {
			end := c.Occurrence.End
			for _, more := range p.Calendars {
				for w, o := range more.Occurrences(Interval{at, within.End}, Subject{}) {
					if w.ID == c.Window.ID && !o.Start.After(end) && o.End.After(end) {
						end = o.End // the next one touches this
					}
				}
			}
			if end.After(reach) {
				reach = end
			}
		}
		for _, id := range a.Outside {
			until := at
			for ; until.Before(end); until = until.Add(time.Hour) {
				if inside := line.Explain(until); !slices.Contains(inside.Outside, id) {
					break
				}
			}
			if until.After(reach) {
				reach = until
			}
		}
		for _, c := range a.Later {
			if c.Occurrence.Start.After(reach) || !c.Occurrence.End.After(reach) || !c.Occurrence.Start.After(at) {
				t.Fatalf("%v at %v: %+v does not go on where %v ends", a, at, c, reach)
			}
			for h := c.Occurrence.Start; h.Before(c.Occurrence.End) && h.Before(within.End); h = h.Add(time.Hour) {
				if line.Open(h) {
					t.Fatalf("%+v is said to close, but %v is open", c, h)
				}
			}
			reach = c.Occurrence.End
		}
		if reach.Before(end) {
			t.Fatalf("%v: the causes end at %v, before %v", a, reach, end)
		}
	})
}

// TestTimeThatCannotBeAnswered: no answer for years that nanoseconds do not reach, nor for an interval
// that ends before it starts, and the error says so.
func TestTimeThatCannotBeAnswered(t *testing.T) {
	c := Calendar{ID: "c"}
	p := Policy{Version: 1, Calendars: []Calendar{c}}
	year := func(y int) time.Time { return time.Date(y, 6, 1, 0, 0, 0, 0, time.UTC) }
	back := Interval{jan(2, 0), jan(1, 0)}
	for name, f := range map[string]func() error{
		"at: 2500-06-01T00:00:00Z is outside the time that is known here, from 1677": func() error { _, err := c.At(year(2500), Subject{}); return err },
		"at: 1500-06-01T00:00:00Z is outside the time that is known here, from 1677": func() error { _, err := p.At(year(1500), Subject{}); return err },
		"2500-06-01T00:00:00Z, 2501-06-01T00:00:00Z) is outside the time that is known": func() error {
			_, err := c.Compile(Interval{year(2500), year(2501)})
			return err
		},
		"within: [1500-06-01T00:00:00Z, 1501-06-01T00:00:00Z) is outside": func() error { _, err := c.Open(Interval{year(1500), year(1501)}, Subject{}); return err },
		"ends before it starts: [2026-01-02":                              func() error { _, err := c.Open(back, Subject{}); return err },
		"within: ends before it starts":                                   func() error { _, err := p.Open(back, Subject{}); return err },
		"ends before it starts":                                           func() error { _, err := c.Compile(back); return err },
		"is empty: [2026-01-02T00:00:00Z, 2026-01-02T00:00:00Z); give":    func() error { _, err := p.Compile(Interval{jan(2, 0), jan(2, 0)}); return err },
	} {
		if err := f(); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), name) {
			t.Errorf("got %v, want %s", err, name)
		}
	}
	if open, err := c.Open(Interval{jan(2, 0), jan(2, 0)}, Subject{}); err != nil || !open.Empty() {
		t.Errorf("an empty interval: %v, %v", open, err)
	}
	if open, err := c.Open(Interval{year(1500), year(2000)}, Subject{}); err != nil || open.Empty() {
		t.Errorf("an interval that begins too early: %v, %v", open, err)
	}
	if a, err := c.At(year(2261), Subject{}); err != nil || !a.Open {
		t.Errorf("the last years: %v, %v", a, err)
	}
}
