package schedule

import "math"

// The functions here use nothing but sums, products, quotients and square roots, each
// rounded by itself, so that they give the same bits on every platform; those of package
// math do not promise that.

// horner evaluates a polynomial, the highest coefficient first.
func horner(x float64, c ...float64) float64 {
	sum := 0.0
	for _, a := range c {
		sum = float64(sum*x) + a
	}
	return sum
}

// step is one step of that, small enough to be inlined.
func step(sum, x, c float64) float64 { return float64(sum*x) + c }

// exp is e to the x: 2^k times the series of what is left, which is at most ln(2)/2.
func exp(x float64) float64 {
	const ln2 = 0.693147180559945309417232121458
	k := math.Floor(x/ln2 + 0.5)
	if k < -1000 {
		return 0
	}
	if k > 1000 {
		return math.MaxFloat64
	}
	r := x - float64(k*ln2)
	// 1/n! from 1/14! on: what is cut off is below the last bit.
	sum := step(step(step(step(1.0/87178291200, r, 1.0/6227020800), r, 1.0/479001600), r, 1.0/39916800), r, 1.0/3628800)
	sum = step(step(step(step(step(sum, r, 1.0/362880), r, 1.0/40320), r, 1.0/5040), r, 1.0/720), r, 1.0/120)
	sum = step(step(step(step(step(sum, r, 1.0/24), r, 1.0/6), r, 0.5), r, 1), r, 1)
	return math.Ldexp(sum, int(k))
}

// ln is the natural logarithm of a positive number, by the series of artanh.
func ln(x float64) float64 {
	m, e := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m, e = 2*m, e-1
	}
	s := (m - 1) / (m + 1)
	sum, power := 0.0, s
	for n := 1.0; n < 40; n += 2 {
		sum += power / n
		power = float64(power * float64(s*s))
	}
	return float64(float64(e)*0.693147180559945309417232121458) + 2*sum
}

// normalCDF is the standard normal distribution function (Hart 1968, as given by West
// 2005), to double precision.
func normalCDF(z float64) float64 {
	x := math.Abs(z)
	if x > 37 {
		if z > 0 {
			return 1
		}
		return 0
	}
	tail := exp(-float64(x*x) / 2)
	if x < 7.07106781186547 {
		tail = float64(tail*horner(x, 3.52624965998911e-2, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871, 221.213596169931, 220.206867912376)) /
			horner(x, 8.83883476483184e-2, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674, 637.333633378831, 793.826512519948, 440.413735824752)
	} else {
		tail = tail / (x + 1/(x+2/(x+3/(x+4/(x+0.65))))) / 2.506628274631
	}
	if z > 0 {
		return 1 - tail
	}
	return tail
}

// normalQuantile is the inverse of the standard normal distribution function (Acklam 2003),
// within 1.2e-9 of its value.
func normalQuantile(u float64) float64 {
	const low = 0.02425
	tail := func(p float64) float64 {
		q := math.Sqrt(-2 * ln(p))
		return horner(q, -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732537539343, 4.374664141464968, 2.938163982698783) /
			horner(q, 7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1)
	}
	switch {
	case u < low:
		return tail(u)
	case u > 1-low:
		return -tail(1 - u)
	}
	q := u - 0.5
	r := float64(q * q)
	top := step(step(step(step(step(-3.969683028665376e1, r, 2.209460984245205e2), r, -2.759285104469687e2), r, 1.383577518672690e2), r, -3.066479806614716e1), r, 2.506628277459239)
	below := step(step(step(step(step(-5.447609879822406e1, r, 1.615858368580409e2), r, -1.556989798598866e2), r, 6.680131188771972e1), r, -1.328068155288572e1), r, 1)
	return float64(q*top) / below
}
