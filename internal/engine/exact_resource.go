package engine

import (
	"math/bits"
	"slices"

	"github.com/slackwater-go/slackwater/internal/cp"
	"github.com/slackwater-go/slackwater/internal/propagate"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// items returns who takes of resource r. Hollow says that the capacity alone may
// exclude something that the start domains leave.
func (m *model) items(r rcpsp.ResourceID) (items []propagate.Item, hollow bool) {
	for t := range m.tasks {
		tv := &m.tasks[t]
		for i := range tv.modes {
			k := &tv.modes[i]
			d := k.uses(r)
			if d == 0 || k.mode.Duration == 0 || k.on != always && m.s.Fails(k.on) {
				continue
			}
			it := propagate.Item{Start: tv.start, End: tv.end, EndOff: tv.endOff, Demand: d, If: k.on, Last: cp.Far}
			if len(tv.modes) == 1 {
				it.Last = tv.last
			}
			if k.runsThrough() {
				it.End, it.EndOff = tv.start, int64(k.mode.Duration)
			} else {
				hollow = true
				if !k.mode.Hold {
					for _, w := range k.mode.Work {
						it.Work = append(it.Work, propagate.Span{Lo: int64(w.Lo), Hi: int64(w.Hi)})
					}
				}
			}
			items = append(items, it)
		}
	}
	return items, hollow
}

// postResources posts a time-table for each resource that can run short, and orders
// pairs of tasks that one of them cannot carry together.
func (m *model) postResources() bool {
	for r := range m.in.Resources {
		if m.halted() {
			return true
		}
		items, hollow := m.items(rcpsp.ResourceID(r))
		if len(items) == 0 {
			continue
		}
		caps := m.in.Resources[r].Capacity
		least, total := int64(cp.Far), int64(0)
		var levels []propagate.Level
		for _, c := range caps {
			levels = append(levels, propagate.Level{From: int64(c.From), Cap: c.Value})
			if int64(c.From) < m.far {
				least = min(least, c.Value)
			}
		}
		for _, it := range items {
			total = min(total+it.Demand, cp.Far)
		}
		if total <= least {
			continue
		}
		propagate.NewTimeTable(source(rcpsp.KindResource, r), items, levels, -1, hollow).Post(m.s)
		m.postClique(rcpsp.ResourceID(r))
		m.postEnergy(rcpsp.ResourceID(r), levels)
	}
	return m.settle() && (m.halted() || m.postPairs())
}

// postClique posts the tasks of which no two fit into r together.
func (m *model) postClique(r rcpsp.ResourceID) {
	most := int64(0)
	for _, c := range m.in.Resources[r].Capacity {
		if int64(c.From) < m.far {
			most = max(most, c.Value)
		}
	}
	users := m.users(r)
	var clique []int
	for _, u := range users {
		if 2*u.amount > most {
			clique = append(clique, u.task)
		}
	}
	// Where most users can share the resource the rule finds little: on j30 it cost a
	// fifth of the time and saved no conflict.
	if 4*len(clique) >= 3*len(users) {
		m.postDisjunctive(clique, source(rcpsp.KindResource, int(r)))
	}
}

// postDisjunctive posts tasks that occupy time in all their modes and of which no two
// may overlap.
func (m *model) postDisjunctive(tasks []int, src cp.Source) {
	if len(tasks) < 3 || m.off["disjunctive"] {
		return
	}
	var spells []propagate.Spell
	for _, t := range tasks {
		tv := &m.tasks[t]
		sp := propagate.Spell{Start: tv.start, End: tv.end, EndOff: tv.endOff, If: tv.present, Length: cp.Far}
		for i := range tv.modes {
			sp.Length = min(sp.Length, int64(tv.modes[i].mode.Duration))
		}
		spells = append(spells, sp)
	}
	d := propagate.NewDisjunctive(src, spells, !m.off["not-first"])
	m.post(func() { d.Post(m.s) })
}

// maxPairs limits the pairs that get an order of their own.
const maxPairs = 200_000

// postPairs gives each pair of tasks that cannot overlap, and whose windows allow both
// orders, a Boolean for its order: so that learning can speak of orders (Schutt et al.
// 2013).
func (m *model) postPairs() bool {
	if m.off["pairs"] {
		return true
	}
	seen := make([][]uint64, len(m.tasks)) // by task: a bit for each partner of higher index
	count := 0
	add := func(a, b int) bool {
		if a > b {
			a, b = b, a
		}
		if seen[a] == nil {
			seen[a] = make([]uint64, (len(m.tasks)+63)/64)
		}
		word, bit := &seen[a][b/64], uint64(1)<<(b%64)
		if *word&bit != 0 || !m.overlappable(a, b) {
			return true
		}
		*word |= bit
		count++
		return count < maxPairs
	}
	for r := range m.in.Resources {
		most := int64(0)
		for _, c := range m.in.Resources[r].Capacity {
			if int64(c.From) < m.far {
				most = max(most, c.Value)
			}
		}
		users := m.users(rcpsp.ResourceID(r))
		for i, x := range users {
			if m.halted() {
				return true
			}
			for _, y := range users[i+1:] {
				if x.amount+y.amount <= most {
					break
				}
				if !add(x.task, y.task) {
					break
				}
			}
		}
	}
	for _, set := range m.in.NoOverlap {
		for i, a := range set {
			for _, b := range set[:i] {
				if m.occupies(int(a)) && m.occupies(int(b)) && !add(int(a), int(b)) {
					break
				}
			}
		}
	}
	found := make([]pairVar, 0, count)
	for a := range seen {
		for w, word := range seen[a] {
			for ; word != 0; word &= word - 1 {
				found = append(found, pairVar{-1, a, 64*w + bits.TrailingZeros64(word)})
			}
		}
	}
	order := newOrders(m)
	if m.halted() {
		return true
	}
	for i, p := range found {
		if i%1024 == 0 && m.halted() {
			return true
		}
		switch {
		case order.before(p.a, p.b) || order.before(p.b, p.a):
		case order.never(p.b, p.a):
			m.arc(p.a, p.b, true, false, 0, source(rcpsp.KindTask, p.a))
		case order.never(p.a, p.b):
			m.arc(p.b, p.a, true, false, 0, source(rcpsp.KindTask, p.a))
		default:
			p.v = m.s.NewVar(0, 1)
			m.pairs = append(m.pairs, p)
		}
	}
	m.grow()
	for i, p := range m.pairs {
		if i%1024 == 0 && m.halted() {
			return true
		}
		src := source(rcpsp.KindTask, p.a)
		m.arc(p.a, p.b, true, false, 0, src, cp.AtLeast(p.v, 1))
		m.arc(p.b, p.a, true, false, 0, src, cp.AtMost(p.v, 0))
	}
	return m.lags.Init() && m.settle()
}

type user struct {
	task   int
	amount int64
}

// users returns the tasks that take of r in each of their modes, throughout from start
// to end, with the least amount, the largest first.
func (m *model) users(r rcpsp.ResourceID) []user {
	var out []user
	for t := range m.tasks {
		amount := int64(cp.Far)
		for i := range m.tasks[t].modes {
			k := &m.tasks[t].modes[i]
			if k.mode.Duration == 0 || !k.runsThrough() && !k.mode.Hold {
				amount = 0
			}
			amount = min(amount, k.uses(r))
		}
		if amount > 0 && len(m.tasks[t].modes) > 0 {
			out = append(out, user{t, amount})
		}
	}
	slices.SortStableFunc(out, func(x, y user) int {
		switch {
		case x.amount > y.amount:
			return -1
		case x.amount < y.amount:
			return 1
		}
		return 0
	})
	return out
}

// occupies says whether task t takes time in each of its modes.
func (m *model) occupies(t int) bool {
	for i := range m.tasks[t].modes {
		if m.tasks[t].modes[i].mode.Duration == 0 {
			return false
		}
	}
	return len(m.tasks[t].modes) > 0
}

// overlappable says whether the windows of a and b leave room for both orders or for
// an overlap.
func (m *model) overlappable(a, b int) bool {
	s := m.s
	x, y := &m.tasks[a], &m.tasks[b]
	return s.Lower(x.start) < s.Upper(y.end)+y.endOff && s.Lower(y.start) < s.Upper(x.end)+x.endOff
}
