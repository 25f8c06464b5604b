package lifecycle

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/validate"
	"github.com/slackwater-go/slackwater/schedule"
)

// Seats returns the seats that the work of a plan has, for [Assign] to say who does what
// and for [CheckStaffing] to say whether they can. Every demand for people (see
// [Roster.Staff], whose result p is) is a seat, called "activity: demand", to be there
// for the whole of the work; rules keep those that run at one time apart. Work that gives
// its people back in pauses has a seat for each stretch, which different people may take.
//
// Optional work that is left out has none. Further rules, such as one that keeps who tests
// and who builds apart, may be added before it is handed on.
func (r *Roster) Seats(p *schedule.Problem, plan *schedule.Plan) (*Staffing, error) {
	low, err := p.Lower()
	if err != nil {
		return nil, fmt.Errorf("lifecycle: %w", err)
	}
	at := map[string]int{}
	for i := range low.Activities {
		at[low.Activities[i].ID] = i
	}
	var l validate.List
	out := &Staffing{}
	for i := range plan.Assignments {
		x := &plan.Assignments[i]
		k, ok := at[x.Activity]
		if !ok {
			l.Addf(fmt.Sprintf("assignments[%d].activity", i), "the problem has no activity %q", x.Activity)
			continue
		}
		a := &low.Activities[k]
		demands, hours := a.Demands, or(a.Calendar, low.Calendar)
		if len(a.Modes) > 0 {
			m := slices.IndexFunc(a.Modes, func(m schedule.Mode) bool { return m.ID == x.Mode })
			if m < 0 {
				l.Addf(fmt.Sprintf("assignments[%d].mode", i), "%s has no mode %q", x.Activity, x.Mode)
				continue
			}
			demands, hours = a.Modes[m].Demands, or(a.Modes[m].Calendar, hours)
		}
		spans := []calendar.Interval{x.Interval()}
		if c := slices.IndexFunc(low.Calendars, func(c calendar.Calendar) bool { return c.ID == hours }); c >= 0 && a.Pause == schedule.PauseReleasing {
			open, err := low.Calendars[c].Open(x.Interval(), a.Subject())
			if err != nil {
				l.Addf(fmt.Sprintf("assignments[%d]", i), "%v", err)
				continue
			}
			spans = slices.Collect(open.All())
		}
		for _, d := range demands {
			of, name, _ := strings.Cut(d.Resource, "/")
			if !crewKind(d.Resource) {
				continue
			}
			for n, span := range spans {
				if span.Empty() {
					continue
				}
				role := x.Activity + ": " + d.Resource
				if len(spans) > 1 {
					role = fmt.Sprintf("%s, stretch %d of %d", role, n+1, len(spans))
				}
				seat := Seat{Role: role, Need: int(min(d.Amount, 1<<30)), Of: r.members(of, name), During: span, Panel: name}
				if of == "skill" {
					seat.Skill = name
				}
				out.Seats = append(out.Seats, seat)
			}
		}
	}
	if err := l.Err(); err != nil {
		return nil, fmt.Errorf("lifecycle: %w", err)
	}
	out.Rules = overlaps(out.Seats)
	return out, nil
}

// overlaps returns a rule for each greatest set of seats that are taken at one instant.
// Those are the sets at starts that an end follows before the next start: intervals that
// overlap in pairs have an instant in common (Helly).
func overlaps(seats []Seat) []SeparateRule {
	order := make([]int, len(seats))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return seats[a].During.Start.Compare(seats[b].During.Start) })
	var out []SeparateRule
	var running []int
	grown := false
	put := func() {
		if !grown || len(running) < 2 {
			return
		}
		rule := SeparateRule{ID: "at one time from " + seats[running[len(running)-1]].During.Start.UTC().Format("2006-01-02T15:04:05Z")}
		for _, i := range running {
			rule.Roles = append(rule.Roles, seats[i].Role)
		}
		out = append(out, rule)
	}
	for _, i := range order {
		start := seats[i].During.Start
		if slices.ContainsFunc(running, func(j int) bool { return !seats[j].During.End.After(start) }) {
			put()
			running = slices.DeleteFunc(running, func(j int) bool { return !seats[j].During.End.After(start) })
			grown = false
		}
		running, grown = append(running, i), true
	}
	put()
	return out
}
