package risk

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// ulps is the distance of a and b in units in the last place of b.
func ulps(a, b float64) float64 {
	if a == b {
		return 0
	}
	return math.Abs(a-b) / (math.Nextafter(math.Abs(b), math.Inf(1)) - math.Abs(b))
}

func TestElementaryFunctionsAgreeWithMath(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(-700, 700).Draw(t, "x")
		if d := ulps(exp(x), math.Exp(x)); d > 4 {
			t.Fatalf("exp(%v) = %v, off by %v ulp", x, exp(x), d)
		}
		y := rapid.OneOf(rapid.Float64Range(1e-300, 1e300), rapid.Float64Range(0.5, 2)).Draw(t, "y")
		if d := ulps(log(y), math.Log(y)); d > 4 {
			t.Fatalf("log(%v) = %v, off by %v ulp", y, log(y), d)
		}
		z := rapid.OneOf(rapid.Float64Range(-0.999, 1e9), rapid.Float64Range(-1e-9, 1e-9)).Draw(t, "z")
		if d := ulps(log1p(z), math.Log1p(z)); d > 4 {
			t.Fatalf("log1p(%v) = %v, off by %v ulp", z, log1p(z), d)
		}
		p := rapid.Float64Range(1e-12, 1-1e-12).Draw(t, "p")
		if got := sigmoid(logit(p)); math.Abs(got-p) > 1e-15+1e-14*p {
			t.Fatalf("sigmoid(logit(%v)) = %v", p, got)
		}
	})
}

func TestElementaryFunctionsAtTheEdges(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"exp(0)", exp(0), 1},
		{"exp(-inf)", exp(math.Inf(-1)), 0},
		{"exp(inf)", exp(math.Inf(1)), math.Inf(1)},
		{"exp(1e308)", exp(1e308), math.Inf(1)},
		{"log(1)", log(1), 0},
		{"log(0)", log(0), math.Inf(-1)},
		{"log(inf)", log(math.Inf(1)), math.Inf(1)},
		{"log1p(-1)", log1p(-1), math.Inf(-1)},
		{"log1p(0)", log1p(0), 0},
		{"sigmoid(-inf)", sigmoid(math.Inf(-1)), 0},
		{"sigmoid(inf)", sigmoid(math.Inf(1)), 1},
	} {
		if c.got != c.want {
			t.Errorf("%s = %v, want %v", c.name, c.got, c.want)
		}
	}
	for name, v := range map[string]float64{"exp(NaN)": exp(math.NaN()), "log(-1)": log(-1), "log(NaN)": log(math.NaN())} {
		if !math.IsNaN(v) {
			t.Errorf("%s = %v, want NaN", name, v)
		}
	}
}

func TestNormalQuantileInvertsTheNormal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.Float64Range(1e-12, 1-1e-12).Draw(t, "p")
		if back := 0.5 * math.Erfc(-normalQuantile(p)/math.Sqrt2); math.Abs(back-p) > 1e-7*min(p, 1-p)+1e-16 {
			t.Fatalf("Φ(Φ⁻¹(%v)) = %v", p, back)
		}
	})
	if !math.IsInf(normalQuantile(0), -1) || !math.IsInf(normalQuantile(1), 1) || !math.IsInf(normalQuantile(math.NaN()), -1) {
		t.Error("the ends are not infinite")
	}
}
