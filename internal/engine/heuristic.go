package engine

import (
	"slices"

	"github.com/slackwater-go/slackwater/internal/lns"
	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	place "github.com/slackwater-go/slackwater/internal/sgs"
)

// A heuristic builds and improves schedules. It never proves anything; what it finds
// it offers to the run.
type heuristic struct {
	*run
	b     *place.Builder
	rand  *prng.Rand
	ranks [][]int64 // by priority rule
	keys  []int64   // scratch
	index *lns.Index
	arms  *lns.Adaptive
	size  *lns.Size
	tries int
	ended bool    // the run is to end
	asked int64   // work of the run when it was last asked whether to end, and was not
	base  int64   // work of the run before the builder's
	until int64   // work at which the present phase ends; 0: none
	value []int64 // the best one found here
	now   []int64 // that of the schedule on the builder
	// On a big instance a better schedule is offered only now and then, since judging
	// one costs as much as many steps; and what is on the builder is always the best.
	pending bool
	offered int64
	refused refusals
	decided []bool // scratch, to ask about parts; nil: not asked
	exact   *exactArms
}

// big is the number of tasks from which schedules are rebuilt in part only.
const big = 3000

// mid is the number of tasks from which heuristics get most of the time, and partial-order
// schedules pay, see [heuristic.shift].
const mid = 300

// newHeuristic prepares a heuristic; nil where the run ends meanwhile.
func newHeuristic(r *run, w *place.Windows) *heuristic {
	h := &heuristic{run: r, rand: prng.New(r.opt.Seed)}
	m := place.NewModel(r.in, w, r.ended)
	if m == nil {
		return nil
	}
	h.b = place.NewBuilder(m, h.rand.Split(1))
	h.b.Stop = h.stop
	h.base = r.res.Stats.Work
	h.ranks = make([][]int64, place.Rules)
	h.keys = make([]int64, len(r.in.Tasks))
	h.obey()
	return h
}

// rank returns the ranks of all tasks by a rule. On big instances sorting them takes
// long enough to do it when they are asked for.
func (h *heuristic) rank(rule place.Rule) []int64 {
	if h.ranks[rule] == nil {
		h.ranks[rule] = place.Ranks(h.b.M.Keys(rule))
	}
	return h.ranks[rule]
}

// stop ends a phase, and with it all that the builder is doing.
func (h *heuristic) stop() bool {
	return h.cut() || h.until > 0 && h.res.Stats.Work >= h.until
}

// cut says whether the run is to end, whatever the phase.
func (h *heuristic) cut() bool {
	h.count()
	if h.ended = h.ended || h.over(); !h.ended {
		h.asked = h.res.Stats.Work
	}
	return h.ended
}

// count adds up the work, until the run is to end: what is done after that, to put
// things in order, must not count, or the work as a limit would not repeat the run.
func (h *heuristic) count() {
	if !h.ended {
		h.res.Stats.Work = h.base + h.b.Work
	}
}

// over says whether the run is to end.
func (r *run) over() bool {
	return r.stopped || r.ctx.Err() != nil || r.opt.MaxWork > 0 && r.res.Stats.Work >= r.opt.MaxWork
}

// construct builds schedules with each rule, in both schemes, and justifies them. On
// big instances the first few must do. Where none is found it goes on searching.
func (h *heuristic) construct() {
	n := len(h.in.Tasks)
	h.b.Ejections = n/2 + 20
	rules := []place.Rule{place.LatestStart, place.Due, place.Weight, place.Successors, place.Slack, place.LatestEnd, place.Scarce, place.Rank}
	if n > big {
		rules = []place.Rule{place.Due, place.Weight}
	} else if n > mid && !h.makespans() {
		rules = []place.Rule{place.Due, place.Weight, place.LatestStart, place.Successors, place.Slack, place.LatestEnd, place.Scarce, place.Rank}
	}
	if h.opt.Hint != nil && h.res.Best == nil {
		h.repair(h.opt.Hint)
	}
	for i, rule := range rules {
		for _, scheme := range []place.Scheme{place.Serial, place.Parallel} {
			if n > big && (scheme == place.Parallel || i > 0 && h.res.Best == nil && h.stop()) {
				continue
			}
			rank := h.rank(rule)
			if h.res.Best != nil && h.tried(rules[:i], rank) {
				continue
			}
			if n > big && h.cut() {
				return
			}
			if h.b.Clear(); n > big && h.cut() {
				return
			}
			if h.b.Build(rank, scheme) {
				h.keep()
				if n <= big && h.b.M.Regular() && !h.settled() {
					h.b.Justify()
					h.keep()
				}
			}
			if h.stop() || h.settled() {
				return
			}
		}
	}
	h.search()
}

// makespans says whether the first tier is about largest costs only.
func (h *heuristic) makespans() bool {
	for i := range h.in.Goals {
		if g := &h.in.Goals[i]; g.Tier == 0 && g.Kind != rcpsp.Max {
			return false
		}
	}
	return true
}

