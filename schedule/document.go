package schedule

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// maxDocument bounds the size of a document: a problem of 50,000 activities has some
// 20 MB.
const maxDocument = 128 << 20

// An InputError is one fault at one place of a document. It matches [ErrInvalid];
// several come joined. What is missing is reported where it should be.
type InputError struct {
	Line    int // from 1
	Column  int // from 1; counts code points
	Path    string
	Problem string
}

func (e *InputError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s: %s", e.Line, e.Column, e.Path, e.Problem)
}

// Unwrap makes it a [ValidationError] to errors.As too.
func (e *InputError) Unwrap() error { return &ValidationError{Path: e.Path, Problem: e.Problem} }

// ReadProblem decodes and validates a JSON document. It is strict, since a constraint
// that is misspelt must not become a constraint that is dropped: unknown and repeated
// fields are errors. Durations are texts such as "PT1H30M", instants are RFC 3339.
//
// All faults are reported together, each an [*InputError] with line, column and path;
// after one of syntax nothing further is read. A document of more than 128 MiB, or one
// nested deeper than 100 levels, is rejected.
func ReadProblem(r io.Reader) (*Problem, error) {
	p := new(Problem)
	if err := read(r, p, p.Validate); err != nil {
		return nil, fmt.Errorf("schedule: problem: %w", err)
	}
	return p, nil
}

// ReadPlan decodes a JSON document as [ReadProblem] does. Whether the plan fits a
// problem is for [Check] to say.
func ReadPlan(r io.Reader) (*Plan, error) {
	p := new(Plan)
	if err := read(r, p, p.validate); err != nil {
		return nil, fmt.Errorf("schedule: plan: %w", err)
	}
	return p, nil
}

func read(r io.Reader, into any, validate func() error) error {
	data, err := io.ReadAll(io.LimitReader(r, maxDocument+1))
	if err != nil {
		return err
	}
	if len(data) > maxDocument {
		return &ValidationError{Path: "document", Problem: fmt.Sprintf("is larger than %d MiB: split it", maxDocument>>20)}
	}
	d := decode(data, into)
	if len(d.faults) == 0 {
		d.faults = locate(data, validate())
		slices.SortStableFunc(d.faults, func(a, b fault) int { return cmp.Compare(a.off, b.off) })
	}
	var errs []error
	for _, f := range d.faults {
		line, column := position(data, f.off)
		errs = append(errs, &InputError{line, column, f.path, f.problem})
	}
	if d.more > 0 {
		errs = append(errs, &ValidationError{Path: "document", Problem: fmt.Sprintf("has %d more faults that are not listed; mend these first", d.more)})
	}
	return errors.Join(errs...)
}

// locate finds where in the document the fields are that err complains of. A field
// that is not there is placed where the nearest value around it begins.
func locate(data []byte, err error) []fault {
	if err == nil {
		return nil
	}
	var faults []fault
	for _, e := range flatten(err) {
		f := fault{path: "document", problem: e.Error()}
		if v := (*ValidationError)(nil); errors.As(e, &v) {
			f.path, f.problem = v.Path, v.Problem
		}
		faults = append(faults, f)
	}
	places := map[string]int{}
	for _, f := range faults {
		for path := f.path; path != ""; path = path[:max(0, strings.LastIndexAny(path, ".["))] {
			places[path] = -1
		}
	}
	l := locator{scanner: scanner{data: data}, places: places}
	_ = l.walk() // the document was read before, so there is no error
	for i := range faults {
		for path := faults[i].path; path != ""; path = path[:max(0, strings.LastIndexAny(path, ".["))] {
			if off := places[path]; off >= 0 {
				faults[i].off = off
				break
			}
		}
	}
	return faults
}

// flatten takes joined errors apart.
func flatten(err error) []error {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		var out []error
		for _, e := range many.Unwrap() {
			out = append(out, flatten(e)...)
		}
		return out
	}
	return []error{err}
}

// A locator notes where the values at certain paths begin.
type locator struct {
	scanner
	places map[string]int
	path   []byte
}

func (l *locator) walk() error {
	c := l.peek()
	if len(l.path) > 0 {
		if _, wanted := l.places[string(l.path)]; wanted {
			l.places[string(l.path)] = l.off
		}
	}
	n := len(l.path)
	defer func() { l.path = l.path[:n] }()
	switch c {
	case '{':
		return l.object(func(key string, _ int) error {
			l.path = l.path[:n]
			if n > 0 {
				l.path = append(l.path, '.')
			}
			l.path = append(l.path, key...)
			return l.walk()
		})
	case '[':
		i := 0
		return l.array(func() error {
			l.path = fmt.Appendf(l.path[:n], "[%d]", i)
			i++
			return l.walk()
		})
	}
	return l.skip()
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
