package schedule

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/calendar"
)

// TestWhyNotForces asks for random other times: what the answer says breaks is what Check
// says, and the alternative passes Check with the activity where it was asked for.
func TestWhyNotForces(t *testing.T) {
	possible, never := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t)
		p.Tick = 0
		plan, err := Solve(context.Background(), p, &Options{MaxWork: 3_000})
		if err != nil || len(plan.Assignments) == 0 {
			return
		}
		id := rapid.SampledFrom(plan.Assignments).Draw(t, "which").Activity
		at := p.Horizon.Start.Add(time.Duration(rapid.IntRange(0, 71).Draw(t, "at")) * time.Hour)
		got, err := WhyNot(context.Background(), p, plan, id, at, &Options{MaxWork: 20_000})
		if errors.Is(err, ErrNoPlan) {
			return
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, text(p))
		}
		if len(got.Words) < 2 {
			t.Fatal("no words")
		}
		if got.Plan == nil {
			if never++; len(got.Never) == 0 || len(got.Breaks) == 0 {
				t.Fatalf("no plan and no reason: %+v", got)
			}
			return
		}
		possible++
		if x, ok := got.Plan.Of(id); !ok || !x.Start.Equal(at) {
			t.Fatalf("the alternative has it at %v, not at %v", x.Start, at)
		}
		if !Sound(check2(t, p.without(id), got.Plan)) {
			t.Fatal("the alternative does not pass Check")
		}
		if len(got.Breaks) == 0 && len(got.Moves) > 0 {
			t.Fatalf("nothing breaks, and %v move", got.Moves)
		}
	})
	t.Logf("%d possible, %d not", possible, never)
}

// without returns p with no pin on an activity, which the question overrides.
func (p *Problem) without(id string) *Problem {
	return p.with(id, func(a *Activity) { a.Pinned = time.Time{} })
}

// webShop is a small plan with names, zones and teams, for answers in words.
func webShop() (*Problem, *Plan) {
	at := func(d, h, m int) time.Time { return time.Date(2026, 11, d, h, m, 0, 0, time.UTC) }
	p := &Problem{Zone: "Europe/Helsinki", Horizon: calendar.Interval{Start: at(22, 0, 0), End: at(30, 0, 0)},
		Calendars: []calendar.Calendar{{ID: "changes", Windows: []calendar.Window{
			{ID: "w-1", Reason: "night shift", Kind: calendar.Maintenance, Starts: calendar.MustParseRecurrence("DTSTART;TZID=Europe/Helsinki:20261120T220000\nRRULE:FREQ=DAILY"), Length: calendar.Exactly(6 * time.Hour)}}}},
		Calendar: "changes",
		Activities: []Activity{
			{ID: "a-1", Name: "Upgrade the order database", Team: "databases", CIs: []string{"orders-db"}, Duration: 2 * Hour, Approved: true, Notice: 72 * Hour, Due: at(24, 23, 0)},
			{ID: "a-2", Name: "Deploy the shop", Team: "web", CIs: []string{"shop"}, Duration: Hour},
			{ID: "a-3", Name: "Rotate certificates", Team: "platform", CIs: []string{"shop"}, Duration: 3 * Hour},
		},
		Precedences: []Precedence{{ID: "p-1", From: "a-1", To: "a-2", MinLag: 30 * Minute}},
		Exclusions:  []Exclusion{{ID: "x-1", Kind: SameCI, At: "shop", Activities: []string{"a-2", "a-3"}}},
	}
	plan := &Plan{Assignments: []Assignment{
		{Activity: "a-1", Start: at(24, 20, 0), End: at(24, 22, 0)},
		{Activity: "a-2", Start: at(24, 22, 30), End: at(24, 23, 30)},
		{Activity: "a-3", Start: at(25, 20, 0), End: at(25, 23, 0)},
	}}
	return p, plan
}

var (
	solverWords = regexp.MustCompile(`(?i)\b(solver|constraint|objective|variable|domain|tier|bound|instance|heuristic|infeasible|feasible|optimal|core|tick|lag|mode|penalty|relaxation|propagat\w*|nogood)\b`)
	bareIDs     = regexp.MustCompile(`\b[acpwx]-\d\b`)
)

