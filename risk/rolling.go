package risk

import (
	"math"
	"slices"
)

// A candidate is one way to fit: how strongly coefficients hold to the shipped ones, and
// how fast old changes lose weight. An infinite lambda is the bare base rate. A plain one
// knows only what changes state and the rates of their entities, and nothing of other histories:
// where these do not carry over, or the slot says nothing here, it wins.
type candidate struct {
	lambda   float64 // prior precision per standardised coefficient
	halfLife float64 // days
	plain    bool
}

func candidates() []candidate {
	never := math.Inf(1)
	return []candidate{
		{math.Inf(1), 365, false},
		{30, 730, false}, {30, never, false},
		{100, 730, false}, {100, never, false},
		{1000, 730, false}, {1000, never, false},
		{30, never, true},
	}
}

// leastLambda guards against too few failures: coefficients hold to where they start from
// until there are ten failures for each.
func leastLambda(failures, free int) float64 {
	switch {
	case failures < 20:
		return 1000
	case failures < 10*free:
		return 100
	}
	return 0
}

// plain reports whether a plain candidate knows the column.
func (c *column) plain() bool {
	kind, arg := c.Source.of()
	return kind == Given || (kind == RateOf || kind == RateMeanOf) && arg != kindHour && arg != kindWeekday
}

const (
	fewFailures = 10  // below, nothing but the base rate is fitted
	ownStrength = 50  // failures from which on strengths of rates are estimated
	judgeLife   = 730 // days in which an old forecast loses half its weight as evidence
	year        = 365 * 86400
)

// A roller replays a history: it refits at given rows, each time with what was known then,
// and foretells the rows up to the next refit.
type roller struct {
	d       *design
	shipped shipped
	cands   []candidate
	eta     [][]float64 // by candidate: log-odds foretold for each row less the level, NaN where not yet
	info    []float64   // failures that the fit behind each row knew
	warm    [][]float64 // by candidate: last coefficients
	p       []float64   // probability foretold for each row
	level   float64     // intercept of the last refit, NaN before the first
	last    *fitted
}

// A fitted is the result of one refit: log-odds are beta[0] + Σ beta[c+1] × cols[c].z.
type fitted struct {
	asOf        int64
	n, failures int
	shrink      []Shrinkage
	cols        []column
	beta        []float64 // mixed over candidates and calibrated
	mix         []float64
	slope       float64 // mean slope of the calibration
}

func newRoller(d *design, s shipped) *roller {
	n := d.t.len()
	r := &roller{d: d, shipped: s, level: math.NaN(), cands: candidates(), info: make([]float64, n), p: make([]float64, n)}
	r.warm = make([][]float64, len(r.cands))
	for range r.cands {
		e := make([]float64, n)
		for i := range e {
			e[i] = math.NaN()
		}
		r.eta = append(r.eta, e)
	}
	return r
}

// knownBy marks the rows before end whose outcome was known at asOf.
func (t *table) knownBy(asOf int64, end int) (use []bool, n, failures int) {
	use = make([]bool, t.len())
	for i := range end {
		if t.watch.ended(i) {
			break
		}
		if use[i] = t.known[i] <= asOf; use[i] {
			n++
			if t.failed[i] {
				failures++
			}
		}
	}
	return use, n, failures
}

// refit fits with what was known at asOf of the rows before at, and foretells rows [at, end).
func (r *roller) refit(at, end int, asOf int64) error {
	t := r.d.t
	use, n, failures := t.knownBy(asOf, at)
	f := &fitted{asOf: asOf, n: n, failures: failures, slope: 1}
	r.last = f
	if failures < fewFailures {
		r.cold(f, use, at, end)
		return t.watch.failed()
	}
	if failures < ownStrength {
		f.shrink = r.d.coldShrinkage()
	} else {
		f.shrink = r.d.shrink(use, 0)
	}
	f.cols = r.d.all(f.shrink)
	started := make([]bool, t.len()) // centre and spread need no outcomes
	for i := range at {
		started[i] = true
	}
	standard(f.cols, started, t.watch)
	betas, err := r.fitAll(f, use)
	if err != nil {
		return err
	}
	cals := r.judge(f, use)
	if err := t.watch.failed(); err != nil {
		return err
	}
	f.mix = weigh(cals)
	spread := 0.0
	f.beta = make([]float64, len(f.cols)+1)
	f.slope = 0
	for c, b := range betas {
		f.beta[0] += f.mix[c] * cals[c].a
		for j := 1; j < len(b); j++ {
			f.beta[j] += f.mix[c] * cals[c].b * b[j]
		}
		f.slope += f.mix[c] * cals[c].b
		spread += f.mix[c] * cals[c].spread
	}
	// A level that has not moved by more than its error stays: it would only reorder changes
	// that lie months apart.
	if before := r.level; !math.IsNaN(before) && math.Abs(f.beta[0]-before) < math.Sqrt(spread) {
		f.beta[0] = before
	}
	r.level = f.beta[0]
	for i := at; i < end; i++ {
		if t.watch.ended(i) {
			return t.watch.err
		}
		for c, b := range betas {
			r.eta[c][i] = linear(f.cols, b, i) - b[0]
		}
		r.info[i] = float64(failures)
		r.p[i] = sigmoid(linear(f.cols, f.beta, i))
	}
	return nil
}

