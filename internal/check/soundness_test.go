package check

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
	"github.com/slackwater-go/slackwater/internal/testkit/oracle"
)

// known are the instances that the network knows.
func known() gen.Options {
	return gen.Options{Tasks: 4, Horizon: 9, Tiers: 3}
}

// turns draws instances of all kinds, and in turn such as have few of them, of which more
// have a solution.
func turns(seed uint64) *rcpsp.Instance {
	k := seed % 8
	if k == 0 {
		return gen.Seeded(seed, known())
	}
	o := gen.Options{Tasks: 3 + int(seed%2), Horizon: 8, Makespan: true, NoOptional: k != 1 && k != 4, NoLinks: k != 1, NoWork: k != 2 && k != 6, NoGroups: k != 3 && k != 6,
		NoSameSpan: k != 4, NoBudgets: k != 5, NoModes: k != 5 && k != 7, NoMaxLags: true}
	for ; ; seed += 8000 {
		in := gen.Seeded(seed, o)
		if (k != 3 && k != 6 || len(in.Groups) > 1) && (k != 4 || len(in.SameSpan) > 0) && (k != 5 || len(in.Budgets) > 0) {
			return in
		}
	}
}

// rounds is how many instances a test looks at: as many as SLACKWATER_LONG says in long
// runs.
func rounds(few int) uint64 {
	if n, err := strconv.Atoi(os.Getenv("SLACKWATER_LONG")); err == nil {
		return uint64(n)
	}
	return uint64(few)
}

// valuesOf returns what a solution makes of each variable of the network, and false for
// those of which it says nothing.
func (g *network) valuesOf(s *rcpsp.Solution, r *prng.Rand) ([]int64, []bool) {
	x, ok := make([]int64, len(g.lb)/2), make([]bool, len(g.lb)/2)
	set := func(v int32, value int64) { x[v], ok[v] = value, true }
	for t := range g.tasks {
		n := &g.tasks[t]
		at, end := g.away(), g.away()
		if s.Present(rcpsp.TaskID(t)) {
			at, end = int64(s.Start[t]), int64(g.in.End(s, rcpsp.TaskID(t)))
			set(n.late, at)
			if n.endLate != n.late {
				set(n.endLate, end)
			}
		}
		set(int32(t), at)
		if n.end != int32(t) {
			set(n.end, end)
		}
		if n.present >= 0 {
			set(n.present, int64(btoi(s.Present(rcpsp.TaskID(t)))))
		}
		for k, v := range n.modes {
			if v >= 0 {
				set(v, int64(btoi(s.Mode[t] == int32(k))))
			}
		}
	}
	for a := range g.tasks {
		for b := range g.tasks {
			v, found := g.orders[[2]int{a, b}]
			if !found {
				continue
			}
			set(v, int64(r.IntN(2)))
			if s.Present(rcpsp.TaskID(a)) && s.Present(rcpsp.TaskID(b)) {
				set(v, int64(btoi(g.in.End(s, rcpsp.TaskID(a)) <= s.Start[b])))
			}
		}
	}
	for i := range g.shared {
		x := r.IntN(max(1, len(g.shared[i].spans)))
		for k, sp := range g.shared[i].spans {
			for _, t := range g.shared[i].tasks {
				if s.Present(t) && sp.Lo <= s.Start[t] && s.Start[t] < sp.Hi {
					x = k
				}
			}
		}
		set(g.shared[i].which, int64(x))
	}
	g.goalValues(s, set)
	return x, ok
}

// ready makes a network as a certificate finds it, with all orders there can be.
func ready(in *rcpsp.Instance) *network {
	g := newNetwork(in)
	g.contradicts(nil)
	g.settleOrders()
	for a := range g.tasks {
		for b := range a {
			if g.root && g.exclusive(a, b) {
				g.order(a, b)
			}
		}
	}
	return g
}

// facts draws facts that hold in a solution, if near is 0, and else near one.
func (g *network) draw(x []int64, ok []bool, r *prng.Rand, near int) []atom {
	var out []atom
	few := 1 + r.IntN(4)
	for v := range x {
		if !ok[v] {
			continue
		}
		for side := range int32(2) {
			if r.IntN(4) < few {
				b := x[v]
				if side == 1 {
					b = -b
				}
				slack := int64(r.IntN(3) * r.IntN(4))
				out = append(out, atom{int32(2*v) + side, b - slack + int64(r.IntN(near+1))})
			}
		}
	}
	return out
}

func holdAll(facts []atom, x []int64, ok []bool) bool {
	for _, a := range facts {
		b := x[a.v>>1]
		if a.v&1 == 1 {
			b = -b
		}
		if !ok[a.v>>1] || b < a.bound {
			return false
		}
	}
	return true
}

