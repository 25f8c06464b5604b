package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
)

// md is a Markdown document (CommonMark with the tables of GitHub) that is being
// written. Text of the input never becomes markup.
type md struct{ out *bufio.Writer }

func (m md) put(format string, args ...any) { fmt.Fprintf(m.out, format, args...) }

// plain escapes what Markdown or HTML would read as markup, and keeps to one line.
func plain(s string) string {
	var b strings.Builder
	for _, r := range clean(s) {
		switch {
		case strings.ContainsRune("\\`*_{}[]<>#|~", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '&':
			b.WriteString("&amp;")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func plainList(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = plain(s)
	}
	return strings.Join(out, ", ")
}

func (m md) table(head []string, rows [][]string) {
	m.put("| %s |\n|%s\n", strings.Join(head, " | "), strings.Repeat(" --- |", len(head)))
	for _, r := range rows {
		m.put("| %s |\n", strings.Join(r, " | "))
	}
	m.put("\n")
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

// WriteBoardPack writes what a change advisory board needs for the changes that reach
// their users within a stretch of time: the figures, the changes to decide with room
// for the decision, those that are approved or standard, emergencies, then conflicts, critical chain
// and projected outages. Entries that are left out stand at the end, whatever the time.
func (s *Schedule) WriteBoardPack(w io.Writer, within calendar.Interval) error {
	m, zone := md{bufio.NewWriter(w)}, s.zone()
	var decide, done, later, out []*Entry
	for i := range s.Entries {
		e := &s.Entries[i]
		switch {
		case e.LeftOut:
			out = append(out, e)
		case !within.Overlaps(e.Delivers) && !within.Contains(e.Delivers.Start):
		case e.Type == schedule.Emergency:
			later = append(later, e)
		case e.Approved || e.Type == schedule.Standard:
			done = append(done, e)
		default:
			decide = append(decide, e)
		}
	}
	m.put("# Board pack: %s\n\n", plain(orDash(s.Name)))
	m.put("%s, times %s. %s to decide, %s approved before, %s.\n\n", when(within, zone), plain(s.Zone), Count(len(decide), "change", "changes"), Count(len(done), "change", "changes"), Count(len(s.Conflicts), "conflict", "conflicts"))
	m.put("## To decide\n\n")
	if len(decide) == 0 {
		m.put("Nothing.\n\n")
	}
	for i, e := range decide {
		m.put("### %d. %s: %s\n\n", i+1, plain(e.ID), plain(e.title()))
		m.table([]string{"Team", "Type", "Risk", "Reaches its users", "Margin", "CIs"},
			[][]string{{orDash(plain(e.Team)), orDash(plain(e.Type)), orDash(plain(e.Rating.words())), when(e.Delivers, zone), orDash(e.Margin()), orDash(plainList(e.CIs))}})
		if e.Rating.Why != "" {
			m.put("Risk: %s\n\n", plain(e.Rating.Why))
		}
		for _, c := range s.Conflicts {
			if slices.ContainsFunc(e.Steps, func(st Step) bool { return slices.Contains(c.Activities, st.Activity) }) {
				m.put("- Conflict: %s\n", plain(c.Reason))
			}
		}
		m.put("- [ ] approved  [ ] rejected  [ ] deferred to ____________\n- Conditions: ____________\n\n")
	}
	list := func(title string, entries []*Entry) {
		if len(entries) == 0 {
			return
		}
		m.put("## %s\n\n", title)
		var rows [][]string
		for _, e := range entries {
			rows = append(rows, []string{plain(e.ID), plain(e.title()), orDash(plain(e.Team)), orDash(plain(e.Type)), e.when(zone), orDash(e.Margin())})
		}
		m.table([]string{"ID", "What", "Team", "Type", "Reaches its users", "Margin"}, rows)
	}
	list("Approved before, or standard", done)
	list("Emergencies, to be looked at after the fact", later)
	list("Left out of the plan", out)
	if len(s.Conflicts) > 0 {
		m.put("## Conflicts\n\n")
		for _, c := range s.Conflicts {
			m.put("- %s\n", plain(c.Reason))
		}
		m.put("\n")
	}
	if len(s.Chain) > 1 {
		m.put("## Critical chain\n\n")
		for i, l := range s.chainWords(zone) {
			m.put("%d. %s\n", i+1, plain(l))
		}
		m.put("\n")
	}
	m.outages(s, zone)
	return m.out.Flush()
}

func (m md) outages(s *Schedule, zone *time.Location) {
	if len(s.Outages) == 0 {
		return
	}
	m.put("## Projected service outage\n\n")
	var rows [][]string
	for i := range s.Outages {
		o := &s.Outages[i]
		rows = append(rows, []string{plain(o.Service), fmt.Sprint(len(o.Outages)), Length(o.Total.Std()), Length(o.InHours.Std()), o.allowance()})
	}
	m.table([]string{"Service", "Outages", "In all", "In service hours", "Allowance"}, rows)
}

// WriteNotices writes a notice for stakeholders for each entry that reaches its users
// within a stretch of time: what, when in the schedule's zone and in UTC, what is
// touched and who answers for it. What only people know is left to fill in, marked
// "____".
func (s *Schedule) WriteNotices(w io.Writer, within calendar.Interval) error {
	m, zone := md{bufio.NewWriter(w)}, s.zone()
	for i := range s.Entries {
		e := &s.Entries[i]
		if e.LeftOut || !within.Overlaps(e.Delivers) && !within.Contains(e.Delivers.Start) {
			continue
		}
		m.put("## Planned change: %s (%s)\n\n", plain(e.title()), plain(e.ID))
		for k := range e.Steps {
			if st := &e.Steps[k]; st.Delivers {
				m.put("- **When:** %s %s (%s UTC)", when(st.During, zone), st.During.Start.In(zone).Format("MST"), when(st.During, time.UTC))
				if st.Name != e.Name && st.Name != e.ID {
					m.put(": %s", plain(st.Name))
				}
				m.put("\n")
			}
		}
		touched := e.Services
		if len(touched) == 0 {
			touched = e.CIs
		}
		m.put("- **Touches:** %s\n", orDash(plainList(touched)))
		for k := range s.Outages {
			if o := &s.Outages[k]; slices.Contains(e.Services, o.Service) || slices.Contains(e.CIs, o.Service) {
				for _, iv := range o.Outages {
					if iv.Overlaps(e.Delivers) {
						m.put("- **Out of service:** %s, %s\n", plain(o.Service), when(iv, zone))
					}
				}
			}
		}
		m.put("- **What you will notice:** ____\n- **What you need to do:** ____\n- **Contact:** %s\n\n", plain(orDash(either(e.Owner, e.Team))))
	}
	return m.out.Flush()
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// WriteReleaseNotes writes the skeleton of the release notes of the entries that reach
// their users within a stretch of time, by the day on which the first of its steps that
// deliver starts. What changed is left to fill in, marked "____".
func (s *Schedule) WriteReleaseNotes(w io.Writer, within calendar.Interval) error {
	m, zone := md{bufio.NewWriter(w)}, s.zone()
	m.put("# Release notes: %s\n\n", plain(orDash(s.Name)))
	day := ""
	for i := range s.Entries {
		e := &s.Entries[i]
		if e.LeftOut || !within.Overlaps(e.Delivers) && !within.Contains(e.Delivers.Start) {
			continue
		}
		if d := e.Delivers.Start.In(zone).Format("2 January 2006"); d != day {
			day = d
			m.put("## %s\n\n", d)
		}
		m.put("### %s (%s)\n\n", plain(e.title()), plain(e.ID))
		var steps []string
		for k := range e.Steps {
			if st := &e.Steps[k]; st.Delivers {
				steps = append(steps, fmt.Sprintf("- %s: %s\n", plain(st.Name), when(st.During, zone)))
			}
		}
		if len(steps) > 1 {
			m.put("It reaches its users step by step:\n\n%s\n", strings.Join(steps, ""))
		}
		m.put("- New: ____\n- Changed: ____\n- Fixed: ____\n- Known problems: ____\n- Parts: %s\n\n", orDash(plainList(e.CIs)))
	}
	return m.out.Flush()
}
