package risk_test

import (
	"fmt"
	"iter"
	"maps"

	"github.com/slackwater-go/slackwater/risk"
)

// estate is a CI graph in a few lines; *cmdb.Graph has these methods too.
type estate struct{}

func (estate) Impacted(ci string) iter.Seq2[string, int] {
	return maps.All(map[string]map[string]int{"orders-db": {"orders": 1, "shop": 2}}[ci])
}

func (estate) Criticality(ci string) int {
	return map[string]int{"shop": 5, "orders": 4, "orders-db": 4}[ci]
}

func ExampleModel_Assess() {
	a, err := risk.Default().Assess(risk.Change{
		ID:      "db-upgrade",
		Type:    risk.Expedited,
		CIs:     []string{"orders-db"},
		Factors: map[string]float64{"untested": 0.5},
	}, estate{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(a)
	fmt.Println(a.Level, a.Points)
	// Output:
	// db-upgrade: high risk, score 3.29 of 100
	//   P(failure) 6.7 %: log-odds -2.640139 = base -3.500000 and
	//     +0.400000  ×1.49  expedited change
	//     +0.350000  ×1.42  share not tested (0.5)
	//     +0.109861  ×1.12  CIs that depend on what is touched (2)
	//   impact 0.49: orders-db 0.30, orders 0.15, shop 0.15
	// high 329
}
