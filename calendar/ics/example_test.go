package ics_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/calendar/ics"
)

const deployHours = `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//AWS//Change Calendar 1.0//EN
X-CALENDAR-TYPE:DEFAULT_CLOSED
X-WR-CALNAME:Deploy hours
BEGIN:VEVENT
UID:hours
SUMMARY:Deploy hours
DTSTART;TZID=Asia/Tokyo:20260501T080000
DTEND;TZID=Asia/Tokyo:20260501T180000
RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR
END:VEVENT
BEGIN:VEVENT
UID:hours
RECURRENCE-ID;TZID=Asia/Tokyo:20260504T080000
DTSTART;TZID=Asia/Tokyo:20260504T120000
DTEND;TZID=Asia/Tokyo:20260504T140000
END:VEVENT
END:VCALENDAR
`

func parse(text string) *ics.File {
	f, err := ics.Parse(strings.NewReader(text))
	if err != nil {
		fmt.Println(err)
		return &ics.File{}
	}
	return f
}

func ExampleParse() {
	f, err := ics.Parse(strings.NewReader(deployHours))
	if err != nil {
		fmt.Println(err)
		return
	}
	for cal := range f.Components("VCALENDAR") {
		fmt.Println(cal.Property("X-WR-CALNAME").Text())
		for event := range cal.Components("VEVENT") {
			start := event.Property("DTSTART")
			fmt.Println("line", start.Line(), start.Value, start.Param("TZID"))
		}
	}
	_, err = ics.Parse(strings.NewReader("BEGIN:VCALENDAR\nSUMMARY\nX;Y=\"1:2\n"))
	fmt.Println(err)
	// Output:
	// Deploy hours
	// line 9 20260501T080000 Asia/Tokyo
	// line 16 20260504T120000 Asia/Tokyo
	// line 2, column 8: a colon and the value of SUMMARY are missing
	// line 3, column 5: the quote is not closed
	// line 1, column 7: VCALENDAR is never closed; write END:VCALENDAR
}

func ExampleOptions_Parse() {
	_, err := ics.Options{MaxLine: 20}.Parse(strings.NewReader(deployHours))
	fmt.Println(errors.Is(err, ics.ErrLimit))
	fmt.Println(err)
	// Output:
	// true
	// line 3, column 1: a content line of more than 20 octets; raise the limit in Options if the file is meant
}

func ExampleOptions_Lines() {
	for p, err := range (ics.Options{}).Lines(strings.NewReader("UID:1\nSUMMARY:Fr\n eeze\n")) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(p.Name, p.Value)
	}
	// Output:
	// UID 1
	// SUMMARY Freeze
}

