package calendar

import (
	"fmt"
	"slices"
	"time"
)

// FindingKind names what is wrong with a policy that is valid.
type FindingKind string

const (
	NeverOpen     FindingKind = "never-open"      // a subject has no open time at all
	NeverOccurs   FindingKind = "never-occurs"    // a window has no occurrence in the time looked at
	Shadowed      FindingKind = "shadowed"        // a window changes nothing: others do the same at all its time
	Contradictory FindingKind = "contradictory"   // a maintenance window that other windows close whenever it holds
	SelfOverlap   FindingKind = "self-overlap"    // occurrences of one window overlap each other
	Duplicate     FindingKind = "duplicate"       // two windows are the same but for their names
	UnusedLift    FindingKind = "unused-override" // an override without effect
	Scarce        FindingKind = "scarce"          // a subject has less open time than it needs
	StrayStart    FindingKind = "stray-start"     // DTSTART is not an occurrence of its own rule
)

// A Finding is one fault of a policy, with the exact instants.
type Finding struct {
	Kind     FindingKind `json:"kind"`
	Calendar string      `json:"calendar,omitempty"`
	Windows  []string    `json:"windows,omitempty"` // the window at fault first, then those that make it so
	Override string      `json:"override,omitempty"`
	Subject  *Subject    `json:"subject,omitempty"`
	// When is where the fault shows: the overlaps, the time that is closed twice, the starts of the
	// periods that hold too little.
	When       Intervals `json:"when"`
	Problem    string    `json:"problem"`
	Suggestion string    `json:"suggestion"`
}

// A Floor is the least open time that a subject needs: Open in any period of length Per, counting
// only open spans of at least Block. It is also a demand on the whole interval where Per is zero.
type Floor struct {
	Open  time.Duration
	Per   time.Duration
	Block time.Duration
}

// CommonFloor is 48 hours in any 32 days, in blocks of at least 4 hours.
func CommonFloor() Floor { return Floor{48 * time.Hour, 32 * 24 * time.Hour, 4 * time.Hour} }

// LintOptions says what to look at. Nil and the zero value look at every subject that the scopes
// tell apart, for signs that need no further knowledge.
type LintOptions struct {
	Subjects []Subject // whose open time to judge; nil: one of each scope class
	Floor    Floor     // zero: none
	// Demands are floors for subjects by their index in Subjects, beside Floor.
	Demands map[int]Floor
}

// Lint looks for faults of a valid policy in within, ordered by calendar, window and subject. A
// policy that fails Validate is an error. It costs O(w²) set operations in the number of
// windows of a calendar.
func (p *Policy) Lint(within Interval, o *LintOptions) ([]Finding, error) {
	if o == nil {
		o = &LintOptions{}
	}
	k, err := p.Compile(within)
	if err != nil {
		return nil, err
	}
	var out []Finding
	for i := range k.calendars {
		out = append(out, k.lintWindows(i)...)
		out = append(out, k.lintOverrides(i)...)
	}
	subjects := o.Subjects
	if subjects == nil {
		subjects = k.subjects()
	}
	for i, s := range subjects {
		t := k.For(s)
		if t.all().len() == 0 {
			out = append(out, k.neverOpen(t))
			continue
		}
		if o.Floor != (Floor{}) {
			out = append(out, o.Floor.lint(t)...)
		}
		if d, ok := o.Demands[i]; ok && d != o.Floor {
			out = append(out, d.lint(t)...)
		}
	}
	return out, nil
}

func (k *Compiled) neverOpen(t *Timeline) Finding {
	s := t.subject
	f := Finding{Kind: NeverOpen, Subject: &s, When: Union(k.Within()),
		Problem:    fmt.Sprintf("%s is closed from %s to %s", s.name(), say(k.within.lo), say(k.within.hi)),
		Suggestion: "add a maintenance window whose scope holds it, or take time from the windows named"}
	for i := range k.calendars {
		c, cl := &k.calendars[i], t.classes[i]
		target := []span{k.within}
		if cl.restricted {
			target = clipSpans(unionAll(c.lists(cl, opens)), k.within)
		}
		var closers []closer
		for j := range c.windows {
			if w := c.windows[j]; w.Closes() && w.Concerns(&s) {
				closers = append(closers, closer{w.ID, intersectSpans(nil, c.leaves[j].spans, target)})
			}
		}
		if by, ok := cover(target, closers); ok {
			f.Calendar, f.Windows = c.ID, by
			break
		}
	}
	return f
}

func say(n int64) string { return fromNano(n).Format(time.RFC3339) }

