package judge_test

import (
	"fmt"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/judge"
)

func hour(day, hour int) time.Time { return time.Date(2026, 12, day, hour, 0, 0, 0, time.UTC) }

// shopping is a case of two changes that belong one after the other, in nightly windows
// and around a freeze.
func shopping() (*judge.Case, *judge.Plan) {
	c := &judge.Case{
		Calendars: []*calendar.Calendar{{ID: "nights", Windows: []calendar.Window{
			{ID: "night", Kind: calendar.Maintenance, Length: calendar.Exactly(6 * time.Hour),
				Starts: calendar.MustParseRecurrence("DTSTART:20261201T200000Z\nRRULE:FREQ=DAILY")},
			{ID: "year-end", Kind: calendar.Freeze, Reason: "Year-end closing", Length: calendar.Duration{Days: 14},
				Starts: calendar.Once(hour(19, 0))},
		}}},
		Activities: []judge.Activity{
			{ID: "db", Name: "Upgrade the database", Calendar: "nights", Duration: 2 * time.Hour},
			{ID: "shop", Name: "Deploy the shop", Calendar: "nights", Duration: time.Hour},
		},
		Precedences: []judge.Precedence{{ID: "p", From: "db", To: "shop", MinLag: time.Hour, Why: "it needs the new schema"}},
	}
	p := &judge.Plan{Assignments: []judge.Assignment{
		{Activity: "db", Start: hour(18, 22), End: hour(19, 0)},
		{Activity: "shop", Start: hour(19, 1), End: hour(19, 2)},
	}}
	return c, p
}

func ExampleJudge() {
	c, p := shopping()
	r := judge.Judge(c, p)
	fmt.Println(r.Clean())
	for _, f := range r.Findings {
		fmt.Println(f.Kind, f.Activities(), f.Amount.Duration)
		fmt.Println(f.Reason)
	}
	// Output:
	// false
	// in-freeze [shop] 1h0m0s
	// “Deploy the shop” runs in the freeze “Year-end closing”, Sat 19 Dec 2026 00:00 UTC to Sat 2 Jan 2027 00:00 UTC, for 1 h.
}

func ExampleChecker() {
	c, p := shopping()
	k := judge.NewChecker(c, p)
	d := k.Put(judge.Assignment{Activity: "shop", Start: hour(18, 23), End: hour(19, 0)})
	for _, f := range d.Gone {
		fmt.Println("-", f.Kind)
	}
	for _, f := range d.Come {
		fmt.Println("+", f.Reason)
	}
	fmt.Println(len(k.Report().Findings))
	// Output:
	// - in-freeze
	// + “Deploy the shop” starts 2 h too early: it must not start until 1 h after the end of “Upgrade the database”, Sat 19 Dec 2026 01:00 UTC (it needs the new schema).
	// 1
}
