package judge

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/slackwater-go/slackwater/calendar"
	"pgregory.net/rapid"
)

var (
	oddTimes = []time.Time{{}, time.Unix(math.MaxInt64, 0), time.Unix(math.MinInt64, 0), time.Unix(0, math.MaxInt64), time.Unix(0, math.MinInt64),
		time.Unix(0, 0), earliest, latest, latest.Add(-1), at(0), at(7)}
	oddDurations = []time.Duration{0, 1, -1, math.MaxInt64, math.MinInt64, math.MaxInt64 / 2, slot}
	oddAmounts   = []int64{0, 1, -1, math.MaxInt64, math.MinInt64, math.MaxInt64 - 1}
	oddIDs       = []string{"", "t0", "t1", "g0", "g1", "g2", "c0", "r0", "nothing", "\x00", "\xff"}
)

// spoil puts odd values into a case and a plan.
func (g gen) spoil(c *Case, p *Plan) {
	when := func() time.Time { return rapid.SampledFrom(oddTimes).Draw(g.t, "time") }
	long := func() time.Duration { return rapid.SampledFrom(oddDurations).Draw(g.t, "duration") }
	much := func() int64 { return rapid.SampledFrom(oddAmounts).Draw(g.t, "amount") }
	id := func() string { return rapid.SampledFrom(oddIDs).Draw(g.t, "id") }
	span := func() calendar.Interval { return calendar.Interval{Start: when(), End: when()} }
	profile := func() calendar.Profile {
		return calendar.Profile{Base: much(), Steps: []calendar.Step{{Interval: span(), Value: much()}, {Interval: span(), Value: much()}}}
	}
	for range g.int("spoiled", 1, 6) {
		a := &c.Activities[g.int("activity", 0, len(c.Activities)-1)]
		switch g.int("what", 0, 21) {
		case 0:
			a.ID = id()
		case 1:
			a.Calendar = id()
		case 2:
			a.Duration = long()
		case 3:
			a.Demands = append(a.Demands, Demand{id(), much()}, Demand{"r0", much()})
		case 4:
			a.Modes = append(a.Modes, Mode{ID: id(), Duration: long(), Calendar: id()})
		case 5:
			a.NotBefore, a.NotAfter, a.Pinned = when(), when(), when()
		case 6:
			c.Horizon = span()
		case 7:
			c.Calendars = append(c.Calendars, nil, &calendar.Calendar{ID: id(), Zone: "Nowhere/At all", Windows: []calendar.Window{{ID: "bad"}, {Kind: calendar.Blackout}}})
		case 8:
			lag := long()
			c.Precedences = append(c.Precedences, Precedence{From: id(), To: id(), Type: PrecedenceType(id()), MinLag: long(), MaxLag: &lag},
				Precedence{From: c.Activities[0].ID, To: a.ID, MinLag: long(), MaxLag: &lag})
		case 9:
			c.Links = append(c.Links, Link{If: id(), Then: id()})
		case 10:
			c.Resources = append(c.Resources, Resource{ID: id(), Kind: Kind(id()), Capacity: profile()})
		case 11:
			c.Resources[0].Capacity = profile()
		case 12:
			c.Budgets = append(c.Budgets, Budget{ID: id(), Periods: []Period{{Span: span(), Limit: much()}, {Span: span(), Limit: much()}}, Uses: []Use{{id(), id(), much()}}},
				Budget{Periods: []Period{{Limit: much()}}, Uses: []Use{{a.ID, "", much()}, {a.ID, "", much()}, {c.Activities[0].ID, "", much()}}})
		case 13:
			c.Exclusions = append(c.Exclusions, Exclusion{Kind: Kind(id()), Members: []ExclusionMember{{Activity: id()}, {Activity: id()}, {Activity: a.ID}, {Activity: a.ID}}})
		case 14:
			c.Groups = append(c.Groups, Group{ID: id(), Allowed: profile(), Members: []GroupMember{
				{Groups: []string{id(), id()}, Outages: []Outage{{id(), long()}, {a.ID, long()}}, Down: []calendar.Interval{span()}}}})
		case 15:
			c.Bundles = append(c.Bundles, Bundle{Activities: []string{id(), a.ID, a.ID}, AllOrNothing: true, SameWindow: true, Calendar: id(), Spans: []calendar.Interval{span()}})
		case 16:
			c.DateRules = append(c.DateRules, DateRule{Kind: Kind(id()), Activities: []string{id()}, From: when(), Until: when()},
				DateRule{Kind: Approval, Activities: []string{a.ID}, From: when(), Until: when()})
		case 17:
			c.Accepted = append(c.Accepted, Acceptance{Finding: id(), Expires: when()})
		case 18:
			c.Now = when()
		case 19:
			p.Assignments = append(p.Assignments, Assignment{id(), id(), when(), when()})
		case 20:
			p.LeftOut = append(p.LeftOut, id(), id())
		case 21:
			w := &c.Calendars[0].Windows
			*w = append(*w, calendar.Window{ID: id(), Kind: calendar.Kind(id()), Starts: calendar.Once(when()), Length: calendar.Duration{Days: 4000, Exact: long()},
				CutOff: calendar.Duration{Days: int(much()), Exact: long()}},
				calendar.Window{ID: "m", Kind: calendar.Maintenance, Starts: recurrence(onceText(at(0), g.loc, "FREQ=DAILY")), Length: calendar.Duration{Days: 1},
					CutOff: calendar.Duration{Days: g.int("days", -2, 2), Exact: long()}})
		}
	}
}

