package ics

import (
	"errors"
	"fmt"
	"strings"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/validate"
)

// Calendar returns the windows that the events of the file describe; their IDs
// are the UIDs, behind which an override has "/" and its Instance.
//
// By the convention of AWS Systems Manager Change Calendar the property
// X-CALENDAR-TYPE says what holds outside events: DEFAULT_OPEN makes the events
// blackouts, DEFAULT_CLOSED makes them maintenance windows of a calendar that is
// closed by default. Other files need [Reading.Kind].
//
// Cancelled events, transparent ones (but see [Reading.Transparent]), points in
// time and rules without any occurrence are no windows; a [Warning] tells of each.
func (f *File) Calendar(o Reading) (*calendar.Calendar, []Warning, error) {
	kind, def, err := f.kind(o)
	if err != nil {
		return nil, nil, err
	}
	events, warnings, err := f.Events(o)
	if err != nil {
		return nil, nil, err
	}
	c := &calendar.Calendar{ID: f.title(), Default: def}
	if o.Zone != "" {
		c.Zone = o.Zone
	}
	taken := map[string]int{}
	var faults []error
	for i := range events {
		e := &events[i]
		skip := func(why string) {
			warnings = append(warnings, Warning{e.Line, NoEffect, fmt.Sprintf("event %s %s: no window", clip(e.windowID()), why)})
		}
		starts, err := e.starts()
		switch {
		case err != nil:
			faults = append(faults, &Error{Line: e.Line, Column: 1, Problem: problemOf(err)})
			continue
		case e.Status == Cancelled:
			skip("is cancelled")
			continue
		case e.Transparent && !o.Transparent:
			skip("is transparent")
			continue
		case e.point() && hasPeriods(starts):
			faults = append(faults, &Error{Line: e.Line, Column: 1, Problem: "the event has RDATE periods but no length of its own; give it DTEND or DURATION"})
			continue
		case e.point():
			skip("has no length")
			continue
		case starts.Never():
			skip("never occurs")
			continue
		case starts.Floating():
			faults = append(faults, &Error{Line: e.Line, Column: 1, Problem: "the event has no time zone; set Reading.Zone to the clock it is meant on"})
			continue
		}
		id := e.windowID()
		if taken[id]++; taken[id] > 1 {
			id = fmt.Sprintf("%s#%d", id, taken[id])
		}
		c.Windows = append(c.Windows, calendar.Window{
			ID: id, Kind: kind, Starts: starts, Length: e.Length, EndWall: e.EndWall, Reason: e.Summary,
		})
	}
	if len(faults) > 0 {
		return nil, nil, errors.Join(faults...)
	}
	if err := c.Validate(); err != nil {
		return nil, nil, err
	}
	return c, warnings, nil
}

// kind finds out what the events are and what holds outside them.
func (f *File) kind(o Reading) (calendar.Kind, calendar.Default, error) {
	var kind calendar.Kind
	var def calendar.Default
	var said *Property
	for c := range f.Components("VCALENDAR") {
		p := c.Property("X-CALENDAR-TYPE")
		if p == nil {
			continue
		}
		if said != nil && !strings.EqualFold(strings.TrimSpace(said.Value), strings.TrimSpace(p.Value)) {
			return "", "", p.errorAt(0, fmt.Sprintf("X-CALENDAR-TYPE contradicts line %d; read the calendars one by one", said.line))
		}
		said = p
		switch strings.ToUpper(strings.TrimSpace(p.Value)) {
		case "DEFAULT_OPEN":
			kind, def = calendar.Blackout, calendar.DefaultOpen
		case "DEFAULT_CLOSED":
			kind, def = calendar.Maintenance, calendar.DefaultClosed
		default:
			return "", "", p.errorAt(0, fmt.Sprintf("X-CALENDAR-TYPE %q is neither DEFAULT_OPEN nor DEFAULT_CLOSED", clip(p.Value)))
		}
	}
	switch {
	case o.Kind != "":
		kind = o.Kind
	case said == nil:
		return "", "", &validate.Error{Path: "kind", Problem: "the file does not say whether its events open or close; set Reading.Kind"}
	}
	return kind, def, nil
}

// title is the name that the file gives itself.
func (f *File) title() string {
	for c := range f.Components("VCALENDAR") {
		for _, name := range []string{"NAME", "X-WR-CALNAME"} { // RFC 7986, 5.1, and what came before it
			if p := c.Property(name); p != nil {
				return p.Text()
			}
		}
	}
	return ""
}
