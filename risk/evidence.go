package risk

import (
	"fmt"

	"gonum.org/v1/gonum/stat/distuv"
)

// EntityEvidence is what the history holds about one entity.
type EntityEvidence struct {
	Kind     string  `json:"kind"`
	Name     string  `json:"name"`
	Changes  float64 `json:"changes"`  // with known outcome, old ones forgotten
	Failures float64 `json:"failures"` // among them
	Rate     float64 `json:"rate"`     // shrunk
	Low      float64 `json:"low"`      // 90 % credible band of the rate
	High     float64 `json:"high"`
}

func (e EntityEvidence) String() string {
	return fmt.Sprintf("%s %s: %.1f of %.1f changes failed, rate %.1f %% (%.1f–%.1f %%)", e.Kind, e.Name, e.Failures, e.Changes, 100*e.Rate, 100*e.Low, 100*e.High)
}

// evidence lists what is known of the entities behind factor i, worst first as they stand in the change.
func (r *Rater) evidence(i int, c *Change) []EntityEvidence {
	s := &r.sources[i]
	if s.kind != RateOf || s.arg == kindAll {
		return nil
	}
	at := r.at(c)
	names := r.names(s.arg, c)
	var out []EntityEvidence
	for j, name := range names {
		rec := s.mem.Entities[name]
		e := EntityEvidence{Kind: s.arg, Name: name, Changes: rec.Changes, Failures: rec.Failures}
		e.Rate = r.rate(s.mem, name, j, len(names), c, at, 0)
		n := rec.Changes + s.mem.Strength
		e.Low, e.High = betaBand(float64(e.Rate*n), float64((1-e.Rate)*n))
		out = append(out, e)
	}
	return out
}

// betaBand is the central 90 % band of a Beta distribution.
func betaBand(a, b float64) (low, high float64) {
	if !(a > 0 && b > 0) {
		return 0, 1
	}
	d := distuv.Beta{Alpha: a, Beta: b}
	return d.Quantile(0.05), d.Quantile(0.95)
}
