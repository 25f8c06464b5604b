package engine

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/slackwater-go/slackwater/internal/check"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	place "github.com/slackwater-go/slackwater/internal/sgs"
)

// Run looks for the solution of smallest value. It returns an error only for a
// malformed instance or malformed options; the end of ctx, of MaxWork or of MaxMemory
// is none: the result then says how far it came.
//
// Every solution that it reports has passed [check.Solution].
func Run(ctx context.Context, in *rcpsp.Instance, opt Options) (Result, error) {
	if err := errors.Join(in.Validate(), opt.validate(len(in.Tasks))); err != nil {
		return Result{}, err
	}
	r := &run{ctx: ctx, in: in, opt: opt}
	r.start()
	r.certify()
	r.solve()
	r.conclude()
	if r.cert != nil {
		r.err = errors.Join(r.err, r.cert.conclude(&r.res))
	}
	return r.res, r.err
}

// start sets the bounds to nothing known.
func (r *run) start() {
	r.res.Bound = make([]int64, r.in.Tiers())
	for k := range r.res.Bound {
		r.res.Bound[k] = math.MinInt64
	}
}

// solve runs the parts of the solver one after another, each as long as the ones
// before it left something open.
func (r *run) solve() {
	r.hint()
	if r.ended() || r.tight(0) {
		return
	}
	w := place.NewWindows(r.in, nil, r.ended)
	if w.Empty {
		r.res.Status, r.res.Core = Infeasible, w.Core
		return
	}
	if r.ended() {
		return
	}
	b := newBounder(r.in, w, r.ended)
	b.plain = r.cert != nil // the checker does not know energies
	r.base = b.unconditional()
	copy(r.res.Bound, r.base)
	if r.ended() {
		return
	}
	h := newHeuristic(r, w)
	if h == nil || r.ended() {
		return
	}
	eighths := int64(5)
	if len(r.in.Tasks) <= fewTasks {
		eighths = 3
	}
	h.until = r.res.Stats.Work + eighths*firstWork(len(r.in.Tasks))/8
	if n := len(r.in.Tasks); n > mid && n <= big && !h.makespans() {
		// Until all of the first rules had their turn: the best is far ahead of the others. On
		// four portfolios of 1,000 tasks the value after 5 s was 7 to 20 % less.
		h.until = r.res.Stats.Work + 4*firstWork(n)
	}
	if r.opt.Reject != nil {
		h.until += int64(min(20, len(r.in.Tasks)/10)) * firstWork(len(r.in.Tasks)) // what is refused has to be found out
	}
	if r.opt.HeuristicOnly {
		h.until = r.alone(h.until)
	}
	h.construct()
	if !r.settled() {
		r.tighten(b)
	}
	if r.settled() || r.over() || r.close() || !r.part && r.apart(w) {
		return
	}
	h.improve()
	r.tighten(b)
	if !r.opt.HeuristicOnly && !r.settled() && !r.over() && !r.close() {
		if r.opt.Workers > 1 && r.cert == nil && r.opt.Reject == nil && r.opt.RejectPart == nil {
			r.parallel(h, w)
		} else {
			r.alternate(h)
		}
	}
	if r.refuted && r.res.Best == nil && r.res.Status != Infeasible {
		r.res.Status, r.res.Core = Infeasible, constraints(r.in)
	}
}

// firstWork is a measure of effort that suits an instance: heuristics get five eighths of it
// before the exact search begins, which is what construction takes with a makespan. With
// all of it j30 took a tenth longer.
func firstWork(n int) int64 { return 20_000 + 500*int64(n) }

// fewTasks is the number of tasks up to which the exact search begins after three eighths
// already: on j30 that takes an eighth off the time where a proof takes some milliseconds,
// and changes nothing where it takes longer.
const fewTasks = 60

// alone is the limit of the heuristics where nothing comes after them: none of their
// own if the caller set one, else enough of first.
func (r *run) alone(first int64) int64 {
	if _, timed := r.ctx.Deadline(); timed || r.opt.MaxWork > 0 {
		return 0
	}
	return 20 * first
}

