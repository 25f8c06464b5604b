package risk

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// An Assessment is a rating with its reasons.
type Assessment struct {
	Change        string         `json:"change"`
	Probability   float64        `json:"probability"`     // of failure, in [0, 1]
	LogOdds       LogOdds        `json:"log_odds"`        // of failure: Base plus all Contributions, exactly
	Base          LogOdds        `json:"base"`            // the model's intercept
	Contributions []Contribution `json:"contributions"`   // largest first; those that say nothing are left out
	Impact        float64        `json:"impact"`          // in [0, 1], if it fails
	Reached       []Reached      `json:"reached"`         // what makes up the impact, largest first
	Score         float64        `json:"score"`           // Probability × Impact × 100, in [0, 100]
	Level         Level          `json:"level"`           // band of Score
	Points        int64          `json:"points"`          // Score in hundredths, rounded: the integer that a schedule budgets
	Notes         []string       `json:"notes,omitempty"` // what was not known

	Severities []SeverityChance `json:"severities,omitempty"` // of a model that knows severities: how bad it may be
}

// A Contribution is what one factor adds to the log-odds of failure.
type Contribution struct {
	Factor string  `json:"factor"`
	Value  float64 `json:"value"`  // as observed, before scaling
	Weight float64 `json:"weight"` // log-odds per unit of the centred, scaled value
	Share  LogOdds `json:"share"`  // log-odds added
	Words  string  `json:"words"`

	Evidence []EntityEvidence `json:"evidence,omitempty"` // of a rate: what is known of the entities behind it
}

// Reached is a CI that a failure of the change reaches.
type Reached struct {
	CI          string  `json:"ci"`
	Distance    int     `json:"distance"` // 0: touched directly
	Criticality int     `json:"criticality"`
	Share       float64 `json:"share"` // chance, given failure, that this CI alone suffers: weight × decay^distance
}

// Assess rates c. It reports an error that matches [ErrInvalid] where m is not valid, where c has
// no ID, a factor that m does not know, or a value outside the factor's range. Raising the
// value of a factor declared monotone never lowers Probability, Score or Points. The result depends on
// nothing but its arguments and is the same, bit for bit, on every platform.
// Cost is linear in the factors and in the CIs that the change reaches, plus the check of the model, which
// for a fitted model walks all it remembers: to rate many changes make a [Rater] once.
func (m *Model) Assess(c Change, t Topology) (Assessment, error) {
	r, err := m.Rater(t)
	if err != nil {
		return Assessment{}, err
	}
	return r.Assess(c)
}

// Assess rates c like [Model.Assess], with a model that was checked before.
func (r *Rater) Assess(c Change) (Assessment, error) {
	m := r.m
	if err := m.check(&c); err != nil {
		return Assessment{}, err
	}
	a := Assessment{Change: c.ID, Base: logOdds(m.Intercept)}
	a.Reached = m.reached(&c, r.t)
	a.Impact = 1
	if r.t != nil && len(c.CIs) > 0 {
		a.Impact = impactOf(a.Reached)
	} else {
		a.Notes = append(a.Notes, "no CI graph or no CIs: impact taken as 1")
	}
	if missing := unknown(c.CIs, r.t); len(missing) > 0 {
		a.Impact = 1
		a.Notes = append(a.Notes, "the CI graph does not know "+strings.Join(missing, ", ")+": impact taken as 1")
	}
	if m.Evidence != nil && m.Evidence.LowEvidence {
		a.Notes = append(a.Notes, fmt.Sprintf("low evidence: fitted to %d failures in %d changes", m.Evidence.Failures, m.Evidence.Changes))
	}
	a.LogOdds = a.Base
	for i := range m.Factors {
		f := &m.Factors[i]
		x, known := r.value(i, &c, a.Reached)
		if !known {
			continue
		}
		v, _ := f.scaled(x)
		share := f.share(v)
		a.LogOdds += share
		if share != 0 {
			a.Contributions = append(a.Contributions, Contribution{Factor: f.Name, Value: x, Weight: f.Weight / f.spread(), Share: share, Words: f.words(), Evidence: r.evidence(i, &c)})
		}
	}
	slices.SortFunc(a.Contributions, func(x, y Contribution) int {
		return cmp.Or(cmp.Compare(abs(y.Share), abs(x.Share)), cmp.Compare(x.Factor, y.Factor))
	})
	a.Probability = a.LogOdds.Probability()
	a.Severities = r.severities(&c, a.Probability)
	a.Score = score(a.Probability, a.Impact)
	a.Level = m.LevelOf(a.Score)
	a.Points = points(a.Score)
	return a, nil
}

// unknown returns the CIs that the topology says it does not have, each once, sorted.
func unknown(cis []string, t Topology) []string {
	known, ok := t.(interface{ Has(ci string) bool })
	if !ok {
		return nil
	}
	var out []string
	for _, ci := range cis {
		if !known.Has(ci) {
			out = append(out, ci)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// LevelOf returns the level of a score.
func (m *Model) LevelOf(score float64) Level {
	level := Low
	for i, t := range m.Thresholds {
		if score >= t {
			level = Levels()[i+1]
		}
	}
	return level
}

// check reports every fault of c as input of m.
func (m *Model) check(c *Change) error {
	var l validate.List
	if c.ID == "" {
		l.Addf("id", "is missing")
	}
	for i, ci := range c.CIs {
		if ci == "" {
			l.Addf(fmt.Sprintf("cis[%d]", i), "is empty")
		}
	}
	if !c.End.IsZero() && c.End.Before(c.Start) {
		l.Addf("end", "lies before start")
	}
	good := 0
	for i := range m.Factors {
		if x, ok := c.Factors[m.Factors[i].Name]; ok {
			if _, in := m.Factors[i].scaled(x); in {
				good++
			}
		}
	}
	if good < len(c.Factors) {
		m.factorFaults(c, &l)
	}
	return l.Err()
}

func (m *Model) factorFaults(c *Change, l *validate.List) {
	for _, name := range sortedKeys(c.Factors) {
		i := slices.IndexFunc(m.Factors, func(f Factor) bool { return f.Name == name })
		if i < 0 {
			l.Addf(keyed("factors", name), "is not a factor of this model; it takes %q", m.given())
		} else if _, ok := m.Factors[i].scaled(c.Factors[name]); !ok {
			l.Addf(keyed("factors", name), "must be a finite number%s, is %v", unitRange(m.Factors[i].Scale), c.Factors[name])
		}
	}
}

func unitRange(s Scale) string {
	if s == Unit {
		return " from 0 to 1"
	}
	return ""
}

// given lists the factors that a change may set, in model order.
func (m *Model) given() []string {
	var names []string
	for _, f := range m.Factors {
		if f.Source == Given {
			names = append(names, f.Name)
		}
	}
	return names
}

func indicator(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func abs(l LogOdds) LogOdds { return max(l, -l) }
