package schedule

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/slackwater-go/slackwater/internal/prng"
)

// TestCertificatesOfGoals has Solve's claims verified for each goal, alone and with others
// in one to three tiers, on problems with modes, optional work, calendars of costs and
// budgets; and the certificates refused for what they do not prove.
func TestCertificatesOfGoals(t *testing.T) {
	all := []Measure{Unscheduled, Tardiness, Moved, Shift, LargestShift, StartCosts, CustomCosts, Fairness, ModePrice, PeakRisk, PeakPeriod, OverBudget,
		Completion, Makespan, Dropped, NoticeMoves, VoidedApprovals, MoveCount, ShiftSum}
	claims, spoilt := map[Claim]int{}, 0
	for k, m := range all {
		for seed := range 8 {
			r := prng.New(uint64(100*k + seed))
			p, o := goalProblem(r)
			tier := 0
			for i := range 1 + seed%3 {
				g := Goal{Measure: m, Weight: int64(1 + r.IntN(3))}
				if i > 0 {
					g.Measure = all[r.IntN(len(all))]
					tier += r.IntN(2)
				}
				switch g.Tier = tier; g.Measure {
				case PeakPeriod, OverBudget:
					g.Budget = "risk"
				case CustomCosts:
					g.Custom = "odd"
				}
				p.Goals = append(p.Goals, g)
			}
			slices.Reverse(p.Goals)
			name := fmt.Sprintf("%s, seed %d", m, seed)
			var log bytes.Buffer
			o.Proof = &log
			want := ClaimOptimal
			if _, err := Solve(context.Background(), p, o); errors.Is(err, ErrInfeasible) {
				want = ClaimInfeasible
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			claim, err := VerifyProof(p, o, strings.NewReader(log.String()))
			if err != nil || claim != want {
				t.Fatalf("%s: %s, %v; want %s\n%s\n%s", name, claim, err, want, text(p), log.String())
			}
			claims[claim]++
			if want == ClaimOptimal {
				lines := strings.SplitAfter(strings.TrimSuffix(log.String(), "\n"), "\n")
				lines[len(lines)-1] += "0" // ten times the value, of the last tier
				if claim, err = VerifyProof(p, o, strings.NewReader(strings.Join(lines, ""))); err == nil && !strings.HasSuffix(lines[len(lines)-1], " 00") {
					t.Fatalf("%s: %s accepted: %s", name, lines[len(lines)-1], claim)
				}
				spoilt++
			}
		}
	}
	if t.Log(claims, spoilt, "spoilt"); claims[ClaimOptimal] < 100 || claims[ClaimInfeasible] < 5 {
		t.Error("too few of one kind")
	}
}

// TestCertificateOfNoStart: that an activity has no start is certified, too.
func TestCertificateOfNoStart(t *testing.T) {
	p, o := goalProblem(prng.New(1))
	p.Activities[0].Optional = false
	p.Activities[0].Modes, p.Activities[0].Duration = nil, 100*Hour
	var log bytes.Buffer
	o.Proof = &log
	if _, err := Solve(context.Background(), p, o); !errors.Is(err, ErrInfeasible) {
		t.Fatal(err)
	}
	if claim, err := VerifyProof(p, o, &log); err != nil || claim != ClaimInfeasible {
		t.Errorf("%s, %v", claim, err)
	}
}
