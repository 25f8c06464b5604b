package engine

import (
	"math"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
	place "github.com/slackwater-go/slackwater/internal/sgs"
)

// A bounder works out lower bounds of the tiers: the least cost of each task within
// its window, and for largest costs and peaks the energy that the resources have to
// give. All are valid; none is tight in general.
type bounder struct {
	in     *rcpsp.Instance
	closer *place.Closer // made when it is asked for, as energy is
	root   *place.Windows
	energy []machine
	plain  bool // leave out energies, and what surely runs
	room   *room
	sets   [][]int32 // by task: sets that exclude overlaps
	// stop says whether to end early, with what is known.
	stop func() bool
}

func newBounder(in *rcpsp.Instance, root *place.Windows, stop func() bool) *bounder {
	return &bounder{in: in, root: root, stop: stop}
}

func (b *bounder) windows(lim *place.Limits) *place.Windows {
	if b.closer == nil {
		c := place.NewCloser(b.in, b.stop)
		b.closer = &c
	}
	return b.closer.Windows(lim)
}

func (b *bounder) machines() []machine {
	if b.energy == nil {
		b.energy = machines(b.in)
	}
	return b.energy
}

// unconditional returns bounds that hold for every solution.
func (b *bounder) unconditional() []int64 {
	out := make([]int64, b.in.Tiers())
	for i := range b.in.Goals {
		g := &b.in.Goals[i]
		out[g.Tier] += g.Weight * b.goal(g, b.root)
	}
	return out
}

// better returns a bound of tier k for the solutions whose lower tiers are at value,
// or better: such a solution leaves out tasks and times that would cost more than
// that. Value is nil where no solution is known; then k is 0.
func (b *bounder) better(k int, known int64, value []int64) int64 {
	w, lim := b.root, place.NewLimits(b.in)
	for range 2 {
		if !b.cap(k, value, w, lim) {
			break
		}
		next := b.windows(lim)
		if next.Empty {
			return known // so value is no solution's; nothing follows
		}
		w = next
	}
	sum := b.tier(k, w)
	for i := range b.in.Goals {
		g := &b.in.Goals[i]
		if g.Tier != k || g.Weight == 0 || g.Kind != rcpsp.Max {
			continue
		}
		own := b.goal(g, w)
		hi := most(g, b.in.Horizon)
		if value != nil {
			hi = min(hi, own+max(0, value[k]-sum)/g.Weight)
		}
		sum += g.Weight * (b.largest(g, own, hi, lim) - own)
	}
	return max(known, sum)
}

// most is at least the largest cost that a term of g can have.
func most(g *rcpsp.Goal, horizon rcpsp.Time) int64 {
	var v int64
	for i := range g.Terms {
		tm := &g.Terms[i]
		v = max(v, tm.Absent, tm.At(horizon))
		for k, p := range tm.Cost {
			v = max(v, p.Value)
			if k > 0 {
				v = max(v, tm.At(p.From-1))
			}
		}
	}
	return v
}

// tier is the bound of tier k within windows.
func (b *bounder) tier(k int, w *place.Windows) int64 {
	var sum int64
	for i := range b.in.Goals {
		if g := &b.in.Goals[i]; g.Tier == k {
			sum += g.Weight * b.goal(g, w)
		}
	}
	return sum
}

// goal bounds one goal from below.
func (b *bounder) goal(g *rcpsp.Goal, w *place.Windows) int64 {
	if b.plain && (g.Kind == rcpsp.Peak || g.Kind == rcpsp.PeakPeriod || g.Kind == rcpsp.Excess) {
		return 0
	}
	switch g.Kind {
	case rcpsp.Sum:
		var v int64
		for i := range g.Terms {
			v += b.least(&g.Terms[i], w)
		}
		return v
	case rcpsp.Max:
		var v int64
		for i := range g.Terms {
			v = max(v, least(&g.Terms[i], w))
		}
		return v
	case rcpsp.MaxGroup:
		sums := map[int32]int64{} // only its largest value is used, so its order does not matter
		for i := range g.Terms {
			sums[g.Terms[i].Group] += least(&g.Terms[i], w)
		}
		var v int64
		for _, x := range sums {
			v = max(v, x)
		}
		return v
	case rcpsp.Peak:
		return b.peak(rcpsp.ResourceID(g.Of), w)
	case rcpsp.PeakPeriod:
		return b.peakPeriod(&b.in.Budgets[g.Of], w)
	case rcpsp.Excess:
		return b.excess(&b.in.Budgets[g.Of], w)
	}
	return math.MinInt64
}

