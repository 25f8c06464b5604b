package risk

import "math"

// The sources of factors that a fit learns; each is followed by an entity kind.
const (
	RateOf      Source = "rate="          // log-odds of the shrunk failure rate over the base rate; the worst, where there are several
	RateMeanOf  Source = "rate-mean="     // the same, mean over several
	VolumeOf    Source = "volume="        // changes so far; the most, where there are several
	SinceFailOf Source = "since-failure=" // hours since the last known failure, at most sinceCap; the least, where there are several
	SinceOf     Source = "since-change="  // hours since the last start, at most sinceCap; the least, where there are several
	CrowdIn     Source = "crowd="         // followed by "1h" or "24h": changes of anybody started that long before
)

// sinceCap is the most hours that a distance in time counts: half a year.
const sinceCap = 4380

// A column is a feature of all rows: value before centring, NaN where not known.
type column struct {
	Factor
	role string
	x    []float64

	first, wide float64 // of a column merged by role: mean centre and spread of its parts
}

// A design turns a replayed history into columns, given the shrinkage of each kind.
type design struct {
	t     *table
	obs   [][]seen
	crowd [][2]float64
	base  []float64 // base rate just before each row
}

func newDesign(t *table) *design {
	d := &design{t: t}
	d.obs, _, d.crowd = t.remember(math.MinInt64)
	d.base = make([]float64, t.len())
	for i := range d.base {
		if t.watch.ended(i) {
			break
		}
		d.base[i] = baseOf(&d.obs[0][i])
	}
	return d
}

// shrink fits the shrinkage of every kind, parents first, to the rows with use[i]. Speeds
// of forgetting before speedsFrom are not tried.
func (d *design) shrink(use []bool, speedsFrom int) []Shrinkage {
	out := make([]Shrinkage, len(d.t.kinds))
	rates := make([][]float64, len(d.t.kinds))
	for _, k := range d.parentsFirst() {
		m := d.parentRates(k, rates)
		out[k] = d.t.fitShrinkage(k, d.obs[k], m, use, speedsFrom)
		rates[k] = d.ratesOf(k, &out[k], m)
	}
	return out
}

// rates computes the shrunk rate of every item of every kind.
func (d *design) rates(g []Shrinkage) [][]float64 {
	rates := make([][]float64, len(d.t.kinds))
	for _, k := range d.parentsFirst() {
		rates[k] = d.ratesOf(k, &g[k], d.parentRates(k, rates))
	}
	return rates
}

func (d *design) ratesOf(k int, g *Shrinkage, m []float64) []float64 {
	r := make([]float64, len(m))
	for j := range r {
		if d.t.watch.ended(j) {
			break
		}
		r[j] = g.rate(&d.obs[k][j], m[j])
	}
	return r
}

// parentRates gives for each item of kind k the rate that stands in where it is new.
func (d *design) parentRates(k int, rates [][]float64) []float64 {
	c := &d.t.kinds[k]
	m := make([]float64, len(c.item))
	for i := range d.base {
		if d.t.watch.ended(i) {
			break
		}
		for j := c.off[i]; j < c.off[i+1]; j++ {
			if u := c.up[j]; u >= 0 {
				m[j] = rates[c.parent][u]
			} else {
				m[j] = d.base[i]
			}
		}
	}
	return m
}

// parentsFirst orders the kinds so that each follows its parent.
func (d *design) parentsFirst() []int {
	var order []int
	done := make([]bool, len(d.t.kinds))
	var visit func(k int)
	visit = func(k int) {
		if done[k] {
			return
		}
		done[k] = true
		if p := d.t.kinds[k].parent; p >= 0 {
			visit(p)
		}
		order = append(order, k)
	}
	for k := range d.t.kinds {
		visit(k)
	}
	return order
}

// given returns the columns that a change states itself.
func (d *design) given() []column {
	var cols []column
	for j, f := range d.t.schema.Factors {
		col := column{Factor: Factor{Name: f.Name, Source: Given, Scale: f.Scale, Monotone: f.Monotone, Words: f.Words}, role: f.Role}
		col.x = make([]float64, d.t.len())
		for i, v := range d.t.given[j] {
			if d.t.watch.ended(i) {
				break
			}
			col.x[i] = v
			if f.Scale == Log {
				col.x[i] = signedLog(v)
			}
		}
		cols = append(cols, col)
	}
	return cols
}