// TestHostile: whatever the values are, the judge answers, every finding says something,
// and edits still come to the same as a full judgement.
func TestHostile(t *testing.T) {
	cases(t, 1500)
	rapid.Check(t, hostile(berlin(t)))
}

func FuzzJudge(f *testing.F) { f.Fuzz(rapid.MakeFuzz(hostile(berlin(f)))) }

func hostile(loc *time.Location) func(t *rapid.T) {
	return func(t *rapid.T) {
		g := gen{t, loc}
		c := g.genCase()
		p := g.plan(c)
		g.spoil(c, p)
		k := NewChecker(c, p)
		for range g.int("edits", 0, 3) {
			as := Assignment{rapid.SampledFrom(oddIDs).Draw(t, "id"), "", rapid.SampledFrom(oddTimes).Draw(t, "start"), rapid.SampledFrom(oddTimes).Draw(t, "end")}
			k.Put(as)
		}
		r := k.Report()
		if diff := cmp.Diff(Judge(c, k.Plan()), r); diff != "" {
			t.Fatal(diff)
		}
		for i := range r.Findings {
			f := &r.Findings[i]
			if f.Reason == "" || f.Kind == "" || f.ID == "" || !slices.Contains(everyKind, f.Kind) {
				t.Fatalf("%+v", f)
			}
		}
	}
}

// TestGroupsInCircles: groups that contain each other are a finding, and the end of it;
// a tall lattice, in which the number of paths doubles at each of 60 floors, is no trouble.
func TestGroupsInCircles(t *testing.T) {
	c := &Case{Activities: []Activity{{ID: "a", Duration: slot}}, Groups: []Group{
		{ID: "x", Members: []GroupMember{{Groups: []string{"y"}}}},
		{ID: "y", Members: []GroupMember{{Groups: []string{"x"}}, {Groups: []string{"y"}}}},
	}}
	p := &Plan{Assignments: []Assignment{{"a", "", at(0), at(1)}}}
	if got := essence(Judge(c, p)); !slices.Equal(got, []string{"malformed - - ", "malformed - - "}) {
		t.Errorf("%q", got)
	}
	c.Groups = []Group{{ID: "f0", Defined: true, Members: []GroupMember{{Outages: []Outage{{Activity: "a"}}}}}}
	for i := 1; i < 60; i++ {
		below := c.Groups[i-1].ID
		c.Groups = append(c.Groups, Group{ID: "f" + string(rune('0'+i)), Defined: i < 59, Members: []GroupMember{{Groups: []string{below}}, {Groups: []string{below}}}})
	}
	if got := essence(Judge(c, p)); len(got) != 1 {
		t.Errorf("%q", got)
	}
}
