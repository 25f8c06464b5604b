package lifecycle

import (
	"fmt"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
)

// Version is the version of the JSON form of [Rules], [Change] and [Release].
const Version = 1

// Rules are what an organisation's governance asks. They are data and JSON;
// [Rules.Compile] makes the verbs.
type Rules struct {
	Version  int               `json:"version"`        // 1; 0 counts as 1
	Zone     string            `json:"zone,omitempty"` // IANA zone in which days are counted; default UTC
	Weekend  []time.Weekday    `json:"weekend,omitempty"`
	Holidays calendar.Holidays `json:"holidays,omitempty"`

	Models    []Model          `json:"models,omitempty"` // default: [Models]
	Templates []Template       `json:"templates,omitempty"`
	Panels    []PanelRule      `json:"panels,omitempty"`
	Leads     []LeadRule       `json:"leads,omitempty"`
	Duties    []DutyRule       `json:"duties,omitempty"`
	Windows   *calendar.Policy `json:"windows,omitempty"` // when changes may run; graded freezes add panels
	Roster    Roster           `json:"roster,omitzero"`
}

// A Template pre-approves the standard changes that it covers.
type Template struct {
	ID      string         `json:"id"`
	Name    string         `json:"name,omitempty"`
	Scope   calendar.Scope `json:"scope,omitzero"`
	MaxRisk int64          `json:"maxRisk,omitempty"`
	Expires time.Time      `json:"expires"` // it is reviewed by then, or covers nothing more
}

// A PanelRule says who approves which changes.
type PanelRule struct {
	ID      string         `json:"id"`
	Name    string         `json:"name,omitempty"`
	Types   []string       `json:"types"` // change types that it concerns
	MinRisk int64          `json:"minRisk,omitempty"`
	Scope   calendar.Scope `json:"scope,omitzero"`
	// Level orders panels: one of a level decides after all lower levels have
	// approved. Those of level 0 decide at any time.
	Level  int               `json:"level,omitempty"`
	Of     []string          `json:"of"`             // people and groups
	Need   int               `json:"need"`           // how many of them must approve
	Veto   []string          `json:"veto,omitempty"` // those of whom one rejection rejects
	Valid  schedule.Duration `json:"valid,omitempty"`
	Covers []Aspect          `json:"covers,omitempty"` // what it approves; default: all
}

// A LeadRule says how many business days lie between submission, announcement and the
// start of changes of a type. Of the rules for a type, that with the greatest MinRisk
// that the change reaches counts.
type LeadRule struct {
	Type    string `json:"type"`
	MinRisk int64  `json:"minRisk,omitempty"`
	Lead    int    `json:"lead,omitempty"`
	Notice  int    `json:"notice,omitempty"`
}

// A DutyRule makes a duty out of a transition. It is due at the end of the business day
// Days after it, or Within later; one of them is required.
type DutyRule struct {
	ID      string            `json:"id"`
	Name    string            `json:"name"`
	Types   []string          `json:"types"`
	On      Verb              `json:"on"` // [Open] for changes that are found
	MinRisk int64             `json:"minRisk,omitempty"`
	Owner   string            `json:"owner"` // person or group
	Days    int               `json:"days,omitempty"`
	Within  schedule.Duration `json:"within,omitempty"`
	Before  Verb              `json:"before,omitempty"` // refused until it is done, where the step asks for [GuardDuties]; default [Close]
	Apart   bool              `json:"apart,omitempty"`  // not to be done by the implementer
}

