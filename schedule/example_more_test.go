package schedule_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
)

func ExampleReadProblem() {
	_, err := schedule.ReadProblem(strings.NewReader(`{
  "horizon": {"start": "2026-11-22T00:00:00Z", "end": "2026-11-29T00:00:00Z"},
  "activities": [
    {"id": "upgrade", "duration": "PT2H", "notBfore": "2026-11-23T00:00:00Z"},
    {"id": "deploy", "duration": "P1D"}
  ]
}`))
	fmt.Println(err)
	// Output:
	// schedule: problem: line 4, column 43: activities[0].notBfore: unknown field; did you mean "notBefore"?
	// line 5, column 34: activities[1].duration: "P1D" has days or weeks, whose length depends on the zone and the date: write hours, such as "PT24H"
}

func ExampleReadPlan() {
	plan, err := schedule.ReadPlan(strings.NewReader(`{"assignments": [
  {"activity": "upgrade", "start": "2026-11-23T22:00:00+02:00", "end": "2026-11-24T00:00:00+02:00"}
]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	a, ok := plan.Of("upgrade")
	fmt.Println(a.Start.UTC().Format(time.RFC3339), ok)
	// Output:
	// 2026-11-23T20:00:00Z true
}

func ExamplePlan_Write() {
	plan := schedule.Plan{Version: 1, Assignments: []schedule.Assignment{{Activity: "upgrade", Start: day(23, 20, 0), End: day(23, 22, 0)}}}
	if err := plan.Write(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {
	//   "version": 1,
	//   "assignments": [
	//     {
	//       "activity": "upgrade",
	//       "start": "2026-11-23T20:00:00Z",
	//       "end": "2026-11-23T22:00:00Z"
	//     }
	//   ]
	// }
}

func ExampleProblem_Validate() {
	p := upgrade()
	p.Precedences = append(p.Precedences, schedule.Precedence{From: "deploy-shop", To: "upgrade-db"})
	err := p.Validate()
	fmt.Println(errors.Is(err, schedule.ErrInvalid))
	fmt.Println(err)
	// Output:
	// true
	// precedences[0]: is part of a circle in which activities wait for themselves: "upgrade-db" before "deploy-shop" before "upgrade-db"; remove one of its precedences
}

func ExampleProblem_Lower() {
	p := &schedule.Problem{
		Horizon:   calendar.Interval{Start: day(22, 0, 0), End: day(29, 0, 0)},
		Calendars: []calendar.Calendar{nights()},
		Releases: []schedule.Release{{ID: "shop-42", Calendar: "nights", CIs: []string{"shop"}, Stages: []schedule.Stage{
			{ID: "canary", Kind: schedule.StageCanary, Duration: schedule.Hour, CIs: []string{"shop-1"}},
			{ID: "soak", Kind: schedule.StageSoak, Duration: 24 * schedule.Hour},
			{ID: "rest", Kind: schedule.StageWave, Parts: []schedule.Part{
				{Kind: schedule.Implement, Duration: 2 * schedule.Hour},
				{Kind: schedule.BackOut, Duration: schedule.Hour},
			}},
		}}},
	}
	low, err := p.Lower()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range low.Activities {
		fmt.Println(a.ID, a.Duration, a.Calendar)
	}
	plan, err := schedule.Solve(context.Background(), p, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	last := plan.Assignments[len(plan.Assignments)-1]
	fmt.Println(last.From.Release, last.From.Stage, "ends", last.End.Format("Mon 15:04"))
	// Output:
	// shop-42/canary PT1H nights
	// shop-42/soak PT24H always-open
	// shop-42/rest PT3H nights
	// shop-42 rest ends Mon 23:00
}

// estate is a CMDB of two CIs: the shop fails when its database does.
type estate struct{}

func (estate) Impacted(ci string) iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		if yield(ci, 0) && ci == "orders-db" {
			yield("shop", 1)
		}
	}
}

// Link makes the estate a [schedule.Linker], which is optional.
func (estate) Link(from, to string) string { return "used-by" }

func ExampleProblem_ExcludeCollisions() {
	p := upgrade()
	if err := p.ExcludeCollisions(estate{}, 1); err != nil {
		fmt.Println(err)
		return
	}
	for _, x := range p.Exclusions {
		fmt.Println(x.Kind, "at", x.At)
		for _, path := range x.Paths {
			fmt.Println(" ", path.Activity, path.CIs, path.Links)
		}
	}
	// Output:
	// related-ci at shop
	//   deploy-shop [shop] []
	//   upgrade-db [orders-db shop] [used-by]
}

func ExampleProblem_ExcludeServices() {
	p := upgrade()
	p.Activities[0].Services = []string{"ordering"}
	p.Activities[1].Services = []string{"ordering"}
	if err := p.ExcludeServices(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Exclusions[0].Activities, "at", p.Exclusions[0].At)
	// Output:
	// [deploy-shop upgrade-db] at ordering
}

func ExampleProblem_ApplyRisk() {
	p := upgrade()
	p.Precedences = nil
	points := schedule.RaterFunc(func(a *schedule.Activity) (int64, error) { return 60, nil })
	if err := p.ApplyRisk(points, 100); err != nil { // two at once would be 120
		fmt.Println(err)
		return
	}
	plan, err := schedule.Solve(context.Background(), p, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	a, b := plan.Assignments[0], plan.Assignments[1]
	fmt.Println(!b.Start.Before(a.End))
	// Output:
	// true
}

func ExampleExplain() {
	p := upgrade()
	p.Activities[0].NotAfter = day(24, 3, 0)
	p.Calendars[0].Windows = append(p.Calendars[0].Windows, calendar.Window{ID: "year-end", Kind: calendar.Freeze, Reason: "the books close",
		Starts: calendar.Once(day(22, 0, 0)), Length: calendar.Exactly(72 * time.Hour)})
	conflicts, err := schedule.Explain(context.Background(), p, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range conflicts {
		fmt.Printf("%s: %s\n", c.Evidence[0].Path, c.Reason)
	}
	// Output:
	// calendars[0].windows[1]: “upgrade-db” must not run in the freeze “the books close”, Sun 22 Nov 2026 02:00 EET to Wed 25 Nov 2026 02:00 EET.
	// activities[0].notAfter: “upgrade-db” must end by Tue 24 Nov 2026 05:00 EET.
}

func ExampleRepair() {
	p := upgrade()
	p.Activities[0].Notice, p.Activities[1].Approved = 48*schedule.Hour, true
	inForce, err := schedule.Solve(context.Background(), p, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	// A blackout takes Sunday evening away.
	p.Calendars[0].Windows = append(p.Calendars[0].Windows, calendar.Window{ID: "broadcast", Kind: calendar.Blackout,
		Starts: calendar.Once(day(22, 18, 0)), Length: calendar.Exactly(5 * time.Hour)})
	now := day(21, 12, 0)
	repaired, err := schedule.Repair(context.Background(), p, inForce, &schedule.Options{Now: now})
	if err != nil {
		fmt.Println(err)
		return
	}
	moves, err := schedule.Moves(p, inForce, repaired, now)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range moves {
		fmt.Println(m.Activity, m.From.Start.Format("Mon 15:04"), "->", m.To.Start.Format("Mon 15:04"), "approve again:", m.VoidsApproval)
	}
	fmt.Println("moves inside the notice period:", repaired.Tiers[1].Value, "proved:", repaired.Status)
	// Output:
	// deploy-shop Sun 20:00 -> Sun 23:00 approve again: true
	// moves inside the notice period: 0 proved: optimal
}

func ExampleMoves() {
	p := upgrade()
	before := &schedule.Plan{Assignments: []schedule.Assignment{{Activity: "upgrade-db", Start: day(23, 20, 0), End: day(23, 22, 0)}}}
	after := &schedule.Plan{Assignments: []schedule.Assignment{{Activity: "upgrade-db", Start: day(24, 20, 0), End: day(24, 22, 0)}}}
	moves, err := schedule.Moves(p, before, after, day(22, 0, 0))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range moves {
		fmt.Println(m.Activity, m.From.Start.Format("Mon 15:04"), "->", m.To.Start.Format("Mon 15:04"))
	}
	// Output:
	// upgrade-db Mon 20:00 -> Tue 20:00
}

func ExampleBillOf() {
	p := upgrade()
	p.Activities[0].Name, p.Activities[0].Team, p.Activities[0].Approved = "Upgrade the order database", "databases", true
	p.Activities[0].Notice = 72 * schedule.Hour
	p.Calendars[0].Windows = append(p.Calendars[0].Windows, calendar.Window{ID: "sales", Kind: calendar.Freeze, Grade: calendar.Approval, Reason: "the autumn sale",
		Approvers: []string{"the director of sales"}, Starts: calendar.Once(day(24, 18, 0)), Length: calendar.Exactly(24 * time.Hour)})
	before := &schedule.Plan{Assignments: []schedule.Assignment{{Activity: "upgrade-db", Start: day(23, 20, 0), End: day(23, 22, 0)}}}
	after := &schedule.Plan{Assignments: []schedule.Assignment{{Activity: "upgrade-db", Start: day(24, 20, 0), End: day(24, 22, 0)}}}
	bill, err := schedule.BillOf(p, before, after, day(22, 0, 0))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(bill)
	// Output:
	// Tell databases: “Upgrade the order database” moves from Mon 23 Nov 2026 22:00 EET to Tue 24 Nov 2026 22:00 EET, inside its notice period.
	// Have “Upgrade the order database” approved again before Tue 24 Nov 2026 22:00 EET: its approval was for Mon 23 Nov 2026 22:00 EET.
	// Have “Upgrade the order database” approved by the director of sales before Tue 24 Nov 2026 22:00 EET: it runs in the freeze “the autumn sale”, Tue 24 Nov 2026 20:00 EET to Wed 25 Nov 2026 20:00 EET.
}

func ExamplePlan_During() {
	plan := &schedule.Plan{Assignments: []schedule.Assignment{
		{Activity: "upgrade-db", Start: day(23, 20, 0), End: day(23, 22, 0)},
		{Activity: "deploy-shop", Start: day(24, 20, 0), End: day(24, 21, 0)},
	}}
	for a := range plan.During(calendar.Interval{Start: day(23, 21, 0), End: day(24, 0, 0)}) {
		fmt.Println(a.Activity)
	}
	// Output:
	// upgrade-db
}

func ExampleExplanations() {
	p := upgrade()
	p.Activities[0].NotBefore, p.Activities[0].NotAfter = day(22, 12, 0), day(23, 3, 0)
	p.Calendars[0].Windows = append(p.Calendars[0].Windows, calendar.Window{ID: "year-end", Kind: calendar.Freeze, Reason: "the books close",
		Starts: calendar.Once(day(22, 0, 0)), Length: calendar.Exactly(72 * time.Hour)})
	p.Activities[1].NotAfter = day(22, 22, 0)
	sets, err := schedule.Explanations(context.Background(), p, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, set := range sets {
		fmt.Println("Reason", i+1)
		for _, c := range set {
			fmt.Println(" ", c)
		}
	}
	// Output:
	// Reason 1
	//   “deploy-shop” must not run in the freeze “the books close”, Sun 22 Nov 2026 02:00 EET to Wed 25 Nov 2026 02:00 EET.
	//   “deploy-shop” must end by Mon 23 Nov 2026 00:00 EET.
	// Reason 2
	//   “deploy-shop” starts at least 30 min after “upgrade-db” has ended.
	//   “upgrade-db” must not start before Sun 22 Nov 2026 14:00 EET.
	//   “deploy-shop” and “upgrade-db” run only in the maintenance windows of “nights”.
	//   “deploy-shop” must end by Mon 23 Nov 2026 00:00 EET.
	// Reason 3
	//   “upgrade-db” must not run in the freeze “the books close”, Sun 22 Nov 2026 02:00 EET to Wed 25 Nov 2026 02:00 EET.
	//   “upgrade-db” must end by Mon 23 Nov 2026 05:00 EET.
}
