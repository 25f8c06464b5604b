package calendar

import (
	"fmt"
	"maps"
	"slices"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// maxPatched is the number of timelines that With carries over.
const maxPatched = 64

// With returns k with w added to the calendar of that ID, in place of its window of the same
// ID if it has one. Timelines that k has built are patched where w lies, before or
// after, and copied elsewhere. An empty calendar ID means the first.
func (k *Compiled) With(calendarID string, w Window) (*Compiled, error) {
	i, err := k.calendar(calendarID)
	if err != nil {
		return nil, err
	}
	old := &k.calendars[i]
	j := slices.IndexFunc(old.Windows, func(have Window) bool { return have.ID == w.ID })
	loc, _ := old.location()
	var l validate.List
	w.check("window", loc != nil, l.Addf)
	if err := l.Err(); err != nil {
		return nil, err
	}
	lf, err := (&expander{}).leaf(&w, k.within, loc)
	if err != nil {
		return nil, &validate.Error{Path: "window.starts", Problem: err.Error()}
	}
	if j < 0 {
		j = len(old.Windows)
	}
	return k.change(i, j, &w, lf), nil
}

// Without returns k without one window. A window that an override lifts cannot go before the override.
func (k *Compiled) Without(calendarID, window string) (*Compiled, error) {
	i, err := k.calendar(calendarID)
	if err != nil {
		return nil, err
	}
	j := slices.IndexFunc(k.calendars[i].Windows, func(w Window) bool { return w.ID == window })
	if j < 0 {
		return nil, &validate.Error{Path: "window", Problem: fmt.Sprintf("there is no window %q", clip(window))}
	}
	for n := range k.calendars[i].Overrides {
		if slices.Contains(k.calendars[i].Overrides[n].Lifts, window) {
			return nil, &validate.Error{Path: fmt.Sprintf("overrides[%d].lifts", n), Problem: fmt.Sprintf("names window %q", clip(window))}
		}
	}
	return k.change(i, j, nil, leaf{}), nil
}

func (k *Compiled) calendar(id string) (int, error) {
	if id == "" {
		return 0, nil
	}
	for i := range k.calendars {
		if k.calendars[i].ID == id {
			return i, nil
		}
	}
	return 0, &validate.Error{Path: "calendar", Problem: fmt.Sprintf("there is no calendar %q", clip(id))}
}

// change replaces, appends or removes (w is nil) window j of calendar i. A removed window
// stays in its place without occurrences and without effect, so that no other moves.
func (k *Compiled) change(i, j int, w *Window, lf leaf) *Compiled {
	n := &Compiled{within: k.within, calendars: slices.Clone(k.calendars), classes: map[string]*Timeline{}}
	cc := &n.calendars[i]
	own := *cc.Calendar
	own.Windows, cc.leaves = slices.Clone(own.Windows), slices.Clone(cc.leaves)
	cc.Calendar = &own
	switch {
	case w == nil:
		own.Windows = slices.Delete(own.Windows, j, j+1)
		cc.leaves = slices.Delete(cc.leaves, j, j+1)
		return n // every window after j has moved: timelines are built when they are asked for
	case j == len(own.Windows):
		own.Windows, cc.leaves = append(own.Windows, *w), append(cc.leaves, lf)
	default:
		own.Windows[j], cc.leaves[j] = *w, lf
	}
	k.mu.Lock()
	known := slices.Collect(maps.Values(k.classes))
	k.mu.Unlock()
	if len(known) > maxPatched {
		return n
	}
	for _, t := range known {
		if p := t.patched(n, i, j); p != nil {
			n.classes[n.classOf(&t.subject)] = p
		}
	}
	return n
}

// patched returns t under the change of window j of calendar i, or nil where it must be
// built anew: with boundary rules, with an override on the window, or where the change makes the
// first maintenance window or takes away the last.
func (t *Timeline) patched(n *Compiled, i, j int) *Timeline {
	for _, cl := range t.classes {
		if !cl.simple {
			return nil
		}
	}
	before, after := &t.compiled.calendars[i], &n.calendars[i]
	old, s := t.classes[i], &t.subject
	cl := &class{restricted: old.restricted, simple: true, allow: old.allow, deny: old.deny, place: maps.Clone(old.place)}
	var gone, come []span
	var from, to *groups
	place, placed := old.place[j]
	if placed {
		gone = before.leaves[j].spans
		if from = &cl.deny; before.Windows[j].Kind == Maintenance {
			from = &cl.allow
		}
		if len(before.liftsOf(&before.Windows[j], s)) > 0 {
			return nil
		}
	}
	if w := &after.Windows[j]; w.Concerns(s) && (w.Kind == Maintenance || w.Closes()) {
		if w.Overrun || !w.CutOff.IsZero() || len(after.liftsOf(w, s)) > 0 {
			return nil
		}
		come = after.leaves[j].spans
		if to = &cl.deny; w.Kind == Maintenance {
			to = &cl.allow
		}
	}
	if (from == &cl.allow) != (to == &cl.allow) {
		return nil // restricted may change
	}
	changed := unionSpans(nil, subtractSpans(nil, gone, come), subtractSpans(nil, come, gone))
	if from != to {
		changed = unionSpans(nil, gone, come)
	}
	delete(cl.place, j)
	switch {
	case from != nil && from == to:
		from.replace(place, come, changed)
		cl.place[j] = place
	default:
		if from != nil {
			from.replace(place, nil, gone)
		}
		if to != nil {
			cl.place[j] = to.add(come)
		}
	}
	classes := slices.Clone(t.classes)
	classes[i] = cl
	var cursors []classCursor
	for _, c := range classes {
		cursors = append(cursors, classCursor{c.restricted, newCursor(c.allow.blocks()), newCursor(c.deny.blocks())})
	}
	var scratch, other []span
	open := splice(t.open, clipSpans(changed, t.within), func(r span) []span {
		scratch = append(scratch[:0], r)
		for k := range cursors {
			if cursors[k].restricted {
				scratch, other = intersectSpans(other[:0], scratch, cursors[k].allow.union(r)), scratch
			}
			if deny := cursors[k].deny.union(r); len(deny) > 0 {
				scratch, other = subtractSpans(other[:0], scratch, deny), scratch
			}
		}
		return scratch
	})
	return newTimeline(n, s, classes, open, open, nil)
}

type classCursor struct {
	restricted  bool
	allow, deny *cursor
}

// replace puts other spans in the place of a list that differ from it within changed only.
func (g *groups) replace(place int, spans, changed []span) {
	lists, unions := slices.Clone(g.lists), slices.Clone(g.blocks())
	lists[place] = spans
	b := place / groupSize
	c := newCursor(lists[b*groupSize : min((b+1)*groupSize, len(lists))])
	unions[b] = splice(unions[b], changed, c.union)
	*g = regrouped(lists, unions)
}

// add appends a list and returns its place.
func (g *groups) add(spans []span) int {
	place := len(g.lists)
	lists, unions := append(slices.Clip(g.lists), spans), slices.Clone(g.blocks())
	if place%groupSize == 0 {
		unions = append(unions, spans)
	} else {
		b := place / groupSize
		unions[b] = unionSpans(make([]span, 0, len(unions[b])+len(spans)), unions[b], spans)
	}
	*g = regrouped(lists, unions)
	return place
}

// A cursor reads several canonical lists over ascending ranges.
type cursor struct {
	lists   [][]span
	at      []int
	scratch []span
}

func newCursor(lists [][]span) *cursor { return &cursor{lists: lists, at: make([]int, len(lists))} }

// union returns the union of the lists within r, valid until the next call. Ranges must ascend.
func (c *cursor) union(r span) []span {
	out := c.scratch[:0]
	for k, list := range c.lists {
		i := c.at[k]
		for step := 1; i < len(list) && list[i].hi <= r.lo; { // gallop, then search
			if i+step < len(list) && list[i+step].hi <= r.lo {
				i, step = i+step, 2*step
				continue
			}
			i += after(list[i:min(i+step, len(list))], r.lo)
			break
		}
		c.at[k] = i
		for ; i < len(list) && list[i].lo < r.hi; i++ {
			out = append(out, span{max(list[i].lo, r.lo), min(list[i].hi, r.hi)})
		}
	}
	c.scratch = out
	return canonical(out)
}

// splice returns old with the part inside each range replaced by what eval returns for it.
// Ranges are canonical.
func splice(old, ranges []span, eval func(span) []span) []span {
	out := make([]span, 0, len(old)+2*len(ranges))
	add := func(s span) {
		if n := len(out) - 1; n >= 0 && out[n].hi >= s.lo {
			out[n].hi = s.hi
		} else {
			out = append(out, s)
		}
	}
	i, cut := 0, int64(minNano) // old[i] counts from cut on
	for _, r := range ranges {
		j := i + after(old[i:], r.lo)
		if j > i {
			add(span{max(old[i].lo, cut), old[i].hi})
			out = append(out, old[i+1:j]...)
		}
		if j < len(old) {
			if lo := max(old[j].lo, cut); lo < r.lo {
				add(span{lo, r.lo})
			}
		}
		for _, s := range eval(r) {
			add(s)
		}
		i = j + after(old[j:], r.hi)
		cut = r.hi
	}
	if i < len(old) {
		add(span{max(old[i].lo, cut), old[i].hi})
		out = append(out, old[i+1:]...)
	}
	return out
}
