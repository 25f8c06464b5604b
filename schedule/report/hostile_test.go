package report_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/calendar/ics"
	"github.com/slackwater-go/slackwater/schedule"
	"github.com/slackwater-go/slackwater/schedule/records"
	"github.com/slackwater-go/slackwater/schedule/report"
)

// hostile are pieces that mean something to one of the formats.
var hostile = []string{"<script>alert(1)</script>", "</title>", "</style>", "</script>", "\"'>", "&amp;", "=1+2", "@SUM(A1)", "+1", "-1", "\t", "\r\n", "\nEND:VCALENDAR\n", ";", ",", ":", "\\", "\\n",
	"|", "# Heading", "[x](javascript:alert(1))", "![i](u)", "`code`", "*b*", "<!--", "]]>", "\x00", "\x1b[2J", "\u2028", "\u202e", "größer", "日本", "\u00a0", "🚢", "a", "B", " ", "1"}

func anyText(t *rapid.T, label string) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(hostile), 0, 4).Draw(t, label), "")
}

// anyPlan is a problem of a few releases with hostile names and a plan of most of their stages.
func anyPlan(t *rapid.T) (*schedule.Problem, *schedule.Plan, *report.Options) {
	start := time.Date(2026, 10, 20, 0, 0, 0, 0, time.UTC)
	p := &schedule.Problem{Name: anyText(t, "name"), Zone: rapid.SampledFrom([]string{"", "Europe/Berlin", "America/New_York"}).Draw(t, "zone"), Horizon: calendar.Interval{Start: start, End: start.AddDate(0, 1, 0)}}
	plan, opts := &schedule.Plan{}, &report.Options{Ratings: map[string]report.Rating{}}
	kinds := []schedule.StageKind{schedule.StageTest, schedule.StageDeploy, schedule.StageSoak, schedule.StageWave, schedule.StageReview}
	for i := range rapid.IntRange(1, 4).Draw(t, "releases") {
		r := schedule.Release{ID: fmt.Sprint(anyText(t, "id"), i), Name: anyText(t, "title"), Owner: anyText(t, "owner"), Team: anyText(t, "team"), Optional: rapid.Bool().Draw(t, "optional"),
			Type: rapid.SampledFrom([]string{"", schedule.Normal, schedule.Standard, schedule.Emergency, anyText(t, "own type")}).Draw(t, "type"), CIs: []string{anyText(t, "ci") + "c"}, Services: []string{anyText(t, "service") + "s"}}
		if i > 0 && rapid.Bool().Draw(t, "after") {
			r.After = []schedule.ReleaseLink{{Release: p.Releases[i-1].ID}}
		}
		for k := range rapid.IntRange(1, 3).Draw(t, "stages") {
			st := schedule.Stage{ID: fmt.Sprint(anyText(t, "stage"), k), Name: anyText(t, "stage name"), Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Duration: schedule.Duration(rapid.IntRange(1, 90).Draw(t, "minutes")) * schedule.Minute}
			r.Stages = append(r.Stages, st)
		}
		left := r.Optional && rapid.Bool().Draw(t, "left out")
		for _, st := range r.Stages {
			id := r.ID + "/" + st.ID
			if left {
				plan.Unscheduled = append(plan.Unscheduled, id)
				continue
			}
			at := start.Add(time.Duration(rapid.IntRange(0, 30*24*60).Draw(t, "at")) * time.Minute)
			plan.Assignments = append(plan.Assignments, schedule.Assignment{Activity: id, Start: at, End: at.Add(st.Duration.Std())})
		}
		opts.Ratings[r.ID] = report.Rating{Level: rapid.SampledFrom([]string{"", "low", "very high", anyText(t, "level")}).Draw(t, "risk"), Why: anyText(t, "why")}
		p.Releases = append(p.Releases, r)
	}
	if len(plan.Assignments) > 0 {
		opts.Conflicts = []schedule.Conflict{{Kind: schedule.InFreeze, Activities: []string{plan.Assignments[0].Activity}, Reason: anyText(t, "reason")}}
	}
	opts.Outages = []report.ServiceOutage{{Service: anyText(t, "outage"), Outages: []calendar.Interval{{Start: start, End: start.Add(time.Hour)}}, Total: schedule.Hour}}
	return p, plan, opts
}

