package risk

import (
	"github.com/slackwater-go/slackwater/internal/validate"
)

// An Engine rates a change in its own way, as a value in [0, 1]: 0 no risk, 1 the greatest.
type Engine interface {
	Name() string
	Rate(c *Change) (Finding, error)
}

// A Finding is the value of one engine, with its reasons.
type Finding struct {
	Engine  string   `json:"engine"`
	Value   float64  `json:"value"`             // in [0, 1]
	Silent  bool     `json:"silent,omitempty"`  // the engine has nothing to say; Value does not count
	Reasons []string `json:"reasons,omitempty"` // in words
}

// Combine is the rule by which values become one.
type Combine string

const (
	First   Combine = "first"   // of the first that speaks
	Highest Combine = "highest" // the greatest
	Sum     Combine = "sum"     // all added, at most 1
)

func (c Combine) valid() bool { return c == First || c == Highest || c == Sum }

// of combines the values of those that speak; at is the index of the deciding one, or -1.
func (c Combine) of(list []Finding) (value float64, at int) {
	at = -1
	for i, f := range list {
		if f.Silent {
			continue
		}
		switch c {
		case First:
			return f.Value, i
		case Sum:
			value = min(1, value+f.Value)
		default:
			if at >= 0 && f.Value <= value {
				continue
			}
			value = f.Value
		}
		at = i
	}
	return value, at
}

// A Panel is several engines and the rule that combines them.
type Panel struct {
	Engines    []Engine
	Combine    Combine
	Thresholds [3]float64 // values from which on a change is Medium, High, VeryHigh
}

// A Verdict is the combined value and the value of every engine.
type Verdict struct {
	Value    float64   `json:"value"`
	Level    Level     `json:"level"`
	Rule     Combine   `json:"rule"`     // how the value came from the findings
	Decided  string    `json:"decided"`  // the engine that decided; "" where the sum did or all were silent
	Findings []Finding `json:"findings"` // of every engine, in order
}

// Rate asks every engine and combines their values by the panel's rule; all values are shown.
// Errors of all engines are joined; an engine whose value is outside [0, 1] is an error.
func (p *Panel) Rate(c *Change) (Verdict, error) {
	var l validate.List
	v := Verdict{Rule: p.Combine, Level: Low}
	if !p.Combine.valid() {
		l.Addf("combine", "must be %q, %q or %q, is %q", First, Highest, Sum, p.Combine)
	}
	if len(p.Engines) == 0 {
		l.Addf("engines", "are missing")
	}
	for i, e := range p.Engines {
		if e == nil {
			l.Addf(indexed("engines", i), "is nil")
			continue
		}
		f, err := e.Rate(c)
		if err != nil {
			l.Addf(indexed("engines", i), "%s: %v", e.Name(), err)
			continue
		}
		if !(f.Value >= 0 && f.Value <= 1) {
			l.Addf(indexed("engines", i), "%s: value must lie in [0, 1], is %v", e.Name(), f.Value)
		}
		f.Engine = e.Name()
		v.Findings = append(v.Findings, f)
	}
	if err := l.Err(); err != nil {
		return Verdict{}, err
	}
	value, at := p.Combine.of(v.Findings)
	v.Value = value
	if at >= 0 && p.Combine != Sum {
		v.Decided = v.Findings[at].Engine
	}
	for i, t := range p.Thresholds {
		if v.Value >= t {
			v.Level = Levels()[i+1]
		}
	}
	return v, nil
}
