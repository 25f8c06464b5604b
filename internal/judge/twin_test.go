package judge

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"pgregory.net/rapid"
)

// The twin decides every kind by looking at each slot of time by itself. It knows no
// sweep, no cache and no index.

type twin struct {
	c     *Case
	p     *Plan
	lines []string
	// by cause: activities and slots
	shared map[string]*twinCause
}

type twinCause struct {
	who    map[string]bool
	lo, hi time.Time
}

func (w *twin) say(kind Kind, lo, hi time.Time, who ...string) {
	slices.Sort(who)
	w.lines = append(w.lines, fmt.Sprintf("%s %s %s %s", kind, stamp(lo), stamp(hi), strings.Join(slices.Compact(who), ",")))
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("02T15:04")
}

func (w *twin) share(key string, who string, lo, hi time.Time) {
	sc := w.shared[key]
	if sc == nil {
		sc = &twinCause{who: map[string]bool{}, lo: lo, hi: hi}
		w.shared[key] = sc
	}
	sc.who[who] = true
	if lo.Before(sc.lo) {
		sc.lo = lo
	}
	if hi.After(sc.hi) {
		sc.hi = hi
	}
}

func (w *twin) activity(id string) *Activity {
	for i := range w.c.Activities {
		if w.c.Activities[i].ID == id {
			return &w.c.Activities[i]
		}
	}
	return nil
}

func (w *twin) assigned(id string) (out []Assignment) {
	for _, as := range w.p.Assignments {
		if as.Activity == id {
			out = append(out, as)
		}
	}
	return out
}

func (w *twin) mode(a *Activity, as Assignment) (Mode, bool) {
	if len(a.Modes) == 0 {
		return Mode{Duration: a.Duration, Demands: a.Demands}, as.Mode == ""
	}
	for _, m := range a.Modes {
		if m.ID == as.Mode {
			return m, true
		}
	}
	return Mode{}, false
}

// present returns where an activity is, if that can be said.
func (w *twin) present(id string) (Assignment, bool) {
	as := w.assigned(id)
	if len(as) == 0 || as[0].Start.IsZero() || as[0].End.Before(as[0].Start) {
		return Assignment{}, false
	}
	_, ok := w.mode(w.activity(id), as[0])
	return as[0], ok
}

// active says whether an activity occupies the slot that begins at t.
func (w *twin) active(id string, t time.Time) bool {
	as, ok := w.present(id)
	return ok && !t.Before(as.Start) && t.Before(as.End)
}

func slotAt(t time.Time) calendar.Interval { return calendar.Interval{Start: t, End: t.Add(slot)} }

func calendarOf(c *Case, id string) *calendar.Calendar {
	for _, k := range c.Calendars {
		if k.ID == id {
			return k
		}
	}
	return nil
}

func twinRestricted(k *calendar.Calendar, s calendar.Subject) bool {
	for _, w := range k.InScope(s) {
		if w.Kind == calendar.Maintenance {
			return true
		}
	}
	return k.Default == calendar.DefaultClosed
}

// twinAt looks at one slot: which closing windows cover it, and whether maintenance does.
func twinAt(k *calendar.Calendar, s calendar.Subject, t time.Time) (denied, allowed bool) {
	for w := range k.Occurrences(slotAt(t), s) {
		if w.Kind == calendar.Maintenance {
			allowed = true
		} else if w.Closes() {
			denied = true
		}
	}
	return denied, allowed || !twinRestricted(k, s)
}

func twinOpen(c *Case, a *Activity, t time.Time) bool {
	k := calendarOf(c, a.Calendar)
	if k == nil {
		return true
	}
	denied, allowed := twinAt(k, a.Subject, t)
	return !denied && allowed
}

// whole finds the occurrence of a window, before overrides, that covers the slot at t.
func whole(k *calendar.Calendar, s calendar.Subject, id string, t time.Time) calendar.Interval {
	bare := *k
	bare.Overrides = nil
	for w, iv := range bare.Occurrences(slotAt(t), s) {
		if w.ID == id {
			return iv
		}
	}
	panic("no such occurrence")
}

func closedKind(w *calendar.Window) Kind {
	if w.Kind == calendar.Freeze {
		return InFreeze
	}
	return InBlackout
}

