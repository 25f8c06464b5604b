package schedule

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/document"
)

const small = `{
  "version": 1,
  "horizon": {"start": "2026-11-22T00:00:00Z", "end": "2026-11-29T00:00:00Z"},
  "activities": [
    {"id": "a", "duration": "PT1H"},
    {"id": "b", "duration": "PT30M", "calendar": "nights"}
  ],
  "precedences": [{"from": "a", "to": "b"}],
  "resources": [{"id": "team", "capacity": {"base": 1}}],
  "calendars": [{"id": "nights", "windows": [{"id": "n", "kind": "maintenance", "starts": "DTSTART;TZID=Europe/Helsinki:20261120T220000\nRRULE:FREQ=DAILY", "length": "PT6H"}]}]
}`

// TestBadInput makes one mistake after another in a good document. Each is reported at
// its place, with its path and a word on what is wrong.
func TestBadInput(t *testing.T) {
	if _, err := ReadProblem(strings.NewReader(small)); err != nil {
		t.Fatalf("the document without mistakes: %v", err)
	}
	tests := []struct {
		name, old, new string
		line           int
		path, problem  string
	}{
		{"broken JSON", `"to": "b"}]`, `"to": "b"}`, 9, "precedences", "expected ',' or ']'"},
		{"ends early", `]
}`, ``, 10, "calendars", "the end of the text"},
		{"trailing comma", `"b"}],`, `"b"},],`, 8, "precedences", "remove it"},
		{"something follows", "]}]\n}", "]}]\n} 1", 11, "document", "something follows"},
		{"not an object", small, `[]`, 1, "document", "must be an object, is an array"},
		{"empty", small, ``, 1, "document", "the end of the text"},
		{"unknown field", `"duration": "PT1H"`, `"durration": "PT1H"`, 5, "activities[0].durration", `unknown field; did you mean "duration"?`},
		{"unknown field of a window", `"kind"`, `"kinds"`, 10, "calendars[0].windows[0].kinds", `did you mean "kind"?`},
		{"case of a field", `"duration": "PT1H"`, `"Duration": "PT1H"`, 5, "activities[0].Duration", `did you mean "duration"?`},
		{"repeated field", `"id": "a",`, `"id": "a", "id": "a2",`, 5, "activities[0].id", "comes twice"},
		{"wrong kind of value", `"PT1H"`, `3600`, 5, "activities[0].duration", "must be a text"},
		{"null", `"id": "a"`, `"id": null`, 5, "activities[0].id", "leave the field out"},
		{"days", `"PT1H"`, `"P1D"`, 5, "activities[0].duration", "days or weeks"},
		{"negative duration", `"PT1H"`, `"-PT1H"`, 5, "activities[0].duration", "must not be negative"},
		{"overflowing duration", `"PT1H"`, `"PT9999999999999H"`, 5, "activities[0].duration", "292 years"},
		{"fraction of a second", `"PT1H"`, `"PT0.5S"`, 5, "activities[0].duration", "whole seconds"},
		{"bad instant", `2026-11-29T00:00:00Z`, `2026-11-31`, 3, "horizon.end", "not an instant"},
		{"far instant", `2026-11-29T00:00:00Z`, `9999-11-29T00:00:00Z`, 3, "horizon.end", "must be between"},
		{"empty horizon", `2026-11-29T00:00:00Z`, `2026-11-22T00:00:00Z`, 3, "horizon", "is empty"},
		{"no horizon end", `, "end": "2026-11-29T00:00:00Z"`, ``, 3, "horizon.end", "is missing"},
		{"newer version", `"version": 1`, `"version": 7`, 2, "version", "reads version 1"},
		{"huge number", `"base": 1`, `"base": 99999999999999999999`, 9, "resources[0].capacity.base", "whole number"},
		{"fraction", `"base": 1`, `"base": 1.5`, 9, "resources[0].capacity.base", "whole number"},
		{"large number", `"base": 1`, `"base": 9999999999999999`, 9, "resources[0].capacity.base", "scale it down"},
		{"reference to nothing", `"to": "b"`, `"to": "bb"`, 8, "precedences[0].to", `did you mean "b"?`},
		{"calendar of nothing", `"calendar": "nights"`, `"calendar": "days"`, 6, "activities[1].calendar", "no calendar"},
		{"same ID twice", `"id": "b"`, `"id": "a"`, 6, "activities[1].id", "already the ID"},
		{"no ID", `"id": "b", `, ``, 6, "activities[1].id", "is missing"},
		{"circle", `[{"from": "a", "to": "b"}]`, `[{"from": "a", "to": "b"}, {"from": "b", "to": "a"}]`, 8, "precedences[0]", "circle"},
		{"follows itself", `"to": "b"`, `"to": "a"`, 8, "precedences[0].to", "joins two"},
		{"unknown zone", `TZID=Europe/Helsinki`, `TZID=Europe/Helsingfors`, 10, "calendars[0].windows[0].starts", "zone"},
		{"zone of the reader", `"version": 1`, `"version": 1, "zone": "Mars/Phobos"`, 2, "zone", "no IANA time zone"},
		{"zone of the machine", `"version": 1`, `"version": 1, "zone": "Local"`, 2, "zone", "differs between machines"},
		{"control character", `"id": "a"`, "\"id\": \"a\tb\"", 5, "activities[0].id", "control character"},
		{"escaped control character", `"id": "a"`, `"id": "a\u0000"`, 5, "activities[0].id", "control character"},
		{"bad escape", `"id": "a"`, `"id": "\q"`, 5, "activities[0].id", "bad escape"},
		{"not UTF-8", `"id": "a"`, "\"id\": \"\xff\"", 5, "activities[0].id", "not UTF-8"},
		{"open quotes", `"nights", "windows"`, `"nights, windows`, 10, "calendars[0]", "expected"},
		{"leading zero", `"base": 1`, `"base": 01`, 9, "resources[0].capacity", "expected ','"},
		{"word", `"base": 1`, `"base": nil`, 9, "resources[0].capacity.base", "expected a value"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc := strings.Replace(small, tt.old, tt.new, 1)
			if doc == small {
				t.Fatal("the mistake was not made")
			}
			p, err := ReadProblem(strings.NewReader(doc))
			if p != nil || err == nil {
				t.Fatalf("read %v, %v", p, err)
			}
			if !errors.Is(err, ErrInvalid) {
				t.Errorf("%v does not match ErrInvalid", err)
			}
			if v := (*ValidationError)(nil); !errors.As(err, &v) {
				t.Errorf("%v is no ValidationError", err)
			}
			for _, e := range faultsOf(err) {
				if e.Line == tt.line && e.Path == tt.path && strings.Contains(e.Problem, tt.problem) {
					return
				}
			}
			t.Errorf("%v\nwant line %d, %s: ...%s...", err, tt.line, tt.path, tt.problem)
		})
	}
}

