package lifecycle

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
)

// An Agenda is what one meeting of a board deals with.
type Agenda struct {
	Meeting Meeting `json:"meeting"`
	// Items are decided on, in the order and at the times of the plan.
	Items []AgendaItem `json:"items,omitempty"`
	// PreApproved are told: standard changes that deliver before the next meeting.
	PreApproved []AgendaItem `json:"preApproved,omitempty"`
	// Retrospective are looked at after the fact: emergency and unauthorised changes
	// that delivered since the meeting before.
	Retrospective []AgendaItem `json:"retrospective,omitempty"`
	// Free is the time of the meeting that no item takes.
	Free schedule.Duration `json:"free,omitempty"`
}

// An AgendaItem is one release before the board.
type AgendaItem struct {
	Release  string            `json:"release"`
	Name     string            `json:"name,omitempty"`
	Type     string            `json:"type,omitempty"`
	Owner    string            `json:"owner,omitempty"`
	Team     string            `json:"team,omitempty"`
	Risk     int64             `json:"risk,omitempty"`
	Services []string          `json:"services,omitempty"`
	At       calendar.Interval `json:"at,omitzero"` // when the board deals with it
	Delivers calendar.Interval `json:"delivers"`    // when it delivers, as planned
	Late     bool              `json:"late,omitempty"`
}

// Agendas returns the agenda of each meeting of a board within an interval, from a plan
// of a problem that was made with [Governance.Seat]. An item is Late when its release
// was submitted after the cut-off, which plans made by hand can bring about.
func (g *Governance) Agendas(b *Board, p *schedule.Problem, plan *schedule.Plan, within calendar.Interval) ([]Agenda, error) {
	meetings, err := g.Meetings(b, within)
	if err != nil {
		return nil, err
	}
	if plan == nil {
		return nil, fmt.Errorf("lifecycle: board %s: there is no plan to take an agenda from", b.ID)
	}
	at := make(map[string]calendar.Interval, len(plan.Assignments))
	for i := range plan.Assignments {
		at[plan.Assignments[i].Activity] = plan.Assignments[i].Interval()
	}
	out := make([]Agenda, len(meetings))
	for k := range meetings {
		m := &meetings[k]
		a := &out[k]
		a.Meeting = *m
		since, until := within.Start, within.End
		if k > 0 {
			since = meetings[k-1].During.Start
		}
		if k+1 < len(meetings) {
			until = meetings[k+1].During.Start
		}
		used := b.Opening.Std()
		for i := range p.Releases {
			r := &p.Releases[i]
			item := AgendaItem{Release: r.ID, Name: r.Name, Type: r.Type, Owner: r.Owner, Team: r.Team, Risk: r.Risk, Services: r.Services, Delivers: delivery(r, plan)}
			started := item.Delivers.Start
			switch {
			case slices.Contains(b.preApproved(), r.Type):
				if !started.IsZero() && !started.Before(m.During.Start) && started.Before(until) {
					a.PreApproved = append(a.PreApproved, item)
				}
			case slices.Contains(b.retrospective(), r.Type):
				if !started.IsZero() && !started.Before(since) && started.Before(m.During.Start) {
					a.Retrospective = append(a.Retrospective, item)
				}
			default:
				iv, ok := at[r.ID+"/"+b.ID]
				if !ok || !m.During.Contains(iv.Start) {
					continue
				}
				item.At = iv
				item.Late = !r.Submitted.IsZero() && !g.Takes(m, r.Submitted)
				used += iv.Duration()
				a.Items = append(a.Items, item)
			}
		}
		slices.SortFunc(a.Items, func(x, y AgendaItem) int { return byTime(x.At.Start, y.At.Start, x.Release, y.Release) })
		for _, list := range [][]AgendaItem{a.PreApproved, a.Retrospective} {
			slices.SortFunc(list, func(x, y AgendaItem) int {
				return byTime(x.Delivers.Start, y.Delivers.Start, x.Release, y.Release)
			})
		}
		a.Free = schedule.Duration(max(0, m.During.Duration()-used))
	}
	return out, nil
}

func byTime(a, b time.Time, x, y string) int {
	if c := a.Compare(b); c != 0 {
		return c
	}
	return cmp.Compare(x, y)
}
