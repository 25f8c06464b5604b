package schedule

import (
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/internal/judge"
)

// customs hands the rules to the judge, in exact time.
func (t *translation) customs(c *judge.Case) {
	for i := range t.p.Custom {
		r := &t.p.Custom[i]
		c.Customs = append(c.Customs, judge.Custom{ID: orPath(r.ID, func(i int) string { return pathOf("custom", i) }, i), Name: r.Name,
			Judge: func(places []judge.Place) []judge.Clash { return t.clashes(r, places) }})
	}
}

// clashes asks one rule about a plan. A rule that fails breaks the plan.
func (t *translation) clashes(r *CustomRule, places []judge.Place) []judge.Clash {
	out, err := t.forbidden(r, places)
	if err == nil {
		var more []judge.Clash
		more, err = t.judged(r, places)
		out = append(out, more...)
	}
	if err != nil {
		if t.err == nil {
			t.err = err
		}
		return []judge.Clash{{Why: err.Error()}}
	}
	return out
}

func (t *translation) forbidden(r *CustomRule, places []judge.Place) (out []judge.Clash, err error) {
	if r.Forbids == nil {
		return nil, nil
	}
	about := r.about()
	err = r.guard(func() {
		for i := range places {
			a, x := &t.p.Activities[i], &places[i]
			if !x.Planned || about != nil && !about[a.ID] || x.Start.Before(t.p.Horizon.Start) || x.Start.After(t.p.Horizon.End) {
				continue // outside the horizon is a conflict by itself
			}
			if r.Forbids(a, t.p.sampledAt(r, x.Start)) {
				out = append(out, judge.Clash{Activities: []string{a.ID}, Why: "it must not start then"})
			}
		}
	})
	return out, err
}

func (t *translation) judged(r *CustomRule, places []judge.Place) ([]judge.Clash, error) {
	order := sorted(len(places), func(a, b int) int {
		x, y := t.p.Activities[a].ID, t.p.Activities[b].ID
		if x < y {
			return -1
		}
		return 1
	})
	ids := make([]string, len(order))
	for k, i := range order {
		ids[k] = t.p.Activities[i].ID
	}
	d := newDraft(ids)
	for k, i := range order {
		switch x := &places[i]; {
		case x.Planned:
			d.set(k, present, Assignment{Activity: x.Activity, Mode: x.Mode, Start: x.Start.UTC(), End: x.End.UTC(), From: t.p.Activities[i].From})
		case x.LeftOut:
			d.set(k, absent, Assignment{})
		}
	}
	clashes, err := r.judge(d)
	if err != nil {
		return nil, err
	}
	var out []judge.Clash
	for _, c := range clashes {
		all := slices.Clone(c.Activities)
		if len(all) == 0 {
			for k, id := range ids {
				if d.state[k] != undecided {
					all = append(all, id)
				}
			}
		}
		out = append(out, judge.Clash{Activities: all, Why: c.Reason})
	}
	return out, nil
}

// sampledAt returns when the rule is asked about a start.
func (p *Problem) sampledAt(r *CustomRule, start time.Time) time.Time {
	step := time.Duration(r.step()) * time.Second
	d := start.Sub(p.Horizon.Start)
	return p.Horizon.Start.Add(d - d%step).UTC()
}

// customCost is what a rule says of a start.
func (e *evaluation) customCost(id string, a *Activity, start time.Time) (v int64) {
	r := e.p.customRule(id)
	if r == nil || r.Cost == nil || len(r.Activities) > 0 && !slices.Contains(r.Activities, a.ID) {
		return 0
	}
	if err := r.guard(func() { v = r.Cost(a, e.p.sampledAt(r, start)) }); err != nil {
		return 0 // what solves has asked it before and reported the error
	}
	return v
}
