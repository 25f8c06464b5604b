package schedule

import (
	"cmp"
	"context"
	"slices"

	"github.com/slackwater-go/slackwater/internal/engine"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// A repair of a large plan starts near the plan in force: what can stay stays, and
// what cannot is placed among it, with as much around it as that needs. Then small
// parts around what moved are solved anew, each with all else where it is, for as long
// as that makes the repair smaller. The whole is left to the engine after that, which
// takes the result as its first solution.
//
// It is large-neighbourhood search (Shaw 1998) with the neighbourhoods of matchup
// scheduling (Bean et al. 1991): the disturbed place, widened until it fits. Building
// the whole plan anew in the order of the old starts, the usual right shift
// (Abumaizar and Svestka 1997), moves an order of magnitude more.
type nearby struct {
	ctx   context.Context
	in    *rcpsp.Instance
	cut   *cutter
	seed  uint64
	limit int64 // of work; 0: none
	work  int64
	users [][]rcpsp.TaskID // sets of tasks that compete: of resources, exclusions, budgets, groups
	sets  [][]int32        // by task: the sets it is in
	links [][]rcpsp.TaskID // by task: what lags, links and shared spans join it to
	// better is told of each better repair; nil: nobody is.
	better func(*rcpsp.Solution)
}

const (
	nearFrom  = 300       // activities from which a repair starts near the plan in force
	nearTiers = 5         // those of a repair: the goals of the problem are left to the engine
	nearMost  = 80        // tasks that one part frees, once there is a repair
	nearSlice = 1_500_000 // work for one part
	nearIdle  = 4_000_000 // work after which parts that get no better are left
)

func newNearby(ctx context.Context, in *rcpsp.Instance, seed uint64, limit int64) *nearby {
	n := &nearby{ctx: ctx, in: in, cut: newCutter(in, nearTiers), seed: seed, limit: limit,
		sets: make([][]int32, len(in.Tasks)), links: make([][]rcpsp.TaskID, len(in.Tasks))}
	set := func(tasks []rcpsp.TaskID) {
		if len(tasks) < 2 {
			return
		}
		for _, t := range tasks {
			if s := n.sets[t]; len(s) == 0 || s[len(s)-1] != int32(len(n.users)) {
				n.sets[t] = append(s, int32(len(n.users)))
			}
		}
		n.users = append(n.users, tasks)
	}
	byResource := make([][]rcpsp.TaskID, len(in.Resources))
	for t := range in.Tasks {
		for k := range in.Tasks[t].Modes {
			for _, d := range in.Tasks[t].Modes[k].Demands {
				if g := byResource[d.Resource]; len(g) == 0 || g[len(g)-1] != rcpsp.TaskID(t) {
					byResource[d.Resource] = append(g, rcpsp.TaskID(t))
				}
			}
		}
	}
	for _, tasks := range byResource {
		set(tasks)
	}
	for g := range in.Groups {
		var tasks []rcpsp.TaskID
		for m := range in.Groups[g].Members {
			tasks = append(tasks, in.Groups[g].Members[m].Tasks...)
		}
		slices.Sort(tasks)
		set(slices.Compact(tasks))
	}
	for i := range in.Budgets {
		var tasks []rcpsp.TaskID
		for _, u := range in.Budgets[i].Uses {
			tasks = append(tasks, u.Task)
		}
		slices.Sort(tasks)
		set(slices.Compact(tasks))
	}
	n.cut.joined(func(id rcpsp.ConstraintID, tasks []rcpsp.TaskID) {
		if id.Kind == rcpsp.KindNoOverlap {
			set(tasks)
			return
		}
		for _, t := range tasks {
			for _, u := range tasks {
				if u != t {
					n.links[t] = append(n.links[t], u)
				}
			}
		}
	})
	return n
}

// over says whether the effort is used up.
func (n *nearby) over() bool {
	return n.ctx.Err() != nil || n.limit > 0 && n.work >= n.limit
}

// solve frees the marked tasks of s and returns the best that the engine finds for
// them within one slice of work, or nil.
func (n *nearby) solve(s *rcpsp.Solution, free []bool, hint bool) *rcpsp.Solution {
	n.work += int64(len(n.in.Tasks)) // to cut it out
	if n.over() {
		return nil
	}
	p := n.cut.cut(s, free)
	o := engine.Options{Seed: n.seed, MaxWork: nearSlice}
	if n.limit > 0 {
		o.MaxWork = min(o.MaxWork, n.limit-n.work)
	}
	if hint {
		o.Hint = p.hint
	}
	res, err := engine.Run(n.ctx, p.in, o)
	n.work += res.Stats.Work
	if err != nil || res.Best == nil {
		return nil
	}
	out := s.Clone()
	p.put(out, res.Best)
	return out
}

// first returns a repair of base in which little but the marked tasks moves, and what
// is free in it; nil where it finds none.
func (n *nearby) first(base *rcpsp.Solution, free []bool) *rcpsp.Solution {
	for round := 0; !n.over(); round++ {
		if s := n.solve(base, free, false); s != nil {
			return s
		}
		count := 0
		for _, is := range free {
			if is {
				count++
			}
		}
		if round > 8 || 2*count > len(free) {
			break
		}
		for t, is := range slices.Clone(free) {
			if is {
				n.around(base, rcpsp.TaskID(t), base.Start[t], 1<<round, func(u rcpsp.TaskID) { free[u] = true })
			}
		}
	}
	return nil
}

// around calls f with what is joined to t, and in each set in which it competes with
// the most that lie nearest to an instant.
func (n *nearby) around(s *rcpsp.Solution, t rcpsp.TaskID, at rcpsp.Time, most int, f func(rcpsp.TaskID)) {
	for _, u := range n.links[t] {
		f(u)
	}
	far := func(u rcpsp.TaskID) rcpsp.Time { return max(s.Start[u]-at, at-s.Start[u]) }
	for _, i := range n.sets[t] {
		var near []rcpsp.TaskID
		for _, u := range n.users[i] {
			if s.Mode[u] >= 0 && u != t {
				near = append(near, u)
			}
		}
		n.work += int64(len(near)) / 8
		slices.SortFunc(near, func(a, b rcpsp.TaskID) int { return cmp.Or(cmp.Compare(far(a), far(b)), cmp.Compare(a, b)) })
		for _, u := range near[:min(len(near), most)] {
			f(u)
		}
	}
}

// improve solves parts around what moved, small ones first.
func (n *nearby) improve(base, s *rcpsp.Solution, planned []bool) *rcpsp.Solution {
	value, found := n.in.Value(s), n.work
	over := func() bool { return n.over() || n.work-found > nearIdle }
	for most := 4; most <= 64 && !over(); most *= 2 {
		for better := true; better && !over(); {
			better = false
			done := make([]bool, len(s.Mode))
			for _, t := range n.moved(base, s, planned) {
				if over() || done[t] || n.same(base, s, t) {
					continue
				}
				free, count := make([]bool, len(s.Mode)), 0
				add := func(u rcpsp.TaskID) {
					if !free[u] && count < min(nearMost, 4*most) {
						free[u] = true
						count++
					}
				}
				add(t)
				for _, at := range []rcpsp.Time{base.Start[t], s.Start[t]} {
					n.around(s, t, at, most, add)
				}
				for u := range free { // and what moved out of there
					if free[u] {
						done[u] = true
						for _, x := range n.links[u] {
							if !n.same(base, s, x) {
								add(x)
							}
						}
					}
				}
				next := n.solve(s, free, true)
				if next == nil {
					continue
				}
				if v := n.in.Value(next); rcpsp.Compare(v, value) < 0 {
					s, value, better, found = next, v, true, n.work
					n.tell(s)
				}
			}
		}
	}
	return s
}

func (n *nearby) same(a, b *rcpsp.Solution, t rcpsp.TaskID) bool {
	return a.Mode[t] >= 0 == (b.Mode[t] >= 0) && a.Start[t] == b.Start[t]
}

// moved lists the planned tasks that are elsewhere in s, those that go furthest first.
func (n *nearby) moved(base, s *rcpsp.Solution, planned []bool) []rcpsp.TaskID {
	var out []rcpsp.TaskID
	for t := range s.Mode {
		if planned[t] && !n.same(base, s, rcpsp.TaskID(t)) {
			out = append(out, rcpsp.TaskID(t))
		}
	}
	far := func(t rcpsp.TaskID) rcpsp.Time { return max(s.Start[t]-base.Start[t], base.Start[t]-s.Start[t]) }
	slices.SortStableFunc(out, func(a, b rcpsp.TaskID) int { return cmp.Compare(far(b), far(a)) })
	return out
}

func (n *nearby) tell(s *rcpsp.Solution) {
	if n.better != nil {
		n.better(s)
	}
}

// repair returns a repair of a plan, which is base, or nil.
func (n *nearby) repair(c *compiled, plan *Plan, base *rcpsp.Solution) *rcpsp.Solution {
	at := make(map[string]bool, len(plan.Assignments))
	for i := range plan.Assignments {
		at[plan.Assignments[i].Activity] = true
	}
	planned := make([]bool, len(n.in.Tasks))
	for t := range planned { // incidents stay where they are
		planned[t] = t >= len(c.acts) || at[c.p.Activities[c.acts[t]].ID]
	}
	s := n.first(base, n.displaced(base, planned))
	if s == nil {
		return nil
	}
	n.tell(s)
	return n.improve(base, s, planned)
}
