package schedule_test

import (
	"context"
	"fmt"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
)

// planned is a plan of upgrade.
func planned() *schedule.Plan {
	return &schedule.Plan{Assignments: []schedule.Assignment{
		{Activity: "upgrade-db", Start: day(23, 20, 0), End: day(23, 22, 0)},
		{Activity: "deploy-shop", Start: day(24, 20, 0), End: day(24, 21, 0)},
	}}
}

func say(words []string, err error) {
	if err != nil {
		fmt.Println(err)
	}
	for _, s := range words {
		fmt.Println(s)
	}
}

func ExampleSlotFinder_Find() {
	finder, err := schedule.NewSlotFinder(upgrade(), planned())
	if err != nil {
		fmt.Println(err)
		return
	}
	answer, err := finder.Find("deploy-shop", schedule.SlotQuery{Limit: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range answer.Slots {
		fmt.Println(s.Start.Format("Mon 15:04"), "to", s.Latest.Format("Mon 15:04"))
		fmt.Println("before:", s.Before)
		fmt.Println("after:", s.After)
	}
	// Output:
	// Tue 00:30 to Tue 03:00
	// before: “deploy-shop” starts at least 30 min after “upgrade-db” has ended; “upgrade-db” is planned Mon 23 Nov 2026 22:00 EET to Tue 24 Nov 2026 00:00 EET
	// after: its 1 h do not fit the window “night” any more, which closes Tue 24 Nov 2026 04:00 EET
	// Tue 22:00 to Wed 03:00
	// before: no maintenance window is open until “night” opens, Tue 24 Nov 2026 22:00 EET
	// after: its 1 h do not fit the window “night” any more, which closes Wed 25 Nov 2026 04:00 EET
}

func ExampleSlotFinder_Blocked() {
	finder, err := schedule.NewSlotFinder(upgrade(), planned())
	if err != nil {
		fmt.Println(err)
		return
	}
	bounds, err := finder.Blocked("deploy-shop", day(24, 12, 0))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(bounds)
	// Output:
	// [no maintenance window is open until “night” opens, Tue 24 Nov 2026 22:00 EET]
}

func ExampleChecker() {
	checker, err := schedule.NewChecker(upgrade(), planned(), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(checker.Sound())
	effect := checker.Put(schedule.Assignment{Activity: "deploy-shop", Start: day(23, 22, 0), End: day(23, 23, 0)})
	fmt.Println(effect.Come[0].Kind, checker.Sound())
	// Output:
	// true
	// order-breach false
}

func ExampleRelaxations() {
	p := upgrade()
	p.Activities[0].NotAfter = day(24, 3, 0)
	p.Calendars[0].Windows = append(p.Calendars[0].Windows, calendar.Window{ID: "year-end", Kind: calendar.Freeze, Reason: "the books close",
		Starts: calendar.Once(day(22, 0, 0)), Length: calendar.Exactly(72 * time.Hour)})
	corrections, err := schedule.Relaxations(context.Background(), p, &schedule.RelaxOptions{Limit: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range corrections {
		for _, e := range r.Edits {
			fmt.Println(r.Price, e.Reason, "Ask "+e.Grantor+".")
		}
	}
	// Output:
	// 33 Move the deadline of “upgrade-db” by 23 h to Wed 25 Nov 2026 04:00 EET. Ask the owner of “upgrade-db”.
	// 50 Let “upgrade-db” run in the freeze “the books close”. Ask the owner of the freeze “the books close”.
}

func ExampleWhyNot() {
	answer, err := schedule.WhyNot(context.Background(), upgrade(), planned(), "deploy-shop", day(23, 21, 0), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	say(answer.Words, nil)
	// Output:
	// “deploy-shop” is planned Tue 24 Nov 2026 22:00–23:00 EET.
	// It cannot start Mon 23 Nov 2026 23:00 EET as things stand: “deploy-shop” starts at least 30 min after “upgrade-db” has ended; “upgrade-db” is planned Mon 23 Nov 2026 22:00 EET to Tue 24 Nov 2026 00:00 EET.
	// If others make way, “upgrade-db” moves from Mon 23 Nov 2026 22:00 EET to Mon 23 Nov 2026 02:00 EET.
	// That means: the last work ends 23 h earlier.
}

func ExampleCompare() {
	after := planned()
	after.Assignments[1].Start, after.Assignments[1].End = day(25, 20, 0), day(25, 21, 0)
	difference, err := schedule.Compare(upgrade(), planned(), after, day(22, 0, 0))
	if err != nil {
		fmt.Println(err)
		return
	}
	say(difference.Words, nil)
	// Output:
	// “deploy-shop” moves from Tue 24 Nov 2026 22:00 EET to Wed 25 Nov 2026 22:00 EET.
	// That means: the last work ends 24 h later.
}

func ExamplePreviewFreeze() {
	preview, err := schedule.PreviewFreeze(context.Background(), upgrade(), planned(), schedule.FreezeQuery{Calendar: "nights",
		Window: calendar.Window{ID: "sales", Kind: calendar.Freeze, Starts: calendar.Once(day(24, 12, 0)), Length: calendar.Exactly(24 * time.Hour)},
		Solver: schedule.Options{Now: day(22, 0, 0)}})
	if err != nil {
		fmt.Println(err)
		return
	}
	say(preview.Words, nil)
	// Output:
	// The freeze “sales” displaces 1 change: “deploy-shop”.
	// “deploy-shop” moves from Tue 24 Nov 2026 22:00 EET to Tue 24 Nov 2026 03:00 EET.
	// Moving the whole 1 day later would displace nothing.
}

func ExamplePreviewPolicy() {
	later := upgrade().Calendars[0] // windows from 23:00 instead of 22:00
	later.Windows[0].Starts = calendar.MustParseRecurrence("DTSTART;TZID=Europe/Helsinki:20261120T230000\nRRULE:FREQ=DAILY")
	preview, err := schedule.PreviewPolicy(context.Background(), upgrade(), planned(), schedule.PolicyQuery{
		Calendars: []calendar.Calendar{later}, Solver: schedule.Options{Now: day(22, 0, 0)}})
	if err != nil {
		fmt.Println(err)
		return
	}
	say(preview.Words, nil)
	// Output:
	// The new calendar displaces 2 changes: “upgrade-db” and “deploy-shop”.
	// “deploy-shop” moves from Tue 24 Nov 2026 22:00 EET to Tue 24 Nov 2026 23:00 EET.
	// “upgrade-db” moves from Mon 23 Nov 2026 22:00 EET to Mon 23 Nov 2026 23:00 EET.
}

func ExampleInsertEmergency() {
	answer, err := schedule.InsertEmergency(context.Background(), upgrade(), planned(), schedule.EmergencyQuery{Now: day(24, 19, 0), Within: 2 * schedule.Hour,
		Activity: schedule.Activity{ID: "patch", Name: "Patch the shop", CIs: []string{"shop"}, Duration: schedule.Hour}})
	if err != nil {
		fmt.Println(err)
		return
	}
	say(answer.Words, nil)
	// Output:
	// “Patch the shop” does least harm Tue 24 Nov 2026 23:00 EET to Wed 25 Nov 2026 00:00 EET.
	// Nothing that is planned becomes unsafe.
	// By Tue 24 Nov 2026 23:00 EET: record “Patch the shop” as an emergency change and name who decided it.
	// By Thu 26 Nov 2026 00:00 EET: have “Patch the shop” approved after the fact.
	// By Mon 30 Nov 2026 00:00 EET: review “Patch the shop”: why it was needed, and what would have made it unnecessary.
}

func ExampleSimulate() {
	simulation, err := schedule.Simulate(context.Background(), upgrade(), planned(), &schedule.SimulationOptions{Runs: 10_000,
		Default: schedule.Uncertainty{Failure: 0.05, Rollback: 1, Duration: schedule.Distribution{Kind: schedule.Triangular, Min: 0.8, Mode: 1, Max: 3}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, o := range simulation.Activities {
		fmt.Printf("%s: overrun %.2f, done %.2f, go by %s\n", o.ID, o.Overrun.P, o.Done.P, o.GoBy.Format("Mon 15:04"))
	}
	// Output:
	// upgrade-db: overrun 0.03, done 0.95, go by Mon 20:37
	// deploy-shop: overrun 0.00, done 0.90, go by Tue 23:17
}
