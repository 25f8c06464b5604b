package report

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"strings"
	"time"
)

// WriteCSV writes one line a step, with the column names that schedule/records reads:
// number, title, stage, type, assignment group, cmdb ci, planned start and planned end,
// then activity, risk, due, deadline, critical and conflict. Instants are RFC 3339 in the zone of the schedule, several CIs
// are parted by ";". A cell that a spreadsheet would run as a formula (it begins with
// =, +, -, @, a tab or a line break) gets an apostrophe before it, as OWASP advises.
func (s *Schedule) WriteCSV(w io.Writer) error {
	zone := s.zone()
	instant := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(zone).Format(time.RFC3339)
	}
	yes := func(b bool) string {
		if b {
			return "yes"
		}
		return ""
	}
	c := csv.NewWriter(w)
	rows := [][]string{{"number", "title", "stage", "type", "assignment group", "cmdb ci", "planned start", "planned end", "activity", "risk", "due", "deadline", "critical", "conflict"}}
	for i := range s.Entries {
		e := &s.Entries[i]
		for k := range e.Steps {
			st := &e.Steps[k]
			rows = append(rows, []string{e.ID, st.Name, st.Stage, e.Type, st.Team, strings.Join(st.CIs, ";"), instant(st.During.Start), instant(st.During.End),
				st.Activity, e.Rating.Level, instant(e.Due), instant(e.Deadline), yes(st.Critical), yes(st.Conflict)})
		}
	}
	for _, r := range rows {
		for i := range r {
			r[i] = unformula(r[i])
		}
	}
	if err := c.WriteAll(rows); err != nil {
		return err
	}
	return c.Error()
}

func unformula(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n", rune(s[0])) {
		return "'" + s
	}
	return s
}

// WriteJSON writes the schedule as an indented JSON document with a version.
func (s *Schedule) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(s)
}
