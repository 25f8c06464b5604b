package schedule

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// many is work with any number of activities.
func many(n int) *Problem {
	p := work(1)
	p.Activities = nil
	for i := range n {
		p.Activities = append(p.Activities, Activity{ID: fmt.Sprintf("a%03d", i), Duration: Hour})
	}
	return p
}

// apart is a rule that keeps activities of one team off one another's days.
func apart(partial bool) CustomRule {
	return CustomRule{ID: "one a day", Name: "one change a day", Partial: partial, Judge: func(d *Draft) []Clash {
		first := map[int]string{}
		var out []Clash
		for x := range d.All() {
			day := x.Start.YearDay()
			if other, ok := first[day]; ok {
				y, _ := d.Of(other)
				whole := calendar.Interval{Start: x.Start.Truncate(24 * time.Hour)}
				whole.End = whole.Start.Add(24 * time.Hour)
				if !whole.Contains(y.Start) {
					panic("another day")
				}
				out = append(out, Clash{Activities: []string{other, x.Activity}, Starts: []calendar.Interval{whole, whole}, Reason: "they are on one day"})
			} else {
				first[day] = x.Activity
			}
		}
		return out
	}}
}

// TestCustomVerbs: Check says who clashes and why, a Checker follows edits, slots and
// Repair keep to the rule, Explain names it.
func TestCustomVerbs(t *testing.T) {
	p := work(3)
	p.Horizon.End = at(4, 0)
	p.Custom = []CustomRule{apart(true)}
	plan, err := Solve(context.Background(), p, nil)
	if err != nil {
		t.Fatal(err)
	}
	if plan.Status != Optimal || plan.Tiers[2].Value != 2*86400+3600 {
		t.Fatalf("%s %v", plan.Status, plan.Tiers)
	}
	first := func(hour int) Assignment { return Assignment{Activity: "a", Start: at(1, hour), End: at(1, hour+1)} }
	wrong := &Plan{Assignments: []Assignment{first(0), {Activity: "b", Start: at(1, 2), End: at(1, 3)}, {Activity: "c", Start: at(2, 0), End: at(2, 1)}}}
	found, err := Check(p, wrong)
	if err != nil || len(found) != 1 {
		t.Fatalf("%v, %v", found, err)
	}
	c := found[0]
	if c.Kind != CustomBreach || !slices.Equal(c.Activities, []string{"a", "b"}) || c.During.Start != at(1, 0) || c.During.End != at(1, 3) ||
		c.Evidence[0].Of != "custom" || c.Evidence[0].ID != "one a day" || c.Evidence[0].Path != "custom[0]" || !strings.Contains(c.Reason, "they are on one day") {
		t.Errorf("%+v", c)
	}
	k, err := NewChecker(p, wrong, &CheckOptions{Accepted: []Acceptance{}})
	if err != nil {
		t.Fatal(err)
	}
	effect := k.Put(Assignment{Activity: "b", Start: at(3, 2), End: at(3, 3)})
	if len(effect.Gone) != 1 || len(effect.Come) != 0 || !k.Sound() {
		t.Errorf("%+v", effect)
	}
	effect = k.Put(first(5))
	if len(effect.Gone)+len(effect.Come) != 0 {
		t.Errorf("%+v", effect)
	}
	f, err := NewSlotFinder(p, plan)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := f.Find("b", SlotQuery{})
	if err != nil || len(answer.Slots) == 0 {
		t.Fatalf("%v, %v", answer, err)
	}
	taken := map[int]bool{}
	for _, x := range plan.Assignments {
		if x.Activity != "b" {
			taken[x.Start.YearDay()] = true
		}
	}
	for _, s := range answer.Slots {
		if taken[s.Start.YearDay()] {
			t.Errorf("a slot on %v", s.Start)
		}
	}
	at1, _ := plan.Of("a")
	bounds, err := f.Blocked("b", at1.Start.Add(5*time.Hour))
	if err != nil || len(bounds) != 1 || bounds[0].Kind != CustomBreach || !strings.Contains(bounds[0].Reason, "one change a day") {
		t.Errorf("%v, %v", bounds, err)
	}
	repaired, err := Repair(context.Background(), p, wrong, nil)
	if err != nil || repaired.Tiers[3].Value != 1 {
		t.Errorf("%v, %v", repaired, err)
	}
	p.Horizon.End = at(3, 0)
	why, err := Explain(context.Background(), p, nil)
	if err != nil || len(why) != 1 || why[0].Kind != CustomBreach || why[0].Evidence[0].ID != "one a day" {
		t.Errorf("%v, %v", why, err)
	}
	_, err = Solve(context.Background(), p, nil)
	var none *InfeasibleError
	if !errors.As(err, &none) || !slices.ContainsFunc(none.Conflicts, func(c Conflict) bool { return c.Kind == CustomBreach }) {
		t.Errorf("%v", err)
	}
}

