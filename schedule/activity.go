package schedule

import (
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// Change types that planning, freezes and policies commonly tell apart. Any other
// text is a change type too.
const (
	Standard  = "standard"  // pre-approved, low risk
	Normal    = "normal"    // assessed and approved one by one
	Expedited = "expedited" // normal, with shortened lead time
	Emergency = "emergency" // now, with later duties
)

// AlwaysOpen is the ID of a calendar without windows, which every problem has.
const AlwaysOpen = "always-open"

// An Activity is one piece of work, such as one step of a change. It occupies the
// half-open span from its start to its end. One of no duration is a milestone: it
// occupies nothing and collides with nothing, and needs open time on one side of its
// instant.
type Activity struct {
	ID     string     `json:"id"`
	Name   string     `json:"name,omitempty"`   // what people call it; default: the ID
	Change string     `json:"change,omitempty"` // the request for change it belongs to
	From   Provenance `json:"from,omitzero"`    // the release it was lowered from
	Team   string     `json:"team,omitempty"`   // whose unsocial hours it counts to, see [Fairness]

	// What windows and freezes tell apart.
	Type        string   `json:"type,omitempty"`   // change type, such as [Normal]
	Action      string   `json:"action,omitempty"` // "deploy", "rollback", ...
	CIs         []string `json:"cis,omitempty"`
	Classes     []string `json:"classes,omitempty"` // of the CIs
	Services    []string `json:"services,omitempty"`
	Environment string   `json:"environment,omitempty"`
	Regions     []string `json:"regions,omitempty"`
	Tags        []string `json:"tags,omitempty"`

	Duration Duration `json:"duration,omitempty"` // of working time
	Demands  []Demand `json:"demands,omitempty"`
	Modes    []Mode   `json:"modes,omitempty"`    // alternatives, instead of Duration and Demands
	Calendar string   `json:"calendar,omitempty"` // ID, or [AlwaysOpen]; default: [Problem.Calendar]
	Pause    Pause    `json:"pause,omitempty"`    // default: it fits one open stretch without a break
	Effect   Effect   `json:"effect,omitempty"`   // what it does to its CIs; default: [Outage]

	NotBefore time.Time `json:"notBefore,omitzero"` // release date: the start is not earlier (hard)
	NotAfter  time.Time `json:"notAfter,omitzero"`  // deadline: the end is not later (hard)
	Due       time.Time `json:"due,omitzero"`       // due date: a later end costs [Tardiness] (soft)
	Preferred time.Time `json:"preferred,omitzero"` // another start costs [Moved], [Shift], [LargestShift] (soft)
	Pinned    time.Time `json:"pinned,omitzero"`    // the start is fixed
	Weight    int64     `json:"weight,omitempty"`   // in tardiness, moves and shifts; default 1

	Optional bool   `json:"optional,omitempty"` // may be left out, which costs Price of [Unscheduled]
	Price    *int64 `json:"price,omitempty"`    // nil: Weight

	Risk      int64             `json:"risk,omitempty"`      // points, see [Problem.ApplyRisk]
	StartCost *calendar.Profile `json:"startCost,omitempty"` // cost by start time, such as traffic or unsocial hours

	// For repair: a move of approved work voids the approval; a move of work that
	// starts less than Notice from the time of repair is one inside its notice period.
	Approved bool     `json:"approved,omitempty"`
	Notice   Duration `json:"notice,omitempty"`

	Parts []Part `json:"parts,omitempty"` // what Duration consists of, in order, if it is known
}

// A Provenance says what part of a release an activity carries out.
type Provenance struct {
	Release string   `json:"release,omitempty"`
	Stage   string   `json:"stage,omitempty"`
	Part    PartKind `json:"part,omitempty"` // "" where the stage is one piece
}

// A Pause says what an activity does while its calendar is closed.
type Pause string

const (
	NoPause        Pause = ""        // it fits one open stretch without a break
	PauseReleasing Pause = "release" // it pauses, and gives its demands back meanwhile
	PauseHolding   Pause = "hold"    // it pauses, and keeps its demands
)

// An Effect says what an activity does to its CIs.
type Effect string

const (
	Outage   Effect = ""          // it works on them and they are out: collisions and redundancy count it
	NoOutage Effect = "no-outage" // it works on them and they stay up: collisions count it, redundancy does not
	Soaking  Effect = "soaking"   // it watches them and they are not trusted yet: redundancy counts it, collisions do not
	Detached Effect = "none"      // it does not touch them: neither counts it
)

// A Mode is one way to carry out an activity: by another team, in another window,
// slower or faster.
type Mode struct {
	ID       string   `json:"id"`
	Name     string   `json:"name,omitempty"`
	Duration Duration `json:"duration,omitempty"`
	Demands  []Demand `json:"demands,omitempty"`
	Calendar string   `json:"calendar,omitempty"` // default: the activity's
	Price    int64    `json:"price,omitempty"`    // see [ModePrice]
}

// A Demand is what an activity takes of a resource while it runs, or, of a
// non-renewable one, for good.
type Demand struct {
	Resource string `json:"resource"`
	Amount   int64  `json:"amount"` // positive
}

// A PartKind is a kind of duration part of a stage.
type PartKind string

const (
	Prepare   PartKind = "prepare"   // before the window, without effect on the CIs
	Implement PartKind = "implement" // from here on the CIs are touched
	Verify    PartKind = "verify"
	Decide    PartKind = "decide"   // go on or back out: its end is the point of no return
	BackOut   PartKind = "back-out" // reserve, needed only when it goes wrong
	Recheck   PartKind = "recheck"  // reserve: the verification after a back-out
)

// A Part is a stretch of an activity's working time.
type Part struct {
	Kind     PartKind `json:"kind"`
	Duration Duration `json:"duration"`
}