// DefaultRules returns rules to start from: panels of the groups change-manager, board,
// emergency-board and service-owner, lead times of five, one and no business days, and
// the later duties of emergency, expedited, failed and unauthorised changes.
func DefaultRules() *Rules {
	n, x, e, u := schedule.Normal, schedule.Expedited, schedule.Emergency, Unauthorised
	s := schedule.Standard
	const day = 24 * schedule.Hour
	return &Rules{
		Version: Version,
		Panels: []PanelRule{
			{ID: "service-owner", Name: "Service owner", Types: []string{n, x}, Level: 1, Of: []string{"service-owner"}, Need: 1, Valid: 30 * day, Covers: []Aspect{AspectScope, AspectWindow, AspectRisk}},
			{ID: "change-manager", Name: "Change manager", Types: []string{n, x}, Level: 2, Of: []string{"change-manager"}, Need: 1, Valid: 30 * day},
			{ID: "board", Name: "Change advisory board", Types: []string{n}, MinRisk: 40, Level: 3, Of: []string{"board"}, Need: 2, Valid: 30 * day},
			{ID: "emergency-board", Name: "Emergency board", Types: []string{e, u}, Level: 1, Of: []string{"emergency-board"}, Need: 1, Valid: 2 * day},
		},
		Leads: []LeadRule{
			{Type: n, Lead: 5, Notice: 3},
			{Type: n, MinRisk: 70, Lead: 10, Notice: 5},
			{Type: x, Lead: 1, Notice: 1},
		},
		Duties: []DutyRule{
			{ID: "document", Name: "Complete the record", Types: []string{e}, On: Implement, Owner: "implementer", Days: 1},
			{ID: "board-review", Name: "Put before the board", Types: []string{e, x}, On: Implement, Owner: "change-manager", Days: 5},
			{ID: "pir", Name: "Post-implementation review", Types: []string{e}, On: Implement, Owner: "change-manager", Days: 5, Apart: true},
			{ID: "pir-risk", Name: "Post-implementation review", Types: []string{n, x}, On: Complete, MinRisk: 70, Owner: "change-manager", Days: 10, Apart: true},
			{ID: "pir-failed", Name: "Review of the back-out", Types: []string{s, n, x}, On: BackOut, Owner: "change-manager", Days: 5, Apart: true},
			{ID: "assess", Name: "Assess the risk as it stands", Types: []string{u}, On: Open, Owner: "change-manager", Within: 4 * schedule.Hour},
			{ID: "decide", Name: "Ratify or back out", Types: []string{u}, On: Open, Owner: "emergency-board", Days: 1},
			{ID: "cause", Name: "Find how it came about", Types: []string{u}, On: Open, Owner: "change-manager", Days: 10},
		},
	}
}

// A Governance is compiled rules. It is immutable and safe for concurrent use.
type Governance struct {
	rules  Rules
	zone   *time.Location
	days   calendar.BusinessDays
	within calendar.Interval
	open   *calendar.Compiled // nil without windows
	models map[string]*Model

	// The checks in force. They are lists so that tests can take one out and must then see a
	// property fail.
	steps  []stepGuard
	counts []countGuard
	votes  []voteGuard
	edits  []editGuard
	dones  []doneGuard
	moves  []moveGuard
}

// Compile validates the rules and returns the verbs that they allow. Windows are known
// within an interval of time; a change planned outside of it is refused, not guessed. It
// keeps the rules: do not change them afterwards.
func (r *Rules) Compile(within calendar.Interval) (*Governance, error) {
	if err := r.Validate(); err != nil {
		return nil, err
	}
	g := &Governance{rules: *r, within: within, zone: time.UTC, models: map[string]*Model{},
		steps: stepGuards(), counts: countGuards(), votes: voteGuards(), edits: editGuards(), dones: doneGuards(), moves: moveGuards()}
	if g.rules.Models == nil {
		g.rules.Models = Models()
	}
	for i := range g.rules.Models {
		g.models[g.rules.Models[i].Of] = &g.rules.Models[i]
	}
	var err error
	if r.Zone != "" {
		if g.zone, err = time.LoadLocation(r.Zone); err != nil {
			return nil, fmt.Errorf("lifecycle: %w", err)
		}
	}
	if g.days, err = calendar.NewBusinessDays(r.Holidays, r.Weekend); err != nil {
		return nil, fmt.Errorf("lifecycle: %w", err)
	}
	if r.Windows != nil {
		if g.open, err = r.Windows.Compile(within); err != nil {
			return nil, fmt.Errorf("lifecycle: %w", err)
		}
	}
	return g, nil
}

// Model returns the model of a change type or of releases.
func (g *Governance) Model(of string) (Model, bool) {
	m, ok := g.models[of]
	if !ok {
		return Model{}, false
	}
	return *m, true
}

// Lead returns how many business days must lie between submission, announcement and
// start of a change of a type and risk.
func (g *Governance) Lead(changeType string, risk int64) (lead, notice int) {
	best := int64(-1)
	for _, l := range g.rules.Leads {
		if l.Type == changeType && l.MinRisk <= risk && l.MinRisk > best {
			best, lead, notice = l.MinRisk, l.Lead, l.Notice
		}
	}
	return lead, notice
}

// LastDay returns the last day on which what must lie n business days before an instant
// may happen: that of the instant itself where n is 0.
func (g *Governance) LastDay(before time.Time, n int) calendar.Date {
	d := calendar.DateOf(before.In(g.zone))
	if n == 0 {
		return d
	}
	last, ok := g.days.Add(d, -n)
	if !ok {
		return calendar.Date{Year: 1, Month: time.January, Day: 1}
	}
	return last
}

// inTime says whether something at an instant lies n business days before another.
func (g *Governance) inTime(at, before time.Time, n int) bool {
	return !at.After(before) && (n == 0 || calendar.DateOf(at.In(g.zone)).Compare(g.LastDay(before, n)) <= 0)
}