// rateColumns returns the rate columns of kind k: the worst item, and where changes have several, the mean.
func (d *design) rateColumns(k int, rates []float64) []column {
	c := &d.t.kinds[k]
	worst := column{Factor: Factor{Name: string(RateOf) + c.Kind, Source: RateOf + Source(c.Kind), Scale: Linear, Monotone: true}, role: rolePrefix(&c.EntityKind) + "rate"}
	mean := column{Factor: Factor{Name: string(RateMeanOf) + c.Kind, Source: RateMeanOf + Source(c.Kind), Scale: Linear, Monotone: true}, role: rolePrefix(&c.EntityKind) + "rate"}
	worst.x, mean.x = make([]float64, d.t.len()), make([]float64, d.t.len())
	several := false
	for i := range worst.x {
		if d.t.watch.ended(i) {
			break
		}
		lo, hi := c.off[i], c.off[i+1]
		worst.x[i], mean.x[i] = math.NaN(), math.NaN()
		if lo == hi {
			continue
		}
		several = several || hi-lo > 1
		b := logit(d.base[i])
		top, sum := math.Inf(-1), 0.0
		for _, r := range rates[lo:hi] {
			v := logit(r) - b
			top = max(top, v)
			sum += v
		}
		worst.x[i], mean.x[i] = top, sum/float64(hi-lo)
	}
	if several {
		return []column{worst, mean}
	}
	return []column{worst}
}

func rolePrefix(e *EntityKind) string {
	role := e.Role
	if role == "" {
		switch e.Kind {
		case KindTeam, "author", "committer":
			role = "who"
		case kindAll, kindHour, kindWeekday:
			role = e.Kind
		default:
			role = "what"
		}
	}
	return role + ":"
}

// historyColumns returns what else the past of kind k says: volume and distances in time.
func (d *design) historyColumns(k int) []column {
	c := &d.t.kinds[k]
	mk := func(s Source, role string) column {
		return column{Factor: Factor{Name: string(s) + c.Kind, Source: s + Source(c.Kind), Scale: Log}, role: rolePrefix(&c.EntityKind) + role, x: make([]float64, d.t.len())}
	}
	volume, fail, change := mk(VolumeOf, "volume"), mk(SinceFailOf, "since-failure"), mk(SinceOf, "since-change")
	for i := range volume.x {
		if d.t.watch.ended(i) {
			break
		}
		lo, hi := c.off[i], c.off[i+1]
		if lo == hi {
			volume.x[i], fail.x[i], change.x[i] = math.NaN(), math.NaN(), math.NaN()
			continue
		}
		v, f, s := 0.0, float64(sinceCap), float64(sinceCap)
		for _, o := range d.obs[k][lo:hi] {
			v, f, s = max(v, o.count), min(f, o.sinceFail), min(s, o.sinceStart)
		}
		volume.x[i], fail.x[i], change.x[i] = log1p(v), log1p(f), log1p(s)
	}
	return []column{volume, fail, change}
}

// all returns every column of the full model. The recent base rate of everything is not among
// them, though it was tried: failures come in bursts, so it ran behind them and spoilt the ranking of
// changes months apart. The level is left to the intercept and the calibration.
func (d *design) all(g []Shrinkage) []column {
	cols := d.given()
	rates := d.rates(g)
	for k := range d.t.kinds {
		if d.t.kinds[k].Kind == kindAll {
			continue
		}
		cols = append(cols, d.rateColumns(k, rates[k])...)
		switch d.t.kinds[k].Kind {
		case kindHour, kindWeekday:
		default:
			cols = append(cols, d.historyColumns(k)...)
		}
	}
	for w, name := range []string{"1h", "24h"} {
		col := column{Factor: Factor{Name: string(CrowdIn) + name, Source: CrowdIn + Source(name), Scale: Log}, role: "crowd:" + name, x: make([]float64, d.t.len())}
		for i := range col.x {
			if d.t.watch.ended(i) {
				break
			}
			col.x[i] = log1p(d.crowd[i][w])
		}
		cols = append(cols, col)
	}
	return cols
}
