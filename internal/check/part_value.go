package check

import "github.com/slackwater-go/slackwater/internal/rcpsp"

// A together adds up the best values of parts.
type together struct {
	in    []bool  // by task: it is in a part that has a best value
	left  int     // tasks that are in none
	value []int64 // by tier: the sum
	most  []int64 // and the largest
	users []int   // by goal: parts that have to do with it
	group []group // by goal
	wrong bool    // a task is in two parts
}

// group says which part, counted from 1, has the terms of a group; looked up only.
type group map[int32]int

func newTogether(in *rcpsp.Instance) together {
	return together{in: make([]bool, len(in.Tasks)), left: len(in.Tasks), users: make([]int, len(in.Goals)), group: make([]group, len(in.Goals))}
}

// add takes a part that has a best value.
func (x *together) add(in *rcpsp.Instance, p *part) {
	for _, t := range p.tasks {
		if x.in[t] {
			x.wrong = true
			continue
		}
		x.in[t] = true
		x.left--
	}
	if x.value == nil {
		x.value, x.most = make([]int64, in.Tiers()), append([]int64(nil), p.f.best...)
	}
	for k, v := range p.f.best {
		x.value[k] += v
		x.most[k] = max(x.most[k], v)
	}
	for i := range p.f.in.Goals {
		g := &p.f.in.Goals[i]
		if concerns(p.f.in, g) {
			x.users[i]++
		}
		if g.Kind != rcpsp.MaxGroup {
			continue
		}
		if x.group[i] == nil {
			x.group[i] = group{}
		}
		for k := range g.Terms {
			n := g.Terms[k].Group
			if was := x.group[i][n]; was > 0 && was != x.users[i] {
				x.group[i][n] = -1 // in two
			} else if was == 0 {
				x.group[i][n] = x.users[i]
			}
		}
	}
}

// concerns says whether a goal has to do with any task of an instance.
func concerns(in *rcpsp.Instance, g *rcpsp.Goal) bool {
	switch g.Kind {
	case rcpsp.Peak:
		for t := range in.Tasks {
			for k := range in.Tasks[t].Modes {
				if demand(&in.Tasks[t].Modes[k], int(g.Of)) > 0 {
					return true
				}
			}
		}
		return false
	case rcpsp.PeakPeriod, rcpsp.Excess:
		return len(in.Budgets[g.Of].Uses) > 0
	}
	return len(g.Terms) > 0
}

// least returns the least value that the whole can have, if the parts say so.
func (x *together) least(in *rcpsp.Instance) ([]int64, bool) {
	if x.wrong || x.left > 0 || x.value == nil {
		return nil, false
	}
	out := append([]int64(nil), x.value...)
	last := len(out) - 1
	alone := 0 // goals of the last tier
	for i := range in.Goals {
		if g := &in.Goals[i]; g.Weight > 0 && g.Tier == last {
			alone++
		}
	}
	for i := range in.Goals {
		g := &in.Goals[i]
		switch {
		case g.Weight <= 0 || g.Kind == rcpsp.Sum:
		case g.Kind == rcpsp.Excess && !free(&in.Budgets[g.Of]):
			return nil, false // a part that has nothing to do with it would count
		case x.users[i] <= 1:
		case g.Tier != last || alone > 1 || g.Kind != rcpsp.Max && g.Kind != rcpsp.MaxGroup:
			return nil, false
		default:
			for k := range g.Terms {
				if x.group[i] != nil && x.group[i][g.Terms[k].Group] < 0 {
					return nil, false
				}
			}
			out[last] = x.most[last]
		}
	}
	return out, true
}

// free says whether nothing used costs nothing in each period.
func free(b *rcpsp.Budget) bool {
	for i := range b.Periods {
		if b.Periods[i].Free < 0 {
			return false
		}
	}
	return true
}
