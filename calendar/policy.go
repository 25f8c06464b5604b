package calendar

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// PolicyVersion is the version of the JSON form that this package writes.
const PolicyVersion = 1

// A Policy is several calendars that all must be open: that of the organisation, of the
// service, of the team. Its JSON form is versioned.
type Policy struct {
	Version   int        `json:"version"`
	Calendars []Calendar `json:"calendars"`
}

// Validate returns all faults, joined in document order.
func (p *Policy) Validate() error {
	var l validate.List
	if p.Version != PolicyVersion {
		l.Addf("version", "is %d; this package reads version %d", p.Version, PolicyVersion)
	}
	seen := map[string]int{}
	for i := range p.Calendars {
		prefix := fmt.Sprintf("calendars[%d].", i)
		id := p.Calendars[i].ID
		if first, ok := seen[id]; ok {
			l.Addf(prefix+"id", "%q is also the id of calendars[%d]", clip(id), first)
		}
		seen[id] = i
		p.Calendars[i].validate(prefix, &l)
	}
	return l.Err()
}

func (p *Policy) pointers() []*Calendar {
	var out []*Calendar
	for i := range p.Calendars {
		out = append(out, &p.Calendars[i])
	}
	return out
}

// Open returns the time in within at which every calendar is open for s.
func (p *Policy) Open(within Interval, s Subject) (Intervals, error) {
	if err := p.Validate(); err != nil {
		return Intervals{}, err
	}
	open := Union(within)
	for i := range p.Calendars {
		o, err := p.Calendars[i].Open(within, s)
		if err != nil {
			return Intervals{}, err
		}
		open = open.Intersect(o)
	}
	return open, nil
}

// Compile validates the policy and expands it over within.
func (p *Policy) Compile(within Interval) (*Compiled, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	return compile(p.pointers(), within)
}

// At answers for one instant, see [Calendar.At].
func (p *Policy) At(at time.Time, s Subject) (Answer, error) {
	if err := p.Validate(); err != nil {
		return Answer{}, err
	}
	return answerAt(p.pointers(), at, s)
}

// maxPolicyBytes bounds a document.
const maxPolicyBytes = 64 << 20

// ReadPolicy decodes and validates a JSON document. Unknown fields are errors: a freeze
// that is misspelt must not be a freeze that is dropped. Errors of form name line and column,
// errors of content the path.
func ReadPolicy(r io.Reader) (*Policy, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxPolicyBytes+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxPolicyBytes {
		return nil, &validate.Error{Path: "policy", Problem: fmt.Sprintf("is larger than %d bytes", maxPolicyBytes)}
	}
	var p Policy
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return nil, locate(b, d.InputOffset(), err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, locate(b, d.InputOffset(), errors.New("text after the policy"))
	}
	if err := p.Validate(); err != nil {
		return nil, err
	}
	return &p, nil
}

// locate turns an error of encoding/json into one with line and column.
func locate(b []byte, offset int64, err error) error {
	path := ""
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset, path = kind.Offset, kind.Field
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		offset, err = int64(len(b)), errors.New("the document ends too early")
	}
	offset = min(max(offset, 0), int64(len(b)))
	line := bytes.Count(b[:offset], []byte("\n")) + 1
	column := int(offset) - bytes.LastIndexByte(b[:offset], '\n') - 1
	at := fmt.Sprintf("line %d, column %d", line, max(column, 1))
	if path != "" {
		at += ", " + path
	}
	return &validate.Error{Path: at, Problem: err.Error()}
}

// WriteTo writes the policy as indented JSON, the same bytes for the same policy.
func (p *Policy) WriteTo(w io.Writer) (int64, error) {
	if p.Version == 0 {
		own := *p
		own.Version, own.Calendars = PolicyVersion, slices.Clone(p.Calendars)
		p = &own
	}
	b, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return 0, err
	}
	n, err := w.Write(append(b, '\n'))
	return int64(n), err
}
