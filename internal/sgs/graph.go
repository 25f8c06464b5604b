package sgs

import "github.com/slackwater-go/slackwater/internal/rcpsp"

// components returns, by task, the number of its strongly connected component
// (Tarjan 1972, with a stack of its own so that a chain of any length is no danger).
// Components are numbered in reverse topological order.
func components(n int, next [][]rcpsp.TaskID) []int32 {
	room := make([]int32, 3*n)
	comp, low, index := room[:n:n], room[n:2*n], room[2*n:]
	onStack := make([]bool, n)
	stack := make([]rcpsp.TaskID, 0, n)
	type frame struct {
		t    rcpsp.TaskID
		edge int
	}
	calls := make([]frame, 0, min(n, 64))
	count, found := int32(0), int32(0)
	for root := range n {
		if index[root] != 0 {
			continue
		}
		calls = append(calls[:0], frame{t: rcpsp.TaskID(root)})
		for len(calls) > 0 {
			f := &calls[len(calls)-1]
			t := f.t
			if f.edge == 0 {
				count++
				index[t], low[t] = count, count
				stack = append(stack, t)
				onStack[t] = true
			}
			if f.edge < len(next[t]) {
				u := next[t][f.edge]
				f.edge++
				if index[u] == 0 {
					calls = append(calls, frame{t: u})
				} else if onStack[u] {
					low[t] = min(low[t], index[u])
				}
				continue
			}
			if low[t] == index[t] {
				for {
					u := stack[len(stack)-1]
					stack = stack[:len(stack)-1]
					onStack[u] = false
					comp[u] = found
					if u == t {
						break
					}
				}
				found++
			}
			calls = calls[:len(calls)-1]
			if len(calls) > 0 {
				p := calls[len(calls)-1].t
				low[p] = min(low[p], low[t])
			}
		}
	}
	return comp
}

// An arc keeps start(to) - start(from) >= min, whatever the modes.
type arc struct {
	from, to rcpsp.TaskID
	min      rcpsp.Time
	lag      int32
}

// startArcs states each lag as what it says at least of the two starts. A lag to the
// end of a task that may pause for who knows how long says nothing.
func startArcs(in *rcpsp.Instance) []arc {
	out := make([]arc, 0, len(in.Lags))
	for i, l := range in.Lags {
		w := l.Min
		if l.FromEnd {
			w += shortest(&in.Tasks[l.From])
		}
		if l.ToEnd {
			d, ok := longest(&in.Tasks[l.To])
			if !ok {
				continue
			}
			w -= d
		}
		out = append(out, arc{l.From, l.To, w, int32(i)})
	}
	return out
}

func shortest(t *rcpsp.Task) rcpsp.Time {
	d := never
	for k := range t.Modes {
		d = min(d, t.Modes[k].Duration)
	}
	return d
}

func longest(t *rcpsp.Task) (rcpsp.Time, bool) {
	var d rcpsp.Time
	for k := range t.Modes {
		if t.Modes[k].Work != nil {
			return 0, false
		}
		d = max(d, t.Modes[k].Duration)
	}
	return d, true
}

// positiveCycle returns a cycle of arcs between tasks that must be present whose sum
// is positive, so that no schedule exists, or nil (Bellman 1958, Ford 1956). It gives
// up, with nil, where that would take more than some hundred rounds and many arcs.
func positiveCycle(n int, arcs []arc, must []bool) []arc {
	dist, by := make([]rcpsp.Time, n), make([]int32, n)
	for t := range by {
		by[t] = -1
	}
	effort := 300*len(arcs) + 10_000_000
	for round := 0; effort > 0; round++ {
		last := rcpsp.TaskID(-1)
		for i, a := range arcs {
			if must[a.from] && must[a.to] && dist[a.from]+a.min > dist[a.to] {
				dist[a.to], by[a.to], last = dist[a.from]+a.min, int32(i), a.to
			}
		}
		effort -= len(arcs)
		if last < 0 {
			return nil
		}
		if round < n && round%16 != 15 {
			continue
		}
		if c := cycleIn(n, arcs, by, last); c != nil {
			return c
		}
	}
	return nil
}

// cycleIn walks back from t along the arcs that raised each task last.
func cycleIn(n int, arcs []arc, by []int32, t rcpsp.TaskID) []arc {
	for range n {
		if by[t] < 0 {
			return nil
		}
		t = arcs[by[t]].from
	}
	var out []arc
	var sum rcpsp.Time
	for u := t; ; {
		a := arcs[by[u]]
		out = append(out, a)
		sum += a.min
		if u = a.from; u == t {
			break
		}
	}
	if sum <= 0 {
		return nil
	}
	return out
}
