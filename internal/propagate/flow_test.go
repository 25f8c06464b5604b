package propagate_test

import (
	"testing"

	"github.com/slackwater-go/slackwater/internal/cp"
	"github.com/slackwater-go/slackwater/internal/cp/cptest"
	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/propagate"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// convex returns a cost that falls, and then rises ever faster.
func convex(r *prng.Rand) []rcpsp.Piece {
	var out []rcpsp.Piece
	value, slope, at := int64(r.IntN(4)), int64(-r.IntN(4)), int64(0)
	for range 1 + r.IntN(3) {
		out = append(out, rcpsp.Piece{From: rcpsp.Time(at), Value: value, Slope: slope})
		long := int64(1 + r.IntN(4))
		value += slope * long
		slope += int64(1 + r.IntN(3))
		at += long
	}
	return out
}

func TestFlowContract(t *testing.T) {
	contract(t, func(r *prng.Rand, s *cp.Store) cptest.Case {
		n := 2 + r.IntN(2)
		var v []cp.Var
		for range n {
			lo := int64(r.IntN(3))
			v = append(v, s.NewVar(lo, lo+int64(2+r.IntN(4))))
		}
		order := []cp.Var{s.NewVar(0, 1), s.NewVar(0, 1)}
		extra := s.NewVar(0, 2)
		total := s.NewVar(-5, 25)
		lags := propagate.NewLags(s)
		s.Follow(lags, nil)
		type arc struct {
			a, b int
			w    int64
			cond []cp.Atom
		}
		var arcs []arc
		for i := range 2 + r.IntN(3) {
			x := arc{a: r.IntN(n), b: r.IntN(n), w: int64(r.IntN(5) - 1)}
			if x.a == x.b {
				continue
			}
			switch o := order[r.IntN(2)]; {
			case i > 0 && r.IntN(2) == 0:
				x.cond = append(x.cond, cp.AtLeast(o, 1))
			case i > 0 && r.IntN(2) == 0:
				x.cond = append(x.cond, cp.AtMost(o, 0))
			}
			arcs = append(arcs, x)
			lags.AddBoth(v[x.a], v[x.b], x.w, 1, x.cond...)
		}
		var terms []rcpsp.Term
		var costs []propagate.Convex
		var factors []int64
		for i := range v {
			tm := rcpsp.Term{Cost: convex(r)}
			off := int64(r.IntN(3))
			terms, factors = append(terms, tm), append(factors, int64(1+r.IntN(2)))
			costs = append(costs, propagate.Convex{Var: v[i], Off: off, Factor: factors[i], Curve: propagate.NewCurve(tm.Cost, s.Lower(v[i])+off, s.Upper(v[i])+off)})
		}
		constant := int64(r.IntN(5) - 2)
		if !lags.Init() {
			s.Post(failing{}, cp.Quick) // the contract then wants no solution
		}
		f := propagate.NewFlow(s, lags, 1, total, constant, []propagate.Addend{{Factor: 2, Var: extra}}, costs)
		if f != nil {
			f.Always = true
			f.Post(s)
		}
		return cptest.Case{Vars: append(append([]cp.Var{}, v...), order[0], order[1], extra, total), Holds: func(x []int64) bool {
			for _, a := range arcs {
				holds := true
				for _, c := range a.cond {
					i := n + int(c.Var-order[0])/2
					holds = holds && (c.Var&1 == 0 && x[i] >= c.Bound || c.Var&1 == 1 && -x[i] >= c.Bound)
				}
				if holds && x[a.b] < x[a.a]+a.w {
					return false
				}
			}
			sum := constant + 2*x[n+2]
			for i := range n {
				sum += factors[i] * terms[i].At(rcpsp.Time(x[i]+costs[i].Off))
			}
			return f == nil || x[n+3] >= sum
		}}
	})
}
