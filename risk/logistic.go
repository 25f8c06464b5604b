package risk

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"
)

// A regression is a logistic regression with weights per row and a Gaussian prior on each
// coefficient: it minimises
//
//	Σ w_i·[softplus(η_i) − y_i·η_i] + ½ Σ λ_j (β_j − μ_j)²,   η = X β.
//
// Column 0 is the intercept. The matrix is row-major, so one row is one cache line or a few.
type regression struct {
	d        int
	x        []float64 // n×d
	y        []bool
	w        []float64
	mu       []float64
	lambda   []float64
	monotone []bool // coefficients that must not be negative; nil: none

	// bend is the Hessian of the rows without the prior, upper half, where it was last
	// computed. The next fit to the same rows starts from it.
	bend []float64

	watch *watch // asked between steps and within passes over many rows
}

// eta computes Xβ for one row.
func dot(row, beta []float64) float64 {
	s := 0.0
	for j, b := range beta {
		s += float64(row[j] * b)
	}
	return s
}

// An evaluation is the regression at one point; value, gradient and Hessian of one point are
// asked for in turn, so the probabilities are computed once.
type evaluation struct {
	*regression
	at   []float64
	p    []float64 // probability of each row
	loss float64

	slope, before float64 // largest entry of the gradient, now and at the last step
	steps         int
}

func (e *evaluation) move(beta []float64) {
	if slices.Equal(e.at, beta) {
		return
	}
	e.at = append(e.at[:0], beta...)
	if e.p == nil {
		e.p = make([]float64, len(e.w))
	}
	e.loss = 0
	for j, b := range beta {
		diff := b - e.mu[j]
		e.loss += 0.5 * e.lambda[j] * diff * diff
	}
	for i, w := range e.w {
		if e.watch.ended(i) {
			return
		}
		eta := dot(e.x[i*e.d:i*e.d+e.d], beta)
		u := math.Exp(-math.Abs(eta))
		p := 1 / (1 + u)
		l := max(eta, 0) + math.Log1p(u)
		if eta < 0 {
			p = u * p
		}
		if e.y[i] {
			l -= eta
		}
		e.p[i] = p
		e.loss += w * l
	}
}

func (e *evaluation) value(beta []float64) float64 {
	e.move(beta)
	return e.loss
}

func (e *evaluation) gradient(grad, beta []float64) {
	e.move(beta)
	for j, b := range beta {
		grad[j] = e.lambda[j] * (b - e.mu[j])
	}
	for i, p := range e.p {
		if e.watch.ended(i) {
			break
		}
		if e.y[i] {
			p--
		}
		g := e.w[i] * p
		for j, v := range e.x[i*e.d : i*e.d+e.d] {
			grad[j] += g * v
		}
	}
	e.slope = 0
	for _, g := range grad {
		e.slope = max(e.slope, math.Abs(g))
	}
}

// chord is by how much the gradient must have shrunk since the last step for the Hessian of
// an earlier point to do again (Shamanskii 1967): a step that halves the digits left costs one
// pass over the rows, a new Hessian as many as there are columns.
const chord = 0.1

// hessian reports whether it is that of beta, not of an earlier point.
func (e *evaluation) hessian(hess *mat.SymDense, beta []float64) (fresh bool) {
	e.move(beta)
	d := e.d
	if len(e.bend) != d*d || e.steps > 0 && !(e.slope < chord*e.before) {
		e.bend = make([]float64, d*d)
		e.curve()
		fresh = true
	}
	e.before = e.slope
	e.steps++
	for j := range d {
		for k := j; k < d; k++ {
			hess.SetSym(j, k, e.bend[j*d+k])
		}
		hess.SetSym(j, j, e.bend[j*d+j]+e.lambda[j])
	}
	return fresh
}

