package engine

import (
	"context"
	"reflect"
	"testing"

	"github.com/slackwater-go/slackwater/internal/cp"
	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
	"github.com/slackwater-go/slackwater/internal/testkit/oracle"
)

// TestEveryRuleCanBeLeftOut wants the same optimum with each rule switched off.
func TestEveryRuleCanBeLeftOut(t *testing.T) {
	for _, name := range []string{"pairs", "disjunctive", "not-first", "energy", "shaving", "minimise", "cores", "units"} {
		t.Run(name, func(t *testing.T) {
			for seed := range instances(40) {
				in := gen.Seeded(seed+1_000_000, gen.Options{})
				compare(t, seed, in, oracle.Best(in), exactOnly(in, Options{Off: []string{name}}, 2))
			}
		})
	}
}

// TestWitness lets every nogood be tried on the optimum while it is not yet found. The
// trial itself is on in builds with the tag invariants.
func TestWitness(t *testing.T) {
	conflicts := int64(0)
	for seed := range instances(300) {
		in := gen.Seeded(seed+2_000_000, gen.Options{})
		want := oracle.Best(in)
		if seed < 4 {
			in = hard(seed, 16)
			want = exactOnly(in, Options{}, 0).Best
		}
		if want == nil {
			continue
		}
		m, ok := newModel(in, nil, nil, nil)
		if !ok {
			t.Fatalf("seed %d: refused at the root", seed)
		}
		known := map[cp.Var]int64{}
		set := func(v cp.Var, x int64) { known[v] = x }
		for i := range m.tasks {
			if want.Mode[i] >= 0 { // the end of an absent task has no meaning
				m.valuesOf(i, want, set)
			}
		}
		r := &run{ctx: context.Background(), in: in}
		r.res.Bound = make([]int64, in.Tiers())
		for k := range r.res.Bound {
			r.res.Bound[k] = -1 << 62
		}
		r.base = append(r.base, r.res.Bound...)
		m.db.Witness = func(v cp.Var) (int64, bool) {
			x, ok := known[v&^1]
			if v&1 == 1 {
				x = -x
			}
			return x, ok && (r.res.Best == nil || rcpsp.Compare(in.Value(want), r.res.Value) < 0)
		}
		m.solver.Poll = func() bool { return false }
		e := &exactRun{run: r, m: m, first: 1}
		e.tiers()
		if r.res.Best == nil || rcpsp.Compare(r.res.Value, in.Value(want)) != 0 {
			t.Fatalf("seed %d: %v, not %v", seed, r.res.Value, in.Value(want))
		}
		conflicts += m.db.Conflicts
	}
	if t.Logf("%d conflicts", conflicts); conflicts < 500 {
		t.Error("so few conflicts test nothing")
	}
}

// TestReject compares a user's constraint, which only judges complete solutions, with
// enumeration.
func TestReject(t *testing.T) {
	refused, used := 0, 0
	for seed := range instances(300) {
		in := gen.Seeded(seed+3_000_000, gen.Options{Tasks: 4, Horizon: 9})
		// No two present tasks may start at the same time of day, of three.
		reject := func(s *rcpsp.Solution) (out []Clash) {
			for a := range s.Mode {
				for b := range a {
					if s.Mode[a] >= 0 && s.Mode[b] >= 0 && s.Start[a]%3 == s.Start[b]%3 {
						out = append(out, Clash{Tasks: []rcpsp.TaskID{rcpsp.TaskID(b), rcpsp.TaskID(a)}})
					}
				}
			}
			refused += len(out)
			return out
		}
		var want *rcpsp.Solution
		for s := range oracle.All(in) {
			if len(reject(s)) == 0 && (want == nil || rcpsp.Compare(in.Value(s), in.Value(want)) < 0) {
				want = s.Clone()
			}
		}
		before := refused
		got := exactOnly(in, Options{Reject: reject}, 0)
		if refused > before {
			used++
		}
		switch {
		case want == nil && got.Status != Infeasible:
			t.Fatalf("seed %d: %v with %v, but every solution is refused", seed, got.Status, got.Best)
		case want != nil && (got.Best == nil || rcpsp.Compare(in.Value(want), got.Value) != 0):
			t.Fatalf("seed %d: %v with %v, not %v", seed, got.Status, got.Value, in.Value(want))
		}
	}
	if used < 50 {
		t.Errorf("search met the constraint in only %d instances", used)
	}
}

