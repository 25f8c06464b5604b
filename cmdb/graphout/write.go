package graphout

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/slackwater-go/slackwater/cmdb"
)

// line is an arrow of the picture.
type line struct{ from, to, label string }

// lines calls f with every arrow: relations in order, then those of the groups. Relations that
// carry no outage go from From to To.
func lines(g *cmdb.Graph, f func(line)) {
	impact := map[string]cmdb.Direction{}
	for _, t := range g.RelationTypes() {
		impact[t.Name] = t.Impact
	}
	for r := range g.Relations() {
		if impact[r.Type] == cmdb.FromTo {
			r.From, r.To = r.To, r.From
		}
		f(line{r.From, r.To, r.Type})
	}
	for _, gr := range g.Groups() {
		for _, d := range gr.Dependents {
			f(line{d, gr.ID, "group"})
		}
		for _, m := range gr.Members {
			f(line{gr.ID, m, "member"})
		}
	}
}

// badge says what a group needs.
func badge(gr *cmdb.Group) string {
	switch {
	case gr.Mode == cmdb.PrimaryStandby:
		return "primary-standby"
	case gr.NeedPercent > 0:
		return fmt.Sprintf("%d %% of %d", gr.NeedPercent, len(gr.Members))
	}
	return fmt.Sprintf("%d of %d", max(gr.Need, 1), len(gr.Members))
}

func title(c *cmdb.CI) string {
	if c.Name != "" {
		return c.Name
	}
	return c.ID
}

// DOT writes the graph in the DOT language. Equal graphs give equal bytes.
func DOT(w io.Writer, g *cmdb.Graph) error {
	out := bufio.NewWriter(w)
	fmt.Fprintln(out, "digraph cmdb {")
	for c := range g.All() {
		fmt.Fprintf(out, "\t%s [label=%s class=%s]\n", quote(c.ID), quote(title(&c)), quote(c.Class))
	}
	groups := g.Groups()
	for i := range groups {
		fmt.Fprintf(out, "\t%s [label=%s shape=octagon]\n", quote(groups[i].ID), quote(badge(&groups[i])))
	}
	lines(g, func(l line) {
		fmt.Fprintf(out, "\t%s -> %s [label=%s]\n", quote(l.from), quote(l.to), quote(l.label))
	})
	fmt.Fprintln(out, "}")
	return out.Flush()
}

// quote makes a quoted string of DOT: only quotes are escaped in it, and a backslash at the end
// would escape the closing quote.
func quote(s string) string {
	s = strings.ReplaceAll(s, `\`, `\\`)
	return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"`
}

// GraphML writes the graph in GraphML. Equal graphs give equal bytes.
func GraphML(w io.Writer, g *cmdb.Graph) error {
	out := bufio.NewWriter(w)
	text := func(s string) string {
		var b strings.Builder
		_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder takes everything
		return b.String()
	}
	fmt.Fprint(out, xml.Header+`<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="label" for="all" attr.name="label" attr.type="string"/>
<key id="class" for="node" attr.name="class" attr.type="string"/>
<key id="criticality" for="node" attr.name="criticality" attr.type="int"/>
<graph id="cmdb" edgedefault="directed">
`)
	node := func(id, label, class string, criticality int) {
		fmt.Fprintf(out, `<node id="%s"><data key="label">%s</data><data key="class">%s</data>`, text(id), text(label), text(class))
		if criticality > 0 {
			fmt.Fprintf(out, `<data key="criticality">%d</data>`, criticality)
		}
		fmt.Fprintln(out, "</node>")
	}
	for c := range g.All() {
		node(c.ID, title(&c), c.Class, c.Criticality)
	}
	groups := g.Groups()
	for i := range groups {
		node(groups[i].ID, badge(&groups[i]), "redundancy group", 0)
	}
	n := 0
	lines(g, func(l line) {
		fmt.Fprintf(out, `<edge id="e%s" source="%s" target="%s"><data key="label">%s</data></edge>`+"\n", strconv.Itoa(n), text(l.from), text(l.to), text(l.label))
		n++
	})
	fmt.Fprintln(out, "</graph>\n</graphml>")
	return out.Flush()
}