func (w *twin) calendar(a *Activity, as Assignment) {
	k := calendarOf(w.c, a.Calendar)
	if k == nil {
		return
	}
	inside := func(win *calendar.Window, t time.Time, lo, hi time.Time) {
		w.share(fmt.Sprintf("%s %s %v", closedKind(win), win.ID, whole(k, a.Subject, win.ID, t)), a.ID, lo, hi)
	}
	for t := as.Start; t.Before(as.End); t = t.Add(slot) {
		for win, iv := range k.Occurrences(slotAt(t), a.Subject) {
			switch {
			case win.Kind == calendar.Maintenance:
			case !win.Closes():
				inside(win, t, t, t.Add(slot))
			case !a.Pauses && !(win.Overrun && as.Start.Before(iv.Start)):
				inside(win, t, t, t.Add(slot))
			}
		}
	}
	restricted := twinRestricted(k, a.Subject)
	_, allowed := twinAt(k, a.Subject, as.Start)
	outside := func(lo, hi time.Time) {
		from, to := "-", "-"
		for n := range 300 {
			t := as.Start.Add(-time.Duration(n+1) * slot)
			if _, ok := twinAt(k, a.Subject, t); ok {
				from = stamp(t.Add(slot))
				break
			}
		}
		for n := range 300 {
			t := as.Start.Add(time.Duration(n) * slot)
			if _, ok := twinAt(k, a.Subject, t); ok {
				to = stamp(t)
				break
			}
		}
		w.share(fmt.Sprintf("%s %s %s %s", OutsideWindow, k.ID, from, to), a.ID, lo, hi)
	}
	if as.Start.Equal(as.End) {
		deniedBefore, allowedBefore := twinAt(k, a.Subject, as.Start.Add(-slot))
		denied, _ := twinAt(k, a.Subject, as.Start)
		switch {
		case !denied && allowed || !deniedBefore && allowedBefore:
		case denied:
			for win := range k.Occurrences(slotAt(as.Start), a.Subject) {
				if win.Closes() {
					inside(win, as.Start, as.Start, as.Start)
				}
			}
		default:
			outside(as.Start, as.Start)
		}
		return
	}
	if a.Pauses {
		denied := false
		for win, iv := range k.Occurrences(slotAt(as.Start), a.Subject) {
			if win.Closes() {
				denied = true
				end := iv.End
				if as.End.Before(end) {
					end = as.End
				}
				inside(win, as.Start, as.Start, end)
			}
		}
		if denied {
			return
		}
		if !allowed {
			end := as.Start
			for end.Before(as.End) {
				if _, ok := twinAt(k, a.Subject, end); ok {
					break
				}
				end = end.Add(slot)
			}
			outside(as.Start, end)
			return
		}
	}
	if !restricted {
		return
	}
	usable, overrun := false, false
	cut := time.Time{}
	for win, iv := range k.Occurrences(slotAt(as.Start), a.Subject) {
		if win.Kind != calendar.Maintenance {
			continue
		}
		last := iv.End.Add(-win.CutOff.Exact)
		if !as.Start.After(last) {
			usable, overrun = true, overrun || win.Overrun
		} else if last.After(cut) {
			cut = last
		}
	}
	if allowed && !usable {
		w.say(ExceedsWindow, cut, as.Start, a.ID)
	}
	if a.Pauses || overrun {
		return
	}
	var lo, hi time.Time
	for t := as.Start; t.Before(as.End); t = t.Add(slot) {
		if _, ok := twinAt(k, a.Subject, t); !ok {
			if lo.IsZero() {
				lo = t
			}
			hi = t.Add(slot)
		}
	}
	switch {
	case lo.IsZero():
	case allowed:
		w.say(ExceedsWindow, lo, hi, a.ID)
	default:
		outside(lo, hi)
	}
}

