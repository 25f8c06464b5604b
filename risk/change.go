package risk

import (
	"iter"
	"time"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// ErrInvalid matches, through errors.Is, every error about invalid input.
var ErrInvalid = validate.ErrInvalid

// Error is one problem of one field; errors.As finds it. All problems of an input are joined.
type Error = validate.Error

// The change types that [Default] knows. Any other text is allowed and counts as normal.
const (
	Standard  = "standard"
	Normal    = "normal"
	Expedited = "expedited"
	Emergency = "emergency"
)

// A Change is what is rated. Only ID is required.
type Change struct {
	ID       string              `json:"id"`
	Type     string              `json:"type,omitempty"`     // "" is [Normal]
	Model    string              `json:"model,omitempty"`    // change model or template, such as "os-patch"
	Team     string              `json:"team,omitempty"`     // who implements it
	CIs      []string            `json:"cis,omitempty"`      // what it touches directly; order and repeats do not matter
	Entities map[string][]string `json:"entities,omitempty"` // further names with a history of their own, by kind ("author": {"kim"})
	Start    time.Time           `json:"start,omitzero"`     // zero: not yet placed, no slot factor applies
	End      time.Time           `json:"end,omitzero"`
	Factors  map[string]float64  `json:"factors,omitempty"` // values of the factors that a model takes as given
}

// An Outcome is a past change and how it went.
type Outcome struct {
	Change
	Failed   bool      `json:"failed"`             // backed out, or caused an incident
	Severity string    `json:"severity,omitempty"` // of a failure, such as "minor"; "" where it is not known
	KnownAt  time.Time `json:"known_at"`           // from when on the outcome could be counted
}

// A Topology is what a model needs to know of a CMDB. *cmdb.Graph has it.
// A nil Topology rates every change by its own factors alone, with impact 1. One that has
// a method Has(ci string) bool, as *cmdb.Graph has, is asked which CIs it knows: a change
// to an unknown one is noted and rated with impact 1, never as harmless.
type Topology interface {
	// Impacted yields each CI that a failure of ci reaches, with its distance (1 or more).
	Impacted(ci string) iter.Seq2[string, int]
	// Criticality is 0 (unknown, taken as 3) or 1 (least) to 5 (most critical).
	Criticality(ci string) int
}

// Level is a band of scores; see [Model.Thresholds].
type Level string

const (
	Low      Level = "low"
	Medium   Level = "medium"
	High     Level = "high"
	VeryHigh Level = "very-high"
)

// Levels lists the levels from least to most.
func Levels() []Level { return []Level{Low, Medium, High, VeryHigh} }
