package schedule

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/calendar"
)

// A drawing makes random problems in which every kind of constraint has a chance to
// bind: a handful of activities in a few days across a clock change.
type drawing struct {
	t     *rapid.T
	start time.Time
	hours int
	unit  time.Duration // all times are multiples of it
	p     *Problem
}

func drawProblem(t *rapid.T) *Problem {
	d := &drawing{t: t, hours: 72}
	// Midnight in Berlin before the clock goes back, or forward, or neither.
	d.start = rapid.SampledFrom([]time.Time{
		time.Date(2026, 10, 23, 22, 0, 0, 0, time.UTC),
		time.Date(2026, 3, 27, 23, 0, 0, 0, time.UTC),
		time.Date(2026, 6, 1, 22, 0, 0, 0, time.UTC),
	}).Draw(t, "start")
	d.unit = rapid.SampledFrom([]time.Duration{time.Hour, 30 * time.Minute, 10 * time.Minute}).Draw(t, "unit")
	d.p = &Problem{Zone: "Europe/Berlin", Horizon: calendar.Interval{Start: d.start, End: d.start.Add(time.Duration(d.hours) * time.Hour)}}
	d.calendars()
	d.resources()
	d.activities()
	d.constraints()
	d.goals()
	if d.maybe("tick", 4) {
		d.p.Tick = Duration(rapid.SampledFrom([]time.Duration{15 * time.Minute, 7 * time.Minute, 45 * time.Minute, 2 * time.Hour}).Draw(t, "tick"))
	}
	if err := d.p.Validate(); err != nil {
		t.Fatalf("the generator makes faults: %v", err)
	}
	return d.p
}

func (d *drawing) n(label string, lo, hi int) int {
	return rapid.IntRange(lo, hi).Draw(d.t, label)
}

// maybe is true once in n.
func (d *drawing) maybe(label string, n int) bool {
	return rapid.IntRange(0, n-1).Draw(d.t, label) == n-1
}

// length is a multiple of the unit of at most so many hours.
func (d *drawing) length(label string, hours int) time.Duration {
	return d.unit * time.Duration(d.n(label, 0, int(time.Duration(hours)*time.Hour/d.unit)))
}

func (d *drawing) instant(label string) time.Time { return d.start.Add(d.length(label, d.hours)) }

func (d *drawing) span(label string, hours int) calendar.Interval {
	from := d.instant(label + " from")
	return calendar.Interval{Start: from, End: from.Add(d.unit + d.length(label+" length", hours))}
}

func (d *drawing) calendars() {
	day := d.start.In(berlin()).AddDate(0, 0, -1).Format("20060102")
	rule := func(hour int) calendar.Recurrence {
		return calendar.MustParseRecurrence(fmt.Sprintf("DTSTART;TZID=Europe/Berlin:%sT%02d0000\nRRULE:FREQ=DAILY", day, hour))
	}
	for i := range d.n("calendars", 0, 2) {
		c := calendar.Calendar{ID: fmt.Sprintf("c%d", i)}
		for k := range d.n("windows", 0, 3) {
			w := calendar.Window{ID: fmt.Sprintf("w%d", k), Kind: calendar.Maintenance, Starts: rule(d.n("hour", 0, 23)), Length: calendar.Exactly(time.Duration(d.n("hours", 1, 14)) * time.Hour)}
			switch d.n("kind", 0, 5) {
			case 0:
				w.Kind = calendar.Blackout
			case 1:
				w.Kind, w.Exempt = calendar.Freeze, []string{Emergency}
			case 2:
				w.Kind, w.Grade, w.Approvers = calendar.Freeze, calendar.Approval, []string{"board"}
			}
			if w.Kind != calendar.Maintenance || d.maybe("at", 3) {
				w.Length = calendar.Exactly(time.Duration(d.n("short hours", 1, 6)) * time.Hour)
			}
			if d.maybe("nominal", 4) {
				w.Length = calendar.Duration{}
				w.EndWall = calendar.At(d.n("end", 1, 24), 0)
			}
			w.Overrun = d.maybe("overrun", 6)
			if w.Kind == calendar.Maintenance && d.maybe("cut-off", 6) {
				w.CutOff = calendar.Exactly(time.Duration(d.n("cut-off hours", 1, 3)) * time.Hour)
			}
			if d.maybe("scope", 4) {
				w.Scope = calendar.Scope{Types: []string{Normal}}
			}
			c.Windows = append(c.Windows, w)
		}
		d.p.Calendars = append(d.p.Calendars, c)
	}
	if len(d.p.Calendars) > 0 && d.maybe("default calendar", 3) {
		d.p.Calendar = "c0"
	}
}

func berlin() *time.Location {
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return loc
}

func (d *drawing) calendar(label string) string {
	if len(d.p.Calendars) == 0 || d.maybe(label, 3) {
		return ""
	}
	return d.p.Calendars[d.n(label+" which", 0, len(d.p.Calendars)-1)].ID
}