func (s *Subject) name() string {
	b, _ := jsonText(s)
	if b == "{}" {
		return "a change that no scope names"
	}
	return "a change " + b
}

// lintWindows looks at the windows of one calendar.
func (k *Compiled) lintWindows(i int) []Finding {
	c := &k.calendars[i]
	loc, _ := c.location()
	var out []Finding
	for j := range c.windows {
		w, lf := c.windows[j], c.leaves[j]
		add := func(kind FindingKind, when []span, others []string, suggestion, problem string, args ...any) {
			out = append(out, Finding{Kind: kind, Calendar: c.ID, Windows: append([]string{w.ID}, others...),
				When: Intervals{when}, Problem: fmt.Sprintf(problem, args...), Suggestion: suggestion})
		}
		held := lf.held()
		if w.Starts.stray(loc) {
			add(StrayStart, nil, nil, "move DTSTART to the first day the rule selects",
				"DTSTART of %q is not an occurrence of its own rule and only anchors it", w.ID)
		}
		if len(held) == 0 {
			add(NeverOccurs, []span{k.within}, nil, "remove it, or correct UNTIL, COUNT or the year",
				"window %q has no occurrence from %s to %s", w.ID, say(k.within.lo), say(k.within.hi))
			continue
		}
		if over := w.selfOverlap(k.within, loc); len(over) > 0 {
			add(SelfOverlap, over, nil, "shorten the window or let it start less often",
				"occurrences of %q overlap each other %d times, first from %s to %s", w.ID, len(over), say(over[0].lo), say(over[0].hi))
		}
		twin := -1
		for n := range j {
			if o := c.windows[n]; w.sameEffect(o) && slices.Equal(held, c.leaves[n].held()) && slices.Equal(lf.spans, c.leaves[n].spans) {
				twin = n
				break
			}
		}
		if twin >= 0 {
			add(Duplicate, held, []string{c.windows[twin].ID}, "remove one of the two",
				"window %q is the same as %q", w.ID, c.windows[twin].ID)
			continue
		}
		if by, kind := k.coveredBy(c, j); len(by) > 0 {
			switch kind {
			case Contradictory:
				add(kind, held, by, "move it, narrow the closing windows, or exempt its scope from them",
					"all %d occurrences of maintenance window %q are closed by %s", len(held), w.ID, quoted(by))
			case Shadowed:
				add(kind, held, by, "remove it, or narrow the others",
					"window %q has no effect: %s cover all its time for the same scope", w.ID, quoted(by))
			}
		}
	}
	return out
}

// held returns the time in which the window holds, before any cut-off.
func (lf *leaf) held() []span {
	if lf.run != nil {
		return lf.run
	}
	return lf.spans
}

// coveredBy returns the windows that together take all effect from window j, and how.
func (k *Compiled) coveredBy(c *compiledCalendar, j int) ([]string, FindingKind) {
	w := c.windows[j]
	held := clipSpans(c.leaves[j].held(), k.within)
	for _, kind := range []FindingKind{Contradictory, Shadowed} {
		var closers []closer
		for n := range c.windows {
			o := c.windows[n]
			if n == j || !o.Scope.covers(&w.Scope) {
				continue
			}
			switch {
			case kind == Contradictory && (w.Kind != Maintenance || !o.Closes() || len(o.Exempt) > 0 || c.lifted(o.ID)):
				continue
			case kind == Shadowed && !o.shadows(w):
				continue
			case kind == Shadowed && n > j && w.shadows(o) && w.Scope.covers(&o.Scope) && slices.Equal(c.leaves[n].spans, c.leaves[j].spans):
				continue // of two that shadow each other the later is the one too many
			}
			closers = append(closers, closer{o.ID, intersectSpans(nil, c.leaves[n].spans, held)})
		}
		if by, ok := cover(held, closers); ok {
			return by, kind
		}
	}
	return nil, ""
}

// A closer is a window and the part of some target that it takes.
type closer struct {
	id   string
	part []span
}

// cover returns the IDs of windows that together take all of target: the first that does so
// alone, else as many as it needs of them; false where even all do not.
func cover(target []span, closers []closer) ([]string, bool) {
	closers = slices.DeleteFunc(closers, func(c closer) bool { return len(c.part) == 0 })
	covered := func(some []closer) bool {
		var lists [][]span
		for _, c := range some {
			lists = append(lists, c.part)
		}
		return len(subtractSpans(nil, target, unionAll(lists))) == 0
	}
	if len(target) == 0 || !covered(closers) {
		return nil, false
	}
	for _, c := range closers {
		if slices.Equal(c.part, target) {
			return []string{c.id}, true
		}
	}
	if len(closers) <= 64 { // drop what is not needed
		for i := len(closers) - 1; i >= 0; i-- {
			if less := slices.Delete(slices.Clone(closers), i, i+1); covered(less) {
				closers = less
			}
		}
	}
	var ids []string
	for _, c := range closers {
		ids = append(ids, c.id)
	}
	return ids, true
}

