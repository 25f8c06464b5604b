// Command psplib solves instances of the public scheduling benchmarks through the
// public interface of package schedule:
//
//	go run ./examples/psplib [-limit 10s] [-workers 1] [-seed 1] [-proof DIR] [-verify] FILE...
//
// It reads PSPLIB .sm, ProGen/max .sch, multi-mode .mm and JSPLIB job-shop files,
// which it tells apart by their content, and prints one line of CSV for each:
//
//	instance,status,makespan,bound,seconds,work
//
// The instance is the last folder and the file name; the status is optimal, feasible,
// infeasible or unknown; makespan and bound are in the time units of the file, and empty
// where there is none; work counts steps, the same on every machine. On a terminal the
// standard error shows how far the search is. With
// -proof the certificate of each instance is written into a folder; with -verify each is
// followed step by step by code that shares nothing with the solver, and a claim that
// does not follow is an error.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/slackwater-go/slackwater/internal/psplib"
	"github.com/slackwater-go/slackwater/schedule"
)

func main() {
	debug.SetGCPercent(400) // instances are small, and many
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// settings are the flags.
type settings struct {
	limit   time.Duration
	workers int
	seed    uint64
	proof   string
	verify  bool
	status  io.Writer // a terminal for the progress line, or nil
}

// run is main with its surroundings as arguments. It returns the exit status: 0, also for
// -h, 1 where a file could not be read or solved or a claim does not follow, 2 for wrong
// usage.
func run(ctx context.Context, args []string, out, diag io.Writer) int {
	var s settings
	fs := flag.NewFlagSet("psplib", flag.ContinueOnError)
	fs.SetOutput(diag)
	fs.DurationVar(&s.limit, "limit", 10*time.Second, "time for each instance; 0 has no limit")
	fs.IntVar(&s.workers, "workers", 1, "number of workers")
	fs.Uint64Var(&s.seed, "seed", 1, "seed of all that is random")
	fs.StringVar(&s.proof, "proof", "", "write the certificate of each instance into this folder")
	fs.BoolVar(&s.verify, "verify", false, "verify the certificate of each claim")
	fs.Usage = func() {
		fmt.Fprintln(diag, "usage: psplib [flags] FILE...")
		fs.PrintDefaults()
	}
	switch err := fs.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	case s.limit < 0:
		fmt.Fprintf(diag, "psplib: -limit is %v: must not be negative\n", s.limit)
		return 2
	case s.workers < 0:
		fmt.Fprintf(diag, "psplib: -workers is %d: must not be negative\n", s.workers)
		return 2
	case fs.NArg() == 0:
		fs.Usage()
		return 2
	}
	if f, ok := diag.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			s.status = f
		}
	}
	fmt.Fprintln(out, "instance,status,makespan,bound,seconds,work")
	code := 0
	for _, file := range fs.Args() {
		if ctx.Err() != nil {
			return 1
		}
		r, err := s.solve(ctx, file)
		if err != nil {
			fmt.Fprintf(diag, "%s: %v\n", file, err)
			code = 1
			continue
		}
		fmt.Fprintf(out, "%s,%s,%s,%s,%.6f,%d\n", name(file), r.status, r.makespan, r.bound, r.took.Seconds(), r.work)
	}
	return code
}

// name is the last folder and the file name.
func name(file string) string {
	if abs, err := filepath.Abs(file); err == nil {
		file = abs
	}
	return filepath.Base(filepath.Dir(file)) + "/" + filepath.Base(file)
}

// A result is one line of the output; a number that is not known is empty.
type result struct {
	status, makespan, bound string
	took                    time.Duration
	work                    int64
}

func (s *settings) solve(ctx context.Context, file string) (r result, err error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return r, err
	}
	project, err := psplib.Read(data)
	if err != nil {
		return r, err
	}
	problem := problemOf(project)
	opts := &schedule.Options{Seed: s.seed, Workers: s.workers}
	var log bytes.Buffer
	if s.verify {
		opts.Proof = &log
	}
	if s.proof != "" {
		f, err := s.create(file)
		if err != nil {
			return r, err
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		opts.Proof = f
		if s.verify {
			opts.Proof = io.MultiWriter(f, &log)
		}
	}
	begin := time.Now()
	opts.Progress = func(p schedule.Progress) {
		r.work = p.Work
		if len(p.Tiers) > 0 && p.Tiers[0].Bound > math.MinInt64 {
			r.bound = strconv.FormatInt(p.Tiers[0].Bound, 10)
		}
		if s.status != nil {
			fmt.Fprintf(s.status, "\r\x1b[K%s: %s", name(file), describe(p, time.Since(begin)))
		}
	}
	if s.limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.limit)
		defer cancel()
	}
	plan, err := schedule.Solve(ctx, problem, opts)
	r.took = time.Since(begin)
	if s.status != nil {
		fmt.Fprint(s.status, "\r\x1b[K")
	}
	switch {
	case errors.Is(err, schedule.ErrInfeasible):
		r.status, r.makespan, r.bound = "infeasible", "", ""
	case errors.Is(err, schedule.ErrNoPlan):
		r.status = "unknown"
	case err != nil:
		return r, err
	default:
		tier := plan.Tiers[0]
		r.status, r.work = string(plan.Status), plan.Stats.Work
		r.makespan, r.bound = strconv.FormatInt(tier.Value, 10), strconv.FormatInt(tier.Bound, 10)
	}
	if s.verify && (r.status == "optimal" || r.status == "infeasible") {
		claim, err := schedule.VerifyProof(problem, opts, &log)
		if err != nil {
			return r, err
		}
		if string(claim) != r.status {
			return r, fmt.Errorf("%s is claimed, and the certificate proves %s", r.status, claim)
		}
	}
	return r, nil
}

// create opens the file of a certificate.
func (s *settings) create(file string) (*os.File, error) {
	if err := os.MkdirAll(s.proof, 0o755); err != nil {
		return nil, err
	}
	dir, base := filepath.Split(name(file))
	return os.Create(filepath.Join(s.proof, filepath.Base(dir)+"-"+base+".proof"))
}

// describe says in a few words how far the search is.
func describe(p schedule.Progress, took time.Duration) string {
	if p.Plan == nil {
		return fmt.Sprintf("no plan yet, %.1f s", took.Seconds())
	}
	return fmt.Sprintf("makespan %d, at least %d, %.1f s", p.Tiers[0].Value, p.Tiers[0].Bound, took.Seconds())
}
