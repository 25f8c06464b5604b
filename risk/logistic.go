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
}

// eta computes Xβ for one row.
func dot(row, beta []float64) float64 {
	s := 0.0
	for j, b := range beta {
		s += float64(row[j] * b)
	}
	return s
}

// An evaluation is the regression at one point; gonum asks for value, gradient and Hessian
// of the same point in turn, so the probabilities are computed once.
type evaluation struct {
	*regression
	at   []float64
	p    []float64 // probability of each row
	loss float64
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
		if e.y[i] {
			p--
		}
		g := e.w[i] * p
		for j, v := range e.x[i*e.d : i*e.d+e.d] {
			grad[j] += g * v
		}
	}
}

func (e *evaluation) hessian(hess *mat.SymDense, beta []float64) {
	e.move(beta)
	d := e.d
	h := make([]float64, d*d)
	for i, p := range e.p {
		c := e.w[i] * p * (1 - p)
		row := e.x[i*d : i*d+d]
		for j, v := range row {
			cv := c * v
			hj := h[j*d+j : j*d+d]
			for k, u := range row[j:] {
				hj[k] += cv * u
			}
		}
	}
	for j := range d {
		h[j*d+j] += e.lambda[j]
		for k := j; k < d; k++ {
			hess.SetSym(j, k, h[j*d+k])
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

func (r *regression) newton(start []float64) ([]float64, error) {
	e := &evaluation{regression: r}
	p := optimize.Problem{Func: e.value, Grad: e.gradient, Hess: e.hessian}
	res, err := optimize.Minimize(p, start, &optimize.Settings{GradientThreshold: 1e-6, MajorIterations: 50}, &optimize.Newton{})
	if res == nil {
		return nil, fmt.Errorf("%w: %v", errFit, err)
	}
	for _, b := range res.X {
		if !finite(b) {
			return nil, errFit
		}
	}
	return res.X, nil
}

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
