package records

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/calendar/ics"
	"github.com/slackwater-go/slackwater/schedule"
)

// maxSeries bounds how many occurrences one repeating event may have.
const maxSeries = 1000

// readICS reads events: UID is the change, SUMMARY its title, LOCATION its CIs, and
// CATEGORIES its type, where one of them is a change type. An event that repeats is
// one record an occurrence.
func readICS(data []byte, opts *Options, faults *faults) *File {
	f := &File{Format: ICalendar}
	file, err := ics.Parse(bytes.NewReader(data))
	if err != nil {
		addICS(faults, err)
		return f
	}
	reading := ics.Reading{}
	if z := opts.zone(); z != time.UTC && z.String() != "Local" {
		reading.Zone = z.String()
	} else {
		reading.Zone = "UTC"
	}
	events, _, err := file.Events(reading)
	if err != nil {
		addICS(faults, err)
		return f
	}
	all := calendar.Interval{Start: time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC), End: time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)}
	for i := range events {
		e := &events[i]
		if e.Status == ics.Cancelled {
			f.Cancelled++
			continue
		}
		n := 0
		for iv := range e.Occurrences(all) {
			if n++; n > maxSeries {
				faults.add(e.Line, 1, "event "+e.UID, "repeats more than %d times: end the series with COUNT or UNTIL", maxSeries)
				break
			}
			f.Records = append(f.Records, eventRecord(e, iv))
		}
		if n == 0 {
			faults.add(e.Line, 1, "event "+e.UID, "has no time: give it a start and an end between 1900 and 2200")
		}
	}
	return f
}

func eventRecord(e *ics.Event, iv calendar.Interval) Record {
	r := Record{Line: e.Line, ID: e.UID, Title: e.Summary, Start: iv.Start, End: iv.End}
	for _, ci := range strings.FieldsFunc(e.Location, func(c rune) bool { return c == ';' || c == '|' }) {
		if ci = strings.TrimSpace(ci); ci != "" {
			r.CIs = append(r.CIs, ci)
		}
	}
	types := []string{schedule.Standard, schedule.Normal, schedule.Expedited, schedule.Emergency}
	for _, c := range e.Categories {
		switch t := changeType(c); {
		case r.Type == "" && slices.Contains(types, t):
			r.Type = t
		case r.Team == "":
			r.Team = c
		}
	}
	return r
}

// addICS takes over the faults that were joined.
func addICS(faults *faults, err error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			addICS(faults, e)
		}
		return
	}
	if bad := (*ics.Error)(nil); errors.As(err, &bad) {
		faults.add(bad.Line, bad.Column, "calendar", "%s", bad.Problem)
		return
	}
	faults.add(1, 1, "calendar", "%v", err)
}
