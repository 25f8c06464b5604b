package risk

import (
	"context"
	"math"
	"slices"
	"strings"
)

// A Coefficient is what one history says of one role: log-odds per standard deviation of
// the column, with its standard error. Package risk ships such findings, so that a new
// user starts from what other histories share; see [Coefficients].
type Coefficient struct {
	Source string  `json:"source"` // which history
	Role   string  `json:"role"`
	Weight float64 `json:"weight"`
	Error  float64 `json:"error"`
	Center float64 `json:"center"` // mean and standard deviation of the column there
	Spread float64 `json:"spread"`
}

// Spreads in log-odds per standard deviation: between sources at the least, and where one source
// cannot tell; and of the common mean around zero.
const (
	leastBetween = 0.05
	loneBetween  = 0.15
	aroundZero   = 0.15
)

// A shrunk rate comes as log-odds already: alone and perfectly shrunk its coefficient would be
// 1 a unit. Half of that is assumed before any source is heard, as rates overlap.
const (
	rateWeight = 0.5
	rateSpread = 0.25
)

// shipped holds the coefficients that a fit starts from, by role.
type shipped map[string]role

type role struct {
	weight         float64 // per spread of the column, or of a rate per unit
	center, spread float64
}

func isRate(role string) bool { return strings.HasSuffix(role, ":rate") }

// per returns the prior mean of a column's standardised coefficient, one of n columns of its role.
func (s shipped) per(name string, spread, n float64) float64 {
	w := s[name].weight
	if isRate(name) {
		if _, ok := s[name]; !ok {
			w = rateWeight
		}
		w *= spread
	}
	return w / n
}

// pool combines the findings of all sources but those in without, role by role, by a
// random-effects meta-analysis (DerSimonian and Laird 1986) that shrinks to zero what the
// sources do not agree on.
func pool(list []Coefficient, without []string) shipped {
	by := map[string][]Coefficient{}
	for _, c := range list {
		if !slices.Contains(without, c.Source) {
			by[c.Role] = append(by[c.Role], c)
		}
	}
	s := shipped{}
	for name, found := range by {
		mean, around := 0.0, aroundZero
		if isRate(name) {
			mean, around = rateWeight, rateSpread
			for i, c := range found {
				found[i].Weight, found[i].Error = c.Weight/c.Spread, c.Error/c.Spread
			}
		}
		between := betweenSources(found)
		r := role{weight: mean / (around * around)}
		sum, shape := 1/(around*around), 0.0
		for _, c := range found {
			w := 1 / (between*between + c.Error*c.Error)
			r.weight += w * c.Weight
			r.center += c.Center
			r.spread += c.Spread
			sum += w
			shape++
		}
		s[name] = role{r.weight / sum, r.center / shape, r.spread / shape}
	}
	return s
}

func betweenSources(found []Coefficient) float64 {
	if len(found) == 1 {
		return loneBetween
	}
	sw, sw2, swx := 0.0, 0.0, 0.0
	for _, c := range found {
		w := 1 / (c.Error * c.Error)
		sw, sw2, swx = sw+w, sw2+w*w, swx+w*c.Weight
	}
	q := 0.0
	for _, c := range found {
		d := c.Weight - swx/sw
		q += d * d / (c.Error * c.Error)
	}
	return max(leastBetween, math.Sqrt(max(0, (q-float64(len(found)-1))/(sw-sw2/sw))))
}

// apply sets the prior means: what the columns of one role say together is shared evenly among them.
func (s shipped) apply(r *regression, cols []column) {
	count := roleCounts(cols)
	for c := range cols {
		r.mu[c+1] = s.per(cols[c].role, cols[c].Spread, count[cols[c].role])
	}
}

func roleCounts(cols []column) map[string]float64 {
	n := map[string]float64{}
	for _, c := range cols {
		n[c.role]++
	}
	return n
}

// byRole merges the standardised columns of each role into their mean, in order of appearance.
func byRole(cols []column) []column {
	var out []column
	for c := range cols {
		name := cols[c].role
		if name == "" || slices.ContainsFunc(out, func(o column) bool { return o.role == name }) {
			continue
		}
		m := column{role: name, Factor: Factor{Center: 0, Spread: 1, Monotone: cols[c].Monotone}, x: make([]float64, len(cols[c].x))}
		n, center, spread := 0.0, 0.0, 0.0
		for d := range cols {
			if cols[d].role == name {
				n, center, spread = n+1, center+cols[d].Center, spread+cols[d].Spread
				for i := range m.x {
					m.x[i] += cols[d].z(i)
				}
			}
		}
		for i := range m.x {
			m.x[i] /= n
		}
		m.first, m.wide = center/n, spread/n
		out = append(out, m)
	}
	return out
}

// Coefficients fits the full model once to a whole history and returns its standardised
// coefficients by role. It is how the shipped ones were made.
func Coefficients(source string, history []Outcome, s *Schema) ([]Coefficient, error) {
	t, err := newTable(context.Background(), history, s)
	if err != nil {
		return nil, err
	}
	d := newDesign(t)
	use := make([]bool, t.len())
	for i := range use {
		use[i] = true
	}
	cols := d.all(d.shrink(use, 0))
	standard(cols, use, nil)
	var own []column // what has no role is fitted too, lest roles speak for it
	for _, c := range cols {
		if c.role == "" {
			own = append(own, c)
		}
	}
	cols = append(byRole(cols), own...)
	r := newRegression(cols, t.failed, use, nil)
	for j := 1; j < r.d; j++ {
		r.lambda[j] = 30
	}
	r.monotone = monotone(cols)
	beta, err := r.fit(make([]float64, r.d))
	if err != nil {
		return nil, err
	}
	se := r.spread(beta)
	var out []Coefficient
	for c := range cols {
		if cols[c].role != "" {
			out = append(out, Coefficient{source, cols[c].role, round3(beta[c+1]), round3(se[c+1]), round3(cols[c].first), round3(cols[c].wide)})
		}
	}
	return out, nil
}

func monotone(cols []column) []bool {
	m := make([]bool, len(cols)+1)
	for c := range cols {
		m[c+1] = cols[c].Monotone
	}
	return m
}
