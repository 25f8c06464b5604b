package sgs

import (
	"slices"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// eject makes room for task t, which finds no place: of some places it takes the one
// whose occupants have so far been the easiest to place, puts them out, and t in. A
// task that fails grows heavier, so that the search does not run in a circle for
// ever. It returns false where no place exists even with all others gone, or where
// the limit of ejections is reached.
func (b *Builder) eject(t rcpsp.TaskID) bool {
	b.weight[t]++
	if b.ejected >= b.Ejections {
		return false
	}
	var best place
	var out []rcpsp.TaskID
	least := int64(-1)
	for k := range b.M.In.Tasks[t].Modes {
		for _, at := range b.candidates(t, int32(k)) {
			clash, ok := b.clashes(t, int32(k), at)
			if !ok {
				continue
			}
			var w int64
			for _, u := range clash {
				w += 1 + b.weight[u]
			}
			if least < 0 || w < least || w == least && b.Rand.IntN(2) == 0 {
				best.mode, best.start, out, least = int32(k), at, clash, w
			}
		}
	}
	if least < 0 {
		return false
	}
	for _, i := range b.M.tasks[t].spans {
		b.reopen(i, best.start)
	}
	for _, u := range out {
		b.take(u)
		b.ejected++
	}
	if next, ok := b.Fit(t, best.mode, best.start, best.start); !ok || next != best.start {
		// What was in the way is of a kind that is not traced to tasks one by one.
		b.requeue(out)
		return false
	}
	b.put(t, best.mode, best.start)
	b.requeue(out)
	return true
}

func (b *Builder) requeue(out []rcpsp.TaskID) {
	for _, u := range out {
		if b.Mode[u] == Open && b.open[u] == 0 {
			b.ready(u)
		}
	}
}

// reopen lets the tasks of a SameSpan set, which are about to be ejected, look at all
// its spans again, from the one that holds start.
func (b *Builder) reopen(i int32, start rcpsp.Time) {
	b.avoid[i] = max(0, spanAt(b.M.In.SameSpan[i].Spans, start))
}

// candidates lists starts at which t could be forced in: the first that fits when
// lags from above are forgotten, the ends of its windows, and some at random.
func (b *Builder) candidates(t rcpsp.TaskID, k int32) []rcpsp.Time {
	m := &b.M.In.Tasks[t].Modes[k]
	if len(m.Starts) == 0 {
		return nil
	}
	var list []rcpsp.Time
	add := func(at rcpsp.Time, ok bool) {
		if ok {
			if x, ok := nextAllowed(m, at); ok {
				list = append(list, x)
			}
		}
	}
	for _, i := range b.M.tasks[t].spans {
		b.avoid[i] = 0
	}
	lo, hi := b.window(t, k, false, false)
	if lo > hi {
		return nil
	}
	below, _ := b.window(t, k, true, false)
	_, above := b.window(t, k, false, true)
	if below <= hi {
		x, ok := b.Fit(t, k, max(lo, below), hi)
		add(x, ok)
	}
	if lo <= min(hi, above) {
		x, ok := b.FitLast(t, k, lo, min(hi, above))
		add(x, ok)
		x, ok = b.Fit(t, k, lo, hi)
		add(x, ok)
	}
	add(max(lo, below), below <= hi)
	add(above, lo <= above && above <= hi)
	add(lo, true)
	for range 4 {
		from, to := max(lo, min(below, hi)), min(hi, max(above, lo))
		if from > to {
			from, to = lo, hi
		}
		add(from+rcpsp.Time(b.Rand.Uint64()%uint64(to-from+1)), true)
	}
	for _, i := range b.M.tasks[t].spans {
		if spans := b.M.In.SameSpan[i].Spans; len(spans) > 0 {
			add(spans[b.Rand.IntN(len(spans))].Lo, true)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// clashes lists the placed tasks that must go if t is to run in mode k at start. It
// returns false where the place is impossible in itself.
func (b *Builder) clashes(t rcpsp.TaskID, k int32, start rcpsp.Time) ([]rcpsp.TaskID, bool) {
	in, tk := b.M.In, &b.M.tasks[t]
	m := &in.Tasks[t].Modes[k]
	end, ok := m.End(start)
	if !ok || end > in.Horizon || !m.Allows(start) {
		return nil, false
	}
	for _, l := range tk.self {
		if !selfLag(&l, start, end) {
			return nil, false
		}
	}
	c := clash{b: b, t: t, start: start, end: end}
	c.lags()
	if !c.spans() || !c.budgets(k) {
		return nil, false
	}
	if start < end {
		for _, i := range tk.sets {
			for _, u := range in.NoOverlap[i] {
				if b.overlaps(u, start, end) {
					c.add(u)
				}
			}
		}
		if !c.demands(m) {
			return nil, false
		}
		c.groups()
	}
	return c.out, true
}

type clash struct {
	b          *Builder
	t          rcpsp.TaskID
	start, end rcpsp.Time
	out        []rcpsp.TaskID
}

func (c *clash) add(u rcpsp.TaskID) {
	if u != c.t && c.b.Mode[u] >= 0 && !slices.Contains(c.out, u) {
		c.out = append(c.out, u)
	}
}

func (b *Builder) overlaps(u rcpsp.TaskID, start, end rcpsp.Time) bool {
	b.Work++
	return b.Mode[u] >= 0 && b.Start[u] < end && start < b.End[u]
}

func (c *clash) lags() {
	at := func(b *Builder, u rcpsp.TaskID, end bool) rcpsp.Time {
		if end {
			return b.End[u]
		}
		return b.Start[u]
	}
	own := func(end bool) rcpsp.Time {
		if end {
			return c.end
		}
		return c.start
	}
	for _, l := range c.b.M.tasks[c.t].in {
		if c.b.Mode[l.other] >= 0 && own(l.ownEnd)-at(c.b, l.other, l.otherEnd) < l.min {
			c.add(l.other)
		}
	}
	for _, l := range c.b.M.tasks[c.t].out {
		if c.b.Mode[l.other] >= 0 && at(c.b, l.other, l.otherEnd)-own(l.ownEnd) < l.min {
			c.add(l.other)
		}
	}
}

func (c *clash) spans() bool {
	for _, i := range c.b.M.tasks[c.t].spans {
		set := &c.b.M.In.SameSpan[i]
		k := spanAt(set.Spans, c.start)
		if k < 0 {
			return false
		}
		if c.b.span[i] >= 0 && c.b.span[i] != k {
			for _, u := range set.Tasks {
				c.add(u)
			}
		}
	}
	return true
}

// lightest sorts tasks by how easy they are to place, then by number.
func (c *clash) lightest(list []rcpsp.TaskID) {
	slices.SortFunc(list, func(x, y rcpsp.TaskID) int {
		if d := c.b.weight[x] - c.b.weight[y]; d != 0 {
			return int(min(1, max(-1, d)))
		}
		return int(x - y)
	})
}

func (c *clash) budgets(k int32) bool {
	b, in := c.b, c.b.M.In
	for i, u := range b.M.tasks[c.t].uses {
		bud := &in.Budgets[u.budget]
		p := bud.Period(c.start)
		amount := b.takes(int(c.t), u.budget, k)
		if b.first(int(c.t), i) != i || p < 0 || amount == 0 {
			continue
		}
		if amount > bud.Periods[p].Limit {
			return false
		}
		over := b.used[u.budget][p] + amount - bud.Periods[p].Limit
		if b.M.reserve[u.budget] {
			over += b.kept[u.budget] - b.least[c.t][i]
		}
		if over <= 0 {
			continue
		}
		var users []rcpsp.TaskID
		for _, v := range bud.Uses {
			if v.Task != c.t && b.Mode[v.Task] >= 0 && bud.Period(b.Start[v.Task]) == p && b.spare(v.Task, u.budget) > 0 {
				users = append(users, v.Task)
			}
		}
		b.Work += int64(len(bud.Uses))
		c.lightest(users)
		for _, v := range slices.Compact(users) {
			if over <= 0 {
				break
			}
			c.add(v)
			over -= b.spare(v, u.budget)
		}
		if over > 0 && b.M.reserve[u.budget] {
			return false
		}
	}
	return true
}

// spare is how much of a budget is won by taking task t out.
func (b *Builder) spare(t rcpsp.TaskID, budget int32) int64 {
	x := b.takes(int(t), budget, b.Mode[t])
	for i, u := range b.M.tasks[t].uses {
		if u.budget == budget {
			x -= b.least[t][i]
		}
	}
	return x
}

// demands frees each resource, the tasks easiest to place first, until t fits. The
// capacity itself may be too small: then the place is impossible.
func (c *clash) demands(m *rcpsp.Mode) bool {
	b := c.b
	for _, d := range m.Demands {
		var spans []rcpsp.Span
		m.Occupied(c.start, func(sp rcpsp.Span) {
			for at := sp.Lo; at < sp.Hi; {
				from, to, w := b.free[d.Resource].gap(at, sp.Hi, d.Amount)
				b.Work += w
				if from >= sp.Hi {
					break
				}
				spans = append(spans, rcpsp.Span{Lo: from, Hi: to})
				at = to
			}
		})
		if len(spans) == 0 {
			continue
		}
		var users []rcpsp.TaskID
		for _, u := range b.M.users[d.Resource] {
			if u != c.t && b.overlaps(u, spans[0].Lo, spans[len(spans)-1].Hi) {
				users = append(users, u)
			}
		}
		c.lightest(users)
		if !c.relieve(d, spans, users) {
			return false
		}
	}
	return true
}

// relieve ejects users until demand d fits everywhere in spans.
func (c *clash) relieve(d rcpsp.Demand, spans []rcpsp.Span, users []rcpsp.TaskID) bool {
	b := c.b
	gain := flat(0)
	give := func(u rcpsp.TaskID) {
		mode := &b.M.In.Tasks[u].Modes[b.Mode[u]]
		for _, e := range mode.Demands {
			if e.Resource == d.Resource {
				mode.Occupied(b.Start[u], func(sp rcpsp.Span) { gain.raise(sp.Lo, sp.Hi, e.Amount) })
			}
		}
	}
	for _, u := range c.out {
		give(u)
	}
	// short says whether some stretch within [lo, hi) still lacks room.
	short := func(lo, hi rcpsp.Time) bool {
		for _, sp := range spans {
			for at := max(lo, sp.Lo); at < min(hi, sp.Hi); {
				b.Work++
				fi, fs := b.free[d.Resource].find(at)
				gi, gs := gain.find(at)
				if b.free[d.Resource].at(at)+gain.at(at) < d.Amount {
					return true
				}
				at = min(b.free[d.Resource].end(fi, fs), gain.end(gi, gs))
			}
		}
		return false
	}
	for _, u := range users {
		if slices.Contains(c.out, u) || !short(b.Start[u], b.End[u]) {
			continue
		}
		c.add(u)
		give(u)
	}
	return !short(c.start, c.end)
}

// groups ejects all that keep members of a clashing group out during the task.
func (c *clash) groups() {
	b := c.b
	if a, _ := b.groupClash(c.t, c.start, c.end); a >= c.end {
		return
	}
	for _, g := range b.M.tasks[c.t].reach {
		for _, u := range b.M.groupTasks[g] {
			if b.overlaps(u, c.start, c.end) {
				c.add(u)
			}
		}
	}
}
