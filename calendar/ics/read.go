package ics

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/validate"
)

// A Reading says how events are understood where the RFC or the file leaves it
// open. The zero Reading follows the RFC.
type Reading struct {
	// Zone is the IANA name of the clock for floating times and whole days. Empty
	// means the file's own X-WR-TIMEZONE, and if there is none they stay floating.
	Zone string
	// WallEnds reads DTEND as a time on the clock: 22:00 to 06:00 ends at 06:00 every
	// night. The RFC (3.8.5.3) takes from DTSTART and DTEND a length in exact time, so
	// that this event ends at 05:00 or 07:00 in the night of a clock change.
	WallEnds bool
	// SkipGaps drops occurrences that a clock change skips: see [calendar.Parser].
	SkipGaps bool

	// For [File.Calendar]:

	// Kind is what the events are. Empty means what the file says by AWS's
	// convention: blackouts under X-CALENDAR-TYPE:DEFAULT_OPEN, maintenance windows
	// under DEFAULT_CLOSED.
	Kind calendar.Kind
	// Transparent takes events with TRANSP:TRANSPARENT for windows too.
	Transparent bool
}

// Events returns the events of the file, overrides among them, in the order of
// the file. Of several revisions of one event the latest is returned. It reports
// all faults found, joined, each an [Error]; VTODO, VJOURNAL and VFREEBUSY are
// not read.
func (f *File) Events(o Reading) ([]Event, []Warning, error) {
	r := reader{Reading: o}
	if o.Zone != "" {
		if r.zone = loadIANA(o.Zone); r.zone == nil {
			return nil, nil, &validate.Error{Path: "zone", Problem: fmt.Sprintf("unknown time zone %q; use an IANA name such as Europe/London", clip(o.Zone))}
		}
	}
	for c := range f.Components("VCALENDAR") {
		r.calendar(c.Items)
	}
	r.calendar(f.Items) // events without a VCALENDAR around
	if len(r.errs) > 0 {
		slices.SortStableFunc(r.errs, func(a, b *Error) int { return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column)) })
		var all []error
		for _, err := range r.errs {
			all = append(all, err)
		}
		return nil, nil, errors.Join(all...)
	}
	slices.SortStableFunc(r.events, func(a, b Event) int { return cmp.Compare(a.Line, b.Line) })
	return r.events, r.warnings, nil
}

type reader struct {
	Reading
	zone     *time.Location // of Reading.Zone
	zones    *zoneTable
	events   []Event
	warnings []Warning
	errs     []*Error
}

func (r *reader) warn(line int, kind WarningKind, format string, args ...any) {
	r.warnings = append(r.warnings, Warning{line, kind, fmt.Sprintf(format, args...)})
}

func (r *reader) calendar(items []Item) {
	r.zones = newZoneTable(items, &r.warnings)
	clock := r.zone
	for _, it := range items {
		if p, ok := it.(*Property); ok && clock == nil && p.Is("X-WR-TIMEZONE") && strings.TrimSpace(p.Value) != "" {
			loc, problem := r.zones.find(p.Text())
			if problem != "" {
				r.warn(p.line, ZoneBroken, "X-WR-TIMEZONE: %s; floating times stay floating", problem)
			}
			clock = loc
		}
	}
	var events []parsed
	for c := range components(items, "VEVENT") {
		if len(r.errs) >= maxReadFaults {
			return
		}
		e, ok := r.event(c, clock)
		if ok {
			events = append(events, e)
		}
	}
	r.events = append(r.events, r.link(events)...)
}

// maxReadFaults bounds the faults that are looked up and reported.
const maxReadFaults = 50

func (r *reader) fail(p *Property, off int, format string, args ...any) {
	if len(r.errs) >= maxReadFaults {
		return
	}
	r.errs = append(r.errs, p.errorAt(off, fmt.Sprintf(format, args...)))
}

// parsed is an event with what only the reader needs.
type parsed struct {
	Event
	day string // of Instance, on its own clock
}

