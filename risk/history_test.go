package risk

import (
	"fmt"
	"math"
	"time"

	"github.com/slackwater-go/slackwater/internal/prng"
)

// epoch is the start of invented histories.
var epoch = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

// invented is a history of n changes with teams, CIs and one given factor that matter; the
// truth is log-odds −2.5 + team + ci + 0.5·size.
func invented(n int, seed uint64) []Outcome {
	r := prng.New(seed)
	effect := map[string]float64{}
	of := func(name string) float64 {
		v, ok := effect[name]
		if !ok {
			v = 0.7 * gauss(r)
			effect[name] = v
		}
		return v
	}
	var list []Outcome
	at := epoch
	for i := range n {
		at = at.Add(time.Duration(r.IntN(7200)) * time.Second)
		o := Outcome{Change: Change{ID: fmt.Sprint("chg-", i), Start: at, Team: fmt.Sprint("team-", r.IntN(8))}}
		for range 1 + r.IntN(3) {
			o.CIs = append(o.CIs, fmt.Sprint("ci-", r.IntN(40)))
		}
		size := math.Abs(gauss(r)) * 3
		o.Factors = map[string]float64{"size": size}
		eta := -2.5 + of(o.Team) + of(o.CIs[0]) + 0.5*math.Log1p(size)
		o.Failed = uniform(r) < sigmoid(eta)
		o.KnownAt = at.Add(time.Duration(r.IntN(72)) * time.Hour)
		list = append(list, o)
	}
	return list
}
