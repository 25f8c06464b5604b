package calendar

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/internal/document"
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
	switch p.Version {
	case PolicyVersion:
	case 0:
		l.Addf("version", "is missing; write %d", PolicyVersion)
	default:
		l.Addf("version", "is %d; this package reads version %d; write that, or use a newer package", p.Version, PolicyVersion)
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
	if err := errors.Join(within.check(), p.Validate()); err != nil {
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

// ReadPolicy decodes and validates a JSON document. Unknown and repeated fields are errors: a
// freeze that is misspelt must not be a freeze that is dropped.
//
// All faults are reported together, in the order of the document, each an [*InputError] with
// line, column, path and what to do; after one of syntax nothing further is read. A document of
// more than 64 MiB is rejected.
func ReadPolicy(r io.Reader) (*Policy, error) {
	p := new(Policy)
	if err := (document.Form{MaxBytes: maxPolicyBytes, Onward: true}).Read(r, p, p.Validate); err != nil {
		return nil, err
	}
	return p, nil
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
