package records

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/schedule"
)

// maxFile bounds the size of a file.
const maxFile = 64 << 20

// A Record is one change as it stands in a file.
type Record struct {
	Line  int    // where it stands, from 1
	ID    string // number of the change
	Stage string // of the change, if the file tells stages apart
	Title string
	Type  string // such as "normal"
	Team  string
	CIs   []string
	Start time.Time
	End   time.Time
}

// A File is what a file says.
type File struct {
	Format    Format
	Records   []Record // in the order of the file
	Cancelled int      // records that are left out because they are cancelled
	Unread    []string // columns, fields and properties that mean nothing to us, sorted
}

// A Format is a kind of file.
type Format string

const (
	CSV       Format = "csv"
	JSON      Format = "json"
	ICalendar Format = "ics"
)

// Options tune how files are read. The zero Options is valid.
type Options struct {
	Zone *time.Location // of times of CSV and iCalendar files that name none; nil is UTC
}

func (o *Options) zone() *time.Location {
	if o == nil || o.Zone == nil {
		return time.UTC
	}
	return o.Zone
}

// Read reads a file of any of the formats. All faults are reported together, each a
// [*schedule.InputError] with line and column, which matches [schedule.ErrInvalid]. It
// takes time and memory linear in the file, which may have up to 64 MiB.
func Read(r io.Reader, opts *Options) (*File, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("records: %w", err)
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("records: %w", &schedule.ValidationError{Path: "file", Problem: fmt.Sprintf("is larger than %d MiB: split it", maxFile>>20)})
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	var f *File
	var faults faults
	switch head := bytes.TrimSpace(data); {
	case len(head) == 0:
		faults.add(1, 1, "file", "is empty: give a CSV, JSON or iCalendar file with at least one change")
	case bytes.HasPrefix(bytes.ToUpper(head[:min(len(head), 15)]), []byte("BEGIN:VCALENDAR")):
		f = readICS(data, opts, &faults)
	case head[0] == '{' || head[0] == '[':
		f = readJSON(data, &faults)
	default:
		f = readCSV(data, opts, &faults)
	}
	if err := faults.err(); err != nil {
		return nil, fmt.Errorf("records: %w", err)
	}
	return f, nil
}

// faults collects what is wrong with a file, up to a number that people still read.
type faults struct {
	errs []error
	more int
}

const maxFaults = 100

func (f *faults) add(line, column int, path, format string, args ...any) {
	if len(f.errs) == maxFaults {
		f.more++
		return
	}
	f.errs = append(f.errs, &schedule.InputError{Line: line, Column: column, Path: path, Problem: fmt.Sprintf(format, args...)})
}

func (f *faults) err() error {
	if f.more > 0 {
		f.errs = append(f.errs, &schedule.ValidationError{Path: "file", Problem: fmt.Sprintf("has %d more faults that are not listed; mend these first", f.more)})
		f.more = 0
	}
	return errors.Join(f.errs...)
}

// layouts of local times, tried in order; none has a date that could be read two ways.
var layouts = []string{"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02T15:04"}

// instant reads a time; without an offset it is in zone.
func instant(s string, zone *time.Location) (time.Time, error) {
	s = strings.TrimSpace(s)
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return checkYear(t)
	}
	for _, l := range layouts {
		if t, err := time.Parse(l, s); err == nil {
			return checkYear(local(t, zone))
		}
	}
	return time.Time{}, fmt.Errorf("%s is not a time: write it like 2026-11-28 22:00:00 or 2026-11-28T22:00:00Z", quote(s))
}

func checkYear(t time.Time) (time.Time, error) {
	if t.Nanosecond() != 0 {
		return time.Time{}, fmt.Errorf("%s has a fraction of a second: round it to whole seconds", t.Format(time.RFC3339Nano))
	}
	if y := t.UTC().Year(); y < 1900 || y > 2200 {
		return time.Time{}, fmt.Errorf("the year %d is outside 1900 to 2200", y)
	}
	return t, nil
}

// local reads the clock reading of t, given as if it were UTC, in zone, as RFC 5545,
// 3.3.5 says: one that occurs twice means the first, and one that does not occur is
// read with the offset before the gap.
func local(t time.Time, zone *time.Location) time.Time {
	_, before := t.Add(-24 * time.Hour).In(zone).Zone()
	_, after := t.Add(24 * time.Hour).In(zone).Zone()
	first, second := t.Add(-time.Duration(before)*time.Second), t.Add(-time.Duration(after)*time.Second)
	if before == after || reads(first, zone, t) || !reads(second, zone, t) {
		return first.In(zone)
	}
	return second.In(zone)
}

// reads says whether clocks in zone show reading at t.
func reads(t time.Time, zone *time.Location, reading time.Time) bool {
	_, off := t.In(zone).Zone()
	return t.Add(time.Duration(off) * time.Second).Equal(reading)
}

