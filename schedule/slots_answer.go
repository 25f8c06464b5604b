package schedule

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// frame checks the query and turns it into seconds.
func (a *asking) frame() error {
	var l faultList
	l.instant("from", a.q.From, false)
	l.instant("until", a.q.Until, false)
	l.duration("every", a.q.Every)
	if a.q.Limit < 0 {
		l.addf("limit", "must not be negative, is %d", a.q.Limit)
	}
	if s := a.q.Score; s.Risk != nil {
		l.join("score.risk", s.Risk.Validate())
	}
	for name, v := range map[string]int64{"cost": a.q.Score.Cost, "lead": a.q.Score.Lead, "distance": a.q.Score.Distance} {
		if v < 0 || v > 1<<20 {
			l.addf("score."+name, "must be from 0 to %d, is %d", 1<<20, v)
		}
	}
	if err := l.err(); err != nil {
		return fmt.Errorf("schedule: query: %w", err)
	}
	if a.q.Limit == 0 {
		a.q.Limit = 10
	}
	if a.q.Score == (SlotScore{}) {
		a.q.Score = SlotScore{Cost: 1, Lead: 1}
	}
	a.from, a.until = 0, int64(a.f.in.Horizon)
	if !a.q.From.IsZero() {
		a.from = max(a.from, a.q.From.Unix()-a.f.start)
		if a.q.From.Nanosecond() > 0 {
			a.from++
		}
	}
	if !a.q.Until.IsZero() {
		a.until = min(a.until, a.q.Until.Unix()-a.f.start)
	}
	return nil
}

// A candidate is one start time that is possible.
type candidate struct {
	start, latest int64
	stretch       rcpsp.Range // of free starts
	mode          int32
	score         int64
}

// one answers for one activity.
func (a *asking) one(t rcpsp.TaskID) *SlotAnswer {
	f := a.f
	var found []candidate
	blocks := make([][]block, len(f.in.Tasks[t].Modes))
	for k := range f.in.Tasks[t].Modes {
		a.gather(t, int32(k))
		for _, r := range a.free(&f.in.Tasks[t].Modes[k]) {
			found = a.stretch(found, t, int32(k), r)
		}
		blocks[k] = slices.Clone(a.blocks)
	}
	if len(found) == 0 {
		return &SlotAnswer{None: a.none(t, blocks)}
	}
	slices.SortFunc(found, func(x, y candidate) int {
		return cmp.Or(cmp.Compare(x.score, y.score), cmp.Compare(x.start, y.start), cmp.Compare(x.mode, y.mode))
	})
	if found = a.admitted(t, found); len(found) == 0 {
		return &SlotAnswer{None: a.ruledOut()}
	}
	found = found[:min(len(found), a.q.Limit)]
	out := &SlotAnswer{Slots: make([]Slot, len(found))}
	for i, c := range found {
		out.Slots[i] = a.slot(t, c, blocks[c.mode])
	}
	return out
}

func (a *asking) slot(t rcpsp.TaskID, c candidate, blocks []block) Slot {
	f := a.f
	m := &f.in.Tasks[t].Modes[c.mode]
	end, _ := m.End(rcpsp.Time(c.start))
	s := Slot{Start: f.instant(c.start), End: f.instant(int64(end)), Latest: f.instant(c.latest), Score: c.score, Mode: f.activityOf(t).modes()[f.modes[t][c.mode]].ID}
	edge := func(x int64) Bound {
		if x < a.from || x > a.until {
			if x >= 0 && x <= int64(f.in.Horizon) {
				return Bound{} // the query ends there
			}
			return f.ownBound(t, c.mode, x)
		}
		if !m.Allows(rcpsp.Time(x)) {
			return f.ownBound(t, c.mode, x)
		}
		for _, b := range blocks {
			if b.lo <= x && x <= b.hi {
				return f.bound(t, c.mode, b, x)
			}
		}
		return Bound{}
	}
	s.Before, s.After = edge(int64(c.stretch.Lo)-1), edge(int64(c.stretch.Hi)+1)
	return s
}

