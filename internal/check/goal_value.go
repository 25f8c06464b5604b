package check

import (
	"math/bits"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// valueOf works out the value of a solution, one number a tier. It looks at each goal as
// the documentation of the instance defines it, instant by instant where it has to.
func valueOf(in *rcpsp.Instance, s *rcpsp.Solution) []int64 {
	j := &judge{in: in, at: make([]placed, len(in.Tasks))}
	for t := range in.Tasks {
		j.place(t, s)
	}
	out := make([]int64, in.Tiers())
	for i := range in.Goals {
		if g := &in.Goals[i]; g.Weight > 0 {
			out[g.Tier] += g.Weight * j.goalValue(g)
		}
	}
	return out
}

func (j *judge) goalValue(g *rcpsp.Goal) int64 {
	var v int64
	switch g.Kind {
	case rcpsp.Sum:
		for i := range g.Terms {
			v += j.cost(&g.Terms[i])
		}
	case rcpsp.Max:
		for i := range g.Terms {
			v = max(v, j.cost(&g.Terms[i]))
		}
	case rcpsp.MaxGroup:
		for i := range g.Terms {
			sum := int64(0)
			for k := range g.Terms {
				if g.Terms[k].Group == g.Terms[i].Group {
					sum += j.cost(&g.Terms[k])
				}
			}
			v = max(v, sum)
		}
	case rcpsp.Peak:
		sweep(j.taken(rcpsp.ResourceID(g.Of)), nil, func(_, _ rcpsp.Time, sum, _ int64) { v = max(v, sum) })
	case rcpsp.PeakPeriod:
		for _, u := range j.used(&j.in.Budgets[g.Of]) {
			v = max(v, u)
		}
	case rcpsp.Excess:
		b := &j.in.Budgets[g.Of]
		for k, u := range j.used(b) {
			v += max(0, u-b.Periods[k].Free)
		}
	}
	return v
}

// taken lists where the use of a resource changes.
func (j *judge) taken(r rcpsp.ResourceID) []change {
	var out []change
	take := func(lo, hi rcpsp.Time, amount int64) {
		if lo < hi {
			out = append(out, change{lo, amount}, change{hi, -amount})
		}
	}
	for t, p := range j.at {
		if !p.present {
			continue
		}
		m := &j.in.Tasks[t].Modes[p.mode]
		amount := demand(m, int(r))
		if m.Work == nil || m.Hold {
			take(p.start, p.end, amount)
			continue
		}
		for _, w := range m.Work {
			take(max(w.Lo, p.start), min(w.Hi, p.end), amount)
		}
	}
	return out
}

// used is what is used in each period of a budget.
func (j *judge) used(b *rcpsp.Budget) []int64 {
	out := make([]int64, len(b.Periods))
	for _, u := range b.Uses {
		p := j.at[u.Task]
		for k, q := range b.Periods {
			if p.present && (u.Mode < 0 || u.Mode == p.mode) && q.Lo <= p.start && p.start < q.Hi {
				out[k] += u.Amount
			}
		}
	}
	return out
}

// cost is what a term costs: the last piece that has begun says so.
func (j *judge) cost(tm *rcpsp.Term) int64 {
	p := j.at[tm.Task]
	if !p.present {
		return tm.Absent
	}
	at := p.start
	if tm.OnEnd {
		at = p.end
	}
	v := int64(0)
	for _, c := range tm.Cost {
		if c.From <= at {
			v = c.Value + c.Slope*int64(at-c.From)
		}
	}
	return v
}

// checkGoals returns an [*Unsupported] error where a tier could pass what the checker
// calculates with, so that no sum of it overflows.
func checkGoals(in *rcpsp.Instance) error {
	size := make([]uint64, in.Tiers())
	for i := range in.Goals {
		g := &in.Goals[i]
		if g.Weight > 0 {
			size[g.Tier] = plus(size[g.Tier], times(uint64(g.Weight), goalSize(in, g)))
		}
	}
	for _, x := range size {
		if x > largestValue {
			return &Unsupported{"goals whose value could pass 2^60"}
		}
	}
	return nil
}

// goalSize is at least the value of a goal without its sign, and that of each part of it.
func goalSize(in *rcpsp.Instance, g *rcpsp.Goal) uint64 {
	size := uint64(0)
	for i := range g.Terms {
		tm := &g.Terms[i]
		most := magnitude(tm.Absent)
		for k, c := range tm.Cost {
			to := in.Horizon
			if k+1 < len(tm.Cost) {
				to = min(to, tm.Cost[k+1].From)
			}
			at := times(magnitude(c.Slope), uint64(max(0, to-c.From)))
			most = max(most, plus(magnitude(c.Value), at))
		}
		size = plus(size, most)
	}
	switch g.Kind {
	case rcpsp.Peak:
		for t := range in.Tasks {
			for k := range in.Tasks[t].Modes {
				size = plus(size, uint64(demand(&in.Tasks[t].Modes[k], int(g.Of))))
			}
		}
	case rcpsp.PeakPeriod, rcpsp.Excess:
		b := &in.Budgets[g.Of]
		uses := uint64(0)
		for i := range b.Uses {
			uses = plus(uses, magnitude(b.Uses[i].Amount))
		}
		if g.Kind == rcpsp.Excess {
			uses = times(uses, 2*uint64(len(b.Periods))) // with what is free of each period
		}
		size = plus(size, uses)
	}
	return size
}

func magnitude(x int64) uint64 { return uint64(max(x, -x)) }

// plus and times stay at the largest number instead of passing it.
func plus(a, b uint64) uint64 {
	if s, carry := bits.Add64(a, b, 0); carry == 0 {
		return s
	}
	return 1<<64 - 1
}

func times(a, b uint64) uint64 {
	if hi, lo := bits.Mul64(a, b); hi == 0 {
		return lo
	}
	return 1<<64 - 1
}
