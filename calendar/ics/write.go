package ics

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/validate"
)

// A Feed is a calendar to be written for other programs.
type Feed struct {
	Name   string           // shown by clients
	ProdID string           // who wrote it; empty is this package
	Method string           // METHOD, such as PUBLISH; empty for none
	AWS    calendar.Default // writes X-CALENDAR-TYPE:DEFAULT_OPEN or DEFAULT_CLOSED; empty for none
	Stamp  time.Time        // DTSTAMP of every event: when this revision was made; required

	// Covers is the time for which all readers must come to the same instants: see
	// [Write]. Empty is two years from the first occurrence of the first event.
	Covers calendar.Interval

	Events []Event
}

// maxWritten bounds the occurrences of one event that are looked at or written one by one.
const maxWritten = 20_000

// Write writes the feed as an iCalendar file (RFC 5545): times in their IANA zone
// with a VTIMEZONE for the time that the feed covers, lines folded at 75 octets
// and ended by CRLF. The same feed gives the same octets.
//
// Readers of the field disagree on what a recurrence means around a clock change:
// whether DTEND of a series is an exact or a clock distance, and when a start is
// that the clock skips or shows twice. So that all come to the same instants,
// within Covers an occurrence that such a change falls into is written as an
// override in UTC; a series with a start that is skipped or shown twice, or with
// parts that others read differently (a DTSTART outside its rule with COUNT,
// periods), is written as single events in UTC, with the start behind their UID.
//
// An override (Instance) is written for its series where that is in the feed. What
// a series has Replaced by events that are not in the feed is excluded from it.
//
// All faults of the feed are reported, each with its path.
func Write(w io.Writer, feed Feed) error {
	f, err := feed.File()
	if err != nil {
		return err
	}
	return f.Encode(w)
}

// File returns the feed as Write writes it, to add properties of one's own.
func (feed Feed) File() (*File, error) {
	wr := writer{feed: feed, zones: map[string]*time.Location{}, has: map[key]bool{}, written: map[string]*Event{}}
	cal := &Component{Name: "VCALENDAR"}
	put := func(name, value string) { cal.Items = append(cal.Items, NewProperty(name, value)) }
	text := func(name, value string) {
		if value != "" {
			p := NewProperty(name, "")
			p.SetText(value)
			cal.Items = append(cal.Items, p)
		}
	}
	put("VERSION", "2.0")
	if feed.ProdID == "" {
		feed.ProdID = "-//Slackwater//calendar//EN"
	}
	text("PRODID", feed.ProdID)
	put("CALSCALE", "GREGORIAN")
	text("METHOD", feed.Method)
	switch feed.AWS {
	case "":
	case calendar.DefaultOpen:
		put("X-CALENDAR-TYPE", "DEFAULT_OPEN")
	case calendar.DefaultClosed:
		put("X-CALENDAR-TYPE", "DEFAULT_CLOSED")
	default:
		wr.faults.Addf("aws", "%q is neither open nor closed", clip(string(feed.AWS)))
	}
	text("NAME", feed.Name)
	text("X-WR-CALNAME", feed.Name)
	wr.check()
	if err := wr.faults.Err(); err != nil {
		return nil, err
	}
	for _, overrides := range []bool{false, true} { // series first: overrides refer to them
		for i := range feed.Events {
			if (feed.Events[i].Instance != "") == overrides {
				wr.event(&feed.Events[i], fmt.Sprintf("events[%d]", i))
			}
		}
	}
	if err := wr.faults.Err(); err != nil {
		return nil, err
	}
	for _, c := range wr.timezones() {
		cal.Items = append(cal.Items, c)
	}
	for _, c := range wr.out {
		cal.Items = append(cal.Items, c)
	}
	return &File{Items: []Item{cal}}, nil
}

// A key is what an event is known by.
type key struct{ uid, instance string }

type writer struct {
	feed    Feed
	has     map[key]bool              // the events of the feed
	written map[string]*Event         // series that are written as one, by UID
	zones   map[string]*time.Location // to be defined
	first   time.Time                 // earliest and latest instant written in a zone
	last    time.Time
	out     []*Component
	faults  validate.List
}

