package engine

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/slackwater-go/slackwater/internal/check"
	"github.com/slackwater-go/slackwater/internal/proof"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
	"github.com/slackwater-go/slackwater/internal/testkit/oracle"
)

// certKinds are instances with one kind of constraint each beside lags, resources, sets
// and start domains; and with all of them.
func certKinds() []struct {
	name string
	opt  gen.Options
} {
	bare := gen.Options{Makespan: true, NoOptional: true, NoModes: true, NoWork: true, NoGroups: true, NoBudgets: true, NoSameSpan: true, NoLinks: true}
	with := func(f func(*gen.Options)) gen.Options {
		o := bare
		f(&o)
		return o
	}
	return []struct {
		name string
		opt  gen.Options
	}{
		{"plain", bare},
		{"modes", with(func(o *gen.Options) { o.NoModes = false })},
		{"optional", with(func(o *gen.Options) { o.NoOptional, o.NoLinks = false, false })},
		{"pauses", with(func(o *gen.Options) { o.NoWork = false })},
		{"groups", with(func(o *gen.Options) { o.NoGroups = false })},
		{"spans", with(func(o *gen.Options) { o.NoSameSpan, o.NoOptional = false, false })},
		{"budgets", with(func(o *gen.Options) { o.NoBudgets, o.NoModes = false, false })},
		{"all", gen.Options{Makespan: true}},
		{"goals", gen.Options{}},
	}
}

// kindOf says whether an instance has what its kind is about.
func kindOf(name string, in *rcpsp.Instance) bool {
	has := name == "plain" || name == "all" || name == "goals" && len(in.Goals) > 0
	for t := range in.Tasks {
		has = has || name == "optional" && in.Tasks[t].Optional || name == "modes" && len(in.Tasks[t].Modes) > 1
		for k := range in.Tasks[t].Modes {
			has = has || name == "pauses" && in.Tasks[t].Modes[k].Work != nil
		}
	}
	return has || name == "groups" && len(in.Groups) > 0 || name == "spans" && len(in.SameSpan) > 0 || name == "budgets" && len(in.Budgets) > 0
}

// certifyExactly runs the exact search alone, with nothing known before, and has its log
// checked.
func certifyExactly(t *testing.T, name string, in *rcpsp.Instance, opt Options) (Result, check.Verdict) {
	t.Helper()
	var log bytes.Buffer
	opt.Proof = &log
	res, err := exactCertified(in, opt, 3)
	if err != nil {
		t.Fatal(err)
	}
	v, err := check.Proof(in, &log)
	if err != nil {
		t.Fatalf("%s: %v %v: %v\n%+v", name, res.Status, res.Value, err, in)
	}
	return res, v
}

// TestCertificatesOfKinds has every claim verified and compared with all there is, for
// each kind of constraint: of the exact search alone, and of a whole run.
func TestCertificatesOfKinds(t *testing.T) {
	for _, kind := range certKinds() {
		claims, nogoods := map[proof.Claim]int{}, 0
		for seed := range instances(150) {
			o := kind.opt
			o.Tasks, o.Horizon = 4, 11
			if seed%8 == 0 {
				o.Tasks = 5
			}
			in := gen.Seeded(seed, o)
			if !kindOf(kind.name, in) {
				continue
			}
			want := proof.Unsat
			best := oracle.Best(in)
			if best != nil {
				want = proof.Optimal
			}
			for _, how := range []func(*testing.T, string, *rcpsp.Instance, Options) (Result, check.Verdict){certifyExactly, verify} {
				_, v := how(t, fmt.Sprintf("%s, seed %d", kind.name, seed), in, Options{Seed: seed, NoCore: true})
				if v.Claim != want || best != nil && rcpsp.Compare(v.Value, in.Value(best)) != 0 {
					t.Fatalf("%s, seed %d: certified %+v, but the best is %+v", kind.name, seed, v, best)
				}
				nogoods += v.Nogoods
			}
			claims[want]++
		}
		t.Logf("%s: %v, %d nogoods", kind.name, claims, nogoods)
		if claims[proof.Unsat] < 10 || claims[proof.Optimal] < 10 {
			t.Errorf("%s: %v only", kind.name, claims)
		}
	}
}

// TestCertificatesOfLargerKinds has the claims of the exact search on larger instances
// verified, which take more nogoods.
func TestCertificatesOfLargerKinds(t *testing.T) {
	for _, kind := range certKinds() {
		claims, nogoods := map[proof.Claim]int{}, 0
		for seed := range instances(200) {
			o := kind.opt
			o.Tasks, o.Horizon, o.NoMaxLags = 10, 24, true
			in := gen.Seeded(seed+1000, o)
			if !kindOf(kind.name, in) {
				continue
			}
			_, v := certifyExactly(t, fmt.Sprintf("%s, seed %d", kind.name, seed), in, Options{Seed: seed, NoCore: true, MaxWork: 3_000_000})
			claims[v.Claim]++
			nogoods += v.Nogoods
		}
		t.Logf("%s: %v, %d nogoods", kind.name, claims, nogoods)
		if claims[proof.Unsat] < 10 || claims[proof.Optimal] < 5 {
			t.Errorf("%s: %v only", kind.name, claims)
		}
	}
}

// TestCertificatesForget deletes half of the nogoods every few hundred steps: the log says so,
// and is verified without them.
func TestCertificatesForget(t *testing.T) {
	nogoods, deleted, certified := 0, 0, 0
	for seed := range instances(60) {
		in := gen.Seeded(seed, gen.Options{Tasks: 12, Horizon: 30, NoMaxLags: true, NoDomains: true, NoLinks: true})
		var log bytes.Buffer
		r := &run{ctx: context.Background(), in: in, opt: Options{Proof: &log, Seed: seed, NoCore: true}}
		r.start()
		r.certify()
		m, ok := newModel(in, r.unheard(), nil, nil)
		if !ok {
			continue
		}
		r.cert.attach(m)
		if !m.postLate() {
			continue
		}
		e := &exactRun{run: r, m: m, first: 50}
		for from := int64(-1); r.res.Status != Infeasible && !r.settled() && m.s.Work != from && m.s.Work < 3_000_000; {
			from = m.s.Work
			m.solver.Poll = func() bool { return m.s.Work > from+50_000 }
			e.tiers()
			if m.db.Cancel(0); !m.s.Propagate() || !m.db.Simplify() || !m.db.Reduce() {
				break
			}
		}
		r.conclude()
		if err := r.cert.conclude(&r.res); err != nil {
			t.Fatal(err)
		}
		deleted += bytes.Count(log.Bytes(), []byte("\nd "))
		v, err := check.Proof(in, &log)
		if err != nil {
			t.Fatalf("seed %d: %v %v: %v", seed, r.res.Status, r.res.Value, err)
		}
		nogoods += v.Nogoods
		if v.Claim != proof.None {
			certified++
		}
	}
	t.Log(nogoods, "nogoods", deleted, "deleted", certified, "certified")
	if deleted < nogoods/20 || certified < 10 {
		t.Errorf("%d of %d nogoods deleted, %d certified", deleted, nogoods, certified)
	}
}
