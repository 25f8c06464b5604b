package calendar_test

import (
	"fmt"
	"log"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// nights is open from 22:00 to 06:00 in London, closed on the last days of the year.
func nights() *calendar.Calendar {
	return &calendar.Calendar{ID: "shop", Zone: "Europe/London", Windows: []calendar.Window{
		{ID: "nights", Kind: calendar.Maintenance, EndWall: calendar.At(6, 0),
			Starts: calendar.MustParseRecurrence("DTSTART:20260101T220000\nRRULE:FREQ=DAILY")},
		{ID: "year end", Kind: calendar.Freeze, Length: calendar.Duration{Days: 12}, Reason: "peak trading", Exempt: []string{"emergency"},
			Starts: calendar.MustParseRecurrence("DTSTART;VALUE=DATE:20261220\nRRULE:FREQ=YEARLY")},
		{ID: "audit", Kind: calendar.Freeze, Grade: calendar.Approval, Approvers: []string{"controller"}, Length: calendar.Duration{Days: 2},
			Starts: calendar.MustParseRecurrence("DTSTART;VALUE=DATE:20261116"), Scope: calendar.Scope{Services: []string{"ledger"}}},
	}}
}

// december is the timeline of nights in the last weeks of 2026.
func december(s calendar.Subject) *calendar.Timeline {
	k, err := nights().Compile(calendar.Interval{Start: day(2026, 11, 1), End: day(2027, 2, 1)})
	if err != nil {
		log.Fatal(err)
	}
	return k.For(s)
}

func at(m time.Month, d, hour int) time.Time { return time.Date(2026, m, d, hour, 0, 0, 0, time.UTC) }

func stamp(t time.Time) string { return t.Format("2006-01-02 15:04") }

func ExampleCalendar_At() {
	answer, err := nights().At(at(12, 18, 23), calendar.Subject{Type: "normal"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(answer.Open, stamp(answer.Until))
	fmt.Println("closes", stamp(answer.NextClose))
	// Output:
	// true 2026-12-19 06:00
	// closes 2026-12-19 06:00
}

func ExampleAnswer_String() {
	answer, err := nights().At(at(12, 19, 12), calendar.Subject{Type: "normal"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(answer)
	// Output:
	// closed until 2026-12-19 22:00 UTC: outside every maintenance window of "shop"
}

func ExampleAnswer_Blocking() {
	answer, err := nights().At(at(12, 24, 23), calendar.Subject{Type: "normal"})
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range answer.Blocking() {
		fmt.Println(c.Calendar, c.Window.ID, c.Window.Reason, c.Occurrence)
	}
	// Output:
	// shop year end peak trading [2026-12-20T00:00:00Z, 2027-01-01T00:00:00Z)
}

func ExampleCalendar_Validate() {
	c := nights()
	c.Zone = "London"
	c.Windows[1].Length = calendar.Duration{Days: -1}
	fmt.Println(c.Validate())
	// Output:
	// zone: unknown time zone "London"; use an IANA name such as Europe/London
	// windows[0].starts: has no time zone; add TZID to DTSTART or a zone to the calendar
	// windows[1].starts: has no time zone; add TZID to DTSTART or a zone to the calendar
	// windows[1].length: must be positive, is -P1D
	// windows[2].starts: has no time zone; add TZID to DTSTART or a zone to the calendar
}

func ExampleCalendar_InScope() {
	for _, w := range nights().InScope(calendar.Subject{Type: "emergency", Services: []string{"ledger"}}) {
		fmt.Println(w.ID, w.Closes())
	}
	// Output:
	// nights false
	// audit false
}

func ExampleWindow_Concerns() {
	freeze := &nights().Windows[1]
	fmt.Println(freeze.Concerns(&calendar.Subject{Type: "normal"}), freeze.Concerns(&calendar.Subject{Type: "emergency"}))
	// Output: true false
}

func ExampleScope_Matches() {
	s := calendar.Scope{Environments: []string{"prod-*"}, Services: []string{"shop", "ledger"}, Except: []calendar.Scope{{Actions: []string{"rollback"}}}}
	fmt.Println(s.Matches(&calendar.Subject{Environments: []string{"prod-eu"}, Services: []string{"ledger"}}))
	fmt.Println(s.Matches(&calendar.Subject{Environments: []string{"prod-eu"}, Services: []string{"ledger"}, Action: "rollback"}))
	fmt.Println(s.Matches(&calendar.Subject{Environments: []string{"test"}, Services: []string{"ledger"}}))
	// Output:
	// true
	// false
	// false
}

func ExampleTimeline_At() {
	state := december(calendar.Subject{}).At(at(12, 18, 23))
	fmt.Println(state.Open, stamp(state.Until))
	// Output: true 2026-12-19 06:00
}

func ExampleTimeline_Open() {
	line := december(calendar.Subject{})
	fmt.Println(line.Open(at(12, 18, 23)), line.Open(at(12, 19, 6)))
	// Output: true false
}

func ExampleTimeline_NextOpen() {
	opens, ok := december(calendar.Subject{}).NextOpen(at(12, 20, 3))
	fmt.Println(stamp(opens), ok)
	// Output: 2027-01-01 00:00 true
}

func ExampleTimeline_NextClose() {
	closes, ok := december(calendar.Subject{}).NextClose(at(12, 18, 23))
	fmt.Println(stamp(closes), ok)
	// Output: 2026-12-19 06:00 true
}

// Seven hours fit a night that is whole, not the one that the freeze cuts short at midnight.
func ExampleTimeline_FirstFit() {
	line := december(calendar.Subject{})
	fit, ok := line.FirstFit(at(12, 19, 12), 7*time.Hour)
	fmt.Println(stamp(fit), ok)
	_, ok = line.FirstFit(at(12, 19, 12), 9*time.Hour)
	fmt.Println(ok)
	// Output:
	// 2027-01-01 22:00 true
	// false
}

func ExampleTimeline_Fits() {
	line := december(calendar.Subject{})
	fmt.Println(line.Fits(at(12, 18, 23), 7*time.Hour), line.Fits(at(12, 18, 23), 8*time.Hour))
	// Output: true false
}

func ExampleTimeline_Fitting() {
	n := 0
	for starts := range december(calendar.Subject{}).Fitting(5 * time.Hour) {
		if n++; n > 2 {
			break
		}
		fmt.Println(starts)
	}
	// Output:
	// [2026-11-01T00:00:00Z, 2026-11-01T01:00:00.000000001Z)
	// [2026-11-01T22:00:00Z, 2026-11-02T01:00:00.000000001Z)
}

func ExampleTimeline_Explain() {
	line := december(calendar.Subject{Type: "normal"})
	answer := line.Explain(at(12, 24, 12))
	fmt.Println(answer)
	for _, c := range answer.Causes {
		fmt.Println("-", c.Window.ID)
	}
	// Output:
	// closed until 2027-01-01 00:00 UTC: freeze "year end" (peak trading); outside every maintenance window of "shop"
	// - year end
}

func ExampleTimeline_Obligations() {
	line := december(calendar.Subject{Services: []string{"ledger"}})
	for _, o := range line.Obligations(calendar.Interval{Start: at(11, 16, 23), End: at(11, 17, 2)}) {
		fmt.Println(o.Window, o.Grade, o.Approvers, o.During)
	}
	// Output: audit approval [controller] [2026-11-16T00:00:00Z, 2026-11-18T00:00:00Z)
}

func ExampleTimeline_Total() {
	line := december(calendar.Subject{})
	fmt.Println(line.Total(calendar.Interval{Start: at(12, 1, 0), End: day(2027, 1, 1)}))
	// Output: 152h0m0s
}

func ExampleTimeline_Intervals() {
	open := december(calendar.Subject{}).Intervals()
	fmt.Println(open.Len(), open.Bounds())
	// Output: 82 [2026-11-01T00:00:00Z, 2027-02-01T00:00:00Z)
}

func ExampleCompiled_For() {
	k, err := nights().Compile(calendar.Interval{Start: day(2026, 11, 1), End: day(2027, 2, 1)})
	if err != nil {
		log.Fatal(err)
	}
	christmas := at(12, 24, 23)
	fmt.Println(k.For(calendar.Subject{Type: "normal"}).Open(christmas), k.For(calendar.Subject{Type: "emergency"}).Open(christmas))
	fmt.Println(k.Within())
	// Output:
	// false true
	// [2026-11-01T00:00:00Z, 2027-02-01T00:00:00Z)
}

func ExampleCompiled_Without() {
	k, err := nights().Compile(calendar.Interval{Start: day(2026, 11, 1), End: day(2027, 2, 1)})
	if err != nil {
		log.Fatal(err)
	}
	free, err := k.Without("shop", "year end")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(k.For(calendar.Subject{}).Open(at(12, 24, 23)), free.For(calendar.Subject{}).Open(at(12, 24, 23)))
	// Output: false true
}

func ExamplePolicy_Open() {
	team := calendar.Calendar{ID: "team", Windows: []calendar.Window{{ID: "away day", Kind: calendar.Blackout, Starts: calendar.Once(at(12, 1, 0)), Length: calendar.Duration{Days: 1}}}}
	p := calendar.Policy{Version: calendar.PolicyVersion, Calendars: []calendar.Calendar{*nights(), team}}
	open, err := p.Open(calendar.Interval{Start: at(11, 30, 0), End: at(12, 2, 12)}, calendar.Subject{})
	if err != nil {
		log.Fatal(err)
	}
	for iv := range open.All() {
		fmt.Println(iv)
	}
	// Output:
	// [2026-11-30T00:00:00Z, 2026-11-30T06:00:00Z)
	// [2026-11-30T22:00:00Z, 2026-12-01T00:00:00Z)
	// [2026-12-02T00:00:00Z, 2026-12-02T06:00:00Z)
}

func ExamplePolicy_Compile() {
	p := calendar.Policy{Version: calendar.PolicyVersion, Calendars: []calendar.Calendar{*nights()}}
	k, err := p.Compile(calendar.Interval{Start: day(2026, 11, 1), End: day(2027, 2, 1)})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(k.For(calendar.Subject{}).Open(at(12, 1, 23)))
	// Output: true
}

func ExamplePolicy_Validate() {
	p := calendar.Policy{Calendars: []calendar.Calendar{{ID: "a"}, {ID: "a"}}}
	fmt.Println(p.Validate())
	// Output:
	// version: is missing; write 1
	// calendars[1].id: "a" is also the id of calendars[0]
}

func ExampleOverride_Effective() {
	o := calendar.Override{ID: "OV-7", Lifts: []string{"year end"}, Who: "A. Okafor", From: at(12, 24, 0), Expires: at(12, 25, 0)}
	fmt.Println(o.Effective(), o.Span().Empty())
	o.Reason = "new rates by law"
	fmt.Println(o.Effective(), o.Span())
	// Output:
	// false true
	// true [2026-12-24T00:00:00Z, 2026-12-25T00:00:00Z)
}
