package engine

import (
	"context"
	"testing"

	"github.com/slackwater-go/slackwater/internal/cp"
	"github.com/slackwater-go/slackwater/internal/invariant"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
)

// A tallying sink counts by rule what the inspector judges.
type tallying struct {
	cp.Sink
	rules map[cp.Rule]int
}

func (s *tallying) Inference(why cp.Cause, premises []cp.Atom, implied cp.Atom) {
	s.rules[why.Rule]++
	s.Sink.Inference(why, premises, implied)
}

// TestInspectionOfKinds searches larger instances with each kind of constraint, and has
// every inference that analysis uses judged, in builds with the tag "invariants"; of all
// rules, and of those alone that certificates leave on.
func TestInspectionOfKinds(t *testing.T) {
	if !invariant.Enabled {
		t.Skip("inferences are judged in builds with the tag invariants")
	}
	rules := map[cp.Rule]int{}
	for _, kind := range certKinds() {
		for seed := range instances(200) {
			o := kind.opt
			o.Tasks, o.Horizon, o.NoMaxLags = 10, 24, true
			in := gen.Seeded(seed+5000, o)
			if !kindOf(kind.name, in) {
				continue
			}
			var off []string
			if seed%2 == 0 {
				off = []string{"disjunctive", "energy"}
			}
			r := &run{ctx: context.Background(), in: in, opt: Options{Seed: seed, Off: off, MaxWork: 2_000_000}}
			r.start()
			m, ok := newModel(in, r.unheard(), nil, nil)
			if !ok {
				continue
			}
			m.wake(true)
			if r.inspect(m); r.inspector == nil {
				continue
			}
			if !m.postLate() {
				continue
			}
			m.s.Sink = &tallying{m.s.Sink, rules}
			e := &exactRun{run: r, m: m, first: 3}
			m.solver.Poll = e.poll
			e.tiers()
		}
	}
	t.Log(rules)
	for _, rule := range []cp.Rule{cp.RuleLag, cp.RuleOrder, cp.RuleTimeTable, cp.RuleMode, cp.RuleBudget, cp.RuleGroup, cp.RuleSameSpan} {
		if rules[rule] < 5 {
			t.Errorf("%d inferences of rule %d only", rules[rule], rule)
		}
	}
}
