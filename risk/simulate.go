package risk

import (
	"context"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/validate"
)

// An Exposure is one change of a plan, as the simulation sees it.
type Exposure struct {
	ID            string    `json:"id"`
	Start         time.Time `json:"start"`
	End           time.Time `json:"end"`
	Probability   float64   `json:"probability"`               // of failure
	Minutes       float64   `json:"minutes"`                   // median outage if it fails
	Spread        float64   `json:"spread,omitempty"`          // of the logarithm of that outage (lognormal); 0: always the median
	CostPerMinute float64   `json:"cost_per_minute,omitempty"` // 0 means 1: losses are then minutes
	Takes         []string  `json:"takes,omitempty"`           // members out of service from Start to End, and on failure until the outage ends
}

// A Redundancy is a service that needs K of its members up.
type Redundancy struct {
	Service string   `json:"service"`
	K       int      `json:"k"`
	Members []string `json:"members"`
}

// SimulationOptions bound a simulation; nil and the zero value mean the recommended setting.
type SimulationOptions struct {
	Seed        uint64  `json:"seed,omitempty"`
	Samples     int     `json:"samples,omitempty"`     // 0 means 20,000
	Correlation float64 `json:"correlation,omitempty"` // of failures, in [0, 1): one-factor Gaussian copula
}

// A ScheduleRisk is what a plan as a whole may cost.
type ScheduleRisk struct {
	Samples       int         `json:"samples"`
	AnyFail       float64     `json:"any_fail"` // chance that at least one change fails; exact without correlation
	AnyFailError  float64     `json:"any_fail_error"`
	ExpectedLoss  float64     `json:"expected_loss"` // exact: losses add up whatever the correlation
	LossError     float64     `json:"loss_error"`    // standard error of the sampled mean: how far to trust the rest
	P95           float64     `json:"p95"`           // loss that 95 % of the samples stay within
	CVaR95        float64     `json:"cvar95"`        // mean loss of the worst 5 %
	Below         []BelowRisk `json:"below,omitempty"`
	Contributions []PlanShare `json:"contributions"`
}

// BelowRisk is the chance that a service has fewer than K members up at some instant.
type BelowRisk struct {
	Service     string  `json:"service"`
	Probability float64 `json:"probability"`
	Error       float64 `json:"error"`
}

// PlanShare is what one change adds to the risk of the plan.
type PlanShare struct {
	ID           string  `json:"id"`
	ExpectedLoss float64 `json:"expected_loss"` // exact
	CVaR95       float64 `json:"cvar95"`        // CVaR of the plan less that of the plan without it, same random numbers
}

func checkExposures(list []Exposure, groups []Redundancy, o *SimulationOptions) error {
	var l validate.List
	seen := map[string]bool{}
	for i, e := range list {
		path := indexed("exposures", i)
		if e.ID == "" || seen[e.ID] {
			l.Addf(path+".id", "must be a name of its own, is %q", e.ID)
		}
		seen[e.ID] = true
		if e.End.Before(e.Start) {
			l.Addf(path+".end", "lies before start")
		}
		if !(e.Probability >= 0 && e.Probability <= 1) {
			l.Addf(path+".probability", "must lie in [0, 1], is %v", e.Probability)
		}
		if !(e.Minutes >= 0 && e.Minutes < 1e7) {
			l.Addf(path+".minutes", "must be from 0 to 1e7, is %v", e.Minutes)
		}
		if !(e.Spread >= 0 && e.Spread <= 3) {
			l.Addf(path+".spread", "must lie in [0, 3], is %v", e.Spread)
		}
		if !(e.CostPerMinute >= 0) || !finite(e.CostPerMinute) {
			l.Addf(path+".cost_per_minute", "must not be negative, is %v", e.CostPerMinute)
		}
	}
	for i, g := range groups {
		if g.K < 1 || g.K > len(g.Members) {
			l.Addf(indexed("groups", i)+".k", "must lie between 1 and %d, is %d", len(g.Members), g.K)
		}
		for j, m := range g.Members {
			if slices.Contains(g.Members[:j], m) {
				l.Addf(fmt.Sprintf("groups[%d].members[%d]", i, j), "%q stands twice", m)
			}
		}
	}
	if !(o.Correlation >= 0 && o.Correlation < 1) {
		l.Addf("correlation", "must lie in [0, 1), is %v", o.Correlation)
	}
	if o.Samples < 0 || o.Samples > 1e7 {
		l.Addf("samples", "must be from 0 to 10,000,000, is %d", o.Samples)
	}
	return l.Err()
}

// A trial is one change made ready: its own stream of random numbers, so that adding or
// removing another change leaves its fate in each sample as it was (common random numbers).
type trial struct {
	Exposure
	stream    uint64
	threshold float64 // Φ⁻¹(probability)
	cost      float64
}

func trials(list []Exposure, seed uint64) []trial {
	out := make([]trial, len(list))
	for i, e := range list {
		h := fnv.New64a()
		h.Write([]byte(e.ID))
		out[i] = trial{e, prng.New(seed ^ h.Sum64()).Uint64(), normalQuantile(e.Probability), e.CostPerMinute}
		if out[i].cost == 0 {
			out[i].cost = 1
		}
	}
	slices.SortFunc(out, func(a, b trial) int { return compare(a.ID, b.ID) })
	return out
}

