package engine

import (
	"github.com/slackwater-go/slackwater/internal/cp"
	"github.com/slackwater-go/slackwater/internal/proof"
)

// A meaning says what a variable of the goals stands for.
type meaning struct {
	v    cp.Var
	of   proof.Meaning
	args []int64
}

// mean notes what a variable of the goals stands for. The first meaning counts.
func (m *model) mean(v cp.Var, of proof.Meaning, args ...int64) {
	m.parts = append(m.parts, meaning{v, of, args})
}

// forbid adds a nogood that was found outside of learning, and tells who listens.
func (e *exactRun) forbid(facts []cp.Atom) bool {
	e.m.db.Tell(facts)
	return e.m.db.Forbid(facts)
}

// settle tells who listens that tier k cannot be better than in the best solution.
func (e *exactRun) settle(k int) {
	if e.cert != nil {
		e.cert.settle(k, e.res.Value[k])
	}
	if e.inspector != nil {
		t := &e.m.tiers[k]
		e.inspector.settle(k, e.res.Value[k], []cp.Atom{cp.AtMost(t.v, e.m.tierValue(k, e.res.Best)-1)})
	}
}

// nameSum tells who listens that y is a sum of variables.
func (e *exactRun) nameSum(y cp.Var, of []cp.Var) {
	args := make([]int64, len(of))
	for i, v := range of {
		args[i] = int64(v >> 1)
	}
	if e.cert != nil {
		e.cert.w.Var(int64(y>>1), proof.Sum, args...)
	}
	if e.inspector != nil {
		e.inspector.name(int64(y>>1), proof.Sum, args...)
	}
}

// settle writes that tier k is settled, once; the last tier is by the conclusion.
func (c *certificate) settle(k int, value int64) {
	if k == c.settled && k < c.tiers-1 {
		c.w.Settle(int64(k), value)
		c.settled++
	}
}
