package report_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
	"github.com/slackwater-go/slackwater/schedule/report"
)

func day(d, h int) time.Time { return time.Date(2026, 12, d, h, 0, 0, 0, time.UTC) }

// shop is two releases, one of them with a canary and one that is late, and their plan.
func shop() (*schedule.Problem, *schedule.Plan) {
	p := &schedule.Problem{
		Name: "Shop", Horizon: calendar.Interval{Start: day(1, 0), End: day(31, 0)},
		Releases: []schedule.Release{
			{ID: "R-1", Name: "Checkout 3", Team: "payments", Owner: "Ada", Type: schedule.Normal, CIs: []string{"checkout"}, Services: []string{"shop"}, Due: day(12, 0),
				Stages: []schedule.Stage{
					{ID: "board", Name: "Board", Kind: schedule.StageApproval, Duration: schedule.Hour},
					{ID: "canary", Name: "Canary", Kind: schedule.StageCanary, Duration: schedule.Hour},
					{ID: "soak", Name: "Soak", Kind: schedule.StageSoak, Duration: 24 * schedule.Hour},
					{ID: "all", Name: "Everybody", Kind: schedule.StageWave, Duration: 2 * schedule.Hour}}},
			{ID: "R-2", Name: "Index", Team: "data", Type: schedule.Standard, CIs: []string{"ledger"}, Due: day(9, 20),
				Stages: []schedule.Stage{{ID: "deploy", Name: "Deploy", Kind: schedule.StageDeploy, Duration: 3 * schedule.Hour}}},
		},
	}
	at := func(id string, d, h, hours int) schedule.Assignment {
		return schedule.Assignment{Activity: id, Start: day(d, h), End: day(d, h).Add(time.Duration(hours) * time.Hour)}
	}
	plan := &schedule.Plan{Assignments: []schedule.Assignment{
		at("R-1/board", 7, 14, 1), at("R-1/canary", 8, 20, 1), at("R-1/soak", 8, 21, 24), at("R-2/deploy", 9, 18, 3), at("R-1/all", 9, 21, 2)}}
	return p, plan
}

func built(opts *report.Options) *report.Schedule {
	p, plan := shop()
	s, err := report.Build(p, plan, opts)
	if err != nil {
		panic(err)
	}
	return s
}

func december() calendar.Interval { return calendar.Interval{Start: day(1, 0), End: day(31, 0)} }

