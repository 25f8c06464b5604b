package schedule

import (
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// A ConflictKind says which requirement is broken.
type ConflictKind string

const (
	// Calendars.
	InBlackout    ConflictKind = "in-blackout"
	InFreeze      ConflictKind = "in-freeze"
	OutsideWindow ConflictKind = "outside-window" // it starts where no maintenance window is open
	ExceedsWindow ConflictKind = "exceeds-window" // it starts inside a window and does not fit it

	// Other work.
	SameCIOverlap      ConflictKind = "same-ci"
	RelatedCIOverlap   ConflictKind = "related-ci" // upstream or downstream, with the path
	SameServiceOverlap ConflictKind = "same-service"
	ExclusiveOverlap   ConflictKind = "exclusive" // any other set of which no two may overlap
	OrderBreach        ConflictKind = "order-breach"
	LagExceeded        ConflictKind = "lag-exceeded" // too long after what it follows
	SplitBundle        ConflictKind = "split-bundle"

	// Capacity.
	Overload            ConflictKind = "overload"
	PersonOverload      ConflictKind = "person-overload"
	TeamOverload        ConflictKind = "team-overload"
	EnvironmentOverload ConflictKind = "environment-overload"
	RedundancyBreach    ConflictKind = "redundancy-breach"
	BudgetExceeded      ConflictKind = "budget-exceeded"

	// The user's own rules.
	CustomBreach ConflictKind = "custom"

	// Dates.
	LeadTimeBreach ConflictKind = "lead-time-breach"
	NoticeBreach   ConflictKind = "notice-breach"
	ApprovalBreach ConflictKind = "approval-breach"
	TooEarly       ConflictKind = "too-early"
	TooLate        ConflictKind = "too-late"
	PinMoved       ConflictKind = "pin-moved"

	// The plan itself.
	Missing   ConflictKind = "missing"
	Malformed ConflictKind = "malformed"

	// Only among requirements: an activity that has no possible start by itself.
	NoSlot ConflictKind = "no-slot"
)

// A Severity says what a conflict means for the plan.
type Severity string

const (
	Blocking Severity = "blocking" // the plan must not go ahead like this
	Warning  Severity = "warning"  // it may, once somebody has agreed
	Note     Severity = "note"     // worth knowing
)

// A Conflict is one cause that breaks a plan, with everything that it concerns, or
// one member of a set of requirements that cannot hold together.
type Conflict struct {
	Kind       ConflictKind      `json:"kind"`
	Severity   Severity          `json:"severity,omitempty"`
	Activities []string          `json:"activities,omitempty"` // each once
	During     calendar.Interval `json:"during,omitzero"`
	Amount     Duration          `json:"amount,omitempty"` // by how much, at its worst
	Need       int64             `json:"need,omitempty"`   // units needed where Have units are there
	Have       int64             `json:"have,omitempty"`
	Unit       string            `json:"unit,omitempty"`
	Reason     string            `json:"reason"` // a sentence
	Members    []ConflictMember  `json:"members,omitempty"`
	Evidence   []Evidence        `json:"evidence,omitempty"`
	ID         string            `json:"id,omitempty"` // names the conflict whatever its times are
}

func (c Conflict) String() string { return c.Reason }

// A ConflictMember is an activity's own part in a conflict.
type ConflictMember struct {
	Activity string            `json:"activity"`
	From     Provenance        `json:"from,omitzero"`
	Span     calendar.Interval `json:"span,omitzero"`
	By       Duration          `json:"by,omitempty"`    // by how much it breaks the rule itself
	Path     []string          `json:"path,omitempty"`  // CIs from what it works on to where it meets the others
	Links    []string          `json:"links,omitempty"` // how each CI of Path leads to the next, see [Path]
}

// Evidence is a requirement and what it said at the time.
type Evidence struct {
	Of         string            `json:"of"`           // "calendar", "precedence", "resource", "exclusion", ...
	ID         string            `json:"id,omitempty"` // of the requirement
	Path       string            `json:"path,omitempty"`
	Rule       string            `json:"rule,omitempty"`      // which part of it, such as "min-lag"
	Window     string            `json:"window,omitempty"`    // ID of the calendar window
	Occurrence calendar.Interval `json:"occurrence,omitzero"` // of the window
	Text       string            `json:"text,omitempty"`      // the reason that the requirement itself gives
	At         string            `json:"at,omitempty"`        // the CI, service or member where work meets
	Limit      Duration          `json:"limit,omitempty"`     // the lag that is asked for
	Actual     Duration          `json:"actual,omitempty"`    // the lag there is
	LimitAt    time.Time         `json:"limitAt,omitzero"`    // the instant that is asked for
	Levels     []Level           `json:"levels,omitempty"`    // need and have over time
	Approvers  []string          `json:"approvers,omitempty"` // roles of which one has to approve
	Down       []string          `json:"down,omitempty"`      // what is out for reasons outside the plan
}

// A Level is need against have during one stretch.
type Level struct {
	Span calendar.Interval `json:"span"`
	Need int64             `json:"need"`
	Have int64             `json:"have"`
}
