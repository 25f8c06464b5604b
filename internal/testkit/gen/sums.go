package gen

import (
	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// A SumKind is a goal that adds up costs of tasks.
type SumKind string

const (
	Tardiness   SumKind = "tardiness"   // weighted time past due dates, of half of the tasks
	Disruption  SumKind = "disruption"  // weighted distance of starts from a baseline
	StartCosts  SumKind = "start-costs" // weights of starts within hours that return daily
	Unscheduled SumKind = "unscheduled" // weights of what is left out, within half of the time
)

// SumKinds lists them.
func SumKinds() []SumKind { return []SumKind{Tardiness, Disruption, StartCosts, Unscheduled} }

// WithSum returns the instance with a goal of the kind in place of its own, by a seed.
// Lags must form no circle and tasks run without pauses; dates follow from the earliest
// starts, so that they are in each other's way about as much on every instance.
func WithSum(in *rcpsp.Instance, kind SumKind, seed uint64) *rcpsp.Instance {
	r := prng.New(seed)
	out := *in
	start, end := earliest(in)
	last := rcpsp.Time(0)
	for _, e := range end {
		last = max(last, e)
	}
	goal := rcpsp.Goal{Kind: rcpsp.Sum, Weight: 1}
	for t := range in.Tasks {
		id, w := rcpsp.TaskID(t), int64(1+r.IntN(10))
		some, x := r.IntN(2) == 0, rcpsp.Time(r.IntN(int(last)/2+1))
		if start[t] == end[t] {
			continue // a milestone
		}
		switch kind {
		case Tardiness:
			if some {
				goal.Terms = append(goal.Terms, rcpsp.Term{Task: id, OnEnd: true, Cost: []rcpsp.Piece{{From: end[t] + x/2, Slope: w}}})
			}
		case Disruption:
			base := start[t] + x
			cost := []rcpsp.Piece{{Value: w * int64(base), Slope: -w}, {From: base, Slope: w}}
			if base == 0 {
				cost = cost[1:]
			}
			goal.Terms = append(goal.Terms, rcpsp.Term{Task: id, Cost: cost})
		case StartCosts:
			tm := rcpsp.Term{Task: id}
			for from := x % 8; from < 3*last; from += 8 {
				tm.Cost = append(tm.Cost, rcpsp.Piece{From: from, Value: w}, rcpsp.Piece{From: from + 3})
			}
			goal.Terms = append(goal.Terms, tm)
		case Unscheduled:
			goal.Terms = append(goal.Terms, rcpsp.Term{Task: id, Absent: w})
		}
	}
	switch kind {
	case StartCosts:
		out.Horizon = last + last/2
	case Unscheduled:
		out.Horizon = last
		out.Tasks = append([]rcpsp.Task(nil), in.Tasks...)
		out.Links = append([]rcpsp.Link(nil), in.Links...)
		for t := range out.Tasks {
			out.Tasks[t].Optional = true
		}
		for _, l := range in.Lags {
			out.Links = append(out.Links, rcpsp.Link{If: l.To, Then: l.From})
		}
	}
	out.Tasks = within(&out)
	out.Goals = []rcpsp.Goal{goal}
	return &out
}

// within returns the tasks with starts that end by the horizon.
func within(in *rcpsp.Instance) []rcpsp.Task {
	tasks := append([]rcpsp.Task(nil), in.Tasks...)
	for t := range tasks {
		tasks[t].Modes = append([]rcpsp.Mode(nil), tasks[t].Modes...)
		for k := range tasks[t].Modes {
			m := &tasks[t].Modes[k]
			m.Starts = append([]rcpsp.Range(nil), m.Starts...)
			for i := range m.Starts {
				m.Starts[i].Hi = min(m.Starts[i].Hi, in.Horizon)
			}
		}
	}
	return tasks
}

// earliest returns the earliest starts and ends by lags alone, in first modes.
func earliest(in *rcpsp.Instance) (start, end []rcpsp.Time) {
	n := len(in.Tasks)
	start, end = make([]rcpsp.Time, n), make([]rcpsp.Time, n)
	for t := range n {
		end[t] = in.Tasks[t].Modes[0].Duration
	}
	for range n {
		moved := false
		for _, l := range in.Lags {
			from, d := start[l.From], rcpsp.Time(0)
			if l.FromEnd {
				from = end[l.From]
			}
			length := in.Tasks[l.To].Modes[0].Duration
			if l.ToEnd {
				d = length
			}
			if at := from + l.Min - d; at > start[l.To] {
				start[l.To], end[l.To], moved = at, at+length, true
			}
		}
		if !moved {
			break
		}
	}
	return start, end
}
