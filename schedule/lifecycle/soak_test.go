package lifecycle

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
)

// A soak may be shorter only as far as, and only if, one who may decide on it decided in time.
func TestCheckSoaks(t *testing.T) {
	monday := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	p := &schedule.Problem{Calendars: []calendar.Calendar{{ID: "business", Windows: []calendar.Window{{ID: "b", Kind: calendar.Maintenance,
		Starts: calendar.MustParseRecurrence("DTSTART:20261123T090000Z\nRRULE:FREQ=DAILY"), Length: calendar.Exactly(8 * time.Hour)}}}}}
	r := &Roster{Groups: map[string][]string{"release-manager": {"rita"}}, Delegations: []Delegation{{From: "rita", To: "rolf", During: calendar.Interval{Start: monday, End: monday.Add(time.Hour)}}}}
	const h = schedule.Hour
	business := SoakRule{Release: "R", Stage: "soak", Duration: 16 * h, Calendar: "business", ShortenBy: "release-manager"}
	elapsed, firm := business, business
	elapsed.Calendar, elapsed.Duration = "", 24*h
	firm.ShortenBy = ""
	ok := Shortening{Release: "R", Stage: "soak", To: 8 * h, By: "rita", At: monday, Reason: "quiet"}
	with := func(f func(d *Shortening)) *Shortening { d := ok; f(&d); return &d }
	for _, c := range []struct {
		name  string
		rule  SoakRule
		hours int // that the soak takes, from Monday 9:00 on; -1: it is left out
		d     *Shortening
		want  string
	}{
		{"whole in business time", business, 32, nil, ""},
		{"elapsed time is not business time", business, 31, nil, "nobody decided"},
		{"whole in elapsed time", elapsed, 24, nil, ""},
		{"short in elapsed time", elapsed, 23, nil, "nobody decided"},
		{"decided", business, 8, &ok, ""},
		{"shorter than decided", business, 7, &ok, "no less than"},
		{"left out", business, -1, &ok, "no less than"},
		{"left out by decision", business, -1, with(func(d *Shortening) { d.To = 0 }), ""},
		{"another role", business, 8, with(func(d *Shortening) { d.By = "ann" }), "ann is no release-manager"},
		{"nobody may", firm, 8, &ok, "nobody may shorten it"},
		{"another soak", business, 8, with(func(d *Shortening) { d.Stage = "soak-2" }), "nobody decided"},
		{"without reason", business, 8, with(func(d *Shortening) { d.Reason = "" }), "lacks who, when or why"},
		{"in time", business, 8, with(func(d *Shortening) { d.At = monday.Add(8 * time.Hour) }), ""},
		{"after its end", business, 8, with(func(d *Shortening) { d.At = monday.Add(8*time.Hour + 1) }), "after its end"},
		{"delegated", business, 8, with(func(d *Shortening) { d.By, d.For = "rolf", "rita" }), ""},
		{"delegation is over", business, 8, with(func(d *Shortening) { d.By, d.For, d.At = "rolf", "rita", monday.Add(time.Hour) }), "no delegation lets rolf"},
	} {
		plan := &schedule.Plan{Assignments: []schedule.Assignment{{Activity: "R/go", Start: monday.Add(-time.Hour), End: monday}}}
		if c.hours >= 0 {
			plan.Assignments = append(plan.Assignments, schedule.Assignment{Activity: "R/soak", Start: monday, End: monday.Add(time.Duration(c.hours) * time.Hour)})
		}
		var decided []Shortening
		if c.d != nil {
			decided = append(decided, *c.d)
		}
		got, err := CheckSoaks(p, plan, []SoakRule{c.rule}, decided, r)
		if err != nil {
			t.Fatal(err)
		}
		if (len(got) == 0) != (c.want == "") || len(got) == 1 && !strings.Contains(got[0].Reason, c.want) {
			t.Errorf("%s: %+v, want %q", c.name, got, c.want)
		}
	}
	// A release that is not planned has no soak to check; faulty rules are all reported.
	if got, err := CheckSoaks(p, &schedule.Plan{}, []SoakRule{business}, nil, r); err != nil || got != nil {
		t.Errorf("%v, %v", got, err)
	}
	lost := business
	lost.Calendar = "moon"
	_, err := CheckSoaks(p, &schedule.Plan{}, []SoakRule{{Release: "R"}, lost}, nil, r)
	if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "rules[0]:") || !strings.Contains(err.Error(), "rules[1].calendar:") {
		t.Error(err)
	}
}
