package schedule

import (
	"fmt"
	"iter"
	"maps"
	"slices"
)

// A Topology is what a problem needs to know of a CMDB. *cmdb.Graph has it.
type Topology interface {
	// Impacted yields each CI that a failure of ci reaches, by distance: ci itself, if
	// at all, at 0. It yields nothing for an unknown CI.
	Impacted(ci string) iter.Seq2[string, int]
}

// A Linker is a [Topology] that can say how a failure goes on from one CI to the next.
// *cmdb.Graph is one.
type Linker interface {
	Topology
	// Link names the step from one CI to the next, to be read "from Link to", such as
	// "used-by"; "" where it cannot be told.
	Link(from, to string) string
}

// ExcludeCollisions adds exclusions, so that work on one CI never overlaps other work
// on it, nor work on a CI that fails with it within distance steps of t. With distance
// 0 only work on the same CI excludes itself. Each exclusion carries the CI where the
// work meets and, as evidence, the path of each activity from its CI to there, with the
// kinds of its steps where t is a [Linker].
//
// Activities count by their CIs, with effect [Outage] or [NoOutage], those of releases
// by the activities that they lower to. An exclusion holds all activities of CIs that
// collide with one another, not one pair: a set propagates better. CIs that t does not
// know exclude only themselves.
//
// The error is about the problem or the distance; p is then not changed.
func (p *Problem) ExcludeCollisions(t Topology, distance int) error {
	if distance < 0 {
		return fmt.Errorf("schedule: %w", &ValidationError{Path: "distance", Problem: fmt.Sprintf("must not be negative, is %d", distance)})
	}
	low, err := p.Lower()
	if err != nil {
		return err
	}
	m := &meetings{t: t, on: workOn(low.Activities), next: map[string]map[string]bool{}, names: map[[2]string]string{}}
	m.related(distance)
	for _, ci := range slices.Sorted(maps.Keys(m.on)) {
		m.same(ci)
		m.upstream(ci)
	}
	p.Exclusions = append(slices.Clip(p.Exclusions), m.out...)
	return nil
}

// ExcludeServices adds exclusions, so that work on CIs of one service never overlaps,
// as activities state their Services.
func (p *Problem) ExcludeServices() error {
	low, err := p.Lower()
	if err != nil {
		return err
	}
	byService := map[string][]string{}
	for i := range low.Activities {
		if a := &low.Activities[i]; a.works() {
			for _, s := range unique(a.Services) {
				byService[s] = append(byService[s], a.ID)
			}
		}
	}
	out := slices.Clip(p.Exclusions)
	for _, s := range slices.Sorted(maps.Keys(byService)) {
		if ids := byService[s]; len(ids) > 1 {
			out = append(out, Exclusion{Kind: SameService, Activities: slices.Sorted(slices.Values(ids)), At: s})
		}
	}
	p.Exclusions = out
	return nil
}

// works says whether the activity works on its CIs.
func (a *Activity) works() bool { return a.Effect == Outage || a.Effect == NoOutage }

func unique(list []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(list)))
}

// workOn maps CIs to the activities that work on them, by ID.
func workOn(activities []Activity) map[string][]string {
	on := map[string][]string{}
	for i := range activities {
		if a := &activities[i]; a.works() {
			for _, ci := range unique(a.CIs) {
				on[ci] = append(on[ci], a.ID)
			}
		}
	}
	for _, ids := range on {
		slices.Sort(ids)
	}
	return on
}

// meetings finds where work meets.
type meetings struct {
	t    Topology
	on   map[string][]string            // CI -> activities
	from map[string]map[string][]string // CI -> CI upstream of it -> the path from there
	next map[string]map[string]bool     // CI -> CIs one step on
	// names are those of the steps that were asked for.
	names map[[2]string]string
	out   []Exclusion
}

