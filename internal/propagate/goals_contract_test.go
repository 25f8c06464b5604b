package propagate_test

import (
	"testing"

	"github.com/slackwater-go/slackwater/internal/cp"
	"github.com/slackwater-go/slackwater/internal/cp/cptest"
	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/propagate"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

func TestCostContract(t *testing.T) {
	contract(t, func(r *prng.Rand, s *cp.Store) cptest.Case {
		v, last, present := starts(r, s, 1)
		lo, hi := s.Lower(v[0]), min(s.Upper(v[0]), last[0])
		var pieces []rcpsp.Piece
		for at := int64(r.IntN(3)); len(pieces) < 3; at += int64(1 + r.IntN(3)) {
			pieces = append(pieces, rcpsp.Piece{From: rcpsp.Time(at), Value: int64(r.IntN(9) - 3), Slope: int64(r.IntN(5) - 2)})
		}
		tm := rcpsp.Term{Cost: pieces}
		absent := int64(r.IntN(8) - 2)
		cost := s.NewVar(-12, 20)
		propagate.NewCost(1, v[0], 2, cost, present[0], absent, propagate.NewCurve(pieces, lo+2, hi+2)).Post(s)
		return cptest.Case{Vars: []cp.Var{v[0], cost}, Holds: func(x []int64) bool {
			if x[0] > last[0] {
				return x[1] >= absent
			}
			return x[1] >= tm.At(rcpsp.Time(x[0]+2))
		}}
	})
}

func TestCurveAgainstWalking(t *testing.T) {
	for seed := range uint64(300) {
		r := prng.New(seed)
		var tm rcpsp.Term
		for at := int64(r.IntN(4)); len(tm.Cost) < 1+r.IntN(6); at += int64(1 + r.IntN(5)) {
			tm.Cost = append(tm.Cost, rcpsp.Piece{From: rcpsp.Time(at), Value: int64(r.IntN(30) - 9), Slope: int64(r.IntN(7) - 3)})
		}
		c := propagate.NewCurve(tm.Cost, 1, 25)
		for lo := int64(1); lo <= 25; lo++ {
			best := tm.At(rcpsp.Time(lo))
			for hi := lo; hi <= 25; hi++ {
				best = min(best, tm.At(rcpsp.Time(hi)))
				if got := c.Min(lo, hi); got != best {
					t.Fatalf("seed %d: the least from %d to %d is %d, not %d", seed, lo, hi, best, got)
				}
			}
		}
	}
}

func TestSumContract(t *testing.T) {
	contract(t, func(r *prng.Rand, s *cp.Store) cptest.Case {
		v := []cp.Var{s.NewVar(-2, 4), s.NewVar(0, 5), s.NewVar(-1, 3)}
		total := s.NewVar(-6, 24)
		var terms []propagate.Addend
		for _, x := range v {
			terms = append(terms, propagate.Addend{Factor: int64(1 + r.IntN(3)), Var: x})
		}
		constant := int64(r.IntN(5) - 2)
		propagate.NewSum(1, total, constant, terms).Post(s)
		return cptest.Case{Vars: append(v, total), Holds: func(x []int64) bool {
			sum := constant
			for i, t := range terms {
				sum += t.Factor * x[i]
			}
			return x[3] >= sum
		}}
	})
}

func TestBudgetContract(t *testing.T) {
	contract(t, func(r *prng.Rand, s *cp.Store) cptest.Case {
		n := 2 + r.IntN(2)
		v, last, present := starts(r, s, n)
		vars := append([]cp.Var(nil), v...)
		var draws []propagate.Draw
		for i := range n {
			d := propagate.Draw{Start: v[i], Last: last[i], Ways: []propagate.DrawWay{{On: present[i], Amount: int64(1 + r.IntN(3))}}}
			if i == 0 && last[i] == cp.Far {
				x := s.NewVar(0, 1) // two modes, told apart by one Boolean
				vars = append(vars, x)
				d.Ways = []propagate.DrawWay{{On: cp.AtLeast(x, 1), Amount: int64(r.IntN(4))}, {On: cp.AtMost(x, 0), Amount: int64(r.IntN(4))}}
			}
			draws = append(draws, d)
		}
		top := cp.Var(-1)
		if r.IntN(2) == 0 {
			top = s.NewVar(0, 6)
			vars = append(vars, top)
		}
		cut := int64(2 + r.IntN(4))
		periods := []propagate.DrawPeriod{{Span: propagate.Span{Lo: 0, Hi: cut}, Limit: int64(r.IntN(5))}, {Span: propagate.Span{Lo: cut + 1, Hi: 20}, Limit: int64(r.IntN(5))}}
		propagate.NewBudget(1, draws, periods, top).Post(s)
		return cptest.Case{Vars: vars, Holds: func(x []int64) bool {
			for _, p := range periods {
				used := int64(0)
				for i, d := range draws {
					if x[i] > last[i] || x[i] < p.Lo || x[i] >= p.Hi {
						continue
					}
					w := d.Ways[0]
					if len(d.Ways) > 1 && x[n] == 0 {
						w = d.Ways[1]
					}
					used += w.Amount
				}
				if used > p.Limit || top >= 0 && used > x[len(x)-1] {
					return false
				}
			}
			return true
		}}
	})
}

func TestSameSpanContract(t *testing.T) {
	contract(t, func(r *prng.Rand, s *cp.Store) cptest.Case {
		spans := []propagate.Span{{Lo: 0, Hi: 2}, {Lo: 2, Hi: 4}, {Lo: 4, Hi: 12}}
		v, last, present := starts(r, s, 2+r.IntN(2))
		which := s.NewVar(0, 2)
		var mates []propagate.Mate
		for i := range v {
			mates = append(mates, propagate.Mate{Start: v[i], Present: present[i], Last: last[i]})
		}
		propagate.NewSameSpan(1, which, mates, spans).Post(s)
		n := len(v)
		return cptest.Case{Vars: append(v, which), Holds: func(x []int64) bool {
			for i := range n {
				if x[i] <= last[i] && (x[i] < spans[x[n]].Lo || x[i] >= spans[x[n]].Hi) {
					return false
				}
			}
			return true
		}}
	})
}

func TestGroupsContract(t *testing.T) {
	contract(t, func(r *prng.Rand, s *cp.Store) cptest.Case {
		n := 3 + r.IntN(2)
		v, last, present := starts(r, s, n)
		var items []propagate.Item
		for i := range n {
			items = append(items, propagate.Item{Start: v[i], End: v[i], EndOff: int64(1 + r.IntN(3)), Demand: 1, If: present[i], Last: last[i]})
		}
		trees := []propagate.GroupTree{
			{Allowed: []propagate.Level{{Cap: int64(r.IntN(2))}}, Members: []propagate.GroupMember{{Items: []int32{0}}, {Items: []int32{1}}}},
			{Allowed: []propagate.Level{{Cap: 1}, {From: 4, Cap: int64(r.IntN(2))}}, Members: []propagate.GroupMember{{Items: []int32{2}, Groups: []int32{0}}, {Items: []int32{int32(n - 1), 0}}}},
		}
		propagate.NewGroups(1, items, trees, 1).Post(s)
		out := func(x []int64, i int32, now int64) bool {
			return x[i] <= last[i] && x[i] <= now && now < x[i]+items[i].EndOff
		}
		allowed := func(g int, now int64) (a int64) {
			for _, l := range trees[g].Allowed {
				if l.From <= now {
					a = l.Cap
				}
			}
			return a
		}
		var over func(x []int64, g int, now int64) bool
		over = func(x []int64, g int, now int64) bool {
			n := int64(0)
			for _, m := range trees[g].Members {
				down := false
				for _, i := range m.Items {
					down = down || out(x, i, now)
				}
				for _, sub := range m.Groups {
					down = down || over(x, int(sub), now)
				}
				if down {
					n++
				}
			}
			return n > allowed(g, now)
		}
		return cptest.Case{Vars: v, Holds: func(x []int64) bool {
			for now := range int64(16) {
				if over(x, 1, now) {
					return false
				}
			}
			return true
		}}
	})
}
