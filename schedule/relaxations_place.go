package schedule

import (
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// Some corrections hold during a span that may lie anywhere in some room: more of a
// resource, a hole in a freeze. To try each place by itself would be hopeless in a freeze of
// weeks. A node of the search therefore has a range of places and is tried with all of them
// at once: what leaves no plan even then leaves none at any one of them, and the reason is
// one for each. Only a range that leaves a plan is halved, down to a single place. A node's
// price is that of a single place throughout, so the search stays best-first and exact.

// places is a range of places, both ends included.
type places struct{ first, last int }

// placed says that an edit holds during a span of its own.
func (e *Edit) placed() bool {
	return e.Kind == Interrupt || e.Kind == AddCapacity && e.By > 0
}

// inside is the room for an interruption, after which something is left of both ends.
func (r *relaxing) inside(iv calendar.Interval) calendar.Interval {
	room := calendar.Interval{Start: iv.Start.Add(r.o.Steps[0].Std()), End: iv.End.Add(-r.o.Steps[0].Std())}
	if room.Start.Before(r.p.Horizon.Start) {
		room.Start = r.p.Horizon.Start
	}
	if room.End.After(r.p.Horizon.End) {
		room.End = r.p.Horizon.End
	}
	return room
}

// placed returns an edit at each step, with all of the room as its span.
func (r *relaxing) placed(e Edit, room calendar.Interval) []Edit {
	var out []Edit
	e.Span = room
	most := Duration(room.End.Sub(room.Start))
	for _, by := range append(slices.Clone(r.o.Steps), most) {
		e.By = min(by, most)
		if e.By > 0 && (len(out) == 0 || out[len(out)-1].By < e.By) {
			out = append(out, e)
		}
	}
	return out
}

// spots counts the places of a step.
func (r *relaxing) spots(e *Edit) int {
	if !e.placed() {
		return 1
	}
	grid := r.o.Steps[0]
	slack := Duration(e.Span.End.Sub(e.Span.Start)) - e.By
	return int((slack+grid-1)/grid) + 1
}

// settled returns an edit that holds at all of some places.
func (r *relaxing) settled(e Edit, where places) Edit {
	if !e.placed() {
		return e
	}
	at := func(k int) time.Time {
		start := e.Span.Start.Add(time.Duration(k) * r.o.Steps[0].Std())
		if last := e.Span.End.Add(-e.By.Std()); start.After(last) {
			return last
		}
		return start
	}
	e.Span = calendar.Interval{Start: at(where.first), End: at(where.last).Add(e.By.Std())}
	return e
}

// halved returns a set with the places of one lever in two halves, none where each lever
// has a single place.
func (r *relaxing) halved(s *relaxSet) []*relaxSet {
	for _, i := range s.sorted() {
		if x := s.place[i]; x.first < x.last {
			mid := x.first + (x.last-x.first)/2
			return []*relaxSet{s.at(i, places{x.first, mid}, r), s.at(i, places{mid + 1, x.last}, r)}
		}
	}
	return nil
}

// trim cuts the spans of placed edits, first at the end and then at the start, as far as a
// plan is left, to RelaxOptions.Least.
func (r *relaxing) trim(edits []Edit) error {
	for k := range edits {
		e := &edits[k]
		if !e.placed() {
			continue
		}
		for _, end := range []bool{true, false} {
			whole := e.Span
			cut := func(n int64) calendar.Interval {
				by := time.Duration(n) * r.o.Least.Std()
				if end {
					return calendar.Interval{Start: whole.Start, End: whole.End.Add(-by)}
				}
				return calendar.Interval{Start: whole.Start.Add(by), End: whole.End}
			}
			// Cutting by good leaves a plan, cutting by bad leaves none or nothing.
			good, bad := int64(0), (int64(whole.Duration())+int64(r.o.Least)-1)/int64(r.o.Least)
			for bad-good > 1 {
				mid := good + (bad-good)/2
				e.Span = cut(mid)
				ok, err := r.possible(r.corrected(edits))
				if err != nil {
					return err
				}
				if ok {
					good = mid
				} else {
					bad = mid
				}
			}
			e.Span = cut(good)
			e.By = Duration(e.Span.Duration())
		}
	}
	return nil
}

// raised returns a profile with more during a span.
func raised(c *calendar.Profile, span calendar.Interval, amount int64) calendar.Profile {
	out := calendar.Profile{Base: c.Base}
	add := func(iv calendar.Interval, value int64) {
		if iv.Start.Before(iv.End) {
			out.Steps = append(out.Steps, calendar.Step{Interval: iv, Value: value})
		}
	}
	rest := calendar.Union(span)
	for _, s := range c.Steps {
		mine := calendar.Union(s.Interval)
		for iv := range mine.Intersect(rest).All() {
			add(iv, min(s.Value+amount, rcpsp.Limit))
		}
		for iv := range mine.Subtract(calendar.Union(span)).All() {
			add(iv, s.Value)
		}
		rest = rest.Subtract(mine)
	}
	for iv := range rest.All() {
		add(iv, min(c.Base+amount, rcpsp.Limit))
	}
	return out
}
