package schedule

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"math"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/internal/engine"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// Solve returns the best plan that it can find, by the goals of the problem, tier by
// tier. It proves that no plan is better (Status [Optimal]) or says how far the value
// may be from the best (Plan.Tiers).
//
//   - When ctx ends, Options.MaxWork is used up or Options.Gap is reached, it returns
//     the best plan so far with Status [Feasible] and a nil error. Of thousands of activities
//     that is, at the end of ctx, the best that has been judged: better ones are as they come. With no plan yet the
//     error matches [ErrNoPlan] and, if ctx ended, ctx.Err().
//   - Without any of these it goes on until that is proved, which can take very long: see
//     [Options] for what to set.
//   - When no plan exists the error is an [*InfeasibleError].
//   - When the problem or the options are faulty the error matches [ErrInvalid].
//
// Every plan that it returns has passed [Check] without a blocking conflict. The run is
// deterministic, see the package documentation; ctx is looked at often enough that
// Solve returns within some ten milliseconds of its end, of 50,000 activities within thirty
// to ninety.
func Solve(ctx context.Context, p *Problem, opts *Options) (*Plan, error) {
	return solve(ctx, p, opts, nil)
}

// Improvements yields each better plan as it is found. The last one is what [Solve]
// would return, with what has been proved of it; where Solve would return an error, the
// error comes last, with a nil plan. It is single-use; leaving the loop stops the solver.
func Improvements(ctx context.Context, p *Problem, opts *Options) iter.Seq2[*Plan, error] {
	return func(yield func(*Plan, error) bool) {
		left := false
		plan, err := solve(ctx, p, opts, func(plan *Plan) bool {
			left = !yield(plan, nil)
			return !left
		})
		if !left {
			yield(plan, err)
		}
	}
}

func solve(ctx context.Context, p *Problem, opts *Options, better func(*Plan) bool) (*Plan, error) {
	if opts == nil {
		opts = &Options{}
	}
	if err := opts.Validate(); err != nil {
		return nil, fmt.Errorf("schedule: options: %w", err)
	}
	low, at, err := p.prepareUntil(ctx)
	if err != nil {
		return nil, wrap(ctx, err)
	}
	return solveLowered(ctx, low, at, opts, better)
}

func solveLowered(ctx context.Context, low *Problem, at *origins, opts *Options, better func(*Plan) bool) (*Plan, error) {
	c, err := compile(ctx, low, at, opts)
	if err != nil {
		return nil, wrap(ctx, err)
	}
	s := &solving{ctx: ctx, c: c, o: opts, better: better, began: time.Now(), ref: referee{c: c}}
	return s.run()
}

// wrap turns an error of prepareUntil or compile into one of Solve.
func wrap(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return fmt.Errorf("schedule: %w: %w", ErrNoPlan, err)
	}
	return fmt.Errorf("schedule: %w", err)
}

// solving is one run of the engine on a compiled problem.
type solving struct {
	ctx    context.Context
	c      *compiled
	o      *Options
	better func(*Plan) bool
	began  time.Time // for the log only

	spent int64 // work before that of the engine

	ref  referee
	last []int64 // the value of the last plan that was told
	plan *Plan   // of that value
	// A copy of a plan that was told, and the solution that it is of: whoever was told may have
	// changed theirs.
	copy   *Plan
	copied *rcpsp.Solution
	err    error // a plan that the judge refused
}

