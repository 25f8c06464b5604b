package cron

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/calendar"
)

func TestParseErrors(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", "cron, column 1: 0 fields, want 5: minute hour day-of-month month day-of-week"},
		{"* * * *", "cron, column 1: 4 fields, want 5: minute hour day-of-month month day-of-week"},
		{"0 0 0 0 * *", "cron, column 1: 6 fields, want 5: minute hour day-of-month month day-of-week"},
		{"60 * * * *", `cron, column 1 (minute): "60" is not from 0 to 59`},
		{"0  24 * * *", `cron, column 4 (hour): "24" is not from 0 to 23`},
		{"0 1,-2 * * *", `cron, column 5 (hour): "-2" is not from 0 to 23`},
		{"0 0 0 * *", `cron, column 5 (day of month): "0" is not from 1 to 31`},
		{"0 0 * 1-foo *", `cron, column 7 (month): "1-foo" is not from 1 to 12 or jan to dec`},
		{"0 0 * * 8", `cron, column 9 (day of week): "8" is not from 0 to 7 or sun to sat`},
		{"0 0 * * fri-mon", `cron, column 9 (day of week): range fri-mon runs backwards; write fri-6,0-mon`},
		{"0 0 * * 1#6", `cron, column 9 (day of week): "6" after # is no number from 1 to 5`},
		{"0 0 * * xL", `cron, column 9 (day of week): "x" is no day of the week from 0 to 7 or sun to sat`},
		{"*/0 * * * *", `cron, column 1 (minute): step "0" is no number from 1`},
		{"*/x * * * *", `cron, column 1 (minute): step "x" is no number from 1`},
		{"5,,6 * * * *", `cron, column 3 (minute): a value is missing between the commas`},
		{"? * * * *", `cron, column 1 (minute): "?" is not from 0 to 59`},
		{"60 24 * * *", "cron, column 1 (minute): \"60\" is not from 0 to 59\ncron, column 4 (hour): \"24\" is not from 0 to 23"},
		{"0 0 30 2 *", "cron, column 5: no date matches this day of month and month, so it never ticks"},
		{"@often", `cron, column 1: unknown macro "@often"; known are @yearly, @annually, @monthly, @weekly, @daily, @midnight and @hourly`},
		{"@every 1h", `cron, column 1: @every 1h is relative to when a daemon was started, not a time of the calendar; write the five fields`},
		{"CRON_TZ=", `cron, column 1: "" is no time zone; write an IANA name such as Europe/London`},
		{"TZ=0 * * * * *", `cron, column 1: unknown time zone "0"; write an IANA name such as Europe/London`},
		{"CRON_TZ=Local * * * * *", `cron, column 1: "Local" is no time zone; write an IANA name such as Europe/London`},
		{strings.Repeat("*", 1025), "cron, column 1: 1025 octets long; at most 1024 are read"},
	}
	for _, tt := range tests {
		s, err := Parse(tt.in)
		if err == nil || err.Error() != tt.want || !errors.Is(err, ErrInvalid) {
			t.Errorf("%q: %v, want %s", tt.in, err, tt.want)
		}
		if s != (Schedule{}) {
			t.Errorf("%q: a schedule beside an error", tt.in)
		}
		if errors.Is(err, ErrNever) != strings.Contains(tt.want, "never") {
			t.Errorf("%q: ErrNever is wrong", tt.in)
		}
	}
}

// TestSame: expressions that mean the same ticks.
func TestSame(t *testing.T) {
	for _, pair := range [][2]string{
		{"@yearly", "0 0 1 1 *"}, {"@ANNUALLY", "0 0 1 jan ?"}, {"@monthly", "0 0 1 */1 *"}, {"@weekly", "0 0 * * 7"},
		{"@daily", " 0\t0 * * * "}, {"@midnight", "0 0 ? * ?"}, {"@hourly", "0 0-23 * * *"},
		{"*/15 * * * *", "0,15,30,45 * * * *"}, {"5/20 * * * *", "5,25,45 * * * *"}, {"0 0 * * 5-7", "0 0 * * FRI,SAT,SUN"},
		{"0 0 * * 5/1", "0 0 * * 5,6"}, {"0 0 1-31 * *", "0 0 1-31/1 * *"}, {"0 0 * * 0#1", "0 0 * * sun#1"}, {"0 0 * * 7L", "0 0 * * SUNl"},
	} {
		a, errA := Parse(pair[0])
		b, errB := Parse(pair[1])
		a.text, b.text, a.seven, b.seven = "", "", false, false
		if errA != nil || errB != nil || a != b {
			t.Errorf("%q and %q differ: %+v %+v (%v, %v)", pair[0], pair[1], a, b, errA, errB)
		}
	}
}

