package schedule

import (
	"fmt"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/judge"
)

// Check returns everything wrong with a plan, in time order; what has no time comes
// first. It shares no code with the solver, reads calendars occurrence by occurrence and
// works on exact instants, so it also judges plans made by hand. One cause is one
// conflict, with everything that it concerns as members.
//
// Conflicts with severity [Warning] or [Note], such as work in a freeze that asks for
// an extra approval, do not make a plan wrong; see [Sound]. [CheckWith] takes accepted
// conflicts, incidents and outages into account. The error is about the
// problem, as [Problem.Validate] has it, or of a [CustomRule]; a plan that makes no sense
// has conflicts, and one that is nil is empty.
func Check(p *Problem, plan *Plan) ([]Conflict, error) {
	low, at, err := p.prepare()
	if err != nil {
		return nil, fmt.Errorf("schedule: %w", err)
	}
	t := newTranslation(low, at, plan)
	found := t.judge()
	if t.err != nil {
		return nil, fmt.Errorf("schedule: %w", t.err)
	}
	return found, nil
}

// Sound says whether no conflict blocks the plan.
func Sound(conflicts []Conflict) bool {
	return !slices.ContainsFunc(conflicts, func(c Conflict) bool { return c.Severity == Blocking })
}

// verdict judges a plan of a lowered problem.
func verdict(p *Problem, at *origins, plan *Plan) []Conflict {
	return newTranslation(p, at, plan).judge()
}

// A translation turns a problem and a plan into what the judge reads and its findings
// into conflicts. It does no judging of its own.
type translation struct {
	p     *Problem
	at    *origins
	plan  *Plan
	spent map[string]bool // non-renewable resources
	// Made when there is something to say, which for a plan of the solver is seldom.
	activities map[string]*Activity
	named      map[requirement]named
	err        error // of a function of a custom rule
	// within is the time for which shifts are looked up: where there is no work a capacity
	// does not matter.
	within calendar.Interval
}

type requirement struct {
	of judge.RequirementKind
	id string
}

// named is what a requirement is called in the problem.
type named struct{ id, path string }

// newTranslation takes a plan that is nil as an empty one.
func newTranslation(p *Problem, at *origins, plan *Plan) *translation {
	if plan == nil {
		plan = &Plan{}
	}
	t := &translation{p: p, at: at, plan: plan, within: p.Horizon}
	for i := range p.Resources {
		if p.Resources[i].Kind == NonRenewable {
			if t.spent == nil {
				t.spent = map[string]bool{}
			}
			t.spent[p.Resources[i].ID] = true
		}
	}
	return t
}

func (t *translation) judge() []Conflict {
	t.within = t.busy()
	report := judge.Judge(t.caseOf(unstopped), t.planOf())
	out := make([]Conflict, len(report.Findings))
	for i := range report.Findings {
		out[i] = t.conflict(&report.Findings[i])
	}
	return out
}

// busy is the part of the horizon from the first start of the plan to its last end.
func (t *translation) busy() calendar.Interval {
	var out calendar.Interval
	for i, a := range t.plan.Assignments {
		if i == 0 || a.Start.Before(out.Start) {
			out.Start = a.Start
		}
		if i == 0 || a.End.After(out.End) {
			out.End = a.End
		}
	}
	h := t.p.Horizon
	if out.Start.Before(h.Start) {
		out.Start = h.Start
	}
	if out.End.After(h.End) {
		out.End = h.End
	}
	return out
}

func (t *translation) planOf() *judge.Plan {
	out := &judge.Plan{LeftOut: t.plan.Unscheduled, Assignments: make([]judge.Assignment, len(t.plan.Assignments))}
	for i, a := range t.plan.Assignments {
		out.Assignments[i] = judge.Assignment{Activity: a.Activity, Mode: a.Mode, Start: a.Start, End: a.End}
	}
	return out
}

// unstopped is for what nobody stops.
func unstopped() bool { return false }

