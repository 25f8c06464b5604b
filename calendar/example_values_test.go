package calendar_test

import (
	"encoding/json"
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

func ExampleParseRecurrence() {
	r, err := calendar.ParseRecurrence("DTSTART;TZID=Europe/London:20260105T220000\nRRULE:FREQ=WEEKLY;BYDAY=MO,TH;COUNT=3")
	if err != nil {
		log.Fatal(err)
	}
	for at := range r.Starts(calendar.Interval{Start: day(2026, 1, 1), End: day(2027, 1, 1)}) {
		fmt.Println(at.Format(time.RFC3339))
	}
	_, err = calendar.ParseRecurrence("DTSTART:20260230T220000\nRRULE:FREQ=FORTNIGHTLY")
	fmt.Println(err)
	// Output:
	// 2026-01-05T22:00:00Z
	// 2026-01-08T22:00:00Z
	// 2026-01-12T22:00:00Z
	// line 1: DTSTART: "20260230T220000" is not a date such as 20260131 or a date-time such as 20260131T090000 (no such day)
	// line 2: RRULE: FREQ: "FORTNIGHTLY" is not one of YEARLY, MONTHLY, WEEKLY, DAILY, HOURLY, MINUTELY, SECONDLY
}

func ExampleMustParseRecurrence() {
	quarterEnd := calendar.MustParseRecurrence("DTSTART;VALUE=DATE:20260331\nRRULE:FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1")
	fmt.Println(quarterEnd.AllDay(), quarterEnd.Floating())
	// Output: true true
}

func ExampleParser_Recurrence() {
	p := calendar.Parser{SkipGaps: true}
	r, err := p.Recurrence("DTSTART;TZID=America/New_York:20260307T023000\nRRULE:FREQ=DAILY;COUNT=2")
	if err != nil {
		log.Fatal(err)
	}
	for at := range r.Starts(calendar.Interval{Start: day(2026, 3, 1), End: day(2026, 4, 1)}) {
		fmt.Println(at.Format(time.RFC3339)) // on the 8th the clock shows no 02:30
	}
	// Output:
	// 2026-03-07T02:30:00-05:00
	// 2026-03-09T02:30:00-04:00
}

func ExampleOnce() {
	r := calendar.Once(time.Date(2026, 12, 24, 22, 0, 0, 0, time.UTC))
	fmt.Println(r)
	// Output: DTSTART:20261224T220000Z
}

func ExampleOnDates() {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		log.Fatal(err)
	}
	r := calendar.OnDates([]calendar.Date{{Year: 2026, Month: 3, Day: 31}, {Year: 2026, Month: 12, Day: 31}}, 18, 0, london)
	for at := range r.Starts(calendar.Interval{Start: day(2026, 1, 1), End: day(2027, 1, 1)}) {
		fmt.Println(at.Format(time.RFC3339))
	}
	// Output:
	// 2026-03-31T18:00:00+01:00
	// 2026-12-31T18:00:00Z
}

func ExampleRecurrence_Next() {
	r := calendar.MustParseRecurrence("DTSTART:20000101T090000Z\nRRULE:FREQ=MONTHLY;BYDAY=2TU")
	next, ok := r.Next(day(2050, 6, 1)) // costs no more than in 2000
	fmt.Println(next.Format(time.RFC3339), ok)
	// Output: 2050-06-14T09:00:00Z true
}

func ExampleRecurrence_Never() {
	fmt.Println(calendar.MustParseRecurrence("DTSTART:20260101T000000Z\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30").Never())
	// Output: true
}

func ExampleRecurrence_In() {
	noon := calendar.MustParseRecurrence("DTSTART:20260701T120000")
	for _, name := range []string{"Asia/Tokyo", "America/New_York"} {
		loc, err := time.LoadLocation(name)
		if err != nil {
			log.Fatal(err)
		}
		at, _ := noon.In(loc).Next(day(2026, 1, 1))
		fmt.Println(at.UTC().Format(time.RFC3339), noon.In(loc).Location())
	}
	// Output:
	// 2026-07-01T03:00:00Z Asia/Tokyo
	// 2026-07-01T16:00:00Z America/New_York
}

