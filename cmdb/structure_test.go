package cmdb

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"encoding/json"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/graph/flow"
	"pgregory.net/rapid"
)

func TestSinglePointsEqualTwin(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := anyEstate(r)
		g, tw := mustNew(r, s), newTwin(s)
		service := anyCI(r, s, "service")
		got, err := g.SinglePoints(service)
		if err != nil {
			r.Fatal(err)
		}
		want := map[string]int{}
		for _, c := range tw.cis {
			if d, ok := tw.impact(Query{}, c)[service]; ok && c != service {
				want[c] = d
			}
		}
		for i, p := range got {
			if d, ok := want[p.CI]; !ok || d != p.Distance || len(p.Path) != d+1 || p.Path[0] != p.CI || p.Path[d] != service {
				r.Fatalf("%+v, want distance %d", p, d)
			}
			if i > 0 && (got[i-1].Distance > p.Distance || got[i-1].Distance == p.Distance && got[i-1].CI >= p.CI) {
				r.Fatal("out of order")
			}
		}
		if len(got) != len(want) {
			r.Fatalf("%v, want %v", got, want)
		}
	})
}

func TestFalseGroupsEqualTwin(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := anyEstate(r)
		g, tw := mustNew(r, s), newTwin(s)
		var want []FalseGroup
		for i := range s.Groups {
			gr := &s.Groups[i]
			if gr.need() >= len(gr.Members) {
				continue
			}
			f := FalseGroup{Group: gr.ID}
			for _, c := range tw.cis {
				rely := 0
				for _, m := range tw.cis {
					if _, ok := tw.dependencies(m)[c]; ok && m != c && tw.inside(gr, m) {
						rely++
					}
				}
				if rely > 1 && !tw.inside(gr, c) && tw.groupFails(gr, tw.impact(Query{}, c), false) {
					f.CIs = append(f.CIs, c)
				}
			}
			if f.CIs != nil {
				want = append(want, f)
			}
		}
		if diff := cmp.Diff(want, g.FalseGroups()); diff != "" {
			r.Fatal(diff)
		}
	})
}

// reliesWithout returns what ci relies on when another CI is taken out of the graph.
func (t *twin) reliesWithout(ci, without string) map[string]bool {
	seen := map[string]bool{ci: true}
	for grown := true; grown; {
		grown = false
		for v := range seen {
			for _, w := range t.direct(v) {
				if w != without && !seen[w] {
					seen[w], grown = true, true
				}
			}
		}
	}
	return seen
}

func TestDominatorsEqualTwin(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := anyEstate(r)
		g, tw := mustNew(r, s), newTwin(s)
		service := anyCI(r, s, "service")
		got, err := g.Dominators(service)
		if err != nil {
			r.Fatal(err)
		}
		rely := tw.dependencies(service)
		doms := map[string][]string{} // strict dominators
		for v := range rely {
			if v == service {
				continue
			}
			doms[v] = []string{service}
			for d := range rely {
				if d != v && d != service && !tw.reliesWithout(service, d)[v] {
					doms[v] = append(doms[v], d)
				}
			}
		}
		var want []Dominator
		for _, v := range tw.cis {
			for _, d := range doms[v] {
				if len(doms[d]) == len(doms[v])-1 {
					want = append(want, Dominator{v, d})
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" && len(want)+len(got) > 0 {
			r.Fatal(diff)
		}
		root, _ := g.number(service)
		above := map[int32]int32{}
		idom, nodes := g.core.dominators(root)
		for i, d := range idom {
			above[nodes[i]] = nodes[d]
		}
		idom, nodes = g.core.deepDominators(root)
		for i, d := range idom {
			if w, ok := above[nodes[i]]; !ok || w != nodes[d] || len(nodes) != len(above) {
				r.Fatalf("the deep way has %d above %d, the flat one %d", nodes[d], nodes[i], w)
			}
		}
	})
}

