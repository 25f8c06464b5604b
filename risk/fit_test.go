package risk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func fittedModel(t testing.TB, n int) (*Model, []Outcome) {
	t.Helper()
	h := invented(n, 5)
	m, err := Fit(context.Background(), h, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m, h
}

func TestFitRepeatsBitForBit(t *testing.T) {
	a, _ := fittedModel(t, 500)
	b, _ := fittedModel(t, 500)
	x, err1 := json.Marshal(a)
	y, err2 := json.Marshal(b)
	if err := errors.Join(err1, err2); err != nil || !bytes.Equal(x, y) {
		t.Errorf("two fits differ: %v", err)
	}
}

func TestModelSurvivesJSON(t *testing.T) {
	m, h := fittedModel(t, 500)
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	back, err := ReadModel(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	r1, _ := m.Rater(nil)
	r2, _ := back.Rater(nil)
	for _, o := range h[:50] {
		c := o.Change
		c.Start = m.Memory.AsOf.Add(time.Hour)
		x, err1 := r1.LogOdds(&c)
		y, err2 := r2.LogOdds(&c)
		if err := errors.Join(err1, err2); err != nil || x != y {
			t.Fatalf("%s: %v before, %v after, %v", c.ID, x, y, err)
		}
	}
	if _, err := ReadModel(strings.NewReader("{\n  \"version\": 1,\n  \"colour\": 2}")); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "line 3") {
		t.Errorf("unknown field: %v", err)
	}
}

func TestAssessOfAFittedModelAddsUpAndShowsItsEvidence(t *testing.T) {
	m, h := fittedModel(t, 800)
	r, err := m.Rater(nil)
	if err != nil {
		t.Fatal(err)
	}
	evidence := 0
	for _, o := range h[:100] {
		c := o.Change
		c.Start = m.Memory.AsOf.Add(30 * time.Minute)
		a, err := r.Assess(c)
		if err != nil {
			t.Fatal(err)
		}
		l, _ := r.LogOdds(&c)
		sum := a.Base
		for _, x := range a.Contributions {
			sum += x.Share
			for _, e := range x.Evidence {
				evidence++
				if !(e.Low < e.Rate && e.Rate < e.High) || e.Failures > e.Changes {
					t.Fatalf("evidence %v", e)
				}
			}
		}
		if sum != a.LogOdds || l != a.LogOdds {
			t.Fatalf("contributions %v, log-odds %v, fast %v", sum, a.LogOdds, l)
		}
	}
	if evidence == 0 {
		t.Error("no evidence shown")
	}
}

func TestSlotsEqualRatings(t *testing.T) {
	m, h := fittedModel(t, 800)
	r, err := m.Rater(nil)
	if err != nil {
		t.Fatal(err)
	}
	var starts []time.Time
	for i := range 40 {
		starts = append(starts, m.Memory.AsOf.Add(time.Duration(i*7-20)*time.Hour))
	}
	var changes []Change
	for _, o := range h[:30] {
		changes = append(changes, o.Change)
	}
	s, err := r.Slots(changes, starts)
	if err != nil {
		t.Fatal(err)
	}
	differ := false
	for i, c := range changes {
		for j, at := range starts {
			c.Start = at
			want, err := r.LogOdds(&c)
			if err != nil || s.LogOdds[i][j] != want {
				t.Fatalf("%s at %v: slot %v, rating %v, %v", c.ID, at, s.LogOdds[i][j], want, err)
			}
		}
		differ = differ || s.LogOdds[i][0] != s.LogOdds[i][25]
		if p := s.Points(i, 0.5); len(p) != len(starts) || p[0] != points(score(s.LogOdds[i][0].Probability(), 0.5)) {
			t.Fatalf("points %v", p)
		}
	}
	if !differ {
		t.Error("risk is the same at every hour")
	}
}

func TestBadHistory(t *testing.T) {
	good := func() []Outcome { return invented(60, 1) }
	for name, c := range map[string]struct {
		spoil func(h []Outcome) []Outcome
		want  string // in the error; "" means a stated fallback
	}{
		"outcome before change": {func(h []Outcome) []Outcome { h[3].KnownAt = h[3].Start.Add(-1); return h }, "history[3].known_at"},
		"repeated id":           {func(h []Outcome) []Outcome { h[4].ID = h[2].ID; return h }, "history[4].id"},
		"no start":              {func(h []Outcome) []Outcome { h[0].Start = time.Time{}; return h }, "history[0].start"},
		"NaN":                   {func(h []Outcome) []Outcome { h[5].Factors["size"] = math.NaN(); return h }, `history[5].factors["size"]`},
		"infinity":              {func(h []Outcome) []Outcome { h[5].Factors["size"] = math.Inf(1); return h }, `history[5].factors["size"]`},
		"a factor for every change": {func(h []Outcome) []Outcome {
			for i := range 1001 {
				h[i%len(h)].Factors[fmt.Sprint("only-", i)] = 1
			}
			return h
		}, "list those to use in a schema"},
		"a kind for every change": {func(h []Outcome) []Outcome {
			h[0].Entities = map[string][]string{}
			for i := range 1001 {
				h[0].Entities[fmt.Sprint("only-", i)] = nil
			}
			return h
		}, "list those to use in a schema"},
		"everything wrong": {func(h []Outcome) []Outcome {
			for i := range h {
				h[i].ID = ""
			}
			return h
		}, "40 faults more"},
		"all success": {func(h []Outcome) []Outcome {
			for i := range h {
				h[i].Failed = false
			}
			return h
		}, ""},
		"all failure": {func(h []Outcome) []Outcome {
			for i := range h {
				h[i].Failed = true
			}
			return h
		}, ""},
		"one row": {func(h []Outcome) []Outcome { return h[:1] }, ""},
		"no rows": {func(h []Outcome) []Outcome { return nil }, ""},
		"all at one time": {func(h []Outcome) []Outcome {
			for i := range h {
				h[i].Start, h[i].KnownAt = epoch, epoch
			}
			return h
		}, ""},
		"huge values": {func(h []Outcome) []Outcome { h[7].Factors["size"] = math.MaxFloat64; return h }, ""},
		"a column missing": {func(h []Outcome) []Outcome {
			for i := range h {
				h[i].Factors = nil
			}
			return h
		}, ""},
	} {
		m, err := Fit(context.Background(), c.spoil(good()), nil)
		switch {
		case c.want != "":
			if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: error %v does not name %s", name, err, c.want)
			}
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case !m.Evidence.LowEvidence:
			t.Errorf("%s: low evidence not stated", name)
		default:
			r, _ := m.Rater(nil)
			if l, err := r.LogOdds(&Change{ID: "c", Team: "team-1"}); err != nil || !finite(l.Float()) {
				t.Errorf("%s: rates %v, %v", name, l, err)
			}
		}
	}
}

