package report

import (
	"slices"
	"strings"

	"github.com/slackwater-go/slackwater/calendar"
)

// shapes says how each kind of bar and shade is called in the legend, in its order.
var (
	barNames = []struct {
		kind BarKind
		name string
	}{{Prepare, "prepare, build, test"}, {Work, "implement"}, {Verify, "verify"}, {Soak, "soak (watch it run)"}, {BackOut, "back-out reserve"}, {Meeting, "board or gate"}}
	shadeNames = []struct {
		kind ShadeKind
		name string
	}{{Open, "maintenance window"}, {Frozen, "freeze"}, {Blackout, "blackout"}, {Holiday, "holiday"}}
)

func barClass(k BarKind) string {
	if k == "" {
		k = Work
	}
	return "b-" + string(k)
}

func shadeClass(k ShadeKind) string { return "s-" + string(k) }

// byLayer orders shades so that what closes lies over what opens.
func byLayer(shades []Shade) []Shade {
	layer := map[ShadeKind]int{Open: 0, Holiday: 1, Frozen: 2, Blackout: 3}
	out := slices.Clone(shades)
	slices.SortStableFunc(out, func(a, b Shade) int { return layer[a.Kind] - layer[b.Kind] })
	return out
}

// legend names what the picture contains, and nothing else.
func (p *page) legend() {
	bars, shades := map[BarKind]bool{}, map[ShadeKind]bool{}
	var critical, conflict, moved bool
	for _, s := range p.t.Shades {
		shades[s.Kind] = true
	}
	for _, r := range p.t.Rows {
		for _, s := range r.Shades {
			shades[s.Kind] = true
		}
		for _, b := range r.Bars {
			if b.Kind == "" {
				b.Kind = Work
			}
			bars[b.Kind] = true
			critical, conflict, moved = critical || b.Critical, conflict || b.Conflict, moved || b.Moved
		}
	}
	p.put("<ul class=\"legend\" aria-label=\"Legend\">\n")
	item := func(inner, name string) {
		p.put("<li><svg width=\"34\" height=\"16\" aria-hidden=\"true\">%s</svg> %s</li>\n", inner, esc(name))
	}
	for _, b := range barNames {
		if bars[b.kind] {
			item("<rect class=\"bar "+barClass(b.kind)+"\" x=\"1\" y=\"2\" width=\"32\" height=\"12\" rx=\"2\"/>", b.name)
		}
	}
	if critical {
		item("<rect class=\"bar b-work critical\" x=\"2\" y=\"3\" width=\"30\" height=\"10\" rx=\"2\"/>", "critical chain")
	}
	if conflict {
		item("<rect class=\"bar b-work\" x=\"1\" y=\"2\" width=\"32\" height=\"12\" rx=\"2\"/><path class=\"mark\" d=\"M17 1l7 14H10z\"/><text class=\"bang\" x=\"17\" y=\"13\">!</text>", "conflict")
	}
	if moved {
		item("<rect class=\"bar b-work\" x=\"1\" y=\"2\" width=\"32\" height=\"12\" rx=\"2\"/><circle class=\"moved\" cx=\"7\" cy=\"8\" r=\"3\"/>", "moved")
	}
	for _, s := range shadeNames {
		if shades[s.kind] {
			item("<rect class=\""+shadeClass(s.kind)+"\" x=\"1\" y=\"1\" width=\"32\" height=\"14\"/>", s.name)
		}
	}
	if len(p.axis.weekends()) > 0 {
		item("<rect class=\"weekend\" x=\"1\" y=\"1\" width=\"32\" height=\"14\"/>", "weekend")
	}
	p.put("</ul>\n")
}

// table writes the picture: one row a release, each with its own small chart.
func (p *page) table() {
	p.put("<table id=\"plan\">\n<caption>Times are %s. A bar ends where the next may begin.</caption>\n", esc(p.axis.zone.String()))
	p.put("<colgroup><col class=\"c-name\"><col class=\"c-risk\"><col class=\"c-chart\"><col class=\"c-when\"></colgroup>\n")
	p.put("<thead><tr><th scope=\"col\">Release</th><th scope=\"col\">Risk</th><th scope=\"col\">")
	p.scale()
	p.put("</th><th scope=\"col\">When</th></tr></thead>\n<tbody>\n")
	group := ""
	for i := range p.t.Rows {
		r := &p.t.Rows[i]
		if r.Group != group && r.Group != "" {
			p.put("<tr class=\"group\" data-group=\"%s\"><th colspan=\"4\" scope=\"rowgroup\">%s</th></tr>\n", esc(r.Group), esc(r.Group))
			group = r.Group
		}
		p.row(r)
	}
	p.put("</tbody>\n</table>\n")
}

