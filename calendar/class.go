package calendar

import (
	"slices"
	"sync"
)

// A class is what one calendar's windows mean to the subjects of a scope class.
type class struct {
	restricted bool
	simple     bool // no overrun and no cut-off: every open span is all start and all run

	allow, deny groups      // what opens, what closes
	place       map[int]int // of a window by index: its list in allow or deny
	// For the general case: where work may start, where started work may go on whatever the
	// maintenance windows say, and what closes to running work too.
	starts, overrun, hard []span
}

// groups holds lists of canonical spans in blocks, each with its union, so that a change
// of one list leaves the unions of the others alone. The unions are made at the first change.
type groups struct {
	lists  [][]span
	once   *sync.Once
	unions *[][]span // of lists[i*groupSize : (i+1)*groupSize]
}

const groupSize = 32

func newGroups(lists [][]span) groups { return groups{lists, new(sync.Once), new([][]span)} }

// blocks returns the unions.
func (g *groups) blocks() [][]span {
	g.once.Do(func() {
		for part := range slices.Chunk(g.lists, groupSize) {
			*g.unions = append(*g.unions, unionAll(part))
		}
	})
	return *g.unions
}

// regrouped returns groups whose unions are known.
func regrouped(lists, unions [][]span) groups {
	g := newGroups(lists)
	g.once.Do(func() { *g.unions = unions })
	return g
}

// class collects what one calendar means to s.
func (c *compiledCalendar) class(s *Subject, within span) *class {
	cl := &class{restricted: c.Default == DefaultClosed, simple: true, place: map[int]int{}}
	var allow, deny, starts, overrun, hard [][]span
	for i := range c.Windows {
		w := &c.Windows[i]
		if !w.Concerns(s) || w.Kind != Maintenance && !w.Closes() {
			continue
		}
		lf := c.leaves[i]
		spans := lf.spans
		if w.Kind == Maintenance {
			cl.restricted = true
			run := spans
			if lf.run != nil || !w.CutOff.IsZero() {
				run, cl.simple = lf.run, false
			}
			if w.Overrun {
				overrun, cl.simple = append(overrun, spans), false
			}
			cl.place[i] = len(allow)
			allow, starts = append(allow, run), append(starts, spans)
			continue
		}
		for _, l := range c.liftsOf(w, s) {
			spans = subtractSpans(nil, spans, []span{l.span})
		}
		cl.place[i] = len(deny)
		deny = append(deny, spans)
		if w.Overrun {
			cl.simple = false
		} else {
			hard = append(hard, spans)
		}
	}
	for i := range c.Overrides {
		if o := &c.Overrides[i]; o.AnyTime && o.Effective() && o.Scope.Matches(s) {
			sp := []span{o.Span().span()}
			allow, starts = append(allow, sp), append(starts, sp)
		}
	}
	cl.allow, cl.deny = newGroups(allow), newGroups(deny)
	if !cl.simple {
		cl.starts, cl.overrun, cl.hard = unionAll(starts), unionAll(overrun), unionAll(hard)
	}
	return cl
}

// open returns the open time of the class in within.
func (cl *class) open(within span) []span {
	if out, ok := cl.openBitmap(within); ok {
		return out
	}
	open := []span{within}
	if cl.restricted {
		open = clipSpans(unionAll(cl.allow.lists), within)
	}
	deny := unionAll(cl.deny.lists)
	if len(deny) == 0 {
		return open
	}
	return slices.Clone(subtractSpans(make([]span, 0, len(open)+len(deny)), open, deny))
}
