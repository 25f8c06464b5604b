package risk

import (
	"fmt"
	"math"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// ModelVersion is the version of the JSON form of [Model] that this release writes.
const ModelVersion = 1

// A Model rates changes: the log-odds of failure are Intercept plus one contribution for
// each factor. The zero Model is not valid; start from [Default] or [Fit].
// A Model is read-only once built and safe for concurrent use.
type Model struct {
	Version    int         `json:"version"`
	Intercept  float64     `json:"intercept"` // log-odds of failure where every factor is at its centre
	Factors    []Factor    `json:"factors"`
	Zone       string      `json:"zone,omitempty"` // IANA zone in which hours are read; "" is UTC
	Impact     ImpactScale `json:"impact"`
	Thresholds [3]float64  `json:"thresholds"`           // scores from which on a change is Medium, High, VeryHigh
	Memory     *Memory     `json:"memory,omitempty"`     // of a fitted model: what it knows of teams, CIs, …
	Evidence   *Evidence   `json:"evidence,omitempty"`   // of a fitted model: what it rests on
	Severities *Severities `json:"severities,omitempty"` // how bad failures are, where the history says
}

// An ImpactScale turns the CIs that a failure can reach into an impact in [0, 1]:
// 1 − Π (1 − Weights[criticality] × Decay^distance) over all of them.
type ImpactScale struct {
	Weights [5]float64 `json:"weights"` // for criticality 1 to 5, each in [0, 1], never falling
	Decay   float64    `json:"decay"`   // in [0, 1], for each step of distance
}

// Default returns the model that is used where nothing is known: a base rate of 3 %, and
// weights on the cautious side of what public change histories show. Weekday has no weight:
// those histories do not bear out that Fridays are riskier. Fit it to your own history
// as soon as there is one.
func Default() *Model {
	return &Model{
		Version:   ModelVersion,
		Intercept: -3.5,
		Factors: []Factor{
			{Name: "emergency", Source: TypeIs + Emergency, Weight: 0.9, Monotone: true, Words: "emergency change"},
			{Name: "expedited", Source: TypeIs + Expedited, Weight: 0.4, Monotone: true, Words: "expedited change"},
			{Name: "standard", Source: TypeIs + Standard, Weight: -0.7, Words: "standard change, done before"},
			{Name: "ci-count", Source: CICount, Scale: Log, Center: math.Ln2, Weight: 0.25, Monotone: true, Words: "number of CIs touched"},
			{Name: "reach", Source: ReachCount, Scale: Log, Weight: 0.1, Monotone: true, Words: "CIs that depend on what is touched"},
			{Name: "night", Source: HourIn + "20-24", Weight: 0.2, Words: "starts late in the evening"},
			{Name: "complexity", Source: Given, Weight: 0.8, Monotone: true},
			{Name: "novelty", Source: Given, Weight: 0.8, Monotone: true, Words: "first time of its kind"},
			{Name: "untested", Source: Given, Weight: 0.7, Monotone: true, Words: "share not tested"},
			{Name: "no-backout", Source: Given, Weight: 0.4, Monotone: true, Words: "no proven way back"},
			{Name: "crowding", Source: Given, Weight: 0.2, Monotone: true, Words: "other changes at the same time"},
			{Name: "recent-failure", Source: Given, Weight: 0.7, Monotone: true, Words: "a failure on the same CI in the last hours"},
		},
		Impact:     ImpactScale{Weights: [5]float64{0.02, 0.05, 0.12, 0.3, 0.6}, Decay: 0.5},
		Thresholds: [3]float64{1, 3, 8},
	}
}

// Validate reports every fault of m, each with its path.
func (m *Model) Validate() error {
	var l validate.List
	if m.Version != ModelVersion {
		l.Addf("version", "must be %d, is %d", ModelVersion, m.Version)
	}
	if !finite(m.Intercept) || math.Abs(m.Intercept) > maxLogOdds {
		l.Addf("intercept", "must be log-odds between -%d and %d, is %v", maxLogOdds, maxLogOdds, m.Intercept)
	}
	seen := map[string]int{}
	for i := range m.Factors {
		m.Factors[i].validate(fmt.Sprintf("factors[%d]", i), m, &l)
		if j, dup := seen[m.Factors[i].Name]; dup {
			l.Addf(fmt.Sprintf("factors[%d].name", i), "%q is already the name of factors[%d]; names must differ", m.Factors[i].Name, j)
		}
		seen[m.Factors[i].Name] = i
	}
	if _, err := zone(m.Zone); err != nil {
		l.Addf("zone", "%q is not an IANA zone: %v", m.Zone, err)
	}
	m.Impact.validate(&l)
	if m.Memory != nil {
		m.Memory.validate(&l)
	}
	if m.Severities != nil {
		m.Severities.validate(&l)
	}
	for i, t := range m.Thresholds {
		if !finite(t) || t < 0 || t > 100 {
			l.Addf(fmt.Sprintf("thresholds[%d]", i), "must be a score from 0 to 100, is %v", t)
		} else if i > 0 && t < m.Thresholds[i-1] {
			l.Addf(fmt.Sprintf("thresholds[%d]", i), "must not be below thresholds[%d], is %v", i-1, t)
		}
	}
	return l.Err()
}

func (f *Factor) validate(path string, m *Model, l *validate.List) {
	if f.Name == "" {
		l.Addf(path+".name", "is missing")
	}
	switch kind, arg := f.Source.of(); kind {
	case Given, CICount, ReachCount:
		if (kind == CICount || kind == ReachCount) && f.Scale == Unit {
			l.Addf(path+".scale", "must be %q or %q for a count", Log, Linear)
		}
	case TypeIs:
		if arg == "" {
			l.Addf(path+".source", "names no change type; write \"type=emergency\"")
		}
	case HourIn:
		if _, ok := parseHours(arg); !ok {
			l.Addf(path+".source", "must be \"hour=FROM-TO\" with 0 <= FROM < TO <= 24, optionally @weekend or @weekday, is %q", f.Source)
		}
	case RateOf, RateMeanOf, VolumeOf, SinceFailOf, SinceOf:
		if m.Memory.kind(arg) == nil {
			l.Addf(path+".source", "needs a memory of kind %q; fit the model to a history", arg)
		}
		if f.Scale == Unit || f.Scale == Log && (kind == RateOf || kind == RateMeanOf) {
			l.Addf(path+".scale", "must be %q, or for other sources than rates %q", Linear, Log)
		}
	case CrowdIn:
		if arg != "1h" && arg != "24h" {
			l.Addf(path+".source", "must be \"crowd=1h\" or \"crowd=24h\", is %q", f.Source)
		}
	default:
		l.Addf(path+".source", "is unknown: %q", f.Source)
	}
	if f.Scale != Unit && f.Scale != Linear && f.Scale != Log {
		l.Addf(path+".scale", "is unknown: %q; use \"\", %q or %q", f.Scale, Linear, Log)
	}
	if !finite(f.Weight) || math.Abs(f.Weight) > maxLogOdds {
		l.Addf(path+".weight", "must lie between -%d and %d, is %v", maxLogOdds, maxLogOdds, f.Weight)
	}
	if f.Monotone && f.Weight < 0 {
		l.Addf(path+".weight", "must not be negative for a monotone factor, is %v", f.Weight)
	}
	if !finite(f.Center) {
		l.Addf(path+".center", "must be finite, is %v", f.Center)
	}
	if !finite(f.Spread) || f.Spread < 0 || f.Spread > 0 && f.Spread < 1e-9 {
		l.Addf(path+".spread", "must be 0 (meaning 1) or positive, is %v", f.Spread)
	}
}

func (s *ImpactScale) validate(l *validate.List) {
	for i, w := range s.Weights {
		if !(w >= 0 && w <= 1) {
			l.Addf(fmt.Sprintf("impact.weights[%d]", i), "must lie in [0, 1], is %v", w)
		} else if i > 0 && w < s.Weights[i-1] {
			l.Addf(fmt.Sprintf("impact.weights[%d]", i), "must not be below that of a lower criticality, is %v", w)
		}
	}
	if !(s.Decay >= 0 && s.Decay <= 1) {
		l.Addf("impact.decay", "must lie in [0, 1], is %v", s.Decay)
	}
}
