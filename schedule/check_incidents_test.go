package schedule

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/calendar"
)

// TestCheckerWithIncidents edits plans beside incidents and accepted conflicts; after each
// edit the Checker knows what CheckWith finds, to the last field.
func TestCheckerWithIncidents(t *testing.T) {
	seen := 0
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t)
		plan := &Plan{}
		start := p.Horizon.Start
		place := func(a *Activity) Assignment {
			m := rapid.SampledFrom(a.modes()).Draw(t, "mode")
			at := start.Add(time.Duration(rapid.IntRange(0, 72).Draw(t, "at")) * time.Hour)
			return Assignment{Activity: a.ID, Mode: m.ID, Start: at, End: at.Add(m.Duration.Std())}
		}
		for i := range p.Activities {
			plan.Assignments = append(plan.Assignments, place(&p.Activities[i]))
		}
		o := &CheckOptions{Now: start}
		for range rapid.IntRange(1, 3).Draw(t, "incidents") {
			from := start.Add(time.Duration(rapid.IntRange(0, 70).Draw(t, "from")) * time.Hour)
			x := Incident{Name: "the fire", CI: rapid.SampledFrom([]string{"x", "y", "z", "elsewhere"}).Draw(t, "ci")}
			x.During.Start = from
			if rapid.Bool().Draw(t, "known end") {
				x.During.End = from.Add(20 * time.Hour)
			}
			o.Incidents = append(o.Incidents, x)
		}
		found, _, err := CheckWith(p, plan, o)
		if err != nil {
			t.Fatal(err)
		}
		if len(found) > 0 {
			f := rapid.SampledFrom(found).Draw(t, "accepted")
			o.Accepted = []Acceptance{{Conflict: f.ID, Facts: f.Facts, Owner: "Board", Reason: "agreed", Expires: p.Horizon.End}}
		}
		k, err := NewChecker(p, plan, o)
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 4).Draw(t, "edits") {
			x := place(&p.Activities[rapid.IntRange(0, len(p.Activities)-1).Draw(t, "which")])
			k.Put(x)
			plan.Assignments = append(slices.DeleteFunc(slices.Clone(plan.Assignments), func(y Assignment) bool { return y.Activity == x.Activity }), x)
			want, lapsed, err := CheckWith(p, plan, o)
			if err != nil {
				t.Fatal(err)
			}
			got, gone := k.Findings()
			if d := cmp.Diff(want, got); d != "" {
				t.Fatal(d)
			}
			if d := cmp.Diff(lapsed, gone); d != "" {
				t.Fatal(d)
			}
			for _, f := range got {
				if strings.Contains(f.Reason, "the fire") {
					seen++
				}
			}
		}
	})
	t.Logf("%d collisions with incidents", seen)
	if seen == 0 {
		t.Error("no work ever collided with an incident")
	}
}

// TestIncidents takes a disk that is out: work on the server collides, so does work on what
// stands on it, and a third member of the cluster out is one too many, by three changes
// together that are fine in pairs.
func TestIncidents(t *testing.T) {
	at := func(h int) time.Time { return time.Date(2026, 11, 2, h, 0, 0, 0, time.UTC) }
	p := &Problem{Zone: "Europe/Berlin", Horizon: calendar.Interval{Start: at(0), End: at(24)}}
	for _, ci := range []string{"web-1", "web-2", "web-3", "web-4"} {
		p.Activities = append(p.Activities, Activity{ID: "patch-" + ci, Name: "Patch " + ci, CIs: []string{ci}, Duration: 3 * Hour})
	}
	p.Groups = []RedundancyGroup{{ID: "web", Name: "Web servers", MaxOut: 2, Members: []GroupMember{{CI: "web-1"}, {CI: "web-2"}, {CI: "web-3"}, {CI: "web-4"}}}}
	plan := &Plan{}
	for i, h := range []int{1, 2, 3, 20} { // the first three share the hour from 3 to 4
		plan.Assignments = append(plan.Assignments, Assignment{Activity: p.Activities[i].ID, Start: at(h), End: at(h + 3)})
	}
	found, err := Check(p, plan)
	if err != nil || len(found) != 1 || found[0].Kind != RedundancyBreach || len(found[0].Activities) != 3 ||
		found[0].During != (calendar.Interval{Start: at(3), End: at(4)}) || found[0].Need != 3 || found[0].Have != 2 {
		t.Fatalf("%+v %v", found, err)
	}
	plan.Assignments[2].Start, plan.Assignments[2].End = at(10), at(13)
	o := &CheckOptions{Incidents: []Incident{{Name: "Disk failure", CI: "web-4", During: calendar.Interval{Start: at(2)}}}}
	with, _, err := CheckWith(p, plan, o)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, f := range with {
		said = append(said, string(f.Kind)+": "+f.Reason)
	}
	want := []string{
		"redundancy-breach: “Patch web-1” and “Patch web-2” together take too much of “Web servers” out, Mon 2 Nov 2026 03:00–05:00 CET: 3 out, and at most 2 may be. Already down: web-4.",
		"same-ci: “Patch web-4” collides with Disk failure, Mon 2 Nov 2026 21:00 CET to Tue 3 Nov 2026 00:00 CET (3 h), at “web-4”.",
	}
	if d := cmp.Diff(want, said); d != "" {
		t.Error(d)
	}
	if len(with) > 0 && !slices.Equal(with[0].Evidence[0].Down, []string{"web-4"}) {
		t.Errorf("the evidence does not say what is down: %+v", with[0].Evidence)
	}
	_, _, err = CheckWith(p, plan, &CheckOptions{Incidents: []Incident{{During: calendar.Interval{Start: at(3), End: at(2)}}}})
	var fault *ValidationError
	if !errors.As(err, &fault) || strings.Count(err.Error(), "incidents[0]") != 3 {
		t.Errorf("faults: %v", err)
	}
	if _, err := Solve(context.Background(), p, nil); err != nil {
		t.Error(err)
	}
}
