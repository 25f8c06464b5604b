package schedule

import (
	"context"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/calendar"
)

// TestRelaxationsSplitAFreeze has three changes, each an hour long, due in one evening in the
// middle of a freeze of a week: to let each run costs more than to open the freeze for three hours.
func TestRelaxationsSplitAFreeze(t *testing.T) {
	start := time.Date(2026, 12, 14, 0, 0, 0, 0, time.UTC)
	p := &Problem{Zone: "Europe/Berlin", Horizon: calendar.Interval{Start: start, End: start.AddDate(0, 0, 10)}, Calendar: "changes",
		Calendars: []calendar.Calendar{{ID: "changes", Windows: []calendar.Window{{ID: "w", Kind: calendar.Freeze, Reason: "books close",
			Starts: calendar.Once(start.AddDate(0, 0, 1)), Length: calendar.Exactly(7 * 24 * time.Hour)}}}},
		Exclusions: []Exclusion{{ID: "x", Activities: []string{"a", "b", "c"}}}}
	evening := start.AddDate(0, 0, 4).Add(19 * time.Hour)
	for _, id := range []string{"a", "b", "c"} {
		p.Activities = append(p.Activities, Activity{ID: id, Duration: Hour, NotBefore: evening, NotAfter: evening.Add(5 * time.Hour)})
	}
	got, err := Relaxations(context.Background(), p, &RelaxOptions{Limit: 1})
	if err != nil || len(got) != 1 || len(got[0].Edits) != 1 {
		t.Fatal(got, err)
	}
	e := got[0].Edits[0]
	if want := (calendar.Interval{Start: evening, End: evening.Add(3 * time.Hour)}); e.Kind != Interrupt || !sameSpan(e.Span, want) || e.By != 3*Hour || e.Price != 50+3*4 {
		t.Errorf("%+v", e)
	}
	if want := "Interrupt the freeze “books close” for 3 h, Fri 18 Dec 2026 20:00–23:00 CET."; e.Reason != want {
		t.Errorf("%s, want %s", e.Reason, want)
	}
	if found, err := Check(got[0].Corrected(), got[0].Plan); err != nil || !Sound(found) {
		t.Error(found, err)
	}
	if found, err := Check(p, got[0].Plan); err != nil || Sound(found) {
		t.Error("the plan keeps to the problem as it was", err)
	}
}

// TestRelaxationsAddForASpan has two changes that need the same person on one afternoon of a
// fortnight.
func TestRelaxationsAddForASpan(t *testing.T) {
	start := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	noon := start.AddDate(0, 0, 3).Add(12 * time.Hour)
	p := &Problem{Horizon: calendar.Interval{Start: start, End: start.AddDate(0, 0, 14)},
		Resources: []Resource{{ID: "dba", Kind: Person, Capacity: calendar.Profile{Base: 1}}}}
	for _, id := range []string{"a", "b"} {
		p.Activities = append(p.Activities, Activity{ID: id, Duration: 2 * Hour, Pinned: noon, Demands: []Demand{{"dba", 1}}})
	}
	got, err := Relaxations(context.Background(), p, &RelaxOptions{Limit: 1, Prices: Prices{AddCapacity: {30, 5}}})
	if err != nil || len(got) != 1 || len(got[0].Edits) != 1 {
		t.Fatal(got, err)
	}
	e := got[0].Edits[0]
	if want := (calendar.Interval{Start: noon, End: noon.Add(2 * time.Hour)}); e.Kind != AddCapacity || !sameSpan(e.Span, want) || e.Amount != 1 || e.Price != 30+2*5 {
		t.Errorf("%+v", e)
	}
	if want := "Add 1 to “dba” for 2 h, Thu 4 Jun 2026 12:00–14:00 UTC."; e.Reason != want {
		t.Errorf("%s, want %s", e.Reason, want)
	}
	if found, err := Check(got[0].Corrected(), got[0].Plan); err != nil || !Sound(found) {
		t.Error(found, err)
	}
}

func sameSpan(a, b calendar.Interval) bool { return a.Start.Equal(b.Start) && a.End.Equal(b.End) }

// TestRaised asks for the value at every hour.
func TestRaised(t *testing.T) {
	start := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		at := func(h int) time.Time { return start.Add(time.Duration(h) * time.Hour) }
		span := func(name string) calendar.Interval {
			from := rapid.IntRange(0, 20).Draw(t, name)
			return calendar.Interval{Start: at(from), End: at(from + rapid.IntRange(1, 8).Draw(t, name+" length"))}
		}
		c := calendar.Profile{Base: int64(rapid.IntRange(0, 3).Draw(t, "base"))}
		taken := calendar.Intervals{}
		for range rapid.IntRange(0, 4).Draw(t, "steps") {
			iv := span("step")
			if !taken.Intersect(calendar.Union(iv)).Empty() {
				continue
			}
			taken = taken.Union(calendar.Union(iv))
			c.Steps = append(c.Steps, calendar.Step{Interval: iv, Value: int64(rapid.IntRange(0, 3).Draw(t, "value"))})
		}
		more, amount := span("more"), int64(rapid.IntRange(1, 3).Draw(t, "amount"))
		value := func(p calendar.Profile, when time.Time) int64 {
			k := slices.IndexFunc(p.Steps, func(s calendar.Step) bool { return !when.Before(s.Start) && when.Before(s.End) })
			if k < 0 {
				return p.Base
			}
			return p.Steps[k].Value
		}
		got := raised(&c, more, amount)
		if err := got.Validate(); err != nil {
			t.Fatal(err)
		}
		for h := range 40 {
			want := value(c, at(h))
			if !at(h).Before(more.Start) && at(h).Before(more.End) {
				want += amount
			}
			if have := value(got, at(h)); have != want {
				t.Fatalf("%d at hour %d, want %d: %+v raised in %v is %+v", have, h, want, c, more, got)
			}
		}
	})
}
