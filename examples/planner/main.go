// Command planner plans all releases of an organisation together: it prints the
// forward schedule of change with the risk of each release, says why the notable
// placements are where they are, and what is wrong with the plan that people had made
// by hand.
//
//	go run ./examples/planner                          the embedded organisation
//	go run ./examples/planner -out DIR                 also plan.json, schedule.html, schedule.ics
//	go run ./examples/planner -problem P.json -cmdb G.json -holidays H.json
//	go run ./examples/planner -check FILE...           judge plans: CSV, change_request export, .ics, plan.json
//	go run ./examples/planner -govuk A -data DIR       real deployments of GOV.UK; A, B or C
//	go run ./examples/planner -govuk A -data DIR -why  which rules ten of them broke, and what would have helped
//
// It exits with 1 where -check finds a conflict or no plan exists, and with 2 on bad input.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"time"
	_ "time/tzdata" // Windows and js/wasm have no time zones of their own

	"github.com/slackwater-go/slackwater/schedule"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// settings are what the flags say.
type settings struct {
	problem, cmdb, holidays string
	out                     string
	check                   bool
	govuk, data             string
	why                     bool
	seed                    uint64
	work                    int64
	limit                   time.Duration
	files                   []string
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var s settings
	f := flag.NewFlagSet("planner", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&s.problem, "problem", "", "problem to plan, JSON (default: the embedded organisation)")
	f.StringVar(&s.cmdb, "cmdb", "", "CI graph, JSON (default: the embedded one, none with -problem)")
	f.StringVar(&s.holidays, "holidays", "", "holidays, JSON (default: the embedded ones, none with -problem)")
	f.StringVar(&s.out, "out", "", "folder for plan.json, schedule.html and schedule.ics")
	f.BoolVar(&s.check, "check", false, "judge the plans made by hand in the files that follow")
	f.StringVar(&s.govuk, "govuk", "", "plan a case of real deployments of GOV.UK: A, B or C")
	f.BoolVar(&s.why, "why", false, "with -govuk: why ten deployments that broke a rule could not go then, and what would help")
	f.StringVar(&s.data, "data", filepath.Join(os.Getenv("SLACKWATER_DATA"), "govuk"), "folder of the GOV.UK files")
	f.Uint64Var(&s.seed, "seed", 0, "seed of the search")
	f.Int64Var(&s.work, "work", 0, "steps of the search, the same on every machine (0: 40,000,000, or none with -limit)")
	f.DurationVar(&s.limit, "limit", 0, "time for the search, such as 30s; cuts it wherever it is then")
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	s.files = f.Args()
	if s.work == 0 && s.limit == 0 {
		s.work = 40_000_000
	}
	if err := s.run(ctx, stdout, stderr); err != nil {
		if errors.Is(err, errConflicts) {
			return 1
		}
		fmt.Fprintln(stderr, "planner:", err)
		if errors.Is(err, schedule.ErrInfeasible) || errors.Is(err, schedule.ErrNoPlan) {
			return 1
		}
		return 2
	}
	return 0
}

// errConflicts says that a plan made by hand has conflicts, which have been printed.
var errConflicts = errors.New("the plan has conflicts")

func (s *settings) run(ctx context.Context, stdout, stderr io.Writer) error {
	switch {
	case s.limit < 0 || s.work < 0:
		return errors.New("-limit and -work must not be negative")
	case s.check && (s.govuk != "" || s.out != ""):
		return errors.New("-check judges and plans nothing: leave out -govuk and -out")
	}
	if s.why && s.govuk == "" {
		return errors.New("-why asks about a case of GOV.UK: name it with -govuk")
	}
	if s.check && len(s.files) == 0 {
		return errors.New("-check needs files: CSV, change_request exports (CSV or JSON), .ics or plan.json")
	}
	if !s.check && len(s.files) > 0 {
		return fmt.Errorf("%s: plans made by hand are judged with -check", s.files[0])
	}
	if s.govuk != "" {
		return s.runGOVUK(ctx, stdout, stderr)
	}
	o, err := s.load()
	if err != nil {
		return err
	}
	if s.check {
		return o.judge(stdout, s.files)
	}
	plan, err := s.solve(ctx, o.problem, stderr)
	if err != nil {
		return err
	}
	if err := o.show(stdout, plan); err != nil {
		return err
	}
	if s.out != "" {
		return o.write(s.out, plan)
	}
	return nil
}

// solve searches until the work or time limit, with a line of progress on a terminal.
func (s *settings) solve(ctx context.Context, p *schedule.Problem, stderr io.Writer) (*schedule.Plan, error) {
	if s.limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.limit)
		defer cancel()
	}
	show, wipe := progress(stderr)
	defer wipe()
	return schedule.Solve(ctx, p, &schedule.Options{Seed: s.seed, MaxWork: s.work, Progress: show})
}
