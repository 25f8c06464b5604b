package ics

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// starts builds the recurrence of an event from its properties.
func (r *reader) starts(e *Event, c *Component, start *Property, from moment, clock *time.Location) {
	var text strings.Builder
	var source []*Property // by line of text
	line := func(p *Property, format string, args ...any) {
		if text.Len() > 0 {
			text.WriteByte('\n')
		}
		fmt.Fprintf(&text, format, args...)
		source = append(source, p)
	}
	line(start, "DTSTART%s", r.zoned(from))
	ruled, added := false, false
	for p := range c.Properties("") {
		switch name := strings.ToUpper(p.Name); name {
		case "RRULE", "EXRULE":
			if strings.TrimSpace(p.Value) == "" {
				continue
			}
			if e.Instance != "" {
				r.warn(p.line, OverrideRule, "%s of an override of one occurrence is ignored", name)
				continue
			}
			ruled = ruled || name == "RRULE"
			line(p, "%s:%s", name, strings.TrimSpace(p.Value))
		case "RDATE", "EXDATE":
			if e.Instance != "" {
				continue
			}
			off := 0
			for v := range strings.SplitSeq(p.Value, ",") {
				if strings.TrimSpace(v) != "" {
					if s, ok := r.date(p, name, v, off, from); ok {
						line(p, "%s%s", name, s)
						added = added || name == "RDATE"
					}
				}
				off += len(v) + 1
			}
		}
	}
	parser := calendar.Parser{Zones: r.zones.named, SkipGaps: r.SkipGaps, IncludeStart: ruled || added}
	rec, err := parser.Recurrence(text.String())
	if err == nil && (ruled || added) {
		rec = r.dropInclude(rec, from, text.String(), start, ruled)
	}
	if err != nil {
		for _, err := range split(err) {
			at := start
			var v *calendar.ValidationError
			var n int
			if errors.As(err, &v) {
				if _, e := fmt.Sscanf(v.Path, "line %d", &n); e == nil && n >= 1 && n <= len(source) {
					at = source[n-1]
				}
			}
			r.fail(at, partOffset(at, problemOf(err)), "%s", problemOf(err))
		}
		return
	}
	e.Starts = rec.In(clock)
}

// partOffset finds in the value of a rule the part that a problem is about: "RRULE: COUNT: ...".
func partOffset(p *Property, problem string) int {
	rest, ok := strings.CutPrefix(problem, strings.ToUpper(p.Name)+": ")
	if !ok {
		return 0
	}
	part, _, ok := strings.Cut(rest, ":")
	if !ok {
		part, _, _ = strings.Cut(strings.TrimPrefix(rest, "\""), "\"") // "COUNT" has no value
	}
	off := 0
	for item := range strings.SplitSeq(p.Value, ";") {
		if key, _, _ := strings.Cut(item, "="); strings.EqualFold(strings.TrimSpace(key), part) {
			return off
		}
		off += len(item) + 1
	}
	return 0
}

// dropInclude says plainly "DTSTART counts" only where no rule selects it: the
// plain form is the one that other programs read alike.
func (r *reader) dropInclude(rec calendar.Recurrence, from moment, text string, start *Property, ruled bool) calendar.Recurrence {
	parser := calendar.Parser{Zones: r.zones.named, SkipGaps: r.SkipGaps}
	plain, err := parser.Recurrence(text)
	if err != nil {
		return rec
	}
	at := calendar.Interval{Start: from.instant(), End: from.instant().Add(time.Second)}
	if !countsStart(&parser, text, at) && (begins(plain.In(time.UTC), at) || !begins(rec.In(time.UTC), at)) { // the latter where EXDATE takes it out
		return plain
	}
	if ruled {
		r.warn(start.line, StartAdded, "DTSTART %s does not match its rule; it is taken for the first occurrence", clip(start.Value))
	}
	return rec
}

// countsStart reports whether a rule ends earlier because DTSTART, which it does not select, is the
// first of its COUNT, whatever RDATE and EXDATE then make of that.
func countsStart(p *calendar.Parser, text string, at calendar.Interval) bool {
	head, rest, _ := strings.Cut(text, "\n")
	for line := range strings.SplitSeq(rest, "\n") {
		if upper := strings.ToUpper(line); !strings.HasPrefix(upper, "RRULE:") || !strings.Contains(upper, "COUNT=") {
			continue
		}
		if rec, err := p.Recurrence(head + "\n" + line); err == nil && !begins(rec.In(time.UTC), at) {
			return true
		}
	}
	return false
}

