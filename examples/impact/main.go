// Impact answers what fails when some CIs are taken out of service, and what is fragile about it.
//
//	go run ./examples/impact                        the embedded estate, with its storage taken out
//	go run ./examples/impact -graph FILE CI...      a snapshot in JSON
//	go run ./examples/impact -nodes FILE -edges FILE CI...   tables in CSV
//	go run ./examples/impact -html FILE ...         also writes a page to look at
//
// It exits with 1 where the estate cannot be read or a CI is unknown, and with 2 on wrong usage.
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

	"github.com/slackwater-go/slackwater/cmdb"
	"github.com/slackwater-go/slackwater/cmdb/picture"
)

//go:embed estate.json
var estate []byte

func main() { os.Exit(command(os.Stdout, os.Stderr, os.Args[1:])) }

// errUsage is what the flag package, or this one, has said already or is about to.
var errUsage = errors.New("wrong usage")

// command runs the program and returns its exit code.
func command(stdout, stderr io.Writer, args []string) int {
	err := run(stdout, stderr, args)
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errUsage):
		return 2
	}
	fmt.Fprintln(stderr, "impact:", err)
	return 1
}

func run(w, stderr io.Writer, args []string) error {
	flags := flag.NewFlagSet("impact", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintln(stderr, "usage: impact [flags] CI...")
		flags.PrintDefaults()
	}
	graph := flags.String("graph", "", "snapshot in JSON")
	nodes := flags.String("nodes", "", "table of CIs in CSV")
	edges := flags.String("edges", "", "table of relations in CSV")
	page := flags.String("html", "", "file to write a page to")
	depth := flags.Int("depth", 0, "steps to follow; 0 means all")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return err
	} else if err != nil {
		return errUsage // which Parse has told
	}
	wrong := func(text string) error {
		fmt.Fprintln(stderr, "impact:", text)
		flags.Usage()
		return errUsage
	}
	cis := flags.Args()
	own := *graph == "" && *nodes == "" && *edges == ""
	switch {
	case *depth < 0:
		return wrong("-depth must not be negative")
	case *graph != "" && (*nodes != "" || *edges != ""):
		return wrong("give -graph, or -nodes and -edges")
	case len(cis) == 0 && !own:
		return wrong("name the CIs to take out")
	case len(cis) == 0:
		cis = []string{"san-1"}
	}
	g, err := load(w, *graph, *nodes, *edges)
	if err != nil {
		return err
	}
	im, err := g.Impact(cmdb.Query{Depth: *depth}, cis...)
	if err != nil {
		return err
	}
	if err := picture.Text(w, g, im, picture.Options{}); err != nil {
		return err
	}
	for _, f := range g.FalseGroups() {
		fmt.Fprintf(w, "\nThe redundancy of group %s is false: it falls with %s alone.\n", f.Group, strings.Join(f.CIs, " or "))
	}
	if *page == "" {
		return nil
	}
	var b bytes.Buffer
	if err := picture.HTML(&b, g, im, picture.Options{}); err != nil {
		return err
	}
	return os.WriteFile(*page, b.Bytes(), 0o644)
}

// load reads the graph from what is given, and says what an import left in its report.
func load(w io.Writer, graph, nodes, edges string) (*cmdb.Graph, error) {
	if nodes == "" && edges == "" {
		if graph == "" {
			return cmdb.Read(bytes.NewReader(estate))
		}
		f, err := os.Open(graph)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return cmdb.Read(f)
	}
	var tables cmdb.CSV
	for _, t := range []struct {
		name string
		to   *io.Reader
	}{{nodes, &tables.Nodes}, {edges, &tables.Edges}} {
		if t.name == "" {
			continue
		}
		f, err := os.Open(t.name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		*t.to = f
	}
	g, rep, err := tables.Read()
	if err != nil {
		return nil, err
	}
	for _, f := range rep.Findings {
		fmt.Fprintf(w, "%s: %s: %s\n", f.Where, f.Kind, f.Problem)
	}
	return g, nil
}
