package lifecycle

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/validate"
	"github.com/slackwater-go/slackwater/schedule"
)

// Staff returns a copy of a problem in which people are what there is of them: work
// takes them by a demand, and the solver plans no more work than they can do.
//
// A demand, of an activity, a stage or a mode of either, names whom it takes as its
// resource:
//
//	skill/NAME     people with that skill
//	group/NAME     people of that group or role
//	team/NAME      people of that team
//	supplier/NAME  people of that supplier
//	person/ID      that person
//
// Each becomes a resource whose capacity is, at every instant of the horizon, how many of
// them are there: in their working hours, each in the zone of their calendar, or on call,
// and not away. While who delegated is not there, the first in the list of [Delegation] who is
// stands in, and counts where its panels name the group, team, supplier or person, or name none.
// Times are cut to whole seconds.
//
// Who has two skills counts for both and works for one. Where those whom demands name
// have people in common, a resource "people/A+B" for those of either keeps the sum of
// the demands within how many different people there are. By Hall's theorem that is
// all: at every instant of a plan that schedule.Check passes, everybody can be given
// to one piece of work so that all of it has whom it takes. It holds while no more than
// 256 such resources are needed; beyond, those of the fewest parts are kept.
//
// What one instant does not show only [CheckStaffing] sees, after [Roster.Seats]: work that
// runs across a change of shift may need to be handed over, and roles that are kept apart.
//
// A calendar that work, a resource or a train names and the problem lacks is that of the roster
// with its ID, such as the hours of a supplier; or, named in the way of a demand, one that is
// open while at least one of these people is there. Resources and calendars that the problem has
// stay as they are, so that nothing is counted twice.
//
// Faults of the roster, and demands for people of whom it lists none, are reported together,
// each with its path. The cost is linear in demands and, for each resource, in shifts
// and absences.
func (r *Roster) Staff(p *schedule.Problem) (*schedule.Problem, error) {
	var l validate.List
	r.validate(&l)
	if err := l.Err(); err != nil {
		return nil, fmt.Errorf("lifecycle: %w", err)
	}
	out := copyWork(p)
	m := &muster{r: r, within: p.Horizon, base: map[string]calendar.Intervals{}, crews: map[string]*crew{}, stand: map[string][]standIn{}}
	has := map[string]bool{}
	for i := range p.Resources {
		has[p.Resources[i].ID] = true
	}
	var asked []*crew // by demands, each once
	eachDemands(out, func(path string, list *[]schedule.Demand) {
		for k, d := range *list {
			if has[d.Resource] || !crewKind(d.Resource) {
				continue
			}
			c := m.crew(&l, fmt.Sprintf("%s[%d].resource", path, k), d.Resource)
			if c != nil && !slices.Contains(asked, c) {
				asked = append(asked, c)
			}
		}
	})
	m.calendars(&l, out)
	if err := l.Err(); err != nil {
		return nil, fmt.Errorf("lifecycle: %w", err)
	}
	slices.SortFunc(asked, func(a, b *crew) int { return strings.Compare(a.id, b.id) })
	out.Resources = slices.Clone(p.Resources)
	for _, c := range asked {
		out.Resources = append(out.Resources, schedule.Resource{ID: c.id, Name: c.name, Kind: c.kind, Unit: "people", Capacity: headcount([]*crew{c})})
	}
	pools := unions(asked)
	for _, q := range pools {
		out.Resources = append(out.Resources, schedule.Resource{ID: q.id, Name: q.name, Kind: schedule.Team, Unit: "people", Capacity: headcount(q.of)})
	}
	eachDemands(out, func(_ string, list *[]schedule.Demand) {
		for _, q := range pools {
			if n := q.takes(*list); n > 0 {
				*list = append(slices.Clip(*list), schedule.Demand{Resource: q.id, Amount: n})
			}
		}
	})
	return out, nil
}

// crewKind says whether an ID names people.
func crewKind(id string) bool {
	of, name, ok := strings.Cut(id, "/")
	return ok && name != "" && slices.Contains([]string{"skill", "group", "team", "supplier", "person"}, of)
}

// A muster finds out who is there.
type muster struct {
	r      *Roster
	within calendar.Interval
	base   map[string]calendar.Intervals // by person: when they are there
	crews  map[string]*crew              // nil: at fault
	stand  map[string][]standIn          // by whom they stand in for
}

// A crew is all whom one kind of demand may take.
type crew struct {
	id, name string
	kind     schedule.ResourceKind
	there    []presence
}

// A presence is when somebody is there, for themselves or for somebody else.
type presence struct {
	Seated
	during calendar.Intervals
}

