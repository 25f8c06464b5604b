package schedule

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/calendar"
)

// TestPreviewPolicyAgainstCheck proposes other random calendars: each activity, by itself in
// the old and in the new calendars, says whether it is displaced; the plan under the proposal
// passes Check under it and is the one that Repair makes.
func TestPreviewPolicyAgainstCheck(t *testing.T) {
	asked, displaced, moved := 0, 0, 0
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
		other := &drawing{t: t, start: p.Horizon.Start, hours: 72, unit: time.Hour, p: &Problem{}}
		other.calendars()
		query := PolicyQuery{Solver: Options{MaxWork: 20_000, Now: p.Horizon.Start}}
		q := *p
		q.Calendars = slices.Clone(p.Calendars)
		for i, c := range other.p.Calendars {
			if i < len(q.Calendars) {
				q.Calendars[i] = c
				query.Calendars = append(query.Calendars, c)
			}
		}
		got, err := PreviewPolicy(context.Background(), p, plan, query)
		if len(query.Calendars) == 0 {
			if !errors.Is(err, ErrInvalid) {
				t.Fatalf("no calendar is proposed, and the error is %v", err)
			}
			return
		}
		if errors.Is(err, ErrNoPlan) {
			return
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, text(p))
		}
		asked++
		var want []string
		for _, x := range plan.Assignments {
			alone := func(p *Problem) bool {
				i := slices.IndexFunc(p.Activities, func(a Activity) bool { return a.ID == x.Activity })
				a := p.Activities[i]
				a.NotBefore, a.NotAfter, a.Pinned = time.Time{}, time.Time{}, time.Time{}
				one := &Problem{Zone: p.Zone, Horizon: p.Horizon, Calendars: p.Calendars, Calendar: p.Calendar, Resources: p.Resources, Activities: []Activity{a}}
				return slices.ContainsFunc(check2(t, one, &Plan{Assignments: []Assignment{x}}), func(c Conflict) bool {
					return c.Severity == Blocking && (c.Kind == InBlackout || c.Kind == InFreeze || c.Kind == OutsideWindow || c.Kind == ExceedsWindow)
				})
			}
			if alone(&q) && !alone(p) {
				want = append(want, x.Activity)
			}
		}
		var have []string
		for _, x := range got.Displaced {
			have = append(have, x.Activity)
		}
		if !slices.Equal(have, want) {
			t.Fatalf("%v are said to be displaced, one by one %v are\n%s", have, want, text(&q))
		}
		displaced += len(have)
		if len(got.Words) == 0 || got.Plan == nil && len(got.Never) == 0 {
			t.Fatalf("%+v", got)
		}
		if got.Plan != nil {
			moved += len(got.Moves)
			if !Sound(check2(t, &q, got.Plan)) {
				t.Fatal("the plan under the proposal does not pass Check")
			}
		}
	})
	t.Logf("%d proposals displace %d, %d moves", asked, displaced, moved)
}

// TestPreviewPolicyReadsWell looks at the words, and at faulty questions.
func TestPreviewPolicyReadsWell(t *testing.T) {
	p, plan := webShop()
	c := p.Calendars[0]
	c.Windows = slices.Clone(c.Windows)
	c.Windows[0].Length = calendar.Exactly(2 * time.Hour)
	got, err := PreviewPolicy(context.Background(), p, plan, PolicyQuery{Calendars: []calendar.Calendar{c}, Solver: Options{Now: p.Horizon.Start}})
	if err != nil {
		t.Fatal(err)
	}
	colleagues(t, got.Words...)
	if len(got.Displaced) != 2 || got.Plan != nil || len(got.Never) == 0 { // a-2 would begin after it closes, and the 3 h of a-3 do not fit at all
		t.Errorf("%+v", got)
	}
	for _, bad := range [][]calendar.Calendar{nil, {{ID: "other"}}, {c, c}, {{ID: "changes", Windows: []calendar.Window{{ID: "w", Kind: "x"}}}}} {
		if _, err := PreviewPolicy(context.Background(), p, plan, PolicyQuery{Calendars: bad}); !errors.Is(err, ErrInvalid) {
			t.Errorf("%v: %v", bad, err)
		}
	}
}
