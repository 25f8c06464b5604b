package ics

import (
	"fmt"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/validate"
)

// WindowEvents returns the windows of a calendar as events, to be written in a
// [Feed]: the ID of the window becomes the UID, its reason (else its ID) the
// summary, its kind a category. Windows of whole days or floating times are set on
// the calendar's clock, so that every reader sees the same instants.
//
// A file has no words for scopes, exemptions, grades, boundary rules and
// overrides; they are not written.
func WindowEvents(c *calendar.Calendar) ([]Event, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	var clock *time.Location
	if c.Zone != "" {
		load := c.Zones
		if load == nil {
			load = zonesNear(nil)
		}
		var err error
		if clock, err = load(c.Zone); err != nil {
			return nil, &validate.Error{Path: "zone", Problem: err.Error()}
		}
	}
	events := make([]Event, 0, len(c.Windows))
	var faults validate.List
	for i := range c.Windows {
		w := &c.Windows[i]
		e := Event{
			UID: w.ID, Summary: w.Reason, Status: Confirmed, Categories: []string{string(w.Kind)},
			Starts: w.Starts, Length: w.Length, EndWall: w.EndWall, closes: w.Kind != calendar.Maintenance,
		}
		if e.Summary == "" {
			e.Summary = w.ID
		}
		if w.Starts.Floating() || w.Starts.AllDay() {
			loc := clock
			if own := w.Starts.Location(); own != nil {
				loc = own
			}
			starts, err := onTheClock(w.Starts, loc)
			if err != nil {
				faults.Addf(fmt.Sprintf("windows[%d].starts", i), "%v", problemOf(err))
			}
			e.Starts = starts
			if w.Starts.AllDay() && w.Length.IsZero() && w.EndWall.IsZero() {
				e.Length = calendar.Duration{Days: 1}
			}
		}
		events = append(events, e)
	}
	return events, faults.Err()
}

// onTheClock returns a recurrence of whole days or floating times as one of times
// in loc: days begin at midnight.
func onTheClock(r calendar.Recurrence, loc *time.Location) (calendar.Recurrence, error) {
	var b strings.Builder
	for line := range strings.SplitSeq(r.String(), "\n") {
		p, f := parseContent(line, 16)
		if f != nil {
			return calendar.Recurrence{}, fmt.Errorf("line %q: %s", clip(line), f.problem)
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		switch p.Name {
		case "DTSTART", "RDATE", "EXDATE":
			s, problem := parseStamp(p.Value)
			// Left as they are: a period, an instant, a whole day taken out of timed starts.
			if problem != "" || s.utc || p.Param("TZID") != "" || s.date && !r.AllDay() {
				b.WriteString(line)
				continue
			}
			if loc == time.UTC {
				fmt.Fprintf(&b, "%s:%sZ", p.Name, s.reading().Format(dateTimeLayout))
			} else {
				fmt.Fprintf(&b, "%s;TZID=\"%s\":%s", p.Name, loc, s.reading().Format(dateTimeLayout))
			}
		default:
			b.WriteString(line) // an UNTIL that is a date runs through that day in either form
		}
	}
	p := calendar.Parser{Zones: zonesNear(loc)}
	return p.Recurrence(b.String())
}
