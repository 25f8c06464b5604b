package judge

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

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
	for _, when := range []time.Time{clockChange, chunkEdge} {
		t.Run(when.Format(time.DateOnly), func(t *testing.T) {
			startAt(t, when)
			againstTwin(t)
		})
	}
}

func againstTwin(t *testing.T) {
	cases(t, 3000)
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