// caseOf returns nil where stop says so meanwhile.
func (t *translation) caseOf(stop func() bool) *judge.Case {
	p := t.p
	zone, _ := p.location()
	c := &judge.Case{Horizon: p.Horizon, Zone: zone}
	for i := range p.Calendars {
		c.Calendars = append(c.Calendars, &p.Calendars[i])
	}
	n := 0
	for i := range p.Activities {
		a := &p.Activities[i]
		n += len(a.Demands)
		for k := range a.Modes {
			n += len(a.Modes[k].Demands)
		}
	}
	demands := make([]judge.Demand, 0, n)
	c.Activities = make([]judge.Activity, len(p.Activities))
	for i := range p.Activities {
		if i%1024 == 1023 && stop() {
			return nil
		}
		demands = t.activity(&c.Activities[i], i, demands)
	}
	c.Precedences = make([]judge.Precedence, len(p.Precedences))
	ids := t.at.precedences.ids("precedences", len(p.Precedences), func(i int) string { return p.Precedences[i].ID })
	for i := range p.Precedences {
		if i%4096 == 4095 && stop() {
			return nil
		}
		x := &p.Precedences[i]
		c.Precedences[i] = judge.Precedence{ID: ids[i], From: x.From, To: x.To, Type: judge.PrecedenceType(x.Type), MinLag: x.MinLag.Std(), Why: x.Reason}
		if x.MaxLag != nil {
			most := x.MaxLag.Std()
			c.Precedences[i].MaxLag = &most
		}
	}
	for i, x := range p.Links {
		c.Links = append(c.Links, judge.Link{ID: orPath(x.ID, t.at.link, i), If: x.If, Then: x.Then, Why: x.Reason})
	}
	t.resources(c)
	t.budgets(c)
	t.exclusions(c)
	t.groups(c)
	t.customs(c)
	for i := range p.Bundles {
		b := &p.Bundles[i]
		c.Bundles = append(c.Bundles, judge.Bundle{ID: orPath(b.ID, t.at.bundle, i), Name: b.Name, Activities: b.Activities,
			AllOrNothing: b.AllOrNothing, SameWindow: len(b.Window) > 0 || b.Calendar != "" && b.Calendar != AlwaysOpen,
			Calendar: b.Calendar, Spans: b.Window})
	}
	for i := range p.DateRules {
		r := &p.DateRules[i]
		out := judge.DateRule{ID: orPath(r.ID, t.at.dateRule, i), Name: r.Name, Activities: r.Activities, From: r.From, Until: r.Until}
		switch r.Kind {
		case LeadTime:
			out.Kind = judge.LeadTime
		case Notice:
			out.Kind = judge.Notice
		case Approval:
			out.Kind = judge.Approval
		}
		c.DateRules = append(c.DateRules, out)
	}
	if stop() {
		return nil
	}
	return c
}

// orPath returns an ID that a requirement has for sure: its own, or where it stands.
func orPath(id string, path func(int) string, i int) string {
	if id != "" {
		return id
	}
	return path(i)
}

// activity translates one activity. Its demands go to the end of all, which it returns.
func (t *translation) activity(out *judge.Activity, i int, all []judge.Demand) []judge.Demand {
	a := &t.p.Activities[i]
	*out = judge.Activity{ID: orPath(a.ID, t.at.activity, i), Name: a.Name, Subject: a.Subject(),
		Pauses: a.Pause != NoPause, Hold: a.Pause == PauseHolding,
		NotBefore: a.NotBefore, NotAfter: a.NotAfter, Pinned: a.Pinned, Optional: a.Optional, Duration: a.Duration.Std()}
	out.Demands, all = t.demands(a.Demands, all)
	if len(a.Modes) == 0 {
		out.Calendar = t.p.calendarOf(a, nil)
		return all
	}
	out.Modes = make([]judge.Mode, len(a.Modes))
	for k := range a.Modes {
		m := &a.Modes[k]
		out.Modes[k] = judge.Mode{ID: m.ID, Duration: m.Duration.Std(), Calendar: t.p.calendarOf(a, m)}
		out.Modes[k].Demands, all = t.demands(m.Demands, all)
	}
	return all
}

// demands leaves out what is used up for good; budgets have that.
func (t *translation) demands(list []Demand, all []judge.Demand) (own, more []judge.Demand) {
	first := len(all)
	for _, d := range list {
		if !t.spent[d.Resource] {
			all = append(all, judge.Demand{Resource: d.Resource, Amount: d.Amount})
		}
	}
	return all[first:len(all):len(all)], all
}

func (t *translation) resources(c *judge.Case) {
	for i := range t.p.Resources {
		r := &t.p.Resources[i]
		id := r.ID
		if id == "" {
			id = pathOf("resources", i)
		}
		if r.Kind == NonRenewable {
			b := judge.Budget{ID: id, Name: r.Name, Unit: r.Unit, Periods: []judge.Period{{Limit: r.Capacity.Base}}}
			for k := range t.p.Activities {
				a := &t.p.Activities[k]
				for _, m := range a.modes() {
					for _, d := range m.Demands {
						if d.Resource == r.ID {
							b.Uses = append(b.Uses, judge.Use{Activity: a.ID, Mode: m.ID, Amount: d.Amount})
						}
					}
				}
			}
			c.Budgets = append(c.Budgets, b)
			continue
		}
		capacity := r.Capacity
		if r.Calendar != "" && r.Calendar != AlwaysOpen {
			k := slices.IndexFunc(t.p.Calendars, func(x calendar.Calendar) bool { return x.ID == r.Calendar })
			capacity = onShift(capacity, &t.p.Calendars[k], t.within)
		}
		out := judge.Resource{ID: id, Name: r.Name, Unit: r.Unit, Capacity: capacity}
		switch r.Kind {
		case Person:
			out.Kind = judge.PersonOverload
		case Team:
			out.Kind = judge.TeamOverload
		case Environment:
			out.Kind = judge.EnvironmentOverload
		}
		c.Resources = append(c.Resources, out)
	}
}

