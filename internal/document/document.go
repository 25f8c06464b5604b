// Package document reads JSON documents strictly: a field that is misspelt must not become a
// field that is dropped. All faults are reported together, each with line, column, path and
// what to do about it.
package document

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// An Error is one fault at one place of a document. It matches [validate.ErrInvalid]; several
// come joined. What is missing is reported where it should be.
type Error struct {
	Line    int // from 1
	Column  int // from 1; counts code points
	Path    string
	Problem string
}

func (e *Error) Error() string {
	return fmt.Sprintf("line %d, column %d: %s: %s", e.Line, e.Column, e.Path, e.Problem)
}

// Unwrap makes it a [validate.Error] to errors.As too.
func (e *Error) Unwrap() error { return &validate.Error{Path: e.Path, Problem: e.Problem} }

// A Form says how a kind of document is read.
type Form struct {
	MaxBytes int64
	// Plain are types that are read field by field although they have an UnmarshalJSON, which
	// would know no path; what it checks, the validation must check then.
	Plain []reflect.Type
	// Onward validates also what has faults of form, so that those of content come with them. What
	// follows from a fault of form alone is left out where the paths tell. It is for documents
	// whose parts refer little to each other.
	Onward bool
}

// Read decodes the document into a pointer and then validates it, if nothing was wrong with its
// form. Faults are in the order of the document; after one of syntax nothing further is read.
func (f Form) Read(r io.Reader, into any, check func() error) error {
	data, err := io.ReadAll(io.LimitReader(r, f.MaxBytes+1))
	if err != nil {
		return err
	}
	if int64(len(data)) > f.MaxBytes {
		return &validate.Error{Path: "document", Problem: fmt.Sprintf("is larger than %d MiB: split it", f.MaxBytes>>20)}
	}
	d := decode(data, into, f.Plain)
	if len(d.faults) == 0 || f.Onward && !d.broken && d.more == 0 {
		d.add(locate(data, check()))
	}
	var errs []error
	for _, f := range d.faults {
		line, column := position(data, f.off)
		errs = append(errs, &Error{line, column, f.path, f.problem})
	}
	if d.more > 0 {
		errs = append(errs, &validate.Error{Path: "document", Problem: fmt.Sprintf("has %d more faults that are not listed; mend these first", d.more)})
	}
	return errors.Join(errs...)
}

// add adds faults of content to those of form, but for what these explain.
func (d *decoder) add(content []fault) {
	explained := map[string]bool{}
	for _, f := range d.faults {
		explained[f.path], explained[f.meant] = true, true
	}
	for _, f := range content {
		known := false
		for path := f.path; path != "" && !known; path = path[:max(0, strings.LastIndexAny(path, ".["))] {
			known = explained[path]
		}
		if !known {
			d.faults = append(d.faults, f)
		}
	}
	slices.SortStableFunc(d.faults, func(a, b fault) int { return cmp.Compare(a.off, b.off) })
	if n := len(d.faults); n > MaxFaults+1 { // the validation may have counted the rest already
		d.faults, d.more = d.faults[:MaxFaults], n-MaxFaults
	}
}

// locate finds where in the document the fields are that err complains of. A field
// that is not there is placed where the nearest value around it begins.
func locate(data []byte, err error) []fault {
	if err == nil {
		return nil
	}
	var faults []fault
	for _, e := range Flatten(err) {
		f := fault{path: "document", problem: e.Error()}
		if v := (*validate.Error)(nil); errors.As(e, &v) {
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

// Flatten takes joined errors apart, also those behind a prefix, which it drops.
func Flatten(err error) []error {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		var out []error
		for _, e := range many.Unwrap() {
			out = append(out, Flatten(e)...)
		}
		return out
	}
	if one := errors.Unwrap(err); one != nil { // a prefix before several
		if inside := Flatten(one); len(inside) > 1 {
			return inside
		}
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

// quote quotes a text for a message, cut where it is long.
func quote(s string) string {
	const most = 60
	if len(s) > most {
		return strconv.Quote(strings.ToValidUTF8(s[:most], "?")) + "..."
	}
	return strconv.Quote(s)
}
