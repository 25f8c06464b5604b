package check

import (
	"math"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// ordersMost is the number of tasks up to which the lags between all pairs are worked
// out; it takes the cube of it in time.
const ordersMost = 600

// settleOrders adds the order of each pair of tasks that cannot overlap and for which
// the lags alone leave only one: bounds would never say so, since both tasks may have
// wide windows.
func (g *network) settleOrders() {
	n := len(g.in.Tasks)
	if n > ordersMost {
		g.root = g.root && !g.circle()
		return
	}
	const none = math.MinInt64 / 4
	dist := make([]int64, n*n) // the least time from start to start that the lags demand
	for i := range dist {
		dist[i] = none
	}
	for t := range n {
		dist[t*n+t] = 0
	}
	for _, l := range g.in.Lags {
		w, ok := g.atLeast(&l)
		if !ok {
			continue
		}
		i := int(l.From)*n + int(l.To)
		dist[i] = max(dist[i], w)
	}
	for k := range n {
		for i := range n {
			if dist[i*n+k] == none {
				continue
			}
			for j := range n {
				if dist[k*n+j] != none {
					// Along a circle of positive length distances would grow without end.
					dist[i*n+j] = min(farAway, max(dist[i*n+j], dist[i*n+k]+dist[k*n+j]))
				}
			}
		}
	}
	for t := range n {
		g.root = g.root && dist[t*n+t] <= 0
	}
	for a := range n {
		for b := range a {
			da, db := g.shortest(a), g.shortest(b)
			ab, ba := dist[b*n+a] <= -da, dist[a*n+b] <= -db // whether a may go first, and b
			if ab && ba || !g.sure(int32(a)) || !g.sure(int32(b)) || !g.exclusive(a, b) {
				continue
			}
			if ba {
				g.arc(g.point(b, true), g.point(a, false), 0, -1)
			}
			if ab {
				g.arc(g.point(a, true), g.point(b, false), 0, -1)
			}
			g.root = g.root && (ab || ba)
		}
	}
}

// atLeast is the least time from start to start that a lag demands of tasks that are
// present; false where one may be absent.
func (g *network) atLeast(l *rcpsp.Lag) (int64, bool) {
	if !g.sure(int32(l.From)) || !g.sure(int32(l.To)) {
		return 0, false
	}
	w := int64(l.Min)
	if l.FromEnd {
		w += g.shortest(int(l.From))
	}
	if l.ToEnd {
		w -= g.longest(int(l.To))
	}
	return w, true
}

// circle says whether lags of tasks that are present form a circle of positive length
// (Bellman 1958, Ford 1956). It gives up, with false, where that takes too long.
func (g *network) circle() bool {
	n := len(g.in.Tasks)
	type step struct {
		from, to int
		w        int64
	}
	var steps []step
	for i := range g.in.Lags {
		l := &g.in.Lags[i]
		if w, ok := g.atLeast(l); ok {
			steps = append(steps, step{int(l.From), int(l.To), w})
		}
	}
	at := make([]int64, n)
	for round := 0; round*len(steps) < patience*4; round++ {
		moved := false
		for _, s := range steps {
			if x := at[s.from] + s.w; x > at[s.to] {
				at[s.to], moved = min(x, farAway), true
			}
		}
		if !moved {
			return false
		}
		if round > n {
			return true
		}
	}
	return false
}
