package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// A Heat is a calendar of days, each the darker the more reaches its users on it.
type Heat struct {
	Title string
	Zone  *time.Location // days begin and end in it; nil is UTC
	From  calendar.Date  // first day; its whole month is shown
	Days  []HeatDay      // from From on, one a day without gaps
}

// A HeatDay is one day.
type HeatDay struct {
	Starts []string // titles of what starts to be delivered on it, in order of time
	Closed string   // why nothing may run on some of it, such as "year-end freeze"; "" where it is open
}

// Heat counts the steps that deliver by the day on which they start, from the first of
// the month of from for so many months: three are a quarter. Freezes and blackouts of
// [Schedule.Shades] close the days that they cover wholly or in part. Months beyond 120
// are not counted.
func (s *Schedule) Heat(from calendar.Date, months int) *Heat {
	zone := s.zone()
	first := time.Date(from.Year, from.Month, 1, 0, 0, 0, 0, zone)
	end := first.AddDate(0, min(max(months, 0), 120), 0)
	h := &Heat{Title: s.Name, Zone: zone, From: calendar.DateOf(first)}
	index := map[calendar.Date]int{}
	for d := h.From; d.Compare(calendar.DateOf(end)) < 0; d = d.AddDays(1) {
		index[d] = len(h.Days)
		h.Days = append(h.Days, HeatDay{})
	}
	for i := range s.Entries {
		e := &s.Entries[i]
		for k := range e.Steps {
			if st := &e.Steps[k]; st.Delivers {
				if n, ok := index[calendar.DateOf(st.During.Start.In(zone))]; ok {
					h.Days[n].Starts = append(h.Days[n].Starts, st.During.Start.In(zone).Format("15:04 ")+st.Name)
				}
			}
		}
	}
	for i := range h.Days {
		slices.Sort(h.Days[i].Starts) // each begins with its time
	}
	for _, sh := range s.Shades {
		if sh.Kind == Open || sh.Empty() {
			continue
		}
		cut := sh.Intersect(calendar.Interval{Start: first, End: end})
		for d := calendar.DateOf(cut.Start.In(zone)); !cut.Empty() && d.Compare(calendar.DateOf(cut.End.Add(-1).In(zone))) <= 0; d = d.AddDays(1) {
			if n, ok := index[d]; ok && h.Days[n].Closed == "" {
				h.Days[n].Closed = sh.Label
			}
		}
	}
	return h
}

// WriteHeat writes a heat calendar as one HTML file that needs no network: a table a
// month, Monday first, the number of starts in every cell, so that nothing is said by
// colour alone.
func WriteHeat(w io.Writer, h *Heat) error {
	p := &page{out: bufio.NewWriter(w)}
	zone := h.Zone
	if zone == nil {
		zone = time.UTC
	}
	title := h.Title
	if title == "" {
		title = "Calendar of change"
	}
	most, total := 0, 0
	for _, d := range h.Days {
		most, total = max(most, len(d.Starts)), total+len(d.Starts)
	}
	p.put("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>%s</title>\n", esc(title))
	p.put("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<style>%s%s</style>\n</head>\n<body>\n<main>\n<h1>%s</h1>\n", style, heatStyle, esc(title))
	p.put("<p class=\"sub\">%s, %d on the fullest day. Days are those of %s.</p>\n", esc(Count(total, "delivery", "deliveries")), most, esc(zone.String()))
	p.put("<ul class=\"legend\" aria-label=\"Legend\">\n")
	for k := range 5 {
		lo, hi := k*most/4, k*most/4
		if k > 0 {
			lo = (k-1)*most/4 + 1
		}
		if k > 0 && lo > hi {
			continue
		}
		label := fmt.Sprintf("%d to %d a day", lo, hi)
		if lo == hi {
			label = fmt.Sprintf("%d a day", lo)
		}
		p.put("<li><span class=\"cell h%d\"></span> %s</li>\n", k, label)
	}
	p.put("<li><span class=\"cell shut\"></span> freeze, blackout or holiday</li>\n</ul>\n<div class=\"months\">\n")
	for i := 0; i < len(h.Days); {
		i = p.month(h, i, most)
	}
	p.put("</div>\n")
	p.busiest(h)
	p.put("</main>\n</body>\n</html>\n")
	return p.out.Flush()
}

