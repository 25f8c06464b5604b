package schedule

import (
	"cmp"
	"slices"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// A block is an inclusive range of starts that one requirement takes away.
type block struct {
	lo, hi int64
	kind   rcpsp.ConstraintKind
	index  int32
	other  rcpsp.TaskID // where one other activity is the cause, else -1
	from   int64        // the instants at which it is in the way
	until  int64
}

const farAway = int64(rcpsp.Limit)

// asking is one question to a SlotFinder.
type asking struct {
	f           *SlotFinder
	q           SlotQuery
	from, until int64
	blocks      []block

	// Stages of the same release: taken out of the plan, or placed anew.
	moving map[rcpsp.TaskID]placing

	err error // of a custom rule
}

// place is where a task is for this question, not present while it is asked about.
func (a *asking) place(t rcpsp.TaskID) placing {
	if at, ok := a.moving[t]; ok {
		return at
	}
	return a.f.places[t]
}

// latestStart is the last start from which a mode ends by x.
func latestStart(m *rcpsp.Mode, x int64) int64 {
	if m.Work == nil {
		return x - int64(m.Duration)
	}
	s, ok := rcpsp.Retreat(m.Work, rcpsp.Time(x), m.Duration)
	if !ok {
		return -farAway
	}
	return int64(s)
}

func (a *asking) block(kind rcpsp.ConstraintKind, index int32, other rcpsp.TaskID, lo, hi, from, until int64) {
	if lo <= hi {
		a.blocks = append(a.blocks, block{lo, hi, kind, index, other, from, until})
	}
}

// meet blocks the starts from which a mode would occupy part of [lo, hi).
func (a *asking) meet(m *rcpsp.Mode, kind rcpsp.ConstraintKind, index int32, other rcpsp.TaskID, lo, hi int64) {
	if lo < hi {
		a.block(kind, index, other, latestStart(m, lo)+1, hi-1, lo, hi)
	}
}

// gather collects what the rest of the plan takes away from the starts of a task.
func (a *asking) gather(t rcpsp.TaskID, mode int32) {
	f := a.f
	a.blocks = a.blocks[:0]
	if a.moving == nil {
		a.moving = map[rcpsp.TaskID]placing{}
	}
	was, held := a.moving[t]
	a.moving[t] = placing{}
	m := &f.in.Tasks[t].Modes[mode]
	of := &f.member[t]
	for _, i := range of.lags {
		a.lag(t, m, i)
	}
	if m.Duration > 0 {
		for _, d := range m.Demands {
			a.resource(m, d)
		}
		for _, i := range of.exclusions {
			for _, o := range f.in.NoOverlap[i] {
				if at := a.place(o); o != t && at.present {
					a.meet(m, rcpsp.KindNoOverlap, i, o, at.lo, at.hi)
				}
			}
		}
		for _, i := range of.groups {
			a.group(t, m, i)
		}
	}
	for _, i := range of.budgets {
		a.budget(t, mode, i)
	}
	for _, i := range of.spans {
		a.sameSpan(t, i)
	}
	for _, i := range of.links {
		if then := f.in.Links[i].Then; !a.place(then).present && !a.willBePlaced(then) {
			a.block(rcpsp.KindLink, i, then, -farAway, farAway, -farAway, farAway)
		}
	}
	if held {
		a.moving[t] = was
	} else {
		delete(a.moving, t)
	}
}

// willBePlaced says that a task is a stage of the release that is asked about.
func (a *asking) willBePlaced(t rcpsp.TaskID) bool {
	_, ok := a.moving[t]
	return ok
}

func (a *asking) lag(t rcpsp.TaskID, m *rcpsp.Mode, i int32) {
	l := &a.f.in.Lags[i]
	if l.From == l.To {
		return
	}
	if l.To == t {
		at := a.place(l.From)
		if !at.present {
			return
		}
		first := at.lo + int64(l.Min)
		if l.FromEnd {
			first = at.hi + int64(l.Min)
		}
		need := first
		if l.ToEnd {
			first = latestStart(m, first-1) + 1
		}
		a.block(rcpsp.KindLag, i, l.From, -farAway, first-1, -farAway, need)
		return
	}
	at := a.place(l.To)
	if !at.present {
		return
	}
	last := at.lo - int64(l.Min)
	if l.ToEnd {
		last = at.hi - int64(l.Min)
	}
	need := last
	if l.FromEnd {
		last = latestStart(m, last)
	}
	a.block(rcpsp.KindLag, i, l.To, last+1, farAway, need, farAway)
}

// resource blocks where a resource has too little left. What is asked about is taken out
// of the prepared profile, and what is placed anew is put in.
func (a *asking) resource(m *rcpsp.Mode, d rcpsp.Demand) {
	f := a.f
	free := f.use[d.Resource].free
	if changed := a.changes(d.Resource); len(changed) > 0 {
		free = sumSteps(free, changed)
	}
	put := func(lo, hi int64) {
		if m.Work == nil || m.Hold {
			a.meet(m, rcpsp.KindResource, int32(d.Resource), -1, lo, hi)
			return
		}
		for k := workFrom(m.Work, lo); k < len(m.Work) && int64(m.Work[k].Lo) < hi; k++ {
			a.meet(m, rcpsp.KindResource, int32(d.Resource), -1, max(lo, int64(m.Work[k].Lo)), min(hi, int64(m.Work[k].Hi)))
		}
	}
	for k := 0; k < len(free); {
		if free[k].Value >= d.Amount {
			k++
			continue
		}
		j := k + 1
		for j < len(free) && free[j].Value < d.Amount {
			j++
		}
		hi := int64(f.in.Horizon)
		if j < len(free) {
			hi = min(hi, int64(free[j].From))
		}
		put(int64(free[k].From), hi)
		k = j
	}
}

// changes returns what the question changes in what is left of a resource, as the steps
// of its sum over time.
func (a *asking) changes(r rcpsp.ResourceID) []rcpsp.Step {
	f := a.f
	type change struct{ at, by int64 }
	var list []change
	for t, now := range a.moving {
		add := func(at placing, sign int64) {
			if !at.present {
				return
			}
			for _, d := range f.in.Tasks[t].Modes[at.mode].Demands {
				if d.Resource == r {
					f.occupied(t, at, func(lo, hi int64) {
						list = append(list, change{lo, sign * d.Amount}, change{hi, -sign * d.Amount})
					})
				}
			}
		}
		add(f.places[t], 1)
		add(now, -1)
	}
	slices.SortFunc(list, func(x, y change) int { return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.by, y.by)) })
	var out []rcpsp.Step
	var sum int64
	for _, c := range list {
		sum += c.by
		out = addStep(out, c.at, sum)
	}
	return out
}

