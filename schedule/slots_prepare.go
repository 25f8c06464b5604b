package schedule

import (
	"cmp"
	"slices"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// slotUse is a resource: who holds it, and what the plan leaves of it.
type slotUse struct {
	users []rcpsp.TaskID
	free  []rcpsp.Step // may be negative
}

// slotOf lists the constraints of the instance that concern a task.
type slotOf struct{ lags, exclusions, groups, budgets, spans, links []int32 }

// occupied calls g with the spans in which a placed task holds what it demands.
func (f *SlotFinder) occupied(t rcpsp.TaskID, at placing, g func(lo, hi int64)) {
	m := &f.in.Tasks[t].Modes[at.mode]
	if m.Work == nil || m.Hold {
		if at.lo < at.hi {
			g(at.lo, at.hi)
		}
		return
	}
	for i := workFrom(m.Work, at.lo); i < len(m.Work) && int64(m.Work[i].Lo) < at.hi; i++ {
		g(max(at.lo, int64(m.Work[i].Lo)), min(at.hi, int64(m.Work[i].Hi)))
	}
}

// workFrom is the index of the first span of working time that ends after x.
func workFrom(work []rcpsp.Span, x int64) int {
	i, _ := slices.BinarySearchFunc(work, x+1, func(s rcpsp.Span, x int64) int { return cmp.Compare(int64(s.Hi), x) })
	return i
}

func (f *SlotFinder) prepareUse() {
	type change struct{ at, by int64 }
	changes := make([][]change, len(f.in.Resources))
	f.use = make([]slotUse, len(f.in.Resources))
	for t := range f.places {
		at := f.places[t]
		if !at.present {
			continue
		}
		for _, d := range f.in.Tasks[t].Modes[at.mode].Demands {
			f.use[d.Resource].users = append(f.use[d.Resource].users, rcpsp.TaskID(t))
			f.occupied(rcpsp.TaskID(t), at, func(lo, hi int64) {
				changes[d.Resource] = append(changes[d.Resource], change{lo, -d.Amount}, change{hi, d.Amount})
			})
		}
	}
	for r := range f.use {
		last := int64(0)
		for _, s := range f.in.Resources[r].Capacity {
			changes[r] = append(changes[r], change{int64(s.From), s.Value - last})
			last = s.Value
		}
		slices.SortFunc(changes[r], func(a, b change) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.by, b.by)) })
		var now int64
		for _, c := range changes[r] {
			now += c.by
			f.use[r].free = addStep(f.use[r].free, c.at, now)
		}
	}
}

// addStep appends a step; of several at one instant the last one holds.
func addStep(list []rcpsp.Step, at, v int64) []rcpsp.Step {
	n := len(list)
	if n > 0 && int64(list[n-1].From) == at {
		list[n-1].Value = v
		if n > 1 && list[n-2].Value == v {
			return list[:n-1]
		}
		return list
	}
	if n > 0 && list[n-1].Value == v {
		return list
	}
	return append(list, rcpsp.Step{From: rcpsp.Time(at), Value: v})
}

func (f *SlotFinder) prepareMembers() {
	in, of := f.in, f.member
	for i := range in.Lags {
		l := &in.Lags[i]
		of[l.From].lags = append(of[l.From].lags, int32(i))
		if l.From != l.To {
			of[l.To].lags = append(of[l.To].lags, int32(i))
		}
	}
	for i, set := range in.NoOverlap {
		for _, t := range set {
			of[t].exclusions = append(of[t].exclusions, int32(i))
		}
	}
	f.used = make([][]int64, len(in.Budgets))
	for i := range in.Budgets {
		b := &in.Budgets[i]
		f.used[i] = make([]int64, len(b.Periods))
		for _, u := range b.Uses {
			if l := of[u.Task].budgets; len(l) == 0 || l[len(l)-1] != int32(i) {
				of[u.Task].budgets = append(l, int32(i))
			}
			if at := f.places[u.Task]; at.present && (u.Mode < 0 || u.Mode == at.mode) {
				if k := b.Period(rcpsp.Time(at.lo)); k >= 0 {
					f.used[i][k] += u.Amount
				}
			}
		}
	}
	for i := range in.SameSpan {
		for _, t := range in.SameSpan[i].Tasks {
			of[t].spans = append(of[t].spans, int32(i))
		}
	}
	for i, l := range in.Links {
		of[l.If].links = append(of[l.If].links, int32(i))
	}
	f.prepareGroups()
}
