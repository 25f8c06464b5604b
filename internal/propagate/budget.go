package propagate

import (
	"sort"

	"github.com/slackwater-go/slackwater/internal/cp"
)

type (
	// A Draw is what one task takes of a budget, in the period of its start.
	Draw struct {
		Start cp.Var
		Last  int64 // the last start of an optional task, Far of any other
		Ways  []DrawWay
	}
	// A DrawWay is the amount in one mode.
	DrawWay struct {
		On     cp.Atom
		Amount int64
	}
	// A DrawPeriod is a span of starts with a limit.
	DrawPeriod struct {
		Span
		Limit int64
	}
)

// Budget keeps what is drawn in each period within its limit. A task surely draws the
// least amount of the modes that are left if its start surely lies in the period; a
// task, or a mode, that would pass the limit goes elsewhere. With one period over the
// whole horizon it is a non-renewable resource, and the least amounts are what counts.
//
// It costs O(tasks log periods) a call.
type Budget struct {
	src     cp.Source
	draws   []Draw
	periods []DrawPeriod
	top     cp.Var // the peak, or -1
	sums    []int64
	least   []int64 // by task
	inside  []int32 // by task: the period it surely lies in, or -1
	pick    []int32
}

// NewBudget returns the rule.
func NewBudget(src cp.Source, draws []Draw, periods []DrawPeriod, top cp.Var) *Budget {
	return &Budget{
		src: src, draws: draws, periods: periods, top: top,
		sums: make([]int64, len(periods)), least: make([]int64, len(draws)), inside: make([]int32, len(draws)),
	}
}

// Post watches the variables.
func (p *Budget) Post(s *cp.Store) {
	id := s.Post(p, cp.Quick)
	for i := range p.draws {
		d := &p.draws[i]
		s.Watch(d.Start, id, 0)
		s.Watch(d.Start^1, id, 0)
		for _, w := range d.Ways {
			if w.On.Var >= 0 && w.On.Var>>1 != d.Start>>1 {
				s.Watch(w.On.Var, id, 0)
				s.Watch(w.On.Var^1, id, 0)
			}
		}
	}
	if p.top >= 0 {
		s.Watch(p.top^1, id, 0)
	}
}

// period returns the index of the period that holds t, or -1.
func (p *Budget) period(t int64) int32 {
	k := sort.Search(len(p.periods), func(i int) bool { return p.periods[i].Hi > t })
	if k < len(p.periods) && p.periods[k].Lo <= t {
		return int32(k)
	}
	return -1
}

// limit returns what period k allows now.
func (p *Budget) limit(s *cp.Store, k int32) int64 {
	if p.top < 0 {
		return p.periods[k].Limit
	}
	return min(p.periods[k].Limit, s.Upper(p.top))
}

// Propagate adds up and moves.
func (p *Budget) Propagate(s *cp.Store, _ []int32, _ bool) bool {
	clear(p.sums)
	s.Work += int64(len(p.draws))
	for i := range p.draws {
		d := &p.draws[i]
		p.least[i] = p.leastOf(s, d)
		p.inside[i] = -1
		if lst := s.Upper(d.Start); lst <= d.Last {
			if k := p.period(lst); k >= 0 && s.Lb[d.Start] >= p.periods[k].Lo {
				p.inside[i] = k
				p.sums[k] += p.least[i]
			}
		}
	}
	for k, sum := range p.sums {
		if p.top >= 0 && sum > s.Lb[p.top] {
			s.Because(p.src, cp.RuleBudget)
			p.premises(s, int32(k), sum-1, -1)
			if !s.Push(p.top, sum, s.Reason()) {
				return false
			}
		}
		if sum > p.limit(s, int32(k)) {
			s.Because(p.src, cp.RuleBudget)
			used := p.premises(s, int32(k), p.limit(s, int32(k)), -1)
			p.topPremise(s, int32(k), used)
			return s.Fail(s.Reason())
		}
	}
	for i := range p.draws {
		if !p.filter(s, int32(i)) {
			return false
		}
	}
	return true
}

