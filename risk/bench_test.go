package risk

import (
	"testing"
	"time"

	"gonum.org/v1/gonum/mat"
)

// plainNewton is the peer: the textbook iteration on the same matrix with gonum's matrices.
func plainNewton(r *regression) []float64 {
	n, d := len(r.w), r.d
	x := mat.NewDense(n, d, r.x)
	beta := mat.NewVecDense(d, nil)
	var eta, grad, step mat.VecDense
	resid, scaled := mat.NewVecDense(n, nil), mat.NewDense(n, d, nil)
	for range 50 {
		eta.MulVec(x, beta)
		for i := range n {
			p := sigmoid(eta.AtVec(i))
			resid.SetVec(i, r.w[i]*(p-indicator(r.y[i])))
			v := r.w[i] * p * (1 - p)
			for j, z := range r.x[i*d : i*d+d] {
				scaled.Set(i, j, v*z)
			}
		}
		grad.MulVec(x.T(), resid)
		var h mat.Dense
		h.Mul(x.T(), scaled)
		for j := range d {
			grad.SetVec(j, grad.AtVec(j)+r.lambda[j]*(beta.AtVec(j)-r.mu[j]))
			h.Set(j, j, h.At(j, j)+r.lambda[j])
		}
		if err := step.SolveVec(&h, &grad); err != nil {
			return nil
		}
		beta.SubVec(beta, &step)
		if mat.Norm(&grad, 2) < 1e-6 {
			break
		}
	}
	return beta.RawVector().Data
}

// BenchmarkFit65000x35 fits 65,000 changes with 35 features, and the same matrix by plain Newton.
// The ratio is of the two times in this run; run it with -cpu 1 to compare CPU time.
func BenchmarkFit65000x35(b *testing.B) {
	reg, _ := planted(65000, 36, 1)
	for j := 1; j < reg.d; j++ {
		reg.lambda[j] = 1
	}
	var ours, plain time.Duration
	for b.Loop() {
		start := time.Now()
		if _, err := reg.fit(make([]float64, reg.d)); err != nil {
			b.Fatal(err)
		}
		ours += time.Since(start)
		start = time.Now()
		if plainNewton(reg) == nil {
			b.Fatal("the peer failed")
		}
		plain += time.Since(start)
	}
	b.ReportMetric(ours.Seconds()/plain.Seconds(), "ours/plain")
}

func BenchmarkRateOne(b *testing.B) {
	m, h := fittedModel(b, 2000)
	r, err := m.Rater(nil)
	if err != nil {
		b.Fatal(err)
	}
	c := h[100].Change
	c.Start = m.Memory.AsOf.Add(time.Hour)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.LogOdds(&c); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSlots10000x168 rates 10,000 changes at every hour of a week.
func BenchmarkSlots10000x168(b *testing.B) {
	m, h := fittedModel(b, 2000)
	r, err := m.Rater(nil)
	if err != nil {
		b.Fatal(err)
	}
	var changes []Change
	for i := range 10000 {
		changes = append(changes, h[i%len(h)].Change)
	}
	var starts []time.Time
	for i := range 168 {
		starts = append(starts, m.Memory.AsOf.Add(time.Duration(i)*time.Hour))
	}
	for b.Loop() {
		if _, err := r.Slots(changes, starts); err != nil {
			b.Fatal(err)
		}
	}
}
