package engine

import (
	"slices"
	"sort"

	"github.com/slackwater-go/slackwater/internal/cp"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	place "github.com/slackwater-go/slackwater/internal/sgs"
)

// A modeDomain is what is left of a mode before search: its index in the task, and the
// starts from which it ends by the horizon and, where it runs without a break, finds
// enough capacity for itself throughout.
type modeDomain struct {
	index  int32
	mode   *rcpsp.Mode
	starts []rcpsp.Range
}

// runsThrough says whether the mode ends Duration after its start.
func (d *modeDomain) runsThrough() bool { return d.mode.Work == nil || d.mode.Duration == 0 }

func (d *modeDomain) first() int64 { return int64(d.starts[0].Lo) }
func (d *modeDomain) last() int64  { return int64(d.starts[len(d.starts)-1].Hi) }

// end returns the end from a start of the domain.
func (d *modeDomain) end(start int64) int64 {
	e, _ := d.mode.End(rcpsp.Time(start))
	return int64(e)
}

// uses returns what the mode takes of r.
func (d *modeDomain) uses(r rcpsp.ResourceID) int64 {
	for _, x := range d.mode.Demands {
		if x.Resource == r {
			return x.Amount
		}
	}
	return 0
}

// windows returns when tasks may start in solutions that are no worse in tier 0 than
// best, if there is one, by lags and calendars alone; false if nothing is left. Plain says
// to leave out energies there, too.
func windows(in *rcpsp.Instance, best *rcpsp.Solution, plain bool, stop func() bool) (*place.Windows, bool) {
	w := place.NewWindows(in, nil, stop)
	if w.Empty || best == nil || len(in.Goals) == 0 {
		return w, !w.Empty
	}
	lim := place.NewLimits(in)
	b := newBounder(in, w, func() bool { return false })
	b.plain = plain
	if !b.cap(1, in.Value(best), w, lim) {
		return w, true
	}
	if next := place.NewWindows(in, lim, stop); !next.Empty {
		w = next
	}
	return w, true
}

// clip returns the part of sorted ranges from lo to hi. What lies outside costs nothing,
// so that a long horizon does not.
func clip(a []rcpsp.Range, lo, hi rcpsp.Time) []rcpsp.Range {
	i := sort.Search(len(a), func(i int) bool { return a[i].Hi >= lo })
	k := sort.Search(len(a), func(k int) bool { return a[k].Lo > hi })
	if i >= k || lo > hi {
		return nil
	}
	out := slices.Clone(a[i:k])
	out[0].Lo = max(out[0].Lo, lo)
	out[len(out)-1].Hi = min(out[len(out)-1].Hi, hi)
	return out
}

// domains returns the modes that are left of each task, or nil where stop says so.
func domains(in *rcpsp.Instance, w *place.Windows, stop func() bool) [][]modeDomain {
	spans := make([][]rcpsp.Range, len(in.Tasks)) // of SameSpan: where each task may start
	bound := make([]bool, len(in.Tasks))
	for i := range in.SameSpan {
		var allowed []rcpsp.Range
		for _, sp := range in.SameSpan[i].Spans {
			allowed = append(allowed, rcpsp.Range{Lo: sp.Lo, Hi: sp.Hi - 1})
		}
		for _, t := range in.SameSpan[i].Tasks {
			if bound[t] {
				spans[t] = intersect(spans[t], allowed)
			} else {
				spans[t], bound[t] = allowed, true
			}
		}
	}
	out := make([][]modeDomain, len(in.Tasks))
	for t := range in.Tasks {
		if t%64 == 63 && stop != nil && stop() {
			return nil
		}
		for k := range in.Tasks[t].Modes {
			d := modeDomain{index: int32(k), mode: &in.Tasks[t].Modes[k]}
			d.starts = clip(d.mode.Starts, w.EarliestStart[t], w.LatestStart[t])
			if bound[t] {
				d.starts = intersect(d.starts, spans[t])
			}
			if d.fit(in) {
				out[t] = append(out[t], d)
			}
		}
	}
	return out
}

// fit narrows the starts; false if none is left.
func (d *modeDomain) fit(in *rcpsp.Instance) bool {
	m := d.mode
	latest := in.Horizon - m.Duration
	if !d.runsThrough() {
		var ok bool
		if latest, ok = rcpsp.Retreat(m.Work, in.Horizon, m.Duration); !ok {
			return false
		}
	}
	d.starts = clip(d.starts, 0, latest)
	if m.Duration == 0 {
		return latest >= 0 && len(d.starts) > 0
	}
	for _, x := range m.Demands {
		if !d.runsThrough() {
			break
		}
		if len(d.starts) > 0 {
			until := min(in.Horizon, d.starts[len(d.starts)-1].Hi+m.Duration)
			d.starts = intersect(d.starts, roomFor(in.Resources[x.Resource].Capacity, x.Amount, m.Duration, d.starts[0].Lo, until))
		}
	}
	return len(d.starts) > 0
}

// roomFor returns the starts from which the capacity is at least amount for duration,
// all within from to until, as far as the steps that matter there say.
func roomFor(steps []rcpsp.Step, amount int64, duration, from, until rcpsp.Time) []rcpsp.Range {
	var out []rcpsp.Range
	first := sort.Search(len(steps), func(i int) bool { return steps[i].From > from }) - 1
	for i := max(0, first); i < len(steps) && steps[i].From < until; {
		if steps[i].Value < amount {
			i++
			continue
		}
		lo := steps[i].From
		for i < len(steps) && steps[i].Value >= amount {
			i++
		}
		hi := until
		if i < len(steps) {
			hi = min(hi, steps[i].From)
		}
		if hi-duration >= lo {
			out = append(out, rcpsp.Range{Lo: lo, Hi: hi - duration})
		}
	}
	return merge(out)
}

// intersect returns what is in both lists.
func intersect(a, b []rcpsp.Range) []rcpsp.Range {
	var out []rcpsp.Range
	for i, j := 0, 0; i < len(a) && j < len(b); {
		lo, hi := max(a[i].Lo, b[j].Lo), min(a[i].Hi, b[j].Hi)
		if lo <= hi {
			out = append(out, rcpsp.Range{Lo: lo, Hi: hi})
		}
		if a[i].Hi < b[j].Hi {
			i++
		} else {
			j++
		}
	}
	return merge(out)
}

// merge sorts ranges and joins those that overlap or touch.
func merge(a []rcpsp.Range) []rcpsp.Range {
	for i := 1; ; i++ {
		if i >= len(a) {
			return a // as it mostly is
		}
		if a[i].Lo <= a[i-1].Hi+1 {
			break
		}
	}
	slices.SortFunc(a, func(x, y rcpsp.Range) int {
		switch {
		case x.Lo < y.Lo:
			return -1
		case x.Lo > y.Lo:
			return 1
		}
		return 0
	})
	n := 0
	for _, r := range a {
		if n > 0 && r.Lo <= a[n-1].Hi+1 {
			a[n-1].Hi = max(a[n-1].Hi, r.Hi)
			continue
		}
		a[n] = r
		n++
	}
	return a[:n]
}

// gapsOf returns what lies between the ranges.
func gapsOf(a []rcpsp.Range) []cp.Gap {
	if len(a) < 2 {
		return nil
	}
	out := make([]cp.Gap, 0, len(a)-1)
	for i := 1; i < len(a); i++ {
		out = append(out, cp.Gap{Lo: int64(a[i-1].Hi) + 1, Hi: int64(a[i].Lo) - 1})
	}
	return out
}
