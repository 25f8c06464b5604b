package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/slackwater-go/slackwater/schedule"
)

// Ten real deployments of case A broke a rule: each has a reason in words and three
// corrections, the cheapest first, each of which leaves a plan.
func TestGOVUKWhy(t *testing.T) {
	e, err := readGOVUK(govukData(t), "A")
	if err != nil {
		t.Fatal(err)
	}
	most := mostAsked
	if testing.Short() {
		most = 3
	}
	list, err := e.questions(most)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != most {
		t.Fatalf("%d questions", len(list))
	}
	kinds := map[schedule.ConflictKind]bool{}
	for _, q := range list {
		kinds[q.conflict.Kind] = true
		checkAnswer(t, e, q.problem)
	}
	if len(kinds) < 5 && !testing.Short() {
		t.Errorf("only %d kinds of rules: %v", len(kinds), kinds)
	}
}

// Case C has no plan at all; the reasons are tags that reached staging too late.
func TestGOVUKCaseCReasons(t *testing.T) {
	e, err := readGOVUK(govukData(t), "C")
	if err != nil {
		t.Fatal(err)
	}
	sets, err := schedule.Explanations(t.Context(), e.problem, &schedule.Options{MaxWork: workOfAnswers, Reasons: 2})
	if err != nil || len(sets) != 2 {
		t.Fatalf("%v %v", sets, err)
	}
	for _, set := range sets {
		var out []string
		for _, c := range set {
			out = append(out, c.Reason)
		}
		text := strings.Join(out, " ")
		if len(set) != 2 || !strings.Contains(text, "must not start before Fri 14 Apr 2023") || !strings.Contains(text, "only in the maintenance windows") {
			t.Errorf("not the reason: %s", text)
		}
	}
}

func checkAnswer(t *testing.T, e *estate, p *schedule.Problem) {
	t.Helper()
	a, err := answerOf(t.Context(), p, workOfAnswers)
	if err != nil {
		t.Fatal(err)
	}
	if len(a.why) < 2 || len(a.help) != 3 {
		t.Fatalf("%d reasons and %d corrections: %v", len(a.why), len(a.help), a.why)
	}
	for i, r := range a.help {
		if i > 0 && r.Price < a.help[i-1].Price {
			t.Errorf("the corrections do not stand in order of price")
		}
		conflicts, err := schedule.Check(r.Corrected(), r.Plan)
		if err != nil || !schedule.Sound(conflicts) || len(r.Plan.Assignments)+len(r.Plan.Unscheduled) != len(e.deployments) {
			t.Errorf("with %v the plan has conflicts: %v %v", r.Edits, conflicts, err)
		}
	}
	var out bytes.Buffer
	a.show(&out)
	for _, d := range e.deployments {
		if strings.Contains(out.String(), d.id) {
			t.Errorf("the answer speaks of %s:\n%s", d.id, out.String())
		}
	}
	if strings.Contains(out.String(), "UTC") || !strings.Contains(out.String(), " BST") {
		t.Errorf("times are not those of London:\n%s", out.String())
	}
	t.Logf("\n%s", out.String())
}
