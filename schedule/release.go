package schedule

import (
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// A Release is what people plan: a set of changes that reaches its users stage by
// stage. [Problem.Lower] expands it into activities.
type Release struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`

	Type  string `json:"type,omitempty"`  // change type, such as [Normal]: selects the [Policy], and windows by scope
	Owner string `json:"owner,omitempty"` // who answers for it
	Team  string `json:"team,omitempty"`  // who carries it out

	// What it touches, for all stages that do not say otherwise.
	CIs         []string `json:"cis,omitempty"`
	Classes     []string `json:"classes,omitempty"`
	Services    []string `json:"services,omitempty"`
	Environment string   `json:"environment,omitempty"`
	Regions     []string `json:"regions,omitempty"`
	Tags        []string `json:"tags,omitempty"`
	Calendar    string   `json:"calendar,omitempty"` // of the stages that deliver; default: [Problem.Calendar]

	Weight   int64 `json:"weight,omitempty"`   // cost of delay, see [Tardiness]; default 1
	Priority int   `json:"priority,omitempty"` // for people; no goal reads it
	Optional bool  `json:"optional,omitempty"` // may be left out as a whole, which costs Value
	Value    int64 `json:"value,omitempty"`    // default: Weight

	NotBefore time.Time `json:"notBefore,omitzero"` // no stage starts earlier
	NotAfter  time.Time `json:"notAfter,omitzero"`  // deadline of delivery (hard)
	Due       time.Time `json:"due,omitzero"`       // due date of delivery (soft)
	Submitted time.Time `json:"submitted,omitzero"` // from when its lead time counts
	Announced time.Time `json:"announced,omitzero"` // from when its notice period counts
	Approved  bool      `json:"approved,omitempty"`

	Risk   int64         `json:"risk,omitempty"` // points of each stage that delivers, see [Problem.ApplyRisk]
	Stages []Stage       `json:"stages"`
	After  []ReleaseLink `json:"after,omitempty"`
	Train  string        `json:"train,omitempty"` // ID of the [Train] it goes with
}

// A ReleaseLink makes a release follow another: the stage Stage of this release, or
// the first ones, starts after the stage OfStage of the other, or its last ones, has
// ended. An optional release that is left out is followed by nothing: what links to
// it is left out too.
type ReleaseLink struct {
	Release string    `json:"release"`
	OfStage string    `json:"ofStage,omitempty"`
	Stage   string    `json:"stage,omitempty"`
	MinLag  Duration  `json:"minLag,omitempty"`
	MaxLag  *Duration `json:"maxLag,omitempty"`
	Reason  string    `json:"reason,omitempty"`
}

// A Stage is one step of a release strategy: big bang is one deploy stage; canary,
// rings and waves are several with a soak between; blue/green is a deploy and a
// switch; a feature-flag ramp is several flag steps.
type Stage struct {
	ID    string    `json:"id"` // within the release
	Name  string    `json:"name,omitempty"`
	Kind  StageKind `json:"kind"`
	After []string  `json:"after,omitzero"` // stages of this release; nil: the one before it in the list; []: none
	// MinLag and MaxLag are between the end of what it follows and its start.
	MinLag Duration  `json:"minLag,omitempty"`
	MaxLag *Duration `json:"maxLag,omitempty"`

	// How long it takes: either Duration or Parts. Of Parts, what comes before the
	// first one that is not [Prepare] becomes an activity of its own, outside the
	// window; the others, reserves included, must fit the window together.
	Duration Duration `json:"duration,omitempty"`
	Parts    []Part   `json:"parts,omitempty"`
	Modes    []Mode   `json:"modes,omitempty"`
	Demands  []Demand `json:"demands,omitempty"`
	Calendar string   `json:"calendar,omitempty"` // default: for stages that deliver the release's, else none
	Pause    Pause    `json:"pause,omitempty"`    // a soak in business time pauses while its calendar is closed
	Effect   *Effect  `json:"effect,omitempty"`   // nil: what its kind has
	Risk     *int64   `json:"risk,omitempty"`     // nil: the release's where it delivers, else 0

	Team        string   `json:"team,omitempty"`        // default: the release's, as all below
	CIs         []string `json:"cis,omitempty"`         // such as those of one wave
	Environment string   `json:"environment,omitempty"` // such as "staging"
	Regions     []string `json:"regions,omitempty"`
	Action      string   `json:"action,omitempty"` // default: the kind

	NotBefore time.Time `json:"notBefore,omitzero"`
	NotAfter  time.Time `json:"notAfter,omitzero"`
	Preferred time.Time `json:"preferred,omitzero"`
	Pinned    time.Time `json:"pinned,omitzero"`
}

// A StageKind says what a stage is for.
type StageKind string

// Stages that deliver work on the CIs in production; the others do not touch them,
// but a soak watches them.
const (
	StageBuild    StageKind = "build"
	StageTest     StageKind = "test"
	StageApproval StageKind = "approval" // a decision, such as of a change advisory board
	StageGate     StageKind = "gate"     // a condition to pass
	StageDeploy   StageKind = "deploy"   // delivers
	StageCanary   StageKind = "canary"   // delivers to a few
	StagePilot    StageKind = "pilot"    // delivers to chosen users
	StageWave     StageKind = "wave"     // delivers to one ring or wave
	StageSwitch   StageKind = "switch"   // delivers by turning traffic from blue to green
	StageFlag     StageKind = "flag"     // delivers by a step of a feature flag
	StageSoak     StageKind = "soak"     // waits and watches
	StageReview   StageKind = "review"   // looks back
)

// Delivers says whether a stage of the kind works on the CIs in production.
func (k StageKind) Delivers() bool {
	switch k {
	case StageDeploy, StageCanary, StagePilot, StageWave, StageSwitch, StageFlag:
		return true
	}
	return false
}

// effect is what stages of the kind do to their CIs.
func (k StageKind) effect() Effect {
	switch {
	case k.Delivers():
		return Outage
	case k == StageSoak:
		return Soaking
	}
	return Detached
}

func (k StageKind) known() bool {
	switch k {
	case StageBuild, StageTest, StageApproval, StageGate, StageSoak, StageReview:
		return true
	}
	return k.Delivers()
}

// A Train is a set of releases that go together: all or none of them, and, if it has
// windows, in one and the same window.
type Train struct {
	ID     string              `json:"id"`
	Name   string              `json:"name,omitempty"`
	Window []calendar.Interval `json:"window,omitempty"`
	// Calendar makes its uninterrupted stretches of open time the windows.
	Calendar string `json:"calendar,omitempty"`
}

// A Policy is what governance asks of a change type.
type Policy struct {
	Type string `json:"type"` // change type
	// LeadTime passes between submission and the first stage that delivers; Notice
	// between announcement and that stage. Both count while Calendar is open, so
	// with business hours of eight hours a day five business days are PT40H.
	LeadTime Duration `json:"leadTime,omitempty"`
	Notice   Duration `json:"notice,omitempty"`
	Calendar string   `json:"calendar,omitempty"` // "": all time counts
}
