// Command gate is a deploy gate: a pipeline asks it whether a deployment may run.
//
//	go run ./examples/gate -addr 127.0.0.1:8080                the embedded policy
//	go run ./examples/gate -policy P.json
//
//	GET  /may?ci=shop&type=normal&at=2026-12-24T10:00:00Z      may it run then, why, and when next?
//	POST /slots {"subject": {"cis": ["shop"]}, "length": "PT2H", "from": "...", "count": 3}
//
// A question without a time is about now. It listens until it is interrupted and then
// finishes what it has begun.
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
)

//go:embed policy.json
var files embed.FS

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, time.Now); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return
		}
		fmt.Fprintln(os.Stderr, "gate:", err)
		os.Exit(2)
	}
}

// run serves until ctx ends.
func run(ctx context.Context, args []string, stdout io.Writer, now func() time.Time) error {
	f := flag.NewFlagSet("gate", flag.ContinueOnError)
	addr := f.String("addr", "127.0.0.1:8080", "where to listen")
	path := f.String("policy", "", "policy, JSON (default: the embedded one)")
	days := f.Int("days", 400, "how far ahead windows are known")
	if err := f.Parse(args); err != nil {
		return err
	}
	if *days < 1 || *days > 4000 {
		return fmt.Errorf("-days is %d; use 1 to 4000", *days)
	}
	data, err := files.ReadFile("policy.json")
	if *path != "" {
		data, err = os.ReadFile(*path)
	}
	if err != nil {
		return err
	}
	policy, err := calendar.ReadPolicy(bytes.NewReader(data))
	if err != nil {
		return err
	}
	g, err := newGate(policy, time.Duration(*days)*24*time.Hour, now)
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
