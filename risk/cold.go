package risk

import "math"

// coldFailures is the prior strength of every rate, in failures, until there are failures enough
// to estimate it: in public histories with base rates from 0.8 to 30 % it lies near 1.5.
const (
	coldFailures = 1.5
	coldSpeed    = 1 // index in halfLives
)

// coldCount is how many rows the shipped centre and spread of a column count for.
const coldCount = 50

func (d *design) coldShrinkage() []Shrinkage {
	out := make([]Shrinkage, len(d.t.kinds))
	for k := range out {
		out[k] = Shrinkage{Kind: d.t.kinds[k].Kind, speed: coldSpeed, pseudo: coldFailures}
	}
	return out
}

// cold foretells rows [at, end) from the shipped coefficients alone, with the base rate known so far.
// Columns are standardised with the rows that started before, outcome known or not.
func (r *roller) cold(f *fitted, use []bool, at, end int) {
	f.shrink = r.d.coldShrinkage()
	f.cols = r.d.all(f.shrink)
	f.beta = make([]float64, len(f.cols)+1)
	f.beta[0] = logit((float64(f.failures) + baseRate*baseStrength) / (float64(f.n) + baseStrength))
	run := make([]running, len(f.cols))
	count := roleCounts(f.cols)
	for c := range f.cols {
		s := r.shipped[f.cols[c].role]
		if s.spread > 0 {
			run[c] = running{coldCount, s.center, coldCount * s.spread * s.spread}
		}
		for i := range at {
			if r.d.t.watch.ended(i) {
				break
			}
			run[c].add(f.cols[c].x[i])
		}
	}
	for i := at; i < end; i++ {
		if r.d.t.watch.ended(i) {
			break
		}
		eta := f.beta[0]
		for c := range f.cols {
			x := f.cols[c].x[i]
			// A rate weighs by its unit, so its standardised coefficient grows with its spread.
			b := r.shipped.per(f.cols[c].role, run[c].spread(), count[f.cols[c].role])
			eta += float64(b * run[c].z(x))
			run[c].add(x)
		}
		for c := range r.eta {
			r.eta[c][i] = eta - f.beta[0]
		}
		r.eta[0][i] = 0
		r.p[i] = sigmoid(eta)
	}
	for c := range f.cols {
		f.cols[c].Center, f.cols[c].Spread = run[c].mean, run[c].spread()
		f.beta[c+1] = r.shipped.per(f.cols[c].role, run[c].spread(), count[f.cols[c].role])
	}
	f.mix = make([]float64, len(r.cands))
	f.mix[len(f.mix)-1] = 1
}

// running is a mean and variance that grow by one value at a time (Welford 1962).
type running struct{ n, mean, m2 float64 }

func (r *running) add(x float64) {
	if math.IsNaN(x) {
		return
	}
	r.n++
	d := x - r.mean
	r.mean += d / r.n
	r.m2 += float64(d * (x - r.mean))
}

func (r *running) spread() float64 {
	if r.n > 1 && r.m2 > 1e-12*r.n {
		return math.Sqrt(r.m2 / r.n)
	}
	return 1
}

// z standardises x and keeps it within four spreads: the first rows say little about the tails.
func (r *running) z(x float64) float64 {
	if math.IsNaN(x) || r.n < 2 {
		return 0
	}
	return max(-4, min(4, (x-r.mean)/r.spread()))
}

// ColdStart says how well a user without much history is served.
type ColdStart struct {
	Rows    int     `json:"rows"`    // local changes known
	N       int     `json:"n"`       // changes scored after them
	Shipped float64 `json:"shipped"` // AUC with shipped coefficients
	Local   float64 `json:"local"`   // AUC of a fit to the local changes alone; 0.5 where there is none
}

// coldStarts starts the history over at row from and scores the next changes after 0, 200 and 1,000.
func (d *design) coldStarts(s shipped, from int) ([]ColdStart, error) {
	const scored = 3000
	var out []ColdStart
	t := d.t
	for _, m := range []int{0, 200, 1000} {
		at := from + m
		end := min(at+scored, t.len())
		if at >= end {
			break
		}
		r := newRoller(d, s)
		if err := r.refit(at, end, t.start[at]); err != nil {
			return nil, err
		}
		local := 0.5
		if m > 0 {
			p, err := d.local(at, end)
			if err != nil {
				return nil, err
			}
			local = Measure(p, t.failed[at:end]).AUC
		}
		out = append(out, ColdStart{m, end - at, Measure(r.p[at:end], t.failed[at:end]).AUC, local})
	}
	return out, nil
}

// local foretells rows [at, end) with the same columns fitted to the rows before at alone, L2 with λ = 1.
func (d *design) local(at, end int) ([]float64, error) {
	use, _, failures := d.t.knownBy(d.t.start[at], at)
	p := make([]float64, end-at)
	if failures == 0 {
		return p, d.t.watch.failed()
	}
	cols := d.all(d.shrink(use, speeds-1))
	standard(cols, use, d.t.watch)
	reg := newRegression(cols, d.t.failed, use, d.t.watch)
	for j := 1; j < reg.d; j++ {
		reg.lambda[j] = 1
	}
	if err := d.t.watch.failed(); err != nil {
		return nil, err // rows are missing
	}
	beta, err := reg.fit(make([]float64, reg.d))
	if err != nil {
		return nil, err
	}
	for i := range p {
		p[i] = sigmoid(linear(cols, beta, at+i))
	}
	return p, nil
}
