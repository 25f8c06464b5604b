package lifecycle_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
	"github.com/slackwater-go/slackwater/schedule/lifecycle"
)

// logged runs the life of a change with everything recorded, and reads the log back.
func logged(t testing.TB, f func(l *lifecycle.Log)) []lifecycle.Record {
	t.Helper()
	var b bytes.Buffer
	l, err := lifecycle.NewLog(&b, lifecycle.Head{})
	if err != nil {
		t.Fatal(err)
	}
	f(l)
	head := l.Head()
	if _, err := lifecycle.Verify(bytes.NewReader(b.Bytes()), &head); err != nil {
		t.Fatal(err)
	}
	var out []lifecycle.Record
	if err := lifecycle.ReadLog(&b, func(r lifecycle.Record) error { out = append(out, r); return nil }); err != nil {
		t.Fatal(err)
	}
	return out
}

// Every entry of a change stands in the log once, with its own time and actor, and an edit that
// leaves no other trace does too.
func TestChangesAreLogged(t *testing.T) {
	g := house()
	final := approved(g)
	terms := final.Terms
	terms.Notes = "see the wiki"
	noted, err := g.Edit(final, terms, "ann", "a hint", at(12, 2, 9))
	if err != nil {
		t.Fatal(err)
	}
	terms.Method = "all at once"
	last, err := g.Edit(noted, terms, "ann", "faster", at(12, 2, 10))
	if err != nil {
		t.Fatal(err)
	}
	records := logged(t, func(l *lifecycle.Log) {
		for i, pair := range [][2]*lifecycle.Change{{nil, &final}, {&final, &final}, {&final, &noted}, {&noted, &last}} {
			if err := l.Changed(pair[0], pair[1], at(12, 2, 9+i), "ann", "a reason"); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.Changed(&last, &final, at(12, 3, 9), "ann", "back"); err == nil {
			t.Error("a change that lost entries is recorded")
		}
	})
	count := map[lifecycle.RecordKind]int{}
	for _, r := range records {
		count[r.Kind]++
		if r.Of != last.ID {
			t.Errorf("%+v", r)
		}
	}
	voided := 0
	for _, d := range last.Decisions {
		if !d.Voided.IsZero() {
			voided++
		}
	}
	want := map[lifecycle.RecordKind]int{lifecycle.RecordInput: 3, lifecycle.RecordTransition: len(last.Transitions), lifecycle.RecordApproval: len(last.Decisions) + voided}
	if len(last.Duties) > 0 {
		want[lifecycle.RecordDuty] = len(last.Duties)
	}
	if fmt.Sprint(count) != fmt.Sprint(want) || voided == 0 {
		t.Errorf("recorded %v, want %v", count, want)
	}
	for _, x := range last.Transitions {
		if !slices.ContainsFunc(records, func(r lifecycle.Record) bool {
			var got lifecycle.Transition
			return r.Kind == lifecycle.RecordTransition && json.Unmarshal(r.Data, &got) == nil && got.At.Equal(x.At) && got.Verb == x.Verb && r.Actor == x.Actor
		}) {
			t.Errorf("%+v is not recorded", x)
		}
	}
}

// What the log keeps of a plan makes it again, tells another apart, and names the moves of
// a repair.
func TestPlansAreLogged(t *testing.T) {
	start := at(12, 1, 0)
	p := &schedule.Problem{Name: "P", Horizon: calendar.Interval{Start: start, End: start.AddDate(0, 0, 2)},
		Activities: []schedule.Activity{{ID: "a", Duration: 3 * schedule.Hour}, {ID: "b", Duration: 2 * schedule.Hour}}, Exclusions: []schedule.Exclusion{{Activities: []string{"a", "b"}}}}
	plan, err := schedule.Solve(context.Background(), p, nil)
	if err != nil {
		t.Fatal(err)
	}
	q := *p
	q.Activities = slices.Clone(p.Activities)
	q.Activities[0].NotBefore = start.Add(12 * time.Hour)
	opts := &schedule.Options{Baseline: plan, Now: start}
	repaired, err := schedule.Repair(context.Background(), &q, plan, opts)
	if err != nil {
		t.Fatal(err)
	}
	records := logged(t, func(l *lifecycle.Log) {
		if err := l.Planned("P", "ann", "the plan of December", start, p, nil, plan); err != nil {
			t.Fatal(err)
		}
		if err := l.Planned("P", "ann", "a is late", start, &q, opts, repaired); err != nil {
			t.Fatal(err)
		}
	})
	var first, second lifecycle.PlanRecord
	for i, to := range []*lifecycle.PlanRecord{&first, &second} {
		if err := json.Unmarshal(records[i].Data, to); err != nil || records[i].Kind != lifecycle.RecordDecision {
			t.Fatalf("%+v: %v", records[i], err)
		}
	}
	again, err := schedule.Solve(context.Background(), p, first.Options)
	if err != nil {
		t.Fatal(err)
	}
	same, err := lifecycle.PlanRecordOf(p, nil, again, start)
	if err != nil || same.Plan != first.Plan || same.Problem != first.Problem {
		t.Errorf("made again, it is %+v, %v; the log has %+v", same, err, first)
	}
	if second.Before != first.Plan || second.Plan == first.Plan || second.Problem == first.Problem || len(second.Moves) == 0 {
		t.Errorf("the repair is %+v after %+v", second, first)
	}
}

func ExampleLog_Changed() {
	g := house()
	c := opened(g)
	after, err := g.Decide(c, lifecycle.Decision{Panel: "service-owner", By: "sid", For: "sam", Verdict: lifecycle.Approve, At: at(12, 1, 9), Reason: "tested"})
	if err != nil {
		fmt.Println(err)
		return
	}
	var log bytes.Buffer
	l, _ := lifecycle.NewLog(&log, lifecycle.Head{})
	if err := l.Changed(&c, &after, at(12, 1, 9), "sid", ""); err != nil {
		fmt.Println(err)
	}
	_ = lifecycle.ReadLog(&log, func(r lifecycle.Record) error {
		fmt.Println(r.Index, r.Of, r.Kind, r.Actor, r.Reason)
		return nil
	})
	// Output: 0 CHG-1 approval sid tested
}

func ExampleLog_Planned() {
	start := at(12, 1, 0)
	p := &schedule.Problem{Horizon: calendar.Interval{Start: start, End: start.AddDate(0, 0, 1)}, Activities: []schedule.Activity{{ID: "patch", Duration: schedule.Hour}}}
	plan, err := schedule.Solve(context.Background(), p, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	var log bytes.Buffer
	l, _ := lifecycle.NewLog(&log, lifecycle.Head{})
	fmt.Println(l.Planned("december", "ann", "the month", start, p, nil, plan), l.Head().Records)
	// Output: <nil> 1
}

func ExamplePlanRecordOf() {
	start := at(12, 1, 0)
	p := &schedule.Problem{Horizon: calendar.Interval{Start: start, End: start.AddDate(0, 0, 1)}, Activities: []schedule.Activity{{ID: "patch", Duration: schedule.Hour}}}
	r, err := lifecycle.PlanRecordOf(p, nil, &schedule.Plan{Assignments: []schedule.Assignment{{Activity: "patch", Start: start, End: start.Add(time.Hour)}}}, start)
	fmt.Println(r.Plan[:14], err)
	// Output: sha256:9b6b347 <nil>
}

func ExampleLog_Overridden() {
	var log bytes.Buffer
	l, _ := lifecycle.NewLog(&log, lifecycle.Head{})
	fmt.Println(l.Overridden("CHG-1", at(12, 1, 9), calendar.Override{ID: "o-1", Lifts: []string{"year-end"}}))
	fmt.Println(l.Overridden("CHG-1", at(12, 1, 9), calendar.Override{ID: "o-1", Lifts: []string{"year-end"}, Who: "fay", Role: "freeze owner", Reason: "a security patch", Expires: at(12, 2, 0)}))
	// Output:
	// lifecycle: the override o-1 names nobody, no reason or no end, and has no effect
	// <nil>
}
