package engine

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/slackwater-go/slackwater/internal/check"
	"github.com/slackwater-go/slackwater/internal/proof"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
)

// plain are the instances that certificates cover.
func plain() gen.Options {
	return gen.Options{Tasks: 6, Makespan: true}
}

// verify runs in with a log and has the log checked.
func verify(t *testing.T, name string, in *rcpsp.Instance, opt Options) (Result, check.Verdict) {
	t.Helper()
	return verifyInto(t, name, in, opt, new(bytes.Buffer))
}

// verifyInto is verify with a place for the log.
func verifyInto(t *testing.T, name string, in *rcpsp.Instance, opt Options, log *bytes.Buffer) (Result, check.Verdict) {
	t.Helper()
	opt.Proof = log
	res, err := Run(context.Background(), in, opt)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	v, err := check.Proof(in, bytes.NewReader(log.Bytes()))
	if err != nil {
		t.Fatalf("%s: %v: %v\n%.3000s", name, res.Status, err, log.String())
	}
	want := map[Status]proof.Claim{Optimal: proof.Optimal, Infeasible: proof.Unsat}[res.Status]
	if want == "" {
		want = proof.None
	}
	if v.Claim != want {
		t.Fatalf("%s: %v, the log proves %s", name, res.Status, v.Claim)
	}
	return res, v
}

// TestCertificates has every claim on small instances verified.
func TestCertificates(t *testing.T) {
	claims := map[proof.Claim]int{}
	nogoods := 0
	for seed := range instances(250) {
		res, v := verify(t, fmt.Sprintf("seed %d", seed), gen.Seeded(seed, plain()), Options{Seed: seed})
		if res.Status != Optimal && res.Status != Infeasible {
			t.Fatalf("seed %d: %v", seed, res.Status)
		}
		claims[v.Claim]++
		nogoods += v.Nogoods
	}
	t.Log(claims, nogoods, "nogoods")
}

// TestCertificatesOfLibraries has claims on instances of the libraries verified: a
// few by default, whole families when SLACKWATER_LONG is set.
func TestCertificatesOfLibraries(t *testing.T) {
	step, most := 16, int64(30_000_000)
	if os.Getenv("SLACKWATER_LONG") != "" {
		step, most = 1, 1_000_000_000
	}
	for _, c := range []struct{ family, pattern string }{{"psplib", "j30/*.sm"}, {"rcpsp-max", "ubo20/*.sch"}, {"rcpsp-max", "j10/*.sch"}, {"mrcpsp", "j10/*.mm"}} {
		files, ins, _, _ := library(t, c.family, c.pattern, step)
		nogoods := 0
		claims := map[proof.Claim]int{}
		for i, in := range ins {
			_, v := verify(t, files[i], in, Options{Seed: 1, MaxWork: most})
			nogoods += v.Nogoods
			claims[v.Claim]++
		}
		t.Logf("%s/%s: %d instances, %v, %d nogoods", c.family, c.pattern, len(ins), claims, nogoods)
	}
}
