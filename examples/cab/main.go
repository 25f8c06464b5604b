// Command cab prints the pack of a change advisory board for a month, in Markdown: the
// agenda of each meeting with a time for each item, what is told and what is looked at
// after the fact, whose approval each change needs, and by when the promises must be
// submitted, decided and announced.
//
//	go run ./examples/cab
//	go run ./examples/cab -problem P.json -rules R.json -board B.json
//
// The board's time is a resource of the plan, so no meeting has more items than fit.
package main

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	_ "time/tzdata" // Windows and js/wasm have no time zones of their own

	"github.com/slackwater-go/slackwater/schedule"
	"github.com/slackwater-go/slackwater/schedule/lifecycle"
)

//go:embed problem.json rules.json board.json
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
	work := f.Int64("work", 2_000_000, "steps of the search, the same on every machine")
	if err := f.Parse(args); err != nil {
		return err
	}
	var errs [3]error
	var texts [3][]byte
	for i, path := range []string{*problem, *rules, *board} {
		if path == "" {
			texts[i], errs[i] = files.ReadFile([]string{"problem.json", "rules.json", "board.json"}[i])
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
	var b lifecycle.Board
	d := json.NewDecoder(bytes.NewReader(texts[2]))
	d.DisallowUnknownFields()
	if err := d.Decode(&b); err != nil {
		return fmt.Errorf("board: %w", err)
	}
	pack, err := prepare(ctx, p, r, &b, *work)
	if err != nil {
		return err
	}
	return pack.write(stdout)
}
