// Command repair answers what to do when something happens to a plan that people have been told:
// an engineer is ill, and the night of an upgrade is gone. It moves as little as it can and
// says whom to tell and what to have approved again.
//
//	go run ./examples/repair
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
		fmt.Fprintln(os.Stderr, "repair:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	p, plan := shop.Problem(), shop.InForce()
	p.Activities[0].NotBefore = shop.At(8, 12, 0) // the upgrade is not ready before
	p.Resources[0].Capacity.Steps = []calendar.Step{{Interval: calendar.Interval{Start: shop.At(8, 12, 0), End: shop.At(9, 12, 0)}, Value: 0}}
	now := shop.At(8, 10, 0)
	fmt.Fprintln(out, "The database engineer is ill tonight. What is wrong with the plan?")
	conflicts, err := schedule.Check(p, plan)
	if err != nil {
		return err
	}
	for _, c := range conflicts {
		fmt.Fprintln(out, " ", c)
	}
	repaired, err := schedule.Repair(ctx, p, plan, &schedule.Options{Now: now})
	if err != nil {
		return err
	}
	difference, err := schedule.Compare(p, plan, repaired, now)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "\nWhat is the least that has to move?")
	for _, s := range difference.Words {
		fmt.Fprintln(out, " ", s)
	}
	bill, err := schedule.BillOf(p, plan, repaired, now)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "\nWhat is to be done for that?")
	for _, s := range bill.Words {
		fmt.Fprintln(out, " ", s)
	}
	fmt.Fprintf(out, "\nIs there anything smaller? %s.\n", map[schedule.Status]string{schedule.Optimal: "No, that is proved", schedule.Feasible: "Perhaps"}[repaired.Status])

	simulation, err := schedule.Simulate(ctx, p, repaired, &schedule.SimulationOptions{Runs: 10_000, Seed: 1, Correlation: 0.3,
		Default: schedule.Uncertainty{Failure: 0.02, Rollback: 0.5, Duration: schedule.Distribution{Kind: schedule.LogNormal, Median: 1, Sigma: 0.25}}})
	if err != nil {
		return err
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, a := range p.Activities {
		names[a.ID] = a.Name
	}
	fmt.Fprintln(out, "\nAnd how sure is the new plan?")
	for _, o := range simulation.Activities {
		fmt.Fprintf(out, "  %s: %.0f %% past its window (%.1f to %.1f), go by %s or not that night\n", names[o.ID], 100*o.Overrun.P, 100*o.Overrun.Low, 100*o.Overrun.High,
			o.GoBy.In(berlin).Format("Mon 2 Jan 15:04"))
	}
	return nil
}
