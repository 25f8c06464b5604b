package schedule

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// inserting is one run of InsertEmergency.
//
// What an emergency harms changes with its start only where it begins or ceases to meet
// something. So its starts fall into stretches of equal harm, which are tried by harm and
// then by time. Around which starts of a stretch the plan can be repaired is another question:
// the solver is asked for the first one. Only to try starts at which something blocked ends
// came before this; it missed those at which one change gives way to the next, and said that
// there is no start where there was one.
type inserting struct {
	ctx   context.Context
	q     *Problem
	plan  *Plan
	query *EmergencyQuery
	a     *Activity
	out   *EmergencyAnswer

	f *SlotFinder
	k *Checker
}

// A harmful is a stretch of starts in one mode that do the same harm, and what they disturb.
type harmful struct {
	mode        int32
	first, last int64 // starts, in seconds
	hard        int   // conflicts that moving others does not end
	harm        int64
	unsafe      []Conflict
}

func (e *inserting) run() (*EmergencyAnswer, error) {
	stretches, err := e.stretches()
	if err != nil {
		return nil, err
	}
	// Most emergencies end here: the first start of all, and the rest makes way.
	plan, err := e.around(&stretches[0])
	if err == nil {
		return e.answer(&stretches[0], plan, true)
	}
	if !open(e.ctx, err) {
		return nil, err
	}
	proven := errors.Is(err, ErrInfeasible)
	if err := e.anywhere(); err != nil && (errors.Is(err, ErrInfeasible) || !open(e.ctx, err)) {
		return nil, err
	}
	for _, x := range stretches {
		first, err := e.firstOf(&x)
		if err == nil {
			proven = proven && first.Status == Optimal
			at, _ := first.Of(e.a.ID)
			x = e.harm(x.mode, at.Start.Unix()-e.f.start)
			if plan, err = e.around(&x); err == nil {
				return e.answer(&x, plan, proven)
			}
		}
		if !open(e.ctx, err) {
			return nil, err
		}
		proven = proven && errors.Is(err, ErrInfeasible)
	}
	return nil, fmt.Errorf("schedule: %w", ErrNoPlan)
}

// open says that another start may still do, whatever came of this one.
func open(ctx context.Context, err error) bool {
	return ctx.Err() == nil && (errors.Is(err, ErrInfeasible) || errors.Is(err, ErrNoPlan))
}

// stretches returns the starts that keep to what holds for the emergency itself, by harm.
func (e *inserting) stretches() ([]harmful, error) {
	var err error
	if e.f, err = newSlotFinder(e.ctx, e.q, e.plan); err != nil {
		return nil, err
	}
	if e.k, err = newChecker(e.ctx, e.q, e.plan, nil); err != nil {
		return nil, err
	}
	f := e.f
	if answer, err := f.Find(e.a.ID, SlotQuery{From: e.query.Now, Limit: 1, Score: SlotScore{Lead: 1}}); err == nil && len(answer.Slots) > 0 {
		e.out.Free = answer.Slots[0].Start
	}
	t := e.task()
	ask := &asking{f: f, q: SlotQuery{From: e.query.Now, Until: e.query.Now.Add(e.query.Within.Std())}}
	if err := ask.frame(); err != nil {
		return nil, err
	}
	var out []harmful
	for k := range f.in.Tasks[t].Modes {
		m := &f.in.Tasks[t].Modes[k]
		starts := clip(m.Starts, ask.from, ask.until)
		if len(starts) == 0 {
			continue
		}
		cuts := e.cuts(m, int64(starts[0].Lo), int64(starts[len(starts)-1].Hi))
		for _, r := range starts {
			i, _ := slices.BinarySearch(cuts, int64(r.Lo)+1)
			for lo := int64(r.Lo); lo <= int64(r.Hi); i++ {
				next := int64(r.Hi) + 1
				if i < len(cuts) {
					next = min(next, cuts[i])
				}
				if e.ctx.Err() != nil {
					return nil, fmt.Errorf("schedule: %w: %w", ErrNoPlan, e.ctx.Err())
				}
				x := e.harm(int32(k), lo)
				x.last = next - 1
				out = append(out, x)
				lo = next
			}
		}
	}
	if len(out) == 0 {
		c := f.ofTask(t)
		c.Kind = NoSlot
		c.Reason = fmt.Sprintf("%s has no possible start within %s: %s", f.called(t), lengthOf(e.query.Within.Std()), f.limits(e.a))
		return nil, &InfeasibleError{Conflicts: []Conflict{c}}
	}
	slices.SortStableFunc(out, func(a, b harmful) int {
		return cmp.Or(cmp.Compare(a.hard, b.hard), cmp.Compare(a.harm, b.harm), cmp.Compare(a.first, b.first))
	})
	return out, nil
}

func (e *inserting) task() rcpsp.TaskID { return rcpsp.TaskID(e.f.byID[e.a.ID]) }

// cuts returns, sorted, the starts in (lo, hi] from which a mode meets something that it did
// not meet a second sooner, or no longer does.
func (e *inserting) cuts(m *rcpsp.Mode, lo, hi int64) []int64 {
	f := e.f
	of := &f.member[e.task()]
	var out []int64
	at := func(instants ...int64) {
		for _, x := range instants {
			out = append(out, x, latestStart(m, x)+1)
		}
	}
	others := func(list []rcpsp.TaskID) {
		for _, o := range list {
			if p := f.places[o]; p.present && o != e.task() {
				at(p.lo, p.hi)
				f.occupied(o, p, func(lo, hi int64) { at(lo, hi) })
			}
		}
	}
	for _, d := range m.Demands {
		others(f.use[d.Resource].users)
		for _, s := range f.in.Resources[d.Resource].Capacity {
			at(int64(s.From))
		}
	}
	for _, i := range of.exclusions {
		others(f.in.NoOverlap[i])
	}
	for _, i := range of.groups {
		others(f.groups[i].tasks)
		for _, s := range f.in.Groups[i].Allowed {
			at(int64(s.From))
		}
	}
	for _, i := range of.budgets {
		for _, p := range f.in.Budgets[i].Periods {
			out = append(out, int64(p.Lo), int64(p.Hi))
		}
	}
	out = slices.DeleteFunc(out, func(x int64) bool { return x <= lo || x > hi })
	slices.Sort(out)
	return slices.Compact(out)
}

