package engine

import (
	"github.com/slackwater-go/slackwater/internal/cp"
	"github.com/slackwater-go/slackwater/internal/proof"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// begin begins the log of a part within that of the whole, and returns it. What is found
// of the whole meanwhile is written when the part ends.
func (c *certificate) begin(from *origin) *certificate {
	tasks := make([]int64, len(from.tasks))
	for i, t := range from.tasks {
		tasks[i] = int64(t)
	}
	c.w.Part(tasks)
	c.inPart = true
	return &certificate{w: c.w, from: from, atoms: map[cp.Atom]int64{}, tiers: c.tiers}
}

// end ends the log of a part with what the part has come to.
func (c *certificate) end(part *certificate, res *Result) {
	part.claim(res)
	c.inPart = false
	if c.held != nil {
		c.solution(c.held)
		c.held = nil
	}
}

// task is what the whole calls task t.
func (o *origin) task(t int64) int64 {
	if o == nil || t == proof.NoTask {
		return t
	}
	return int64(o.tasks[t])
}

// meaning is what the whole calls what a variable of the part stands for.
func (o *origin) meaning(of proof.Meaning, args []int64) []int64 {
	if o == nil {
		return args
	}
	args = append([]int64(nil), args...)
	switch of {
	case proof.Start, proof.End, proof.Mode:
		args[0] = o.task(args[0])
	case proof.Order:
		args[0], args[1] = o.task(args[0]), o.task(args[1])
	case proof.Span:
		args[0] = int64(o.spans[args[0]])
	case proof.Term:
		args[1] = int64(o.terms[args[0]][args[1]])
	}
	return args
}

// witness is a witness in the words of the whole.
func (o *origin) witness(w proof.Witness) proof.Witness {
	switch {
	case o == nil || w.Of == proof.OfTier:
	case w.Of == proof.OfResource:
		w.Index = int64(o.resources[w.Index])
	default:
		w.Index = int64(o.sets[w.Index])
	}
	w.Task = o.task(w.Task)
	return w
}

// places lists where a solution has the tasks.
func (o *origin) places(s *rcpsp.Solution) []proof.Place {
	out := make([]proof.Place, len(s.Mode))
	for t := range out {
		out[t] = proof.Place{Task: o.task(int64(t)), Mode: int64(s.Mode[t]), Start: int64(s.Start[t])}
	}
	return out
}
