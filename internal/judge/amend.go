package judge

import "slices"

// Amend plans, and leaves out, activities as p says, instead of whatever the plan said about
// them; about all others it says what it said. It is [Checker.Put] and [Checker.LeaveOut] for
// each, the assignments first, at one go: what several of them touch is looked at once.
//
// It returns false where stop, which it asks often, says so before it is done. The Checker
// is of no use then.
func (k *Checker) Amend(p *Plan, stop func() bool) bool {
	s := k.s
	var touched []int32
	var todo []stale
	change := func(id string, assigned []Assignment, leftOut int) {
		i, known := s.byID[id]
		if !known {
			k.edit(id, assigned, leftOut)
			return
		}
		todo = s.move(todo, &s.acts[i], assigned, leftOut)
		touched = append(touched, i)
	}
	own := slices.Clone(p.Assignments)
	for i := range own {
		if i%often == often-1 && stop() {
			return false
		}
		change(own[i].Activity, own[i:i+1:i+1], 0)
	}
	for i, id := range p.LeftOut {
		if i%often == often-1 && stop() {
			return false
		}
		change(id, nil, 1)
	}
	if !s.refresh(todo, stop) {
		return false
	}
	s.judgePeriods()
	slices.Sort(touched)
	touched = slices.Compact(touched)
	var bundles []int32
	for n, i := range touched {
		if n%often == often-1 && stop() {
			return false
		}
		s.judgeAlone(&s.acts[i])
		bundles = append(bundles, s.acts[i].bundles...)
	}
	slices.Sort(bundles)
	for _, b := range slices.Compact(bundles) {
		s.replace(&s.bundles[b].raws, s.judgeBundle(b))
	}
	s.judgeCustoms()
	k.settle()
	return true
}

// move puts an activity where the plan has it now, and adds to todo what has to be looked
// at again on timelines.
func (s *state) move(todo []stale, a *activity, assigned []Assignment, leftOut int) []stale {
	s.charge(a, false)
	before := a.entries
	a.entries = nil
	a.assigned, a.leftOut = assigned, leftOut
	s.put(a)
	s.enter(a)
	s.charge(a, true)
	return s.swap(todo, before, a.entries)
}

// Blocked returns a finding that blocks the plan, or nil.
func (k *Checker) Blocked() *Finding {
	for _, f := range k.sorted {
		if f.Severity == Blocking && f.Accepted == nil {
			return f
		}
	}
	return nil
}
