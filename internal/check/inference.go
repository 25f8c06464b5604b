package check

import (
	"fmt"

	"github.com/slackwater-go/slackwater/internal/proof"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// A Judge verifies the steps of a search while it runs: inferences of single rules, and
// learned nogoods. It knows the instances of which [Supported] returns nil, and uses
// what [Proof] uses: its own propagation from the constraints of the instance.
type Judge struct{ f *follower }

// A Fact is a variable that is at least, or at most, a bound.
type Fact struct {
	Var    int64
	AtMost bool
	Bound  int64
}

// NewJudge returns a judge of searches on in, or an [*Unsupported] error.
func NewJudge(in *rcpsp.Instance) (*Judge, error) {
	if err := Supported(in); err != nil {
		return nil, err
	}
	return &Judge{newFollower(in)}, nil
}

// Variable says what a variable stands for, in the words of package proof. Facts of
// variables that were never named are unknown to the judge.
func (j *Judge) Variable(id int64, m proof.Meaning, args ...int64) error {
	return j.f.variable(&proof.Step{Kind: proof.Var, ID: id, Meaning: m, Args: args})
}

// Solution judges a solution; from here on only better ones count.
func (j *Judge) Solution(s *rcpsp.Solution) error {
	step := proof.Step{Kind: proof.Solution}
	for t := range s.Mode {
		step.Places = append(step.Places, proof.Place{Task: int64(t), Mode: int64(s.Mode[t]), Start: int64(s.Start[t])})
	}
	return j.f.solution(&step)
}

// Inference returns an error where premises do not lead to a fact, or, if implied is
// nil, to a contradiction: by the constraints of the instance and the nogoods so far. So
// what a search learns from such inferences follows by reverse propagation.
func (j *Judge) Inference(premises []Fact, implied *Fact) error {
	facts, err := j.facts(premises)
	if err != nil {
		return err
	}
	if implied == nil {
		if !j.f.net.contradicts(facts) {
			return fmt.Errorf("check: no contradiction follows from %v", premises)
		}
		return nil
	}
	a, err := j.facts([]Fact{*implied})
	if err != nil {
		return err
	}
	if !j.f.net.implies(facts, a[0]) {
		return fmt.Errorf("check: %v does not follow from %v", *implied, premises)
	}
	return nil
}

// Witness is Inference for what reverse propagation may not find: it returns an error where
// the look at the instance that w says does not show it.
func (j *Judge) Witness(w proof.Witness, premises []Fact, implied *Fact) error {
	if implied != nil {
		premises = append(premises[:len(premises):len(premises)], implied.Negation())
	}
	facts, err := j.facts(premises)
	if err != nil {
		return err
	}
	return j.f.lemma(&w, facts)
}

// Nogood verifies that facts cannot all be true, and keeps that for later steps.
func (j *Judge) Nogood(facts []Fact) error {
	if err := j.Inference(facts, nil); err != nil {
		return err
	}
	return j.Trust(facts)
}

// Trust keeps a nogood without verifying it.
func (j *Judge) Trust(facts []Fact) error {
	a, err := j.facts(facts)
	if err == nil {
		j.f.net.learn(a)
	}
	return err
}

func (j *Judge) facts(list []Fact) ([]atom, error) {
	out := make([]atom, len(list), len(list)+1)
	for i, x := range list {
		v, ok := j.f.vars[x.Var]
		if !ok {
			return nil, fmt.Errorf("check: variable %d has no name", x.Var)
		}
		out[i] = atom{2 * v, x.Bound}
		if x.AtMost {
			out[i] = atom{2*v + 1, -x.Bound}
		}
	}
	return out, nil
}

// Negation is the fact that f is not true.
func (f Fact) Negation() Fact {
	if f.AtMost {
		return Fact{f.Var, false, f.Bound + 1}
	}
	return Fact{f.Var, true, f.Bound - 1}
}