// A recurrence is a text in JSON.
func ExampleRecurrence_MarshalText() {
	r := calendar.MustParseRecurrence("rrule:freq=daily;\r\ndtstart;tzid=Asia/Tokyo:20260105T220000")
	b, err := json.Marshal(r)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(b))
	var back calendar.Recurrence
	fmt.Println(json.Unmarshal(b, &back), back.Equal(r))
	// Output:
	// "DTSTART;TZID=Asia/Tokyo:20260105T220000\nRRULE:FREQ=DAILY"
	// <nil> true
}

func ExampleParseDuration() {
	d, err := calendar.ParseDuration("P1DT1H30M")
	fmt.Println(d, d.Days, d.Exact, err)
	_, err = calendar.ParseDuration("90 min")
	fmt.Println(err)
	// Output:
	// P1DT1H30M 1 1h30m0s <nil>
	// duration: no leading P in "90 min"; write it like "PT1H30M" or "P1D"
}

func ExampleExactly() {
	fmt.Println(calendar.Exactly(90*time.Minute), calendar.Duration{Days: 1}, calendar.Exactly(24*time.Hour))
	// Output: PT1H30M P1D PT24H
}

func ExampleAt() {
	w := calendar.Window{ID: "weekend", Kind: calendar.Maintenance, EndWall: calendar.At(6, 0)}
	b, err := json.Marshal(w.EndWall)
	fmt.Println(string(b), err)
	// Output: "06:00" <nil>
}

// An end may name the weekday, or count days.
func ExampleEndWall_UnmarshalText() {
	for _, text := range []string{"24:00", "MO 08:00", "+2 08:00"} {
		var e calendar.EndWall
		if err := e.UnmarshalText([]byte(text)); err != nil {
			log.Fatal(err)
		}
		fmt.Println(e, e.Days, e.HasWeekday)
	}
	// Output:
	// 24:00 0 false
	// MO 08:00 0 true
	// +2 08:00 2 false
}

func ExampleUnion() {
	set := calendar.Union(
		calendar.Interval{Start: at(12, 1, 8), End: at(12, 1, 12)},
		calendar.Interval{Start: at(12, 1, 12), End: at(12, 1, 14)}, // neighbours merge
		calendar.Interval{Start: at(12, 2, 8), End: at(12, 2, 9)})
	for iv := range set.All() {
		fmt.Println(iv, iv.Duration())
	}
	fmt.Println(set.Total(), set.Len(), set.Contains(at(12, 1, 14)))
	// Output:
	// [2026-12-01T08:00:00Z, 2026-12-01T14:00:00Z) 6h0m0s
	// [2026-12-02T08:00:00Z, 2026-12-02T09:00:00Z) 1h0m0s
	// 7h0m0s 2 false
}

func ExampleIntervals_Intersect() {
	a := calendar.Union(calendar.Interval{Start: at(12, 1, 8), End: at(12, 1, 18)})
	b := calendar.Union(calendar.Interval{Start: at(12, 1, 6), End: at(12, 1, 9)}, calendar.Interval{Start: at(12, 1, 17), End: at(12, 1, 20)})
	for iv := range a.Intersect(b).All() {
		fmt.Println(iv)
	}
	// Output:
	// [2026-12-01T08:00:00Z, 2026-12-01T09:00:00Z)
	// [2026-12-01T17:00:00Z, 2026-12-01T18:00:00Z)
}

func ExampleIntervals_Union() {
	a := calendar.Union(calendar.Interval{Start: at(12, 1, 8), End: at(12, 1, 18)})
	b := calendar.Union(calendar.Interval{Start: at(12, 1, 17), End: at(12, 1, 20)})
	fmt.Println(a.Union(b).Bounds())
	// Output: [2026-12-01T08:00:00Z, 2026-12-01T20:00:00Z)
}

