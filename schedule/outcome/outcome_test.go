package outcome_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
	"github.com/slackwater-go/slackwater/schedule/outcome"
)

func at(d, h, m int) time.Time { return time.Date(2026, 3, d, h, m, 0, 0, time.UTC) }

func span(a, b time.Time) calendar.Interval { return calendar.Interval{Start: a, End: b} }

var yes, no = true, false

// week is four deployments of one week: one fails and is taken back, one mends it, one is cancelled.
func week() *outcome.History {
	return &outcome.History{Name: "Shop", Period: span(at(2, 0, 0), at(9, 0, 0)),
		Windows: calendar.Union(span(at(3, 20, 0), at(4, 0, 0)), span(at(5, 20, 0), at(6, 0, 0))),
		Deployments: []outcome.Deployment{
			{ID: "a", Service: "shop", Team: "web", Type: schedule.Normal, Ready: at(2, 20, 0), Planned: span(at(3, 20, 0), at(3, 21, 0)), Start: at(3, 20, 10), End: at(3, 21, 10), Result: outcome.Successful, Cause: outcome.PlannedWork, BackedOut: &no},
			{ID: "b", Service: "pay", Team: "pay", Type: schedule.Normal, Ready: at(3, 20, 0), Planned: span(at(5, 20, 0), at(5, 21, 0)), Start: at(5, 21, 0), End: at(5, 23, 30), Result: outcome.Failed, Cause: outcome.PlannedWork, BackedOut: &yes, Restored: at(5, 23, 30)},
			{ID: "c", Service: "pay", Team: "pay", Type: schedule.Emergency, Start: at(6, 9, 0), End: at(6, 9, 30), Result: outcome.Successful, Cause: outcome.Incident, BackedOut: &no, Reviewed: true},
			{ID: "d", Result: outcome.Cancelled},
		}}
}

func get(t *testing.T, h *outcome.History, id outcome.MetricID) outcome.Metric {
	t.Helper()
	all, err := outcome.Measure(h, 0)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(m outcome.Metric) bool { return m.ID == id })
	if i < 0 {
		t.Fatalf("no metric %s", id)
	}
	return all[i]
}

// Figures worked out by hand.
func TestFigures(t *testing.T) {
	h := week()
	h.Freezes = calendar.Union(span(at(4, 0, 0), at(5, 0, 0)))
	for id, want := range map[outcome.MetricID]struct {
		value   float64
		of, all int
	}{
		outcome.LeadTime:            {24*3600 + 600, 2, 3},
		outcome.DeploymentFrequency: {3, 3, 3},
		outcome.ChangeFailRate:      {1.0 / 3, 3, 3},
		outcome.RecoveryTime:        {2.5 * 3600, 1, 1},
		outcome.ReworkRate:          {1.0 / 3, 3, 3},
		outcome.BackOutRate:         {1.0 / 3, 3, 3},
		outcome.TimeToBackOut:       {2.5 * 3600, 1, 1},
		outcome.ChangeSuccess:       {2.0 / 3, 3, 3},
		outcome.EmergencyShare:      {1.0 / 3, 3, 3},
		outcome.ScheduleAdherence:   {0.5, 2, 3},
		outcome.DurationRatio:       {1, 2, 3},
		outcome.WindowUse:           {3.5 / 8, 3, 3},
		outcome.FreezeWait:          {12 * 3600, 2, 3},
	} {
		m := get(t, h, id)
		if !m.Measurable || m.Of != want.of || m.All != want.all || m.Value-want.value > 1e-9 || want.value-m.Value > 1e-9 {
			t.Errorf("%s: %+v, want %+v", id, m, want)
		}
	}
}

// What no record says is not measurable, says why, and is never a zero among the figures.
func TestNotMeasurable(t *testing.T) {
	h := &outcome.History{Period: span(at(2, 0, 0), at(9, 0, 0)), Deployments: []outcome.Deployment{{ID: "a", Start: at(3, 0, 0)}}}
	all, err := outcome.Measure(h, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range all {
		if m.ID == outcome.DeploymentFrequency {
			continue
		}
		if m.Measurable || m.Why == "" || m.Value != 0 || !strings.Contains(m.String(), "not measurable: ") {
			t.Errorf("%s: %+v", m.ID, m)
		}
	}
	// A failure without a time of recovery is not a recovery in no time.
	h.Deployments[0].Result = outcome.Failed
	if m := get(t, h, outcome.RecoveryTime); m.Measurable || m.All != 1 {
		t.Errorf("%+v", m)
	}
	if m := get(t, h, outcome.ChangeFailRate); !m.Measurable || m.Value != 1 {
		t.Errorf("%+v", m)
	}
}

// All faults are told at once.
func TestFaults(t *testing.T) {
	h := week()
	h.Version, h.Zone = 9, "Mars/Olympus"
	h.Deployments[0].Result = "fine"
	h.Deployments[1].ID = "a"
	h.Deployments[2].Start = at(20, 0, 0)
	_, err := outcome.Measure(h, 0)
	if !errors.Is(err, outcome.ErrInvalid) {
		t.Fatal(err)
	}
	for _, want := range []string{"version", "zone", "deployments[0].result", "deployments[1].id", "deployments[2].start"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q lacks %s", err, want)
		}
	}
}

