package judge

import (
	"cmp"
	"slices"
)

// A budget is a Budget with what the plan uses up in each period.
type budget struct {
	src     *Budget
	index   int32
	periods []period // by time
}

type period struct {
	span
	src *Period

	by   []share // by activity
	raws []*raw
	old  bool // raws no longer fit the rest
}

// A share is what one activity uses of a period.
type share struct {
	act    int32
	amount int64
}

// A use is what an activity takes of a budget.
type use struct {
	budget int32
	mode   string
	amount int64
}

func (s *state) compileBudgets() {
	s.budgets = make([]budget, len(s.c.Budgets))
	for i := range s.c.Budgets {
		src := &s.c.Budgets[i]
		b := &s.budgets[i]
		b.src, b.index = src, int32(i)
		for j := range src.Periods {
			p := &src.Periods[j]
			sp := spanOf(p.Span)
			if p.Span.Start.IsZero() && p.Span.End.IsZero() {
				sp = allTime
			}
			if sp.empty() {
				s.fault(OfBudget, i, src.ID, "period", "a period of budget %s ends before it begins", quote(or(src.Name, src.ID)))
				continue
			}
			b.periods = append(b.periods, period{span: sp, src: p})
		}
		slices.SortStableFunc(b.periods, func(x, y period) int { return cmp.Compare(x.lo, y.lo) })
		for j := 1; j < len(b.periods); j++ {
			if b.periods[j].lo < b.periods[j-1].hi {
				s.fault(OfBudget, i, src.ID, "period", "periods of budget %s overlap", quote(or(src.Name, src.ID)))
				b.periods = nil
			}
		}
		for _, u := range src.Uses {
			k := s.find(OfBudget, i, src.ID, u.Activity)
			switch {
			case k < 0:
			case u.Amount < 0:
				s.fault(OfBudget, i, src.ID, "use", "%s uses a negative amount of budget %s", quote(s.acts[k].name()), quote(or(src.Name, src.ID)))
			case u.Amount > 0:
				s.acts[k].uses = append(s.acts[k].uses, use{int32(i), u.Mode, u.Amount})
			}
		}
	}
}

// charge books what a uses where it is placed now, or takes it back.
func (s *state) charge(a *activity, on bool) {
	if !a.place.present {
		return
	}
	for _, u := range a.uses {
		if u.mode != "" && u.mode != a.modes[a.place.mode].id {
			continue
		}
		b := &s.budgets[u.budget]
		i, found := slices.BinarySearchFunc(b.periods, a.place.lo, func(p period, t int64) int { return cmp.Compare(p.lo, t) })
		if !found {
			i--
		}
		if i < 0 || a.place.lo >= b.periods[i].hi {
			continue
		}
		p := &b.periods[i]
		k, found := slices.BinarySearchFunc(p.by, a.index, func(x share, act int32) int { return cmp.Compare(x.act, act) })
		switch {
		case on && found:
			p.by[k].amount = add(p.by[k].amount, u.amount)
		case on:
			p.by = slices.Insert(p.by, k, share{a.index, u.amount})
		case found:
			p.by = slices.Delete(p.by, k, k+1)
		}
		if !p.old {
			p.old = true
			s.charged = append(s.charged, [2]int32{u.budget, int32(i)})
		}
	}
}

// judgePeriods looks again at the periods in which something was booked.
func (s *state) judgePeriods() {
	for _, at := range s.charged {
		b := &s.budgets[at[0]]
		p := &b.periods[at[1]]
		p.old = false
		s.replace(&p.raws, b.judge(s, at[1]))
	}
	s.charged = s.charged[:0]
}

func (b *budget) judge(s *state, i int32) []*raw {
	p := &b.periods[i]
	var used int64
	for _, x := range p.by {
		used = add(used, x.amount)
	}
	if used <= p.src.Limit || len(p.by) == 0 {
		return nil
	}
	r := &raw{
		key:      causeKey{kind: BudgetExceeded, of: OfBudget, unit: b.index, part: i},
		severity: b.src.Severity,
		amount:   Amount{Need: used, Have: p.src.Limit, Unit: b.src.Unit},
		evidence: Evidence{Of: OfBudget, ID: b.src.ID, Rule: "limit", At: p.src.Name},
		name:     or(b.src.Name, b.src.ID),
	}
	if p.span != allTime {
		r.span = p.span
		r.evidence.Occurrence = p.interval()
	}
	for _, x := range p.by {
		r.members = append(r.members, Member{Activity: s.acts[x.act].src.ID, Span: s.acts[x.act].place.interval()})
	}
	r.members = mergeMembers(r.members)
	return []*raw{r}
}
