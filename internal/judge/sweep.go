package judge

import (
	"cmp"
	"slices"
)

// An event is the beginning or end of an entry on a timeline.
type event struct {
	at int64
	on bool
	entry
}

// events returns the beginnings and ends of entries inside w, in time order; entries
// that reach out of w are cut off at its ends. They stay in room until it is used again.
func events(list *spanList, w span, room *eventRoom) []event {
	on, off := room.on[:0], room.off[:0]
	if n := list.size(); w == allTime && cap(on) < n {
		on, off = make([]event, 0, n), make([]event, 0, n)
	}
	for e := range list.overlapping(w) { // by beginning
		on = append(on, event{max(e.lo, w.lo), true, e})
		if e.hi < w.hi {
			off = append(off, event{e.hi, false, e})
		}
	}
	sortEvents(off)
	room.on, room.off = on, off
	out := slices.Grow(room.all[:0], len(on)+len(off))
	for len(on) > 0 && len(off) > 0 {
		if on[0].at <= off[0].at {
			out, on = append(out, on[0]), on[1:]
		} else {
			out, off = append(out, off[0]), off[1:]
		}
	}
	room.all = append(append(out, on...), off...)
	return room.all
}

// An eventRoom holds the events of one sweep after the other.
type eventRoom struct{ on, off, all []event }

func sortEvents(ev []event) {
	slices.SortFunc(ev, func(a, b event) int { return cmp.Compare(a.at, b.at) })
}

// A stretch is a maximal span during which something is too much, and the levels in it.
type stretch struct {
	span
	levels []level
}

type level struct {
	span
	need, have int64
}

// sweep walks events over w against limits. After all events of an instant have been
// applied, measure says what is needed and whether that is too much for the limit;
// this holds until the next event or step.
func sweep(w span, ev []event, limits []step, apply func(event), measure func(limit int64) (need int64, bad bool)) []stretch {
	var out []stretch
	k := stepAt(limits, w.lo)
	for t, i := w.lo, 0; t < w.hi; {
		for ; i < len(ev) && ev[i].at <= t; i++ {
			apply(ev[i])
		}
		for k+1 < len(limits) && limits[k+1].from <= t {
			k++
		}
		next := w.hi
		if i < len(ev) {
			next = min(next, ev[i].at)
		}
		if k+1 < len(limits) {
			next = min(next, limits[k+1].from)
		}
		if need, bad := measure(limits[k].value); bad {
			out = extend(out, level{span{t, next}, need, limits[k].value})
		}
		t = next
	}
	return out
}

// extend adds a level to the last stretch where it touches, or begins a new one.
func extend(out []stretch, l level) []stretch {
	if n := len(out); n > 0 && out[n-1].hi == l.lo {
		last := &out[n-1]
		last.hi = l.hi
		if p := &last.levels[len(last.levels)-1]; p.need == l.need && p.have == l.have {
			p.hi = l.hi
		} else {
			last.levels = append(last.levels, l)
		}
		return out
	}
	return append(out, stretch{l.span, []level{l}})
}

// worst returns the level with the largest excess, the first of several.
func (st *stretch) worst() level {
	w := st.levels[0]
	for _, l := range st.levels[1:] {
		if sub(l.need, l.have) > sub(w.need, w.have) {
			w = l
		}
	}
	return w
}

func (st *stretch) evidenceLevels() []Level {
	out := make([]Level, len(st.levels))
	for i, l := range st.levels {
		out[i] = Level{l.interval(), l.need, l.have}
	}
	return out
}

// A timeline is a requirement over time on many activities: a resource, an
// exclusion, a redundancy group. It remembers what it found, so that after a change
// inside a span only that span, and the findings that reach into it, need another look.
type timeline struct {
	list   spanList
	tracks [][]*raw // each sorted by span; spans of one track neither overlap nor touch
}

// A finder finds everything of one track that is wrong inside w. Outside w, right up
// to its ends, nothing is.
type finder func(s *state, track int, w span) []*raw

// refresh looks again at w.
//
// What is wrong outside w stays wrong, but a finding that reaches into w or touches
// it may grow, shrink, split or join with others; so the span to look at is w
// together with all of those.
func (tl *timeline) refresh(s *state, w span, find finder) {
	if w.empty() {
		return
	}
	for track, found := range tl.tracks {
		i, _ := slices.BinarySearchFunc(found, w.lo, func(r *raw, t int64) int { return cmp.Compare(r.span.hi, t) })
		j := i
		wide := w
		for ; j < len(found) && found[j].span.lo <= w.hi; j++ {
			wide = span{min(wide.lo, found[j].span.lo), max(wide.hi, found[j].span.hi)}
			s.drop(found[j])
		}
		now := find(s, track, wide)
		for _, r := range now {
			s.add(r)
		}
		tl.tracks[track] = slices.Replace(found, i, j, now...)
	}
}
