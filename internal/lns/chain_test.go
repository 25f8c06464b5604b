package lns

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/internal/check"
	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
)

// packed returns a small instance and a schedule of it that shares resources and
// exclusions: each task, in a random order, at its first free start.
func packed(t *rapid.T) (*rcpsp.Instance, *rcpsp.Solution) {
	in := gen.Draw(gen.Options{Tasks: 9, Horizon: 30, NoGroups: true, NoBudgets: true, NoSameSpan: true, NoLinks: true, NoMaxLags: true}).Draw(t, "instance")
	n := len(in.Tasks)
	s := &rcpsp.Solution{Mode: make([]int32, n), Start: make([]rcpsp.Time, n)}
	for k := range s.Mode {
		s.Mode[k] = -1
	}
	for k := range n {
		mode := int32(rapid.IntRange(0, len(in.Tasks[k].Modes)-1).Draw(t, "mode"))
		from := rcpsp.Time(rapid.IntRange(0, 12).Draw(t, "from"))
		for at := from; at <= in.Horizon; at++ {
			s.Mode[k], s.Start[k] = mode, at
			if shares(in, s, nil) {
				break
			}
			s.Mode[k] = -1
		}
	}
	return in, s
}

// shares asks the judge about the domains of present tasks, lags, resources and
// exclusions, but for some resources.
func shares(in *rcpsp.Instance, s *rcpsp.Solution, but []rcpsp.ResourceID) bool {
	for _, id := range check.Solution(in, s) {
		switch {
		case id.Kind == rcpsp.KindTask && !s.Present(rcpsp.TaskID(id.Index)):
		case id.Kind == rcpsp.KindResource && slices.Contains(but, rcpsp.ResourceID(id.Index)):
		default:
			return false
		}
	}
	return true
}

func everyTask(in *rcpsp.Instance) []rcpsp.TaskID {
	out := make([]rcpsp.TaskID, len(in.Tasks))
	for t := range out {
		out[t] = rcpsp.TaskID(t)
	}
	return out
}

// TestChainHolds: each arc holds in the schedule that it comes from, joins present tasks,
// is there once, and is the same for the same seed.
func TestChainHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, s := packed(t)
		seed := rapid.Uint64().Draw(t, "seed")
		c := NewChainer(NewIndex(in))
		o := c.Chain(everyTask(in), s, prng.New(seed))
		seen := map[Arc]bool{}
		for _, a := range o.Arcs {
			if !s.Present(a.From) || !s.Present(a.To) || in.End(s, a.From) > s.Start[a.To] || seen[a] {
				t.Fatalf("arc %v of %v does not hold in %v", a, o.Arcs, s)
			}
			seen[a] = true
		}
		again := c.Chain(everyTask(in), s, prng.New(seed))
		if !slices.Equal(o.Arcs, again.Arcs) || !slices.Equal(o.Loose, again.Loose) {
			t.Fatalf("%v, then %v", o, again)
		}
	})
}

// TestChainSuffices: whatever delays tasks have, starts that keep arcs and lags, and are
// looked at in no other way, share all resources and exclusions that are not loose. The
// same holds of the dumb twin, which passes units one by one and drops no arc.
func TestChainSuffices(t *testing.T) {
	var arcs, naiveArcs, tight, all int
	rapid.Check(t, func(t *rapid.T) {
		in, s := packed(t)
		o := NewChainer(NewIndex(in)).Chain(everyTask(in), s, prng.New(rapid.Uint64().Draw(t, "seed")))
		for _, o := range []Order{o, naive(in, s)} {
			late := delayed(t, in, s, o.Arcs)
			broken := check.Solution(in, late)
			for _, id := range broken {
				switch {
				case id.Kind == rcpsp.KindNoOverlap, id.Kind == rcpsp.KindResource && !slices.Contains(o.Loose, rcpsp.ResourceID(id.Index)):
					t.Fatalf("%v of %+v keep %v, but %v breaks %v", late, s, o, in, id)
				}
			}
		}
		first := forward(in, s, o.Arcs, nil)
		for k := range first.Start {
			if s.Present(rcpsp.TaskID(k)) && (!first.Present(rcpsp.TaskID(k)) || first.Start[k] > s.Start[k]) {
				t.Fatalf("task %d starts at %d by arcs alone, at %d in the schedule", k, first.Start[k], s.Start[k])
			}
		}
		arcs, naiveArcs = arcs+len(o.Arcs), naiveArcs+len(naive(in, s).Arcs)
		all += len(in.Resources)
		tight += len(in.Resources) - len(o.Loose)
	})
	if arcs >= naiveArcs || tight == 0 {
		t.Errorf("%d arcs where the naive way has %d; %d resources not loose", arcs, naiveArcs, tight)
	}
	t.Logf("%d arcs, %d the naive way; %d of %d resources not loose", arcs, naiveArcs, tight, all)
}