// Dominators of larger graphs, against gonum.
func TestLargeDominators(t *testing.T) {
	for seed := range uint64(5) {
		s := newSynthetic(2000, 3000+int(seed)*500, seed)
		g := s.build(t)
		root := int32(0) // the CI that relies on most directly
		for v := range g.core.n {
			if len(g.core.providers.row(v)) > len(g.core.providers.row(root)) {
				root = v
			}
		}
		tree := flow.Dominators(node(root), reversed{view{&g.core}})
		check := func(way string, idom, nodes []int32) {
			for i := 1; i < len(nodes); i++ {
				if want := tree.DominatorOf(int64(nodes[i])); want.ID() != int64(nodes[idom[i]]) {
					t.Fatalf("seed %d, %s: %d is dominated by %d, want %d", seed, way, nodes[i], nodes[idom[i]], want.ID())
				}
			}
			if len(nodes) < 100 {
				t.Errorf("seed %d: only %d nodes", seed, len(nodes))
			}
		}
		idom, nodes, ok := g.core.flatDominators(root, 1<<30)
		if !ok {
			t.Fatal("gave up")
		}
		check("flat", idom, nodes)
		idom, nodes = g.core.deepDominators(root)
		check("deep", idom, nodes)
	}
}

// A chain whose end comes back to each CI of it makes the flat way climb the chain again and again.
func TestDominatorsOfChain(t *testing.T) {
	const n = 20_000
	var arcs []arc
	for v := range int32(n - 1) {
		arcs = append(arcs, arc{v, v + 1, 1}, arc{n - 1, v + 1, 1})
	}
	c := &core{n: n, codes: []arcCode{{}, {}}}
	c.providers, c.dependents, _ = compress(n, oneBlock(arcs[:len(arcs)-1]))
	if _, _, ok := c.flatDominators(0, 4*len(arcs)); ok {
		t.Error("the flat way has no bound")
	}
	idom, nodes := c.dominators(0)
	for i := 1; i < n; i++ {
		if nodes[i] != int32(i) || idom[i] != int32(i-1) {
			t.Fatalf("%d is dominated by %d", nodes[i], nodes[idom[i]])
		}
	}
}

func TestArticulationEqualsTwin(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := anyEstate(r)
		g, tw := mustNew(r, s), newTwin(s)
		parts := func(without string, cut [2]string) int {
			label := map[string]int{}
			n := 0
			for _, c := range tw.cis {
				if label[c] != 0 || c == without {
					continue
				}
				n++
				for todo := []string{c}; len(todo) > 0; todo = todo[1:] {
					label[todo[0]] = n
					for _, e := range tw.edges() {
						for _, p := range [][2]string{{e[0], e[1]}, {e[1], e[0]}} {
							if p[0] == todo[0] && p[1] != without && label[p[1]] == 0 && [2]string{min(p[0], p[1]), max(p[0], p[1])} != cut {
								label[p[1]] = n
								todo = append(todo, p[1])
							}
						}
					}
				}
			}
			return n
		}
		whole := parts("", [2]string{})
		var wantCIs []string
		var want []Bridge
		for i, c := range tw.cis {
			if parts(c, [2]string{}) > whole {
				wantCIs = append(wantCIs, c)
			}
			for _, d := range tw.cis[i+1:] {
				if parts("", [2]string{c, d}) > whole {
					want = append(want, Bridge{c, d})
				}
			}
		}
		cis, bridges := g.Articulation()
		if diff := cmp.Diff(wantCIs, cis) + cmp.Diff(want, bridges); diff != "" {
			r.Fatal(diff)
		}
	})
}

