package schedule

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestCheckerEqualsCheck edits plans at random; after each edit the Checker knows what
// Check finds in the plan, to the last field.
func TestCheckerEqualsCheck(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t)
		plan, err := Solve(context.Background(), p, &Options{MaxWork: 1_000})
		if err != nil {
			plan = &Plan{}
		}
		plan = &Plan{Assignments: plan.Assignments, Unscheduled: plan.Unscheduled}
		k, err := NewChecker(p, plan, nil)
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 5).Draw(t, "edits") {
			a := rapid.SampledFrom(p.Activities).Draw(t, "which")
			plan.Assignments = slices.DeleteFunc(slices.Clone(plan.Assignments), func(x Assignment) bool { return x.Activity == a.ID })
			plan.Unscheduled = slices.DeleteFunc(slices.Clone(plan.Unscheduled), func(x string) bool { return x == a.ID })
			switch rapid.IntRange(0, 4).Draw(t, "edit") {
			case 0:
				k.Remove(a.ID)
			case 1:
				k.LeaveOut(a.ID)
				plan.Unscheduled = append(plan.Unscheduled, a.ID)
			default:
				m := rapid.SampledFrom(a.modes()).Draw(t, "mode")
				start := p.Horizon.Start.Add(time.Duration(rapid.IntRange(-3, 75).Draw(t, "at")) * time.Hour)
				x := Assignment{Activity: a.ID, Mode: m.ID, Start: start, End: start.Add(m.Duration.Std())}
				k.Put(x)
				plan.Assignments = append(plan.Assignments, x)
			}
			want, err := Check(p, plan)
			if err != nil {
				t.Fatal(err)
			}
			found, _ := k.Findings()
			got := make([]Conflict, len(found))
			for i := range found {
				got[i] = found[i].Conflict
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Fatal(d)
			}
			if Sound(want) != k.Sound() {
				t.Fatal("Sound differs")
			}
		}
	})
}

// TestNoPlan: no plan at all is an empty one.
func TestNoPlan(t *testing.T) {
	p, _ := webShop()
	want, err := Check(p, &Plan{})
	if err != nil || len(want) == 0 {
		t.Fatal(want, err)
	}
	got, err := Check(p, nil)
	if err != nil || len(got) != len(want) {
		t.Errorf("Check: %v, %v; of an empty plan %v", got, err, want)
	}
	found, _, err := CheckWith(p, nil, nil)
	if err != nil || len(found) != len(want) {
		t.Errorf("CheckWith: %v, %v; of an empty plan %v", found, err, want)
	}
	if chains, err := CriticalChains(p, nil, p.Activities[0].ID); err != nil || len(chains) != 1 || chains[0] != nil {
		t.Errorf("CriticalChains: %v, %v", chains, err)
	}
	if id := p.LeastMargin(nil); id != "" {
		t.Errorf("LeastMargin: %q", id)
	}
}

// TestAcceptanceReturns accepts a conflict, moves the work, and sees it come back.
func TestAcceptanceReturns(t *testing.T) {
	p := freezeAgainstDeadline()
	p.Precedences = nil
	at := p.Horizon.Start.AddDate(0, 0, 2)
	plan := &Plan{Assignments: []Assignment{{Activity: "up", Start: at, End: at.Add(2 * time.Hour)}, {Activity: "other", Start: p.Horizon.Start, End: p.Horizon.Start.Add(time.Hour)}}}
	k, err := NewChecker(p, plan, nil)
	if err != nil {
		t.Fatal(err)
	}
	found, _ := k.Findings()
	if len(found) != 1 || k.Sound() {
		t.Fatalf("found %v", found)
	}
	o := &CheckOptions{Now: p.Horizon.Start, Accepted: []Acceptance{{Conflict: found[0].ID, Facts: found[0].Facts, Owner: "Board", Reason: "agreed on Monday", Expires: p.Horizon.End}}}
	if k, err = NewChecker(p, plan, o); err != nil || !k.Sound() {
		t.Fatal("the accepted conflict blocks", err)
	}
	k.Put(Assignment{Activity: "up", Start: at.Add(time.Hour), End: at.Add(3 * time.Hour)})
	found, lapsed := k.Findings()
	if k.Sound() || len(lapsed) != 1 || found[0].Returned == "" {
		t.Errorf("moved work keeps its acceptance: %v, %v", found, lapsed)
	}
	o.Now = p.Horizon.End
	if k, err = NewChecker(p, plan, o); err != nil || k.Sound() {
		t.Error("an acceptance outlives its expiry", err)
	}
}

// BenchmarkChecker edits one of 10,000 scheduled changes, and compares with judging all.
func BenchmarkChecker(b *testing.B) {
	p, plan := busy(b, 10_000)
	k, err := NewChecker(p, plan, nil)
	if err != nil {
		b.Fatal(err)
	}
	i := 0
	for b.Loop() {
		a := plan.Assignments[i/2*37%len(plan.Assignments)]
		if i%2 == 0 { // there, and back again
			a.Start, a.End = a.Start.Add(time.Hour), a.End.Add(time.Hour)
		}
		k.Put(a)
		i++
	}
	ours := float64(b.Elapsed()) / float64(b.N)
	began := time.Now()
	if _, err := Check(p, plan); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(time.Since(began))/ours, "x-one-check")
}
