package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
)

// Version is the version of the JSON form of [Schedule].
const Version = 1

// A Schedule is the forward schedule of change as data: one entry a release, or an
// activity that belongs to none, each with its steps. Everything that this package
// writes is made of it, so that the page, the table, the calendar feed and the board
// pack say the same.
type Schedule struct {
	Version   int                   `json:"version"`
	Name      string                `json:"name,omitempty"`
	Zone      string                `json:"zone"`                    // IANA zone of the times in words
	Span      calendar.Interval     `json:"span"`                    // the planned time
	Entries   []Entry               `json:"entries"`                 // by first delivery; what is left out last
	Chain     []schedule.ChainLink  `json:"criticalChain,omitempty"` // to the delivery with the least margin, see [schedule.CriticalChains]
	Links     []schedule.Precedence `json:"links,omitempty"`         // between steps of different entries
	Conflicts []schedule.Conflict   `json:"conflicts,omitempty"`
	Outages   []ServiceOutage       `json:"serviceOutages,omitempty"`
	Shades    []Shade               `json:"-"` // windows and freezes, for pictures
	Proof     schedule.Status       `json:"proof,omitempty"`
}

// An Entry is one line of the forward schedule.
type Entry struct {
	ID       string            `json:"id"`
	Name     string            `json:"name,omitempty"`
	Owner    string            `json:"owner,omitempty"`
	Team     string            `json:"team,omitempty"`
	Type     string            `json:"type,omitempty"`
	CIs      []string          `json:"cis,omitempty"`
	Services []string          `json:"services,omitempty"`
	Due      time.Time         `json:"due,omitzero"`
	Deadline time.Time         `json:"deadline,omitzero"`
	Approved bool              `json:"approved,omitempty"`
	Delivers calendar.Interval `json:"delivers,omitzero"` // from the start of the first to the end of the last step that delivers
	LeftOut  bool              `json:"leftOut,omitempty"` // the plan leaves it out
	Rating   Rating            `json:"risk,omitzero"`
	Steps    []Step            `json:"steps,omitempty"` // by time
}

// A Rating is the risk of an entry, as a risk model said it.
type Rating struct {
	Level string  `json:"level,omitempty"` // in words, such as "very high"
	Score float64 `json:"score,omitempty"`
	Why   string  `json:"why,omitempty"`
}

// A Step is an activity of an entry.
type Step struct {
	Activity string            `json:"activity"`
	Name     string            `json:"name,omitempty"`
	Stage    string            `json:"stage,omitempty"`
	Team     string            `json:"team,omitempty"`
	CIs      []string          `json:"cis,omitempty"`
	During   calendar.Interval `json:"during"`
	Kind     BarKind           `json:"kind"`
	Delivers bool              `json:"delivers,omitempty"`
	Critical bool              `json:"critical,omitempty"` // on the critical chain
	Conflict bool              `json:"conflict,omitempty"` // part of a conflict
	Moved    bool              `json:"moved,omitempty"`    // not where the baseline has it
	parts    []schedule.Part
}

// Options add to a forward schedule what neither problem nor plan knows.
type Options struct {
	Releases  []schedule.Release  // what a problem was lowered from; default: the problem's own
	Ratings   map[string]Rating   // by release, or by activity that belongs to none
	Conflicts []schedule.Conflict // of the plan, as [schedule.Check] finds them
	Baseline  *schedule.Plan      // the plan before: what differs is marked as moved
	Outages   []ServiceOutage     // projected, such as by cmdb's Graph.ServiceOutages
}

