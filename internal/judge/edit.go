package judge

import (
	"cmp"
	"maps"
	"slices"
)

// Put plans an activity as as says, instead of whatever the plan said about it.
func (k *Checker) Put(as Assignment) Delta { return k.edit(as.Activity, []Assignment{as}, 0) }

// Remove takes an activity out of the plan, which then says nothing about it.
func (k *Checker) Remove(activity string) Delta { return k.edit(activity, nil, 0) }

// LeaveOut takes an activity out of the plan on purpose.
func (k *Checker) LeaveOut(activity string) Delta { return k.edit(activity, nil, 1) }

// Report returns all findings of the plan as it is now, in O(findings).
func (k *Checker) Report() Report {
	r := Report{Findings: make([]Finding, len(k.sorted)), Lapsed: k.s.lapsed(k.sorted)}
	for i, f := range k.sorted {
		r.Findings[i] = *f
	}
	return r
}

// Plan returns the plan as it is now: activities in the order of the case, then those
// it does not know by id.
func (k *Checker) Plan() *Plan {
	p := &Plan{}
	say := func(id string, assigned []Assignment, leftOut int) {
		p.Assignments = append(p.Assignments, assigned...)
		for range leftOut {
			p.LeftOut = append(p.LeftOut, id)
		}
	}
	for i := range k.s.acts {
		a := &k.s.acts[i]
		say(a.src.ID, a.assigned, a.leftOut)
	}
	for _, id := range slices.Sorted(maps.Keys(k.s.unknown)) {
		st := k.s.unknown[id]
		say(id, st.assigned, st.leftOut)
	}
	return p
}

// edit replaces what the plan says about one activity and looks again at what that touches.
func (k *Checker) edit(id string, assigned []Assignment, leftOut int) Delta {
	s := k.s
	i, known := s.byID[id]
	if !known {
		st := s.stranger(id)
		st.assigned, st.leftOut = assigned, leftOut
		s.replace(&st.raws, s.judgeStranger(id, st))
		if len(st.raws) == 0 {
			delete(s.unknown, id)
		}
		return k.settle()
	}
	a := &s.acts[i]
	s.refresh(s.move(nil, a, assigned, leftOut), func() bool { return false })
	s.judgePeriods()
	s.judgeAlone(a)
	for _, b := range a.bundles {
		s.replace(&s.bundles[b].raws, s.judgeBundle(b))
	}
	s.judgeCustoms()
	return k.settle()
}

// judgeAlone looks at an activity, its lags and its links.
func (s *state) judgeAlone(a *activity) {
	s.replace(&a.raws, s.judgeSelf(a))
	for _, p := range a.precs {
		s.replace(&s.precs[p], s.judgePrecedence(p))
	}
	for _, l := range a.links {
		s.replace(&s.links[l], s.judgeLink(l))
	}
}

// A stale span of a timeline has to be looked at again.
type stale struct {
	of    timelineKind
	index int32
	span  span
}

// swap changes entries on timelines, both sorted, and adds to out where that changes anything.
func (s *state) swap(out []stale, before, after []placed) []stale {
	change := func(e placed, on bool) {
		tl, _ := s.timeline(e.of, e.index)
		if on {
			tl.list.insert(e.entry)
		} else {
			tl.list.remove(e.entry)
		}
		out = append(out, stale{e.of, e.index, e.span})
	}
	for i, j := 0, 0; i < len(before) || j < len(after); {
		c := 0
		switch {
		case i == len(before):
			c = 1
		case j == len(after):
			c = -1
		default:
			c = comparePlaced(before[i], after[j])
		}
		switch {
		case c < 0:
			change(before[i], false)
			i++
		case c > 0:
			change(after[j], true)
			j++
		default:
			i, j = i+1, j+1
		}
	}
	return out
}

func comparePlaced(x, y placed) int {
	return cmp.Or(cmp.Compare(x.of, y.of), cmp.Compare(x.index, y.index), compareEntries(x.entry, y.entry))
}

// refresh looks again at stale spans, and at those of the groups around a group. It returns
// false where it is to stop.
func (s *state) refresh(todo []stale, stop func() bool) bool {
	var seen map[stale]bool
	for i := 0; i < len(todo); i++ {
		if t := todo[i]; t.of == onGroup {
			for _, parent := range s.groups[t.index].parents {
				if seen == nil {
					seen = map[stale]bool{}
				}
				if up := (stale{onGroup, parent, t.span}); !seen[up] {
					seen[up] = true
					todo = append(todo, up)
				}
			}
		}
	}
	slices.SortFunc(todo, func(a, b stale) int {
		return cmp.Or(cmp.Compare(a.of, b.of), cmp.Compare(a.index, b.index), compareSpans(a.span, b.span))
	})
	for i, n := 0, 0; i < len(todo); n++ {
		if n%16 == 15 && stop() {
			return false
		}
		t := todo[i]
		for i++; i < len(todo) && todo[i].of == t.of && todo[i].index == t.index && todo[i].span.lo <= t.span.hi; i++ {
			t.span.hi = max(t.span.hi, todo[i].span.hi)
		}
		tl, find := s.timeline(t.of, t.index)
		tl.refresh(s, t.span, find)
	}
	return true
}

// settle brings the findings up to date.
func (k *Checker) settle() Delta {
	d := k.s.settle()
	for _, f := range d.Gone {
		i, _ := slices.BinarySearchFunc(k.sorted, f, compareFindings)
		k.sorted = slices.Delete(k.sorted, i, i+1)
	}
	for _, f := range d.Come {
		i, _ := slices.BinarySearchFunc(k.sorted, f, compareFindings)
		k.sorted = slices.Insert(k.sorted, i, f)
	}
	return d
}
