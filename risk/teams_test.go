package risk

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"
)

// TestATeamForEveryChange has 20,000 teams (a million where SLACKWATER_LONG is set), each with one
// change: nothing can be learnt of teams, so what is remembered of one moves its next change little.
func TestATeamForEveryChange(t *testing.T) {
	n := 20_000
	switch {
	case os.Getenv("SLACKWATER_LONG") != "":
		n = 1_000_000
	case testing.Short():
		n = 2000
	}
	for name, c := range map[string]struct {
		n    int
		keep int // failures kept
	}{
		"many failures": {n, n},
		"few failures":  {2000, lowEvidence - 1},
	} {
		h := invented(c.n, 8)
		at, failures := map[bool]string{}, 0
		for i := range h {
			h[i].Team, h[i].CIs = fmt.Sprint("only-", i), nil
			h[i].Start = epoch.Add(time.Duration(i) * time.Minute)
			h[i].KnownAt = h[i].Start.Add(time.Hour)
			h[i].Failed = h[i].Failed && failures < c.keep
			failures += int(indicator(h[i].Failed))
			at[h[i].Failed] = h[i].Team
		}
		m, err := Fit(context.Background(), h, nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if e := m.Evidence; e.Changes != c.n || e.Failures != failures || e.LowEvidence != (c.keep < lowEvidence) {
			t.Errorf("%s: %+v of %d failures", name, *e, failures)
		}
		teams := m.Memory.kind(KindTeam)
		if len(teams.Entities) != c.n {
			t.Errorf("%s: %d teams", name, len(teams.Entities))
		}
		base := m.Memory.base()
		for team, r := range teams.Entities {
			rate := teams.rate(r, m.Memory.AsOf, m.Memory.AsOf, base)
			if low, high := rate < base, rate > base; !(rate > 0 && rate < 1) || low != (r.Failures == 0) || high != (r.Failures > 0) {
				t.Fatalf("%s: %s with %+v has rate %v, all have %v", name, team, r, rate, base)
			}
		}
		r, err := m.Rater(nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		rated := func(team string) float64 {
			a, err := r.Assess(Change{ID: "next", Team: team, Start: m.Memory.AsOf.Add(time.Hour), Factors: map[string]float64{"size": 1}})
			if err != nil || !finite(a.LogOdds.Float()) || !(a.Probability > 0 && a.Probability < 1) {
				t.Fatalf("%s: team %q: %+v, %v", name, team, a, err)
			}
			return a.Probability
		}
		good, bad := rated(at[false]), rated(at[true])
		if !(good <= bad && bad < 0.6) {
			t.Errorf("%s: P after a success %v, after a failure %v, of a new team %v", name, good, bad, rated("new"))
		}
		t.Logf("%s: strength %v, P after a success %v, after a failure %v, of a new team %v", name, teams.Strength, good, bad, rated("new"))
	}
}
