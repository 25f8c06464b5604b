package judge

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"pgregory.net/rapid"
)

// window makes a window of one occurrence.
func oneWindow(id string, kind calendar.Kind, iv calendar.Interval, cis ...string) calendar.Window {
	return calendar.Window{ID: id, Kind: kind, Starts: calendar.Once(iv.Start), Length: calendar.Exactly(iv.Duration()),
		Scope: calendar.Scope{CIs: cis}, Reason: "Trading " + id}
}

// clean makes a plan first, and then a case that it just keeps to: capacities are
// what is needed at most, lags what they are, limits where work starts and ends.
func (g gen) clean() (*Case, *Plan) {
	c := &Case{Zone: g.loc, Horizon: between(-10, 400)}
	p := &Plan{}
	c.Calendars = []*calendar.Calendar{
		{ID: "open", Windows: []calendar.Window{
			oneWindow("first", calendar.Maintenance, between(-10, 30)), oneWindow("second", calendar.Maintenance, between(30, 120)),
			oneWindow("later", calendar.Blackout, between(110, 130)), oneWindow("exempted", calendar.Freeze, between(0, 60)),
			oneWindow("elsewhere", calendar.Blackout, between(0, 60), "another ci"),
		}},
		{ID: "shifts", Windows: []calendar.Window{{ID: "shift", Kind: calendar.Maintenance, Length: calendar.Exactly(3 * slot),
			Starts: recurrence(onceText(at(-40), g.loc, "FREQ=HOURLY;INTERVAL=2"))}}},
	}
	c.Calendars[0].Windows[3].Exempt = []string{"normal"}
	n := g.int("activities", 2, 8)
	for i := range n {
		a := Activity{ID: fmt.Sprintf("t%d", i), Name: fmt.Sprintf("Task %d", i), Calendar: "open",
			Subject: calendar.Subject{CIs: []string{fmt.Sprintf("only-t%d", i)}, Type: "normal"},
			Demands: []Demand{{"crew", int64(g.int("amount", 1, 3))}}, Optional: g.chance("optional", 20)}
		a.Duration = time.Duration(g.int("duration", 0, 6)) * slot
		as := Assignment{Activity: a.ID, Start: at(g.int("start", 0, 40))}
		as.End = as.Start.Add(a.Duration)
		if g.chance("pauses", 25) {
			a.Calendar, a.Pauses, a.Hold = "shifts", true, g.chance("hold", 50)
			for !twinOpen(c, &a, as.Start) {
				as.Start = as.Start.Add(slot)
			}
			as.End = as.Start
			for d := a.Duration; d > 0; as.End = as.End.Add(slot) {
				if twinOpen(c, &a, as.End) {
					d -= slot
				}
			}
		}
		if g.chance("dated", 40) {
			a.NotBefore, a.NotAfter = as.Start, as.End
		}
		if g.chance("pinned", 20) {
			a.Pinned = as.Start
		}
		c.Activities = append(c.Activities, a)
		p.Assignments = append(p.Assignments, as)
	}
	w := &twin{c: c, p: p}
	load := func(t time.Time) (n int64) {
		for i := range c.Activities {
			a := &c.Activities[i]
			if w.active(a.ID, t) && (!a.Pauses || a.Hold || twinOpen(c, a, t)) {
				n += a.Demands[0].Amount
			}
		}
		return n
	}
	running := func(t time.Time) (n int64) {
		for i := range c.Activities {
			if w.active(c.Activities[i].ID, t) {
				n++
			}
		}
		return n
	}
	crew := Resource{ID: "crew"}
	group := Group{ID: "group", Allowed: calendar.Profile{Base: 9}}
	budget := Budget{ID: "budget", Periods: []Period{{}}}
	for m := -10; m < 120; m++ {
		crew.Capacity.Steps = append(crew.Capacity.Steps, calendar.Step{Interval: slotAt(at(m)), Value: load(at(m))})
		group.Allowed.Steps = append(group.Allowed.Steps, calendar.Step{Interval: slotAt(at(m)), Value: running(at(m))})
	}
	bundle := Bundle{ID: "bundle", AllOrNothing: true, SameWindow: true, Spans: []calendar.Interval{between(-5, 100)}}
	rule := DateRule{ID: "rule", Kind: LeadTime, From: at(500)}
	apart := Exclusion{ID: "apart"}
	for i, as := range p.Assignments {
		group.Members = append(group.Members, GroupMember{Outages: []Outage{{Activity: as.Activity}}})
		budget.Uses = append(budget.Uses, Use{Activity: as.Activity, Amount: 2})
		budget.Periods[0].Limit += 2
		bundle.Activities = append(bundle.Activities, as.Activity)
		rule.Activities = append(rule.Activities, as.Activity)
		if as.Start.Before(rule.From) {
			rule.From = as.Start
		}
		if as.End.After(rule.Until) {
			rule.Until = as.End
		}
		if !slices.ContainsFunc(apart.Members, func(m ExclusionMember) bool {
			other, _ := w.present(m.Activity)
			return other.Start.Before(as.End) && as.Start.Before(other.End)
		}) {
			apart.Members = append(apart.Members, ExclusionMember{Activity: as.Activity})
		}
		other := p.Assignments[g.int("other", 0, i)]
		lag := as.Start.Sub(other.End)
		c.Precedences = append(c.Precedences, Precedence{From: other.Activity, To: as.Activity, MinLag: lag, MaxLag: &lag})
		c.Links = append(c.Links, Link{If: other.Activity, Then: as.Activity})
	}
	c.Resources, c.Groups, c.Budgets = []Resource{crew}, []Group{group}, []Budget{budget}
	c.Bundles, c.DateRules, c.Exclusions = []Bundle{bundle}, []DateRule{rule}, []Exclusion{apart}
	return c, p
}

