package check

import (
	"fmt"
	"io"
	"slices"

	"github.com/slackwater-go/slackwater/internal/proof"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// A Verdict is what a certificate proves of an instance.
type Verdict struct {
	Claim   proof.Claim
	Value   []int64 // of the solution that is the best
	Nogoods int     // how many were verified
	Lemmas  int     // and how many inferences that reverse propagation does not find
}

// Proof follows a certificate step by step. It returns an error, with the line, at the
// first step that does not follow; an error of kind [*Unsupported] where the instance
// has constraints that this checker does not know.
//
// Each nogood is verified by reverse propagation: its atoms are assumed, and what the
// constraints of the instance and the earlier nogoods say of bounds must lead to a
// contradiction. Propagation here is of the plainest kind: see the type network.
func Proof(in *rcpsp.Instance, log io.Reader) (Verdict, error) {
	if err := Supported(in); err != nil {
		return Verdict{}, err
	}
	f := newFollower(in)
	for s, err := range proof.Read(log) {
		if err != nil {
			return f.verdict, err
		}
		if f.done {
			return f.verdict, fmt.Errorf("proof: line %d: a step after the conclusion", s.Line)
		}
		if err := f.step(&s); err != nil {
			return f.verdict, fmt.Errorf("proof: line %d: %w", s.Line, err)
		}
	}
	if !f.done {
		return f.verdict, fmt.Errorf("proof: the log ends without a conclusion")
	}
	return f.verdict, nil
}

// Unsupported says what of an instance the proof checker does not know.
type Unsupported struct{ What string }

func (e *Unsupported) Error() string {
	return "no certificate can be checked for an instance with " + e.What
}

// Supported returns an [*Unsupported] error where an instance has what the proof
// checker does not know: it knows tasks, optional or not, links between them, their
// modes, pauses, lags, resources, exclusions, redundancy groups, shared spans, budgets, and
// goals of every kind in any number of tiers.
func Supported(in *rcpsp.Instance) error {
	return checkGoals(in)
}

// A follower reads a log.
type follower struct {
	in       *rcpsp.Instance
	net      *network
	vars     map[int64]int32 // variables of the log, as variables of the network
	atoms    map[int64]atom
	parts    map[int32]bool  // variables of the network that are parts of goals
	nogoods  map[int64]int32 // steps, as clauses of the network
	best     []int64         // value of the best solution
	settled  int             // tiers below this are proved to be no better than in it
	solved   bool
	named    bool  // a variable was named
	inPart   bool  // the instance is that of a part
	refuted  bool  // a part has no solution
	piece    *part // the part that has begun
	together together
	done     bool
	verdict  Verdict
}

func newFollower(in *rcpsp.Instance) *follower {
	return &follower{in: in, net: newNetwork(in), vars: map[int64]int32{}, parts: map[int32]bool{}, together: newTogether(in), atoms: map[int64]atom{}, nogoods: map[int64]int32{}}
}

func (f *follower) step(s *proof.Step) error {
	if f.piece != nil {
		return f.follow(s)
	}
	switch s.Kind {
	case proof.Part:
		return f.begin(s)
	case proof.Var:
		return f.variable(s)
	case proof.Atom:
		if _, ok := f.atoms[s.ID]; ok {
			return fmt.Errorf("atom %d is there already", s.ID)
		}
		v, ok := f.vars[s.Var]
		if !ok {
			return fmt.Errorf("there is no variable %d", s.Var)
		}
		a := atom{v << 1, s.Bound}
		if s.AtMost {
			a = atom{v<<1 | 1, -s.Bound}
		}
		f.atoms[s.ID] = a
	case proof.Nogood:
		return f.nogood(s)
	case proof.Inference:
		return f.inference(s)
	case proof.Delete:
		c, ok := f.nogoods[s.ID]
		if !ok {
			return fmt.Errorf("there is no nogood %d", s.ID)
		}
		delete(f.nogoods, s.ID)
		f.net.forget(c)
	case proof.Solution:
		return f.solution(s)
	case proof.Settled:
		return f.tier(s.ID, s.Bound)
	case proof.Conclusion:
		f.done = true
		return f.conclude(s)
	}
	return nil
}

// variable takes a variable of the log. Starts, ends, modes and parts of goals are in the
// network already; an order is added, if the two tasks cannot overlap, and a sum of parts.
func (f *follower) variable(s *proof.Step) error {
	if _, ok := f.vars[s.ID]; ok {
		return fmt.Errorf("variable %d is there already", s.ID)
	}
	if !f.named {
		// The names come once the root is known: modes that it excludes no longer keep
		// tasks from excluding one another.
		f.named = true
		f.net.contradicts(nil)
		f.net.settleOrders()
	}
	task := func(i int) (int, error) {
		if s.Args[i] < 0 || s.Args[i] >= int64(len(f.in.Tasks)) {
			return 0, fmt.Errorf("there is no task %d", s.Args[i])
		}
		return int(s.Args[i]), nil
	}
	switch {
	case s.Meaning == proof.Start && len(s.Args) == 1:
		t, err := task(0)
		if err != nil {
			return err
		}
		f.vars[s.ID] = int32(t)
	case s.Meaning == proof.End && len(s.Args) == 1:
		t, err := task(0)
		if err != nil {
			return err
		}
		if f.net.tasks[t].end == int32(t) {
			return fmt.Errorf("task %d has one mode: its end is no variable", t)
		}
		f.vars[s.ID] = f.net.tasks[t].end
	case s.Meaning == proof.Mode && len(s.Args) == 2:
		t, err := task(0)
		if err != nil {
			return err
		}
		modes := f.net.tasks[t].modes
		if s.Args[1] < 0 || s.Args[1] >= int64(len(modes)) || len(modes) == 1 {
			return fmt.Errorf("task %d has no choice of mode %d", t, s.Args[1])
		}
		f.vars[s.ID] = modes[s.Args[1]]
	case s.Meaning == proof.Tier, s.Meaning == proof.Goal, s.Meaning == proof.Term, s.Meaning == proof.Group, s.Meaning == proof.Period:
		v, err := f.part(s)
		if err != nil {
			return err
		}
		f.vars[s.ID], f.parts[v] = v, true
	case s.Meaning == proof.Sum:
		v, err := f.sum(s)
		if err != nil {
			return err
		}
		f.vars[s.ID], f.parts[v] = v, true
	case s.Meaning == proof.Span && len(s.Args) == 1:
		if s.Args[0] < 0 || s.Args[0] >= int64(len(f.in.SameSpan)) {
			return fmt.Errorf("there is no set %d that shares a span", s.Args[0])
		}
		f.vars[s.ID] = f.net.shared[s.Args[0]].which
	case s.Meaning == proof.Order && len(s.Args) == 2:
		a, err := task(0)
		if err != nil {
			return err
		}
		b, err := task(1)
		if err != nil {
			return err
		}
		if a == b || f.net.root && !f.net.exclusive(a, b) { // where nothing is left, everything follows
			return fmt.Errorf("tasks %d and %d may overlap", a, b)
		}
		f.vars[s.ID] = f.net.order(a, b)
	default:
		return fmt.Errorf("%s of %v is not known", s.Meaning, s.Args)
	}
	return nil
}

// nogood verifies and keeps a nogood.
func (f *follower) nogood(s *proof.Step) error {
	if _, ok := f.nogoods[s.ID]; ok {
		return fmt.Errorf("nogood %d is there already", s.ID)
	}
	facts, err := f.factsOf(s.Args)
	if err != nil {
		return err
	}
	if !f.net.contradicts(facts) {
		return fmt.Errorf("nogood %d does not follow", s.ID)
	}
	f.nogoods[s.ID] = f.net.learn(facts)
	f.net.lemmas = f.net.lemmas[:0]
	f.verdict.Nogoods++
	return nil
}

// factsOf returns atoms by their numbers.
func (f *follower) factsOf(ids []int64) ([]atom, error) {
	facts := make([]atom, len(ids))
	for i, id := range ids {
		a, ok := f.atoms[id]
		if !ok {
			return nil, fmt.Errorf("there is no atom %d", id)
		}
		facts[i] = a
	}
	return facts, nil
}

// solution judges a solution, and from here on asks for a better one.
func (f *follower) solution(s *proof.Step) error {
	n := len(f.in.Tasks)
	sol := &rcpsp.Solution{Mode: make([]int32, n), Start: make([]rcpsp.Time, n)}
	for t := range sol.Mode {
		sol.Mode[t] = -1
	}
	for _, p := range s.Places {
		if p.Task < 0 || p.Task >= int64(n) || p.Mode < -1 || p.Mode >= int64(len(f.in.Tasks[p.Task].Modes)) {
			return fmt.Errorf("task %d in mode %d is not known", p.Task, p.Mode)
		}
		sol.Mode[p.Task], sol.Start[p.Task] = int32(p.Mode), rcpsp.Time(p.Start)
	}
	if broken := Solution(f.in, sol); len(broken) > 0 {
		return fmt.Errorf("the solution breaks %v", broken)
	}
	return f.take(sol)
}

// conclude verifies the claim: nothing is left at the root.
func (f *follower) conclude(s *proof.Step) error {
	switch s.Claim {
	case proof.Unsat:
		if f.solved {
			return fmt.Errorf("there is no solution, it says, after one")
		}
		if f.refuted {
			f.verdict.Claim = s.Claim
			return nil
		}
	case proof.Optimal:
		if !f.solved || !slices.Equal(s.Args, f.best) {
			return fmt.Errorf("the optimum %v is claimed, the best solution has %v", s.Args, f.best)
		}
		if n := len(f.best); n == 0 {
			f.verdict.Claim = s.Claim
			return nil
		} else if v, ok := f.together.least(f.in); ok && slices.Equal(v, f.best) {
			f.verdict.Claim, f.verdict.Value = s.Claim, f.best
			return nil
		} else if f.settled < n-1 {
			return fmt.Errorf("the optimum %v is claimed, tier %d is not settled", s.Args, f.settled)
		}
		f.verdict.Value = f.best
	case proof.None:
		f.verdict.Claim = s.Claim
		return nil
	}
	if !f.net.contradicts(nil) {
		return fmt.Errorf("%s does not follow: something is left", s.Claim)
	}
	f.verdict.Claim = s.Claim
	return nil
}