// month writes the table of the month that day i lies in, and returns the first day after it.
func (p *page) month(h *Heat, i, most int) int {
	d := h.From.AddDays(i)
	month := time.Date(d.Year, d.Month, 1, 0, 0, 0, 0, time.UTC).Format("January 2006")
	p.put("<table class=\"month\">\n<caption>%s</caption>\n<thead><tr>", month)
	for _, n := range []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"} {
		p.put("<th scope=\"col\">%s</th>", n)
	}
	p.put("</tr></thead>\n<tbody>\n<tr>")
	column := (int(d.Weekday()) + 6) % 7
	p.put("%s", strings.Repeat("<td></td>", column))
	for at := d; i < len(h.Days) && at.Month == d.Month && at.Year == d.Year; i, at = i+1, at.AddDays(1) {
		if column == 7 {
			p.put("</tr>\n<tr>")
			column = 0
		}
		column++
		day := h.Days[i]
		class, n := "h0", len(day.Starts)
		if n > 0 {
			class = fmt.Sprintf("h%d", (4*n+most-1)/most)
		}
		tip := fmt.Sprintf("%d %s: %s", at.Day, month, Count(n, "delivery", "deliveries"))
		if day.Closed != "" {
			class += " shut"
			tip += "; " + day.Closed
		}
		for k, s := range day.Starts {
			if k == 12 {
				tip += fmt.Sprintf("\n… and %d more", n-k)
				break
			}
			tip += "\n" + s
		}
		number := ""
		if n > 0 {
			number = fmt.Sprint(n)
		}
		p.put("<td class=\"%s\" title=\"%s\"><small>%d</small><b>%s</b></td>", class, esc(tip), at.Day, number)
	}
	p.put("%s</tr>\n</tbody>\n</table>\n", strings.Repeat("<td></td>", 7-column))
	return i
}

// busiest lists the closed stretches and the five fullest days in words, for those who
// cannot point at a cell.
func (p *page) busiest(h *Heat) {
	seen := map[int]bool{}
	p.put("<section>\n<h2>Fullest days</h2>\n<ul>\n")
	for range 5 {
		best := -1
		for i, d := range h.Days {
			if !seen[i] && len(d.Starts) > 0 && (best < 0 || len(d.Starts) > len(h.Days[best].Starts)) {
				best = i
			}
		}
		if best < 0 {
			break
		}
		seen[best] = true
		d := h.From.AddDays(best)
		p.put("<li>%s: %s</li>\n", d.In(time.UTC).Format("Mon 2 Jan"), esc(Clip(strings.Join(h.Days[best].Starts, "; "), 400)))
	}
	p.put("</ul>\n</section>\n")
}

const heatStyle = `
.months{display:flex;flex-wrap:wrap;gap:24px 32px}
.months{align-items:flex-start}
.month{width:auto;border-collapse:separate;border-spacing:3px}
.month caption{font-size:15px;font-weight:600;color:var(--ink)}
.month thead th{position:static;text-align:center;border:0;padding:0 0 2px}
.month tbody td{width:54px;min-width:54px;height:46px;padding:2px 5px;border:0;border-radius:4px;vertical-align:top;position:relative;font-size:14px}
.month tbody td small{font-size:11px;color:inherit}
.month tbody td b{display:block;text-align:center;font-size:16px;line-height:1.1}
.cell{display:inline-block;width:22px;height:14px;border-radius:3px;vertical-align:-2px}
.h0{background:#f3f5f7;color:#57606a}.h1{background:#cfe3f2}.h2{background:#86bbdf}.h3{background:#1f6fa5;color:#fff}.h4{background:#0b4f7d;color:#fff}
.shut{box-shadow:inset 0 0 0 2px #8a5f00;background-image:repeating-linear-gradient(45deg,transparent 0 5px,rgba(138,95,0,.22) 5px 7px)}
`
