package report

import (
	"bufio"
	"bytes"
	"fmt"
	"html"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

const (
	chartWidth = 960.0 // pixels of the timeline column
	barTop     = 8.0
	barHeight  = 14.0
	rowHeight  = 30.0
	backHeight = 24.0 // of the background, which repeats: a multiple of what its hatches repeat after
	manyArrows = 60   // more are drawn only when asked for
)

// WriteHTML writes t as one HTML file that needs no network. It costs time and space
// linear in the rows, bars and shades. The same Timeline gives the same bytes.
func WriteHTML(w io.Writer, t *Timeline) error {
	p := &page{out: bufio.NewWriter(w), t: t, axis: axis{span: t.Span, zone: t.zone(), width: chartWidth}}
	p.connect()
	p.head()
	p.facts()
	p.filters()
	p.legend()
	p.table()
	p.sections()
	p.put("</main>\n<script>%s</script>\n</body>\n</html>\n", script)
	return p.out.Flush()
}

// A page is a report that is being written. Errors of the writer surface at Flush.
type page struct {
	out    *bufio.Writer
	t      *Timeline
	axis   axis
	arrows [][2]place // ends of the arrows that are drawn
	drawn  []*Arrow
	ends   map[place]int // their bars, numbered
}

func (p *page) put(format string, args ...any) { fmt.Fprintf(p.out, format, args...) }

func (p *page) head() {
	title := p.t.Title
	if title == "" {
		title = "Forward schedule of change"
	}
	p.put("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>%s</title>\n", esc(title))
	p.put("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<style>%s%s</style>\n</head>\n<body>\n", style, p.background())
	p.patterns()
	p.put("<main>\n<h1>%s</h1>\n", esc(title))
	if p.t.Subtitle != "" {
		p.put("<p class=\"sub\">%s</p>\n", esc(p.t.Subtitle))
	}
}

// patterns are the fills that the bars and the shades of single rows refer to.
func (p *page) patterns() {
	p.put("<svg class=\"defs\" aria-hidden=\"true\" width=\"0\" height=\"0\"><defs>\n%s", hatches)
	p.put("<pattern id=\"soak\" width=\"4\" height=\"4\" patternUnits=\"userSpaceOnUse\"><rect width=\"4\" height=\"4\" fill=\"#fdf3dc\"/><rect width=\"1.6\" height=\"1.6\" fill=\"#e69f00\"/></pattern>\n")
	p.put("<pattern id=\"backout\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect width=\"5\" height=\"5\" fill=\"#f7e8f0\"/><rect width=\"2\" height=\"5\" fill=\"#cc79a7\"/></pattern>\n")
	p.put("<marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path d=\"M0 0.5 8 4 0 7.5z\" fill=\"context-stroke\"/></marker>\n</defs></svg>\n")
}

// hatches repeat after a whole number of pixels in both directions, so that cells of any
// height join.
const hatches = `<pattern id="frozen" width="8" height="8" patternUnits="userSpaceOnUse"><rect width="8" height="8" fill="#e3ecf4"/><path d="M-2 2 2-2M0 8 8 0M6 10 10 6" stroke="#a3bdd5" stroke-width="2"/></pattern>
<pattern id="blackout" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" fill="#d2d2d2"/><path d="M-1 5 1 7M0 0 6 6M5-1 7 1" stroke="#979797" stroke-width="2"/></pattern>
`

// background draws once what stands behind every row, as the background of the column of
// the chart: it is painted from one picture, and joins from row to row whatever their height. An
// earlier form, one <use> of it a row, took most of the time that a page of thousands of
// rows needed to open.
func (p *page) background() string {
	var b bytes.Buffer
	back := page{out: bufio.NewWriter(&b), t: p.t, axis: p.axis}
	back.put("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%g\" height=\"%g\"><style>%s</style>%s", chartWidth, backHeight, shadeStyle, hatches)
	for _, iv := range p.axis.weekends() {
		back.rect("weekend", iv, 0, backHeight)
	}
	for _, s := range byLayer(p.t.Shades) {
		back.rect(shadeClass(s.Kind), s.Interval, 0, backHeight)
	}
	for _, k := range p.axis.ticks() {
		class := "grid"
		if k.major {
			class = "grid major"
		}
		x := p.axis.x(k.at)
		back.put("<line class=\"%s\" x1=\"%s\" x2=\"%s\" y1=\"0\" y2=\"%g\"/>", class, num(x), num(x), backHeight)
	}
	back.put("</svg>")
	_ = back.out.Flush() // a bytes.Buffer takes all
	return "col.chart{background:url(\"data:image/svg+xml," + strings.NewReplacer("%", "%25", "#", "%23", "\"", "'", "<", "%3C", ">", "%3E", "\n", "").Replace(b.String()) + "\") repeat-y}\n"
}

func (p *page) rect(class string, iv calendar.Interval, y, h float64) {
	iv = iv.Intersect(p.t.Span)
	if iv.Empty() {
		return
	}
	x := p.axis.x(iv.Start)
	p.put("<rect class=\"%s\" x=\"%s\" y=\"%g\" width=\"%s\" height=\"%g\"/>", class, num(x), y, num(max(p.axis.x(iv.End)-x, 0.5)), h)
}

func (p *page) facts() {
	if len(p.t.Facts) == 0 {
		return
	}
	p.put("<dl class=\"facts\">\n")
	for _, f := range p.t.Facts {
		p.put("<div><dt>%s</dt><dd>%s</dd></div>\n", esc(f.Name), esc(f.Value))
	}
	p.put("</dl>\n")
}

// filters hide rows; without scripts they do nothing and every row shows.
func (p *page) filters() {
	groups, tags, levels := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, r := range p.t.Rows {
		if r.Group != "" {
			groups[r.Group] = true
		}
		if r.Level != "" {
			levels[r.Level] = true
		}
		for _, g := range r.Tags {
			tags[g] = true
		}
	}
	p.put("<form class=\"filters\" role=\"search\" aria-label=\"Filter the rows\">\n<label>Find <input id=\"find\" type=\"search\" autocomplete=\"off\"></label>\n")
	p.choice("group", "Team", groups)
	p.choice("tag", "Type", tags)
	p.choice("level", "Risk", levels)
	if len(p.drawn) > 0 {
		on := ""
		if len(p.drawn) <= manyArrows {
			on = " checked"
		}
		p.put("<label><input id=\"all\" type=\"checkbox\"%s> Show what waits for what</label>\n", on)
	}
	p.put("<output id=\"count\">%s</output>\n</form>\n", Count(len(p.t.Rows), "row", "rows"))
}

func (p *page) choice(id, label string, values map[string]bool) {
	if len(values) < 2 {
		return
	}
	p.put("<label>%s <select id=\"%s\"><option value=\"\">all</option>", label, id)
	var sorted []string
	for v := range values {
		sorted = append(sorted, v)
	}
	slices.Sort(sorted)
	for _, v := range sorted {
		p.put("<option>%s</option>", esc(v))
	}
	p.put("</select></label>\n")
}

func (p *page) sections() {
	for _, s := range p.t.Sections {
		p.put("<section>\n<h2>%s</h2>\n", esc(s.Title))
		if s.Intro != "" {
			p.put("<p>%s</p>\n", esc(s.Intro))
		}
		if len(s.Items) > 0 {
			p.put("<ul>\n")
			for _, i := range s.Items {
				p.put("<li>%s</li>\n", esc(i))
			}
			p.put("</ul>\n")
		}
		p.put("</section>\n")
	}
}

func esc(s string) string { return html.EscapeString(s) }

// num prints a coordinate with at most one decimal.
func num(x float64) string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", x), ".0")
}

// span says when a stretch is, in words: the day once where it does not change.
func span(iv calendar.Interval, zone *time.Location) string {
	s, e := iv.Start.In(zone), iv.End.In(zone)
	if s.Year() == e.Year() && s.YearDay() == e.YearDay() {
		return s.Format("Mon 2 Jan 15:04") + "–" + e.Format("15:04")
	}
	return s.Format("Mon 2 Jan 15:04") + " – " + e.Format("Mon 2 Jan 15:04")
}
