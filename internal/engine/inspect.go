package engine

import (
	"github.com/slackwater-go/slackwater/internal/check"
	"github.com/slackwater-go/slackwater/internal/cp"
	"github.com/slackwater-go/slackwater/internal/invariant"
	"github.com/slackwater-go/slackwater/internal/proof"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// An inspector has every inference that analysis uses, and every learned nogood, judged
// by package check: in builds with the tag "invariants", on the instances that the
// checker knows and that are small enough.
type inspector struct {
	judge *check.Judge
	say   phrasing
	owner owners
	// passed counts what was verified, far those of it that took more than plain
	// propagation.
	passed, far int
}

// inspectMost is the number of tasks up to which a search is inspected.
const inspectMost = 12

// inspected says whether an inspector shall listen.
func (r *run) inspected() bool {
	return invariant.Enabled && r.cert == nil && r.opt.Reject == nil && !r.off("units") && len(r.in.Tasks) <= inspectMost
}

// inspect begins to inspect the search on m.
func (r *run) inspect(m *model) {
	if !r.inspected() {
		return
	}
	j, err := check.NewJudge(r.in)
	if err != nil {
		return
	}
	r.inspector = &inspector{judge: j, say: m.phrasing(), owner: m.owners()}
	nameVars(m, r.inspector.name)
	if r.res.Best != nil {
		r.inspector.solution(r.res.Best)
	}
	m.s.Sink = r.inspector
}

// name says what a variable stands for.
func (i *inspector) name(v int64, meaning proof.Meaning, args ...int64) {
	err := i.judge.Variable(v, meaning, args...)
	invariant.Check(err == nil, "variable %d: %v", v, err)
}

// trust keeps a nogood that the judge has no rule for.
func (i *inspector) trust(list []cp.Atom) {
	facts := make([]check.Fact, len(list))
	for k, a := range list {
		facts[k] = i.say.fact(a)
	}
	_ = i.judge.Trust(facts)
}

// settle judges that tier k cannot be better than value, of which less says that it is.
func (i *inspector) settle(k int, value int64, less []cp.Atom) {
	err := i.judge.Settle(k, value)
	invariant.Check(err == nil, "settled: %v", err)
}

func (i *inspector) solution(s *rcpsp.Solution) {
	err := i.judge.Solution(s)
	invariant.Check(err == nil, "solution: %v", err)
}

// Inference judges one inference: those of energies, sequences and flows, which look further
// than plain propagation, by methods of their own, and keeps them for nogoods.
func (i *inspector) Inference(why cp.Cause, premises []cp.Atom, implied cp.Atom) {
	facts := make([]check.Fact, len(premises), len(premises)+1)
	for k, a := range premises {
		facts[k] = i.say.fact(a)
	}
	var to *check.Fact
	if implied.Var >= 0 {
		f := i.say.fact(implied)
		to = &f
	}
	judge := i.judge.Inference
	switch why.Rule {
	case cp.RuleEnergy:
		judge = i.judge.Energy
	case cp.RuleEdge, cp.RuleDisjunctive:
		judge = i.judge.Sequence
	case cp.RuleFlow:
		judge = i.judge.Flow
	}
	i.passed++
	err := judge(facts, to)
	invariant.Check(err == nil, "inference of rule %d from constraint %d of kind %d: %v", why.Rule, why.Source&(1<<26-1), why.Source>>26, err)
	w, far := i.owner.witness(why, implied)
	if far {
		err = i.judge.Witness(w, facts, to)
		invariant.Check(err == nil, "inference of rule %d as a certificate says it: %v", why.Rule, err)
	}
	if far {
		i.far++
		if to != nil {
			facts = append(facts, to.Negation())
		}
		_ = i.judge.Trust(facts)
	}
}

// Nogood judges a learned nogood.
func (i *inspector) Nogood(list []cp.Atom) {
	facts := make([]check.Fact, len(list))
	for k, a := range list {
		facts[k] = i.say.fact(a)
	}
	err := i.judge.Nogood(facts)
	i.passed++
	invariant.Check(err == nil, "learned nogood: %v", err)
}
