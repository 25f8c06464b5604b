package schedule

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/testkit/oracle"
)

// A crowding makes problems in which too much is asked of too few hours: each kind of
// requirement takes its turn as the theme, a few others are drawn besides. Everything is a
// whole number of hours, so that enumeration can say what has a plan.
type crowding struct {
	r     *prng.Rand
	start time.Time
	hours int
	p     *Problem
}

// themes are the kinds of requirements, as people call them.
var themes = []string{"collision", "capacity", "stock", "redundancy", "budget", "lag", "maximal lag", "link", "all or nothing", "one window",
	"release date", "pin", "date rule", "maintenance window", "blackout", "freeze", "deadline"}

// themeOf names the kind of a requirement.
func themeOf(p *Problem, u unit) string {
	switch u.kind {
	case unitResource:
		if p.Resources[u.i].Kind == NonRenewable {
			return "stock"
		}
	case unitClosed:
		if p.Calendars[u.i].Windows[u.j].Kind == calendar.Freeze {
			return "freeze"
		}
	}
	return map[unitKind]string{unitExclusion: "collision", unitResource: "capacity", unitGroup: "redundancy", unitBudget: "budget",
		unitMinLag: "lag", unitMaxLag: "maximal lag", unitLink: "link", unitTogether: "all or nothing", unitWindow: "one window",
		unitNotBefore: "release date", unitPinned: "pin", unitDateRule: "date rule", unitMaintenance: "maintenance window",
		unitClosed: "blackout", unitNotAfter: "deadline"}[u.kind]
}

// crowded returns the n-th problem without a plan of a seed, lowered. Every reason for that
// has something of the theme in it; in most problems no requirement of the theme is impossible by
// itself, in some not with one other either.
func crowded(t *testing.T, seed uint64, n int) (*Problem, *origins) {
	t.Helper()
	r := prng.New(seed).Split(uint64(n))
	theme := themes[n%len(themes)]
	round := n / len(themes)
	for range 100_000 {
		p := crowd(r, theme)
		low, at, err := p.prepare()
		if err != nil {
			t.Fatalf("the generator makes faults: %v", err)
		}
		if c := compiledFor(t, low, at); c.in.Horizon > 16 || combinations(c) > 60_000 || oracle.Feasible(c.in) {
			continue
		}
		others := map[unit]bool{}
		var its []unit
		for _, u := range unitsOf(low) {
			if themeOf(low, u) != theme {
				others[u] = true
			} else {
				its = append(its, u)
			}
		}
		possible := func(keep map[unit]bool) bool { return oracle.Feasible(compiledFor(t, low.relaxed(keep), at).in) }
		if !possible(others) || round%5 != 0 && slices.ContainsFunc(its, func(u unit) bool { return !possible(map[unit]bool{u: true}) }) {
			continue
		}
		pair := func(u unit) bool {
			for v := range others {
				if !possible(map[unit]bool{u: true, v: true}) {
					return true
				}
			}
			return false
		}
		if round%3 == 1 && slices.ContainsFunc(its, pair) {
			continue
		}
		return low, at
	}
	t.Fatalf("%s: nothing is infeasible", theme)
	return nil, nil
}

