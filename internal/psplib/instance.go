package psplib

import "github.com/slackwater-go/slackwater/internal/rcpsp"

// Horizon is an upper bound of the shortest makespan, if there is a schedule: one
// job after another, each as long as its longest mode and its longest lag. (Where
// maximal lags force jobs to overlap, a left-shifted schedule still has no gap longer
// than its longest lag: Bartusch, Möhring and Radermacher 1988.)
func (p *Project) Horizon() int64 {
	step := make([]int64, len(p.Jobs))
	for j := range p.Jobs {
		for _, m := range p.Jobs[j].Modes {
			step[j] = max(step[j], m.Duration)
		}
	}
	for _, a := range p.Arcs {
		lag := a.Lag
		if a.FromEnd {
			for _, m := range p.Jobs[a.From].Modes {
				lag = max(lag, m.Duration+a.Lag)
			}
		}
		step[a.From] = max(step[a.From], lag)
	}
	var h int64
	for _, s := range step {
		h = min(h+s, rcpsp.Limit)
	}
	return h
}

// Instance states the project as a problem whose goal is the makespan.
func (p *Project) Instance() *rcpsp.Instance {
	h := rcpsp.Time(p.Horizon())
	in := &rcpsp.Instance{Horizon: h}
	for _, c := range p.Renewable {
		in.Resources = append(in.Resources, rcpsp.Resource{Capacity: []rcpsp.Step{{Value: c}}})
	}
	for _, c := range p.NonRenewable {
		in.Budgets = append(in.Budgets, rcpsp.Budget{Periods: []rcpsp.Period{{Span: rcpsp.Span{Hi: h + 1}, Limit: c}}})
	}
	if h == rcpsp.Limit {
		for i := range in.Budgets {
			in.Budgets[i].Periods[0].Hi = h
		}
	}
	makespan := rcpsp.Goal{Kind: rcpsp.Max, Weight: 1}
	for j := range p.Jobs {
		var t rcpsp.Task
		for k, m := range p.Jobs[j].Modes {
			mode := rcpsp.Mode{Duration: rcpsp.Time(m.Duration), Starts: []rcpsp.Range{{Lo: 0, Hi: h}}}
			if p.Source && j == 0 {
				mode.Starts[0].Hi = 0
			}
			for r, d := range m.Renewable {
				if d > 0 {
					mode.Demands = append(mode.Demands, rcpsp.Demand{Resource: rcpsp.ResourceID(r), Amount: d})
				}
			}
			for r, d := range m.NonRenewable {
				if d > 0 {
					in.Budgets[r].Uses = append(in.Budgets[r].Uses, rcpsp.Use{Task: rcpsp.TaskID(j), Mode: int32(k), Amount: d})
				}
			}
			t.Modes = append(t.Modes, mode)
		}
		in.Tasks = append(in.Tasks, t)
		makespan.Terms = append(makespan.Terms, rcpsp.Term{Task: rcpsp.TaskID(j), OnEnd: true, Cost: []rcpsp.Piece{{Slope: 1}}})
	}
	for _, a := range p.Arcs {
		in.Lags = append(in.Lags, rcpsp.Lag{From: rcpsp.TaskID(a.From), To: rcpsp.TaskID(a.To), FromEnd: a.FromEnd, Min: rcpsp.Time(a.Lag)})
	}
	in.Goals = []rcpsp.Goal{makespan}
	return in
}
