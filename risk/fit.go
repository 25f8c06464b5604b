package risk

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// FitOptions say how a model is fitted; nil and the zero value mean the recommended setting.
type FitOptions struct {
	Schema  *Schema  `json:"schema,omitempty"`  // what of the history to use; nil: all of it
	Without []string `json:"without,omitempty"` // sources whose shipped coefficients are not used
}

// Evidence says what a fitted model rests on.
type Evidence struct {
	Changes     int     `json:"changes"`      // with known outcome
	Failures    int     `json:"failures"`     // among them
	LowEvidence bool    `json:"low_evidence"` // too few failures: the weights are mostly the shipped ones
	Slope       float64 `json:"slope"`        // by which forecasts were found too bold (below 1) or too timid
}

// Fit learns a model from a history. The log-odds of failure are a linear function of the
// factors that changes state, of shrunk failure rates of the entities they touch, of the time since those
// last failed, and of the slot. Coefficients are the maximum of a posterior with a Gaussian prior around
// the coefficients that this package ships, mixed over several prior strengths and speeds of forgetting
// by how well each foretold later changes, and calibrated on those same forecasts (expanding windows: every
// forecast was of changes that the fit behind it had not seen).
//
// With fewer than 10 failures nothing but the base rate is learnt, and Evidence.LowEvidence says so; an empty
// history gives the shipped model with a base rate of 3 %. Outcomes count from KnownAt on. The result
// depends only on the arguments: bit for bit on one platform, to six digits across.
//
// Errors match [ErrInvalid] and name up to 20 faults of the history: missing or repeated IDs, missing times,
// outcomes known before their changes, values that are not finite. More than 1,000 factors and kinds of
// entities are one too. ctx is polled every few thousand rows of every pass over them.
func Fit(ctx context.Context, history []Outcome, o *FitOptions) (*Model, error) {
	if o == nil {
		o = &FitOptions{}
	}
	t, err := newTable(ctx, history, o.Schema)
	if err != nil {
		return nil, err
	}
	asOf := int64(0)
	for _, k := range t.known {
		asOf = max(asOf, k)
	}
	d := newDesign(t)
	r := newRoller(d, pool(findings(), o.Without))
	if t.len() > 0 {
		if err := r.roll(t.len(), trainWindows, 1); err != nil {
			return nil, err
		}
	}
	if err := r.refit(t.len(), t.len(), asOf); err != nil {
		return nil, err
	}
	f := r.last
	m := Default()
	m.Intercept, m.Zone = f.beta[0], t.schema.Zone
	m.Factors = m.Factors[:0]
	for c := range f.cols {
		factor := f.cols[c].Factor
		factor.Weight = f.beta[c+1]
		m.Factors = append(m.Factors, factor)
	}
	_, mem, _ := t.remember(asOf)
	m.Memory = t.remembered(mem, f.shrink, asOf)
	m.Evidence = &Evidence{Changes: f.n, Failures: f.failures, LowEvidence: f.failures < lowEvidence, Slope: f.slope}
	m.Severities = severitiesOf(history, t.schema.Severities, t.schema.Entities, asOf, t.watch)
	if err := t.watch.failed(); err != nil {
		return nil, err
	}
	if err := m.Validate(); err != nil {
		return nil, fmt.Errorf("%w: %v", errFit, err)
	}
	return m, nil
}

// sortedKeys lists the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