// A fault breaks one requirement of one activity, which is placed at as, and nothing
// else. It returns what it makes of the activity's id, if anything.
type fault struct {
	name  string
	kind  Kind
	plant func(c *Case, p *Plan, a *Activity, as *Assignment)
}

func ownCalendar(c *Case, a *Activity, w calendar.Window) {
	c.Calendars = append(c.Calendars, &calendar.Calendar{ID: "of " + a.ID, Windows: []calendar.Window{w}})
	a.Calendar = "of " + a.ID
}

func overload(kind, found Kind) fault {
	return fault{"overload " + string(kind), found, func(c *Case, p *Plan, a *Activity, as *Assignment) {
		id := "crew of " + a.ID
		c.Resources = append(c.Resources, Resource{ID: id, Kind: kind, Capacity: calendar.Profile{Base: 2,
			Steps: []calendar.Step{{Interval: calendar.Interval{Start: as.Start.Add(slot / 3), End: as.End}, Value: 1}}}})
		inOnePiece(a, as) // pauses would make it two stretches
		a.Demands = append(a.Demands, Demand{id, 2})
	}}
}

// neighbour plans another activity at the same time, with nothing else about it.
func neighbour(c *Case, p *Plan, a *Activity, as *Assignment) string {
	b := Activity{ID: a.ID + "-too", Duration: as.End.Sub(as.Start)}
	p.Assignments = append(p.Assignments, Assignment{Activity: b.ID, Start: as.Start, End: as.End})
	c.Activities = append(c.Activities, b)
	return b.ID
}

func overlap(kind, found Kind, paths ...[]string) fault {
	return fault{"overlap " + string(kind), found, func(c *Case, p *Plan, a *Activity, as *Assignment) {
		x := Exclusion{ID: "x of " + a.ID, Kind: kind, At: "db", Members: []ExclusionMember{{Activity: a.ID, Path: paths[0]}}}
		x.Members = append(x.Members, ExclusionMember{Activity: neighbour(c, p, a, as), Path: paths[1]})
		c.Exclusions = append(c.Exclusions, x)
	}}
}

func dateRule(kind Kind) fault {
	return fault{string(kind), kind, func(c *Case, p *Plan, a *Activity, as *Assignment) {
		c.DateRules = append(c.DateRules, DateRule{ID: "rule of " + a.ID, Kind: kind, Activities: []string{a.ID}, From: as.Start.Add(time.Minute)})
	}}
}

// fresh replaces what is planted on a by an activity of its own, planned by plan.
func fresh(name string, kind Kind, plan func(c *Case, p *Plan, b *Activity, as Assignment)) fault {
	return fault{name, kind, func(c *Case, p *Plan, a *Activity, as *Assignment) {
		b := Activity{ID: a.ID + "-new", Duration: as.End.Sub(as.Start)}
		plan(c, p, &b, Assignment{Activity: b.ID, Start: as.Start, End: as.End})
		c.Activities = append(c.Activities, b)
	}}
}

// inOnePiece makes a take all the time that the plan gives it, without resources and calendar.
func inOnePiece(a *Activity, as *Assignment) {
	a.Pauses, a.Duration, a.Demands, a.Calendar = false, as.End.Sub(as.Start), nil, ""
}

