package schedule

import (
	"cmp"
	"slices"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// resourcesOf compiles the renewable resources.
func (c *compiler) resourcesOf() error {
	list := c.p.Resources
	for _, i := range sorted(len(list), func(a, b int) int { return cmp.Compare(list[a].ID, list[b].ID) }) {
		r := &list[i]
		if r.Kind == NonRenewable {
			continue
		}
		steps := c.steps(r.Capacity)
		if r.Calendar != "" && r.Calendar != AlwaysOpen {
			open, err := c.open(r.Calendar, calendar.Subject{})
			if err != nil {
				return err
			}
			steps = during(steps, open.spans)
		}
		c.resource[r.ID] = rcpsp.ResourceID(len(c.in.Resources))
		c.in.Resources = append(c.in.Resources, rcpsp.Resource{Capacity: steps})
		c.resources = append(c.resources, i)
		c.users = append(c.users, map[*openTime]bool{})
	}
	return nil
}

// closeResources takes the capacity of a resource away while none of its users can
// run. No solution uses it then; bounds from the work that a resource has to do see how
// little time there is for it.
func (c *compiler) closeResources() {
	for r, users := range c.users {
		open, n := len(users) == 0, 0
		for o := range users {
			open = open || !o.limited || o.rules != nil
			n += len(o.spans)
		}
		if open {
			continue
		}
		union := make([]rcpsp.Span, 0, n)
		for o := range users {
			union = append(union, o.spans...)
		}
		if res := &c.in.Resources[r]; n <= 1<<16 {
			res.Capacity = during(res.Capacity, joinSpans(union))
		}
	}
}

// steps compiles a profile over the horizon.
func (c *compiler) steps(p calendar.Profile) []rcpsp.Step {
	var out []rcpsp.Step
	for iv, v := range p.Over(c.p.Horizon) {
		from := c.sec(iv.Start)
		c.divide(from)
		out = append(out, rcpsp.Step{From: rcpsp.Time(from), Value: v})
	}
	return out
}

// during keeps a step function inside spans and makes it 0 outside.
func during(steps []rcpsp.Step, spans []rcpsp.Span) []rcpsp.Step {
	out := append(make([]rcpsp.Step, 0, 2*len(spans)+1), rcpsp.Step{})
	put := func(from rcpsp.Time, v int64) {
		if last := &out[len(out)-1]; last.From == from {
			last.Value = v
		} else if last.Value != v {
			out = append(out, rcpsp.Step{From: from, Value: v})
		}
	}
	k := 0
	for _, sp := range spans {
		if sp.Lo = max(sp.Lo, 0); sp.Lo >= sp.Hi {
			continue
		}
		for k+1 < len(steps) && steps[k+1].From <= sp.Lo {
			k++
		}
		put(sp.Lo, steps[k].Value)
		for j := k + 1; j < len(steps) && steps[j].From < sp.Hi; j++ {
			put(steps[j].From, steps[j].Value)
		}
		put(sp.Hi, 0)
	}
	return out
}

func (c *compiler) precedences() {
	list := c.p.Precedences
	ends := make([][2]rcpsp.TaskID, len(list)) // tasks are in the order of their IDs
	for i := range list {
		ends[i] = [2]rcpsp.TaskID{c.byActivity[list[i].From], c.byActivity[list[i].To]}
	}
	order := sorted(len(list), func(a, b int) int {
		if d := cmp.Or(cmp.Compare(ends[a][0], ends[b][0]), cmp.Compare(ends[a][1], ends[b][1])); d != 0 {
			return d
		}
		x, y := &list[a], &list[b]
		return cmp.Or(cmp.Compare(x.Type, y.Type), cmp.Compare(x.MinLag, y.MinLag), cmp.Compare(x.ID, y.ID))
	})
	c.in.Lags, c.lags = make([]rcpsp.Lag, 0, len(list)), make([]int32, 0, len(list))
	for _, i := range order {
		p := &list[i]
		l := rcpsp.Lag{From: ends[i][0], To: ends[i][1], Min: rcpsp.Time(p.MinLag / Second)}
		l.FromEnd = p.Type == "" || p.Type == FinishStart || p.Type == FinishFinish
		l.ToEnd = p.Type == FinishFinish || p.Type == StartFinish
		c.lag(l, i)
		if p.MaxLag != nil {
			c.lag(rcpsp.Lag{From: l.To, To: l.From, FromEnd: l.ToEnd, ToEnd: l.FromEnd, Min: -rcpsp.Time(*p.MaxLag / Second)}, i)
		}
	}
}

func (c *compiler) lag(l rcpsp.Lag, of int32) {
	c.divide(int64(l.Min))
	if l.ToEnd {
		for _, m := range c.seconds[l.To].modes {
			c.pausingEnd = c.pausingEnd || m.work != nil
		}
	}
	c.in.Lags = append(c.in.Lags, l)
	c.lags = append(c.lags, of)
}

// linksOf compiles links; those of bundles come after them, see bundles.
func (c *compiler) linksOf() {
	list := c.p.Links
	for _, i := range sorted(len(list), func(a, b int) int {
		return cmp.Or(cmp.Compare(list[a].If, list[b].If), cmp.Compare(list[a].Then, list[b].Then))
	}) {
		c.link(c.byActivity[list[i].If], c.byActivity[list[i].Then], i)
	}
}

// link adds a link; of is the index of a link, or ^index of a bundle.
func (c *compiler) link(a, b rcpsp.TaskID, of int32) {
	if a != b {
		c.in.Links = append(c.in.Links, rcpsp.Link{If: a, Then: b})
		c.links = append(c.links, of)
	}
}

// taskSet turns IDs into tasks, sorted.
func (c *compiler) taskSet(ids []string) []rcpsp.TaskID {
	out := make([]rcpsp.TaskID, len(ids))
	for i, id := range ids {
		out[i] = c.byActivity[id]
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (c *compiler) exclusions() {
	sets := make([][]rcpsp.TaskID, len(c.p.Exclusions))
	for i := range c.p.Exclusions {
		sets[i] = c.taskSet(c.p.Exclusions[i].Activities)
	}
	for _, i := range sorted(len(sets), func(a, b int) int { return slices.Compare(sets[a], sets[b]) }) {
		if len(sets[i]) > 1 {
			c.in.NoOverlap = append(c.in.NoOverlap, sets[i])
			c.noOverlap = append(c.noOverlap, i)
		}
	}
}

// budgetsOf compiles budgets and non-renewable resources; the latter are remembered
// as ^index.
func (c *compiler) budgetsOf() {
	list := c.p.Budgets
	for _, i := range sorted(len(list), func(a, b int) int { return cmp.Compare(list[a].ID, list[b].ID) }) {
		c.budget(i)
	}
	resources := c.p.Resources
	for _, i := range sorted(len(resources), func(a, b int) int { return cmp.Compare(resources[a].ID, resources[b].ID) }) {
		if r := &resources[i]; r.Kind == NonRenewable {
			b := rcpsp.Budget{Periods: []rcpsp.Period{{Span: c.whole(), Limit: r.Capacity.Base}}}
			for t := range c.in.Tasks {
				for k, m := range c.modesOf(t) {
					for _, d := range m.Demands {
						if d.Resource == r.ID {
							b.Uses = append(b.Uses, rcpsp.Use{Task: rcpsp.TaskID(t), Mode: int32(k), Amount: d.Amount})
						}
					}
				}
			}
			c.in.Budgets = append(c.in.Budgets, b)
			c.budgets = append(c.budgets, ^i)
		}
	}
}

// whole is a span that holds every start.
func (c *compiler) whole() rcpsp.Span { return rcpsp.Span{Lo: 0, Hi: rcpsp.Time(c.horizon) + 1} }

// modesOf returns the modes of a task, in its order.
func (c *compiler) modesOf(t int) []*Mode {
	if int(t) >= len(c.acts) {
		return nil
	}
	all := c.p.Activities[c.acts[t]].modes()
	out := make([]*Mode, len(all))
	for k, i := range c.modes[t] {
		out[k] = &all[i]
	}
	return out
}

func (c *compiler) budget(i int32) {
	src := &c.p.Budgets[i]
	var b rcpsp.Budget
	for _, q := range src.Periods {
		lo, hi := c.sec(q.Span.Start), c.sec(q.Span.End)
		lo, hi = max(lo, 0), min(hi, c.horizon+1)
		if lo >= hi {
			continue
		}
		if lo > 0 || hi < c.horizon {
			c.divide(lo)
			c.divide(min(hi, c.horizon))
			c.halfOpen = true
		}
		period := rcpsp.Period{Span: rcpsp.Span{Lo: rcpsp.Time(lo), Hi: rcpsp.Time(hi)}, Limit: q.Limit, Free: q.Limit}
		if src.Soft {
			period.Limit = rcpsp.Limit
		}
		b.Periods = append(b.Periods, period)
	}
	slices.SortFunc(b.Periods, func(x, y rcpsp.Period) int { return cmp.Compare(x.Lo, y.Lo) })
	for _, u := range c.p.uses(src) {
		t := c.byActivity[u.Activity]
		use := rcpsp.Use{Task: t, Mode: -1, Amount: u.Amount}
		if u.Mode != "" {
			use.Mode = int32(slices.IndexFunc(c.modesOf(int(t)), func(m *Mode) bool { return m.ID == u.Mode }))
		}
		b.Uses = append(b.Uses, use)
	}
	slices.SortFunc(b.Uses, func(x, y rcpsp.Use) int {
		return cmp.Or(cmp.Compare(x.Task, y.Task), cmp.Compare(x.Mode, y.Mode), cmp.Compare(x.Amount, y.Amount))
	})
	c.in.Budgets = append(c.in.Budgets, b)
	c.budgets = append(c.budgets, i)
}

// uses returns all uses of a budget, those that it counts by itself included.
func (p *Problem) uses(b *Budget) []Use {
	out := slices.Clone(b.Uses)
	if b.Counts == CountUses {
		return out
	}
	for i := range p.Activities {
		a := &p.Activities[i]
		if s := a.Subject(); !b.Scope.Matches(&s) || len(b.Teams) > 0 && !slices.Contains(b.Teams, a.Team) {
			continue
		}
		switch b.Counts {
		case CountStarts:
			out = append(out, Use{Activity: a.ID, Amount: 1})
		case CountRisk:
			if a.Risk > 0 {
				out = append(out, Use{Activity: a.ID, Amount: a.Risk})
			}
		case CountMinutes:
			for _, m := range a.modes() {
				if n := int64((m.Duration + Minute - 1) / Minute); n > 0 && a.Effect == Outage {
					out = append(out, Use{Activity: a.ID, Mode: m.ID, Amount: n})
				}
			}
		}
	}
	return out
}

// bundles compiles all-or-nothing to a circle of links, and one window to a set of
// starts in one span. The spans of a calendar are those stretches of its maintenance
// windows that are the same for every member.
func (c *compiler) bundles() error {
	list := c.p.Bundles
	for _, i := range sorted(len(list), func(a, b int) int { return cmp.Compare(list[a].ID, list[b].ID) }) {
		b := &list[i]
		tasks := c.taskSet(b.Activities)
		if b.AllOrNothing && len(tasks) > 1 {
			for k, t := range tasks {
				c.link(t, tasks[(k+1)%len(tasks)], ^i)
			}
		}
		var spans []rcpsp.Span
		switch {
		case len(b.Window) > 0:
			for _, iv := range b.Window {
				c.divide(c.sec(iv.Start))
				c.divide(c.sec(iv.End))
				spans = append(spans, rcpsp.Span{Lo: rcpsp.Time(c.sec(iv.Start)), Hi: rcpsp.Time(c.sec(iv.End))})
			}
			spans = joinSpans(spans)
		case b.Calendar != "" && b.Calendar != AlwaysOpen:
			for k, t := range tasks {
				own, err := c.stretches(b.Calendar, c.p.Activities[c.acts[t]].Subject())
				if err != nil {
					return err
				}
				if k == 0 {
					spans = own
				}
				spans = slices.DeleteFunc(spans, func(sp rcpsp.Span) bool { return !slices.Contains(own, sp) })
			}
		default:
			continue
		}
		c.halfOpen = true
		c.in.SameSpan = append(c.in.SameSpan, rcpsp.SameSpan{Tasks: tasks, Spans: spans})
		c.sameSpan = append(c.sameSpan, i)
	}
	return nil
}