func (s *solving) run() (*Plan, error) {
	if bad := s.c.withoutStart(); len(bad) > 0 {
		if s.o.Proof != nil { // the engine sees it at once, and says so
			if _, err := engine.Run(s.ctx, s.c.in, engine.Options{Proof: s.o.Proof, NoCore: true}); err != nil {
				return nil, fmt.Errorf("schedule: %w", err)
			}
		}
		return nil, &InfeasibleError{Conflicts: bad, OnGrid: s.c.onGrid}
	}
	opt := engine.Options{Seed: s.o.Seed, MaxWork: s.o.MaxWork, MaxMemory: s.o.MaxMemory, Workers: s.o.Workers, Gap: s.o.Gap,
		Proof: s.o.Proof, Progress: s.event}
	if hint := s.o.Hint; hint != nil {
		opt.Hint = s.c.solution(hint)
	} else if s.o.Baseline != nil {
		opt.Hint = s.c.solution(s.o.Baseline)
	}
	ctx, end := context.WithCancel(s.ctx)
	defer end()
	reject := s.c.rejecter(end)
	reject.steer(&opt)
	s.log("solve", "activities", len(s.c.acts), "tick", Duration(s.c.tick)*Second, "onGrid", s.c.onGrid)
	res, err := s.engine(ctx, opt)
	switch {
	case reject.failed() != nil:
		return nil, fmt.Errorf("schedule: %w", reject.failed())
	case err != nil:
		return nil, fmt.Errorf("schedule: internal error: %w", err)
	case s.err != nil:
		return nil, s.err
	}
	if s.o.Progress != nil { // how far it came, whatever came of it
		s.o.Progress(Progress{Plan: s.plan, Tiers: s.tiers(res.Bound), Work: res.Stats.Work})
	}
	s.log("solved", "status", res.Status.String(), "work", res.Stats.Work, "seconds", time.Since(s.began).Seconds())
	if res.Best == nil {
		if res.Status == engine.Infeasible {
			return nil, &InfeasibleError{Conflicts: append(s.c.requirements(res.Core), s.c.customOf(&res)...), OnGrid: s.c.claims()}
		}
		if err := s.ctx.Err(); err != nil {
			return nil, fmt.Errorf("schedule: %w: %w", ErrNoPlan, err)
		}
		return nil, fmt.Errorf("schedule: %w", ErrNoPlan)
	}
	return s.final(&res)
}

// engine runs the engine: for the repair of a large plan, from what [nearby] makes of it.
func (s *solving) engine(ctx context.Context, opt engine.Options) (engine.Result, error) {
	if !s.o.repair || len(s.c.in.Tasks) < nearFrom {
		return engine.Run(ctx, s.c.in, opt)
	}
	n := newNearby(ctx, s.c.in, s.o.Seed, s.o.MaxWork)
	base := s.c.solution(s.o.Baseline)
	if s.keeps() {
		s.ref.hold(base, s.expired)
		n.better = func(sol *rcpsp.Solution) { s.ref.consider(sol, n.work, s.expired) }
	}
	if sol := n.repair(s.c, s.o.Baseline, base); sol != nil {
		opt.Hint = sol
	}
	s.spent = n.work
	if s.keeps() && s.expired() { // what has passed the judge so far
		res := engine.Result{Best: s.ref.best, Bound: s.ref.bound}
		res.Stats.Work = n.work
		return res, nil
	}
	if n.over() { // judged and measured, no more, and not counted
		opt.MaxWork = 1
		res, err := engine.Run(context.WithoutCancel(ctx), s.c.in, opt)
		res.Stats.Work = n.work
		return res, err
	}
	if opt.MaxWork > 0 {
		opt.MaxWork -= n.work
	}
	res, err := engine.Run(ctx, s.c.in, opt)
	res.Stats.Work += n.work
	return res, err
}

// expired says whether the time of the caller is up.
func (s *solving) expired() bool { return s.ctx.Err() != nil }

// final returns the plan of the best solution. When ctx has ended, and to judge that
// solution would take long, it is the last one that was judged.
func (s *solving) final(res *engine.Result) (*Plan, error) {
	if s.expired() && !s.ref.quick(res.Best) {
		if s.ref.best == nil {
			return nil, fmt.Errorf("schedule: %w: %w", ErrNoPlan, s.ctx.Err())
		}
		plan := s.ref.plan(s.ref.bound)
		plan.Stats = statsOf(res, s.o)
		plan.Stats.Work = s.ref.work
		return plan, nil
	}
	if _, err := s.ref.judge(res.Best, res.Bound, res.Stats.Work, unstopped); err != nil {
		return nil, err
	}
	plan := s.told(res)
	if res.Status == engine.Optimal {
		plan.Status = Optimal
	}
	plan.Stats = statsOf(res, s.o)
	return plan, nil
}

// told returns the plan of the best solution: that which was told, of which this keeps a copy,
// with what has been proved since.
func (s *solving) told(res *engine.Result) *Plan {
	if s.copy == nil || s.copied != s.ref.best {
		return s.ref.plan(res.Bound)
	}
	for k := range s.copy.Tiers {
		if t := &s.copy.Tiers[k]; k < len(res.Bound) {
			t.Bound = min(max(t.Bound, res.Bound[k]), t.Value)
		}
	}
	return s.copy
}

