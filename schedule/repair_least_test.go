package schedule

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/prng"
)

// A disruption is a small plan in force and what happened to it. All its times are
// whole hours.
type disruption struct {
	kind    string
	p       *Problem // what holds now
	inForce *Plan
	now     time.Time
	hold    Duration
}

var disruptions = []string{"freeze", "overrun", "outage", "resource gone", "emergency"}

const disturbedHours = 16

// disturb makes a random plan of three or four activities in 16 hours and disturbs it; nil
// where there is no plan to disturb.
func disturb(r *prng.Rand, kind string) *disruption {
	start := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	hour := func(n int) time.Time { return start.Add(time.Duration(n) * time.Hour) }
	maybe := func(n int) bool { return r.IntN(n) == 0 }
	// By the hour, or a second before a period of a budget ends would be better than that.
	p := &Problem{Tick: Hour, Horizon: calendar.Interval{Start: start, End: hour(disturbedHours)}, Goals: []Goal{{Measure: Unscheduled}, {Measure: Shift, Tier: 1}}}
	c := calendar.Calendar{ID: "c"}
	if maybe(2) {
		for k, from := range []int{r.IntN(4), 7 + r.IntN(4)} {
			c.Windows = append(c.Windows, calendar.Window{ID: fmt.Sprintf("w%d", k), Kind: calendar.Maintenance, Starts: calendar.Once(hour(from)), Length: calendar.Exactly(time.Duration(5+r.IntN(6)) * time.Hour)})
		}
	}
	p.Calendars = append(p.Calendars, c)
	p.Resources = []Resource{{ID: "r", Kind: Team, Capacity: calendar.Profile{Base: int64(1 + r.IntN(2))}}}
	p.Groups = []RedundancyGroup{{ID: "g", MaxOut: 1, Members: []GroupMember{{CI: "x"}, {CI: "y"}, {CI: "z"}}}}
	for i := range 3 + r.IntN(2) {
		a := Activity{ID: string(rune('a' + i)), Duration: Duration(1+r.IntN(3)) * Hour, CIs: []string{[]string{"x", "y", "z", "w"}[r.IntN(4)]},
			Weight: int64(1 + r.IntN(3)), Approved: maybe(2), Notice: Duration(r.IntN(3)*6) * Hour, Preferred: hour(r.IntN(disturbedHours - 3)), Optional: maybe(5)}
		if !maybe(3) {
			a.Calendar = "c"
		}
		if !maybe(3) {
			a.Demands = []Demand{{"r", 1}}
		}
		if maybe(5) {
			a.NotAfter = hour(8 + r.IntN(8))
		}
		if maybe(6) && a.Demands != nil {
			a.Modes = []Mode{{ID: "quick", Duration: a.Duration, Demands: a.Demands}, {ID: "slow", Duration: a.Duration + 2*Hour}}
			a.Duration, a.Demands = 0, nil
		}
		if i > 0 && maybe(3) {
			lag := Precedence{From: p.Activities[r.IntN(i)].ID, To: a.ID, MinLag: Duration(r.IntN(3)) * Hour}
			if maybe(3) {
				most := lag.MinLag + Duration(r.IntN(5))*Hour
				lag.MaxLag = &most
			}
			p.Precedences = append(p.Precedences, lag)
		}
		p.Activities = append(p.Activities, a)
	}
	if maybe(2) {
		p.Exclusions = []Exclusion{{Activities: []string{"a", "b", "c"}}}
	}
	if maybe(4) {
		p.Budgets = []Budget{{ID: "b", Counts: CountStarts, Periods: []Period{{Span: calendar.Interval{Start: start, End: hour(8)}, Limit: int64(1 + r.IntN(3))}, {Span: calendar.Interval{Start: hour(8), End: hour(16)}, Limit: 3}}}}
	}
	d := &disruption{kind: kind, now: hour(r.IntN(6)), hold: Duration(r.IntN(3)) * Hour}
	var err error
	if d.inForce, err = Solve(context.Background(), p, nil); err != nil {
		return nil
	}
	planned := d.inForce.Assignments
	if len(planned) == 0 {
		return nil
	}
	hit := planned[r.IntN(len(planned))]
	around := func() calendar.Interval { // some of what is planned
		from := hit.Start.Add(-time.Duration(r.IntN(3)) * time.Hour)
		return calendar.Interval{Start: from, End: from.Add(time.Duration(2+r.IntN(4)) * time.Hour)}
	}
	switch kind {
	case "freeze":
		s := around()
		p.Calendars[0].Windows = append(p.Calendars[0].Windows, calendar.Window{ID: "f", Kind: calendar.Freeze, Starts: calendar.Once(s.Start), Length: calendar.Exactly(s.Duration())})
	case "overrun":
		i := slices.IndexFunc(p.Activities, func(a Activity) bool { return a.ID == hit.Activity })
		a, more := &p.Activities[i], Duration(1+r.IntN(3))*Hour
		if a.Modes == nil {
			a.Duration += more
		}
		for k := range a.Modes {
			a.Modes[k].Duration += more
		}
	case "outage":
		m := &p.Groups[0].Members[r.IntN(3)]
		m.Down = []calendar.Interval{around()}
	case "resource gone":
		s := around()
		if maybe(3) {
			s.End = p.Horizon.End.Add(-3 * time.Hour)
		}
		if !s.Start.Before(s.End) {
			return nil
		}
		p.Resources[0].Capacity.Steps = []calendar.Step{{Interval: s, Value: 0}}
	case "emergency":
		e := Activity{ID: "emergency", Type: Emergency, Duration: Duration(1+r.IntN(3)) * Hour, CIs: []string{"x"}, NotAfter: d.now.Add(time.Duration(3+r.IntN(3)) * time.Hour)}
		if maybe(2) {
			e.Demands = []Demand{{"r", 1}}
		}
		p.Activities = append(p.Activities, e)
		x := Exclusion{Activities: []string{"emergency", "a", "b"}}
		p.Exclusions = append(p.Exclusions, x)
	}
	d.p = p
	return d
}

