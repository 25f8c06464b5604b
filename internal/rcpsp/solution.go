package rcpsp

import "sort"

// A Solution gives each task a mode and a start. Mode -1 leaves an optional task
// out; its start has no meaning.
type Solution struct {
	Mode  []int32
	Start []Time
}

// Clone returns a copy that shares nothing with s.
func (s *Solution) Clone() *Solution {
	return &Solution{Mode: append([]int32(nil), s.Mode...), Start: append([]Time(nil), s.Start...)}
}

// Present says whether s carries task t out.
func (s *Solution) Present(t TaskID) bool { return s.Mode[t] >= 0 }

// End returns when task t ends in s. The task must be present.
func (in *Instance) End(s *Solution, t TaskID) Time {
	e, _ := in.Tasks[t].Modes[s.Mode[t]].End(s.Start[t])
	return e
}

// End returns when the mode ends if it starts at start, and false where its
// working time is over before its work is done.
func (m *Mode) End(start Time) (Time, bool) {
	if m.Work == nil {
		return start + m.Duration, true
	}
	return Advance(m.Work, start, m.Duration)
}

// Advance returns the first instant by which d ticks of working time have passed
// since start, and false where there is too little of it. It costs one binary
// search and a walk over the spans that the work covers.
func Advance(work []Span, start, d Time) (Time, bool) {
	if d == 0 {
		return start, true
	}
	i := sort.Search(len(work), func(i int) bool { return work[i].Hi > start })
	for ; i < len(work); i++ {
		lo := max(start, work[i].Lo)
		if have := work[i].Hi - lo; d > have {
			d -= have
			continue
		}
		return lo + d, true
	}
	return 0, false
}

// Retreat returns the last start from which d ticks of working time pass by end,
// and false where there is too little of it.
func Retreat(work []Span, end, d Time) (Time, bool) {
	if d == 0 {
		return end, true
	}
	i := sort.Search(len(work), func(i int) bool { return work[i].Lo >= end }) - 1
	for ; i >= 0; i-- {
		hi := min(end, work[i].Hi)
		if have := hi - work[i].Lo; d > have {
			d -= have
			continue
		}
		return hi - d, true
	}
	return 0, false
}

// Allows says whether the mode may start at t.
func (m *Mode) Allows(t Time) bool {
	i := sort.Search(len(m.Starts), func(i int) bool { return m.Starts[i].Hi >= t })
	return i < len(m.Starts) && m.Starts[i].Lo <= t
}