func compiledFor(t *testing.T, p *Problem, at *origins) *compiled {
	t.Helper()
	c, err := compile(context.Background(), p, at, &Options{feasibility: true})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func crowd(r *prng.Rand, theme string) *Problem {
	d := &crowding{r: r, start: time.Date(2026, 10, 24, 20, 0, 0, 0, time.UTC), hours: 7 + r.IntN(7)}
	d.p = &Problem{Zone: "Europe/Berlin", Horizon: calendar.Interval{Start: d.start, End: d.at(d.hours)}}
	for i := range 2 + r.IntN(3) {
		a := Activity{ID: fmt.Sprintf("id-a%d", i), Name: "Change " + string(rune('A'+i)), Duration: Duration(1+r.IntN(4)) * Hour, Risk: int64(r.IntN(3))}
		a.CIs = []string{[]string{"x", "y", "z"}[i%3]}
		a.Optional = r.IntN(9) == 0
		d.p.Activities = append(d.p.Activities, a)
	}
	d.ask(theme)
	if r.IntN(2) == 0 {
		d.ask(theme)
	}
	for range 1 + r.IntN(5) {
		d.ask(themes[r.IntN(len(themes))])
	}
	return d.p
}

func (d *crowding) at(hour int) time.Time { return d.start.Add(time.Duration(hour) * time.Hour) }

func (d *crowding) span(from, to int) calendar.Interval {
	return calendar.Interval{Start: d.at(from), End: d.at(to)}
}

// some returns least or more distinct activities.
func (d *crowding) some(least int) []string {
	var ids []string
	for i := range d.p.Activities {
		ids = append(ids, d.p.Activities[i].ID)
	}
	for i := range ids {
		j := i + d.r.IntN(len(ids)-i)
		ids[i], ids[j] = ids[j], ids[i]
	}
	return ids[:min(len(ids), least+d.r.IntN(len(ids)))]
}

func (d *crowding) one() *Activity { return &d.p.Activities[d.r.IntN(len(d.p.Activities))] }

func (d *crowding) name(kind string, have int) string { return fmt.Sprintf("id-%s%d", kind, have) }

// calendar returns one of the calendars, with somebody to use it.
func (d *crowding) calendar() *calendar.Calendar {
	p := d.p
	if len(p.Calendars) == 0 || d.r.IntN(4) == 0 {
		p.Calendars = append(p.Calendars, calendar.Calendar{ID: fmt.Sprintf("hours %d", len(p.Calendars))})
	}
	k := d.r.IntN(len(p.Calendars))
	for _, id := range d.some(1) {
		i := slices.IndexFunc(p.Activities, func(a Activity) bool { return a.ID == id })
		p.Activities[i].Calendar = p.Calendars[k].ID
	}
	return &p.Calendars[k]
}

func (d *crowding) window(c *calendar.Calendar, kind calendar.Kind, from, hours int) {
	c.Windows = append(c.Windows, calendar.Window{ID: d.name("w", len(c.Windows)), Reason: "the reason of a window", Kind: kind, Starts: calendar.Once(d.at(from)),
		Length: calendar.Exactly(time.Duration(hours) * time.Hour)})
}

// ask adds one requirement.
func (d *crowding) ask(theme string) {
	p, r := d.p, d.r
	switch theme {
	case "collision":
		p.Exclusions = append(p.Exclusions, Exclusion{ID: d.name("x", len(p.Exclusions)), Activities: d.some(2),
			Kind: []ExclusionKind{Exclusive, SameCI, RelatedCI, SameService}[r.IntN(4)]})
	case "capacity":
		x := Resource{ID: d.name("crew", len(p.Resources)), Name: "the crew", Unit: "people", Kind: []ResourceKind{Renewable, Person, Team, Environment}[r.IntN(4)], Capacity: calendar.Profile{Base: int64(1 + r.IntN(2))}}
		if r.IntN(3) == 0 {
			from := r.IntN(d.hours)
			x.Capacity.Steps = []calendar.Step{{Interval: d.span(from, from+1+r.IntN(d.hours)), Value: int64(r.IntN(2))}}
		}
		d.demand(x, 2)
	case "stock":
		d.demand(Resource{ID: d.name("stock", len(p.Resources)), Name: "the stock", Kind: NonRenewable, Capacity: calendar.Profile{Base: int64(1 + r.IntN(4))}}, 3)
	case "redundancy":
		g := RedundancyGroup{ID: d.name("g", len(p.Groups)), Name: "the web servers", Members: []GroupMember{{CI: "x"}, {CI: "y"}, {CI: "z"}}, MaxOut: int64(r.IntN(2))}
		g.Members = g.Members[r.IntN(2):]
		if r.IntN(2) == 0 {
			from := r.IntN(d.hours)
			g.Members[0].Down = []calendar.Interval{d.span(from, from+1+r.IntN(6))}
		}
		p.Groups = append(p.Groups, g)
	case "budget":
		b := Budget{ID: d.name("b", len(p.Budgets)), Name: "the budget of the week", Unit: "points", Counts: []BudgetCounts{CountUses, CountStarts, CountStarts, CountRisk}[r.IntN(4)]}
		half := 2 + r.IntN(d.hours-3)
		b.Periods = []Period{{Span: d.span(0, half), Limit: int64(r.IntN(3))}, {Span: d.span(half, d.hours), Limit: int64(r.IntN(3))}}
		for _, id := range d.some(1) {
			b.Uses = append(b.Uses, Use{Activity: id, Amount: int64(1 + r.IntN(2))})
		}
		p.Budgets = append(p.Budgets, b)
	case "lag", "maximal lag":
		pair := d.some(2)
		slices.Sort(pair[:2]) // no circles
		x := Precedence{ID: d.name("p", len(p.Precedences)), From: pair[0], To: pair[1], MinLag: Duration(r.IntN(5)-1) * Hour,
			Type: []PrecedenceType{FinishStart, FinishStart, StartStart, FinishFinish, StartFinish}[r.IntN(5)]}
		if theme == "maximal lag" {
			most := x.MinLag + Duration(r.IntN(3))*Hour
			x.MaxLag = &most
		}
		p.Precedences = append(p.Precedences, x)
	case "link", "all or nothing":
		pair := d.some(2)[:2]
		i := slices.IndexFunc(p.Activities, func(a Activity) bool { return a.ID == pair[1] })
		p.Activities[i].Optional = true
		if theme == "link" {
			p.Links = append(p.Links, Link{ID: d.name("l", len(p.Links)), If: pair[0], Then: pair[1]})
		} else {
			p.Bundles = append(p.Bundles, Bundle{ID: d.name("u", len(p.Bundles)), Name: "the train", Activities: pair, AllOrNothing: true})
		}
		d.date(&p.Activities[i], r.IntN(3))
		d.date(&p.Activities[i], r.IntN(3))
	case "one window":
		b := Bundle{ID: d.name("u", len(p.Bundles)), Name: "the train", Activities: d.some(2)}
		for from := r.IntN(3); from < d.hours; from += 3 + r.IntN(3) {
			b.Window = append(b.Window, d.span(from, from+1+r.IntN(2)))
		}
		if len(b.Window) > 0 {
			p.Bundles = append(p.Bundles, b)
		}
	case "release date":
		d.date(d.one(), 0)
	case "deadline":
		d.date(d.one(), 1)
	case "pin":
		d.date(d.one(), 2)
	case "date rule":
		x := DateRule{ID: d.name("d", len(p.DateRules)), Name: "five days of notice", Kind: []DateRuleKind{LeadTime, Notice, Approval}[r.IntN(3)], Activities: d.some(1), From: d.at(1 + r.IntN(d.hours-2))}
		if x.Kind == Approval && r.IntN(2) == 0 {
			x.Until = x.From.Add(time.Duration(1+r.IntN(6)) * time.Hour)
		}
		p.DateRules = append(p.DateRules, x)
	case "maintenance window":
		c := d.calendar()
		for from := r.IntN(4); from < d.hours; from += 4 + r.IntN(5) {
			d.window(c, calendar.Maintenance, from, 1+r.IntN(4))
		}
	case "blackout":
		d.window(d.calendar(), calendar.Blackout, r.IntN(d.hours), 1+r.IntN(7))
	case "freeze":
		d.window(d.calendar(), calendar.Freeze, r.IntN(d.hours), 1+r.IntN(7))
	}
}

// date gives an activity a release date, a deadline or a fixed start.
func (d *crowding) date(a *Activity, which int) {
	switch r := d.r; {
	case which == 0 && (a.NotAfter.IsZero() || d.hours > 3):
		if at := d.at(1 + r.IntN(d.hours-2)); a.NotAfter.IsZero() || at.Before(a.NotAfter) {
			a.NotBefore = at
		}
	case which == 1:
		if at := d.at(2 + r.IntN(d.hours-2)); a.NotBefore.IsZero() || a.NotBefore.Before(at) {
			a.NotAfter = at
		}
	case which == 2:
		a.Pinned = d.at(r.IntN(d.hours - 1))
	}
}

// demand adds a resource that most activities need.
func (d *crowding) demand(x Resource, most int) {
	p := d.p
	p.Resources = append(p.Resources, x)
	for _, id := range d.some(2) {
		i := slices.IndexFunc(p.Activities, func(a Activity) bool { return a.ID == id })
		a := &p.Activities[i]
		want := Demand{x.ID, int64(1 + d.r.IntN(most))}
		if len(a.Modes) > 0 {
			for k := range a.Modes {
				a.Modes[k].Demands = append(a.Modes[k].Demands, want)
			}
			continue
		}
		a.Demands = append(a.Demands, want)
		if d.r.IntN(6) == 0 { // another way to do it
			a.Modes = []Mode{{ID: "id-usual", Name: "as usual", Duration: a.Duration, Demands: a.Demands}, {ID: "id-slower", Name: "slower", Duration: a.Duration + Hour, Demands: []Demand{{x.ID, 1}}}}
			a.Duration, a.Demands = 0, nil
		}
	}
}

// titles lists requirements for a message.
func titles(x *explaining, units []unit) string {
	var out []string
	for _, u := range units {
		out = append(out, x.conflict(u).Reason)
	}
	return strings.Join(out, "; ")
}