// fitAll fits each candidate to the rows with use[i].
func (r *roller) fitAll(f *fitted, use []bool) ([][]float64, error) {
	t := r.d.t
	reg := newRegression(f.cols, t.failed, use, t.watch)
	if err := t.watch.failed(); err != nil {
		return nil, err
	}
	reg.monotone = monotone(f.cols)
	reg.mu[0] = logit((float64(f.failures) + baseRate*baseStrength) / (float64(f.n) + baseStrength))
	reg.lambda[0] = 0.01
	betas := make([][]float64, len(r.cands))
	bends := map[float64][]float64{} // by half-life
	for c, cand := range r.cands {
		x := 0
		for i, u := range use {
			if t.watch.ended(i) {
				return nil, t.watch.err
			}
			if u {
				reg.w[x] = fade(f.asOf-t.start[i], cand.halfLife)
				x++
			}
		}
		if math.IsInf(cand.lambda, 1) {
			betas[c] = constant(reg)
			continue
		}
		r.hold(reg, f, cand)
		start := r.warm[c]
		if len(start) != reg.d {
			start = slices.Clone(reg.mu)
		}
		reg.bend = bends[cand.halfLife]
		beta, err := reg.fit(start)
		if err != nil {
			return nil, err
		}
		bends[cand.halfLife] = reg.bend
		r.warm[c], betas[c] = beta, beta
	}
	return betas, nil
}

// hold sets the prior of a candidate.
func (r *roller) hold(reg *regression, f *fitted, cand candidate) {
	free := 0
	for c := range f.cols {
		if !cand.plain || f.cols[c].plain() {
			free++
		}
	}
	r.shipped.apply(reg, f.cols)
	lambda := max(cand.lambda, leastLambda(f.failures, free))
	for c := range f.cols {
		reg.lambda[c+1] = lambda
		if cand.plain {
			reg.mu[c+1] = 0
			if !f.cols[c].plain() {
				reg.lambda[c+1] = 1e12
			}
		}
	}
}

// fade is the weight left after so many seconds.
func fade(seconds int64, halfLifeDays float64) float64 {
	return exp(-math.Ln2 / (halfLifeDays * 86400) * float64(max(seconds, 0)))
}

// constant is the coefficients of a model that knows only the weighted base rate.
func constant(reg *regression) []float64 {
	y, n := baseRate*baseStrength, float64(baseStrength)
	for i, w := range reg.w {
		if reg.watch.ended(i) {
			break
		}
		n += w
		y += w * indicator(reg.y[i])
	}
	beta := make([]float64, reg.d)
	beta[0] = logit(y / n)
	return beta
}

func linear(cols []column, beta []float64, i int) float64 {
	eta := beta[0]
	for c := range cols {
		eta += float64(beta[c+1] * cols[c].z(i))
	}
	return eta
}

// judge compares what each candidate foretold at earlier refits with what happened since: it
// fits a calibration to each and returns their losses. Old rows count less, and so do rows
// foretold when few failures were known. Forecasts are always of rows that the fit behind
// them had not seen (expanding windows): holding out the newest rows instead would keep the
// most telling ones from the fit.
func (r *roller) judge(f *fitted, use []bool) []calibration {
	const inYears = 1.0 / year
	t := r.d.t
	told := &foretold{level: logit((float64(f.failures) + baseRate*baseStrength) / (float64(f.n) + baseStrength)), watch: t.watch}
	var rows []int
	for i, u := range use {
		if t.watch.ended(i) {
			break
		}
		if u && !math.IsNaN(r.eta[0][i]) {
			rows = append(rows, i)
			told.failed = append(told.failed, t.failed[i])
			told.at = append(told.at, float64(t.start[i])*inYears)
			told.w = append(told.w, fade(f.asOf-t.start[i], judgeLife)*min(1, r.info[i]/max(1, float64(f.failures))))
		}
	}
	cals := make([]calibration, len(r.cands))
	told.eta = make([]float64, len(rows))
	for c := range r.cands {
		for x, i := range rows {
			if t.watch.ended(x) {
				break
			}
			told.eta[x] = r.eta[c][i]
		}
		cals[c] = calibrate(told)
	}
	return cals
}

// weigh turns losses into weights that add up to 1: prequential evidence (Dawid 1984).
// The mean of linear models is a linear model, so the mixture explains itself like one.
func weigh(cals []calibration) []float64 {
	best := math.Inf(1)
	for _, c := range cals {
		best = min(best, c.loss)
	}
	mix, sum := make([]float64, len(cals)), 0.0
	for c := range cals {
		mix[c] = exp(best - cals[c].loss)
		sum += mix[c]
	}
	for c := range mix {
		mix[c] /= sum
	}
	return mix
}

// roll refits at expanding windows up to row train, then every step seconds.
func (r *roller) roll(train, windows int, step int64) error {
	t := r.d.t
	at := []int{0}
	for w := 1; w <= windows; w++ {
		at = append(at, train*w/(windows+1))
	}
	at = append(at, train)
	for next := train; next < t.len(); {
		limit := t.start[next] + step
		for next < t.len() && t.start[next] < limit {
			next++
		}
		at = append(at, next)
	}
	for i := 0; i+1 < len(at); i++ {
		if err := t.watch.failed(); err != nil {
			return err
		}
		if at[i] < at[i+1] {
			if err := r.refit(at[i], at[i+1], t.start[at[i]]); err != nil {
				return err
			}
		}
	}
	return nil
}
