package propagate

import (
	"slices"

	"github.com/slackwater-go/slackwater/internal/cp"
)

type (
	// A GroupTree is a redundancy group: at each instant at most Allowed members may be
	// out.
	GroupTree struct {
		Allowed []Level
		Members []GroupMember
	}
	// A GroupMember is out while one of its items runs or one of its groups has too
	// many members out.
	GroupMember struct {
		Items  []int32
		Groups []int32
	}
)

// Groups keeps one redundancy group, whose members may depend on other groups. It looks
// at each instant at which an item surely starts, or less is allowed: a member is surely
// out there if an item of it surely runs, or if a group of it surely has too many out.
// When as many are out as may be, the items of the others move past the instant, and so
// on down the groups. Explanations are point-wise.
//
// Groups whose members are one task each are plain resources instead.
type Groups struct {
	src   cp.Source
	items []Item
	trees []GroupTree
	top   int32
	times []int64
	path  []groupStep
}

// groupStep says that a member of a group must not be out.
type groupStep struct{ group, member int32 }

// NewGroups returns the rule for trees[top]; trees refer to earlier ones.
func NewGroups(src cp.Source, items []Item, trees []GroupTree, top int32) *Groups {
	return &Groups{src: src, items: items, trees: trees, top: top}
}

// Post watches the variables.
func (p *Groups) Post(s *cp.Store) {
	id := s.Post(p, cp.Normal)
	for i := range p.items {
		it := &p.items[i]
		for _, v := range []cp.Var{it.Start, it.Start ^ 1, it.End, it.End ^ 1} {
			s.Watch(v, id, 0)
		}
		if it.If.Var >= 0 && it.If.Var>>1 != it.Start>>1 {
			s.Watch(it.If.Var, id, 0)
		}
	}
}

// sure returns the span in which an item surely runs.
func (p *Groups) sure(s *cp.Store, it *Item) (lo, hi int64) {
	lo, hi = s.Upper(it.Start), s.Lb[it.End]+it.EndOff
	if lo >= hi || it.If.Var >= 0 && !s.Holds(it.If) {
		return 0, 0
	}
	return lo, hi
}

func (p *Groups) allowed(g int32, t int64) int64 {
	a := p.trees[g].Allowed
	v := int64(0)
	for _, l := range a {
		if l.From > t {
			break
		}
		v = l.Cap
	}
	return v
}

// Propagate looks at each instant of interest.
func (p *Groups) Propagate(s *cp.Store, _ []int32, _ bool) bool {
	p.times = p.times[:0]
	lo, hi := int64(cp.Far), int64(-cp.Far)
	for i := range p.items {
		it := &p.items[i]
		lo, hi = min(lo, s.Lb[it.Start]), max(hi, it.EndOff+s.Upper(it.End))
		if a, b := p.sure(s, it); a < b {
			p.times = append(p.times, a, b-1)
		}
	}
	for g := range p.trees {
		for _, l := range p.trees[g].Allowed {
			if l.From >= lo && l.From < hi {
				p.times = append(p.times, l.From)
				if l.From > lo {
					p.times = append(p.times, l.From-1)
				}
			}
		}
	}
	if lo < hi {
		p.times = append(p.times, lo)
	}
	slices.Sort(p.times)
	p.times = slices.Compact(p.times)
	s.Work += int64(len(p.times) * len(p.items))
	for _, t := range p.times {
		p.path = p.path[:0]
		if !p.keep(s, p.top, t) {
			return false
		}
	}
	return true
}

// out says whether a member is surely out at t.
func (p *Groups) out(s *cp.Store, m *GroupMember, t int64) bool {
	for _, i := range m.Items {
		if a, b := p.sure(s, &p.items[i]); a <= t && t < b {
			return true
		}
	}
	for _, g := range m.Groups {
		if p.count(s, g, t) > p.allowed(g, t) {
			return true
		}
	}
	return false
}

