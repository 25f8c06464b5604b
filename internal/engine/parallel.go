package engine

import (
	"slices"
	"sync"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
	place "github.com/slackwater-go/slackwater/internal/sgs"
)

// A worker is one of several that look at the same instance, each on a run of its own.
type worker struct {
	*run
	exact *exactRun  // of the first worker, where the exact search takes part
	h     *heuristic // of the others
}

// parallel has several workers search at once: the exact search, and large-neighbourhood
// searches with other seeds. They work in epochs of so many units of work each and
// exchange solutions and bounds between epochs only, in the order of their numbers, so
// that the result is the same however the threads run. An epoch counts as what it may
// cost, not as what it took, and one that a context cuts off counts as not begun: so
// the work of a run as a limit repeats it.
func (r *run) parallel(h *heuristic, w *place.Windows) {
	workers, ok := r.workers(h, w)
	if !ok {
		return
	}
	n := int64(len(workers))
	most := max(epochWork, 200*int64(len(r.in.Tasks)))
	for epoch := most / 32; ; epoch = min(most, 2*epoch) {
		units := epoch
		if r.opt.MaxWork > 0 {
			units = min(units, (r.opt.MaxWork-r.res.Stats.Work)/n)
		}
		if units <= 0 {
			r.res.Stats.Work = r.opt.MaxWork // what is left is too little for all
			break
		}
		r.epoch(workers, units)
		if r.ctx.Err() != nil {
			break
		}
		r.res.Stats.Work += units * n
		for _, k := range workers {
			r.meet(k)
		}
		if r.settled() || r.over() || r.close() || r.res.Status == Infeasible || r.full {
			break
		}
		for _, k := range workers {
			k.follow(r)
		}
	}
	if e := workers[0].exact; e != nil {
		total := r.res.Stats.Work
		e.res.Stats = Stats{}
		e.count()
		e.explain()
		e.res.Stats.Work, e.res.Stats.Solutions = 0, 0
		r.res.Stats.add(e.res.Stats)
		r.res.Stats.Work = total
		if r.res.Status == Infeasible {
			r.res.Core = e.res.Core
		}
	}
}

// epochWork is the work of each worker between two exchanges, about a tenth of a second,
// once the first, shorter epochs are over.
const epochWork = 1_500_000

// add adds up effort.
func (s *Stats) add(t Stats) {
	s.Work += t.Work
	s.Conflicts += t.Conflicts
	s.Decisions += t.Decisions
	s.Propagations += t.Propagations
	s.Restarts += t.Restarts
	s.Solutions += t.Solutions
}

// fork returns a run of the same instance for a worker, which knows what r knows.
func (r *run) fork() *run {
	f := &run{ctx: r.ctx, in: r.in, opt: r.opt, base: r.base, part: true}
	f.opt.MaxWork, f.opt.Progress = 0, nil
	f.res.Bound = slices.Clone(r.res.Bound)
	f.adopt(r)
	return f
}

// adopt takes over the best solution of another run.
func (r *run) adopt(from *run) bool {
	if from.res.Best == nil || r.res.Best != nil && rcpsp.Compare(from.res.Value, r.res.Value) >= 0 {
		return false
	}
	r.res.Best, r.res.Value, r.res.Status = from.res.Best, slices.Clone(from.res.Value), Feasible
	if r.inspector != nil {
		r.inspector.solution(r.res.Best)
	}
	return true
}

// workers makes them. False: the model alone already settles the instance.
func (r *run) workers(h *heuristic, w *place.Windows) ([]*worker, bool) {
	var out []*worker
	if n := len(r.in.Tasks); n <= exactMost && !r.tight(int64(n)*modelBytes) {
		r.res.Stats.Work += int64(100 * n)
		m, ok := newModel(r.in, r.unheard(), r.res.Best, r.ended)
		if m.s.Halted {
			r.res.Stats.Work -= int64(100 * n)
			return nil, false
		}
		f := r.fork()
		if ok {
			f.inspect(m)
			ok = m.postLate()
		}
		if !ok {
			e := &exactRun{run: r, m: m}
			e.exhausted()
			e.explain()
			return nil, false
		}
		if !m.tooLarge {
			if f.res.Best == nil && r.opt.Hint != nil {
				m.setHint(r.opt.Hint)
			}
			out = append(out, &worker{run: f, exact: &exactRun{run: f, m: m}})
		}
	}
	for seed := r.opt.Seed; len(out) < r.opt.Workers; seed++ {
		f := r.fork()
		if f.opt.Seed = seed; seed == r.opt.Seed {
			h.run = f
			h.base = f.res.Stats.Work - h.b.Work
		} else {
			if h = newHeuristic(f, w); h == nil {
				return nil, false
			}
		}
		out = append(out, &worker{run: f, h: h})
	}
	return out, true
}

// epoch lets all work, and waits for all.
func (r *run) epoch(workers []*worker, units int64) {
	var wait sync.WaitGroup
	for _, k := range workers[1:] {
		wait.Add(1)
		go func() {
			defer wait.Done()
			k.work(units)
		}()
	}
	workers[0].work(units)
	wait.Wait()
}

// work spends some work.
func (k *worker) work(units int64) {
	if e := k.exact; e != nil {
		if k.res.Status == Infeasible {
			return
		}
		m := e.m
		until := m.s.Work + units
		m.solver.Poll = func() bool { return e.poll() || m.s.Work >= until }
		e.tiers()
		return
	}
	k.h.until = k.res.Stats.Work + units
	k.h.ended = false
	k.h.turn()
}

// meet takes over what a worker has found.
func (r *run) meet(k *worker) {
	if k.err != nil {
		r.err = k.err
	}
	if k.res.Best != nil && (r.res.Best == nil || rcpsp.Compare(k.res.Value, r.res.Value) < 0) {
		r.take(k.res.Best) // the worker has judged it
	}
	if k.exact == nil {
		return
	}
	r.full = k.exact.full()
	if k.res.Status == Infeasible {
		r.res.Status = Infeasible
		return
	}
	for i, b := range k.res.Bound {
		r.raise(i, b)
		if r.res.Best == nil || k.res.Best == nil || k.res.Value[i] != r.res.Value[i] {
			return // its bounds of higher tiers are for another value of this one
		}
	}
}

// follow tells a worker what all know.
func (k *worker) follow(r *run) {
	if k.adopt(r) && k.exact != nil {
		k.exact.m.setPhases(k.res.Best)
	}
	copy(k.res.Bound, r.res.Bound)
}
