package schedule

import (
	"cmp"
	"context"
	"slices"
	"sort"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// A compiled problem is an instance in integers with the way back to names.
//
// It is made in two steps: names and instants become an instance in seconds
// (compiler), and that becomes one in ticks (scale). Lists are put into an order that
// does not depend on theirs in the problem, so that shuffling them changes nothing.
type compiled struct {
	about      []string // activities that sentences keep to, where they name any of them; nil: all
	p          *Problem // lowered
	at         *origins
	wishes     wishes
	in         *rcpsp.Instance
	start      int64 // of the horizon, Unix seconds
	tick       int64 // seconds
	onGrid     bool  // the tick is coarser than the inputs
	acts       []int32
	byActivity map[string]rcpsp.TaskID // by activity
	modes      [][]int32               // of tasks: indices into Activity.modes()
	seconds    []exact                 // of tasks
	// Where the constraints of the instance come from.
	lags, links, resources, noOverlap, groups, budgets, sameSpan []int32
	goals                                                        []int32
	tiers                                                        []int // Goal.Tier of each tier
}

// exact is what the tick hides of a task.
type exact struct {
	residue int64 // seconds from its tick to its start; not 0 only for pins off the grid
	modes   []exactMode
}

type exactMode struct {
	duration int64
	work     []rcpsp.Span // nil: it does not pause
}

// A compiler turns a lowered problem into an instance in seconds.
type compiler struct {
	*compiled
	ctx      context.Context
	o        *Options
	horizon  int64
	calendar map[string]*calendar.Calendar
	resource map[string]rcpsp.ResourceID // renewable ones
	opens    map[string]*openTime
	users    []map[*openTime]bool // by renewable resource: when its users may run
	grid     uint64               // greatest common divisor of all times so far
	samples  *sampler
	room     []rcpsp.Demand // for those of all modes
	err      error          // of a function of a custom rule

	// To know whether starts between ticks could be better than those on them, see tick.
	halfOpen, pausingEnd bool
}

// compile needs a valid, lowered problem. Its errors are those of calendars and of
// the context.
func compile(ctx context.Context, p *Problem, at *origins, o *Options) (*compiled, error) {
	c := &compiler{
		compiled: &compiled{p: p, at: at, in: &rcpsp.Instance{}, start: p.Horizon.Start.Unix(), wishes: wishesOf(o),
			byActivity: make(map[string]rcpsp.TaskID, len(p.Activities))},
		ctx: ctx, o: o,
		horizon:  p.Horizon.End.Unix() - p.Horizon.Start.Unix(),
		calendar: make(map[string]*calendar.Calendar, len(p.Calendars)),
		resource: make(map[string]rcpsp.ResourceID, len(p.Resources)),
		opens:    map[string]*openTime{},
		samples:  newSampler(p),
	}
	c.in.Horizon = rcpsp.Time(c.horizon)
	c.divide(c.horizon)
	for i := range p.Calendars {
		c.calendar[p.Calendars[i].ID] = &p.Calendars[i]
	}
	if err := c.resourcesOf(); err != nil {
		return nil, err
	}
	if err := c.tasks(); err != nil {
		return nil, err
	}
	for _, part := range []func(){c.closeResources, c.precedences, c.linksOf, c.exclusions, c.redundancy, c.budgetsOf} {
		part()
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	if err := c.bundles(); err != nil {
		return nil, err
	}
	if !o.feasibility {
		c.objective()
	}
	if c.err != nil {
		return nil, c.err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c.chooseTick()
	return c.compiled, c.scale()
}

// sec turns an instant into seconds from the start of the horizon.
func (c *compiler) sec(t time.Time) int64 { return t.Unix() - c.start }

// divide makes the tick divide t.
func (c *compiler) divide(t int64) {
	a, b := c.grid, uint64(max(t, -t))
	if a > 0 && b%a == 0 {
		return
	}
	for b != 0 {
		a, b = b, a%b
	}
	c.grid = a
}

// sorted returns the indices 0..n-1 in the order of compare, ties by index.
func sorted(n int, compare func(a, b int) int) []int32 {
	order := make([]int32, n)
	for i := range order {
		order[i] = int32(i)
	}
	for i := 1; ; i++ {
		if i >= n {
			return order // as it is
		}
		if compare(i-1, i) > 0 {
			break
		}
	}
	slices.SortFunc(order, func(a, b int32) int {
		if c := compare(int(a), int(b)); c != 0 {
			return c
		}
		return int(a - b)
	})
	return order
}

func (c *compiler) tasks() error {
	acts := c.p.Activities
	c.acts = sorted(len(acts), func(a, b int) int { return cmp.Compare(acts[a].ID, acts[b].ID) })
	c.in.Tasks = make([]rcpsp.Task, len(acts))
	c.modes = make([][]int32, len(acts))
	c.seconds = make([]exact, len(acts))
	count, demands := 0, 0
	for i := range acts {
		count += max(1, len(acts[i].Modes))
		demands += len(acts[i].Demands)
		for k := range acts[i].Modes {
			demands += len(acts[i].Modes[k].Demands)
		}
	}
	allModes, allExact, only := make([]rcpsp.Mode, 0, count), make([]exactMode, 0, count), []int32{0}
	c.room = make([]rcpsp.Demand, 0, demands)
	rules := map[string][]*DateRule{}
	for i := range c.p.DateRules {
		for _, id := range c.p.DateRules[i].Activities {
			rules[id] = append(rules[id], &c.p.DateRules[i])
		}
	}
	for t, i := range c.acts {
		if t%256 == 0 && c.ctx.Err() != nil {
			return c.ctx.Err()
		}
		a := &acts[i]
		c.byActivity[a.ID] = rcpsp.TaskID(t)
		modes := a.modes()
		if c.modes[t] = only; len(modes) > 1 {
			c.modes[t] = sorted(len(modes), func(x, y int) int { return cmp.Compare(modes[x].ID, modes[y].ID) })
		}
		first, last := c.bounds(a, rules[a.ID])
		task := &c.in.Tasks[t]
		task.Optional = a.Optional
		for _, k := range c.modes[t] {
			m, err := c.mode(a, &modes[k], first, last)
			if err != nil {
				return err
			}
			allModes = append(allModes, m)
			allExact = append(allExact, exactMode{int64(m.Duration), m.Work})
		}
		n := len(allModes)
		task.Modes = allModes[n-len(modes) : n : n]
		c.seconds[t].modes = allExact[n-len(modes) : n : n]
	}
	return nil
}

// bounds returns the first start and the last end that dates allow an activity.
func (c *compiler) bounds(a *Activity, rules []*DateRule) (first, last int64) {
	first, last = 0, c.horizon
	after := func(t time.Time) {
		if !t.IsZero() {
			c.divide(c.sec(t))
			first = max(first, c.sec(t))
		}
	}
	before := func(t time.Time) {
		if !t.IsZero() {
			c.divide(c.sec(t))
			last = min(last, c.sec(t))
		}
	}
	after(a.NotBefore)
	before(a.NotAfter)
	for _, r := range rules {
		after(r.From)
		before(r.Until)
	}
	return first, last
}

// mode builds one mode in seconds, its starts between first and the last that ends by last.
func (c *compiler) mode(a *Activity, m *Mode, first, last int64) (rcpsp.Mode, error) {
	d := int64(m.Duration / Second)
	c.divide(d)
	out := rcpsp.Mode{Duration: rcpsp.Time(d), Hold: a.Pause == PauseHolding}
	open, err := c.open(c.p.calendarOf(a, m), a.Subject())
	if err != nil {
		return out, err
	}
	latest := last - d
	if a.Pause != NoPause && d > 0 && open.limited {
		out.Work = open.spans
		if out.Work == nil {
			out.Work = []rcpsp.Span{}
		}
		s, ok := rcpsp.Retreat(out.Work, rcpsp.Time(last), out.Duration)
		if latest = int64(s); !ok {
			latest = -1
		}
		c.halfOpen = true
	}
	if !a.Pinned.IsZero() {
		pin := c.sec(a.Pinned)
		c.divide(pin)
		first, latest = max(first, pin), min(latest, pin)
	}
	out.Starts, err = c.permitted(a, clip(open.starts(d, out.Work != nil), first, latest))
	if err != nil {
		return out, err
	}
	from := len(c.room)
	for _, d := range m.Demands {
		if r, ok := c.resource[d.Resource]; ok {
			c.room = append(c.room, rcpsp.Demand{Resource: r, Amount: d.Amount})
			if out.Work != nil && out.Hold {
				c.users[r][c.always()] = true // it holds the resource in closed time too
			} else {
				c.users[r][open] = true
			}
		}
	}
	if n := len(c.room); n > from {
		out.Demands = c.room[from:n:n]
	}
	slices.SortFunc(out.Demands, func(x, y rcpsp.Demand) int { return cmp.Compare(x.Resource, y.Resource) })
	return out, nil
}

// clip returns the starts within [first, last], sharing storage where it can.
func clip(starts []rcpsp.Range, first, last int64) []rcpsp.Range {
	lo, hi := rcpsp.Time(first), rcpsp.Time(last)
	if lo > hi {
		return nil
	}
	i := sort.Search(len(starts), func(i int) bool { return starts[i].Hi >= lo })
	j := sort.Search(len(starts), func(j int) bool { return starts[j].Lo > hi })
	if i >= j {
		return nil
	}
	out := starts[i:j:j]
	if out[0].Lo < lo || out[len(out)-1].Hi > hi {
		out = slices.Clone(out)
		out[0].Lo = max(out[0].Lo, lo)
		out[len(out)-1].Hi = min(out[len(out)-1].Hi, hi)
	}
	return out
}

// chooseTick sets the tick: the user's, or the greatest that makes every input exact.
//
// On the grid of the greatest common divisor nothing is lost: rounding all starts of a
// solution down to it keeps every constraint, since differences of inputs are
// multiples of it, and every goal that does not reward being late. Two cases need the
// full second. A goal that rewards being late (a shift from a preferred start) may
// want the last start before an instant at which something stops holding, such as
// that of a start cost. And rounding down can move the end of work that pauses from
// one stretch into the one before.
func (c *compiler) chooseTick() {
	exact := int64(c.grid)
	for _, g := range c.p.goals() {
		if c.halfOpen && (g.Measure == Shift || g.Measure == LargestShift) {
			exact = 1
		}
	}
	if c.pausingEnd {
		exact = 1
	}
	exact = max(exact, 1)
	c.tick = exact
	if t := int64(c.p.Tick / Second); t > 0 {
		c.tick = t
		c.onGrid = exact%t != 0
	}
}

// claims says whether what is proved holds on the grid only: it is coarser than the inputs,
// or a custom rule may judge the starts between ticks differently.
func (c *compiled) claims() (onGrid bool) { return c.onGrid || c.tick > 1 && c.p.judges() }

// goals returns the goals with their default.
func (p *Problem) goals() []Goal {
	if len(p.Goals) == 0 {
		return DefaultGoals()
	}
	return p.Goals
}
