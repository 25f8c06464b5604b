package risk

import (
	"cmp"
	"math"
	"slices"
)

// Metrics say how good a set of forecasts was.
type Metrics struct {
	N         int     `json:"n"`
	Rate      float64 `json:"rate"`      // share that failed
	Brier     float64 `json:"brier"`     // mean squared error, 0 is perfect
	Skill     float64 `json:"skill"`     // 1 − Brier ÷ Brier of always saying Rate
	LogLoss   float64 `json:"log_loss"`  // mean, natural logarithm
	AUC       float64 `json:"auc"`       // chance that a failure is ranked above a success; ties count half
	Precision float64 `json:"precision"` // average precision over the ranking
	ECE       float64 `json:"ece"`       // expected calibration error, 15 bins of equal mass
	ECEWidth  float64 `json:"ece_width"` // the same, 15 bins of equal width
	Catch     []Catch `json:"catch"`     // gate-x %-catch-y % curve
	Bins      []Bin   `json:"bins"`      // reliability table, bins of equal mass
}

// Catch says which share of the failures stands among the share of changes rated highest.
type Catch struct {
	Gate  float64 `json:"gate"`
	Share float64 `json:"share"`
}

// A Bin compares what was foretold with what happened.
type Bin struct {
	N        int     `json:"n"`
	Foretold float64 `json:"foretold"` // mean probability
	Happened float64 `json:"happened"` // share that failed
	Low      float64 `json:"low"`      // 95 % band of the share (Wilson)
	High     float64 `json:"high"`
}

const (
	eceBins         = 15
	reliabilityBins = 10
)

// gates are the shares of changes held back that Catch reports.
var gates = [...]float64{0.05, 0.10, 0.25, 0.50}

// Measure compares probabilities with outcomes, pair by pair. It returns the zero Metrics
// where there is none or where the lengths differ. AUC is 0.5 where only one outcome occurs.
func Measure(p []float64, failed []bool) Metrics {
	n := len(p)
	if n == 0 || n != len(failed) {
		return Metrics{}
	}
	m := Metrics{N: n}
	fails := 0
	for i, q := range p {
		y := indicator(failed[i])
		if failed[i] {
			fails++
		}
		m.Brier += (q - y) * (q - y)
		if failed[i] {
			m.LogLoss -= log(max(q, 1e-15))
		} else {
			m.LogLoss -= log1p(-min(q, 1-1e-15))
		}
	}
	m.Rate = float64(fails) / float64(n)
	m.Brier /= float64(n)
	m.LogLoss /= float64(n)
	if prior := m.Rate * (1 - m.Rate); prior > 0 {
		m.Skill = 1 - m.Brier/prior
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	m.AUC = auc(p, failed, order, fails)
	m.Precision = averagePrecision(p, failed, order, fails)
	for _, g := range gates {
		m.Catch = append(m.Catch, Catch{g, catch(p, failed, order, fails, g)})
	}
	for _, b := range equalMass(p, failed, order, eceBins) {
		m.ECE += float64(b.N) / float64(n) * math.Abs(b.Foretold-b.Happened)
	}
	m.ECEWidth = eceWidth(p, failed)
	m.Bins = equalMass(p, failed, order, reliabilityBins)
	return m
}

// ties calls f for each run of equal probabilities, lowest first.
func ties(p []float64, failed []bool, order []int, f func(size, fails int)) {
	for i := 0; i < len(order); {
		j, y := i, 0
		for ; j < len(order) && p[order[j]] == p[order[i]]; j++ {
			if failed[order[j]] {
				y++
			}
		}
		f(j-i, y)
		i = j
	}
}

func auc(p []float64, failed []bool, order []int, fails int) float64 {
	if fails == 0 || fails == len(p) {
		return 0.5
	}
	below, sum := 0, 0.0
	ties(p, failed, order, func(size, y int) {
		ok := size - y
		sum += float64(y) * (float64(below) + float64(ok)/2)
		below += ok
	})
	return sum / float64(fails) / float64(len(p)-fails)
}

// averagePrecision is the mean, over failures, of the precision at their rank; a run of
// ties has the precision at its end.
func averagePrecision(p []float64, failed []bool, order []int, fails int) float64 {
	if fails == 0 {
		return 0
	}
	type run struct{ size, y int }
	var runs []run
	ties(p, failed, order, func(size, y int) { runs = append(runs, run{size, y}) })
	seen, hit, sum := 0, 0, 0.0
	for _, r := range slices.Backward(runs) {
		seen, hit = seen+r.size, hit+r.y
		sum += float64(r.y) * float64(hit) / float64(seen)
	}
	return sum / float64(fails)
}

// catch is the share of failures among the gate×n highest; ties at the edge count in proportion.
func catch(p []float64, failed []bool, order []int, fails int, gate float64) float64 {
	if fails == 0 {
		return 0
	}
	left := math.Floor(gate * float64(len(p)))
	type run struct{ size, y int }
	var runs []run
	ties(p, failed, order, func(size, y int) { runs = append(runs, run{size, y}) })
	hit := 0.0
	for _, r := range slices.Backward(runs) {
		take := min(left, float64(r.size))
		hit += float64(r.y) * take / float64(r.size)
		if left -= take; left <= 0 {
			break
		}
	}
	return hit / float64(fails)
}

// equalMass splits the ranking into bins whose sizes differ by at most one.
func equalMass(p []float64, failed []bool, order []int, bins int) []Bin {
	var out []Bin
	bins = min(bins, len(order))
	for b, at := 0, 0; b < bins; b++ {
		size := len(order) / bins
		if b < len(order)%bins {
			size++
		}
		out = append(out, binOf(p, failed, order[at:at+size]))
		at += size
	}
	return out
}

func binOf(p []float64, failed []bool, rows []int) Bin {
	b := Bin{N: len(rows)}
	y := 0.0
	for _, i := range rows {
		b.Foretold += p[i]
		y += indicator(failed[i])
	}
	b.Foretold /= float64(b.N)
	b.Happened = y / float64(b.N)
	b.Low, b.High = wilson(y, float64(b.N))
	return b
}

func eceWidth(p []float64, failed []bool) float64 {
	var n, sum, y [eceBins]float64
	for i, q := range p {
		b := min(max(int(q*eceBins), 0), eceBins-1)
		n[b]++
		sum[b] += q
		y[b] += indicator(failed[i])
	}
	e := 0.0
	for b := range n {
		if n[b] > 0 {
			e += math.Abs(sum[b]-y[b]) / float64(len(p))
		}
	}
	return e
}

// wilson is the 95 % score interval of a share of s in n.
func wilson(s, n float64) (low, high float64) {
	const z = 1.959963984540054
	if n == 0 {
		return 0, 1
	}
	q := s / n
	d := 1 + z*z/n
	mid := (q + z*z/(2*n)) / d
	half := z / d * math.Sqrt(q*(1-q)/n+z*z/(4*n*n))
	return max(0, mid-half), min(1, mid+half)
}