func ExampleIntervals_Complement() {
	busy := calendar.Union(calendar.Interval{Start: at(12, 1, 8), End: at(12, 1, 18)})
	for iv := range busy.Complement(calendar.Interval{Start: at(12, 1, 0), End: at(12, 2, 0)}).All() {
		fmt.Println(iv)
	}
	// Output:
	// [2026-12-01T00:00:00Z, 2026-12-01T08:00:00Z)
	// [2026-12-01T18:00:00Z, 2026-12-02T00:00:00Z)
}

func ExampleIntervals_Clip() {
	busy := calendar.Union(calendar.Interval{Start: at(12, 1, 8), End: at(12, 1, 18)})
	part := busy.Clip(calendar.Interval{Start: at(12, 1, 12), End: at(12, 2, 0)})
	fmt.Println(part.Bounds(), busy.Covers(part.Bounds()))
	// Output: [2026-12-01T12:00:00Z, 2026-12-01T18:00:00Z) true
}

func ExampleIntervals_FirstFit() {
	free := calendar.Union(calendar.Interval{Start: at(12, 1, 8), End: at(12, 1, 9)}, calendar.Interval{Start: at(12, 1, 17), End: at(12, 1, 20)})
	fit, ok := free.FirstFit(at(12, 1, 0), 2*time.Hour)
	fmt.Println(stamp(fit), ok)
	// Output: 2026-12-01 17:00 true
}

func ExampleInterval_Intersect() {
	a := calendar.Interval{Start: at(12, 1, 8), End: at(12, 1, 18)}
	b := calendar.Interval{Start: at(12, 1, 12), End: at(12, 1, 20)}
	fmt.Println(a.Overlaps(b), a.Intersect(b), a.Contains(a.End))
	// Output: true [2026-12-01T12:00:00Z, 2026-12-01T18:00:00Z) false
}

func ExampleParseDate() {
	d, err := calendar.ParseDate("2026-12-25")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(d, d.Weekday(), d.AddDays(7), d.Sub(calendar.Date{Year: 2026, Month: 12, Day: 1}))
	// Output: 2026-12-25 Friday 2027-01-01 24
}

func ExampleDateOf() {
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		log.Fatal(err)
	}
	d := calendar.DateOf(at(12, 24, 16).In(tokyo))
	fmt.Println(d, d.In(tokyo).UTC().Format(time.RFC3339))
	// Output: 2026-12-25 2026-12-24T15:00:00Z
}

// A day lasts 23 to 25 hours.
func ExampleDate_Span() {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		log.Fatal(err)
	}
	for _, d := range []calendar.Date{{Year: 2026, Month: 3, Day: 29}, {Year: 2026, Month: 10, Day: 25}} {
		fmt.Println(d.Span(london).Duration())
	}
	// Output:
	// 23h0m0s
	// 25h0m0s
}

func ExampleEaster() {
	fmt.Println(calendar.Easter(2026), calendar.OrthodoxEaster(2026))
	// Output: 2026-04-05 2026-04-12
}

func ExampleNthWeekday() {
	secondTuesday, _ := calendar.NthWeekday(2026, time.December, 2, time.Tuesday)
	lastMonday, _ := calendar.NthWeekday(2026, time.May, -1, time.Monday)
	fmt.Println(secondTuesday.AddDays(2), lastMonday)
	// Output: 2026-12-10 2026-05-25
}

func ExampleReadHolidaysJSON() {
	h, err := calendar.ReadHolidaysJSON(strings.NewReader(`{"england-and-wales": {"division": "england-and-wales", "events": [
		{"title": "Christmas Day", "date": "2026-12-25", "notes": "", "bunting": true},
		{"title": "Boxing Day", "date": "2026-12-28", "notes": "Substitute day", "bunting": true}]}}`), "england-and-wales")
	fmt.Println(h, err)
	_, err = calendar.ReadHolidaysJSON(strings.NewReader(`{"2026-12-25": "Christmas Day", "2026-13-01": "no month", "tomorrow": ""}`), "")
	fmt.Println(err)
	// Output:
	// [{2026-12-25 Christmas Day} {2026-12-28 Boxing Day}] <nil>
	// "2026-13-01": "2026-13-01" is not a date such as 2026-12-25
	// "tomorrow": "tomorrow" is not a date such as 2026-12-25
}

