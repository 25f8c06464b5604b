package judge

import (
	"cmp"
	"slices"
	"strings"
)

// A bundle is a Bundle in indices.
type bundle struct {
	src      *Bundle
	acts     []int32
	calendar int32 // -1: none
	spans    []span
	windows  [][]int32 // of the calendar, by position in acts, those that concern the activity
	raws     []*raw
}

func (s *state) compileBundles(calendars map[string]int32) {
	s.bundles = make([]bundle, len(s.c.Bundles))
	for i := range s.c.Bundles {
		src := &s.c.Bundles[i]
		b := &s.bundles[i]
		b.src, b.calendar = src, -1
		for _, iv := range src.Spans {
			if sp := spanOf(iv); !sp.empty() {
				b.spans = append(b.spans, sp)
			}
		}
		b.spans = join(b.spans)
		if src.SameWindow && len(b.spans) == 0 && src.Calendar != "" {
			k, ok := calendars[src.Calendar]
			if ok {
				b.calendar = k
			} else {
				s.fault(OfBundle, i, src.ID, "calendar", "bundle %s refers to a calendar %s that does not exist", quote(or(src.Name, src.ID)), quote(src.Calendar))
			}
		}
		for _, id := range src.Activities {
			k := s.find(OfBundle, i, src.ID, id)
			if k < 0 || slices.Contains(s.acts[k].bundles, int32(i)) {
				continue
			}
			s.acts[k].bundles = append(s.acts[k].bundles, int32(i))
			b.acts = append(b.acts, k)
			if b.calendar >= 0 {
				b.windows = append(b.windows, s.calendars[b.calendar].concerning(s.acts[k].src.Subject))
			}
		}
	}
}

// judgeBundle asks whether all or none of the activities are planned, and whether all
// that are start in one window.
func (s *state) judgeBundle(i int32) []*raw {
	b := &s.bundles[i]
	var out []*raw
	var in, without []Member
	for _, k := range b.acts {
		a := &s.acts[k]
		m := Member{Activity: a.src.ID}
		if a.place.present {
			m.Span = a.place.interval()
		}
		if len(a.assigned) > 0 {
			in = append(in, m)
		} else {
			without = append(without, m)
		}
	}
	split := func(part int32, rule string, members []Member, names []string) *raw {
		r := &raw{
			key:      causeKey{kind: SplitBundle, of: OfBundle, unit: i, part: part},
			severity: b.src.Severity,
			members:  mergeMembers(members),
			amount:   Amount{Need: int64(len(b.acts))},
			evidence: Evidence{Of: OfBundle, ID: b.src.ID, Rule: rule},
			name:     or(b.src.Name, b.src.ID),
			names:    names,
		}
		for _, m := range r.members {
			if sp := spanOf(m.Span); !m.Span.Start.IsZero() {
				if r.span == (span{}) {
					r.span = sp
				}
				r.span = span{min(r.span.lo, sp.lo), max(r.span.hi, sp.hi)}
			}
		}
		return r
	}
	if b.src.AllOrNothing && len(in) > 0 && len(without) > 0 {
		var names []string
		for _, k := range b.acts {
			if a := &s.acts[k]; len(a.assigned) == 0 {
				names = append(names, a.name())
			}
		}
		slices.Sort(names)
		r := split(0, "all-or-nothing", append(in, without...), names)
		r.amount.Have = int64(len(in))
		out = append(out, r)
	}
	if b.src.SameWindow && (len(b.spans) > 0 || b.calendar >= 0) {
		if members, largest := s.apart(b); len(members) > 0 {
			r := split(1, "same-window", members, nil)
			r.amount.Need, r.amount.Have = int64(len(members)), int64(largest)
			out = append(out, r)
		}
	}
	return out
}

// apart returns the planned activities if they do not all start in one window, and how
// many the fullest window holds. Two that start one after the other are in one window
// if it is open for both from the one start to the other.
func (s *state) apart(b *bundle) (members []Member, largest int) {
	type start struct {
		at  int64
		pos int // in b.acts
	}
	var starts []start
	for pos, k := range b.acts {
		a := &s.acts[k]
		if !a.place.present {
			continue
		}
		members = append(members, Member{Activity: a.src.ID, Span: a.place.interval()})
		if s.inWindow(b, pos, a.place.lo, a.place.lo) {
			starts = append(starts, start{a.place.lo, pos})
		}
	}
	slices.SortFunc(starts, func(x, y start) int {
		return cmp.Or(cmp.Compare(x.at, y.at), strings.Compare(s.acts[b.acts[x.pos]].src.ID, s.acts[b.acts[y.pos]].src.ID))
	})
	run := 1
	for i := range starts {
		if i > 0 {
			x, y := starts[i-1], starts[i]
			if s.inWindow(b, x.pos, x.at, y.at) && s.inWindow(b, y.pos, x.at, y.at) {
				run++
			} else {
				run = 1
			}
		}
		largest = max(largest, run)
	}
	if largest == len(members) {
		return nil, 0
	}
	return members, largest
}

// inWindow says whether one window holds both instants for the activity at pos.
func (s *state) inWindow(b *bundle, pos int, from, to int64) bool {
	if b.calendar < 0 {
		sp, ok := holding(b.spans, from)
		return ok && to < sp.hi
	}
	return s.calendars[b.calendar].openThrough(b.windows[pos], from, to)
}

// join sorts spans and joins those that overlap or touch.
func join(spans []span) []span {
	slices.SortFunc(spans, compareSpans)
	n := 0
	for i, sp := range spans {
		if i > 0 && sp.lo <= spans[n-1].hi {
			spans[n-1].hi = max(spans[n-1].hi, sp.hi)
			continue
		}
		spans[n] = sp
		n++
	}
	return spans[:n]
}

// holding returns the span that t lies in, of sorted disjoint spans.
func holding(spans []span, t int64) (span, bool) {
	i, _ := slices.BinarySearchFunc(spans, t, func(sp span, t int64) int {
		if sp.hi <= t {
			return -1
		}
		return 1
	})
	if i < len(spans) && spans[i].lo <= t {
		return spans[i], true
	}
	return span{}, false
}