// harm is the objective of a repair, from its definition.
type harm [5]int64

func (h harm) plus(o harm) harm {
	for i := range h {
		h[i] += o[i]
	}
	return h
}

// of returns what it costs to have an activity somewhere; nil: nowhere.
func (d *disruption) of(a *Activity, to *Assignment) (h harm) {
	from, planned := d.inForce.Of(a.ID)
	if !planned {
		return h
	}
	if to == nil {
		h[0] = a.Weight
	} else if to.Start.Equal(from.Start) {
		return h
	} else {
		h[4] = int64(to.Start.Sub(from.Start).Abs() / time.Second)
	}
	if a.Notice > 0 && from.Start.Sub(d.now) < a.Notice.Std() {
		h[1] = 1
	}
	if a.Approved {
		h[2] = 1
	}
	h[3] = 1
	return h
}

// options lists what an activity may do by itself, with what that costs.
func (d *disruption) options(t *testing.T, a *Activity) (list []*Assignment) {
	from, planned := d.inForce.Of(a.ID)
	alone := &Problem{Horizon: d.p.Horizon, Calendars: d.p.Calendars, Resources: d.p.Resources, Activities: []Activity{*a}}
	fixed := planned && from.Start.Before(d.now.Add(d.hold.Std()))
	if a.Optional && !fixed {
		list = append(list, nil)
	}
	for h := range disturbedHours {
		at := d.p.Horizon.Start.Add(time.Duration(h) * time.Hour)
		if fixed && !at.Equal(from.Start) || !fixed && at.Before(d.now) {
			continue
		}
		for _, m := range a.modes() {
			x := Assignment{Activity: a.ID, Mode: m.ID, Start: at, End: at.Add(m.Duration.Std())}
			conflicts, err := Check(alone, &Plan{Assignments: []Assignment{x}})
			if err != nil {
				t.Fatal(err)
			}
			if Sound(conflicts) {
				list = append(list, &x)
			}
		}
	}
	return list
}

// first is the problem of the first n activities only: what they do together breaks
// nothing in it unless it does so in the whole.
func (d *disruption) first(n int) *Problem {
	q := *d.p
	q.Activities = q.Activities[:n]
	in := func(id string) bool {
		return slices.ContainsFunc(q.Activities, func(a Activity) bool { return a.ID == id })
	}
	q.Precedences = slices.DeleteFunc(slices.Clone(q.Precedences), func(c Precedence) bool { return !in(c.From) || !in(c.To) })
	q.Exclusions = slices.Clone(q.Exclusions)
	for i := range q.Exclusions {
		q.Exclusions[i].Activities = slices.DeleteFunc(slices.Clone(q.Exclusions[i].Activities), func(id string) bool { return !in(id) })
	}
	q.Exclusions = slices.DeleteFunc(q.Exclusions, func(x Exclusion) bool { return len(x.Activities) < 2 })
	return &q
}

// better looks for a plan that Check accepts and that does less harm, trying all of them
// that are no worse from the first activities on.
func (d *disruption) better(t *testing.T, than harm) (*Plan, harm) {
	var options [][]*Assignment
	var upTo []*Problem
	for i := range d.p.Activities {
		options = append(options, d.options(t, &d.p.Activities[i]))
		upTo = append(upTo, d.first(i+1))
	}
	var try func(plan *Plan, i int, so harm) (*Plan, harm)
	try = func(plan *Plan, i int, so harm) (*Plan, harm) {
		for _, x := range options[i] {
			h := so.plus(d.of(&d.p.Activities[i], x))
			if slices.Compare(h[:], than[:]) >= 0 {
				continue
			}
			next := &Plan{Assignments: slices.Clone(plan.Assignments), Unscheduled: slices.Clone(plan.Unscheduled)}
			if x == nil {
				next.Unscheduled = append(next.Unscheduled, d.p.Activities[i].ID)
			} else {
				next.Assignments = append(next.Assignments, *x)
			}
			conflicts, err := Check(upTo[i], next)
			if err != nil {
				t.Fatal(err)
			}
			if !Sound(conflicts) {
				continue
			}
			if i+1 == len(options) {
				return next, h
			}
			if best, h := try(next, i+1, h); best != nil {
				return best, h
			}
		}
		return nil, so
	}
	return try(&Plan{}, 0, harm{})
}

