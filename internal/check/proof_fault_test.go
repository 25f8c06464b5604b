package check_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/slackwater-go/slackwater/internal/check"
	"github.com/slackwater-go/slackwater/internal/engine"
	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/proof"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
)

// looser returns instances with one kind of constraint left out each, and one in which
// every task is optional.
func looser(in *rcpsp.Instance) map[string]*rcpsp.Instance {
	out := map[string]*rcpsp.Instance{}
	for name, f := range gen.Without() {
		out[name] = f(in)
	}
	free := *in
	free.Tasks = slices.Clone(in.Tasks)
	for t := range free.Tasks {
		free.Tasks[t].Optional = true
	}
	out["presence"] = &free
	return out
}

// run returns the lines of the log of a run, and what it claims.
func run(t *testing.T, in *rcpsp.Instance, seed uint64) ([]string, engine.Result) {
	t.Helper()
	var log bytes.Buffer
	res, err := engine.Run(context.Background(), in, engine.Options{Proof: &log, Seed: seed, NoCore: true})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(log.String(), "\n"), "\n"), res
}

// TestPlantedFaults spoils true logs of instances with all kinds of constraints, one
// fault at a time: the last solution left out, another value claimed, nogoods left out, a
// bound moved, a start moved, and the log of a tighter instance shown for a looser one.
// What cannot be right must be refused; what is accepted all the same must claim what is true.
func TestPlantedFaults(t *testing.T) {
	refused, passed := map[string]int{}, map[string]int{}
	for seed := range uint64(130) {
		in := gen.Seeded(seed, gen.Options{Tasks: 7, Horizon: 15})
		r := prng.New(seed)
		lines, res := run(t, in, seed)
		if res.Status != engine.Optimal && res.Status != engine.Infeasible {
			continue
		}
		try := func(name string, in *rcpsp.Instance, lines []string, wrong bool, value []int64) {
			t.Helper()
			v, err := check.Proof(in, strings.NewReader(strings.Join(lines, "\n")))
			switch {
			case err != nil || v.Claim == proof.None:
				refused[name]++
			case wrong:
				t.Fatalf("seed %d, %s: accepted as %+v\n%+v\n%s", seed, name, v, in, strings.Join(lines, "\n"))
			case v.Claim == proof.Unsat && value != nil || v.Claim == proof.Optimal && !slices.Equal(v.Value, value):
				t.Fatalf("seed %d, %s: accepted as %+v, true is %v\n%+v\n%s", seed, name, v, value, in, strings.Join(lines, "\n"))
			default:
				passed[name]++
			}
		}
		if v, err := check.Proof(in, strings.NewReader(strings.Join(lines, "\n"))); err != nil || v.Claim == proof.None {
			t.Fatalf("seed %d: %+v, %v", seed, v, err)
		}
		last := len(lines) - 1
		with := func(i int, line ...string) []string {
			return slices.Concat(lines[:i], line, lines[i+1:])
		}
		if res.Status == engine.Optimal {
			at := last
			for ; lines[at][0] != 's' || len(strings.Fields(lines[at])) <= len(in.Tasks); at-- {
			} // the last solution of the whole
			try("a solution left out", in, with(at), len(res.Value) > 0, res.Value)
			try("called infeasible", in, with(last, "c unsat"), true, res.Value)
			if n := len(res.Value); n > 0 {
				for _, d := range []int64{-1, 1} {
					other := slices.Clone(res.Value)
					other[r.IntN(n)] += d
					try("another value", in, with(last, strings.Trim(strings.Replace(fmt.Sprint(other), "[", "c optimal ", 1), "]")), true, nil)
				}
			}
			k := r.IntN(len(in.Tasks))
			places := strings.Fields(lines[at])
			places[k+1] = fmt.Sprintf("%d=%d@%d", k, res.Best.Mode[k], res.Best.Start[k]+1)
			try("a start moved", in, with(at, strings.Join(places, " ")), false, res.Value)
		} else {
			try("called optimal", in, with(last, "c optimal 0"), true, nil)
		}
		var bare []string
		for _, l := range lines {
			if l[0] != 'n' {
				bare = append(bare, l)
			}
		}
		if len(bare) < len(lines) {
			try("nogoods left out", in, bare, false, res.Value)
		}
		for i, l := range lines {
			if w := strings.Fields(l); l[0] == 'a' && r.IntN(2) == 0 {
				var b int64
				fmt.Sscan(w[4], &b)
				w[4] = fmt.Sprint(b + int64(2*r.IntN(2)-1))
				try("a bound moved", in, with(i, strings.Join(w, " ")), false, res.Value)
			}
		}
		for name, loose := range looser(in) {
			_, other := run(t, loose, seed)
			if other.Status == engine.Optimal && (res.Status == engine.Infeasible || rcpsp.Compare(other.Value, res.Value) < 0) {
				try("without "+name, loose, lines, true, nil)
			}
		}
	}
	t.Log("refused", refused)
	t.Log("harmless", passed)
	for _, name := range []string{"a solution left out", "called infeasible", "another value", "a start moved", "called optimal", "a bound moved", "nogoods left out"} {
		if refused[name] < 5 {
			t.Errorf("%s: refused %d times only", name, refused[name])
		}
	}
	for name := range looser(&rcpsp.Instance{}) {
		if refused["without "+name] < 3 {
			t.Errorf("without %s: refused %d times only", name, refused["without "+name])
		}
	}
}
