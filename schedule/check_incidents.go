package schedule

import (
	"fmt"
	"slices"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/judge"
)

// An Incident is an incident, or an outage that others have planned, on one CI. Work on
// that CI, and work that meets it by the paths of an [Exclusion], must not overlap it.
type Incident struct {
	Name string `json:"name"`
	CI   string `json:"ci"`
	// During is how long it lasts. A zero End says that nobody knows: it counts to the end of
	// the horizon. A zero Start counts from its beginning.
	During calendar.Interval `json:"during,omitzero"`
}

func validIncidents(list []Incident) error {
	var l faultList
	for i := range list {
		x := &list[i]
		at := pathOf("incidents", i)
		if x.Name == "" {
			l.addf(at+".name", "is missing: say what people call it")
		}
		if x.CI == "" {
			l.addf(at+".ci", "is missing: name the CI that is out")
		}
		if d := x.During; !d.Start.IsZero() && !d.End.IsZero() && !d.Start.Before(d.End) {
			l.addf(at+".during", "must end after it starts")
		}
	}
	return l.err()
}

// incidents puts incidents where the work on their CIs is judged.
func (t *translation) incidents(c *judge.Case, list []Incident) {
	if len(list) == 0 {
		return
	}
	on := workOn(t.p.Activities)
	own := map[string]int{} // CI -> index of the exclusion of work on it
	for i := range list {
		x := &list[i]
		during := x.During
		if during.Start.IsZero() {
			during.Start = t.p.Horizon.Start
		}
		if during.End.IsZero() {
			during.End = t.p.Horizon.End
		}
		spans := []calendar.Interval{during}
		for g := range t.p.Groups {
			for k, m := range t.p.Groups[g].Members {
				if m.CI == x.CI {
					down := &c.Groups[g].Members[k].Down
					*down = slices.Concat(*down, spans)
				}
			}
		}
		member := func(ci ...string) judge.ExclusionMember {
			return judge.ExclusionMember{Incident: x.Name, During: spans, Path: ci}
		}
		for k := range t.p.Exclusions {
			e := &t.p.Exclusions[k]
			from := slices.IndexFunc(e.Paths, func(p Path) bool { return len(p.CIs) > 0 && p.CIs[0] == x.CI })
			switch {
			case e.Kind == SameCI && e.At == x.CI:
				// The exclusion of its own, below, says it.
			case e.Kind == RelatedCI && e.At == x.CI:
				c.Exclusions[k].Members = append(c.Exclusions[k].Members, member(x.CI))
			case e.Kind == RelatedCI && from >= 0:
				c.Exclusions[k].Members = append(c.Exclusions[k].Members, judge.ExclusionMember{Incident: x.Name, During: spans, Path: e.Paths[from].CIs, Links: e.Paths[from].Links})
			}
		}
		k, ok := own[x.CI]
		if !ok {
			k = len(c.Exclusions)
			own[x.CI] = k
			// One member a set: two that work there are no matter of the incident.
			for _, id := range on[x.CI] {
				c.Exclusions = append(c.Exclusions, judge.Exclusion{ID: fmt.Sprintf("incident/%s/%s", x.CI, id), Kind: judge.SameCI, At: x.CI,
					Members: []judge.ExclusionMember{{Activity: id, Path: []string{x.CI}}}})
			}
		}
		for j := range on[x.CI] {
			c.Exclusions[k+j].Members = append(c.Exclusions[k+j].Members, member(x.CI))
		}
	}
}
