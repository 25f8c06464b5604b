package risk

import (
	"fmt"
	"html"
	"io"
	"strings"
)

const style = `body{font:16px/1.5 system-ui,sans-serif;color:#111827;max-width:1180px;margin:2rem auto;padding:0 1.5rem}
h1{font-size:1.7rem;margin-bottom:.3rem}h2{font-size:1.15rem;margin:0 0 .4rem}
.lead{font-size:1.05rem;max-width:60rem}.lead p{margin:.3rem 0}
.grid{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr));gap:1.5rem;margin-top:1.5rem}
section{border:1px solid #e5e7eb;border-radius:8px;padding:1rem 1.2rem;break-inside:avoid}
section p{margin:.2rem 0 .6rem;color:#374151;font-size:.92rem}
svg{width:100%;height:auto}svg text{font:12px system-ui,sans-serif;fill:#374151}svg text.cap{font-size:13px;fill:#111827}
table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{padding:.3rem .5rem;border-bottom:1px solid #e5e7eb;text-align:right}
th:first-child,td:first-child{text-align:left}tr.ours{font-weight:600;background:#eff6ff}.alarm{color:#b91c1c;font-weight:600}
@media print{body{margin:0;max-width:none}.grid{grid-template-columns:1fr 1fr}}`

// HTML writes the report as one page that needs no network: style and plots stand in it.
// Every text of the input is escaped. It returns the writer's error.
func (r *Report) HTML(w io.Writer, title string) error {
	var b strings.Builder
	t := html.EscapeString(title)
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Change risk: %s</title>\n<style>%s</style></head><body>\n", t, style)
	fmt.Fprintf(&b, "<h1>Change risk: %s</h1>\n<div class=\"lead\">\n", t)
	for _, s := range r.summary() {
		text := html.EscapeString(s)
		if bold, rest, ok := strings.Cut(strings.TrimPrefix(text, "**"), "**"); ok {
			text = "<strong>" + bold + "</strong>" + rest
		}
		fmt.Fprintf(&b, "<p>%s</p>\n", text)
	}
	b.WriteString("</div>\n<div class=\"grid\">\n")
	section := func(head, text, body string) {
		fmt.Fprintf(&b, "<section><h2>%s</h2><p>%s</p>\n%s</section>\n", html.EscapeString(head), html.EscapeString(text), body)
	}
	section("Does 5 % mean 5 %?", "Each dot is a tenth of the changes, from safest to riskiest; bars are 95 % bands. On the line, forecasts are right.", r.reliabilityPlot())
	section("What a gate catches", "Hold back the riskiest changes: which share of the failures is among them?", r.gatePlot())
	section("Over time", "Failures foretold and failures that happened, stretch by stretch. An alarm: more or fewer than the forecasts allow, by three standard deviations.", r.driftPlot())
	section("What the model looks at", "Log-odds for one standard deviation of each factor; to the right raises the risk.", r.weightPlot())
	section("How good the forecasts were", "AUC: ranking, 0.5 is chance. Brier: squared error, lower is better. ECE: gap between foretold and happened.", r.table())
	if len(r.Cold) > 0 {
		section("With little history", "AUC on the next changes when everything before the split is forgotten.", r.coldTable())
	}
	b.WriteString("</div>\n</body></html>\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *Report) reliabilityPlot() string {
	m, _ := r.Model(OursModel)
	top := 0.0
	for _, x := range m.Bins {
		top = max(top, x.Foretold, x.Happened, min(x.High, 2*max(x.Happened, x.Foretold)))
	}
	top = niceTop(min(1, top))
	p := newPlot("reliability", top, top)
	p.axes("foretold", "happened", []float64{0, top / 4, top / 2, 3 * top / 4, top}, percent, percent)
	p.line([][2]float64{{0, 0}, {top, top}}, grey, "4 4")
	for _, x := range m.Bins {
		p.bar(x.Foretold, x.Low, x.High)
		p.dot(x.Foretold, x.Happened, blue)
	}
	return p.String()
}

func (r *Report) gatePlot() string {
	p := newPlot("gate", 0.5, 1)
	p.axes("held back", "failures caught", []float64{0.05, 0.1, 0.25, 0.5}, percent, percent)
	p.line([][2]float64{{0, 0}, {0.5, 0.5}}, grey, "4 4")
	colours := []string{orange, green, blue}
	var names []string
	for i, m := range r.Models[1:] {
		points := [][2]float64{{0, 0}}
		for _, c := range m.Catch {
			points = append(points, [2]float64{c.Gate, c.Share})
		}
		p.line(points, colours[i%3], "")
		names = append(names, modelWords(m.Name))
	}
	p.legend(append(names, "by chance"), append(colours[:len(names)], grey))
	return p.String()
}

func (r *Report) driftPlot() string {
	top := 1.0
	var foretold, happened [][2]float64
	for i, d := range r.Drift {
		top = max(top, 1.35*d.Foretold, 1.35*float64(d.Happened))
		foretold = append(foretold, [2]float64{float64(i) + 0.5, d.Foretold})
		happened = append(happened, [2]float64{float64(i) + 0.5, float64(d.Happened)})
	}
	p := newPlot("drift", float64(len(r.Drift)), niceTop(top))
	var ticks []float64
	for i := 0; i < len(r.Drift); i += 3 {
		ticks = append(ticks, float64(i)+0.5)
	}
	p.axes("from", "failures", ticks, func(v float64) string { return r.Drift[int(v)].From.Format("2006-01-02") }, func(v float64) string { return fmt.Sprintf("%.3g", v) })
	p.line(foretold, blue, "")
	p.line(happened, orange, "")
	for i, d := range r.Drift {
		p.dot(happened[i][0], happened[i][1], orange)
		if d.Alarm {
			fmt.Fprintf(&p.b, `<text x="%.1f" y="%.1f" text-anchor="middle" class="alarm" style="fill:#b91c1c">alarm</text>`+"\n", p.x(happened[i][0]), p.y(happened[i][1])-10)
		}
	}
	p.legend([]string{"foretold", "happened"}, []string{blue, orange})
	return p.String()
}

func (r *Report) weightPlot() string {
	list := r.strongest(12)
	top := 0.05
	for _, w := range list {
		top = max(top, absFloat(w.Value))
	}
	const row, label = 26.0, 220.0
	h := row*float64(len(list)) + 20
	mid, half := label+160.0, 120.0
	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 560 %.0f" role="img" aria-label="weights" xmlns="http://www.w3.org/2000/svg">`+"\n", h)
	for i, w := range list {
		y := row*float64(i) + 10
		x, width, colour := mid, absFloat(w.Value)/top*half, orange
		if w.Value < 0 {
			x, colour = mid-width, blue
		}
		fmt.Fprintf(&b, `<text x="%.0f" y="%.1f" text-anchor="end">%s</text><rect x="%.1f" y="%.1f" width="%.1f" height="16" fill="%s"/>`, label-10, y+13, html.EscapeString(w.Factor), x, y, width, colour)
		anchor, at := "start", mid+width+6
		if w.Value < 0 {
			anchor, at = "end", mid-width-6
		}
		fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" text-anchor="%s">%+.2f</text>`+"\n", at, y+13, anchor, w.Value)
	}
	fmt.Fprintf(&b, `<line x1="%.0f" y1="4" x2="%.0f" y2="%.0f" stroke="#374151"/></svg>`+"\n", mid, mid, h-4)
	return b.String()
}

func (r *Report) table() string {
	var b strings.Builder
	b.WriteString("<table><tr><th>model</th><th>AUC</th><th>Brier</th><th>skill</th><th>ECE</th><th>caught at 10 %</th></tr>\n")
	for _, m := range r.Models {
		class := ""
		if m.Name == OursModel {
			class = ` class="ours"`
		}
		fmt.Fprintf(&b, "<tr%s><td>%s</td><td>%.3f</td><td>%.5f</td><td>%+.4f</td><td>%.4f</td><td>%.1f %%</td></tr>\n", class, modelWords(m.Name), m.AUC, m.Brier, m.Skill, m.ECE, 100*m.Catch[1].Share)
	}
	return b.String() + "</table>\n"
}

func (r *Report) coldTable() string {
	var b strings.Builder
	b.WriteString("<table><tr><th>local changes</th><th>scored</th><th>shipped coefficients</th><th>local fit alone</th></tr>\n")
	for _, c := range r.Cold {
		fmt.Fprintf(&b, "<tr><td>%d</td><td>%d</td><td>%.3f</td><td>%s</td></tr>\n", c.Rows, c.N, c.Shipped, localWords(c))
	}
	return b.String() + "</table>\n"
}
