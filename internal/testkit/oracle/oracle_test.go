package oracle_test

import (
	"os"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/internal/check"
	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
	"github.com/slackwater-go/slackwater/internal/testkit/oracle"
)

// TestOracleAndCheckAgree counts the assignments that check accepts among all there
// are, on instances small enough to try them all.
func TestOracleAndCheckAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := gen.Draw(gen.Options{Tasks: 3, Horizon: 6}).Draw(t, "instance")
		want := 0
		product(in, func(s *rcpsp.Solution) {
			if len(check.Solution(in, s)) == 0 {
				want++
			}
		})
		got := 0
		for s := range oracle.All(in) {
			got++
			if broken := check.Solution(in, s); len(broken) > 0 {
				t.Fatalf("%+v breaks %v of %+v", s, broken, in)
			}
		}
		if got != want {
			t.Fatalf("oracle finds %d solutions, check accepts %d of %+v", got, want, in)
		}
	})
}

// product calls f with every mode and start of every task.
func product(in *rcpsp.Instance, f func(*rcpsp.Solution)) {
	n := len(in.Tasks)
	s := &rcpsp.Solution{Mode: make([]int32, n), Start: make([]rcpsp.Time, n)}
	var rec func(t int)
	rec = func(t int) {
		if t == n {
			f(s)
			return
		}
		s.Mode[t], s.Start[t] = -1, 0
		rec(t + 1)
		for k := range in.Tasks[t].Modes {
			for at := rcpsp.Time(0); at <= in.Horizon; at++ {
				s.Mode[t], s.Start[t] = int32(k), at
				rec(t + 1)
			}
		}
	}
	rec(0)
}

// TestGeneratorBinds counts how often each kind of constraint decides: leaving all
// of that kind out changes the best value or makes a solution possible. SLACKWATER_LONG
// says over how many instances.
func TestGeneratorBinds(t *testing.T) {
	n := 400
	if long, err := strconv.Atoi(os.Getenv("SLACKWATER_LONG")); err == nil {
		n = max(n, min(long, 20_000))
	}
	infeasible := 0
	binds := map[string]int{}
	for seed := range n {
		in := gen.Make(prng.New(uint64(seed)), gen.Options{Tasks: 4})
		if err := in.Validate(); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		best := oracle.Best(in)
		if best == nil {
			infeasible++
		}
		for kind, without := range gen.Without() {
			relaxed := without(in)
			b := oracle.Best(relaxed)
			if (b == nil) != (best == nil) || b != nil && rcpsp.Compare(in.Value(b), in.Value(best)) != 0 {
				binds[kind]++
			}
		}
	}
	t.Logf("%d instances, %d infeasible, binding: %v", n, infeasible, binds)
	if infeasible < n/5 || infeasible > 4*n/5 {
		t.Errorf("%d of %d infeasible: want 20 to 80 %%", infeasible, n)
	}
	for kind := range gen.Without() {
		if binds[kind] < n/20 {
			t.Errorf("%s binds in %d of %d: want at least 5 %%", kind, binds[kind], n)
		}
	}
}
