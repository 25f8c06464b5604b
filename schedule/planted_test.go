package schedule

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/calendar"
)

// A planting breaks a valid plan in one way: it asks one thing more of it that it does
// not keep to, or spoils the plan. It returns false where the plan has no place for it.
type planting struct {
	t    *rapid.T
	p    *Problem
	plan *Plan
}

// solid returns an assigned activity that runs in one piece for a while.
func (x *planting) solid(ok func(a *Activity, s *Assignment) bool) (*Activity, *Assignment) {
	var found []int
	for i := range x.plan.Assignments {
		s := &x.plan.Assignments[i]
		a := x.activity(s.Activity)
		if a.Pause == NoPause && s.Start.Before(s.End) && (ok == nil || ok(a, s)) {
			found = append(found, i)
		}
	}
	if len(found) == 0 {
		return nil, nil
	}
	s := &x.plan.Assignments[rapid.SampledFrom(found).Draw(x.t, "victim")]
	return x.activity(s.Activity), s
}

func (x *planting) activity(id string) *Activity {
	return &x.p.Activities[slices.IndexFunc(x.p.Activities, func(a Activity) bool { return a.ID == id })]
}

// overlapping returns two activities that run at the same time.
func (x *planting) overlapping() []string {
	for i, a := range x.plan.Assignments {
		for _, b := range x.plan.Assignments[:i] {
			if iv := a.Interval(); iv.Overlaps(b.Interval()) {
				return []string{b.Activity, a.Activity}
			}
		}
	}
	return nil
}

// window gives an activity one more window on a calendar of its own or on the one it has.
func (x *planting) window(kind calendar.Kind, from, to time.Time, a *Activity) {
	w := calendar.Window{ID: "planted", Kind: kind, Starts: calendar.Once(from), Length: calendar.Exactly(to.Sub(from)), Scope: calendar.Scope{Tags: []string{"planted"}}}
	a.Tags = []string{"planted"}
	s := x.plan.Assignments[slices.IndexFunc(x.plan.Assignments, func(s Assignment) bool { return s.Activity == a.ID })]
	var m *Mode
	if k := slices.IndexFunc(a.Modes, func(m Mode) bool { return m.ID == s.Mode }); k >= 0 {
		m = &a.Modes[k]
	}
	id := x.p.calendarOf(a, m)
	if id == "" {
		x.p.Calendars = append(x.p.Calendars, calendar.Calendar{ID: "planted", Windows: []calendar.Window{w}})
		if a.Calendar = "planted"; m != nil {
			m.Calendar = "planted"
		}
		return
	}
	c := x.p.calendarNamed(id)
	c.Windows = append(c.Windows, w)
}

func (x *planting) free(a *Activity, s *Assignment) bool {
	var m *Mode
	if k := slices.IndexFunc(a.Modes, func(m Mode) bool { return m.ID == s.Mode }); k >= 0 {
		m = &a.Modes[k]
	}
	return x.p.calendarOf(a, m) == ""
}

func (x *planting) closed(kind calendar.Kind) bool {
	a, s := x.solid(func(a *Activity, s *Assignment) bool { return true })
	if a == nil {
		return false
	}
	x.window(kind, s.Start.Add(-time.Hour), s.Start.Add(s.End.Sub(s.Start)/2+time.Second), a)
	return true
}

func (x *planting) exclude(kind ExclusionKind) bool {
	pair := x.overlapping()
	if pair == nil {
		return false
	}
	e := Exclusion{ID: "planted", Kind: kind, Activities: pair, At: "hub"}
	if kind == RelatedCI {
		e.Paths = []Path{{Activity: pair[0], CIs: []string{"hub"}}, {Activity: pair[1], CIs: []string{"spoke", "hub"}, Links: []string{"used-by"}}}
	}
	x.p.Exclusions = append(x.p.Exclusions, e)
	return true
}

func (x *planting) overload(kind ResourceKind) bool {
	a, s := x.solid(nil)
	if a == nil {
		return false
	}
	x.p.Resources = append(x.p.Resources, Resource{ID: "planted", Kind: kind, Capacity: calendar.Profile{Base: 2, Steps: []calendar.Step{
		{Interval: calendar.Interval{Start: s.Start, End: s.End}, Value: 1}}}})
	if len(a.Modes) == 0 {
		a.Demands = append(a.Demands, Demand{"planted", 2})
	}
	for k := range a.Modes {
		a.Modes[k].Demands = append(a.Modes[k].Demands, Demand{"planted", 2})
	}
	return true
}

