package schedule

import (
	"fmt"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// maxPeriods bounds what [Weeks] and [Windows] make: a century of weeks is 5,200.
const maxPeriods = 10_000

// Weeks returns the calendar weeks that meet a horizon, as periods of a [Budget] with one
// limit. A week begins at 00:00 on its first day in the zone (an IANA name; "" is UTC), so the
// one in which the clock changes is an hour shorter or longer. Its name is that of the day it
// begins, such as "week of 2026-11-23". The first and the last week are whole weeks: what the
// horizon holds of them shares their limit.
func Weeks(horizon calendar.Interval, zone string, first time.Weekday, limit int64) ([]Period, error) {
	var l faultList
	l.instant("horizon.start", horizon.Start, true)
	l.instant("horizon.end", horizon.End, true)
	if horizon.Start.After(horizon.End) {
		l.addf("horizon", "ends before it starts")
	}
	loc, err := time.LoadLocation(zone)
	if err != nil || zone == "Local" {
		l.addf("zone", "%s is not an IANA zone such as \"Europe/Berlin\"", quote(zone))
	}
	if first < time.Sunday || first > time.Saturday {
		l.addf("first", "must be a day of the week, is %d", first)
	}
	l.number("limit", limit, 0)
	if err := l.err(); err != nil {
		return nil, fmt.Errorf("schedule: weeks: %w", err)
	}
	day := calendar.DateOf(horizon.Start.In(loc))
	day = day.AddDays(-(int(day.Weekday()-first) + 7) % 7)
	var out []Period
	for ; ; day = day.AddDays(7) {
		span := calendar.Interval{Start: day.In(loc).UTC(), End: day.AddDays(7).In(loc).UTC()}
		if !span.Start.Before(horizon.End) {
			return out, nil
		}
		if len(out) == maxPeriods {
			return nil, fmt.Errorf("schedule: weeks: %w", &ValidationError{Path: "horizon", Problem: fmt.Sprintf("has more than %d weeks", maxPeriods)})
		}
		out = append(out, Period{Name: "week of " + day.String(), Span: span, Limit: limit})
	}
}

// Windows returns the stretches of open time that a calendar has for a subject within a
// horizon, as periods of a [Budget] with one limit: a budget for each window. Stretches that
// touch are one window. Errors are those of the calendar.
func Windows(c *calendar.Calendar, of calendar.Subject, horizon calendar.Interval, limit int64) ([]Period, error) {
	var l faultList
	if c == nil {
		l.addf("calendar", "is missing")
	}
	l.number("limit", limit, 0)
	if err := l.err(); err != nil {
		return nil, fmt.Errorf("schedule: windows: %w", err)
	}
	open, err := c.Open(horizon, of)
	if err != nil {
		return nil, fmt.Errorf("schedule: windows: %w", err)
	}
	var out []Period
	for iv := range open.All() {
		if len(out) == maxPeriods {
			return nil, fmt.Errorf("schedule: windows: %w", &ValidationError{Path: "horizon", Problem: fmt.Sprintf("has more than %d windows", maxPeriods)})
		}
		out = append(out, Period{Name: fmt.Sprintf("window %d", len(out)+1), Span: iv, Limit: limit})
	}
	return out, nil
}