// curve computes the Hessian of the rows, upper half, four rows at a time.
func (e *evaluation) curve() {
	d, h := e.d, e.bend
	i := 0
	for ; i+4 <= len(e.p); i += 4 {
		if e.watch.ended(i) {
			return
		}
		var c [4]float64
		for r := range c {
			p := e.p[i+r]
			c[r] = e.w[i+r] * p * (1 - p)
		}
		r0, r1, r2, r3 := e.x[i*d:i*d+d], e.x[(i+1)*d:(i+2)*d], e.x[(i+2)*d:(i+3)*d], e.x[(i+3)*d:(i+4)*d]
		for j := range r0 {
			c0, c1, c2, c3 := c[0]*r0[j], c[1]*r1[j], c[2]*r2[j], c[3]*r3[j]
			hj := h[j*d+j : j*d+d]
			a, b, f, g := r0[j:][:len(hj)], r1[j:][:len(hj)], r2[j:][:len(hj)], r3[j:][:len(hj)]
			for k := range hj {
				hj[k] += c0*a[k] + c1*b[k] + c2*f[k] + c3*g[k]
			}
		}
	}
	for ; i < len(e.p); i++ {
		c := e.w[i] * e.p[i] * (1 - e.p[i])
		row := e.x[i*d : i*d+d]
		for j, v := range row {
			for k, u := range row[j:] {
				h[j*d+j+k] += c * v * u
			}
		}
	}
}

var errFit = errors.New("the fit did not converge")

// fit minimises the loss from start by Newton's method. Coefficients of columns that are
// monotone are kept from falling below zero: those that would are set to zero and the rest is fitted again.
func (r *regression) fit(start []float64) ([]float64, error) {
	beta, err := r.newton(start)
	if err != nil || r.monotone == nil {
		return beta, err
	}
	mu, lambda := slices.Clone(r.mu), slices.Clone(r.lambda)
	defer func() { r.mu, r.lambda = mu, lambda }()
	r.mu, r.lambda = slices.Clone(mu), slices.Clone(lambda)
	held := make([]bool, r.d)
	for range r.d {
		again := false
		for j, m := range r.monotone {
			if m && !held[j] && beta[j] < 0 {
				held[j], again = true, true
				r.mu[j], r.lambda[j], beta[j] = 0, 1e12, 0
			}
		}
		if !again {
			break
		}
		if beta, err = r.newton(beta); err != nil {
			return nil, err
		}
	}
	for j := range beta {
		if held[j] {
			beta[j] = 0
		}
	}
	return beta, nil
}

// newton is Newton's method with steps halved until they gain something and a Hessian that serves
// for several steps. A line search by derivatives was tried: near the optimum, where rounding
// hides the last of the loss, it spent most of the passes over the rows.
func (r *regression) newton(start []float64) ([]float64, error) {
	e := &evaluation{regression: r}
	fresh := false
	p := optimize.Problem{Func: e.value, Grad: e.gradient, Hess: func(hess *mat.SymDense, beta []float64) { fresh = e.hessian(hess, beta) }}
	settings := &optimize.Settings{
		GradientThreshold: 1e-6 * max(1, float64(len(r.w))/10000),
		MajorIterations:   mostSteps,
		Converger:         optimize.NeverTerminate{},
		Recorder:          e,
	}
	beta := slices.Clone(start)
	for {
		res, err := optimize.Minimize(p, beta, settings, &optimize.Newton{Linesearcher: &optimize.Backtracking{MinimumStepSize: 1e-6}})
		if ended := r.watch.failed(); ended != nil {
			return nil, ended
		}
		if res == nil || res.Location.X == nil {
			return nil, fmt.Errorf("%w: %v", errFit, err)
		}
		copy(beta, res.X)
		if err == nil || fresh {
			break // where it fails on its own Hessian, rounding leaves nothing to gain
		}
		r.bend = nil // the Hessian of another point led astray
	}
	for _, b := range beta {
		if !finite(b) {
			return nil, errFit
		}
	}
	return beta, nil
}

// Init and Record let an evaluation end an optimisation together with its watch.
func (e *evaluation) Init() error { return nil }

func (e *evaluation) Record(*optimize.Location, optimize.Operation, *optimize.Stats) error {
	return e.watch.failed()
}

const mostSteps = 100

// spread returns the standard error of each coefficient at the optimum: the square root of
// the diagonal of the inverse Hessian (Laplace).
func (r *regression) spread(beta []float64) []float64 {
	e := &evaluation{regression: r}
	h := mat.NewSymDense(r.d, nil)
	e.hessian(h, beta)
	out := make([]float64, r.d)
	var chol mat.Cholesky
	if !chol.Factorize(h) {
		for j := range out {
			out[j] = math.Inf(1)
		}
		return out
	}
	var inv mat.SymDense
	if err := chol.InverseTo(&inv); err != nil {
		for j := range out {
			out[j] = math.Inf(1)
		}
		return out
	}
	for j := range out {
		out[j] = math.Sqrt(inv.At(j, j))
	}
	return out
}
