package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/calendar/ics"
)

// WriteICS writes the calendar feed of the schedule; see [Schedule.Feed]. A nil before
// is the first feed.
func (s *Schedule) WriteICS(w io.Writer, before io.Reader, stamp time.Time) error {
	var old *ics.File
	if before != nil {
		var err error
		if old, err = ics.Parse(before); err != nil {
			return fmt.Errorf("report: the feed before: %w", err)
		}
	}
	feed, err := s.Feed(old, stamp)
	if err != nil {
		return err
	}
	return ics.Write(w, feed)
}

// Feed returns the steps that deliver as calendar events: the UID is the ID of the
// activity (control characters and % as in a URL) and never changes, LOCATION is its CIs, CATEGORIES its type and team.
//
// Against the feed before, which may be nil, an event whose time, title, place, text or
// categories differ has a SEQUENCE one higher (RFC 5545, 3.8.7.4), one that is the same
// keeps its own, and one that is gone stays in the feed as cancelled, so that clients
// take it away; one that comes back is confirmed again with a higher SEQUENCE. Stamp is
// when this revision was made; the zero time is the start of the schedule's span.
// Milestones are not written. There is no METHOD: RFC 5546 lets one be PUBLISH only with an
// ORGANIZER in each event, and a feed that is subscribed to needs none. It costs time
// linear in both feeds.
func (s *Schedule) Feed(before *ics.File, stamp time.Time) (ics.Feed, error) {
	if stamp.IsZero() {
		stamp = s.Span.Start
	}
	f := ics.Feed{Name: s.Name, Stamp: stamp, Covers: s.Span}
	old := map[string]ics.Event{}
	var oldOrder []string
	if before != nil {
		events, _, err := before.Events(ics.Reading{})
		if err != nil {
			return ics.Feed{}, fmt.Errorf("report: the feed before: %w", err)
		}
		for _, e := range events {
			if _, ok := old[e.UID]; !ok {
				oldOrder = append(oldOrder, e.UID)
			}
			old[e.UID] = e
		}
	}
	zone := s.zone()
	now := map[string]bool{}
	for i := range s.Entries {
		e := &s.Entries[i]
		for k := range e.Steps {
			if st := &e.Steps[k]; st.Delivers && st.During.Start.Before(st.During.End) {
				f.Events = append(f.Events, e.event(st, zone))
			}
		}
	}
	slices.SortStableFunc(f.Events, func(a, b ics.Event) int {
		if c := start(&a).Compare(start(&b)); c != 0 {
			return c
		}
		return strings.Compare(a.UID, b.UID)
	})
	for i := range f.Events {
		e := &f.Events[i]
		now[e.UID] = true
		if was, ok := old[e.UID]; ok {
			e.Sequence = was.Sequence
			if !sameEvent(&was, e) {
				e.Sequence++
			}
		}
	}
	for _, uid := range oldOrder {
		if now[uid] {
			continue
		}
		gone := old[uid]
		if gone.Status != ics.Cancelled {
			gone.Status = ics.Cancelled
			gone.Sequence++
		}
		f.Events = append(f.Events, gone)
	}
	return f, nil
}

func (e *Entry) event(st *Step, zone *time.Location) ics.Event {
	text := func(s string) string { return strings.TrimSpace(clean(s)) } // what readers give back as it was
	out := ics.Event{UID: uid(st.Activity), Status: ics.Confirmed, Summary: text(st.Name), Location: text(strings.Join(st.CIs, "; ")), Description: text(e.Rating.Why),
		Starts: calendar.Once(st.During.Start.In(zone)), Length: calendar.Exactly(st.During.End.Sub(st.During.Start))}
	for _, c := range []string{text(e.Type), text(st.Team)} {
		if c != "" {
			out.Categories = append(out.Categories, c)
		}
	}
	return out
}

// uid is the ID of an activity with what iCalendar cannot carry (control characters, white
// space at the ends) and the percent sign written as in a URL, so that different IDs stay different.
func uid(id string) string {
	bare := strings.TrimSpace(id)
	from := strings.Index(id, bare)
	var b strings.Builder
	for i, r := range id {
		if r == '%' || clean(string(r)) != string(r) || i < from || i >= from+len(bare) {
			for _, c := range []byte(string(r)) {
				fmt.Fprintf(&b, "%%%02X", c)
			}
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// ever is all the time that a feed may speak of.
var ever = calendar.Interval{Start: time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC), End: time.Date(2300, 1, 1, 0, 0, 0, 0, time.UTC)}

func first(e *ics.Event) calendar.Interval {
	for iv := range e.Occurrences(ever) {
		return iv
	}
	return calendar.Interval{}
}

func start(e *ics.Event) time.Time { return first(e).Start }

// sameEvent says whether a reader of the feed would see no difference. Lines of text
// are compared without the white space around them, which writers differ in.
func sameEvent(a, b *ics.Event) bool {
	x, y := first(a), first(b)
	return x.Start.Equal(y.Start) && x.End.Equal(y.End) && a.Status == b.Status && strings.TrimSpace(a.Summary) == strings.TrimSpace(b.Summary) &&
		strings.TrimSpace(a.Description) == strings.TrimSpace(b.Description) && strings.TrimSpace(a.Location) == strings.TrimSpace(b.Location) && slices.Equal(a.Categories, b.Categories)
}
