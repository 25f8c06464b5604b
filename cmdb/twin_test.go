package cmdb

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// The twin of the graph: it reads a snapshot as the documentation says it, one step of time
// after the other, over names, with no shared code.
type twin struct {
	s     Snapshot
	types map[string]RelationType
	cis   []string // sorted

	// What has been worked out before.
	list    [][3]string
	on      map[string][]string
	members map[[2]string]bool
}

func newTwin(s Snapshot) *twin {
	t := &twin{s: s, types: map[string]RelationType{}}
	for _, rt := range DefaultRelationTypes() {
		t.types[rt.Name] = rt
	}
	for _, rt := range s.RelationTypes {
		t.types[rt.Name] = rt
	}
	for _, c := range s.CIs {
		t.cis = append(t.cis, c.ID)
	}
	slices.Sort(t.cis)
	return t
}

func (t *twin) group(id string) *Group {
	for i := range t.s.Groups {
		if t.s.Groups[i].ID == id {
			return &t.s.Groups[i]
		}
	}
	return nil
}

func (t *twin) zone(id string) string {
	for _, c := range t.s.CIs {
		if c.ID == id {
			return c.Zone
		}
	}
	return ""
}

// inside reports whether the CI is in the group or in one within it.
func (t *twin) inside(gr *Group, ci string) bool {
	key := [2]string{gr.ID, ci}
	in, ok := t.members[key]
	if !ok {
		in = t.contains(gr, ci)
		if t.members == nil {
			t.members = map[[2]string]bool{}
		}
		t.members[key] = in
	}
	return in
}

func (t *twin) contains(gr *Group, ci string) bool {
	return slices.ContainsFunc(gr.Members, func(m string) bool {
		return m == ci || t.group(m) != nil && t.contains(t.group(m), ci)
	})
}

// edges lists every "dep fails with prov" that relations state, covered or not.
func (t *twin) edges() (out [][3]string) {
	if t.list != nil {
		return t.list
	}
	defer func() { t.list = out }()
	for _, r := range t.s.Relations {
		d := t.types[r.Type].Impact
		if d == ToFrom || d == BothWays {
			out = append(out, [3]string{r.From, r.To, r.Type})
		}
		if d == FromTo || d == BothWays {
			out = append(out, [3]string{r.To, r.From, r.Type})
		}
	}
	return out
}

func (t *twin) dependentsOf(gr *Group) []string {
	if len(gr.Dependents) > 0 {
		return gr.Dependents
	}
	if out, ok := t.on[gr.ID]; ok {
		return out
	}
	out := t.commonDependents(gr)
	if t.on == nil {
		t.on = map[string][]string{}
	}
	t.on[gr.ID] = out
	return out
}

func (t *twin) commonDependents(gr *Group) []string {
	for _, other := range t.s.Groups {
		if slices.Contains(other.Members, gr.ID) {
			return nil
		}
	}
	var out []string
	for _, c := range t.cis {
		on := map[string]bool{}
		for _, e := range t.edges() {
			if e[0] == c && t.inside(gr, e[1]) {
				on[e[1]] = true
			}
		}
		if len(on) > 1 && !t.inside(gr, c) {
			out = append(out, c)
		}
	}
	return out
}

func (t *twin) covered(dep, prov string) bool {
	return slices.ContainsFunc(t.s.Groups, func(gr Group) bool {
		return t.inside(&gr, prov) && slices.Contains(t.dependentsOf(&gr), dep)
	})
}

func (t *twin) groupFails(gr *Group, down map[string]int, first bool) bool {
	lost := 0
	zones := map[string]bool{}
	all := map[string]bool{}
	for _, m := range gr.Members {
		_, out := down[m]
		if sub := t.group(m); sub != nil {
			out = t.groupFails(sub, down, first)
		}
		if out {
			lost++
		} else {
			zones[t.zone(m)] = true
		}
		all[t.zone(m)] = true
	}
	if first {
		return lost > 0
	}
	need := max(gr.Need, 1)
	if gr.NeedPercent > 0 {
		for need = 0; need*100 < gr.NeedPercent*len(gr.Members); {
			need++
		}
	}
	return len(gr.Members)-lost < need || gr.NeedZones > 0 && len(zones) < gr.NeedZones
}

// impact returns the step after which each CI is down.
func (t *twin) impact(q Query, seeds ...string) map[string]int {
	down := map[string]int{}
	for _, s := range seeds {
		down[s] = 0
	}
	for step, grown := 1, true; grown && (q.Depth == 0 || step <= q.Depth); step++ {
		grown = false
		next := map[string]bool{}
		for _, e := range t.edges() {
			at, out := down[e[1]]
			typ := t.types[e[2]]
			if out && at == step-1 && (q.IgnoreRedundancy || !t.covered(e[0], e[1])) &&
				(len(q.Types) == 0 || slices.Contains(q.Types, e[2]) || t.covered(e[0], e[1])) &&
				(typ.Depth == 0 || step <= typ.Depth || t.covered(e[0], e[1])) {
				next[e[0]] = true
			}
		}
		for i := range t.s.Groups {
			if gr := &t.s.Groups[i]; t.groupFails(gr, down, q.IgnoreRedundancy) {
				for _, d := range t.dependentsOf(gr) {
					next[d] = true
				}
			}
		}
		for v := range next {
			if _, ok := down[v]; !ok {
				down[v], grown = step, true
			}
		}
	}
	return down
}

