package cron

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// twin lists the ticks in [from, to) the dumb way: it asks every wall-clock
// minute of the days around whether the fields match, and looks up in a table of
// what the clock shows when RFC 5545, 3.3.5 means that to be.
func twin(s Schedule, loc *time.Location, from, to time.Time) []int64 {
	const step = 5 * 60 // no clock of the zones tested changes in between
	first := map[int64]int64{}
	var shown, at []int64
	for u := from.Add(-120 * time.Hour).Truncate(time.Hour).Unix(); u < to.Add(120*time.Hour).Unix(); u += step {
		_, off := time.Unix(u, 0).In(loc).Zone()
		r := u + int64(off)
		if _, ok := first[r]; !ok {
			first[r] = u
		}
		shown, at = append(shown, r), append(at, u)
	}
	resolve := func(r int64) int64 {
		if u, ok := first[r]; ok {
			return u // the first time that the clock shows it
		}
		i := slices.IndexFunc(shown, func(x int64) bool { return x > r })
		return at[i-1] + r - shown[i-1] // skipped: the offset before
	}
	var ticks []int64
	for r := from.Add(-72 * time.Hour).Truncate(24 * time.Hour); r.Before(to.Add(72 * time.Hour)); r = r.Add(time.Minute) {
		if !matches(s, r) {
			continue
		}
		rest := r.Unix() % step
		if u := resolve(r.Unix()-rest) + rest; u >= from.Unix() && u < to.Unix() {
			ticks = append(ticks, u)
		}
	}
	slices.Sort(ticks)
	return slices.Compact(ticks)
}

func matches(s Schedule, r time.Time) bool {
	if s.minute>>r.Minute()&1 == 0 || s.hour>>r.Hour()&1 == 0 || s.month>>r.Month()&1 == 0 {
		return false
	}
	last := r.AddDate(0, 1, -r.Day()).Day()
	dom := s.dom>>r.Day()&1 != 0 || s.lastDom && r.Day() == last
	w := int(r.Weekday())
	dow := s.dow>>w&1 != 0 || s.nth[w]>>((r.Day()+6)/7)&1 != 0 || s.lastDow>>w&1 != 0 && r.Day()+7 > last
	switch {
	case s.domAny && s.dowAny:
		return true
	case s.domAny:
		return dow
	case s.dowAny:
		return dom
	}
	return dom || dow
}

// changes are clock changes of every kind: forward, back, by half an hour, at
// midnight, of a whole day, negative DST.
var changes = [][2]string{
	{"Europe/Berlin", "2026-03-29"}, {"Europe/Berlin", "2026-10-25"}, {"America/New_York", "2026-03-08"},
	{"America/New_York", "2026-11-01"}, {"Australia/Lord_Howe", "2026-04-05"}, {"Australia/Lord_Howe", "2026-10-04"},
	{"America/Santiago", "2026-09-06"}, {"America/Santiago", "2026-04-05"}, {"Pacific/Apia", "2011-12-30"},
	{"Europe/Dublin", "2026-10-25"}, {"Africa/Casablanca", "2026-02-15"}, {"Africa/Casablanca", "2026-03-22"},
	{"Asia/Kathmandu", "1986-01-01"}, {"America/Sao_Paulo", "2018-11-04"}, {"Africa/Cairo", "2010-08-11"}, {"UTC", "2026-01-01"},
}

func expressions(t *rapid.T) string {
	item := func(lo, hi int, extra ...string) *rapid.Generator[string] {
		n := rapid.IntRange(lo, hi)
		return rapid.Custom(func(t *rapid.T) string {
			switch rapid.IntRange(0, 4+min(1, len(extra))).Draw(t, "kind") {
			case 0, 1:
				return "*"
			case 2:
				return fmt.Sprint(n.Draw(t, "value"))
			case 3:
				a, b := n.Draw(t, "a"), n.Draw(t, "b")
				return fmt.Sprintf("%d-%d", min(a, b), max(a, b))
			case 4:
				return fmt.Sprintf("*/%d", rapid.IntRange(1, hi+3).Draw(t, "step"))
			}
			return rapid.SampledFrom(extra).Draw(t, "extra")
		})
	}
	list := func(name string, g *rapid.Generator[string]) string {
		return strings.Join(rapid.SliceOfN(g, 1, 3).Draw(t, name), ",")
	}
	return strings.Join([]string{
		list("minute", item(0, 59)), list("hour", item(0, 23, "1-3", "0,23")), list("dom", item(1, 31, "L", "?")),
		list("month", item(1, 12, "jan-mar", "OCT")), list("dow", item(0, 7, "5L", "0#2", "sun", "MON-FRI", "?")),
	}, " ")
}

