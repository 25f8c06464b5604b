package picture

import (
	"bufio"
	"cmp"
	"fmt"
	"html"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/slackwater-go/slackwater/cmdb"
)

// Options say what to draw. The zero Options will do.
type Options struct {
	Title     string // of the page; empty means "Impact of" and the CIs taken out
	Highlight string // the CI to which the way is shown; empty means the most critical one that is hit, then the furthest
}

// drawing is a page being laid out.
type drawing struct {
	g     *cmdb.Graph
	im    *cmdb.Impact
	tile  tile
	x, y  map[string]int
	way   map[string]bool
	hits  [][]cmdb.Hit // by distance
	names map[string]string
}

// tile is the size of a CI's box, by how many there are.
type tile struct{ w, h, font, letters int }

const (
	pageWidth = 1400
	margin    = 20
	bandHead  = 30
	bandGap   = 34
	lineLimit = 150 // with more CIs than this only the way in question is drawn
)

// HTML writes the impact of g as a page. Equal impacts give equal bytes.
func HTML(w io.Writer, g *cmdb.Graph, im *cmdb.Impact, o Options) error {
	d := drawing{g: g, im: im, x: map[string]int{}, y: map[string]int{}, names: map[string]string{}}
	n := len(im.Hits)
	switch {
	case n <= 60:
		d.tile = tile{180, 30, 13, 22}
	case n <= 600:
		d.tile = tile{160, 24, 12, 21}
	default:
		d.tile = tile{128, 18, 10, 20}
	}
	for _, h := range im.Hits {
		for len(d.hits) <= h.Distance {
			d.hits = append(d.hits, nil)
		}
		d.hits[h.Distance] = append(d.hits[h.Distance], h)
		c, _ := g.CI(h.CI)
		d.names[h.CI] = c.Name
		if c.Name == "" {
			d.names[h.CI] = h.CI
		}
	}
	goal := o.Highlight
	if goal == "" {
		goal = d.goal()
	}
	d.way = map[string]bool{}
	var way []string
	for _, h := range im.Path(goal) {
		d.way[h.CI] = true
		way = append(way, d.names[h.CI])
	}
	title := o.Title
	if title == "" {
		title = "Impact of " + list(im.Of, 5)
	}
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, pageHead, html.EscapeString(title), html.EscapeString(title), html.EscapeString(d.summary()), html.EscapeString(strings.Join(way, " → ")))
	d.badges(out)
	height := d.place()
	fmt.Fprintf(out, `<svg viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="%s">`+"\n", pageWidth, height, pageWidth, height, html.EscapeString(title))
	heads := d.bands(out)
	d.lines(out)
	fmt.Fprint(out, heads)
	for _, layer := range d.hits {
		for _, h := range layer {
			d.box(out, h)
		}
	}
	fmt.Fprint(out, "</svg>\n", pageTail)
	return out.Flush()
}

// goal returns the most critical CI that is hit, the furthest of equals, the first of these.
func (d *drawing) goal() string {
	best, critical, distance := "", -1, 0
	for _, h := range d.im.Hits {
		if k := d.g.Criticality(h.CI); k > critical || k == critical && h.Distance > distance {
			best, critical, distance = h.CI, k, h.Distance
		}
	}
	return best
}

func (d *drawing) summary() string {
	s := fmt.Sprintf("%d CI(s) fail with %s, at up to %d step(s).", len(d.im.Hits)-len(d.im.Of), list(d.im.Of, 3), max(len(d.hits)-1, 0))
	if d.im.Capped {
		s += " The search was cut at this depth: more may fail."
	}
	return s
}

