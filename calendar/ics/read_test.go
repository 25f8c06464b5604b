package ics

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// TestCorpusEvents reads the events of every file that parses: either events or
// errors with their place, never a panic.
func TestCorpusEvents(t *testing.T) {
	var read, refused, events, windows int
	warned := map[WarningKind]int{}
	for name, b := range corpus(t) {
		f, err := Parse(bytes.NewReader(b))
		if err != nil {
			continue
		}
		list, warnings, err := f.Events(Reading{})
		if err != nil {
			refused++
			if !errors.Is(err, ErrInvalid) {
				t.Errorf("%s: %v matches no kind", name, err)
			}
			first, _, _ := strings.Cut(err.Error(), "\n")
			t.Logf("refused: %s: %s", name, first)
			continue
		}
		read++
		events += len(list)
		for _, w := range warnings {
			warned[w.Kind]++
		}
		c, _, err := f.Calendar(Reading{Zone: "Europe/London", Kind: calendar.Blackout})
		if err != nil {
			t.Logf("no calendar: %s: %v", name, err)
			continue
		}
		windows += len(c.Windows)
		if _, err := c.Open(calendar.Interval{Start: date(2024), End: date(2025)}, calendar.Subject{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	t.Logf("%d files read, %d refused, %d events, %d windows, warnings %v", read, refused, events, windows, warned)
	if read*100 < (read+refused)*90 {
		t.Error("fewer than 90 % of the files that parse have readable events")
	}
}

// TestEventCounts compares with the counts of another reader.
func TestEventCounts(t *testing.T) {
	b, err := os.ReadFile(data(t, "conformance", "ics_event_counts.json"))
	if err != nil {
		t.Fatal(err)
	}
	var suite struct {
		Cases []struct {
			ID, ICS string
			Query   map[string][]json.RawMessage
			Want    int `json:"expect_event_count"`
		}
	}
	if err := json.Unmarshal(b, &suite); err != nil {
		t.Fatal(err)
	}
	run, good := 0, 0
	for _, c := range suite.Cases {
		b, err := os.ReadFile(data(t, c.ICS))
		if os.IsNotExist(err) {
			continue // kept aside
		}
		run++
		f, err := Parse(bytes.NewReader(b))
		if err != nil {
			t.Errorf("%s: %v", c.ID, err)
			continue
		}
		events, _, err := f.Events(Reading{})
		if err != nil {
			t.Errorf("%s: %v", c.ID, err)
			continue
		}
		got := 0
		for _, e := range events {
			e.Starts = e.Starts.In(time.UTC)
			q := queried(t, c.Query)
			q.Start, q.End = onClock(q.Start, e.Starts.Location()), onClock(q.End, e.Starts.Location())
			for range e.Occurrences(q) {
				got++
			}
		}
		if got == c.Want {
			good++
		} else {
			t.Errorf("%s: %d events, want %d", c.ID, got, c.Want)
		}
	}
	t.Logf("%d of %d event counts agree", good, run)
	if run == 0 {
		t.Error("no case was run")
	}
}

// onClock is when loc's clock shows what t shows: the suite asks for days as each event sees them.
func onClock(t time.Time, loc *time.Location) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, loc)
}

// queried reads {"at": [day]} with a day as [2024,8], "20240801" or 2024, or {"between": [a, b]}.
func queried(t *testing.T, q map[string][]json.RawMessage) calendar.Interval {
	at := func(raw json.RawMessage) (time.Time, time.Time) {
		var text string
		var list []int
		var year int
		switch {
		case json.Unmarshal(raw, &text) == nil:
			if _, err := fmt.Sscanf(text, "%4d%2d%2d", new(int), new(int), new(int)); err != nil {
				t.Fatal(err)
			}
			d, err := time.Parse(dateLayout, text)
			if err != nil {
				t.Fatal(err)
			}
			return d, d.AddDate(0, 0, 1)
		case json.Unmarshal(raw, &year) == nil:
			list = []int{year}
		default:
			if err := json.Unmarshal(raw, &list); err != nil {
				t.Fatal(err)
			}
		}
		switch len(list) {
		case 1:
			return date(list[0]), date(list[0] + 1)
		case 2:
			d := time.Date(list[0], time.Month(list[1]), 1, 0, 0, 0, 0, time.UTC)
			return d, d.AddDate(0, 1, 0)
		}
		d := time.Date(list[0], time.Month(list[1]), list[2], 0, 0, 0, 0, time.UTC)
		return d, d.AddDate(0, 0, 1)
	}
	if list := q["at"]; len(list) == 1 {
		from, to := at(list[0])
		return calendar.Interval{Start: from, End: to}
	}
	list := q["between"]
	from, _ := at(list[0])
	to, _ := at(list[1])
	return calendar.Interval{Start: from, End: to}
}

// TestAWS gives the states that AWS's documented rule gives.
func TestAWS(t *testing.T) {
	b, err := os.ReadFile(data(t, "policy", "aws", "derived_states.json"))
	if err != nil {
		t.Fatal(err)
	}
	var suite struct {
		Cases []struct{ File, At, State string }
	}
	if err := json.Unmarshal(b, &suite); err != nil {
		t.Fatal(err)
	}
	for _, c := range suite.Cases {
		b, err := os.ReadFile(data(t, "policy", "aws", c.File))
		if err != nil {
			t.Fatal(err)
		}
		f, err := Parse(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		cal, warnings, err := f.Calendar(Reading{})
		if err != nil {
			t.Errorf("%s: %v", c.File, err)
			continue
		}
		at, err := time.Parse(time.RFC3339, c.At)
		if err != nil {
			t.Fatal(err)
		}
		open, err := cal.Open(calendar.Interval{Start: at, End: at.Add(time.Second)}, calendar.Subject{})
		if err != nil {
			t.Errorf("%s: %v", c.File, err)
		}
		if got := map[bool]string{true: "OPEN", false: "CLOSED"}[open.Contains(at)]; got != c.State {
			t.Errorf("%s at %s: %s, want %s (%v)", c.File, c.At, got, c.State, warnings)
		}
	}
	t.Logf("%d states agree", len(suite.Cases))
	entries, err := os.ReadDir(data(t, "policy", "aws"))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range entries {
		if !strings.HasSuffix(d.Name(), ".ics") {
			continue
		}
		b, err := os.ReadFile(data(t, "policy", "aws", d.Name()))
		if err != nil {
			t.Fatal(err)
		}
		f, err := Parse(bytes.NewReader(b))
		if err != nil {
			t.Errorf("%s: %v", d.Name(), err)
			continue
		}
		if _, warnings, err := f.Calendar(Reading{}); err != nil {
			t.Errorf("%s: %v", d.Name(), err)
		} else {
			t.Logf("%s: %v", d.Name(), warnings)
		}
	}
}
