package ics

import (
	"fmt"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/validate"
)

// maxHolidays bounds the days that one file may give.
const maxHolidays = 100_000

// Holidays returns the days on which events of the file lie in the years from first to last, by date and
// name, each once: every day of an event of several days, every occurrence of a recurring one. The name
// is the summary. An event at a time counts for the days that its own clock shows, to its last instant;
// one without DTEND or DURATION for the day on which it starts. Cancelled events do not count; transparent
// ones do, since holidays are mostly published so.
//
// It reports the faults that [File.Events] does.
func (f *File) Holidays(first, last int) (calendar.Holidays, []Warning, error) {
	if first < 1 || last > 9998 || last < first {
		return nil, nil, &validate.Error{Path: "years", Problem: fmt.Sprintf("%d to %d are not years from 1 to 9998 in order", first, last)}
	}
	events, warnings, err := f.Events(Reading{})
	if err != nil {
		return nil, nil, err
	}
	var out calendar.Holidays
	for i := range events {
		e := &events[i]
		if e.Status == Cancelled {
			continue
		}
		e.Starts = e.Starts.In(time.UTC)
		loc := e.Starts.Location()
		within := calendar.Interval{Start: time.Date(first, 1, 1, 0, 0, 0, 0, loc), End: time.Date(last+1, 1, 1, 0, 0, 0, 0, loc)}
		for iv := range e.Occurrences(within) {
			end := iv.Start
			if iv.End.After(end) {
				end = iv.End.Add(-1)
			}
			until := calendar.DateOf(end.In(loc))
			for d := calendar.DateOf(iv.Start.In(loc)); d.Compare(until) <= 0; d = d.AddDays(1) {
				if d.Year < first || d.Year > last {
					continue
				}
				if out = append(out, calendar.Holiday{Date: d, Name: e.Summary}); len(out) > maxHolidays {
					return nil, nil, &Error{Line: max(e.Line, 1), Column: 1, Problem: fmt.Sprintf("more than %d days in the years from %d to %d; ask for fewer", maxHolidays, first, last)}
				}
			}
		}
	}
	return out.Sorted(), warnings, nil
}
