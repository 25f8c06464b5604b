// Command riskreport answers: how far can a change-risk score be trusted, on our own history?
//
//	go run ./examples/riskreport -history FILE.csv[.gz] -spec FILE.json [-split 0.7] [-csv] [-cold] [-out DIR]
//
// It replays the history in time order, foretells the last part with a model that is refitted
// as time goes on, and compares the forecasts with the constant prior and two baselines. The
// spec says how to read the history; see [Spec] and the folder specs. Without -history it
// reads a small embedded one. With -csv it prints a line for each model; with -out it writes
// report.md and report.html to a folder; else it prints the Markdown.
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
	"path/filepath"
	_ "time/tzdata" // zones where the system has none

	"github.com/slackwater-go/slackwater/risk"
)

//go:embed example/history.csv example/spec.json
var example embed.FS

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "riskreport:", err)
	}
	os.Exit(status(err))
}

// errUsage matches a command line that says nothing sensible.
var errUsage = errors.New("wrong usage; -h lists the flags")

// status is the exit status: 0 for success and help, 2 for wrong usage, 1 for all else.
func status(err error) int {
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errUsage):
		return 2
	}
	return 1
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	fs := flag.NewFlagSet("riskreport", flag.ContinueOnError)
	fs.SetOutput(stderr)
	history := fs.String("history", "", "change history, CSV or gzipped CSV; the embedded one if empty")
	spec := fs.String("spec", "", "JSON file that says how to read the history")
	split := fs.Float64("split", 0.7, "share of the changes, in time, before the scored part")
	asCSV := fs.Bool("csv", false, "print set,model,n,rate,prior_brier,auc,brier,ece,top10")
	cold := fs.Bool("cold", false, "also score the start with no history at all")
	out := fs.String("out", "", "write report.md and report.html to this folder")
	coefficients := fs.Bool("coefficients", false, "print what the whole history says of each shipped coefficient, and stop")
	if err := fs.Parse(args); errors.Is(err, flag.ErrHelp) {
		return err
	} else if err != nil {
		return fmt.Errorf("%w", errUsage) // the flag set has said what is wrong
	}
	var wrong []error
	usage := func(bad bool, format string, a ...any) {
		if bad {
			wrong = append(wrong, fmt.Errorf("%w: "+format, append([]any{errUsage}, a...)...))
		}
	}
	usage(fs.NArg() > 0, "unexpected argument %q", fs.Arg(0))
	usage((*history == "") != (*spec == ""), "-history and -spec go together")
	usage(!(*split >= 0.1 && *split <= 0.95), "-split must lie between 0.1 and 0.95, is %v", *split)
	usage(*asCSV && *out != "", "-csv prints, -out writes files: give one of them")
	usage(*coefficients && (*asCSV || *out != "" || *cold), "-coefficients goes with -history and -spec alone")
	if err := errors.Join(wrong...); err != nil {
		return err
	}
	s, outcomes, schema, err := read(*history, *spec)
	if err != nil {
		return err
	}
	if *coefficients {
		return printCoefficients(stdout, s, outcomes, schema)
	}
	rep, err := risk.Backtest(ctx, outcomes, schema, &risk.BacktestOptions{Split: *split, Cold: *cold, Without: s.Without})
	if err != nil {
		return err
	}
	switch {
	case *asCSV:
		return printCSV(stdout, s.Name, rep)
	case *out != "":
		return writeReports(*out, s.Name, rep)
	}
	return rep.Markdown(stdout, s.Name)
}

// read loads the files, or the embedded history where they are not named.
func read(history, spec string) (*Spec, []risk.Outcome, *risk.Schema, error) {
	open := func(name, fallback string) (io.ReadCloser, error) {
		if name == "" {
			return example.Open(fallback)
		}
		return os.Open(name)
	}
	sf, err := open(spec, "example/spec.json")
	if err != nil {
		return nil, nil, nil, err
	}
	defer sf.Close()
	s, err := readSpec(sf)
	if err != nil {
		return nil, nil, nil, err
	}
	hf, err := open(history, "example/history.csv")
	if err != nil {
		return nil, nil, nil, err
	}
	defer hf.Close()
	outcomes, schema, err := load(hf, s)
	return s, outcomes, schema, err
}

// printCSV writes a line for each model.
func printCSV(w io.Writer, set string, rep *risk.Report) error {
	prior, _ := rep.Model(risk.PriorModel)
	var b bytes.Buffer
	b.WriteString("set,model,n,rate,prior_brier,auc,brier,ece,top10\n")
	for _, m := range rep.Models {
		top10 := 0.0
		for _, c := range m.Catch {
			if c.Gate == 0.10 {
				top10 = c.Share
			}
		}
		fmt.Fprintf(&b, "%s,%s,%d,%.6f,%.6f,%.4f,%.6f,%.5f,%.4f\n", set, m.Name, m.N, m.Rate, prior.Brier, m.AUC, m.Brier, m.ECE, top10)
	}
	for _, c := range rep.Cold {
		fmt.Fprintf(&b, "%s,cold-%d,%d,,,%.4f,,,\n%s,cold-%d-local,%d,,,%.4f,,,\n", set, c.Rows, c.N, c.Shipped, set, c.Rows, c.N, c.Local)
	}
	_, err := w.Write(b.Bytes())
	return err
}

func printCoefficients(w io.Writer, s *Spec, outcomes []risk.Outcome, schema *risk.Schema) error {
	list, err := risk.Coefficients(s.Name, outcomes, schema)
	if err != nil {
		return err
	}
	for _, c := range list {
		if _, err := fmt.Fprintf(w, "{%q, %q, %g, %g, %g, %g},\n", c.Source, c.Role, c.Weight, c.Error, c.Center, c.Spread); err != nil {
			return err
		}
	}
	return nil
}

func writeReports(dir, title string, rep *risk.Report) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, write := range map[string]func(io.Writer, string) error{"report.md": rep.Markdown, "report.html": rep.HTML} {
		var b bytes.Buffer
		if err := write(&b, title); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}