// Build gathers a plan by release. The problem may be stated in releases or lowered
// already, with [Options.Releases] to say what their names and dates are. Activities of the plan that
// the problem does not have are left away. A nil opts adds nothing. It costs time
// linear in the plan, the constraints and the occurrences of the calendar that most
// of the work keeps to. It returns the faults of [schedule.Problem.Validate].
func Build(p *schedule.Problem, plan *schedule.Plan, opts *Options) (*Schedule, error) {
	low, err := p.Lower()
	if err != nil {
		return nil, err
	}
	if opts == nil {
		opts = &Options{}
	}
	b := builder{p: p, low: low, plan: plan, opts: opts, acts: make(map[string]*schedule.Activity, len(low.Activities)), byID: map[string]*Entry{}, stages: map[[2]string]schedule.StageKind{}}
	for i := range low.Activities {
		b.acts[low.Activities[i].ID] = &low.Activities[i]
	}
	zone := p.Zone
	if zone == "" {
		zone = "UTC"
	}
	s := &Schedule{Version: Version, Name: p.Name, Zone: zone, Span: p.Horizon, Conflicts: opts.Conflicts, Outages: opts.Outages, Proof: plan.Status}
	if last := low.LeastMargin(plan); last != "" {
		chains, err := schedule.CriticalChains(low, plan, last)
		if err != nil {
			return nil, err
		}
		s.Chain = chains[0]
	}
	b.mark(s)
	b.entries()
	for _, e := range b.list {
		s.Entries = append(s.Entries, *e)
	}
	s.Links = b.links()
	slices.SortStableFunc(s.Entries, func(x, y Entry) int {
		if x.LeftOut != y.LeftOut {
			if x.LeftOut {
				return 1
			}
			return -1
		}
		return x.Delivers.Start.Compare(y.Delivers.Start)
	})
	s.Shades = mainShades(low)
	return s, nil
}

type builder struct {
	p, low    *schedule.Problem
	plan      *schedule.Plan
	opts      *Options
	acts      map[string]*schedule.Activity
	byID      map[string]*Entry
	list      []*Entry
	stages    map[[2]string]schedule.StageKind
	critical  map[string]bool
	conflicts map[string]bool
	before    map[string]time.Time
}

// mark notes what is critical, in conflict, or was elsewhere before.
func (b *builder) mark(s *Schedule) {
	b.critical, b.conflicts, b.before = map[string]bool{}, map[string]bool{}, map[string]time.Time{}
	for _, l := range s.Chain {
		b.critical[l.Activity] = true
	}
	for _, c := range s.Conflicts {
		for _, a := range c.Activities {
			b.conflicts[a] = true
		}
	}
	if b.opts.Baseline != nil {
		for _, a := range b.opts.Baseline.Assignments {
			b.before[a.Activity] = a.Start
		}
	}
}

func (b *builder) entries() {
	releases := b.p.Releases
	if len(b.opts.Releases) > 0 {
		releases = b.opts.Releases
	}
	for i := range releases {
		r := &releases[i]
		e := &Entry{ID: r.ID, Name: r.Name, Owner: r.Owner, Team: r.Team, Type: r.Type, CIs: r.CIs, Services: r.Services, Due: r.Due, Deadline: r.NotAfter, Approved: r.Approved, Rating: b.opts.Ratings[r.ID], LeftOut: true}
		b.byID[r.ID] = e
		b.list = append(b.list, e)
		for _, st := range r.Stages {
			b.stages[[2]string{r.ID, st.ID}] = st.Kind
		}
	}
	for _, as := range b.plan.Assignments {
		if a := b.acts[as.Activity]; a != nil {
			b.add(a, as)
		}
	}
	for _, id := range b.plan.Unscheduled {
		if a := b.acts[id]; a != nil && a.From.Release == "" {
			b.entry(a)
		}
	}
	for _, e := range b.list {
		slices.SortStableFunc(e.Steps, func(x, y Step) int {
			return cmp.Or(x.During.Start.Compare(y.During.Start), strings.Compare(x.Activity, y.Activity))
		})
		if !e.LeftOut && e.Delivers.Start.IsZero() { // nothing delivers: all of it counts
			for _, st := range e.Steps {
				e.Delivers = cover(e.Delivers, st.During)
			}
		}
	}
}

// entry returns the entry of an activity.
func (b *builder) entry(a *schedule.Activity) *Entry {
	id := cmp.Or(a.From.Release, a.ID)
	e := b.byID[id]
	if e == nil {
		e = &Entry{ID: id, Name: a.Name, Team: a.Team, Type: a.Type, CIs: a.CIs, Services: a.Services, Due: a.Due, Deadline: a.NotAfter, Approved: a.Approved, Rating: b.opts.Ratings[id], LeftOut: true}
		b.byID[id] = e
		b.list = append(b.list, e)
	}
	return e
}