// leastOf returns the least amount of the modes that are left.
func (p *Budget) leastOf(s *cp.Store, d *Draw) int64 {
	least := int64(cp.Far)
	for _, w := range d.Ways {
		if w.On.Var < 0 || !s.Fails(w.On) {
			least = min(least, w.Amount)
		}
	}
	if least == cp.Far {
		return 0
	}
	return least
}

// filter moves task i or excludes modes of it.
func (p *Budget) filter(s *cp.Store, i int32) bool {
	d := &p.draws[i]
	if k := p.inside[i]; k >= 0 {
		rest := p.sums[k] - p.least[i]
		for _, w := range d.Ways {
			if w.On.Var < 0 || rest+w.Amount <= p.limit(s, k) || s.Fails(w.On) {
				continue
			}
			s.Because(p.src, cp.RuleBudget)
			p.place(s, d, k)
			used := p.premises(s, k, p.limit(s, k)-w.Amount, i)
			p.topPremise(s, k, used+w.Amount)
			if !s.Push(w.On.Var^1, 1-w.On.Bound, s.Reason()) {
				return false
			}
		}
		return true
	}
	if p.least[i] == 0 {
		return true
	}
	est := s.Lb[d.Start]
	if k := p.period(est); k >= 0 && est <= d.Last && p.sums[k]+p.least[i] > p.limit(s, k) {
		s.Because(p.src, cp.RuleBudget)
		s.Premise(d.Start, p.periods[k].Lo)
		p.amount(s, d, p.least[i])
		used := p.premises(s, k, p.limit(s, k)-p.least[i], i)
		p.topPremise(s, k, used+p.least[i])
		b := p.periods[k].Hi
		if d.Last != cp.Far {
			b = min(b, d.Last+1)
		}
		if !s.Push(d.Start, b, s.Reason()) {
			return false
		}
	}
	lst := s.Upper(d.Start)
	if lst > d.Last {
		return true
	}
	if k := p.period(lst); k >= 0 && s.Lb[d.Start] < p.periods[k].Lo && p.sums[k]+p.least[i] > p.limit(s, k) {
		s.Because(p.src, cp.RuleBudget)
		s.Premise(d.Start^1, -min(p.periods[k].Hi-1, d.Last))
		p.amount(s, d, p.least[i])
		used := p.premises(s, k, p.limit(s, k)-p.least[i], i)
		p.topPremise(s, k, used+p.least[i])
		return s.Push(d.Start^1, 1-p.periods[k].Lo, s.Reason())
	}
	return true
}

// place adds the premises that d starts in period k.
func (p *Budget) place(s *cp.Store, d *Draw, k int32) {
	s.Premise(d.Start, p.periods[k].Lo)
	s.Premise(d.Start^1, -min(p.periods[k].Hi-1, d.Last))
}

// amount adds the premises that d draws at least that much: modes with less are out.
func (p *Budget) amount(s *cp.Store, d *Draw, least int64) {
	for _, w := range d.Ways {
		if w.Amount < least {
			s.Premise(w.On.Var^1, 1-w.On.Bound)
		}
	}
}

// premises adds facts by which the tasks of period k, but skip, surely draw more than
// room: of few tasks, and the largest. It returns what they draw.
func (p *Budget) premises(s *cp.Store, k int32, room int64, skip int32) int64 {
	p.pick = p.pick[:0]
	for i := range p.draws {
		if p.inside[i] == k && int32(i) != skip && p.least[i] > 0 {
			p.pick = append(p.pick, int32(i))
		}
	}
	sort.Slice(p.pick, func(a, b int) bool {
		x, y := p.pick[a], p.pick[b]
		if p.least[x] != p.least[y] {
			return p.least[x] > p.least[y]
		}
		return x < y
	})
	used := int64(0)
	for _, i := range p.pick {
		if used > room {
			break
		}
		p.place(s, &p.draws[i], k)
		p.amount(s, &p.draws[i], p.least[i])
		used += p.least[i]
	}
	return used
}

// topPremise adds that the peak is below used, unless the period's own limit is.
func (p *Budget) topPremise(s *cp.Store, k int32, used int64) {
	if p.top >= 0 && used <= p.periods[k].Limit {
		s.Premise(p.top^1, 1-used)
	}
}
