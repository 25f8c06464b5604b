package engine

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/slackwater-go/slackwater/internal/propagate"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
	"github.com/slackwater-go/slackwater/internal/testkit/oracle"
)

// TestBoundsAgainstOracle: no bound that is ever told passes the optimum, whether the
// climb comes first or after some conflicts, and wherever the run is cut off; that of a
// higher tier, while the lower ones have their best values.
func TestBoundsAgainstOracle(t *testing.T) {
	told, sums, cores, all := 0, 0, 0, instances(800)
	for seed := range all {
		in := gen.Seeded(seed+4_000_000, gen.Options{})
		if seed%2 == 0 {
			in = gen.WithSum(gen.Seeded(seed+5_000_000, summable(5, 12)), gen.SumKinds()[seed/2%4], seed)
		}
		best := oracle.Best(in)
		if best == nil || in.Tiers() == 0 {
			continue
		}
		want := in.Value(best)
		check := func(value, bound []int64) {
			for k, b := range bound {
				if k > 0 && (value == nil || value[k-1] != want[k-1]) {
					return
				}
				if b > want[k] {
					t.Fatalf("seed %d: bound %d of tier %d, but %d is possible", seed, b, k, want[k])
				}
				if b > math.MinInt64 {
					told++
				}
			}
		}
		opt := Options{MaxWork: int64(500 << (seed % 12)), Progress: func(ev Event) bool {
			check(ev.Value, ev.Bound)
			return true
		}}
		r := &run{ctx: context.Background(), in: in, opt: opt}
		r.start()
		r.base = slices.Clone(r.res.Bound)
		var off []string
		if seed%8 < 4 {
			off = []string{"pushing"} // cores by steps, as where costs range widely
		}
		m, ok := newModel(in, off, nil, nil)
		if !ok {
			t.Fatalf("seed %d: refused at the root", seed)
		}
		e := &exactRun{run: r, m: m, first: 1 + int64(seed%3)}
		m.solver.Poll = e.poll
		g := e.turn(0).climber.guide
		if seed%3 == 1 || e.climb(0, e.turn(0).climber, 200) {
			e.tiers()
		}
		check(r.res.Value, r.res.Bound)
		if g != nil {
			sums++
			if slices.ContainsFunc(g.parts, func(p propagate.Addend) bool { return p.Var > m.tiers[0].v }) {
				cores++
			}
		}
	}
	if t.Logf("%d bounds, %d sums, %d with cores", told, sums, cores); told < int(all)/2 || sums < int(all)/8 || cores < int(all)/60 {
		t.Error("too few to test anything")
	}
}

// TestCoresAgreeOnSums wants the optimum that the search finds without cores, on sums of
// every kind that enumeration cannot reach, with cores at work in most of them.
func TestCoresAgreeOnSums(t *testing.T) {
	relaxed, all := 0, instances(200)/10
	for seed := range all {
		for _, kind := range gen.SumKinds() {
			in := gen.WithSum(hard(seed, 10), kind, seed)
			if seed%3 == 1 { // two tiers, and several goals in the second
				other := gen.WithSum(hard(seed, 10), gen.SumKinds()[seed/3%4], seed+1)
				if other.Horizon == in.Horizon && !other.Tasks[0].Optional {
					makespan := gen.Makespan(len(in.Tasks))
					makespan.Tier, makespan.Weight, other.Goals[0].Tier, other.Goals[0].Weight = 1, 3, 1, 2
					in.Goals = append(in.Goals, makespan, other.Goals[0])
				}
			}
			without := exactOnly(in, Options{Off: []string{"cores"}}, 1)
			with := exactOnly(in, Options{}, 1)
			if seed%2 == 0 {
				with = exactOnly(in, Options{Off: []string{"pushing"}}, 1)
			}
			if got, want := fmt.Sprint(with.Status, with.Value), fmt.Sprint(without.Status, without.Value); got != want {
				t.Fatalf("seed %d, %s: %s with cores, %s without", seed, kind, got, want)
			}
			if with.Stats.Work != without.Stats.Work {
				relaxed++
			}
		}
	}
	if t.Logf("cores at work in %d", relaxed); relaxed < 2*int(all) {
		t.Error("cores were hardly at work")
	}
}

// TestSumsRepeat: the work of a run that is cut off while it climbs by cores, as a limit,
// gives the same solution and the same bounds.
func TestSumsRepeat(t *testing.T) {
	for seed := range instances(6) {
		in := gen.WithSum(hard(seed, 20), gen.SumKinds()[seed%2], seed)
		for _, work := range []int64{150_000, 400_000} {
			first, err := Run(context.Background(), in, Options{Seed: seed, MaxWork: work})
			if err != nil {
				t.Fatal(err)
			}
			again, err := Run(context.Background(), in, Options{Seed: seed, MaxWork: first.Stats.Work})
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(first.Best, again.Best) || !reflect.DeepEqual(first.Bound, again.Bound) {
				t.Fatalf("seed %d: %v of %v at work %d, then %v of %v", seed, first.Value, first.Bound, first.Stats.Work, again.Value, again.Bound)
			}
		}
	}
}

// summable leaves out what gen.WithSum asks to be absent.
func summable(tasks int, horizon rcpsp.Time) gen.Options {
	return gen.Options{Tasks: tasks, Horizon: horizon, NoOptional: true, NoModes: true, NoWork: true, NoMaxLags: true}
}