// One property is changed; the rest stays as it was, folding and all.
func ExampleFile_Encode() {
	f := parse("BEGIN:VEVENT\nsummary:Fr\n eeze\nLOCATION:here\nEND:VEVENT\n")
	for event := range f.Components("VEVENT") {
		event.Property("LOCATION").SetText("there; or elsewhere")
	}
	if err := f.Encode(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// BEGIN:VEVENT
	// summary:Fr
	//  eeze
	// LOCATION:there\; or elsewhere
	// END:VEVENT
}

func ExampleFile_Components() {
	for c := range parse(deployHours).Components("") {
		fmt.Println(c.Name, c.Line())
	}
	// Output: VCALENDAR 1
}

func ExampleComponent_Components() {
	for cal := range parse(deployHours).Components("VCALENDAR") {
		for c := range cal.Components("vevent") {
			fmt.Println(c.Is("VEVENT"), c.Line())
		}
	}
	// Output:
	// true 6
	// true 13
}

func ExampleComponent_Properties() {
	for cal := range parse(deployHours).Components("VCALENDAR") {
		for p := range cal.Properties("") {
			fmt.Println(p.Name)
		}
	}
	// Output:
	// VERSION
	// PRODID
	// X-CALENDAR-TYPE
	// X-WR-CALNAME
}

func ExampleComponent_Property() {
	for cal := range parse(deployHours).Components("VCALENDAR") {
		fmt.Println(cal.Property("version").Value, cal.Property("METHOD") == nil)
	}
	// Output: 2.0 true
}

func ExampleNewProperty() {
	p := ics.NewProperty("DTSTART", "20260501T080000", ics.Param{Name: "TZID", Values: []string{"Asia/Tokyo"}})
	f := ics.File{Items: []ics.Item{p}}
	if err := f.Encode(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output: DTSTART;TZID=Asia/Tokyo:20260501T080000
}

func ExampleProperty_SetText() {
	p := ics.NewProperty("CATEGORIES", "")
	p.SetText("a,b", "line\nend")
	fmt.Println(p.Value)
	fmt.Printf("%q %q\n", p.Texts(), p.Text())
	// Output:
	// a\,b,line\nend
	// ["a,b" "line\nend"] "a,b,line\nend"
}

func ExampleProperty_SetParam() {
	p := ics.NewProperty("ATTENDEE", "mailto:ops@example.org")
	p.SetParam("CN", "Ops: \"night\"")
	fmt.Println(p.Param("cn"), p.Is("attendee"), p.Line())
	// Output: Ops: "night" true 0
}

func ExampleFile_Events() {
	events, warnings, err := parse(deployHours).Events(ics.Reading{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range events {
		fmt.Println(e.UID, e.Instance, e.Length)
	}
	fmt.Println(len(warnings), "warnings")

	_, _, err = parse("BEGIN:VEVENT\nDTSTART;TZID=Moon:20260101T000000\nRRULE:FREQ=OFTEN\nEND:VEVENT\n").Events(ics.Reading{})
	fmt.Println(err)
	// Output:
	// hours  PT10H
	// hours 20260503T230000Z PT2H
	// 0 warnings
	// line 2, column 19: DTSTART: unknown time zone "Moon": neither an IANA nor a Windows name, and the file has no VTIMEZONE for it
	// line 3, column 7: RRULE: FREQ: "OFTEN" is not one of YEARLY, MONTHLY, WEEKLY, DAILY, HOURLY, MINUTELY, SECONDLY
}

func ExampleEvent_Occurrences() {
	events, _, err := parse(deployHours).Events(ics.Reading{})
	if err != nil {
		fmt.Println(err)
		return
	}
	days := calendar.Interval{Start: time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), End: time.Date(2026, 5, 6, 0, 0, 0, 0, time.UTC)}
	for _, e := range events {
		for span := range e.Occurrences(days) {
			fmt.Println(e.UID, span)
		}
	}
	// Output:
	// hours [2026-04-30T23:00:00Z, 2026-05-01T09:00:00Z)
	// hours [2026-05-04T23:00:00Z, 2026-05-05T09:00:00Z)
	// hours [2026-05-05T23:00:00Z, 2026-05-06T09:00:00Z)
	// hours [2026-05-04T03:00:00Z, 2026-05-04T05:00:00Z)
}

func ExampleFile_Calendar() {
	c, _, err := parse(deployHours).Calendar(ics.Reading{})
	if err != nil {
		fmt.Println(err)
		return
	}
	monday := calendar.Interval{Start: time.Date(2026, 5, 3, 15, 0, 0, 0, time.UTC), End: time.Date(2026, 5, 4, 15, 0, 0, 0, time.UTC)}
	open, err := c.Open(monday, calendar.Subject{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for span := range open.All() {
		fmt.Println(c.ID, "open", span)
	}
	// Output: Deploy hours open [2026-05-04T03:00:00Z, 2026-05-04T05:00:00Z)
}

func ExampleWarning_String() {
	_, warnings, err := parse("BEGIN:VEVENT\nUID:1\nDTSTART:20260501T080000Z\nRRULE:FREQ=WEEKLY;BYDAY=MO\nEND:VEVENT\n").Events(ics.Reading{})
	fmt.Println(warnings[0], err)
	// Output: line 3: DTSTART 20260501T080000Z does not match its rule; it is taken for the first occurrence (start-added) <nil>
}

func plan() ics.Feed {
	return ics.Feed{
		Name: "Release 42", Stamp: time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC),
		Events: []ics.Event{
			{UID: "42/deploy", Summary: "Deploy, stage 1", Starts: calendar.Once(time.Date(2026, 5, 4, 22, 0, 0, 0, time.UTC)), Length: calendar.Exactly(90 * time.Minute)},
			{UID: "42/migrate", Sequence: 1, Status: ics.Cancelled, Summary: "Migrate", Starts: calendar.Once(time.Date(2026, 5, 5, 1, 0, 0, 0, time.UTC)), Length: calendar.Exactly(time.Hour)},
		},
	}
}

func ExampleWrite() {
	var b bytes.Buffer
	if err := ics.Write(&b, plan()); err != nil {
		fmt.Println(err)
	}
	fmt.Println(strings.ReplaceAll(b.String(), "\r\n", "\n"))
	// Output:
	// BEGIN:VCALENDAR
	// VERSION:2.0
	// PRODID:-//Slackwater//calendar//EN
	// CALSCALE:GREGORIAN
	// NAME:Release 42
	// X-WR-CALNAME:Release 42
	// BEGIN:VEVENT
	// UID:42/deploy
	// DTSTAMP:20260501T090000Z
	// SEQUENCE:0
	// DTSTART:20260504T220000Z
	// DTEND:20260504T233000Z
	// SUMMARY:Deploy\, stage 1
	// TRANSP:OPAQUE
	// END:VEVENT
	// BEGIN:VEVENT
	// UID:42/migrate
	// DTSTAMP:20260501T090000Z
	// SEQUENCE:1
	// DTSTART:20260505T010000Z
	// DTEND:20260505T020000Z
	// SUMMARY:Migrate
	// STATUS:CANCELLED
	// TRANSP:OPAQUE
	// END:VEVENT
	// END:VCALENDAR
}

// The file is there to add to, before it is written.
func ExampleFeed_File() {
	f, err := plan().File()
	if err != nil {
		fmt.Println(err)
		return
	}
	for cal := range f.Components("VCALENDAR") {
		cal.Items = append([]ics.Item{ics.NewProperty("REFRESH-INTERVAL", "PT1H", ics.Param{Name: "VALUE", Values: []string{"DURATION"}})}, cal.Items...)
	}
	var b bytes.Buffer
	if err := f.Encode(&b); err != nil {
		fmt.Println(err)
	}
	fmt.Println(strings.Contains(b.String(), "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n"))
	// Output: true
}

func ExampleWindowEvents() {
	c := &calendar.Calendar{Windows: []calendar.Window{{
		ID: "nights", Kind: calendar.Maintenance, EndWall: calendar.At(6, 0),
		Starts: calendar.MustParseRecurrence("DTSTART;TZID=Europe/London:20260105T220000\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH"),
	}}}
	events, err := ics.WindowEvents(c)
	if err != nil {
		fmt.Println(err)
		return
	}
	feed := ics.Feed{AWS: calendar.DefaultClosed, Stamp: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Events: events}
	var b bytes.Buffer
	if err := ics.Write(&b, feed); err != nil {
		fmt.Println(err)
	}
	_, event, _ := strings.Cut(b.String(), "END:VTIMEZONE\r\n")
	fmt.Println(strings.ReplaceAll(event, "\r\n", "\n"))
	// Output:
	// BEGIN:VEVENT
	// UID:nights
	// DTSTAMP:20260101T000000Z
	// SEQUENCE:0
	// DTSTART;TZID=Europe/London:20260105T220000
	// DTEND;TZID=Europe/London:20260106T060000
	// RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH
	// SUMMARY:nights
	// CATEGORIES:maintenance
	// STATUS:CONFIRMED
	// TRANSP:OPAQUE
	// END:VEVENT
	// END:VCALENDAR
}

func ExampleFile_Holidays() {
	f := parse(`BEGIN:VCALENDAR
BEGIN:VEVENT
UID:christmas
SUMMARY:Christmas Day
DTSTART;VALUE=DATE:20261225
END:VEVENT
BEGIN:VEVENT
UID:summer
SUMMARY:Summer bank holiday
DTSTART;VALUE=DATE:20260831
RRULE:FREQ=YEARLY;BYMONTH=8;BYDAY=-1MO
END:VEVENT
END:VCALENDAR
`)
	holidays, _, err := f.Holidays(2026, 2027)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, h := range holidays {
		fmt.Println(h.Date, h.Name)
	}
	days, err := calendar.NewBusinessDays(holidays, nil)
	fmt.Println(days.Is(calendar.Date{Year: 2027, Month: 8, Day: 30}), err)
	// Output:
	// 2026-08-31 Summer bank holiday
	// 2026-12-25 Christmas Day
	// 2027-08-30 Summer bank holiday
	// false <nil>
}
