package schedule

import (
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"slices"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/document"
)

// maxDocument bounds the size of a document: a problem of 50,000 activities has some
// 20 MB.
const maxDocument = 128 << 20

// form is how the documents of this package are read. [calendar.Interval] is read field by
// field, so that its faults carry a path; Validate checks the rest.
func form() document.Form {
	return document.Form{MaxBytes: maxDocument, Plain: []reflect.Type{reflect.TypeFor[calendar.Interval]()}}
}

// An InputError is one fault at one place of a document: Line and Column from 1, Path and
// Problem. It matches [ErrInvalid]; several come joined. What is missing is reported where it
// should be.
type InputError = document.Error

// ReadProblem decodes and validates a JSON document. It is strict, since a constraint
// that is misspelt must not become a constraint that is dropped: unknown and repeated
// fields are errors. Durations are texts such as "PT1H30M", instants are RFC 3339.
//
// All faults are reported together, each an [*InputError] with line, column and path;
// after one of syntax nothing further is read. A document of more than 128 MiB, or one
// nested deeper than 100 levels, is rejected.
func ReadProblem(r io.Reader) (*Problem, error) {
	p := new(Problem)
	if err := form().Read(r, p, p.Validate); err != nil {
		return nil, fmt.Errorf("schedule: problem: %w", err)
	}
	return p, nil
}

// ReadPlan decodes a JSON document as [ReadProblem] does. Whether the plan fits a
// problem is for [Check] to say.
func ReadPlan(r io.Reader) (*Plan, error) {
	p := new(Plan)
	if err := form().Read(r, p, p.validate); err != nil {
		return nil, fmt.Errorf("schedule: plan: %w", err)
	}
	return p, nil
}

// Write writes the problem as an indented JSON document that [ReadProblem] reads.
func (p *Problem) Write(w io.Writer) error { return write(w, p) }

// Write writes the plan as an indented JSON document that [ReadPlan] reads.
func (p *Plan) Write(w io.Writer) error { return write(w, p) }

func write(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// validate checks what a plan must be by itself.
func (p *Plan) validate() error {
	var l faultList
	if p.Version != 0 && p.Version != Version {
		l.addf("version", "is %d: this library reads version %d", p.Version, Version)
	}
	if !slices.Contains([]Status{"", Feasible, Optimal}, p.Status) {
		l.addf("status", "is %s: must be %q, %q or absent", quote(string(p.Status)), Feasible, Optimal)
	}
	for i := range p.Assignments {
		a := &p.Assignments[i]
		path := fmt.Sprintf("assignments[%d]", i)
		if a.Activity == "" {
			l.addf(path+".activity", "is missing: name the activity")
		}
		l.instant(path+".start", a.Start, true)
		l.instant(path+".end", a.End, true)
		if a.End.Before(a.Start) {
			l.addf(path+".end", "is before the start")
		}
	}
	return l.err()
}