// tighten raises the bounds by what the best value says.
func (r *run) tighten(b *bounder) {
	if r.cert != nil {
		return // the checker does not know energies
	}
	for k := range r.res.Bound {
		if k > 0 && r.res.Best == nil || r.over() {
			return
		}
		v := b.better(k, r.base[k], r.res.Value)
		if b.stop() {
			return // as if it had not begun, so that its work as a limit repeats the run
		}
		r.res.Stats.Work += int64(20 * (len(r.in.Tasks) + len(r.in.Lags)))
		r.raise(k, v)
	}
}

// raise notes a bound of tier k.
func (r *run) raise(k int, v int64) {
	if v > r.res.Bound[k] {
		r.res.Bound[k] = v
		r.report()
	}
}

// A run is the state of one call of Run.
type run struct {
	ctx       context.Context
	in        *rcpsp.Instance
	opt       Options
	res       Result
	base      []int64      // bounds that hold for every solution
	stopped   bool         // Progress said so
	part      bool         // it solves an independent part of an instance
	full      bool         // the exact search has used up its memory
	refuted   bool         // a part was found to have no solution
	judged    int64        // work when the parts were last put together
	held      int64        // bytes that the heuristics hold, about; 0: not worked out
	cert      *certificate // nil without a log
	inspector *inspector   // nil but in builds that check invariants
	err       error
}

// offer takes s as the best solution if it is one and better than the best so far. It
// keeps s.
func (r *run) offer(s *rcpsp.Solution) bool {
	taken, _ := r.offerUntil(s, func() bool { return false })
	return taken
}

// offerUntil is offer, but it is not done where stop says so while s is judged.
func (r *run) offerUntil(s *rcpsp.Solution, stop func() bool) (taken, done bool) {
	if r.res.Best != nil && rcpsp.Compare(r.in.Value(s), r.res.Value) >= 0 {
		return false, true
	}
	if broken, done := check.SolutionUntil(r.in, s, stop); len(broken) > 0 || !done {
		return false, done
	}
	if r.opt.Reject != nil && len(r.opt.Reject(s)) > 0 {
		return false, true
	}
	r.take(s)
	return true, true
}

// take takes s, which was judged and is better than the best so far, as the best.
func (r *run) take(s *rcpsp.Solution) {
	value := r.in.Value(s)
	if r.res.Best != nil {
		// Bounds of higher tiers were for other values of the lower ones.
		for k := range value {
			if value[k] != r.res.Value[k] {
				r.unconditional(k + 1)
				break
			}
		}
	}
	r.res.Best, r.res.Value, r.res.Status = s, value, Feasible
	r.res.Stats.Solutions++
	if r.cert != nil {
		r.cert.solution(s)
	}
	if r.inspector != nil {
		r.inspector.solution(s)
	}
	r.report()
}

// unconditional sets the bounds from tier k on back to what holds for every solution.
func (r *run) unconditional(k int) {
	for ; k < len(r.res.Bound); k++ {
		r.res.Bound[k] = math.MinInt64
		if r.base != nil {
			r.res.Bound[k] = r.base[k]
		}
	}
}

// report tells Progress.
func (r *run) report() {
	if r.opt.Progress != nil && !r.opt.Progress(Event{r.res.Best, r.res.Value, r.res.Bound, r.res.Stats.Work}) {
		r.stopped = true
	}
}

// hint offers the hint.
func (r *run) hint() {
	if h := r.opt.Hint; h != nil {
		r.offer(h.Clone())
	}
}

// conclude claims an optimum where the bounds prove one.
func (r *run) conclude() {
	if r.res.Status != Feasible {
		return
	}
	for k, v := range r.res.Value {
		if r.res.Bound[k] > v {
			r.err = fmt.Errorf("engine: internal error: the bound %d of tier %d passes the value %d", r.res.Bound[k], k, v)
		}
		if r.res.Bound[k] != v {
			return
		}
	}
	r.res.Status = Optimal
}
