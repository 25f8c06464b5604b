package gen

import "github.com/slackwater-go/slackwater/internal/rcpsp"

// Without leaves all constraints of one kind out, to count how often they bind. Each
// function returns a copy that shares what it does not change.
func Without() map[string]func(*rcpsp.Instance) *rcpsp.Instance {
	return map[string]func(*rcpsp.Instance) *rcpsp.Instance{
		"start domain": onModes(func(in *rcpsp.Instance, m *rcpsp.Mode) { m.Starts = []rcpsp.Range{{Lo: 0, Hi: in.Horizon}} }),
		"pause":        onModes(func(_ *rcpsp.Instance, m *rcpsp.Mode) { m.Work = nil }),
		"lag":          onInstance(func(in *rcpsp.Instance) { in.Lags = nil }),
		"maximal lag": onInstance(func(in *rcpsp.Instance) {
			var kept []rcpsp.Lag
			for _, l := range in.Lags {
				if l.From <= l.To {
					kept = append(kept, l)
				}
			}
			in.Lags = kept
		}),
		"resource":   onModes(func(_ *rcpsp.Instance, m *rcpsp.Mode) { m.Demands = nil }),
		"no overlap": onInstance(func(in *rcpsp.Instance) { in.NoOverlap = nil }),
		"group":      onInstance(func(in *rcpsp.Instance) { in.Groups = nil }),
		"budget": onInstance(func(in *rcpsp.Instance) {
			in.Budgets = append([]rcpsp.Budget(nil), in.Budgets...)
			for i := range in.Budgets {
				b := &in.Budgets[i]
				b.Periods = append([]rcpsp.Period(nil), b.Periods...)
				for k := range b.Periods {
					b.Periods[k].Limit = rcpsp.Limit
				}
			}
		}),
		"same span": onInstance(func(in *rcpsp.Instance) { in.SameSpan = nil }),
		"link":      onInstance(func(in *rcpsp.Instance) { in.Links = nil }),
	}
}

func onInstance(f func(*rcpsp.Instance)) func(*rcpsp.Instance) *rcpsp.Instance {
	return func(in *rcpsp.Instance) *rcpsp.Instance {
		out := *in
		f(&out)
		return &out
	}
}

func onModes(f func(*rcpsp.Instance, *rcpsp.Mode)) func(*rcpsp.Instance) *rcpsp.Instance {
	return onInstance(func(in *rcpsp.Instance) {
		in.Tasks = append([]rcpsp.Task(nil), in.Tasks...)
		for t := range in.Tasks {
			task := &in.Tasks[t]
			task.Modes = append([]rcpsp.Mode(nil), task.Modes...)
			for k := range task.Modes {
				f(in, &task.Modes[k])
			}
		}
	})
}
