package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
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

// table writes the picture: one row a release, each with its own small chart, and over
// it the arrows, which the script draws where the rows are.
func (p *page) table() {
	p.put("<div class=\"plan\">\n<table id=\"plan\">\n<caption>Times are %s. A bar ends where the next may begin. The arrow keys walk from row to row.</caption>\n", esc(p.axis.zone.String()))
	p.put("<colgroup><col><col><col class=\"chart\"><col></colgroup>\n<thead><tr><th scope=\"col\">Release</th><th scope=\"col\">Risk</th><th scope=\"col\">")
	p.scale()
	p.put("</th><th scope=\"col\">When</th></tr></thead>\n<tbody>\n")
	group := ""
	for i := range p.t.Rows {
		r := &p.t.Rows[i]
		if r.Group != group && r.Group != "" {
			if i > 0 {
				p.put("</tbody>\n<tbody>\n")
			}
			p.put("<tr class=\"group\" data-group=\"%s\"><th colspan=\"4\" scope=\"rowgroup\">%s</th></tr>\n", esc(r.Group), esc(r.Group))
			group = r.Group
		}
		p.row(i, r)
	}
	if len(p.t.Rows) == 0 {
		p.put("<tr class=\"group\"><td colspan=\"4\">Nothing is planned.</td></tr>\n")
	}
	p.put("</tbody>\n</table>\n<svg id=\"ties\" aria-hidden=\"true\" width=\"0\" height=\"0\"></svg>\n</div>\n")
	p.put("<script type=\"application/json\" id=\"arrows\">[")
	for i, a := range p.arrows {
		comma, flags := ",", 0
		if i == 0 {
			comma = ""
		}
		if p.drawn[i].Critical {
			flags++
		}
		if k := p.drawn[i].Type; k == schedule.StartStart || k == schedule.StartFinish {
			flags += 2 // it leaves the start
		}
		if k := p.drawn[i].Type; k == schedule.FinishFinish || k == schedule.StartFinish {
			flags += 4 // it enters the end
		}
		p.put("%s[%d,%d,%d]", comma, p.ends[a[0]], p.ends[a[1]], flags)
	}
	p.put("]</script>\n")
}

// A place is a bar: the number of its row and its own.
type place struct{ row, bar int }

// connect finds the bars that arrows link and numbers them.
func (p *page) connect() {
	first, last := map[string]place{}, map[string]place{}
	for i := range p.t.Rows {
		for k := range p.t.Rows[i].Bars {
			b := &p.t.Rows[i].Bars[k]
			if iv := b.Interval.Intersect(p.t.Span); b.ID == "" || iv.Empty() && !p.t.Span.Contains(b.Start) {
				continue // it is not drawn
			}
			if _, ok := first[b.ID]; !ok {
				first[b.ID] = place{i, k}
			}
			last[b.ID] = place{i, k}
		}
	}
	p.ends = map[place]int{}
	seen := map[[2]place]int{}
	for i := range p.t.Arrows {
		a := &p.t.Arrows[i]
		ends, from, to := [2]place{}, last, first
		if a.Type == schedule.StartStart || a.Type == schedule.StartFinish {
			from = first
		}
		if a.Type == schedule.FinishFinish || a.Type == schedule.StartFinish {
			to = last
		}
		var ok [2]bool
		ends[0], ok[0] = from[a.From]
		ends[1], ok[1] = to[a.To]
		if !ok[0] || !ok[1] || ends[0].row == ends[1].row {
			continue
		}
		if k, again := seen[ends]; again {
			if a.Critical {
				p.drawn[k] = a
			}
			continue
		}
		seen[ends] = len(p.arrows)
		p.arrows, p.drawn = append(p.arrows, ends), append(p.drawn, a)
		for _, e := range ends {
			if _, ok := p.ends[e]; !ok {
				p.ends[e] = len(p.ends)
			}
		}
	}
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
			p.put("<text class=\"shade\" paint-order=\"stroke\" x=\"%s\" y=\"11\">%s</text>", num((x+e)/2), esc(s.Label))
		}
	}
	free := 0.0
	for _, k := range p.axis.ticks() {
		x := p.axis.x(k.at)
		if x < free || x > chartWidth-4*float64(len(k.label)) {
			continue
		}
		free = x + 6 + 6*float64(len(k.label))
		p.put("<line class=\"grid major\" x1=\"%s\" x2=\"%s\" y1=\"14\" y2=\"34\"/><text x=\"%s\" y=\"29\">%s</text>", num(x), num(x), num(x+3), esc(k.label))
	}
	p.put("</svg>")
}

func (p *page) row(n int, r *Row) {
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
	p.put("</td><td class=\"chart\"><svg width=\"%g\" height=\"%g\" role=\"group\" aria-label=\"%s\">", chartWidth, rowHeight, esc(r.Label+": "+when))
	for _, s := range byLayer(r.Shades) {
		p.rect(shadeClass(s.Kind), s.Interval, 0, rowHeight)
	}
	for _, top := range []bool{false, true} {
		for i := range r.Bars {
			if b := &r.Bars[i]; onTop(b) == top {
				p.bar(b, place{n, i})
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
func (p *page) bar(b *Bar, at place) {
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
	id := ""
	if k, ok := p.ends[at]; ok {
		id = fmt.Sprintf(" id=\"b%d\"", k)
	}
	p.put("<rect role=\"img\"%s class=\"%s\" x=\"%s\" y=\"%g\" width=\"%s\" height=\"%g\" rx=\"2\"><title>%s</title></rect>", id, class, num(x), barTop, num(width), barHeight, esc(label))
	if b.Moved {
		p.put("<circle class=\"moved\" cx=\"%s\" cy=\"15\" r=\"3\"/>", num(x+min(width/2, 7)))
	}
	if b.Conflict {
		m := x + width/2
		p.put("<path class=\"mark\" d=\"M%s 7l7 14h-14z\"/><text class=\"bang\" aria-hidden=\"true\" x=\"%s\" y=\"19\">!</text>", num(m), num(m))
	}
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
