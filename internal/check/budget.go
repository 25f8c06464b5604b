package check

import "github.com/slackwater-go/slackwater/internal/rcpsp"

// budget keeps what is used in all within the limit: each task uses at least what the
// cheapest of the modes that are left does.
func (g *network) budget(b *rcpsp.Budget) bool {
	use := make(map[rcpsp.TaskID][]int64)
	for _, u := range b.Uses {
		if use[u.Task] == nil {
			use[u.Task] = make([]int64, len(g.tasks[u.Task].modes))
		}
		for k := range use[u.Task] {
			if u.Mode < 0 || int(u.Mode) == k {
				use[u.Task][k] += u.Amount
			}
		}
	}
	least := func(t rcpsp.TaskID) int64 {
		if !g.sure(int32(t)) {
			return 0
		}
		low := int64(farAway)
		for k, v := range g.tasks[t].modes {
			if v < 0 || g.lb[2*v+1] < 0 {
				low = min(low, use[t][k])
			}
		}
		return low
	}
	spare := b.Periods[0].Limit
	for t := range use {
		spare -= least(t)
	}
	if spare < 0 {
		return false
	}
	for t, amounts := range use {
		low := least(t)
		for k, v := range g.tasks[t].modes {
			if v >= 0 && g.lb[2*v+1] < 0 && amounts[k]-low > spare && !g.push(2*v+1, 0) {
				return false
			}
		}
	}
	return true
}