func (d *drawing) resources() {
	for i := range d.n("resources", 0, 2) {
		r := Resource{ID: fmt.Sprintf("r%d", i), Capacity: calendar.Profile{Base: int64(d.n("capacity", 1, 3))}}
		if d.maybe("non-renewable", 4) {
			r.Kind, r.Capacity.Base = NonRenewable, int64(d.n("amount", 2, 6))
		} else {
			if d.maybe("step", 3) {
				r.Capacity.Steps = []calendar.Step{{Interval: d.span("step", 20), Value: int64(d.n("value", 0, 2))}}
			}
			if d.maybe("shift", 4) {
				r.Calendar = d.calendar("shift calendar")
			}
			r.Kind = rapid.SampledFrom([]ResourceKind{Renewable, Person, Team, Environment}).Draw(d.t, "resource kind")
		}
		d.p.Resources = append(d.p.Resources, r)
	}
}

func (d *drawing) demands() []Demand {
	var out []Demand
	for i := range d.p.Resources {
		if d.maybe("demand", 2) {
			out = append(out, Demand{d.p.Resources[i].ID, int64(d.n("amount", 1, 2))})
		}
	}
	return out
}

func (d *drawing) activities() {
	for i := range d.n("activities", 1, 6) {
		a := Activity{ID: string(rune('a' + i)), Type: rapid.SampledFrom([]string{Normal, Standard, Emergency}).Draw(d.t, "type"),
			CIs:  rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"x", "y", "z"}), 0, 2, rapid.ID).Draw(d.t, "cis"),
			Team: rapid.SampledFrom([]string{"red", "blue"}).Draw(d.t, "team"), Weight: int64(d.n("weight", 0, 3)), Risk: int64(d.n("risk", 0, 3))}
		a.Calendar = d.calendar("calendar")
		if d.maybe("modes", 4) {
			for k := range d.n("number of modes", 1, 2) {
				m := Mode{ID: fmt.Sprintf("m%d", k), Duration: Duration(d.length("duration", 6)), Demands: d.demands(), Price: int64(d.n("price", 0, 4))}
				if d.maybe("mode calendar", 3) {
					m.Calendar = d.calendar("which mode calendar")
				}
				a.Modes = append(a.Modes, m)
			}
		} else {
			a.Duration, a.Demands = Duration(d.length("duration", 6)), d.demands()
		}
		a.Pause = rapid.SampledFrom([]Pause{NoPause, NoPause, NoPause, PauseReleasing, PauseHolding}).Draw(d.t, "pause")
		a.Effect = rapid.SampledFrom([]Effect{Outage, Outage, NoOutage, Soaking, Detached}).Draw(d.t, "effect")
		if d.maybe("not before", 4) {
			a.NotBefore = d.instant("not before")
		}
		if d.maybe("not after", 4) && a.NotBefore.IsZero() {
			a.NotAfter = d.start.Add(12*time.Hour + d.length("not after", d.hours))
		}
		if d.maybe("due", 2) {
			a.Due = d.instant("due")
		}
		if d.maybe("preferred", 2) {
			a.Preferred = d.instant("preferred")
		}
		if d.maybe("pinned", 10) {
			a.Pinned = d.instant("pinned")
		}
		a.Optional = d.maybe("optional", 4)
		a.Approved, a.Notice = d.maybe("approved", 2), Duration(d.length("notice", 30))
		if a.Optional && d.maybe("free", 3) {
			price := int64(d.n("price", 0, 3))
			a.Price = &price
		}
		if d.maybe("start cost", 3) {
			a.StartCost = &calendar.Profile{Base: int64(d.n("base", 0, 3)), Steps: []calendar.Step{{Interval: d.span("cost", 20), Value: int64(d.n("cost", -2, 5))}}}
		}
		d.p.Activities = append(d.p.Activities, a)
	}
}

// some returns some distinct activities.
func (d *drawing) some(label string, least int) []string {
	var ids []string
	for i := range d.p.Activities {
		ids = append(ids, d.p.Activities[i].ID)
	}
	return rapid.SliceOfNDistinct(rapid.SampledFrom(ids), min(least, len(ids)), min(4, len(ids)), rapid.ID).Draw(d.t, label)
}

