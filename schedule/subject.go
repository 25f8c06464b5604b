package schedule

import "github.com/slackwater-go/slackwater/calendar"

// Subject returns what windows and scopes see of the activity.
func (a *Activity) Subject() calendar.Subject {
	s := calendar.Subject{CIs: a.CIs, Classes: a.Classes, Services: a.Services, Regions: a.Regions, Tags: a.Tags, Type: a.Type, Action: a.Action}
	if a.Environment != "" {
		s.Environments = []string{a.Environment}
	}
	return s
}

// weight returns the activity's weight with its default.
func (a *Activity) weight() int64 {
	if a.Weight == 0 {
		return 1
	}
	return a.Weight
}

// price returns what leaving the activity out costs.
func (a *Activity) price() int64 {
	if a.Price == nil {
		return a.weight()
	}
	return *a.Price
}

// modes returns the ways to carry out the activity: one without an ID where it has no
// alternatives.
func (a *Activity) modes() []Mode {
	if len(a.Modes) > 0 {
		return a.Modes
	}
	return []Mode{{Duration: a.Duration, Demands: a.Demands}}
}

// calendarOf returns the ID of the calendar of an activity in a mode, "" where it is
// always open.
func (p *Problem) calendarOf(a *Activity, m *Mode) string {
	id := p.Calendar
	switch {
	case m != nil && m.Calendar != "":
		id = m.Calendar
	case a.Calendar != "":
		id = a.Calendar
	}
	if id == AlwaysOpen {
		return ""
	}
	return id
}
