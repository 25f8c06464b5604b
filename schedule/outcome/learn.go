package outcome

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/schedule"
)

// borrowed is how many records of all teams stand behind those of one: where a team has few,
// its figures lie near those of all.
const borrowed = 10

// Learn returns what [schedule.Simulate] draws from, learned from how long work took
// against its plan and how often it failed: by the team of each activity of the problem, and by
// default for all. Durations are lognormal multiples of the plan. Median and spread are the
// median and the scaled median absolute deviation of the logarithms, so that a few absurd
// records do no harm; those of a team are drawn towards those of all, which count for ten
// records, and so is its share of failures. A deployment that was taken back counts as
// failed.
//
// What no record says stays as planned: without durations they are fixed, without results
// nothing fails. It returns the faults of [History.Validate] and [schedule.Problem.Validate].
func Learn(h *History, p *schedule.Problem) (*schedule.SimulationOptions, error) {
	if err := h.Validate(); err != nil {
		return nil, err
	}
	low, err := p.Lower()
	if err != nil {
		return nil, fmt.Errorf("outcome: %w", err)
	}
	var all experience
	by := map[string]*experience{}
	for i := range h.Deployments {
		d := &h.Deployments[i]
		if d.Result == Cancelled {
			continue
		}
		if by[d.Team] == nil {
			by[d.Team] = &experience{}
		}
		for _, e := range []*experience{&all, by[d.Team]} {
			e.add(d)
		}
	}
	median, spread := all.spread()
	rate := 0.0
	if all.judged > 0 {
		rate = float64(all.failed) / float64(all.judged)
	}
	out := &schedule.SimulationOptions{Default: uncertainty(median, spread, rate, len(all.logs) > 0)}
	for i := range low.Activities {
		a := &low.Activities[i]
		e := by[a.Team]
		if e == nil {
			continue
		}
		m, s := e.spread()
		n := float64(len(e.logs))
		m = (float64(n*m) + float64(borrowed*median)) / (n + borrowed)
		s = (float64(n*s) + float64(borrowed*spread)) / (n + borrowed)
		f := (float64(e.failed) + float64(borrowed*rate)) / (float64(e.judged) + borrowed)
		if out.ByActivity == nil {
			out.ByActivity = map[string]schedule.Uncertainty{}
		}
		out.ByActivity[a.ID] = uncertainty(m, s, f, len(all.logs) > 0)
	}
	return out, nil
}

// An experience is what records say of durations and results.
type experience struct {
	logs           []float64 // of actual by planned duration
	judged, failed int
}

func (e *experience) add(d *Deployment) {
	if d.End.After(d.Start) && !d.Planned.Empty() {
		e.logs = append(e.logs, math.Log(float64(d.End.Sub(d.Start))/float64(d.Planned.Duration())))
	}
	if failed, known := d.Failed(); known {
		e.judged++
		if failed {
			e.failed++
		}
	}
}

// spread returns the median of the logarithms and 1.4826 times the median of the distances
// from it, which for a normal distribution is its standard deviation.
func (e *experience) spread() (median, spread float64) {
	if len(e.logs) == 0 {
		return 0, 0
	}
	median = middle(e.logs)
	far := make([]float64, len(e.logs))
	for i, v := range e.logs {
		far[i] = math.Abs(v - median)
	}
	return median, float64(1.4826 * middle(far))
}

func middle(list []float64) float64 {
	sorted := slices.Sorted(slices.Values(list))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// uncertainty rounds to six digits: logarithms differ in the last bit between platforms.
func uncertainty(median, spread, failure float64, durations bool) schedule.Uncertainty {
	round := func(v float64) float64 { return math.Round(v*1e6) / 1e6 }
	u := schedule.Uncertainty{Failure: round(failure)}
	if durations {
		u.Duration = schedule.Distribution{Kind: schedule.LogNormal, Median: round(min(math.Exp(median), 1000)), Sigma: round(min(spread, 5))}
	}
	return u
}

// Failed says whether a deployment failed or was taken back; known is false where its record
// does not say. It is what a history of risks counts as a failure.
func (d *Deployment) Failed() (failed, known bool) {
	back := d.BackedOut != nil && *d.BackedOut
	return back || d.Result == Failed, d.Result != "" || d.BackedOut != nil
}

// KnownAt returns from when on it was known how a deployment went: the last instant that
// its record has.
func (d *Deployment) KnownAt() time.Time {
	at := d.Start
	for _, t := range []time.Time{d.End, d.Restored} {
		if t.After(at) {
			at = t
		}
	}
	return at
}
