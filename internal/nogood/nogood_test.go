package nogood_test

import (
	"testing"

	"github.com/slackwater-go/slackwater/internal/cp"
	"github.com/slackwater-go/slackwater/internal/nogood"
	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/search"
)

// problem is random nogoods over a few small variables.
type problem struct {
	sizes   []int64
	nogoods [][]cp.Atom
}

func random(r *prng.Rand) problem {
	var p problem
	for range 5 + r.IntN(2) {
		p.sizes = append(p.sizes, int64(1+r.IntN(3)))
	}
	for range 8 + r.IntN(45) {
		var facts []cp.Atom
		used := map[int]bool{}
		for len(facts) < 2+r.IntN(3) {
			x := r.IntN(len(p.sizes))
			if used[x] {
				continue
			}
			used[x] = true
			b := 1 + int64(r.IntN(int(p.sizes[x])))
			f := cp.AtLeast(cp.Var(2*x), b)
			if r.IntN(2) == 0 {
				f = f.Not()
			}
			facts = append(facts, f)
		}
		p.nogoods = append(p.nogoods, facts)
	}
	return p
}

// allows says whether an assignment breaks no nogood.
func (p *problem) allows(x []int64, also []cp.Atom) bool {
	holds := func(f cp.Atom) bool {
		v := x[f.Var>>1]
		if f.Var&1 == 1 {
			v = -v
		}
		return v >= f.Bound
	}
	for _, f := range also {
		if !holds(f) {
			return false
		}
	}
	for _, n := range p.nogoods {
		all := true
		for _, f := range n {
			all = all && holds(f)
		}
		if all {
			return false
		}
	}
	return true
}

// satisfiable enumerates.
func (p *problem) satisfiable(also []cp.Atom) bool {
	x := make([]int64, len(p.sizes))
	for {
		if p.allows(x, also) {
			return true
		}
		i := 0
		for ; i < len(x); i++ {
			if x[i]++; x[i] <= p.sizes[i] {
				break
			}
			x[i] = 0
		}
		if i == len(x) {
			return false
		}
	}
}

// post makes a solver for p; false if the nogoods fail at once.
func (p *problem) post(opt nogood.Options) (*search.Solver, bool) {
	s := cp.NewStore()
	for _, n := range p.sizes {
		s.NewVar(0, n)
	}
	db := nogood.New(s, opt)
	s.Follow(nil, db)
	r := search.New(s, db)
	r.Restart = 3
	for x := range p.sizes {
		r.Starts = append(r.Starts, cp.Var(2*x))
	}
	for _, n := range p.nogoods {
		if !db.Forbid(n) {
			return r, false
		}
	}
	return r, s.Propagate() && db.Simplify()
}

// TestAgainstEnumeration also runs under assumptions, and with so early deletion that
// every few conflicts the store is made anew.
func TestAgainstEnumeration(t *testing.T) {
	counts := map[string]int{}
	for seed := range uint64(800) {
		r := prng.New(seed)
		p := random(r)
		opt := nogood.Defaults()
		opt.ReduceAt, opt.ReduceInc, opt.KeepLBD = 4, 1, 1
		opt.Minimise = seed%2 == 0
		solver, ok := p.post(opt)
		if !ok {
			if p.satisfiable(nil) {
				t.Fatalf("seed %d: refused at the root, though it has a solution", seed)
			}
			counts["root"]++
			continue
		}
		var assume []cp.Atom
		for x := range p.sizes {
			if r.IntN(3) == 0 {
				assume = append(assume, cp.AtMost(cp.Var(2*x), 0))
			}
		}
		switch out := solver.Run(assume, 0); out {
		case search.Solved:
			counts["solved"]++
			x := make([]int64, len(p.sizes))
			for i := range x {
				x[i] = solver.S.Lower(cp.Var(2 * i))
			}
			if !p.allows(x, assume) {
				t.Fatalf("seed %d: %v breaks a nogood", seed, x)
			}
		case search.Refuted:
			counts["refuted"]++
			if p.satisfiable(solver.Core) {
				t.Fatalf("seed %d: the core %v can hold", seed, solver.Core)
			}
			for _, f := range solver.Core {
				found := false
				for _, a := range assume {
					found = found || a == f
				}
				if !found {
					t.Fatalf("seed %d: the core holds %v, which is no assumption", seed, f)
				}
			}
		case search.Exhausted:
			counts["exhausted"]++
			if p.satisfiable(nil) {
				t.Fatalf("seed %d: exhausted, though it has a solution", seed)
			}
		default:
			t.Fatalf("seed %d: outcome %d", seed, out)
		}
		// What it learned must follow from what it was given.
		for i := range solver.DB.Nogoods() {
			if facts := solver.DB.Facts(i); p.satisfiable(facts) {
				t.Fatalf("seed %d: it learned %v, which a solution satisfies", seed, facts)
			}
		}
		counts["conflicts"] += int(solver.DB.Conflicts)
	}
	t.Log(counts)
	for _, name := range []string{"solved", "refuted", "exhausted"} {
		if counts[name] < 20 {
			t.Errorf("only %d cases are %s", counts[name], name)
		}
	}
}

// pigeons has n pigeons in n-1 holes; variable i is the hole of pigeon i, by a Boolean
// for each pair.
func pigeons(n int) problem {
	var p problem
	for range n * (n - 1) {
		p.sizes = append(p.sizes, 1)
	}
	at := func(i, h int) cp.Atom { return cp.AtLeast(cp.Var(2*(i*(n-1)+h)), 1) }
	for i := range n {
		var none []cp.Atom
		for h := range n - 1 {
			none = append(none, at(i, h).Not())
			for k := range i {
				p.nogoods = append(p.nogoods, []cp.Atom{at(i, h), at(k, h)})
			}
		}
		p.nogoods = append(p.nogoods, none)
	}
	return p
}

func TestPigeons(t *testing.T) {
	p := pigeons(6)
	solver, ok := p.post(nogood.Defaults())
	if ok && solver.Run(nil, 0) != search.Exhausted {
		t.Error("six pigeons found room in five holes")
	}
}

func TestConflictLimitStopsAndGoesOn(t *testing.T) {
	p := pigeons(6)
	solver, _ := p.post(nogood.Defaults())
	stops := 0
	for {
		out := solver.Run(nil, 5)
		if out == search.Exhausted {
			break
		}
		if out != search.Stopped {
			t.Fatalf("outcome %d", out)
		}
		stops++
	}
	if stops == 0 {
		t.Error("five conflicts were enough: the case tests nothing")
	}
}

// TestConflictOfTheRootEndsThere has a rule find out, below a decision that has nothing
// to do with it, what the root refutes: rules that are asleep or take turns do.
func TestConflictOfTheRootEndsThere(t *testing.T) {
	s := cp.NewStore()
	x, y := s.NewVar(0, 1), s.NewVar(2, 5)
	db := nogood.New(s, nogood.Defaults())
	s.Decide(cp.AtLeast(x, 1))
	s.Because(0, cp.RuleNone)
	s.Premise(y, 2)
	if s.Fail(s.Reason()); db.Learn() {
		t.Error("something is left")
	}
	if s.Level() != 0 {
		t.Errorf("at level %d", s.Level())
	}
}
