package check

import (
	"fmt"
	"slices"

	"github.com/slackwater-go/slackwater/internal/proof"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// A part is some of the tasks, and a log about them alone. Nothing has to be known of how
// parts hang together: what a solution of the whole makes of the tasks of a part is a
// solution of the part, since leaving tasks out breaks no constraint. So where a part has
// none, the whole has none, and where goals are sums over tasks, the whole costs at least
// what the parts cost at least.
type part struct {
	f     *follower
	tasks []rcpsp.TaskID
	local map[int64]int64 // by task of the whole; looked up only
	terms [][]int64       // by goal: the terms that are there, as the whole numbers them
}

// begin begins a part.
func (f *follower) begin(s *proof.Step) error {
	if f.inPart {
		return fmt.Errorf("a part within a part")
	}
	p := &part{local: map[int64]int64{}}
	for _, t := range s.Args {
		if t < 0 || t >= int64(len(f.in.Tasks)) {
			return fmt.Errorf("there is no task %d", t)
		}
		if _, ok := p.local[t]; ok {
			return fmt.Errorf("task %d is twice in the part", t)
		}
		p.local[t] = int64(len(p.tasks))
		p.tasks = append(p.tasks, rcpsp.TaskID(t))
	}
	p.f = newFollower(p.restrict(f.in))
	p.f.inPart = true
	f.piece = p
	return nil
}

// follow takes a step of the part that has begun. With its conclusion the part ends.
func (f *follower) follow(s *proof.Step) error {
	p := f.piece
	if err := p.translate(s); err != nil {
		return err
	}
	if err := p.f.step(s); err != nil {
		return err
	}
	f.verdict.Nogoods, f.verdict.Lemmas = f.verdict.Nogoods+p.f.verdict.Nogoods, f.verdict.Lemmas+p.f.verdict.Lemmas
	p.f.verdict.Nogoods, p.f.verdict.Lemmas = 0, 0
	if !p.f.done {
		return nil
	}
	f.piece = nil
	switch p.f.verdict.Claim {
	case proof.Unsat:
		f.refuted = true
	case proof.Optimal:
		f.together.add(f.in, p)
	}
	return nil
}

// translate has a step name tasks and terms as the part numbers them.
func (p *part) translate(s *proof.Step) error {
	task := func(t *int64) error {
		k, ok := p.local[*t]
		if !ok {
			return fmt.Errorf("task %d is not in the part", *t)
		}
		*t = k
		return nil
	}
	switch s.Kind {
	case proof.Inference:
		if s.Witness.Task != proof.NoTask {
			return task(&s.Witness.Task)
		}
	case proof.Solution:
		for i := range s.Places {
			if err := task(&s.Places[i].Task); err != nil {
				return err
			}
		}
	case proof.Var:
		switch of := s.Args; {
		case len(of) == 0:
		case s.Meaning == proof.Start || s.Meaning == proof.End || s.Meaning == proof.Mode:
			return task(&of[0])
		case s.Meaning == proof.Order && len(of) == 2:
			if err := task(&of[0]); err != nil {
				return err
			}
			return task(&of[1])
		case s.Meaning == proof.Term && len(of) == 3 && of[0] >= 0 && of[0] < int64(len(p.terms)):
			k, ok := slices.BinarySearch(p.terms[of[0]], of[1])
			if !ok {
				return fmt.Errorf("term %d of goal %d is not in the part", of[1], of[0])
			}
			of[1] = int64(k)
		}
	}
	return nil
}

// restrict returns the instance of the part. Only tasks, and terms of goals, get other
// numbers in it; lags and links that lead out of the part are left out.
func (p *part) restrict(in *rcpsp.Instance) *rcpsp.Instance {
	out := &rcpsp.Instance{Horizon: in.Horizon, Resources: in.Resources}
	at := func(t rcpsp.TaskID) (rcpsp.TaskID, bool) {
		k, ok := p.local[int64(t)]
		return rcpsp.TaskID(k), ok
	}
	some := func(list []rcpsp.TaskID) (kept []rcpsp.TaskID) {
		for _, t := range list {
			if k, ok := at(t); ok {
				kept = append(kept, k)
			}
		}
		return kept
	}
	for _, t := range p.tasks {
		out.Tasks = append(out.Tasks, in.Tasks[t])
	}
	for _, l := range in.Lags {
		a, inA := at(l.From)
		b, inB := at(l.To)
		if l.From, l.To = a, b; inA && inB {
			out.Lags = append(out.Lags, l)
		}
	}
	for _, l := range in.Links {
		a, inA := at(l.If)
		b, inB := at(l.Then)
		if inA && inB {
			out.Links = append(out.Links, rcpsp.Link{If: a, Then: b})
		}
	}
	for _, set := range in.NoOverlap {
		out.NoOverlap = append(out.NoOverlap, some(set))
	}
	for _, s := range in.SameSpan {
		out.SameSpan = append(out.SameSpan, rcpsp.SameSpan{Tasks: some(s.Tasks), Spans: s.Spans})
	}
	for _, g := range in.Groups {
		g.Members = slices.Clone(g.Members)
		for k := range g.Members {
			g.Members[k].Tasks = some(g.Members[k].Tasks)
		}
		out.Groups = append(out.Groups, g)
	}
	for _, b := range in.Budgets {
		var uses []rcpsp.Use
		for _, u := range b.Uses {
			if k, ok := at(u.Task); ok {
				u.Task = k
				uses = append(uses, u)
			}
		}
		b.Uses = uses
		out.Budgets = append(out.Budgets, b)
	}
	for _, g := range in.Goals {
		var terms []rcpsp.Term
		var from []int64
		for i, tm := range g.Terms {
			if k, ok := at(tm.Task); ok {
				tm.Task = k
				terms, from = append(terms, tm), append(from, int64(i))
			}
		}
		g.Terms = terms
		out.Goals, p.terms = append(out.Goals, g), append(p.terms, from)
	}
	return out
}
