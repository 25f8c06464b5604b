package risk

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func rules() *Rules {
	return &Rules{Combine: Highest, Rules: []Rule{
		{"touches a database", func(c *Change) bool { return slices.Contains(c.CIs, "db") }, 0.6},
		{"emergency", func(c *Change) bool { return c.Type == Emergency }, 0.8},
		{"at night", func(c *Change) bool { return c.Start.Hour() >= 22 }, 0.3},
	}}
}

func TestRulesCombine(t *testing.T) {
	c := &Change{ID: "c", Type: Emergency, CIs: []string{"db"}, Start: epoch.Add(23 * time.Hour)}
	for combine, want := range map[Combine]float64{First: 0.6, Highest: 0.8, Sum: 1} {
		r := rules()
		r.Combine = combine
		f, err := r.Rate(c)
		if err != nil || f.Value != want || len(f.Reasons) != 3 {
			t.Errorf("%s: %+v, %v; want %v", combine, f, err, want)
		}
	}
	if f, err := rules().Rate(&Change{ID: "c"}); err != nil || !f.Silent {
		t.Errorf("no rule holds: %+v, %v", f, err)
	}
}

func TestQuestionnaire(t *testing.T) {
	q := &Questionnaire{[]Question{{"novelty", "How new?", 3}, {"untested", "How untested?", 1}, {"spread", "How wide?", 9}}}
	f, err := q.Rate(&Change{ID: "c", Factors: map[string]float64{"novelty": 1, "untested": 0.2}})
	if want := (3*1 + 0.2) / 4; err != nil || f.Value != want {
		t.Errorf("value %v, %v; want %v", f.Value, err, want)
	}
	if f, _ := q.Rate(&Change{ID: "c"}); !f.Silent {
		t.Error("speaks without answers")
	}
	if _, err := q.Rate(&Change{ID: "c", Factors: map[string]float64{"spread": 7}}); err == nil {
		t.Error("an answer of 7 is accepted")
	}
}

func fixed(x float64) func(*Change) (float64, error) {
	return func(*Change) (float64, error) { return x, nil }
}

func TestMatrix(t *testing.T) {
	m := &Matrix{fixed(0.04), fixed(0.7), []float64{0.02, 0.1}, []float64{0.3, 0.6}, [][]float64{{0, 0.2, 0.4}, {0.2, 0.5, 0.7}, {0.4, 0.7, 1}}}
	f, err := m.Rate(&Change{ID: "c"})
	if err != nil || f.Value != 0.7 {
		t.Errorf("%+v, %v", f, err)
	}
	m.Cells[1][2] = 0.1 // more likely, but less risk than its neighbour
	if _, err := m.Rate(&Change{ID: "c"}); err == nil || !strings.Contains(err.Error(), "cells[1][2]") {
		t.Errorf("a matrix that falls is accepted: %v", err)
	}
}

func TestPanelShowsEveryEngine(t *testing.T) {
	r, err := Default().Rater(shop())
	if err != nil {
		t.Fatal(err)
	}
	p := &Panel{
		Engines:    []Engine{rules(), &Questionnaire{[]Question{{"difficulty", "How hard?", 1}}}, Statistical{Rater: r}},
		Combine:    Highest,
		Thresholds: [3]float64{0.2, 0.5, 0.8},
	}
	c := &Change{ID: "c", CIs: []string{"db"}, Factors: map[string]float64{"difficulty": 0.4}}
	v, err := p.Rate(c)
	if err != nil {
		t.Fatal(err)
	}
	if len(v.Findings) != 3 || v.Decided != "rules" || v.Value != 0.6 || v.Level != High || v.Rule != Highest {
		t.Errorf("%+v", v)
	}
	if a, _ := r.Assess(Change{ID: "c", CIs: []string{"db"}}); v.Findings[2].Value != a.Probability {
		t.Errorf("the statistical engine says %v, the model %v", v.Findings[2].Value, a.Probability)
	}
	p.Combine = "loudest"
	if _, err := p.Rate(c); !errors.Is(err, ErrInvalid) {
		t.Errorf("error is %v", err)
	}
}

func TestLowerIsTheLeastChange(t *testing.T) {
	r, err := Default().Rater(shop())
	if err != nil {
		t.Fatal(err)
	}
	c := Change{ID: "c", CIs: []string{"db"}, Start: epoch.Add(21 * time.Hour), End: epoch.Add(22 * time.Hour), Factors: map[string]float64{"untested": 1, "novelty": 0.9}}
	before, err := r.Assess(c)
	if err != nil {
		t.Fatal(err)
	}
	list, err := r.Lower(c, Levers{Starts: []time.Time{epoch.Add(10 * time.Hour), epoch.Add(22 * time.Hour)}, Teams: []string{"b"}})
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, x := range list {
		kinds = append(kinds, x.Factor)
		a, err := r.Assess(x.Change)
		if err != nil || a.LogOdds != x.LogOdds || a.Score >= before.Score || x.Crosses != (a.Level != before.Level) {
			t.Errorf("%+v: rated %+v, %v", x, a, err)
		}
		if x.Crosses && x.Factor == "novelty" {
			more := x.Change
			more.Factors = map[string]float64{"untested": 1, "novelty": x.Change.Factors["novelty"] + 1e-6}
			if a, _ := r.Assess(more); a.Level != before.Level {
				t.Errorf("novelty %v was not the least change", x.Change.Factors["novelty"])
			}
		}
	}
	slices.Sort(kinds)
	if !slices.Equal(kinds, []string{"novelty", "start", "untested"}) {
		t.Errorf("remedies %v", kinds)
	}
}

func TestNearest(t *testing.T) {
	h := []Outcome{
		{Change: Change{ID: "a", Start: epoch, Team: "x", CIs: []string{"rare"}}, Failed: true},
		{Change: Change{ID: "b", Start: epoch.Add(1), Team: "x", CIs: []string{"common"}}},
		{Change: Change{ID: "c", Start: epoch.Add(2), Team: "x", CIs: []string{"common"}}},
		{Change: Change{ID: "d", Start: epoch.Add(3), Team: "y", CIs: []string{"rare", "common"}}, KnownAt: epoch.Add(time.Hour)},
	}
	got := Nearest(Change{ID: "new", Team: "x", CIs: []string{"rare"}}, h, 3, epoch.Add(time.Minute))
	if len(got) != 3 || got[0].ID != "a" || got[0].Likeness != 1 || !got[0].Failed || got[1].ID != "c" {
		t.Errorf("%+v", got)
	}
	if Nearest(Change{ID: "new"}, h, 0, time.Time{}) != nil {
		t.Error("asked for none")
	}
}

func TestPolicy(t *testing.T) {
	p := DefaultPolicy()
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	for i, level := range Levels() {
		if h, ok := p.For(level); !ok || h.Level != level || i > 0 && len(h.Approval) == 0 {
			t.Errorf("%s: %+v", level, h)
		}
	}
	p.Handlings[3].Lead = 0
	if err := p.Validate(); !errors.Is(err, ErrInvalid) {
		t.Errorf("a greater risk with less lead is accepted: %v", err)
	}
}
