package judge

import (
	"slices"
	"time"
)

// A group is a Group with the outages of its members. The entries of its timeline
// carry the member in tag; act is -1 for known incidents.
type group struct {
	timeline
	src     *Group
	index   int32
	allowed []step
	nested  []nested
	parents []int32 // groups that this one is a member of
}

// A nested group makes one member of its parent go out.
type nested struct {
	group  int32
	member int32
}

func (g *group) find(s *state, _ int, w span) []*raw {
	if g.src.Defined {
		return nil
	}
	seen := make(map[int32][]event)
	ev := g.events(s, w, seen)
	found := g.breaches(w, ev, true)
	out := make([]*raw, 0, len(found))
	for _, st := range found {
		top := st.worst()
		out = append(out, &raw{
			key:      causeKey{kind: RedundancyBreach, of: OfGroup, unit: g.index, span: st.span},
			span:     st.span,
			severity: g.src.Severity,
			members:  g.outBy(s, st.span),
			amount:   Amount{Duration: time.Duration(st.length()), Need: top.need, Have: top.have, Unit: "out"},
			evidence: Evidence{Of: OfGroup, ID: g.src.ID, Rule: "at-most-out", Levels: st.evidenceLevels(), Down: g.downIn(ev, st.span)},
			name:     or(g.src.Name, g.src.ID),
		})
	}
	return out
}

// A groupLoad counts, for each member, what takes it out, and how many are out: by
// anything, and by incidents alone.
type groupLoad struct {
	by, byIncident   []int32
	out, outIncident int64
}

func (l *groupLoad) apply(e event) {
	d := int32(1)
	if !e.on {
		d = -1
	}
	count := func(by []int32, out *int64) {
		before := by[e.tag] > 0
		by[e.tag] += d
		switch after := by[e.tag] > 0; {
		case after && !before:
			*out++
		case before && !after:
			*out--
		}
	}
	// Weight tells the ways apart: an incident counts in both.
	if e.weight != onlyIncident {
		count(l.by, &l.out)
	}
	if e.weight != onlyPlan {
		count(l.byIncident, &l.outIncident)
	}
}

const (
	both         = 0
	onlyPlan     = 1 // it does not count where only incidents are looked at
	onlyIncident = 2 // it counts only there
)

// breaches returns when more members are out than allowed: with the plan, for as long
// as the plan makes it worse, or by incidents alone.
func (g *group) breaches(w span, ev []event, worse bool) []stretch {
	l := g.newLoad()
	return sweep(w, ev, g.allowed, l.apply, func(limit int64) (int64, bool) {
		return l.out, l.out > limit && (!worse || l.out > l.outIncident)
	})
}

func (g *group) incidentBreaches(w span, ev []event) []stretch {
	l := g.newLoad()
	return sweep(w, ev, g.allowed, l.apply, func(limit int64) (int64, bool) {
		return l.outIncident, l.outIncident > limit
	})
}

func (g *group) newLoad() *groupLoad {
	n := len(g.src.Members)
	return &groupLoad{by: make([]int32, n), byIncident: make([]int32, n)}
}

// events returns what takes members out inside w. seen keeps the events of groups
// that several members lead to, so that a deep lattice of groups costs no more than
// its size.
func (g *group) events(s *state, w span, seen map[int32][]event) []event {
	if ev, ok := seen[g.index]; ok {
		return ev
	}
	ev := events(&g.list, w, &eventRoom{}) // kept in seen
	for _, n := range g.nested {
		child := &s.groups[n.group]
		below := child.events(s, w, seen)
		for _, st := range child.breaches(w, below, false) {
			ev = append(ev, onOff(st.span, w, n.member, onlyPlan)...)
		}
		for _, st := range child.incidentBreaches(w, below) {
			ev = append(ev, onOff(st.span, w, n.member, onlyIncident)...)
		}
	}
	sortEvents(ev)
	seen[g.index] = ev
	return ev
}

func onOff(sp, w span, member int32, way int64) []event {
	e := entry{span: sp, act: -1, tag: member, weight: way}
	out := []event{{sp.lo, true, e}}
	if sp.hi < w.hi {
		out = append(out, event{sp.hi, false, e})
	}
	return out
}

// outBy returns the activities that take members out inside w, each with the names of
// the members it takes out, from the inside; those of a nested group only while it
// has too many out.
func (g *group) outBy(s *state, w span) []Member {
	type visit struct {
		group int32
		span  span
	}
	visited := make(map[visit]bool)
	var out []Member
	var walk func(g *group, w span, above []string)
	walk = func(g *group, w span, above []string) {
		if visited[visit{g.index, w}] {
			return
		}
		visited[visit{g.index, w}] = true
		out = append(out, s.membersIn(&g.list, w, func(e entry) (path, links []string, ok bool) {
			return append([]string{g.src.Members[e.tag].Name}, above...), nil, true
		})...)
		for _, n := range g.nested {
			child := &s.groups[n.group]
			names := append([]string{g.src.Members[n.member].Name}, above...)
			for _, st := range child.breaches(w, child.events(s, w, make(map[int32][]event)), false) {
				walk(child, st.span, names)
			}
		}
	}
	walk(g, w, nil)
	return mergeMembers(out)
}

// downIn names the members that incidents take out inside w.
func (g *group) downIn(ev []event, w span) []string {
	var out []string
	for _, e := range ev {
		if e.act < 0 && e.on && e.weight != onlyPlan && !e.span.cut(w).empty() {
			out = append(out, g.src.Members[e.tag].Name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