// TestNextPrevAgainstTwin walks both ways over a few days around a clock change.
func TestNextPrevAgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		expr := expressions(t)
		s, err := Parse(expr)
		if err != nil {
			return // such as 31 in February only; TestParse has those
		}
		change := rapid.SampledFrom(changes).Draw(t, "change")
		loc, err := time.LoadLocation(change[0])
		if err != nil {
			t.Fatal(err)
		}
		day, _ := time.Parse(time.DateOnly, change[1])
		from, to := day.Add(-30*time.Hour), day.Add(36*time.Hour)
		want := twin(s, loc, from, to)
		checkWalk(t, s.In(loc), from, to, want)

		at := from.Add(time.Duration(rapid.Int64Range(0, int64(to.Sub(from))).Draw(t, "at")))
		next, ok := s.In(loc).Next(at)
		if i := slices.IndexFunc(want, func(u int64) bool { return time.Unix(u, 0).After(at) }); i >= 0 {
			if !ok || next.Unix() != want[i] || next.Nanosecond() != 0 {
				t.Fatalf("%q %s: Next(%v) = %v, want %v", expr, loc, at, next.UTC(), time.Unix(want[i], 0).UTC())
			}
		} else if ok && next.Before(to) {
			t.Fatalf("%q %s: Next(%v) = %v, want none before %v", expr, loc, at, next.UTC(), to)
		}
		prev, ok := s.In(loc).Prev(at)
		i := len(want) - 1
		for i >= 0 && !time.Unix(want[i], 0).Before(at) {
			i--
		}
		if i >= 0 {
			if !ok || prev.Unix() != want[i] {
				t.Fatalf("%q %s: Prev(%v) = %v, want %v", expr, loc, at, prev.UTC(), time.Unix(want[i], 0).UTC())
			}
		} else if ok && !prev.Before(from) {
			t.Fatalf("%q %s: Prev(%v) = %v, want none from %v", expr, loc, at, prev.UTC(), from)
		}
	})
}

func checkWalk(t *rapid.T, s Schedule, from, to time.Time, want []int64) {
	var up, down []int64
	for u, ok := s.Next(from.Add(-1)); ok && u.Before(to); u, ok = s.Next(u) {
		up = append(up, u.Unix())
	}
	for u, ok := s.Prev(to); ok && !u.Before(from); u, ok = s.Prev(u) {
		down = append(down, u.Unix())
	}
	slices.Reverse(down)
	if !slices.Equal(up, want) {
		t.Fatalf("%q %s: Next walks %s, want %s", s, s.loc, stamps(up), stamps(want))
	}
	if !slices.Equal(down, want) {
		t.Fatalf("%q %s: Prev walks %s, want %s", s, s.loc, stamps(down), stamps(want))
	}
}

func stamps(list []int64) string {
	var b strings.Builder
	for _, u := range list[:min(len(list), 40)] {
		b.WriteString(time.Unix(u, 0).UTC().Format("02T15:04 "))
	}
	return b.String()
}

func TestCivil(t *testing.T) {
	for d := int64(-800_000); d < 3_000_000; d += 97 {
		want := time.Unix(d*secondsPerDay, 0).UTC()
		y, m, day := civil(d)
		if y != want.Year() || m != int(want.Month()) || day != want.Day() {
			t.Fatalf("civil(%d) = %d-%d-%d, want %v", d, y, m, day, want)
		}
		if back := daysFromCivil(y, m, day); back != d {
			t.Fatalf("daysFromCivil(%d-%d-%d) = %d, want %d", y, m, day, back, d)
		}
		if got := weekday(y, m, day); got != int(want.Weekday()) {
			t.Fatalf("weekday(%d-%d-%d) = %d, want %v", y, m, day, got, want.Weekday())
		}
	}
}

func TestNextFar(t *testing.T) {
	tests := []struct{ expr, from, want string }{
		{"0 0 29 2 *", "2096-03-01T00:00:00Z", "2104-02-29T00:00:00Z"},
		{"0 0 31 12 *", "9999-12-31T00:00:00Z", ""},
		{"0 0 ? 2 1#5", "2072-03-01T00:00:00Z", "2112-02-29T00:00:00Z"},
		{"59 23 31 12 *", "0001-01-01T00:00:00Z", "0001-12-31T23:59:00Z"},
	}
	for _, tt := range tests {
		s, err := Parse(tt.expr)
		if err != nil {
			t.Fatal(err)
		}
		from, _ := time.Parse(time.RFC3339, tt.from)
		got, ok := s.Next(from)
		if text := got.Format(time.RFC3339); ok != (tt.want != "") || ok && text != tt.want {
			t.Errorf("%q: Next(%s) = %s, %t, want %q", tt.expr, tt.from, text, ok, tt.want)
		}
		if ok {
			if back, ok := s.Prev(got.Add(time.Second)); !ok || !back.Equal(got) {
				t.Errorf("%q: Prev just behind %v = %v", tt.expr, got, back)
			}
		}
	}
	never := Schedule{}
	if u, ok := never.Next(time.Unix(0, 0)); ok {
		t.Errorf("the zero Schedule ticks at %v", u)
	}
	if u, ok := never.Prev(time.Unix(0, 0)); ok {
		t.Errorf("the zero Schedule ticked at %v", u)
	}
	for _, end := range []time.Time{{}, time.Unix(1<<60, 0), time.Unix(-1<<60, 0)} {
		s, _ := Parse("@daily")
		s.Next(end)
		s.Prev(end) // neither panics nor hangs
	}
}
