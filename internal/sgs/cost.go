package sgs

import (
	"math"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// costs keeps the value of the objective while tasks come and go. A largest value
// lives in a tournament tree, so that a change costs the logarithm of the number of
// terms. Open tasks contribute nothing.
type costs struct {
	value    []int64 // by tier, weights included
	goals    []goalCost
	groups   [][]int32 // by goal, term: dense index of the group of a MaxGroup goal
	byBudget [][]int32 // by budget: PeakPeriod and Excess goals
}

// goalCost is the state of one goal.
type goalCost struct {
	now int64      // value without weight
	top tournament // Max: by term; MaxGroup: by group; PeakPeriod and Excess: by period
}

func (c *costs) init(m *Model) {
	in := m.In
	c.value = make([]int64, in.Tiers())
	c.goals = make([]goalCost, len(in.Goals))
	c.groups = make([][]int32, len(in.Goals))
	c.byBudget = make([][]int32, len(in.Budgets))
	for i := range in.Goals {
		g := &in.Goals[i]
		switch g.Kind {
		case rcpsp.Max:
			c.goals[i].top = newTournament(len(g.Terms), math.MinInt64)
		case rcpsp.MaxGroup:
			index := map[int32]int32{}
			c.groups[i] = make([]int32, len(g.Terms))
			for k := range g.Terms {
				j, ok := index[g.Terms[k].Group]
				if !ok {
					j = int32(len(index))
					index[g.Terms[k].Group] = j
				}
				c.groups[i][k] = j
			}
			c.goals[i].top = newTournament(len(index), 0)
		case rcpsp.PeakPeriod, rcpsp.Excess:
			c.goals[i].top = newTournament(len(in.Budgets[g.Of].Periods), 0)
			c.byBudget[g.Of] = append(c.byBudget[g.Of], int32(i))
		}
	}
}

// Value returns the objective of what is placed, by tier. It must not be changed.
func (s *State) Value() []int64 { return s.cost.value }

// set moves goal i to value v.
func (c *costs) set(in *rcpsp.Instance, i int32, v int64) {
	g := &in.Goals[i]
	c.value[g.Tier] += g.Weight * (v - c.goals[i].now)
	c.goals[i].now = v
}

// add puts in (sign 1) or takes out (-1) what task t costs as it stands.
func (c *costs) add(s *State, t rcpsp.TaskID, sign int64) {
	in := s.M.In
	for _, ref := range s.M.tasks[t].terms {
		g := &in.Goals[ref.goal]
		gc := &c.goals[ref.goal]
		v := termAt(&g.Terms[ref.term], s.Mode[t], s.Start[t], s.End[t])
		switch g.Kind {
		case rcpsp.Sum:
			c.set(in, ref.goal, gc.now+sign*v)
		case rcpsp.Max:
			if sign < 0 {
				v = math.MinInt64
			}
			gc.top.set(int(ref.term), v)
			c.set(in, ref.goal, max(0, gc.top.best()))
		case rcpsp.MaxGroup:
			j := int(c.groups[ref.goal][ref.term])
			gc.top.set(j, gc.top.at(j)+sign*v)
			c.set(in, ref.goal, max(0, gc.top.best()))
		}
	}
}

// peaks reads the peaks that t, in its mode, has changed.
func (c *costs) peaks(s *State, t rcpsp.TaskID) {
	for _, d := range s.M.In.Tasks[t].Modes[s.Mode[t]].Demands {
		if s.taken[d.Resource].chunks == nil {
			continue
		}
		for i := range s.M.In.Goals {
			if g := &s.M.In.Goals[i]; g.Kind == rcpsp.Peak && g.Of == int32(d.Resource) {
				c.set(s.M.In, int32(i), max(0, -s.taken[d.Resource].lowest()))
			}
		}
	}
}

// period reads what is used in period p of budget b again.
func (c *costs) period(s *State, b int32, p int) {
	for _, i := range c.byBudget[b] {
		gc := &c.goals[i]
		if s.M.In.Goals[i].Kind == rcpsp.Excess {
			over := max(0, s.used[b][p]-s.M.In.Budgets[b].Periods[p].Free)
			now := gc.now + over - gc.top.at(p)
			gc.top.set(p, over)
			c.set(s.M.In, i, now)
			continue
		}
		gc.top.set(p, s.used[b][p])
		c.set(s.M.In, i, max(0, gc.top.best()))
	}
}

func termAt(tm *rcpsp.Term, mode int32, start, end rcpsp.Time) int64 {
	switch {
	case mode < 0:
		return tm.Absent
	case tm.OnEnd:
		return tm.At(end)
	}
	return tm.At(start)
}

// Price adds to out, by tier, what placing open task t in mode k at start, or leaving
// it out (k Absent), would add to the value.
func (s *State) Price(out []int64, t rcpsp.TaskID, k int32, start rcpsp.Time) {
	in, tk := s.M.In, &s.M.tasks[t]
	var end rcpsp.Time
	if k >= 0 {
		end, _ = in.Tasks[t].Modes[k].End(start)
	}
	s.Work += int64(len(tk.terms))
	for i := 0; i < len(tk.terms); {
		ref := tk.terms[i]
		g := &in.Goals[ref.goal]
		gc := &s.cost.goals[ref.goal]
		after := gc.now
		for ; i < len(tk.terms) && tk.terms[i].goal == ref.goal; i++ {
			v := termAt(&g.Terms[tk.terms[i].term], k, start, end)
			switch g.Kind {
			case rcpsp.Sum:
				after += v
			case rcpsp.Max:
				after = max(after, v)
			case rcpsp.MaxGroup:
				// Two terms of one task in one group are rare; each is priced alone.
				after = max(after, gc.top.at(int(s.cost.groups[ref.goal][tk.terms[i].term]))+v)
			}
		}
		out[g.Tier] += g.Weight * (after - gc.now)
	}
	if k < 0 {
		return
	}
	s.pricePeaks(out, t, k, start)
}

// pricePeaks is the part of Price that concerns peaks.
func (s *State) pricePeaks(out []int64, t rcpsp.TaskID, k int32, start rcpsp.Time) {
	in := s.M.In
	m := &in.Tasks[t].Modes[k]
	for _, d := range m.Demands {
		if s.taken[d.Resource].chunks == nil {
			continue
		}
		top := int64(0)
		m.Occupied(start, func(sp rcpsp.Span) {
			top = max(top, d.Amount-s.taken[d.Resource].lowestIn(sp.Lo, sp.Hi))
		})
		for i := range in.Goals {
			if g := &in.Goals[i]; g.Kind == rcpsp.Peak && g.Of == int32(d.Resource) {
				out[g.Tier] += g.Weight * max(0, top-s.cost.goals[i].now)
			}
		}
	}
	for i, u := range s.M.tasks[t].uses {
		if len(s.cost.byBudget[u.budget]) == 0 || s.first(int(t), i) != i {
			continue
		}
		p := in.Budgets[u.budget].Period(start)
		if p < 0 {
			continue
		}
		after := s.used[u.budget][p] + s.takes(int(t), u.budget, k)
		for _, j := range s.cost.byBudget[u.budget] {
			g := &in.Goals[j]
			if g.Kind == rcpsp.Excess {
				free := in.Budgets[u.budget].Periods[p].Free
				out[g.Tier] += g.Weight * (max(0, after-free) - max(0, s.used[u.budget][p]-free))
				continue
			}
			out[g.Tier] += g.Weight * max(0, after-s.cost.goals[j].now)
		}
	}
}

// A tournament is a complete binary tree whose inner nodes hold the larger of their
// two children.
type tournament struct {
	n    int
	node []int64 // node[1] is the root, node[n+i] leaf i
}

func newTournament(leaves int, v int64) tournament {
	n := 1
	for n < leaves {
		n *= 2
	}
	t := tournament{n, make([]int64, 2*n)}
	for i := range t.node {
		t.node[i] = math.MinInt64
	}
	for i := range leaves {
		t.set(i, v)
	}
	return t
}

func (t *tournament) best() int64    { return t.node[1] }
func (t *tournament) at(i int) int64 { return t.node[t.n+i] }
func (t *tournament) set(i int, v int64) {
	i += t.n
	for t.node[i] = v; i > 1; {
		i /= 2
		x := max(t.node[2*i], t.node[2*i+1])
		if t.node[i] == x {
			return
		}
		t.node[i] = x
	}
}