func (d *drawing) constraints() {
	p := d.p
	for i := range d.n("precedences", 0, 3) {
		pair := d.some("pair", 2)
		if len(pair) < 2 {
			break
		}
		if pair[0] > pair[1] {
			pair[0], pair[1] = pair[1], pair[0] // no circles
		}
		c := Precedence{ID: fmt.Sprintf("p%d", i), From: pair[0], To: pair[1],
			Type:   rapid.SampledFrom([]PrecedenceType{"", FinishStart, StartStart, FinishFinish, StartFinish}).Draw(d.t, "precedence type"),
			MinLag: Duration(d.length("lag", 5)) - Duration(d.length("negative lag", 3))}
		if d.maybe("max lag", 3) {
			most := c.MinLag + Duration(d.length("room", 8))
			c.MaxLag = &most
		}
		p.Precedences = append(p.Precedences, c)
	}
	if d.maybe("link", 4) {
		if pair := d.some("link", 2); len(pair) > 1 {
			p.Links = append(p.Links, Link{If: pair[0], Then: pair[1]})
		}
	}
	for range d.n("exclusions", 0, 2) {
		p.Exclusions = append(p.Exclusions, Exclusion{Activities: d.some("exclusion", 2),
			Kind: rapid.SampledFrom([]ExclusionKind{Exclusive, SameCI, SameService}).Draw(d.t, "exclusion kind")})
	}
	for i := range d.n("groups", 0, 2) {
		g := RedundancyGroup{ID: fmt.Sprintf("g%d", i), MaxOut: int64(d.n("max out", 0, 2)), Nested: d.maybe("nested", 4)}
		for _, ci := range []string{"x", "y", "z"} {
			if !d.maybe("not a member", 3) {
				g.Members = append(g.Members, GroupMember{CI: ci})
			}
		}
		if i > 0 && d.maybe("holds the other", 2) {
			g.Members = append(g.Members, GroupMember{Group: "g0"})
		}
		if d.maybe("by activities", 3) {
			g.Members = append(g.Members, GroupMember{Activities: d.some("member", 1)})
		}
		if len(g.Members) > 0 && d.maybe("down", 3) {
			g.Members[0].Down = []calendar.Interval{d.span("down", 20)}
		}
		if len(g.Members) > 0 {
			p.Groups = append(p.Groups, g)
		}
		if len(p.Groups) == 0 {
			break // g1 must not hold a group that is not there
		}
	}
	if d.maybe("budget", 3) {
		b := Budget{ID: "b", Counts: rapid.SampledFrom([]BudgetCounts{CountUses, CountStarts, CountRisk, CountMinutes}).Draw(d.t, "counts")}
		limit := int64(d.n("limit", 0, 6))
		if b.Counts == CountMinutes {
			limit *= 60
		}
		for k := range 3 {
			from := d.start.Add(time.Duration(24*k) * time.Hour)
			b.Periods = append(b.Periods, Period{Span: calendar.Interval{Start: from, End: from.Add(24 * time.Hour)}, Limit: limit})
		}
		b.Soft = d.maybe("soft", 2)
		if d.maybe("of a team", 3) {
			b.Teams = []string{"red"}
		}
		for _, id := range d.some("uses", 1) {
			b.Uses = append(b.Uses, Use{Activity: id, Amount: int64(d.n("amount", 1, 3))})
		}
		p.Budgets = append(p.Budgets, b)
	}
	if d.maybe("bundle", 4) {
		b := Bundle{ID: "u", Activities: d.some("bundle", 2), AllOrNothing: d.maybe("all or nothing", 2)}
		if d.maybe("same window", 2) {
			for k := range 3 {
				from := d.start.Add(time.Duration(24*k) * time.Hour)
				b.Window = append(b.Window, calendar.Interval{Start: from, End: from.Add(time.Duration(d.n("window hours", 2, 20)) * time.Hour)})
			}
		}
		p.Bundles = append(p.Bundles, b)
	}
	if d.maybe("date rule", 5) {
		p.DateRules = append(p.DateRules, DateRule{ID: "d", Kind: rapid.SampledFrom([]DateRuleKind{LeadTime, Notice, Approval}).Draw(d.t, "rule kind"),
			Activities: d.some("ruled", 1), From: d.start.Add(d.length("from", 24))})
	}
}

func (d *drawing) goals() {
	all := []Measure{Unscheduled, Tardiness, Moved, Shift, LargestShift, StartCosts, Fairness, ModePrice, PeakRisk, Completion, Makespan, PeakPeriod, OverBudget, NoticeMoves, VoidedApprovals}
	for range d.n("goals", 0, 4) {
		g := Goal{Measure: rapid.SampledFrom(all).Draw(d.t, "measure"), Weight: int64(d.n("goal weight", 0, 3)), Tier: d.n("tier", 0, 2)}
		if g.Measure == PeakPeriod || g.Measure == OverBudget {
			if len(d.p.Budgets) == 0 {
				continue
			}
			g.Budget = "b"
		}
		d.p.Goals = append(d.p.Goals, g)
	}
}

// drawOptions draws what costs are measured from.
func drawOptions(t *rapid.T, p *Problem) *Options {
	o := &Options{}
	if rapid.Bool().Draw(t, "with a baseline") {
		o.Baseline, o.Now = &Plan{}, p.Horizon.Start.Add(time.Duration(rapid.IntRange(0, 30).Draw(t, "now"))*time.Hour)
		for i := range p.Activities {
			if rapid.Bool().Draw(t, "was planned") {
				at := p.Horizon.Start.Add(time.Duration(rapid.IntRange(-2, 75).Draw(t, "was at")) * time.Hour)
				o.Baseline.Assignments = append(o.Baseline.Assignments, Assignment{Activity: p.Activities[i].ID, Start: at, End: at})
			}
		}
	}
	return o
}
