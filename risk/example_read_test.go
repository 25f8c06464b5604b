package risk_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/slackwater-go/slackwater/risk"
)

func ExampleReadPolicy() {
	_, err := risk.ReadPolicy(strings.NewReader(`{"handlings": [{"level": "low"}, {"level": "hihg"}]}`))
	fmt.Println(err)
	// Output:
	// risk: policy: line 1, column 15: handlings: must be 4, one for each level, are 2
	// line 1, column 44: handlings[1].level: must be "medium", is "hihg"
}

func ExampleReport_HTML() {
	rep, err := risk.Backtest(context.Background(), logOf(), nil, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	var b strings.Builder
	if err := rep.HTML(&b, "our changes"); err != nil {
		fmt.Println(err)
		return
	}
	first, _, _ := strings.Cut(b.String(), "\n")
	fmt.Println(first, strings.Contains(b.String(), `src="http`))
	// Output:
	// <!DOCTYPE html> false
}

func ExampleModel_Validate() {
	m := risk.Default()
	m.Thresholds = [3]float64{3, 2, 5}
	fmt.Println(m.Validate())
	fmt.Println(risk.Levels(), risk.Default().LevelOf(2.5))
	// Output:
	// thresholds[1]: must not be below thresholds[0], is 2
	// [low medium high very-high] medium
}
