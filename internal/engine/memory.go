package engine

import "github.com/slackwater-go/slackwater/internal/rcpsp"

// heuristicBytes is about what windows, bounds and heuristics hold of an instance: some
// numbers a task, mode, lag, demand and term, and the steps of the profiles. It was
// compared with the heap on projects and portfolios of releases, and is meant to be on
// the safe side.
func heuristicBytes(in *rcpsp.Instance) int64 {
	bytes := int64(100_000)
	for t := range in.Tasks {
		bytes += 1400
		for k := range in.Tasks[t].Modes {
			m := &in.Tasks[t].Modes[k]
			bytes += 32 + 160*int64(len(m.Demands)) + 32*int64(len(m.Starts))
		}
	}
	bytes += 250 * int64(len(in.Lags)+len(in.Links))
	for r := range in.Resources {
		bytes += 200 + 80*int64(len(in.Resources[r].Capacity))
	}
	for _, set := range in.NoOverlap {
		bytes += 200 + 120*int64(len(set))
	}
	for i := range in.Groups {
		bytes += 400 + 80*int64(len(in.Groups[i].Allowed)) + 400*int64(len(in.Groups[i].Members))
	}
	for i := range in.Budgets {
		bytes += 100*int64(len(in.Budgets[i].Periods)) + 150*int64(len(in.Budgets[i].Uses))
	}
	for i := range in.Goals {
		bytes += 150 * int64(len(in.Goals[i].Terms))
	}
	return bytes
}

// tight says whether the limit of memory leaves less than extra bytes beside what the
// heuristics of all workers hold.
func (r *run) tight(extra int64) bool {
	if r.opt.MaxMemory == 0 {
		return false
	}
	if r.held == 0 {
		r.held = heuristicBytes(r.in) * int64(max(1, r.opt.Workers))
	}
	return r.held+extra > r.opt.MaxMemory
}

// modelBytes is about what the variables and rules of the exact search take a task,
// before it learns anything.
const modelBytes = 10_000
