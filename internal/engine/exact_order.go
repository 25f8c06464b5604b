package engine

import (
	"math"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// orders knows what the lags alone say about pairs of tasks: which end before others
// start, and which never can.
//
// Up to maxDistance tasks it holds the longest path between all pairs, by Floyd and
// Warshall; up to maxReach the transitive closure of precedences; beyond that nothing,
// which costs some pair orders that are no choice.
type orders struct {
	m    *model
	n    int
	dist []int64  // start to start, at least; minInt where there is no path
	row  int      // words a task
	bits []uint64 // closure
}

const (
	maxDistance = 160
	maxReach    = 4000
	noPath      = math.MinInt64 / 4
)

func newOrders(m *model) *orders {
	o := &orders{m: m, n: len(m.tasks)}
	switch {
	case o.n <= maxDistance:
		o.distances()
	case o.n <= maxReach:
		o.closure()
	}
	return o
}

// fixed returns the duration of a task that is always present and runs through in its
// only mode.
func (o *orders) fixed(t int) (int64, bool) {
	tv := &o.m.tasks[t]
	if len(tv.modes) != 1 || tv.present != always || tv.end != tv.start {
		return 0, false
	}
	return tv.endOff, true
}

func (o *orders) distances() {
	n := o.n
	o.dist = make([]int64, n*n)
	for i := range o.dist {
		o.dist[i] = noPath
	}
	for t := range n {
		o.dist[t*n+t] = 0
	}
	for _, l := range o.m.in.Lags {
		da, ok := o.fixed(int(l.From))
		db, ok2 := o.fixed(int(l.To))
		if !ok || !ok2 {
			continue
		}
		w := int64(l.Min)
		if l.FromEnd {
			w += da
		}
		if l.ToEnd {
			w -= db
		}
		x := &o.dist[int(l.From)*n+int(l.To)]
		*x = max(*x, w)
	}
	for k := range n {
		through := o.dist[k*n : (k+1)*n]
		for i := range n {
			d := o.dist[i*n+k]
			if d == noPath {
				continue
			}
			row := o.dist[i*n : (i+1)*n]
			for j, e := range through {
				if e != noPath && d+e > row[j] {
					row[j] = d + e
				}
			}
		}
	}
}

// closure holds precedences from end to start.
func (o *orders) closure() {
	n := o.n
	o.row = (n + 63) / 64
	next := make([][]rcpsp.TaskID, n)
	degree := make([]int, n)
	for _, l := range o.m.in.Lags {
		if _, ok := o.fixed(int(l.From)); !ok || !l.FromEnd || l.ToEnd || l.Min < 0 || l.From == l.To {
			continue
		}
		next[l.From] = append(next[l.From], l.To)
		degree[l.To]++
	}
	o.bits = make([]uint64, n*o.row)
	var order []int
	for t, d := range degree {
		if d == 0 {
			order = append(order, t)
		}
	}
	for i := 0; i < len(order); i++ {
		for _, u := range next[order[i]] {
			if degree[u]--; degree[u] == 0 {
				order = append(order, int(u))
			}
		}
	}
	for i := len(order) - 1; i >= 0; i-- {
		t := order[i]
		row := o.bits[t*o.row : (t+1)*o.row]
		for _, u := range next[t] {
			row[u/64] |= 1 << (u % 64)
			for k, w := range o.bits[int(u)*o.row : (int(u)+1)*o.row] {
				row[k] |= w
			}
		}
	}
}

// before says whether a ends before b starts in every solution.
func (o *orders) before(a, b int) bool {
	if o.dist != nil {
		d, ok := o.fixed(a)
		return ok && o.dist[a*o.n+b] >= d
	}
	return o.bits != nil && o.bits[a*o.row+b/64]>>(b%64)&1 == 1
}

// never says whether a cannot end before b starts.
func (o *orders) never(a, b int) bool {
	if o.dist == nil {
		return false
	}
	d, ok := o.fixed(a)
	return ok && o.dist[b*o.n+a] > -d
}
