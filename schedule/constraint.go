package schedule

import (
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// A PrecedenceType says which ends a time lag links: of From, then of To.
type PrecedenceType string

const (
	FinishStart  PrecedenceType = "FS" // the default
	StartStart   PrecedenceType = "SS"
	FinishFinish PrecedenceType = "FF"
	StartFinish  PrecedenceType = "SF"
)

// A Precedence keeps the time lag between two activities in [MinLag, MaxLag], as in
// RCPSP/max. It holds where both are carried out. A lag may be negative.
type Precedence struct {
	ID     string         `json:"id,omitempty"`
	From   string         `json:"from"`
	To     string         `json:"to"`
	Type   PrecedenceType `json:"type,omitempty"`
	MinLag Duration       `json:"minLag,omitempty"`
	MaxLag *Duration      `json:"maxLag,omitempty"` // nil: none
	Reason string         `json:"reason,omitempty"` // such as "the consumer follows its provider"
}

// A Link says that If may be carried out only where Then is.
type Link struct {
	ID     string `json:"id,omitempty"`
	If     string `json:"if"`
	Then   string `json:"then"`
	Reason string `json:"reason,omitempty"`
}

// A ResourceKind says how a resource is used and what an overload of it is called.
type ResourceKind string

const (
	Renewable    ResourceKind = ""       // what an activity takes it gives back at its end
	Person       ResourceKind = "person" // renewable, and so are the next two
	Team         ResourceKind = "team"
	Environment  ResourceKind = "environment"
	NonRenewable ResourceKind = "non-renewable" // used up for good; Capacity.Base is all there is
)

// A Resource is what activities demand.
type Resource struct {
	ID       string           `json:"id"`
	Name     string           `json:"name,omitempty"`
	Kind     ResourceKind     `json:"kind,omitempty"`
	Unit     string           `json:"unit,omitempty"` // what is counted, such as "engineers"
	Capacity calendar.Profile `json:"capacity"`
	Calendar string           `json:"calendar,omitempty"` // shifts: the capacity is 0 while it is closed; default: always there
}

// An Exclusion is a set of activities of which no two may overlap.
type Exclusion struct {
	ID         string        `json:"id,omitempty"`
	Kind       ExclusionKind `json:"kind,omitempty"`
	Activities []string      `json:"activities"`
	At         string        `json:"at,omitempty"`    // the CI or service at which they meet
	Paths      []Path        `json:"paths,omitempty"` // evidence: how their work gets there
	Reason     string        `json:"reason,omitempty"`
}

// A Path is evidence of a collision: the CIs from the one that an activity works on
// to the one where it meets the others, both included.
type Path struct {
	Activity string   `json:"activity"`
	CIs      []string `json:"cis"`
	// Links are how each CI leads to the next, one less than CIs: read "CI link CI", such as
	// "used-by", and "" where that is not known. Nil: none is.
	Links []string `json:"links,omitempty"`
}

// An ExclusionKind says why activities exclude one another.
type ExclusionKind string

const (
	Exclusive   ExclusionKind = ""             // for a reason of the user's
	SameCI      ExclusionKind = "same-ci"      // they work on one CI
	RelatedCI   ExclusionKind = "related-ci"   // one works upstream of the other
	SameService ExclusionKind = "same-service" // they work on CIs of one service
)

// A RedundancyGroup is a set of CIs that cover for one another: while work makes it
// worse, at each instant at most MaxOut of its members may be out.
type RedundancyGroup struct {
	ID            string        `json:"id"`
	Name          string        `json:"name,omitempty"`
	Members       []GroupMember `json:"members"`
	MaxOut        int64         `json:"maxOut,omitempty"`
	MaxOutPercent int64         `json:"maxOutPercent,omitempty"` // instead of MaxOut: a share of the members, rounded down
	// Nested makes it no requirement itself: it only says when the member that it
	// is of another group is out.
	Nested bool `json:"nested,omitempty"`
}

// A GroupMember is out while an activity takes it out, while it is down for another
// reason, or, for a group, while that has more members out than it allows.
type GroupMember struct {
	CI         string              `json:"ci,omitempty"`         // out during activities with effect [Outage] or [Soaking] on it
	Group      string              `json:"group,omitempty"`      // or another group
	Activities []string            `json:"activities,omitempty"` // which take it out besides
	Down       []calendar.Interval `json:"down,omitempty"`       // known incidents and outages
}

// A Budget limits what is used up in each period: risk, minutes of outage, starts or
// anything else. An activity counts in full in the period that holds its start; outside
// all periods it uses nothing. [Weeks] and [Windows] make periods.
type Budget struct {
	ID      string       `json:"id"`
	Name    string       `json:"name,omitempty"`
	Unit    string       `json:"unit,omitempty"` // such as "minutes of outage"
	Periods []Period     `json:"periods"`
	Uses    []Use        `json:"uses,omitempty"`
	Counts  BudgetCounts `json:"counts,omitempty"` // what activities in Scope use besides Uses
	// Scope selects activities for Counts, such as those of one service; the zero Scope
	// selects all. Teams, if there are any, selects those of these teams among them.
	Scope calendar.Scope `json:"scope,omitzero"`
	Teams []string       `json:"teams,omitempty"`
	// Soft limits may be passed: the goal [OverBudget] makes it cost, and [Check] warns.
	Soft bool `json:"soft,omitempty"`
}

// BudgetCounts says what an activity in scope of a budget uses of it.
type BudgetCounts string

const (
	CountUses    BudgetCounts = ""        // nothing but its Uses
	CountStarts  BudgetCounts = "starts"  // 1
	CountRisk    BudgetCounts = "risk"    // its risk points
	CountMinutes BudgetCounts = "minutes" // its working time in minutes, rounded up, where its effect is [Outage]
)

// A Period of a budget. Periods of one budget must not overlap.
type Period struct {
	Name  string            `json:"name,omitempty"` // such as "week 12"
	Span  calendar.Interval `json:"span"`
	Limit int64             `json:"limit"`
}

// A Use is what an activity takes of a budget.
type Use struct {
	Activity string `json:"activity"`
	Mode     string `json:"mode,omitempty"` // in this mode only
	Amount   int64  `json:"amount"`         // positive
}

// A Bundle is a set of activities that go together.
type Bundle struct {
	ID           string   `json:"id"`
	Name         string   `json:"name,omitempty"`
	Activities   []string `json:"activities"`
	AllOrNothing bool     `json:"allOrNothing,omitempty"` // all are carried out, or all are left out
	// Window makes all that are carried out start in one and the same span.
	Window []calendar.Interval `json:"window,omitempty"`
	// Calendar does the same with the uninterrupted stretches of open time of that
	// calendar.
	Calendar string `json:"calendar,omitempty"`
}

// A DateRule keeps activities from starting before From and from ending after Until,
// for a reason that governance states.
type DateRule struct {
	ID         string       `json:"id"`
	Kind       DateRuleKind `json:"kind"`
	Name       string       `json:"name,omitempty"` // such as "five business days of lead time for normal changes"
	Activities []string     `json:"activities"`
	From       time.Time    `json:"from,omitzero"`
	Until      time.Time    `json:"until,omitzero"`
}

// A DateRuleKind says which rule of governance sets a date.
type DateRuleKind string

const (
	LeadTime DateRuleKind = "lead-time" // From is the submission plus the lead time
	Notice   DateRuleKind = "notice"    // From is the announcement plus the notice period
	Approval DateRuleKind = "approval"  // From is when it was given, Until when it expires
)
