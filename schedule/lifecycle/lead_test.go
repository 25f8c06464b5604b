package lifecycle

import (
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
	"pgregory.net/rapid"
)

// The first day is the first of which the last day is not too early.
func TestFirstDayInvertsLastDay(t *testing.T) {
	g := walkGovernance(t)
	rapid.Check(t, func(t *rapid.T) {
		at := walkDay(12, 1).Add(time.Duration(rapid.IntRange(0, 24*45).Draw(t, "hours")) * time.Hour)
		n := rapid.IntRange(1, 12).Draw(t, "days")
		got, ok := g.FirstDay(at, n)
		if !ok {
			t.Fatal("no day")
		}
		d := calendar.DateOf(at.In(g.zone))
		for g.LastDay(d.In(g.zone).Add(12*time.Hour), n).Compare(calendar.DateOf(at.In(g.zone))) < 0 {
			d = d.AddDays(1)
		}
		if got != d {
			t.Fatalf("%d business days after %s: %s, by trying %s", n, at, got, d)
		}
	})
}

// A plan that starts before the lead time is in conflict, one that starts on its first
// day is not.
func TestLeadTimesReachTheSchedule(t *testing.T) {
	g := walkGovernance(t)
	p := &schedule.Problem{Horizon: calendar.Interval{Start: walkDay(11, 30), End: walkDay(12, 20)}, Releases: []schedule.Release{{ID: "R", Type: schedule.Normal, CIs: []string{"shop"},
		Submitted: walkDay(12, 1).Add(9 * time.Hour), Stages: []schedule.Stage{{ID: "go", Kind: schedule.StageDeploy, Duration: schedule.Hour}}}}}
	led, err := g.LeadTimes(p)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.DateRules) != 0 {
		t.Error("the problem was changed")
	}
	first := walkDay(12, 7).Add(23 * time.Hour) // midnight in Berlin
	for _, c := range []struct {
		start time.Time
		want  int
	}{{first.Add(-time.Second), 1}, {first, 0}} {
		got, err := schedule.Check(led, &schedule.Plan{Assignments: []schedule.Assignment{{Activity: "R/go", Start: c.start, End: c.start.Add(time.Hour)}}})
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != c.want || c.want == 1 && got[0].Kind != schedule.LeadTimeBreach {
			t.Errorf("start %s: %v", c.start, got)
		}
	}
}
