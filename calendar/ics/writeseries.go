package ics

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// event writes one event in the way that all readers take alike.
func (wr *writer) event(e *Event, path string) {
	if e.Starts.AllDay() || e.Starts.Floating() {
		wr.plainDays(e, path)
		return
	}
	var list []calendar.Interval
	for iv := range e.Occurrences(wr.feed.Covers) {
		if list = append(list, iv); len(list) > maxWritten {
			wr.faults.Addf(path+".starts", "more than %d occurrences in the time that the feed covers", maxWritten)
			return
		}
	}
	head, ok := wr.series(e, list)
	if ok && e.Instance == "" {
		head.items, ok = wr.leaveOut(e, head.items)
	}
	if !ok {
		wr.singles(e, list)
		return
	}
	c := wr.begin(e)
	c.Items = append(c.Items, head.items...)
	wr.describe(c, e)
	for _, iv := range head.odd {
		o := wr.vevent(e, e.UID)
		o.Items = append(o.Items, wr.at("RECURRENCE-ID", iv.Start, e.Starts.Location()),
			NewProperty("DTSTART", utc(iv.Start)), NewProperty("DTEND", utc(iv.End)))
		wr.describe(o, e)
	}
}

// begin begins the component of an event. An override refers to its series on the
// clock of that; where the series is not in the file as one, it is an event of its own.
func (wr *writer) begin(e *Event) *Component {
	if e.Instance == "" {
		wr.written[e.UID] = e
		return wr.vevent(e, e.UID)
	}
	master := wr.written[e.UID]
	if master == nil {
		return wr.vevent(e, e.UID+"/"+e.Instance)
	}
	c := wr.vevent(e, e.UID)
	s, _ := parseStamp(e.Instance)
	switch {
	case s.date:
		c.Items = append(c.Items, NewProperty("RECURRENCE-ID", e.Instance, Param{"VALUE", []string{"DATE"}}))
	case s.utc && master.Starts.Location() != nil:
		c.Items = append(c.Items, wr.at("RECURRENCE-ID", s.reading(), master.Starts.Location()))
	default:
		c.Items = append(c.Items, NewProperty("RECURRENCE-ID", e.Instance))
	}
	return c
}

// leaveOut excludes the occurrences that are replaced by events which the feed
// does not have, such as cancelled ones that were left out of it.
func (wr *writer) leaveOut(e *Event, items []Item) ([]Item, bool) {
	for _, at := range e.Replaced {
		s, _ := parseStamp(at)
		switch {
		case s.date && !e.Starts.AllDay():
			return nil, false // few readers know a whole day taken out of timed starts
		case wr.has[key{e.UID, at}]:
		case s.date:
			items = append(items, NewProperty("EXDATE", at, Param{"VALUE", []string{"DATE"}}))
		case s.utc && e.Starts.Location() != nil:
			items = append(items, wr.at("EXDATE", s.reading(), e.Starts.Location()))
		default:
			items = append(items, NewProperty("EXDATE", at))
		}
	}
	return items, true
}

// A series is a VEVENT's times, and the occurrences whose end others would get wrong.
type series struct {
	items []Item
	odd   []calendar.Interval
}

// series writes e as rules, if all readers take these alike within Covers.
func (wr *writer) series(e *Event, list []calendar.Interval) (series, bool) {
	loc := e.Starts.Location()
	start, lines, ok := wr.rules(e)
	if !ok {
		return series{}, false
	}
	first, ok := e.firstAt(start)
	if !ok || crosses(first, loc) || oddStart(first.Start, loc) {
		return series{}, false
	}
	s := series{items: []Item{wr.at("DTSTART", first.Start, loc)}}
	if first.End.After(first.Start) {
		s.items = append(s.items, wr.at("DTEND", first.End, loc))
	}
	for _, p := range lines {
		s.items = append(s.items, p)
	}
	for _, iv := range list {
		switch {
		case oddStart(iv.Start, loc):
			return series{}, false
		case crosses(iv, loc) || iv.Duration() != first.Duration():
			s.odd = append(s.odd, iv)
		}
	}
	if len(s.odd) > 0 && (len(lines) == 0 || len(s.odd)*2 > len(list)) {
		return series{}, false
	}
	return s, true
}

// crosses reports whether the clock changes between start and end, or shows the
// end twice: clients then differ on when that is.
func crosses(iv calendar.Interval, loc *time.Location) bool {
	_, a := iv.Start.In(loc).Zone()
	_, b := iv.End.In(loc).Zone()
	return a != b || oddStart(iv.End, loc)
}

// oddStart reports whether the reading of t in loc is one that the clock shows
// twice, or is behind a gap as a moved start is.
func oddStart(t time.Time, loc *time.Location) bool {
	local := t.In(loc)
	from, to := local.ZoneBounds()
	_, here := local.Zone()
	if !from.IsZero() {
		_, before := from.Add(-time.Second).In(loc).Zone()
		if shift := time.Duration(here-before) * time.Second; t.Sub(from) < max(shift, -shift) {
			return true
		}
	}
	if !to.IsZero() {
		_, after := to.In(loc).Zone()
		if back := time.Duration(here-after) * time.Second; to.Sub(t) <= back {
			return true
		}
	}
	return false
}

