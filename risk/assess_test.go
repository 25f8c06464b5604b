package risk

import (
	"errors"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// chain is a Topology of fixed answers: distance by CI, criticality by CI.
type chain struct {
	reach map[string]map[string]int
	crit  map[string]int
}

func (c chain) Impacted(ci string) iter.Seq2[string, int] { return maps.All(c.reach[ci]) }
func (c chain) Criticality(ci string) int                 { return c.crit[ci] }

func shop() chain {
	return chain{
		reach: map[string]map[string]int{"db": {"orders": 1, "shop": 2}, "orders": {"shop": 1}},
		crit:  map[string]int{"db": 4, "orders": 3, "shop": 5},
	}
}

func TestAssessAddsUp(t *testing.T) {
	m := Default()
	given := m.given()
	rapid.Check(t, func(t *rapid.T) {
		c := Change{
			ID:      "c",
			Type:    rapid.SampledFrom([]string{"", Standard, Normal, Expedited, Emergency, "other"}).Draw(t, "type"),
			CIs:     rapid.SliceOf(rapid.SampledFrom([]string{"db", "orders", "shop", "unknown"})).Draw(t, "cis"),
			Factors: rapid.MapOf(rapid.SampledFrom(given), rapid.Float64Range(0, 1)).Draw(t, "factors"),
			Start:   time.Unix(rapid.Int64Range(0, 1<<32).Draw(t, "start"), 0),
		}
		a, err := m.Assess(c, shop())
		if err != nil {
			t.Fatal(err)
		}
		sum := a.Base
		for _, x := range a.Contributions {
			sum += x.Share
		}
		if sum != a.LogOdds {
			t.Fatalf("base and contributions make %v, log-odds are %v", sum, a.LogOdds)
		}
		if a.Probability <= 0 || a.Probability >= 1 || a.Impact < 0 || a.Impact > 1 || a.Score != a.Probability*a.Impact*100 {
			t.Fatalf("P %v, impact %v, score %v", a.Probability, a.Impact, a.Score)
		}
		shuffled := c
		shuffled.CIs = append(slices.Clone(c.CIs), c.CIs...)
		slices.Reverse(shuffled.CIs)
		b, err := m.Assess(shuffled, shop())
		if err != nil || a.String() != b.String() {
			t.Fatalf("order or repeats of CIs matter: %v\n%v\n%v", err, a, b)
		}
	})
}

func TestRaisingAMonotoneFactorNeverLowersTheScore(t *testing.T) {
	m := Default()
	var monotone []string
	for _, f := range m.Factors {
		if f.Monotone && f.Source == Given {
			monotone = append(monotone, f.Name)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		low := Change{ID: "c", CIs: []string{"db"}, Factors: rapid.MapOf(rapid.SampledFrom(m.given()), rapid.Float64Range(0, 1)).Draw(t, "factors")}
		high := low
		high.Factors = maps.Clone(low.Factors)
		name := rapid.SampledFrom(monotone).Draw(t, "factor")
		high.Factors[name] = rapid.Float64Range(low.Factors[name], 1).Draw(t, "raised")
		a, err1 := m.Assess(low, shop())
		b, err2 := m.Assess(high, shop())
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		if b.Probability < a.Probability || b.Score < a.Score || b.Points < a.Points {
			t.Fatalf("raising %s from %v to %v lowers the score: %v to %v", name, low.Factors[name], high.Factors[name], a.Score, b.Score)
		}
	})
}

func TestAssessReportsEveryFault(t *testing.T) {
	_, err := Default().Assess(Change{
		CIs: []string{"a", ""}, Start: time.Unix(10, 0), End: time.Unix(5, 0),
		Factors: map[string]float64{"novlety": 1, "untested": 1.5},
	}, nil)
	if !errors.Is(err, ErrInvalid) {
		t.Fatalf("error %v does not match ErrInvalid", err)
	}
	for _, path := range []string{"id: ", "cis[1]: ", "end: ", `factors["novlety"]: `, `factors["untested"]: `} {
		if !strings.Contains(err.Error(), path) {
			t.Errorf("no fault at %q in %v", path, err)
		}
	}
}

func TestModelValidate(t *testing.T) {
	if err := Default().Validate(); err != nil {
		t.Fatal(err)
	}
	var zero Model
	if err := zero.Validate(); !errors.Is(err, ErrInvalid) {
		t.Errorf("the zero Model is accepted: %v", err)
	}
	for name, spoil := range map[string]func(*Model){
		"factors[1].name":   func(m *Model) { m.Factors[1].Name = m.Factors[0].Name },
		"factors[0].weight": func(m *Model) { m.Factors[0].Weight = -1 },
		"factors[0].source": func(m *Model) { m.Factors[0].Source = "moon" },
		"factors[5].source": func(m *Model) { m.Factors[5].Source = HourIn + "25-30" },
		"factors[3].scale":  func(m *Model) { m.Factors[3].Scale = Unit },
		"zone":              func(m *Model) { m.Zone = "Mars/Olympus" },
		"impact.weights[2]": func(m *Model) { m.Impact.Weights[2] = 0 },
		"impact.decay":      func(m *Model) { m.Impact.Decay = 2 },
		"thresholds[1]":     func(m *Model) { m.Thresholds[1] = 0 },
	} {
		m := Default()
		spoil(m)
		if err := m.Validate(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("fault at %s not reported: %v", name, err)
		}
	}
}