// sumSteps adds two step functions; the second is 0 before its first step.
func sumSteps(x, y []rcpsp.Step) []rcpsp.Step {
	out := make([]rcpsp.Step, 0, len(x)+len(y))
	var i, j int
	var vx, vy int64
	for i < len(x) || j < len(y) {
		var at rcpsp.Time
		switch {
		case j == len(y) || i < len(x) && x[i].From <= y[j].From:
			at = x[i].From
		default:
			at = y[j].From
		}
		if i < len(x) && x[i].From == at {
			vx = x[i].Value
			i++
		}
		if j < len(y) && y[j].From == at {
			vy = y[j].Value
			j++
		}
		out = addStep(out, int64(at), vx+vy)
	}
	return out
}

func (a *asking) budget(t rcpsp.TaskID, mode int32, i int32) {
	f := a.f
	b := &f.in.Budgets[i]
	use := func(t rcpsp.TaskID, mode int32) (sum int64) {
		k, _ := slices.BinarySearchFunc(b.Uses, t, func(u rcpsp.Use, t rcpsp.TaskID) int { return cmp.Compare(u.Task, t) })
		for ; k < len(b.Uses) && b.Uses[k].Task == t; k++ {
			if b.Uses[k].Mode < 0 || b.Uses[k].Mode == mode {
				sum += b.Uses[k].Amount
			}
		}
		return sum
	}
	need := use(t, mode)
	if need == 0 {
		return
	}
	for k, p := range b.Periods {
		used := f.used[i][k]
		for o, now := range a.moving {
			if was := f.places[o]; was.present && p.Lo <= rcpsp.Time(was.lo) && rcpsp.Time(was.lo) < p.Hi {
				used -= use(o, was.mode)
			}
			if now.present && p.Lo <= rcpsp.Time(now.lo) && rcpsp.Time(now.lo) < p.Hi {
				used += use(o, now.mode)
			}
		}
		if used+need > p.Limit {
			a.block(rcpsp.KindBudget, i, -1, int64(p.Lo), int64(p.Hi)-1, int64(p.Lo), int64(p.Hi))
		}
	}
}

// sameSpan keeps to the span in which the others of the bundle start.
func (a *asking) sameSpan(t rcpsp.TaskID, i int32) {
	x := &a.f.in.SameSpan[i]
	spans := x.Spans
	for _, o := range x.Tasks {
		if at := a.place(o); o != t && at.present {
			k := slices.IndexFunc(spans, func(s rcpsp.Span) bool { return int64(s.Lo) <= at.lo && at.lo < int64(s.Hi) })
			if k < 0 {
				spans = nil
			} else {
				spans = spans[k : k+1]
			}
		}
	}
	last := -farAway
	for _, s := range spans {
		a.block(rcpsp.KindSameSpan, i, -1, last, int64(s.Lo)-1, last, int64(s.Lo))
		last = int64(s.Hi)
	}
	a.block(rcpsp.KindSameSpan, i, -1, last, farAway, last, farAway)
}

// free returns the starts of a mode that nothing takes away, between two instants.
func (a *asking) free(m *rcpsp.Mode) []rcpsp.Range {
	slices.SortFunc(a.blocks, func(x, y block) int {
		return cmp.Or(cmp.Compare(x.lo, y.lo), cmp.Compare(x.hi, y.hi), cmp.Compare(x.kind, y.kind), cmp.Compare(x.index, y.index), cmp.Compare(x.other, y.other))
	})
	return without(clip(m.Starts, a.from, a.until), a.blocks)
}

// without takes blocks, sorted by their first start, out of sorted ranges.
func without(starts []rcpsp.Range, blocks []block) []rcpsp.Range {
	out := make([]rcpsp.Range, 0, len(starts))
	k := 0
	covered := -farAway // every start up to here is blocked by a block that began before
	for _, r := range starts {
		lo := int64(r.Lo)
		for {
			for k < len(blocks) && blocks[k].lo <= lo {
				covered = max(covered, blocks[k].hi)
				k++
			}
			if lo = max(lo, covered+1); lo > int64(r.Hi) {
				break
			}
			if k < len(blocks) && blocks[k].lo <= lo {
				continue
			}
			hi := int64(r.Hi)
			if k < len(blocks) {
				hi = min(hi, blocks[k].lo-1)
			}
			out = append(out, rcpsp.Range{Lo: rcpsp.Time(lo), Hi: rcpsp.Time(hi)})
			if lo = hi + 1; lo > int64(r.Hi) {
				break
			}
		}
	}
	return out
}