// rules returns the first start and the recurrence lines for a zoned event, if
// others read them alike: DTSTART moved to the first occurrence, UNTIL in UTC, and
// nothing that only this module knows.
func (wr *writer) rules(e *Event) (time.Time, []*Property, bool) {
	loc := e.Starts.Location()
	var first time.Time
	found := false
	for t := range e.Starts.Starts(everything) {
		first, found = t, true
		break
	}
	if !found {
		return first, nil, false
	}
	var lines []*Property
	text := "DTSTART" + zonedText(first, loc)
	for line := range strings.SplitSeq(e.Starts.String(), "\n") {
		p, f := parseContent(line, 16)
		if f != nil || strings.HasPrefix(p.Name, "X-") || p.Param("VALUE") != "" {
			return first, nil, false // periods, whole days in a timed series, this module's own lines
		}
		switch p.Name {
		case "DTSTART":
			continue
		case "RRULE", "EXRULE":
			value, ok := wr.until(p.Value, loc)
			if !ok || p.Name == "EXRULE" { // withdrawn from the RFC in 2009; many do not read it
				return first, nil, false
			}
			p.Value = value
		default:
			m, problem := parseStamp(p.Value)
			if problem != "" {
				return first, nil, false
			}
			if id := p.Param("TZID"); id != "" && id != loc.String() || m.date {
				return first, nil, false
			}
		}
		lines = append(lines, p)
		text += "\n" + line
	}
	// The self-check: what a reader makes of it that takes DTSTART as an occurrence
	// always must be what it is.
	p := calendar.Parser{Zones: zonesNear(loc), IncludeStart: true}
	rec, err := p.Recurrence(text)
	if err != nil || !sameStarts(rec, e.Starts, wr.feed.Covers) {
		return first, nil, false
	}
	return first, lines, true
}

func zonedText(t time.Time, loc *time.Location) string {
	if loc == time.UTC {
		return ":" + utc(t)
	}
	return fmt.Sprintf(";TZID=\"%s\":%s", loc, t.In(loc).Format(dateTimeLayout))
}

func sameStarts(a, b calendar.Recurrence, within calendar.Interval) bool {
	return slices.Equal(firstStarts(a, within), firstStarts(b, within))
}

func firstStarts(r calendar.Recurrence, within calendar.Interval) []int64 {
	var list []int64
	for t := range r.Starts(within) {
		if list = append(list, t.Unix()); len(list) > maxWritten {
			break
		}
	}
	return list
}

// until turns UNTIL into UTC, as the RFC wants it beside a DTSTART with a zone.
func (wr *writer) until(rule string, loc *time.Location) (string, bool) {
	parts := strings.Split(rule, ";")
	for i, part := range parts {
		value, ok := strings.CutPrefix(part, "UNTIL=")
		if !ok {
			continue
		}
		s, problem := parseStamp(value)
		if problem != "" {
			return "", false
		}
		if s.utc {
			continue
		}
		if s.date {
			s.hour, s.min, s.sec, s.date = 23, 59, 59, false
		}
		parts[i] = "UNTIL=" + utc(moment{s, loc}.instant())
	}
	return strings.Join(parts, ";"), true
}

// firstAt returns the occurrence that starts at t.
func (e *Event) firstAt(t time.Time) (calendar.Interval, bool) {
	plain := *e
	plain.Replaced = nil
	for iv := range plain.Occurrences(calendar.Interval{Start: t, End: t.Add(time.Second)}) {
		if iv.Start.Equal(t) {
			return iv, true
		}
	}
	return calendar.Interval{}, false
}

// singles writes every occurrence as an event of its own, in UTC.
func (wr *writer) singles(e *Event, list []calendar.Interval) {
	for _, iv := range list {
		var c *Component
		switch {
		case e.Instance != "":
			c = wr.begin(e)
		case len(list) > 1 || len(e.Replaced) > 0:
			c = wr.vevent(e, e.UID+"/"+utc(iv.Start))
		default:
			c = wr.vevent(e, e.UID)
		}
		c.Items = append(c.Items, NewProperty("DTSTART", utc(iv.Start)))
		if iv.End.After(iv.Start) {
			c.Items = append(c.Items, NewProperty("DTEND", utc(iv.End)))
		}
		wr.describe(c, e)
	}
}

// at writes an instant on the clock of loc, and remembers to define it.
func (wr *writer) at(name string, t time.Time, loc *time.Location) *Property {
	if loc == time.UTC || loc.String() == "UTC" {
		return NewProperty(name, utc(t))
	}
	wr.zones[loc.String()] = loc
	if wr.first.IsZero() || t.Before(wr.first) {
		wr.first = t
	}
	if t.After(wr.last) {
		wr.last = t
	}
	return NewProperty(name, t.In(loc).Format(dateTimeLayout), Param{"TZID", []string{loc.String()}})
}
