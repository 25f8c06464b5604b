package engine

import (
	"github.com/slackwater-go/slackwater/internal/cp"
	"github.com/slackwater-go/slackwater/internal/propagate"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// postNoOverlap posts each set as a resource of capacity one.
func (m *model) postNoOverlap() bool {
	for i, set := range m.in.NoOverlap {
		var items []propagate.Item
		for _, t := range set {
			items = append(items, m.spells(int(t))...)
		}
		if len(items) > 1 {
			caps := []propagate.Level{{From: 0, Cap: 1}}
			propagate.NewTimeTable(source(rcpsp.KindNoOverlap, i), items, caps, -1, false).Post(m.s)
		}
		var busy []int
		for _, t := range set {
			if m.occupies(int(t)) {
				busy = append(busy, int(t))
			}
		}
		m.postDisjunctive(busy, source(rcpsp.KindNoOverlap, i))
	}
	return true
}

// spells returns the times from start to end in which task t may be busy, of demand 1.
func (m *model) spells(t int) []propagate.Item {
	tv := &m.tasks[t]
	if m.occupies(t) {
		return []propagate.Item{{Start: tv.start, End: tv.end, EndOff: tv.endOff, Demand: 1, If: tv.present, Last: tv.last}}
	}
	var out []propagate.Item
	for i := range tv.modes {
		k := &tv.modes[i]
		if k.mode.Duration == 0 {
			continue
		}
		out = append(out, propagate.Item{Start: tv.start, End: tv.end, EndOff: tv.endOff, Demand: 1, If: k.on, Last: cp.Far})
	}
	return out
}

func levels(steps []rcpsp.Step) []propagate.Level {
	out := make([]propagate.Level, len(steps))
	for i, s := range steps {
		out[i] = propagate.Level{From: int64(s.From), Cap: s.Value}
	}
	return out
}

// postGroups posts redundancy groups: as a resource with demands of one where members
// are a task each, else by their own rule.
func (m *model) postGroups() bool {
	for i := range m.in.Groups {
		g := &m.in.Groups[i]
		if g.Defined {
			continue
		}
		src := source(rcpsp.KindGroup, i)
		if items, ok := m.plainGroup(g); ok {
			if len(items) > 0 {
				// Where nothing is allowed, the capacity alone excludes starts.
				propagate.NewTimeTable(src, items, levels(g.Allowed), -1, true).Post(m.s)
			}
			continue
		}
		b := groupBuilder{m: m, items: map[rcpsp.TaskID][]int32{}, trees: map[int32]int32{}}
		top := b.tree(int32(i))
		propagate.NewGroups(src, b.list, b.out, top).Post(m.s)
	}
	return true
}

// plainGroup returns the items of a group in which each member is one task of its own.
func (m *model) plainGroup(g *rcpsp.Group) ([]propagate.Item, bool) {
	var items []propagate.Item
	for _, mem := range g.Members {
		if len(mem.Tasks) > 1 || len(mem.Groups) > 0 {
			return nil, false
		}
		for _, t := range mem.Tasks {
			items = append(items, m.spells(int(t))...)
		}
	}
	return items, true
}

// groupBuilder copies a group and those that it depends on.
type groupBuilder struct {
	m     *model
	items map[rcpsp.TaskID][]int32 // looked up only
	trees map[int32]int32          // looked up only
	list  []propagate.Item
	out   []propagate.GroupTree
}

func (b *groupBuilder) tree(g int32) int32 {
	if k, ok := b.trees[g]; ok {
		return k
	}
	src := &b.m.in.Groups[g]
	t := propagate.GroupTree{Allowed: levels(src.Allowed)}
	for _, mem := range src.Members {
		var x propagate.GroupMember
		for _, task := range mem.Tasks {
			if _, ok := b.items[task]; !ok {
				for _, it := range b.m.spells(int(task)) {
					b.items[task] = append(b.items[task], int32(len(b.list)))
					b.list = append(b.list, it)
				}
			}
			x.Items = append(x.Items, b.items[task]...)
		}
		for _, sub := range mem.Groups {
			x.Groups = append(x.Groups, b.tree(sub))
		}
		t.Members = append(t.Members, x)
	}
	b.out = append(b.out, t)
	b.trees[g] = int32(len(b.out) - 1)
	return b.trees[g]
}

// postBudgets posts the budgets with their limits.
func (m *model) postBudgets() bool {
	for i := range m.in.Budgets {
		m.postBudget(i, source(rcpsp.KindBudget, i), -1)
	}
	return true
}

// postBudget posts a budget: with its own limits, or with a peak instead.
func (m *model) postBudget(i int, src cp.Source, top cp.Var) {
	m.postPeriods(m.in.Budgets[i].Uses, m.in.Budgets[i].Periods, src, top)
}

// postPeriods posts what is used in some periods of a budget.
func (m *model) postPeriods(uses []rcpsp.Use, of []rcpsp.Period, src cp.Source, top cp.Var) {
	amounts := map[rcpsp.TaskID][]rcpsp.Use{} // looked up only
	for _, u := range uses {
		amounts[u.Task] = append(amounts[u.Task], u)
	}
	var draws []propagate.Draw
	for t := range m.tasks {
		uses := amounts[rcpsp.TaskID(t)]
		tv := &m.tasks[t]
		if len(uses) == 0 || len(tv.modes) == 0 {
			continue
		}
		d := propagate.Draw{Start: tv.start, Last: tv.last}
		for k := range tv.modes {
			w := propagate.DrawWay{On: tv.modes[k].on}
			for _, u := range uses {
				if u.Mode < 0 || u.Mode == tv.modes[k].index {
					w.Amount += u.Amount
				}
			}
			d.Ways = append(d.Ways, w)
		}
		draws = append(draws, d)
	}
	var periods []propagate.DrawPeriod
	for _, p := range of {
		limit := p.Limit
		if top >= 0 {
			limit = cp.Far
		}
		periods = append(periods, propagate.DrawPeriod{Span: propagate.Span{Lo: int64(p.Lo), Hi: int64(p.Hi)}, Limit: limit})
	}
	if len(draws) > 0 && len(periods) > 0 {
		propagate.NewBudget(src, draws, periods, top).Post(m.s)
	}
}

// postSpans posts SameSpan.
func (m *model) postSpans() bool {
	for i := range m.in.SameSpan {
		set := &m.in.SameSpan[i]
		var mates []propagate.Mate
		var spans []propagate.Span
		for _, t := range set.Tasks {
			if tv := &m.tasks[t]; len(tv.modes) > 0 {
				mates = append(mates, propagate.Mate{Start: tv.start, Present: tv.present, Last: tv.last})
			}
		}
		for _, sp := range set.Spans {
			spans = append(spans, propagate.Span{Lo: int64(sp.Lo), Hi: int64(sp.Hi)})
		}
		if len(mates) < 2 || len(spans) == 0 {
			continue
		}
		which := m.newVar(0, int64(len(spans)-1), func(s *rcpsp.Solution) int64 {
			for _, t := range set.Tasks {
				for k, sp := range set.Spans {
					if s.Present(t) && sp.Lo <= s.Start[t] && s.Start[t] < sp.Hi {
						return int64(k)
					}
				}
			}
			return 0
		})
		m.spans = append(m.spans, spanVar{which, i})
		propagate.NewSameSpan(source(rcpsp.KindSameSpan, i), which, mates, spans).Post(m.s)
	}
	return m.settle()
}