// Whatever the names are, each step of the plan stands once in what is written for
// programs, reads back as what it was, and never becomes markup, a formula or another line.
func TestHostileNames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, plan, opts := anyPlan(t)
		if err := p.Validate(); err != nil {
			t.Skip(err) // names that no problem may have
		}
		s, err := report.Build(p, plan, opts)
		if err != nil {
			t.Fatal(err)
		}
		everyStepOnce(t, s, plan)
		csvReadsBack(t, s)
		jsonReadsBack(t, s)
		feedIsStable(t, p, plan, opts, s)
		pagesAreInert(t, s)
		linesAreLines(t, s)
	})
}

func everyStepOnce(t *rapid.T, s *report.Schedule, plan *schedule.Plan) {
	seen := map[string]int{}
	for _, e := range s.Entries {
		for _, st := range e.Steps {
			seen[st.Activity]++
			a, ok := plan.Of(st.Activity)
			if !ok || !a.Start.Equal(st.During.Start) || !a.End.Equal(st.During.End) {
				t.Fatalf("%q is at %v, planned %v", st.Activity, st.During, a)
			}
		}
	}
	for _, a := range plan.Assignments {
		if seen[a.Activity] != 1 {
			t.Fatalf("%q is there %d times", a.Activity, seen[a.Activity])
		}
	}
	if len(seen) != len(plan.Assignments) {
		t.Fatalf("%d steps of %d", len(seen), len(plan.Assignments))
	}
}

func csvReadsBack(t *rapid.T, s *report.Schedule) {
	var b bytes.Buffer
	if err := s.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(b.Bytes())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	plain := func(cell string) string { // encoding/csv reads "\r\n" as "\n"
		return strings.ReplaceAll(strings.TrimPrefix(cell, "'"), "\r\n", "\n")
	}
	n := 0
	for _, e := range s.Entries {
		for _, st := range e.Steps {
			n++
			row := rows[n]
			at, err := time.Parse(time.RFC3339, row[6])
			if err != nil || !at.Equal(st.During.Start) || plain(row[0]) != plain(e.ID) || plain(row[8]) != plain(st.Activity) || plain(row[1]) != plain(st.Name) {
				t.Fatalf("row %q of %q in %q: %v", row, st.Activity, e.ID, err)
			}
		}
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
				t.Fatalf("%q is a formula", cell)
			}
		}
	}
	if len(rows) != n+1 {
		t.Fatalf("%d rows for %d steps", len(rows), n)
	}
	if n > 0 {
		f, err := records.Read(bytes.NewReader(b.Bytes()), nil)
		if err == nil && len(f.Records) != n { // hostile IDs may be no IDs, but no record may be lost or added
			t.Fatalf("%d records of %d", len(f.Records), n)
		}
	}
}

func jsonReadsBack(t *rapid.T, s *report.Schedule) {
	var b bytes.Buffer
	if err := s.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	var again report.Schedule
	d := json.NewDecoder(&b)
	d.DisallowUnknownFields()
	if err := d.Decode(&again); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s, &again, cmpopts.IgnoreFields(report.Schedule{}, "Shades"), cmpopts.IgnoreUnexported(report.Step{}), cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("JSON loses (-want +got):\n%s", diff)
	}
}

func feedIsStable(t *rapid.T, p *schedule.Problem, plan *schedule.Plan, opts *report.Options, s *report.Schedule) {
	var b bytes.Buffer
	if err := s.WriteICS(&b, nil, time.Time{}); err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(b.String(), "\r\n") {
		if strings.ContainsAny(line, "\r\n") || len(line) > 75 {
			t.Fatalf("line %q", line)
		}
	}
	uids := func(text []byte) map[string]int {
		f, err := ics.Parse(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		events, _, err := f.Events(ics.Reading{})
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]int{}
		for _, e := range events {
			if _, again := out[e.UID]; again {
				t.Fatalf("UID %q is there twice", e.UID)
			}
			out[e.UID] = e.Sequence
		}
		return out
	}
	first := uids(b.Bytes())
	delivering := 0
	for _, e := range s.Entries {
		for _, st := range e.Steps {
			if st.Delivers {
				delivering++
			}
		}
	}
	if len(first) != delivering {
		t.Fatalf("%d events for %d steps that deliver", len(first), delivering)
	}
	// The same plan again changes nothing; another one counts up what moved and keeps every UID.
	var same, moved bytes.Buffer
	if err := s.WriteICS(&same, bytes.NewReader(b.Bytes()), time.Time{}); err != nil || !bytes.Equal(same.Bytes(), b.Bytes()) {
		t.Fatalf("the same plan gives another feed: %v", err)
	}
	later := *plan
	later.Assignments = slices.Clone(plan.Assignments)
	for i := range later.Assignments {
		a := &later.Assignments[i]
		a.Start, a.End = a.Start.Add(time.Hour), a.End.Add(time.Hour)
	}
	next, err := report.Build(p, &later, opts)
	if err != nil {
		t.Fatal(err)
	}
	if err := next.WriteICS(&moved, bytes.NewReader(b.Bytes()), time.Time{}); err != nil {
		t.Fatal(err)
	}
	for uid, sequence := range uids(moved.Bytes()) {
		if was, ok := first[uid]; !ok || sequence != was+1 {
			t.Fatalf("%q has SEQUENCE %d after %d", uid, sequence, was)
		}
	}
}