// TestChainBridges: what is chained without a task passes over it.
func TestChainBridges(t *testing.T) {
	mode := rcpsp.Mode{Duration: 2, Starts: []rcpsp.Range{{Lo: 0, Hi: 10}}, Demands: []rcpsp.Demand{{Resource: 0, Amount: 1}}}
	task := rcpsp.Task{Modes: []rcpsp.Mode{mode}}
	in := &rcpsp.Instance{Horizon: 20, Tasks: []rcpsp.Task{task, task, task}, Resources: []rcpsp.Resource{{Capacity: []rcpsp.Step{{Value: 1}}}}}
	s := &rcpsp.Solution{Mode: []int32{0, 0, 0}, Start: []rcpsp.Time{0, 2, 4}}
	c := NewChainer(NewIndex(in))
	if o := c.Chain(everyTask(in), s, prng.New(1)); !slices.Equal(o.Arcs, []Arc{{0, 1}, {1, 2}}) {
		t.Errorf("arcs %v", o.Arcs)
	}
	if o := c.Chain([]rcpsp.TaskID{2, 0}, s, prng.New(1)); !slices.Equal(o.Arcs, []Arc{{0, 2}}) {
		t.Errorf("arcs without the second task %v", o.Arcs)
	}
}

// delayed draws starts that keep the arcs, in the order of the schedule.
func delayed(t *rapid.T, in *rcpsp.Instance, s *rcpsp.Solution, arcs []Arc) *rcpsp.Solution {
	return forward(in, s, arcs, func() rcpsp.Time { return rcpsp.Time(rapid.IntRange(0, 4).Draw(t, "delay")) })
}

// forward gives each present task the first allowed start after those before it, by arcs
// and lags, and a delay; one that finds none is absent.
func forward(in *rcpsp.Instance, s *rcpsp.Solution, arcs []Arc, delay func() rcpsp.Time) *rcpsp.Solution {
	order := everyTask(in)
	slices.SortStableFunc(order, func(a, b rcpsp.TaskID) int { return int(s.Start[a] - s.Start[b]) })
	out := &rcpsp.Solution{Mode: make([]int32, len(s.Mode)), Start: make([]rcpsp.Time, len(s.Mode))}
	for k := range out.Mode {
		out.Mode[k] = -1
	}
	for _, k := range order {
		if !s.Present(k) {
			continue
		}
		at := rcpsp.Time(0)
		gone := false
		for _, a := range arcs {
			if a.To == k {
				gone = gone || !out.Present(a.From)
				if out.Present(a.From) {
					at = max(at, in.End(out, a.From))
				}
			}
		}
		for _, l := range in.Lags {
			// What the chainer relies on; other lags say nothing about resources.
			if l.To == k && l.From != k && l.FromEnd && !l.ToEnd && l.Min >= 0 && s.Present(l.From) {
				gone = gone || !out.Present(l.From)
				if out.Present(l.From) {
					at = max(at, in.End(out, l.From)+l.Min)
				}
			}
		}
		if gone {
			continue
		}
		if delay != nil {
			at += delay()
		}
		m := &in.Tasks[k].Modes[s.Mode[k]]
		for ; at <= 10*in.Horizon; at++ {
			if _, ok := m.End(at); ok && m.Allows(at) {
				out.Mode[k], out.Start[k] = s.Mode[k], at
				break
			}
		}
	}
	return out
}

// naive chains unit by unit, each taken from the first that is free.
func naive(in *rcpsp.Instance, s *rcpsp.Solution) Order {
	var out Order
	order := everyTask(in)
	slices.SortStableFunc(order, func(a, b rcpsp.TaskID) int { return int(s.Start[a] - s.Start[b]) })
	pass := func(capacity int64, take func(rcpsp.TaskID) int64) bool {
		last := make([]rcpsp.TaskID, capacity)
		for i := range last {
			last[i] = -1
		}
		whole := true
		for _, t := range order {
			if !s.Present(t) || in.End(s, t) == s.Start[t] {
				continue
			}
			need := take(t)
			for i := range last {
				if need > 0 && last[i] != t && (last[i] < 0 || in.End(s, last[i]) <= s.Start[t]) {
					if last[i] >= 0 {
						out.Arcs = append(out.Arcs, Arc{last[i], t})
					}
					last[i] = t
					need--
				}
			}
			whole = whole && need == 0
		}
		return whole
	}
	for r := range in.Resources {
		most := int64(0)
		for _, st := range in.Resources[r].Capacity {
			most = max(most, st.Value)
		}
		ok := pass(most, func(t rcpsp.TaskID) int64 {
			for _, d := range in.Tasks[t].Modes[s.Mode[t]].Demands {
				if d.Resource == rcpsp.ResourceID(r) {
					return d.Amount
				}
			}
			return 0
		})
		if !ok || varies(in.Resources[r].Capacity) {
			out.Loose = append(out.Loose, rcpsp.ResourceID(r))
		}
	}
	for _, set := range in.NoOverlap {
		pass(1, func(t rcpsp.TaskID) int64 {
			if slices.Contains(set, t) {
				return 1
			}
			return 0
		})
	}
	return out
}
