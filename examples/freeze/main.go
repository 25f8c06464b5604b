// Command freeze answers what a freeze would do to a plan before it is decided, and which
// boundaries would hurt less.
//
//	go run ./examples/freeze
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"
	_ "time/tzdata" // Windows and js/wasm have no time zones of their own

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/examples/internal/shop"
	"github.com/slackwater-go/slackwater/schedule"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "freeze:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	fmt.Fprintln(out, "Sales asks for a freeze from Tuesday evening to Thursday evening. What would that do?")
	preview, err := schedule.PreviewFreeze(ctx, shop.Problem(), shop.InForce(), schedule.FreezeQuery{
		Calendar: "production",
		Window: calendar.Window{ID: "sales", Reason: "Christmas sales", Kind: calendar.Freeze,
			Starts: calendar.Once(shop.At(8, 18, 0)), Length: calendar.Exactly(48 * time.Hour)},
		Solver: schedule.Options{Now: shop.At(7, 12, 0)},
	})
	if err != nil {
		return err
	}
	for _, s := range preview.Words {
		fmt.Fprintln(out, " ", s)
	}
	fmt.Fprintln(out, "\nWhat does each day of its boundaries cost?")
	fmt.Fprintln(out, "  days  begins  ends  both")
	for i, b := range preview.Begins {
		fmt.Fprintf(out, "  %+4d  %6d  %4d  %4d\n", b.Days, b.Displaced, preview.Ends[i].Displaced, preview.Shifts[i].Displaced)
	}
	return nil
}
