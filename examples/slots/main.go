// Command slots answers when a change fits a plan that is full already, and what binds each slot
// on either side.
//
//	go run ./examples/slots
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
		fmt.Fprintln(os.Stderr, "slots:", err)
		os.Exit(1)
	}
}

func run(_ context.Context, out io.Writer) error {
	p := shop.Problem()
	p.Releases = []schedule.Release{{ID: "pay-3", Name: "Payments 3.0", CIs: []string{"payments"}, Stages: []schedule.Stage{
		{ID: "canary", Name: "canary", Kind: schedule.StageCanary, Duration: schedule.Hour},
		{ID: "soak", Name: "soak", Kind: schedule.StageSoak, Duration: 22 * schedule.Hour},
		{ID: "rest", Name: "all the rest", Kind: schedule.StageWave, Duration: 2 * schedule.Hour, Demands: []schedule.Demand{{Resource: "dba", Amount: 1}}},
	}}}
	p.Activities = append(p.Activities, schedule.Activity{ID: "stats", Name: "Collect database statistics", Duration: 2 * schedule.Hour,
		Demands: []schedule.Demand{{Resource: "dba", Amount: 1}}, NotAfter: shop.At(14, 0, 0),
		// Nights before a working day are quieter.
		StartCost: &calendar.Profile{Base: 0, Steps: []calendar.Step{{Interval: calendar.Interval{Start: shop.At(11, 12, 0), End: shop.At(13, 12, 0)}, Value: 200}}}})
	finder, err := schedule.NewSlotFinder(p, shop.InForce())
	if err != nil {
		return err
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		return err
	}
	const layout = "Mon 2 Jan 15:04"
	fmt.Fprintln(out, "When can the database statistics be collected?")
	answer, err := finder.Find("stats", schedule.SlotQuery{Limit: 5})
	if err != nil {
		return err
	}
	for _, s := range answer.Slots {
		fmt.Fprintf(out, "  %s, at the latest %s (score %d)\n", s.Start.In(berlin).Format(layout), s.Latest.In(berlin).Format("15:04"), s.Score)
		fmt.Fprintf(out, "    not earlier: %s\n    not later: %s\n", s.Before, s.After)
	}
	fmt.Fprintln(out, "\nWhen can Payments 3.0 go out, with its soak?")
	if answer, err = finder.Find("pay-3", schedule.SlotQuery{Limit: 2}); err != nil {
		return err
	}
	for _, s := range answer.Slots {
		for _, x := range s.Stages {
			fmt.Fprintf(out, "  %s to %s %s\n", x.Start.In(berlin).Format(layout), x.End.In(berlin).Format(layout), x.From.Stage)
		}
		fmt.Fprintln(out)
	}
	fmt.Fprintln(out, "And the statistics on Thursday afternoon?")
	if answer, err = finder.Find("stats", schedule.SlotQuery{From: shop.At(10, 12, 0), Until: shop.At(10, 18, 0)}); err != nil {
		return err
	}
	for _, c := range answer.None {
		fmt.Fprintln(out, " ", c)
	}
	return nil
}
