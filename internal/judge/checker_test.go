package judge

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/slackwater-go/slackwater/calendar"
	"pgregory.net/rapid"
)

// TestCheckerEqualsJudge edits a plan at random and asks after each edit for the same
// report as a full judgement, and for a delta that leads from the last report to this one.
func TestCheckerEqualsJudge(t *testing.T) {
	cases(t, 2000)
	loc := berlin(t)
	rapid.Check(t, func(t *rapid.T) {
		g := gen{t, loc}
		c := g.genCase()
		p := g.plan(c)
		first := Judge(c, p)
		for i := range first.Findings {
			if f := &first.Findings[i]; g.chance("accepted", 20) {
				a := Acceptance{Finding: f.ID, Facts: f.Facts, Owner: "Ada", Reason: "known", Expires: at(slots)}
				if g.chance("stale", 30) {
					a.Facts = "other"
				}
				c.Accepted = append(c.Accepted, a)
			}
		}
		k := NewChecker(c, p)
		last := k.Report()
		for range g.int("edits", 1, 6) {
			var d Delta
			a := &c.Activities[g.int("which", 0, len(c.Activities)-1)]
			switch {
			case g.chance("remove", 10):
				d = k.Remove(a.ID)
			case g.chance("leave out", 10):
				d = k.LeaveOut(a.ID)
			case g.chance("stranger", 5):
				d = k.Put(Assignment{Activity: "somebody", Start: at(1), End: at(2)})
			case g.chance("no stranger", 5):
				d = k.Remove("nobody")
			default:
				d = k.Put(g.assignment(c, a))
			}
			got, want := k.Report(), Judge(c, k.Plan())
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("full judgement and edit differ (-full +edit):\n%s", diff)
			}
			if diff := cmp.Diff(got.Findings, apply(t, last.Findings, d)); diff != "" {
				t.Fatalf("the delta does not lead from report to report:\n%s", diff)
			}
			last = got
		}
	})
}

// apply takes what is gone out of findings and puts in what has come.
func apply(t *rapid.T, findings []Finding, d Delta) []Finding {
	var out []*Finding
	for i := range findings {
		out = append(out, &findings[i])
	}
	for _, f := range d.Gone {
		i := slices.IndexFunc(out, func(o *Finding) bool { return o.ID == f.ID && o.Facts == f.Facts })
		if i < 0 {
			t.Fatalf("gone, but was not there: %s", f.Reason)
		}
		out = slices.Delete(out, i, i+1)
	}
	out = append(out, d.Come...)
	slices.SortStableFunc(out, compareFindings)
	values := make([]Finding, len(out))
	for i, f := range out {
		values[i] = *f
	}
	return values
}

// TestOrderOfListsDoesNotMatter shuffles every list of a case and its plan.
func TestOrderOfListsDoesNotMatter(t *testing.T) {
	cases(t, 2000)
	loc := berlin(t)
	rapid.Check(t, func(t *rapid.T) {
		g := gen{t, loc}
		c := g.genCase()
		p := g.plan(c)
		seen := map[string]bool{} // of several assignments of one activity the first counts
		p.Assignments = slices.DeleteFunc(p.Assignments, func(as Assignment) bool {
			twice := seen[as.Activity]
			seen[as.Activity] = true
			return twice
		})
		want := Judge(c, p)
		d := *c
		d.Activities = shuffled(t, c.Activities)
		d.Calendars = shuffled(t, c.Calendars)
		d.Precedences = shuffled(t, c.Precedences)
		d.Links = shuffled(t, c.Links)
		d.Resources = shuffled(t, c.Resources)
		d.Budgets = shuffled(t, c.Budgets)
		d.Exclusions = shuffled(t, c.Exclusions)
		d.Groups = shuffled(t, c.Groups)
		d.Bundles = shuffled(t, c.Bundles)
		d.DateRules = shuffled(t, c.DateRules)
		q := &Plan{Assignments: shuffled(t, p.Assignments), LeftOut: shuffled(t, p.LeftOut)}
		if diff := cmp.Diff(want, Judge(&d, q)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func shuffled[T any](t *rapid.T, s []T) []T {
	if len(s) == 0 {
		return nil
	}
	return rapid.Permutation(s).Draw(t, "order")
}

// TestDenseEdits crowds a few timelines, so that what is found splits, joins and touches at
// nearly every edit.
func TestDenseEdits(t *testing.T) {
	cases(t, 3000)
	loc := berlin(t)
	rapid.Check(t, func(t *rapid.T) {
		g := gen{t, loc}
		c := &Case{Resources: []Resource{{ID: "r", Capacity: g.profile(0, 2)}},
			Exclusions: []Exclusion{{ID: "x", Kind: RelatedCI}},
			Groups: []Group{{ID: "outer", Allowed: g.profile(0, 1), Members: []GroupMember{{Name: "m", Groups: []string{"inner"}}, {Name: "n"}}},
				{ID: "inner", Allowed: g.profile(0, 1)}}}
		p := &Plan{}
		n := g.int("activities", 2, 8)
		place := func(i int) Assignment {
			from := g.int("from", 0, 11)
			c.Activities[i].Duration = time.Duration(g.int("long", 0, 3)) * slot // only the first place of a plan fits it
			return Assignment{Activity: c.Activities[i].ID, Start: at(from), End: at(from).Add(c.Activities[i].Duration)}
		}
		for i := range n {
			id := "t" + strconv.Itoa(i)
			c.Activities = append(c.Activities, Activity{ID: id, Demands: []Demand{{"r", int64(g.int("amount", 0, 2))}}})
			c.Exclusions[0].Members = append(c.Exclusions[0].Members, ExclusionMember{Activity: id, Path: make([]string, g.int("path", 1, 2))})
			m := GroupMember{Name: id, Outages: []Outage{{id, time.Duration(g.int("soak", 0, 2)) * slot}}}
			if g.chance("down", 30) {
				m.Down = []calendar.Interval{between(3, 5)}
			}
			of := g.int("group", 0, 1)
			c.Groups[of].Members = append(c.Groups[of].Members, m)
			p.Assignments = append(p.Assignments, place(i))
		}
		k := NewChecker(c, p)
		for range g.int("edits", 1, 12) {
			i := g.int("which", 0, n-1)
			long := c.Activities[i].Duration
			as := place(i)
			c.Activities[i].Duration = long // what the case asks for does not change
			if g.chance("remove", 15) {
				k.Remove(as.Activity)
			} else {
				k.Put(as)
			}
			if diff := cmp.Diff(Judge(c, k.Plan()), k.Report()); diff != "" {
				t.Fatalf("full judgement and edit differ (-full +edit):\n%s", diff)
			}
		}
		w := &twin{c: c, p: k.Plan(), shared: map[string]*twinCause{}}
		if got, want := essence(k.Report()), w.all(); !slices.Equal(got, want) {
			t.Fatalf("judge %q\ntwin %q", got, want)
		}
	})
}
