package check

import (
	"math"

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
// domains, presence, modes, lags, the orders of pairs of tasks, time-tables, budgets, and
// nogoods that were verified before. Each is worked out anew whenever something moved; nothing is
// clever but the watching of nogoods (Moskewicz et al. 2001), without which long logs
// would take quadratic time.
type network struct {
	in          *rcpsp.Instance
	goal        goalNet
	lb          []int64
	most        []int64 // by directed variable: the highest bound that means more than the one before
	trail       []moved
	newest      []int // by directed variable: where on the trail its last move is
	head        int   // the first move that has not been followed
	root        bool
	arcs        [][]netArc // by directed variable
	on          [][]netArc // by directed variable: arcs with conditions that it concerns
	then        [][]int32  // by task: optional tasks that are present wherever it is
	tasks       []netTask
	orders      map[[2]int]int32
	tables      []table
	groups      []redundancy
	shared      []sharing // by set of SameSpan
	budgets     []*ration
	rules       []rule
	slow, waits []bool    // by rule
	soon, later []int32   // rules that wait: the cheap ones, and the others
	concerns    [][]int32 // by variable: rules that it concerns
	left        int       // how many more moves one step may take
	lemmas      []lemma
	owner       []int32 // by variable: the task whose start, end, presence or mode it is, or -1
	clause      []clause
	watch       [][]watch // by directed variable: nogoods with a watched fact of it
}

type moved struct {
	v   int32
	old int64
}

// A netArc keeps to >= from + w while its conditions are true: a condition is a variable
// that is 1, or with its lowest bit set one that is 0; -1 is none.
type netArc struct {
	from, to int32 // directed
	cond     [2]int32
	w        int64
}

// farAway is beyond all times.
const farAway = 1 << 55

// patience bounds the moves that one step of a log may take. Beyond it the step counts
// as one that does not follow.
const patience = 50_000_000

func newNetwork(in *rcpsp.Instance) *network {
	g := &network{in: in, orders: map[[2]int]int32{}, root: true}
	for t := range in.Tasks {
		last := int64(in.Horizon)
		if in.Tasks[t].Optional {
			last = g.away()
		}
		g.variable(0, last) // the starts come first
	}
	for t := range in.Tasks {
		g.tasks = append(g.tasks, g.task(t))
		for _, v := range g.about(t) {
			g.owner[v] = int32(t)
		}
	}
	g.links()
	for _, l := range in.Lags {
		g.arc(g.point(int(l.From), l.FromEnd), g.point(int(l.To), l.ToEnd), int64(l.Min), -1)
	}
	g.addGoals()
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
	g.groups = g.redundancies()
	g.sharings()
	g.rations()
	g.postAll()
	g.settleOrders()
	return g
}

func (g *network) variable(lo, hi int64) int32 {
	v := int32(len(g.lb) / 2)
	g.lb = append(g.lb, lo, -hi)
	g.most = append(g.most, math.MaxInt64, math.MaxInt64)
	g.arcs = append(g.arcs, nil, nil)
	g.on = append(g.on, nil, nil)
	g.watch = append(g.watch, nil, nil)
	g.concerns = append(g.concerns, nil)
	g.newest = append(g.newest, 0, 0)
	g.owner = append(g.owner, -1)
	g.note(2 * v)
	g.note(2*v + 1)
	return v
}

// note has the bound of v followed.
func (g *network) note(v int32) {
	g.newest[v] = len(g.trail)
	g.trail = append(g.trail, moved{v, g.lb[v]})
}

// A point is the start or the end of a task, or the goal: a variable whose lower bound
// counts, one whose upper bound counts, which is another one where the task is optional,
// and a distance after both.
type point struct {
	lo, hi int32
	off    int64
	task   int32 // -1: the goal
}

// point returns the start or the end of a task.
func (g *network) point(t int, end bool) point {
	n := &g.tasks[t]
	if end {
		return point{n.end, n.endLate, n.off, int32(t)}
	}
	return point{int32(t), n.late, 0, int32(t)}
}

// arc adds to >= from + w between points of tasks that are present, and its mirror.
func (g *network) arc(from, to point, w int64, cond int32) {
	w += from.off - to.off
	g.addArc(netArc{2 * from.lo, 2 * to.lo, [2]int32{cond, g.needed(from.task, to.task)}, w})
	g.addArc(netArc{2*to.hi + 1, 2*from.hi + 1, [2]int32{cond, g.needed(to.task, from.task)}, w})
}

// addArc adds an arc, at the root, and has it followed.
func (g *network) addArc(a netArc) {
	g.note(a.from)
	g.arcs[a.from] = append(g.arcs[a.from], a)
	for _, c := range a.cond {
		if c >= 0 {
			g.on[c] = append(g.on[c], a)
		}
	}
	if optional := min(g.most[a.from], g.most[a.to]) < math.MaxInt64; optional && a.cond != [2]int32{-1, -1} {
		g.on[a.to^1] = append(g.on[a.to^1], a) // the mirror does not always see that a condition fails
	}
}

// order returns the variable that is 1 if a ends before b starts and 0 if b ends
// before a starts. The caller knows that one of the two must be, if both are present.
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

// holds says whether a condition of an arc is true.
func (g *network) holds(cond int32) bool {
	switch {
	case cond < 0:
		return true
	case cond&1 == 0:
		return g.lb[cond] >= 1
	}
	return g.lb[cond] >= 0 // the negation is at least 0: the variable is 0
}

// refuse makes a condition false.
func (g *network) refuse(cond int32) bool {
	if cond&1 == 0 {
		return g.push(cond^1, 0)
	}
	return g.push(cond^1, 1)
}

// contradicts says whether the facts, assumed together, lead to a contradiction. The
// bounds are as before afterwards.
func (g *network) contradicts(facts []atom) bool {
	found := g.assume(facts)
	g.restore()
	return found
}

// implies says whether the facts, assumed together, lead to another one, or to a
// contradiction. The bounds are as before afterwards.
func (g *network) implies(facts []atom, a atom) bool {
	found := g.assume(facts) || g.is(a)
	g.restore()
	return found
}

// assume follows facts to their end, and returns true on a contradiction.
func (g *network) assume(facts []atom) bool {
	g.left = patience
	if !g.root {
		return true // the root itself is contradictory
	}
	if !g.propagate() {
		g.root = false
		return true
	}
	g.trail, g.head = g.trail[:0], 0 // what the root says stays
	for _, a := range facts {
		if !g.push(a.v, a.bound) {
			return true
		}
	}
	return !g.propagate()
}

// restore takes back what assume did beyond the root.
func (g *network) restore() {
	if !g.root {
		return
	}
	for i := len(g.trail) - 1; i >= 0; i-- {
		g.lb[g.trail[i].v] = g.trail[i].old
	}
	g.trail, g.head = g.trail[:0], 0
	g.rest()
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
	if most := g.most[v]; bound > most {
		if g.lb[v] == most {
			return true
		}
		bound = most
	}
	if int(v>>1) < len(g.tasks) {
		bound = g.overHoles(v, bound)
	}
	g.note(v)
	g.lb[v] = bound
	for _, id := range g.concerns[v>>1] {
		g.wake(id)
	}
	return bound+g.lb[v^1] <= 0
}

// overHoles moves a bound of a start to the next value of its domain.
func (g *network) overHoles(v int32, bound int64) int64 {
	n := &g.tasks[v>>1]
	if len(n.modes) > 1 || n.present >= 0 {
		return bound // the rule of the task knows
	}
	if v&1 == 0 {
		return max(bound, firstStart(n.starts[0], bound))
	}
	return max(bound, -lastStart(n.starts[0], -bound))
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
			switch {
			case g.lb[v]+g.lb[v^1] > 0:
				return false
			case g.newest[v] >= g.head: // a later move does the work
			case !g.follow(v):
				return false
			}
		}
		if n := len(g.trail); len(g.soon) == 0 && !g.heed() {
			return false
		} else if n < len(g.trail) {
			continue
		}
		id := g.next()
		if id < 0 {
			return true
		}
		if !g.rules[id].run(g) {
			return false
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

// apply runs an arc, or finds that the only condition that is open cannot be.
func (g *network) apply(a netArc) bool {
	open := int32(-1)
	for _, c := range a.cond {
		switch {
		case g.holds(c):
		case open >= 0 || g.holds(c^1):
			return true
		default:
			open = c
		}
	}
	b := min(g.lb[a.from]+a.w, g.most[a.to])
	if open < 0 {
		return g.push(a.to, b)
	}
	if b+g.lb[a.to^1] > 0 {
		return g.refuse(open)
	}
	return true
}
