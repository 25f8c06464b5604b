package schedule

import (
	"context"
	"testing"

	"github.com/slackwater-go/slackwater/internal/testkit/oracle"
)

// minimalProblems is how many problems are explained: all of them with SLACKWATER_LONG=1.
func minimalProblems() int {
	if slow() {
		return 2_000
	}
	return 85
}

// TestExplainAgainstEnumeration explains problems of every kind of requirement and lets
// enumeration confirm each answer: infeasible by itself, and without any one member there
// is a plan, which Check accepts. A share of the answers is larger than a pair, and every
// kind of requirement is in many of them.
func TestExplainAgainstEnumeration(t *testing.T) {
	n := minimalProblems()
	sizes, kinds, large := map[int]int{}, map[string]int{}, 0
	for i := range n {
		low, at := crowded(t, 2026, i)
		o := &Options{}
		got, err := Explain(context.Background(), low, o)
		if err != nil {
			t.Fatalf("problem %d: %v\n%s", i, err, text(low))
		}
		x := &explaining{p: low, at: at, o: o, units: unitsOf(low)}
		var answer []unit
		for _, u := range x.units {
			for _, k := range got {
				if x.conflict(u).ID == k.ID {
					answer = append(answer, u)
				}
			}
		}
		if len(answer) != len(got) || len(got) == 0 {
			t.Fatalf("problem %d: %d conflicts name %d requirements: %v", i, len(got), len(answer), got)
		}
		confirmMinimal(t, i, x, answer)
		sizes[len(got)]++
		if len(got) >= 3 {
			large++
		}
		seen := map[string]bool{}
		for _, u := range answer {
			if k := themeOf(low, u); !seen[k] {
				seen[k] = true
				kinds[k]++
			}
		}
	}
	t.Logf("%d problems, sizes of the answers %v, %d of three or more, answers with each kind %v", n, sizes, large, kinds)
	if large*100 < n*30 {
		t.Errorf("%d of %d answers have three or more members, want 30 %%", large, n)
	}
	for _, k := range themes {
		if kinds[k]*2_000 < n*100 {
			t.Errorf("%s is in %d of %d answers, want one in twenty", k, kinds[k], n)
		}
	}
}

// confirmMinimal enumerates what an answer leaves.
func confirmMinimal(t *testing.T, i int, x *explaining, answer []unit) {
	t.Helper()
	keep := map[unit]bool{}
	for _, u := range answer {
		keep[u] = true
	}
	if c := compiledFor(t, x.p.relaxed(keep), x.at); oracle.Feasible(c.in) {
		t.Fatalf("problem %d: a plan keeps to all of: %s\n%s", i, titles(x, answer), text(x.p))
	}
	for _, u := range answer {
		delete(keep, u)
		q := x.p.relaxed(keep)
		keep[u] = true
		c := compiledFor(t, q, x.at)
		found := false
		for s := range oracle.All(c.in) {
			found = true
			for _, k := range verdict(q, x.at, c.plan(s)) {
				if k.Severity == Blocking {
					t.Fatalf("problem %d: the plan without a requirement breaks one: %s\n%s", i, k.Reason, text(q))
				}
			}
			break
		}
		if !found {
			t.Fatalf("problem %d: no plan without %s, so this is not minimal: %s\n%s", i, x.conflict(u).Reason, titles(x, answer), text(x.p))
		}
	}
}
