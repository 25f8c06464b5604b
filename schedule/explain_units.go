package schedule

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// named returns the kept requirements that constraints of an instance may come from:
// rather one too many than one too few. Without constraints that is all that are kept.
func (x *explaining) named(c *compiled, kept map[unit]bool, core []rcpsp.ConstraintID) []int {
	want := map[unit]bool{}
	if len(core) == 0 {
		want = kept
	}
	calendarOf := func(id string) {
		i := slices.IndexFunc(x.p.Calendars, func(c calendar.Calendar) bool { return c.ID == id })
		if i < 0 {
			return
		}
		want[unit{unitMaintenance, i, 0}] = true
		for j := range x.p.Calendars[i].Windows {
			want[unit{unitClosed, i, j}] = true
		}
	}
	calendarsOf := func(t int) {
		a := &x.p.Activities[c.acts[t]]
		for _, m := range a.modes() {
			calendarOf(x.p.calendarOf(a, &m))
		}
	}
	for _, id := range core {
		i := int(id.Index)
		switch id.Kind {
		case rcpsp.KindTask:
			if i >= len(c.acts) {
				continue
			}
			k := int(c.acts[i])
			want[unit{unitNotBefore, k, 0}], want[unit{unitNotAfter, k, 0}], want[unit{unitPinned, k, 0}] = true, true, true
			for r := range x.p.DateRules {
				if slices.Contains(x.p.DateRules[r].Activities, x.p.Activities[k].ID) {
					want[unit{unitDateRule, r, 0}] = true
				}
			}
			calendarsOf(i)
		case rcpsp.KindLag:
			kind := unitMinLag
			if c.backwards(i) {
				kind = unitMaxLag
			}
			want[unit{kind, int(c.lags[i]), 0}] = true
		case rcpsp.KindResource:
			if r := int(c.resources[i]); r >= 0 {
				want[unit{unitResource, r, 0}] = true
				calendarOf(x.p.Resources[r].Calendar)
				// Its capacity is 0 while none of its users can run.
				for t := range c.acts {
					if slices.ContainsFunc(c.in.Tasks[t].Modes, func(m rcpsp.Mode) bool {
						return slices.ContainsFunc(m.Demands, func(d rcpsp.Demand) bool { return int(d.Resource) == i })
					}) {
						calendarsOf(t)
					}
				}
			}
		case rcpsp.KindNoOverlap:
			want[unit{unitExclusion, int(c.noOverlap[i]), 0}] = true
		case rcpsp.KindGroup:
			for g := range x.p.Groups { // groups hold groups
				want[unit{unitGroup, g, 0}] = true
			}
		case rcpsp.KindBudget:
			if b := c.budgets[i]; b < 0 {
				want[unit{unitResource, int(^b), 0}] = true
			} else {
				want[unit{unitBudget, int(b), 0}] = true
			}
		case rcpsp.KindSameSpan:
			want[unit{unitWindow, int(c.sameSpan[i]), 0}] = true
			calendarOf(x.p.Bundles[c.sameSpan[i]].Calendar)
		case rcpsp.KindLink:
			if l := c.links[i]; l < 0 {
				want[unit{unitTogether, int(^l), 0}] = true
			} else {
				want[unit{unitLink, int(l), 0}] = true
			}
		}
	}
	for i := range x.p.Custom { // cores do not name them
		want[unit{unitCustom, i, 0}] = true
	}
	var out []int
	for i, u := range x.units {
		if want[u] && kept[u] {
			out = append(out, i)
		}
	}
	return out
}

// names returns what turns parts of the problem into words.
func (x *explaining) names() *compiled {
	acts := x.p.Activities
	return &compiled{p: x.p, at: x.at, about: x.about, acts: sorted(len(acts), func(a, b int) int { return cmp.Compare(acts[a].ID, acts[b].ID) })}
}

// nothing is the conflict of work that is too long for the horizon.
func (x *explaining) nothing() Conflict {
	c := x.names()
	var ids []string
	for i := range x.p.Activities {
		if a := &x.p.Activities[i]; !a.Optional && a.shortest().Std() > x.p.Horizon.Duration() {
			ids = append(ids, a.ID)
		}
	}
	slices.Sort(ids)
	w := wordsOf(x.p)
	if len(ids) == 0 {
		return c.conflict(NoSlot, "horizon", "", "horizon", nil, fmt.Sprintf("The work does not fit the time that is planned for, %s.", w.during(x.p.Horizon)))
	}
	return c.conflict(NoSlot, "horizon", "", "horizon", ids, fmt.Sprintf("%s takes %s, and the time that is planned for, %s, is only %s.",
		c.who(ids[0]), lengthOf(c.activity(ids[0]).shortest().Std()), w.during(x.p.Horizon), lengthOf(x.p.Horizon.Duration())))
}

// conflict puts a requirement into a sentence.
func (x *explaining) conflict(u unit) Conflict {
	k := x.requirement(u)
	k.Reason = asSentence(k.Reason)
	return k
}

