package engine

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/slackwater-go/slackwater/internal/check"
	"github.com/slackwater-go/slackwater/internal/proof"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
	"github.com/slackwater-go/slackwater/internal/testkit/oracle"
)

// exactCertified is exactOnly with a log: no heuristic finds the best before the search
// has to, and lower bounds get their turns from conflict first on.
func exactCertified(in *rcpsp.Instance, opt Options, first int64) (Result, error) {
	r := &run{ctx: context.Background(), in: in, opt: opt}
	r.start()
	r.base = slices.Repeat([]int64{math.MinInt64}, in.Tiers())
	r.certify()
	m, ok := newModel(in, r.opt.Off, nil, nil)
	e := &exactRun{run: r, m: m, first: first}
	r.cert.attach(m)
	if ok {
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
	for seed := range instances(300) {
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
