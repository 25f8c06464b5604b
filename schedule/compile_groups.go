package schedule

import (
	"cmp"
	"slices"
	"strings"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// redundancy compiles groups. An incident becomes a task of its own that is fixed in
// time, so that a member that is down and worked on counts once; where incidents alone
// take more out than allowed, that many are allowed.
func (c *compiler) redundancy() {
	order, _ := c.p.groupOrder()
	if len(order) == 0 {
		return
	}
	byCI := c.p.outagesByCI()
	held := map[string]bool{} // groups that are members of others
	for i := range c.p.Groups {
		for _, m := range c.p.Groups[i].Members {
			held[m.Group] = true
		}
	}
	defined := map[string]int32{} // the Defined form of a group
	alone := map[string][]rcpsp.Span{}
	for _, i := range c.groupsByID(order) {
		g := &c.p.Groups[i]
		limit := g.allowed()
		var out rcpsp.Group
		var down [][]rcpsp.Span // of each member, by incidents alone
		for k := range g.Members {
			m := &g.Members[k]
			ids := append(slices.Clone(byCI[m.CI]), m.Activities...)
			if m.CI == "" {
				ids = m.Activities
			}
			member := rcpsp.Member{Tasks: c.taskSet(ids)}
			spans := c.downSpans(m.Down)
			for _, sp := range spans {
				member.Tasks = append(member.Tasks, c.incident(sp))
			}
			if m.Group != "" {
				member.Groups = []int32{defined[m.Group]}
				spans = joinSpans(append(slices.Clone(spans), alone[m.Group]...))
			}
			out.Members = append(out.Members, member)
			down = append(down, spans)
		}
		counts := countSpans(down)
		for k, st := range counts {
			if st.Value > limit {
				hi := rcpsp.Time(c.horizon) + 1
				if k+1 < len(counts) {
					hi = counts[k+1].From
				}
				alone[g.ID] = append(alone[g.ID], rcpsp.Span{Lo: st.From, Hi: hi})
			}
		}
		alone[g.ID] = joinSpans(alone[g.ID])
		if held[g.ID] || g.Nested {
			d := out
			d.Defined, d.Allowed = true, []rcpsp.Step{{From: 0, Value: limit}}
			defined[g.ID] = int32(len(c.in.Groups))
			c.in.Groups = append(c.in.Groups, d)
			c.groups = append(c.groups, int32(i))
		}
		if !g.Nested {
			out.Allowed = counts
			for k := range out.Allowed {
				out.Allowed[k].Value = max(out.Allowed[k].Value, limit)
			}
			c.in.Groups = append(c.in.Groups, out)
			c.groups = append(c.groups, int32(i))
		}
	}
}

// groupsByID puts groups into an order that has members before those that hold them
// and does not depend on their order in the problem: by depth, then ID.
func (c *compiler) groupsByID(order []int) []int {
	depth := map[string]int{}
	for _, i := range order {
		for _, m := range c.p.Groups[i].Members {
			if m.Group != "" {
				depth[c.p.Groups[i].ID] = max(depth[c.p.Groups[i].ID], depth[m.Group]+1)
			}
		}
	}
	slices.SortFunc(order, func(a, b int) int {
		x, y := c.p.Groups[a].ID, c.p.Groups[b].ID
		return cmp.Or(cmp.Compare(depth[x], depth[y]), strings.Compare(x, y))
	})
	return order
}

// allowed returns how many members may be out.
func (g *RedundancyGroup) allowed() int64 {
	if g.MaxOutPercent > 0 {
		return int64(len(g.Members)) * g.MaxOutPercent / 100
	}
	return g.MaxOut
}

func (c *compiler) downSpans(down []calendar.Interval) []rcpsp.Span {
	var out []rcpsp.Span
	for _, iv := range down {
		lo, hi := max(c.sec(iv.Start), 0), min(c.sec(iv.End), c.horizon)
		if lo < hi {
			c.divide(lo)
			c.divide(hi)
			out = append(out, rcpsp.Span{Lo: rcpsp.Time(lo), Hi: rcpsp.Time(hi)})
		}
	}
	return joinSpans(out)
}

// incident returns the task that stands for a stretch in which something is down.
func (c *compiler) incident(sp rcpsp.Span) rcpsp.TaskID {
	t := rcpsp.TaskID(len(c.in.Tasks))
	c.in.Tasks = append(c.in.Tasks, rcpsp.Task{Modes: []rcpsp.Mode{{
		Duration: sp.Hi - sp.Lo, Starts: []rcpsp.Range{{Lo: sp.Lo, Hi: sp.Lo}},
	}}})
	c.seconds = append(c.seconds, exact{modes: []exactMode{{duration: int64(sp.Hi - sp.Lo)}}})
	return t
}

// countSpans counts over time how many lists hold the instant.
func countSpans(lists [][]rcpsp.Span) []rcpsp.Step {
	var cuts []rcpsp.Step // Value is the change at From
	for _, l := range lists {
		for _, sp := range l {
			cuts = append(cuts, rcpsp.Step{From: sp.Lo, Value: 1}, rcpsp.Step{From: sp.Hi, Value: -1})
		}
	}
	slices.SortFunc(cuts, func(a, b rcpsp.Step) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Value, b.Value)) })
	out := []rcpsp.Step{{From: 0, Value: 0}}
	var n int64
	for _, cut := range cuts {
		n += cut.Value
		if last := &out[len(out)-1]; last.From == cut.From {
			last.Value = n
		} else {
			out = append(out, rcpsp.Step{From: cut.From, Value: n})
		}
	}
	return out
}

// outagesByCI maps CIs to the activities that redundancy counts on them.
func (p *Problem) outagesByCI() map[string][]string {
	out := map[string][]string{}
	for i := range p.Activities {
		a := &p.Activities[i]
		if a.Effect == Outage || a.Effect == Soaking {
			for _, ci := range unique(a.CIs) {
				out[ci] = append(out[ci], a.ID)
			}
		}
	}
	return out
}
