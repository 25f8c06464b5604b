package ics

import (
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// Status is the STATUS of an event.
type Status string

// The values of STATUS for a VEVENT (RFC 5545, 3.8.1.11). Empty means none is given.
const (
	Tentative Status = "TENTATIVE"
	Confirmed Status = "CONFIRMED"
	Cancelled Status = "CANCELLED"
)

// An Event is one VEVENT: a series of occurrences, or an override of one of them.
// [File.Events] makes them from a file, [Write] makes a file of them.
type Event struct {
	UID      string // stable over all revisions
	Sequence int    // revision, from 0
	Status   Status

	Summary, Description, Location, URL string
	Categories                          []string
	Transparent                         bool // does not take time: TRANSP:TRANSPARENT

	// Starts is DTSTART with its RRULE, RDATE and EXDATE. It floats (and needs
	// [calendar.Recurrence.In] before it has instants) where neither the file nor
	// Reading names a zone.
	Starts calendar.Recurrence
	// Length or EndWall is how long each occurrence lasts, as in [calendar.Window].
	// Both zero is a point in time, or one day where Starts is all-day.
	Length  calendar.Duration
	EndWall calendar.EndWall

	// Instance is the RECURRENCE-ID of an override: the start that the occurrence
	// would have had in its series, as "20260130", "20260130T090000Z" or, floating,
	// "20260130T090000". Replaced lists, on the series, the Instances of its
	// overrides: occurrences that are not of this Event any more.
	Instance string
	Replaced []string

	Line int // of the file, 0 for an event that was not read

	closes bool // made of a window that closes: of two equal readings it ends at the second
}

// starts returns the recurrence without what overrides replace.
func (e *Event) starts() (calendar.Recurrence, error) {
	if len(e.Replaced) == 0 {
		return e.Starts, nil
	}
	var b strings.Builder
	b.WriteString(e.Starts.String())
	for _, at := range e.Replaced {
		if len(at) == len(dateLayout) {
			fmt.Fprintf(&b, "\nEXDATE;VALUE=DATE:%s", at)
		} else {
			fmt.Fprintf(&b, "\nEXDATE:%s", at)
		}
	}
	p := calendar.Parser{Zones: zonesNear(e.Starts.Location())}
	rec, err := p.Recurrence(b.String())
	return rec.In(e.Starts.Location()), err
}

// zonesNear finds IANA zones, and known also where it was built from a VTIMEZONE.
func zonesNear(known *time.Location) calendar.ZoneLoader {
	return func(name string) (*time.Location, error) {
		if known != nil && known.String() == name {
			return known, nil
		}
		if loc := loadIANA(name); loc != nil {
			return loc, nil
		}
		return nil, fmt.Errorf("unknown time zone %q; use an IANA name such as Europe/London", clip(name))
	}
}

// Occurrences walks the occurrences of the event that overlap within, by start;
// a point in time overlaps when it lies within. An event that floats has none.
// Cancelled and transparent events have theirs: it is for the caller to ask.
func (e *Event) Occurrences(within calendar.Interval) iter.Seq[calendar.Interval] {
	return func(yield func(calendar.Interval) bool) {
		starts, err := e.starts()
		if err != nil || within.Empty() {
			return
		}
		if e.point() && !hasPeriods(starts) {
			for t := range starts.Starts(within) {
				if !yield(calendar.Interval{Start: t, End: t}) {
					return
				}
			}
			return
		}
		length := e.Length
		if e.point() {
			length = calendar.Exactly(1) // for the periods, which bring their own
		}
		kind := calendar.Maintenance
		if e.closes {
			kind = calendar.Blackout
		}
		c := calendar.Calendar{Windows: []calendar.Window{{
			ID: "event", Kind: kind, Starts: starts, Length: length, EndWall: e.EndWall,
		}}}
		for _, iv := range c.Occurrences(within, calendar.Subject{}) {
			if !yield(iv) {
				return
			}
		}
	}
}

// hasPeriods reports whether some occurrences bring their own length.
func hasPeriods(r calendar.Recurrence) bool {
	return strings.Contains(r.String(), "RDATE;VALUE=PERIOD")
}

// point reports whether an occurrence has no length.
func (e *Event) point() bool {
	return e.Length.IsZero() && e.EndWall.IsZero() && !e.Starts.AllDay()
}

// windowID names the window of an event.
func (e *Event) windowID() string {
	id := e.UID
	if id == "" {
		id = fmt.Sprintf("line-%d", e.Line)
	}
	if e.Instance != "" {
		id += "/" + e.Instance
	}
	return id
}

// everything is the time that RFC 5545 can write.
var everything = calendar.Interval{
	Start: time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), End: time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC),
}
