package schedule

import (
	"slices"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// A part is an instance in which a few tasks of another one are free and all others
// stay where they are. What stays and is joined to no free task is taken out: its
// demands are taken off the capacities, its uses off the budgets. What is joined to one
// by a lag, a link or a set stays in, fixed. Goals are those of the first tiers, which
// must be sums, over the tasks that are in.
type part struct {
	in   *rcpsp.Instance
	task []rcpsp.TaskID // by task of the part: that of the whole
	hint *rcpsp.Solution
}

// A cutter makes parts of one instance.
type cutter struct {
	in    *rcpsp.Instance
	tiers int               // how many the parts have
	holds map[int32][]int32 // by group: those that hold it
}

func newCutter(in *rcpsp.Instance, tiers int) *cutter {
	c := &cutter{in: in, tiers: tiers, holds: map[int32][]int32{}}
	for g := range in.Groups {
		for m := range in.Groups[g].Members {
			for _, k := range in.Groups[g].Members[m].Groups {
				c.holds[k] = append(c.holds[k], int32(g))
			}
		}
	}
	return c
}

// joined calls f with each set of tasks that an exclusion, a lag, a link or a shared span
// joins, with the constraint.
func (c *cutter) joined(f func(id rcpsp.ConstraintID, tasks []rcpsp.TaskID)) {
	in := c.in
	for i := range in.Lags {
		f(rcpsp.ConstraintID{Kind: rcpsp.KindLag, Index: int32(i)}, []rcpsp.TaskID{in.Lags[i].From, in.Lags[i].To})
	}
	for i := range in.Links {
		f(rcpsp.ConstraintID{Kind: rcpsp.KindLink, Index: int32(i)}, []rcpsp.TaskID{in.Links[i].If, in.Links[i].Then})
	}
	for i, set := range in.NoOverlap {
		f(rcpsp.ConstraintID{Kind: rcpsp.KindNoOverlap, Index: int32(i)}, set)
	}
	for i := range in.SameSpan {
		f(rcpsp.ConstraintID{Kind: rcpsp.KindSameSpan, Index: int32(i)}, in.SameSpan[i].Tasks)
	}
}

// cut frees the marked tasks of s.
func (c *cutter) cut(s *rcpsp.Solution, free []bool) *part {
	in := c.in
	keep := slices.Clone(free)
	touched := map[rcpsp.ConstraintID]bool{}
	c.joined(func(id rcpsp.ConstraintID, tasks []rcpsp.TaskID) {
		if !slices.ContainsFunc(tasks, func(t rcpsp.TaskID) bool { return free[t] }) {
			return
		}
		touched[id] = true
		for _, t := range tasks {
			keep[t] = true
		}
	})
	groups := c.groups(free)
	for g, is := range groups {
		for m := range in.Groups[g].Members {
			for _, t := range in.Groups[g].Members[m].Tasks {
				keep[t] = keep[t] || is
			}
		}
	}
	p := &part{in: &rcpsp.Instance{Horizon: in.Horizon}, hint: &rcpsp.Solution{}}
	number := make([]rcpsp.TaskID, len(in.Tasks))
	for t := range in.Tasks {
		if !keep[t] {
			continue
		}
		number[t] = rcpsp.TaskID(len(p.task))
		p.task = append(p.task, rcpsp.TaskID(t))
		task := in.Tasks[t]
		if !free[t] {
			task = fixedAt(task, s.Mode[t], s.Start[t])
		}
		p.in.Tasks = append(p.in.Tasks, task)
		p.hint.Mode, p.hint.Start = append(p.hint.Mode, s.Mode[t]), append(p.hint.Start, s.Start[t])
	}
	renumber := func(list []rcpsp.TaskID) []rcpsp.TaskID {
		out := make([]rcpsp.TaskID, len(list))
		for i, t := range list {
			out[i] = number[t]
		}
		return out
	}
	c.joined(func(id rcpsp.ConstraintID, tasks []rcpsp.TaskID) {
		if !touched[id] {
			return
		}
		tasks = renumber(tasks)
		switch id.Kind {
		case rcpsp.KindLag:
			l := in.Lags[id.Index]
			l.From, l.To = tasks[0], tasks[1]
			p.in.Lags = append(p.in.Lags, l)
		case rcpsp.KindLink:
			p.in.Links = append(p.in.Links, rcpsp.Link{If: tasks[0], Then: tasks[1]})
		case rcpsp.KindNoOverlap:
			p.in.NoOverlap = append(p.in.NoOverlap, tasks)
		case rcpsp.KindSameSpan:
			p.in.SameSpan = append(p.in.SameSpan, rcpsp.SameSpan{Tasks: tasks, Spans: in.SameSpan[id.Index].Spans})
		}
	})
	index := make([]int32, len(in.Groups))
	for g := range in.Groups {
		if !groups[g] {
			continue
		}
		index[g] = int32(len(p.in.Groups))
		out := in.Groups[g]
		out.Members = slices.Clone(out.Members)
		for m := range out.Members {
			x := &out.Members[m]
			x.Tasks, x.Groups = renumber(x.Tasks), slices.Clone(x.Groups)
			for i := range x.Groups {
				x.Groups[i] = index[x.Groups[i]] // smaller than g, so known
			}
		}
		p.in.Groups = append(p.in.Groups, out)
	}
	c.budgets(p, s, keep, number)
	c.resources(p, s, keep)
	p.in.Goals = make([]rcpsp.Goal, 0, c.tiers)
	for i := range in.Goals {
		g := in.Goals[i]
		if g.Tier >= c.tiers {
			continue
		}
		terms := g.Terms
		g.Terms = nil
		for _, tm := range terms {
			if keep[tm.Task] {
				tm.Task = number[tm.Task]
				g.Terms = append(g.Terms, tm)
			}
		}
		p.in.Goals = append(p.in.Goals, g)
	}
	return p
}

// fixedAt leaves a task one mode and one start, or none where it is left out.
func fixedAt(task rcpsp.Task, mode int32, start rcpsp.Time) rcpsp.Task {
	out := rcpsp.Task{Modes: slices.Clone(task.Modes), Optional: task.Optional && mode < 0}
	for k := range out.Modes {
		m := &out.Modes[k]
		if int32(k) == mode && m.Allows(start) {
			m.Starts = []rcpsp.Range{{Lo: start, Hi: start}}
		} else {
			m.Starts = nil
		}
	}
	return out
}

// groups marks the groups in which a free task is, with all that they hold and all that
// hold them.
func (c *cutter) groups(free []bool) []bool {
	in := c.in
	out := make([]bool, len(in.Groups))
	var list []int32
	mark := func(g int32) {
		if !out[g] {
			out[g] = true
			list = append(list, g)
		}
	}
	for g := range in.Groups {
		for m := range in.Groups[g].Members {
			if slices.ContainsFunc(in.Groups[g].Members[m].Tasks, func(t rcpsp.TaskID) bool { return free[t] }) {
				mark(int32(g))
			}
		}
	}
	for i := 0; i < len(list); i++ {
		g := list[i]
		for m := range in.Groups[g].Members {
			for _, k := range in.Groups[g].Members[m].Groups {
				mark(k)
			}
		}
		for _, k := range c.holds[g] {
			mark(k)
		}
	}
	return out
}

// budgets takes what is used by the tasks that are out off the limits.
func (c *cutter) budgets(p *part, s *rcpsp.Solution, keep []bool, number []rcpsp.TaskID) {
	for i := range c.in.Budgets {
		b := &c.in.Budgets[i]
		out := rcpsp.Budget{Periods: slices.Clone(b.Periods)}
		for _, u := range b.Uses {
			if keep[u.Task] {
				u.Task = number[u.Task]
				out.Uses = append(out.Uses, u)
				continue
			}
			if k := s.Mode[u.Task]; k >= 0 && (u.Mode < 0 || u.Mode == k) {
				if n := b.Period(s.Start[u.Task]); n >= 0 {
					out.Periods[n].Limit = max(0, out.Periods[n].Limit-u.Amount)
				}
			}
		}
		if len(out.Uses) > 0 {
			p.in.Budgets = append(p.in.Budgets, out)
		}
	}
}

// resources takes what the tasks that are out demand off the capacities.
func (c *cutter) resources(p *part, s *rcpsp.Solution, keep []bool) {
	needed := make([]bool, len(c.in.Resources))
	for t := range p.in.Tasks {
		for k := range p.in.Tasks[t].Modes {
			for _, d := range p.in.Tasks[t].Modes[k].Demands {
				needed[d.Resource] = true
			}
		}
	}
	taken := make([][]rcpsp.Step, len(c.in.Resources)) // changes of what is free, by time
	for t := range c.in.Tasks {
		if keep[t] || s.Mode[t] < 0 {
			continue
		}
		m := &c.in.Tasks[t].Modes[s.Mode[t]]
		for _, d := range m.Demands {
			if needed[d.Resource] {
				m.Occupied(s.Start[t], func(sp rcpsp.Span) {
					taken[d.Resource] = append(taken[d.Resource], rcpsp.Step{From: sp.Lo, Value: -d.Amount}, rcpsp.Step{From: sp.Hi, Value: d.Amount})
				})
			}
		}
	}
	p.in.Resources = make([]rcpsp.Resource, len(c.in.Resources))
	for r := range c.in.Resources {
		p.in.Resources[r].Capacity = less(c.in.Resources[r].Capacity, taken[r])
	}
}

// less adds changes to a capacity, and cuts it off at 0.
func less(capacity, changes []rcpsp.Step) []rcpsp.Step {
	if len(changes) == 0 {
		return capacity
	}
	slices.SortFunc(changes, func(a, b rcpsp.Step) int { return int(min(1, max(-1, a.From-b.From))) })
	var out []rcpsp.Step
	var now, delta int64
	for i, j := 0, 0; i < len(capacity) || j < len(changes); {
		var at rcpsp.Time
		if j >= len(changes) || i < len(capacity) && capacity[i].From <= changes[j].From {
			at = capacity[i].From
		} else {
			at = changes[j].From
		}
		for ; i < len(capacity) && capacity[i].From == at; i++ {
			now = capacity[i].Value
		}
		for ; j < len(changes) && changes[j].From == at; j++ {
			delta += changes[j].Value
		}
		v := max(0, now+delta)
		if n := len(out); n > 0 && out[n-1].Value == v {
			continue
		}
		out = append(out, rcpsp.Step{From: at, Value: v})
	}
	return out
}

// put writes a solution of the part into one of the whole.
func (p *part) put(into, s *rcpsp.Solution) {
	for i, t := range p.task {
		into.Mode[t], into.Start[t] = s.Mode[i], s.Start[i]
	}
}
