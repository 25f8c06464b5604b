package engine

import (
	"github.com/slackwater-go/slackwater/internal/cp"
	"github.com/slackwater-go/slackwater/internal/proof"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// owners says, by variable without direction, whose start or end it is.
type owners []int64

func (m *model) owners() owners {
	out := make(owners, len(m.s.Lb)/2)
	for t := range m.tasks {
		out[m.tasks[t].start>>1], out[m.tasks[t].end>>1] = int64(t), int64(t)
	}
	return out
}

// witness says where to look to see an inference that reverse propagation may not find; far
// is false for any other.
func (o owners) witness(why cp.Cause, implied cp.Atom) (w proof.Witness, far bool) {
	w = proof.Witness{Rule: proof.Sequence, Of: proof.OfResource, Index: int64(why.Source & (1<<26 - 1)), Task: proof.NoTask, Lo: why.Lo, Hi: why.Hi}
	switch why.Rule {
	case cp.RuleEnergy:
		w.Rule = proof.Energy
	case cp.RuleEdge, cp.RuleDisjunctive:
		if implied.Var >= 0 {
			w.Task = o[implied.Var>>1]
		}
	default:
		return w, false
	}
	if rcpsp.ConstraintKind(why.Source>>26) == rcpsp.KindNoOverlap {
		w.Of = proof.OfSet
	}
	return w, true
}
