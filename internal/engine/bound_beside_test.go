package engine

import (
	"testing"

	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	place "github.com/slackwater-go/slackwater/internal/sgs"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
	"github.com/slackwater-go/slackwater/internal/testkit/oracle"
)

// TestBoundsBesideWhatSurelyRuns pins some tasks of small instances, and wants bounds that
// no solution passes, of the first tier and of the second given the first, and often
// above those of windows alone.
func TestBoundsBesideWhatSurelyRuns(t *testing.T) {
	higher, looked, all := 0, 0, instances(600)
	for seed := range all {
		in := gen.Seeded(seed+8_000_000, gen.Options{Tasks: 4, Horizon: 10, Tiers: 1})
		if seed%3 > 0 {
			in = gen.WithSum(gen.Seeded(seed+8_000_000, summable(4, 10)), gen.Disruption, seed)
		}
		best := oracle.Best(in)
		if best == nil || in.Tiers() == 0 {
			continue
		}
		r := prng.New(seed)
		in.Tasks = append([]rcpsp.Task(nil), in.Tasks...)
		for k := range in.Tasks {
			if best.Mode[k] >= 0 && r.IntN(2) == 0 {
				in.Tasks[k].Modes = append([]rcpsp.Mode(nil), in.Tasks[k].Modes...)
				m := &in.Tasks[k].Modes[best.Mode[k]]
				m.Starts = []rcpsp.Range{{Lo: best.Start[k], Hi: best.Start[k]}}
				in.Tasks[k].Modes = in.Tasks[k].Modes[best.Mode[k] : best.Mode[k]+1]
				best.Mode[k] = 0
			}
		}
		best = oracle.Best(in)
		w := place.NewWindows(in, nil, nil)
		if best == nil || w.Empty {
			continue
		}
		looked++
		value := in.Value(best)
		b := newBounder(in, w, func() bool { return false })
		plain := newBounder(in, w, func() bool { return false })
		plain.plain = true
		bound := b.unconditional()[0]
		if bound > plain.unconditional()[0] {
			higher++
		}
		if better := b.better(0, bound, value); bound > value[0] || better > value[0] {
			t.Fatalf("seed %d: bounds %d and %d, but %d is possible", seed, bound, better, value[0])
		}
		double := *in
		double.Goals = append([]rcpsp.Goal(nil), in.Goals...)
		for k := range in.Goals {
			g := in.Goals[k]
			g.Tier = 1
			double.Goals = append(double.Goals, g)
		}
		b = newBounder(&double, w, func() bool { return false })
		if again := b.better(1, bound, double.Value(best)); again > value[0] {
			t.Fatalf("seed %d: bound %d of the second tier, but %d is possible", seed, again, value[0])
		}
	}
	if t.Logf("%d of %d higher", higher, looked); looked < int(all)/4 || higher < looked/20 {
		t.Error("too few to test anything")
	}
}
