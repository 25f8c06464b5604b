package judge

import (
	"fmt"
	"time"
)

// state is a Case in indices, the plan that is judged, and what was found.
type state struct {
	c    *Case
	zone *time.Location

	acts []activity
	byID map[string]int32

	resources  []resource
	exclusions []exclusion
	groups     []group
	budgets    []budget
	bundles    []bundle
	precs      [][]*raw // found, by index of Case.Precedences
	links      [][]*raw // found, by index of Case.Links
	customs    [][]*raw // found, by index of Case.Customs
	calendars  []lane
	unknown    map[string]*stranger
	ends       [][2]int32 // the activities of precedences; -1: one that says nothing
	charged    [][2]int32 // budgets and periods in which something was booked since they were judged
	stop       func() bool
	room       eventRoom

	accepted map[string][]int32 // indices into Case.Accepted by Finding
	causes   map[causeKey]*cause
	dirty    []causeKey
}

// An activity is an Activity with everything that concerns it, and its place in the plan.
type activity struct {
	src   *Activity
	index int32
	modes []mode

	notBefore, notAfter, pinned int64

	precs      []int32
	links      []int32
	uses       []use
	bundles    []int32
	rules      []int32
	exclusions []membership
	outages    []membership

	place    place
	assigned []Assignment // as the plan has them; the first one counts
	leftOut  int          // how often the plan lists it as left out
	raws     []*raw       // found about this activity by itself
	entries  []placed     // on timelines
}

type mode struct {
	id       string
	duration int64
	demands  []demand
	calendar int32   // -1: none
	windows  []int32 // of the calendar, those that concern the subject
}

type demand struct {
	resource int32
	amount   int64
}

// A membership says that the activity is a member of a requirement with a timeline.
type membership struct {
	of     int32 // index of the requirement
	member int32 // index of the member in it
	soak   int64 // for groups
}

// A place is where a plan puts an activity.
type place struct {
	present bool // assigned with usable times; otherwise nothing can be said of it
	mode    int32
	span
	working []span // while it works, where it pauses; nil: from lo to hi
}

// A placed entry is one on a timeline.
type placed struct {
	of    timelineKind
	index int32
	entry
}

// A stranger is an id in the plan that the case does not know.
type stranger struct {
	assigned []Assignment
	leftOut  int
	raws     []*raw
}

// newState returns nil where stop says so meanwhile.
func newState(c *Case, stop func() bool) *state {
	s := &state{
		c: c, zone: c.Zone, stop: stop,
		byID:     make(map[string]int32, len(c.Activities)),
		unknown:  make(map[string]*stranger),
		accepted: make(map[string][]int32),
		causes:   make(map[causeKey]*cause),
	}
	if s.zone == nil {
		s.zone = time.UTC
	}
	for i := range c.Accepted {
		a := &c.Accepted[i]
		s.accepted[a.Finding] = append(s.accepted[a.Finding], int32(i))
	}
	if iv := c.Horizon; iv != (Case{}).Horizon && iv.Empty() {
		s.fault(OfHorizon, 0, "", "horizon", "the horizon ends before it begins")
	}
	calendars := s.compileCalendars()
	resources := s.compileResources()
	if !s.compileActivities(calendars, resources) || !s.compilePrecedences() {
		return nil
	}
	s.compileExclusions()
	s.compileGroups()
	s.compileBudgets()
	s.compileBundles(calendars)
	s.compileDateRules()
	s.customs = make([][]*raw, len(c.Customs))
	if stop() {
		return nil
	}
	return s
}

// often is how many activities are looked at between two questions whether to stop.
const often = 256

// fault records that the case itself is malformed. part tells faults of one
// requirement apart.
func (s *state) fault(of RequirementKind, unit int, id, rule, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	s.add(&raw{
		key:      causeKey{kind: Malformed, of: of, unit: int32(unit), sub: rule + "\x00" + text},
		evidence: Evidence{Of: of, ID: id, Rule: rule, Text: text},
	})
}

func (s *state) compileResources() map[string]int32 {
	byID := make(map[string]int32, len(s.c.Resources))
	s.resources = make([]resource, len(s.c.Resources))
	for i := range s.c.Resources {
		src := &s.c.Resources[i]
		r := &s.resources[i]
		*r = resource{src: src, index: int32(i), kind: src.Kind, capacity: steps(src.Capacity)}
		r.tracks = make([][]*raw, 1)
		switch src.Kind {
		case "":
			r.kind = Overload
		case Overload, PersonOverload, TeamOverload, EnvironmentOverload:
		default:
			s.fault(OfResource, i, src.ID, "kind", "resource %s cannot be of kind %q", quote(or(src.Name, src.ID)), src.Kind)
			r.kind = Overload
		}
		if _, twice := byID[src.ID]; twice {
			s.fault(OfResource, i, src.ID, "id", "two resources have the id %s", quote(src.ID))
			continue
		}
		byID[src.ID] = int32(i)
	}
	return byID
}

