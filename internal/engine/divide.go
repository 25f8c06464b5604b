package engine

import (
	"cmp"
	"slices"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
	place "github.com/slackwater-go/slackwater/internal/sgs"
)

// divide returns the independent parts of an instance: sets of tasks of which none can
// stand in the way of another's, so that each part has a best solution of its own and
// together these are the best of all. Tasks are joined by lags, links, sets, groups; by
// a resource or an exclusion only where so many may run at one instant, by their
// windows, that they could be too many, and by a budget only where so many may start
// in one period; and by goals that are no sum. The last tier may be a largest cost of
// its own, since the largest of all is the largest of the parts.
//
// It costs O(size of the instance, times its logarithm).
func divide(in *rcpsp.Instance, w *place.Windows) [][]rcpsp.TaskID {
	j := newJoiner(len(in.Tasks))
	for _, l := range in.Lags {
		j.join(l.From, l.To)
	}
	for _, l := range in.Links {
		j.join(l.If, l.Then)
	}
	for i := range in.SameSpan {
		j.all(in.SameSpan[i].Tasks)
	}
	j.groups(in)
	for i := range in.Budgets {
		j.budget(in, &in.Budgets[i], w)
	}
	crowds := make([]crowd, len(in.Resources))
	for t := range in.Tasks {
		for k := range in.Tasks[t].Modes {
			m := &in.Tasks[t].Modes[k]
			for _, d := range m.Demands {
				if m.Duration > 0 {
					crowds[d.Resource].add(rcpsp.TaskID(t), d.Amount, w)
				}
			}
		}
	}
	for r := range crowds {
		j.crowd(crowds[r], in.Resources[r].Capacity)
	}
	for _, set := range in.NoOverlap {
		var c crowd
		for _, t := range set {
			c.add(t, 1, w)
		}
		j.crowd(c, []rcpsp.Step{{Value: 1}})
	}
	for i := range in.Goals {
		j.goal(in, i)
	}
	return j.parts()
}

// topTier says whether goal i is the only one of the last tier and a largest cost.
func topTier(in *rcpsp.Instance, i int) bool {
	g := &in.Goals[i]
	if g.Kind != rcpsp.Max && g.Kind != rcpsp.MaxGroup || g.Tier != in.Tiers()-1 {
		return false
	}
	for k := range in.Goals {
		if k != i && in.Goals[k].Tier == g.Tier {
			return false
		}
	}
	return true
}

// A joiner is a forest of sets of tasks (union-find).
type joiner struct{ up []rcpsp.TaskID }

func newJoiner(n int) *joiner {
	j := &joiner{up: make([]rcpsp.TaskID, n)}
	for t := range j.up {
		j.up[t] = rcpsp.TaskID(t)
	}
	return j
}

func (j *joiner) root(t rcpsp.TaskID) rcpsp.TaskID {
	for j.up[t] != t {
		j.up[t] = j.up[j.up[t]]
		t = j.up[t]
	}
	return t
}

// join makes one set of two; its root is the smaller one.
func (j *joiner) join(a, b rcpsp.TaskID) {
	a, b = j.root(a), j.root(b)
	j.up[max(a, b)] = min(a, b)
}

func (j *joiner) all(tasks []rcpsp.TaskID) {
	for _, t := range tasks {
		j.join(t, tasks[0])
	}
}

// parts lists the sets, each sorted, in the order of their first tasks.
func (j *joiner) parts() [][]rcpsp.TaskID {
	index := make([]int, len(j.up))
	var out [][]rcpsp.TaskID
	for t := range j.up {
		r := j.root(rcpsp.TaskID(t))
		if int(r) == t {
			index[r] = len(out)
			out = append(out, nil)
		}
		out[index[r]] = append(out[index[r]], rcpsp.TaskID(t))
	}
	return out
}

// groups joins the tasks that each group depends on.
func (j *joiner) groups(in *rcpsp.Instance) {
	one := make([]rcpsp.TaskID, len(in.Groups)) // a task of each group, which stands for all; -1: none
	for i := range in.Groups {
		one[i] = -1
		for _, m := range in.Groups[i].Members {
			tasks := slices.Clone(m.Tasks)
			for _, g := range m.Groups {
				if one[g] >= 0 {
					tasks = append(tasks, one[g])
				}
			}
			for _, t := range tasks {
				if one[i] < 0 {
					one[i] = t
				}
				j.join(t, one[i])
			}
		}
	}
}

// budget joins the tasks that may start in a period that could be overdrawn.
func (j *joiner) budget(in *rcpsp.Instance, b *rcpsp.Budget, w *place.Windows) {
	amount := map[rcpsp.TaskID][]int64{} // looked up by task
	var order []rcpsp.TaskID
	for _, u := range b.Uses {
		if amount[u.Task] == nil {
			amount[u.Task] = make([]int64, len(in.Tasks[u.Task].Modes))
			order = append(order, u.Task)
		}
		for k := range amount[u.Task] {
			if u.Mode < 0 || int(u.Mode) == k {
				amount[u.Task][k] += u.Amount
			}
		}
	}
	for i := range b.Periods {
		p := &b.Periods[i]
		var tasks []rcpsp.TaskID
		total := int64(0)
		for _, t := range order {
			if !w.Never[t] && w.EarliestStart[t] < p.Hi && w.LatestStart[t] >= p.Lo {
				tasks = append(tasks, t)
				total += slices.Max(amount[t])
			}
		}
		if total > p.Limit {
			j.all(tasks)
		}
	}
}

