package schedule

import (
	"cmp"
	"slices"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// release answers for all stages of a release together. Lags between stages are
// constraints on differences of starts, so that raising each start to the next that the
// rest of the plan leaves free, until nothing has to be raised, gives the earliest of all
// possible placements (as in Bellman and Ford's algorithm, with gaps in the domains). What
// stages do to one another besides is looked at afterwards: the later one moves on. Slots
// are those of the soonest starts of the first stage, ranked by the sum of scores.
func (a *asking) release(stages []rcpsp.TaskID) *SlotAnswer {
	f := a.f
	x := &staging{a: a, stages: stages, free: make([][]rcpsp.Range, len(stages)), mode: make([]int32, len(stages)),
		blocks: make([][]block, len(stages)), start: make([]int64, len(stages)), least: make([]int64, len(stages))}
	until := a.until
	a.until = int64(f.in.Horizon) // for the later stages
	a.moving = map[rcpsp.TaskID]placing{}
	for _, t := range stages {
		a.moving[t] = placing{}
	}
	for i, t := range stages {
		all := make([][]block, len(f.in.Tasks[t].Modes))
		for k := range f.in.Tasks[t].Modes {
			a.gather(t, int32(k))
			free := x.onGrid(t, a.free(&f.in.Tasks[t].Modes[k]))
			all[k] = slices.Clone(a.blocks)
			if x.free[i] == nil && len(free) > 0 {
				x.free[i], x.mode[i], x.blocks[i] = free, int32(k), all[k]
			}
		}
		if x.free[i] == nil {
			return &SlotAnswer{None: a.none(t, all)}
		}
	}
	out := &SlotAnswer{}
	first, from := 0, a.from
	rules := a.ruling(stages...)
	for tries := 0; len(out.Slots) < a.q.Limit && tries < slotTries; tries++ {
		for i := range x.least {
			x.least[i] = a.from
		}
		x.least[first] = max(x.least[first], from)
		if !x.place() {
			break
		}
		if i := x.first(); i != first {
			first = i
		}
		if x.start[first] > until {
			break
		}
		if bad, until := x.refused(rules, first); bad {
			from = until
			continue
		}
		slot, stretch := x.slot(first)
		out.Slots = append(out.Slots, slot)
		from = int64(stretch.Hi) + 1
		if step := int64(a.q.Every / Second); step > 0 {
			from = min(from, x.start[first]+step)
		}
	}
	if len(out.Slots) == 0 {
		out.None = append(x.none(), a.ruledOut()...)
	}
	slices.SortStableFunc(out.Slots, func(p, q Slot) int { return cmp.Or(cmp.Compare(p.Score, q.Score), p.Start.Compare(q.Start)) })
	return out
}

// staging is the placement of the stages of one release.
type staging struct {
	a      *asking
	stages []rcpsp.TaskID
	mode   []int32
	free   [][]rcpsp.Range
	blocks [][]block
	least  []int64 // no start is earlier
	start  []int64
}

func (x *staging) onGrid(t rcpsp.TaskID, free []rcpsp.Range) []rcpsp.Range {
	g := rcpsp.Time(x.a.f.grid)
	if g == 1 || !x.a.f.activityOf(t).Pinned.IsZero() {
		return free
	}
	var out []rcpsp.Range
	for _, r := range free {
		if r.Lo, r.Hi = (r.Lo+g-1)/g*g, r.Hi/g*g; r.Lo <= r.Hi {
			out = append(out, r)
		}
	}
	return out
}

// next is the first free start of stage i from at on.
func (x *staging) next(i int, at int64) (int64, bool) {
	free := x.free[i]
	k, _ := slices.BinarySearchFunc(free, at, func(r rcpsp.Range, at int64) int { return cmp.Compare(int64(r.Hi), at) })
	if k == len(free) {
		return 0, false
	}
	g := x.a.f.grid
	s := max(at, int64(free[k].Lo))
	if free[k].Lo != free[k].Hi {
		s = (s + g - 1) / g * g
	}
	return s, true
}

// place finds the earliest placement with all starts at least at least.
func (x *staging) place() bool {
	const rounds = 10_000
	for range rounds {
		if !x.settle() {
			return false
		}
		again := false
		order := make([]int, len(x.stages))
		for i := range order {
			order[i] = i
		}
		slices.SortFunc(order, func(i, j int) int { return cmp.Or(cmp.Compare(x.start[i], x.start[j]), cmp.Compare(i, j)) })
		for _, i := range order {
			t := x.stages[i]
			x.a.gather(t, x.mode[i])
			at := x.start[i]
			if k := slices.IndexFunc(x.a.blocks, func(b block) bool { return b.lo <= at && at <= b.hi }); k >= 0 {
				x.least[i], again = max(at+1, min(x.a.blocks[k].hi+1, farAway)), true
				break
			}
			x.put(i)
		}
		for _, t := range x.stages {
			x.a.moving[t] = placing{}
		}
		if !again {
			return true
		}
	}
	return false
}

func (x *staging) put(i int) {
	t := x.stages[i]
	end, _ := x.a.f.in.Tasks[t].Modes[x.mode[i]].End(rcpsp.Time(x.start[i]))
	x.a.moving[t] = placing{true, x.mode[i], x.start[i], int64(end)}
}

// settle raises starts until the lags between stages hold.
func (x *staging) settle() bool {
	f := x.a.f
	index := map[rcpsp.TaskID]int{}
	ok := false
	for i, t := range x.stages {
		index[t] = i
		if x.start[i], ok = x.next(i, x.least[i]); !ok {
			return false
		}
	}
	for changed := true; changed; {
		changed = false
		for j, t := range x.stages {
			m := &f.in.Tasks[t].Modes[x.mode[j]]
			for _, k := range f.member[t].lags {
				l := &f.in.Lags[k]
				i, inside := index[l.From]
				if l.To != t || l.From == l.To || !inside {
					continue
				}
				at := x.start[i]
				if l.FromEnd {
					e, _ := f.in.Tasks[l.From].Modes[x.mode[i]].End(rcpsp.Time(at))
					at = int64(e)
				}
				need := at + int64(l.Min)
				if l.ToEnd {
					need = latestStart(m, need-1) + 1
				}
				if x.start[j] < need {
					if x.start[j], ok = x.next(j, need); !ok {
						return false
					}
					changed = true
				}
			}
		}
	}
	return true
}

// first is the stage that starts first.
func (x *staging) first() int {
	best := 0
	for i := range x.start {
		if x.start[i] < x.start[best] {
			best = i
		}
	}
	return best
}

func (x *staging) slot(first int) (Slot, rcpsp.Range) {
	f := x.a.f
	free := x.free[first]
	k, _ := slices.BinarySearchFunc(free, x.start[first], func(r rcpsp.Range, at int64) int { return cmp.Compare(int64(r.Hi), at) })
	s := x.a.slot(x.stages[first], candidate{start: x.start[first], latest: x.start[first], stretch: free[k], mode: x.mode[first]}, x.blocks[first])
	for i, t := range x.stages {
		x.put(i)
		at := x.a.moving[t]
		act := f.activityOf(t)
		s.Stages = append(s.Stages, Assignment{Activity: act.ID, Mode: act.modes()[f.modes[t][x.mode[i]]].ID, Start: f.instant(at.lo), End: f.instant(at.hi), From: act.From})
		s.Score += x.a.score(t, at.lo)
		if e := f.instant(at.hi); e.After(s.End) {
			s.End = e
		}
	}
	for _, t := range x.stages {
		x.a.moving[t] = placing{}
	}
	sortAssignments(s.Stages)
	return s, free[k]
}

// none names what each stage keeps to, where each has a slot and all together have none.
func (x *staging) none() []Conflict {
	f := x.a.f
	var out []Conflict
	seen := map[int32]bool{}
	for i, t := range x.stages {
		k := f.ofTask(t)
		k.Kind = NoSlot
		first, last := x.free[i][0].Lo, x.free[i][len(x.free[i])-1].Hi
		k.Reason = f.called(t) + " can start from " + f.when(int64(first)) + " to " + f.when(int64(last)) + " at most"
		out = append(out, k)
		for _, l := range f.member[t].lags {
			if src := f.lags[l]; !seen[l] && slices.Contains(x.stages, f.in.Lags[l].From) && slices.Contains(x.stages, f.in.Lags[l].To) {
				seen[l] = true
				out = append(out, f.ofLag(int(src), f.backwards(int(l))))
			}
		}
	}
	return out
}
