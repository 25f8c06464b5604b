package judge

import (
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// A Case is everything that a plan is judged against. It is only read, and must not
// change while a [Checker] holds it. Constraints refer to activities, calendars and
// groups by id; an id that nothing has is a finding of kind Malformed, as is one
// that two of a kind share.
type Case struct {
	Horizon calendar.Interval // work lies inside; the zero Interval: no limit
	Zone    *time.Location    // of the times in sentences; nil: UTC
	Now     time.Time         // when the plan is judged: decides which acceptances have expired; zero: none has

	Activities  []Activity
	Calendars   []*calendar.Calendar
	Precedences []Precedence
	Links       []Link
	Resources   []Resource
	Budgets     []Budget
	Exclusions  []Exclusion
	Groups      []Group
	Bundles     []Bundle
	DateRules   []DateRule
	Customs     []Custom
	Accepted    []Acceptance
}

// An Activity is one piece of work.
type Activity struct {
	ID       string
	Name     string // what sentences call it; "": the ID
	Calendar string // when it may run; "": always
	Subject  calendar.Subject

	Duration time.Duration // working time, where Modes is empty
	Demands  []Demand      // where Modes is empty
	Modes    []Mode        // ways to do it, of which the plan names one

	Pauses bool // it pauses while its calendar is closed; otherwise it runs in one piece
	Hold   bool // it keeps its demands while it pauses; otherwise it gives them back

	NotBefore time.Time // of the start; zero: none
	NotAfter  time.Time // of the end; zero: none
	Pinned    time.Time // the start is fixed; zero: it is free
	Optional  bool      // the plan may leave it out
}

// A Mode is one way to carry out an activity.
type Mode struct {
	ID       string
	Calendar string // when it may run; "": the activity's
	Duration time.Duration
	Demands  []Demand
}

// A Demand is what an activity takes of a resource while it works.
type Demand struct {
	Resource string
	Amount   int64
}

// PrecedenceType says which ends a lag links: of the first activity, then of the second.
type PrecedenceType string

const (
	FinishStart  PrecedenceType = "FS" // the default, also for ""
	StartStart   PrecedenceType = "SS"
	FinishFinish PrecedenceType = "FF"
	StartFinish  PrecedenceType = "SF"
)

// A Precedence keeps the time from one end of From to one end of To at MinLag or
// more, and at MaxLag or less where there is one. It says nothing when either
// activity is left out.
type Precedence struct {
	ID       string
	From, To string
	Type     PrecedenceType
	MinLag   time.Duration
	MaxLag   *time.Duration // nil: none
	Why      string         // such as "the consumer follows its provider"; may be ""
	Severity Severity       // "": Blocking
}

// A Link says that If may be planned only where Then is planned.
type Link struct {
	ID       string
	If, Then string
	Why      string
	Severity Severity
}

// A Resource is renewable: what an activity takes it gives back.
type Resource struct {
	ID       string
	Name     string
	Kind     Kind   // of the finding when it is overloaded: PersonOverload, TeamOverload, EnvironmentOverload; "": Overload
	Unit     string // what is counted, such as "engineers"; ""
	Capacity calendar.Profile
	Severity Severity
}

// A Budget is used up: an activity counts in full in the period that holds its
// start. A single period with the zero Interval covers all time.
type Budget struct {
	ID       string
	Name     string
	Unit     string // such as "minutes of outage"
	Periods  []Period
	Uses     []Use
	Severity Severity
}

// A Period of a budget. Periods of one budget do not overlap; work outside all of
// them uses nothing.
type Period struct {
	Name string // such as "week 12"; may be ""
	Span calendar.Interval
	// Limit is how much may be used up in Span.
	Limit int64
}

// A Use is what an activity takes of a budget.
type Use struct {
	Activity string
	Mode     string // only in this mode; "": in every mode
	Amount   int64
}

// An Exclusion is a set of activities of which no two may overlap, usually because
// they meet at one CI or service. Activities occupy the span from start to end,
// pauses included; one of no duration overlaps nothing.
type Exclusion struct {
	ID string
	// Kind is the kind of finding for an overlap: SameCI, RelatedCI, SameService;
	// "" is Exclusive. Where it is RelatedCI, members whose Path has just one CI
	// touch the meeting CI itself: their overlap among themselves is SameCI.
	Kind     Kind
	At       string // name of the CI or service where they meet; may be ""
	Members  []ExclusionMember
	Why      string // for Exclusive: such as "share one database copy"; may be ""
	Severity Severity
}

// An ExclusionMember is one activity of an Exclusion, or an incident or outage that is
// known and that work must not overlap. Incidents among themselves are no finding.
type ExclusionMember struct {
	Activity string
	Incident string              // name; only where Activity is ""
	During   []calendar.Interval // of the incident
	Path     []string            // CI names from what is changed or down to where they meet; may be nil
	Links    []string            // how each CI of Path leads to the next, "" where that is not known; may be nil
}

// A Group is a redundancy group: while work makes it worse, at most Allowed of its
// members may be out.
type Group struct {
	ID      string
	Name    string
	Members []GroupMember
	Allowed calendar.Profile // how many may be out, over time; a share in percent is resolved by the caller
	// A Defined group is no requirement itself; it only says when the member that
	// it is of another group is out: while it has more members out than Allowed.
	Defined  bool
	Severity Severity
}

// A GroupMember is out while one of its activities takes it out, while it is down
// for other reasons, or while one of the groups in Groups has too many members out.
type GroupMember struct {
	Name    string // of the CI
	Outages []Outage
	Down    []calendar.Interval // known incidents and outages
	Groups  []string            // ids; groups must not contain one another in a circle
}

// An Outage is the span for which an activity takes a member out: from the
// activity's start to its end, and for Soak longer.
type Outage struct {
	Activity string
	Soak     time.Duration
}

// A Bundle is a set of activities that go together.
type Bundle struct {
	ID           string
	Name         string
	Activities   []string
	AllOrNothing bool // all planned or all left out
	// With SameWindow all planned ones start in one and the same window: of Spans
	// where there are some, else one maximal stretch of the maintenance windows of
	// Calendar that concern the activity.
	SameWindow bool
	Calendar   string
	Spans      []calendar.Interval
	Severity   Severity
}

// A DateRule keeps activities from starting before From and from ending after
// Until: a lead time (From is the submission plus the lead time), a notice period
// (From is the announcement plus the notice), an approval (From is when it was
// given, Until when it runs out). The caller computes the instants.
type DateRule struct {
	ID         string
	Kind       Kind   // LeadTime, Notice or Approval
	Name       string // such as "five business days of lead time for normal changes"
	Activities []string
	From       time.Time // zero: none
	Until      time.Time // zero: none
	Severity   Severity
}

// An Acceptance records that somebody lives with a finding. It has effect only on
// the finding with the same ID and the same Facts, with an owner and a reason, and
// until it expires: when anything about the conflict changes, the conflict is back.
type Acceptance struct {
	Finding string // Finding.ID
	Facts   string // Finding.Facts
	Owner   string
	Reason  string
	Expires time.Time // required
}

// A Plan says when each activity runs. Nothing about it is taken for granted.
type Plan struct {
	Assignments []Assignment
	LeftOut     []string // ids of optional activities that are left out on purpose
}

// An Assignment is one activity's place in a plan.
type Assignment struct {
	Activity string
	Mode     string // may be "" where there is only one
	Start    time.Time
	End      time.Time
}