// TestNoSolutionIsContradicted assumes facts that some solution fulfils, alone and after
// nogoods that were accepted: the network must never find a contradiction; and what it
// accepts no solution may fulfil. The solutions are all there are.
func TestNoSolutionIsContradicted(t *testing.T) {
	tried, accepted, kinds := 0, 0, map[string]int{}
	for seed := range rounds(400) {
		in := turns(seed)
		r := prng.New(seed + 1)
		var all []*rcpsp.Solution
		for s := range oracle.All(in) {
			if all = append(all, s.Clone()); len(all) == 3000 {
				break
			}
		}
		g := ready(in)
		if len(all) == 0 || len(all) == 3000 {
			continue
		}
		for k := range g.kinds() {
			kinds[k]++
		}
		type world struct {
			x  []int64
			ok []bool
		}
		var worlds []world
		for _, s := range all {
			x, ok := g.valuesOf(s, r)
			worlds = append(worlds, world{x, ok})
		}
		for range 60 {
			w := worlds[r.IntN(len(worlds))]
			if facts := g.draw(w.x, w.ok, r, 0); g.contradicts(facts) {
				t.Fatalf("seed %d: %v contradicted, but %v is a solution of %+v", seed, facts, w.x, in)
			}
			tried++
			facts := g.draw(w.x, w.ok, r, 1+r.IntN(3))
			if !g.contradicts(facts) {
				continue
			}
			accepted++
			for i, s := range all {
				// An order of tasks that are not both present may be either.
				free := worlds[i]
				if g.freed(facts, free.x, free.ok, s) {
					t.Fatalf("seed %d: nogood %v accepted, but %+v fulfils it in %+v", seed, facts, s, in)
				}
			}
			g.learn(facts)
		}
	}
	t.Log(tried, "tried", accepted, "nogoods accepted", kinds)
	if accepted < 1000 {
		t.Errorf("%d nogoods accepted only", accepted)
	}
	for k, n := range kinds {
		if n < 15 {
			t.Errorf("%s in %d instances only", k, n)
		}
	}
}

// freed says whether a solution fulfils the facts, where orders and spans that it does
// not fix may be what the facts want.
func (g *network) freed(facts []atom, x []int64, ok []bool, s *rcpsp.Solution) bool {
	lo, hi := map[int32]int64{}, map[int32]int64{}
	for _, a := range facts {
		v := a.v >> 1
		if !g.loose(v, s) {
			if !holdAll([]atom{a}, x, ok) {
				return false
			}
			continue
		}
		if _, seen := lo[v]; !seen {
			lo[v], hi[v] = g.lb[2*v], -g.lb[2*v+1]
		}
		if a.v&1 == 0 {
			lo[v] = max(lo[v], a.bound)
		} else {
			hi[v] = min(hi[v], -a.bound)
		}
		if lo[v] > hi[v] {
			return false
		}
	}
	return true
}

// loose says whether a solution leaves the variable open.
func (g *network) loose(v int32, s *rcpsp.Solution) bool {
	for a := range g.tasks {
		for b := range g.tasks {
			if w, found := g.orders[[2]int{a, b}]; found && w == v {
				return !s.Present(rcpsp.TaskID(a)) || !s.Present(rcpsp.TaskID(b))
			}
		}
	}
	for i := range g.shared {
		if g.shared[i].which == v {
			return !slices.ContainsFunc(g.shared[i].tasks, func(t rcpsp.TaskID) bool { return s.Present(t) })
		}
	}
	return false
}

// kinds says which kinds of constraints an instance has.
func (g *network) kinds() map[string]bool {
	out := map[string]bool{}
	in := g.in
	add := func(k string, is bool) {
		if is {
			out[k] = true
		}
	}
	for t := range in.Tasks {
		add("optional", in.Tasks[t].Optional)
		for k := range in.Tasks[t].Modes {
			m := &in.Tasks[t].Modes[k]
			add("pauses", pauses(m) && !m.Hold)
			add("pauses that hold", pauses(m) && m.Hold)
		}
		add("modes", len(in.Tasks[t].Modes) > 1)
	}
	add("groups", len(in.Groups) > 0)
	for i := range in.Groups {
		for _, m := range in.Groups[i].Members {
			add("nested groups", len(m.Groups) > 0)
		}
	}
	add("shared spans", len(in.SameSpan) > 0)
	for i := range in.Budgets {
		p := in.Budgets[i].Periods
		add("budgets of periods", len(p) != 1 || p[0].Lo > 0 || p[0].Hi <= in.Horizon)
		add("budgets", len(p) == 1 && p[0].Lo <= 0 && p[0].Hi > in.Horizon)
	}
	add("links", len(in.Links) > 0)
	return out
}

// TestWrongSchedulesAreContradicted fixes all starts and modes, of solutions and of what
// is none: the network must tell the ones from the others.
func TestWrongSchedulesAreContradicted(t *testing.T) {
	right, wrong := 0, 0
	for seed := range rounds(600) {
		in := turns(seed)
		r := prng.New(seed)
		g := ready(in)
		if !g.root {
			continue
		}
		for range 40 {
			s := scatter(in, r)
			var facts []atom
			for k := range in.Tasks {
				at := g.away()
				if s.Mode[k] >= 0 {
					at = int64(s.Start[k])
				}
				facts = append(facts, atom{int32(2 * k), at}, atom{int32(2*k) + 1, -at})
				for m, v := range g.tasks[k].modes {
					if v >= 0 && s.Mode[k] == int32(m) {
						facts = append(facts, atom{2 * v, 1})
					}
				}
			}
			broken := Solution(in, s)
			if got := g.contradicts(facts); got != (len(broken) > 0) {
				t.Fatalf("seed %d: %+v breaks %v, contradicted: %v\n%+v", seed, s, broken, got, in)
			}
			if len(broken) > 0 {
				wrong++
			} else {
				right++
			}
		}
	}
	t.Log(right, "solutions", wrong, "others")
	if right < 500 || wrong < 500 {
		t.Error(fmt.Sprint(right, wrong), "want more of both")
	}
}

// scatter places tasks at random.
func scatter(in *rcpsp.Instance, r *prng.Rand) *rcpsp.Solution {
	n := len(in.Tasks)
	s := &rcpsp.Solution{Mode: make([]int32, n), Start: make([]rcpsp.Time, n)}
	for t := range in.Tasks {
		s.Mode[t] = int32(r.IntN(len(in.Tasks[t].Modes)))
		s.Start[t] = rcpsp.Time(r.IntN(int(in.Horizon) + 1))
		if in.Tasks[t].Optional && r.IntN(2) == 0 {
			s.Mode[t] = -1
		}
	}
	return s
}
