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
	passed, far := 0, 0
	for seed := range instances(300) {
		in := gen.Seeded(seed, plain())
		if seed%8 == 7 {
			in = hard(seed, 9) // with energies to think of
		}
		var off []string
		if seed%2 == 0 {
			off = []string{"disjunctive", "energy"}
		}
		r := &run{ctx: context.Background(), in: in, opt: Options{Seed: seed, Off: off}}
		r.start()
		m, ok := newModel(in, r.unheard(), nil, nil)
		if !ok {
			continue
		}
		m.wake(true)
		if r.inspect(m); !m.postLate() {
			continue
		}
		e := &exactRun{run: r, m: m}
		m.solver.Poll = e.poll
		e.tiers()
		if r.inspector != nil {
			passed, far = passed+r.inspector.passed, far+r.inspector.far
		}
		if r.res.Status != Infeasible && !r.settled() {
			t.Fatalf("seed %d: %v", seed, r.res.Status)
		}
	}
	t.Logf("%d steps passed, %d of them of energies and sequences", passed, far)
	if invariant.Enabled && (passed < 100 || far < 20) {
		t.Errorf("%d steps judged only, %d of energies and sequences", passed, far)
	}
}