// inert are what a page must not have but for what this package itself writes.
func pagesAreInert(t *rapid.T, s *report.Schedule) {
	empty, err := report.Build(&schedule.Problem{Horizon: s.Span, Activities: []schedule.Activity{{ID: "x", Duration: schedule.Hour}}}, &schedule.Plan{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	write := func(s *report.Schedule) string {
		var b bytes.Buffer
		if err := report.WriteHTML(&b, s.Timeline()); err != nil {
			t.Fatal(err)
		}
		if err := report.WriteHeat(&b, s.Heat(calendar.Date{Year: 2026, Month: 10, Day: 1}, 2)); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	page, plain := write(s), write(empty)
	for _, tag := range []string{"<script", "</script", "</style", "</title", "<!--", "<title>alert", "<img", "javascript:alert(1)\""} {
		if strings.HasPrefix(tag, "</title") {
			continue // bars have titles of their own
		}
		if got, want := strings.Count(page, tag), strings.Count(plain, tag); got != want {
			t.Fatalf("%d of %q, an empty page has %d", got, tag, want)
		}
	}
	if strings.Count(page, "<title>") != strings.Count(page, "</title>") {
		t.Fatal("titles are not closed")
	}
}

// linesAreLines: text for terminals and Markdown has no control characters, and no name makes
// a line of its own.
func linesAreLines(t *rapid.T, s *report.Schedule) {
	for name, write := range map[string]func(io.Writer) error{
		"text": s.WriteText, "outages": s.WriteOutages,
		"pack":    func(w io.Writer) error { return s.WriteBoardPack(w, s.Span) },
		"notices": func(w io.Writer) error { return s.WriteNotices(w, s.Span) },
		"notes":   func(w io.Writer) error { return s.WriteReleaseNotes(w, s.Span) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(b.String(), "\n") {
			if i := strings.IndexFunc(line, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u202e' }); i >= 0 {
				t.Fatalf("%s: %q", name, line)
			}
			if name != "text" && name != "outages" && (strings.Contains(strings.ReplaceAll(line, "\\<", ""), "<") || strings.HasPrefix(line, "# Heading") || strings.HasPrefix(line, "END:")) {
				t.Fatalf("%s: markup in %q", name, line)
			}
		}
		if name == "pack" || name == "notices" || name == "notes" {
			for _, link := range []string{"[x](", "![i]("} {
				for rest := b.String(); ; {
					i := strings.Index(rest, link)
					if i < 0 {
						break
					}
					if i == 0 || rest[i-1] != '\\' {
						t.Fatalf("%s: a link in %q", name, rest[max(0, i-20):i+10])
					}
					rest = rest[i+1:]
				}
			}
		}
	}
}

// Names that iCalendar cannot carry as they are once made every feed a new revision.
func TestFeedOfControlCharacters(t *testing.T) {
	start := time.Date(2026, 10, 20, 0, 0, 0, 0, time.UTC)
	p := &schedule.Problem{Horizon: calendar.Interval{Start: start, End: start.AddDate(0, 0, 1)}}
	plan := &schedule.Plan{}
	for i, id := range []string{"a\x00b", "a%00b", " a", "a\r\nb"} {
		p.Activities = append(p.Activities, schedule.Activity{ID: id, Name: "two\rlines\x1b ", Type: " ", Team: "t\n", Duration: schedule.Hour, CIs: []string{"\tc"}})
		plan.Assignments = append(plan.Assignments, schedule.Assignment{Activity: id, Start: start.Add(time.Duration(i) * time.Hour), End: start.Add(time.Duration(i+1) * time.Hour)})
	}
	s, err := report.Build(p, plan, nil)
	if err != nil {
		t.Skip(err) // such IDs are refused
	}
	var first, second bytes.Buffer
	if err := s.WriteICS(&first, nil, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if err := s.WriteICS(&second, bytes.NewReader(first.Bytes()), time.Time{}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) || strings.Count(first.String(), "BEGIN:VEVENT") != 4 {
		t.Errorf("the same plan gives another feed:\n%s\nafter\n%s", second.String(), first.String())
	}
}
