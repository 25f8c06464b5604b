package sgs

import (
	"slices"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// closeMost is the size of a component of tasks, tied to one another by minimal and
// maximal lags, up to which all that the lags say of two of them is worked out.
const closeMost = 160

// follow lists, by task, where arcs lead from it.
func follow(n int, arcs []arc) [][]rcpsp.TaskID {
	many := make([]int32, n)
	for _, a := range arcs {
		many[a.from]++
	}
	next, room := make([][]rcpsp.TaskID, n), make([]rcpsp.TaskID, len(arcs))
	for t, k := range many {
		next[t], room = room[:0:k], room[k:]
	}
	for _, a := range arcs {
		next[a.from] = append(next[a.from], a.to)
	}
	return next
}

// closure adds, for each component of tasks that lags tie to one another both ways,
// the lags that follow between any two of its tasks (Floyd 1962, Warshall 1962).
// Without them a task may be placed where a maximal lag over some open tasks leaves a
// third one no room. Only tasks that must be present count.
func (m *Model) closure() {
	n := len(m.tasks)
	arcs := startArcs(m.In)
	kept := arcs[:0]
	for _, a := range arcs {
		if m.Windows.Must[a.from] && m.Windows.Must[a.to] && a.from != a.to {
			kept = append(kept, a)
		}
	}
	comp := components(n, follow(n, kept))
	if last := int32(n) - 1; n == 0 || slices.Contains(comp, last) {
		return // as many components as tasks: each is one
	}
	members := make([][]rcpsp.TaskID, n)
	place := make([]int, n)
	for t := range n {
		place[t] = len(members[comp[t]])
		members[comp[t]] = append(members[comp[t]], rcpsp.TaskID(t))
	}
	dist := make([][]rcpsp.Time, n) // by component, a square
	for _, a := range kept {
		c := comp[a.from]
		k := len(members[c])
		if c != comp[a.to] || k < 3 || k > closeMost {
			continue
		}
		if dist[c] == nil {
			dist[c] = make([]rcpsp.Time, k*k)
			for i := range dist[c] {
				dist[c][i] = ages
			}
		}
		d := &dist[c][place[a.from]*k+place[a.to]]
		*d = max(*d, a.min)
	}
	for c, d := range dist {
		if d == nil {
			continue
		}
		list := members[c]
		k := len(list)
		direct := append([]rcpsp.Time(nil), d...)
		for via := range k {
			for i := range k {
				x := d[i*k+via]
				if x == ages {
					continue
				}
				for j := range k {
					if y := d[via*k+j]; y != ages {
						d[i*k+j] = max(d[i*k+j], x+y)
					}
				}
			}
		}
		for i := range k {
			for j := range k {
				if x := d[i*k+j]; i != j && x != ages && x > direct[i*k+j] {
					a, b := list[i], list[j]
					m.tasks[b].in = append(m.tasks[b].in, bind{other: a, min: x})
					m.tasks[a].out = append(m.tasks[a].out, bind{other: b, min: x})
				}
			}
		}
	}
}
