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
	// Took returns how long a part of an activity has taken. Nil: as planned.
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
// mean and variance (Fenton 1960). So are those in reserve, [BackOut] and [Recheck], for
// [Uncertainty.BackOut]; where the history knows neither of them they stretch with the rest. Parts that
// the history does not know take as long as planned. Of an activity without parts the history is
// asked for [Implement] and [BackOut], which it then takes when it fails. Activities
// of which nothing is known are left out, so that ByAction and Default apply.
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
	planned := a.modes()[0].Duration
	parts := a.Parts
	if len(parts) == 0 {
		parts = []Part{{Kind: Implement, Duration: planned}}
	}
	var work, reserve partSum
	for _, part := range parts {
		sum := &work
		if part.Kind == BackOut || part.Kind == Recheck {
			sum = &reserve
		}
		if problem := sum.add(part, h.Took(a, part.Kind)); problem != "" {
			return u, false, problem
		}
	}
	if len(a.Parts) == 0 && planned > 0 {
		if t := h.Took(a, BackOut); t != nil { // there is none in the plan: all of it comes on top
			if problem := reserve.add(Part{BackOut, planned}, t); problem != "" {
				return u, false, problem
			}
			u.Rollback, known = 1, true
		}
	}
	for _, x := range []struct {
		sum *partSum
		to  *Distribution
	}{{&work, &u.Duration}, {&reserve, &u.BackOut}} {
		if !x.sum.learned {
			continue
		}
		if *x.to = x.sum.distribution(); x.to.Median > 1000 || x.to.Sigma > 5 {
			return u, false, fmt.Sprintf("took %.3g times what is planned, with a spread of %.3g: the history is of other work", x.to.Median, x.to.Sigma)
		}
		known = true
	}
	return u, known, ""
}

// A partSum is a sum of independent lognormal durations, in seconds.
type partSum struct {
	planned, mean, variance float64
	learned                 bool
}

func (s *partSum) add(part Part, t Took) (problem string) {
	if part.Duration == 0 {
		return ""
	}
	plan := part.Duration.Std().Seconds()
	s.planned += plan
	if t == nil {
		s.mean += plan
		return ""
	}
	half, most := t.Quantile(0.5).Seconds(), t.Quantile(0.9).Seconds()
	if !(half > 0 && most >= half) {
		return fmt.Sprintf("the %s part took %v by half and %v by nine of ten: durations must be positive and rise", part.Kind, t.Quantile(0.5), t.Quantile(0.9))
	}
	const ninety = 1.2815515655446004 // the 90 % quantile of the standard normal
	sigma := ln(most/half) / ninety
	m := float64(half * exp(float64(sigma*sigma)/2))
	s.mean += m
	s.variance += float64(float64(m*m) * (exp(float64(sigma*sigma)) - 1))
	s.learned = true
	return ""
}

// distribution is the lognormal of the same mean and variance, as a multiple of the plan.
func (s *partSum) distribution() Distribution {
	spread := ln(1 + s.variance/float64(s.mean*s.mean))
	return Distribution{Kind: LogNormal, Median: s.mean / exp(spread/2) / s.planned, Sigma: math.Sqrt(spread)}
}