// dependencies returns the step at which each CI is met on the way down.
func (t *twin) dependencies(ci string) map[string]int {
	met := map[string]int{ci: 0}
	for step, grown := 1, true; grown; step++ {
		grown = false
		for _, v := range t.cis {
			if at, ok := met[v]; !ok || at != step-1 {
				continue
			}
			for _, w := range t.direct(v) {
				if _, ok := met[w]; !ok {
					met[w], grown = step, true
				}
			}
		}
	}
	return met
}

// direct returns what a CI relies on by one relation or through one group.
func (t *twin) direct(v string) (out []string) {
	for _, e := range t.edges() {
		if e[0] == v {
			out = append(out, e[1])
		}
	}
	for i := range t.s.Groups {
		if gr := &t.s.Groups[i]; slices.Contains(t.dependentsOf(gr), v) {
			for _, m := range t.cis {
				if t.inside(gr, m) {
					out = append(out, m)
				}
			}
		}
	}
	return out
}

// anyEstate draws a consistent snapshot of up to 12 CIs: circles, groups within groups, zones,
// own relation types with depth limits.
func anyEstate(r *rapid.T) Snapshot {
	n := rapid.IntRange(1, 12).Draw(r, "cis")
	s := Snapshot{Version: 1, RelationTypes: []RelationType{{Name: "near", Impact: ToFrom, Depth: 2, Weight: 50}, {Name: "feeds", Impact: FromTo, Weight: 80}}}
	name := func(i int) string { return fmt.Sprintf("c%02d", i) }
	for i := range n {
		s.CIs = append(s.CIs, CI{ID: name(i), Zone: string(rune('a' + rapid.IntRange(0, 2).Draw(r, "zone"))), Service: rapid.SampledFrom([]string{"", "", "S", "T"}).Draw(r, "service")})
	}
	kinds := []string{DependsOn, DependsOn, RunsOn, PartOf, ConnectsTo, OwnedBy, "near", "feeds"}
	seen := map[Relation]bool{}
	for range rapid.IntRange(0, 2*n).Draw(r, "relations") {
		rel := Relation{From: name(rapid.IntRange(0, n-1).Draw(r, "from")), Type: rapid.SampledFrom(kinds).Draw(r, "type"), To: name(rapid.IntRange(0, n-1).Draw(r, "to"))}
		if rel.From != rel.To && !seen[rel] {
			seen[rel] = true
			s.Relations = append(s.Relations, rel)
		}
	}
	for range rapid.IntRange(0, 3).Draw(r, "groups") {
		gr := Group{ID: fmt.Sprintf("g%d", len(s.Groups))}
		for c := range n {
			if rapid.IntRange(0, 3).Draw(r, "member") == 0 {
				gr.Members = append(gr.Members, name(c))
			} else if rapid.IntRange(0, 7).Draw(r, "dependent") == 0 {
				gr.Dependents = append(gr.Dependents, name(c))
			}
		}
		zones := map[string]bool{}
		for _, m := range gr.Members {
			zones[newTwin(s).zone(m)] = true
		}
		switch rapid.IntRange(0, 4).Draw(r, "kind") {
		case 0:
			gr.NeedPercent = rapid.IntRange(1, 100).Draw(r, "percent")
		case 1:
			gr.Mode = PrimaryStandby
			for j := range s.Groups {
				if rapid.IntRange(0, 2).Draw(r, "nested") == 0 {
					gr.Members = append(gr.Members, s.Groups[j].ID)
				}
			}
		case 2:
			gr.NeedZones = rapid.IntRange(0, len(zones)).Draw(r, "zones")
		case 3:
			for j := range s.Groups {
				if rapid.Bool().Draw(r, "nested") {
					gr.Members = append(gr.Members, s.Groups[j].ID)
				}
			}
		}
		if len(gr.Members) == 0 {
			continue
		}
		if gr.NeedPercent == 0 && gr.Mode == "" {
			gr.Need = rapid.IntRange(0, len(gr.Members)).Draw(r, "need")
		}
		s.Groups = append(s.Groups, gr)
	}
	return s
}

