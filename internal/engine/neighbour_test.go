package engine

import (
	"context"
	"slices"
	"testing"

	"github.com/slackwater-go/slackwater/internal/check"
	"github.com/slackwater-go/slackwater/internal/lns"
	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	place "github.com/slackwater-go/slackwater/internal/sgs"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
	"github.com/slackwater-go/slackwater/internal/testkit/oracle"
)

// standing returns heuristics with a solution of the instance on their builder: one of
// the first that enumeration finds, so mostly a poor one. Nil where there is none.
func standing(in *rcpsp.Instance, r *prng.Rand) (*heuristic, []*rcpsp.Solution) {
	var all []*rcpsp.Solution
	for s := range oracle.All(in) {
		if all = append(all, s.Clone()); len(all) == 3000 {
			return nil, nil // too many to compare with
		}
	}
	if len(all) == 0 {
		return nil, nil
	}
	run := &run{ctx: context.Background(), in: in}
	run.start()
	h := newHeuristic(run, place.NewWindows(in, nil, nil))
	run.offer(all[r.IntN(len(all))].Clone())
	h.prepare()
	h.restart()
	return h, all
}

// plainParts says whether a neighbourhood of the instance says all about its tasks.
func plainParts(in *rcpsp.Instance) bool {
	for i := range in.Goals {
		if k := in.Goals[i].Kind; k != rcpsp.Sum && k != rcpsp.Max {
			return false
		}
	}
	return len(in.Groups) == 0
}

// TestNeighbourhoodsAgainstOracle frees some tasks, lets some move in their order, and
// leaves the others where they are. What the exact search finds is a solution, better than
// the one before; and if nothing has an order to keep, it is the best of all solutions
// that have the others where they are, or there is none better.
func TestNeighbourhoodsAgainstOracle(t *testing.T) {
	var better, none, refused, ordered int
	for seed := range instances(1500) {
		r := prng.New(seed)
		in := gen.Seeded(seed, gen.Options{Makespan: seed%4 == 0})
		h, all := standing(in, r)
		if h == nil || in.Tiers() == 0 {
			continue
		}
		var free, near []rcpsp.TaskID
		for k := range in.Tasks {
			switch r.IntN(5) {
			case 0:
			case 1, 2:
				if h.b.Mode[k] >= 0 && !h.b.M.Grouped(rcpsp.TaskID(k)) {
					near = append(near, rcpsp.TaskID(k))
				}
			default:
				free = append(free, rcpsp.TaskID(k))
			}
		}
		view := rcpsp.Solution{Mode: h.b.Mode, Start: h.b.Start}
		order := lns.NewChainer(h.index).Chain(near, &view, r)
		tasks := append(slices.Clone(free), near...)
		old := h.where(tasks)
		h.b.Mark()
		h.b.Free(tasks)
		n := newPartition(in).part(h.b, tasks, len(free), old, order.Arcs, in.Horizon, true)
		if n == nil {
			t.Fatalf("seed %d: no place for tasks where they were", seed)
		}
		if n.in.Tiers() == 0 {
			continue
		}
		was := slices.Clone(h.res.Value)
		s, closed := h.exactly(n, 0, 1_000_000)
		if !closed {
			t.Fatalf("seed %d: not searched through", seed)
		}
		least := leastBeside(in, all, h.res.Best, tasks)
		plain := plainParts(in)
		switch {
		case s != nil && n.hopeless(0, nil):
			t.Fatalf("seed %d: %v is better, but was called hopeless", seed, s)
		case s == nil && plain && len(near) == 0 && least < was[0]:
			t.Fatalf("seed %d: %d is possible, but nothing better than %d was found", seed, least, was[0])
		case s == nil:
			none++
			continue
		}
		if !h.adopt(n, s) {
			if plain {
				t.Fatalf("seed %d: %v of %+v has no place", seed, s, n.in)
			}
			refused++
			continue
		}
		sol := h.b.Solution()
		if broken := check.Solution(in, sol); len(broken) > 0 || !slices.Equal(in.Value(sol), h.b.Value()) {
			t.Fatalf("seed %d: %v breaks %v", seed, sol, broken)
		}
		if v := h.b.Value()[0]; plain && (v >= was[0] || v < least || len(near) == 0 && v != least) {
			t.Fatalf("seed %d: %d after %d, where %d is possible", seed, v, was[0], least)
		}
		better++
		if len(order.Arcs) > 0 {
			ordered++
		}
	}
	t.Logf("%d better, %d of them beside arcs, %d without any better, %d refused", better, ordered, none, refused)
	if better == 0 || ordered == 0 || none == 0 {
		t.Error("want some of each")
	}
}

// leastBeside returns the least value of the first tier over all solutions that have all
// but tasks where best has them.
func leastBeside(in *rcpsp.Instance, all []*rcpsp.Solution, best *rcpsp.Solution, tasks []rcpsp.TaskID) int64 {
	least := in.Value(best)[0]
	for _, s := range all {
		same := true
		for k := range s.Mode {
			if !slices.Contains(tasks, rcpsp.TaskID(k)) {
				same = same && s.Mode[k] == best.Mode[k] && (s.Mode[k] < 0 || s.Start[k] == best.Start[k])
			}
		}
		if same {
			least = min(least, in.Value(s)[0])
		}
	}
	return least
}

// TestExactArmsKeepSolutions tries each exact arm on many small instances: whether it says
// that it found something or not, the builder holds a solution, after Rollback where not.
func TestExactArmsKeepSolutions(t *testing.T) {
	var found [2]int
	for seed := range instances(600) {
		r := prng.New(seed)
		makespan := seed%2 == 0
		h, _ := standing(gen.Seeded(seed, gen.Options{Makespan: makespan}), r)
		if h == nil {
			continue
		}
		h.exact.parts, h.exact.chainer = newPartition(h.in), lns.NewChainer(h.index)
		arms := []*exactArm{{try: (*heuristic).shift, size: 8 * 3, most: freeMost}}
		if makespan && onlyMakespan(h.in) {
			arms = append(arms, &exactArm{try: (*heuristic).squeeze, size: 8 * 4, most: blockMost})
		}
		for i, a := range arms {
			for range 3 {
				h.b.Mark()
				before := slices.Clone(h.b.Value())
				ok := a.try(h, a)
				if !ok {
					h.b.Rollback()
				} else if found[i]++; plainParts(h.in) && rcpsp.Compare(h.b.Value(), before) >= 0 {
					t.Fatalf("seed %d: %v after %v", seed, h.b.Value(), before)
				}
				h.now = append(h.now[:0], h.b.Value()...)
				s := h.b.Solution()
				if broken := check.Solution(h.in, s); len(broken) > 0 {
					t.Fatalf("seed %d: %v breaks %v", seed, s, broken)
				}
			}
		}
	}
	t.Logf("%d shifted, %d squeezed", found[0], found[1])
	if found[0] == 0 || found[1] == 0 {
		t.Error("want some of each")
	}
}
