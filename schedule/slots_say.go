package schedule

import (
	"fmt"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// A shownOccurrence is one occurrence of a window, for whomever.
type shownOccurrence struct {
	w      *calendar.Window
	lo, hi int64
}

// prepareOccurrences expands the windows of all calendars, so that a sentence need not.
func (f *SlotFinder) prepareOccurrences() {
	for i := range f.p.Calendars {
		c := &f.p.Calendars[i]
		var list []shownOccurrence
		for k := range c.Windows {
			for _, iv := range occurrencesOf(c, &c.Windows[k], f.p.Horizon) {
				list = append(list, shownOccurrence{&c.Windows[k], iv.Start.Unix() - f.start, iv.End.Unix() - f.start})
			}
		}
		slices.SortStableFunc(list, func(a, b shownOccurrence) int { return int(a.lo - b.lo) })
		f.shown[c.ID] = list
	}
}

func (f *SlotFinder) instant(sec int64) time.Time { return time.Unix(f.start+sec, 0).In(f.loc) }

func (f *SlotFinder) when(sec int64) string { return whenIn(f.loc, f.instant(sec)) }

func (f *SlotFinder) called(t rcpsp.TaskID) string { return quoted(f.name(f.acts[t])) }

// ownBound says why an activity may not start at x by its own dates and calendar, whatever
// the others do.
func (f *SlotFinder) ownBound(t rcpsp.TaskID, mode int32, x int64) Bound {
	a, m := f.activityOf(t), &f.in.Tasks[t].Modes[mode]
	path := f.at.activity(int(f.acts[t]))
	end := x + int64(m.Duration)
	if e, ok := m.End(rcpsp.Time(x)); ok {
		end = int64(e)
	}
	at := f.instant(x)
	switch {
	case x < 0:
		return Bound{Kind: TooEarly, Path: "horizon", Reason: "the plan begins " + f.when(0)}
	case !a.Pinned.IsZero() && !a.Pinned.Equal(at):
		return Bound{Kind: PinMoved, Path: path + ".pinned", Reason: "its start is fixed at " + whenIn(f.loc, a.Pinned)}
	case at.Before(a.NotBefore):
		return Bound{Kind: TooEarly, Path: path + ".notBefore", Reason: "it must not start before " + whenIn(f.loc, a.NotBefore)}
	case !a.NotAfter.IsZero() && f.instant(end).After(a.NotAfter):
		return Bound{Kind: TooLate, Path: path + ".notAfter", Reason: "it must end by " + whenIn(f.loc, a.NotAfter)}
	}
	for i := range f.p.DateRules {
		r := &f.p.DateRules[i]
		early, late := at.Before(r.From), !r.Until.IsZero() && f.instant(end).After(r.Until)
		if !early && !late || !slices.Contains(r.Activities, a.ID) {
			continue
		}
		b := Bound{Kind: ConflictKind(r.Kind) + "-breach", Path: f.at.dateRule(i), Reason: "it must not start before " + whenIn(f.loc, r.From)}
		if late {
			b.Reason = "it must end by " + whenIn(f.loc, r.Until)
		}
		b.Reason += ": " + or(r.Name, string(r.Kind))
		return b
	}
	if b, ok := f.closedBy(t, mode, x, end); ok {
		return b
	}
	if b, ok := f.forbiddenBound(a, x); ok {
		return b
	}
	if end > int64(f.in.Horizon) {
		return Bound{Kind: TooLate, Path: "horizon", Reason: "the plan ends " + f.when(int64(f.in.Horizon))}
	}
	return f.outside(t, mode, x)
}

// calendarFor returns the calendar of a mode, nil where it is always open.
func (f *SlotFinder) calendarFor(t rcpsp.TaskID, mode int32) *calendar.Calendar {
	a := f.activityOf(t)
	m := a.modes()[f.modes[t][mode]]
	return f.p.calendarNamed(f.p.calendarOf(a, &m))
}

func (f *SlotFinder) pathOfCalendar(c *calendar.Calendar) string {
	return pathOf("calendars", slices.IndexFunc(f.p.Calendars, func(x calendar.Calendar) bool { return x.ID == c.ID }))
}

// closedBy finds the blackout or freeze that closes [x, end).
func (f *SlotFinder) closedBy(t rcpsp.TaskID, mode int32, x, end int64) (Bound, bool) {
	c := f.calendarFor(t, mode)
	if c == nil {
		return Bound{}, false
	}
	s := f.activityOf(t).Subject()
	if f.activityOf(t).Pause != NoPause || end <= x {
		end = x + 1
	}
	for _, o := range f.shown[c.ID] {
		if o.lo >= end {
			break
		}
		if o.hi <= x || !o.w.Closes() || !o.w.Concerns(&s) || o.w.Overrun && o.lo > x || f.lifted(c, &s, o, x, end) {
			continue
		}
		kind, word := InBlackout, "blackout"
		if o.w.Kind == calendar.Freeze {
			kind, word = InFreeze, "freeze"
		}
		verb := "is on"
		if o.lo > x {
			verb = "begins then"
		}
		j := slices.IndexFunc(c.Windows, func(w calendar.Window) bool { return w.ID == o.w.ID })
		return Bound{Kind: kind, Path: fmt.Sprintf("%s.windows[%d]", f.pathOfCalendar(c), j),
			Reason: fmt.Sprintf("the %s %s %s, %s", word, quoted(or(o.w.Reason, o.w.ID)), verb,
				duringIn(f.loc, calendar.Interval{Start: f.instant(o.lo), End: f.instant(o.hi)}))}, true
	}
	return Bound{}, false
}

// lifted says that overrides lift all of an occurrence that lies in [x, end).
func (f *SlotFinder) lifted(c *calendar.Calendar, s *calendar.Subject, o shownOccurrence, x, end int64) bool {
	part := calendar.Interval{Start: f.instant(max(o.lo, x)), End: f.instant(min(o.hi, end))}
	for i := range c.Overrides {
		by := &c.Overrides[i]
		if slices.Contains(by.Lifts, o.w.ID) && by.Scope.Matches(s) && calendar.Union(by.Span()).Covers(part) {
			return true
		}
	}
	return false
}

// outside speaks of maintenance windows: that none is open, or that the work does not fit.
func (f *SlotFinder) outside(t rcpsp.TaskID, mode int32, x int64) Bound {
	c := f.calendarFor(t, mode)
	if c == nil {
		return Bound{Kind: OutsideWindow, Reason: "it may not start then"}
	}
	s := f.activityOf(t).Subject()
	b := Bound{Kind: OutsideWindow, Path: f.pathOfCalendar(c), Reason: "no maintenance window is open"}
	closes := int64(-1)
	var in, next *shownOccurrence
	list := f.shown[c.ID]
	for k := range list {
		o := &list[k]
		if o.w.Kind != calendar.Maintenance || !o.w.Concerns(&s) {
			continue
		}
		if o.lo <= x && x < o.hi && o.hi > closes {
			in, closes = o, o.hi
		}
		if o.lo > x {
			next = o
			break
		}
	}
	switch {
	case in != nil:
		b.Kind = ExceedsWindow
		d := time.Duration(f.in.Tasks[t].Modes[mode].Duration) * time.Second
		b.Reason = fmt.Sprintf("its %s do not fit the window %s any more, which closes %s", lengthOf(d), quoted(or(in.w.Reason, in.w.ID)), f.when(closes))
	case next != nil:
		b.Reason += fmt.Sprintf(" until %s opens, %s", quoted(or(next.w.Reason, next.w.ID)), f.when(next.lo))
	}
	return b
}

// bound says why a block keeps a task from starting at x.
func (f *SlotFinder) bound(t rcpsp.TaskID, mode int32, b block, x int64) Bound {
	d := int64(f.in.Tasks[t].Modes[mode].Duration)
	span := func(lo, hi int64) string {
		return duringIn(f.loc, calendar.Interval{Start: f.instant(lo), End: f.instant(hi)})
	}
	out := Bound{}
	if b.other >= 0 && int(b.other) < len(f.acts) {
		out.Activity = f.activityOf(b.other).ID
	}
	i := int(b.index)
	switch b.kind {
	case rcpsp.KindLag:
		k := f.ofLag(int(f.lags[i]), f.backwards(i))
		out.Kind, out.Path, out.Reason = k.Kind, k.Evidence[0].Path, k.Reason
		if at := f.places[b.other]; at.present {
			out.Reason += fmt.Sprintf("; %s is planned %s", f.called(b.other), span(at.lo, at.hi))
		}
	case rcpsp.KindNoOverlap:
		src := &f.p.Exclusions[f.noOverlap[i]]
		k := f.ofExclusion(int(f.noOverlap[i]))
		out.Kind, out.Path = k.Kind, k.Evidence[0].Path
		out.Reason = fmt.Sprintf("%s runs %s, and the two must not overlap", f.called(b.other), span(b.from, b.until))
		if src.At != "" {
			out.Reason += ": they meet at " + quoted(src.At)
		} else if src.Reason != "" {
			out.Reason += ": " + src.Reason
		}
	case rcpsp.KindResource:
		k := f.ofResource(int(f.resources[i]), nil)
		r := &f.p.Resources[f.resources[i]]
		out.Kind, out.Path = k.Kind, k.Evidence[0].Path
		lo, hi := max(b.from, x), min(b.until, x+max(d, 1))
		if lo >= hi { // work that pauses
			lo, hi = b.from, b.until
		}
		users := f.usersIn(rcpsp.ResourceID(i), t, lo, hi)
		out.Reason = fmt.Sprintf("there is not enough of %s, %s", quoted(or(r.Name, r.ID)), span(b.from, b.until))
		if len(users) > 0 {
			out.Reason += fmt.Sprintf(": %s is planned there", users[0])
			if len(users) > 1 {
				out.Reason = out.Reason[:len(out.Reason)-len(users[0]+" is planned there")] + namesOf(users) + " are planned there"
			}
		}
	case rcpsp.KindGroup:
		g := &f.p.Groups[f.groupsOf(i)]
		out.Kind, out.Path = RedundancyBreach, pathOf("groups", f.groupsOf(i))
		out.Reason = fmt.Sprintf("%s would have more than %d of its %d members out, %s", quoted(or(g.Name, g.ID)), g.allowed(), len(g.Members), span(b.from, b.until))
	case rcpsp.KindBudget:
		out.Kind = BudgetExceeded
		name := ""
		if k := f.budgets[i]; k < 0 {
			out.Path = pathOf("resources", int(^k))
			name = or(f.p.Resources[^k].Name, f.p.Resources[^k].ID)
		} else {
			out.Path = pathOf("budgets", int(k))
			name = or(f.p.Budgets[k].Name, f.p.Budgets[k].ID)
		}
		out.Reason = fmt.Sprintf("what is left of %s is too little, %s", quoted(name), span(b.from, min(b.until, int64(f.in.Horizon))))
	case rcpsp.KindSameSpan:
		k := int(f.sameSpan[i])
		out.Kind, out.Path = SplitBundle, f.at.bundle(k)
		out.Reason = fmt.Sprintf("all of %s starts in one and the same window", quoted(or(f.p.Bundles[k].Name, f.p.Bundles[k].ID)))
	case rcpsp.KindLink:
		out.Kind, out.Path = Missing, "links"
		if l := f.links[i]; l >= 0 {
			out.Path = f.at.link(int(l))
		} else {
			out.Path = f.at.bundle(int(^l))
		}
		out.Reason = fmt.Sprintf("it needs %s, which is not planned", f.called(b.other))
	}
	return out
}

// groupsOf is the index in the problem of a group of the instance.
func (f *SlotFinder) groupsOf(i int) int { return int(f.compiled.groups[i]) }

func namesOf(names []string) string {
	const show = 3
	if len(names) > show+1 {
		names = append(slices.Clone(names[:show]), fmt.Sprintf("%d more", len(names)-show))
	}
	return joined(names)
}

// usersIn names those who hold a resource during a span.
func (f *SlotFinder) usersIn(r rcpsp.ResourceID, but rcpsp.TaskID, lo, hi int64) []string {
	var out []string
	for _, t := range f.use[r].users {
		if at := f.places[t]; t != but && at.lo < hi && at.hi > lo {
			out = append(out, f.called(t))
		}
	}
	return out
}
