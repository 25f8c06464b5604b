package schedule

import (
	"math"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/internal/engine"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// plan turns a solution into a plan. Ends are exact: they follow from the start and the
// duration in seconds, not from the ends in ticks.
func (c *compiled) plan(s *rcpsp.Solution) *Plan {
	p := &Plan{Version: Version, Problem: c.p.Name, Status: Feasible, Tick: Duration(c.tick) * Second, OnGrid: c.claims(), Assignments: []Assignment{}}
	for t, i := range c.acts {
		a := &c.p.Activities[i]
		k := s.Mode[t]
		if k < 0 {
			p.Unscheduled = append(p.Unscheduled, a.ID)
			continue
		}
		mode := a.modes()[c.modes[t][k]]
		start := int64(s.Start[t])*c.tick + c.seconds[t].residue
		p.Assignments = append(p.Assignments, Assignment{Activity: a.ID, Mode: mode.ID,
			Start: c.instant(start), End: c.instant(c.end(t, int(k), start)), From: a.From})
	}
	sortAssignments(p.Assignments)
	slices.Sort(p.Unscheduled)
	return p
}

// end returns when a task that starts at start ends, in seconds.
func (c *compiled) end(t, mode int, start int64) int64 {
	m := c.seconds[t].modes[mode]
	if m.work == nil {
		return start + m.duration
	}
	e, _ := rcpsp.Advance(m.work, rcpsp.Time(start), rcpsp.Time(m.duration))
	return int64(e)
}

func (c *compiled) instant(sec int64) time.Time { return time.Unix(c.start+sec, 0).UTC() }

// value fills in what the plan reaches and what the engine has proved.
func (c *compiled) value(p *Plan, w wishes, bound []int64) {
	goals := c.p.goals()
	p.Goals = make([]GoalValue, len(goals))
	e := evaluation{p: c.p, plan: p, wishes: w}
	e.index()
	p.Tiers = make([]TierValue, len(c.tiers))
	for k, tier := range c.tiers {
		p.Tiers[k] = TierValue{Tier: tier, Bound: math.MinInt64}
		if k < len(bound) {
			p.Tiers[k].Bound = bound[k]
		}
	}
	least := make([]int64, len(c.tiers))
	for i := range goals {
		g := goals[i]
		v := e.measure(&g)
		g.Weight = g.weight()
		p.Goals[i] = GoalValue{Goal: g, Value: v}
		k := slices.Index(c.tiers, g.Tier)
		p.Tiers[k].Value += g.Weight * v
		if g.Measure == CustomCosts || least[k] == math.MinInt64 {
			least[k] = math.MinInt64 // nothing is known of a function of the user's
			continue
		}
		least[k] += g.Weight * e.least(&g)
	}
	for k := range p.Tiers {
		t := &p.Tiers[k]
		t.Bound = min(max(t.Bound, least[k]), t.Value)
	}
}

// solution turns a plan into a complete assignment for the engine to start from. What
// the plan does not say is taken from the first start of the first mode.
func (c *compiled) solution(p *Plan) *rcpsp.Solution {
	at := make(map[string]*Assignment, len(p.Assignments))
	for i := range p.Assignments {
		at[p.Assignments[i].Activity] = &p.Assignments[i]
	}
	n := len(c.in.Tasks)
	s := &rcpsp.Solution{Mode: make([]int32, n), Start: make([]rcpsp.Time, n)}
	for t := range c.in.Tasks {
		task := &c.in.Tasks[t]
		for k := len(task.Modes) - 1; k >= 0; k-- {
			if len(task.Modes[k].Starts) > 0 {
				s.Mode[t], s.Start[t] = int32(k), task.Modes[k].Starts[0].Lo
			}
		}
		if t >= len(c.acts) {
			continue
		}
		a := &c.p.Activities[c.acts[t]]
		x, ok := at[a.ID]
		if !ok {
			if task.Optional {
				s.Mode[t] = -1
			}
			continue
		}
		modes := a.modes()
		for k, i := range c.modes[t] {
			if modes[i].ID == x.Mode {
				s.Mode[t] = int32(k)
			}
		}
		s.Start[t] = floorDiv(rcpsp.Time(x.Start.Unix()-c.start-c.seconds[t].residue), rcpsp.Time(c.tick))
	}
	return s
}

func statsOf(r *engine.Result, o *Options) Stats {
	return Stats{Seed: o.Seed, Workers: max(o.Workers, 1), Work: r.Stats.Work, Conflicts: r.Stats.Conflicts,
		Decisions: r.Stats.Decisions, Restarts: r.Stats.Restarts, Solutions: r.Stats.Solutions}
}