func list(ids []string, n int) string {
	if len(ids) <= n {
		return strings.Join(ids, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(ids[:n], ", "), len(ids)-n)
}

// badges writes the groups that lose members, those that fail first.
func (d *drawing) badges(out io.Writer) {
	const most = 40
	groups := slices.Clone(d.im.Groups)
	slices.SortStableFunc(groups, func(a, b cmdb.GroupState) int {
		switch {
		case a.Failed == b.Failed:
			return 0
		case a.Failed:
			return -1
		}
		return 1
	})
	fmt.Fprintln(out, `<p class="badges">`)
	for i, gr := range groups {
		if i == most {
			fmt.Fprintf(out, `<span class="badge">%d more groups</span>`+"\n", len(groups)-most)
			break
		}
		class, word := "badge held", "holds"
		if gr.Failed {
			class, word = "badge failed", "fails"
		}
		fmt.Fprintf(out, `<span class="%s">%s: %d of %d down, needs %d, %s</span>`+"\n", class, html.EscapeString(gr.ID), gr.Down, gr.Of, gr.Need, word)
	}
	fmt.Fprintln(out, "</p>")
}

// place gives every CI its box and returns the height of it all. Within a layer, few CIs stand
// below what brings them down; of many the way in question comes first, then the most critical, then
// all in order of ID.
func (d *drawing) place() int {
	gap := 8
	perRow := (pageWidth - 2*margin + gap) / (d.tile.w + gap)
	y := margin
	for _, layer := range d.hits {
		if len(d.im.Hits) <= lineLimit {
			slices.SortStableFunc(layer, func(a, b cmdb.Hit) int { return d.x[a.From] - d.x[b.From] })
		} else {
			slices.SortStableFunc(layer, func(a, b cmdb.Hit) int {
				if d.way[a.CI] != d.way[b.CI] {
					if d.way[a.CI] {
						return -1
					}
					return 1
				}
				return d.g.Criticality(b.CI) - d.g.Criticality(a.CI)
			})
		}
		y += bandHead
		inset := 0
		if len(layer) < perRow {
			inset = (pageWidth - 2*margin - len(layer)*(d.tile.w+gap) + gap) / 2
		}
		for i, h := range layer {
			d.x[h.CI] = margin + inset + i%perRow*(d.tile.w+gap)
			d.y[h.CI] = y + i/perRow*(d.tile.h+gap/2)
		}
		y += (len(layer)+perRow-1)/perRow*(d.tile.h+gap/2) + bandGap
	}
	return y
}

// bands writes the ground of each layer and returns its heading, which goes above the lines.
func (d *drawing) bands(out io.Writer) string {
	var heads strings.Builder
	for i, layer := range d.hits {
		if len(layer) == 0 {
			continue
		}
		top, bottom := d.y[layer[0].CI], 0
		for _, h := range layer {
			bottom = max(bottom, d.y[h.CI]+d.tile.h)
		}
		word := fmt.Sprintf("%d step(s) away: %d CI(s)", i, len(layer))
		if i == 0 {
			word = fmt.Sprintf("taken out: %d CI(s)", len(layer))
		}
		if len(d.im.Hits) > lineLimit {
			word += html.EscapeString(d.what(layer))
		}
		fmt.Fprintf(out, `<rect class="band" x="4" y="%d" width="%d" height="%d" rx="6"/>`+"\n", top-bandHead+4, pageWidth-8, bottom-top+bandHead+6)
		fmt.Fprintf(&heads, `<text class="head" x="14" y="%d">%s</text>`+"\n", top-9, word)
	}
	return heads.String()
}

// what says how many CIs of a layer are critical, and of which classes most of it is.
func (d *drawing) what(layer []cmdb.Hit) string {
	var critical [6]int
	classes := map[string]int{}
	for _, h := range layer {
		c, _ := d.g.CI(h.CI)
		critical[min(max(c.Criticality, 0), 5)]++
		if c.Class != "" {
			classes[c.Class]++
		}
	}
	out := ""
	for k := 5; k >= 4; k-- {
		if critical[k] > 0 {
			out += fmt.Sprintf(", %d of criticality %d", critical[k], k)
		}
	}
	names := slices.SortedFunc(maps.Keys(classes), func(a, b string) int {
		return cmp.Or(cmp.Compare(classes[b], classes[a]), cmp.Compare(a, b))
	})
	for i, n := range names {
		if i == 4 {
			return out + fmt.Sprintf(" · %d more classes", len(names)-i)
		}
		out += fmt.Sprintf(" · %d %s", classes[n], shorten(n, 24))
	}
	return out
}

func (d *drawing) lines(out io.Writer) {
	for _, h := range d.im.Hits {
		on := d.way[h.CI] && d.way[h.From]
		if h.From == "" || len(d.im.Hits) > lineLimit && !on {
			continue
		}
		class := "line"
		if on {
			class = "line way"
		}
		fmt.Fprintf(out, `<path class="%s" d="%s"/>`+"\n", class, d.curve(h.From, h.CI))
	}
	fmt.Fprintln(out, `<g id="shown"></g>`)
}

func (d *drawing) curve(from, to string) string {
	x1, y1 := d.x[from]+d.tile.w/2, d.y[from]+d.tile.h
	x2, y2 := d.x[to]+d.tile.w/2, d.y[to]
	bend := max((y2-y1)/2, 12)
	return fmt.Sprintf("M%d %dC%d %d %d %d %d %d", x1, y1, x1, y1+bend, x2, y2-bend, x2, y2)
}

// shorten takes letters out of the middle: what tells names apart stands mostly at their end.
func shorten(name string, letters int) string {
	if utf8.RuneCountInString(name) <= letters {
		return name
	}
	r := []rune(name)
	tail := letters * 2 / 5
	return string(r[:letters-1-tail]) + "…" + string(r[len(r)-tail:])
}

func (d *drawing) box(out io.Writer, h cmdb.Hit) {
	class := fmt.Sprintf("ci k%d", min(max(d.g.Criticality(h.CI), 0), 5))
	if d.way[h.CI] {
		class += " on"
	}
	c, _ := d.g.CI(h.CI)
	about := h.CI
	if name := d.names[h.CI]; name != h.CI {
		about = name + ", " + h.CI
	}
	for _, part := range []string{c.Class, c.Owner} {
		if part != "" {
			about += ", " + part
		}
	}
	switch {
	case h.Group != "":
		class += " bygroup"
		about += "; fails with group " + h.Group
	case h.Relation != "":
		about += "; by " + h.Relation + " with " + h.From
	}
	label := shorten(d.names[h.CI], d.tile.letters)
	x, y := d.x[h.CI], d.y[h.CI]
	fmt.Fprintf(out, `<g class="%s" data-id="%s" data-from="%s"><title>%s</title><rect x="%d" y="%d" width="%d" height="%d" rx="4"/><text x="%d" y="%d" font-size="%d">%s</text></g>`+"\n",
		class, html.EscapeString(h.CI), html.EscapeString(h.From), html.EscapeString(about),
		x, y, d.tile.w, d.tile.h, x+6, y+d.tile.h/2+d.tile.font/3, d.tile.font, html.EscapeString(label))
}