func (s *state) compileActivities(calendars, resources map[string]int32) bool {
	s.acts = make([]activity, len(s.c.Activities))
	nModes, nDemands := 0, 0
	for i := range s.c.Activities {
		src := &s.c.Activities[i]
		nModes += max(1, len(src.Modes))
		nDemands += len(src.Demands)
		for k := range src.Modes {
			nDemands += len(src.Modes[k].Demands)
		}
	}
	allModes, allDemands := make([]mode, 0, nModes), make([]demand, 0, nDemands)
	for i := range s.c.Activities {
		if i%often == often-1 && s.stop() {
			return false
		}
		src := &s.c.Activities[i]
		a := &s.acts[i]
		*a = activity{
			src: src, index: int32(i),
			notBefore: minInstant, notAfter: maxInstant,
		}
		if _, twice := s.byID[src.ID]; twice {
			s.fault(OfActivity, i, src.ID, "id", "two activities have the id %s", quote(src.ID))
		} else {
			s.byID[src.ID] = int32(i)
		}
		if !src.NotBefore.IsZero() {
			a.notBefore = toInstant(src.NotBefore)
		}
		if !src.NotAfter.IsZero() {
			a.notAfter = toInstant(src.NotAfter)
		}
		a.pinned = toInstant(src.Pinned)
		modes := src.Modes
		var only [1]Mode
		if len(modes) == 0 {
			only[0] = Mode{Duration: src.Duration, Demands: src.Demands}
			modes = only[:]
		}
		first := len(allModes)
		for k := range modes {
			from := &modes[k]
			m := mode{id: from.ID, duration: int64(from.Duration), calendar: -1}
			m.demands, allDemands = s.demands(a, from.Demands, resources, allDemands)
			if id := or(from.Calendar, src.Calendar); id != "" {
				if k, ok := calendars[id]; ok {
					m.calendar, m.windows = k, s.calendars[k].concerning(src.Subject)
				} else {
					s.fault(OfActivity, i, src.ID, "calendar", "%s refers to a calendar %s that does not exist", quote(a.name()), quote(id))
				}
			}
			allModes = append(allModes, m)
		}
		a.modes = allModes[first:len(allModes):len(allModes)]
		for k := range a.modes {
			if a.modes[k].duration < 0 {
				s.fault(OfActivity, i, src.ID, "duration", "%s has a negative duration", quote(a.name()))
			}
		}
	}
	return true
}

// demands compiles demands at the end of all, and returns them and all.
func (s *state) demands(a *activity, in []Demand, resources map[string]int32, all []demand) (own, more []demand) {
	first := len(all)
	for _, d := range in {
		k, ok := resources[d.Resource]
		switch {
		case !ok:
			s.fault(OfActivity, int(a.index), a.src.ID, "demand", "%s needs a resource %s that does not exist", quote(a.name()), quote(d.Resource))
		case d.Amount < 0:
			s.fault(OfActivity, int(a.index), a.src.ID, "demand", "%s needs a negative amount of %s", quote(a.name()), d.Resource)
		case d.Amount > 0:
			all = append(all, demand{k, d.Amount})
		}
	}
	return all[first:len(all):len(all)], all
}

func (a *activity) name() string { return or(a.src.Name, a.src.ID) }

// find looks an activity up for a requirement; -1 where there is none, which is a fault.
func (s *state) find(of RequirementKind, unit int, requirement, id string) int32 {
	if k, ok := s.byID[id]; ok {
		return k
	}
	s.fault(of, unit, requirement, "activity", "%s %s refers to an activity %s that does not exist", of, quote(requirement), quote(id))
	return -1
}

func (s *state) compilePrecedences() bool {
	s.precs = make([][]*raw, len(s.c.Precedences))
	s.ends = make([][2]int32, len(s.c.Precedences))
	many := make([]int32, len(s.acts))
	for i := range s.c.Precedences {
		if i%often == often-1 && s.stop() {
			return false
		}
		p := &s.c.Precedences[i]
		s.ends[i] = [2]int32{-1, -1}
		switch p.Type {
		case "", FinishStart, StartStart, FinishFinish, StartFinish:
		default:
			s.fault(OfPrecedence, i, p.ID, "type", "precedence type %q is none of FS, SS, FF, SF", p.Type)
			continue
		}
		from, to := s.find(OfPrecedence, i, p.ID, p.From), s.find(OfPrecedence, i, p.ID, p.To)
		if from < 0 || to < 0 {
			continue
		}
		s.ends[i] = [2]int32{from, to}
		many[from]++
		many[to]++
	}
	all := make([]int32, 2*len(s.ends))
	for a, n := range many {
		s.acts[a].precs, all = all[:0:n], all[n:]
	}
	for i, e := range s.ends {
		if e[0] >= 0 {
			s.acts[e[0]].precs = append(s.acts[e[0]].precs, int32(i))
		}
		if e[1] != e[0] {
			s.acts[e[1]].precs = append(s.acts[e[1]].precs, int32(i))
		}
	}
	s.links = make([][]*raw, len(s.c.Links))
	for i := range s.c.Links {
		l := &s.c.Links[i]
		from, to := s.find(OfLink, i, l.ID, l.If), s.find(OfLink, i, l.ID, l.Then)
		if from < 0 || to < 0 || from == to {
			continue
		}
		s.acts[from].links = append(s.acts[from].links, int32(i))
		s.acts[to].links = append(s.acts[to].links, int32(i))
	}
	return true
}