// The real graphs have the articulation points, bridges and circles of the reference results.
func TestRealStructure(t *testing.T) {
	dir := dataFolder(t)
	raw, err := os.ReadFile(filepath.Join(dir, "oracles.json"))
	if err != nil {
		t.Fatal(err)
	}
	var oracles map[string]struct {
		Points  *int     `json:"articulation_points"`
		First   []string `json:"articulation_first"`
		Bridges int      `json:"bridges"`
		Cycles  int      `json:"scc_gt1"`
	}
	if err := json.Unmarshal(raw, &oracles); err != nil {
		t.Fatal(err)
	}
	for name, want := range oracles {
		if want.Points == nil {
			continue
		}
		edges := filepath.Join(dir, name, "edges.csv")
		g, _, err := CSV{Nodes: openFile(t, filepath.Join(dir, name, "nodes.csv")), Edges: openFile(t, edges), Types: allDependencies(t, edges)}.Read()
		if err != nil {
			t.Fatal(err)
		}
		cis, bridges := g.Articulation()
		if len(cis) != *want.Points || len(bridges) != want.Bridges || !slices.Equal(cis[:min(len(cis), len(want.First))], want.First) || len(g.Cycles()) != want.Cycles {
			t.Errorf("%s: %d articulation points, %d bridges, %d circles; want %d, %d, %d", name, len(cis), len(bridges), len(g.Cycles()), *want.Points, want.Bridges, want.Cycles)
		}
	}
}

func TestRolloutKeepsGroupsUp(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := anyEstate(r)
		g, tw := mustNew(r, s), newTwin(s)
		ids := anyCIs(r, s, "ids")
		for range 4 {
			ids = append(ids, anyCI(r, s, "id"))
		}
		rule := Rollout{Size: rapid.IntRange(0, 3).Draw(r, "size"), Zones: rapid.Bool().Draw(r, "zones")}
		layers, err := g.Waves(ids...)
		waves, err2 := rule.Waves(g, ids...)
		if (err == nil) != (err2 == nil) {
			r.Fatal(err, err2)
		}
		if err != nil {
			return
		}
		total := 0
		for _, l := range layers {
			total += len(l)
		}
		seen, done := 0, map[string]bool{}
		for _, w := range waves {
			seen += len(w)
			joint := tw.impact(Query{}, w...)
			for i, id := range w {
				if rule.Zones && tw.zone(id) != tw.zone(w[0]) {
					r.Fatalf("%s does not belong in %v of %v", id, w, waves)
				}
				for _, other := range ids {
					if _, relies := tw.dependencies(id)[other]; relies && other != id && !done[other] {
						r.Fatalf("%s comes before, or with, %s, which it relies on: %v", id, other, waves)
					}
				}
				for _, other := range w[:i] {
					if k, _, steps := tw.collide(CollisionRule{}, []string{id}, []string{other}); steps >= 0 && k == Dependency {
						r.Fatalf("%s and %s are in one wave", id, other)
					}
				}
			}
			for _, id := range w {
				done[id] = true
			}
			part := slices.DeleteFunc(slices.Clone(w), func(string) bool { return rapid.Bool().Draw(r, "not of the part") })
			for i := range s.Groups {
				down := func(id string) bool { return tw.groupFails(&s.Groups[i], tw.impact(Query{}, id), false) }
				if tw.groupFails(&s.Groups[i], joint, false) && !slices.ContainsFunc(w, down) {
					r.Fatalf("%v brings group %s down", w, s.Groups[i].ID)
				}
				if len(part) > 0 && tw.groupFails(&s.Groups[i], tw.impact(Query{}, part...), false) && !slices.ContainsFunc(part, down) {
					r.Fatalf("%v, a part of %v, brings group %s down", part, w, s.Groups[i].ID)
				}
			}
			if rule.Size > 0 && len(w) > rule.Size {
				r.Fatalf("%v is larger than %d", w, rule.Size)
			}
		}
		if seen != total {
			r.Fatalf("%v has %d CIs, want %d", waves, seen, total)
		}
	})
}

