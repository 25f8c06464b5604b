package propagate

import (
	"math/bits"

	"github.com/slackwater-go/slackwater/internal/cp"
)

// An Addend is a variable times a positive factor.
type Addend struct {
	Factor int64
	Var    cp.Var
}

// Sum keeps total >= constant + the addends. Explanations use what a bound has in
// excess of the need to drop and to weaken facts, those that count least first.
//
// It costs O(addends) a call. The compiler of the instance guarantees that the largest
// sum fits in an int64.
type Sum struct {
	src      cp.Source
	total    cp.Var
	constant int64
	terms    []Addend
	id       cp.PropID
}

// NewSum returns the rule.
func NewSum(src cp.Source, total cp.Var, constant int64, terms []Addend) *Sum {
	return &Sum{src: src, total: total, constant: constant, terms: terms}
}

// Post watches the variables.
func (p *Sum) Post(s *cp.Store) {
	p.id = s.Post(p, cp.Quick)
	s.Watch(p.total^1, p.id, 0)
	for _, t := range p.terms {
		s.Watch(t.Var, p.id, 0)
	}
}

// Restate gives a posted rule other addends, which bound the total as well: those that
// it had, with smaller factors or none, and fresh, which it had not. It belongs to the
// root.
func (p *Sum) Restate(s *cp.Store, terms []Addend, fresh cp.Var) {
	p.terms = append(p.terms[:0], terms...)
	s.Watch(fresh, p.id, 0)
	s.Touch(p.id)
}

// Propagate raises the total and lowers the addends.
func (p *Sum) Propagate(s *cp.Store, _ []int32, _ bool) bool {
	sum := p.constant
	for _, t := range p.terms {
		sum += t.Factor * s.Lb[t.Var]
	}
	s.Work += int64(len(p.terms)) / 4
	if sum > s.Lb[p.total] {
		s.Because(p.src, cp.RuleSum)
		p.explain(s, -1, 0)
		if !s.Push(p.total, sum, s.Reason()) {
			return false
		}
	}
	slack := s.Upper(p.total) - sum
	for i := range p.terms {
		t := &p.terms[i]
		if room := s.Upper(t.Var) - s.Lb[t.Var]; room == 0 || !exceeds(t.Factor, room, slack) {
			continue
		}
		most := s.Lb[t.Var] + floorDiv(slack, t.Factor)
		// total <= U and the rest imply t <= most; they would do so up to this much less.
		spare := t.Factor*(most+1-s.Lb[t.Var]) - slack - 1
		s.Because(p.src, cp.RuleSum)
		s.Premise(p.total^1, s.Lb[p.total^1])
		p.explain(s, i, spare)
		if !s.Push(t.Var^1, -most, s.Reason()) {
			return false
		}
	}
	return true
}

// explain adds the lower bounds of the addends but skip, weakened by up to spare in
// total: whole facts go where that suffices, and the first of the others gives the rest.
func (p *Sum) explain(s *cp.Store, skip int, spare int64) {
	for i, t := range p.terms {
		over := s.Lb[t.Var] - s.Trail[t.Var].Bound
		if i == skip || over == 0 && s.Sink == nil {
			continue
		}
		if spare > 0 && over > 0 {
			if !exceeds(t.Factor, over, spare) {
				spare -= t.Factor * over
				s.Premise(t.Var, s.Trail[t.Var].Bound) // of the root
				continue
			}
			if less := spare / t.Factor; less > 0 {
				s.Premise(t.Var, s.Lb[t.Var]-less)
				spare -= less * t.Factor
				continue
			}
		}
		s.Premise(t.Var, s.Lb[t.Var])
	}
}

// exceeds says whether a*b > c, for a and b not negative, without overflow.
func exceeds(a, b, c int64) bool {
	if c < 0 {
		return true
	}
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	return hi != 0 || lo > uint64(c)
}