func (w *twin) self(a *Activity) {
	as := w.assigned(a.ID)
	leftOut := slices.Contains(w.p.LeftOut, a.ID)
	if len(as) == 0 {
		if !a.Optional {
			w.say(Missing, time.Time{}, time.Time{}, a.ID)
		}
		return
	}
	for _, bad := range []bool{leftOut, len(as) > 1, func() bool { _, ok := w.mode(a, as[0]); return !ok }(),
		as[0].Start.IsZero() || as[0].End.Before(as[0].Start)} {
		if bad {
			w.say(Malformed, time.Time{}, time.Time{}, a.ID)
		}
	}
	at, ok := w.present(a.ID)
	if !ok {
		return
	}
	m, _ := w.mode(a, at)
	worked, lastWorked := time.Duration(0), true
	for t := at.Start; t.Before(at.End); t = t.Add(slot) {
		if lastWorked = !a.Pauses || twinOpen(w.c, a, t); lastWorked {
			worked += slot
		}
	}
	if worked != m.Duration || !lastWorked {
		w.say(Malformed, at.Start, at.End, a.ID)
	}
	if !a.NotBefore.IsZero() && at.Start.Before(a.NotBefore) {
		w.say(TooEarly, at.Start, a.NotBefore, a.ID)
	}
	if !a.NotAfter.IsZero() && at.End.After(a.NotAfter) {
		w.say(TooLate, a.NotAfter, at.End, a.ID)
	}
	if !a.Pinned.IsZero() && !at.Start.Equal(a.Pinned) {
		lo, hi := at.Start, a.Pinned
		if hi.Before(lo) {
			lo, hi = hi, lo
		}
		w.say(PinMoved, lo, hi, a.ID)
	}
	if h := w.c.Horizon; !h.Empty() {
		if at.Start.Before(h.Start) {
			w.share(string(TooEarly)+" horizon", a.ID, at.Start, h.Start)
		}
		if at.End.After(h.End) {
			w.share(string(TooLate)+" horizon", a.ID, h.End, at.End)
		}
	}
	for _, d := range w.c.DateRules {
		if !slices.Contains(d.Activities, a.ID) {
			continue
		}
		if !d.From.IsZero() && at.Start.Before(d.From) {
			w.share(string(d.Kind)+" from "+d.ID, a.ID, at.Start, d.From)
		}
		if !d.Until.IsZero() && at.End.After(d.Until) {
			w.share(string(d.Kind)+" until "+d.ID, a.ID, d.Until, at.End)
		}
	}
	w.calendar(a, at)
}

// over walks all slots and reports each maximal run for which bad returns members, and
// whether it is bad at all.
func (w *twin) over(kind Kind, bad func(t time.Time) (who []string, bad bool)) (found []string) {
	var lo time.Time
	var who []string
	for n := -20; n < 6*slots; n++ {
		members, is := bad(at(n))
		if is {
			if lo.IsZero() {
				lo = at(n)
			}
			who = append(who, members...)
		} else if !lo.IsZero() {
			slices.Sort(who)
			found = append(found, fmt.Sprintf("%s %s %s %s", kind, stamp(lo), stamp(at(n)), strings.Join(slices.Compact(who), ",")))
			lo, who = time.Time{}, nil
		}
	}
	return found
}

func (w *twin) all() []string {
	// An activity in a mode with a calendar of its own is one with that calendar.
	c := *w.c
	c.Activities = slices.Clone(c.Activities)
	for i := range c.Activities {
		a := &c.Activities[i]
		if as, ok := w.present(a.ID); ok {
			if m, _ := w.mode(a, as); m.Calendar != "" {
				a.Calendar = m.Calendar
			}
		}
	}
	w.c = &c
	for i := range w.c.Activities {
		w.self(&w.c.Activities[i])
	}
	for _, as := range w.p.Assignments {
		if w.activity(as.Activity) == nil {
			w.say(Malformed, time.Time{}, time.Time{}, as.Activity)
		}
	}
	for key, sc := range w.shared {
		kind, _, _ := strings.Cut(key, " ")
		var who []string
		for id := range sc.who {
			who = append(who, id)
		}
		w.say(Kind(kind), sc.lo, sc.hi, who...)
	}
	w.order()
	w.capacity()
	w.overlaps()
	for i := range w.c.Bundles {
		w.bundle(&w.c.Bundles[i])
	}
	sort.Strings(w.lines)
	return w.lines
}

func (w *twin) order() {
	for _, p := range w.c.Precedences {
		a, ok1 := w.present(p.From)
		b, ok2 := w.present(p.To)
		if !ok1 || !ok2 {
			continue
		}
		from, to := a.End, b.Start
		if p.Type == StartStart || p.Type == StartFinish {
			from = a.Start
		}
		if p.Type == FinishFinish || p.Type == StartFinish {
			to = b.End
		}
		lo, hi := from, to
		if hi.Before(lo) {
			lo, hi = hi, lo
		}
		switch lag := to.Sub(from); {
		case lag < p.MinLag:
			w.say(OrderBreach, lo, hi, p.From, p.To)
		case p.MaxLag != nil && lag > *p.MaxLag:
			w.say(LagExceeded, lo, hi, p.From, p.To)
		}
	}
	for _, l := range w.c.Links {
		if len(w.assigned(l.If)) > 0 && len(w.assigned(l.Then)) == 0 && w.activity(l.Then).Optional {
			as, ok := w.present(l.If)
			if !ok {
				as = Assignment{}
			}
			w.say(Missing, as.Start, as.End, l.If, l.Then)
		}
	}
}