func (s *state) compileExclusions() {
	s.exclusions = make([]exclusion, len(s.c.Exclusions))
	for i := range s.c.Exclusions {
		src := &s.c.Exclusions[i]
		x := &s.exclusions[i]
		*x = exclusion{src: src}
		switch src.Kind {
		case "", Exclusive, SameCI, SameService:
			x.tracks = make([][]*raw, 1)
		case RelatedCI:
			x.tracks = make([][]*raw, 2)
		default:
			s.fault(OfExclusion, i, src.ID, "kind", "exclusion %s cannot be of kind %q", quote(or(src.At, src.ID)), src.Kind)
			continue
		}
		seen := make(map[int32]bool, len(src.Members))
		var incidents []entry
		for _, m := range src.Members {
			if m.Activity == "" && m.Incident != "" {
				for _, iv := range m.During {
					if sp := spanOf(iv); !sp.empty() {
						incidents = append(incidents, entry{span: sp, act: -1, tag: int32(len(x.members))})
					}
				}
				x.members = append(x.members, m)
				continue
			}
			k := s.find(OfExclusion, i, src.ID, m.Activity)
			if k < 0 || seen[k] {
				continue
			}
			seen[k] = true
			s.acts[k].exclusions = append(s.acts[k].exclusions, membership{of: int32(i), member: int32(len(x.members))})
			x.members = append(x.members, m)
		}
		x.list = newSpanList(incidents)
	}
}

func (s *state) compileGroups() {
	byID := make(map[string]int32, len(s.c.Groups))
	for i := range s.c.Groups {
		if _, twice := byID[s.c.Groups[i].ID]; twice {
			s.fault(OfGroup, i, s.c.Groups[i].ID, "id", "two redundancy groups have the id %s", quote(s.c.Groups[i].ID))
			continue
		}
		byID[s.c.Groups[i].ID] = int32(i)
	}
	s.groups = make([]group, len(s.c.Groups))
	for i := range s.c.Groups {
		src := &s.c.Groups[i]
		g := &s.groups[i]
		*g = group{src: src, index: int32(i), allowed: steps(src.Allowed)}
		g.tracks = make([][]*raw, 1)
		var down []entry
		for j := range src.Members {
			m := &src.Members[j]
			for _, o := range m.Outages {
				if k := s.find(OfGroup, i, src.ID, o.Activity); k >= 0 {
					s.acts[k].outages = append(s.acts[k].outages, membership{int32(i), int32(j), max(0, int64(o.Soak))})
				}
			}
			for _, iv := range m.Down {
				if sp := spanOf(iv); !sp.empty() {
					down = append(down, entry{span: sp, act: -1, tag: int32(j), weight: both})
				}
			}
			for _, id := range m.Groups {
				if k, ok := byID[id]; ok {
					g.nested = append(g.nested, nested{k, int32(j)})
				} else {
					s.fault(OfGroup, i, src.ID, "group", "redundancy group %s refers to a group %s that does not exist", quote(or(src.Name, src.ID)), quote(id))
				}
			}
		}
		g.list = newSpanList(down)
	}
	s.cutCircles()
	for i := range s.groups {
		for _, n := range s.groups[i].nested {
			s.groups[n.group].parents = append(s.groups[n.group].parents, int32(i))
		}
	}
}

// cutCircles reports groups that contain themselves and forgets the links that close
// the circles, so that every walk over groups ends.
func (s *state) cutCircles() {
	const (
		unseen = iota
		open
		done
	)
	mark := make([]uint8, len(s.groups))
	var visit func(i int32)
	visit = func(i int32) {
		mark[i] = open
		g := &s.groups[i]
		kept := g.nested[:0]
		for _, n := range g.nested {
			if mark[n.group] == open {
				s.fault(OfGroup, int(i), g.src.ID, "circle", "redundancy group %s contains itself through %s",
					quote(or(g.src.Name, g.src.ID)), quote(or(s.groups[n.group].src.Name, s.groups[n.group].src.ID)))
				continue
			}
			kept = append(kept, n)
			if mark[n.group] == unseen {
				visit(n.group)
			}
		}
		g.nested = kept
		mark[i] = done
	}
	for i := range s.groups {
		if mark[i] == unseen {
			visit(int32(i))
		}
	}
}