func TestSchemaFaults(t *testing.T) {
	s := &Schema{
		Entities: []EntityKind{{Kind: "ci", Parent: "class"}, {Kind: "class", Parent: "ci"}, {Kind: "hour"}, {Kind: "team", Parent: "nobody"}},
		Factors:  []GivenFactor{{Name: "a"}, {Name: "a"}, {Scale: "cubic"}},
		Zone:     "Local",
	}
	err := s.Validate()
	for _, path := range []string{"entities[0].parent", "entities[1].parent", "entities[2].kind", "entities[3].parent", "factors[1].name", "factors[2].name", "factors[2].scale", "zone"} {
		if err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("no fault at %s: %v", path, err)
		}
	}
}

func TestShippedPriorLeavesSourcesOut(t *testing.T) {
	all, without := pool(findings(), nil), pool(findings(), []string{"openstack"})
	if reflect.DeepEqual(all, without) {
		t.Error("leaving a source out changes nothing")
	}
	if _, ok := without["churn"]; ok {
		t.Error("a role that only the left-out source has is still there")
	}
	again := pool(findings(), nil)
	if !reflect.DeepEqual(all, again) {
		t.Error("pooling changes the findings")
	}
}

// TestFittedModelKeepsToMonotoneFactors declares a factor monotone whose true effect is the
// other way round: raising it must not lower a rating all the same.
func TestFittedModelKeepsToMonotoneFactors(t *testing.T) {
	h := invented(900, 12)
	for i := range h {
		h[i].Factors["care"] = h[i].Factors["size"]
		h[i].Factors["size"] = 5 / (1 + h[i].Factors["size"])
	}
	m, err := Fit(context.Background(), h, &FitOptions{Schema: &Schema{
		Entities: []EntityKind{{Kind: KindTeam}, {Kind: KindCI}},
		Factors:  []GivenFactor{{Name: "size", Scale: Log, Monotone: true}, {Name: "care", Scale: Linear}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := m.Rater(nil)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		c := Change{ID: "c", Team: "team-1", CIs: []string{"ci-3"}, Factors: map[string]float64{"size": rapid.Float64Range(0, 1e6).Draw(t, "low")}}
		low, err1 := r.LogOdds(&c)
		c.Factors["size"] = rapid.Float64Range(c.Factors["size"], 1e7).Draw(t, "high")
		high, err2 := r.LogOdds(&c)
		if err := errors.Join(err1, err2); err != nil || high < low {
			t.Fatalf("raising size from %v to %v: %v", low, high, err)
		}
	})
}
