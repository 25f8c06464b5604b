package risk

import (
	"fmt"
	"math"
	"slices"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// Statistical is the engine of a fitted or default model: its value is P(failure), or with
// WithImpact the score ÷ 100.
type Statistical struct {
	Rater      *Rater
	WithImpact bool
}

func (s Statistical) Name() string { return "statistical" }

// Rate rates c by the model and gives its contributions as reasons. Factors that the model
// does not know, such as answers to a questionnaire, are not its business here.
func (s Statistical) Rate(c *Change) (Finding, error) {
	d := *c
	d.Factors = map[string]float64{}
	for k, v := range c.Factors {
		if slices.ContainsFunc(s.Rater.m.Factors, func(f Factor) bool { return f.Name == k }) {
			d.Factors[k] = v
		}
	}
	a, err := s.Rater.Assess(d)
	if err != nil {
		return Finding{}, err
	}
	f := Finding{Value: a.Probability}
	if s.WithImpact {
		f.Value = min(1, a.Score/100)
	}
	for _, x := range a.Contributions {
		f.Reasons = append(f.Reasons, fmt.Sprintf("%v %s", x.Share, x.Words))
	}
	return f, nil
}

// A Matrix rates by likelihood × impact, both in [0, 1] and cut into bands.
type Matrix struct {
	Likelihood, Impact func(c *Change) (float64, error)
	Rows               []float64   // upper ends of the likelihood bands but the last, rising
	Columns            []float64   // upper ends of the impact bands but the last, rising
	Cells              [][]float64 // value by likelihood band and impact band; never falling along either
}

func (m *Matrix) Name() string { return "matrix" }

// Rate looks up the cell of c.
func (m *Matrix) Rate(c *Change) (Finding, error) {
	if err := m.validate(); err != nil {
		return Finding{}, err
	}
	p, err := m.Likelihood(c)
	if err != nil {
		return Finding{}, err
	}
	i, err := m.Impact(c)
	if err != nil {
		return Finding{}, err
	}
	if !finite(p) || !finite(i) {
		return Finding{}, fmt.Errorf("likelihood %v and impact %v must be finite", p, i)
	}
	row, col := band(m.Rows, p), band(m.Columns, i)
	return Finding{Value: m.Cells[row][col], Reasons: []string{
		fmt.Sprintf("likelihood %.3f is band %d of %d", p, row+1, len(m.Rows)+1),
		fmt.Sprintf("impact %.3f is band %d of %d", i, col+1, len(m.Columns)+1),
	}}, nil
}

// band is the number of upper ends that x has passed.
func band(ends []float64, x float64) int {
	n := 0
	for n < len(ends) && x >= ends[n] {
		n++
	}
	return n
}

func (m *Matrix) validate() error {
	var l validate.List
	if m.Likelihood == nil || m.Impact == nil {
		l.Addf("matrix", "needs a likelihood and an impact")
	}
	rising(&l, "rows", m.Rows)
	rising(&l, "columns", m.Columns)
	if len(m.Cells) != len(m.Rows)+1 {
		l.Addf("cells", "must have %d rows, has %d", len(m.Rows)+1, len(m.Cells))
	}
	for i, row := range m.Cells {
		if len(row) != len(m.Columns)+1 {
			l.Addf(indexed("cells", i), "must have %d columns, has %d", len(m.Columns)+1, len(row))
		}
		for j, x := range row {
			if !(x >= 0 && x <= 1) || j > 0 && x < row[j-1] || i > 0 && j < len(m.Cells[i-1]) && x < m.Cells[i-1][j] {
				l.Addf(fmt.Sprintf("cells[%d][%d]", i, j), "must lie in [0, 1] and not fall below its neighbours of less risk, is %v", x)
			}
		}
	}
	return l.Err()
}

func rising(l *validate.List, name string, ends []float64) {
	for i, x := range ends {
		if !(x > 0 && x < 1) || i > 0 && x <= ends[i-1] {
			l.Addf(indexed(name, i), "must rise within (0, 1), is %v", x)
		}
	}
}

// A Rule applies its value where its condition holds.
type Rule struct {
	Name  string               // in words: "touches a payment system"
	When  func(c *Change) bool // the condition
	Value float64              // in [0, 1]
}

// Rules rate by conditions, combined by a rule.
type Rules struct {
	Rules   []Rule
	Combine Combine
}

func (r *Rules) Name() string { return "rules" }

// Rate applies the rules in order; where none holds, the engine is silent.
func (r *Rules) Rate(c *Change) (Finding, error) {
	var l validate.List
	if !r.Combine.valid() {
		l.Addf("combine", "must be %q, %q or %q, is %q", First, Highest, Sum, r.Combine)
	}
	out := Finding{Silent: true}
	var hits []Finding
	for i, rule := range r.Rules {
		if rule.When == nil || !(rule.Value >= 0 && rule.Value <= 1) {
			l.Addf(indexed("rules", i), "needs a condition and a value in [0, 1]")
			continue
		}
		if rule.When(c) {
			hits = append(hits, Finding{Value: rule.Value})
			out.Reasons = append(out.Reasons, fmt.Sprintf("%s: %.2f", rule.Name, rule.Value))
			out.Silent = false
		}
	}
	out.Value, _ = r.Combine.of(hits)
	return out, l.Err()
}

// A Question has answers with values; its weight says how much it counts.
type Question struct {
	Factor string  // the answer is Change.Factors[Factor], in [0, 1]
	Text   string  // in words
	Weight float64 // not negative
}

// A Questionnaire is the weighted mean of the answers given, and silent without any.
type Questionnaire struct{ Questions []Question }

func (q *Questionnaire) Name() string { return "questionnaire" }

// Rate is Σ weight × answer ÷ Σ weight over the questions that c answers.
func (q *Questionnaire) Rate(c *Change) (Finding, error) {
	var l validate.List
	sum, total := 0.0, 0.0
	var out Finding
	for i, x := range q.Questions {
		if !(x.Weight >= 0) || math.IsInf(x.Weight, 0) {
			l.Addf(indexed("questions", i)+".weight", "must not be negative, is %v", x.Weight)
			continue
		}
		a, ok := c.Factors[x.Factor]
		if !ok {
			continue
		}
		if !(a >= 0 && a <= 1) {
			l.Addf(keyed("factors", x.Factor), "must be an answer from 0 to 1, is %v", a)
			continue
		}
		sum += float64(x.Weight * a)
		total += x.Weight
		out.Reasons = append(out.Reasons, fmt.Sprintf("%s: %.2f × weight %.2f", x.Text, a, x.Weight))
	}
	if total > 0 {
		out.Value = min(1, sum/total)
	}
	out.Silent = total == 0
	return out, l.Err()
}