// onShift makes a capacity 0 where a calendar is closed. It looks at each stretch
// between two ends of window occurrences by itself: slow and obvious.
func onShift(capacity calendar.Profile, cal *calendar.Calendar, horizon calendar.Interval) calendar.Profile {
	cuts := []time.Time{horizon.Start, horizon.End}
	var allow, deny []calendar.Interval
	restricted := cal.Default == calendar.DefaultClosed || slices.ContainsFunc(cal.InScope(calendar.Subject{}),
		func(w *calendar.Window) bool { return w.Kind == calendar.Maintenance })
	for w, iv := range cal.Occurrences(horizon, calendar.Subject{}) {
		switch {
		case w.Kind == calendar.Maintenance:
			allow = append(allow, iv)
		case w.Closes():
			deny = append(deny, iv)
		default:
			continue
		}
		cuts = append(cuts, iv.Start, iv.End)
	}
	for _, s := range capacity.Steps {
		cuts = append(cuts, s.Interval.Start, s.Interval.End)
	}
	slices.SortFunc(cuts, time.Time.Compare)
	out := calendar.Profile{}
	// covers says whether one of the spans, by start, holds t; t never goes back. Of those
	// that have begun, only the last end matters.
	type sweep struct {
		spans []calendar.Interval
		end   time.Time
	}
	covers := func(w *sweep, t time.Time) bool {
		for len(w.spans) > 0 && !w.spans[0].Start.After(t) {
			if w.spans[0].End.After(w.end) {
				w.end = w.spans[0].End
			}
			w.spans = w.spans[1:]
		}
		return w.end.After(t)
	}
	allowed, denied := sweep{spans: allow}, sweep{spans: deny}
	for i := 0; i+1 < len(cuts); i++ {
		iv := calendar.Interval{Start: cuts[i], End: cuts[i+1]}
		if iv.Empty() || !horizon.Contains(iv.Start) {
			continue
		}
		open := !restricted || covers(&allowed, iv.Start)
		if closed := covers(&denied, iv.Start); open && !closed {
			out.Steps = append(out.Steps, calendar.Step{Interval: iv, Value: capacity.At(iv.Start)})
		}
	}
	return out
}

func (t *translation) budgets(c *judge.Case) {
	for i := range t.p.Budgets {
		b := &t.p.Budgets[i]
		out := judge.Budget{ID: orPath(b.ID, func(i int) string { return pathOf("budgets", i) }, i), Name: b.Name, Unit: b.Unit}
		if b.Soft {
			out.Severity = judge.Warning
		}
		for _, q := range b.Periods {
			out.Periods = append(out.Periods, judge.Period{Name: q.Name, Span: q.Span, Limit: q.Limit})
		}
		for _, u := range t.p.uses(b) {
			out.Uses = append(out.Uses, judge.Use{Activity: u.Activity, Mode: u.Mode, Amount: u.Amount})
		}
		c.Budgets = append(c.Budgets, out)
	}
}

func (t *translation) exclusions(c *judge.Case) {
	kinds := map[ExclusionKind]judge.Kind{SameCI: judge.SameCI, RelatedCI: judge.RelatedCI, SameService: judge.SameService, Exclusive: judge.Exclusive}
	for i := range t.p.Exclusions {
		x := &t.p.Exclusions[i]
		out := judge.Exclusion{ID: orPath(x.ID, func(i int) string { return pathOf("exclusions", i) }, i), Kind: kinds[x.Kind], At: x.At, Why: x.Reason}
		paths := map[string]Path{}
		for _, path := range x.Paths {
			paths[path.Activity] = path
		}
		for _, a := range x.Activities {
			out.Members = append(out.Members, judge.ExclusionMember{Activity: a, Path: paths[a].CIs, Links: paths[a].Links})
		}
		c.Exclusions = append(c.Exclusions, out)
	}
}

func (t *translation) groups(c *judge.Case) {
	byCI := map[string][]string{}
	if len(t.p.Groups) > 0 {
		byCI = t.p.outagesByCI()
	}
	for i := range t.p.Groups {
		g := &t.p.Groups[i]
		out := judge.Group{ID: orPath(g.ID, func(i int) string { return pathOf("groups", i) }, i), Name: g.Name, Allowed: calendar.Profile{Base: g.allowed()}, Defined: g.Nested}
		for _, m := range g.Members {
			member := judge.GroupMember{Name: or(m.CI, m.Group), Down: m.Down}
			if m.Group != "" {
				member.Groups = []string{m.Group}
			}
			for _, id := range m.Activities {
				member.Outages = append(member.Outages, judge.Outage{Activity: id})
			}
			if m.CI != "" {
				for _, id := range byCI[m.CI] {
					member.Outages = append(member.Outages, judge.Outage{Activity: id})
				}
			}
			out.Members = append(out.Members, member)
		}
		c.Groups = append(c.Groups, out)
	}
}
