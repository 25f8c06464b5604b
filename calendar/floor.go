package calendar

import (
	"fmt"
	"slices"
	"time"
)

// lint finds the periods of length Per that hold less than Open. The open time in [t, t+Per) is
// a piecewise linear function of t with corners where either end meets the end of an open
// span, so the exact instants come from interpolation between corners.
func (f Floor) lint(t *Timeline) []Finding {
	var usable []span
	for _, s := range t.flat() {
		if length(s) >= int64(f.Block) {
			usable = append(usable, s)
		}
	}
	s := t.subject
	out := Finding{Kind: Scarce, Subject: &s, Suggestion: "lengthen its maintenance windows, add one, or shorten the windows that close"}
	blocks := ""
	if f.Block > 0 {
		blocks = " in blocks of at least " + Exactly(f.Block).String()
	}
	all := length(t.within)
	if f.Per <= 0 || int64(f.Per) >= all {
		have := Intervals{usable}.Total()
		if need := f.Open; have < need && f.Per <= 0 {
			out.When = Union(t.Within())
			out.Problem = fmt.Sprintf("%s has %v open%s from %s to %s and needs %v", s.name(), Exactly(have), blocks, say(t.within.lo), say(t.within.hi), Exactly(need))
			return []Finding{out}
		}
		return nil
	}
	per, need := int64(f.Per), int64(f.Open)
	last := t.within.hi - per
	corners := []int64{t.within.lo, last}
	for _, u := range usable {
		for _, x := range []int64{u.lo, u.hi, u.lo - per, u.hi - per} {
			if x > t.within.lo && x < last {
				corners = append(corners, x)
			}
		}
	}
	slices.Sort(corners)
	corners = slices.Compact(corners)
	c := newAmounts(usable)
	held := func(x int64) int64 { return c.before(x+per) - c.before(x) }
	var poor []span
	worst, worstAt := need, int64(0)
	for i, x := range corners {
		a := held(x)
		if a < worst {
			worst, worstAt = a, x
		}
		if a < need {
			poor = append(poor, span{x, x + 1})
		}
		if i+1 == len(corners) {
			break
		}
		y := corners[i+1]
		b := held(y)
		switch slope := (b - a) / (y - x); { // -1, 0 or 1
		case a < need && b < need:
			poor = append(poor, span{x, y})
		case a < need && slope > 0:
			poor = append(poor, span{x, x + need - a})
		case b < need && slope < 0:
			poor = append(poor, span{x + a - need + 1, y})
		}
	}
	if len(poor) == 0 {
		return nil
	}
	out.When = Intervals{canonical(poor)}
	out.Problem = fmt.Sprintf("%s has only %v open%s from %s to %s and needs %v in any %v", s.name(), Exactly(time.Duration(worst)), blocks,
		say(worstAt), say(worstAt+per), Exactly(f.Open), Exactly(f.Per))
	return []Finding{out}
}

// amounts answers how much of a set lies before an instant.
type amounts struct {
	spans []span
	total []int64
}

func newAmounts(spans []span) amounts {
	a := amounts{spans, make([]int64, len(spans)+1)}
	for i, s := range spans {
		a.total[i+1] = addNano(a.total[i], length(s))
	}
	return a
}

func (a *amounts) before(n int64) int64 {
	i := after(a.spans, n)
	sum := a.total[i]
	if i < len(a.spans) && a.spans[i].lo < n {
		sum += n - a.spans[i].lo
	}
	return sum
}