// stretch adds the best starts of one free stretch: one for each part in which the cost by
// time does not change, and, with SlotQuery.Every, more.
func (a *asking) stretch(out []candidate, t rcpsp.TaskID, mode int32, r rcpsp.Range) []candidate {
	f := a.f
	cuts := []int64{int64(r.Lo), int64(r.Hi) + 1}
	cut := func(at time.Time) {
		if x := at.Unix() - f.start; x > int64(r.Lo) && x <= int64(r.Hi) {
			cuts = append(cuts, x)
		}
	}
	if p := f.activityOf(t).StartCost; p != nil && a.q.Score.Cost > 0 {
		for _, s := range p.Steps {
			cut(s.Interval.Start)
			cut(s.Interval.End)
		}
	}
	if p := a.q.Score.Risk; p != nil {
		for _, s := range p.Steps {
			cut(s.Interval.Start)
			cut(s.Interval.End)
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	pinned := r.Lo == r.Hi && !f.activityOf(t).Pinned.IsZero()
	for i := 0; i+1 < len(cuts); i++ {
		lo, hi := cuts[i], cuts[i+1]-1
		if !pinned {
			lo, hi = (lo+f.grid-1)/f.grid*f.grid, hi/f.grid*f.grid
		}
		if lo > hi {
			continue
		}
		best := lo
		if want, ok := a.wanted(t); ok && a.q.Score.Distance > a.q.Score.Lead {
			best = min(max(want/f.grid*f.grid, lo), hi)
		}
		put := func(x int64) {
			out = append(out, candidate{x, int64(r.Hi) / f.grid * f.grid, r, mode, a.score(t, x)})
			if pinned {
				out[len(out)-1].latest = x
			}
		}
		put(best)
		if step := int64(a.q.Every / Second); step > 0 {
			step = max(step, f.grid) / f.grid * f.grid
			for n, x := 1, best+step; x <= hi && n < a.q.Limit; n, x = n+1, x+step {
				put(x)
			}
			for n, x := 1, best-step; x >= lo && n < a.q.Limit; n, x = n+1, x-step {
				put(x)
			}
		}
	}
	return out
}

func (a *asking) wanted(t rcpsp.TaskID) (int64, bool) {
	if at := a.f.places[t]; at.present {
		return at.lo, true
	}
	if p := a.f.activityOf(t).Preferred; !p.IsZero() {
		return p.Unix() - a.f.start, true
	}
	return 0, false
}

func (a *asking) score(t rcpsp.TaskID, x int64) int64 {
	w := &a.q.Score
	at := a.f.instant(x)
	sum := w.Lead * ((x - a.from) / 3600)
	if p := a.f.activityOf(t).StartCost; p != nil {
		sum += w.Cost * p.At(at)
	}
	if w.Risk != nil {
		sum += w.Risk.At(at)
	}
	if want, ok := a.wanted(t); ok {
		sum += w.Distance * (max(x-want, want-x) / 3600)
	}
	return sum
}

// none finds out why there is no slot: it drops one cause after the other and keeps those
// without which a start would be free. Causes are tried in the order of requirements that
// [Explain] prefers to give up, so that what stays is what most can act upon.
func (a *asking) none(t rcpsp.TaskID, blocks [][]block) []Conflict {
	f := a.f
	type cause struct {
		kind  rcpsp.ConstraintKind
		index int32
	}
	own := cause{kind: rcpsp.KindTask}
	causes := []cause{own}
	for _, list := range blocks {
		for _, b := range list {
			if c := (cause{b.kind, b.index}); !slices.Contains(causes, c) {
				causes = append(causes, c)
			}
		}
	}
	slices.SortFunc(causes, func(x, y cause) int { return cmp.Or(-cmp.Compare(x.kind, y.kind), cmp.Compare(x.index, y.index)) })
	free := func(dropped map[cause]bool) bool {
		for k := range blocks {
			starts := clip(f.in.Tasks[t].Modes[k].Starts, a.from, a.until)
			if dropped[own] {
				last := latestStart(&rcpsp.Mode{Duration: f.in.Tasks[t].Modes[k].Duration}, int64(f.in.Horizon))
				starts = []rcpsp.Range{{Lo: rcpsp.Time(a.from), Hi: rcpsp.Time(min(a.until, last))}}
				if starts[0].Lo > starts[0].Hi {
					starts = nil
				}
			}
			list := slices.DeleteFunc(slices.Clone(blocks[k]), func(b block) bool { return dropped[cause{b.kind, b.index}] })
			for _, r := range without(starts, list) {
				if (int64(r.Lo)+f.grid-1)/f.grid*f.grid <= int64(r.Hi) {
					return true
				}
			}
		}
		return false
	}
	dropped := map[cause]bool{}
	for _, c := range causes {
		dropped[c] = true
		if free(dropped) {
			delete(dropped, c)
		}
	}
	var out []Conflict
	for _, c := range causes {
		if dropped[c] {
			continue
		}
		if c == own {
			k := f.ofTask(t)
			k.Kind = NoSlot
			k.Reason = fmt.Sprintf("%s: %s", f.called(t), f.limits(f.activityOf(t)))
			if a.from > 0 || a.until < int64(f.in.Horizon) {
				k.Reason += ", and a start is asked for from " + f.when(a.from) + " to " + f.when(a.until)
			}
			out = append(out, k)
		} else if k, ok := f.requirement(rcpsp.ConstraintID{Kind: c.kind, Index: c.index}); ok {
			out = append(out, k)
		}
	}
	if len(out) == 0 { // the query is shorter than the work, or empty
		k := f.ofTask(t)
		k.Kind, k.Reason = NoSlot, fmt.Sprintf("%s takes %s, and there is no such time from %s to %s", f.called(t),
			f.activityOf(t).shortest().words(), f.when(a.from), f.when(a.until))
		out = append(out, k)
	}
	for k := range out {
		out[k].Reason = asSentence(out[k].Reason)
	}
	return out
}