// TestDays: a day is taken that matches either field where both restrict, and the
// one that restricts where one does.
func TestDays(t *testing.T) {
	tests := []struct{ expr, want string }{
		{"0 0 13 * 5", "2 9 13 16 23 30"}, // October 2026 begins on a Thursday
		{"0 0 13 * *", "13"},
		{"0 0 * * 5", "2 9 16 23 30"},
		{"0 0 */10 * 5", "1 2 9 11 16 21 23 30 31"}, // */10 restricts
		{"0 0 L * *", "31"},
		{"0 0 1,L * *", "1 31"},
		{"0 0 * * 5L", "30"},
		{"0 0 * * 5#2,6#1", "3 9"},
		{"0 0 * * 4#5", "29"},
	}
	for _, tt := range tests {
		s, err := Parse(tt.expr)
		if err != nil {
			t.Fatal(err)
		}
		var days []string
		end := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
		for u, ok := s.Next(time.Date(2026, 9, 30, 23, 59, 0, 0, time.UTC)); ok && u.Before(end); u, ok = s.Next(u) {
			days = append(days, u.Format("2"))
		}
		if got := strings.Join(days, " "); got != tt.want {
			t.Errorf("%q: %s, want %s", tt.expr, got, tt.want)
		}
	}
}

// TestZones: the zone of the expression, of In, and of the instant, in this order of weakness.
func TestZones(t *testing.T) {
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	plain, _ := Parse("0 12 * * *")
	named, _ := Parse("CRON_TZ=America/New_York 0 12 * * *")
	for want, next := range map[string]func() (time.Time, bool){
		"12:00":  func() (time.Time, bool) { return plain.Next(at) },
		"03:00":  func() (time.Time, bool) { return plain.Next(at.In(tokyo)) },
		"17:00":  func() (time.Time, bool) { return named.Next(at.In(tokyo)) },
		"03:00 ": func() (time.Time, bool) { return named.In(tokyo).Next(at) },
	} {
		if u, ok := next(); !ok || u.UTC().Format("15:04") != strings.TrimSpace(want) {
			t.Errorf("%v, want %s", u.UTC(), want)
		}
	}
	if named.Location().String() != "America/New_York" || plain.Location() != nil || named.String() != "CRON_TZ=America/New_York 0 12 * * *" {
		t.Error("a schedule forgot what it was made of")
	}
}

// TestRecurrences: the rules made of a schedule tick when it does.
func TestRecurrences(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, err := Parse(expressions(t))
		if err != nil {
			return
		}
		change := rapid.SampledFrom(changes).Draw(t, "change")
		loc, err := time.LoadLocation(change[0])
		if err != nil {
			t.Fatal(err)
		}
		day, _ := time.Parse(time.DateOnly, change[1])
		within := calendar.Interval{Start: day.Add(-48 * time.Hour), End: day.Add(72 * time.Hour)}
		recs, err := s.In(loc).Recurrences()
		if err != nil {
			t.Fatal(err)
		}
		var got, want []int64
		for _, r := range recs {
			for u := range r.Starts(within) {
				got = append(got, u.Unix())
			}
		}
		slices.Sort(got)
		got = slices.Compact(got)
		for u, ok := s.In(loc).Next(within.Start.Add(-1)); ok && u.Before(within.End); u, ok = s.In(loc).Next(u) {
			if u.Unix() >= since+2*secondsPerDay {
				want = append(want, u.Unix())
			}
		}
		if day.Year() >= 2001 && !slices.Equal(got, want) {
			t.Fatalf("%q in %s: rules %v tick %s, want %s", s, loc, recs, stamps(got), stamps(want))
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"* * * * *", "*/5 1-3,5 L feb,3-9/2 1#2,5L,sun", "CRON_TZ=Europe/Berlin 30 2 * * 7", "@daily", "0 0 29 2 *", "TZ=0", "0 0 31 2 1", "\xe0;"} {
		f.Add(s, int64(1774746000))
	}
	f.Fuzz(func(t *testing.T, expr string, at int64) {
		s, err := Parse(expr)
		if err != nil {
			if !errors.Is(err, ErrInvalid) {
				t.Fatalf("%v matches no kind", err)
			}
			return
		}
		u := time.Unix(at, 0)
		for range 5 {
			next, ok := s.Next(u)
			if !ok {
				break
			}
			if !next.After(u) {
				t.Fatalf("Next(%v) = %v", u, next)
			}
			if back, ok := s.Prev(next.Add(1)); !ok || !back.Equal(next) {
				t.Fatalf("Prev just behind %v = %v", next, back)
			}
			if prev, ok := s.Prev(next); ok && prev.After(u) {
				t.Fatalf("Next(%v) = %v, but %v is before it", u, next, prev)
			}
			u = next
		}
		if _, err := s.Recurrences(); err != nil {
			t.Fatalf("no recurrence: %v", err)
		}
	})
}
