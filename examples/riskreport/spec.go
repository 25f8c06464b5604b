package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/internal/document"
	"github.com/slackwater-go/slackwater/internal/validate"
)

// A Spec says how to read a history: which rows, what counts as a failure, when that was
// known, and what may be used to foresee it. Texts named "expression" are read by [parser].
type Spec struct {
	Name       string    `json:"name"`
	About      string    `json:"about,omitempty"`
	Without    []string  `json:"without,omitempty"`      // histories whose shipped coefficients are left out: this one, where it is among them
	ID         string    `json:"id,omitempty"`           // column; without it rows are numbered
	Time       string    `json:"time,omitempty"`         // expression: Unix seconds of the start; without it the row order counts
	RowsPerDay float64   `json:"rows_per_day,omitempty"` // where the row order counts: how fast time passes
	Zone       string    `json:"zone,omitempty"`         // IANA zone of the hours; "" is UTC
	Slot       *bool     `json:"slot,omitempty"`         // learn from hour and weekday of the start; true where there is a time
	Derive     []Derived `json:"derive,omitempty"`       // further columns
	Filter     string    `json:"filter,omitempty"`       // expression: rows to keep, after deriving
	Label      string    `json:"label"`                  // expression: the change failed
	Known      string    `json:"known"`                  // expression: Unix seconds, or with row order days after the start, when the outcome was known
	Entities   []Entity  `json:"entities,omitempty"`
	Features   []Feature `json:"features,omitempty"`
}

// A Derived column takes a value from another row with the same values in the columns By.
type Derived struct {
	Name     string   `json:"name"`
	Next     string   `json:"next,omitempty"`     // expression at the next row of the group
	Previous string   `json:"previous,omitempty"` // expression at the previous row of the group
	Of       string   `json:"of,omitempty"`       // expression: which rows count as next or previous; "" is all
	By       []string `json:"by"`
}

// An Entity is something with a failure history of its own.
type Entity struct {
	Kind   string `json:"kind"`
	Column string `json:"column"`
	Split  string `json:"split,omitempty"`  // separator, where a change has several
	Until  string `json:"until,omitempty"`  // keep only what stands before the first such text
	Parent string `json:"parent,omitempty"` // another kind, whose rate stands in where this one is new
}

// A Feature is a number known before the change starts.
type Feature struct {
	Name     string `json:"name"`
	Value    string `json:"value,omitempty"`    // expression; "" is the column of that name
	Role     string `json:"role,omitempty"`     // what it means, for shipped coefficients: "files", "lines-added", …
	Linear   bool   `json:"linear,omitempty"`   // do not take the logarithm
	Monotone bool   `json:"monotone,omitempty"` // more is never safer
}

// maxSpec bounds the size of a spec.
const maxSpec = 1 << 20

// readSpec decodes and checks a Spec. All faults are reported, each with its place.
func readSpec(r io.Reader) (*Spec, error) {
	s := new(Spec)
	if err := (document.Form{MaxBytes: maxSpec, Onward: true}).Read(r, s, s.validate); err != nil {
		return nil, fmt.Errorf("spec: %w", err)
	}
	return s, nil
}

func (s *Spec) validate() error {
	var l validate.List
	need := func(ok bool, path, problem string) {
		if !ok {
			l.Addf(path, "%s", problem)
		}
	}
	need(s.Name != "", "name", "is missing")
	need(!strings.ContainsAny(s.Name, ",\"\r\n"), "name", "must not hold commas, quotes or line breaks: it is a cell of the table")
	need(s.Label != "", "label", "is missing: write an expression that is true where the change failed")
	need(s.Known != "", "known", "is missing: write when the outcome was known")
	need(s.RowsPerDay >= 0, "rows_per_day", "must not be negative")
	need(s.Time != "" || s.RowsPerDay > 0, "time", "is missing: give it, or rows_per_day where the row order counts")
	need(s.Time == "" || s.RowsPerDay == 0, "rows_per_day", "has no meaning beside time: remove one of them")
	need(s.Slot == nil || !*s.Slot || s.Time != "", "slot", "needs a time: the row order has no hours")
	if _, err := time.LoadLocation(s.Zone); err != nil || s.Zone == "Local" {
		need(false, "zone", fmt.Sprintf("%q is not an IANA zone such as \"Europe/Berlin\"", s.Zone))
	}
	kinds, names, derived := map[string]int{}, map[string]int{}, map[string]int{}
	once := func(seen map[string]int, list, field, name string, i int) {
		if j, dup := seen[name]; dup && name != "" {
			need(false, fmt.Sprintf("%s[%d].%s", list, i, field), fmt.Sprintf("%q is already %s[%d]", name, list, j))
		} else {
			seen[name] = i
		}
	}
	for i, e := range s.Entities {
		once(kinds, "entities", "kind", e.Kind, i)
	}
	for i, e := range s.Entities {
		need(e.Kind != "", fmt.Sprintf("entities[%d].kind", i), "is missing")
		need(e.Column != "", fmt.Sprintf("entities[%d].column", i), "is missing")
		_, ok := kinds[e.Parent]
		need(e.Parent == "" || ok && e.Parent != e.Kind, fmt.Sprintf("entities[%d].parent", i), "must be another kind of the spec")
	}
	for i, f := range s.Features {
		need(f.Name != "", fmt.Sprintf("features[%d].name", i), "is missing")
		once(names, "features", "name", f.Name, i)
	}
	for i, d := range s.Derive {
		need(d.Name != "", fmt.Sprintf("derive[%d].name", i), "is missing")
		need((d.Next == "") != (d.Previous == ""), fmt.Sprintf("derive[%d]", i), "needs exactly one of next and previous")
		once(derived, "derive", "name", d.Name, i)
	}
	return l.Err()
}
