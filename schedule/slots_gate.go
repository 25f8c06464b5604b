package schedule

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// A Gate answers whether one change may start at an instant, while the rest of the plan
// stays as it is. It holds the answer for all time as a list of instants at which it
// changes, so that a question is one binary search and allocates nothing. It is
// immutable and safe for concurrent use.
type Gate struct {
	f    *SlotFinder
	t    rcpsp.TaskID
	cuts []int64     // seconds at which the answer changes; it begins with no
	at   []time.Time // the same as instants
	asks bool        // rules of the user's judge whole plans: a yes has to be put to them
}

// An Admission is the answer of a [Gate]. Its reasons are put into words when they are
// asked for.
type Admission struct {
	May bool
	// Until is when the answer changes; zero: not within the horizon. Of a no it is when the
	// change may start.
	Until time.Time

	gate *Gate
	at   time.Time
}

// Gate prepares the question when an activity may start. Its errors are those of
// [SlotFinder.Blocked].
func (f *SlotFinder) Gate(activity string) (*Gate, error) {
	t, ok := f.byID[activity]
	if !ok {
		return nil, fmt.Errorf("schedule: %w", &ValidationError{Path: "activity", Problem: fmt.Sprintf("no activity is called %s", quote(activity))})
	}
	a := &asking{f: f}
	if err := a.frame(); err != nil {
		return nil, err
	}
	g := &Gate{f: f, t: rcpsp.TaskID(t), asks: f.p.judges()}
	var free []rcpsp.Range
	for k := range f.in.Tasks[t].Modes {
		a.gather(g.t, int32(k))
		free = append(free, a.free(&f.in.Tasks[t].Modes[k])...)
	}
	slices.SortFunc(free, func(x, y rcpsp.Range) int { return cmp.Compare(x.Lo, y.Lo) })
	for _, r := range free {
		lo, hi := int64(r.Lo), int64(r.Hi)+1
		if n := len(g.cuts); n > 0 && lo <= g.cuts[n-1] {
			g.cuts[n-1] = max(hi, g.cuts[n-1])
			continue
		}
		g.cuts = append(g.cuts, lo, hi)
	}
	for _, x := range g.cuts {
		g.at = append(g.at, f.instant(x))
	}
	return g, nil
}

// At says whether the change may start at an instant, of which the second counts.
func (g *Gate) At(at time.Time) Admission {
	k, found := slices.BinarySearch(g.cuts, at.Unix()-g.f.start)
	if found {
		k++
	}
	out := Admission{May: k%2 == 1, gate: g, at: at}
	if k < len(g.at) {
		out.Until = g.at[k]
	}
	if out.May && g.asks && len(out.Why()) > 0 {
		out.May, out.Until = false, time.Time{}
	}
	return out
}

// Next returns the first instant from at on at which the change may start.
func (g *Gate) Next(at time.Time) (time.Time, bool) {
	a := g.At(at)
	if a.May {
		return at, true
	}
	return a.Until, !a.Until.IsZero()
}

// Why returns everything that keeps the change from starting, as [SlotFinder.Blocked]
// does; nothing where it may start.
func (a Admission) Why() []Bound {
	if a.gate == nil {
		return nil
	}
	why, err := a.gate.f.Blocked(a.gate.f.activityOf(a.gate.t).ID, a.at)
	if err != nil { // a rule of the user's failed
		return []Bound{{Kind: CustomBreach, Reason: err.Error()}}
	}
	return why
}

// String says it in a sentence.
func (a Admission) String() string {
	if a.gate == nil {
		return "nothing was asked"
	}
	f := a.gate.f
	say, until := f.called(a.gate.t), ""
	if !a.Until.IsZero() {
		until = whenIn(f.loc, a.Until)
	}
	if a.May {
		if say += " may start " + whenIn(f.loc, a.at); until != "" {
			say += ", and at the latest " + whenIn(f.loc, a.Until.Add(-time.Second))
		}
		return say + "."
	}
	say += " may not start " + whenIn(f.loc, a.at)
	for i, b := range a.Why() {
		if i == 0 {
			say += ": " + b.Reason
		} else {
			say += "; " + b.Reason
		}
	}
	if until == "" {
		return say + ". No later time is known at which it may."
	}
	return say + ". It may from " + until + " on."
}