// event is told of better solutions and bounds.
func (s *solving) event(ev engine.Event) bool {
	listens := s.better != nil || s.o.Progress != nil
	fresh := ev.Best != nil && (s.last == nil || rcpsp.Compare(ev.Value, s.last) < 0)
	work := s.spent + ev.Work
	switch {
	case !listens:
		return !fresh || !s.due(work) || s.judge(&ev, work)
	case fresh:
		if !s.judge(&ev, work) {
			return s.err == nil
		}
		s.last = slices.Clone(ev.Value)
		s.plan = s.ref.plan(ev.Bound)
		if s.ref.small() {
			s.copy, s.copied = s.plan.clone(), s.ref.best
		}
		s.plan.Stats = Stats{Seed: s.o.Seed, Workers: max(s.o.Workers, 1), Work: work}
	}
	if s.o.Progress != nil {
		s.o.Progress(Progress{Plan: s.plan, Tiers: s.tiers(ev.Bound), Work: work})
	}
	if fresh && s.better != nil {
		return s.better(s.plan)
	}
	return true
}

// due says whether to judge a better solution now, though nobody wants to see it: so that
// what is left to judge at any end of ctx is little.
func (s *solving) due(work int64) bool {
	return s.keeps() && (s.ref.best == nil || work-s.ref.work >= int64(20*len(s.c.acts)))
}

// keeps says whether to have a plan ready at any time: the caller may cancel, and to judge
// a whole plan takes long.
func (s *solving) keeps() bool { return s.ctx.Done() != nil && !s.ref.small() }

// judge has a better solution judged. It returns false where it is none, or where ctx ends
// meanwhile.
func (s *solving) judge(ev *engine.Event, work int64) bool {
	stop := s.expired
	if s.ref.quick(ev.Best) {
		stop = unstopped
	}
	done, err := s.ref.judge(ev.Best, ev.Bound, work, stop)
	s.err = err
	return done && err == nil
}

// tiers pairs the value of the best plan with the bounds of now.
func (s *solving) tiers(bound []int64) []TierValue {
	out := make([]TierValue, len(s.c.tiers))
	for k, tier := range s.c.tiers {
		out[k] = TierValue{Tier: tier, Bound: math.MinInt64}
		if s.plan != nil {
			out[k] = s.plan.Tiers[k]
		}
		if k < len(bound) {
			out[k].Bound = max(out[k].Bound, bound[k])
			if s.plan != nil {
				out[k].Bound = min(out[k].Bound, out[k].Value)
			}
		}
	}
	return out
}

func (s *solving) log(msg string, args ...any) {
	if s.o.Logger != nil {
		s.o.Logger.Log(s.ctx, slog.LevelDebug, msg, args...)
	}
}

// wishes are the starts that the options would like kept, and since when.
type wishes struct {
	baseline map[string]time.Time
	now      time.Time
}

func wishesOf(o *Options) wishes {
	w := wishes{baseline: map[string]time.Time{}, now: o.Now}
	if o.Baseline != nil {
		for _, a := range o.Baseline.Assignments {
			w.baseline[a.Activity] = a.Start
		}
	}
	return w
}

// wanted returns the start that an activity would like; zero: any.
func (w *wishes) wanted(a *Activity) time.Time {
	if t, ok := w.baseline[a.ID]; ok {
		return t
	}
	return a.Preferred
}

// counts says whether a move of the activity counts for a measure of repair.
func (w *wishes) counts(g Measure, a *Activity) bool {
	switch want, planned := w.baseline[a.ID]; {
	case !planned:
		return false
	case g == NoticeMoves:
		return a.Notice > 0 && want.Sub(w.now) < a.Notice.Std()
	case g == VoidedApprovals:
		return a.Approved
	default:
		return g == MoveCount || g == Dropped
	}
}

// Validate returns all faults, each a [*ValidationError], joined.
func (o *Options) Validate() error {
	var l faultList
	if o.Workers < 0 {
		l.addf("workers", "must not be negative, is %d", o.Workers)
	}
	if o.MaxWork < 0 {
		l.addf("maxWork", "must not be negative, is %d", o.MaxWork)
	}
	if o.Reasons < 0 {
		l.addf("reasons", "must not be negative, is %d", o.Reasons)
	}
	if o.MaxMemory < 0 {
		l.addf("maxMemory", "must not be negative, is %d", o.MaxMemory)
	}
	if math.IsNaN(o.Gap) || math.IsInf(o.Gap, 0) || o.Gap < 0 {
		l.addf("gap", "must be a number of 0 or more, is %v", o.Gap)
	}
	l.instant("now", o.Now, false)
	l.duration("hold", o.Hold)
	if o.Hint != nil {
		l.join("hint", o.Hint.validate())
	}
	if o.Baseline != nil {
		l.join("baseline", o.Baseline.validate())
	}
	return l.err()
}
