// Review says how well deployments went: DORA's metrics and those of change enablement,
// what they cannot say, and which deployments are owed a review.
//
//	go run ./examples/review                  the embedded history of a small shop
//	go run ./examples/review -history FILE    a history in JSON
//	go run ./examples/review -deploys FILE -year 2024   promotions of image tags: CSV with the
//	                                          columns ct, app, env, tag and rolled_back_to_older
package main

import (
	"bytes"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/slackwater-go/slackwater/schedule/outcome"
)

//go:embed history.json
var embedded []byte

func main() {
	if err := run(os.Stdout, os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "review:", err)
		os.Exit(2)
	}
}

func run(w io.Writer, args []string) error {
	flags := flag.NewFlagSet("review", flag.ContinueOnError)
	history := flags.String("history", "", "history in JSON")
	deploys := flags.String("deploys", "", "promotions of image tags in CSV, gzip or not")
	year := flags.Int("year", 2024, "year of the promotions")
	most := flags.Int("reviews", 10, "reviews to list")
	if err := flags.Parse(args); err != nil {
		return err
	}
	h, err := load(*history, *deploys, *year)
	if err != nil {
		return err
	}
	metrics, err := outcome.Measure(h, 0)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%s: %d records, %s to %s\n\n", h.Name, len(h.Deployments), h.Period.Start.Format("2 Jan 2006"), h.Period.End.Format("2 Jan 2006"))
	for _, m := range metrics {
		if m.Measurable {
			fmt.Fprintf(w, "  %s\n", m)
		}
	}
	said := false
	for _, m := range metrics {
		if !m.Measurable {
			if !said {
				fmt.Fprintf(w, "\nNot measurable from this history\n")
				said = true
			}
			fmt.Fprintf(w, "  %s: %s\n", m.Name, m.Why)
		}
	}
	if samples := outcome.Durations(h); len(samples) > 0 {
		fmt.Fprintf(w, "\nActual by planned duration\n")
		for _, s := range samples {
			fmt.Fprintf(w, "  %-10s %d of them, from %.2f to %.2f\n", s.Team, len(s.Ratios), s.Ratios[0], s.Ratios[len(s.Ratios)-1])
		}
	}
	reviews := outcome.Reviews(h)
	fmt.Fprintf(w, "\nReviews owed: %d\n", len(reviews))
	for i, r := range reviews {
		if i == *most {
			fmt.Fprintf(w, "  and %d more\n", len(reviews)-i)
			break
		}
		fmt.Fprintf(w, "  %s  %s: %s\n", r.Start.Format("2006-01-02 15:04"), r.Deployment, strings.Join(r.Why, ", "))
	}
	return nil
}

func load(history, deploys string, year int) (*outcome.History, error) {
	switch {
	case deploys != "":
		return readPromotions(deploys, year)
	case history != "":
		f, err := os.Open(history)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return outcome.ReadHistory(f)
	}
	return outcome.ReadHistory(bytes.NewReader(embedded))
}
