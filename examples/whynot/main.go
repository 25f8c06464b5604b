// Command whynot answers two questions about a plan: why does a change not run at another time,
// and, once a freeze leaves no plan at all, why is that and what would help.
//
//	go run ./examples/whynot
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
		fmt.Fprintln(os.Stderr, "whynot:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	p, plan := shop.Problem(), shop.InForce()
	fmt.Fprintln(out, "Why does the shop not go out on Tuesday at ten?")
	answer, err := schedule.WhyNot(ctx, p, plan, "shop", shop.At(8, 21, 0), nil)
	if err != nil {
		return err
	}
	for _, s := range answer.Words {
		fmt.Fprintln(out, " ", s)
	}

	// Sales freezes everything, the database cannot go earlier and the shop has a deadline.
	c := &p.Calendars[0]
	c.Windows = append(c.Windows, calendar.Window{ID: "sales", Reason: "Christmas sales", Kind: calendar.Freeze,
		Starts: calendar.Once(shop.At(8, 12, 0)), Length: calendar.Exactly(240 * time.Hour)})
	p.Activities[0].NotBefore, p.Activities[1].NotAfter = shop.At(7, 12, 0), shop.At(11, 5, 0)
	fmt.Fprintln(out, "\nThe Christmas sales freeze everything. Why is there no plan any more?")
	reasons, err := schedule.Explain(ctx, p, nil)
	if err != nil {
		return err
	}
	for _, r := range reasons {
		fmt.Fprintln(out, " ", r)
	}
	fmt.Fprintln(out, "\nWhat would help, the cheapest first?")
	corrections, err := schedule.Relaxations(ctx, p, &schedule.RelaxOptions{Limit: 4})
	if err != nil {
		return err
	}
	for _, r := range corrections {
		fmt.Fprintf(out, "  %d points\n", r.Price)
		for _, e := range r.Edits {
			fmt.Fprintf(out, "    %s Ask %s.\n", e.Reason, e.Grantor)
		}
	}
	return nil
}