// faultsOf returns the InputErrors of an error.
func faultsOf(err error) []*InputError {
	var out []*InputError
	for err != nil {
		if many, ok := err.(interface{ Unwrap() []error }); ok {
			for _, e := range many.Unwrap() {
				out = append(out, faultsOf(e)...)
			}
			return out
		}
		if e, ok := err.(*InputError); ok {
			return append(out, e)
		}
		err = errors.Unwrap(err)
	}
	return out
}

// TestAllFaultsAtOnce makes three mistakes in three places.
func TestAllFaultsAtOnce(t *testing.T) {
	doc := strings.NewReplacer(`"PT1H"`, `"-PT1H"`, `"to": "b"`, `"to": "c"`, `"base": 1`, `"base": -1`).Replace(small)
	_, err := ReadProblem(strings.NewReader(doc))
	var got []string
	for _, e := range faultsOf(err) {
		got = append(got, fmt.Sprintf("%d:%d %s", e.Line, e.Column, e.Path))
	}
	want := []string{"5:29 activities[0].duration", "8:39 precedences[0].to", "9:53 resources[0].capacity.base"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%v\n%s", err, d)
	}
}

// TestHostileInput ends, and with an error.
func TestHostileInput(t *testing.T) {
	deep := strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000)
	tests := map[string]struct {
		in   io.Reader
		want string
	}{
		"nested list":          {strings.NewReader(deep), "nested deeper"},
		"nested in the model":  {strings.NewReader(`{"activities": ` + deep + `}`), "nested deeper"},
		"nested unknown field": {strings.NewReader(`{"x": ` + deep + `}`), "nested deeper"},
		"nested objects":       {strings.NewReader(strings.Repeat(`{"x":`, 10_000)), "nested deeper"},
		"200 MB":               {io.MultiReader(strings.NewReader(`{"name": "`), io.LimitReader(endless{}, 200<<20)), "larger than 128 MiB"},
		"many small elements":  {strings.NewReader(`{"activities": [` + strings.Repeat(`{},`, 3_000_000) + `{}]}`), "too large"},
		"many faults":          {strings.NewReader(`{"activities": [` + strings.Repeat(`{"x":1},`, 10_000) + `{}]}`), "more faults"},
		"many faults of sense": {strings.NewReader(`{"activities": [` + strings.Repeat(`{},`, 10_000) + `{}]}`), "more faults"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if name == "many small elements" && !slow() {
				t.Skip("takes a second of the garbage collector: set SLACKWATER_LONG=1")
			}
			_, err := ReadProblem(tt.in)
			if err == nil || !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %.300v, want %q", err, tt.want)
			}
			if n := len(faultsOf(err)); n > document.MaxFaults+1 {
				t.Errorf("%d faults are listed", n)
			}
		})
	}
}

