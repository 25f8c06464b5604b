package risk

import "math"

// standard fits centre and spread of each column to the rows with use[i]; missing values
// are left out. A column that does not vary gets spread 1 and says nothing.
func standard(cols []column, use []bool, w *watch) {
	for c := range cols {
		col := &cols[c]
		n, mean, m2 := 0.0, 0.0, 0.0
		for i, v := range col.x {
			if w.ended(i) {
				break
			}
			if i < len(use) && use[i] && !math.IsNaN(v) {
				n++
				delta := v - mean
				mean += delta / n
				m2 += delta * (v - mean)
			}
		}
		col.Center, col.Spread = mean, 1
		if n > 1 && m2 > 1e-12*n {
			col.Spread = math.Sqrt(m2 / n)
		}
	}
}

// z is the standardised value of row i; missing values are the mean.
func (c *column) z(i int) float64 {
	if v := c.x[i]; !math.IsNaN(v) {
		return (v - c.Center) / c.Spread
	}
	return 0
}

// newRegression gathers the rows with use[i] behind an intercept. Its fits end with w.
func newRegression(cols []column, failed, use []bool, w *watch) *regression {
	r := &regression{watch: w, d: len(cols) + 1, mu: make([]float64, len(cols)+1), lambda: make([]float64, len(cols)+1)}
	for i, u := range use {
		if w.ended(i) {
			break
		}
		if !u {
			continue
		}
		r.x = append(r.x, 1)
		for c := range cols {
			r.x = append(r.x, cols[c].z(i))
		}
		r.y = append(r.y, failed[i])
		r.w = append(r.w, 1)
	}
	return r
}

// plain foretells rows from train on by the plain baseline: logarithms of the columns that
// changes state themselves, and with rates the shrunk entity rates too; standardised; L2
// with λ = 1; fitted once to the first train rows, all of whose outcomes it is told.
func (d *design) plain(train int, withRates bool) ([]float64, error) {
	use := make([]bool, d.t.len())
	for i := range train {
		use[i] = true
	}
	var cols []column
	for j, f := range d.t.schema.Factors {
		col := column{Factor: Factor{Name: f.Name}, x: make([]float64, d.t.len())}
		for i, v := range d.t.given[j] {
			if d.t.watch.ended(i) {
				break
			}
			col.x[i] = signedLog(v)
		}
		cols = append(cols, col)
	}
	if withRates {
		rates := d.rates(d.shrink(use, speeds-1))
		for k := range d.t.schema.Entities {
			cols = append(cols, d.rateColumns(k+1, rates[k+1])...)
		}
	}
	standard(cols, use, d.t.watch)
	r := newRegression(cols, d.t.failed, use, d.t.watch)
	for j := 1; j < r.d; j++ {
		r.lambda[j] = 1
	}
	if err := d.t.watch.failed(); err != nil {
		return nil, err // rows are missing
	}
	beta, err := r.fit(make([]float64, r.d))
	if err != nil {
		return nil, err
	}
	p := make([]float64, 0, d.t.len()-train)
	for i := train; i < d.t.len(); i++ {
		if d.t.watch.ended(i) {
			return nil, d.t.watch.err
		}
		eta := beta[0]
		for c := range cols {
			eta += float64(beta[c+1] * cols[c].z(i))
		}
		p = append(p, sigmoid(eta))
	}
	return p, nil
}
