package report

import (
	"bufio"
	"fmt"
	"html"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

const (
	chartWidth = 1000.0 // pixels of the timeline column
	barTop     = 8.0
	barHeight  = 14.0
	rowHeight  = 30.0
)

// WriteHTML writes t as one HTML file that needs no network. It costs time and space
// linear in the rows, bars and shades. The same Timeline gives the same bytes.
func WriteHTML(w io.Writer, t *Timeline) error {
	p := &page{out: bufio.NewWriter(w), t: t, axis: axis{span: t.Span, zone: t.zone(), width: chartWidth}}
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
	out  *bufio.Writer
	t    *Timeline
	axis axis
}

func (p *page) put(format string, args ...any) { fmt.Fprintf(p.out, format, args...) }

func (p *page) head() {
	title := p.t.Title
	if title == "" {
		title = "Forward schedule of change"
	}
	p.put("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>%s</title>\n", esc(title))
	p.put("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<style>%s</style>\n</head>\n<body>\n", style)
	p.patterns()
	p.put("<main>\n<h1>%s</h1>\n", esc(title))
	if p.t.Subtitle != "" {
		p.put("<p class=\"sub\">%s</p>\n", esc(p.t.Subtitle))
	}
}

// patterns draws once what stands behind every row; rows refer to it.
func (p *page) patterns() {
	p.put("<svg class=\"defs\" aria-hidden=\"true\" width=\"0\" height=\"0\"><defs>\n")
	p.put("<pattern id=\"frozen\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect width=\"6\" height=\"6\" fill=\"#dfe9f2\"/><rect width=\"2\" height=\"6\" fill=\"#9db9d3\"/></pattern>\n")
	p.put("<pattern id=\"blackout\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(-45)\"><rect width=\"5\" height=\"5\" fill=\"#c9c9c9\"/><rect width=\"2\" height=\"5\" fill=\"#8a8a8a\"/></pattern>\n")
	p.put("<pattern id=\"soak\" width=\"4\" height=\"4\" patternUnits=\"userSpaceOnUse\"><rect width=\"4\" height=\"4\" fill=\"#fdf3dc\"/><rect width=\"1.6\" height=\"1.6\" fill=\"#e69f00\"/></pattern>\n")
	p.put("<pattern id=\"backout\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect width=\"5\" height=\"5\" fill=\"#f7e8f0\"/><rect width=\"2\" height=\"5\" fill=\"#cc79a7\"/></pattern>\n")
	p.put("<g id=\"back\">")
	for _, iv := range p.axis.weekends() {
		p.rect("weekend", iv, 0, rowHeight)
	}
	for _, s := range byLayer(p.t.Shades) {
		p.rect(shadeClass(s.Kind), s.Interval, 0, rowHeight)
	}
	for _, k := range p.axis.ticks() {
		class := "grid"
		if k.major {
			class = "grid major"
		}
		x := p.axis.x(k.at)
		p.put("<line class=\"%s\" x1=\"%s\" x2=\"%s\" y1=\"0\" y2=\"%g\"/>", class, num(x), num(x), rowHeight)
	}
	p.put("</g>\n</defs></svg>\n")
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
	p.put("<form class=\"filters\" onsubmit=\"return false\">\n<label>Find <input id=\"find\" type=\"search\" autocomplete=\"off\"></label>\n")
	p.choice("group", "Team", groups)
	p.choice("tag", "Type", tags)
	p.choice("level", "Risk", levels)
	p.put("<output id=\"count\" aria-live=\"polite\">%d rows</output>\n</form>\n", len(p.t.Rows))
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
