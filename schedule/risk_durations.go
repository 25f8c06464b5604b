package schedule

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// A Took says how long work has taken: the duration that a share of past cases stayed
// within. *risk.Duration has it.
type Took interface {
	Quantile(share float64) time.Duration
}

// A Past says what the past tells of the work of an activity. Nil functions tell nothing.
type Past struct {
	// Took returns how long a part of an activity has taken; of an activity without parts
	// it is asked for Implement. Nil: as planned.
	Took func(a *Activity, part PartKind) Took
	// Failure returns the probability that an activity is backed out, in [0, 1].
	Failure func(a *Activity) float64
}

// Learn returns what [Simulate] has to know of each activity of a problem, for
// [SimulationOptions.ByActivity]: durations as a lognormal multiple of what is planned, and the
// chance of a back-out.
//
// A part is taken as lognormal with the median and the 90 % quantile of its history. The
// parts of an activity are taken as independent, and their sum as the lognormal of the same
// mean and variance (Fenton 1960). What is only in reserve, [BackOut] and [Recheck], stretches with
// the rest. Parts that the history does not know take as long as planned. Activities of which
// nothing is known are left out, so that ByAction and Default apply.
//
// It returns the faults of the problem, and of history whose quantiles are not positive or fall.
func (p *Problem) Learn(h Past) (map[string]Uncertainty, error) {
	low, at, err := p.prepare()
	if err != nil {
		return nil, fmt.Errorf("schedule: %w", err)
	}
	out := map[string]Uncertainty{}
	var errs []error
	for i := range low.Activities {
		a := &low.Activities[i]
		u, known, problem := h.of(a)
		switch {
		case problem != "":
			errs = append(errs, &ValidationError{Path: at.activity(i), Problem: problem})
		case known:
			out[a.ID] = u
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("schedule: history: %w", err)
	}
	return out, nil
}

func (h *Past) of(a *Activity) (u Uncertainty, known bool, problem string) {
	if h.Failure != nil {
		u.Failure, known = h.Failure(a), true
		if !(u.Failure >= 0 && u.Failure <= 1) {
			return u, false, fmt.Sprintf("the probability of failure must be from 0 to 1, is %v", u.Failure)
		}
	}
	if h.Took == nil {
		return u, known, ""
	}
	parts := a.Parts
	if len(parts) == 0 {
		parts = []Part{{Kind: Implement, Duration: a.modes()[0].Duration}}
	}
	var planned, mean, variance float64
	learned := false
	for _, part := range parts {
		if part.Kind == BackOut || part.Kind == Recheck || part.Duration == 0 {
			continue
		}
		plan := part.Duration.Std().Seconds()
		planned += plan
		t := h.Took(a, part.Kind)
		if t == nil {
			mean += plan
			continue
		}
		half, most := t.Quantile(0.5).Seconds(), t.Quantile(0.9).Seconds()
		if !(half > 0 && most >= half) {
			return u, false, fmt.Sprintf("the %s part took %v by half and %v by nine of ten: durations must be positive and rise", part.Kind, t.Quantile(0.5), t.Quantile(0.9))
		}
		const ninety = 1.2815515655446004 // the 90 % quantile of the standard normal
		sigma := ln(most/half) / ninety
		m := float64(half * exp(float64(sigma*sigma)/2))
		mean += m
		variance += float64(float64(m*m) * (exp(float64(sigma*sigma)) - 1))
		learned = true
	}
	if !learned || planned == 0 {
		return u, known, ""
	}
	spread := ln(1 + variance/float64(mean*mean))
	u.Duration = Distribution{Kind: LogNormal, Median: mean / exp(spread/2) / planned, Sigma: math.Sqrt(spread)}
	if u.Duration.Median > 1000 || u.Duration.Sigma > 5 {
		return u, false, fmt.Sprintf("took %.3g times what is planned, with a spread of %.3g: the history is of other work", u.Duration.Median, u.Duration.Sigma)
	}
	return u, true, ""
}
