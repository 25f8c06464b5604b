package engine

import (
	"context"
	"testing"

	"github.com/slackwater-go/slackwater/internal/invariant"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
)

// TestInspection searches small instances of the kinds that the checker knows. In builds
// with the tag "invariants" every inference that analysis used and every nogood was
// judged; a wrong one would have panicked.
func TestInspection(t *testing.T) {
	passed, trusted := 0, 0
	for seed := range instances(300) {
		in := gen.Seeded(seed, plain())
		var off []string
		if seed%2 == 0 {
			off = uncertified()
		}
		r := &run{ctx: context.Background(), in: in, opt: Options{Seed: seed, Off: off}}
		r.start()
		m, ok := newModel(in, off, nil)
		if !ok {
			continue
		}
		r.inspect(m)
		e := &exactRun{run: r, m: m}
		m.solver.Poll = e.poll
		e.tiers()
		if r.inspector != nil {
			passed, trusted = passed+r.inspector.passed, trusted+r.inspector.trusted
		}
		if r.res.Status != Infeasible && !r.settled() {
			t.Fatalf("seed %d: %v", seed, r.res.Status)
		}
	}
	t.Logf("%d steps passed, %d taken on trust", passed, trusted)
	if invariant.Enabled && passed < 100 {
		t.Errorf("%d steps judged only", passed)
	}
}
