package schedule

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// A ChainLink is one activity of a critical chain: had it ended earlier, the next could
// have started earlier.
type ChainLink struct {
	Activity string            `json:"activity"`
	Name     string            `json:"name,omitempty"`
	From     Provenance        `json:"from,omitzero"`
	During   calendar.Interval `json:"during"`
	// Why says what ties it to the link before: "precedence", "resource ID", "exclusion ID",
	// "group ID", or "" for the first, which waited for nobody. Wait is the time between the two:
	// lags, closed calendars, and what is shared with others.
	Why  string   `json:"why,omitempty"`
	Wait Duration `json:"wait,omitempty"`
}

// CriticalChains returns the critical chain of a plan to each of some activities, in
// order of time: Goldratt's critical chain, the critical sequence of Wiest (1964),
// "Some properties of schedules for large projects with limited resources", with waits
// for calendars left visible.
//
// A chain is followed backwards. Where an activity could have started earlier but for its
// predecessors (its own calendar, dates and pin let it), the predecessor that released
// it last comes before it. Where it started later than its predecessors, calendar and
// dates let it, what comes before it is the last work that ended meanwhile and shares a resource,
// an exclusion or a redundancy group with it. It ends at an activity that waited for nobody. Of equals
// the first by ID counts.
//
// The chain of an activity that the plan does not have is nil. It costs time O(n log n) in
// activities and constraints, once, and O(log n) a link. It returns the faults of [Problem.Validate].
func CriticalChains(p *Problem, plan *Plan, activities ...string) ([][]ChainLink, error) {
	low, at, err := p.prepare()
	if err != nil {
		return nil, fmt.Errorf("schedule: %w", err)
	}
	fine := *low
	fine.Tick = Second
	c, err := compile(context.Background(), &fine, at, &Options{feasibility: true})
	if err != nil {
		return nil, fmt.Errorf("schedule: %w", err)
	}
	if plan == nil {
		plan = &Plan{}
	}
	f := newChains(c, plan, max(int64(low.Tick/Second), 1))
	out := make([][]ChainLink, len(activities))
	for i, id := range activities {
		if t, ok := f.task[id]; ok {
			out[i] = f.chain(t)
		}
	}
	return out, nil
}

// chains is a plan made ready to be followed backwards. All times are seconds from the
// start of the horizon.
type chains struct {
	c      *compiled
	grid   int64
	task   map[string]int // placed activities, by ID
	places []placing
	spans  []calendar.Interval
	into   [][]*Precedence
	shared []sharing
	keys   [][]int // what an activity shares, by task: indices of shared, by name
}

// sharing is a resource, an exclusion or a group, and who shares it: by end, and of one
// end from the last ID to the first.
type sharing struct {
	name  string
	users []int
}

func newChains(c *compiled, plan *Plan, grid int64) *chains {
	n := len(c.acts)
	f := &chains{c: c, grid: grid, task: make(map[string]int, n), places: make([]placing, n), spans: make([]calendar.Interval, n),
		into: make([][]*Precedence, n), keys: make([][]int, n)}
	at := make(map[string]*Assignment, len(plan.Assignments))
	for i := range plan.Assignments {
		a := &plan.Assignments[i]
		if _, again := at[a.Activity]; !again {
			at[a.Activity] = a
		}
	}
	for t, i := range c.acts {
		a := &c.p.Activities[i]
		as := at[a.ID]
		if as == nil {
			continue
		}
		mode := max(0, slices.IndexFunc(c.modes[t], func(k int32) bool { return a.modes()[k].ID == as.Mode }))
		f.task[a.ID] = t
		f.places[t] = placing{true, int32(mode), as.Start.Unix() - c.start, as.End.Unix() - c.start}
		f.spans[t] = as.Interval()
	}
	for i := range c.p.Precedences {
		x := &c.p.Precedences[i]
		if t, ok := f.task[x.To]; ok {
			f.into[t] = append(f.into[t], x)
		}
	}
	f.share()
	return f
}

// share notes who shares what.
func (f *chains) share() {
	p := f.c.p
	resources, groups := map[string]int{}, map[string][]int{} // groups by CI
	add := func(name string) int {
		f.shared = append(f.shared, sharing{name: strings.TrimSpace(name)})
		return len(f.shared) - 1
	}
	note := func(id string, key int) {
		if t, ok := f.task[id]; ok {
			f.keys[t] = append(f.keys[t], key)
		}
	}
	for i := range p.Resources {
		resources[p.Resources[i].ID] = add("resource " + p.Resources[i].ID)
	}
	for i := range p.Exclusions {
		x := &p.Exclusions[i]
		key := add("exclusion " + or(x.ID, x.At))
		for _, id := range x.Activities {
			note(id, key)
		}
	}
	for i := range p.Groups {
		g := &p.Groups[i]
		key := add("group " + g.ID)
		for _, m := range g.Members {
			if m.CI != "" {
				groups[m.CI] = append(groups[m.CI], key)
			}
			for _, id := range m.Activities {
				note(id, key)
			}
		}
	}
	for t, i := range f.c.acts {
		a := &p.Activities[i]
		if !f.places[t].present {
			continue
		}
		for _, d := range a.modes()[f.c.modes[t][f.places[t].mode]].Demands {
			note(a.ID, resources[d.Resource])
		}
		for _, ci := range a.CIs {
			for _, key := range groups[ci] {
				if a.Effect == Outage || a.Effect == Soaking {
					note(a.ID, key)
				}
			}
		}
		slices.SortFunc(f.keys[t], func(x, y int) int { return cmp.Or(cmp.Compare(f.shared[x].name, f.shared[y].name), x-y) })
		f.keys[t] = slices.Compact(f.keys[t])
		if f.places[t].lo < f.places[t].hi { // a milestone holds nothing
			for _, key := range f.keys[t] {
				f.shared[key].users = append(f.shared[key].users, t)
			}
		}
	}
	for _, s := range f.shared {
		slices.SortFunc(s.users, func(x, y int) int { return cmp.Or(cmp.Compare(f.places[x].hi, f.places[y].hi), y-x) }) // tasks are in the order of IDs
	}
}