// colleagues checks that sentences are those of a colleague: names instead of IDs, times in
// the zone of the reader, no words of the trade.
func colleagues(t *testing.T, sentences ...string) {
	t.Helper()
	for _, s := range sentences {
		switch {
		case solverWords.MatchString(s):
			t.Errorf("a word of solvers: %s", s)
		case bareIDs.MatchString(s):
			t.Errorf("an ID where a name exists: %s", s)
		case strings.Contains(s, "UTC"):
			t.Errorf("UTC where the reader's zone is set: %s", s)
		case s != strings.TrimSpace(s) || s == "":
			t.Errorf("untidy: %q", s)
		}
	}
	if t.Failed() || testing.Verbose() {
		t.Log(strings.Join(sentences, "\n"))
	}
}

// TestAnswersReadWell looks at the sentences of every kind of answer.
func TestAnswersReadWell(t *testing.T) {
	ctx := context.Background()
	p, plan := webShop()
	if conflicts, err := Check(p, plan); err != nil || !Sound(conflicts) {
		t.Fatal(conflicts, err)
	}
	for _, at := range []time.Time{plan.Assignments[2].Start, plan.Assignments[0].Start, plan.Assignments[2].Start.Add(-10 * time.Hour)} {
		got, err := WhyNot(ctx, p, plan, "a-2", at, nil)
		if err != nil {
			t.Fatal(err)
		}
		colleagues(t, got.Words...)
	}
	f, err := NewSlotFinder(p, plan)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := f.Find("a-2", SlotQuery{})
	if err != nil || len(answer.Slots) == 0 {
		t.Fatal(answer, err)
	}
	for _, s := range answer.Slots {
		colleagues(t, s.Before.Reason, s.After.Reason)
	}
	freeze := FreezeQuery{Calendar: "changes", Window: calendar.Window{ID: "w-9", Reason: "elections", Kind: calendar.Freeze, Starts: calendar.Once(plan.Assignments[0].Start), Length: calendar.Exactly(24 * time.Hour)},
		Solver: Options{Now: p.Horizon.Start}}
	preview, err := PreviewFreeze(ctx, p, plan, freeze)
	if err != nil {
		t.Fatal(err)
	}
	colleagues(t, preview.Words...)
	if len(preview.Displaced) != 2 || preview.Plan == nil || len(preview.Moves) < 2 {
		t.Errorf("%d displaced, moves %v", len(preview.Displaced), preview.Moves)
	}
	emergency, err := InsertEmergency(ctx, p, plan, EmergencyQuery{Now: plan.Assignments[0].Start.Add(100 * time.Minute), Within: Hour,
		Activity: Activity{ID: "a-9", Name: "Patch the shop", Team: "security", CIs: []string{"shop"}, Duration: 2 * Hour}})
	if err != nil {
		t.Fatal(err)
	}
	colleagues(t, emergency.Words...)
	if emergency.Harm != 1 || len(emergency.Unsafe) != 1 || !Sound(mustCheck(t, p, emergency.Plan)) {
		t.Errorf("harm %d, unsafe %v", emergency.Harm, emergency.Unsafe)
	}
	if !slices.Contains(emergency.Tell, "security") || len(emergency.Duties) < 3 {
		t.Errorf("tell %v, duties %v", emergency.Tell, emergency.Duties)
	}
	d, err := Compare(p, plan, preview.Plan, p.Horizon.Start)
	if err != nil {
		t.Fatal(err)
	}
	colleagues(t, d.Words...)
	p.Activities[1].NotAfter = p.Horizon.Start.Add(12 * time.Hour)
	relaxed, err := Relaxations(ctx, p, nil)
	if err != nil || len(relaxed) != 3 {
		t.Fatal(relaxed, err)
	}
	for _, r := range relaxed {
		for _, e := range r.Edits {
			colleagues(t, e.Reason, e.Grantor)
		}
	}
}

