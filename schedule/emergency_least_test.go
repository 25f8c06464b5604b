package schedule

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/prng"
)

// A strike is a small plan in force, by whole hours, and an emergency that hits it.
type strike struct {
	p       *Problem
	inForce *Plan
	query   EmergencyQuery
}

// strikeAt makes a dense random plan and an emergency; nil where there is no plan.
func strikeAt(r *prng.Rand) *strike {
	start := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	hour := func(n int) time.Time { return start.Add(time.Duration(n) * time.Hour) }
	maybe := func(n int) bool { return r.IntN(n) == 0 }
	const hours = 20
	p := &Problem{Tick: []Duration{Hour, 20 * Minute}[r.IntN(2)], Horizon: calendar.Interval{Start: start, End: hour(hours)}, Goals: []Goal{{Measure: Unscheduled}, {Measure: Shift, Tier: 1}}}
	c := calendar.Calendar{ID: "c", Windows: []calendar.Window{
		{ID: "w0", Kind: calendar.Maintenance, Starts: calendar.Once(hour(r.IntN(4))), Length: calendar.Exactly(time.Duration(4+r.IntN(5)) * time.Hour)},
		{ID: "w1", Kind: calendar.Maintenance, Starts: calendar.Once(hour(9 + r.IntN(3))), Length: calendar.Exactly(time.Duration(3+r.IntN(6)) * time.Hour)}}}
	p.Calendars = append(p.Calendars, c)
	p.Resources = []Resource{{ID: "r", Kind: Team, Capacity: calendar.Profile{Base: int64(1 + r.IntN(3))}}}
	if maybe(3) {
		from := r.IntN(10)
		p.Resources[0].Capacity.Steps = []calendar.Step{{Interval: calendar.Interval{Start: hour(from), End: hour(from + 1 + r.IntN(5))}, Value: int64(r.IntN(3))}}
	}
	p.Groups = []RedundancyGroup{{ID: "g", MaxOut: 1, Members: []GroupMember{{CI: "x"}, {CI: "y"}, {CI: "z"}}}}
	if maybe(3) {
		from := r.IntN(10)
		p.Groups[0].Members[r.IntN(3)].Down = []calendar.Interval{{Start: hour(from), End: hour(from + 1 + r.IntN(4))}}
	}
	cis := []string{"x", "y", "z", "w", "v"}
	for i := range 3 + r.IntN(3) {
		a := Activity{ID: string(rune('a' + i)), Duration: Duration(1+r.IntN(4)) * Hour, CIs: []string{cis[r.IntN(len(cis))]}, Weight: int64(1 + r.IntN(5)), Preferred: hour(r.IntN(12))}
		if maybe(3) {
			a.Calendar = "c"
			if maybe(3) {
				a.Pause = PauseReleasing
			}
		}
		if !maybe(4) {
			a.Demands = []Demand{{"r", 1}}
		}
		if maybe(3) {
			a.NotAfter = hour(10 + r.IntN(11))
		}
		if i > 0 && maybe(4) {
			p.Precedences = append(p.Precedences, Precedence{From: p.Activities[r.IntN(i)].ID, To: a.ID})
		}
		p.Activities = append(p.Activities, a)
	}
	s := &strike{p: p}
	var err error
	if s.inForce, err = Solve(context.Background(), p, nil); err != nil {
		return nil
	}
	e := Activity{ID: "emergency", Duration: Duration(1+r.IntN(3)) * Hour, CIs: []string{cis[r.IntN(len(cis))]}}
	if maybe(2) {
		e.Demands = []Demand{{"r", int64(1 + r.IntN(2))}}
	}
	if maybe(3) {
		e.Modes = []Mode{{ID: "quick", Duration: e.Duration, Demands: []Demand{{"r", 1}}}, {ID: "slow", Duration: e.Duration + 2*Hour}}
		e.Duration, e.Demands = 0, nil
	}
	if maybe(4) {
		e.Calendar = "c"
	}
	s.query = EmergencyQuery{Activity: e, Now: hour(r.IntN(6)).Add(time.Duration(r.IntN(3)) * 20 * time.Minute), Within: Duration(2+r.IntN(8)) * Hour}
	if maybe(3) {
		s.query.Exclusions = []Exclusion{{Activities: []string{"emergency", "a"}}, {Activities: []string{"emergency", "b"}}}
	}
	return s
}

// with is the problem that has the emergency in it.
func (s *strike) with() *Problem {
	q := *s.p
	e := s.query.Activity
	e.Type, e.NotBefore = Emergency, s.query.Now
	q.Activities = append(slices.Clone(s.p.Activities), e)
	q.Exclusions = append(slices.Clone(s.p.Exclusions), s.query.Exclusions...)
	for i := range s.p.Activities {
		if o := &s.p.Activities[i]; slices.Contains(o.CIs, e.CIs[0]) {
			q.Exclusions = append(q.Exclusions, Exclusion{Kind: SameCI, At: e.CIs[0], Activities: []string{o.ID, e.ID}})
		}
	}
	return &q
}