func (x *explaining) requirement(u unit) Conflict {
	c, p := x.names(), x.p
	loc, _ := p.location()
	dated := func(kind ConflictKind, field, verb string, at time.Time) Conflict {
		id := p.Activities[u.i].ID
		k := c.conflict(kind, "activity", id, x.at.activity(u.i)+"."+field, []string{id}, c.who(id)+" "+verb+" "+whenIn(loc, at))
		k.Evidence[0].LimitAt = at
		return k
	}
	switch u.kind {
	case unitExclusion:
		return c.ofExclusion(u.i)
	case unitResource:
		return c.ofResource(u.i, p.demanding(p.Resources[u.i].ID))
	case unitGroup:
		return c.ofGroup(u.i, p.takesOut(&p.Groups[u.i]))
	case unitBudget:
		var ids []string
		for _, use := range p.uses(&p.Budgets[u.i]) {
			ids = append(ids, use.Activity)
		}
		return c.ofBudget(u.i, unique(ids))
	case unitMinLag, unitMaxLag:
		return c.ofLag(u.i, u.kind == unitMaxLag)
	case unitCustom:
		return c.ofCustom(u.i)
	case unitLink:
		return c.ofLink(u.i)
	case unitTogether:
		return c.together(u.i, &p.Bundles[u.i])
	case unitWindow:
		return c.oneWindow(u.i, &p.Bundles[u.i])
	case unitNotBefore:
		return dated(TooEarly, "notBefore", "must not start before", p.Activities[u.i].NotBefore)
	case unitNotAfter:
		return dated(TooLate, "notAfter", "must end by", p.Activities[u.i].NotAfter)
	case unitPinned:
		return dated(PinMoved, "pinned", "is fixed to start at", p.Activities[u.i].Pinned)
	case unitDateRule:
		r := &p.DateRules[u.i]
		kind := map[DateRuleKind]ConflictKind{LeadTime: LeadTimeBreach, Notice: NoticeBreach, Approval: ApprovalBreach}[r.Kind]
		return c.conflict(kind, "date-rule", r.ID, x.at.dateRule(u.i), r.Activities, c.sayRule(r))
	}
	return x.ofCalendar(c, u)
}

// ofCalendar is the requirement of the maintenance windows of a calendar, or of one
// blackout or freeze.
func (x *explaining) ofCalendar(c *compiled, u unit) Conflict {
	cal := &x.p.Calendars[u.i]
	var w *calendar.Window
	if u.kind == unitClosed {
		w = &cal.Windows[u.j]
	}
	var ids []string
	for i := range x.p.Activities {
		a := &x.p.Activities[i]
		s := a.Subject()
		if slices.ContainsFunc(a.modes(), func(m Mode) bool { return x.p.calendarOf(a, &m) == cal.ID }) && (w == nil || w.Concerns(&s)) {
			ids = append(ids, a.ID)
		}
	}
	slices.Sort(ids)
	if w == nil {
		return c.conflict(OutsideWindow, "calendar", cal.ID, pathOf("calendars", u.i), ids, c.sayMaintenance(cal, c.matter(ids)))
	}
	kind := InBlackout
	if w.Kind == calendar.Freeze {
		kind = InFreeze
	}
	k := c.conflict(kind, "calendar", cal.ID, fmt.Sprintf("calendars[%d].windows[%d]", u.i, u.j), ids, "")
	k.Evidence[0].Window, k.Evidence[0].Text = w.ID, w.Reason
	if len(ids) > 0 {
		n := 0
		for o, iv := range cal.Occurrences(x.p.Horizon, c.activity(ids[0]).Subject()) {
			if o.ID != w.ID {
				continue
			}
			if n++; n > 1 {
				break
			}
			k.During, k.Evidence[0].Occurrence = iv, iv
		}
		if n > 1 { // no one of them is meant
			k.During, k.Evidence[0].Occurrence = calendar.Interval{}, calendar.Interval{}
		}
	}
	k.Reason = c.sayClosed(w, k.During, c.matter(ids))
	return k
}

// demanding returns the activities that demand a resource, by ID.
func (p *Problem) demanding(id string) []string {
	var out []string
	for i := range p.Activities {
		if slices.ContainsFunc(p.Activities[i].modes(), func(m Mode) bool {
			return slices.ContainsFunc(m.Demands, func(d Demand) bool { return d.Resource == id })
		}) {
			out = append(out, p.Activities[i].ID)
		}
	}
	slices.Sort(out)
	return out
}

// takesOut returns the activities that take members of a group out, by ID.
func (p *Problem) takesOut(g *RedundancyGroup) []string {
	var out []string
	byCI := p.outagesByCI()
	for _, m := range g.Members {
		out = append(out, m.Activities...)
		if m.CI != "" {
			out = append(out, byCI[m.CI]...)
		}
	}
	return unique(out)
}
