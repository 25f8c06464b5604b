package judge

import (
	"fmt"
	"slices"
	"strings"
)

// A Custom is a rule in somebody's own code. It is asked again after each edit.
type Custom struct {
	ID   string
	Name string // what sentences call it; "": the ID
	// Judge returns what clashes in a plan, given by activity in the order of the case.
	Judge func(places []Place) []Clash
}

// A Place is where a plan has an activity.
type Place struct {
	Assignment
	Planned bool // Assignment says how; of several in the plan, the first
	LeftOut bool
}

// A Clash is a set of activities, by id, that break a rule together.
type Clash struct {
	Activities []string
	Why        string
}

// judgeCustoms asks all rules again.
func (s *state) judgeCustoms() {
	if len(s.c.Customs) == 0 {
		return
	}
	places := make([]Place, len(s.acts))
	for i := range s.acts {
		a := &s.acts[i]
		if len(a.assigned) > 0 {
			places[i] = Place{Assignment: a.assigned[0], Planned: true}
		} else {
			places[i].LeftOut = a.leftOut > 0
		}
	}
	for i := range s.c.Customs {
		c := &s.c.Customs[i]
		var found []*raw
		for _, clash := range c.Judge(slices.Clone(places)) {
			found = append(found, s.clash(int32(i), c, clash))
		}
		s.replace(&s.customs[i], found)
	}
}

func (s *state) clash(i int32, c *Custom, clash Clash) *raw {
	r := &raw{
		severity: Blocking,
		evidence: Evidence{Of: OfCustom, ID: c.ID, Text: clash.Why},
		name:     or(c.Name, c.ID),
	}
	for _, id := range clash.Activities {
		m := Member{Activity: id}
		if k, ok := s.byID[id]; ok && s.acts[k].place.present {
			m.Span = s.acts[k].place.interval()
			at := s.acts[k].place.span
			if r.span == (span{}) {
				r.span = at
			}
			r.span = span{min(r.span.lo, at.lo), max(r.span.hi, at.hi)}
		}
		r.members = append(r.members, m)
	}
	r.members = mergeMembers(r.members)
	var ids strings.Builder
	for _, m := range r.members {
		ids.WriteString(m.Activity)
		ids.WriteByte(0)
	}
	r.key = causeKey{kind: CustomBreach, of: OfCustom, unit: i, sub: ids.String() + clash.Why}
	return r
}

func (s *state) sayCustom(f *Finding, r *raw) string {
	if len(f.Members) == 0 {
		return fmt.Sprintf("The plan breaks the rule %s%s.", quote(r.name), because(r.evidence.Text))
	}
	return fmt.Sprintf("%s %s the rule %s%s.", s.who(f.Members), plural(f.Members, "breaks", "together break"), quote(r.name), because(r.evidence.Text))
}