var faults = []fault{
	{"blackout", InBlackout, func(c *Case, p *Plan, a *Activity, as *Assignment) {
		inOnePiece(a, as)
		a.Calendar = "open"
		c.Calendars[0].Windows = append(c.Calendars[0].Windows, oneWindow("peak of "+a.ID, calendar.Blackout, calendar.Interval{Start: as.End.Add(-slot), End: as.End.Add(9 * slot)}, a.Subject.CIs...))
	}},
	{"freeze", InFreeze, func(c *Case, p *Plan, a *Activity, as *Assignment) {
		inOnePiece(a, as)
		a.Calendar = "open"
		c.Calendars[0].Windows = append(c.Calendars[0].Windows, oneWindow("peak of "+a.ID, calendar.Freeze, calendar.Interval{Start: as.Start.Add(-slot), End: as.Start.Add(slot)}, a.Subject.CIs...))
	}},
	{"paused start", InFreeze, func(c *Case, p *Plan, a *Activity, as *Assignment) {
		inOnePiece(a, as)
		a.Pauses, a.Duration = true, a.Duration-slot
		ownCalendar(c, a, oneWindow("peak of "+a.ID, calendar.Freeze, calendar.Interval{Start: as.Start.Add(-slot), End: as.Start.Add(slot)}))
		if a.Duration == 0 {
			a.Duration, a.Pauses = slot, false
		}
	}},
	{"outside", OutsideWindow, func(c *Case, p *Plan, a *Activity, as *Assignment) {
		inOnePiece(a, as)
		ownCalendar(c, a, oneWindow("w", calendar.Maintenance, calendar.Interval{Start: as.Start.Add(slot), End: as.End.Add(9 * slot)}))
	}},
	{"exceeds", ExceedsWindow, func(c *Case, p *Plan, a *Activity, as *Assignment) {
		inOnePiece(a, as)
		ownCalendar(c, a, oneWindow("w", calendar.Maintenance, calendar.Interval{Start: as.Start, End: as.End.Add(-slot / 3)}))
	}},
	{"cut-off", ExceedsWindow, func(c *Case, p *Plan, a *Activity, as *Assignment) {
		inOnePiece(a, as)
		w := oneWindow("w", calendar.Maintenance, calendar.Interval{Start: as.Start.Add(-slot), End: as.End})
		w.CutOff = calendar.Exactly(as.End.Sub(as.Start) + slot/3)
		ownCalendar(c, a, w)
	}},
	overlap(SameCI, SameCI, nil, nil),
	overlap(RelatedCI, SameCI, []string{"db"}, []string{"db"}),
	overlap(RelatedCI, RelatedCI, []string{"db"}, []string{"web", "db"}),
	overlap(RelatedCI, RelatedCI, []string{"app", "db"}, []string{"web", "db"}),
	overlap(SameService, SameService, nil, nil),
	overlap("", Exclusive, nil, nil),
	{"incident", RelatedCI, func(c *Case, p *Plan, a *Activity, as *Assignment) {
		c.Exclusions = append(c.Exclusions, Exclusion{ID: "x of " + a.ID, Kind: RelatedCI, At: "db", Members: []ExclusionMember{
			{Activity: a.ID, Path: []string{"shop", "db"}, Links: []string{"used-by"}},
			{Incident: "the outage of the storage", During: []calendar.Interval{{Start: as.End.Add(-slot), End: as.End.Add(slot)}}, Path: []string{"db"}},
			{Incident: "another outage", During: []calendar.Interval{{Start: as.End, End: as.End.Add(9 * slot)}}, Path: []string{"db"}}}})
	}},
	overload("", Overload), overload(PersonOverload, PersonOverload), overload(TeamOverload, TeamOverload),
	overload(EnvironmentOverload, EnvironmentOverload),
	{"order", OrderBreach, func(c *Case, p *Plan, a *Activity, as *Assignment) {
		other := neighbour(c, p, a, as)
		c.Precedences = append(c.Precedences, Precedence{From: other, To: a.ID, Type: StartStart, MinLag: time.Minute})
	}},
	{"lag", LagExceeded, func(c *Case, p *Plan, a *Activity, as *Assignment) {
		other, most := neighbour(c, p, a, as), -time.Minute
		c.Precedences = append(c.Precedences, Precedence{From: other, To: a.ID, Type: FinishFinish, MinLag: -time.Hour, MaxLag: &most})
	}},
	{"half a bundle", SplitBundle, func(c *Case, p *Plan, a *Activity, as *Assignment) {
		c.Activities = append(c.Activities, Activity{ID: a.ID + "-not", Optional: true})
		c.Bundles = append(c.Bundles, Bundle{ID: "b of " + a.ID, AllOrNothing: true, Activities: []string{a.ID, a.ID + "-not"}})
	}},
	{"split bundle", SplitBundle, func(c *Case, p *Plan, a *Activity, as *Assignment) {
		other := neighbour(c, p, a, as)
		c.Activities[len(c.Activities)-1].Duration = slot
		p.Assignments[len(p.Assignments)-1] = Assignment{Activity: other, Start: as.Start.Add(slot), End: as.Start.Add(2 * slot)}
		c.Bundles = append(c.Bundles, Bundle{ID: "b of " + a.ID, SameWindow: true, Activities: []string{a.ID, other},
			Spans: []calendar.Interval{{Start: as.Start, End: as.Start.Add(slot / 2)}, {Start: as.Start.Add(slot), End: as.Start.Add(2 * slot)}}})
	}},
	{"redundancy", RedundancyBreach, func(c *Case, p *Plan, a *Activity, as *Assignment) {
		c.Groups = append(c.Groups, Group{ID: "g of " + a.ID, Allowed: calendar.Profile{Base: 1}, Members: []GroupMember{
			{Outages: []Outage{{Activity: a.ID, Soak: slot}}}, {Name: "other", Down: []calendar.Interval{{Start: as.End, End: as.End.Add(9 * slot)}}}}})
	}},
	{"nested redundancy", RedundancyBreach, func(c *Case, p *Plan, a *Activity, as *Assignment) {
		c.Groups = append(c.Groups,
			Group{ID: "outer of " + a.ID, Members: []GroupMember{{Groups: []string{"inner of " + a.ID}}}},
			Group{ID: "inner of " + a.ID, Defined: true, Members: []GroupMember{{Outages: []Outage{{Activity: a.ID}}}}})
	}},
	{"budget", BudgetExceeded, func(c *Case, p *Plan, a *Activity, as *Assignment) {
		c.Budgets = append(c.Budgets, Budget{ID: "b of " + a.ID, Uses: []Use{{Activity: a.ID, Amount: 3}},
			Periods: []Period{{Span: calendar.Interval{Start: as.Start, End: as.End}, Limit: 2}}})
	}},
	dateRule(LeadTime), dateRule(Notice), dateRule(Approval),
	{"approval runs out", Approval, func(c *Case, p *Plan, a *Activity, as *Assignment) {
		c.DateRules = append(c.DateRules, DateRule{ID: "rule of " + a.ID, Kind: Approval, Activities: []string{a.ID}, Until: as.End.Add(-time.Minute)})
	}},
	{"early", TooEarly, func(c *Case, p *Plan, a *Activity, as *Assignment) { a.NotBefore = as.Start.Add(time.Minute) }},
	{"late", TooLate, func(c *Case, p *Plan, a *Activity, as *Assignment) { a.NotAfter = as.End.Add(-time.Minute) }},
	{"pin", PinMoved, func(c *Case, p *Plan, a *Activity, as *Assignment) { a.Pinned = as.Start.Add(-time.Minute) }},
	fresh("before the horizon", TooEarly, func(c *Case, p *Plan, b *Activity, as Assignment) {
		p.Assignments = append(p.Assignments, Assignment{b.ID, "", at(-10).Add(-time.Minute), at(-10).Add(-time.Minute)})
		b.Duration = 0
	}),
	fresh("after the horizon", TooLate, func(c *Case, p *Plan, b *Activity, as Assignment) {
		p.Assignments = append(p.Assignments, Assignment{b.ID, "", at(400), at(400).Add(time.Minute)})
		b.Duration = time.Minute
	}),
	fresh("missing", Missing, func(c *Case, p *Plan, b *Activity, as Assignment) {}),
	fresh("left out", Missing, func(c *Case, p *Plan, b *Activity, as Assignment) { p.LeftOut = append(p.LeftOut, b.ID) }),
	fresh("needed", Missing, func(c *Case, p *Plan, b *Activity, as Assignment) {
		b.Optional = true
		c.Links = append(c.Links, Link{If: strings.TrimSuffix(b.ID, "-new"), Then: b.ID})
	}),
	fresh("length", Malformed, func(c *Case, p *Plan, b *Activity, as Assignment) {
		as.End = as.End.Add(time.Minute)
		p.Assignments = append(p.Assignments, as)
	}),
	fresh("working time", Malformed, func(c *Case, p *Plan, b *Activity, as Assignment) {
		b.Pauses, b.Calendar = true, "of "+b.ID
		ownCalendar(c, b, oneWindow("w", calendar.Maintenance, calendar.Interval{Start: as.Start, End: as.End}))
		as.End = as.End.Add(slot)
		p.Assignments = append(p.Assignments, as)
	}),
	fresh("twice", Malformed, func(c *Case, p *Plan, b *Activity, as Assignment) {
		p.Assignments = append(p.Assignments, as, as)
	}),
	fresh("both", Malformed, func(c *Case, p *Plan, b *Activity, as Assignment) {
		b.Optional = true
		p.Assignments, p.LeftOut = append(p.Assignments, as), append(p.LeftOut, b.ID)
	}),
	fresh("mode", Malformed, func(c *Case, p *Plan, b *Activity, as Assignment) {
		as.Mode = "none"
		p.Assignments = append(p.Assignments, as)
	}),
	fresh("no mode", Malformed, func(c *Case, p *Plan, b *Activity, as Assignment) {
		b.Modes = []Mode{{ID: "a", Duration: b.Duration}, {ID: "b", Duration: b.Duration}}
		p.Assignments = append(p.Assignments, as)
	}),
	fresh("no start", Malformed, func(c *Case, p *Plan, b *Activity, as Assignment) {
		as.Start = time.Time{}
		p.Assignments = append(p.Assignments, as)
	}),
	fresh("far away", Malformed, func(c *Case, p *Plan, b *Activity, as Assignment) {
		as.End = time.Unix(1<<62, 0)
		p.Assignments = append(p.Assignments, as)
	}),
	fresh("backwards", Malformed, func(c *Case, p *Plan, b *Activity, as Assignment) {
		as.Start, as.End = as.End, as.Start
		p.Assignments = append(p.Assignments, as)
	}),
	{"unknown", Malformed, func(c *Case, p *Plan, a *Activity, as *Assignment) {
		p.Assignments = append(p.Assignments, Assignment{Activity: a.ID + "?", Start: as.Start, End: as.End})
	}},
	{"twice in the case", Malformed, func(c *Case, p *Plan, a *Activity, as *Assignment) {
		c.Activities = append(c.Activities, Activity{ID: a.ID})
	}},
	{"no calendar", Malformed, func(c *Case, p *Plan, a *Activity, as *Assignment) {
		inOnePiece(a, as)
		a.Calendar = "none of " + a.ID
	}},
}

