package schedule

import (
	"cmp"
	"slices"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// slotTries bounds how many starts of one free stretch are put to the rules.
const slotTries = 1000

// ruling asks the rules that judge plans about a plan with some activities elsewhere.
type ruling struct {
	f     *SlotFinder
	draft *Draft
	own   map[string]bool // what the question is about
}

// ruling returns nil where no rule judges plans.
func (a *asking) ruling(own ...rcpsp.TaskID) *ruling {
	f := a.f
	if !f.p.judges() {
		return nil
	}
	ids := make([]string, len(f.acts))
	for t, i := range f.acts {
		ids[t] = f.p.Activities[i].ID
	}
	r := &ruling{f: f, draft: newDraft(ids), own: map[string]bool{}}
	for t := range f.acts {
		if at := a.place(rcpsp.TaskID(t)); at.present {
			r.put(rcpsp.TaskID(t), at)
		} else if f.absent[ids[t]] {
			r.draft.set(t, absent, Assignment{})
		}
	}
	for _, t := range own {
		r.own[ids[t]] = true
	}
	return r
}

// put decides where a task goes.
func (r *ruling) put(t rcpsp.TaskID, at placing) {
	act := r.f.activityOf(t)
	x := Assignment{Activity: act.ID, Start: r.f.instant(at.lo), End: r.f.instant(at.hi), From: act.From}
	if len(act.Modes) > 0 {
		x.Mode = act.Modes[r.f.modes[t][at.mode]].ID
	}
	r.draft.set(int(t), present, x)
}

// broken returns the bound that a rule sets to what the question is about, as it is in the
// draft. Clashes of others stay what they are.
func (r *ruling) broken() (Bound, bool, error) {
	for i := range r.f.p.Custom {
		rule := &r.f.p.Custom[i]
		clashes, err := rule.judge(r.draft)
		if err != nil {
			return Bound{}, false, err
		}
		for _, c := range clashes {
			if len(c.Activities) == 0 || slices.ContainsFunc(c.Activities, func(id string) bool { return r.own[id] }) {
				return customBound(i, rule, c.Reason), true, nil
			}
		}
	}
	return Bound{}, false, nil
}

func customBound(i int, rule *CustomRule, why string) Bound {
	b := Bound{Kind: CustomBreach, Path: pathOf("custom", i), Reason: "the rule " + rule.title() + " forbids it"}
	if why != "" {
		b.Reason += ": " + why
	}
	return b
}

// admitted returns the candidates that the rules accept, moved on within their stretch
// where they do not accept the first start.
func (a *asking) admitted(t rcpsp.TaskID, found []candidate) []candidate {
	r := a.ruling(t)
	if r == nil {
		return found
	}
	step := max(a.f.grid, int64(defaultStep/Second)/a.f.grid*a.f.grid)
	var out []candidate
	for _, c := range found {
		if len(out) == a.q.Limit {
			break
		}
		m := &a.f.in.Tasks[t].Modes[c.mode]
		for range slotTries {
			end, _ := m.End(rcpsp.Time(c.start))
			r.put(t, placing{true, c.mode, c.start, int64(end)})
			_, bad, err := r.broken()
			if err != nil {
				a.err = err
				return nil
			}
			if !bad {
				c.latest, c.score = c.start, a.score(t, c.start)
				out = append(out, c)
				break
			}
			if c.start += step; c.start > int64(c.stretch.Hi) {
				break
			}
		}
	}
	slices.SortStableFunc(out, func(x, y candidate) int {
		return cmp.Or(cmp.Compare(x.score, y.score), cmp.Compare(x.start, y.start), cmp.Compare(x.mode, y.mode))
	})
	return slices.CompactFunc(out, func(x, y candidate) bool { return x.start == y.start && x.mode == y.mode })
}

// ruledOut names the rules that judge plans, where they are why nothing is left.
func (a *asking) ruledOut() []Conflict {
	var out []Conflict
	for i := range a.f.p.Custom {
		if a.f.p.Custom[i].Judge != nil {
			out = append(out, a.f.ofCustom(i))
		}
	}
	return out
}

// ruleBound is the bound that a rule which judges plans sets to a start.
func (a *asking) ruleBound(t rcpsp.TaskID, mode int32, x int64) (Bound, bool) {
	r := a.ruling(t)
	if r == nil {
		return Bound{}, false
	}
	end, ok := a.f.in.Tasks[t].Modes[mode].End(rcpsp.Time(x))
	if !ok {
		return Bound{}, false
	}
	r.put(t, placing{true, mode, x, int64(end)})
	b, bad, err := r.broken()
	if err != nil {
		a.err = err
	}
	return b, bad
}

// forbiddenBound is the bound of a rule that forbids a start by itself.
func (f *SlotFinder) forbiddenBound(act *Activity, x int64) (b Bound, found bool) {
	for i := range f.p.Custom {
		r := &f.p.Custom[i]
		if r.Forbids == nil || len(r.Activities) > 0 && !slices.Contains(r.Activities, act.ID) {
			continue
		}
		// Preparing the finder has asked the same, without a panic.
		if err := r.guard(func() { found = r.Forbids(act, f.p.sampledAt(r, f.instant(x))) }); err == nil && found {
			return customBound(i, r, "it must not start then"), true
		}
	}
	return Bound{}, false
}

// refused says whether the rules refuse the stages as they are placed, and from when on
// the first of them may be tried again.
func (x *staging) refused(r *ruling, first int) (bool, int64) {
	if r == nil {
		return false, 0
	}
	f := x.a.f
	for i, t := range x.stages {
		end, _ := f.in.Tasks[t].Modes[x.mode[i]].End(rcpsp.Time(x.start[i]))
		r.put(t, placing{true, x.mode[i], x.start[i], int64(end)})
	}
	_, bad, err := r.broken()
	if err != nil {
		x.a.err = err
	}
	return bad || err != nil, x.start[first] + max(f.grid, int64(defaultStep/Second)/f.grid*f.grid)
}
