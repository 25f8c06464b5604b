package cmdb_test

import (
	"fmt"
	"log"
	"time"

	"github.com/slackwater-go/slackwater/cmdb"
)

func ExampleGraph_OutageBudgets() {
	at := func(month time.Month, day, hour int) time.Time {
		return time.Date(2026, month, day, hour, 0, 0, 0, time.UTC)
	}
	budgets, err := webShop().OutageBudgets([]cmdb.PlannedWork{
		{ID: "patch-db", CIs: []string{"db"}, Start: at(time.March, 31, 23), End: at(time.April, 1, 1)},
		{ID: "new-shop", CIs: []string{"shop"}, Start: at(time.April, 1, 0), End: at(time.April, 1, 1)},
	}, []string{"shop"}, []cmdb.Period{
		{Start: at(time.March, 1, 0), End: at(time.April, 1, 0)},
		{Start: at(time.April, 1, 0), End: at(time.May, 1, 0)},
	}, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, b := range budgets {
		fmt.Println(b.Service, b.Start.Month(), b.InHours, "of", b.Allowance, "left", b.Left, b.Works)
	}
	// Output:
	// shop March PT1H of PT30M left -PT30M [patch-db]
	// shop April PT1H of PT30M left -PT30M [new-shop patch-db]
}

func ExampleGraph_Link() {
	g := webShop()
	fmt.Println("db is", g.Link("db", "web-1"), "web-1")
	fmt.Println("host-2", g.Link("host-2", "web-3"), "web-3")
	fmt.Printf("%q\n", g.Link("db", "shop")) // not in one step
	// Output:
	// db is used-by web-1
	// host-2 runs web-3
	// ""
}