func mustNew(t interface{ Fatal(...any) }, s Snapshot) *Graph {
	g, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func anyCI(r *rapid.T, s Snapshot, label string) string {
	return s.CIs[rapid.IntRange(0, len(s.CIs)-1).Draw(r, label)].ID
}

func anyCIs(r *rapid.T, s Snapshot, label string) []string {
	var out []string
	for range rapid.IntRange(1, 3).Draw(r, label) {
		out = append(out, anyCI(r, s, label))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func anyQuery(r *rapid.T) Query {
	q := Query{Depth: rapid.IntRange(0, 3).Draw(r, "depth"), IgnoreRedundancy: rapid.Bool().Draw(r, "ignore")}
	if rapid.IntRange(0, 2).Draw(r, "typed") == 0 {
		q.Types = []string{DependsOn, "near"}
	}
	return q
}

func shuffled(r *rapid.T, s Snapshot) Snapshot {
	s.CIs = rapid.Permutation(s.CIs).Draw(r, "cis")
	s.Relations = rapid.Permutation(s.Relations).Draw(r, "relations")
	s.Groups = slices.Clone(s.Groups)
	for i := range s.Groups {
		s.Groups[i].Members = rapid.Permutation(s.Groups[i].Members).Draw(r, "members")
	}
	s.Groups = rapid.Permutation(s.Groups).Draw(r, "groups")
	return s
}

func TestWalksEqualTwin(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := anyEstate(r)
		g, tw := mustNew(r, s), newTwin(s)
		ci := anyCI(r, s, "ci")
		got := map[string]int{}
		last, lastID := 0, ""
		for id, d := range g.Impacted(ci) {
			if d < last || d == last && id <= lastID {
				r.Fatalf("%s at %d comes after %s at %d", id, d, lastID, last)
			}
			last, lastID = d, id
			got[id] = d
		}
		if diff := cmp.Diff(tw.impact(Query{}, ci), got); diff != "" {
			r.Fatalf("Impacted(%s) (-want +got):\n%s", ci, diff)
		}
		got = map[string]int{}
		for id, d := range g.Dependencies(ci) {
			got[id] = d
		}
		if diff := cmp.Diff(tw.dependencies(ci), got); diff != "" {
			r.Fatalf("Dependencies(%s) (-want +got):\n%s", ci, diff)
		}
	})
}

func TestImpactEqualsTwin(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := anyEstate(r)
		g, tw := mustNew(r, s), newTwin(s)
		seeds, q := anyCIs(r, s, "seed"), anyQuery(r)
		im, err := g.Impact(q, seeds...)
		if err != nil {
			r.Fatal(err)
		}
		want, got := tw.impact(q, seeds...), map[string]int{}
		for _, h := range im.Hits {
			got[h.CI] = h.Distance
		}
		if diff := cmp.Diff(want, got); diff != "" {
			r.Fatalf("Impact(%v) (-want +got):\n%s", seeds, diff)
		}
		for _, h := range im.Hits {
			tw.checkPath(r, q, im.Path(h.CI), seeds)
		}
		deeper := q
		deeper.Depth++
		if capped := q.Depth > 0 && len(tw.impact(deeper, seeds...)) > len(want); capped != im.Capped {
			r.Fatalf("Capped is %v, want %v", im.Capped, capped)
		}
		for _, st := range im.Groups {
			if fails := tw.groupFails(tw.group(st.ID), want, q.IgnoreRedundancy); fails != st.Failed {
				r.Fatalf("group %s failed: %v, want %v", st.ID, st.Failed, fails)
			}
		}
		again, err := mustNew(r, shuffled(r, s)).Impact(q, seeds...)
		if diff := cmp.Diff(im, again); err != nil || diff != "" {
			r.Fatalf("shuffling the input changes the answer: %v %s", err, diff)
		}
	})
}

// checkPath follows a path from a seed.
func (t *twin) checkPath(r *rapid.T, q Query, path []Hit, seeds []string) {
	if len(path) == 0 || !slices.Contains(seeds, path[0].CI) || path[0].From != "" {
		r.Fatalf("path %v does not begin at %v", path, seeds)
	}
	for i, h := range path[1:] {
		if h.From != path[i].CI || h.Distance != path[i].Distance+1 {
			r.Fatalf("path %v breaks at %s", path, h.CI)
		}
		if gr := t.group(h.Group); gr != nil {
			if !slices.Contains(t.dependentsOf(gr), h.CI) || !t.inside(gr, h.From) {
				r.Fatalf("%v does not pass group %s", h, gr.ID)
			}
		} else if !slices.Contains(t.edges(), [3]string{h.CI, h.From, h.Relation}) {
			r.Fatalf("no relation as in %v", h)
		}
	}
}

func TestSnapshotRoundTrip(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := anyEstate(r)
		g := mustNew(r, s)
		one := g.Snapshot()
		if len(one.Relations) != len(s.Relations) || len(one.CIs) != len(s.CIs) {
			r.Fatalf("%d relations and %d CIs come back", len(one.Relations), len(one.CIs))
		}
		for _, rel := range one.Relations {
			if !slices.Contains(s.Relations, rel) {
				r.Fatalf("%v was not in the input", rel)
			}
		}
		two := mustNew(r, one).Snapshot()
		if diff := cmp.Diff(one, two); diff != "" {
			r.Fatal(diff)
		}
	})
}
