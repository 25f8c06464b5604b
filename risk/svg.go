package risk

import (
	"fmt"
	"html"
	"strings"
)

// Colours that stay apart for colour-blind readers and in print (Okabe and Ito).
const (
	blue   = "#0072b2"
	orange = "#d55e00"
	green  = "#009e73"
	grey   = "#6b7280"
)

// A plot is an SVG chart over [0, xmax] × [0, ymax].
type plot struct {
	b                            strings.Builder
	w, h, left, right, top, foot float64
	xmax, ymax                   float64
}

func newPlot(title string, xmax, ymax float64) *plot {
	p := &plot{w: 560, h: 360, left: 64, right: 16, top: 16, foot: 52, xmax: max(xmax, 1e-9), ymax: max(ymax, 1e-9)}
	fmt.Fprintf(&p.b, `<svg viewBox="0 0 %.0f %.0f" role="img" aria-label="%s" xmlns="http://www.w3.org/2000/svg">`+"\n", p.w, p.h, html.EscapeString(title))
	return p
}

// niceTop is the least number that is not below v and whose quarters are easily read.
func niceTop(v float64) float64 {
	for unit := 1e-6; unit < 1e12; unit *= 10 {
		for _, step := range []float64{1, 1.5, 2, 2.5, 3, 5, 7.5} {
			if top := 4 * step * unit; top >= v*(1-1e-9) {
				return top
			}
		}
	}
	return v
}

func (p *plot) x(v float64) float64 {
	return p.left + v/p.xmax*(p.w-p.left-p.right)
}

func (p *plot) y(v float64) float64 {
	return p.h - p.foot - v/p.ymax*(p.h-p.foot-p.top)
}

// axes draws a grid with percentages and the two captions.
func (p *plot) axes(xlabel, ylabel string, xticks []float64, xformat, yformat func(float64) string) {
	for i := range 5 {
		v := p.ymax * float64(i) / 4
		fmt.Fprintf(&p.b, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="#e5e7eb"/><text x="%.1f" y="%.1f" text-anchor="end">%s</text>`+"\n",
			p.left, p.y(v), p.w-p.right, p.y(v), p.left-8, p.y(v)+4, yformat(v))
	}
	for _, v := range xticks {
		fmt.Fprintf(&p.b, `<text x="%.1f" y="%.1f" text-anchor="middle">%s</text>`+"\n", p.x(v), p.h-p.foot+18, html.EscapeString(xformat(v)))
	}
	fmt.Fprintf(&p.b, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="#374151"/>`+"\n", p.left, p.y(0), p.w-p.right, p.y(0))
	fmt.Fprintf(&p.b, `<text x="%.1f" y="%.1f" text-anchor="middle" class="cap">%s</text>`+"\n", (p.left+p.w-p.right)/2, p.h-10, html.EscapeString(xlabel))
	fmt.Fprintf(&p.b, `<text transform="translate(14 %.1f) rotate(-90)" text-anchor="middle" class="cap">%s</text>`+"\n", (p.top+p.h-p.foot)/2, html.EscapeString(ylabel))
}

func (p *plot) line(points [][2]float64, colour, dash string) {
	p.b.WriteString(`<polyline fill="none" stroke-width="2" stroke="` + colour + `"`)
	if dash != "" {
		p.b.WriteString(` stroke-dasharray="` + dash + `"`)
	}
	p.b.WriteString(` points="`)
	for i, q := range points {
		if i > 0 {
			p.b.WriteByte(' ')
		}
		fmt.Fprintf(&p.b, "%.1f,%.1f", p.x(q[0]), p.y(q[1]))
	}
	p.b.WriteString(`"/>` + "\n")
}

func (p *plot) dot(x, y float64, colour string) {
	fmt.Fprintf(&p.b, `<circle cx="%.1f" cy="%.1f" r="4" fill="%s"/>`+"\n", p.x(x), p.y(y), colour)
}

func (p *plot) bar(x, lo, hi float64) {
	fmt.Fprintf(&p.b, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="%s" stroke-width="1.5"/>`+"\n", p.x(x), p.y(min(lo, p.ymax)), p.x(x), p.y(min(hi, p.ymax)), blue)
}

// legend names the colours along the upper left, where curves that rise leave room.
func (p *plot) legend(names, colours []string) {
	for i, n := range names {
		y := p.top + 14 + 18*float64(i)
		fmt.Fprintf(&p.b, `<rect x="%.1f" y="%.1f" width="14" height="4" fill="%s"/><text x="%.1f" y="%.1f">%s</text>`+"\n", p.left+10, y-5, colours[i], p.left+30, y, html.EscapeString(n))
	}
}

func (p *plot) String() string { return p.b.String() + "</svg>\n" }

func percent(v float64) string {
	if v > 0 && v < 0.02 {
		return fmt.Sprintf("%.2f %%", 100*v)
	}
	if v < 0.1 {
		return fmt.Sprintf("%.1f %%", 100*v)
	}
	return fmt.Sprintf("%.0f %%", 100*v)
}
