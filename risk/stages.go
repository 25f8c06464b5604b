package risk

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// The stages of a change whose durations are learnt.
const (
	Implement = "implement"
	Verify    = "verify"
	BackOut   = "back-out"
)

// A StageTime is how long a stage of a past change took.
type StageTime struct {
	Model string        // change model, "" for none
	Stage string        // [Implement], [Verify], [BackOut] or any other name
	Took  time.Duration // positive
}

// A Duration is the distribution of the duration of a stage: a lognormal, and above a hundred
// observations the empirical distribution with a lognormal tail.
type Duration struct {
	Model    string    `json:"model"`
	Stage    string    `json:"stage"`
	N        int       `json:"n"` // observations of this model and stage
	Median   Span      `json:"median"`
	Spread   float64   `json:"spread"` // of the logarithm
	observed []float64 // sorted logarithms of seconds, where there are enough
}

// Durations are the distributions of all models and stages seen, and of all models together.
type Durations struct {
	list  map[[2]string]*Duration
	stage map[string]*Duration
}

const (
	stageStrength = 10  // observations that the distribution over all models counts for
	enoughTimes   = 100 // observations from which on the empirical distribution is used
	tailFrom      = 0.95
	leastSpread   = 0.05
)

// FitDurations learns how long stages take, by change model. Location and spread are the median and the
// scaled median absolute deviation of the logarithms, so a few absurd entries do no harm; both are shrunk
// towards those of the stage over all models, which count for 10 observations. A model never seen has
// those. Cost is O(n log n). Every fault is reported, up to 20.
func FitDurations(history []StageTime) (*Durations, error) {
	var l validate.List
	faults := 0
	d := &Durations{map[[2]string]*Duration{}, map[string]*Duration{}}
	byStage, byKey := map[string][]float64{}, map[[2]string][]float64{}
	for i, h := range history {
		if h.Stage == "" || h.Took <= 0 {
			if faults++; faults <= maxFaults {
				l.Addf(indexed("history", i), "needs a stage and a positive duration, has %q and %v", h.Stage, h.Took)
			}
			continue
		}
		x := log(h.Took.Seconds())
		byStage[h.Stage] = append(byStage[h.Stage], x)
		key := [2]string{h.Model, h.Stage}
		byKey[key] = append(byKey[key], x)
	}
	if faults > maxFaults {
		l.Addf("history", "has %d faults more", faults-maxFaults)
	}
	if err := l.Err(); err != nil {
		return nil, err
	}
	for stage, xs := range byStage {
		slices.Sort(xs)
		mid, spread := robust(xs)
		d.stage[stage] = &Duration{Stage: stage, N: len(xs), Median: Span(seconds(mid)), Spread: max(spread, leastSpread)}
	}
	for key, xs := range byKey {
		slices.Sort(xs)
		mid, spread := robust(xs)
		all := d.stage[key[1]]
		n := float64(len(xs))
		m := (float64(n*mid) + float64(stageStrength*log(time.Duration(all.Median).Seconds()))) / (n + stageStrength)
		v := (float64(n*float64(spread*spread)) + float64(stageStrength*float64(all.Spread*all.Spread))) / (n + stageStrength)
		e := &Duration{Model: key[0], Stage: key[1], N: len(xs), Median: Span(seconds(m)), Spread: max(math.Sqrt(v), leastSpread)}
		if len(xs) >= enoughTimes {
			e.observed = xs
		}
		d.list[key] = e
	}
	return d, nil
}

func seconds(logSeconds float64) time.Duration {
	s := exp(logSeconds) * float64(time.Second)
	if s > math.MaxInt64/2 {
		return math.MaxInt64 / 2
	}
	return time.Duration(math.Round(s))
}

// robust returns median and scaled median absolute deviation of sorted values. Of one value
// the spread is 0.
func robust(xs []float64) (mid, spread float64) {
	mid = middle(xs)
	dev := make([]float64, len(xs))
	for i, x := range xs {
		dev[i] = math.Abs(x - mid)
	}
	slices.Sort(dev)
	return mid, 1.4826 * middle(dev)
}

func middle(xs []float64) float64 {
	n := len(xs)
	if n%2 == 1 {
		return xs[n/2]
	}
	return (xs[n/2-1] + xs[n/2]) / 2
}

// Of returns the distribution for a change model and stage; ok is false where the stage was
// never seen. A model never seen has the distribution over all models.
func (d *Durations) Of(model, stage string) (e *Duration, ok bool) {
	if e, ok := d.list[[2]string{model, stage}]; ok {
		return e, true
	}
	e, ok = d.stage[stage]
	return e, ok
}

// Quantile returns the duration that a share p of the stages stays within, p in (0, 1); outside, the nearest
// of 0.0001 and 0.9999 stands in. Feed it a uniform random number and it is a sample.
func (e *Duration) Quantile(p float64) time.Duration {
	p = max(0.0001, min(0.9999, p))
	if n := len(e.observed); n > 0 && p <= tailFrom {
		at := float64(p * float64(n-1))
		i := int(at)
		f := at - float64(i)
		x := e.observed[i]
		if i+1 < n {
			x += float64(f * (e.observed[i+1] - x))
		}
		return seconds(x)
	}
	q := seconds(log(time.Duration(e.Median).Seconds()) + float64(e.Spread*normalQuantile(p)))
	if len(e.observed) > 0 {
		q = max(q, e.Quantile(tailFrom)) // the tail begins where the observations end
	}
	return q
}

func (e *Duration) String() string {
	return fmt.Sprintf("%s %s: median %v, 90 %% within %v (n = %d)", e.Model, e.Stage, time.Duration(e.Median).Round(time.Second), e.Quantile(0.9).Round(time.Second), e.N)
}
