package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/schedule"
)

// govukData is the folder of the GOV.UK files.
func govukData(t *testing.T) string {
	t.Helper()
	root := os.Getenv("SLACKWATER_DATA")
	if root == "" {
		t.Skip("SLACKWATER_DATA names no folder with the GOV.UK files (govuk/)")
	}
	return filepath.Join(root, "govuk")
}

// What the deployments broke as they happened was counted by a separate script first.
func TestGOVUKAsItHappened(t *testing.T) {
	dir := govukData(t)
	for name, want := range map[string]breaches{
		"A": {hours: 12, colliding: 30, cap: 113, any: 124},
		"B": {hours: 79, colliding: 196, cap: 246, any: 289},
		"C": {hours: 12, colliding: 53, cap: 121, any: 129},
	} {
		e, err := readGOVUK(dir, name)
		if err != nil {
			t.Fatal(err)
		}
		got, err := e.asItHappened()
		if err != nil {
			t.Fatal(err)
		}
		// The script knew nothing of order and staging; one deployment of case B came before its staging.
		if got.hours != want.hours || got.colliding != want.colliding || got.cap != want.cap || got.any < want.any || got.any > want.any+1 {
			t.Errorf("case %s: %+v, want %+v", name, got, want)
		}
	}
}

// Cases A and B are planned; the plans keep every rule by a second reading of the raw rules.
func TestGOVUKPlansKeepTheRules(t *testing.T) {
	dir := govukData(t)
	work := int64(3_000_000)
	if testing.Short() {
		work = 200_000
	}
	for name, c := range map[string]struct {
		deployments, atOnce int
		holidays            []string
	}{
		"A": {141, 2, []string{"2023-04-07"}},
		"B": {322, 6, []string{"2024-03-29", "2024-04-01"}},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := readGOVUK(dir, name)
			if err != nil {
				t.Fatal(err)
			}
			plan, err := schedule.Solve(t.Context(), e.problem, &schedule.Options{MaxWork: work})
			if err != nil {
				t.Fatal(err)
			}
			keepsTheRules(t, e, plan, c.deployments, c.atOnce, c.holidays)
			m := e.movement(plan)
			if int64(m.moved) != plan.Tiers[0].Value || int64(m.total/time.Second) != plan.Tiers[1].Value || int64(m.largest/time.Second) != plan.Tiers[2].Value {
				t.Errorf("the plan says %v, its starts say %+v", plan.Tiers, m)
			}
			fcfs, unplaced, err := e.firstComeFirstServed()
			if err != nil {
				t.Fatal(err)
			}
			if f := e.movement(fcfs); !testing.Short() && len(unplaced) == 0 && f.moved <= m.moved {
				t.Errorf("planning together moves %d, first come, first served %d", m.moved, f.moved)
			}
			conflicts, err := schedule.Check(e.problem, fcfs)
			if err != nil {
				t.Fatal(err)
			}
			if i := slices.IndexFunc(conflicts, func(c schedule.Conflict) bool { return c.Kind != schedule.Missing }); i >= 0 {
				t.Errorf("first come, first served breaks a rule: %s", conflicts[i].Reason)
			}
		})
	}
}

// Case C has no plan: two tags reached staging after the last hours of the fortnight in which they could go out.
func TestGOVUKCaseCHasNoPlan(t *testing.T) {
	e, err := readGOVUK(govukData(t), "C")
	if err != nil {
		t.Fatal(err)
	}
	_, err = schedule.Solve(t.Context(), e.problem, &schedule.Options{MaxWork: 3_000_000})
	bad := (*schedule.InfeasibleError)(nil)
	if !errors.As(err, &bad) {
		t.Fatalf("case C: %v", err)
	}
	lastStart := time.Date(2023, 4, 14, 15, 0, 0, 0, time.FixedZone("BST", 3600)).Add(-45 * time.Minute)
	late := 0
	for _, d := range e.deployments {
		if d.staged.After(lastStart) {
			late++
		}
	}
	if late == 0 || len(bad.Conflicts) == 0 {
		t.Errorf("%d tags came too late, %d conflicts are named", late, len(bad.Conflicts))
	}
}

// keepsTheRules judges a plan by the rules as they were agreed, without any code of the library.
func keepsTheRules(t *testing.T, e *estate, plan *schedule.Plan, deployments, most int, holidays []string) {
	t.Helper()
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	type placed struct {
		d          deployment
		start, end time.Time
	}
	var all []placed
	for _, d := range e.deployments {
		a, ok := plan.Of(d.id)
		if !ok {
			t.Fatalf("%s is not in the plan", d.id)
		}
		all = append(all, placed{d, a.Start, a.End})
	}
	if len(all) != deployments {
		t.Errorf("%d deployments, want %d", len(all), deployments)
	}
	for i, p := range all {
		s, end := p.start.In(london), p.end.In(london)
		closing := 17
		if s.Weekday() == time.Friday {
			closing = 15
		}
		closes := time.Date(s.Year(), s.Month(), s.Day(), closing, 0, 0, 0, london)
		switch {
		case p.end.Sub(p.start) != 45*time.Minute:
			t.Errorf("%s lasts %s", p.d.id, p.end.Sub(p.start))
		case s.Weekday() == time.Saturday || s.Weekday() == time.Sunday || s.Hour() < 9 || end.After(closes) || slices.Contains(holidays, s.Format(time.DateOnly)):
			t.Errorf("%s runs outside hours, %s", p.d.id, s)
		case p.start.Before(p.d.staged):
			t.Errorf("%s runs before its tag was in staging", p.d.id)
		}
		atOnce := 0
		for j, q := range all {
			if !q.start.After(p.start) && q.end.After(p.start) {
				atOnce++
			}
			if i < j && p.start.Before(q.end) && q.start.Before(p.end) && e.apart[p.d.app][q.d.app] {
				t.Errorf("%s and %s overlap", p.d.id, q.d.id)
			}
			if i < j && p.d.app == q.d.app && q.start.Before(p.end) {
				t.Errorf("%s runs before %s has ended", q.d.id, p.d.id)
			}
		}
		if atOnce > most {
			t.Errorf("%d run at once when %s starts", atOnce, p.d.id)
		}
	}
}

// The mapping from app to CIs is the one of the data's own description.
func TestGOVUKMapping(t *testing.T) {
	g, err := readServices(govukData(t))
	if err != nil {
		t.Fatal(err)
	}
	if got := appCIs(g, "publisher"); !slices.Equal(got, []string{"publisher-app"}) {
		t.Errorf("publisher is %v", got)
	}
	if got := appCIs(g, "content-publisher"); len(got) != 0 {
		t.Errorf("content-publisher is %v, want nothing", got)
	}
	for _, ci := range appCIs(g, "search-api") {
		if !strings.HasPrefix(ci, "search-api") {
			t.Errorf("search-api is %s", ci)
		}
	}
}