// slow says whether the slow tests run too.
func slow() bool { return os.Getenv("SLACKWATER_LONG") != "" }

type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'x'
	}
	return len(b), nil
}

// TestRoundTrip writes what it read and reads it again.
func TestRoundTrip(t *testing.T) {
	p, err := ReadProblem(strings.NewReader(small))
	if err != nil {
		t.Fatal(err)
	}
	var first, second bytes.Buffer
	if err := p.Write(&first); err != nil {
		t.Fatal(err)
	}
	q, err := ReadProblem(&first)
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Write(&second); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(p, q, cmp.Comparer(func(a, b calendar.Recurrence) bool { return a.Equal(b) })); d != "" {
		t.Error(d)
	}
}

func TestReadPlan(t *testing.T) {
	const doc = `{"version":1,"assignments":[{"activity":"a","start":"2026-11-22T00:00:00Z","end":"2026-11-22T01:00:00Z"}]}`
	if _, err := ReadPlan(strings.NewReader(doc)); err != nil {
		t.Error(err)
	}
	for change, want := range map[string]string{
		`"activity":"a",|`: "activity: is missing",
		`"start":"2026-11-22T00|"start":"2026-11-22T25`: "not an instant",
		`"version":1|"version":2`:                       "reads version 1",
		`22T01:00:00|21T01:00:00`:                       "is before the start",
		`"assignments"|"assignements"`:                  `did you mean "assignments"?`,
	} {
		from, to, _ := strings.Cut(change, "|")
		_, err := ReadPlan(strings.NewReader(strings.Replace(doc, from, to, 1)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", change, err, want)
		}
	}
}

// FuzzReadProblem looks for panics and hangs; what is read is valid, and writes and
// reads back.
func FuzzReadProblem(f *testing.F) {
	f.Add(small)
	f.Add(`{"releases":[{"id":"r","stages":[{"id":"s","kind":"deploy"}]}]}`)
	f.Fuzz(func(t *testing.T, doc string) {
		p, err := ReadProblem(strings.NewReader(doc))
		if err != nil {
			if !errors.Is(err, ErrInvalid) {
				t.Errorf("%v does not match ErrInvalid", err)
			}
			return
		}
		var b bytes.Buffer
		if err := p.Write(&b); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadProblem(&b); err != nil {
			t.Errorf("%q was read, written as %q, and then: %v", doc, b.String(), err)
		}
	})
}

func FuzzReadPlan(f *testing.F) {
	f.Add(`{"version":1,"status":"optimal","assignments":[{"activity":"a","start":"2026-11-22T00:00:00Z","end":"2026-11-22T01:00:00Z"}],"unscheduled":["b"],"goals":[{"goal":{"measure":"makespan"},"value":1}],"tiers":[{"tier":0,"value":1,"bound":0}],"stats":{"seed":1,"workers":1,"work":2,"conflicts":0,"decisions":0,"restarts":0,"solutions":1}}`)
	f.Fuzz(func(t *testing.T, doc string) {
		p, err := ReadPlan(strings.NewReader(doc))
		if err != nil {
			return
		}
		var b bytes.Buffer
		if err := p.Write(&b); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadPlan(&b); err != nil {
			t.Errorf("%q was read, written as %q, and then: %v", doc, b.String(), err)
		}
	})
}
