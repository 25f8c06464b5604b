package risk

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// A Remedy is one thing that would lower the rating of a change.
type Remedy struct {
	What        string  `json:"what"`        // in words: "start at 2026-03-02T09:00:00Z"
	Factor      string  `json:"factor"`      // "start", "team" or the name of a factor
	LogOdds     LogOdds `json:"log_odds"`    // after it
	Probability float64 `json:"probability"` // after it
	Level       Level   `json:"level"`       // after it
	Crosses     bool    `json:"crosses"`     // the level is lower than before
	Change      Change  `json:"change"`      // as it would be
}

// Levers say what may be changed about a change; nil fields are left alone.
type Levers struct {
	Starts []time.Time // other starts
	Teams  []string    // other teams
}

// Lower lists what would lower the rating of c, most effective first: another start, another
// team, and each given factor that can be brought down, as little as crosses into a lower level or, where
// nothing does, to its centre. Every entry stands alone and was rated like any change. Errors are those of Assess.
func (r *Rater) Lower(c Change, by Levers) ([]Remedy, error) {
	before, err := r.Assess(c)
	if err != nil {
		return nil, err
	}
	var list []Remedy
	try := func(factor, what string, d Change) error {
		a, err := r.Assess(d)
		if err != nil {
			return err
		}
		if a.Score < before.Score {
			list = append(list, Remedy{what, factor, a.LogOdds, a.Probability, a.Level, a.Level != before.Level, d})
		}
		return nil
	}
	for _, s := range by.Starts {
		d := c
		d.Start = s
		if !c.End.IsZero() {
			d.End = s.Add(c.End.Sub(c.Start))
		}
		if err := try("start", "start at "+s.Format(time.RFC3339), d); err != nil {
			return nil, err
		}
	}
	for _, team := range by.Teams {
		if team == c.Team {
			continue
		}
		d := c
		d.Team = team
		if err := try("team", "done by "+team, d); err != nil {
			return nil, err
		}
	}
	for _, f := range r.m.Factors {
		x, ok := c.Factors[f.Name]
		if !ok || f.Weight <= 0 || x <= 0 {
			continue
		}
		d, err := r.least(c, f.Name, x, before.Level)
		if err != nil {
			return nil, err
		}
		if err := try(f.Name, fmt.Sprintf("%s: %.4g instead of %.4g", f.words(), d.Factors[f.Name], x), d); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(list, func(a, b Remedy) int { return cmp.Compare(a.LogOdds, b.LogOdds) })
	return list, nil
}

// least lowers one factor as little as is needed to leave the level, by bisection; the
// rating does not fall when the factor rises, as its weight is positive.
func (r *Rater) least(c Change, factor string, from float64, level Level) (Change, error) {
	with := func(x float64) (Change, Level, error) {
		d := c
		d.Factors = make(map[string]float64, len(c.Factors))
		for k, v := range c.Factors {
			d.Factors[k] = v
		}
		d.Factors[factor] = x
		a, err := r.Assess(d)
		return d, a.Level, err
	}
	best, l, err := with(0)
	if err != nil || l == level {
		return best, err
	}
	lo, hi := 0.0, from // at lo the level is lower, at hi it is not
	for range 40 {
		mid := (lo + hi) / 2
		d, l, err := with(mid)
		if err != nil {
			return d, err
		}
		if l == level {
			hi = mid
		} else {
			lo, best = mid, d
		}
	}
	return best, nil
}
