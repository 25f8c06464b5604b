package risk

import (
	"context"
	"errors"
	"testing"

	"pgregory.net/rapid"
)

type pair struct{ date, risk int64 }

// pick is an exact solver over a list of plans.
func pick(plans []pair) SolveWithin[int] {
	return func(_ context.Context, budget int64) (FrontPoint[int], bool, error) {
		best := -1
		for i, p := range plans {
			if p.risk <= budget && (best < 0 || p.date < plans[best].date || p.date == plans[best].date && p.risk < plans[best].risk) {
				best = i
			}
		}
		if best < 0 {
			return FrontPoint[int]{}, false, nil
		}
		return FrontPoint[int]{best, plans[best].date, plans[best].risk, true}, true, nil
	}
}

func TestFrontEqualsBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var plans []pair
		for range rapid.IntRange(0, 30).Draw(t, "plans") {
			plans = append(plans, pair{rapid.Int64Range(0, 20).Draw(t, "date"), rapid.Int64Range(0, 20).Draw(t, "risk")})
		}
		want := map[pair]bool{}
		for _, p := range plans {
			beaten := false
			for _, q := range plans {
				beaten = beaten || q != p && q.date <= p.date && q.risk <= p.risk
			}
			if !beaten {
				want[p] = true
			}
		}
		got, complete, err := Front(context.Background(), 100, 0, pick(plans))
		if err != nil || !complete || len(got) != len(want) {
			t.Fatalf("%v, complete %v: %v, want %v", err, complete, got, want)
		}
		for i, p := range got {
			if !want[pair{p.Date, p.Risk}] || i > 0 && (p.Date <= got[i-1].Date || p.Risk >= got[i-1].Risk) {
				t.Fatalf("%v, want %v", got, want)
			}
		}
		few, _, err := Front(context.Background(), 100, 3, pick(plans))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range few {
			if !want[pair{p.Date, p.Risk}] {
				t.Fatalf("a bounded walk returns %v, which is not on the front %v", p, want)
			}
		}
		if len(got) > 0 && (len(few) == 0 || few[0] != got[0] || few[len(few)-1].Risk != got[len(got)-1].Risk) {
			t.Fatalf("a bounded walk misses an end: %v of %v", few, got)
		}
	})
}

func TestFrontPassesErrorsOn(t *testing.T) {
	boom := errors.New("boom")
	calls := 0
	_, complete, err := Front(context.Background(), 10, 0, func(context.Context, int64) (FrontPoint[int], bool, error) {
		if calls++; calls > 1 {
			return FrontPoint[int]{}, false, boom
		}
		return FrontPoint[int]{Date: 1, Risk: 5, Proven: true}, true, nil
	})
	if !errors.Is(err, boom) || complete {
		t.Errorf("error %v, complete %v", err, complete)
	}
	if _, _, err := Front(context.Background(), -1, 0, pick(nil)); !errors.Is(err, ErrInvalid) {
		t.Errorf("error %v", err)
	}
}
