package schedule

import (
	"slices"

	"github.com/slackwater-go/slackwater/calendar"
)

// turnsLooked bounds how far back the work before on a resource is looked through.
const turnsLooked = 500

// takeTurns makes work wait for the last that it takes turns with on a resource: of which
// both together need more than there is when it is planned to start.
func (s *simulating) takeTurns() {
	capacity := make(map[string]*calendar.Profile, len(s.p.Resources))
	for i := range s.p.Resources {
		if r := &s.p.Resources[i]; r.Kind != NonRenewable {
			capacity[r.ID] = &r.Capacity
		}
	}
	type use struct {
		act    int
		amount int64
	}
	before := map[string][]use{}
	for i := range s.acts {
		x := &s.acts[i]
		if !x.x.Start.Before(x.x.End) {
			continue
		}
		for _, d := range x.a.demandsIn(x.x.Mode) {
			c := capacity[d.Resource]
			if c == nil {
				continue
			}
			list := before[d.Resource]
			most := c.At(x.x.Start)
			for _, u := range slices.Backward(list[max(0, len(list)-turnsLooked):]) {
				if u.amount+d.Amount > most && !s.acts[u.act].x.End.After(x.x.Start) {
					x.before = append(x.before, waits{of: u.act, end: true})
					break
				}
			}
			before[d.Resource] = append(list, use{i, d.Amount})
		}
	}
}

// demandsIn returns what an activity demands in a mode.
func (a *Activity) demandsIn(mode string) []Demand {
	if i := slices.IndexFunc(a.Modes, func(m Mode) bool { return m.ID == mode }); i >= 0 {
		return a.Modes[i].Demands
	}
	return a.Demands
}
