package engine

import (
	"io"
	"slices"

	"github.com/slackwater-go/slackwater/internal/check"
	"github.com/slackwater-go/slackwater/internal/cp"
	"github.com/slackwater-go/slackwater/internal/proof"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// A certificate writes the log of a run for [check.Proof]. It hears the nogoods that
// the search learns; most inferences between them the checker finds by itself, and those
// that look further than one constraint's bounds, of energies and sequences, it writes
// when analysis uses them.
type certificate struct {
	w       *proof.Writer
	say     phrasing
	atoms   map[cp.Atom]int64 // looked up only
	owner   owners
	from    *origin         // of a part: what the whole calls what it speaks of
	inPart  bool            // the log of a part has begun
	held    *rcpsp.Solution // a solution of the whole that waits for the part to end; nil: none
	ids     []int64         // scratch: atoms of a step
	nogoods int64
	tiers   int // of the goals
	settled int // tiers that the log says are
}

// Verify checks a certificate that Run wrote for in, without any part of the solver.
// See [check.Proof].
func Verify(in *rcpsp.Instance, log io.Reader) (check.Verdict, error) { return check.Proof(in, log) }

// certify begins a log, if one is asked for. An instance that the checker does not know,
// or rules of the caller's own, get a log that claims nothing.
func (r *run) certify() {
	if r.opt.Proof == nil {
		return
	}
	w := proof.NewWriter(r.opt.Proof)
	if check.Supported(r.in) != nil || r.opt.Reject != nil || r.opt.RejectPart != nil {
		w.Conclude(proof.None)
		r.err = w.Close()
		return
	}
	r.cert = &certificate{w: w, atoms: map[cp.Atom]int64{}, tiers: r.in.Tiers()}
	// The checker counts costs in their units.
	r.opt.Off = slices.DeleteFunc(slices.Clone(r.opt.Off), func(name string) bool { return name == "units" })
}

// unheard returns what is off while the model is built: with a log, or an inspector, also the
// rules that have to be heard, which nobody does before the variables have names.
func (r *run) unheard() []string {
	if r.cert == nil && !r.inspected() {
		return r.opt.Off
	}
	return append(slices.Clone(r.opt.Off), "early")
}

// attach names the variables of m and listens to its search.
func (c *certificate) attach(m *model) {
	c.say = m.phrasing()
	c.owner = m.owners()
	nameVars(m, func(v int64, meaning proof.Meaning, args ...int64) {
		c.w.Var(v, meaning, c.from.meaning(meaning, args)...)
	})
	m.s.Sink = c
}

// nameVars says of each variable that the checker knows what it stands for.
func nameVars(m *model, say func(v int64, meaning proof.Meaning, args ...int64)) {
	named := make([]bool, len(m.s.Lb)/2)
	name := func(v cp.Var, meaning proof.Meaning, args ...int64) {
		if x := v >> 1; v&1 == 0 && !named[x] {
			named[x] = true
			say(int64(x), meaning, args...)
		}
	}
	for t := range m.tasks {
		tv := &m.tasks[t]
		name(tv.start, proof.Start, int64(t))
		if tv.end != tv.start {
			name(tv.end, proof.End, int64(t))
		}
		if len(tv.modes) > 1 {
			for k := range tv.modes {
				name(tv.modes[k].on.Var, proof.Mode, int64(t), int64(tv.modes[k].index))
			}
		}
	}
	for _, p := range m.parts {
		name(p.v, p.of, p.args...)
	}
	for _, p := range m.spans {
		name(p.v, proof.Span, int64(p.set))
	}
	for _, p := range m.pairs {
		if p.v >= 0 {
			name(p.v, proof.Order, int64(p.a), int64(p.b))
		}
	}
}

// Inference hears what analysis uses, and writes what reverse propagation may not find.
func (c *certificate) Inference(why cp.Cause, premises []cp.Atom, implied cp.Atom) {
	w, far := c.owner.witness(why, implied)
	if !far {
		return
	}
	ids := c.numbers(premises)
	if implied.Var >= 0 {
		ids = append(ids, c.number(implied.Not()))
	}
	c.w.Inference(c.from.witness(w), ids)
}

// Nogood writes a learned nogood.
func (c *certificate) Nogood(facts []cp.Atom) {
	ids := c.numbers(facts)
	c.nogoods++
	c.w.Nogood(c.nogoods, ids)
}

// numbers returns the numbers of atoms, in scratch space.
func (c *certificate) numbers(facts []cp.Atom) []int64 {
	c.ids = c.ids[:0]
	for _, a := range facts {
		c.ids = append(c.ids, c.number(a))
	}
	return c.ids
}

// number returns the number of an atom, and writes it the first time.
func (c *certificate) number(a cp.Atom) int64 {
	id, ok := c.atoms[a]
	if !ok {
		id = int64(len(c.atoms) + 1)
		c.atoms[a] = id
		f := c.say.fact(a)
		c.w.Atom(id, f.Var, f.AtMost, f.Bound)
	}
	return id
}

// Forget writes that a nogood is not used any more.
func (c *certificate) Forget(nth int64) { c.w.Delete(nth) }

// solution writes a solution.
func (c *certificate) solution(s *rcpsp.Solution) {
	if c.inPart {
		c.held = s
		return
	}
	c.w.Solution(c.from.places(s))
}

// conclude ends the log.
func (c *certificate) conclude(res *Result) error {
	c.claim(res)
	return c.w.Close()
}

// claim writes the conclusion.
func (c *certificate) claim(res *Result) {
	switch res.Status {
	case Optimal:
		for k, v := range res.Value {
			c.settle(k, v)
		}
		c.w.Conclude(proof.Optimal, res.Value...)
	case Infeasible:
		c.w.Conclude(proof.Unsat)
	default:
		c.w.Conclude(proof.None)
	}
}
