package schedule_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
)

// crew is eight jobs of which two fit beside each other only now and then.
func crew(hours int) *schedule.Problem {
	p := &schedule.Problem{
		Horizon:   calendar.Interval{Start: day(22, 0, 0), End: day(22, 0, 0).Add(time.Duration(hours) * time.Hour)},
		Tick:      schedule.Second,
		Resources: []schedule.Resource{{ID: "crew", Capacity: calendar.Profile{Base: 4}}},
		Goals:     []schedule.Goal{{Measure: schedule.Makespan}},
	}
	for i, job := range [][2]int64{{3, 2}, {2, 3}, {4, 1}, {3, 3}, {2, 2}, {5, 2}, {1, 4}, {3, 2}} {
		p.Activities = append(p.Activities, schedule.Activity{ID: fmt.Sprint("job-", i), Duration: schedule.Duration(job[0]) * schedule.Hour,
			Demands: []schedule.Demand{{Resource: "crew", Amount: job[1]}}})
	}
	p.Precedences = []schedule.Precedence{{From: "job-0", To: "job-3"}, {From: "job-1", To: "job-5", MinLag: schedule.Hour}}
	return p
}

func TestVerifyProof(t *testing.T) {
	var log bytes.Buffer
	plan, err := schedule.Solve(context.Background(), crew(100), &schedule.Options{Proof: &log})
	if err != nil || plan.Status != schedule.Optimal {
		t.Fatal(plan, err)
	}
	written := log.String()
	if claim, err := schedule.VerifyProof(crew(100), nil, strings.NewReader(written)); err != nil || claim != schedule.ClaimOptimal {
		t.Fatalf("%s: %v", claim, err)
	}
	// The same certificate proves nothing of a problem with more people, for which there is a better plan.
	wide := crew(100)
	wide.Resources[0].Capacity.Base = 8
	if claim, err := schedule.VerifyProof(wide, nil, strings.NewReader(written)); err == nil && claim == schedule.ClaimOptimal {
		t.Error("the certificate is taken for another problem")
	}
	// Nor does one whose solution is worse than what it claims, or that was cut off.
	lines := strings.SplitAfter(written, "\n")
	for name, bad := range map[string]string{
		"no solution": strings.Join(without(lines, "s "), ""),
		"cut off":     strings.Join(lines[:len(lines)-2], ""),
		"garbage":     "x\n" + written,
	} {
		if claim, err := schedule.VerifyProof(crew(100), nil, strings.NewReader(bad)); err == nil && claim == schedule.ClaimOptimal {
			t.Errorf("%s: accepted", name)
		}
	}
}

func without(lines []string, prefix string) []string {
	var out []string
	for _, l := range lines {
		if !strings.HasPrefix(l, prefix) {
			out = append(out, l)
		}
	}
	return out
}

func TestVerifyProofOfInfeasibility(t *testing.T) {
	var log bytes.Buffer
	short := crew(12) // the work alone needs 12 h 15 min of four people
	_, err := schedule.Solve(context.Background(), short, &schedule.Options{Proof: &log})
	if !errors.Is(err, schedule.ErrInfeasible) {
		t.Fatal(err)
	}
	claim, err := schedule.VerifyProof(short, nil, &log)
	if err != nil || claim != schedule.ClaimInfeasible {
		t.Errorf("%s: %v", claim, err)
	}
}

func ExampleVerifyProof() {
	var log bytes.Buffer
	plan, err := schedule.Solve(context.Background(), crew(100), &schedule.Options{Proof: &log})
	if err != nil {
		fmt.Println(err)
		return
	}
	claim, err := schedule.VerifyProof(crew(100), nil, &log)
	fmt.Println(plan.Status, claim, err)
	// Output: optimal optimal <nil>
}