// harm puts the emergency somewhere and looks at what that breaks.
func (e *inserting) harm(mode int32, start int64) harmful {
	f := e.f
	out := harmful{mode: mode, first: start, last: start}
	hurt := map[string]bool{}
	effect := e.k.Put(e.at(&out))
	for _, x := range effect.Come {
		if x.Severity != Blocking {
			continue
		}
		others, movable := 0, false
		for _, id := range x.Activities {
			if id == e.a.ID {
				continue
			}
			others++
			p := f.places[f.byID[id]]
			if movable = movable || !f.instant(p.lo).Before(e.query.Now); !hurt[id] {
				hurt[id] = true
				out.harm += f.activityOf(rcpsp.TaskID(f.byID[id])).weight()
			}
		}
		out.unsafe = append(out.unsafe, x.Conflict)
		if others == 0 || !movable {
			out.hard++
		}
	}
	e.k.Remove(e.a.ID)
	return out
}

// at is the emergency at the first start of a stretch.
func (e *inserting) at(x *harmful) Assignment {
	end, _ := e.f.in.Tasks[e.task()].Modes[x.mode].End(rcpsp.Time(x.first))
	return Assignment{Activity: e.a.ID, Mode: e.modeOf(x), Start: e.f.instant(x.first).UTC(), End: e.f.instant(int64(end)).UTC()}
}

func (e *inserting) modeOf(x *harmful) string {
	return e.a.modes()[e.f.modes[e.task()][x.mode]].ID
}

// in returns the problem with the emergency in the mode of a stretch only, and changed.
func (e *inserting) in(x *harmful, change func(*Activity)) *Problem {
	return e.q.with(e.a.ID, func(a *Activity) {
		if id := e.modeOf(x); id != "" {
			a.Modes = slices.DeleteFunc(slices.Clone(a.Modes), func(m Mode) bool { return m.ID != id })
		}
		change(a)
	}).fromNow(e.plan, e.query.Now, e.a.ID)
}

// around repairs the plan around the emergency at the first start of a stretch.
func (e *inserting) around(x *harmful) (*Plan, error) {
	o := e.options()
	return Repair(e.ctx, e.in(x, func(a *Activity) { a.Pinned = e.f.instant(x.first) }), e.plan, &o)
}

func (e *inserting) options() Options {
	o := e.query.Solver
	o.Now = e.query.Now
	return o
}

// firstOf returns the plan with the first start of a stretch around which there is one.
func (e *inserting) firstOf(x *harmful) (*Plan, error) {
	return e.among(x, x.first, x.last)
}

// anywhere finds out whether there is a plan with the emergency at all.
func (e *inserting) anywhere() (err error) {
	until := e.query.Now.Add(e.query.Within.Std()).Unix() - e.f.start
	for k := range e.f.in.Tasks[e.task()].Modes {
		x := &harmful{mode: int32(k)}
		starts := clip(e.f.in.Tasks[e.task()].Modes[k].Starts, 0, until)
		if len(starts) == 0 {
			continue
		}
		_, one := e.among(x, int64(starts[0].Lo), int64(starts[len(starts)-1].Hi))
		if one == nil {
			return nil
		}
		if err == nil || !errors.Is(one, ErrInfeasible) {
			err = one
		}
	}
	return err
}

// among solves for the first start of the emergency between two, with what has started pinned.
func (e *inserting) among(x *harmful, first, last int64) (*Plan, error) {
	end := func(start int64) time.Time {
		to, _ := e.f.in.Tasks[e.task()].Modes[x.mode].End(rcpsp.Time(start))
		return e.f.instant(int64(to))
	}
	q := e.in(x, func(a *Activity) {
		a.NotBefore, a.Due, a.Weight = e.f.instant(first), end(first), 1
	})
	q.DateRules = append(slices.Clone(q.DateRules), DateRule{ID: "in time", Kind: Notice, Activities: []string{e.a.ID}, Until: end(last),
		Name: "it has to start within " + lengthOf(e.query.Within.Std())})
	o := e.options()
	q = repairing(q, e.plan, &o)
	for i := range q.Activities {
		if a := &q.Activities[i]; a.ID != e.a.ID {
			a.Due = time.Time{}
		}
	}
	q.Goals = []Goal{{Measure: Tardiness}}
	o.Hint, o.Baseline, o.Proof, o.Progress = nil, e.plan, nil, nil
	return Solve(e.ctx, q, &o)
}

func (e *inserting) answer(x *harmful, plan *Plan, proven bool) (*EmergencyAnswer, error) {
	o := e.out
	o.Place, o.Harm, o.Unsafe, o.Plan, o.Proven = e.at(x), x.harm, x.unsafe, plan, proven
	moves, err := Moves(e.q, e.plan, plan, e.query.Now)
	if err != nil {
		return nil, err
	}
	o.Moves = slices.DeleteFunc(moves, func(m Move) bool { return m.Activity == e.a.ID })
	e.duties()
	e.say()
	return o, nil
}
