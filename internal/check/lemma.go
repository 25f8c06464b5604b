package check

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/slackwater-go/slackwater/internal/proof"
)

// A lemma is a step that plain propagation does not find: that tasks need more of a
// resource in one window of time than it gives, or that tasks of which no two may overlap
// have no sequence. The log says which window and which task to look at, and the
// arithmetic here follows from nothing but the bounds that the facts of the lemma give.
//
// Lemmas serve the next nogood and are forgotten after it, so they are no clauses with
// watches, but a list that is walked whenever propagation has come to rest: each keeps two
// facts that are not true yet in front, and mostly these are all that is looked at.
type lemma []atom

// suppose keeps a lemma for the next nogood.
func (g *network) suppose(facts []atom) { g.lemmas = append(g.lemmas, slices.Clone(facts)) }

// heed has each lemma of which all facts but one are true exclude that one. It returns false
// where all are true.
func (g *network) heed() bool {
	for _, l := range g.lemmas {
		open := 0
		for k := 0; k < len(l) && open < 2; k++ {
			if !g.is(l[k]) {
				l[open], l[k] = l[k], l[open]
				open++
			}
		}
		switch open {
		case 0:
			return false
		case 1:
			if n := l[0].not(); !g.push(n.v, n.bound) {
				return false
			}
		}
	}
	return true
}

// inference verifies a lemma and keeps it.
func (f *follower) inference(s *proof.Step) error {
	facts, err := f.factsOf(s.Args)
	if err != nil {
		return err
	}
	if err := f.lemma(&s.Witness, facts); err != nil {
		return err
	}
	f.net.suppose(facts)
	f.verdict.Lemmas++
	return nil
}

// lemma returns an error where facts can all be true for all that the witness shows.
func (f *follower) lemma(s *proof.Witness, facts []atom) error {
	g := f.net
	var look func(tasks []int) bool
	task := -1
	if s.Rule == proof.Flow {
		d, err := f.dearness(s)
		if err != nil {
			return err
		}
		look = func([]int) bool { return g.tooDear(d) }
	} else {
		table, err := g.tableOf(s)
		if err != nil {
			return err
		}
		if s.Task != proof.NoTask {
			if task = int(s.Task); s.Task < 0 || s.Task >= int64(len(g.tasks)) {
				return fmt.Errorf("there is no task %d", s.Task)
			}
		}
		if max(s.Lo, -s.Lo, s.Hi, -s.Hi) > farAway {
			return fmt.Errorf("the window from %d to %d is too far away", s.Lo, s.Hi)
		}
		look = func(tasks []int) bool {
			if s.Rule == proof.Energy {
				return table.full(g, tasks, s.Lo, s.Hi)
			}
			return g.noSequence(table, tasks, task, s.Lo, s.Hi)
		}
	}
	if g.contradicts(nil) {
		return nil // where nothing is left, everything follows
	}
	follows := false
	g.under(facts, func() {
		tasks := g.concerned(facts, task)
		clash := func(a atom) bool { return g.lb[a.v]+g.lb[a.v^1] > 0 }
		nowhere := func(t int) bool { return len(g.modesLeft(g.lb, t)) == 0 }
		follows = slices.ContainsFunc(facts, clash) || slices.ContainsFunc(tasks, nowhere) || look(tasks)
	})
	if !follows {
		return fmt.Errorf("%s of %s %d, task %d, from %d to %d: it does not follow", s.Rule, s.Of, s.Index, s.Task, s.Lo, s.Hi)
	}
	return nil
}

// tableOf returns what a lemma is about.
func (g *network) tableOf(s *proof.Witness) (*table, error) {
	resources := len(g.in.Resources)
	switch {
	case s.Of == proof.OfResource && s.Index >= 0 && s.Index < int64(resources):
		return &g.tables[s.Index], nil
	case s.Of == proof.OfSet && s.Index >= 0 && s.Index < int64(len(g.in.NoOverlap)):
		return &g.tables[int64(resources)+s.Index], nil
	}
	return nil, fmt.Errorf("there is no %s %d", s.Of, s.Index)
}

// under calls f with the bounds raised by facts, without anything that follows from them.
func (g *network) under(facts []atom, f func()) {
	old := make([]int64, len(facts))
	for i, a := range facts {
		old[i] = g.lb[a.v]
		g.lb[a.v] = max(g.lb[a.v], a.bound)
	}
	f()
	for i := len(facts) - 1; i >= 0; i-- {
		g.lb[facts[i].v] = old[i]
	}
}

// concerned lists the tasks of which facts speak, and task, as far as they surely take place.
func (g *network) concerned(facts []atom, task int) []int {
	var out []int
	for _, a := range facts {
		if t := g.owner[a.v>>1]; t >= 0 {
			out = append(out, int(t))
		}
	}
	if task >= 0 {
		out = append(out, task)
	}
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(t int) bool { return !g.appears(g.lb, t) })
}

// full says whether the tasks need more of [a, b) than the table has.
func (t *table) full(g *network, tasks []int, a, b int64) bool {
	need := uint64(0)
	for _, k := range tasks {
		if jobs := t.jobsOf(k); len(jobs) > 0 {
			need = plus(need, t.needs(g, g.lb, k, jobs, a, b))
		}
	}
	return need > t.gives(a, b)
}

