package risk

import "math"

// normalQuantile is Φ⁻¹ for p in (0, 1) (Acklam 2003, relative error below 1.2e-9).
func normalQuantile(p float64) float64 {
	a := [...]float64{-3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02, 1.383577518672690e+02, -3.066479806614716e+01, 2.506628277459239e+00}
	b := [...]float64{-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02, 6.680131188771972e+01, -1.328068155288572e+01, 1}
	c := [...]float64{-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00, -2.549732539343734e+00, 4.374664141464968e+00, 2.938163982698783e+00}
	d := [...]float64{7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00, 1}
	const low = 0.02425
	switch {
	case !(p > 0):
		return math.Inf(-1)
	case p >= 1:
		return math.Inf(1)
	case p < low:
		q := math.Sqrt(-2 * log(p))
		return horner(c[:], q) / horner(d[:], q)
	case p > 1-low:
		q := math.Sqrt(-2 * log1p(-p))
		return -horner(c[:], q) / horner(d[:], q)
	}
	q := p - 0.5
	r := float64(q * q)
	return float64(horner(a[:], r)*q) / horner(b[:], r)
}

// horner evaluates a polynomial, highest power first.
func horner(c []float64, x float64) float64 {
	s := 0.0
	for _, v := range c {
		s = float64(s*x) + v
	}
	return s
}
