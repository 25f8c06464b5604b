package engine

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/slackwater-go/slackwater/internal/proof"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
	"github.com/slackwater-go/slackwater/internal/testkit/oracle"
)

// TestCertificatesOfParts has claims about instances that fall into parts verified and
// compared with all there is: the log proves each part by itself, and the values add up.
func TestCertificatesOfParts(t *testing.T) {
	claims, kinds := map[proof.Claim]int{}, map[string]int{}
	divided := 0
	for seed := range instances(60) {
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
	if divided < 25 || claims[proof.Optimal] < 12 || claims[proof.Unsat] < 5 {
		t.Errorf("%d divided only, %v", divided, claims)
	}
}

// TestCertificatesOfManyParts has the claim about twenty projects beside each other verified:
// as one they would take a proof the product of theirs.
func TestCertificatesOfManyParts(t *testing.T) {
	in := &rcpsp.Instance{}
	goal := rcpsp.Goal{Kind: rcpsp.Sum, Weight: 1}
	for seed := range uint64(20) {
		x := hard(seed, 8)
		n, r := rcpsp.TaskID(len(in.Tasks)), rcpsp.ResourceID(len(in.Resources))
		for i := range x.Tasks {
			for d := range x.Tasks[i].Modes[0].Demands {
				x.Tasks[i].Modes[0].Demands[d].Resource += r
			}
			goal.Terms = append(goal.Terms, rcpsp.Term{Task: n + rcpsp.TaskID(i), OnEnd: true, Cost: []rcpsp.Piece{{Slope: 1}}})
		}
		for _, l := range x.Lags {
			in.Lags = append(in.Lags, rcpsp.Lag{From: l.From + n, To: l.To + n, FromEnd: true})
		}
		in.Tasks, in.Resources, in.Horizon = append(in.Tasks, x.Tasks...), append(in.Resources, x.Resources...), max(in.Horizon, x.Horizon)
	}
	last := gen.Makespan(len(in.Tasks))
	last.Tier = 1
	in.Goals = []rcpsp.Goal{goal, last}
	var log bytes.Buffer
	_, v := verifyInto(t, "twenty projects", in, Options{}, &log)
	parts := bytes.Count(log.Bytes(), []byte("\nb "))
	if t.Logf("%d parts begun, %d nogoods, %d inferences", parts, v.Nogoods, v.Lemmas); v.Claim != proof.Optimal || parts < 20 {
		t.Errorf("certified %+v, %d parts", v, parts)
	}
}