// The order of the records does not matter, and counts agree with a plain loop.
func TestOrderAndTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := &outcome.History{Period: span(at(2, 0, 0), at(9, 0, 0))}
		n := rapid.IntRange(1, 20).Draw(t, "n")
		failed, known := 0, 0
		var lead []time.Duration
		for i := range n {
			d := outcome.Deployment{ID: fmt.Sprint(i), Start: at(2, 0, 0).Add(time.Duration(rapid.IntRange(0, 7*24*60-1).Draw(t, "start")) * time.Minute)}
			d.Result = rapid.SampledFrom([]outcome.Result{"", outcome.Successful, outcome.Failed, outcome.Cancelled}).Draw(t, "result")
			if rapid.Bool().Draw(t, "ready") {
				d.Ready = d.Start.Add(-time.Duration(rapid.IntRange(0, 999).Draw(t, "lead")) * time.Minute)
			}
			if d.Result != outcome.Cancelled && !d.Ready.IsZero() {
				lead = append(lead, d.Start.Sub(d.Ready))
			}
			if d.Result == outcome.Successful || d.Result == outcome.Failed {
				known++
			}
			if d.Result == outcome.Failed {
				failed++
			}
			h.Deployments = append(h.Deployments, d)
		}
		a, err := outcome.Measure(h, 0)
		if err != nil {
			t.Fatal(err)
		}
		slices.Reverse(h.Deployments)
		b, err := outcome.Measure(h, 0)
		if err != nil || !slices.Equal(a, b) {
			t.Fatalf("%v and, reversed, %v: %v", a, b, err)
		}
		for _, m := range a {
			switch m.ID {
			case outcome.ChangeFailRate:
				if m.Measurable != (known > 0) || known > 0 && m.Value != float64(failed)/float64(known) {
					t.Fatalf("%+v, want %d of %d", m, failed, known)
				}
			case outcome.LeadTime:
				if m.Measurable != (len(lead) > 0) {
					t.Fatalf("%+v", m)
				}
				// The median is a value of which at least half are not larger and more than half not smaller.
				below, above := 0, 0
				for _, v := range lead {
					if v.Seconds() <= m.Value {
						below++
					}
					if v.Seconds() >= m.Value {
						above++
					}
				}
				if len(lead) > 0 && (2*below < len(lead) || 2*above <= len(lead)) {
					t.Fatalf("%v is no lower median of %v", m.Value, lead)
				}
			}
		}
	})
}

func FuzzReadHistory(f *testing.F) {
	f.Add(`{"period":{"start":"2026-01-01T00:00:00Z","end":"2026-02-01T00:00:00Z"},"deployments":[{"id":"a","start":"2026-01-02T00:00:00Z"}]}`)
	f.Add(`{"deployments":null}`)
	f.Fuzz(func(t *testing.T, doc string) {
		h, err := outcome.ReadHistory(strings.NewReader(doc))
		if err != nil {
			if !errors.Is(err, outcome.ErrInvalid) {
				t.Fatalf("%v is no fault of the input", err)
			}
			return
		}
		if _, err := outcome.Measure(h, 0); err != nil {
			t.Fatal(err)
		}
		outcome.Reviews(h)
		outcome.Durations(h)
	})
}

func ExampleMeasure() {
	metrics, err := outcome.Measure(week(), 0)
	if err != nil {
		fmt.Println(err)
	}
	for _, m := range metrics {
		fmt.Println(m)
	}
	// Output:
	// Change lead time, median: 1 d (2 records; 1 do not say)
	// Deployment frequency: 3.0 a week (3 records)
	// Change fail rate: 33.3 % (3 records)
	// Failed deployment recovery time, median: 2 h 30 min (1 record)
	// Deployment rework rate: 33.3 % (3 records)
	// Back-out rate: 33.3 % (3 records)
	// Time to back out, median: 2 h 30 min (1 record)
	// Change success: 66.7 % (3 records)
	// Emergency changes: 33.3 % (3 records)
	// Started within 15 min of the plan: 50.0 % (2 records; 1 do not say)
	// Actual by planned duration, median: 1.00 (2 records; 1 do not say)
	// Window time in use: 43.8 % (3 records)
	// Wait in freezes of a change that was ready, mean: not measurable: the freezes of the period are not given
}

func ExampleReviews() {
	for _, r := range outcome.Reviews(week()) {
		fmt.Println(r.Deployment, strings.Join(r.Why, ", "))
	}
	// Output: b failed, taken back after 2 h 30 min, took 2 h 30 min instead of 1 h
}

func ExampleDurations() {
	for _, s := range outcome.Durations(week()) {
		fmt.Println(s.Team, s.Ratios)
	}
	// Output:
	// pay [2.5]
	// web [1]
}

func ExampleHistory_Join() {
	h := week()
	missing := h.Join(&schedule.Plan{Assignments: []schedule.Assignment{{Activity: "c", Start: at(6, 8, 0), End: at(6, 9, 0)}, {Activity: "e", Start: at(6, 8, 0), End: at(6, 9, 0)}}})
	fmt.Println(h.Deployments[2].Planned, missing)
	// Output: [2026-03-06T08:00:00Z, 2026-03-06T09:00:00Z) [e]
}

func ExampleReadHistory() {
	_, err := outcome.ReadHistory(strings.NewReader(`{"period": {"start": "2026-03-02T00:00:00Z", "end": "2026-03-09T00:00:00Z"}, "deployments": [{"start": "2026-03-03T00:00:00Z"}]}`))
	fmt.Println(err)
	// Output: outcome: line 1, column 94: deployments[0].id: is missing
}

func ExampleHistory_Validate() {
	fmt.Println((&outcome.History{}).Validate())
	// Output: outcome: period: is missing or empty: say which time the records cover
}

func ExampleMetric_String() {
	fmt.Println(outcome.Metric{Name: "Change fail rate", Why: "no record says how it went"})
	// Output: Change fail rate: not measurable: no record says how it went
}
