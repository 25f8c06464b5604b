package engine

import (
	"fmt"
	"os"
	"testing"

	"github.com/slackwater-go/slackwater/internal/check"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
	"github.com/slackwater-go/slackwater/internal/testkit/oracle"
)

// TestCertificatesOfGoals has claims on instances with goals of all kinds, in up to three
// tiers, verified and compared with the oracle.
func TestCertificatesOfGoals(t *testing.T) {
	count := map[string]int{}
	nogoods := 0
	for seed := range instances(400) {
		in := gen.Seeded(seed, gen.Options{Tasks: 5, Tiers: 3})
		if check.Supported(in) != nil {
			continue
		}
		res, v := verify(t, fmt.Sprintf("seed %d", seed), in, Options{Seed: seed})
		best := oracle.Best(in)
		switch {
		case best == nil && res.Status == Infeasible:
			count["infeasible"]++
		case best != nil && res.Status == Optimal && rcpsp.Compare(in.Value(best), v.Value) == 0:
			count["optimal"]++
		default:
			t.Fatalf("seed %d: %v with %v, the best is %+v", seed, res.Status, v.Value, best)
		}
		nogoods += v.Nogoods
		for i := range in.Goals {
			count[kindName(in.Goals[i].Kind)]++
		}
		count[fmt.Sprint(in.Tiers(), " tiers")]++
	}
	t.Log(count, nogoods, "nogoods")
	_ = os.Getenv
}

func kindName(k rcpsp.GoalKind) string {
	return []string{"", "sum", "max", "max group", "peak", "peak period", "excess"}[k]
}