func (w *twin) capacity() {
	for _, r := range w.c.Resources {
		kind := r.Kind
		if kind == "" {
			kind = Overload
		}
		w.lines = append(w.lines, w.over(kind, func(t time.Time) (who []string, bad bool) {
			var load int64
			for i := range w.c.Activities {
				a := &w.c.Activities[i]
				if !w.active(a.ID, t) || a.Pauses && !a.Hold && !twinOpen(w.c, a, t) {
					continue
				}
				as, _ := w.present(a.ID)
				m, _ := w.mode(a, as)
				for _, d := range m.Demands {
					if d.Resource == r.ID && d.Amount > 0 {
						load += d.Amount
						who = append(who, a.ID)
					}
				}
			}
			return who, load > r.Capacity.At(t)
		})...)
	}
	for _, b := range w.c.Budgets {
		for _, p := range b.Periods {
			var used int64
			var who []string
			for _, u := range b.Uses {
				as, ok := w.present(u.Activity)
				if ok && p.Span.Contains(as.Start) && (u.Mode == "" || u.Mode == as.Mode) && u.Amount > 0 {
					used += u.Amount
					who = append(who, u.Activity)
				}
			}
			if used > p.Limit {
				w.say(BudgetExceeded, p.Span.Start, p.Span.End, who...)
			}
		}
	}
	for i := range w.c.Groups {
		g := &w.c.Groups[i]
		if g.Defined {
			continue
		}
		w.lines = append(w.lines, w.over(RedundancyBreach, func(t time.Time) (who []string, bad bool) {
			n, who := w.out(g, t, true)
			incidents, _ := w.out(g, t, false)
			return who, n > g.Allowed.At(t) && n > incidents
		})...)
	}
}

func (w *twin) group(id string) *Group {
	for i := range w.c.Groups {
		if w.c.Groups[i].ID == id {
			return &w.c.Groups[i]
		}
	}
	panic(id)
}

// out counts the members of g that are out at t, with the plan or by incidents alone.
func (w *twin) out(g *Group, t time.Time, plan bool) (n int64, who []string) {
	for _, m := range g.Members {
		is := false
		for _, o := range m.Outages {
			as, ok := w.present(o.Activity)
			if plan && ok && as.Start.Before(as.End) && !t.Before(as.Start) && t.Before(as.End.Add(o.Soak)) {
				is = true
				who = append(who, o.Activity)
			}
		}
		for _, iv := range m.Down {
			is = is || iv.Contains(t)
		}
		for _, id := range m.Groups {
			if k, below := w.out(w.group(id), t, plan); k > w.group(id).Allowed.At(t) {
				is = true
				who = append(who, below...)
			}
		}
		if is {
			n++
		}
	}
	return n, who
}

func (w *twin) overlaps() {
	found := map[string]bool{} // the same activities over the same span at several places are one cause
	for _, x := range w.c.Exclusions {
		running := func(t time.Time) (direct, remote []string) {
			for _, m := range x.Members {
				if !w.active(m.Activity, t) {
					continue
				}
				if x.Kind == RelatedCI && len(m.Path) > 1 {
					remote = append(remote, m.Activity)
				} else {
					direct = append(direct, m.Activity)
				}
			}
			return direct, remote
		}
		kind := x.Kind
		switch kind {
		case "":
			kind = Exclusive
		case RelatedCI:
			kind = SameCI
		}
		for _, line := range w.over(kind, func(t time.Time) ([]string, bool) {
			direct, _ := running(t)
			return direct, len(direct) > 1
		}) {
			found[line] = true
		}
		for _, line := range w.over(RelatedCI, func(t time.Time) ([]string, bool) {
			direct, remote := running(t)
			return append(direct, remote...), len(remote) > 0 && len(direct)+len(remote) > 1
		}) {
			found[line] = true
		}
	}
	for line := range found {
		w.lines = append(w.lines, line)
	}
}

