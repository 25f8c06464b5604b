package lifecycle

import (
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// A Roster says who there is, who is away and who stands in for whom.
type Roster struct {
	People      []Person            `json:"people,omitempty"`
	Groups      map[string][]string `json:"groups,omitempty"` // role or group to people: wherever people are listed, it stands for them
	Delegations []Delegation        `json:"delegations,omitempty"`
	Calendars   []calendar.Calendar `json:"calendars,omitempty"` // working hours and shifts, each in its zone
}

// A Person is somebody who decides or works, of the organisation or of a supplier.
type Person struct {
	ID       string              `json:"id"`
	Name     string              `json:"name,omitempty"`
	Team     string              `json:"team,omitempty"`
	Supplier string              `json:"supplier,omitempty"` // "": of the organisation
	Skills   []string            `json:"skills,omitempty"`
	Hours    string              `json:"hours,omitempty"`  // ID of a calendar; default: any time
	OnCall   []calendar.Interval `json:"onCall,omitempty"` // there outside of Hours too
	Absences []calendar.Interval `json:"absences,omitempty"`
}

// A Delegation lets To decide for From. It does not pass on: To cannot hand it further.
type Delegation struct {
	From       string            `json:"from"`
	To         string            `json:"to"`
	During     calendar.Interval `json:"during"`
	Panels     []string          `json:"panels,omitempty"`     // IDs; default: all that From is on
	WhenAbsent bool              `json:"whenAbsent,omitempty"` // only while From is absent
}

// Person returns the person with an ID.
func (r *Roster) Person(id string) (*Person, bool) {
	i := slices.IndexFunc(r.People, func(p Person) bool { return p.ID == id })
	if i < 0 {
		return nil, false
	}
	return &r.People[i], true
}

// Expand replaces groups by their members; the result is sorted and has each person once.
// Groups in groups are not followed.
func (r *Roster) Expand(list []string) []string {
	var out []string
	for _, s := range list {
		if g, ok := r.Groups[s]; ok {
			out = append(out, g...)
		} else {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Absent says whether somebody is away at an instant. Who is not listed is never away.
func (r *Roster) Absent(id string, at time.Time) bool {
	p, ok := r.Person(id)
	return ok && slices.ContainsFunc(p.Absences, func(iv calendar.Interval) bool { return iv.Contains(at) })
}

// Available says whether somebody is there throughout iv: in working hours or on call,
// and not away. Who is not listed is not available.
func (r *Roster) Available(id string, iv calendar.Interval) (bool, error) {
	p, ok := r.Person(id)
	if !ok {
		return false, nil
	}
	if slices.ContainsFunc(p.Absences, iv.Overlaps) {
		return false, nil
	}
	k := slices.IndexFunc(r.Calendars, func(c calendar.Calendar) bool { return c.ID == p.Hours })
	if k < 0 {
		return true, nil
	}
	open, err := r.Calendars[k].Open(iv, calendar.Subject{})
	if err != nil {
		return false, err
	}
	return open.Union(calendar.Union(p.OnCall...)).Covers(iv), nil
}

// mayStandFor says whether to may decide for from on a panel at an instant.
func (r *Roster) mayStandFor(to, from, panel string, at time.Time) bool {
	return slices.ContainsFunc(r.Delegations, func(d Delegation) bool {
		return d.From == from && d.To == to && d.During.Contains(at) &&
			(len(d.Panels) == 0 || slices.Contains(d.Panels, panel)) &&
			(!d.WhenAbsent || r.Absent(from, at))
	})
}