// TestPlantedFaults breaks clean plans in up to three places and asks for exactly the
// kinds of what was broken, each once, with the activity that was broken.
func TestPlantedFaults(t *testing.T) {
	cases(t, 12000)
	loc := berlin(t)
	planted := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		g := gen{t, loc}
		c, p := g.clean()
		if r := Judge(c, p); len(r.Findings) > 0 || !r.Clean() {
			t.Fatalf("a clean plan: %s\n%s", r.Findings[0].Reason, describe(c, p, r))
		}
		var want []string
		used := map[string]bool{}
		for _, i := range rapid.SliceOfNDistinct(rapid.IntRange(0, len(c.Activities)-1), 1, 3, rapid.ID).Draw(t, "broken") {
			f := rapid.SampledFrom(faults).Draw(t, "fault")
			a, as := c.Activities[i], p.Assignments[i]
			if as.Start.Equal(as.End) {
				continue // work of no length cannot overlap
			}
			if used[f.name] && strings.Contains(f.name, "horizon") {
				continue // all work beyond one end of the horizon is one cause
			}
			used[f.name] = true
			f.plant(c, p, &a, &as)
			c.Activities[i] = a
			planted[f.name]++
			want = append(want, string(f.kind)+" "+a.ID)
		}
		r := Judge(c, p)
		var got []string
		for i := range r.Findings {
			f := &r.Findings[i]
			who := strings.Join(f.Activities(), ",")
			if f.Kind == Malformed && who == "" {
				who = f.Reason // of the case
			}
			id, _, _ := strings.Cut(who[strings.Index(who, "t"):], ",")
			for _, w := range want {
				if kind, of, _ := strings.Cut(w, " "); kind == string(f.Kind) && strings.Contains(f.Reason+" "+who, of) {
					id = of
				}
			}
			got = append(got, string(f.Kind)+" "+id)
			if f.Severity != Blocking || f.Reason == "" || f.ID == "" || f.Facts == "" || len(f.Evidence) == 0 {
				t.Fatalf("incomplete: %+v", f)
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("planted %v, found %v\n%s", want, got, describe(c, p, r))
		}
	})
	t.Logf("%d of %d kinds of fault", len(planted), len(faults))
}
