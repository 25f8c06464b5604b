package engine

import (
	"math"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
	place "github.com/slackwater-go/slackwater/internal/sgs"
)

// A piece is one independent part of an instance on its way.
type piece struct {
	tasks []rcpsp.TaskID
	in    *rcpsp.Instance
	from  *origin
	best  *rcpsp.Solution // nil: none yet
	value []int64
	bound []int64
	done  bool
}

// apart solves the independent parts of the instance one by one, if there are several:
// in rounds, each with four times the effort of the one before for each part, so that no
// part that is hard keeps the others waiting; a part begins a round where the last one
// left it. It returns false where the whole has to be solved as one: there is one part
// only, or one of them has no solution, so that the whole must say why.
func (r *run) apart(w *place.Windows) bool {
	if r.opt.Reject != nil || r.opt.RejectPart != nil || r.opt.HeuristicOnly || r.off("divide") {
		return false
	}
	sets := divide(r.in, w)
	r.res.Stats.Work += int64(4 * len(r.in.Tasks))
	if len(sets) < 2 || r.over() {
		return false
	}
	pieces := r.pieces(sets, w)
	for round := uint64(0); ; round++ {
		left := 0
		for i := range pieces {
			if !pieces[i].done {
				left++
			}
		}
		if left == 0 {
			r.whole(pieces)
			return true
		}
		for i := range pieces {
			p := &pieces[i]
			if p.done {
				continue
			}
			limit := int64(20) << (2 * min(round, 20)) * firstWork(len(p.tasks))
			if left == 1 || limit <= 0 {
				limit = 0 // the last one has all the rest
			}
			if !r.piece(pieces, p, limit, round) {
				r.refuted = true
				return false
			}
			// Judging all of a big instance costs as much as many small parts.
			if len(r.in.Tasks) <= big || left == 1 || r.over() || r.res.Stats.Work-r.judged > int64(50*len(r.in.Tasks)) {
				r.judged = r.res.Stats.Work
				r.whole(pieces)
			}
			if r.settled() || r.over() || r.close() || r.full || limit == 0 {
				return true
			}
			if p.done {
				left--
			}
		}
	}
}

// off says whether a rule is switched off.
func (r *run) off(name string) bool {
	for _, x := range r.opt.Off {
		if x == name {
			return true
		}
	}
	return false
}

// pieces makes the instances of the parts, with what the best solution says of each.
func (r *run) pieces(sets [][]rcpsp.TaskID, w *place.Windows) []piece {
	where := make([]rcpsp.TaskID, len(r.in.Tasks))
	touched := newTouching(r.in)
	pieces := make([]piece, len(sets))
	for i, tasks := range sets {
		p := &pieces[i]
		p.tasks = tasks
		p.in, p.from = extract(r.in, tasks, where, touched, w)
		p.bound = make([]int64, r.in.Tiers())
		for k := range p.bound {
			p.bound[k] = math.MinInt64
		}
		if r.res.Best != nil {
			p.best = &rcpsp.Solution{}
			for _, t := range tasks {
				p.best.Mode = append(p.best.Mode, r.res.Best.Mode[t])
				p.best.Start = append(p.best.Start, r.res.Best.Start[t])
			}
			p.value = p.in.Value(p.best)
		}
	}
	return pieces
}

// piece gives one part some effort, 0 being no limit. It returns false if the part has
// no solution.
func (r *run) piece(pieces []piece, p *piece, limit int64, round uint64) bool {
	base := r.res.Stats
	if left := r.opt.MaxWork - base.Work; r.opt.MaxWork > 0 && (limit == 0 || left < limit) {
		limit = left
	}
	opt := r.opt
	opt.MaxWork, opt.Hint, opt.Seed = limit, p.best, opt.Seed+round
	opt.Progress = func(ev Event) bool {
		r.res.Stats.Work = base.Work + ev.Work
		p.take(ev.Best, ev.Value, ev.Bound)
		if len(r.in.Tasks) <= big {
			r.whole(pieces)
		}
		return !r.stopped
	}
	sub := &run{ctx: r.ctx, in: p.in, opt: opt, part: true}
	sub.start()
	if r.cert != nil {
		sub.cert = r.cert.begin(p.from)
	}
	sub.solve()
	sub.conclude()
	if r.cert != nil {
		r.cert.end(sub.cert, &sub.res)
	}
	if sub.err != nil {
		r.err = sub.err
	}
	res := &sub.res
	p.take(res.Best, res.Value, res.Bound)
	st := &r.res.Stats
	st.Work, st.Conflicts, st.Decisions = base.Work+res.Stats.Work, base.Conflicts+res.Stats.Conflicts, base.Decisions+res.Stats.Decisions
	st.Propagations, st.Restarts = base.Propagations+res.Stats.Propagations, base.Restarts+res.Stats.Restarts
	r.full = r.full || sub.full
	p.done = res.Status == Optimal || sub.close()
	return res.Status != Infeasible
}

// take notes what is known of a part by now.
func (p *piece) take(best *rcpsp.Solution, value, bound []int64) {
	if best != nil && (p.best == nil || rcpsp.Compare(value, p.value) < 0) {
		for k := range bound {
			if p.value != nil && p.value[k] != value[k] || p.value == nil {
				// Bounds of higher tiers were for other values of the lower ones.
				for k++; k < len(bound); k++ {
					p.bound[k] = math.MinInt64
				}
			}
		}
		p.best, p.value = best, append([]int64(nil), value...)
	}
	for k, b := range bound {
		p.bound[k] = max(p.bound[k], b)
	}
}

// whole offers what the parts make together, and raises the bounds: the sum of those of
// the parts, or for a largest cost of its own tier the largest.
func (r *run) whole(pieces []piece) {
	n := len(r.in.Tasks)
	s := &rcpsp.Solution{Mode: make([]int32, n), Start: make([]rcpsp.Time, n)}
	complete := true
	for i := range pieces {
		p := &pieces[i]
		if p.best == nil {
			complete = false
			break
		}
		for k, t := range p.tasks {
			s.Mode[t], s.Start[t] = p.best.Mode[k], p.best.Start[k]
		}
	}
	if complete {
		r.offer(s)
	}
	for k := range r.res.Bound {
		if k > 0 && (!complete || r.res.Bound[k-1] != r.res.Value[k-1]) {
			return // a bound of a higher tier is for settled lower ones
		}
		b, ok := r.together(pieces, k)
		if !ok {
			return
		}
		r.raise(k, b)
	}
}

// together is the bound of tier k that the parts give; false where one gives none.
func (r *run) together(pieces []piece, k int) (int64, bool) {
	top := false
	for i := range r.in.Goals {
		top = top || r.in.Goals[i].Tier == k && topTier(r.in, i)
	}
	sum, most := int64(0), int64(math.MinInt64)
	for i := range pieces {
		b := pieces[i].bound[k]
		if b == math.MinInt64 {
			return 0, false
		}
		sum, most = sum+b, max(most, b)
	}
	if top {
		return most, true
	}
	return sum, true
}