// tried says whether one of the rules has these ranks: with a makespan alone, or without
// weights, several are the same.
func (h *heuristic) tried(rules []place.Rule, rank []int64) bool {
	for _, r := range rules {
		if slices.Equal(h.ranks[r], rank) {
			return true
		}
	}
	return false
}

// repair builds in the order, and in the modes, of a hint that is no solution.
func (h *heuristic) repair(hint *rcpsp.Solution) {
	for t := range h.keys {
		h.keys[t] = int64(hint.Start[t])
		if k := hint.Mode[t]; k >= 0 && int(k) < len(h.in.Tasks[t].Modes) {
			h.b.Prefer[t] = k
		}
	}
	h.b.Clear()
	if h.b.Build(place.Ranks(h.keys), place.Serial) {
		h.keep()
	}
	for t := range h.b.Prefer {
		h.b.Prefer[t] = -1
	}
}

// search builds with ever more ejections until a solution is found or the phase ends.
func (h *heuristic) search() {
	n := len(h.in.Tasks)
	h.base = h.res.Stats.Work - h.b.Work
	for ; h.res.Best == nil && !h.stop(); h.tries++ {
		h.b.Ejections = (n + 20) * (2 + min(h.tries, 40))
		h.b.Clear()
		key := place.Shake(h.rank(place.Rule(h.rand.IntN(len(h.ranks)))), 1+n/10, h.rand)
		if h.b.Build(key, place.Scheme(h.rand.IntN(2))) {
			h.keep()
		}
	}
}

// keep notes the present schedule if it is complete, better than the best and accepted.
func (h *heuristic) keep() {
	if h.b.Placed() == len(h.in.Tasks) && h.better() && h.accepts() {
		h.note(true)
	}
}

// better says whether the present schedule is better than the best here.
func (h *heuristic) better() bool {
	return h.value == nil || rcpsp.Compare(h.b.Value(), h.value) < 0
}

// note takes the present schedule as the best one, and offers it, now or when enough
// have gathered.
func (h *heuristic) note(now bool) {
	h.value = append(h.value[:0], h.b.Value()...)
	if h.value == nil {
		h.value = []int64{} // an instance without goals
	}
	h.pending = true
	if now || h.b.Work-h.offered > int64(50*len(h.in.Tasks)) {
		h.flush()
	}
}

// flush offers the schedule on the builder. It must be the best one.
func (h *heuristic) flush() {
	if h.pending {
		h.count()
		stop := h.run.ended
		if len(h.in.Tasks) <= big || h.res.Best == nil {
			stop = func() bool { return false } // it does not take long, or is the first
		}
		if _, done := h.offerUntil(h.b.Solution(), stop); !done {
			// As if the run had ended when it was last asked, so that its work as a limit
			// repeats it.
			h.res.Stats.Work, h.ended = h.asked, true
		}
		h.pending, h.offered = false, h.b.Work
	}
}

// settled says whether nothing can be better than the best.
func (r *run) settled() bool {
	if r.res.Best == nil {
		return false
	}
	for k, v := range r.res.Value {
		if r.res.Bound[k] < v {
			return false
		}
	}
	return true
}

// rebuilds is how many arms build anew, beyond the neighbourhoods.
const rebuilds = 2

// improve frees and places tasks anew until the phase ends: large-neighbourhood
// search with record-to-record travel (Dueck 1993), which needs no schedule of
// temperatures and so no knowledge of how long it may run. Late acceptance (Burke and
// Bykov 2017) was no better on portfolios and worse on modes.
//
// Beside the cheap neighbourhoods, which are placed anew task by task, there is one that is
// searched exactly, see [exactArms]. Each arm is chosen by its success and its cost. Above mid
// tasks the cost of building anew is measured, too.
func (h *heuristic) improve() {
	n := len(h.in.Tasks)
	if h.res.Best == nil || n == 0 {
		return
	}
	h.base = h.res.Stats.Work - h.b.Work
	h.prepare()
	if h.stop() {
		return
	}
	h.restart()
	for idle := 0; !h.stop() && !h.settled() && !h.close(); idle++ {
		if h.attempt() {
			idle = 0
		}
		if idle > 2000+10*n {
			h.restart()
			idle = 0
		}
	}
	if n <= big || !h.over() {
		h.flush() // else there is no time left to judge a big one: the last one stands
	}
	h.count()
}

// prepare makes the arms, once.
func (h *heuristic) prepare() {
	if h.index != nil {
		return
	}
	n := len(h.in.Tasks)
	h.index = lns.NewIndex(h.in)
	var costs []int64
	for range lns.Kinds {
		costs = append(costs, 1)
	}
	if n <= big {
		for range rebuilds {
			costs = append(costs, int64(1+n/20))
		}
	}
	h.exact = h.newExactArms(len(costs))
	for _, a := range h.exact.list {
		costs = append(costs, a.work/h.exact.unit)
	}
	h.arms = lns.NewAdaptive(costs...)
	h.size = lns.NewSize(min(n, 4), max(4, min(n/2, 40)))
}

