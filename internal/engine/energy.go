package engine

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
	place "github.com/slackwater-go/slackwater/internal/sgs"
)

// overloaded says whether some resource cannot give the energy that the tasks within
// some stretch of time need. When it is to stop it says no.
func (b *bounder) overloaded(w *place.Windows) bool {
	looked := 0
	for i := range b.machines() {
		m := &b.energy[i]
		if looked += len(m.jobs); looked > askEvery {
			if looked = 0; b.stop() {
				return false
			}
		}
		over := false
		m.stretches(w, func(from, to rcpsp.Time, energy int64) bool {
			over = over || energy > m.supply(to)-m.supply(from)
			return !over
		})
		if over {
			return true
		}
	}
	return false
}

// askEvery is how many tasks are looked at between questions whether to stop: a
// millisecond or two.
const askEvery = 500

// A machine is a resource, or a set of which no two tasks overlap, with what its tasks
// take of it at least.
type machine struct {
	resource rcpsp.ResourceID // -1 for a set
	jobs     []job
	steps    []rcpsp.Step
	sums     []int64 // supply from 0 to each step
}

type job struct {
	task           rcpsp.TaskID
	amount, energy int64 // the least over the modes
}

// machines lists them. Energies are capped, so that sums stay within an int64.
func machines(in *rcpsp.Instance) []machine {
	out := make([]machine, len(in.Resources), len(in.Resources)+len(in.NoOverlap))
	for r := range in.Resources {
		out[r] = machine{resource: rcpsp.ResourceID(r), steps: in.Resources[r].Capacity}
	}
	for t := range in.Tasks {
		modes := in.Tasks[t].Modes
		for _, d := range modes[0].Demands {
			j := job{task: rcpsp.TaskID(t), amount: d.Amount, energy: math.MaxInt64}
			for k := range modes {
				a, e := need(&modes[k], d.Resource)
				j.amount, j.energy = min(j.amount, a), min(j.energy, e)
			}
			if j.energy > 0 {
				out[d.Resource].jobs = append(out[d.Resource].jobs, j)
			}
		}
	}
	for _, set := range in.NoOverlap {
		m := machine{resource: -1, steps: []rcpsp.Step{{Value: 1}}}
		for _, t := range set {
			j := job{task: t, amount: 1, energy: math.MaxInt64}
			for k := range in.Tasks[t].Modes {
				j.energy = min(j.energy, energyCap, int64(in.Tasks[t].Modes[k].Duration))
			}
			if j.energy > 0 {
				m.jobs = append(m.jobs, j)
			}
		}
		out = append(out, m)
	}
	for i := range out {
		out[i].prefix()
	}
	return out
}

// need is what a mode takes of a resource, at an instant and in all. A mode without
// duration takes nothing.
func need(m *rcpsp.Mode, r rcpsp.ResourceID) (amount, energy int64) {
	for _, d := range m.Demands {
		if d.Resource == r && m.Duration > 0 {
			return d.Amount, mulCap(d.Amount, int64(m.Duration))
		}
	}
	return 0, 0
}

// energyCap bounds each energy so that a sum over many tasks cannot overflow; a bound
// from capped energies is weaker, never wrong.
const energyCap = 1 << 40

func mulCap(a, b int64) int64 {
	if a > energyCap/b {
		return energyCap
	}
	return a * b
}

func (m *machine) prefix() {
	m.sums = make([]int64, len(m.steps))
	for i := 1; i < len(m.steps); i++ {
		m.sums[i] = addSupply(m.sums[i-1], m.steps[i-1].Value, int64(m.steps[i].From-m.steps[i-1].From))
	}
}

// addSupply saturates far above any sum of capped energies.
func addSupply(sum, value, length int64) int64 {
	const top = math.MaxInt64 / 4
	if value > 0 && length > (top-sum)/value {
		return top
	}
	return sum + value*length
}

// supply is what the machine gives from 0 to t.
func (m *machine) supply(t rcpsp.Time) int64 {
	i := sort.Search(len(m.steps), func(i int) bool { return m.steps[i].From > t }) - 1
	if i < 0 {
		return 0
	}
	return addSupply(m.sums[i], m.steps[i].Value, int64(t-m.steps[i].From))
}

// starts is how many left ends of stretches are looked at on one machine.
const starts = 48

// stretches calls f for stretches of time and the energy of the tasks that must lie
// within each, until f returns false: for some left ends, all right ends.
func (m *machine) stretches(w *place.Windows, f func(from, to rcpsp.Time, energy int64) bool) {
	type entry struct {
		lo, hi rcpsp.Time
		energy int64
	}
	var list []entry
	for _, j := range m.jobs {
		if w.Must[j.task] && !w.Never[j.task] {
			list = append(list, entry{w.EarliestStart[j.task], w.LatestEnd[j.task], j.energy})
		}
	}
	if len(list) == 0 {
		return
	}
	lefts := make([]rcpsp.Time, len(list))
	for i, e := range list {
		lefts[i] = e.lo
	}
	slices.Sort(lefts)
	slices.SortFunc(list, func(a, b entry) int { return cmp.Compare(a.hi, b.hi) })
	step := max(1, len(lefts)/starts)
	for i := 0; i < len(lefts); i += step {
		if i >= step && lefts[i] == lefts[i-step] {
			continue
		}
		from, energy := lefts[i], int64(0)
		for k, e := range list {
			if e.lo >= from {
				energy += e.energy
			}
			if energy > 0 && e.hi > from && (k+1 == len(list) || list[k+1].hi > e.hi) && !f(from, e.hi, energy) {
				return
			}
		}
	}
}
