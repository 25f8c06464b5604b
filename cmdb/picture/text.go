package picture

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/slackwater-go/slackwater/cmdb"
)

// perLayer is how many CIs of a layer the text lists.
const perLayer = 20

// Text writes the impact for a terminal: one layer after the other, up to twenty CIs of each with
// what brings them down, then the groups, then the way to the most critical.
func Text(w io.Writer, g *cmdb.Graph, im *cmdb.Impact, o Options) error {
	d := drawing{g: g, im: im}
	for _, h := range im.Hits {
		for len(d.hits) <= h.Distance {
			d.hits = append(d.hits, nil)
		}
		d.hits[h.Distance] = append(d.hits[h.Distance], h)
	}
	out := bufio.NewWriter(w)
	title := o.Title
	if title == "" {
		title = "Impact of " + list(im.Of, 5)
	}
	fmt.Fprintf(out, "%s\n%s\n", title, d.summary())
	for i, layer := range d.hits {
		fmt.Fprintf(out, "\n%d step(s) away: %d CI(s)\n", i, len(layer))
		for k, h := range layer {
			if k == perLayer {
				fmt.Fprintf(out, "  ... and %d more\n", len(layer)-perLayer)
				break
			}
			by := ""
			switch {
			case h.Group != "":
				by = "  with group " + h.Group
			case h.Relation != "":
				by = "  " + h.Relation + " " + h.From
			}
			line := fmt.Sprintf("  %-30s %-5s%s", h.CI, strings.Repeat("*", min(max(g.Criticality(h.CI), 0), 5)), by)
			fmt.Fprintln(out, strings.TrimRight(line, " "))
		}
	}
	if len(im.Groups) > 0 {
		fmt.Fprintln(out, "\nGroups")
	}
	for _, gr := range im.Groups {
		word := "holds"
		if gr.Failed {
			word = "FAILS"
		}
		fmt.Fprintf(out, "  %-30s %d of %d down, needs %d: %s\n", gr.ID, gr.Down, gr.Of, gr.Need, word)
	}
	goal := o.Highlight
	if goal == "" {
		goal = d.goal()
	}
	var way []string
	for _, h := range im.Path(goal) {
		way = append(way, h.CI)
	}
	if len(way) > 1 {
		fmt.Fprintf(out, "\n%s\n", strings.Join(way, " > "))
	}
	return out.Flush()
}
