package calendar

import "slices"

// A role is what a window does to a scope class.
type role uint8

const (
	unconcerned role = iota
	opens
	closes
)

// A class is what one calendar's windows mean to the subjects of a scope class.
type class struct {
	restricted bool
	simple     bool // no overrun and no cut-off: every open span is all start and all run
	role       []role
	lifted     map[int][]span // what overrides leave of the windows that they lift
	extra      []span         // overrides that need no maintenance window

	// For the general case: where work may start, where started work may go on whatever the
	// maintenance windows say, and what closes to running work too.
	starts, overrun, hard []span
}

// lists returns the spans of the windows with a role.
func (c *compiledCalendar) lists(cl *class, want role) [][]span {
	var out [][]span
	for i, r := range cl.role {
		if r != want {
			continue
		}
		out = append(out, c.spansOf(cl, i))
	}
	if want == opens {
		for i := range cl.extra {
			out = append(out, cl.extra[i:i+1])
		}
	}
	return out
}

// spansOf returns when window i holds for a class.
func (c *compiledCalendar) spansOf(cl *class, i int) []span {
	if l, ok := cl.lifted[i]; ok {
		return l
	}
	return c.leaves[i].held()
}

// roleOf returns what w does to s.
func (w *Window) roleOf(s *Subject) role {
	switch {
	case !w.Concerns(s):
		return unconcerned
	case w.Kind == Maintenance:
		return opens
	case w.Closes():
		return closes
	}
	return unconcerned
}

// class collects what one calendar means to s.
func (c *compiledCalendar) class(s *Subject) *class {
	cl := &class{restricted: c.Default == DefaultClosed, simple: true, role: make([]role, len(c.windows)), lifted: map[int][]span{}}
	var starts, overrun, hard [][]span
	for i, w := range c.windows {
		lf := c.leaves[i]
		switch cl.role[i] = w.roleOf(s); cl.role[i] {
		case opens:
			cl.restricted = true
			cl.simple = cl.simple && !w.Overrun && w.CutOff.IsZero()
			if starts = append(starts, lf.spans); w.Overrun {
				overrun = append(overrun, lf.spans)
			}
		case closes:
			spans := lf.spans
			if lifts := c.liftsOf(w, s); len(lifts) > 0 {
				for _, l := range lifts {
					spans = subtractSpans(nil, spans, []span{l.span})
				}
				cl.lifted[i] = spans
			}
			if cl.simple = cl.simple && !w.Overrun; !w.Overrun {
				hard = append(hard, spans)
			}
		}
	}
	for i := range c.Overrides {
		if o := &c.Overrides[i]; o.AnyTime && o.Effective() && o.Scope.Matches(s) {
			cl.extra = append(cl.extra, o.Span().span())
		}
	}
	if !cl.simple {
		for i := range cl.extra {
			starts = append(starts, cl.extra[i:i+1])
		}
		cl.starts, cl.overrun, cl.hard = unionAll(starts), unionAll(overrun), unionAll(hard)
	}
	return cl
}

// open returns the open time of a class in within.
func (c *compiledCalendar) open(cl *class, within span) []span {
	allow, deny := c.lists(cl, opens), c.lists(cl, closes)
	if out, ok := openBitmap(cl.restricted, allow, deny, within); ok {
		return out
	}
	open := []span{within}
	if cl.restricted {
		open = clipSpans(unionAll(allow), within)
	}
	closed := unionAll(deny)
	if len(closed) == 0 {
		return open
	}
	return slices.Clone(subtractSpans(make([]span, 0, len(open)+len(closed)), open, closed))
}
