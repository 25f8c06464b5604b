package judge

import "slices"

// Judge returns everything that is wrong with a plan. It never fails: what is
// malformed, in the plan or in the case, is a finding too.
//
// Findings come one for each cause, with all that it concerns as members: all work
// inside one occurrence of a freeze, all demand on a resource while it is
// overloaded without a break. The order of lists in the case and the plan makes no
// difference, with one exception: of several assignments of one activity, which is
// a finding, the first counts.
//
// Touching is not overlapping: spans are half-open. Work of no length occupies
// nothing, but has lags, dates and a calendar.
//
// The cost is O(n log n) in the activities, their requirements and the occurrences
// of windows during the plan.
func Judge(c *Case, p *Plan) Report {
	k := NewChecker(c, p)
	return k.Report()
}

// A Checker holds a case and a plan, and after an edit looks again only at what the
// edit touches. Its report is that of [Judge] for its plan, bit for bit. It is not
// safe for concurrent use.
type Checker struct {
	s      *state
	sorted []*Finding // in the order of findings
}

// A Delta is what an edit changes: findings that are gone and findings that have come,
// each in the order of findings. They are shared with the Checker: read only.
type Delta struct {
	Gone []*Finding
	Come []*Finding
}

// NewChecker judges the whole of a plan. The case must not change afterwards; the
// plan is copied.
func NewChecker(c *Case, p *Plan) *Checker {
	return NewCheckerUntil(c, p, func() bool { return false })
}

// NewCheckerUntil is NewChecker; it returns nil where stop, which it asks often, says so
// before it is done.
func NewCheckerUntil(c *Case, p *Plan, stop func() bool) *Checker {
	s := newState(c, stop)
	if s == nil {
		return nil
	}
	own := slices.Clone(p.Assignments)
	for i := range own {
		as := &own[i]
		if k, ok := s.byID[as.Activity]; !ok {
			st := s.stranger(as.Activity)
			st.assigned = append(st.assigned, *as)
		} else if a := &s.acts[k]; a.assigned == nil {
			a.assigned = own[i : i+1 : i+1]
		} else {
			a.assigned = append(a.assigned, *as)
		}
	}
	for _, id := range p.LeftOut {
		if k, ok := s.byID[id]; ok {
			s.acts[k].leftOut++
		} else {
			s.stranger(id).leftOut++
		}
	}
	if !s.judgeAll() {
		return nil
	}
	k := &Checker{s: s}
	k.sorted = s.settle().Come
	return k
}

func (s *state) stranger(id string) *stranger {
	st := s.unknown[id]
	if st == nil {
		st = &stranger{}
		s.unknown[id] = st
	}
	return st
}

// judgeAll fills the timelines at one go and judges everything. It returns false where it
// is to stop.
func (s *state) judgeAll() bool {
	if !s.fill() {
		return false
	}
	for of := range timelineKinds {
		for i := range s.timelines(of) {
			if i%8 == 7 && s.stop() {
				return false
			}
			tl, find := s.timeline(of, int32(i))
			tl.refresh(s, allTime, find)
		}
	}
	for i := range s.acts {
		if i%often == often-1 && s.stop() {
			return false
		}
		if a := &s.acts[i]; s.byID[a.src.ID] == a.index {
			s.replace(&a.raws, s.judgeSelf(a))
		}
	}
	for id, st := range s.unknown { // the order does not matter: each is a cause of its own, and findings are sorted
		s.replace(&st.raws, s.judgeStranger(id, st))
	}
	for i, e := range s.ends {
		if e[0] >= 0 {
			s.replace(&s.precs[i], s.judgePrecedence(int32(i)))
		}
	}
	for i := range s.acts {
		a := &s.acts[i]
		for _, l := range a.links {
			if s.c.Links[l].If == a.src.ID {
				s.replace(&s.links[l], s.judgeLink(l))
			}
		}
	}
	for i := range s.bundles {
		s.replace(&s.bundles[i].raws, s.judgeBundle(int32(i)))
	}
	s.judgePeriods()
	s.judgeCustoms()
	return !s.stop()
}

// fill puts all that is planned onto the timelines.
func (s *state) fill() bool {
	var all [timelineKinds][]int // how many entries each has
	for of := range timelineKinds {
		all[of] = make([]int, s.timelines(of))
	}
	var room []placed // for the entries of activities that do not pause
	n := 0
	for i := range s.acts {
		a := &s.acts[i]
		most := 0
		for k := range a.modes {
			most = max(most, len(a.modes[k].demands))
		}
		n += most + len(a.exclusions) + len(a.outages)
	}
	room = make([]placed, n)
	for i := range s.acts {
		if i%often == often-1 && s.stop() {
			return false
		}
		a := &s.acts[i]
		if s.byID[a.src.ID] != a.index {
			continue // a second one with the same id
		}
		s.put(a)
		a.entries = room[:0]
		s.enter(a)
		if n := len(a.entries); n <= len(room) && n > 0 && &a.entries[0] == &room[0] {
			a.entries, room = a.entries[:n:n], room[n:]
		}
		for k := range a.entries {
			e := &a.entries[k]
			all[e.of][e.index]++
		}
		s.charge(a, true)
	}
	for of := range timelineKinds {
		lists := make([][]entry, len(all[of]))
		for i, n := range all[of] {
			tl, _ := s.timeline(of, int32(i))
			lists[i] = make([]entry, 0, n+tl.list.size())
			lists[i] = slices.AppendSeq(lists[i], tl.list.overlapping(allTime)) // incidents
		}
		for i := range s.acts {
			for k := range s.acts[i].entries {
				if e := &s.acts[i].entries[k]; e.of == of {
					lists[e.index] = append(lists[e.index], e.entry)
				}
			}
		}
		for i := range lists {
			tl, _ := s.timeline(of, int32(i))
			tl.list = newSpanList(lists[i])
		}
	}
	return true
}
