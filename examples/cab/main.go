// Command cab prints the pack of a change advisory board for a month, in Markdown: the
// agenda of each meeting with a time for each item, what is told and what is looked at
// after the fact, whose approval each change needs, by when the promises must be
// submitted, decided and announced, and what the plan takes from each service.
//
//	go run ./examples/cab
//	go run ./examples/cab -problem P.json -rules R.json -board B.json -graph G.json
//
// The board's time is a resource of the plan, so no meeting has more items than fit.
package main

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	_ "time/tzdata" // Windows and js/wasm have no time zones of their own

	"github.com/slackwater-go/slackwater/cmdb"
	"github.com/slackwater-go/slackwater/schedule"
	"github.com/slackwater-go/slackwater/schedule/lifecycle"
	"github.com/slackwater-go/slackwater/schedule/report"
)

//go:embed problem.json rules.json board.json estate.json
var files embed.FS

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return
		}
		fmt.Fprintln(os.Stderr, "cab:", err)
		os.Exit(2)
	}
}

func run(ctx context.Context, args []string, stdout io.Writer) error {
	f := flag.NewFlagSet("cab", flag.ContinueOnError)
	problem := f.String("problem", "", "problem to plan, JSON (default: an embedded one, as below)")
	rules := f.String("rules", "", "rules of governance, JSON")
	board := f.String("board", "", "board, JSON")
	graph := f.String("graph", "", "CI graph, JSON")
	work := f.Int64("work", 2_000_000, "steps of the search, the same on every machine")
	if err := f.Parse(args); err != nil {
		return err
	}
	var errs [4]error
	var texts [4][]byte
	for i, path := range []string{*problem, *rules, *board, *graph} {
		if path == "" {
			texts[i], errs[i] = files.ReadFile([]string{"problem.json", "rules.json", "board.json", "estate.json"}[i])
		} else {
			texts[i], errs[i] = os.ReadFile(path)
		}
	}
	if err := errors.Join(errs[:]...); err != nil {
		return err
	}
	p, err := schedule.ReadProblem(bytes.NewReader(texts[0]))
	if err != nil {
		return err
	}
	r, err := lifecycle.ReadRules(bytes.NewReader(texts[1]))
	if err != nil {
		return err
	}
	b, err := lifecycle.ReadBoard(bytes.NewReader(texts[2]))
	if err != nil {
		return fmt.Errorf("board: %w", err)
	}
	estate, err := cmdb.Read(bytes.NewReader(texts[3]))
	if err != nil {
		return err
	}
	pack, err := prepare(ctx, p, r, b, *work)
	if err != nil {
		return err
	}
	if err := pack.write(stdout); err != nil {
		return err
	}
	forward, err := report.Build(pack.p, pack.plan, &report.Options{Conflicts: pack.conflicts})
	if err != nil {
		return err
	}
	if forward.Outages, err = outages(estate, pack.p, forward); err != nil {
		return err
	}
	fmt.Fprintln(stdout)
	return forward.WriteBoardPack(stdout, pack.p.Horizon)
}
