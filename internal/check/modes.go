package check

import "github.com/slackwater-go/slackwater/internal/rcpsp"

// A netTask is a task in the network: it ends at end + off. A task of one mode that runs
// through has no end of its own.
type netTask struct {
	end     int32
	off     int64
	present int32 // the variable that is 1 if it is present; -1: it always is
	// late and endLate are the variables of the upper bounds of start and end, if it is
	// present: the start and the end themselves where it always is.
	late, endLate int32
	modes         []int32 // variables that are 1 for the mode taken; -1 for the only one
	// starts are, by mode, the starts at which it ends by the horizon, no capacity is too
	// small for it alone, and it lies in a span of each set that shares one.
	starts [][]rcpsp.Range
}

// task makes the variables of a task and gives its start what its modes allow.
func (g *network) task(t int) netTask {
	modes := g.in.Tasks[t].Modes
	out := netTask{end: int32(t), off: int64(modes[0].Duration), present: -1, modes: []int32{-1}}
	last := int64(g.in.Horizon)
	if g.in.Tasks[t].Optional {
		last = g.away()
	}
	if len(modes) > 1 || pauses(&modes[0]) {
		out.end, out.off = g.variable(0, last), 0
	}
	if len(modes) > 1 {
		out.modes = nil
		for range modes {
			out.modes = append(out.modes, g.variable(0, 1))
		}
	}
	for k := range modes {
		out.starts = append(out.starts, within(g.in, t, alone(g.in, &modes[k])))
	}
	out.late, out.endLate = int32(t), out.end
	if g.in.Tasks[t].Optional {
		g.optional(t, &out)
	}
	return out
}

// run keeps start and end within what some mode that is left allows, drops modes that
// no longer fit, and takes the last one that is left.
func (n *netTask) run(g *network, t int) bool {
	start := int32(t)
	if n.present >= 0 {
		if !n.presence(g, start) {
			return false
		}
		if g.gone(start) {
			return true
		}
	}
	lo, hi, first, last := int64(farAway), int64(-farAway), int64(farAway), int64(-farAway)
	left, only := 0, int32(-1)
	for k, v := range n.modes {
		m := &g.in.Tasks[t].Modes[k]
		if v >= 0 && g.lb[2*v+1] >= 0 {
			continue
		}
		a := max(g.lb[2*start], soonest(m, g.lb[2*n.end]+n.off))
		b := min(-g.lb[2*n.late+1], latest(m, -g.lb[2*n.endLate+1]+n.off))
		a, b = firstStart(n.starts[k], a), lastStart(n.starts[k], b)
		if a > b {
			if v >= 0 && !g.push(2*v+1, 0) {
				return false
			}
			continue
		}
		left, only = left+1, v
		lo, hi = min(lo, a), max(hi, b)
		first, last = min(first, finish(m, a)), max(last, finish(m, b))
		if v >= 0 && g.lb[2*v] >= 1 {
			for _, w := range n.modes {
				if w != v && !g.push(2*w+1, 0) {
					return false
				}
			}
		}
	}
	if left == 0 {
		return n.present >= 0 && g.push(2*n.present+1, 0)
	}
	if !g.push(2*start, lo) || !g.push(2*n.late+1, -hi) {
		return false
	}
	if n.end != start && (!g.push(2*n.end, first) || !g.push(2*n.endLate+1, -last)) {
		return false
	}
	return left > 1 || only < 0 || !g.sure(start) || g.push(2*only, 1)
}

// possible says whether mode k of task t is left, at the root.
func (g *network) possible(t, k int) bool {
	v := g.tasks[t].modes[k]
	return len(g.tasks[t].starts[k]) > 0 && (v < 0 || g.lb[2*v+1] < 0)
}

// shortest is the length of the shortest mode of task t that is possible.
func (g *network) shortest(t int) int64 {
	d := int64(farAway)
	for k := range g.tasks[t].starts {
		if g.possible(t, k) {
			d = min(d, int64(g.in.Tasks[t].Modes[k].Duration))
		}
	}
	return d
}

