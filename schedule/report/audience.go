package report

import (
	"slices"
)

// An Audience is who reads a schedule.
type Audience struct {
	Kind AudienceKind
	Name string // of the team, service or supplier; a board needs none
}

// An AudienceKind is a kind of reader.
type AudienceKind string

const (
	Board        AudienceKind = "board"         // everything, without the steps that prepare
	Team         AudienceKind = "team"          // entries of the team, and those with a step of it
	ServiceOwner AudienceKind = "service owner" // entries that touch the service, when they deliver or are watched; its outage
	Supplier     AudienceKind = "supplier"      // the supplier's own steps, without ratings and without other people's conflicts
)

// For returns the part of the schedule that concerns an audience. An unknown kind of
// audience gets nothing. A supplier's steps are those whose team is the supplier; it
// sees of an entry its ID, name, type and those steps. The critical chain goes to
// boards and teams only.
func (s *Schedule) For(a Audience) *Schedule {
	out := *s
	out.Entries, out.Links, out.Conflicts, out.Outages = nil, nil, nil, nil
	if a.Kind != Board && a.Kind != Team {
		out.Chain = nil
	}
	shown := map[string]bool{}
	for i := range s.Entries {
		e := s.Entries[i]
		steps := e.Steps
		e.Steps = nil
		mine := a.Kind == Board || a.Kind == Team && e.Team == a.Name ||
			a.Kind == ServiceOwner && (slices.Contains(e.Services, a.Name) || slices.Contains(e.CIs, a.Name))
		for _, st := range steps {
			keep := false
			switch a.Kind {
			case Board:
				keep = st.Kind != Prepare
			case Team:
				keep = e.Team == a.Name || st.Team == a.Name
			case ServiceOwner:
				keep = mine && (st.Delivers || st.Kind == Soak)
			case Supplier:
				keep = st.Team == a.Name
			}
			if keep {
				e.Steps = append(e.Steps, st)
				shown[st.Activity] = true
			}
		}
		if a.Kind == Supplier && len(e.Steps) > 0 {
			sup := Entry{ID: e.ID, Name: e.Name, Type: e.Type, Team: a.Name, Steps: e.Steps}
			for _, st := range sup.Steps {
				sup.Delivers = cover(sup.Delivers, st.During)
			}
			e = sup
		}
		if mine || len(e.Steps) > 0 {
			out.Entries = append(out.Entries, e)
		}
	}
	for _, l := range s.Links {
		if shown[l.From] && shown[l.To] {
			out.Links = append(out.Links, l)
		}
	}
	for _, c := range s.Conflicts {
		others := slices.ContainsFunc(c.Activities, func(id string) bool { return !shown[id] })
		some := slices.ContainsFunc(c.Activities, func(id string) bool { return shown[id] })
		if a.Kind == Board || some && (a.Kind != Supplier || !others) {
			out.Conflicts = append(out.Conflicts, c)
		}
	}
	for _, o := range s.Outages {
		if a.Kind == Board || a.Kind == ServiceOwner && o.Service == a.Name {
			out.Outages = append(out.Outages, o)
		}
	}
	if a.Name != "" {
		out.Name = s.Name + ": " + a.Name
	}
	return &out
}