// goal joins the tasks of a goal whose value is no sum over tasks.
func (j *joiner) goal(in *rcpsp.Instance, i int) {
	g := &in.Goals[i]
	switch {
	case g.Kind == rcpsp.Sum || topTier(in, i) && g.Kind == rcpsp.Max:
	case topTier(in, i):
		first := map[int32]rcpsp.TaskID{} // looked up by group
		for k := range g.Terms {
			tm := &g.Terms[k]
			if t, ok := first[tm.Group]; ok {
				j.join(t, tm.Task)
			} else {
				first[tm.Group] = tm.Task
			}
		}
	case g.Kind == rcpsp.Max || g.Kind == rcpsp.MaxGroup:
		for k := range g.Terms {
			j.join(g.Terms[k].Task, g.Terms[0].Task)
		}
	case g.Kind == rcpsp.Peak:
		j.all(users(in, rcpsp.ResourceID(g.Of)))
	default:
		uses := in.Budgets[g.Of].Uses
		for k := range uses {
			j.join(uses[k].Task, uses[0].Task)
		}
	}
}

// users lists the tasks that take of r in some mode.
func users(in *rcpsp.Instance, r rcpsp.ResourceID) (out []rcpsp.TaskID) {
	for t := range in.Tasks {
		uses := func(m rcpsp.Mode) bool {
			return slices.ContainsFunc(m.Demands, func(d rcpsp.Demand) bool { return d.Resource == r })
		}
		if slices.ContainsFunc(in.Tasks[t].Modes, uses) {
			out = append(out, rcpsp.TaskID(t))
		}
	}
	return out
}

// A crowd is the tasks that may take of one resource, and when.
type crowd []stay

type stay struct {
	task   rcpsp.TaskID
	amount int64 // the most over the modes
	lo, hi rcpsp.Time
}

// add takes task t in; calls for one task follow each other.
func (c *crowd) add(t rcpsp.TaskID, amount int64, w *place.Windows) {
	if n := len(*c); n > 0 && (*c)[n-1].task == t {
		(*c)[n-1].amount = max((*c)[n-1].amount, amount)
	} else if !w.Never[t] {
		*c = append(*c, stay{t, amount, w.EarliestStart[t], w.LatestEnd[t]})
	}
}

// crowd joins the tasks that may run at one instant at which they could pass the
// capacity. It sweeps over time, and remembers of those that are joined at present the
// one that may stay longest.
func (j *joiner) crowd(c crowd, caps []rcpsp.Step) {
	total, least := int64(0), caps[0].Value
	for _, x := range c {
		total += x.amount
	}
	for _, s := range caps {
		least = min(least, s.Value)
	}
	if total <= least {
		return
	}
	arrive, leave := slices.Clone(c), slices.Clone(c)
	slices.SortStableFunc(arrive, func(x, y stay) int { return cmp.Compare(x.lo, y.lo) })
	slices.SortStableFunc(leave, func(x, y stay) int { return cmp.Compare(x.hi, y.hi) })
	ends := make([]rcpsp.Time, 0, 2*len(c))
	for _, x := range c {
		ends = append(ends, x.lo, x.hi)
	}
	slices.Sort(ends)
	cuts := make([]rcpsp.Time, 0, len(caps)+len(ends))
	for i, k := 0, 0; i < len(caps) || k < len(ends); {
		if k == len(ends) || i < len(caps) && caps[i].From <= ends[k] {
			cuts = append(cuts, caps[i].From)
			i++
		} else {
			cuts = append(cuts, ends[k])
			k++
		}
	}
	cuts = slices.Compact(cuts)
	use := int64(0)
	var fresh []stay
	joined := stay{hi: cuts[0]}
	ia, il, ic := 0, 0, 0
	for _, at := range cuts {
		for ; il < len(leave) && leave[il].hi <= at; il++ {
			use -= leave[il].amount
		}
		for ; ia < len(arrive) && arrive[ia].lo <= at; ia++ {
			use += arrive[ia].amount
			fresh = append(fresh, arrive[ia])
		}
		for ic+1 < len(caps) && caps[ic+1].From <= at {
			ic++
		}
		if use <= caps[ic].Value {
			continue
		}
		for _, x := range fresh {
			if x.hi <= at {
				continue
			}
			if joined.hi > at {
				j.join(joined.task, x.task)
			}
			if x.hi > joined.hi {
				joined = x
			}
		}
		fresh = fresh[:0]
	}
}