func (x *planting) dateRule(kind DateRuleKind) bool {
	a, s := x.solid(nil)
	if a == nil {
		return false
	}
	x.p.DateRules = append(x.p.DateRules, DateRule{ID: "planted", Kind: kind, Activities: []string{a.ID}, From: s.Start.Add(time.Hour)})
	return true
}

// pair returns two assignments, the first starting not after the second, and apart
// where asked for.
func (x *planting) pair(apart bool) (a, b *Assignment) {
	for i := range x.plan.Assignments {
		for j := i + 1; j < len(x.plan.Assignments); j++ {
			a, b := &x.plan.Assignments[i], &x.plan.Assignments[j]
			if !apart || a.Start.Before(b.Start) {
				return a, b
			}
		}
	}
	return nil, nil
}

var plantings = map[ConflictKind]func(x *planting) bool{
	InBlackout: func(x *planting) bool { return x.closed(calendar.Blackout) },
	InFreeze:   func(x *planting) bool { return x.closed(calendar.Freeze) },
	OutsideWindow: func(x *planting) bool {
		a, s := x.solid(x.free)
		if a == nil {
			return false
		}
		x.window(calendar.Maintenance, s.End.Add(time.Hour), s.End.Add(3*time.Hour), a)
		return true
	},
	ExceedsWindow: func(x *planting) bool {
		a, s := x.solid(x.free)
		if a == nil {
			return false
		}
		x.window(calendar.Maintenance, s.Start.Add(-time.Hour), s.End.Add(-time.Second), a)
		return true
	},
	SameCIOverlap:       func(x *planting) bool { return x.exclude(SameCI) },
	RelatedCIOverlap:    func(x *planting) bool { return x.exclude(RelatedCI) },
	SameServiceOverlap:  func(x *planting) bool { return x.exclude(SameService) },
	ExclusiveOverlap:    func(x *planting) bool { return x.exclude(Exclusive) },
	Overload:            func(x *planting) bool { return x.overload(Renewable) },
	PersonOverload:      func(x *planting) bool { return x.overload(Person) },
	TeamOverload:        func(x *planting) bool { return x.overload(Team) },
	EnvironmentOverload: func(x *planting) bool { return x.overload(Environment) },
	LeadTimeBreach:      func(x *planting) bool { return x.dateRule(LeadTime) },
	NoticeBreach:        func(x *planting) bool { return x.dateRule(Notice) },
	ApprovalBreach:      func(x *planting) bool { return x.dateRule(Approval) },
	OrderBreach: func(x *planting) bool {
		a, b := x.pair(false)
		if a == nil {
			return false
		}
		// b starts at or after a; the lag asks for a second more.
		x.p.Precedences = append(x.p.Precedences, Precedence{ID: "planted", From: a.Activity, To: b.Activity, Type: StartStart, MinLag: Duration(b.Start.Sub(a.Start)) + Second})
		return true
	},
	LagExceeded: func(x *planting) bool {
		a, b := x.pair(true)
		if a == nil {
			return false
		}
		most := Duration(b.End.Sub(a.Start)) - Second
		x.p.Precedences = append(x.p.Precedences, Precedence{ID: "planted", From: a.Activity, To: b.Activity, Type: StartFinish, MinLag: most - 9*Hour, MaxLag: &most})
		return true
	},
	SplitBundle: func(x *planting) bool {
		a, b := x.pair(true)
		if a == nil {
			return false
		}
		middle := a.Start.Add(time.Second)
		x.p.Bundles = append(x.p.Bundles, Bundle{ID: "planted", Activities: []string{a.Activity, b.Activity}, Window: []calendar.Interval{
			{Start: a.Start, End: middle}, {Start: middle.Add(time.Second / 2).Truncate(time.Second).Add(time.Second), End: b.Start.Add(time.Hour * 2)}}})
		return b.Start.After(middle.Add(time.Second))
	},
	RedundancyBreach: func(x *planting) bool {
		a, _ := x.solid(nil)
		if a == nil {
			return false
		}
		x.p.Groups = append(x.p.Groups, RedundancyGroup{ID: "planted", Members: []GroupMember{{Activities: []string{a.ID}}}})
		return true
	},
	BudgetExceeded: func(x *planting) bool {
		a, s := x.solid(nil)
		if a == nil {
			return false
		}
		x.p.Budgets = append(x.p.Budgets, Budget{ID: "planted", Periods: []Period{{Span: calendar.Interval{Start: s.Start, End: s.Start.Add(time.Hour)}, Limit: 1}},
			Uses: []Use{{Activity: a.ID, Amount: 2}}})
		return true
	},
	TooEarly: func(x *planting) bool {
		a, s := x.solid(func(a *Activity, s *Assignment) bool { return a.NotAfter.IsZero() })
		if a == nil {
			return false
		}
		a.NotBefore = s.Start.Add(time.Second)
		return true
	},
	TooLate: func(x *planting) bool {
		a, s := x.solid(func(a *Activity, s *Assignment) bool { return a.NotBefore.IsZero() })
		if a == nil {
			return false
		}
		a.NotAfter = s.End.Add(-time.Second)
		return true
	},
	PinMoved: func(x *planting) bool {
		a, s := x.solid(nil)
		if a == nil {
			return false
		}
		a.Pinned = s.Start.Add(rapid.SampledFrom([]time.Duration{time.Second, -time.Hour}).Draw(x.t, "away"))
		return true
	},
	Missing: func(x *planting) bool {
		x.p.Activities = append(x.p.Activities, Activity{ID: "planted", Calendar: AlwaysOpen, Duration: Hour})
		return true
	},
	Malformed: func(x *planting) bool {
		if len(x.plan.Assignments) == 0 {
			return false
		}
		s := x.plan.Assignments[0]
		switch rapid.IntRange(0, 2).Draw(x.t, "how") {
		case 0:
			s.Activity = "nobody knows me"
		case 1: // as it is: twice
		case 2:
			a := x.activity(s.Activity)
			if len(a.Modes) == 0 {
				return false
			}
			x.plan.Assignments[0].Mode = "no such mode"
			return true
		}
		x.plan.Assignments = append(x.plan.Assignments, s)
		return true
	},
}

