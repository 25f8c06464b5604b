package engine

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/slackwater-go/slackwater/internal/check"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
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
	r.res.Bound = make([]int64, in.Tiers())
	for k := range r.res.Bound {
		r.res.Bound[k] = math.MinInt64
	}
	r.hint()
	r.first()
	r.conclude()
	return r.res, r.err
}

// A run is the state of one call of Run.
type run struct {
	ctx     context.Context
	in      *rcpsp.Instance
	opt     Options
	res     Result
	stopped bool // Progress said so
	err     error
}

// offer takes s as the best solution if it is one and better than the best so far. It
// keeps s.
func (r *run) offer(s *rcpsp.Solution) bool {
	if r.res.Best != nil && rcpsp.Compare(r.in.Value(s), r.res.Value) >= 0 {
		return false
	}
	if len(check.Solution(r.in, s)) > 0 {
		return false
	}
	if r.opt.Reject != nil && len(r.opt.Reject(s)) > 0 {
		return false
	}
	r.res.Best, r.res.Value = s, r.in.Value(s)
	r.res.Status = Feasible
	r.res.Stats.Solutions++
	r.report()
	return true
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

// first places the tasks one after another at their first start that breaks nothing.
func (r *run) first() {
	n := len(r.in.Tasks)
	s := &rcpsp.Solution{Mode: make([]int32, n), Start: make([]rcpsp.Time, n)}
	for t := range s.Mode {
		s.Mode[t] = -1
	}
	placed := make([]bool, n)
	fits := func() bool {
		for _, c := range check.Solution(r.in, s) {
			if c.Kind == rcpsp.KindTask && !placed[c.Index] || c.Kind == rcpsp.KindLink && !placed[r.in.Links[c.Index].Then] {
				continue
			}
			return false
		}
		return true
	}
	for t := range n {
		placed[t] = true
		if !r.place(s, t, fits) && !r.in.Tasks[t].Optional {
			return
		}
	}
	r.offer(s)
}

func (r *run) place(s *rcpsp.Solution, t int, fits func() bool) bool {
	var events []rcpsp.Time
	for u, m := range s.Mode {
		if m >= 0 {
			events = append(events, s.Start[u], r.in.End(s, rcpsp.TaskID(u)))
		}
	}
	for k := range r.in.Tasks[t].Modes {
		s.Mode[t] = int32(k)
		for _, st := range r.in.Tasks[t].Modes[k].Starts {
			for _, at := range append([]rcpsp.Time{st.Lo}, events...) {
				s.Start[t] = at
				if r.ctx.Err() == nil && r.in.Tasks[t].Modes[k].Allows(at) && fits() {
					return true
				}
			}
		}
	}
	s.Mode[t] = -1
	return false
}
