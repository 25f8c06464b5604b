package schedule

import (
	"github.com/slackwater-go/slackwater/calendar"
)

// Version is the version of the JSON form of [Problem] and [Plan].
const Version = 1

// A Problem says what to schedule, in one or both of two layers: people plan
// Releases, which [Problem.Lower] expands; tool authors may state Activities and
// their constraints themselves. Only Horizon and one activity or release are
// required. All verbs only read a Problem.
//
// Instants and durations are whole seconds. Everything refers to everything else by
// ID. The order of list elements carries no meaning.
type Problem struct {
	Version int    `json:"version"` // 1; 0 counts as 1
	Name    string `json:"name,omitempty"`
	Zone    string `json:"zone,omitempty"` // IANA zone of the times in sentences; default UTC

	// Horizon is the planned span: all work starts and ends inside it.
	Horizon calendar.Interval `json:"horizon"`
	// Tick makes all starts that are not pinned multiples of it, counted from the
	// start of the horizon. The default is the greatest that makes every input
	// exact. A coarser one is rounded to the safe side, and claims of optimality
	// and infeasibility then hold on this grid only; plans say so.
	Tick Duration `json:"tick,omitempty"`

	Releases []Release `json:"releases,omitempty"`
	Trains   []Train   `json:"trains,omitempty"`
	Policies []Policy  `json:"policies,omitempty"`

	Activities  []Activity          `json:"activities,omitempty"`
	Precedences []Precedence        `json:"precedences,omitempty"`
	Links       []Link              `json:"links,omitempty"`
	Resources   []Resource          `json:"resources,omitempty"`
	Calendars   []calendar.Calendar `json:"calendars,omitempty"`
	Calendar    string              `json:"calendar,omitempty"` // ID of the calendar of activities that name none
	Exclusions  []Exclusion         `json:"exclusions,omitempty"`
	Groups      []RedundancyGroup   `json:"groups,omitempty"`
	Budgets     []Budget            `json:"budgets,omitempty"`
	Bundles     []Bundle            `json:"bundles,omitempty"`
	DateRules   []DateRule          `json:"dateRules,omitempty"`
	Custom      []CustomRule        `json:"custom,omitempty"` // requirements and costs in the user's own code
	Goals       []Goal              `json:"goals,omitempty"`  // default: see [DefaultGoals]
}
