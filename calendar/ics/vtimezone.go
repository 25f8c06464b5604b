package ics

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// A VTIMEZONE says when its clock changes by recurrence rules. They are followed
// from zoneFrom to zoneUntil; before and after, the offset next to it holds.
const (
	zoneFrom  = 1900
	zoneUntil = 2200

	maxOnsets      = 2_000
	maxObservances = 200
)

// An onset is one clock change.
type onset struct {
	at       int64 // instant
	from, to int   // offsets in seconds
	name     string
	dst      bool
}

// onsets lists the clock changes of a VTIMEZONE in time order.
func onsets(zone *Component) ([]onset, error) {
	var list []onset
	n := 0
	for part := range zone.Components("") {
		if !part.Is("STANDARD") && !part.Is("DAYLIGHT") {
			continue
		}
		if n++; n > maxObservances {
			return nil, &Error{Line: part.Line(), Column: 1, Problem: fmt.Sprintf("more than %d observances in a VTIMEZONE", maxObservances), limit: true}
		}
		more, err := observance(part, maxOnsets-len(list))
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	if len(list) == 0 {
		return nil, &Error{Line: zone.Line(), Column: 1, Problem: "VTIMEZONE has neither STANDARD nor DAYLIGHT"}
	}
	slices.SortStableFunc(list, func(a, b onset) int { return int(max(-1, min(1, a.at-b.at))) })
	return slices.CompactFunc(list, func(a, b onset) bool { return a.at == b.at && a.to == b.to }), nil
}

// observance lists the onsets of one STANDARD or DAYLIGHT (RFC 5545, 3.6.5): its
// DTSTART, RRULE and RDATE are readings of the clock before the change.
func observance(part *Component, limit int) ([]onset, error) {
	start := part.Property("DTSTART")
	from, err := offsetOf(part, "TZOFFSETFROM")
	if err != nil {
		return nil, err
	}
	to, err := offsetOf(part, "TZOFFSETTO")
	if err != nil {
		return nil, err
	}
	if start == nil {
		return nil, &Error{Line: part.Line(), Column: 1, Problem: part.Name + " has no DTSTART"}
	}
	o := onset{from: from, to: to, dst: part.Is("DAYLIGHT")}
	if p := part.Property("TZNAME"); p != nil {
		o.name = p.Text()
	}
	// The readings are taken as UTC here and become instants by subtracting the offset.
	at, perr := parseStamp(start.Value)
	if perr != "" || at.date {
		return nil, start.errorAt(0, "DTSTART of a "+part.Name+" is not a date-time such as 19701025T030000"+suffix(perr))
	}
	var text strings.Builder
	fmt.Fprintf(&text, "DTSTART:%sZ", at.reading().Format(dateTimeLayout))
	recurs := false
	for p := range part.Properties("") {
		switch {
		case p.Is("RRULE"):
			rule, problem := utcUntil(p.Value, from)
			if problem != "" {
				return nil, p.errorAt(0, problem)
			}
			fmt.Fprintf(&text, "\nRRULE:%s", rule)
			recurs = true
		case p.Is("RDATE"):
			for v := range strings.SplitSeq(p.Value, ",") {
				s, problem := parseStamp(v)
				if problem != "" {
					return nil, p.errorAt(0, problem)
				}
				fmt.Fprintf(&text, "\nRDATE:%sZ", s.reading().Format(dateTimeLayout))
			}
			recurs = true
		}
	}
	list := []onset{o.on(at.reading())} // DTSTART counts, whatever the rules say
	if !recurs {
		return list, nil
	}
	rec, err := calendar.ParseRecurrence(text.String())
	if err != nil {
		return nil, start.errorAt(0, fmt.Sprintf("recurrence of %s: %v", part.Name, err))
	}
	within := calendar.Interval{
		Start: time.Date(zoneFrom, 1, 1, 0, 0, 0, 0, time.UTC),
		End:   time.Date(zoneUntil, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	for t := range rec.Starts(within) {
		if len(list) >= limit {
			return nil, &Error{Line: part.Line(), Column: 1, Problem: fmt.Sprintf("more than %d clock changes in a VTIMEZONE", maxOnsets), limit: true}
		}
		list = append(list, o.on(t))
	}
	return list, nil
}

func (o onset) on(reading time.Time) onset {
	o.at = reading.Unix() - int64(o.from)
	return o
}

func suffix(s string) string {
	if s == "" {
		return ""
	}
	return ": " + s
}

// utcUntil turns the UNTIL of a rule, an instant, into a reading before the
// change, and takes only what a clock can follow: yearly rules.
func utcUntil(rule string, from int) (string, string) {
	parts := strings.Split(strings.ToUpper(rule), ";")
	yearly := false
	for i, part := range parts {
		key, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch key {
		case "FREQ":
			yearly = value == "YEARLY"
		case "UNTIL":
			s, problem := parseStamp(value)
			if problem != "" {
				return "", "UNTIL: " + problem
			}
			r := s.reading()
			switch {
			case s.utc:
				r = r.Add(time.Duration(from) * time.Second)
			case s.date:
				r = r.Add(24*time.Hour - time.Second)
			}
			parts[i] = "UNTIL=" + r.Format(dateTimeLayout) + "Z"
		}
	}
	if !yearly {
		return "", "the rule of a clock change is FREQ=YEARLY"
	}
	return strings.Join(parts, ";"), ""
}

func offsetOf(part *Component, name string) (int, error) {
	p := part.Property(name)
	if p == nil {
		return 0, &Error{Line: part.Line(), Column: 1, Problem: part.Name + " has no " + name}
	}
	v, problem := parseOffset(p.Value)
	if problem != "" {
		return 0, p.errorAt(0, problem)
	}
	return v, nil
}

// buildZone makes a location from clock changes.
func buildZone(name string, list []onset) (*time.Location, error) {
	return time.LoadLocationFromTZData(name, tzif(list))
}
