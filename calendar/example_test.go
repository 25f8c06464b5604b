package calendar_test

import (
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// A newcomer's calendar: no Fridays after 15:00, no month end, nights open, London.
func Example() {
	c := calendar.Calendar{ID: "releases", Zone: "Europe/London", Windows: []calendar.Window{
		{ID: "nights", Kind: calendar.Maintenance, EndWall: calendar.At(6, 0),
			Starts: calendar.MustParseRecurrence("DTSTART:20260101T200000\nRRULE:FREQ=DAILY")},
		{ID: "friday", Kind: calendar.Blackout, EndWall: calendar.At(24, 0),
			Starts: calendar.MustParseRecurrence("DTSTART:20260102T150000\nRRULE:FREQ=WEEKLY;BYDAY=FR")},
		{ID: "month end", Kind: calendar.Blackout,
			Starts: calendar.MustParseRecurrence("DTSTART;VALUE=DATE:20260131\nRRULE:FREQ=MONTHLY;BYMONTHDAY=-1")},
	}}
	friday := time.Date(2026, 10, 30, 20, 30, 0, 0, time.UTC)
	answer, err := c.At(friday, calendar.Subject{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(answer)
	fmt.Println("next open:", answer.NextOpen.Format(time.RFC3339))
	// Output:
	// closed until 2026-11-01 00:00 UTC: blackout "friday"; then, from 2026-10-31 00:00 UTC, blackout "month end"
	// next open: 2026-11-01T00:00:00Z
}

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

func ExampleCalendar_Open() {
	c := calendar.Calendar{ID: "db", Windows: []calendar.Window{{
		ID: "saturday", Kind: calendar.Maintenance, Length: calendar.Exactly(4 * time.Hour),
		Starts: calendar.MustParseRecurrence("DTSTART;TZID=Europe/Berlin:20260103T220000\nRRULE:FREQ=WEEKLY;BYDAY=SA"),
	}}}
	open, err := c.Open(calendar.Interval{Start: day(2026, 3, 20), End: day(2026, 4, 1)}, calendar.Subject{})
	if err != nil {
		log.Fatal(err)
	}
	for iv := range open.All() {
		fmt.Println(iv)
	}
	// Output:
	// [2026-03-21T21:00:00Z, 2026-03-22T01:00:00Z)
	// [2026-03-28T21:00:00Z, 2026-03-29T01:00:00Z)
}

func ExampleCalendar_Occurrences() {
	c := calendar.Calendar{ID: "c", Windows: []calendar.Window{
		{ID: "night", Kind: calendar.Maintenance, Length: calendar.Exactly(2 * time.Hour), Starts: calendar.MustParseRecurrence("DTSTART:20260101T230000Z\nRRULE:FREQ=DAILY")},
		{ID: "freeze", Kind: calendar.Freeze, Length: calendar.Duration{Days: 3}, Starts: calendar.Once(day(2026, 1, 2)), Exempt: []string{"emergency"}},
	}}
	for w, iv := range c.Occurrences(calendar.Interval{Start: day(2026, 1, 2), End: day(2026, 1, 3)}, calendar.Subject{Type: "normal"}) {
		fmt.Println(w.ID, iv)
	}
	// Output:
	// night [2026-01-01T23:00:00Z, 2026-01-02T01:00:00Z)
	// freeze [2026-01-02T00:00:00Z, 2026-01-05T00:00:00Z)
	// night [2026-01-02T23:00:00Z, 2026-01-03T01:00:00Z)
}

// yearEnd is a policy with a freeze, an exemption, an approval and an override.
func yearEnd() *calendar.Policy {
	return &calendar.Policy{Version: 1, Calendars: []calendar.Calendar{{
		ID: "organisation", Zone: "Europe/London",
		Windows: []calendar.Window{
			{ID: "year end", Kind: calendar.Freeze, Length: calendar.Duration{Days: 14}, Exempt: []string{"emergency"}, Reason: "peak trading",
				Starts: calendar.MustParseRecurrence("DTSTART;VALUE=DATE:20261220\nRRULE:FREQ=YEARLY"),
				Scope:  calendar.Scope{Environments: []string{"prod*"}, Except: []calendar.Scope{{Actions: []string{"rollback"}}}}},
			{ID: "run-up", Kind: calendar.Freeze, Grade: calendar.Approval, Approvers: []string{"change manager"}, EndWall: calendar.At(24, 0),
				Starts: calendar.MustParseRecurrence("DTSTART:20261213T000000\nRRULE:FREQ=DAILY;COUNT=7")},
		},
		Overrides: []calendar.Override{{ID: "OV-7", Lifts: []string{"year end"}, Scope: calendar.Scope{CIs: []string{"tax-engine"}},
			Who: "A. Okafor", Role: "CIO", Reason: "new rates by law", From: day(2026, 12, 28), Expires: day(2026, 12, 29)}},
	}}}
}

func ExamplePolicy_At() {
	p := yearEnd()
	for _, q := range []struct {
		at time.Time
		s  calendar.Subject
	}{
		{day(2026, 12, 14), calendar.Subject{Environments: []string{"prod-eu"}}},
		{day(2026, 12, 24), calendar.Subject{Environments: []string{"prod-eu"}}},
		{day(2026, 12, 24), calendar.Subject{Environments: []string{"prod-eu"}, Action: "rollback"}},
		{day(2026, 12, 24), calendar.Subject{Environments: []string{"prod-eu"}, Type: "emergency"}},
		{day(2026, 12, 28), calendar.Subject{Environments: []string{"prod-eu"}, CIs: []string{"tax-engine"}}},
	} {
		a, err := p.At(q.at, q.s)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(a)
	}
	// Output:
	// open until 2026-12-20 00:00 UTC: freeze "run-up" asks for approval by change manager
	// closed until 2027-01-03 00:00 UTC: freeze "year end" (peak trading)
	// open with no known end
	// open with no known end
	// open until 2026-12-29 00:00 UTC: override "OV-7" by A. Okafor (new rates by law)
}

func ExampleCalendar_Compile() {
	c := calendar.Calendar{ID: "db", Windows: []calendar.Window{{
		ID: "night", Kind: calendar.Maintenance, EndWall: calendar.At(4, 0), CutOff: calendar.Exactly(time.Hour),
		Starts: calendar.MustParseRecurrence("DTSTART;TZID=Asia/Tokyo:20260101T010000\nRRULE:FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR"),
	}}}
	k, err := c.Compile(calendar.Interval{Start: day(2026, 1, 1), End: day(2027, 1, 1)})
	if err != nil {
		log.Fatal(err)
	}
	line := k.For(calendar.Subject{CIs: []string{"db-1"}})
	now := time.Date(2026, 5, 4, 17, 30, 0, 0, time.UTC)
	state := line.At(now)
	fmt.Println(state.Open, state.Until.Format(time.RFC3339))
	fmt.Println(line.Fits(now, time.Hour), line.Fits(now.Add(time.Hour), time.Hour))
	fit, _ := line.FirstFit(now, 150*time.Minute)
	fmt.Println(fit.Format(time.RFC3339))
	// Output:
	// true 2026-05-04T19:00:00Z
	// true false
	// 2026-05-05T16:00:00Z
}

func ExampleCompiled_With() {
	c := calendar.Calendar{ID: "c"}
	k, err := c.Compile(calendar.Interval{Start: day(2026, 1, 1), End: day(2026, 2, 1)})
	if err != nil {
		log.Fatal(err)
	}
	frozen, err := k.With("c", calendar.Window{ID: "audit", Kind: calendar.Blackout, Starts: calendar.Once(day(2026, 1, 10)), Length: calendar.Duration{Days: 2}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(k.For(calendar.Subject{}).Intervals().Total(), frozen.For(calendar.Subject{}).Intervals().Total())
	// Output: 744h0m0s 696h0m0s
}

func ExampleTimeline_Advance() {
	business, err := calendar.NewBusinessDays(calendar.Holidays{{Date: calendar.Date{Year: 2026, Month: 4, Day: 3}, Name: "Good Friday"}, {Date: calendar.Date{Year: 2026, Month: 4, Day: 6}, Name: "Easter Monday"}}, nil)
	if err != nil {
		log.Fatal(err)
	}
	hours, err := business.Hours("office", "Europe/London", calendar.At(9, 0), calendar.At(17, 30), 2026, 2026)
	if err != nil {
		log.Fatal(err)
	}
	k, err := hours.Compile(calendar.Interval{Start: day(2026, 3, 1), End: day(2026, 5, 1)})
	if err != nil {
		log.Fatal(err)
	}
	office := k.For(calendar.Subject{})
	london := time.FixedZone("BST", 3600)
	from := time.Date(2026, 4, 2, 15, 0, 0, 0, london) // Maundy Thursday
	later, _ := office.Advance(from, 5*time.Hour)
	earlier, _ := office.Advance(later, -5*time.Hour)
	fmt.Println(later.In(london).Format("Mon 2 Jan 15:04"), "|", earlier.In(london).Format("Mon 2 Jan 15:04"))
	fmt.Println(office.Total(calendar.Interval{Start: from, End: later}))
	// Output:
	// Tue 7 Apr 11:30 | Thu 2 Apr 15:00
	// 5h0m0s
}

func ExampleBusinessDays_Add() {
	business, err := calendar.NewBusinessDays(calendar.Holidays{{Date: calendar.Date{Year: 2026, Month: 12, Day: 25}}, {Date: calendar.Date{Year: 2026, Month: 12, Day: 28}}}, nil)
	if err != nil {
		log.Fatal(err)
	}
	due := calendar.Date{Year: 2026, Month: 12, Day: 31}
	submitBy, _ := business.Add(due, -5)
	fmt.Println(submitBy, business.Between(submitBy, due))

	_, from, to := calendar.FiscalYear{Start: time.April}.Quarter(due)
	fmt.Println(business.Last(from, to, 3))

	patch, _ := calendar.NthWeekday(2026, time.December, 2, time.Tuesday)
	fmt.Println(patch.AddDays(2))
	// Output:
	// 2026-12-22 5
	// [2026-12-29 2026-12-30 2026-12-31]
	// 2026-12-10
}

func ExampleHolidaysOf() {
	minus2, plus1 := -2, 1
	uk, err := calendar.HolidaysOf([]calendar.HolidayRule{
		{Name: "New Year", Month: time.January, Day: 1, Observed: calendar.NextFreeDay},
		{Name: "Good Friday", Easter: &minus2},
		{Name: "Easter Monday", Easter: &plus1},
		{Name: "Summer bank holiday", Month: time.August, Nth: -1, Weekday: time.Monday},
		{Name: "Christmas Day", Month: time.December, Day: 25, Observed: calendar.NextFreeDay},
		{Name: "Boxing Day", Month: time.December, Day: 26, Observed: calendar.NextFreeDay},
	}, 2027, 2027)
	if err != nil {
		log.Fatal(err)
	}
	for _, h := range uk {
		fmt.Println(h.Date, h.Date.Weekday(), h.Name)
	}
	// Output:
	// 2027-01-01 Friday New Year
	// 2027-03-26 Friday Good Friday
	// 2027-03-29 Monday Easter Monday
	// 2027-08-30 Monday Summer bank holiday
	// 2027-12-27 Monday Christmas Day
	// 2027-12-28 Tuesday Boxing Day
}

func ExamplePolicy_Lint() {
	p := &calendar.Policy{Version: 1, Calendars: []calendar.Calendar{{ID: "c", Windows: []calendar.Window{
		{ID: "sunday", Kind: calendar.Maintenance, Length: calendar.Exactly(2 * time.Hour), Starts: calendar.MustParseRecurrence("DTSTART:20260104T020000Z\nRRULE:FREQ=WEEKLY")},
		{ID: "weekend", Kind: calendar.Blackout, Length: calendar.Duration{Days: 2}, Starts: calendar.MustParseRecurrence("DTSTART:20260103T000000Z\nRRULE:FREQ=WEEKLY")},
	}}}}
	findings, err := p.Lint(calendar.Interval{Start: day(2026, 2, 1), End: day(2026, 3, 1)}, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range findings {
		fmt.Printf("%s: %s\n\t%s\n", f.Kind, f.Problem, f.Suggestion)
	}
	// Output:
	// contradictory: all 4 occurrences of maintenance window "sunday" are closed by "weekend"
	// 	move it, narrow the closing windows, or exempt its scope from them
	// never-open: a change that no scope names is closed from 2026-02-01T00:00:00Z to 2026-03-01T00:00:00Z
	// 	add a maintenance window whose scope holds it, or take time from the windows named
}

func ExamplePolicy_Diff() {
	before, after := yearEnd(), yearEnd()
	after.Calendars[0].Windows[0].Length = calendar.Duration{Days: 12}
	d, err := before.Diff(after, calendar.Interval{Start: day(2026, 12, 1), End: day(2027, 2, 1)}, []calendar.Subject{{Environments: []string{"prod-eu"}}})
	if err != nil {
		log.Fatal(err)
	}
	for _, w := range d.Windows {
		fmt.Println(w.ID, w.Change)
	}
	for _, s := range d.Subjects {
		for iv := range s.Opened.All() {
			fmt.Println("opened", iv)
		}
	}
	// Output:
	// year end changed
	// opened [2027-01-01T00:00:00Z, 2027-01-03T00:00:00Z)
}

func ExampleReadPolicy() {
	_, err := calendar.ReadPolicy(strings.NewReader(`{"version": 1, "calendars": [{
  "id": "c", "zone": "Europe/Lodnon",
  "windows": [{"id": "w", "kind": "freze", "starts": "DTSTART;VALUE=DATE:20261220", "lenght": "P7D"}]}]}`))
	fmt.Println(err)
	// Output:
	// line 2, column 22: calendars[0].zone: unknown time zone "Europe/Lodnon"; use an IANA name such as Europe/London
	// line 3, column 35: calendars[0].windows[0].kind: "freze" is not maintenance, blackout or freeze
	// line 3, column 54: calendars[0].windows[0].starts: has no time zone; add TZID to DTSTART or a zone to the calendar
	// line 3, column 85: calendars[0].windows[0].lenght: unknown field; did you mean "length"?
}

func ExamplePolicy_WriteTo() {
	p := &calendar.Policy{Calendars: []calendar.Calendar{{ID: "c", Windows: []calendar.Window{{
		ID: "weekend", Kind: calendar.Blackout, EndWall: calendar.EndWall{Hour: 8, HasWeekday: true, Weekday: time.Monday},
		Starts: calendar.MustParseRecurrence("DTSTART;TZID=Europe/London:20260102T180000\nRRULE:FREQ=WEEKLY;BYDAY=FR")}}}}}
	if _, err := p.WriteTo(os.Stdout); err != nil {
		log.Fatal(err)
	}
	// Output:
	// {
	//   "version": 1,
	//   "calendars": [
	//     {
	//       "id": "c",
	//       "windows": [
	//         {
	//           "id": "weekend",
	//           "kind": "blackout",
	//           "starts": "DTSTART;TZID=Europe/London:20260102T180000\nRRULE:FREQ=WEEKLY;BYDAY=FR",
	//           "endWall": "MO 08:00"
	//         }
	//       ]
	//     }
	//   ]
	// }
}

func ExampleRecurrence_Starts() {
	r := calendar.MustParseRecurrence("DTSTART;TZID=America/New_York:20260306T023000\nRRULE:FREQ=DAILY;COUNT=4\nEXDATE;TZID=America/New_York:20260307T023000")
	for at := range r.Starts(calendar.Interval{Start: day(2026, 1, 1), End: day(2027, 1, 1)}) {
		fmt.Println(at.Format(time.RFC3339)) // 02:30 does not exist on 8 March
	}
	// Output:
	// 2026-03-06T02:30:00-05:00
	// 2026-03-08T03:30:00-04:00
	// 2026-03-09T02:30:00-04:00
}

func ExampleDuration_After() {
	loc, err := time.LoadLocation("Europe/London")
	if err != nil {
		log.Fatal(err)
	}
	eve := time.Date(2026, 3, 28, 12, 0, 0, 0, loc)
	fmt.Println(calendar.Duration{Days: 1}.After(eve, loc).Format(time.RFC3339))
	fmt.Println(calendar.Exactly(24*time.Hour).After(eve, loc).Format(time.RFC3339))
	// Output:
	// 2026-03-29T12:00:00+01:00
	// 2026-03-29T13:00:00+01:00
}

func ExampleIntervals_Fitting() {
	at := func(h int) time.Time { return day(2026, 1, 1).Add(time.Duration(h) * time.Hour) }
	s := calendar.Union(calendar.Interval{Start: at(8), End: at(10)}, calendar.Interval{Start: at(12), End: at(17)})
	for starts := range s.Fitting(3 * time.Hour) {
		fmt.Println(starts.Start.Format("15:04"), "to", starts.End.Add(-1).Format("15:04"))
	}
	// Output: 12:00 to 14:00
}

func ExampleIntervals_Subtract() {
	at := func(h int) time.Time { return day(2026, 1, 1).Add(time.Duration(h) * time.Hour) }
	open := calendar.Union(calendar.Interval{Start: at(8), End: at(18)})
	lunch := calendar.Union(calendar.Interval{Start: at(12), End: at(13)})
	fmt.Println(open.Subtract(lunch).Total(), open.Intersect(lunch).Total(), open.Union(lunch).Len())
	// Output: 9h0m0s 1h0m0s 1
}

func ExampleProfile_Over() {
	staff := calendar.Profile{Base: 2, Steps: []calendar.Step{{Interval: calendar.Interval{Start: day(2026, 1, 2), End: day(2026, 1, 4)}, Value: 5}}}
	for iv, n := range staff.Over(calendar.Interval{Start: day(2026, 1, 1), End: day(2026, 1, 5)}) {
		fmt.Println(n, iv.Duration())
	}
	// Output:
	// 2 24h0m0s
	// 5 48h0m0s
	// 2 24h0m0s
}