func begins(rec calendar.Recurrence, at calendar.Interval) bool {
	for range rec.Starts(at) {
		return true
	}
	return false
}

func split(err error) []error {
	if j, ok := err.(interface{ Unwrap() []error }); ok {
		return j.Unwrap()
	}
	return []error{err}
}

// zoned writes the parameters and value of a moment as the calendar package reads it.
func (r *reader) zoned(m moment) string {
	switch {
	case m.date:
		return ";VALUE=DATE:" + m.text()
	case m.zone == nil || m.utc:
		return ":" + m.text()
	case m.zone == time.UTC:
		return ":" + m.text() + "Z"
	}
	return fmt.Sprintf(";TZID=\"%s\":%s", m.zone, m.text())
}

// date reads one value of RDATE or EXDATE, and writes it in the form of DTSTART.
func (r *reader) date(p *Property, name, v string, off int, from moment) (string, bool) {
	begin, end, period := strings.Cut(v, "/")
	m, ok := r.momentOf(p, begin, off)
	if !ok {
		return "", false
	}
	if period {
		if name == "EXDATE" || m.date {
			r.fail(p, off, "%s: %q: a period belongs to RDATE and has a time", name, clip(v))
			return "", false
		}
		if end = strings.TrimSpace(end); !strings.ContainsAny(end, "pP") {
			to, ok := r.momentOf(p, end, off+len(begin)+1)
			if !ok {
				return "", false
			}
			if (to.zone == nil) != (m.zone == nil) {
				r.fail(p, off, "RDATE: one end of the period %q floats and the other does not", clip(v))
				return "", false
			}
			end = calendar.Exactly(to.instant().Sub(m.instant())).String() // a period is exact (RFC 5545, 3.3.9)
		}
		params, value, _ := strings.Cut(r.zonedLike(m, from), ":")
		return params + ";VALUE=PERIOD:" + value + "/" + end, true
	}
	if from.date && !m.date {
		m.date, m.utc, m.zone = true, false, nil // the day that the writer's clock showed
	}
	return r.zonedLike(m, from), true
}

// zonedLike is zoned, with a foreign zone turned into UTC.
func (r *reader) zonedLike(m, from moment) string {
	if m.zone != nil && m.zone != time.UTC && m.zone != from.zone {
		return ":" + m.instant().UTC().Format(dateTimeLayout) + "Z"
	}
	return r.zoned(m)
}

// maxShared is how many events may share a UID and be overridden together.
const maxShared = 16

// link keeps the latest revision of each event and tells each series which of
// its occurrences are overridden.
func (r *reader) link(events []parsed) []Event {
	latest := map[key]int{}
	dropped := make([]bool, len(events))
	for i := range events {
		e := &events[i]
		if e.UID == "" {
			continue
		}
		k := key{e.UID, e.Instance}
		j, ok := latest[k]
		if !ok {
			latest[k] = i
			continue
		}
		if e.Sequence == events[j].Sequence && e.Instance == "" && !e.Starts.Equal(events[j].Starts) {
			continue // no revision, but another event with a UID that its writer used twice
		}
		old := j
		if e.Sequence < events[j].Sequence {
			old = i
		} else {
			latest[k] = i
		}
		dropped[old] = true
		r.warn(events[old].Line, Superseded, "event %s has a later revision in line %d", clip(e.UID), events[latest[k]].Line)
	}
	masters := map[string][]int{}
	for i := range events {
		if !dropped[i] && events[i].Instance == "" && events[i].UID != "" {
			masters[events[i].UID] = append(masters[events[i].UID], i)
		}
	}
	for i := range events {
		e := &events[i]
		if dropped[i] || e.Instance == "" {
			continue
		}
		series := masters[e.UID]
		if len(series) == 0 {
			r.warn(e.Line, NoMaster, "event %s overrides an occurrence of a series that is not in the file", clip(e.UID))
		}
		if len(series) > maxShared {
			r.errs = append(r.errs, &Error{Line: e.Line, Column: 1, Problem: fmt.Sprintf("%d events have the UID %s, so that it is not clear which of them is overridden", len(series), clip(e.UID))})
			return nil
		}
		for _, j := range series {
			if events[j].Starts.AllDay() && e.day != "" {
				e.Instance = e.day // a series of whole days overridden by a date-time: its day
			}
			events[j].Replaced = append(events[j].Replaced, e.Instance)
		}
	}
	var kept []Event
	for i := range events {
		if !dropped[i] {
			slices.SortFunc(events[i].Replaced, cmp.Compare[string])
			kept = append(kept, events[i].Event)
		}
	}
	return kept
}
