package risk

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

// severe is a history in which failures of team a are minor and those of team b mostly not;
// the change model says nothing.
func severe(n int) []Outcome {
	var h []Outcome
	for i := range n {
		o := Outcome{Change: Change{ID: fmt.Sprint(i), Team: []string{"a", "b"}[i%2], Model: fmt.Sprint("m", i%3), Start: epoch.Add(time.Duration(i) * time.Hour)}}
		if i%5 == 0 {
			o.Failed = true
			o.Severity = "minor"
			if i%2 == 1 && i%4 == 1 {
				o.Severity = "major"
			} else if i%2 == 1 {
				o.Severity = "outage"
			}
		}
		h = append(h, o)
	}
	return h
}

func TestSeveritiesAreLearntAndShrunk(t *testing.T) {
	levels := []string{"minor", "major", "outage"}
	schema := &Schema{Entities: []EntityKind{{Kind: KindTeam}, {Kind: KindModel}}, Severities: levels}
	m, err := Fit(context.Background(), severe(800), &FitOptions{Schema: schema})
	if err != nil {
		t.Fatal(err)
	}
	if m.Severities == nil || m.Severities.Kind != KindTeam {
		t.Fatalf("learnt %+v", m.Severities)
	}
	given := func(team string) []SeverityChance {
		a, err := m.Assess(Change{ID: "c", Team: team}, nil)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for i, s := range a.Severities {
			sum += s.GivenFailure
			if s.Severity != levels[i] || math.Abs(s.Probability-s.GivenFailure*a.Probability) > 1e-15 || s.GivenFailure <= 0 {
				t.Errorf("team %s: %+v", team, a.Severities)
			}
		}
		if math.Abs(sum-1) > 1e-12 || !strings.Contains(a.String(), "if it fails: minor") {
			t.Errorf("team %s: shares add up to %v\n%s", team, sum, a)
		}
		return a.Severities
	}
	a, b, other := given("a"), given("b"), given("nobody")
	if a[0].GivenFailure < 0.9 || b[0].GivenFailure > 0.1 || math.Abs(b[1].GivenFailure-0.5) > 0.1 {
		t.Errorf("team a %+v, team b %+v", a, b)
	}
	if x := other[0].GivenFailure; math.Abs(x-0.5) > 0.05 {
		t.Errorf("an unknown team: %+v, want the shares of all", other)
	}
}

func TestSeveritiesOfNothing(t *testing.T) {
	h := severe(200)
	for i := range h {
		h[i].Severity = ""
	}
	m, err := Fit(context.Background(), h, nil)
	if err != nil || m.Severities != nil {
		t.Errorf("no severity stated: %+v, %v", m.Severities, err)
	}
	h[0].Severity = "bad"
	h[1].Severity = "bad" // of a success
	if _, err := Fit(context.Background(), h, nil); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "history[1].severity") {
		t.Errorf("severity of a success: %v", err)
	}
	h[1].Severity = ""
	if _, err := Fit(context.Background(), h, &FitOptions{Schema: &Schema{Severities: []string{"good"}}}); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "history[0].severity") {
		t.Errorf("severity that the schema does not have: %v", err)
	}
	if m, err = Fit(context.Background(), h, nil); err != nil || len(m.Severities.Levels) != 1 {
		t.Errorf("one level: %+v, %v", m.Severities, err)
	}
}
