package engine

import (
	"cmp"
	"slices"

	"github.com/slackwater-go/slackwater/internal/lns"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/search"
)

// exactArms are the arms of the large-neighbourhood search that search a neighbourhood
// exactly, as an instance of its own, with few conflicts. One try costs as much as tens or
// hundreds of the others, so their chance is kept in inverse proportion to what they did
// cost of late, and where they find nothing their share of the work goes down as that of any
// arm does.
//
// There are two, and an instance has one of them or none: under a makespan alone, blocks that
// are squeezed, see [heuristic.squeeze], up to big tasks; else, above mid tasks and up to
// shiftMost, partial-order schedules, see [heuristic.shift]. Below that the exact search of the whole does as well: in
// the plan of an organisation with 127 tasks shift cost more than it found.
//
// What was tried before and does not pay: the exact search of the whole with the orders of
// the pairs outside of a neighbourhood assumed, which on twelve of j120 ended 2.64 % above the
// best known instead of 2.71, since too much is open for 50 conflicts; and, on portfolios,
// free tasks with all others in their places, of which 94 of 100 and more were refuted at
// the root. Giving the heuristics more of the time while they find something, up to as much
// as the exact search, made no difference on j120 once blocks were squeezed.
type exactArms struct {
	first   int // number of the first of them among all arms
	list    []*exactArm
	parts   *partition
	chainer *lns.Chainer
	unit    int64 // work of a try of a neighbourhood that is placed anew, of late
	anew    int64 // that of building anew; 0: not noted
}

// An exactArm is one of them.
type exactArm struct {
	try  func(*heuristic, *exactArm) bool
	size int   // how many tasks it frees, in eighths
	most int   // at most so many tasks
	work int64 // of a try, of late
}

// firstTry is what a try is taken to cost before there was one.
const firstTry = 100_000

// smallest is how many tasks an exact arm frees at least.
const smallest = 6

// tasks is how many tasks to free.
func (a *exactArm) tasks() int { return a.size / 8 }

// learn adapts how many tasks are freed: more while neighbourhoods are searched through,
// fewer when conflicts run out.
func (a *exactArm) learn(closed bool) {
	if closed {
		a.size = min(8*a.most, a.size+2)
	} else {
		a.size = max(8*smallest, a.size-6)
	}
}

// newExactArms returns the arms that suit the instance; first is the number of the first.
func (h *heuristic) newExactArms(first int) *exactArms {
	e := &exactArms{first: first, unit: 1000}
	n := len(h.in.Tasks)
	if n > mid {
		e.anew = e.unit * int64(1+n/20)
	}
	add := func(try func(*heuristic, *exactArm) bool, size, most int) {
		e.list = append(e.list, &exactArm{try: try, size: 8 * size, most: most, work: firstTry})
	}
	switch {
	case h.tight(exactLargest * modelBytes):
	case n <= big && onlyMakespan(h.in):
		add((*heuristic).squeeze, 20, blockMost)
		e.parts = newPartition(h.in)
	case n > mid && n <= shiftMost && len(h.in.Goals) > 0 && !onlyMakespan(h.in):
		add((*heuristic).shift, 8, freeMost)
		e.parts, e.chainer = newPartition(h.in), lns.NewChainer(h.index)
	}
	return e
}

// exactLargest is how many tasks a neighbourhood has at most.
const exactLargest = freeMost * (1 + nearBy)

// account notes what a try of an arm cost.
func (e *exactArms) account(arms *lns.Adaptive, arm int, work int64) {
	switch {
	case arm < int(lns.Kinds):
		e.unit += (work - e.unit) / 64
		return
	case arm >= e.first:
		a := e.list[arm-e.first]
		a.work += (work - a.work) / 8
		work = a.work
	case e.anew > 0:
		e.anew += (work - e.anew) / 8
		work = e.anew
	default:
		return
	}
	arms.Cost(arm, work/max(1, e.unit))
}

// where returns how tasks are placed on the builder.
func (h *heuristic) where(tasks []rcpsp.TaskID) *rcpsp.Solution {
	s := &rcpsp.Solution{}
	for _, t := range tasks {
		s.Mode, s.Start = append(s.Mode, h.b.Mode[t]), append(s.Start, h.b.Start[t])
	}
	return s
}

// exactly searches a neighbourhood with so many conflicts: for any solution where tier is
// negative, else for better and better ones in a tier that are no worse in those below.
// Closed says that it was searched through.
func (h *heuristic) exactly(n *neighbourhood, tier int, conflicts int64) (best *rcpsp.Solution, closed bool) {
	before := h.b.Work
	off := append([]string{"energy", "flow"}, h.opt.Off...)
	var from *rcpsp.Solution
	if tier >= 0 {
		from = n.old
	}
	m, ok := newModel(n.in, off, from, h.cut)
	defer func() { h.b.Work = before + m.s.Work + int64(modelWork*len(n.in.Tasks)) }()
	if !ok {
		return nil, true
	}
	if m.s.Halted || m.tooLarge {
		return nil, false
	}
	m.s.Stop = func() bool {
		h.b.Work = before + m.s.Work
		return h.stop()
	}
	m.solver.Poll = m.s.Stop
	for k := 0; k < tier; k++ {
		if !m.capTier(k, m.tierValue(k, n.old)) {
			return nil, true
		}
	}
	if tier < 0 {
		m.setPhases(n.old)
	} else if !m.capTier(tier, m.tierValue(tier, n.old)-1) {
		return nil, true
	}
	for end := m.db.Conflicts + conflicts; ; {
		switch m.solver.Run(nil, max(1, end-m.db.Conflicts)) {
		case search.Stopped:
			return best, false
		case search.Refuted, search.Exhausted:
			return best, true
		}
		best = m.solution()
		m.db.Cancel(0)
		if tier < 0 || !m.s.Propagate() || !m.capTier(tier, m.tierValue(tier, best)-1) {
			return best, true
		}
		m.setPhases(best)
	}
}

// modelWork is what building a model counts, by task.
const modelWork = 100

// adopt places the tasks of a neighbourhood as in s. It returns false where something that
// the neighbourhood does not know is in the way.
func (h *heuristic) adopt(n *neighbourhood, s *rcpsp.Solution) bool {
	order := make([]int, len(n.tasks))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(s.Start[x], s.Start[y]) })
	for _, i := range order {
		t, k := n.tasks[i], s.Mode[i]
		if n.mode[i] >= 0 {
			k = n.mode[i]
		}
		if k < 0 && h.b.Mode[t] == -1 {
			continue // left out with another
		}
		if h.b.Stopped() || !h.b.Settle(t, k, s.Start[i]) {
			return false
		}
	}
	return true
}
