package propagate

import (
	"sort"

	"github.com/slackwater-go/slackwater/internal/cp"
)

// A Mate is a task that shares its span with others.
type Mate struct {
	Start   cp.Var
	Present cp.Atom // Var -1: always
	Last    int64   // the last start of an optional task, Far of any other
}

// SameSpan has all present tasks of a set start in one span, whose index is a variable:
// what is known of one task's start says which spans are left to all. Starts outside
// every span are holes of the starts already.
type SameSpan struct {
	src   cp.Source
	which cp.Var
	mates []Mate
	spans []Span
}

// NewSameSpan returns the rule. The variable which runs over the indices of spans.
func NewSameSpan(src cp.Source, which cp.Var, mates []Mate, spans []Span) *SameSpan {
	return &SameSpan{src, which, mates, spans}
}

// Post watches the variables.
func (p *SameSpan) Post(s *cp.Store) {
	id := s.Post(p, cp.Quick)
	s.Watch(p.which, id, 0)
	s.Watch(p.which^1, id, 0)
	for _, m := range p.mates {
		s.Watch(m.Start, id, 0)
		s.Watch(m.Start^1, id, 0)
	}
}

// Propagate passes bounds between the starts and the index.
func (p *SameSpan) Propagate(s *cp.Store, _ []int32, _ bool) bool {
	for _, m := range p.mates {
		if m.Present.Var >= 0 && !s.Holds(m.Present) {
			continue
		}
		// The first span that is not over before the start, and the last that began.
		est, lst := s.Lb[m.Start], s.Upper(m.Start)
		lo := sort.Search(len(p.spans), func(i int) bool { return p.spans[i].Hi > est })
		if lo > 0 && int64(lo) > s.Lb[p.which] {
			s.Because(p.src, cp.RuleSameSpan)
			p.present(s, &m)
			s.Premise(m.Start, p.spans[lo-1].Hi)
			if !s.Push(p.which, int64(lo), s.Reason()) {
				return false
			}
		}
		hi := sort.Search(len(p.spans), func(i int) bool { return p.spans[i].Lo > lst })
		if hi < len(p.spans) && int64(hi-1) < s.Upper(p.which) {
			s.Because(p.src, cp.RuleSameSpan)
			p.present(s, &m)
			s.Premise(m.Start^1, 1-p.spans[hi].Lo)
			if !s.Push(p.which^1, 1-int64(hi), s.Reason()) {
				return false
			}
		}
	}
	lo, hi := s.Lb[p.which], s.Upper(p.which)
	for _, m := range p.mates {
		first := p.spans[lo].Lo
		if m.Last != cp.Far {
			first = min(first, m.Last+1)
		}
		if first > s.Lb[m.Start] {
			s.Because(p.src, cp.RuleSameSpan)
			s.Premise(p.which, lo)
			if !s.Push(m.Start, first, s.Reason()) {
				return false
			}
		}
		if m.Present.Var >= 0 && !s.Holds(m.Present) {
			// It must not start after the last span, so there it is absent.
			if last := p.spans[hi].Hi - 1; s.Lb[m.Start] > last && !s.Fails(m.Present) {
				s.Because(p.src, cp.RuleSameSpan)
				s.Premise(p.which^1, -hi)
				s.Premise(m.Start, last+1)
				if !s.Push(m.Present.Var^1, 1-m.Present.Bound, s.Reason()) {
					return false
				}
			}
			continue
		}
		if last := p.spans[hi].Hi - 1; last < s.Upper(m.Start) {
			s.Because(p.src, cp.RuleSameSpan)
			p.present(s, &m)
			s.Premise(p.which^1, -hi)
			if !s.Push(m.Start^1, -last, s.Reason()) {
				return false
			}
		}
	}
	return true
}

func (p *SameSpan) present(s *cp.Store, m *Mate) {
	if m.Present.Var >= 0 {
		s.Premise(m.Present.Var, m.Present.Bound)
	}
}