func quote(s string) string {
	const most = 60
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return fmt.Sprintf("%q", s)
}

// fold makes "Short Description" and "short_description" one name.
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '_' || r == '-' || r == '.' || r == '\u00a0':
			return -1
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		}
		return r
	}, strings.TrimSpace(name))
}

// A field is one thing that a record says.
type field uint8

const (
	fID field = iota
	fTitle
	fType
	fTeam
	fCIs
	fStage
	fStart
	fEnd
	fState
	fields
)

// columns are the names to propose where a column is missing.
var columns = [fields]string{fID: "number", fStart: "planned start date", fEnd: "planned end date"}

var fieldNames = [fields]string{"change", "title", "type", "team", "CIs", "stage", "start", "end", "state"}

// synonyms lists the names of each field, best first.
var synonyms = [fields][]string{
	fID:    {"number", "change", "changenumber", "changeid", "id", "task", "key"},
	fTitle: {"shortdescription", "title", "name", "summary", "subject"},
	fType:  {"type", "changetype", "category"},
	fTeam:  {"assignmentgroup", "team", "group", "assignedteam"},
	fCIs:   {"cmdbci", "configurationitem", "ci", "cis", "affectedcis"},
	fStage: {"stage"},
	fStart: {"plannedstartdate", "startdate", "plannedstart", "start"},
	fEnd:   {"plannedenddate", "enddate", "plannedend", "end"},
	fState: {"state", "status"},
}

// assign finds for each field the name that says it, best synonym first, and lists the
// names that mean nothing to us.
func assign(names []string) (at [fields]int, unread []string) {
	folded := make([]string, len(names))
	used := make([]bool, len(names))
	for i, n := range names {
		folded[i] = fold(n)
	}
	for f := range fields {
		at[f] = -1
	search:
		for _, s := range synonyms[f] {
			for i, n := range folded {
				if n == s && !used[i] {
					at[f], used[i] = i, true
					break search
				}
			}
		}
	}
	for i, n := range names {
		if !used[i] {
			unread = append(unread, n)
		}
	}
	return at, unread
}

// A value is a text with the place where it stands.
type value struct {
	text         string
	line, column int
}

// record builds a record of its values; absent ones are empty. It returns false where
// the record is cancelled or faulty.
func (f *File) record(path string, v *[fields]value, zone *time.Location, faults *faults) (Record, bool) {
	if strings.HasPrefix(fold(v[fState].text), "cancel") {
		f.Cancelled++
		return Record{}, false
	}
	before := len(faults.errs) + faults.more
	fault := func(k field, format string, args ...any) {
		faults.add(max(v[k].line, 1), max(v[k].column, 1), path+"."+fieldNames[k], format, args...)
	}
	r := Record{Line: v[fID].line, ID: strings.TrimSpace(v[fID].text), Stage: strings.TrimSpace(v[fStage].text), Title: strings.TrimSpace(v[fTitle].text),
		Type: changeType(v[fType].text), Team: strings.TrimSpace(v[fTeam].text)}
	if r.ID == "" {
		fault(fID, "is missing: give each change its number")
	}
	for _, ci := range strings.FieldsFunc(v[fCIs].text, func(c rune) bool { return c == ';' || c == '|' }) {
		if ci = strings.TrimSpace(ci); ci != "" {
			r.CIs = append(r.CIs, ci)
		}
	}
	for _, t := range []struct {
		k  field
		to *time.Time
	}{{fStart, &r.Start}, {fEnd, &r.End}} {
		if strings.TrimSpace(v[t.k].text) == "" {
			fault(t.k, "is missing: a plan says when each change starts and ends")
			continue
		}
		at, err := instant(v[t.k].text, zone)
		if err != nil {
			fault(t.k, "%v", err)
			continue
		}
		*t.to = at
	}
	if !r.Start.IsZero() && !r.End.IsZero() && r.End.Before(r.Start) {
		fault(fEnd, "%s is before the start %s: swap them or mend the date", quote(v[fEnd].text), quote(v[fStart].text))
	}
	return r, len(faults.errs)+faults.more == before
}

// changeType is the word before " change", in lower case.
func changeType(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	return strings.TrimSuffix(s, " change")
}

// lines finds the line and column of an offset, walking forward only.
type lines struct {
	data       []byte
	off        int
	line, from int
}

func (l *lines) at(off int) (line, column int) {
	if l.line == 0 {
		l.line = 1
	}
	for off = min(off, len(l.data)); l.off < off; l.off++ {
		if l.data[l.off] == '\n' {
			l.line++
			l.from = l.off + 1
		}
	}
	return l.line, len(bytes.Runes(l.data[l.from:max(off, l.from)])) + 1
}
