package risk

import (
	"cmp"
	"slices"
)

// A sweep finds whether a service ever has too few members up. Times are minutes.
type sweep struct {
	groups []Redundancy
	takers [][]take // by group
	start  []float64
	end    []float64
	events []event
}

// A take is a change that takes a member of the group out.
type take struct{ trial, member int }

type event struct {
	at     float64
	delta  int
	member int
}

func newSweep(ts []trial, groups []Redundancy) *sweep {
	w := &sweep{groups: groups, takers: make([][]take, len(groups))}
	for i := range ts {
		w.start = append(w.start, float64(ts[i].Start.Unix())/60)
		w.end = append(w.end, float64(ts[i].End.Unix())/60)
		for g := range groups {
			for m, name := range groups[g].Members {
				if slices.Contains(ts[i].Takes, name) {
					w.takers[g] = append(w.takers[g], take{i, m})
				}
			}
		}
	}
	return w
}

// below reports whether group g has fewer than K members up at some instant, each change holding
// its members from its start to its end and extra[i] minutes more. Intervals are half-open.
func (w *sweep) below(g int, extra []float64) bool {
	w.events = w.events[:0]
	for _, t := range w.takers[g] {
		from, to := w.start[t.trial], w.end[t.trial]+extra[t.trial]
		if to > from {
			w.events = append(w.events, event{from, 1, t.member}, event{to, -1, t.member})
		}
	}
	slices.SortFunc(w.events, func(a, b event) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.delta, b.delta), cmp.Compare(a.member, b.member))
	})
	out := make([]int, len(w.groups[g].Members))
	down, most := 0, len(w.groups[g].Members)-w.groups[g].K
	for _, e := range w.events {
		before := out[e.member]
		out[e.member] += e.delta
		switch {
		case before == 0 && out[e.member] > 0:
			down++
		case before > 0 && out[e.member] == 0:
			down--
		}
		if down > most {
			return true
		}
	}
	return false
}