func mustCheck(t *testing.T, p *Problem, plan *Plan) []Conflict {
	t.Helper()
	plan = &Plan{Assignments: slices.DeleteFunc(slices.Clone(plan.Assignments), func(a Assignment) bool { return a.Activity == "a-9" })}
	out, err := Check(p, plan)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestPreviewAgainstCheck proposes random freezes: what they displace is what Check finds in
// them, and the plan with the proposal passes Check.
func TestPreviewAgainstCheck(t *testing.T) {
	asked, moved := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t)
		p.Tick = 0
		if len(p.Calendars) == 0 {
			return
		}
		plan, err := Solve(context.Background(), p, &Options{MaxWork: 3_000})
		if err != nil {
			return
		}
		d := &drawing{t: t, start: p.Horizon.Start, hours: 72, unit: time.Hour, p: p}
		span := d.span("freeze", 12)
		w := calendar.Window{ID: "proposed", Kind: calendar.Freeze, Starts: calendar.Once(span.Start), Length: calendar.Exactly(span.Duration())}
		got, err := PreviewFreeze(context.Background(), p, plan, FreezeQuery{Calendar: "c0", Window: w, Solver: Options{MaxWork: 20_000, Now: p.Horizon.Start}})
		if errors.Is(err, ErrNoPlan) {
			return
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, text(p))
		}
		asked++
		q := *p
		q.Calendars = slices.Clone(p.Calendars)
		q.Calendars[0].Windows = append(slices.Clone(q.Calendars[0].Windows), w)
		want := map[string]bool{}
		for _, c := range check2(t, &q, &Plan{Assignments: plan.Assignments, Unscheduled: plan.Unscheduled}) {
			if c.Severity == Blocking && c.Evidence[0].Window == w.ID {
				for _, id := range c.Activities {
					want[id] = true
				}
			}
		}
		for _, x := range got.Displaced {
			if !want[x.Activity] && x.Start.Before(x.End) {
				t.Fatalf("%s is said to be displaced, Check finds %v\n%s", x.Activity, want, text(p))
			}
			delete(want, x.Activity)
		}
		for id := range want {
			if x, _ := plan.Of(id); x.Start.Before(x.End) {
				t.Fatalf("%s is displaced, and is not said to be\n%s", id, text(p))
			}
		}
		if got.Plan != nil {
			if moved += len(got.Moves); !Sound(check2(t, &q, got.Plan)) {
				t.Fatal("the plan with the proposal does not pass Check")
			}
		}
	})
	t.Logf("%d freezes, %d moves", asked, moved)
}

// TestEmergencyPlansPassCheck inserts random emergencies.
func TestEmergencyPlansPassCheck(t *testing.T) {
	placed, harmful := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t)
		p.Tick = 0
		plan, err := Solve(context.Background(), p, &Options{MaxWork: 3_000})
		if err != nil {
			return
		}
		now := p.Horizon.Start.Add(time.Duration(rapid.IntRange(0, 40).Draw(t, "now"))*time.Hour + 7*time.Minute)
		got, err := InsertEmergency(context.Background(), p, plan, EmergencyQuery{Now: now, Within: 6 * Hour, Solver: Options{MaxWork: 20_000},
			Activity: Activity{ID: "emergency", CIs: []string{"x"}, Duration: Duration(rapid.IntRange(1, 4).Draw(t, "length")) * Hour}})
		if errors.Is(err, ErrNoPlan) || errors.Is(err, ErrInfeasible) {
			return
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, text(p))
		}
		placed++
		if got.Harm > 0 {
			harmful++
		}
		if got.Place.Start.Before(now) || got.Place.Start.After(now.Add(6*time.Hour)) {
			t.Fatalf("placed %v, asked for %v", got.Place.Start, now)
		}
		q := *p
		q.Activities = append(slices.Clone(p.Activities), Activity{ID: "emergency", Type: Emergency, CIs: []string{"x"}, Duration: Duration(got.Place.End.Sub(got.Place.Start))})
		if !Sound(check2(t, &q, got.Plan)) {
			t.Fatal("the plan with the emergency does not pass Check")
		}
		for _, m := range got.Moves {
			if !m.From.Start.IsZero() && m.From.Start.Before(now) || !m.To.Start.IsZero() && m.To.Start.Before(now) {
				t.Fatalf("%v is moved out of or into the past", m)
			}
		}
		if got.Harm == 0 && len(got.Unsafe) > 0 {
			t.Fatal("unsafe without harm")
		}
	})
	t.Logf("%d placed, %d with harm", placed, harmful)
}
