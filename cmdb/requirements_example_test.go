package cmdb_test

import "fmt"

func ExampleGraph_Requirements() {
	err := webShop().Requirements([]string{"shop"}, func(node string, k int, members []string) {
		fmt.Println(node, "needs", k, "of", members)
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// shop needs 1 of [web]
	// web needs 2 of [web-1 web-2 web-3]
	// web-1 needs 2 of [db host-1]
	// web-2 needs 2 of [db host-1]
	// web-3 needs 2 of [db host-2]
	// db needs 0 of []
	// host-1 needs 0 of []
	// host-2 needs 0 of []
}