// jobsOf returns the jobs of task k, which stand together.
func (t *table) jobsOf(k int) []tableJob {
	at := func(j tableJob, k int32) int { return cmp.Compare(j.task, k) }
	lo, _ := slices.BinarySearchFunc(t.jobs, int32(k), at)
	hi, _ := slices.BinarySearchFunc(t.jobs, int32(k)+1, at)
	return t.jobs[lo:hi]
}

// noSequence says whether tasks of which no two may overlap have no sequence between their
// bounds: because those within some window are too long for it, when those that cannot come
// before the task looked at come after it, and the other way round. That may take two
// cases: the task ends by b, or not, or it starts at a or after it, or not.
func (g *network) noSequence(t *table, tasks []int, task int, a, b int64) bool {
	frames, own, ok := g.line(t, tasks, task)
	if !ok || len(frames) == 0 {
		return false
	}
	if tooLong(frames) || own >= 0 && crowded(frames, own) {
		return true
	}
	if own < 0 || a >= b {
		return false
	}
	whole := frames[own]
	with := func(change func(f *frame)) bool {
		frames[own] = whole
		change(&frames[own])
		return tooLong(frames) || crowded(frames, own)
	}
	return with(func(f *frame) { f.endBy(b) }) && with(func(f *frame) { f.endFrom(b + 1) }) ||
		with(func(f *frame) { f.startFrom(a) }) && with(func(f *frame) { f.startBy(a - 1) })
}

func (f *frame) endBy(x int64)     { f.lct = min(f.lct, x); f.lst = min(f.lst, f.lct-f.length) }
func (f *frame) endFrom(x int64)   { f.ect = max(f.ect, x) }
func (f *frame) startFrom(x int64) { f.est = max(f.est, x); f.ect = max(f.ect, f.est+f.length) }
func (f *frame) startBy(x int64)   { f.lst = min(f.lst, x) }

// line returns the frames of tasks, and which is that of one of them, or -1; false where two
// of them may overlap.
func (g *network) line(t *table, tasks []int, task int) (frames []frame, own int, ok bool) {
	own = -1
	first, last := int64(farAway), int64(-farAway)
	for _, k := range tasks {
		f := g.frame(g.lb, k)
		if f.length <= 0 {
			return nil, -1, false
		}
		if k == task {
			own = len(frames)
		}
		frames = append(frames, f)
		first, last = min(first, f.est), max(last, f.lct)
	}
	return frames, own, g.aloneEach(t, tasks, first, last)
}

// aloneEach says whether of any two tasks the table can carry one only, at any time from
// first to last: the two that take least are too much, or a set has all of them.
func (g *network) aloneEach(t *table, tasks []int, first, last int64) bool {
	least := []int64{farAway, farAway}
	for _, k := range tasks {
		x := t.throughout(g, k)
		if x <= 0 {
			return false
		}
		if x < least[0] {
			least[0], least[1] = x, least[0]
		} else {
			least[1] = min(least[1], x)
		}
	}
	return least[0]+least[1] > t.most(first, last)
}

// throughout is what task k takes from its start to its end, in any mode that is left.
func (t *table) throughout(g *network, k int) int64 {
	jobs := t.jobsOf(k)
	least := int64(farAway)
	for _, mode := range g.modesLeft(g.lb, k) {
		takes := int64(0)
		for _, j := range jobs {
			if (j.cond < 0 || j.cond == g.tasks[k].modes[mode]) && j.work == nil {
				takes = max(takes, j.amount)
			}
		}
		least = min(least, takes)
	}
	return least
}

// most is the largest capacity from first to before last.
func (t *table) most(first, last int64) int64 {
	out := int64(0)
	for i, c := range t.caps {
		if int64(c.From) < last && (i+1 == len(t.caps) || int64(t.caps[i+1].From) > first) {
			out = max(out, c.Value)
		}
	}
	return out
}

// tooLong says whether some window is too short for the tasks that lie within it.
func tooLong(frames []frame) bool {
	order := make([]int, len(frames))
	for i := range order {
		order[i] = i
		if f := &frames[i]; f.est+f.length > f.lct || f.ect > f.lct || f.est > f.lst {
			return true
		}
	}
	slices.SortFunc(order, func(x, y int) int { return cmp.Compare(frames[x].lct, frames[y].lct) })
	for i := range frames {
		from, load := frames[i].est, int64(0)
		for _, k := range order {
			if frames[k].est >= from {
				if load += frames[k].length; load > frames[k].lct-from {
					return true
				}
			}
		}
	}
	return false
}

// crowded puts the tasks that cannot come after frame own before it, and those that cannot come
// before it after it, and says whether that leaves one without a place or some window too
// short.
func crowded(frames []frame, own int) bool {
	f := frames[own]
	moved := slices.Clone(frames)
	for k := range moved {
		if k == own {
			continue
		}
		x := &moved[k]
		before, after := x.lst < f.ect, f.lst < x.ect // where the other order is too late
		if before && after {
			return true
		}
		if before {
			x.endBy(f.lst)
		}
		if after {
			x.startFrom(f.ect)
		}
	}
	return tooLong(moved)
}