// restart goes back to the best schedule.
func (h *heuristic) restart() {
	h.flush()
	h.b.Load(h.res.Best, h.cut)
	h.value = append(h.value[:0], h.res.Value...)
	h.now = append(h.now[:0], h.res.Value...)
}

// attempt makes one step. It says whether it found a better schedule than the best.
func (h *heuristic) attempt() bool {
	arm := h.arms.Pick(h.rand)
	h.b.Mark()
	var ok bool
	before := h.b.Work
	if arm < int(lns.Kinds) {
		ok = h.reinsert(lns.Kind(arm))
	} else if arm < h.exact.first {
		ok = h.reorder(arm - int(lns.Kinds))
	} else {
		a := h.exact.list[arm-h.exact.first]
		ok = a.try(h, a)
	}
	h.exact.account(h.arms, arm, h.b.Work-before)
	v := h.b.Value()
	kept := ok && (rcpsp.Compare(v, h.now) <= 0 || len(h.in.Tasks) <= big && h.near(v)) && h.accepts()
	better := false
	if kept {
		h.arms.Learn(arm, rcpsp.Compare(v, h.now) < 0)
		h.now = append(h.now[:0], v...)
		if better = h.better(); better {
			h.note(len(h.in.Tasks) <= big)
		}
	} else {
		h.b.Rollback()
		h.arms.Learn(arm, false)
	}
	h.size.Learn(kept)
	return better
}

// reinsert frees the tasks of a neighbourhood and places them again, in the order of
// their old starts, of a rule, or of chance.
func (h *heuristic) reinsert(kind lns.Kind) bool {
	view := rcpsp.Solution{Mode: h.b.Mode, Start: h.b.Start}
	free := h.index.Free(kind, h.size.Pick(h.rand), &view, h.rand)
	how := h.rand.IntN(4)
	rank := h.rank(place.Rule(h.rand.IntN(len(h.ranks))))
	for _, t := range free {
		switch how {
		case 0:
			h.keys[t] = int64(h.b.Start[t])
		case 1, 2:
			h.keys[t] = rank[t]
		default:
			h.keys[t] = int64(h.rand.IntN(1 << 30))
		}
		h.prefer(t, 3)
	}
	h.b.Free(free)
	if h.rand.IntN(4) == 0 {
		h.b.Omit(free[h.rand.IntN(len(free))])
	}
	h.b.Ejections = h.rand.IntN(2) * len(free) / 2
	ok := h.b.Rebuild(free, h.keys)
	for _, t := range free {
		h.b.Prefer[t] = -1
	}
	return ok
}

// prefer makes the builder try a mode at random first, once in so many times.
func (h *heuristic) prefer(t rcpsp.TaskID, in int) {
	if n := len(h.in.Tasks[t].Modes); n > 1 && h.rand.IntN(in) == 0 {
		h.b.Prefer[t] = int32(h.rand.IntN(n))
	}
}

// reorder builds a whole schedule in the order of the present one, with a few tasks
// moved to other places in it or with a stretch of it shuffled, and justifies it.
// Disturbing all places a little was worse on hard instances of j120.
func (h *heuristic) reorder(how int) bool {
	n := len(h.in.Tasks)
	for t := range h.keys {
		at := h.b.Start[t]
		if h.b.Mode[t] < 0 {
			at = 0
		}
		h.keys[t] = int64(at)
	}
	rank := place.Ranks(h.keys)
	if how == 0 {
		for t := range rank {
			rank[t] *= 2
		}
		for range 1 + h.rand.IntN(1+n/20) {
			t := h.rand.IntN(n)
			rank[t] += int64(h.rand.IntN(n+1) - n/2)
		}
	} else {
		length := min(n, 3+h.rand.IntN(1+n/4))
		from := int64(h.rand.IntN(n - length + 1))
		for t, x := range rank {
			if x >= from && x < from+int64(length) {
				rank[t] = from + int64(h.rand.IntN(length))
			}
		}
	}
	copy(h.keys, rank)
	for t := range h.b.Prefer {
		if len(h.in.Tasks[t].Modes) > 1 {
			h.b.Prefer[t] = h.b.Mode[t]
			h.prefer(rcpsp.TaskID(t), 8)
		}
	}
	h.b.Ejections = n / 4
	h.b.Clear()
	scheme := place.Serial
	if h.rand.IntN(6) == 0 {
		scheme = place.Parallel
	}
	ok := h.b.Build(h.keys, scheme)
	for t := range h.b.Prefer {
		h.b.Prefer[t] = -1
	}
	if ok && h.b.M.Regular() {
		h.b.Justify()
	}
	return ok
}

// near says whether v is little worse than the best value: in the first tier in which
// they differ, by one part in so many.
func (h *heuristic) near(v []int64) bool {
	for k, x := range v {
		if b := h.value[k]; x != b {
			return x < b || x-b <= max(b, -b)/1000
		}
	}
	return true
}