// check validates the feed and settles what it covers.
func (wr *writer) check() {
	if wr.feed.Stamp.IsZero() {
		wr.faults.Addf("stamp", "is missing; clients need to know when this revision was made")
	}
	seen := map[key]int{}
	for i := range wr.feed.Events {
		e, path := &wr.feed.Events[i], fmt.Sprintf("events[%d]", i)
		if e.UID == "" {
			wr.faults.Addf(path+".uid", "is missing; clients know an event again by it")
		}
		k := key{e.UID, e.Instance}
		if first, ok := seen[k]; ok && e.UID != "" {
			wr.faults.Addf(path+".uid", "%q is also the uid of events[%d]", clip(e.UID), first)
		}
		seen[k] = i
		wr.has[k] = true
		e.check(path, &wr.faults)
	}
	if !wr.feed.Covers.Empty() || len(wr.feed.Events) == 0 {
		return
	}
	for i := range wr.feed.Events {
		e := &wr.feed.Events[i]
		for t := range e.Starts.In(time.UTC).Starts(everything) {
			if wr.feed.Covers.Empty() || t.Before(wr.feed.Covers.Start) {
				wr.feed.Covers = calendar.Interval{Start: t, End: t.AddDate(2, 0, 0)}
			}
			break
		}
	}
}

func (e *Event) check(path string, l *validate.List) {
	if e.Sequence < 0 {
		l.Addf(path+".sequence", "%d is negative", e.Sequence)
	}
	switch e.Status {
	case "", Tentative, Confirmed, Cancelled:
	default:
		l.Addf(path+".status", "%q is not TENTATIVE, CONFIRMED or CANCELLED", clip(string(e.Status)))
	}
	switch {
	case e.Starts.IsZero():
		l.Addf(path+".starts", "is missing; an event without a start happens at no time")
	case !e.EndWall.IsZero() && !e.Length.IsZero():
		l.Addf(path+".length", "and endWall are both given; keep one")
	case e.Length.Days < 0 || e.Length.Exact < 0:
		l.Addf(path+".length", "must be positive, is %v", e.Length)
	case e.Starts.AllDay() && (e.Length.Exact != 0 || !e.EndWall.IsZero()):
		l.Addf(path+".length", "of an all-day event is a number of days")
	case e.Starts.Floating() && !e.Starts.AllDay() && !e.EndWall.IsZero():
		l.Addf(path+".endWall", "of a floating event is not written; give length")
	case e.Length.Exact%time.Second != 0:
		l.Addf(path+".length", "%v is not a whole number of seconds", e.Length)
	}
	for _, at := range append([]string{e.Instance}, e.Replaced...) {
		if at == "" {
			continue
		}
		if _, problem := parseStamp(at); problem != "" {
			l.Addf(path+".instance", "%s", problem)
		}
	}
	if strings.ContainsFunc(e.URL, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		l.Addf(path+".url", "has control characters")
	}
}

// describe adds what does not concern time.
func (wr *writer) describe(c *Component, e *Event) {
	text := func(name string, values ...string) {
		if len(values) > 0 && values[0] != "" {
			p := NewProperty(name, "")
			p.SetText(values...)
			c.Items = append(c.Items, p)
		}
	}
	text("SUMMARY", e.Summary)
	text("DESCRIPTION", e.Description)
	text("LOCATION", e.Location)
	if e.URL != "" {
		c.Items = append(c.Items, NewProperty("URL", e.URL))
	}
	text("CATEGORIES", e.Categories...)
	if e.Status != "" {
		c.Items = append(c.Items, NewProperty("STATUS", string(e.Status)))
	}
	transp := "OPAQUE"
	if e.Transparent {
		transp = "TRANSPARENT"
	}
	c.Items = append(c.Items, NewProperty("TRANSP", transp))
}

// vevent begins a component; the caller adds the times.
func (wr *writer) vevent(e *Event, uid string) *Component {
	c := &Component{Name: "VEVENT"}
	p := NewProperty("UID", "")
	p.SetText(uid)
	c.Items = append(c.Items, p,
		NewProperty("DTSTAMP", utc(wr.feed.Stamp)),
		NewProperty("SEQUENCE", fmt.Sprint(e.Sequence)))
	wr.out = append(wr.out, c)
	return c
}

func utc(t time.Time) string { return t.UTC().Format(dateTimeLayout) + "Z" }