// least is the smallest cost that a term can have within the window of its task.
func least(tm *rcpsp.Term, w *place.Windows) int64 {
	t := tm.Task
	if w.Never[t] {
		return tm.Absent
	}
	lo, hi := w.EarliestStart[t], w.LatestStart[t]
	if tm.OnEnd {
		lo, hi = w.EarliestEnd[t], w.LatestEnd[t]
	}
	v := leastIn(tm, lo, hi)
	if !w.Must[t] {
		v = min(v, tm.Absent)
	}
	return v
}

// leastIn is the smallest cost of a term at times from lo to hi.
func leastIn(tm *rcpsp.Term, lo, hi rcpsp.Time) int64 {
	v := min(tm.At(lo), tm.At(hi))
	for _, p := range tm.Cost {
		if p.From > hi {
			break
		}
		if p.From > lo {
			v = min(v, p.Value, tm.At(p.From-1))
		}
	}
	return v
}

// cap turns the values of the tiers below k into limits of tasks: no goal of such a
// tier can cost more than the value less what the other goals of the tier cost at
// least, and likewise for the terms of a sum. It returns false if that limits nothing.
func (b *bounder) cap(k int, value []int64, w *place.Windows, lim *place.Limits) bool {
	some := false
	for i := range b.in.Goals {
		g := &b.in.Goals[i]
		if g.Tier >= k || g.Weight == 0 || len(g.Terms) == 0 {
			continue
		}
		if spare := value[g.Tier] - b.tier(g.Tier, w); spare >= 0 {
			own := b.goal(g, w)
			b.limit(g, own+spare/g.Weight, own, w, lim)
			some = true
		}
	}
	return some
}

// limit keeps the terms of goal g, whose value is at least own, from passing top.
func (b *bounder) limit(g *rcpsp.Goal, top, own int64, w *place.Windows, lim *place.Limits) {
	switch g.Kind {
	case rcpsp.Max:
		for i := range g.Terms {
			limitTerm(&g.Terms[i], top, lim, b.in.Horizon)
		}
	case rcpsp.Sum:
		for i := range g.Terms {
			limitTerm(&g.Terms[i], top-own+b.least(&g.Terms[i], w), lim, b.in.Horizon)
		}
	case rcpsp.MaxGroup:
		sums := map[int32]int64{}
		for i := range g.Terms {
			sums[g.Terms[i].Group] += least(&g.Terms[i], w)
		}
		for i := range g.Terms {
			limitTerm(&g.Terms[i], top-sums[g.Terms[i].Group]+least(&g.Terms[i], w), lim, b.in.Horizon)
		}
	}
}

// limitTerm keeps a term from costing more than top.
func limitTerm(tm *rcpsp.Term, top int64, lim *place.Limits, horizon rcpsp.Time) {
	t := tm.Task
	if tm.Absent > top {
		lim.Must[t] = true
	}
	lo, hi := cheap(tm, top, horizon)
	if tm.OnEnd {
		lim.EarliestEnd[t], lim.LatestEnd[t] = max(lim.EarliestEnd[t], lo), min(lim.LatestEnd[t], hi)
	} else {
		lim.EarliestStart[t], lim.LatestStart[t] = max(lim.EarliestStart[t], lo), min(lim.LatestStart[t], hi)
	}
}

// cheap returns the first and the last time within the horizon at which a term costs
// no more than top; lo > hi if there is none.
func cheap(tm *rcpsp.Term, top int64, horizon rcpsp.Time) (lo, hi rcpsp.Time) {
	lo, hi = horizon+1, -1
	take := func(a, b rcpsp.Time) {
		if a <= b {
			lo, hi = min(lo, a), max(hi, b)
		}
	}
	first := horizon
	if len(tm.Cost) > 0 {
		first = min(horizon, tm.Cost[0].From-1)
	}
	if top >= 0 {
		take(0, first)
	}
	for i, p := range tm.Cost {
		a, b := max(p.From, 0), horizon
		if i+1 < len(tm.Cost) {
			b = min(b, tm.Cost[i+1].From-1)
		}
		if a > b {
			continue
		}
		switch {
		case p.Slope == 0 && p.Value <= top:
			take(a, b)
		case p.Slope > 0 && tm.At(a) <= top:
			take(a, min(b, p.From+rcpsp.Time(floorDiv(top-p.Value, p.Slope))))
		case p.Slope < 0 && tm.At(b) <= top:
			take(max(a, p.From+rcpsp.Time(-floorDiv(top-p.Value, -p.Slope))), b)
		}
	}
	return lo, hi
}

