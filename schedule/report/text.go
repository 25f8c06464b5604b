package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slackwater-go/slackwater/calendar"
)

// WriteText writes the schedule as a table for terminals, one line an entry, with times
// in the zone of the schedule. Control characters of the input become spaces.
func (s *Schedule) WriteText(w io.Writer) error {
	zone := s.zone()
	t := textTable{head: []string{"Release", "What", "Team", "Type", "Risk", "Reaches its users", "Margin"}}
	for i := range s.Entries {
		e := &s.Entries[i]
		t.add(e.ID, Clip(clean(e.Name), 44), e.Team, e.Type, e.Rating.words(), e.when(zone), e.Margin())
	}
	return t.write(w)
}

func (r Rating) words() string {
	if r.Level == "" {
		return ""
	}
	if r.Score == 0 {
		return r.Level
	}
	return fmt.Sprintf("%s (%.2f)", r.Level, r.Score)
}

// when says when the entry reaches its users; a dash where it is left out.
func (e *Entry) when(zone *time.Location) string {
	if e.LeftOut {
		return "—"
	}
	return when(e.Delivers, zone)
}

// A textTable prints columns that are as wide as they need to be.
type textTable struct {
	head []string
	rows [][]string
}

func (t *textTable) add(cells ...string) {
	for i := range cells {
		cells[i] = clean(cells[i])
	}
	t.rows = append(t.rows, cells)
}

func (t *textTable) write(w io.Writer) error {
	out := bufio.NewWriter(w)
	width := make([]int, len(t.head))
	for _, row := range append([][]string{t.head}, t.rows...) {
		for i, c := range row {
			width[i] = max(width[i], utf8.RuneCountInString(c))
		}
	}
	line := func(row []string) {
		var b strings.Builder
		for i, c := range row {
			b.WriteString(c)
			if i < len(row)-1 {
				b.WriteString(strings.Repeat(" ", width[i]-utf8.RuneCountInString(c)+2))
			}
		}
		fmt.Fprintln(out, strings.TrimRight(b.String(), " "))
	}
	line(t.head)
	rule := make([]string, len(t.head))
	for i, n := range width {
		rule[i] = strings.Repeat("─", n)
	}
	line(rule)
	for _, row := range t.rows {
		line(row)
	}
	return out.Flush()
}

// when says when a stretch is; the day stands once where it does not change.
func when(iv calendar.Interval, zone *time.Location) string {
	s, e := iv.Start.In(zone), iv.End.In(zone)
	switch {
	case s.Equal(e):
		return s.Format("Mon 2 Jan 15:04")
	case s.Year() == e.Year() && s.YearDay() == e.YearDay():
		return s.Format("Mon 2 Jan 15:04") + "–" + e.Format("15:04")
	}
	return s.Format("Mon 2 Jan 15:04") + "–" + e.Format("Mon 2 Jan 15:04")
}