func (c *compiledCalendar) lifted(window string) bool {
	for i := range c.Overrides {
		if c.Overrides[i].Effective() && slices.Contains(c.Overrides[i].Lifts, window) {
			return true
		}
	}
	return false
}

// shadows reports whether o, where it holds, leaves w nothing to do.
func (w *Window) shadows(o *Window) bool {
	switch {
	case o.Kind == Maintenance:
		return w.Kind == Maintenance && w.CutOff.IsZero() && (w.Overrun || !o.Overrun)
	case w.Kind == Maintenance || w.Overrun && !o.Overrun:
		return false
	case w.Kind == Blackout:
		return true
	case o.Kind == Blackout:
		return false
	}
	for _, t := range w.Exempt {
		if !slices.Contains(o.Exempt, t) {
			return false
		}
	}
	return w.Closes() || !o.Closes() && w.Grade == o.Grade && slices.Equal(w.Approvers, o.Approvers)
}

// sameEffect compares all but name, reason and times.
func (w *Window) sameEffect(o *Window) bool {
	norm := func(w *Window) string {
		own := *w
		own.ID, own.Reason, own.Starts, own.Length, own.EndWall = "", "", Recurrence{}, Duration{}, EndWall{}
		if own.Kind == Freeze && own.Grade == "" {
			own.Grade = Prohibit
		}
		text, _ := jsonText(own)
		return text
	}
	return w.Kind == o.Kind && norm(w) == norm(o)
}

// selfOverlap returns the time in which two occurrences of w hold at once.
func (w *Window) selfOverlap(within span, loc *time.Location) []span {
	e := w.expand(loc, nil)
	var over []span
	end := int64(minNano)
	e.walk(within.lo, within.hi, func(s span) bool {
		if s.lo < end {
			over = append(over, span{s.lo, min(s.hi, end)})
		}
		end = max(end, s.hi)
		return true
	})
	return canonical(over)
}

// stray reports whether DTSTART is not an occurrence though there are rules.
func (r Recurrence) stray(loc *time.Location) bool {
	s := r.In(loc).set
	if s == nil || s.zone == nil || len(s.rules) == 0 {
		return false
	}
	for _, g := range s.rules {
		if g.selects(s.start.wall) {
			return false
		}
	}
	at := s.instant(moment{stamp: s.start})
	return !slices.ContainsFunc(s.fixed(), func(o occurrence) bool { return o.at == at })
}

// lintOverrides looks for overrides that change nothing.
func (k *Compiled) lintOverrides(i int) []Finding {
	c := &k.calendars[i]
	var out []Finding
	for n := range c.Overrides {
		o := &c.Overrides[n]
		sp := o.Span().span()
		add := func(when []span, windows []string, suggestion, problem string, args ...any) {
			out = append(out, Finding{Kind: UnusedLift, Calendar: c.ID, Override: o.ID, Windows: windows,
				When: Intervals{when}, Problem: fmt.Sprintf(problem, args...), Suggestion: suggestion})
		}
		now := intersectSpans(nil, []span{sp}, []span{k.within})
		if len(now) == 0 {
			when := "expired on " + say(sp.hi)
			if sp.lo >= k.within.hi {
				when = "begins on " + say(sp.lo)
			}
			add([]span{sp}, nil, "remove it", "override %q has no effect in the time looked at: it %s", o.ID, when)
			continue
		}
		var touched []span
		for j := range c.windows {
			if w := c.windows[j]; slices.Contains(o.Lifts, w.ID) && w.Scope.mayMeet(&o.Scope) {
				touched = append(touched, intersectSpans(nil, c.leaves[j].spans, now)...)
			}
		}
		if len(touched) == 0 && !o.AnyTime {
			add(now, o.Lifts, "remove it, or correct its scope or times", "override %q lifts nothing: none of its windows holds for its scope from %s to %s", o.ID, say(now[0].lo), say(now[0].hi))
		}
	}
	return out
}

func quoted(ids []string) string {
	s := ""
	for i, id := range ids {
		if i > 0 {
			s += ", "
		}
		if i == 5 {
			return s + fmt.Sprintf("… (%d in all)", len(ids))
		}
		s += fmt.Sprintf("%q", id)
	}
	return s
}