// count returns how many members of group g are surely out at t.
func (p *Groups) count(s *cp.Store, g int32, t int64) int64 {
	n := int64(0)
	for k := range p.trees[g].Members {
		if p.out(s, &p.trees[g].Members[k], t) {
			n++
		}
	}
	return n
}

// keep makes sure that group g has no more members out at t than it allows, because of
// the steps in path.
func (p *Groups) keep(s *cp.Store, g int32, t int64) bool {
	n, most := p.count(s, g, t), p.allowed(g, t)
	if n > most {
		p.because(s, t)
		p.overrun(s, g, t, most+1, -1)
		return s.Fail(s.Reason())
	}
	if n < most {
		return true
	}
	for k := range p.trees[g].Members {
		m := &p.trees[g].Members[k]
		if p.out(s, m, t) {
			continue
		}
		p.path = append(p.path, groupStep{g, int32(k)})
		for _, i := range m.Items {
			if !p.avoid(s, &p.items[i], t) {
				return false
			}
		}
		for _, sub := range m.Groups {
			if !p.keep(s, sub, t) {
				return false
			}
		}
		p.path = p.path[:len(p.path)-1]
	}
	return true
}

// avoid moves an item that may run at t past it.
func (p *Groups) avoid(s *cp.Store, it *Item, t int64) bool {
	if it.If.Var >= 0 && s.Fails(it.If) {
		return true
	}
	sure := it.If.Var < 0 || s.Holds(it.If)
	if s.Lb[it.Start] <= t && s.Lb[it.End]+it.EndOff > t {
		// It cannot end by t, so it starts after t.
		b := t + 1
		switch {
		case sure || it.Last != cp.Far:
			if it.Last != cp.Far {
				b = min(b, it.Last+1)
			}
			p.because(s, t)
			s.Premise(it.End, t+1-it.EndOff)
			p.condition(s, it)
			return s.Push(it.Start, b, s.Reason())
		case s.Upper(it.Start) <= t:
			p.because(s, t)
			s.Premise(it.End, t+1-it.EndOff)
			s.Premise(it.Start^1, -t)
			return s.Push(it.If.Var^1, 1-it.If.Bound, s.Reason())
		}
		return true
	}
	if sure && s.Upper(it.Start) <= t && s.Upper(it.End)+it.EndOff > t {
		// It starts by t, so it ends by t.
		p.because(s, t)
		s.Premise(it.Start^1, -min(t, it.Last))
		p.condition(s, it)
		return s.Push(it.End^1, it.EndOff-t, s.Reason())
	}
	return true
}

// condition adds the premise that an item takes place at all, where it is one.
func (p *Groups) condition(s *cp.Store, it *Item) {
	if it.If.Var >= 0 && it.Last == cp.Far {
		s.Premise(it.If.Var, it.If.Bound)
	}
}

// because starts a reason with the members that are out along the path.
func (p *Groups) because(s *cp.Store, t int64) {
	s.Because(p.src, cp.RuleGroup)
	for _, st := range p.path {
		p.overrun(s, st.group, t, p.allowed(st.group, t), st.member)
	}
}

// overrun adds facts by which n members of g but skip are out at t.
func (p *Groups) overrun(s *cp.Store, g int32, t, n int64, skip int32) {
	for k := range p.trees[g].Members {
		if n == 0 {
			return
		}
		m := &p.trees[g].Members[k]
		if int32(k) == skip || !p.out(s, m, t) {
			continue
		}
		n--
		p.witness(s, m, t)
	}
}

// witness adds facts by which a member is out at t.
func (p *Groups) witness(s *cp.Store, m *GroupMember, t int64) {
	for _, i := range m.Items {
		it := &p.items[i]
		if a, b := p.sure(s, it); a <= t && t < b {
			s.Premise(it.Start^1, -min(t, it.Last))
			s.Premise(it.End, t+1-it.EndOff)
			p.condition(s, it)
			return
		}
	}
	for _, g := range m.Groups {
		if most := p.allowed(g, t); p.count(s, g, t) > most {
			p.overrun(s, g, t, most+1, -1)
			return
		}
	}
}