func (b *builder) add(a *schedule.Activity, as schedule.Assignment) {
	e := b.entry(a)
	e.LeftOut = false
	at, had := b.before[a.ID]
	st := Step{Activity: a.ID, Name: cmp.Or(a.Name, a.ID), Stage: a.From.Stage, Team: a.Team, CIs: a.CIs, During: as.Interval(), Kind: kindOf(a, as), Delivers: b.delivers(a),
		Critical: b.critical[a.ID], Conflict: b.conflicts[a.ID], Moved: b.opts.Baseline != nil && (!had || !at.Equal(as.Start))}
	if a.Pause == schedule.NoPause {
		st.parts = a.Parts
	}
	e.Steps = append(e.Steps, st)
	if st.Delivers {
		e.Delivers = cover(e.Delivers, st.During)
	}
}

// delivers says whether an activity changes what users have.
func (b *builder) delivers(a *schedule.Activity) bool {
	if a.From.Part == schedule.Prepare {
		return false
	}
	if a.From.Release == "" {
		return true
	}
	if k, ok := b.stages[[2]string{a.From.Release, a.From.Stage}]; ok {
		return k.Delivers()
	}
	return a.Effect == schedule.Outage || a.Effect == schedule.NoOutage
}

// kindOf says how an activity is drawn where its parts are not known.
func kindOf(a *schedule.Activity, as schedule.Assignment) BarKind {
	switch {
	case a.Effect == schedule.Soaking:
		return Soak
	case a.Effect == schedule.Detached && as.End.Sub(as.Start) < 2*time.Hour:
		return Meeting
	case a.Effect == schedule.Detached:
		return Prepare
	}
	return Work
}

// links returns the precedences between placed activities of different entries.
func (b *builder) links() []schedule.Precedence {
	entry := map[string]string{}
	for _, e := range b.list {
		for _, st := range e.Steps {
			entry[st.Activity] = e.ID
		}
	}
	var out []schedule.Precedence
	for _, x := range b.low.Precedences {
		if from, to := entry[x.From], entry[x.To]; from != "" && to != "" && from != to {
			out = append(out, x)
		}
	}
	return out
}

func cover(a, b calendar.Interval) calendar.Interval {
	if a.Start.IsZero() {
		return b
	}
	if b.Start.Before(a.Start) {
		a.Start = b.Start
	}
	if b.End.After(a.End) {
		a.End = b.End
	}
	return a
}

// Margin says how the delivery stands to its due date, or to its deadline where it has
// none: "4 d 17 h before due", "LATE by 1 d 9 h", "left out", or "" without either.
func (e *Entry) Margin() string {
	until, word := e.Due, "due"
	if until.IsZero() {
		until, word = e.Deadline, "deadline"
	}
	switch {
	case e.LeftOut:
		return "left out"
	case until.IsZero():
		return ""
	case e.Delivers.End.After(until):
		return "LATE by " + Length(e.Delivers.End.Sub(until))
	}
	return Length(until.Sub(e.Delivers.End)) + " before " + word
}

// Late says whether the delivery ends after its due date, or after its deadline where
// it has none.
func (e *Entry) Late() bool {
	until := e.Due
	if until.IsZero() {
		until = e.Deadline
	}
	return !e.LeftOut && !until.IsZero() && e.Delivers.End.After(until)
}

// title is what people call the entry.
func (e *Entry) title() string { return cmp.Or(e.Name, e.ID) }

// zone is the zone of the schedule, UTC where this machine does not know it.
func (s *Schedule) zone() *time.Location {
	if z, err := time.LoadLocation(s.Zone); err == nil {
		return z
	}
	return time.UTC
}

func (s *Schedule) count(f func(*Entry) bool) int {
	n := 0
	for i := range s.Entries {
		if f(&s.Entries[i]) {
			n++
		}
	}
	return n
}
