package engine

import (
	"github.com/slackwater-go/slackwater/internal/cp"
	"github.com/slackwater-go/slackwater/internal/proof"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// owners says, by variable without direction, whose start or end it is, and by tier, what
// its flow has the curves of.
type owners struct {
	tasks []int64
	terms [][]int64
}

func (m *model) owners() owners {
	out := owners{tasks: make([]int64, len(m.s.Lb)/2)}
	for t := range m.tasks {
		out.tasks[m.tasks[t].start>>1], out.tasks[m.tasks[t].end>>1] = int64(t), int64(t)
	}
	for k := range m.tiers {
		var terms []int64
		for _, p := range m.tiers[k].sum {
			if _, ok := m.convex(p); ok {
				terms = append(terms, int64(p.Var>>1))
			}
		}
		out.terms = append(out.terms, terms)
	}
	return out
}

// witness says where to look to see an inference that reverse propagation may not find; far
// is false for any other.
func (o *owners) witness(why cp.Cause, implied cp.Atom) (w proof.Witness, far bool) {
	w = proof.Witness{Rule: proof.Sequence, Of: proof.OfResource, Index: int64(why.Source & (1<<26 - 1)), Task: proof.NoTask}
	switch why.Rule {
	case cp.RuleEnergy:
		w.Rule = proof.Energy
	case cp.RuleEdge, cp.RuleDisjunctive:
		if implied.Var >= 0 {
			w.Task = o.tasks[implied.Var>>1]
		}
	case cp.RuleFlow:
		w.Rule, w.Of, w.Terms = proof.Flow, proof.OfTier, o.terms[w.Index]
		for i := 0; i < len(why.Seen); i += 2 {
			from, to := why.Seen[i], why.Seen[i+1]
			w.Lags = append(w.Lags, proof.Amount{From: int64(from.Var >> 1), To: int64(to.Var >> 1), Amount: from.Bound})
		}
		return w, true
	default:
		return w, false
	}
	if len(why.Seen) == 2 {
		w.Lo, w.Hi = why.Seen[0].Bound, why.Seen[1].Bound
	}
	if rcpsp.ConstraintKind(why.Source>>26) == rcpsp.KindNoOverlap {
		w.Of = proof.OfSet
	}
	return w, true
}
