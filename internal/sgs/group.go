package sgs

import "github.com/slackwater-go/slackwater/internal/rcpsp"

// cause adds (sign 1) or takes away (-1) one cause that keeps a member of a group out
// during [lo, hi), and what follows for the groups above.
func (s *State) cause(ref memberRef, lo, hi rcpsp.Time, sign int64) {
	cov := &s.cover[ref.group][ref.member]
	if sign > 0 {
		// Where there was no cause before, the member goes out.
		s.stretches(cov, lo, hi, 0, func(a, b rcpsp.Time) { s.out(ref.group, a, b, 1) })
		cov.raise(lo, hi, -1)
		return
	}
	cov.raise(lo, hi, 1)
	s.stretches(cov, lo, hi, 0, func(a, b rcpsp.Time) { s.out(ref.group, a, b, -1) })
}

// out moves the number of members of group g that are out during [lo, hi).
func (s *State) out(g int32, lo, hi rcpsp.Time, sign int64) {
	sl := &s.slack[g]
	if sign < 0 {
		sl.raise(lo, hi, 1)
	}
	for _, up := range s.M.heir[g] {
		// Where the slack is 0 the group is full, and one more is too many.
		var full []rcpsp.Span
		s.stretches(sl, lo, hi, 0, func(a, b rcpsp.Time) { full = append(full, rcpsp.Span{Lo: a, Hi: b}) })
		members := s.M.In.Groups[up].Members
		for k := range members {
			for _, below := range members[k].Groups {
				if below == g {
					for _, sp := range full {
						s.cause(memberRef{up, int32(k)}, sp.Lo, sp.Hi, sign)
					}
				}
			}
		}
	}
	if sign > 0 {
		sl.raise(lo, hi, -1)
	}
}

// stretches calls f for each stretch within [lo, hi) where p is exactly v. It gathers
// them first, so that f may change p.
func (s *State) stretches(p *profile, lo, hi rcpsp.Time, v int64, f func(a, b rcpsp.Time)) {
	var list []rcpsp.Span
	ci, si := p.find(lo)
	for ; ci < len(p.chunks); ci, si = ci+1, 0 {
		c := &p.chunks[ci]
		for ; si < len(c.from); si++ {
			s.Work++
			a, b := max(lo, c.from[si]), min(hi, p.end(ci, si))
			if a >= hi {
				ci = len(p.chunks)
				break
			}
			if c.val[si]+c.add == v {
				list = append(list, rcpsp.Span{Lo: a, Hi: b})
			}
		}
	}
	for _, sp := range list {
		f(sp.Lo, sp.Hi)
	}
}

// groupClash returns a stretch of [lo, hi) in which task t, placed there, would put
// more members of some group out than it allows; from >= hi where there is none.
//
// A task that is in one member of one group that nothing is built on needs only a
// look at where the group is full. Every other task is tried: put in, looked at, and
// taken out again.
func (s *State) groupClash(t rcpsp.TaskID, lo, hi rcpsp.Time) (from, to rcpsp.Time) {
	tk := &s.M.tasks[t]
	if len(tk.members) == 0 || lo >= hi {
		return hi, hi
	}
	if tk.simple {
		ref := tk.members[0]
		for at := lo; at < hi; {
			a, b, w := s.slack[ref.group].gap(at, hi, 1)
			s.Work += w
			if a >= hi {
				break
			}
			// Full, but that does not matter where the member is out anyway.
			x, y := a, b
			found := false
			s.stretches(&s.cover[ref.group][ref.member], a, b, 0, func(p, q rcpsp.Time) {
				if !found {
					x, y, found = p, q, true
				}
			})
			if found {
				return x, y
			}
			at = b
		}
		return hi, hi
	}
	for _, ref := range tk.members {
		s.cause(ref, lo, hi, 1)
	}
	from, to = hi, hi
	for _, g := range tk.reach {
		if s.M.In.Groups[g].Defined {
			continue
		}
		a, b, w := s.slack[g].gap(lo, hi, 0)
		s.Work += w
		if a < from {
			from, to = a, b
		}
	}
	for i := len(tk.members) - 1; i >= 0; i-- {
		s.cause(tk.members[i], lo, hi, -1)
	}
	return from, to
}
