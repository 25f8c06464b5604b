// Rollout plans how a change reaches every CI of an estate: a canary first, then waves
// that keep to dependencies and redundancy, each after a soak and a gate.
//
//	go run ./examples/rollout                       the embedded estate, its applications
//	go run ./examples/rollout -graph FILE CI...     a snapshot in JSON
//	go run ./examples/rollout -nodes FILE -edges FILE CI...   tables in CSV; no CI means all
//	go run ./examples/rollout -kind rings -html FILE          another strategy, and a page to look at
package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/cmdb"
	"github.com/slackwater-go/slackwater/schedule"
	"github.com/slackwater-go/slackwater/schedule/report"
	"github.com/slackwater-go/slackwater/schedule/strategy"
)

//go:embed estate.json
var estate []byte

func main() {
	if err := run(context.Background(), os.Stdout, os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "rollout:", err)
		os.Exit(2)
	}
}

type settings struct {
	graph, nodes, edges, kind, page string
	first, size                     int
	zones                           bool
}

func run(ctx context.Context, w io.Writer, args []string) error {
	var s settings
	flags := flag.NewFlagSet("rollout", flag.ContinueOnError)
	flags.StringVar(&s.graph, "graph", "", "snapshot in JSON")
	flags.StringVar(&s.nodes, "nodes", "", "table of CIs in CSV")
	flags.StringVar(&s.edges, "edges", "", "table of relations in CSV")
	flags.StringVar(&s.kind, "kind", string(strategy.Canary), "canary, rings or rolling")
	flags.StringVar(&s.page, "html", "", "file to write a page to")
	flags.IntVar(&s.first, "first", 1, "CIs of the first wave at most; later ones may be twice as large each")
	flags.IntVar(&s.size, "size", 0, "CIs of any wave at most; 0 means any number")
	flags.BoolVar(&s.zones, "zones", false, "keep each wave in one zone")
	if err := flags.Parse(args); err != nil {
		return err
	}
	g, err := s.load()
	if err != nil {
		return err
	}
	cis := flags.Args()
	if len(cis) == 0 {
		for ci := range g.All() {
			if s.graph != "" || s.nodes != "" || ci.Class == "application" {
				cis = append(cis, ci.ID)
			}
		}
	}
	p, waves, err := s.plan(g, cis)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%d CIs in %d waves\n", len(cis), len(waves))
	for i, wave := range waves {
		fmt.Fprintf(w, "  %2d. %s\n", i+1, strings.Join(wave, ", "))
	}
	plan, err := schedule.Solve(ctx, p, &schedule.Options{Seed: 1, MaxWork: 200_000})
	if err != nil {
		return err
	}
	f, err := report.Build(p, plan, nil)
	if err != nil {
		return err
	}
	fmt.Fprintln(w)
	for _, st := range f.Entries[0].Steps {
		fmt.Fprintf(w, "  %s  %s\n", st.During.Start.Format("Mon 2 Jan 15:04"), st.Name)
	}
	fmt.Fprintln(w)
	if err := f.WriteText(w); err != nil {
		return err
	}
	if s.page == "" {
		return nil
	}
	var b bytes.Buffer
	if err := report.WriteHTML(&b, f.Timeline()); err != nil {
		return err
	}
	return os.WriteFile(s.page, b.Bytes(), 0o644)
}

// plan makes the problem of one release that reaches the CIs by the strategy.
func (s *settings) plan(g *cmdb.Graph, cis []string) (*schedule.Problem, [][]string, error) {
	rule := cmdb.Rollout{Size: s.size, Zones: s.zones}
	how := strategy.Strategy{
		Kind: strategy.Kind(s.kind), CIs: slices.Clone(cis),
		Deploy: strategy.Work{Parts: []schedule.Part{
			{Kind: schedule.Implement, Duration: 30 * schedule.Minute},
			{Kind: schedule.Verify, Duration: 15 * schedule.Minute},
			{Kind: schedule.BackOut, Duration: 30 * schedule.Minute}}},
		Soak: strategy.Soak{Duration: 4 * schedule.Hour, Calendar: "business-hours", ShortenBy: "release manager"},
		Gate: strategy.Gate{Duration: 15 * schedule.Minute, Calendar: "business-hours"},
	}
	if err := how.Cut(strategy.WaverFunc(func(ids ...string) ([][]string, error) { return rule.Waves(g, ids...) }), s.first, 2); err != nil {
		return nil, nil, err
	}
	stages, err := how.Stages()
	if err != nil {
		return nil, nil, err
	}
	weekly := func(id, starts string, hours int) calendar.Calendar {
		return calendar.Calendar{ID: id, Windows: []calendar.Window{{ID: id, Kind: calendar.Maintenance, Starts: calendar.MustParseRecurrence(starts), Length: calendar.Exactly(time.Duration(hours) * time.Hour)}}}
	}
	start := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	return &schedule.Problem{
		Name: "Roll-out", Horizon: calendar.Interval{Start: start, End: start.AddDate(0, 0, 14+3*len(how.Waves))},
		Tick: schedule.Duration(15 * time.Minute),
		Calendars: []calendar.Calendar{
			weekly("nights", "DTSTART:20260302T200000Z\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH", 4),
			weekly("business-hours", "DTSTART:20260302T090000Z\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", 8)},
		Calendar: "nights",
		Releases: []schedule.Release{{ID: "agent-7", Name: "Agent 7", Team: "platform", Type: schedule.Normal, CIs: cis, Stages: stages}},
		Goals:    []schedule.Goal{{Measure: schedule.Makespan}},
	}, how.Waves, nil
}

func (s *settings) load() (*cmdb.Graph, error) {
	if s.nodes == "" && s.edges == "" {
		if s.graph == "" {
			return cmdb.Read(bytes.NewReader(estate))
		}
		f, err := os.Open(s.graph)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return cmdb.Read(f)
	}
	if s.nodes == "" || s.edges == "" {
		return nil, errors.New("-nodes and -edges go together")
	}
	nodes, err := os.Open(s.nodes)
	if err != nil {
		return nil, err
	}
	defer nodes.Close()
	edges, err := os.Open(s.edges)
	if err != nil {
		return nil, err
	}
	defer edges.Close()
	g, _, err := cmdb.CSV{Nodes: nodes, Edges: edges}.Read()
	return g, err
}
