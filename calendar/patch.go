package calendar

import (
	"fmt"
	"maps"
	"slices"

	"github.com/slackwater-go/slackwater/internal/validate"
)

const (
	maxPatched = 64 // timelines that a change carries over
	maxChanged = 64 // windows that change before a calendar is indexed anew
)

// With returns k with w added to the calendar of that ID, in place of its window of the same
// ID if it has one. An empty calendar ID means the first. Timelines that k has built carry over, and
// take the change in where they are asked: a question about an instant costs the time around it, one
// about the whole (such as [Timeline.Total]) all that w touches, before or after, the first time.
func (k *Compiled) With(calendarID string, w Window) (*Compiled, error) {
	i, err := k.calendar(calendarID)
	if err != nil {
		return nil, err
	}
	old := &k.calendars[i]
	j := slices.IndexFunc(old.windows, func(have *Window) bool { return have.ID == w.ID })
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
		j = len(old.windows)
	}
	return k.change(i, j, &w, lf), nil
}

// Without returns k without one window. A window that an override lifts cannot go before the override.
func (k *Compiled) Without(calendarID, window string) (*Compiled, error) {
	i, err := k.calendar(calendarID)
	if err != nil {
		return nil, err
	}
	j := slices.IndexFunc(k.calendars[i].windows, func(w *Window) bool { return w.ID == window })
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

// change replaces, appends or removes (w is nil) window j of calendar i.
func (k *Compiled) change(i, j int, w *Window, lf leaf) *Compiled {
	n := &Compiled{within: k.within, calendars: slices.Clone(k.calendars), classes: map[string]*Timeline{}}
	c := &n.calendars[i]
	c.windows, c.leaves = slices.Clone(c.windows), slices.Clone(c.leaves)
	switch {
	case w == nil:
		// Every window after j moves: timelines are built when they are asked for.
		c.windows, c.leaves = slices.Delete(c.windows, j, j+1), slices.Delete(c.leaves, j, j+1)
		c.index, c.indexed, c.changed = new(timeIndex), c.leaves, nil
		return n
	case j == len(c.windows):
		c.windows, c.leaves = append(c.windows, w), append(c.leaves, &lf)
	default:
		c.windows[j], c.leaves[j] = w, &lf
	}
	if !slices.Contains(c.changed, j) {
		c.changed = append(slices.Clip(c.changed), j)
	}
	if len(c.changed) > maxChanged {
		c.index, c.indexed, c.changed = new(timeIndex), c.leaves, nil
	}
	k.mu.Lock()
	known := maps.Clone(k.classes)
	k.mu.Unlock()
	if len(known) > maxPatched {
		return n
	}
	bit := j
	for m := range i {
		bit += len(k.calendars[m].windows) + len(k.calendars[m].Overrides)
	}
	for key, t := range known {
		p := t.patched(n, i, j)
		if p == nil {
			continue
		}
		if len(c.windows) == len(k.calendars[i].windows) { // the same key but for one bit
			own := []byte(key)
			if own[bit/8] &^= 1 << (bit % 8); c.windows[j].Concerns(&t.subject) {
				own[bit/8] |= 1 << (bit % 8)
			}
			key = string(own)
		} else {
			key = n.classOf(&t.subject)
		}
		n.classes[key] = p
	}
	return n
}

// patched returns t under the change of window j of calendar i, or nil where it must be
// built anew: with boundary rules, with an override on the window, or where maintenance comes or goes,
// which may be the first or the last.
func (t *Timeline) patched(n *Compiled, i, j int) *Timeline {
	for _, cl := range t.classes {
		if !cl.simple {
			return nil
		}
	}
	c, s, old := &n.calendars[i], &t.subject, t.classes[i]
	w, was, is := c.windows[j], unconcerned, c.windows[j].roleOf(s)
	var gone, come []span
	if j < len(old.role) && old.role[j] != unconcerned {
		was, gone = old.role[j], t.compiled.calendars[i].leaves[j].spans
	}
	if is != unconcerned {
		come = c.leaves[j].spans
		if w.Overrun || !w.CutOff.IsZero() {
			return nil
		}
	}
	if _, lifted := old.lifted[j]; lifted || len(c.liftsOf(w, s)) > 0 || (was == opens) != (is == opens) {
		return nil
	}
	changed := unionSpans(nil, subtractSpans(nil, gone, come), subtractSpans(nil, come, gone))
	if was != is {
		changed = unionSpans(nil, gone, come)
	}
	cl := *old
	cl.role = append(slices.Clone(old.role), make([]role, len(c.windows)-len(old.role))...)
	cl.role[j] = is
	classes := slices.Clone(t.classes)
	classes[i] = &cl
	p := &Timeline{compiled: n, subject: *s, within: t.within, classes: classes}
	base, ranges := (*blockList)(nil), clipSpans(changed, t.within)
	if u := t.unsettled(); u != nil && len(u.ranges) < len(u.base.spans) {
		base, ranges = u.base, unionSpans(nil, u.ranges, ranges) // several changes are taken in as one
	} else {
		base = t.all()
	}
	var readers []*nearby
	p.pending = newPending(base, ranges, func(r span) []span {
		if readers == nil {
			for m := range classes {
				readers = append(readers, newNearby(&n.calendars[m], classes[m], n.within))
			}
		}
		open := readers[0].in(r)
		for _, o := range readers[1:] {
			open = intersectSpans(nil, open, o.in(r))
		}
		return open
	})
	p.segs = &p.open
	return p
}
