package ics

import (
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// plainDays writes an event of whole days or floating times, whose instants are
// for its reader to say.
func (wr *writer) plainDays(e *Event, path string) {
	start, lines, ok := wr.plainRules(e)
	var left []Item
	if ok && e.Instance == "" {
		left, ok = wr.leaveOut(e, nil)
	}
	if !ok {
		wr.plainSingles(e, path)
		return
	}
	c := wr.begin(e)
	wr.plainTimes(c, e, start)
	for _, p := range lines {
		c.Items = append(c.Items, p)
	}
	c.Items = append(c.Items, left...)
	wr.describe(c, e)
}

// plainTimes writes when an occurrence begins and how long it lasts.
func (wr *writer) plainTimes(c *Component, e *Event, start time.Time) {
	if !e.Starts.AllDay() {
		c.Items = append(c.Items, NewProperty("DTSTART", start.Format(dateTimeLayout)))
		if !e.Length.IsZero() {
			c.Items = append(c.Items, NewProperty("DURATION", e.Length.String()))
		}
		return
	}
	end := start.AddDate(0, 0, max(1, e.Length.Days))
	c.Items = append(c.Items, NewProperty("DTSTART", start.Format(dateLayout), Param{"VALUE", []string{"DATE"}}),
		NewProperty("DTEND", end.Format(dateLayout), Param{"VALUE", []string{"DATE"}}))
}

// plainRules returns the first reading and the recurrence lines, if others read them alike: those that
// take DTSTART for an occurrence always (RFC 5545, 3.8.5.3). What only this module knows is not
// written: that DTSTART counts, since the RFC says it does, and that readings which a clock change
// skips are dropped, which is for the reader to say who sets the clock.
func (wr *writer) plainRules(e *Event) (time.Time, []*Property, bool) {
	var own time.Time
	var lines []*Property
	var text strings.Builder
	for line := range strings.SplitSeq(e.Starts.String(), "\n") {
		p, f := parseContent(line, 16)
		switch {
		case f != nil || p.Name == "EXRULE": // withdrawn from the RFC in 2009; many do not read it
			return own, nil, false
		case strings.HasPrefix(p.Name, "X-"):
		case p.Name == "DTSTART":
			s, _ := parseStamp(p.Value)
			s.utc = false
			own = s.reading()
		default:
			lines = append(lines, p)
			text.WriteString("\n" + line)
		}
	}
	starts := e.onPlainClock()
	candidates := []time.Time{own}
	for t := range starts.Starts(everything) {
		if first := onUTC(t.In(starts.Location())); !first.Equal(own) {
			candidates = append(candidates, first)
		}
		break
	}
	for _, start := range candidates {
		head := "DTSTART:" + start.Format(dateTimeLayout)
		if e.Starts.AllDay() {
			head = "DTSTART;VALUE=DATE:" + start.Format(dateLayout)
		}
		p := calendar.Parser{Zones: zonesNear(starts.Location()), IncludeStart: len(lines) > 0}
		if rec, err := p.Recurrence(head + text.String()); err == nil && sameStarts(rec.In(starts.Location()), starts, wr.feed.Covers) {
			return start, lines, true
		}
	}
	return own, nil, false
}

// onPlainClock returns the recurrence with a clock that never changes where it has none.
func (e *Event) onPlainClock() calendar.Recurrence { return e.Starts.In(time.UTC) }

// onUTC returns the instant at which a clock in UTC shows what t's shows.
func onUTC(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// plainSingles writes every occurrence as an event of its own.
func (wr *writer) plainSingles(e *Event, path string) {
	clocked := *e
	clocked.Starts = e.onPlainClock()
	n := 0
	for iv := range clocked.Occurrences(wr.feed.Covers) {
		if n++; n > maxWritten {
			wr.faults.Addf(path+".starts", "more than %d occurrences in the time that the feed covers", maxWritten)
			return
		}
		start := onUTC(iv.Start.In(clocked.Starts.Location()))
		uid := e.UID + "/" + start.Format(dateTimeLayout)
		if e.Instance != "" {
			uid = e.UID + "/" + e.Instance
		}
		c := wr.vevent(e, uid)
		wr.plainTimes(c, e, start)
		wr.describe(c, e)
	}
}