func ExampleReadHolidaysCSV() {
	h, err := calendar.ReadHolidaysCSV(strings.NewReader("date,name\n2026-12-25,Christmas Day\n2026-12-28,Boxing Day\n"))
	fmt.Println(h.Dates(), err)
	// Output: [2026-12-25 2026-12-28] <nil>
}

func ExampleHolidays_Sorted() {
	h := calendar.Holidays{{Date: calendar.Date{Year: 2026, Month: 12, Day: 26}}, {Date: calendar.Date{Year: 2026, Month: 12, Day: 25}}, {Date: calendar.Date{Year: 2026, Month: 12, Day: 26}}}
	fmt.Println(len(h.Sorted()), h.Sorted().Dates())
	// Output: 2 [2026-12-25 2026-12-26]
}

func ExampleNewBusinessDays() {
	christmas := calendar.Holidays{{Date: calendar.Date{Year: 2026, Month: 12, Day: 25}, Name: "Christmas Day"}}
	b, err := calendar.NewBusinessDays(christmas, nil)
	if err != nil {
		log.Fatal(err)
	}
	from, to := calendar.Date{Year: 2026, Month: 12, Day: 21}, calendar.Date{Year: 2027, Month: 1, Day: 1}
	fmt.Println(b.Is(calendar.Date{Year: 2026, Month: 12, Day: 25}), b.Between(from, to))
	fmt.Println(b.First(from, to, 2), b.Last(from, to, 3))
	// Output:
	// false 8
	// [2026-12-21 2026-12-22] [2026-12-29 2026-12-30 2026-12-31]
}

func ExampleBusinessDays_Hours() {
	office, err := calendar.BusinessDays{}.Hours("office", "Europe/Berlin", calendar.At(9, 0), calendar.At(17, 0), 2026, 2027)
	if err != nil {
		log.Fatal(err)
	}
	k, err := office.Compile(calendar.Interval{Start: day(2026, 12, 1), End: day(2027, 1, 1)})
	if err != nil {
		log.Fatal(err)
	}
	done, _ := k.For(calendar.Subject{}).Advance(at(12, 4, 15), 3*time.Hour) // Friday, 16:00 in Berlin
	fmt.Println(done.Format(time.RFC3339))
	// Output: 2026-12-07T10:00:00Z
}

func ExampleFiscalYear_Quarter() {
	f := calendar.FiscalYear{Start: time.April, NamedByEnd: true}
	fmt.Println(f.Quarter(calendar.Date{Year: 2026, Month: 12, Day: 25}))
	fmt.Println(f.Year(calendar.Date{Year: 2026, Month: 12, Day: 25}))
	// Output:
	// 3 2026-10-01 2027-01-01
	// 2027 2026-04-01 2027-04-01
}

func ExampleProfile_At() {
	staff := calendar.Profile{Base: 2, Steps: []calendar.Step{{Interval: calendar.Interval{Start: at(12, 24, 0), End: at(12, 27, 0)}, Value: 1}}}
	fmt.Println(staff.Validate(), staff.At(at(12, 23, 12)), staff.At(at(12, 24, 12)))
	// Output: <nil> 2 1
}

func ExampleSubjectChange_Next() {
	before, after := yearEnd(), yearEnd()
	after.Calendars[0].Windows[0].Length = calendar.Duration{Days: 10}
	d, err := before.Diff(after, calendar.Interval{Start: day(2026, 12, 1), End: day(2027, 2, 1)}, []calendar.Subject{{Environments: []string{"prod-eu"}}})
	if err != nil {
		log.Fatal(err)
	}
	next, ok := d.Subjects[0].Next(day(2026, 12, 1))
	fmt.Println(stamp(next), ok)
	// Output: 2026-12-30 00:00 true
}

func ExampleCommonFloor() {
	floor := calendar.CommonFloor()
	fmt.Println(floor.Open, floor.Per, floor.Block)
	// Output: 48h0m0s 768h0m0s 4h0m0s
}