// TestCustomLarge: rules that judge plans in problems of many activities, where only heuristics
// find a plan.
func TestCustomLarge(t *testing.T) {
	for _, partial := range []bool{false, true} {
		p := many(25)
		p.Horizon.End = at(1, 0).AddDate(0, 0, 30)
		p.Custom = []CustomRule{apart(partial)}
		plan, err := Solve(context.Background(), p, &Options{MaxWork: 3_000_000})
		if !partial && errors.Is(err, ErrNoPlan) {
			t.Log("without judging parts no plan was found")
			continue
		}
		if err != nil {
			t.Fatal(partial, err)
		}
		again, err := Solve(context.Background(), p, &Options{MaxWork: plan.Stats.Work})
		if err != nil || text(*again) != text(*plan) {
			t.Errorf("the same work gives another plan: %v", err)
		}
	}
}

// TestCustomProof: a certificate of a problem with a judging rule claims nothing.
func TestCustomProof(t *testing.T) {
	p := work(2)
	p.Tick, p.Goals = Second, []Goal{{Measure: Makespan}}
	p.Custom = []CustomRule{apart(false)}
	p.Horizon.End = at(3, 0)
	var log bytes.Buffer
	o := &Options{Proof: &log}
	if _, err := Solve(context.Background(), p, o); err != nil {
		t.Fatal(err)
	}
	if claim, err := VerifyProof(p, o, &log); err == nil && claim != ClaimNothing {
		t.Errorf("%v, %v", claim, err)
	}
}

func ExampleCustomRule() {
	p := &Problem{
		Horizon: calendar.Interval{Start: at(1, 0), End: at(6, 0)},
		Activities: []Activity{
			{ID: "billing", Duration: 2 * Hour},
			{ID: "ledger", Duration: 2 * Hour},
			{ID: "search", Duration: Hour},
		},
		Custom: []CustomRule{
			{
				ID: "two nights", Name: "billing and ledger are two nights apart", Partial: true,
				Judge: func(plan *Draft) []Clash {
					a, ok := plan.Of("billing")
					b, too := plan.Of("ledger")
					if !ok || !too || max(a.Start.Sub(b.End), b.Start.Sub(a.End)) >= 48*time.Hour {
						return nil
					}
					return []Clash{{Activities: []string{"billing", "ledger"}, Reason: "the books must settle in between"}}
				},
			},
			{
				ID: "traffic", Step: Hour, // more users in the day
				Cost: func(_ *Activity, start time.Time) int64 { return int64(12 - max(start.Hour()-12, 12-start.Hour())) },
			},
		},
		Goals: []Goal{{Measure: CustomCosts, Custom: "traffic"}, {Measure: Completion, Tier: 1}},
	}
	plan, err := Solve(context.Background(), p, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range plan.Assignments {
		fmt.Println(a.Activity, a.Start.Format("Mon 15:04"))
	}
	for i := range plan.Assignments { // by hand
		if a := &plan.Assignments[i]; a.Activity == "ledger" {
			a.Start, a.End = a.Start.Add(-24*time.Hour), a.End.Add(-24*time.Hour)
		}
	}
	conflicts, err := Check(p, plan)
	fmt.Println(conflicts, err)
	// Output:
	// billing Sun 00:00
	// search Sun 00:00
	// ledger Wed 00:00
	// [“billing” and “ledger” together break the rule “billing and ledger are two nights apart” (the books must settle in between).] <nil>
}