// longest is at least the time from start to end of task t.
func (g *network) longest(t int) int64 {
	d := int64(0)
	for k := range g.tasks[t].starts {
		if m := &g.in.Tasks[t].Modes[k]; g.possible(t, k) && pauses(m) {
			d = max(d, int64(g.in.Horizon))
		} else if g.possible(t, k) {
			d = max(d, int64(m.Duration))
		}
	}
	return d
}

// exclusive says whether two tasks can never run at one time: one resource cannot
// carry both at any time, or a set excludes it.
func (g *network) exclusive(a, b int) bool {
	in := g.in
	if g.shortest(a) == 0 || g.shortest(b) == 0 {
		return false
	}
	last := int64(0) // after the last end of all, capacities are no matter
	for t := range g.tasks {
		last = max(last, -g.lb[2*g.tasks[t].endLate+1]+g.tasks[t].off)
	}
	for r := range in.Resources {
		most := int64(0)
		for _, s := range in.Resources[r].Capacity {
			if int64(s.From) < last {
				most = max(most, s.Value)
			}
		}
		if x, y := g.leastDemand(a, r), g.leastDemand(b, r); x > 0 && y > 0 && x+y > most {
			return true
		}
	}
	for _, set := range in.NoOverlap {
		n := 0
		for _, t := range set {
			if int(t) == a || int(t) == b {
				n++
			}
		}
		if n == 2 {
			return true
		}
	}
	return false
}

// leastDemand is what task t takes of r at least from start to end, in any mode that is
// possible.
func (g *network) leastDemand(t, r int) int64 {
	least := int64(farAway)
	for k := range g.tasks[t].starts {
		if m := &g.in.Tasks[t].Modes[k]; g.possible(t, k) && pauses(m) && !m.Hold {
			return 0
		} else if g.possible(t, k) {
			least = min(least, demand(m, r))
		}
	}
	return least
}

// demand is what a mode takes of r.
func demand(m *rcpsp.Mode, r int) int64 {
	for _, d := range m.Demands {
		if int(d.Resource) == r {
			return d.Amount
		}
	}
	return 0
}

// alone returns the starts of a mode from which it ends by the horizon and, where it runs
// through, finds enough of everything for itself.
func alone(in *rcpsp.Instance, m *rcpsp.Mode) []rcpsp.Range {
	var out []rcpsp.Range
	for _, r := range m.Starts {
		if hi := min(r.Hi, rcpsp.Time(latest(m, int64(in.Horizon)))); r.Lo <= hi {
			out = append(out, rcpsp.Range{Lo: r.Lo, Hi: hi})
		}
	}
	if pauses(m) {
		return out
	}
	for _, d := range m.Demands {
		caps := in.Resources[d.Resource].Capacity
		for i, c := range caps {
			if d.Amount <= c.Value || m.Duration == 0 {
				continue
			}
			hi := rcpsp.Time(farAway)
			if i+1 < len(caps) {
				hi = caps[i+1].From
			}
			out = without(out, c.From-m.Duration+1, hi-1)
		}
	}
	return out
}

// without cuts the starts from lo to hi out of a list.
func without(list []rcpsp.Range, lo, hi rcpsp.Time) []rcpsp.Range {
	var out []rcpsp.Range
	for _, r := range list {
		if left := (rcpsp.Range{Lo: r.Lo, Hi: min(r.Hi, lo-1)}); left.Lo <= left.Hi {
			out = append(out, left)
		}
		if right := (rcpsp.Range{Lo: max(r.Lo, hi+1), Hi: r.Hi}); right.Lo <= right.Hi {
			out = append(out, right)
		}
	}
	return out
}

// firstStart returns the first allowed start from at on, or one far away.
func firstStart(starts []rcpsp.Range, at int64) int64 {
	for _, r := range starts {
		if int64(r.Hi) >= at {
			return max(at, int64(r.Lo))
		}
	}
	return farAway
}

// lastStart returns the last allowed start up to at, or one long ago.
func lastStart(starts []rcpsp.Range, at int64) int64 {
	out := int64(-farAway)
	for _, r := range starts {
		if int64(r.Lo) <= at {
			out = min(at, int64(r.Hi))
		}
	}
	return out
}
