package schedule

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// TestThaw freezes a day on which ten changes are planned: without a thaw most of them start
// right after it, with one no more than it allows in each step.
func TestThaw(t *testing.T) {
	start := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	p := &Problem{Zone: "Europe/Helsinki", Calendar: "c", Horizon: calendar.Interval{Start: start, End: start.AddDate(0, 0, 7)}, Calendars: []calendar.Calendar{{ID: "c"}}}
	plan := &Plan{}
	for i := range 10 {
		id := fmt.Sprintf("a%d", i)
		p.Activities = append(p.Activities, Activity{ID: id, Name: fmt.Sprintf("Change %d", i), Duration: Hour, NotBefore: start.AddDate(0, 0, 1)})
		at := start.AddDate(0, 0, 1).Add(time.Duration(i) * time.Hour)
		plan.Assignments = append(plan.Assignments, Assignment{Activity: id, Start: at, End: at.Add(time.Hour)})
	}
	end := start.AddDate(0, 0, 2)
	w := calendar.Window{ID: "f", Reason: "stocktaking", Kind: calendar.Freeze, Starts: calendar.Once(start.AddDate(0, 0, 1)), Length: calendar.Exactly(24 * time.Hour)}
	peak := func(thaw *Thaw, step time.Duration) int {
		got, err := PreviewFreeze(context.Background(), p, plan, FreezeQuery{Calendar: "c", Window: w, Thaw: thaw, Solver: Options{Now: start, MaxWork: 100_000}})
		if err != nil || got.Plan == nil {
			t.Fatal(got, err)
		}
		colleagues(t, got.Words...)
		count, most := map[int]int{}, 0
		for _, x := range got.Plan.Assignments {
			k := int(x.Start.Sub(end) / step)
			count[k]++
			most = max(most, count[k])
		}
		return most
	}
	if n := peak(nil, 2*time.Hour); n < 5 {
		t.Errorf("without a thaw %d start within two hours, want more", n)
	}
	if n := peak(&Thaw{Most: 3, Step: 2 * Hour, For: 24 * Hour}, 2*time.Hour); n > 3 {
		t.Errorf("%d start within two hours, 3 may", n)
	}
	if n := peak(&Thaw{Most: 1}, 4*time.Hour); n != 1 {
		t.Errorf("%d start within four hours, 1 may", n)
	}

	q := *p
	q.Calendars = []calendar.Calendar{{ID: "c", Windows: []calendar.Window{w}}}
	limited, err := q.WithThaw("c", "f", Thaw{Most: 2, Step: 6 * Hour})
	if err != nil {
		t.Fatal(err)
	}
	made, err := Solve(context.Background(), limited, &Options{MaxWork: 100_000})
	if err != nil {
		t.Fatal(err)
	}
	early := 0
	for _, x := range made.Assignments {
		if !x.Start.Before(end) && x.Start.Before(end.Add(6*time.Hour)) {
			early++
		}
	}
	if early > 2 {
		t.Errorf("%d start in the first six hours, 2 may", early)
	}
	all := &Plan{}
	for i := range p.Activities {
		all.Assignments = append(all.Assignments, Assignment{Activity: p.Activities[i].ID, Start: end, End: end.Add(time.Hour)})
	}
	if conflicts, err := Check(limited, all); err != nil || len(conflicts) != 1 || conflicts[0].Kind != BudgetExceeded {
		t.Errorf("%v %v", conflicts, err)
	} else {
		colleagues(t, conflicts[0].Reason)
	}
	for _, bad := range []struct {
		c, w string
		t    Thaw
	}{{"x", "f", Thaw{Most: 1}}, {"c", "x", Thaw{Most: 1}}, {"c", "f", Thaw{}}, {"c", "f", Thaw{Most: 1, Step: -Hour}}, {"c", "f", Thaw{Most: 1, Step: Second, For: 60 * Hour}}} {
		if _, err := q.WithThaw(bad.c, bad.w, bad.t); err == nil {
			t.Errorf("%v is taken", bad)
		}
	}
}
