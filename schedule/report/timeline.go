package report

import (
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
)

// A Timeline is a picture of a plan as data. The zero Timeline is an empty page.
type Timeline struct {
	Title    string
	Subtitle string
	Zone     *time.Location    // every time is shown in it; nil is UTC
	Span     calendar.Interval // what the picture shows; bars outside it are listed but not drawn
	Facts    []Fact            // the figures above the picture
	Shades   []Shade           // behind every row
	Rows     []Row
	Arrows   []Arrow   // between bars of different rows
	Sections []Section // text below the picture
}

// An Arrow leads from one bar to another that waits for it, such as from a release to
// one that follows it. Bars are named by their ID; of several with one ID, such as the parts of
// a step, it leaves the last and enters the first. An arrow to or from a bar that is not
// there, or within a row, is not drawn.
type Arrow struct {
	From, To string
	Type     schedule.PrecedenceType // which ends it links
	Critical bool                    // on the critical chain: always drawn, and heavily
}

// A Fact is one figure with its name, such as "Releases" and "27".
type Fact struct {
	Name  string
	Value string
}

// A Section is a headed list of sentences, such as the conflicts of another plan.
type Section struct {
	Title string
	Intro string
	Items []string
}

// A Row is one line of the picture, such as a release.
type Row struct {
	Label  string
	Detail string // second line of the label, such as the CIs
	Group  string // rows of one group stand together under its name, such as a team
	Tags   []string
	Level  string // risk level in words, shown as a badge; "" shows none
	When   string // the time in words; "" derives it from the bars
	Note   string // second line of the time, such as "3 d before due"
	Bars   []Bar
	Shades []Shade // behind this row only, over those of the timeline
}

// A Bar is a stretch of work in a row.
type Bar struct {
	calendar.Interval
	ID       string // what arrows call it; "" is called by none
	Label    string // what it is, such as "Deploy: implement"
	Kind     BarKind
	Critical bool // on the critical chain: drawn with a heavy edge
	Conflict bool // part of a conflict: drawn with a mark
	Moved    bool // not where the plan before had it: drawn with a dot
}

// A BarKind says how a bar is drawn.
type BarKind string

const (
	Work    BarKind = "work"     // implementing; the default
	Verify  BarKind = "verify"   // checking that it works
	Soak    BarKind = "soak"     // watching it run
	Prepare BarKind = "prepare"  // building, testing, preparing
	BackOut BarKind = "back-out" // reserve for taking it back
	Meeting BarKind = "meeting"  // a board or a gate
)

// A Shade is a stretch of background.
type Shade struct {
	calendar.Interval
	Kind  ShadeKind
	Label string
}

// A ShadeKind says how a shade is drawn.
type ShadeKind string

const (
	Open     ShadeKind = "open"     // a maintenance window
	Frozen   ShadeKind = "frozen"   // a freeze
	Blackout ShadeKind = "blackout" // a blackout
	Holiday  ShadeKind = "holiday"  // a public holiday
)

// zone is Zone, or UTC.
func (t *Timeline) zone() *time.Location {
	if t.Zone == nil {
		return time.UTC
	}
	return t.Zone
}
