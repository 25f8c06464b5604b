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
	s := newState(c)
	for _, as := range p.Assignments {
		if k, ok := s.byID[as.Activity]; ok {
			s.acts[k].assigned = append(s.acts[k].assigned, as)
		} else {
			st := s.stranger(as.Activity)
			st.assigned = append(st.assigned, as)
		}
	}
	for _, id := range p.LeftOut {
		if k, ok := s.byID[id]; ok {
			s.acts[k].leftOut++
		} else {
			s.stranger(id).leftOut++
		}
	}
	s.judgeAll()
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

// judgeAll fills the timelines at one go and judges everything.
func (s *state) judgeAll() {
	lists := map[RequirementKind][][]entry{
		OfResource:  make([][]entry, len(s.resources)),
		OfExclusion: make([][]entry, len(s.exclusions)),
		OfGroup:     make([][]entry, len(s.groups)),
	}
	for _, of := range []RequirementKind{OfExclusion, OfGroup} {
		for i := range lists[of] { // incidents
			tl, _ := s.timeline(of, int32(i))
			lists[of][i] = slices.AppendSeq(lists[of][i], tl.list.overlapping(allTime))
		}
	}
	for i := range s.acts {
		a := &s.acts[i]
		if s.byID[a.src.ID] != a.index {
			continue // a second one with the same id
		}
		s.put(a)
		s.enter(a)
		for _, e := range a.entries {
			lists[e.of][e.index] = append(lists[e.of][e.index], e.entry)
		}
		s.charge(a, true)
	}
	for _, of := range []RequirementKind{OfResource, OfExclusion, OfGroup} {
		for i, entries := range lists[of] {
			tl, _ := s.timeline(of, int32(i))
			tl.list = newSpanList(entries)
		}
	}
	for _, of := range []RequirementKind{OfResource, OfExclusion, OfGroup} {
		for i := range lists[of] {
			tl, find := s.timeline(of, int32(i))
			tl.refresh(s, allTime, find)
		}
	}
	for i := range s.acts {
		if a := &s.acts[i]; s.byID[a.src.ID] == a.index {
			s.replace(&a.raws, s.judgeSelf(a))
		}
	}
	for id, st := range s.unknown { // the order does not matter: each is a cause of its own, and findings are sorted
		s.replace(&st.raws, s.judgeStranger(id, st))
	}
	for i := range s.acts {
		a := &s.acts[i]
		for _, p := range a.precs {
			if s.c.Precedences[p].From == a.src.ID {
				s.replace(&s.precs[p], s.judgePrecedence(p))
			}
		}
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
}
