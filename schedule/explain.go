package schedule

import (
	"context"
	"fmt"
	"slices"

	"github.com/slackwater-go/slackwater/internal/engine"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// Explain says why p has no plan: it returns requirements that cannot hold together,
// as few as possible in the sense that without any one of them there is a plan, which
// is checked for each before it returns. It returns nil if p has a plan. Where there are
// several such sets this is one of them; [Explanations] has the others.
//
// Requirements are what somebody can give way on: the maintenance windows of a
// calendar, one blackout or freeze, a lag, an exclusion, a resource, a redundancy
// group, a budget, a bundle, a pin, a release date, a deadline, a date rule. Each
// conflict names one, with the activities that it concerns and, as evidence, where it
// stands in the document. That activities are carried out at all, for as long as they
// take, within the horizon, is taken as given; where that alone is impossible, the
// conflict of kind [NoSlot] says so.
//
// The method is QuickXplain (Junker 2004) on what is left of the requirements after the
// solver has named a core: the number of solver runs grows with the size of the answer,
// and with the size of p only logarithmically. When ctx ends, or Options.MaxWork, which
// here bounds each run by itself, does not suffice, the error matches [ErrNoPlan].
// Goals do not matter.
func Explain(ctx context.Context, p *Problem, opts *Options) ([]Conflict, error) {
	sets, err := explain(ctx, p, opts, 1)
	if err != nil || len(sets) == 0 {
		return nil, err
	}
	return sets[0], nil
}

// explain returns up to so many minimal sets.
func explain(ctx context.Context, p *Problem, opts *Options, limit int) ([][]Conflict, error) {
	o := Options{}
	if opts != nil {
		o = *opts
	}
	if err := o.Validate(); err != nil {
		return nil, fmt.Errorf("schedule: options: %w", err)
	}
	low, at, err := p.prepareUntil(ctx)
	if err != nil {
		return nil, wrap(ctx, err)
	}
	return newExplaining(ctx, low, at, &o).sets(limit)
}

func newExplaining(ctx context.Context, low *Problem, at *origins, o *Options) *explaining {
	own := *o
	own.feasibility, own.Proof, own.Progress = true, nil, nil
	return &explaining{ctx: ctx, p: low, at: at, o: &own, units: unitsOf(low)}
}

// A unit is one requirement that can be dropped by itself.
type unit struct {
	kind unitKind
	i, j int
}

type unitKind uint8

// The order is that in which requirements are preferred in an answer, the best last:
// what governance and dates say rather than what the work needs.
const (
	unitExclusion unitKind = iota
	unitResource
	unitGroup
	unitBudget
	unitCustom
	unitMinLag
	unitMaxLag
	unitLink
	unitTogether // bundle: all or nothing
	unitWindow   // bundle: one window
	unitNotBefore
	unitPinned
	unitDateRule
	unitMaintenance // calendar: all maintenance windows
	unitClosed      // calendar, window
	unitNotAfter
)

// unitsOf lists the requirements of a problem, in order of preference.
func unitsOf(p *Problem) []unit {
	var out []unit
	add := func(k unitKind, i, j int, is bool) {
		if is {
			out = append(out, unit{k, i, j})
		}
	}
	for i := range p.Exclusions {
		add(unitExclusion, i, 0, len(p.Exclusions[i].Activities) > 1)
	}
	for i := range p.Resources {
		add(unitResource, i, 0, true)
	}
	for i := range p.Groups {
		add(unitGroup, i, 0, !p.Groups[i].Nested)
	}
	for i := range p.Budgets {
		add(unitBudget, i, 0, !p.Budgets[i].Soft)
	}
	for i := range p.Custom {
		add(unitCustom, i, 0, p.Custom[i].Judge != nil || p.Custom[i].Forbids != nil)
	}
	for i := range p.Precedences {
		add(unitMinLag, i, 0, true)
		add(unitMaxLag, i, 0, p.Precedences[i].MaxLag != nil)
	}
	for i := range p.Links {
		add(unitLink, i, 0, true)
	}
	for i := range p.Bundles {
		b := &p.Bundles[i]
		add(unitTogether, i, 0, b.AllOrNothing)
		add(unitWindow, i, 0, len(b.Window) > 0 || b.Calendar != "")
	}
	for i := range p.DateRules {
		add(unitDateRule, i, 0, true)
	}
	for i := range p.Activities {
		a := &p.Activities[i]
		add(unitNotBefore, i, 0, !a.NotBefore.IsZero())
		add(unitPinned, i, 0, !a.Pinned.IsZero())
		add(unitNotAfter, i, 0, !a.NotAfter.IsZero())
	}
	for i := range p.Calendars {
		c := &p.Calendars[i]
		add(unitMaintenance, i, 0, maintains(c))
		for j := range c.Windows {
			add(unitClosed, i, j, c.Windows[j].Closes())
		}
	}
	slices.SortStableFunc(out, func(a, b unit) int { return int(a.kind) - int(b.kind) })
	return out
}

// explaining is one run of Explain.
type explaining struct {
	ctx   context.Context
	p     *Problem
	at    *origins
	o     *Options
	units []unit
	core  []int    // of the last infeasible run that looked for one, as indices into units
	deep  bool     // runs look for cores
	about []string // the activities that an answer is about, see cast
}

// all lists all requirements.
func (x *explaining) all() []int {
	out := make([]int, len(x.units))
	for i := range out {
		out[i] = i
	}
	return out
}

// minimal returns some of the requirements that cannot hold together, as few as possible;
// possible says that a plan keeps to all of them. Without any requirement there must be
// a plan.
func (x *explaining) minimal(from []int) (least []int, possible bool, err error) {
	x.deep = true
	bad, err := x.infeasible(from)
	x.deep = false
	if err != nil || !bad {
		return nil, err == nil, err
	}
	// The core, if it is one, is where to look; a core that is none costs one run.
	if core := x.core; len(core) < len(from) {
		if bad, err := x.infeasible(core); err != nil {
			return nil, false, err
		} else if bad {
			from = core
		}
	}
	least, err = quick(x.infeasible, nil, false, from)
	slices.Sort(least)
	return least, false, err
}

// conflicts puts a minimal set into words, once it is sure to be one.
func (x *explaining) conflicts(least []int) ([]Conflict, error) {
	out := make([]Conflict, len(least))
	var err error
	if x.about, err = x.cast(least); err != nil {
		return nil, err
	}
	for i, u := range least {
		rest := slices.Delete(slices.Clone(least), i, i+1)
		if bad, err := x.infeasible(rest); err != nil {
			return nil, err
		} else if bad {
			return nil, fmt.Errorf("schedule: internal error: an explanation is not minimal")
		}
		out[i] = x.conflict(x.units[u])
	}
	return out, nil
}

// quick is QuickXplain: it returns a minimal part of candidates that is infeasible
// together with background. grown says that background has grown since it was last
// known to be feasible.
func quick(infeasible func([]int) (bool, error), background []int, grown bool, candidates []int) ([]int, error) {
	if grown {
		if bad, err := infeasible(background); err != nil || bad {
			return nil, err
		}
	}
	if len(candidates) <= 1 {
		return candidates, nil
	}
	half := len(candidates) / 2
	first, second := candidates[:half], candidates[half:]
	b, err := quick(infeasible, slices.Concat(background, first), true, second)
	if err != nil {
		return nil, err
	}
	a, err := quick(infeasible, slices.Concat(background, b), len(b) > 0, first)
	return slices.Concat(a, b), err
}

// infeasible says whether no plan keeps to some of the requirements.
func (x *explaining) infeasible(keep []int) (bool, error) {
	kept := make(map[unit]bool, len(keep))
	for _, i := range keep {
		kept[x.units[i]] = true
	}
	c, core, bad, err := x.try(x.p.relaxed(kept))
	if bad && x.deep {
		x.core = x.named(c, kept, core)
	}
	return bad, err
}

// try says whether a problem has no plan, and which constraints say so.
func (x *explaining) try(q *Problem) (c *compiled, core []rcpsp.ConstraintID, bad bool, err error) {
	if c, err = compile(x.ctx, q, x.at, x.o); err != nil {
		return nil, nil, false, wrap(x.ctx, err)
	}
	for t := range c.acts {
		task := &c.in.Tasks[t]
		if !task.Optional && !slices.ContainsFunc(task.Modes, func(m rcpsp.Mode) bool { return len(m.Starts) > 0 }) {
			return c, []rcpsp.ConstraintID{{Kind: rcpsp.KindTask, Index: int32(t)}}, true, nil
		}
	}
	opt := engine.Options{Seed: x.o.Seed, MaxWork: x.o.MaxWork, MaxMemory: x.o.MaxMemory, Workers: x.o.Workers, NoCore: !x.deep,
		Progress: func(ev engine.Event) bool { return ev.Best == nil }}
	ctx, end := context.WithCancel(x.ctx)
	defer end()
	reject := c.rejecter(end)
	reject.steer(&opt)
	res, err := engine.Run(ctx, c.in, opt)
	switch {
	case reject.failed() != nil:
		err = fmt.Errorf("schedule: %w", reject.failed())
	case err != nil:
		err = fmt.Errorf("schedule: internal error: %w", err)
	case res.Best != nil:
	case res.Status == engine.Infeasible:
		return c, res.Core, true, nil
	case x.ctx.Err() != nil:
		err = fmt.Errorf("schedule: %w: %w", ErrNoPlan, x.ctx.Err())
	default:
		err = fmt.Errorf("schedule: %w", ErrNoPlan)
	}
	return c, nil, false, err
}