// related walks from each CI that is worked on to those within distance steps that are
// worked on too.
func (m *meetings) related(distance int) {
	m.from = map[string]map[string][]string{}
	if distance == 0 || m.t == nil {
		return
	}
	for _, x := range slices.Sorted(maps.Keys(m.on)) {
		levels := [][]string{{x}}
		var hits []int // distances of the CIs in found
		var found []string
		for y, d := range m.t.Impacted(x) {
			if d > distance {
				break
			}
			if d == 0 {
				continue
			}
			for len(levels) <= d {
				levels = append(levels, nil)
			}
			levels[d] = append(levels[d], y)
			if _, worked := m.on[y]; worked && y != x {
				found, hits = append(found, y), append(hits, d)
			}
		}
		for i, y := range found {
			if m.from[y] == nil {
				m.from[y] = map[string][]string{}
			}
			m.from[y][x] = m.path(levels, y, hits[i])
		}
	}
}

// path walks back from y at distance d to the start of the levels. Where a step cannot
// be told, since several failures together bring a CI down, it is left out.
func (m *meetings) path(levels [][]string, y string, d int) []string {
	path := []string{y}
	for at, k := y, d-1; k > 0; k-- {
		i := slices.IndexFunc(levels[k], func(z string) bool { return m.step(z)[at] })
		if i < 0 {
			continue
		}
		at = levels[k][i]
		path = append(path, at)
	}
	path = append(path, levels[0][0])
	slices.Reverse(path)
	return path
}

// step returns the CIs one step on from z.
func (m *meetings) step(z string) map[string]bool {
	if s, ok := m.next[z]; ok {
		return s
	}
	s := map[string]bool{}
	for y, d := range m.t.Impacted(z) {
		if d > 1 {
			break
		}
		if d == 1 {
			s[y] = true
		}
	}
	m.next[z] = s
	return s
}

// links names the steps of a path; nil where none has a name.
func (m *meetings) links(path []string) []string {
	t, ok := m.t.(Linker)
	if !ok || len(path) < 2 {
		return nil
	}
	out, known := make([]string, len(path)-1), false
	for i := range out {
		step := [2]string{path[i], path[i+1]}
		name, ok := m.names[step]
		if !ok {
			name = t.Link(step[0], step[1])
			m.names[step] = name
		}
		out[i], known = name, known || name != ""
	}
	if !known {
		return nil
	}
	return out
}

// same excludes all work on one CI.
func (m *meetings) same(ci string) {
	ids := m.on[ci]
	if len(ids) < 2 {
		return
	}
	x := Exclusion{Kind: SameCI, Activities: ids, At: ci}
	for _, id := range ids {
		x.Paths = append(x.Paths, Path{Activity: id, CIs: []string{ci}})
	}
	m.out = append(m.out, x)
}

// upstream excludes work on ci from work on CIs upstream of it. Upstream CIs that
// collide with one another as well go into one set.
func (m *meetings) upstream(ci string) {
	var sets [][]string
	for _, x := range slices.Sorted(maps.Keys(m.from[ci])) {
		k := slices.IndexFunc(sets, func(set []string) bool {
			return !slices.ContainsFunc(set, func(z string) bool { return m.from[x][z] == nil && m.from[z][x] == nil })
		})
		if k < 0 {
			sets = append(sets, nil)
			k = len(sets) - 1
		}
		sets[k] = append(sets[k], x)
	}
	for _, set := range sets {
		x := Exclusion{Kind: RelatedCI, At: ci}
		paths := map[string][]string{}
		for _, id := range m.on[ci] {
			paths[id] = []string{ci}
		}
		for _, z := range set {
			for _, id := range m.on[z] {
				if p, ok := paths[id]; !ok || len(m.from[ci][z]) < len(p) {
					paths[id] = m.from[ci][z]
				}
			}
		}
		for _, id := range slices.Sorted(maps.Keys(paths)) {
			x.Activities = append(x.Activities, id)
			x.Paths = append(x.Paths, Path{Activity: id, CIs: paths[id], Links: m.links(paths[id])})
		}
		if len(x.Activities) > 1 {
			m.out = append(m.out, x)
		}
	}
}
