// Command gate is a deploy gate: a pipeline asks it whether a deployment may run.
//
//	go run ./examples/gate -addr 127.0.0.1:8080                the embedded policy
//	go run ./examples/gate -policy P.json -changes C.csv       with the changes that are planned: CSV, JSON or .ics
//
//	GET  /may?ci=shop&type=normal&at=2026-12-24T10:00:00Z      may it run then, why, and when next?
//	POST /slots {"subject": {"cis": ["shop"]}, "length": "PT2H", "from": "...", "count": 3}
//	                                                           when does it fit, and why not earlier or later?
//
// A question without a time is about now; one that names nothing is refused. It listens
// until it is interrupted and then finishes what it has begun. It exits with 0 for help,
// with 2 for wrong usage and with 1 for what fails later.
package main

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"time"
	_ "time/tzdata" // Windows and js/wasm have no time zones of their own

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule/records"
)

//go:embed policy.json changes.csv
var files embed.FS

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout, time.Now)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "gate:", err)
	}
	stop()
	os.Exit(exit(err))
}

// errUsage is wrong usage: flags, or files that they name.
var errUsage = errors.New("wrong usage")

// exit is the exit status for an error.
func exit(err error) int {
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errUsage):
		return 2
	}
	return 1
}

// run serves until ctx ends.
func run(ctx context.Context, args []string, stdout io.Writer, now func() time.Time) error {
	f := flag.NewFlagSet("gate", flag.ContinueOnError)
	addr := f.String("addr", "127.0.0.1:8080", "where to listen")
	path := f.String("policy", "", "policy, JSON (default: the embedded one)")
	changes := f.String("changes", "", "changes that are planned already, CSV, JSON or .ics (default: some beside the embedded policy)")
	days := f.Int("days", 400, "how far ahead windows are known")
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if f.NArg() > 0 {
		return fmt.Errorf("%w: %q is no flag", errUsage, f.Arg(0))
	}
	if *days < 1 || *days > 4000 {
		return fmt.Errorf("%w: -days is %d; use 1 to 4000", errUsage, *days)
	}
	policy, planned, err := load(*path, *changes)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	g, err := newGate(policy, planned, time.Duration(*days)*24*time.Hour, now)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", *addr)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "listening on http://%s\n", l.Addr())
	return serve(ctx, l, g)
}

// load reads the policy and the changes, or the embedded ones. A policy of one's own comes
// without the embedded changes.
func load(policy, changes string) (*calendar.Policy, []records.Record, error) {
	read := func(path, embedded string) ([]byte, error) {
		if path == "" {
			return files.ReadFile(embedded)
		}
		return os.ReadFile(path)
	}
	data, err := read(policy, "policy.json")
	if err != nil {
		return nil, nil, err
	}
	p, err := calendar.ReadPolicy(bytes.NewReader(data))
	if err != nil || policy != "" && changes == "" {
		return p, nil, err
	}
	if data, err = read(changes, "changes.csv"); err != nil {
		return nil, nil, err
	}
	file, err := records.Read(bytes.NewReader(data), nil)
	if err != nil {
		return nil, nil, err
	}
	return p, file.Records, nil
}

// serve answers until ctx ends, and then finishes what it has begun.
func serve(ctx context.Context, l net.Listener, h http.Handler) error {
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second,
		IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(l) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	err := srv.Shutdown(last)
	if served := <-done; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
