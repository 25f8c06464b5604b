package report

import (
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// An axis maps instants to the pixels of a chart of fixed width. Days are as wide as
// they are long, so a day on which clocks change is narrower or wider.
type axis struct {
	span  calendar.Interval
	zone  *time.Location
	width float64
}

// x returns the place of t, cut to the chart.
func (a axis) x(t time.Time) float64 {
	total := a.span.Duration()
	if total <= 0 {
		return 0
	}
	f := float64(t.Sub(a.span.Start)) / float64(total)
	return min(max(f, 0), 1) * a.width
}

// A tick is one line of the axis.
type tick struct {
	at    time.Time
	label string
	major bool
}

// ticks chooses the finest of a few natural steps that leaves room for its labels.
func (a axis) ticks() []tick {
	days := a.span.Duration().Hours() / 24
	var out []tick
	start := a.span.Start.In(a.zone)
	day := time.Date(start.Year(), start.Month(), start.Day(), 0, 0, 0, 0, a.zone)
	switch {
	case days <= 0:
		return nil
	case days <= 3:
		for d := day; d.Before(a.span.End); d = d.AddDate(0, 0, 1) {
			out = append(out, tick{d, d.Format("Mon 2 Jan"), true})
			for h := 6; h < 24; h += 6 {
				t := time.Date(d.Year(), d.Month(), d.Day(), h, 0, 0, 0, a.zone)
				out = append(out, tick{t, t.Format("15:04"), false})
			}
		}
	case days <= 16:
		for d := day; d.Before(a.span.End); d = d.AddDate(0, 0, 1) {
			label := d.Format("Mon 2")
			if len(out) == 0 || d.Day() == 1 {
				label = d.Format("Mon 2 Jan")
			}
			out = append(out, tick{d, label, d.Weekday() == time.Monday || d.Day() == 1 || d.Equal(day)})
		}
	case days <= 120:
		d := day
		for d.Weekday() != time.Monday {
			d = d.AddDate(0, 0, 1)
		}
		for ; d.Before(a.span.End); d = d.AddDate(0, 0, 7) {
			out = append(out, tick{d, d.Format("2 Jan"), true})
		}
	default:
		d := time.Date(start.Year(), start.Month(), 1, 0, 0, 0, 0, a.zone)
		for ; d.Before(a.span.End); d = d.AddDate(0, 1, 0) {
			label := d.Format("Jan")
			if d.Month() == time.January || len(out) == 0 {
				label = d.Format("Jan 2006")
			}
			out = append(out, tick{d, label, true})
		}
	}
	kept := out[:0]
	for _, t := range out {
		if !t.at.Before(a.span.Start) && t.at.Before(a.span.End) {
			kept = append(kept, t)
		}
	}
	return kept
}

// weekends yields the Saturdays and Sundays of the span, joined; none where the span is
// too long to tell them apart.
func (a axis) weekends() []calendar.Interval {
	if a.span.Duration() > 120*24*time.Hour {
		return nil
	}
	start := a.span.Start.In(a.zone)
	var out []calendar.Interval
	for d := time.Date(start.Year(), start.Month(), start.Day(), 0, 0, 0, 0, a.zone); d.Before(a.span.End); d = d.AddDate(0, 0, 1) {
		if d.Weekday() != time.Saturday && d.Weekday() != time.Sunday {
			continue
		}
		next := d.AddDate(0, 0, 1)
		if n := len(out); n > 0 && out[n-1].End.Equal(d) {
			out[n-1].End = next
		} else {
			out = append(out, calendar.Interval{Start: d, End: next})
		}
	}
	return out
}