// event reads one VEVENT.
func (r *reader) event(c *Component, clock *time.Location) (parsed, bool) {
	e := parsed{Event: Event{Line: c.Line()}}
	faults := len(r.errs)
	var start, end, duration, instance *Property
	for p := range c.Properties("") {
		switch strings.ToUpper(p.Name) {
		case "UID":
			e.UID = p.Text()
		case "SUMMARY":
			e.Summary = p.Text()
		case "DESCRIPTION":
			e.Description = p.Text()
		case "LOCATION":
			e.Location = p.Text()
		case "URL":
			e.URL = p.Value
		case "CATEGORIES":
			e.Categories = append(e.Categories, p.Texts()...)
		case "STATUS":
			e.Status = Status(strings.ToUpper(strings.TrimSpace(p.Value)))
		case "TRANSP":
			e.Transparent = strings.EqualFold(strings.TrimSpace(p.Value), "TRANSPARENT")
		case "SEQUENCE":
			n, err := strconv.Atoi(strings.TrimSpace(p.Value))
			if err != nil {
				r.fail(p, 0, "SEQUENCE %q is no number", clip(p.Value))
			}
			e.Sequence = n
		case "DTSTART":
			r.once(&start, p)
		case "DTEND":
			r.once(&end, p)
		case "DURATION":
			r.once(&duration, p)
		case "RECURRENCE-ID":
			r.once(&instance, p)
		}
	}
	if e.UID == "" {
		r.warn(e.Line, NoUID, "an event without UID cannot be told from its revisions")
	}
	if start == nil {
		if instance == nil {
			r.warn(e.Line, NoEffect, "an event without DTSTART happens at no time")
			return e, false
		}
		start = instance // a message that cancels or comments on one occurrence
	}
	from, ok := r.moment(start)
	if !ok {
		r.otherFaults(&e, c, start, end, duration, instance)
		return e, false
	}
	r.length(&e.Event, from, end, duration)
	if instance != nil {
		r.instance(&e, instance)
	}
	r.starts(&e.Event, c, start, from, clock)
	return e, len(r.errs) == faults
}

// otherFaults looks through an event whose DTSTART cannot be read for what else is wrong, as if it began
// in 2000.
func (r *reader) otherFaults(e *parsed, c *Component, start, end, duration, instance *Property) {
	warnings := len(r.warnings)
	from := moment{stamp: stamp{year: 2000, month: 1, day: 1}}
	switch value := strings.TrimSpace(start.Value); {
	case strings.EqualFold(start.Param("VALUE"), "DATE") || len(value) == len(dateLayout):
		from.date = true
	case start.Param("TZID") != "" || strings.HasSuffix(strings.ToUpper(value), "Z"):
		from.utc, from.zone = true, time.UTC
	}
	if end != nil {
		r.moment(end)
	}
	r.length(&e.Event, from, nil, duration)
	if instance != nil && instance != start {
		r.instance(e, instance)
	}
	r.starts(&e.Event, c, start, from, nil)
	r.warnings = r.warnings[:warnings]
}

func (r *reader) once(into **Property, p *Property) {
	if *into != nil {
		r.fail(p, 0, "a second %s in one event; the first is in line %d", p.Name, (*into).line)
		return
	}
	*into = p
}

// A moment is a stamp in its zone, nil where it floats or is a whole day.
type moment struct {
	stamp
	zone *time.Location
}

func (r *reader) moment(p *Property) (moment, bool) {
	return r.momentOf(p, p.Value, 0)
}

func (r *reader) momentOf(p *Property, value string, off int) (moment, bool) {
	s, problem := parseStamp(value)
	if problem != "" {
		r.fail(p, off, "%s: %s", p.Name, problem)
		return moment{}, false
	}
	m := moment{stamp: s}
	switch id := p.Param("TZID"); {
	case s.date:
	case s.utc: // Z settles it; some writers give a TZID besides
		m.zone = time.UTC
	case id != "":
		loc, problem := r.zones.find(id)
		if problem != "" {
			r.fail(p, off, "%s: %s", p.Name, problem)
			return moment{}, false
		}
		m.zone = loc
	}
	return m, true
}

