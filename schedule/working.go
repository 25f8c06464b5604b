package schedule

import (
	"slices"

	"github.com/slackwater-go/slackwater/calendar"
)

// working returns when an assigned activity holds what it demands: from start to end,
// without its pauses if it gives back what it holds.
func (p *Problem) working(a *Activity, x *Assignment) []calendar.Interval {
	whole := []calendar.Interval{x.Interval()}
	if a.Pause != PauseReleasing {
		return whole
	}
	var m *Mode
	if k := slices.IndexFunc(a.Modes, func(m Mode) bool { return m.ID == x.Mode }); k >= 0 {
		m = &a.Modes[k]
	}
	i := slices.IndexFunc(p.Calendars, func(c calendar.Calendar) bool { return c.ID == p.calendarOf(a, m) })
	if i < 0 {
		return whole
	}
	open, err := p.Calendars[i].Open(x.Interval(), a.Subject())
	if err != nil {
		return whole
	}
	return slices.Collect(open.All())
}
