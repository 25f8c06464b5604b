// Command emergency answers where an emergency change goes with the least harm, whom to tell and
// which duties follow.
//
//	go run ./examples/emergency
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	_ "time/tzdata" // Windows and js/wasm have no time zones of their own

	"github.com/slackwater-go/slackwater/examples/internal/shop"
	"github.com/slackwater-go/slackwater/schedule"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "emergency:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	fmt.Fprintln(out, "The shop leaks addresses. Where does the patch go within two hours?")
	answer, err := schedule.InsertEmergency(ctx, shop.Problem(), shop.InForce(), schedule.EmergencyQuery{
		Now:      shop.At(9, 20, 40),
		Within:   2 * schedule.Hour,
		Activity: schedule.Activity{ID: "patch", Name: "Patch the shop", Team: "security", CIs: []string{"shop"}, Duration: 90 * schedule.Minute},
	})
	if err != nil {
		return err
	}
	for _, s := range answer.Words {
		fmt.Fprintln(out, " ", s)
	}
	return nil
}
