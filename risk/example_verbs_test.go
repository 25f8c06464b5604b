package risk_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/risk"
)

// logOf is a small outcome log: team b fails more often than team a.
func logOf() []risk.Outcome {
	var list []risk.Outcome
	at := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	for i := range 600 {
		team := "a"
		if i%3 == 0 {
			team = "b"
		}
		failed := i%29 == 0 || team == "b" && i%5 == 0
		list = append(list, risk.Outcome{
			Change:  risk.Change{ID: fmt.Sprintf("CHG%03d", i), Start: at, Team: team, CIs: []string{fmt.Sprintf("ci-%d", i%7)}},
			Failed:  failed,
			KnownAt: at.Add(24 * time.Hour),
		})
		at = at.Add(4 * time.Hour)
	}
	return list
}

func ExampleFit() {
	m, err := risk.Fit(context.Background(), logOf(), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, team := range []string{"a", "b"} {
		a, err := m.Assess(risk.Change{ID: "new", Team: team, CIs: []string{"ci-1"}}, nil)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("team %s: %.0f %%\n", team, 100*a.Probability)
	}
	fmt.Println(m.Evidence.Changes, "changes,", m.Evidence.Failures, "failures")
	// Output:
	// team a: 8 %
	// team b: 24 %
	// 600 changes, 59 failures
}

func ExampleRater_Slots() {
	r, err := risk.Default().Rater(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	day := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	s, err := r.Slots([]risk.Change{{ID: "patch"}}, []time.Time{day.Add(10 * time.Hour), day.Add(21 * time.Hour)})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.Points(0, 0.5))
	// Output:
	// [147 178]
}

func ExampleRater_Lower() {
	r, err := risk.Default().Rater(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	night := time.Date(2026, 3, 2, 21, 0, 0, 0, time.UTC)
	list, err := r.Lower(
		risk.Change{ID: "patch", Start: night, Factors: map[string]float64{"untested": 1}},
		risk.Levers{Starts: []time.Time{night.Add(-11 * time.Hour)}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, x := range list {
		fmt.Printf("%s: %.1f %%, %s\n", x.What, 100*x.Probability, x.Level)
	}
	// Output:
	// share not tested: 0 instead of 1: 3.6 %, high
	// start at 2026-03-02T10:00:00Z: 5.7 %, high
}

func ExampleBacktest() {
	rep, err := risk.Backtest(context.Background(), logOf(), nil, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	prior, _ := rep.Model(risk.PriorModel)
	ours, _ := rep.Model(risk.OursModel)
	fmt.Println(ours.N, "foretold; better than the past rate:", ours.Brier < prior.Brier)
	// Output:
	// 180 foretold; better than the past rate: true
}

func ExamplePanel_Rate() {
	p := &risk.Panel{
		Combine:    risk.Highest,
		Thresholds: [3]float64{0.2, 0.5, 0.8},
		Engines: []risk.Engine{
			&risk.Rules{Combine: risk.First, Rules: []risk.Rule{
				{Name: "emergency", When: func(c *risk.Change) bool { return c.Type == risk.Emergency }, Value: 0.6},
			}},
			&risk.Questionnaire{Questions: []risk.Question{{Factor: "novelty", Text: "How new is it?", Weight: 1}}},
		},
	}
	v, err := p.Rate(&risk.Change{ID: "c", Type: risk.Emergency, Factors: map[string]float64{"novelty": 0.3}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range v.Findings {
		fmt.Printf("%s %.1f\n", f.Engine, f.Value)
	}
	fmt.Println(v.Rule, v.Value, v.Level, "by", v.Decided)
	// Output:
	// rules 0.6
	// questionnaire 0.3
	// highest 0.6 high by rules
}

func ExampleSystem_Outages() {
	s := &risk.System{Nodes: []risk.Node{
		{ID: "db-1", Fails: 0.1},
		{ID: "db-2", Fails: 0.1},
		{ID: "shop", Fails: 0.01, Needs: []risk.Need{{K: 1, Of: []string{"db-1", "db-2"}}}},
	}}
	list, err := s.Outages(context.Background(), nil, "shop")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.4f %s\n", list[0].Down, list[0].Method)
	// Output:
	// 0.0199 series of groups
}

func ExampleSystem_Losses() {
	s := &risk.System{Nodes: []risk.Node{{ID: "shop", Fails: 0.2}}}
	from := time.Date(2026, 3, 2, 16, 0, 0, 0, time.UTC)
	list, err := s.Losses(context.Background(), from, from.Add(2*time.Hour), []risk.Stake{{Node: "shop", Criticality: 5}}, nil, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.0f minutes expected, %.0f at worst\n", list[0].ExpectedMinutes, list[0].WorstMinutes)
	// Output:
	// 24 minutes expected, 120 at worst
}

func ExampleSimulate() {
	at := time.Date(2026, 3, 2, 22, 0, 0, 0, time.UTC)
	r, err := risk.Simulate(context.Background(), []risk.Exposure{
		{ID: "db", Start: at, End: at.Add(time.Hour), Probability: 0.1, Minutes: 120},
		{ID: "web", Start: at, End: at.Add(time.Hour), Probability: 0.3, Minutes: 10},
	}, nil, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("any fails %.2f, expected %.0f minutes, worst twentieth %.0f\n", r.AnyFail, r.ExpectedLoss, r.CVaR95)
	// Output:
	// any fails 0.37, expected 15 minutes, worst twentieth 126
}

func ExampleFitDurations() {
	var h []risk.StageTime
	for i := range 40 {
		h = append(h, risk.StageTime{Model: "os-patch", Stage: risk.Implement, Took: time.Duration(20+i%9) * time.Minute})
	}
	d, err := risk.FitDurations(h)
	if err != nil {
		fmt.Println(err)
		return
	}
	e, _ := d.Of("os-patch", risk.Implement)
	fmt.Println(e)
	// Output:
	// os-patch implement: median 23m30s, 90 % within 28m29s (n = 40)
}

func ExampleNearest() {
	for _, s := range risk.Nearest(risk.Change{ID: "new", Team: "b", CIs: []string{"ci-1"}}, logOf(), 2, time.Time{}) {
		fmt.Printf("%s failed=%v likeness %.2f %v\n", s.ID, s.Failed, s.Likeness, s.Shares)
	}
	// Output:
	// CHG582 failed=false likeness 1.00 [ci ci-1 team b]
	// CHG561 failed=false likeness 1.00 [ci ci-1 team b]
}

func ExamplePolicy_For() {
	h, _ := risk.DefaultPolicy().For(risk.High)
	fmt.Println(h.Approval, h.Lead, h.Soak)
	// Output:
	// [peer change-manager] PT72H PT4H
}

func ExampleMeasure() {
	m := risk.Measure([]float64{0.9, 0.8, 0.2, 0.1}, []bool{true, false, true, false})
	fmt.Printf("AUC %.2f, Brier %.3f\n", m.AUC, m.Brier)
	// Output:
	// AUC 0.75, Brier 0.325
}

func ExampleReadModel() {
	_, err := risk.ReadModel(strings.NewReader(`{"version": 1, "interecpt": -3}`))
	fmt.Println(err)
	// Output:
	// risk: model: line 1, column 16: interecpt: unknown field; did you mean "intercept"?
}

func ExampleReport_Markdown() {
	rep, err := risk.Backtest(context.Background(), logOf(), nil, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	var b strings.Builder
	if err := rep.Markdown(&b, "our changes"); err != nil {
		fmt.Println(err)
		return
	}
	first, _, _ := strings.Cut(b.String(), "\n")
	fmt.Fprintln(os.Stdout, first)
	// Output: # Change risk: our changes
}
