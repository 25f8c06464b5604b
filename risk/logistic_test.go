package risk

import (
	"context"
	"math"
	"testing"

	"github.com/slackwater-go/slackwater/internal/prng"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"
)

// planted draws a regression whose true coefficients are known.
func planted(n, d int, seed uint64) (*regression, []float64) {
	r := prng.New(seed)
	truth := make([]float64, d)
	truth[0] = -1
	for j := 1; j < d; j++ {
		truth[j] = 0.5 * gauss(r)
	}
	reg := &regression{d: d, mu: make([]float64, d), lambda: make([]float64, d)}
	for range n {
		row := make([]float64, d)
		row[0] = 1
		for j := 1; j < d; j++ {
			row[j] = gauss(r)
		}
		reg.x = append(reg.x, row...)
		reg.y = append(reg.y, uniform(r) < sigmoid(dot(row, truth)))
		reg.w = append(reg.w, 0.5+uniform(r))
	}
	return reg, truth
}

func TestGradientAndHessianAgreeWithDifferences(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.IntRange(1, 5).Draw(t, "d")
		reg, _ := planted(rapid.IntRange(1, 30).Draw(t, "n"), d, rapid.Uint64().Draw(t, "seed"))
		for j := range d {
			reg.lambda[j] = rapid.Float64Range(0, 5).Draw(t, "lambda")
			reg.mu[j] = rapid.Float64Range(-1, 1).Draw(t, "mu")
		}
		beta := rapid.SliceOfN(rapid.Float64Range(-2, 2), d, d).Draw(t, "beta")
		grad, h := make([]float64, d), mat.NewSymDense(d, nil)
		e := &evaluation{regression: reg}
		e.gradient(grad, beta)
		e.hessian(h, beta)
		const step = 1e-5
		for j := range d {
			up, down := append([]float64(nil), beta...), append([]float64(nil), beta...)
			up[j] += step
			down[j] -= step
			fresh := func(b []float64) (float64, []float64) {
				e, g := &evaluation{regression: reg}, make([]float64, d)
				e.gradient(g, b)
				return e.value(b), g
			}
			fu, gu := fresh(up)
			fd, gd := fresh(down)
			if want := (fu - fd) / (2 * step); math.Abs(grad[j]-want) > 1e-5*(1+math.Abs(want)) {
				t.Fatalf("gradient[%d] = %v, differences say %v", j, grad[j], want)
			}
			for k := range d {
				if want := (gu[k] - gd[k]) / (2 * step); math.Abs(h.At(j, k)-want) > 1e-4*(1+math.Abs(want)) {
					t.Fatalf("hessian[%d,%d] = %v, differences say %v", j, k, h.At(j, k), want)
				}
			}
		}
	})
}

// TestFitAgreesWithAnIndependentFit compares with iteratively reweighted least squares solved by
// plain Gaussian elimination.
func TestFitAgreesWithAnIndependentFit(t *testing.T) {
	reg, _ := planted(3000, 6, 5)
	for j := 1; j < reg.d; j++ {
		reg.lambda[j], reg.mu[j] = 2, 0.1
	}
	got, err := reg.fit(make([]float64, reg.d))
	if err != nil {
		t.Fatal(err)
	}
	want := irls(reg)
	for j := range got {
		if math.Abs(got[j]-want[j]) > 1e-6*math.Max(1, math.Abs(want[j])) {
			t.Errorf("coefficient %d is %.9f, the independent fit says %.9f", j, got[j], want[j])
		}
	}
}

func irls(r *regression) []float64 {
	d := r.d
	beta := make([]float64, d)
	for range 30 {
		a := make([][]float64, d)
		for j := range a {
			a[j] = make([]float64, d+1)
			a[j][j] = r.lambda[j]
			a[j][d] = r.lambda[j] * r.mu[j]
		}
		for i := range r.w {
			row := r.x[i*d : i*d+d]
			eta := 0.0
			for j := range row {
				eta += row[j] * beta[j]
			}
			p := 1 / (1 + math.Exp(-eta))
			v := p * (1 - p)
			y := 0.0
			if r.y[i] {
				y = 1
			}
			for j := range row {
				for k := range row {
					a[j][k] += r.w[i] * v * row[j] * row[k]
				}
				a[j][d] += r.w[i] * row[j] * (v*eta + y - p)
			}
		}
		for p := range d {
			for q := range d {
				if q != p {
					f := a[q][p] / a[p][p]
					for k := p; k <= d; k++ {
						a[q][k] -= f * a[p][k]
					}
				}
			}
		}
		for j := range beta {
			beta[j] = a[j][d] / a[j][j]
		}
	}
	return beta
}

func TestFitRecoversPlantedTruth(t *testing.T) {
	outside := 0
	const runs, d = 20, 6
	for seed := range uint64(runs) {
		reg, truth := planted(4000, d, seed)
		for i := range reg.w {
			reg.w[i] = 1
		}
		beta, err := reg.fit(make([]float64, d))
		if err != nil {
			t.Fatal(err)
		}
		se := reg.spread(beta)
		for j := range beta {
			if math.Abs(beta[j]-truth[j]) > 1.96*se[j] {
				outside++
			}
		}
	}
	// 120 intervals of 95 %: 6 outside on the mean, standard deviation 2.4.
	if outside > 15 {
		t.Errorf("%d of %d coefficients lie outside their 95 %% interval", outside, runs*d)
	}
}

func TestMonotoneCoefficientsAreNotNegative(t *testing.T) {
	reg, truth := planted(2000, 5, 11)
	reg.monotone = []bool{false, true, true, true, true}
	beta, err := reg.fit(make([]float64, reg.d))
	if err != nil {
		t.Fatal(err)
	}
	for j := 1; j < reg.d; j++ {
		if beta[j] < 0 {
			t.Errorf("coefficient %d is %v (truth %v)", j, beta[j], truth[j])
		}
	}
}

// TestStrengthRecoversPlantedBetaBinomial draws entities from a Beta and finds its strength again.
func TestStrengthRecoversPlantedBetaBinomial(t *testing.T) {
	for _, want := range []float64{20, 60} {
		r := prng.New(4)
		const entities, each, mean = 400, 60, 0.2
		var history []Outcome
		at := epoch
		rates := make([]float64, entities)
		for e := range rates {
			a, b := gamma(r, mean*want), gamma(r, (1-mean)*want)
			rates[e] = a / (a + b)
		}
		for i := range entities * each {
			e := i % entities
			at = at.Add(1e9)
			history = append(history, Outcome{Change: Change{ID: string(rune('a'+i%26)) + itoa(i), Start: at, Team: itoa(e)}, Failed: uniform(r) < rates[e], KnownAt: at})
		}
		tab, err := newTable(context.Background(), history, &Schema{Entities: []EntityKind{{Kind: KindTeam}}, NoSlot: true})
		if err != nil {
			t.Fatal(err)
		}
		use := make([]bool, tab.len())
		for i := range use {
			use[i] = true
		}
		d := newDesign(tab)
		for i := range d.base {
			d.base[i] = mean
		}
		got := d.shrink(use, speeds-1)[1].Strength
		if got < want*0.75 || got > want*1.35 {
			t.Errorf("strength %v, planted %v", got, want)
		}
	}
}

func itoa(i int) string { return indexed("", i) }

// gamma draws from a Gamma distribution of the given shape (Marsaglia and Tsang 2000).
func gamma(r *prng.Rand, shape float64) float64 {
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := gauss(r)
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v = v * v * v
		if math.Log(uniform(r)+1e-300) < 0.5*x*x+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}