// crew returns the crew of an ID, nil where it has a fault.
func (m *muster) crew(l *validate.List, path, id string) *crew {
	if c, ok := m.crews[id]; ok {
		return c
	}
	m.crews[id] = nil
	of, name, _ := strings.Cut(id, "/")
	c := &crew{id: id, name: of + " " + name, kind: schedule.Team}
	members := m.r.members(of, name)
	if of == "person" {
		c.kind = schedule.Person
		if p, ok := m.r.Person(name); ok {
			c.name = or(p.Name, p.ID)
		}
	}
	for _, who := range members {
		if _, ok := m.r.Person(who); ok {
			during, err := m.there(who)
			if err != nil {
				l.Addf(path, "the hours of %s are unknown: %v", who, err)
				return nil
			}
			c.there = append(c.there, presence{Seated{Person: who}, during})
		}
	}
	if of != "skill" {
		for _, who := range members {
			list, err := m.standIns(who)
			if err != nil {
				l.Addf(path, "the hours of who stands in for %s are unknown: %v", who, err)
				return nil
			}
			for _, x := range list {
				if len(x.panels) == 0 || slices.Contains(x.panels, name) {
					c.there = append(c.there, x.presence)
				}
			}
		}
	}
	if len(c.there) == 0 {
		l.Addf(path, "takes %q, of whom the roster lists nobody", id)
		return nil
	}
	m.crews[id] = c
	return c
}

// members returns the IDs of the people whom a demand names, by ID.
func (r *Roster) members(of, name string) []string {
	var out []string
	switch of {
	case "group":
		out = slices.Clone(r.Groups[name])
	case "person":
		out = []string{name}
	}
	for i := range r.People {
		p := &r.People[i]
		if of == "skill" && slices.Contains(p.Skills, name) || of == "team" && p.Team == name || of == "supplier" && p.Supplier == name {
			out = append(out, p.ID)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// there returns when a person of the roster is there.
func (m *muster) there(id string) (calendar.Intervals, error) {
	if out, ok := m.base[id]; ok {
		return out, nil
	}
	p, ok := m.r.Person(id)
	if !ok {
		return calendar.Intervals{}, nil
	}
	out := calendar.Union(m.within)
	if k := slices.IndexFunc(m.r.Calendars, func(c calendar.Calendar) bool { return c.ID == p.Hours }); k >= 0 {
		open, err := m.r.Calendars[k].Open(m.within, calendar.Subject{})
		if err != nil {
			return calendar.Intervals{}, err
		}
		out = open.Union(calendar.Union(p.OnCall...)).Clip(m.within)
	}
	out = wholeSeconds(out.Subtract(calendar.Union(p.Absences...)))
	m.base[id] = out
	return out, nil
}

// A standIn is when somebody stands in for somebody.
type standIn struct {
	presence
	panels []string
}

// standIns returns who stands in for somebody who is not there, one at a time, for what is
// delegated can be done once.
func (m *muster) standIns(from string) ([]standIn, error) {
	if out, ok := m.stand[from]; ok {
		return out, nil
	}
	own, err := m.there(from)
	if err != nil {
		return nil, err
	}
	free := calendar.Union(m.within).Subtract(own)
	var out []standIn
	for _, d := range m.r.Delegations {
		if d.From != from || d.To == from {
			continue
		}
		to, err := m.there(d.To)
		if err != nil {
			return nil, err
		}
		during := to.Clip(d.During).Intersect(free)
		if d.WhenAbsent {
			var away []calendar.Interval
			if p, ok := m.r.Person(from); ok {
				away = p.Absences
			}
			during = during.Intersect(calendar.Union(away...))
		}
		if during = wholeSeconds(during); !during.Empty() {
			out = append(out, standIn{presence{Seated{d.To, from}, during}, d.Panels})
			free = free.Subtract(during)
		}
	}
	m.stand[from] = out
	return out, nil
}

// calendars adds the calendars of the roster, and those of people, that work names and
// that the problem lacks.
func (m *muster) calendars(l *validate.List, p *schedule.Problem) {
	has := map[string]bool{"": true, schedule.AlwaysOpen: true}
	for i := range p.Calendars {
		has[p.Calendars[i].ID] = true
	}
	p.Calendars = slices.Clip(p.Calendars)
	eachCalendar(p, func(path, id string) {
		if has[id] {
			return
		}
		if k := slices.IndexFunc(m.r.Calendars, func(c calendar.Calendar) bool { return c.ID == id }); k >= 0 {
			has[id] = true
			p.Calendars = append(p.Calendars, m.r.Calendars[k])
			return
		}
		if !crewKind(id) {
			return // the problem's own validation says more
		}
		has[id] = true
		c := m.crew(l, path, id)
		if c == nil {
			return
		}
		var all calendar.Intervals
		for _, x := range c.there {
			all = all.Union(x.during)
		}
		cal := calendar.Calendar{ID: id, Default: calendar.DefaultClosed}
		for iv := range all.All() {
			cal.Windows = append(cal.Windows, calendar.Window{ID: fmt.Sprintf("hours-%d", len(cal.Windows)+1), Kind: calendar.Maintenance,
				Starts: calendar.Once(iv.Start), Length: calendar.Exactly(iv.Duration())})
		}
		p.Calendars = append(p.Calendars, cal)
	})
}
