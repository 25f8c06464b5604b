package check

import (
	"slices"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// An atom is the fact that a directed variable is at least a bound: 2v is variable v,
// 2v+1 its negation.
type atom struct {
	v     int32
	bound int64
}

func (a atom) not() atom { return atom{a.v ^ 1, 1 - a.bound} }

// A network knows bounds of variables and what follows from them: holes of the start
// domains, modes, lags, the orders of pairs of tasks, time-tables, budgets, and nogoods
// that were verified before. Each is worked out anew whenever something moved; nothing is
// clever but the watching of nogoods (Moskewicz et al. 2001), without which long logs
// would take quadratic time.
type network struct {
	in     *rcpsp.Instance
	goal   int32 // the variable of the goal; -1 without one
	lb     []int64
	trail  []moved
	head   int // the first move that has not been followed
	root   bool
	arcs   [][]netArc // by directed variable
	on     [][]netArc // by directed variable: arcs that hold once it is at least 1, or 0
	tasks  []netTask
	orders map[[2]int]int32
	tables []table
	dirty  bool
	left   int // how many more moves one step may take
	clause []clause
	watch  [][]int32 // by directed variable: nogoods with a watched fact of it
}

type moved struct {
	v   int32
	old int64
}

// A netArc keeps to >= from + w; if is the variable whose truth it needs, or -1.
type netArc struct {
	from, to, cond int32 // directed
	w              int64
}

type clause struct {
	facts []atom // the first two are watched
	dead  bool
}

// farAway bounds the goal.
const farAway = 1 << 55

// patience bounds the moves that one step of a log may take. Beyond it the step counts
// as one that does not follow.
const patience = 50_000_000

func newNetwork(in *rcpsp.Instance) *network {
	g := &network{in: in, goal: -1, orders: map[[2]int]int32{}, root: true, dirty: true}
	for range in.Tasks {
		g.variable(0, int64(in.Horizon)) // the starts come first
	}
	for t := range in.Tasks {
		g.tasks = append(g.tasks, g.task(t))
	}
	for _, l := range in.Lags {
		g.arc(g.point(int(l.From), l.FromEnd), g.point(int(l.To), l.ToEnd), int64(l.Min), -1)
	}
	if len(in.Goals) > 0 {
		g.goal = g.variable(0, farAway)
		for i := range in.Goals[0].Terms {
			tm := &in.Goals[0].Terms[i]
			g.arc(g.point(int(tm.Task), tm.OnEnd), point{g.goal, 0}, tm.Cost[0].Value-int64(tm.Cost[0].From), -1)
		}
	}
	for r := range in.Resources {
		t := table{caps: in.Resources[r].Capacity}
		for k := range in.Tasks {
			t.add(g, k, func(m *rcpsp.Mode) int64 { return demand(m, r) })
		}
		g.tables = append(g.tables, t)
	}
	for _, set := range in.NoOverlap {
		t := table{caps: []rcpsp.Step{{Value: 1}}}
		for _, k := range set {
			t.occupy(g, int(k))
		}
		g.tables = append(g.tables, t)
	}
	g.settleOrders()
	return g
}

func (g *network) variable(lo, hi int64) int32 {
	v := int32(len(g.lb) / 2)
	g.lb = append(g.lb, lo, -hi)
	g.arcs = append(g.arcs, nil, nil)
	g.on = append(g.on, nil, nil)
	g.watch = append(g.watch, nil, nil)
	g.trail = append(g.trail, moved{2 * v, lo}, moved{2*v + 1, -hi}) // to be followed once
	return v
}

// A point is a variable and a distance after it: a start, an end, or the goal.
type point struct {
	v   int32
	off int64
}

// point returns the start or the end of a task.
func (g *network) point(t int, end bool) point {
	if end {
		return point{g.tasks[t].end, g.tasks[t].off}
	}
	return point{int32(t), 0}
}

// arc adds to >= from + w between points, and its mirror.
func (g *network) arc(from, to point, w int64, cond int32) {
	w += from.off - to.off
	a := netArc{2 * from.v, 2 * to.v, cond, w}
	b := netArc{2*to.v + 1, 2*from.v + 1, cond, w}
	g.arcs[a.from] = append(g.arcs[a.from], a)
	g.arcs[b.from] = append(g.arcs[b.from], b)
	if cond >= 0 {
		g.on[cond] = append(g.on[cond], a, b)
	}
}

// order returns the variable that is 1 if a ends before b starts and 0 if b ends
// before a starts. The caller knows that one of the two must be.
func (g *network) order(a, b int) int32 {
	if v, ok := g.orders[[2]int{a, b}]; ok {
		return v
	}
	v := g.variable(0, 1)
	g.orders[[2]int{a, b}] = v
	g.arc(g.point(a, true), g.point(b, false), 0, 2*v)
	g.arc(g.point(b, true), g.point(a, false), 0, 2*v+1)
	return v
}

// holds says whether the condition of an arc is true: an order decided its way.
func (g *network) holds(cond int32) bool {
	switch {
	case cond < 0:
		return true
	case cond&1 == 0:
		return g.lb[cond] >= 1
	}
	return g.lb[cond] >= 0 // the negation is at least 0: the variable is 0
}

// contradicts says whether the facts, assumed together, lead to a contradiction. The
// bounds are as before afterwards.
func (g *network) contradicts(facts []atom) bool {
	g.left = patience
	if !g.root {
		return true // the root itself is contradictory
	}
	if !g.propagate() {
		g.root = false
		return true
	}
	g.trail, g.head = g.trail[:0], 0 // what the root says stays
	failed := false
	for _, a := range facts {
		if !g.push(a.v, a.bound) {
			failed = true
			break
		}
	}
	failed = failed || !g.propagate()
	for i := len(g.trail) - 1; i >= 0; i-- {
		g.lb[g.trail[i].v] = g.trail[i].old
	}
	g.trail, g.head, g.dirty = g.trail[:0], 0, false
	return failed
}

// atMost caps a variable at the root.
func (g *network) atMost(v int32, bound int64) {
	g.root = g.root && g.push(2*v+1, -bound)
}

// push raises a directed variable, over the holes of a start domain. It returns false
// on a contradiction.
func (g *network) push(v int32, bound int64) bool {
	if bound <= g.lb[v] {
		return true
	}
	if int(v>>1) < len(g.in.Tasks) {
		bound = g.overHoles(v, bound)
	}
	g.trail = append(g.trail, moved{v, g.lb[v]})
	g.lb[v] = bound
	g.dirty = true
	return bound+g.lb[v^1] <= 0
}

// overHoles moves a bound of a start to the next value of its domain.
func (g *network) overHoles(v int32, bound int64) int64 {
	if int(v>>1) >= len(g.tasks) || len(g.tasks[v>>1].modes) > 1 {
		return bound // the rule of the task knows
	}
	starts := g.tasks[v>>1].starts[0]
	if v&1 == 0 {
		return max(bound, firstStart(starts, bound))
	}
	return max(bound, -lastStart(starts, -bound))
}

// propagate follows all moves to their end. False: a contradiction.
func (g *network) propagate() bool {
	for {
		for g.head < len(g.trail) {
			v := g.trail[g.head].v
			g.head++
			if g.left--; g.left < 0 {
				return true // nothing found
			}
			if g.lb[v]+g.lb[v^1] > 0 || !g.follow(v) {
				return false
			}
		}
		if !g.dirty {
			return true
		}
		g.dirty = false
		for t := range g.tasks {
			if !g.tasks[t].run(g, t) {
				return false
			}
		}
		for i := range g.in.Budgets {
			if !g.budget(&g.in.Budgets[i]) {
				return false
			}
		}
		for i := range g.tables {
			if !g.tables[i].run(g) {
				return false
			}
		}
	}
}

// follow works out what a move of v says at once.
func (g *network) follow(v int32) bool {
	for _, a := range g.arcs[v] {
		if !g.apply(a) {
			return false
		}
	}
	for _, a := range g.on[v] {
		if !g.apply(a) {
			return false
		}
	}
	return g.watched(v)
}

// apply runs an arc, or finds that its condition cannot be.
func (g *network) apply(a netArc) bool {
	b := g.lb[a.from] + a.w
	if g.holds(a.cond) {
		return g.push(a.to, b)
	}
	if b+g.lb[a.to^1] > 0 {
		// The order that the arc stands for does not fit: the other one holds.
		if a.cond&1 == 0 {
			return g.push(a.cond^1, 0)
		}
		return g.push(a.cond^1, 1)
	}
	return true
}

// learn keeps a nogood and returns its number.
func (g *network) learn(facts []atom) int32 {
	c := int32(len(g.clause))
	// Facts that are not true yet come first.
	facts = slices.Clone(facts)
	slices.SortStableFunc(facts, func(a, b atom) int { return btoi(g.is(a)) - btoi(g.is(b)) })
	g.clause = append(g.clause, clause{facts: facts})
	switch {
	case len(facts) == 0 || g.is(facts[0]):
		g.root = false
		return c
	case len(facts) == 1 || g.is(facts[1]):
		n := facts[0].not()
		g.root = g.root && g.push(n.v, n.bound)
	}
	for i := range min(2, len(facts)) {
		g.watch[facts[i].v] = append(g.watch[facts[i].v], c)
	}
	return c
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (g *network) is(a atom) bool { return g.lb[a.v] >= a.bound }

// forget drops a nogood.
func (g *network) forget(c int32) { g.clause[c].dead = true }

// watched looks at the nogoods that watch v.
func (g *network) watched(v int32) bool {
	list := g.watch[v]
	kept := list[:0]
	for i, c := range list {
		f := g.clause[c].facts
		if g.clause[c].dead {
			continue
		}
		w := 0
		if len(f) > 1 && (f[0].v != v || !g.is(f[0])) {
			w = 1
		}
		if f[w].v != v || !g.is(f[w]) {
			kept = append(kept, c) // not yet
			continue
		}
		found := false
		for k := 2; k < len(f); k++ {
			if !g.is(f[k]) {
				f[w], f[k] = f[k], f[w]
				g.watch[f[w].v] = append(g.watch[f[w].v], c)
				found = true
				break
			}
		}
		if found && f[w].v != v {
			continue
		}
		kept = append(kept, c)
		if found {
			continue
		}
		ok := false
		if len(f) > 1 && !g.is(f[1-w]) {
			n := f[1-w].not()
			ok = g.push(n.v, n.bound)
		}
		if !ok {
			kept = append(kept, list[i+1:]...)
			g.watch[v] = kept
			return false
		}
	}
	g.watch[v] = kept
	return true
}