func ExampleBuild() {
	p, plan := shop()
	s, err := report.Build(p, plan, &report.Options{Ratings: map[string]report.Rating{"R-1": {Level: "high", Score: 3.2}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range s.Entries {
		fmt.Println(e.ID, e.Delivers, e.Margin())
	}
	// Output:
	// R-1 [2026-12-08T20:00:00Z, 2026-12-09T23:00:00Z) 2 d 1 h before due
	// R-2 [2026-12-09T18:00:00Z, 2026-12-09T21:00:00Z) LATE by 1 h
}

func ExampleEntry_Margin() {
	e := report.Entry{Deadline: day(12, 0), Delivers: calendar.Interval{Start: day(9, 0), End: day(9, 6)}}
	fmt.Println(e.Margin())
	// Output: 2 d 18 h before deadline
}

func ExampleEntry_Late() {
	e := report.Entry{Due: day(9, 0), Delivers: calendar.Interval{Start: day(9, 0), End: day(9, 6)}}
	fmt.Println(e.Late())
	// Output: true
}

func ExampleSchedule_WriteText() {
	s := built(&report.Options{Ratings: map[string]report.Rating{"R-1": {Level: "high", Score: 3.2}}})
	if err := s.WriteText(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// Release  What        Team      Type      Risk         Reaches its users                Margin
	// ───────  ──────────  ────────  ────────  ───────────  ───────────────────────────────  ──────────────────
	// R-1      Checkout 3  payments  normal    high (3.20)  Tue 8 Dec 20:00–Wed 9 Dec 23:00  2 d 1 h before due
	// R-2      Index       data      standard               Wed 9 Dec 18:00–21:00            LATE by 1 h
}

func ExampleSchedule_WriteCSV() {
	if err := built(nil).WriteCSV(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// number,title,stage,type,assignment group,cmdb ci,planned start,planned end,activity,risk,due,deadline,critical,conflict
	// R-1,Checkout 3: Board,board,normal,payments,checkout,2026-12-07T14:00:00Z,2026-12-07T15:00:00Z,R-1/board,,2026-12-12T00:00:00Z,,,
	// R-1,Checkout 3: Canary,canary,normal,payments,checkout,2026-12-08T20:00:00Z,2026-12-08T21:00:00Z,R-1/canary,,2026-12-12T00:00:00Z,,,
	// R-1,Checkout 3: Soak,soak,normal,payments,checkout,2026-12-08T21:00:00Z,2026-12-09T21:00:00Z,R-1/soak,,2026-12-12T00:00:00Z,,,
	// R-1,Checkout 3: Everybody,all,normal,payments,checkout,2026-12-09T21:00:00Z,2026-12-09T23:00:00Z,R-1/all,,2026-12-12T00:00:00Z,,,
	// R-2,Index: Deploy,deploy,standard,data,ledger,2026-12-09T18:00:00Z,2026-12-09T21:00:00Z,R-2/deploy,,2026-12-09T20:00:00Z,,yes,
}

func ExampleSchedule_WriteJSON() {
	var b bytes.Buffer
	if err := built(nil).For(report.Audience{Kind: report.Supplier, Name: "data"}).WriteJSON(&b); err != nil {
		fmt.Println(err)
	}
	fmt.Println(strings.Split(b.String(), "\n")[2])
	// Output:   "name": "Shop: data",
}

// A supplier sees its own steps and nothing else.
func ExampleSchedule_For() {
	s := built(nil).For(report.Audience{Kind: report.ServiceOwner, Name: "shop"})
	for _, e := range s.Entries {
		for _, st := range e.Steps {
			fmt.Println(st.Name)
		}
	}
	// Output:
	// Checkout 3: Canary
	// Checkout 3: Soak
	// Checkout 3: Everybody
}

// The second feed moves one event and takes another away.
func ExampleSchedule_WriteICS() {
	var first, second bytes.Buffer
	if err := built(nil).WriteICS(&first, nil, day(1, 0)); err != nil {
		fmt.Println(err)
	}
	p, plan := shop()
	plan.Assignments[1].Start, plan.Assignments[1].End = day(8, 19), day(8, 20) // the canary goes an hour earlier
	plan.Assignments = append(plan.Assignments[:3], plan.Assignments[4:]...)    // the index is put off
	s, err := report.Build(p, plan, nil)
	if err != nil {
		fmt.Println(err)
	}
	if err := s.WriteICS(&second, &first, day(2, 0)); err != nil {
		fmt.Println(err)
	}
	for line := range strings.Lines(second.String()) {
		if strings.HasPrefix(line, "UID") || strings.HasPrefix(line, "SEQ") || strings.HasPrefix(line, "STATUS") {
			fmt.Println(strings.TrimSpace(line))
		}
	}
	// Output:
	// UID:R-1/canary
	// SEQUENCE:1
	// STATUS:CONFIRMED
	// UID:R-1/all
	// SEQUENCE:0
	// STATUS:CONFIRMED
	// UID:R-2/deploy
	// SEQUENCE:1
	// STATUS:CANCELLED
}

func ExampleSchedule_Feed() {
	feed, err := built(nil).Feed(nil, time.Time{})
	fmt.Println(len(feed.Events), feed.Events[0].UID, feed.Stamp.Format(time.DateOnly), err)
	// Output: 3 R-1/canary 2026-12-01 <nil>
}

func ExampleSchedule_WriteBoardPack() {
	if err := built(nil).WriteBoardPack(os.Stdout, december()); err != nil {
		fmt.Println(err)
	}
	// Output:
	// # Board pack: Shop
	//
	// Tue 1 Dec 00:00–Thu 31 Dec 00:00, times UTC. 1 change to decide, 1 change approved before, 0 conflicts.
	//
	// ## To decide
	//
	// ### 1. R-1: Checkout 3
	//
	// | Team | Type | Risk | Reaches its users | Margin | CIs |
	// | --- | --- | --- | --- | --- | --- |
	// | payments | normal | — | Tue 8 Dec 20:00–Wed 9 Dec 23:00 | 2 d 1 h before due | checkout |
	//
	// - [ ] approved  [ ] rejected  [ ] deferred to ____________
	// - Conditions: ____________
	//
	// ## Approved before, or standard
	//
	// | ID | What | Team | Type | Reaches its users | Margin |
	// | --- | --- | --- | --- | --- | --- |
	// | R-2 | Index | data | standard | Wed 9 Dec 18:00–21:00 | LATE by 1 h |
}

func ExampleSchedule_WriteNotices() {
	s := built(&report.Options{Outages: []report.ServiceOutage{{Service: "shop", Outages: []calendar.Interval{{Start: day(9, 21), End: day(9, 23)}}, Total: 2 * schedule.Hour}}})
	if err := s.WriteNotices(os.Stdout, calendar.Interval{Start: day(8, 0), End: day(9, 0)}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// ## Planned change: Checkout 3 (R-1)
	//
	// - **When:** Tue 8 Dec 20:00–21:00 UTC (Tue 8 Dec 20:00–21:00 UTC): Checkout 3: Canary
	// - **When:** Wed 9 Dec 21:00–23:00 UTC (Wed 9 Dec 21:00–23:00 UTC): Checkout 3: Everybody
	// - **Touches:** shop
	// - **Out of service:** shop, Wed 9 Dec 21:00–23:00
	// - **What you will notice:** ____
	// - **What you need to do:** ____
	// - **Contact:** Ada
}

func ExampleSchedule_WriteReleaseNotes() {
	if err := built(nil).WriteReleaseNotes(os.Stdout, calendar.Interval{Start: day(9, 12), End: day(9, 20)}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// # Release notes: Shop
	//
	// ## 8 December 2026
	//
	// ### Checkout 3 (R-1)
	//
	// It reaches its users step by step:
	//
	// - Checkout 3: Canary: Tue 8 Dec 20:00–21:00
	// - Checkout 3: Everybody: Wed 9 Dec 21:00–23:00
	//
	// - New: ____
	// - Changed: ____
	// - Fixed: ____
	// - Known problems: ____
	// - Parts: checkout
	//
	// ## 9 December 2026
	//
	// ### Index (R-2)
	//
	// - New: ____
	// - Changed: ____
	// - Fixed: ____
	// - Known problems: ____
	// - Parts: ledger
}

func ExampleSchedule_WriteOutages() {
	s := built(&report.Options{Outages: []report.ServiceOutage{
		{Service: "shop", Outages: []calendar.Interval{{Start: day(9, 21), End: day(9, 23)}}, Total: 2 * schedule.Hour, InHours: 2 * schedule.Hour, Allowance: schedule.Hour, Over: true},
		{Service: "search"},
	}})
	if err := s.WriteOutages(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// Service  Outages  In all  In service hours  Allowance             First
	// ───────  ───────  ──────  ────────────────  ────────────────────  ─────────────────────
	// shop     1        2 h     2 h               1 h, EXCEEDED by 1 h  Wed 9 Dec 21:00–23:00
	// search   0        0 s     0 s               none agreed           —
}

func ExampleSchedule_Timeline() {
	t := built(nil).Timeline()
	for _, f := range t.Facts {
		fmt.Println(f.Name, f.Value)
	}
	// Output:
	// Releases 2
	// Activities 5
	// Conflicts 0
	// Late 1
	// Left out 0
}

func ExampleSchedule_Heat() {
	h := built(nil).Heat(calendar.Date{Year: 2026, Month: 12, Day: 1}, 1)
	for i, d := range h.Days {
		if len(d.Starts) > 0 {
			fmt.Println(h.From.AddDays(i), d.Starts)
		}
	}
	// Output:
	// 2026-12-08 [20:00 Checkout 3: Canary]
	// 2026-12-09 [18:00 Index: Deploy 21:00 Checkout 3: Everybody]
}

func ExampleWriteHeat() {
	var page bytes.Buffer
	if err := report.WriteHeat(&page, built(nil).Heat(calendar.Date{Year: 2026, Month: 12, Day: 1}, 3)); err != nil {
		fmt.Println(err)
	}
	fmt.Println(strings.Count(page.String(), `<table class="month">`), strings.Contains(page.String(), "<small>9</small><b>2</b>"))
	// Output: 3 true
}

func ExampleShades() {
	c := calendar.Calendar{ID: "main", Windows: []calendar.Window{{ID: "year-end", Kind: calendar.Freeze, Starts: calendar.Once(day(18, 18)), Length: calendar.Duration{Days: 3}}}}
	for _, s := range report.Shades(&c, december()) {
		fmt.Println(s.Kind, s.Label, s.Interval)
	}
	// Output: frozen year end [2026-12-18T18:00:00Z, 2026-12-21T18:00:00Z)
}

func ExampleLength() {
	fmt.Println(report.Length(33*time.Hour), report.Length(-90*time.Second))
	// Output: 1 d 9 h -1 min 30 s
}

func ExampleCount() {
	fmt.Println(report.Count(1, "change", "changes"), report.Count(0, "change", "changes"))
	// Output: 1 change 0 changes
}

func ExampleClip() {
	fmt.Println(report.Clip("Größeres Release", 9))
	// Output: Größeres…
}