// floorDiv divides by positive d, rounding down.
func floorDiv(x, d int64) int64 {
	q := x / d
	if x%d < 0 {
		q--
	}
	return q
}

// peak bounds the largest use of a resource: the largest task, and the energy of the
// tasks that lie within some stretch, spread evenly.
func (b *bounder) peak(r rcpsp.ResourceID, w *place.Windows) int64 {
	var top int64
	for i := range b.machines() {
		if m := &b.energy[i]; m.resource == r {
			for _, j := range m.jobs {
				if w.Must[j.task] {
					top = max(top, j.amount)
				}
			}
			m.stretches(w, func(from, to rcpsp.Time, energy int64) bool {
				top = max(top, (energy+int64(to-from)-1)/int64(to-from))
				return true
			})
		}
	}
	return top
}

// peakPeriod bounds the largest use of a period: what must fall into one period, and
// what must fall into a run of periods, spread evenly.
func (b *bounder) peakPeriod(bud *rcpsp.Budget, w *place.Windows) int64 {
	forced, total, lo, hi := b.mustUse(bud, w)
	var top int64
	for _, f := range forced {
		top = max(top, f)
	}
	if hi >= lo {
		runs := int64(hi - lo + 1)
		top = max(top, (total+runs-1)/runs)
	}
	return top
}

// excess bounds what is used beyond the free parts: what must fall into single periods, and
// what must fall into a run of periods less all that is free there.
func (b *bounder) excess(bud *rcpsp.Budget, w *place.Windows) int64 {
	forced, total, lo, hi := b.mustUse(bud, w)
	var single int64
	for k, f := range forced {
		single += max(0, f-bud.Periods[k].Free)
	}
	for k := lo; k <= hi; k++ {
		total -= min(bud.Periods[k].Free, total)
	}
	return max(single, total)
}

// mustUse returns what must be used in each period, and in all from lo to hi together.
func (b *bounder) mustUse(bud *rcpsp.Budget, w *place.Windows) (forced []int64, total int64, lo, hi int) {
	n := len(bud.Periods)
	forced = make([]int64, n)
	lo, hi = n, -1
	amount := map[rcpsp.TaskID][]int64{}
	var order []rcpsp.TaskID
	for _, u := range bud.Uses {
		if amount[u.Task] == nil {
			amount[u.Task] = make([]int64, len(b.in.Tasks[u.Task].Modes))
			order = append(order, u.Task)
		}
		for k := range amount[u.Task] {
			if u.Mode < 0 || int(u.Mode) == k {
				amount[u.Task][k] += u.Amount
			}
		}
	}
	for _, t := range order {
		if !w.Must[t] {
			continue
		}
		low := int64(math.MaxInt64)
		for k, a := range amount[t] {
			if len(b.in.Tasks[t].Modes[k].Starts) > 0 {
				low = min(low, a)
			}
		}
		first, last := bud.Period(w.EarliestStart[t]), bud.Period(w.LatestStart[t])
		if first < 0 || last < 0 || low == math.MaxInt64 || !covered(bud, first, last) {
			continue
		}
		if first == last {
			forced[first] += low
		}
		total += low
		lo, hi = min(lo, first), max(hi, last)
	}
	return forced, total, lo, hi
}

// covered says whether the periods from first to last leave no gap.
func covered(bud *rcpsp.Budget, first, last int) bool {
	for k := first; k < last; k++ {
		if bud.Periods[k].Hi != bud.Periods[k+1].Lo {
			return false
		}
	}
	return true
}

// largest raises the bound of a Max goal by trying: while no schedule can keep all
// terms at or below v, the goal is above v. Windows and energy decide; a search by
// halving finds the first v that they allow. It looks between lo and hi, within
// limits.
func (b *bounder) largest(g *rcpsp.Goal, lo, hi int64, within *place.Limits) int64 {
	for lo < hi && !b.stop() {
		v := lo + (hi-lo)/2
		lim := within.Clone()
		for i := range g.Terms {
			limitTerm(&g.Terms[i], v, lim, b.in.Horizon)
		}
		if w := b.windows(lim); b.stop() {
			return lo
		} else if w.Empty || b.overloaded(w) {
			lo = v + 1
		} else {
			hi = v
		}
	}
	return lo
}