func (w *twin) bundle(b *Bundle) {
	var planned, present []string
	for _, id := range b.Activities {
		if len(w.assigned(id)) > 0 {
			planned = append(planned, id)
		}
		if _, ok := w.present(id); ok {
			present = append(present, id)
		}
	}
	span := func() (lo, hi time.Time) {
		for _, id := range present {
			as, _ := w.present(id)
			if lo.IsZero() || as.Start.Before(lo) {
				lo = as.Start
			}
			if as.End.After(hi) {
				hi = as.End
			}
		}
		return lo, hi
	}
	lo, hi := span()
	if b.AllOrNothing && len(planned) > 0 && len(planned) < len(b.Activities) {
		w.say(SplitBundle, lo, hi, b.Activities...)
	}
	if !b.SameWindow || len(present) == 0 {
		return
	}
	open := func(id string, t time.Time) bool {
		if len(b.Spans) > 0 {
			return slices.ContainsFunc(b.Spans, func(iv calendar.Interval) bool { return iv.Contains(t) })
		}
		for win := range calendarOf(w.c, b.Calendar).Occurrences(slotAt(t), w.activity(id).Subject) {
			if win.Kind == calendar.Maintenance && !strings.HasPrefix(win.ID, "o-") {
				return true
			}
		}
		return false
	}
	if b.Calendar == "" && len(b.Spans) == 0 {
		return
	}
	start := func(id string) time.Time { as, _ := w.present(id); return as.Start }
	slices.SortFunc(present, func(x, y string) int { return start(x).Compare(start(y)) })
	in, apart := 0, false
	for i, id := range present {
		if open(id, start(id)) {
			in++
		}
		if i == 0 {
			continue
		}
		for t := start(present[i-1]); !t.After(start(id)); t = t.Add(slot) {
			apart = apart || !open(id, t) || !open(present[i-1], t)
		}
	}
	if in > 0 && (apart || in < len(present)) {
		w.say(SplitBundle, lo, hi, present...)
	}
}

// essence is what the twin and the judge have to agree on.
func essence(r Report) []string {
	var out []string
	for i := range r.Findings {
		f := &r.Findings[i]
		out = append(out, fmt.Sprintf("%s %s %s %s", f.Kind, stamp(f.Span.Start), stamp(f.Span.End), strings.Join(f.Activities(), ",")))
	}
	sort.Strings(out)
	return out
}

func TestJudgeAgainstTwin(t *testing.T) {
	loc := berlin(t)
	kinds := map[Kind]int{}
	rapid.Check(t, func(t *rapid.T) {
		g := gen{t, loc}
		c := g.genCase()
		p := g.plan(c)
		r := Judge(c, p)
		w := &twin{c: c, p: p, shared: map[string]*twinCause{}}
		want := w.all()
		if got := essence(r); !slices.Equal(got, want) {
			t.Fatalf("judge:\n  %s\ntwin:\n  %s\n%s", strings.Join(got, "\n  "), strings.Join(want, "\n  "), describe(c, p, r))
		}
		for i := range r.Findings {
			kinds[r.Findings[i].Kind]++
		}
	})
	t.Log(kinds)
}

// describe writes a case for whoever has to look into a failure.
func describe(c *Case, p *Plan, r Report) string {
	var b strings.Builder
	for i := range c.Activities {
		fmt.Fprintf(&b, "activity %+v\n", c.Activities[i])
	}
	for _, k := range c.Calendars {
		for i := range k.Windows {
			w := &k.Windows[i]
			fmt.Fprintf(&b, "window %s %s %s %v cis %v exempt %v overrun %v cut %v grade %s\n", w.ID, w.Kind,
				strings.ReplaceAll(w.Starts.String(), "\n", " "), w.Length, w.Scope.CIs, w.Exempt, w.Overrun, w.CutOff, w.Grade)
		}
		fmt.Fprintf(&b, "calendar %s default %q overrides %+v\n", k.ID, k.Default, k.Overrides)
	}
	fmt.Fprintf(&b, "bundles %+v\ngroups %+v\nexclusions %+v\nprecedences %+v\nbudgets %+v\nplan %+v\n", c.Bundles, c.Groups, c.Exclusions, c.Precedences, c.Budgets, p)
	for i := range r.Findings {
		fmt.Fprintf(&b, "finding %s: %s\n", r.Findings[i].Kind, r.Findings[i].Reason)
	}
	return b.String()
}
