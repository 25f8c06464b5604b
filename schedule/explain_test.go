package schedule

import (
	"context"
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/internal/testkit/oracle"
)

// TestExplainIsMinimal draws problems and takes the answer apart again: with nothing but
// the requirements of the answer there is no plan, which enumeration confirms where the
// instance is small enough; without any one of them there is one that passes Check.
func TestExplainIsMinimal(t *testing.T) {
	sizes, kinds, confirmed := map[int]int{}, map[unitKind]int{}, 0
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t)
		o := &Options{MaxWork: 30_000}
		got, err := Explain(context.Background(), p, o)
		if errors.Is(err, ErrNoPlan) || errors.Is(err, ErrInvalid) {
			return
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, text(p))
		}
		plan, err := Solve(context.Background(), p, o)
		if (plan == nil) == (got == nil) && !errors.Is(err, ErrNoPlan) {
			t.Fatalf("Solve says %v, %v, Explain %v", plan, err, got)
		}
		if got == nil {
			return
		}
		low, at, _ := p.prepare()
		x := &explaining{p: low, at: at, o: o, units: unitsOf(low)}
		answer := map[unit]bool{}
		for _, k := range got {
			for _, u := range x.units {
				if x.conflict(u).ID == k.ID {
					answer[u] = true
					kinds[u.kind]++
				}
			}
		}
		if len(answer) != len(got) {
			t.Fatalf("%d conflicts name %d requirements: %v", len(got), len(answer), got)
		}
		sizes[len(got)]++
		if c := compiledOfRapid(t, low.relaxed(answer), at); c.in.Horizon <= 500 && combinations(c) < 2_000 {
			confirmed++
			if oracle.Best(c.in) != nil {
				t.Fatalf("there is a plan that keeps to %v\n%s", got, text(p))
			}
		}
		for u := range answer {
			delete(answer, u)
			q := low.relaxed(answer)
			answer[u] = true
			plan, err := solveLowered(context.Background(), q, at, o, nil)
			if err != nil {
				t.Fatalf("without %s there is no plan (%v), so the answer is not minimal: %v\n%s", x.conflict(u).Reason, err, got, text(p))
			}
			if !Sound(verdict(q, at, plan)) {
				t.Fatal("the plan without a requirement does not pass Check")
			}
		}
	})
	t.Logf("sizes %v, kinds %v, %d confirmed by enumeration", sizes, kinds, confirmed)
}

func compiledOfRapid(t *rapid.T, p *Problem, at *origins) *compiled {
	c, err := compile(context.Background(), p, at, &Options{feasibility: true})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// combinations is the number of assignments that enumeration would look at.
func combinations(c *compiled) int64 {
	n := int64(1)
	for i := range c.in.Tasks {
		var starts int64
		for _, m := range c.in.Tasks[i].Modes {
			for _, r := range m.Starts {
				starts += int64(r.Hi-r.Lo) + 1
			}
		}
		if n *= starts + 1; n > 1<<40 {
			return n
		}
	}
	return n
}

// TestExplainNamesTheLine takes a freeze and a deadline that clash.
func TestExplainNamesTheLine(t *testing.T) {
	p := freezeAgainstDeadline()
	got, err := Explain(context.Background(), p, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"activities[0].notBefore": "“Upgrade” must not start before Tue 22 Dec 2026 00:00 CET.",
		"activities[0].notAfter":  "“Upgrade” must end by Thu 24 Dec 2026 01:00 CET.",
		"calendars[0].windows[0]": "“Upgrade” must not run in the freeze “books close”, Tue 22 Dec 2026 00:00 CET to Fri 1 Jan 2027 00:00 CET.",
	}
	if len(got) != len(want) {
		t.Fatalf("got %v", got)
	}
	for _, c := range got {
		if want[c.Evidence[0].Path] != c.Reason {
			t.Errorf("%s: %s", c.Evidence[0].Path, c.Reason)
		}
	}
}
