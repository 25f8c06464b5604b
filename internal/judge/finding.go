package judge

import (
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// A Kind says which requirement is broken.
type Kind string

const (
	// Calendars.
	InBlackout    Kind = "in-blackout"
	InFreeze      Kind = "in-freeze"
	OutsideWindow Kind = "outside-window" // it starts where no maintenance window is open
	ExceedsWindow Kind = "exceeds-window" // it starts inside a window and does not fit it

	// Other work.
	SameCI      Kind = "same-ci"
	RelatedCI   Kind = "related-ci" // upstream or downstream, with the path
	SameService Kind = "same-service"
	Exclusive   Kind = "exclusive" // any other set of which no two may overlap
	OrderBreach Kind = "order-breach"
	LagExceeded Kind = "lag-exceeded" // too long after what it follows
	SplitBundle Kind = "split-bundle"

	// Capacity.
	Overload            Kind = "overload"
	PersonOverload      Kind = "person-overload"
	TeamOverload        Kind = "team-overload"
	EnvironmentOverload Kind = "environment-overload"
	RedundancyBreach    Kind = "redundancy-breach"
	BudgetExceeded      Kind = "budget-exceeded"

	// The user's own rules.
	CustomBreach Kind = "custom"

	// Dates.
	LeadTime Kind = "lead-time-breach"
	Notice   Kind = "notice-breach"
	Approval Kind = "approval-breach"
	TooEarly Kind = "too-early"
	TooLate  Kind = "too-late"
	PinMoved Kind = "pin-moved"

	// The plan itself.
	Missing   Kind = "missing"
	Malformed Kind = "malformed"
)

// A Severity says what a finding means for the plan.
type Severity string

const (
	Blocking Severity = "blocking" // the plan must not go ahead like this
	Warning  Severity = "warning"  // it may, once somebody has agreed
	Note     Severity = "note"     // worth knowing
)

// A Report is what Judge returns.
type Report struct {
	// Findings in order of time, then kind, then ids. Findings without a time come first.
	Findings []Finding
	// Lapsed acceptances, in the order of the case: those that have no effect.
	Lapsed []Lapse
}

// Clean says whether nothing blocks the plan: every finding is accepted or less than Blocking.
func (r *Report) Clean() bool {
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Severity == Blocking && f.Accepted == nil {
			return false
		}
	}
	return true
}

// A Finding is one cause that breaks a plan, with all that it concerns.
type Finding struct {
	Kind     Kind
	Severity Severity
	Span     calendar.Interval // when; the zero Interval where there is no time to it
	Members  []Member          // who, by id; each activity once
	Amount   Amount            // by how much, at its worst
	Evidence []Evidence        // from which requirement; several where one overlap breaks several alike
	Reason   string            // a sentence for people

	// ID names the conflict whatever its times are: from its kind, members and
	// requirements. Facts stands for all the rest of it. Both are short texts.
	ID    string
	Facts string

	Accepted *Acceptance // in force for this finding, or nil
	Returned string      // why an acceptance of it is no longer in force, or ""
}

// Activities returns the ids of the members.
func (f *Finding) Activities() []string {
	ids := make([]string, len(f.Members))
	for i := range f.Members {
		ids[i] = f.Members[i].Activity
	}
	return ids
}

// A Member is an activity that a finding concerns.
type Member struct {
	Activity string
	Span     calendar.Interval // the activity's own part of the finding; may be zero
	By       time.Duration     // by how much it breaks the rule itself; 0 where that has no meaning
	Path     []string          // CI names from what it changes to where it meets the others; may be nil
	Links    []string          // how each CI of Path leads to the next, "" where that is not known; may be nil
}

// An Amount is how much a finding is about: a Duration, or a number of Units of
// which Need are needed and Have are there.
type Amount struct {
	Duration time.Duration
	Need     int64
	Have     int64
	Unit     string
}

// A RequirementKind says which list of a [Case] an Evidence points into.
type RequirementKind string

const (
	OfActivity   RequirementKind = "activity"
	OfPlan       RequirementKind = "plan"
	OfHorizon    RequirementKind = "horizon"
	OfCalendar   RequirementKind = "calendar"
	OfPrecedence RequirementKind = "precedence"
	OfLink       RequirementKind = "link"
	OfResource   RequirementKind = "resource"
	OfBudget     RequirementKind = "budget"
	OfExclusion  RequirementKind = "exclusion"
	OfGroup      RequirementKind = "group"
	OfBundle     RequirementKind = "bundle"
	OfDateRule   RequirementKind = "date-rule"
	OfCustom     RequirementKind = "custom"
)

// Evidence is the requirement that a finding breaks and what it said at the time.
type Evidence struct {
	Of         RequirementKind
	ID         string            // of the requirement; for OfCalendar of the calendar
	Rule       string            // which part of it, such as "min-lag", "not-before", "finish-inside"
	Window     string            // id of the calendar window, if one window is the cause
	Occurrence calendar.Interval // of the window, or the closed stretch between two; zero where unknown or unbounded
	Text       string            // the reason that the requirement itself gives, if any
	At         string            // name of the CI, service or member where work meets
	Limit      time.Duration     // the lag that is asked for
	Actual     time.Duration     // the lag there is
	LimitAt    time.Time         // the instant that is asked for
	Levels     []Level           // need and have over time
	Approvers  []string          // roles of which one has to approve
	Down       []string          // names of what is out for reasons outside the plan
}

// A Level is need against have during one stretch.
type Level struct {
	calendar.Interval
	Need int64
	Have int64
}

// A Lapse is an acceptance without effect, and why.
type Lapse struct {
	Acceptance
	Why string
}
