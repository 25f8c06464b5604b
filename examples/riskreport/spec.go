package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
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

// readSpec decodes a Spec, refusing unknown fields and trailing data.
func readSpec(r io.Reader) (*Spec, error) {
	d := json.NewDecoder(io.LimitReader(r, 1<<20))
	d.DisallowUnknownFields()
	var s Spec
	if err := d.Decode(&s); err != nil {
		return nil, fmt.Errorf("spec: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("spec: more than one JSON value, or longer than 1 MB")
	}
	var faults []error
	need := func(ok bool, path, problem string) {
		if !ok {
			faults = append(faults, fmt.Errorf("spec: %s: %s", path, problem))
		}
	}
	need(s.Name != "", "name", "is missing")
	need(s.Label != "", "label", "is missing: write an expression that is true where the change failed")
	need(s.Known != "", "known", "is missing: write when the outcome was known")
	need(s.Time != "" || s.RowsPerDay > 0, "time", "is missing: give it, or rows_per_day where the row order counts")
	kinds := map[string]bool{}
	for _, e := range s.Entities {
		kinds[e.Kind] = true
	}
	for i, e := range s.Entities {
		need(e.Kind != "" && e.Column != "", fmt.Sprintf("entities[%d]", i), "needs kind and column")
		need(e.Parent == "" || kinds[e.Parent] && e.Parent != e.Kind, fmt.Sprintf("entities[%d].parent", i), "must be another kind of the spec")
	}
	for i, f := range s.Features {
		need(f.Name != "", fmt.Sprintf("features[%d].name", i), "is missing")
	}
	for i, d := range s.Derive {
		need(d.Name != "" && (d.Next == "") != (d.Previous == ""), fmt.Sprintf("derive[%d]", i), "needs a name and exactly one of next and previous")
	}
	return &s, errors.Join(faults...)
}
