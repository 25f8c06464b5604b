package risk_test

import (
	"iter"
	"strings"
	"testing"

	"github.com/slackwater-go/slackwater/risk"
)

// onlyShop is a graph of one CI of little importance.
type onlyShop struct{}

func (onlyShop) Impacted(ci string) iter.Seq2[string, int] { return func(func(string, int) bool) {} }
func (onlyShop) Criticality(string) int                    { return 1 }
func (onlyShop) Has(ci string) bool                        { return ci == "shop" }

// A misspelt CI never makes a change look safer, and is named.
func TestUnknownCIIsNotHarmless(t *testing.T) {
	m := risk.Default()
	known, err := m.Assess(risk.Change{ID: "c", CIs: []string{"shop"}}, onlyShop{})
	if err != nil {
		t.Fatal(err)
	}
	misspelt, err := m.Assess(risk.Change{ID: "c", CIs: []string{"shop", "shpo", "shpo"}}, onlyShop{})
	if err != nil {
		t.Fatal(err)
	}
	if misspelt.Impact != 1 || misspelt.Score <= known.Score || len(known.Notes) != 0 {
		t.Errorf("known: impact %v, %v; misspelt: impact %v", known.Impact, known.Notes, misspelt.Impact)
	}
	if !strings.Contains(strings.Join(misspelt.Notes, "\n"), "does not know shpo:") {
		t.Errorf("notes %q", misspelt.Notes)
	}
}
