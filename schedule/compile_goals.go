package schedule

import (
	"cmp"
	"slices"
	"sort"
	"time"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// objective compiles the goals. All costs of time are in seconds, whatever the tick, so
// that the weights of goals mean the same on every grid.
func (c *compiler) objective() {
	goals := c.p.goals()
	order := sorted(len(goals), func(a, b int) int {
		x, y := &goals[a], &goals[b]
		return cmp.Or(cmp.Compare(x.Tier, y.Tier), cmp.Compare(x.Measure, y.Measure), cmp.Compare(x.Budget, y.Budget), cmp.Compare(x.Custom, y.Custom), cmp.Compare(x.weight(), y.weight()))
	})
	for _, i := range order {
		if c.ctx.Err() != nil {
			return // compile asks too
		}
		g := &goals[i]
		if len(c.tiers) == 0 || c.tiers[len(c.tiers)-1] != g.Tier {
			c.tiers = append(c.tiers, g.Tier)
		}
		out := c.goal(g)
		out.Tier, out.Weight = len(c.tiers)-1, g.weight()
		c.in.Goals = append(c.in.Goals, out)
		c.goals = append(c.goals, i)
	}
}

func (c *compiler) goal(g *Goal) rcpsp.Goal {
	out := rcpsp.Goal{Kind: rcpsp.Sum}
	teams := map[string]int32{}
	switch g.Measure {
	case PeakRisk:
		return rcpsp.Goal{Kind: rcpsp.Peak, Of: int32(c.riskResource())}
	case PeakPeriod, OverBudget:
		kind := rcpsp.PeakPeriod
		if g.Measure == OverBudget {
			kind = rcpsp.Excess
		}
		k := slices.IndexFunc(c.budgets, func(i int32) bool { return i >= 0 && i != noBudget && c.p.Budgets[i].ID == g.Budget })
		return rcpsp.Goal{Kind: kind, Of: int32(k)}
	case ModePrice:
		return rcpsp.Goal{Kind: rcpsp.PeakPeriod, Of: int32(c.modePrices())}
	case LargestShift, Makespan:
		out.Kind = rcpsp.Max
	case Fairness:
		out.Kind = rcpsp.MaxGroup
		for _, i := range c.acts { // in the order of tasks
			team := c.p.Activities[i].Team
			if _, ok := teams[team]; !ok {
				teams[team] = int32(len(teams))
			}
		}
	}
	if g.Measure == Makespan || g.Measure == Completion {
		out.Terms = make([]rcpsp.Term, 0, len(c.acts))
	}
	rising := []rcpsp.Piece{{From: 0, Value: 0, Slope: 1}}
	for t := range c.acts {
		a := &c.p.Activities[c.acts[t]]
		term := rcpsp.Term{Task: rcpsp.TaskID(t), Group: teams[a.Team]}
		switch g.Measure {
		case Unscheduled:
			if a.Optional {
				term.Absent = a.price()
			}
		case Tardiness:
			if !a.Due.IsZero() {
				term.OnEnd = true
				term.Cost = c.late(c.sec(a.Due), a.weight())
			}
		case Completion:
			term.OnEnd = true
			term.Cost = []rcpsp.Piece{{From: 0, Value: 0, Slope: a.weight()}}
		case Makespan:
			term.OnEnd = true
			term.Cost = rising
		case Moved:
			if want, ok := c.wanted(a); ok {
				term.Cost, term.Absent = c.elsewhere(t, want, a.weight()), a.weight()
			}
		case NoticeMoves, VoidedApprovals, MoveCount:
			if want, ok := c.wanted(a); ok && c.wishes.counts(g.Measure, a) {
				term.Cost, term.Absent = c.elsewhere(t, want, 1), 1
			}
		case Dropped:
			if a.Optional && c.wishes.counts(g.Measure, a) {
				term.Absent = a.price()
			}
		case Shift:
			if want, ok := c.wanted(a); ok {
				term.Cost = c.apart(t, want, a.weight())
			}
		case LargestShift:
			if want, ok := c.wanted(a); ok {
				term.Cost = c.apart(t, want, 1)
			}
		case ShiftSum:
			if _, planned := c.wishes.baseline[a.ID]; planned {
				want, _ := c.wanted(a)
				term.Cost = c.apart(t, want, 1)
			}
		case CustomCosts:
			term.Cost = c.customCost(g.Custom, t, a)
		case StartCosts, Fairness:
			if a.StartCost != nil {
				whole := c.p.Horizon
				whole.End = whole.End.Add(time.Second) // a milestone may start at the end
				for iv, v := range a.StartCost.Over(whole) {
					from := c.sec(iv.Start)
					c.divide(from)
					c.halfOpen = true
					term.Cost = append(term.Cost, rcpsp.Piece{From: rcpsp.Time(from), Value: v})
				}
			}
		}
		if len(term.Cost) > 0 || term.Absent != 0 {
			out.Terms = append(out.Terms, term)
		}
	}
	return out
}

// wanted returns the start that an activity would like, in seconds of the horizon.
func (c *compiler) wanted(a *Activity) (int64, bool) {
	at := c.wishes.wanted(a)
	if at.IsZero() {
		return 0, false
	}
	return c.sec(at), true
}

// late costs w for each second after due.
func (c *compiler) late(due, w int64) []rcpsp.Piece {
	c.divide(due)
	if due < 0 {
		return []rcpsp.Piece{{From: 0, Value: -due * w, Slope: w}}
	}
	if due >= c.horizon {
		return nil
	}
	return []rcpsp.Piece{{From: rcpsp.Time(due), Value: 0, Slope: w}}
}

// elsewhere costs w at every start but one. Where the task cannot start there the cost
// says so, which bounds it from below without a search.
func (c *compiler) elsewhere(t int, want, w int64) []rcpsp.Piece {
	if before, after := c.around(t, want); before < want && want < after {
		return []rcpsp.Piece{{From: 0, Value: w}}
	}
	c.divide(want)
	out := []rcpsp.Piece{{From: rcpsp.Time(want), Value: 0}, {From: rcpsp.Time(want) + 1, Value: w}}
	if want > 0 {
		out = slices.Insert(out, 0, rcpsp.Piece{From: 0, Value: w})
	}
	return out
}

// apart costs w for each second between the start and want. Between the starts around
// want at which the task could begin it costs no less than at the nearer of them.
func (c *compiler) apart(t int, want, w int64) []rcpsp.Piece {
	c.divide(want)
	switch {
	case want <= 0:
		return []rcpsp.Piece{{From: 0, Value: -want * w, Slope: w}}
	case want > c.horizon:
		return []rcpsp.Piece{{From: 0, Value: want * w, Slope: -w}}
	}
	before, after := c.around(t, want)
	if before < want && want < after {
		near := min(want-before, after-want)
		out := []rcpsp.Piece{{From: 0, Value: want * w, Slope: -w}}
		if near < want {
			out = append(out, rcpsp.Piece{From: rcpsp.Time(want - near), Value: near * w})
		} else {
			out[0] = rcpsp.Piece{From: 0, Value: near * w}
		}
		if want+near < c.horizon {
			out = append(out, rcpsp.Piece{From: rcpsp.Time(want + near), Value: near * w, Slope: w})
		}
		return out
	}
	return []rcpsp.Piece{{From: 0, Value: want * w, Slope: -w}, {From: rcpsp.Time(want), Value: 0, Slope: w}}
}

// around returns the last start at or before at, and the first one at or after it, that
// the domains of a task allow; beyond the horizon where there is none.
func (c *compiler) around(t int, at int64) (before, after int64) {
	before, after = -c.horizon-1, 2*c.horizon+1
	for k := range c.in.Tasks[t].Modes {
		starts := c.in.Tasks[t].Modes[k].Starts
		i := sort.Search(len(starts), func(i int) bool { return int64(starts[i].Hi) >= at })
		if i < len(starts) {
			after = min(after, max(at, int64(starts[i].Lo)))
			if int64(starts[i].Lo) <= at {
				before = at
			}
		}
		if i > 0 {
			before = max(before, int64(starts[i-1].Hi))
		}
	}
	return before, after
}

// riskResource adds a resource without limit that carries the risk points.
func (c *compiler) riskResource() rcpsp.ResourceID {
	r := rcpsp.ResourceID(len(c.in.Resources))
	var total int64
	for t := range c.acts {
		a := &c.p.Activities[c.acts[t]]
		if a.Risk == 0 {
			continue
		}
		total += a.Risk
		for k := range c.in.Tasks[t].Modes {
			m := &c.in.Tasks[t].Modes[k]
			m.Demands = append(m.Demands, rcpsp.Demand{Resource: r, Amount: a.Risk})
		}
	}
	c.in.Resources = append(c.in.Resources, rcpsp.Resource{Capacity: []rcpsp.Step{{From: 0, Value: min(total, rcpsp.Limit)}}})
	c.resources = append(c.resources, -1)
	return r
}

// modePrices adds a budget without limit that carries the prices of modes.
func (c *compiler) modePrices() int {
	b := rcpsp.Budget{Periods: []rcpsp.Period{{Span: c.whole(), Limit: rcpsp.Limit}}}
	for t := range c.acts {
		for k, m := range c.modesOf(t) {
			if m.Price > 0 {
				b.Uses = append(b.Uses, rcpsp.Use{Task: rcpsp.TaskID(t), Mode: int32(k), Amount: m.Price})
			}
		}
	}
	c.in.Budgets = append(c.in.Budgets, b)
	c.budgets = append(c.budgets, noBudget)
	return len(c.in.Budgets) - 1
}

// noBudget marks a budget of the instance that is no requirement of the problem.
const noBudget = 1 << 30