// TestRepairOfEachDisruptionIsLeast repairs random small disruptions of each kind and tries
// all plans that would do less harm: Check accepts none of them. Where the repair says
// that there is none, enumeration finds none.
func TestRepairOfEachDisruptionIsLeast(t *testing.T) {
	want := 60
	if os.Getenv("SLACKWATER_LONG") != "" {
		want = 2000
	}
	type counter struct{ repaired, moving, inNotice, voiding, dropping, never int }
	count := map[string]*counter{}
	for _, kind := range disruptions {
		count[kind] = &counter{}
	}
	total := 0
	for seed := uint64(1); total < want; seed++ {
		d := disturb(prng.New(seed), disruptions[int(seed)%len(disruptions)])
		if d == nil {
			continue
		}
		n := count[d.kind]
		got, err := Repair(context.Background(), d.p, d.inForce, &Options{Now: d.now, Hold: d.hold})
		if errors.Is(err, ErrInfeasible) {
			n.never++
			if plan, _ := d.better(t, harm{math.MaxInt64}); plan != nil {
				t.Fatalf("seed %d: there is a plan, %v\n%s", seed, plan.Assignments, text(d.p))
			}
			continue
		}
		if err != nil {
			t.Fatal(seed, err)
		}
		if got.Status != Optimal {
			t.Fatalf("seed %d: not proved", seed)
		}
		if conflicts, err := Check(d.p, got); err != nil || !Sound(conflicts) {
			t.Fatalf("seed %d: the repaired plan does not pass Check: %v %v", seed, conflicts, err)
		}
		var have harm
		for i := range d.p.Activities {
			a := &d.p.Activities[i]
			if x, ok := got.Of(a.ID); ok {
				have = have.plus(d.of(a, &x))
				if from, planned := d.inForce.Of(a.ID); !x.Start.Equal(from.Start) && (x.Start.Before(d.now) || planned && from.Start.Before(d.now.Add(d.hold.Std()))) {
					t.Fatalf("seed %d: %s moves from %v to %v at %v", seed, a.ID, from.Start, x.Start, d.now)
				}
			} else {
				have = have.plus(d.of(a, nil))
			}
		}
		for k, v := range have {
			if got.Tiers[k].Value != v {
				t.Fatalf("seed %d: the plan says %+v, its harm is %v", seed, got.Tiers, have)
			}
		}
		if plan, h := d.better(t, have); plan != nil {
			t.Fatalf("seed %d, %s: repaired with harm %v, but %v does %v\n%s", seed, d.kind, have, plan.Assignments, h, text(d.p))
		}
		total++
		n.repaired++
		for _, x := range []struct {
			of *int
			is bool
		}{{&n.moving, have[3] > 0}, {&n.inNotice, have[1] > 0}, {&n.voiding, have[2] > 0}, {&n.dropping, have[0] > 0}} {
			if x.is {
				*x.of++
			}
		}
	}
	for _, kind := range disruptions {
		n := count[kind]
		t.Logf("%-13s %d repaired; %d move something, %d inside its notice period, %d that is approved, %d leave something out; %d cannot be repaired",
			kind, n.repaired, n.moving, n.inNotice, n.voiding, n.dropping, n.never)
		if 8*n.repaired < total || 3*n.moving < n.repaired || n.inNotice == 0 || n.voiding == 0 {
			t.Errorf("%s: at least an eighth of all repairs and a third that move something are wanted", kind)
		}
	}
}

// TestShiftBySecondsIsProved has a tick of a second, since the last second of a period is
// nearer than the next one, and work that only moves together: the search must not go
// there second by second.
func TestShiftBySecondsIsProved(t *testing.T) {
	start := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	hour := func(n int) time.Time { return start.Add(time.Duration(n) * time.Hour) }
	lag := 2 * Hour
	p := &Problem{Horizon: calendar.Interval{Start: start, End: hour(16)}, Goals: []Goal{{Measure: Shift}},
		Activities: []Activity{
			{ID: "a", Duration: 2 * Hour, Preferred: hour(6), Weight: 2},
			{ID: "c", Duration: 2 * Hour, Preferred: hour(7), Weight: 2},
			{ID: "d", Duration: Hour, Preferred: hour(1)},
		},
		Precedences: []Precedence{{From: "a", To: "c", MinLag: lag, MaxLag: &lag}, {From: "a", To: "d", MinLag: Hour}},
		Budgets:     []Budget{{ID: "b", Counts: CountStarts, Periods: []Period{{Span: calendar.Interval{Start: start, End: hour(8)}, Limit: 2}, {Span: calendar.Interval{Start: hour(8), End: hour(16)}, Limit: 3}}}},
	}
	plan, err := Solve(context.Background(), p, &Options{MaxWork: 3_000_000})
	if err != nil || plan.Status != Optimal {
		t.Fatal(err, plan)
	}
	if plan.Tiers[0].Value != int64((12*Hour)/Second) {
		t.Errorf("%v", plan.Tiers)
	}
}