func (f *chains) chain(t int) []ChainLink {
	var out []ChainLink
	seen := map[int]bool{}
	for t >= 0 && !seen[t] {
		seen[t] = true
		a := &f.c.p.Activities[f.c.acts[t]]
		link := ChainLink{Activity: a.ID, Name: a.Name, From: a.From, During: f.spans[t]}
		next, why := f.before(t, seen)
		if next >= 0 {
			link.Why = why
			link.Wait = Duration(max(0, f.places[t].lo-f.places[next].hi)) * Second
		}
		out = append(out, link)
		t = next
	}
	slices.Reverse(out)
	return out
}

// before returns what an activity waited for, or -1.
func (f *chains) before(t int, seen map[int]bool) (int, string) {
	here := f.places[t]
	next, ready := -1, int64(0)
	for _, x := range f.into[t] {
		k, ok := f.task[x.From]
		if !ok || seen[k] {
			continue
		}
		if r := f.released(x, k, t); next < 0 || r > ready || r == ready && k < next {
			next, ready = k, r
		}
	}
	if next < 0 {
		ready = 0
	}
	could := f.earliest(t, ready) // when it could have started, as far as it and its predecessors go
	if could >= here.lo {
		if next >= 0 && f.earliest(t, 0) < here.lo {
			return next, "precedence"
		}
		return -1, ""
	}
	best, why := -1, ""
	for _, key := range f.keys[t] {
		list := f.shared[key].users
		i, _ := slices.BinarySearchFunc(list, here.lo+1, func(k int, hi int64) int { return cmp.Compare(f.places[k].hi, hi) })
		for i--; i >= 0 && f.places[list[i]].hi > could; i-- {
			k := list[i]
			if k == t || seen[k] {
				continue
			}
			if best < 0 || f.places[k].hi > f.places[best].hi || f.places[k].hi == f.places[best].hi && k < best {
				best, why = k, f.shared[key].name
			}
			break
		}
	}
	if best >= 0 {
		return best, why
	}
	if next >= 0 && f.earliest(t, 0) < here.lo {
		return next, "precedence"
	}
	return -1, ""
}

// released is the earliest start that a precedence leaves its second activity, given
// where the first one is.
func (f *chains) released(x *Precedence, from, to int) int64 {
	a, length := f.places[from], f.places[to].hi-f.places[to].lo
	lag := int64(x.MinLag / Second)
	switch x.Type {
	case StartStart:
		return a.lo + lag
	case StartFinish:
		return a.lo + lag - length
	case FinishFinish:
		return a.hi + lag - length
	}
	return a.hi + lag
}

// earliest returns the first start, not before an instant, that the activity's own
// calendar, dates and pin let it have in its mode; where there is none, one without end.
func (f *chains) earliest(t int, from int64) int64 {
	for _, r := range f.c.in.Tasks[t].Modes[f.places[t].mode].Starts {
		at := max(from, int64(r.Lo))
		if up := (at + f.grid - 1) / f.grid * f.grid; f.grid > 1 && at >= 0 {
			at = up
		}
		if at <= int64(r.Hi) {
			return at
		}
	}
	return int64(rcpsp.Limit)
}

// LeastMargin returns the activity of a plan that ends with the least margin to its due
// date, or to its deadline where it has none; where no activity has either, the one that ends
// last; "" where the plan has none of the problem's. It is where to ask [CriticalChains]
// for the chain that matters most. The problem must be lowered.
func (p *Problem) LeastMargin(plan *Plan) string {
	until := make(map[string]time.Time, len(p.Activities))
	for i := range p.Activities {
		a := &p.Activities[i]
		if until[a.ID] = a.Due; a.Due.IsZero() {
			until[a.ID] = a.NotAfter
		}
	}
	if plan == nil {
		return ""
	}
	best, promised := "", false
	var least time.Duration // of those with a date; else from the latest end
	for i := range plan.Assignments {
		as := &plan.Assignments[i]
		t, ok := until[as.Activity]
		if !ok || promised && t.IsZero() {
			continue
		}
		margin := t.Sub(as.End)
		if t.IsZero() {
			margin = p.Horizon.Start.Sub(as.End)
		}
		if best == "" || !promised && !t.IsZero() || margin < least || margin == least && as.Activity < best {
			best, least, promised = as.Activity, margin, !t.IsZero()
		}
	}
	return best
}
