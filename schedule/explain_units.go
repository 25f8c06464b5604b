package schedule

import (
	"cmp"
	"fmt"
	"slices"

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
	return &compiled{p: x.p, at: x.at, acts: sorted(len(acts), func(a, b int) int { return cmp.Compare(acts[a].ID, acts[b].ID) })}
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
	if len(ids) == 0 {
		return c.conflict(NoSlot, "horizon", "", "horizon", nil, "the work does not fit the horizon")
	}
	a := c.activity(ids[0])
	return c.conflict(NoSlot, "horizon", "", "horizon", ids, fmt.Sprintf("%s takes %s, longer than the horizon of %s",
		or(a.Name, a.ID), a.shortest().words(), Duration(x.p.Horizon.Duration()).words()))
}

// conflict puts a requirement into words.
func (x *explaining) conflict(u unit) Conflict {
	c, p := x.names(), x.p
	loc, _ := p.location()
	const layout = "Mon 2 Jan 2006 15:04 MST"
	act := func(i int) (*Activity, string) { return &p.Activities[i], or(p.Activities[i].Name, p.Activities[i].ID) }
	dated := func(kind ConflictKind, field, format string, at *Activity, name string, args ...any) Conflict {
		return c.conflict(kind, "activity", at.ID, x.at.activity(u.i)+"."+field, []string{at.ID}, name+fmt.Sprintf(format, args...))
	}
	switch u.kind {
	case unitExclusion:
		return c.ofExclusion(u.i)
	case unitResource:
		return c.ofResource(u.i, p.demanding(p.Resources[u.i].ID))
	case unitGroup:
		g := &p.Groups[u.i]
		return c.conflict(RedundancyBreach, "group", g.ID, pathOf("groups", u.i), p.takesOut(g),
			fmt.Sprintf("at most %d of the %d members of %s may be out at once", g.allowed(), len(g.Members), or(g.Name, g.ID)))
	case unitBudget:
		b := &p.Budgets[u.i]
		var ids []string
		for _, use := range p.uses(b) {
			ids = append(ids, use.Activity)
		}
		return c.conflict(BudgetExceeded, "budget", b.ID, pathOf("budgets", u.i), unique(ids), fmt.Sprintf("the budget %s must not be exceeded in any period", or(b.Name, b.ID)))
	case unitMinLag, unitMaxLag:
		return c.ofLag(u.i, u.kind == unitMaxLag)
	case unitLink:
		l := &p.Links[u.i]
		return c.conflict(Missing, "link", l.ID, x.at.link(u.i), []string{l.If, l.Then}, fmt.Sprintf("%s needs %s", c.title(l.If), c.title(l.Then)))
	case unitTogether:
		return c.together(u.i, &p.Bundles[u.i])
	case unitWindow:
		return c.oneWindow(u.i, &p.Bundles[u.i])
	case unitNotBefore:
		a, name := act(u.i)
		return dated(TooEarly, "notBefore", " must not start before %s", a, name, a.NotBefore.In(loc).Format(layout))
	case unitNotAfter:
		a, name := act(u.i)
		return dated(TooLate, "notAfter", " must end by %s", a, name, a.NotAfter.In(loc).Format(layout))
	case unitPinned:
		a, name := act(u.i)
		return dated(PinMoved, "pinned", " is fixed to start at %s", a, name, a.Pinned.In(loc).Format(layout))
	case unitDateRule:
		r := &p.DateRules[u.i]
		kind := map[DateRuleKind]ConflictKind{LeadTime: LeadTimeBreach, Notice: NoticeBreach, Approval: ApprovalBreach}[r.Kind]
		return c.conflict(kind, "date-rule", r.ID, x.at.dateRule(u.i), r.Activities, ruleText(r, func(a string) string { return c.title(a) }, p))
	}
	return x.ofCalendar(c, u)
}

func ruleText(r *DateRule, title func(string) string, p *Problem) string {
	loc, _ := p.location()
	const layout = "Mon 2 Jan 2006 15:04 MST"
	text := title(r.Activities[0])
	if n := len(r.Activities); n > 1 {
		text = fmt.Sprintf("%s and %d more", text, n-1)
	}
	if !r.From.IsZero() {
		text += " must not start before " + r.From.In(loc).Format(layout)
	}
	if !r.Until.IsZero() {
		if !r.From.IsZero() {
			text += " and"
		}
		text += " must end by " + r.Until.In(loc).Format(layout)
	}
	return text + ": " + or(r.Name, string(r.Kind))
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
		return c.conflict(OutsideWindow, "calendar", cal.ID, pathOf("calendars", u.i), ids, fmt.Sprintf("work on calendar %s runs in its maintenance windows only", cal.ID))
	}
	kind, word := InBlackout, "blackout"
	if w.Kind == calendar.Freeze {
		kind, word = InFreeze, "freeze"
	}
	reason := fmt.Sprintf("no work runs in the %s %s", word, w.ID)
	if w.Reason != "" {
		reason += " (" + w.Reason + ")"
	}
	k := c.conflict(kind, "calendar", cal.ID, fmt.Sprintf("calendars[%d].windows[%d]", u.i, u.j), ids, reason)
	k.Evidence[0].Window, k.Evidence[0].Text = w.ID, w.Reason
	if len(ids) > 0 {
		for o, iv := range cal.Occurrences(x.p.Horizon, c.activity(ids[0]).Subject()) {
			if o.ID == w.ID {
				k.During, k.Evidence[0].Occurrence = iv, iv
				break
			}
		}
	}
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