// A tally allows in a wave what walks over the whole of it allow.
func TestTallyEqualsWalks(t *testing.T) {
	allowed, refused := 0, 0
	property := func(r *rapid.T) {
		s := anyEstate(r)
		for i := range s.Groups { // where it holds
			s.Groups[i].Mode, s.Groups[i].NeedZones = "", 0
		}
		g := mustNew(r, s)
		slow, quick := packer{g: g}, packer{g: g, tally: newTally(g)}
		if quick.tally == nil {
			if !g.core.depths {
				r.Fatal("there is no tally")
			}
			return
		}
		for range 3 {
			quick.tally.begin()
			a, b := wave{}, wave{tally: quick.tally}
			in := map[int32]bool{}
			for range 8 {
				v := rapid.Int32Range(0, g.core.n-1).Draw(r, "ci")
				if in[v] {
					continue
				}
				want, got := slow.join(&a, v), quick.join(&b, v)
				if want != got {
					r.Fatalf("%s joins %v: %v, by walks %v", g.ids[v], in, got, want)
				}
				if want {
					in[v] = true
					allowed++
				} else {
					refused++
				}
			}
		}
	}
	for range 20 { // few draws may hold no group that refuses
		if rapid.Check(t, property); allowed >= 50 && refused >= 5 {
			break
		}
	}
	if allowed < 50 || refused < 5 {
		t.Errorf("%d joined, %d were refused", allowed, refused)
	}
}

// Of a few CIs the waves are the fewest: no placement of them, tried one and all, does with one less.
func TestRolloutIsFewest(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := anyEstate(r)
		g, tw := mustNew(r, s), newTwin(s)
		ids := anyCIs(r, s, "ids")
		for range 5 {
			ids = append(ids, anyCI(r, s, "id"))
		}
		slices.Sort(ids)
		if ids = slices.Compact(ids); len(ids) > 6 {
			ids = ids[:6]
		}
		rule := Rollout{Size: rapid.IntRange(0, 3).Draw(r, "size"), Zones: rapid.Bool().Draw(r, "zones")}
		waves, err := rule.Waves(g, ids...)
		if err != nil {
			return // a circle
		}
		rely := map[[2]int]bool{}
		for i, id := range ids {
			for k, other := range ids {
				_, ok := tw.dependencies(id)[other]
				rely[[2]int{i, k}] = ok && i != k
			}
		}
		survives := map[int]bool{} // by set of CIs
		var may func(set int) bool
		may = func(set int) bool {
			if ok, known := survives[set]; known {
				return ok
			}
			var w []string
			for i, id := range ids {
				if set&(1<<i) != 0 {
					w = append(w, id)
				}
			}
			joint, ok := tw.impact(Query{}, w...), rule.Size == 0 || len(w) <= rule.Size
			for i := range s.Groups {
				alone := slices.ContainsFunc(w, func(id string) bool { return tw.groupFails(&s.Groups[i], tw.impact(Query{}, id), false) })
				ok = ok && (alone || !tw.groupFails(&s.Groups[i], joint, false))
			}
			for i := range ids { // and each part of it
				if part := set &^ (1 << i); part != set && part != 0 {
					ok = ok && may(part)
				}
			}
			for i, id := range w {
				for _, other := range w[:i] {
					k, _, steps := tw.collide(CollisionRule{Kinds: []CollisionKind{RedundantPair}}, []string{id}, []string{other})
					ok = ok && (steps < 0 || k != RedundantPair) && (!rule.Zones || tw.zone(id) == tw.zone(other))
				}
			}
			survives[set] = ok
			return ok
		}
		at := make([]int, len(ids))
		var place func(i, k int) bool
		place = func(i, k int) bool {
			if i < len(ids) {
				for at[i] = 0; at[i] < k; at[i]++ {
					if place(i+1, k) {
						return true
					}
				}
				return false
			}
			sets := make([]int, k)
			for i := range ids {
				for j := range ids {
					if rely[[2]int{i, j}] && at[j] >= at[i] {
						return false
					}
				}
				sets[at[i]] |= 1 << i
			}
			return !slices.ContainsFunc(sets, func(set int) bool { return !may(set) })
		}
		if len(waves) > 1 && place(0, len(waves)-1) {
			r.Fatalf("%+v: %v takes %d waves, %v does with less", rule, waves, len(waves), at)
		}
	})
}
