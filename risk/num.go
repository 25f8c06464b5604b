package risk

import "math"

// The elementary functions of this package are its own: the standard library takes
// assembly on some platforms, and the compiler may fuse x*y+z into one rounding. Every
// product here is rounded on its own, so a score has the same bits everywhere.
// Errors stay below two units in the last place over the ranges used.

const (
	ln2Hi = 6.93147180369123816490e-01 // the upper bits of ln 2, exact times any small integer
	ln2Lo = 1.90821492927058770002e-10 // the rest
)

// inverseFactorials are 1/13!, …, 1/1!, 1/0!; oddInverses are 1/25, 1/23, …, 1/3. Never written to.
var (
	inverseFactorials = [...]float64{1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 1.0 / 2, 1.0 / 1, 1.0 / 1}
	oddInverses       = [...]float64{1.0 / 25, 1.0 / 23, 1.0 / 21, 1.0 / 19, 1.0 / 17, 1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9, 1.0 / 7, 1.0 / 5, 1.0 / 3}
)

// exp is e**x by reduction to |r| <= ln2/2 and the Taylor polynomial of degree 13,
// whose remainder there is below 5e-18.
func exp(x float64) float64 {
	switch {
	case x != x:
		return x
	case x > 709.78:
		return math.Inf(1)
	case x < -745.13:
		return 0
	}
	k := math.Floor(float64(x*(1/math.Ln2)) + 0.5)
	r := (x - float64(k*ln2Hi)) - float64(k*ln2Lo)
	p := 0.0
	for _, c := range &inverseFactorials {
		p = c + float64(r*p)
	}
	return math.Ldexp(p, int(k))
}

// log is the natural logarithm: x = m*2**e with m near 1, log m = 2 atanh((m-1)/(m+1)).
func log(x float64) float64 {
	switch {
	case x != x || x < 0:
		return math.NaN()
	case x == 0:
		return math.Inf(-1)
	case x > math.MaxFloat64:
		return x
	}
	m, e := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m, e = 2*m, e-1
	}
	k := float64(e)
	return float64(k*ln2Hi) + (atanh2((m-1)/(m+1)) + float64(k*ln2Lo))
}

// log1p is log(1+x) without loss for small x.
func log1p(x float64) float64 {
	if x > -0.29 && x < 0.41 {
		return atanh2(x / (2 + x))
	}
	return log(1 + x)
}

// atanh2 is 2*atanh(s) for |s| <= 0.1716: thirteen terms of the odd series.
func atanh2(s float64) float64 {
	z := float64(s * s)
	p := 0.0
	for _, c := range &oddInverses {
		p = float64(z * (c + p))
	}
	return float64(2*s) + float64(float64(2*s)*p)
}

// sigmoid is the probability of log-odds x; logit is its inverse.
func sigmoid(x float64) float64 {
	if x >= 0 {
		return 1 / (1 + exp(-x))
	}
	e := exp(x)
	return e / (1 + e)
}

func logit(p float64) float64 { return log(p) - log1p(-p) }

// signedLog compresses a count or size: log1p for x >= 0, mirrored below zero.
func signedLog(x float64) float64 {
	if x < 0 {
		return -log1p(-x)
	}
	return log1p(x)
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

func round3(x float64) float64 { return math.Round(x*1000) / 1000 }
