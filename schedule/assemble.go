package schedule

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/internal/engine"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// plan turns a solution into a plan. Ends are exact: they follow from the start and the
// duration in seconds, not from the ends in ticks.
func (c *compiled) plan(s *rcpsp.Solution) *Plan {
	p, _ := c.assemble(s, nil)
	return p
}

// assemble is plan, in room if that is enough. It also returns the assignments by activity.
func (c *compiled) assemble(s *rcpsp.Solution, room []Assignment) (*Plan, []*Assignment) {
	p := &Plan{Version: Version, Problem: c.p.Name, Status: Feasible, Tick: Duration(c.tick) * Second, OnGrid: c.claims()}
	order := make([]placed, 0, len(c.acts))
	for t, i := range c.acts { // by ID
		if s.Mode[t] < 0 {
			p.Unscheduled = append(p.Unscheduled, c.p.Activities[i].ID)
		} else {
			order = append(order, placed{c.begin(t, s), int32(t)})
		}
	}
	if room == nil || cap(room) < len(order) {
		room = make([]Assignment, len(order))
	}
	p.Assignments = room[:len(order)]
	at := make([]*Assignment, len(c.acts))
	// In the order of tasks, in which all that this reads is in memory.
	rank := make([]int32, len(c.acts))
	for k, e := range byStart(order) {
		rank[e.task] = int32(k)
	}
	for t, i := range c.acts {
		if s.Mode[t] >= 0 {
			x := &p.Assignments[rank[t]]
			*x = c.assignment(t, s)
			at[i] = x
		}
	}
	return p, at
}

// A placed task starts so many seconds into the horizon.
type placed struct {
	at   int64
	task int32
}

// byStart sorts by start, and keeps the order of what starts together: many by their digits,
// which for 50,000 takes a tenth of the time.
func byStart(list []placed) []placed {
	if len(list) < 1000 {
		slices.SortStableFunc(list, func(a, b placed) int { return cmp.Compare(a.at, b.at) })
		return list
	}
	low, high := list[0].at, list[0].at
	for _, x := range list {
		low, high = min(low, x.at), max(high, x.at)
	}
	const bits = 11
	other := make([]placed, len(list))
	for shift := 0; (high-low)>>shift > 0; shift += bits {
		var next [1 << bits]int32
		for _, x := range list {
			next[uint64(x.at-low)>>shift&(1<<bits-1)]++
		}
		from := int32(0)
		for d, n := range next {
			next[d], from = from, from+n
		}
		for _, x := range list {
			d := uint64(x.at-low) >> shift & (1<<bits - 1)
			other[next[d]] = x
			next[d]++
		}
		list, other = other, list
	}
	return list
}

// begin returns when a task starts, in seconds.
func (c *compiled) begin(t int, s *rcpsp.Solution) int64 {
	return int64(s.Start[t])*c.tick + c.seconds[t].residue
}

// assignment is what a solution makes of a task that it has.
func (c *compiled) assignment(t int, s *rcpsp.Solution) Assignment {
	a, k := &c.p.Activities[c.acts[t]], int(s.Mode[t])
	start := c.begin(t, s)
	out := Assignment{Activity: a.ID, Start: c.instant(start), End: c.instant(c.end(t, k, start)), From: a.From}
	if len(a.Modes) > 0 {
		out.Mode = a.Modes[c.modes[t][k]].ID
	}
	return out
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
	e := evaluation{p: c.p, plan: p, wishes: w, find: c.activityAt}
	e.index()
	c.measured(&e, bound)
}

// measured is value for an evaluation that knows the assignments by activity.
func (c *compiled) measured(e *evaluation, bound []int64) {
	p, goals := e.plan, c.p.goals()
	p.Goals = make([]GoalValue, len(goals))
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

// activityAt returns the index of an activity of the problem, by its ID.
func (c *compiled) activityAt(id string) (int, bool) {
	t, ok := c.byActivity[id]
	return int(c.acts[t]), ok
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