// hard is a project that takes some hundred conflicts: tasks on two resources, with a
// few precedences, and the makespan.
func hard(seed uint64, n int) *rcpsp.Instance {
	r := prng.New(seed)
	in := &rcpsp.Instance{Goals: []rcpsp.Goal{gen.Makespan(n)}}
	for range 2 {
		in.Resources = append(in.Resources, rcpsp.Resource{Capacity: []rcpsp.Step{{Value: 4}}})
	}
	for t := range n {
		m := rcpsp.Mode{Duration: rcpsp.Time(1 + r.IntN(7))}
		for k := range 2 {
			if r.IntN(4) > 0 {
				m.Demands = append(m.Demands, rcpsp.Demand{Resource: rcpsp.ResourceID(k), Amount: int64(1 + r.IntN(3))})
			}
		}
		in.Horizon += m.Duration
		in.Tasks = append(in.Tasks, rcpsp.Task{Modes: []rcpsp.Mode{m}})
		if t > 2 && r.IntN(2) == 0 {
			in.Lags = append(in.Lags, rcpsp.Lag{From: rcpsp.TaskID(r.IntN(t)), To: rcpsp.TaskID(t), FromEnd: true})
		}
	}
	for t := range in.Tasks {
		in.Tasks[t].Modes[0].Starts = []rcpsp.Range{{Lo: 0, Hi: in.Horizon}}
	}
	return in
}

func TestTheSameWorkGivesTheSameRun(t *testing.T) {
	for _, work := range []int64{50_000, 300_000, 0} {
		in := hard(5, 18)
		a, err := Run(context.Background(), in, Options{MaxWork: work})
		b, _ := Run(context.Background(), in, Options{MaxWork: work})
		if err != nil || !reflect.DeepEqual(a, b) {
			t.Errorf("with %d units of work: %+v and %+v, %v", work, a, b, err)
		}
	}
}

func TestLimitsStopTheSearch(t *testing.T) {
	in := hard(5, 18)
	done, cancel := context.WithCancel(context.Background())
	cancel()
	for name, f := range map[string]func() (Result, error){
		"a cancelled context": func() (Result, error) { return Run(done, in, Options{}) },
		"little memory":       func() (Result, error) { return Run(context.Background(), in, Options{MaxMemory: 1}) },
		"little work":         func() (Result, error) { return Run(context.Background(), in, Options{MaxWork: 1}) },
	} {
		if res, err := f(); err != nil || res.Status == Infeasible {
			t.Errorf("%s: %v, %v", name, res.Status, err)
		}
	}
}

func TestCoreLeavesOutWhatDoesNotMatter(t *testing.T) {
	in := hard(5, 18)
	a, b := rcpsp.TaskID(3), rcpsp.TaskID(7)
	in.Lags = nil
	in.Resources = append(in.Resources, rcpsp.Resource{Capacity: []rcpsp.Step{{Value: 1}}})
	r := rcpsp.ResourceID(len(in.Resources) - 1)
	for _, t := range []rcpsp.TaskID{a, b} {
		in.Tasks[t].Modes[0].Duration = 5
		in.Tasks[t].Modes[0].Demands = []rcpsp.Demand{{Resource: r, Amount: 1}}
		in.Tasks[t].Modes[0].Starts = []rcpsp.Range{{Lo: 10, Hi: 13}}
	}
	res := exactOnly(in, Options{}, 0)
	want := []rcpsp.ConstraintID{{Kind: rcpsp.KindTask, Index: int32(a)}, {Kind: rcpsp.KindTask, Index: int32(b)}, {Kind: rcpsp.KindResource, Index: int32(r)}}
	if res.Status != Infeasible || !reflect.DeepEqual(res.Core, want) {
		t.Errorf("%v with the core %v, want %v", res.Status, res.Core, want)
	}
}

func TestHintThatIsNoSolutionIsLookedAtFirst(t *testing.T) {
	in := hard(5, 18)
	m, ok := newModel(in, nil, nil, nil)
	if !ok {
		t.Fatal("refused")
	}
	hint := &rcpsp.Solution{Mode: make([]int32, len(in.Tasks)), Start: make([]rcpsp.Time, len(in.Tasks))}
	hint.Start[2] = 17
	m.setHint(hint)
	if v := m.tasks[2].start >> 1; !m.solver.Prefer[v] || m.solver.Phase[v] != 17 {
		t.Errorf("task 2 is looked for at %d", m.solver.Phase[v])
	}
}

// TestTiersEndAtTheRoot has instances of which a search ended, with nothing left, below a
// decision: what is then settled for good must not be so under that decision only.
func TestTiersEndAtTheRoot(t *testing.T) {
	for _, seed := range []uint64{66, 211, 582} {
		in := gen.Seeded(seed, gen.Options{})
		r := &run{ctx: context.Background(), in: in}
		r.start()
		m, ok := newModel(in, nil, nil, nil)
		if !ok {
			t.Fatalf("seed %d: refused at the root", seed)
		}
		e := &exactRun{run: r, m: m, first: int64(seed % 4)}
		m.solver.Poll = e.poll
		for k := range m.tiers {
			if !e.tier(k) {
				t.Fatalf("seed %d: tier %d is not settled", seed, k)
			}
			if m.s.Level() != 0 {
				t.Errorf("seed %d: tier %d ends at level %d", seed, k, m.s.Level())
			}
			m.capTier(k, m.tierValue(k, r.res.Best))
		}
	}
}