// TestPlantedFaults takes valid plans and breaks each in one way: Check finds it, and
// says nothing else. With SLACKWATER_LONG=1 and
// -rapid.checks=2000 more than 10,000 are broken.
func TestPlantedFaults(t *testing.T) {
	kinds := make([]ConflictKind, 0, len(plantings))
	for k := range plantings {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	planted := map[ConflictKind]int{}
	tries := 4
	if slow() {
		tries = 24 // with 2,000 checks some 14,000 find their place
	}
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t)
		plan, err := Solve(context.Background(), p, &Options{MaxWork: 20_000})
		if errors.Is(err, ErrInfeasible) || errors.Is(err, ErrNoPlan) || errors.Is(err, ErrInvalid) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		for range tries {
			kind := rapid.SampledFrom(kinds).Draw(t, "kind")
			x := &planting{t: t, p: clone(t, p), plan: &Plan{Assignments: slices.Clone(plan.Assignments), Unscheduled: plan.Unscheduled}}
			if !plantings[kind](x) {
				continue
			}
			got, err := Check(x.p, x.plan)
			if err != nil {
				t.Fatalf("planting %s makes faults: %v", kind, err)
			}
			found := false
			for _, c := range got {
				if c.Severity != Blocking {
					continue
				}
				if c.Kind != kind {
					t.Fatalf("planted %s, found %s: %s\n%s", kind, c.Kind, c.Reason, text(x.p))
				}
				found = true
			}
			if !found {
				t.Fatalf("planted %s, found %v\n%s\n%+v", kind, got, text(x.p), x.plan)
			}
			planted[kind]++
		}
	})
	for _, k := range kinds {
		if planted[k] == 0 {
			t.Logf("%s was never planted", k)
		}
	}
	t.Logf("%v", planted)
}

// clone copies a problem through its document.
func clone(t *rapid.T, p *Problem) *Problem {
	var b stringWriter
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	q := new(Problem)
	if err := form().Read(bytes.NewReader(b), q, func() error { return nil }); err != nil {
		t.Fatal(err)
	}
	return q
}