// scale draws the axis and, above it, the names of the shades that have room.
func (p *page) scale() {
	p.put("<svg class=\"axis\" width=\"%g\" height=\"34\" role=\"img\" aria-label=\"time axis from %s\">", chartWidth, esc(span(p.t.Span, p.axis.zone)))
	shades := byLayer(p.t.Shades)
	for _, s := range shades {
		p.rect(shadeClass(s.Kind), s.Interval, 0, 14)
	}
	for _, s := range shades {
		iv := s.Interval.Intersect(p.t.Span)
		if x, e := p.axis.x(iv.Start), p.axis.x(iv.End); s.Kind != Open && e-x > 7*float64(len(s.Label)) {
			p.put("<text class=\"shade\" x=\"%s\" y=\"11\">%s</text>", num((x+e)/2), esc(s.Label))
		}
	}
	last := -1e9
	for _, k := range p.axis.ticks() {
		x := p.axis.x(k.at)
		if x-last < 7*float64(len(k.label)) || x > chartWidth-4*float64(len(k.label)) {
			continue
		}
		last = x
		p.put("<line class=\"grid major\" x1=\"%s\" x2=\"%s\" y1=\"14\" y2=\"34\"/><text x=\"%s\" y=\"29\">%s</text>", num(x), num(x), num(x+3), esc(k.label))
	}
	p.put("</svg>")
}

func (p *page) row(r *Row) {
	p.put("<tr data-group=\"%s\" data-tags=\"%s\" data-level=\"%s\"><th scope=\"row\">%s", esc(r.Group), esc(strings.Join(r.Tags, "|")), esc(r.Level), esc(r.Label))
	if r.Detail != "" {
		p.put("<small>%s</small>", esc(r.Detail))
	}
	p.put("</th><td>")
	if r.Level != "" {
		p.put("<span class=\"risk %s\">%s</span>", strings.ReplaceAll(esc(strings.ToLower(r.Level)), " ", "-"), esc(r.Level))
	}
	when := r.When
	if when == "" {
		when = p.when(r)
	}
	p.put("</td><td class=\"chart\"><svg width=\"%g\" height=\"%g\" role=\"img\" aria-label=\"%s\"><use href=\"#back\"/>", chartWidth, rowHeight, esc(r.Label+": "+when))
	for _, s := range byLayer(r.Shades) {
		p.rect(shadeClass(s.Kind), s.Interval, 0, rowHeight)
	}
	for _, top := range []bool{false, true} {
		for i := range r.Bars {
			if b := &r.Bars[i]; onTop(b) == top {
				p.bar(b)
			}
		}
	}
	p.put("</svg></td><td>%s", esc(when))
	if r.Note != "" {
		p.put("<small>%s</small>", esc(r.Note))
	}
	p.put("</td></tr>\n")
}

// onTop says whether a bar is what a reader looks for first: it is drawn over the others
// and wide enough to be seen in a picture of a quarter.
func onTop(b *Bar) bool { return b.Kind == Work || b.Kind == "" || b.Conflict }

// bar draws one bar, wide enough that short work stays visible.
func (p *page) bar(b *Bar) {
	iv := b.Interval.Intersect(p.t.Span)
	if iv.Empty() && !(b.Start.Equal(b.End) && p.t.Span.Contains(b.Start)) {
		return
	}
	x := p.axis.x(b.Start)
	least := 3.0
	if onTop(b) {
		least = 5
	}
	width := max(p.axis.x(b.End)-x, least)
	class := "bar " + barClass(b.Kind)
	if b.Critical {
		class += " critical"
	}
	label := b.Label + ", " + span(b.Interval, p.axis.zone)
	if b.Conflict {
		label += " (conflict)"
	}
	p.put("<g><title>%s</title><rect class=\"%s\" x=\"%s\" y=\"%g\" width=\"%s\" height=\"%g\" rx=\"2\"/>", esc(label), class, num(x), barTop, num(width), barHeight)
	if b.Moved {
		p.put("<circle class=\"moved\" cx=\"%s\" cy=\"15\" r=\"3\"/>", num(x+min(width/2, 7)))
	}
	if b.Conflict {
		m := x + width/2
		p.put("<path class=\"mark\" d=\"M%s 7l7 14h-14z\"/><text class=\"bang\" x=\"%s\" y=\"19\">!</text>", num(m), num(m))
	}
	p.put("</g>")
}

// when derives the time in words: from the first start to the last end of all bars.
func (p *page) when(r *Row) string {
	if len(r.Bars) == 0 {
		return "not scheduled"
	}
	all := calendar.Interval{Start: r.Bars[0].Start, End: r.Bars[0].End}
	for _, b := range r.Bars[1:] {
		if b.Start.Before(all.Start) {
			all.Start = b.Start
		}
		if b.End.After(all.End) {
			all.End = b.End
		}
	}
	return span(all, p.axis.zone)
}
