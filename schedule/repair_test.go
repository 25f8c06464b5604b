package schedule

import (
	"context"
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/testkit/oracle"
)

// freezeAgainstDeadline is a problem without a plan.
func freezeAgainstDeadline() *Problem {
	start := time.Date(2026, 12, 20, 23, 0, 0, 0, time.UTC)
	return &Problem{
		Zone:    "Europe/Berlin",
		Horizon: calendar.Interval{Start: start, End: start.AddDate(0, 0, 20)},
		Activities: []Activity{
			{ID: "up", Name: "Upgrade", Type: Normal, Duration: 2 * Hour, Calendar: "policy", NotBefore: start.AddDate(0, 0, 1), NotAfter: start.AddDate(0, 0, 3).Add(time.Hour)},
			{ID: "other", Type: Normal, Duration: Hour, Calendar: "policy"},
		},
		Precedences: []Precedence{{From: "up", To: "other"}},
		Calendars: []calendar.Calendar{{ID: "policy", Windows: []calendar.Window{
			{ID: "year-end", Kind: calendar.Freeze, Starts: calendar.Once(start.AddDate(0, 0, 1)), Length: calendar.Duration{Days: 10}, Exempt: []string{Emergency}, Reason: "books close"},
			{ID: "inventory", Kind: calendar.Blackout, Starts: calendar.Once(start.AddDate(0, 0, 15)), Length: calendar.Exactly(4 * time.Hour)},
		}}},
	}
}

// TestRepairIsLeast plans, disturbs, repairs, and compares with enumeration.
func TestRepairIsLeast(t *testing.T) {
	compared := 0
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t)
		p.Tick = 0
		plan, err := Solve(context.Background(), p, &Options{MaxWork: 20_000})
		if err != nil {
			return
		}
		q := clone(t, p)
		d := &drawing{t: t, start: p.Horizon.Start, hours: 72, unit: time.Hour, p: q}
		frozen := d.span("freeze", 10)
		q.Calendars = append(q.Calendars, calendar.Calendar{ID: "new", Windows: []calendar.Window{
			{ID: "freeze", Kind: calendar.Freeze, Starts: calendar.Once(frozen.Start), Length: calendar.Exactly(frozen.Duration())}}})
		for i := range q.Activities {
			if a := &q.Activities[i]; a.Calendar == "" && q.Calendar == "" {
				a.Calendar = "new"
			}
		}
		o := &Options{MaxWork: 30_000, Now: p.Horizon.Start.Add(d.length("now", 20))}
		got, err := Repair(context.Background(), q, plan, o)
		if errors.Is(err, ErrNoPlan) || errors.Is(err, ErrInfeasible) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if !Sound(check2(t, q, got)) {
			t.Fatal("the repaired plan does not pass Check")
		}
		for _, a := range plan.Assignments {
			if b, ok := got.Of(a.Activity); a.Start.Before(o.Now) && (!ok || !b.Start.Equal(a.Start)) {
				t.Fatalf("%s had started and was moved", a.Activity)
			}
		}
		r := repairing(q, plan, o)
		r.Goals = r.Goals[:5]
		c, err := compile(context.Background(), mustLower(t, r), &origins{}, &Options{Baseline: plan, Now: o.Now})
		if err != nil {
			t.Fatal(err)
		}
		if c.in.Horizon > 500 || combinations(c) > 20_000 || got.Status != Optimal {
			return
		}
		compared++
		best := oracle.Best(c.in)
		if best == nil {
			t.Fatal("enumeration finds no plan")
		}
		want := c.in.Value(best)
		for k := range want {
			if got.Tiers[k].Value != want[k] {
				t.Fatalf("repaired at %+v, the least is %v\n%s", got.Tiers, want, text(q))
			}
		}
		moves, err := Moves(q, plan, got, o.Now)
		if err != nil {
			t.Fatal(err)
		}
		var inNotice int64
		for _, m := range moves {
			if m.InNotice {
				inNotice++
			}
		}
		if inNotice != got.Tiers[1].Value {
			t.Fatalf("%d moves inside the notice period in the bill, %d in the plan", inNotice, got.Tiers[1].Value)
		}
	})
	t.Logf("%d compared with enumeration", compared)
}

func check2(t *rapid.T, p *Problem, plan *Plan) []Conflict {
	out, err := Check(p, plan)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func mustLower(t *rapid.T, p *Problem) *Problem {
	low, err := p.Lower()
	if err != nil {
		t.Fatal(err)
	}
	return low
}
