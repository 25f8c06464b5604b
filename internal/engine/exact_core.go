package engine

import (
	"math"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// core looks for few constraints that already have no solution together: it leaves
// constraints out, first by kind, then by halves, quarters and so on, down to single
// ones, and puts those back without which a solution may exist (delta debugging,
// Zeller and Hildebrandt 2002). Each trial is a small search of its own; the whole
// stops after a multiple of the work of the proof, with what it has.
//
// The result has no solution, in the sense of [restrict], but may not be minimal: a
// trial that reaches its limit puts its constraints back.
func (e *exactRun) core() []rcpsp.ConstraintID {
	all := constraints(e.in)
	proof := e.m.s.Work
	t := trial{run: e.run, each: 2*proof + 200_000, left: 50*proof + 5_000_000 + 200*int64(len(all))}
	if !t.infeasible(all) {
		e.res.Refused = e.opt.Reject != nil
		return all // it took a user's judgement, or more work than is left
	}
	for kind := rcpsp.KindTask; kind <= rcpsp.KindLink; kind++ {
		var rest []rcpsp.ConstraintID
		for _, c := range all {
			if c.Kind != kind {
				rest = append(rest, c)
			}
		}
		if len(rest) < len(all) && t.infeasible(rest) {
			all = rest
		}
	}
	for size := (len(all) + 1) / 2; size > 0; size /= 2 {
		for at := 0; at < len(all); {
			rest := append([]rcpsp.ConstraintID(nil), all[:at]...)
			rest = append(rest, all[min(at+size, len(all)):]...)
			if t.infeasible(rest) {
				all = rest
			} else {
				at += size
			}
			if t.left <= 0 || e.ctx.Err() != nil {
				return all
			}
		}
	}
	return all
}

// constraints lists all of an instance but its goals.
func constraints(in *rcpsp.Instance) []rcpsp.ConstraintID {
	var all []rcpsp.ConstraintID
	for c := range in.Constraints() {
		if c.Kind != rcpsp.KindGoal {
			all = append(all, c)
		}
	}
	return all
}

// A trial searches small variants of an instance.
type trial struct {
	*run
	each, left int64 // work: of one trial, and of all that follow
}

// infeasible says whether the constraints of keep have no solution; false also where
// that is not found out.
func (t *trial) infeasible(keep []rcpsp.ConstraintID) bool {
	in := restrict(t.in, keep)
	sub := &run{ctx: t.ctx, in: in, opt: Options{MaxWork: min(t.each, t.left), Off: t.opt.Off}}
	if t.left <= 0 || t.ctx.Err() != nil {
		return false
	}
	m, ok := newModel(in, t.opt.Off, nil, t.ended)
	if m.s.Halted {
		return false
	}
	status := Infeasible
	if ok {
		e := &exactRun{run: sub, m: m}
		m.solver.Poll = e.poll
		e.tiers()
		status = sub.res.Status
	}
	t.left -= m.s.Work + 20*int64(len(in.Tasks)+len(in.Lags))
	t.res.Stats.Work += m.s.Work
	return status == Infeasible
}

// restrict returns the instance with only the constraints of keep, and no goals. A task
// whose own constraint is left out may be absent, and start anywhere.
func restrict(in *rcpsp.Instance, keep []rcpsp.ConstraintID) *rcpsp.Instance {
	kept := map[rcpsp.ConstraintID]bool{} // membership only
	for _, c := range keep {
		kept[c] = true
	}
	has := func(kind rcpsp.ConstraintKind, i int) bool {
		return kept[rcpsp.ConstraintID{Kind: kind, Index: int32(i)}]
	}
	out := &rcpsp.Instance{Horizon: in.Horizon}
	for t, task := range in.Tasks {
		if !has(rcpsp.KindTask, t) {
			task.Optional = true
			task.Modes = append([]rcpsp.Mode(nil), task.Modes...)
			for k := range task.Modes {
				task.Modes[k].Starts = []rcpsp.Range{{Lo: 0, Hi: in.Horizon}}
			}
		}
		out.Tasks = append(out.Tasks, task)
	}
	for i, l := range in.Lags {
		if has(rcpsp.KindLag, i) {
			out.Lags = append(out.Lags, l)
		}
	}
	for i, r := range in.Resources {
		if !has(rcpsp.KindResource, i) {
			r.Capacity = []rcpsp.Step{{Value: math.MaxInt64 / 8}}
		}
		out.Resources = append(out.Resources, r)
	}
	for i, set := range in.NoOverlap {
		if has(rcpsp.KindNoOverlap, i) {
			out.NoOverlap = append(out.NoOverlap, set)
		}
	}
	for i, g := range in.Groups {
		g.Defined = g.Defined || !has(rcpsp.KindGroup, i)
		out.Groups = append(out.Groups, g)
	}
	for i, b := range in.Budgets {
		if has(rcpsp.KindBudget, i) {
			out.Budgets = append(out.Budgets, b)
		}
	}
	for i, s := range in.SameSpan {
		if has(rcpsp.KindSameSpan, i) {
			out.SameSpan = append(out.SameSpan, s)
		}
	}
	for i, l := range in.Links {
		if has(rcpsp.KindLink, i) {
			out.Links = append(out.Links, l)
		}
	}
	return out
}