// draw decides sample s: whether the change fails, and for how many minutes.
func (t *trial) draw(s int, common, rho float64) (failed bool, minutes float64) {
	r := prng.New(t.stream ^ uint64(s+1)*0x9e3779b97f4a7c15)
	z := float64(math.Sqrt(rho)*common) + float64(math.Sqrt(1-rho)*gauss(r))
	w := gauss(r)
	if !(z < t.threshold) {
		return false, 0
	}
	return true, float64(t.Minutes * exp(float64(t.Spread*w)))
}

func gauss(r *prng.Rand) float64 { return normalQuantile(min(uniform(r)+0.5/(1<<53), 1-1.0/(1<<53))) }

// Simulate plays a plan many times over and returns the distribution of its loss. Chances of failure are
// met exactly whatever the correlation. The order of the list does not matter; the same plan, seed and
// options give the same result; a change keeps its random numbers when others come or go, so that the
// difference between two plans is not blurred by chance. ctx is polled each 1,000 samples.
func Simulate(ctx context.Context, list []Exposure, groups []Redundancy, o *SimulationOptions) (*ScheduleRisk, error) {
	if o == nil {
		o = &SimulationOptions{}
	}
	if err := checkExposures(list, groups, o); err != nil {
		return nil, err
	}
	n := o.Samples
	if n == 0 {
		n = 20000
	}
	ts := trials(list, o.Seed)
	common := prng.New(o.Seed ^ 0x5eed)
	losses := make([]float64, n)
	each := make([][]hit, len(ts))   // by change: the samples in which it fails
	down := make([]float64, len(ts)) // minutes that each change adds after its end
	fails := make([]bool, len(ts))
	below := make([]int, len(groups))
	sweep := newSweep(ts, groups)
	anyFail := 0
	for s := range n {
		if s%1000 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		factor := gauss(common)
		some := false
		for i := range ts {
			fails[i], down[i] = ts[i].draw(s, factor, o.Correlation)
			if fails[i] {
				some = true
				loss := float64(down[i] * ts[i].cost)
				each[i] = append(each[i], hit{s, loss})
				losses[s] += loss
			}
		}
		if some {
			anyFail++
		}
		for g := range groups {
			if sweep.below(g, down) {
				below[g]++
			}
		}
	}
	out := &ScheduleRisk{Samples: n}
	out.totals(ts, losses, anyFail, o.Correlation)
	for g := range groups {
		p := float64(below[g]) / float64(n)
		out.Below = append(out.Below, BelowRisk{groups[g].Service, p, math.Sqrt(p * (1 - p) / float64(n))})
	}
	out.leaveOneOut(ts, losses, each)
	return out, nil
}

// A hit is a sample in which a change fails, with its loss.
type hit struct {
	sample int
	loss   float64
}

// totals fills in what is exact, and the quantiles.
func (r *ScheduleRisk) totals(ts []trial, losses []float64, anyFail int, rho float64) {
	n := float64(len(losses))
	none := 1.0
	for i := range ts {
		none = float64(none * (1 - ts[i].Probability))
		r.ExpectedLoss += ts[i].expected()
	}
	r.AnyFail = 1 - none
	if rho > 0 {
		r.AnyFail = float64(anyFail) / n
		r.AnyFailError = math.Sqrt(r.AnyFail * (1 - r.AnyFail) / n)
	}
	mean, m2 := 0.0, 0.0
	for i, l := range losses {
		d := l - mean
		mean += d / float64(i+1)
		m2 += float64(d * (l - mean))
	}
	r.LossError = math.Sqrt(m2 / n / n)
	r.P95, r.CVaR95 = tail(slices.Sorted(slices.Values(losses)))
}

// expected is the mean loss: a lognormal's mean is its median × e**(spread²/2).
func (t *trial) expected() float64 {
	return float64(float64(float64(t.Probability*t.Minutes)*t.cost) * exp(float64(t.Spread*t.Spread)/2))
}

// tail returns the 95 % quantile of sorted losses and the mean of the worst 5 %.
func tail(sorted []float64) (p95, cvar float64) {
	n := len(sorted)
	k := max(1, int(math.Ceil(float64(n)*0.05)))
	for _, l := range sorted[n-k:] {
		cvar += l
	}
	return sorted[n-k], cvar / float64(k)
}

// leaveOneOut compares the plan with itself less each change, on the same samples.
func (r *ScheduleRisk) leaveOneOut(ts []trial, losses []float64, each [][]hit) {
	rest := make([]float64, len(losses))
	for i := range ts {
		copy(rest, losses)
		for _, h := range each[i] {
			rest[h.sample] -= h.loss
		}
		slices.Sort(rest)
		_, cvar := tail(rest)
		r.Contributions = append(r.Contributions, PlanShare{ts[i].ID, ts[i].expected(), r.CVaR95 - cvar})
	}
}
