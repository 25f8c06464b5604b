package schedule

import (
	"errors"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

func TestWeeks(t *testing.T) {
	at := func(s string) time.Time {
		x, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	for _, c := range []struct {
		name, from, to, zone string
		first                time.Weekday
		want                 []string // starts, then the end of the last
	}{
		{"the clock goes back in the first week", "2026-10-21T10:00:00Z", "2026-10-26T10:00:00Z", "Europe/Berlin", time.Monday,
			[]string{"2026-10-18T22:00:00Z", "2026-10-25T23:00:00Z", "2026-11-01T23:00:00Z"}},
		{"from Sunday", "2026-11-22T00:00:00Z", "2026-11-29T00:00:00Z", "", time.Sunday, []string{"2026-11-22T00:00:00Z", "2026-11-29T00:00:00Z"}},
		{"a day that begins at one", "2018-11-04T12:00:00Z", "2018-11-05T00:00:00Z", "America/Sao_Paulo", time.Sunday,
			[]string{"2018-11-04T03:00:00Z", "2018-11-11T02:00:00Z"}},
		{"nothing", "2026-11-22T00:00:00Z", "2026-11-22T00:00:00Z", "", time.Sunday, []string{}},
	} {
		got, err := Weeks(calendar.Interval{Start: at(c.from), End: at(c.to)}, c.zone, c.first, 7)
		if err != nil || len(got) != max(0, len(c.want)-1) {
			t.Errorf("%s: %v, %v", c.name, got, err)
			continue
		}
		for i, p := range got {
			if !p.Span.Start.Equal(at(c.want[i])) || !p.Span.End.Equal(at(c.want[i+1])) || p.Limit != 7 {
				t.Errorf("%s: %d: %+v", c.name, i, p)
			}
		}
	}
}

func TestPeriodsRefused(t *testing.T) {
	year := calendar.Interval{Start: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), End: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)}
	for name, f := range map[string]func() error{
		"zone":       func() error { _, err := Weeks(year, "Mars/Olympus", time.Monday, 1); return err },
		"local zone": func() error { _, err := Weeks(year, "Local", time.Monday, 1); return err },
		"day":        func() error { _, err := Weeks(year, "", 9, 1); return err },
		"limit":      func() error { _, err := Weeks(year, "", time.Monday, -1); return err },
		"backwards": func() error {
			_, err := Weeks(calendar.Interval{Start: year.End, End: year.Start}, "", time.Monday, 1)
			return err
		},
		"too many": func() error {
			_, err := Weeks(calendar.Interval{Start: time.Date(1851, 1, 1, 0, 0, 0, 0, time.UTC), End: time.Date(2120, 1, 1, 0, 0, 0, 0, time.UTC)}, "", time.Monday, 1)
			return err
		},
		"no times":    func() error { _, err := Weeks(calendar.Interval{}, "", time.Monday, 1); return err },
		"no calendar": func() error { _, err := Windows(nil, calendar.Subject{}, year, 1); return err },
	} {
		if err := f(); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