// instant returns when m is; a floating moment is taken as UTC, for differences.
func (m moment) instant() time.Time {
	if m.zone == nil || m.zone == time.UTC {
		return m.reading()
	}
	// RFC 5545, 3.3.5 as the calendar package decides it.
	text := fmt.Sprintf("DTSTART;TZID=\"%s\":%s", m.zone, m.reading().Format(dateTimeLayout))
	p := calendar.Parser{Zones: func(string) (*time.Location, error) { return m.zone, nil }}
	rec, err := p.Recurrence(text)
	if err == nil {
		near := calendar.Interval{Start: m.reading().Add(-50 * time.Hour), End: m.reading().Add(50 * time.Hour)}
		for t := range rec.Starts(near) {
			return t
		}
	}
	return time.Date(m.year, time.Month(m.month), m.day, m.hour, m.min, m.sec, 0, m.zone)
}

// length sets Length or EndWall from DTEND or DURATION.
func (r *reader) length(e *Event, from moment, end, duration *Property) {
	switch {
	case end != nil && duration != nil:
		r.fail(duration, 0, "DURATION beside DTEND; keep one")
	case duration != nil:
		d, err := calendar.ParseDuration(strings.TrimSpace(duration.Value))
		if err != nil {
			r.fail(duration, 0, "%v", problemOf(err))
			return
		}
		if d.Days < 0 || d.Exact < 0 {
			r.fail(duration, 0, "a negative DURATION; an event ends after it starts")
			return
		}
		if from.date && d.Exact != 0 && d.Exact%(24*time.Hour) == 0 {
			d = calendar.Duration{Days: d.Days + int(d.Exact/(24*time.Hour))} // PT24H of a whole day means a day
		}
		e.Length = d
	case end != nil:
		r.end(e, from, end)
	}
}

func (r *reader) end(e *Event, from moment, end *Property) {
	to, ok := r.moment(end)
	if !ok {
		return
	}
	if from.date != to.date {
		r.fail(end, 0, "DTSTART and DTEND must both be dates or both be date-times")
		return
	}
	switch {
	case from.zone == nil && to.zone != nil:
		r.fail(end, 0, "DTSTART floats (has no zone) and DTEND does not")
		return
	case from.zone != nil && to.zone == nil && !from.date:
		r.warn(end.line, EndZone, "DTEND has no zone; that of DTSTART is taken")
		to.zone = from.zone
	}
	days := int(to.reading().Truncate(24*time.Hour).Sub(from.reading().Truncate(24*time.Hour)) / (24 * time.Hour))
	exact := to.instant().Sub(from.instant())
	switch {
	case exact < 0:
		r.fail(end, 0, "DTEND %s is before DTSTART %s; are they swapped?", clip(end.Value), from.text())
	case from.date:
		e.Length.Days = days
	case exact > 0 && r.WallEnds && from.zone == to.zone && days <= 3660 && (days > 0 || to.reading().After(from.reading())):
		e.EndWall = calendar.EndWall{Hour: to.hour, Minute: to.min, Second: to.sec, Days: days}
	default:
		e.Length.Exact = exact
	}
}

// text writes a moment without its zone.
func (m moment) text() string {
	switch {
	case m.date:
		return m.reading().Format(dateLayout)
	case m.utc:
		return m.reading().Format(dateTimeLayout) + "Z"
	}
	return m.reading().Format(dateTimeLayout)
}

// instance sets the RECURRENCE-ID, in the form of the series' own starts.
func (r *reader) instance(e *parsed, p *Property) {
	if p.Param("RANGE") != "" {
		r.fail(p, 0, "RECURRENCE-ID with RANGE=%s changes a whole rest of a series, which is not supported; end the series with UNTIL and write the rest as an event of its own", clip(p.Param("RANGE")))
		return
	}
	m, ok := r.moment(p)
	if !ok {
		return
	}
	e.Instance, e.day = m.text(), m.reading().Format(dateLayout)
	if m.zone != nil {
		e.Instance = m.instant().UTC().Format(dateTimeLayout) + "Z"
	}
}

// problemOf strips the path of a calendar error that has none worth showing.
func problemOf(err error) string {
	var v *calendar.ValidationError
	if errors.As(err, &v) {
		return v.Problem
	}
	return err.Error()
}
