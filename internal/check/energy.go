package check

import (
	"fmt"
	"slices"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// Energy returns an error where premises do not imply a fact, or, if implied is nil, can
// all be true, for the reason that the tasks need more energy in some window of time
// than a resource, or a set that excludes overlaps, gives. It tries all windows between
// instants at which some task may start or end, and adds up what each task needs of
// the window wherever it lies.
func (j *Judge) Energy(premises []Fact, implied *Fact) error {
	lb, facts, err := j.under(premises, implied)
	if err != nil || j.clash(lb, facts) {
		return err
	}
	for i := range j.f.net.tables {
		if j.f.net.tables[i].overfull(j.f.net, lb) {
			return nil
		}
	}
	return fmt.Errorf("check: no window is too full with %v and not %v", premises, implied)
}

// under returns the bounds under premises and the opposite of implied, without anything
// that follows, and the atoms of all of them.
func (j *Judge) under(premises []Fact, implied *Fact) ([]int64, []atom, error) {
	facts, err := j.facts(premises)
	if err != nil {
		return nil, nil, err
	}
	if implied != nil {
		a, err := j.facts([]Fact{*implied})
		if err != nil {
			return nil, nil, err
		}
		facts = append(facts, a[0].not())
	}
	j.f.net.contradicts(nil) // what the root says
	lb := slices.Clone(j.f.net.lb)
	for _, a := range facts {
		lb[a.v] = max(lb[a.v], a.bound)
	}
	return lb, facts, nil
}

// clash says whether a fact cannot be true by itself, or leaves a task without a mode.
func (j *Judge) clash(lb []int64, facts []atom) bool {
	for _, a := range facts {
		if t := j.f.net.owner[a.v>>1]; lb[a.v]+lb[a.v^1] > 0 || t >= 0 && j.f.net.appears(lb, int(t)) && len(j.f.net.modesLeft(lb, int(t))) == 0 {
			return true
		}
	}
	return !j.f.net.root
}

// modesLeft returns the modes of task t that the bounds leave and that fit between them.
func (g *network) modesLeft(lb []int64, t int) []int {
	n := &g.tasks[t]
	var out []int
	for k, v := range n.modes {
		m := &g.in.Tasks[t].Modes[k]
		lo := firstStart(n.starts[k], max(lb[2*t], soonest(m, lb[2*n.end]+n.off)))
		hi := min(-max(lb[2*t+1], lb[2*n.late+1]), latest(m, n.off-max(lb[2*n.end+1], lb[2*n.endLate+1])))
		if lo > hi || v >= 0 && lb[2*v+1] >= 0 {
			continue
		}
		if v >= 0 && lb[2*v] >= 1 {
			return []int{k}
		}
		out = append(out, k)
	}
	return out
}

// appears says whether the bounds have task t present.
func (g *network) appears(lb []int64, t int) bool {
	n := &g.tasks[t]
	if n.present < 0 || lb[2*n.present] >= 1 || lb[2*t+1] > -g.away() || lb[2*n.end+1] > -g.away() {
		return true
	}
	for _, v := range n.modes {
		if v >= 0 && lb[2*v] >= 1 {
			return true
		}
	}
	return false
}

// A frame is a task between bounds: it starts from est to lst, ends from ect to lct, and
// is length long at least; farAway where no mode is left.
type frame struct{ est, lst, ect, lct, length int64 }

func (g *network) frame(lb []int64, t int) frame {
	n := &g.tasks[t]
	f := frame{est: lb[2*t], lst: -max(lb[2*t+1], lb[2*n.late+1]), length: farAway}
	f.ect, f.lct = lb[2*n.end]+n.off, n.off-max(lb[2*n.end+1], lb[2*n.endLate+1])
	left := g.modesLeft(lb, t)
	if len(left) == 0 {
		return f
	}
	first, last, soon, late := int64(2*farAway), int64(-2*farAway), int64(2*farAway), int64(-2*farAway)
	for _, k := range left {
		m := &g.in.Tasks[t].Modes[k]
		f.length = min(f.length, int64(m.Duration))
		first, last = min(first, finish(m, f.est)), max(last, finish(m, f.lst))
		soon, late = min(soon, soonest(m, f.ect)), max(late, latest(m, f.lct))
	}
	f.est, f.lst = max(f.est, soon), min(f.lst, late)
	f.ect, f.lct = max(f.ect, first), min(f.lct, last)
	return f
}

// overlap is the least time that the task spends in [a, b).
func (f *frame) overlap(a, b int64) int64 {
	return max(0, min(max(f.length, f.ect-f.lst), b-a, f.ect-a, b-f.lst))
}

// overfull says whether the jobs of the table need more in some window than it has.
func (t *table) overfull(g *network, lb []int64) bool {
	var tasks []int
	var cuts []int64
	for i, j := range t.jobs {
		if k := int(j.task); (i == 0 || t.jobs[i-1].task != j.task) && g.appears(lb, k) {
			tasks = append(tasks, k)
			f := g.frame(lb, k)
			cuts = append(cuts, f.est, f.lst, f.ect, f.lct)
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	for i, a := range cuts {
		for _, b := range cuts[i+1:] {
			need := uint64(0)
			for _, k := range tasks {
				need = plus(need, t.needs(g, lb, k, t.jobsOf(k), a, b))
			}
			if need > t.gives(a, b) {
				return true
			}
		}
	}
	return false
}

// needs is the least energy that task k needs of [a, b), in any mode that is left.
func (t *table) needs(g *network, lb []int64, k int, jobs []tableJob, a, b int64) uint64 {
	f := g.frame(lb, k)
	least := uint64(farAway)
	for _, mode := range g.modesLeft(lb, k) {
		amount, work := int64(0), []rcpsp.Span(nil)
		for _, j := range jobs {
			if j.cond < 0 || j.cond == g.tasks[k].modes[mode] {
				amount, work = j.amount, j.work
			}
		}
		if g.in.Tasks[k].Modes[mode].Duration == 0 {
			return 0
		}
		in := f
		in.length = int64(g.in.Tasks[k].Modes[mode].Duration)
		in.ect, in.lst = max(f.ect, f.est+in.length), min(f.lst, f.lct-in.length)
		ticks := in.overlap(a, b)
		if work != nil {
			ticks = max(0, in.length-ticksIn(work, in.est, a)-ticksIn(work, b, in.lct))
		}
		least = min(least, times(uint64(amount), uint64(ticks)))
	}
	return least
}

// ticksIn counts the instants of work in [a, b).
func ticksIn(work []rcpsp.Span, a, b int64) int64 {
	n := int64(0)
	for _, w := range work {
		n += max(0, min(b, int64(w.Hi))-max(a, int64(w.Lo)))
	}
	return n
}

// gives is what the table has in [a, b).
func (t *table) gives(a, b int64) uint64 {
	sum := uint64(0)
	for i, c := range t.caps {
		lo, hi := int64(c.From), b
		if i == 0 {
			lo = min(lo, a)
		}
		if i+1 < len(t.caps) {
			hi = min(hi, int64(t.caps[i+1].From))
		}
		sum = plus(sum, times(uint64(max(0, c.Value)), uint64(max(0, hi-max(lo, a)))))
	}
	return sum
}
