package schedule

import (
	"fmt"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/engine"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// sampler asks the functions of start of the rules of a problem.
type sampler struct {
	rules []sampled
	asked int64
}

type sampled struct {
	*CustomRule
	index int
	about map[string]bool
}

func newSampler(p *Problem) *sampler {
	s := &sampler{}
	for i := range p.Custom {
		if r := &p.Custom[i]; r.Forbids != nil || r.Cost != nil {
			s.rules = append(s.rules, sampled{r, i, r.about()})
		}
	}
	return s
}

// sample calls f with the start of each step of rule r in which one of the starts lies.
func (c *compiler) sample(r *sampled, starts []rcpsp.Range, f func(from, until int64)) error {
	step := r.step()
	next := int64(0)
	return r.guard(func() {
		for _, s := range starts {
			for at := max(next, int64(s.Lo)/step*step); at <= int64(s.Hi); at += step {
				if c.samples.asked++; c.samples.asked > mostAsked {
					return
				}
				if c.samples.asked%(1<<16) == 0 && c.ctx.Err() != nil {
					return
				}
				f(at, at+step)
				next = at + step
			}
		}
	})
}

// tooMuch is the fault of rules that would be asked for too long.
func (c *compiler) tooMuch(r *sampled) error {
	if c.samples.asked <= mostAsked {
		return c.ctx.Err()
	}
	return &ValidationError{Path: pathOf("custom", r.index) + ".step",
		Problem: fmt.Sprintf("has the functions of the rules asked more than %d times: make it longer, or name fewer activities", mostAsked)}
}

// permitted returns the starts that no rule forbids.
func (c *compiler) permitted(a *Activity, starts []rcpsp.Range) ([]rcpsp.Range, error) {
	for i := range c.samples.rules {
		r := &c.samples.rules[i]
		if r.Forbids == nil || r.about != nil && !r.about[a.ID] || len(starts) == 0 {
			continue
		}
		var bad []rcpsp.Range
		err := c.sample(r, starts, func(from, until int64) {
			if !r.Forbids(a, c.instant(from)) {
				return
			}
			if n := len(bad); n > 0 && int64(bad[n-1].Hi) == from-1 {
				bad[n-1].Hi = rcpsp.Time(until) - 1
				return
			}
			bad = append(bad, rcpsp.Range{Lo: rcpsp.Time(from), Hi: rcpsp.Time(until) - 1})
		})
		if err == nil {
			err = c.tooMuch(r)
		}
		if err != nil {
			return nil, err
		}
		for _, b := range bad {
			c.divide(int64(b.Lo))
			c.divide(int64(b.Hi) + 1)
		}
		if len(bad) > 0 {
			c.halfOpen = true
			starts = cutOut(starts, bad)
		}
	}
	return starts, nil
}

// cutOut returns what of the ranges of a lies in none of bad; both are sorted.
func cutOut(a, bad []rcpsp.Range) []rcpsp.Range {
	var out []rcpsp.Range
	k := 0
	for _, r := range a {
		for k < len(bad) && bad[k].Hi < r.Lo {
			k++
		}
		lo := r.Lo
		for j := k; j < len(bad) && bad[j].Lo <= r.Hi; j++ {
			if bad[j].Lo > lo {
				out = append(out, rcpsp.Range{Lo: lo, Hi: bad[j].Lo - 1})
			}
			lo = max(lo, bad[j].Hi+1)
		}
		if lo <= r.Hi {
			out = append(out, rcpsp.Range{Lo: lo, Hi: r.Hi})
		}
	}
	return out
}

// customCost samples the cost of a rule over the starts of a task.
func (c *compiler) customCost(id string, t int, a *Activity) []rcpsp.Piece {
	i := slices.IndexFunc(c.samples.rules, func(r sampled) bool { return r.ID == id })
	if i < 0 || c.err != nil {
		return nil
	}
	r := &c.samples.rules[i]
	if r.Cost == nil || r.about != nil && !r.about[a.ID] {
		return nil
	}
	var starts []rcpsp.Range
	for k := range c.in.Tasks[t].Modes {
		starts = append(starts, c.in.Tasks[t].Modes[k].Starts...)
	}
	slices.SortFunc(starts, func(x, y rcpsp.Range) int { return int(min(1, max(-1, x.Lo-y.Lo))) })
	var out []rcpsp.Piece
	end := int64(0)
	err := c.sample(r, starts, func(from, until int64) {
		v := r.Cost(a, c.instant(from))
		if v < -maxNumber || v > maxNumber {
			c.err = &CustomError{Rule: r.ID, Problem: fmt.Sprintf("costs %d at %s: must be between %d and %d", v, c.instant(from), -maxNumber, maxNumber)}
		}
		if n := len(out); n == 0 || from != end || out[n-1].Value != v {
			c.divide(from)
			out = append(out, rcpsp.Piece{From: rcpsp.Time(from), Value: v})
			c.halfOpen = true
		}
		end = until
	})
	if err == nil {
		err = c.tooMuch(r)
	}
	if c.err == nil {
		c.err = err
	}
	return out
}

// judges says whether one of the rules judges plans.
func (p *Problem) judges() bool {
	return slices.ContainsFunc(p.Custom, func(r CustomRule) bool { return r.Judge != nil })
}

// A rejecter asks the rules about solutions of the engine.
type rejecter struct {
	c     *compiled
	draft *Draft
	mode  []int32 // of what is in the draft
	start []rcpsp.Time
	err   error
	// fail is called with the first error, and has to end the run: until then everything
	// is refused.
	fail func()
}

// rejecter returns nil where no rule judges plans.
func (c *compiled) rejecter(fail func()) *rejecter {
	if !c.p.judges() {
		return nil
	}
	ids := make([]string, len(c.acts))
	for t, i := range c.acts {
		ids[t] = c.p.Activities[i].ID
	}
	return &rejecter{c: c, draft: newDraft(ids), mode: make([]int32, len(ids)), start: make([]rcpsp.Time, len(ids)), fail: fail}
}

// follow brings the draft up to date.
func (r *rejecter) follow(s *rcpsp.Solution, decided []bool) {
	for t, i := range r.c.acts {
		k, at := s.Mode[t], s.Start[t]
		switch {
		case decided != nil && !decided[t]:
			if r.draft.state[t] != undecided {
				r.draft.set(t, undecided, Assignment{})
			}
		case k < 0:
			if r.draft.state[t] != absent {
				r.draft.set(t, absent, Assignment{})
			}
		case r.draft.state[t] != present || r.mode[t] != k || r.start[t] != at:
			a := &r.c.p.Activities[i]
			x := Assignment{Activity: a.ID, From: a.From}
			if len(a.Modes) > 0 {
				x.Mode = a.Modes[r.c.modes[t][k]].ID
			}
			start := int64(at)*r.c.tick + r.c.seconds[t].residue
			x.Start, x.End = r.c.instant(start), r.c.instant(r.c.end(t, int(k), start))
			r.draft.set(t, present, x)
			r.mode[t], r.start[t] = k, at
		}
	}
}

func (r *rejecter) complete(s *rcpsp.Solution) []engine.Clash { return r.part(s, nil) }

func (r *rejecter) part(s *rcpsp.Solution, decided []bool) []engine.Clash {
	if r.err != nil {
		return []engine.Clash{{}}
	}
	r.follow(s, decided)
	var out []engine.Clash
	for i := range r.c.p.Custom {
		rule := &r.c.p.Custom[i]
		if decided != nil && !rule.Partial {
			continue
		}
		clashes, err := rule.judge(r.draft)
		if err != nil {
			r.err = err
			r.fail()
			return []engine.Clash{{}}
		}
		for k := range clashes {
			out = append(out, r.clash(&clashes[k]))
		}
	}
	return out
}

// clash turns names and instants into tasks and ticks.
func (r *rejecter) clash(x *Clash) engine.Clash {
	out := engine.Clash{Tasks: make([]rcpsp.TaskID, len(x.Activities))}
	for k, id := range x.Activities {
		t, _ := r.draft.find(id)
		out.Tasks[k] = rcpsp.TaskID(t)
		if x.Starts == nil {
			continue
		}
		at := r.start[t]
		starts := rcpsp.Range{Lo: at, Hi: at}
		if iv := x.Starts[k]; iv != (calendar.Interval{}) && r.draft.state[t] == present {
			// A start is tick times t and the residue.
			ticks := func(at time.Time) rcpsp.Time {
				s := at.Unix() - r.c.start - r.c.seconds[t].residue
				if at.Nanosecond() > 0 {
					s++
				}
				return ceilDiv(rcpsp.Time(s), rcpsp.Time(r.c.tick))
			}
			starts = rcpsp.Range{Lo: max(0, ticks(iv.Start)), Hi: min(r.c.in.Horizon, ticks(iv.End)-1)}
		}
		out.Starts = append(out.Starts, starts)
	}
	return out
}

// steer makes the engine ask the rules, if there are any.
func (r *rejecter) steer(o *engine.Options) {
	if r == nil {
		return
	}
	o.Reject = r.complete
	if slices.ContainsFunc(r.c.p.Custom, func(x CustomRule) bool { return x.Judge != nil && x.Partial }) {
		o.RejectPart = r.part
	}
}

// failed returns what went wrong with a rule.
func (r *rejecter) failed() error {
	if r == nil {
		return nil
	}
	return r.err
}

// ofCustom is the requirement of a rule.
func (c *compiled) ofCustom(i int) Conflict {
	r := &c.p.Custom[i]
	return c.conflict(CustomBreach, "custom", r.ID, pathOf("custom", i), slices.Sorted(slices.Values(r.Activities)),
		fmt.Sprintf("the rule %s holds", r.title()))
}

// customOf returns the rules that an infeasible result may rest on: those that forbid
// starts of activities in the core, and those that judge plans where the core is none
// without them.
func (c *compiled) customOf(res *engine.Result) []Conflict {
	var out []Conflict
	for i := range c.p.Custom {
		r := &c.p.Custom[i]
		about := r.about()
		forbids := r.Forbids != nil && slices.ContainsFunc(res.Core, func(id rcpsp.ConstraintID) bool {
			return id.Kind == rcpsp.KindTask && int(id.Index) < len(c.acts) && (about == nil || about[c.p.Activities[c.acts[id.Index]].ID])
		})
		if forbids || res.Refused && r.Judge != nil {
			out = append(out, c.ofCustom(i))
		}
	}
	return out
}
