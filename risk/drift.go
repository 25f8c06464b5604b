package risk

import (
	"math"
	"time"
)

// A DriftPoint compares forecasts with outcomes over a stretch of time.
type DriftPoint struct {
	From     time.Time `json:"from"`
	N        int       `json:"n"`
	Foretold float64   `json:"foretold"` // failures expected
	Happened int       `json:"happened"`
	Alarm    bool      `json:"alarm"` // happened lies outside the band of what the forecasts allow
}

const (
	driftPoints = 12
	driftSigma  = 3 // about one false alarm in 370 stretches
)

// drift cuts the scored rows into stretches of equal size and raises an alarm where the
// failures differ from those foretold by more than driftSigma standard deviations of a sum of
// independent Bernoulli variables with the foretold probabilities, plus half a failure.
func drift(t *table, p []float64, train int) []DriftPoint {
	var out []DriftPoint
	n := t.len() - train
	k := min(driftPoints, n)
	for b := range k {
		lo, hi := train+n*b/k, train+n*(b+1)/k
		d := DriftPoint{From: unix(t.start[lo]), N: hi - lo}
		v := 0.0
		for i := lo; i < hi; i++ {
			d.Foretold += p[i]
			v += p[i] * (1 - p[i])
			d.Happened += int(indicator(t.failed[i]))
		}
		d.Alarm = math.Abs(float64(d.Happened)-d.Foretold) > driftSigma*math.Sqrt(v)+0.5
		out = append(out, d)
	}
	return out
}