// A spot is a start of the emergency with the planned weight that takes part in a conflict
// there, by Check.
type spot struct {
	at   Assignment
	harm int64
}

// spots lists every start by twenty minutes that the emergency may have by itself.
func (s *strike) spots(t *testing.T) (out []spot) {
	q := s.with()
	e := q.Activities[len(q.Activities)-1]
	alone := &Problem{Horizon: q.Horizon, Calendars: q.Calendars, Resources: q.Resources, Activities: []Activity{e}}
	for at := s.query.Now; !at.After(s.query.Now.Add(s.query.Within.Std())); at = at.Add(20 * time.Minute) {
		for _, m := range e.modes() {
			x := Assignment{Activity: e.ID, Mode: m.ID, Start: at, End: at.Add(m.Duration.Std())}
			if conflicts, err := Check(alone, &Plan{Assignments: []Assignment{x}}); err != nil || !Sound(conflicts) {
				continue
			}
			conflicts, err := Check(q, &Plan{Assignments: append(slices.Clone(s.inForce.Assignments), x)})
			if err != nil {
				t.Fatal(err)
			}
			hurt := map[string]bool{}
			one := spot{at: x}
			for _, c := range conflicts {
				for _, id := range c.Activities {
					if i := slices.IndexFunc(s.p.Activities, func(a Activity) bool { return a.ID == id }); c.Severity == Blocking && i >= 0 && !hurt[id] {
						hurt[id] = true
						one.harm += s.p.Activities[i].Weight
					}
				}
			}
			out = append(out, one)
		}
	}
	slices.SortStableFunc(out, func(a, b spot) int { return cmp.Or(cmp.Compare(a.harm, b.harm), a.at.Start.Compare(b.at.Start)) })
	return out
}

// around repairs the plan around the emergency at a spot.
func (s *strike) around(t *testing.T, x spot) *Plan {
	q := s.with()
	e := &q.Activities[len(q.Activities)-1]
	e.Pinned = x.at.Start
	e.Modes = slices.DeleteFunc(slices.Clone(e.Modes), func(m Mode) bool { return m.ID != x.at.Mode })
	plan, err := Repair(context.Background(), q, s.inForce, &Options{Now: s.query.Now})
	if err != nil && !errors.Is(err, ErrInfeasible) {
		t.Fatal(err)
	}
	return plan
}

// TestEmergencyDoesLeastHarm inserts emergencies into random plans and tries every start
// by twenty minutes: around none that does less harm, or as much sooner, can the plan be repaired; and
// where the answer is that there is none, it can around no start at all.
func TestEmergencyDoesLeastHarm(t *testing.T) {
	want := 60
	if os.Getenv("SLACKWATER_LONG") != "" {
		want = 2000
	}
	var total, harmful, later, second, never int
	for seed := uint64(1); total < want; seed++ {
		s := strikeAt(prng.New(seed))
		if s == nil {
			continue
		}
		say := func(format string, args ...any) {
			t.Helper()
			t.Fatalf("seed %d: %s\nplan %v\nasked %+v\n%s", seed, fmt.Sprintf(format, args...), s.inForce.Assignments, s.query, text(s.with()))
		}
		spots := s.spots(t)
		got, err := InsertEmergency(context.Background(), s.p, s.inForce, s.query)
		if errors.Is(err, ErrInfeasible) {
			for _, x := range spots {
				if plan := s.around(t, x); plan != nil {
					say("said to be impossible, and can be at %v with harm %d: %v\n%v", x.at, x.harm, plan.Assignments, err)
				}
			}
			never++
			total++
			continue
		}
		if err != nil {
			say("%v", err)
		}
		at := slices.IndexFunc(spots, func(x spot) bool { return x.at.Start.Equal(got.Place.Start) && x.at.Mode == got.Place.Mode })
		if at < 0 {
			say("it may not start at %v", got.Place)
		}
		if spots[at].harm != got.Harm {
			say("at %v it harms %d by Check, said are %d", got.Place, spots[at].harm, got.Harm)
		}
		for _, x := range spots[:at] {
			if x.harm == got.Harm && x.at.Start.Equal(got.Place.Start) {
				continue // of two modes that are equal in this either will do
			}
			if plan := s.around(t, x); plan != nil {
				say("placed at %v with harm %d; at %v it harms %d, and the rest is %v", got.Place, got.Harm, x.at, x.harm, plan.Assignments)
			}
			second++
		}
		if total++; got.Harm > 0 {
			harmful++
		}
		if got.Place.Start.After(s.query.Now) {
			later++
		}
	}
	t.Logf("%d emergencies: %d do harm, %d are later than now, %d spots with less harm cannot be repaired, %d have no place", total, harmful, later, second, never)
	if 8*harmful < total || 5*later < total || second == 0 || never == 0 {
		t.Error("each kind of answer is wanted")
	}
}
