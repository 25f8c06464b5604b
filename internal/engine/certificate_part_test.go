package engine

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/slackwater-go/slackwater/internal/proof"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/testkit/oracle"
)

// TestCertificatesOfParts has claims about instances that fall into parts verified and
// compared with all there is: the log proves each part by itself, and the values add up.
func TestCertificatesOfParts(t *testing.T) {
	claims, kinds := map[proof.Claim]int{}, map[string]int{}
	divided := 0
	for seed := range instances(120) {
		in := glued(seed, 3)
		var log bytes.Buffer
		res, v := verifyInto(t, fmt.Sprintf("seed %d", seed), in, Options{Seed: seed, NoCore: true}, &log)
		best := oracle.Best(in)
		switch {
		case best == nil && v.Claim == proof.Unsat:
		case best != nil && v.Claim == proof.Optimal && rcpsp.Compare(v.Value, in.Value(best)) == 0:
		default:
			t.Fatalf("seed %d: %v, certified %+v, but the best is %+v", seed, res.Status, v, best)
		}
		if bytes.Contains(log.Bytes(), []byte("\nb ")) {
			divided++
			claims[v.Claim]++
			for i := range in.Goals {
				kinds[fmt.Sprint(in.Goals[i].Kind)]++
			}
			kinds[fmt.Sprint(in.Tiers(), " tiers")]++
		}
	}
	t.Log(divided, "divided:", claims, kinds)
	if divided < 50 || claims[proof.Optimal] < 30 || claims[proof.Unsat] < 5 {
		t.Errorf("%d divided only, %v", divided, claims)
	}
}
