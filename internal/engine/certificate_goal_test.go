package engine

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/slackwater-go/slackwater/internal/check"
	"github.com/slackwater-go/slackwater/internal/proof"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/testkit/cputime"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
	"github.com/slackwater-go/slackwater/internal/testkit/oracle"
)

// exactCertified is exactOnly with a log: no heuristic finds the best before the search
// has to, lower bounds get their turns from conflict first on, and with odd seeds energies
// are looked at always.
func exactCertified(in *rcpsp.Instance, opt Options, first int64) (Result, error) {
	r := &run{ctx: context.Background(), in: in, opt: opt}
	r.start()
	r.base = slices.Repeat([]int64{math.MinInt64}, in.Tiers())
	r.certify()
	m, ok := newModel(in, r.unheard(), nil, nil)
	e := &exactRun{run: r, m: m, first: first}
	r.cert.attach(m)
	if m.wake(opt.Seed%2 == 1); ok && m.postLate() {
		m.solver.Poll = e.poll
		e.tiers()
		e.count()
	} else {
		e.exhausted()
	}
	r.conclude()
	return r.res, r.cert.conclude(&r.res)
}

// TestCertificatesOfGoals has claims on instances with goals of all kinds, in up to three
// tiers, verified and compared with the oracle: of whole runs, and of the exact search
// alone.
func TestCertificatesOfGoals(t *testing.T) {
	count := map[string]int{}
	nogoods := 0
	for seed := range instances(200) {
		in := gen.Seeded(seed, gen.Options{Tiers: 3})
		best := oracle.Best(in)
		judge := func(name string, status Status, v check.Verdict) {
			t.Helper()
			switch {
			case best == nil && status == Infeasible && v.Claim == proof.Unsat:
				count["infeasible"]++
			case best != nil && status == Optimal && v.Claim == proof.Optimal && slices.Equal(in.Value(best), v.Value):
				count["optimal"]++
			default:
				t.Fatalf("seed %d, %s: %v with %v, the best is %+v", seed, name, status, v, best)
			}
			nogoods += v.Nogoods
		}
		res, v := verify(t, fmt.Sprintf("seed %d", seed), in, Options{Seed: seed})
		judge("whole run", res.Status, v)
		var log bytes.Buffer
		res, err := exactCertified(in, Options{Proof: &log}, int64(seed%3))
		if err != nil {
			t.Fatal(err)
		}
		if v, err = check.Proof(in, bytes.NewReader(log.Bytes())); err != nil {
			t.Fatalf("seed %d, exact search: %v: %v\n%.3000s", seed, res.Status, err, log.String())
		}
		judge("exact search", res.Status, v)
		count["sums"] += bytes.Count(log.Bytes(), []byte(" sum "))
		for i := range in.Goals {
			count[kinds[in.Goals[i].Kind]]++
		}
		count[fmt.Sprint(in.Tiers(), " tiers")]++
	}
	t.Log(count, nogoods, "nogoods")
}

var kinds = map[rcpsp.GoalKind]string{rcpsp.Sum: "sum", rcpsp.Max: "max", rcpsp.MaxGroup: "max group",
	rcpsp.Peak: "peak", rcpsp.PeakPeriod: "peak period", rcpsp.Excess: "excess"}

// TestCertificatesOfSums has the claims of the exact search on sums of every kind, some
// before a tier of two goals, verified: cores are at work in most of them, and the log has
// to say which sums take the place of their parts.
func TestCertificatesOfSums(t *testing.T) {
	nogoods, sums, claims := 0, 0, map[proof.Claim]int{}
	for seed := range instances(12) {
		for i, kind := range gen.SumKinds() {
			in := gen.WithSum(hard(seed, 10), kind, seed)
			other := gen.WithSum(hard(seed, 10), gen.SumKinds()[(i+int(seed))%4], seed+1)
			if other.Horizon == in.Horizon && !other.Tasks[0].Optional {
				makespan := gen.Makespan(len(in.Tasks))
				makespan.Tier, makespan.Weight, other.Goals[0].Tier, other.Goals[0].Weight = 1, 3, 1, 2
				in.Goals = append(in.Goals, makespan, other.Goals[0])
			}
			opt := Options{MaxWork: 2_000_000}
			if seed%2 == 1 {
				opt.Off = []string{"pushing"}
			}
			if seed%4 > 1 {
				steep(in)
			}
			var log bytes.Buffer
			opt.Proof = &log
			res, err := exactCertified(in, opt, 1+int64(seed%3))
			if err != nil {
				t.Fatal(err)
			}
			sums += bytes.Count(log.Bytes(), []byte(" sum "))
			v, err := check.Proof(in, &log)
			if err != nil {
				t.Fatalf("seed %d, %s: %v: %v", seed, kind, res.Status, err)
			}
			if v.Claim == proof.Optimal && !slices.Equal(v.Value, res.Value) || (v.Claim == proof.None) != (res.Status == Feasible || res.Status == Unknown) {
				t.Fatalf("seed %d, %s: %v %v, certified %+v", seed, kind, res.Status, res.Value, v)
			}
			nogoods += v.Nogoods
			claims[v.Claim]++
		}
	}
	if t.Log(claims, nogoods, "nogoods", sums, "sums"); sums < 40 || claims[proof.Optimal] < 20 {
		t.Error("cores were hardly at work")
	}
}

// steep lets costs that grow with time grow a hundred times as fast after a while, so that
// they range too widely to count in units.
func steep(in *rcpsp.Instance) {
	for i := range in.Goals[0].Terms {
		tm := &in.Goals[0].Terms[i]
		if n := len(tm.Cost); n > 0 && tm.Cost[n-1].Slope > 0 {
			p := tm.Cost[n-1]
			tm.Cost = append(tm.Cost, rcpsp.Piece{From: p.From + 5, Value: p.Value + 5*p.Slope, Slope: 100 * p.Slope})
		}
	}
}

// TestCertificateCostOfTiers has claims on projects of a library with a sum, then the
// makespan as goals verified, and says what a certificate costs: two of them by default,
// twenty of each kind of sum, with the times, when SLACKWATER_LONG is set.
func TestCertificateCostOfTiers(t *testing.T) {
	step, most, sums := 200, int64(3_000_000), []gen.SumKind{gen.Tardiness}
	if os.Getenv("SLACKWATER_LONG") != "" {
		step, most, sums = 12, 10_000_000, gen.SumKinds()
	}
	files, ins, _, _ := library(t, "psplib", "j30/*.sm", step)
	for _, kind := range sums {
		b, without := bill{claims: map[proof.Claim]int{}}, 0
		for i := range ins {
			in := gen.WithSum(ins[i], kind, uint64(i))
			last := ins[i].Goals[0]
			last.Tier = 1
			in.Goals = append(in.Goals, last)
			opt := Options{Seed: 1, MaxWork: most, NoCore: true}
			begin := cputime.Now()
			res, err := Run(context.Background(), in, opt)
			if err != nil {
				t.Fatal(err)
			}
			if b.bare += cputime.Now() - begin; res.Status == Optimal || res.Status == Infeasible {
				without++
			}
			b.certify(t, files[i]+", "+string(kind), in, opt)
		}
		t.Logf("%s, then makespan: %d proved without a log; %v", kind, without, &b)
	}
}
