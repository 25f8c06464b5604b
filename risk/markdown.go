package risk

import (
	"fmt"
	"io"
	"strings"
)

// Markdown writes the report for people, in GitHub's dialect. It returns the writer's error.
func (r *Report) Markdown(w io.Writer, title string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# Change risk: %s\n\n", strings.NewReplacer("\n", " ", "\r", " ").Replace(title))
	for _, s := range r.summary() {
		fmt.Fprintf(&b, "%s\n", s)
	}
	b.WriteString("\n## How good the forecasts were\n\n")
	b.WriteString("| model | AUC | Brier | skill | log loss | ECE | caught at a 10 % gate |\n|---|---:|---:|---:|---:|---:|---:|\n")
	for _, m := range r.Models {
		fmt.Fprintf(&b, "| %s | %.3f | %.5f | %+.4f | %.5f | %.4f | %.1f %% |\n", modelWords(m.Name), m.AUC, m.Brier, m.Skill, m.LogLoss, m.ECE, 100*m.Catch[1].Share)
	}
	b.WriteString("\nAUC: how often a failure is ranked above a success (0.5 is chance). Brier: mean squared error, lower is better; skill compares it with always saying the true rate. ECE: mean gap between what is foretold and what happens.\n")
	ours, _ := r.Model(OursModel)
	b.WriteString("\n## Does 5 % mean 5 %?\n\n| changes | foretold | happened | 95 % band |\n|---:|---:|---:|---|\n")
	for _, x := range ours.Bins {
		fmt.Fprintf(&b, "| %d | %.2f %% | %.2f %% | %.2f – %.2f %% |\n", x.N, 100*x.Foretold, 100*x.Happened, 100*x.Low, 100*x.High)
	}
	b.WriteString("\n## What a gate catches\n\n| hold back the riskiest |")
	for _, g := range gates {
		fmt.Fprintf(&b, " %.0f %% |", 100*g)
	}
	b.WriteString("\n|---|" + strings.Repeat("---:|", len(gates)) + "\n")
	for _, m := range r.Models[1:] {
		fmt.Fprintf(&b, "| %s catches |", modelWords(m.Name))
		for _, c := range m.Catch {
			fmt.Fprintf(&b, " %.1f %% |", 100*c.Share)
		}
		b.WriteByte('\n')
	}
	b.WriteString("\n## Over time\n\n| from | changes | failures foretold | happened | |\n|---|---:|---:|---:|---|\n")
	for _, d := range r.Drift {
		fmt.Fprintf(&b, "| %s | %d | %.1f | %d | %s |\n", d.From.Format("2006-01-02"), d.N, d.Foretold, d.Happened, alarmWords(d.Alarm))
	}
	b.WriteString("\n## What the model looks at\n\nLog-odds for one standard deviation of each factor, last refit.\n\n| factor | log-odds | odds |\n|---|---:|---:|\n")
	for _, x := range r.strongest(15) {
		fmt.Fprintf(&b, "| %s | %+.3f | ×%.2f |\n", strings.ReplaceAll(x.Factor, "|", "\\|"), x.Value, exp(x.Value))
	}
	if len(r.Cold) > 0 {
		b.WriteString("\n## With little history\n\nAUC on the next changes when all history before the split is forgotten.\n\n| local changes | scored | shipped coefficients | local fit alone |\n|---:|---:|---:|---:|\n")
		for _, c := range r.Cold {
			fmt.Fprintf(&b, "| %d | %d | %.3f | %s |\n", c.Rows, c.N, c.Shipped, localWords(c))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// summary is the report in sentences, for somebody who reads nothing else.
func (r *Report) summary() []string {
	ours, _ := r.Model(OursModel)
	prior, _ := r.Model(PriorModel)
	n := r.Train + ours.N
	alarms := 0
	for _, d := range r.Drift {
		if d.Alarm {
			alarms++
		}
	}
	s := []string{
		"**" + r.verdict() + "**",
		fmt.Sprintf("%d changes from %s to %s, %d failed (%.2f %%). The first %d were learnt from; the other %d, from %s on, were foretold and scored.",
			n, r.From.Format("2006-01-02"), r.To.Format("2006-01-02"), r.Failures, 100*float64(r.Failures)/float64(n), r.Train, ours.N, r.Split.Format("2006-01-02")),
		fmt.Sprintf("Holding back the riskiest tenth would have caught %.0f %% of the failures.", 100*ours.Catch[1].Share),
		fmt.Sprintf("Probabilities were off by %.2f percentage points on the mean; the squared error is %.1f %% %s than that of always saying the past rate.",
			100*ours.ECE, 100*absFloat(1-ours.Brier/prior.Brier), map[bool]string{true: "lower", false: "higher"}[ours.Brier <= prior.Brier]),
		fmt.Sprintf("Drift: %d of %d stretches of time lie outside what the forecasts allow.", alarms, len(r.Drift)),
	}
	if r.Low {
		s = append(s, fmt.Sprintf("**Low evidence**: fewer than %d failures were known at the split; coefficients are mostly the shipped ones.", lowEvidence))
	}
	return s
}

// verdict says what the score is good for, by the scored part alone.
func (r *Report) verdict() string {
	ours, _ := r.Model(OursModel)
	prior, _ := r.Model(PriorModel)
	fails := ours.Rate * float64(ours.N)
	switch {
	case fails < 10:
		return "Too few failures were seen to say what the score is good for."
	case ours.Brier > 1.005*prior.Brier:
		return "Do not use the score: always saying the past rate would have been better."
	case ours.AUC < 0.55:
		return "The score hardly ranks: treat all changes alike, by the past rate."
	case ours.ECE > 0.3*ours.Rate:
		return "Use the score to rank changes; read its probabilities as orders of magnitude."
	case ours.ECE > 0.1*ours.Rate:
		return fmt.Sprintf("Use the score to rank changes; its probabilities are right to about %.0f %% of the failure rate.", 100*ours.ECE/ours.Rate)
	}
	return "Use the score to rank changes; its probabilities can be read as they stand."
}

// strongest lists the n greatest weights by size.
func (r *Report) strongest(n int) []Weight {
	list := append([]Weight(nil), r.Weights...)
	sortWeights(list)
	return list[:min(n, len(list))]
}

func modelWords(name string) string {
	switch name {
	case PriorModel:
		return "always the past rate"
	case PlainModel:
		return "plain regression"
	case PlainRatesModel:
		return "plain regression with rates"
	}
	return name
}

func alarmWords(alarm bool) string {
	if alarm {
		return "alarm"
	}
	return ""
}

func localWords(c ColdStart) string {
	if c.Rows == 0 {
		return "none"
	}
	return fmt.Sprintf("%.3f", c.Local)
}
