package cmdb

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// doubted draws confidences for some relations, and suspects.
func doubted(r *rapid.T, s *Snapshot) DoubtRule {
	rule := DoubtRule{Below: 60}
	for i := range s.Relations {
		s.Relations[i].Confidence = rapid.SampledFrom([]int{0, 0, 40, 80}).Draw(r, "confidence")
	}
	for range rapid.IntRange(0, 3).Draw(r, "suspects") {
		x := Relation{From: anyCI(r, *s, "from"), Type: rapid.SampledFrom([]string{DependsOn, PartOf, "near", ConnectsTo}).Draw(r, "type"), To: anyCI(r, *s, "to"), Confidence: 30}
		same := func(y Relation) bool { return x.From == y.From && x.Type == y.Type && x.To == y.To }
		if x.From != x.To && !slices.ContainsFunc(s.Relations, same) && !slices.ContainsFunc(rule.Suspects, same) {
			rule.Suspects = append(rule.Suspects, x)
		}
	}
	return rule
}

// worlds calls f with every snapshot in which at most wrong of the relations in doubt are wrong.
func worlds(s Snapshot, rule DoubtRule, wrong int, f func(Snapshot)) {
	var doubtful []Relation
	for _, rel := range s.Relations {
		if rel.Confidence > 0 && rel.Confidence < rule.Below {
			doubtful = append(doubtful, rel)
		}
	}
	n := len(doubtful)
	doubtful = append(doubtful, rule.Suspects...)
	var choose func(from int, chosen []int)
	choose = func(from int, chosen []int) {
		w := s
		w.Relations = slices.Clone(s.Relations)
		for _, i := range chosen {
			if i < n {
				w.Relations = slices.DeleteFunc(w.Relations, func(rel Relation) bool { return rel == doubtful[i] })
			} else {
				w.Relations = append(w.Relations, doubtful[i])
			}
		}
		f(w)
		for i := from; i < len(doubtful) && len(chosen) < wrong; i++ {
			choose(i+1, append(slices.Clone(chosen), i))
		}
	}
	choose(0, nil)
}

// A cautious graph contains what fails in any world, no later than there, and without groups and depth
// limits it contains nothing else and nothing sooner.
func TestCautiousHoldsInEveryWorld(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := anyEstate(r)
		plain := rapid.Bool().Draw(r, "plain")
		if plain {
			s.Groups = nil
		}
		rule := doubted(r, &s)
		wrong := rapid.IntRange(0, 2).Draw(r, "wrong")
		ci := anyCI(r, s, "ci")
		k, err := mustNew(r, s).Cautious(rule, wrong)
		if err != nil {
			r.Fatal(err)
		}
		got := map[string]int{}
		last := 0
		for id, d := range k.Impacted(ci) {
			if _, ok := got[id]; ok || d < last {
				r.Fatalf("%s comes twice, or out of order at %d", id, d)
			}
			got[id], last = d, d
		}
		all := map[string]int{}
		worlds(s, rule, wrong, func(w Snapshot) {
			for id, d := range newTwin(w).impact(Query{}, ci) {
				if least, ok := all[id]; !ok || d < least {
					all[id] = d
				}
				if most, ok := got[id]; !ok || most > d {
					r.Fatalf("%s may fail with %s after %d: %v, %d, %+v", id, ci, d, ok, most, w.Relations)
				}
			}
		})
		limited := slices.ContainsFunc(append(slices.Clone(s.Relations), rule.Suspects...), func(rel Relation) bool { return rel.Type == "near" || rel.Type == ConnectsTo })
		if plain && !limited && !maps.Equal(got, all) {
			r.Fatalf("%v may fail, %v is said to", all, got)
		}
	})
}

// tightEstate draws a snapshot of few CIs around a group, where relations bring a second member down late
// and outages end soon behind the group.
func tightEstate(r *rapid.T) Snapshot {
	s := Snapshot{Version: 1, RelationTypes: []RelationType{{Name: "near", Impact: ToFrom, Depth: 2}}}
	for i := range rapid.IntRange(5, 9).Draw(r, "cis") {
		s.CIs = append(s.CIs, CI{ID: fmt.Sprintf("c%02d", i)})
	}
	id := func(i int) string { return s.CIs[i].ID }
	gr := Group{ID: "g0", Members: []string{id(0), id(1), id(2)}, Need: rapid.IntRange(1, 3).Draw(r, "need")}
	if rapid.Bool().Draw(r, "stated") {
		gr.Dependents = []string{id(3)}
	}
	s.Groups = []Group{gr}
	if rapid.IntRange(0, 3).Draw(r, "outer") == 0 {
		s.Groups = append(s.Groups, Group{ID: "g1", Members: []string{"g0", id(4)}, Dependents: []string{id(3)}})
	}
	seen := map[Relation]bool{}
	for range rapid.IntRange(len(s.CIs)-2, 2*len(s.CIs)).Draw(r, "relations") {
		rel := Relation{From: anyCI(r, s, "from"), Type: rapid.SampledFrom([]string{DependsOn, DependsOn, PartOf, "near", ConnectsTo}).Draw(r, "type"), To: anyCI(r, s, "to")}
		if rel.From != rel.To && !seen[rel] {
			seen[rel] = true
			s.Relations = append(s.Relations, rel)
		}
	}
	return s
}

// The doubts are those relations whose removal, or addition, changes whether two works collide, in any
// way that counts by default.
func TestDoubtsEqualTwin(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := anyEstate(r)
		if rapid.Bool().Draw(r, "tight") {
			s = tightEstate(r)
		}
		rule := doubted(r, &s)
		var works []Work
		for i := range rapid.IntRange(2, 5).Draw(r, "works") {
			works = append(works, Work{fmt.Sprintf("w%d", i), anyCIs(r, s, "on")})
		}
		got, err := mustNew(r, s).Doubts(rule, rapid.Permutation(works).Draw(r, "order"))
		if err != nil {
			r.Fatal(err)
		}
		pairs := func(relations []Relation) []bool {
			w := s
			w.Relations = relations
			tw := newTwin(w)
			var out []bool
			for i, a := range works {
				for _, b := range works[i+1:] {
					_, _, steps := tw.collide(CollisionRule{}, a.CIs, b.CIs)
					out = append(out, steps >= 0)
				}
			}
			return out
		}
		base := pairs(s.Relations)
		want := map[Relation]Doubt{}
		ask := func(rel Relation, relations []Relation, missing bool) {
			now := pairs(relations)
			d := Doubt{Relation: rel, Missing: missing}
			k := 0
			for i, a := range works {
				for _, b := range works[i+1:] {
					if now[k] != base[k] {
						d.Decisions = append(d.Decisions, DoubtedPair{a.ID, b.ID})
					}
					k++
				}
			}
			if d.Score = len(d.Decisions) * (100 - rel.Confidence); missing {
				d.Score = len(d.Decisions) * rel.Confidence
			}
			if len(d.Decisions) > 0 {
				want[rel] = d
			}
		}
		for i, rel := range s.Relations {
			if rel.Confidence > 0 && rel.Confidence < rule.Below {
				ask(rel, slices.Delete(slices.Clone(s.Relations), i, i+1), false)
			}
		}
		for _, rel := range rule.Suspects {
			ask(rel, append(slices.Clone(s.Relations), rel), true)
		}
		found := map[Relation]Doubt{}
		last := 1 << 30
		for _, d := range got {
			found[d.Relation] = d
			if d.Score > last {
				r.Fatal("out of order")
			}
			last = d.Score
		}
		if diff := cmp.Diff(want, found); diff != "" {
			r.Fatalf("(-want +got): %s", diff)
		}
	})
}

// Two works that take members of a group out decide about what hangs on the group: none overlap where the
// group can spare one only, and with an outage that ends after some steps it matters that the group
// fails sooner, be it that one of the works brings it down later by itself.
func TestDoubtsOfRedundancy(t *testing.T) {
	s := Snapshot{Version: 1, RelationTypes: []RelationType{{Name: "near", Impact: ToFrom, Depth: 2}}}
	for _, id := range []string{"m1", "m2", "m3", "x1", "x2", "d", "e"} {
		s.CIs = append(s.CIs, CI{ID: id})
	}
	s.Groups = []Group{{ID: "g", Members: []string{"m1", "m2", "m3"}, Need: 2, Dependents: []string{"d"}}}
	s.Relations = []Relation{{From: "x1", Type: DependsOn, To: "m1"}, {From: "x2", Type: DependsOn, To: "x1"}, {From: "m2", Type: DependsOn, To: "x2"}}
	near := Relation{From: "e", Type: "near", To: "d", Confidence: 40}
	late := []Work{{"p", []string{"m1"}}, {"q", []string{"m3"}}}
	pq := []DoubtedPair{{"p", "q"}}
	check := func(name string, s Snapshot, rule DoubtRule, works []Work, want ...Doubt) {
		t.Helper()
		got, err := mustNew(t, s).Doubts(rule, works)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(append([]Doubt{}, want...), got); diff != "" {
			t.Errorf("%s (-want +got): %s", name, diff)
		}
	}
	check("suspected behind a group that falls sooner", s, DoubtRule{Suspects: []Relation{near}}, late, Doubt{near, true, pq, 40})
	with := s
	with.Relations = append(slices.Clone(s.Relations), near)
	check("doubted behind a group that falls sooner", with, DoubtRule{Below: 50}, late, Doubt{near, false, pq, 60})

	runs := Relation{From: "m2", Type: RunsOn, To: "x1", Confidence: 10}
	s.Relations = []Relation{runs}
	apart := []Work{{"p", []string{"x1"}}, {"q", []string{"m3"}}}
	check("a member runs on it", s, DoubtRule{Below: 50}, apart, Doubt{runs, false, pq, 90})
	s.Groups[0].Need = 1
	check("a member can be spared", s, DoubtRule{Below: 50}, apart)
}

// A relation may bring more down for two works at once, through a group that covers it: they then meet
// at what neither of them brought down before.
func TestDoubtsWhereBothWorksGain(t *testing.T) {
	estate := func(ids ...string) Snapshot {
		s := Snapshot{Version: 1, RelationTypes: []RelationType{{Name: "tied-to", Impact: BothWays}}}
		for _, id := range ids {
			s.CIs = append(s.CIs, CI{ID: id})
		}
		return s
	}
	check := func(name string, s Snapshot, suspect Relation, works []Work) {
		t.Helper()
		got, err := mustNew(t, s).Doubts(DoubtRule{Suspects: []Relation{suspect}}, works)
		if err != nil {
			t.Fatal(err)
		}
		want := []Doubt{{suspect, true, []DoubtedPair{{works[0].ID, works[1].ID}}, suspect.Confidence}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got): %s", name, diff)
		}
	}
	// With the second relation app depends on the group, which can spare no member.
	s := estate("app", "m1", "m2", "m3")
	s.Groups = []Group{{ID: "g", Members: []string{"m1", "m2", "m3"}, Need: 3}}
	s.Relations = []Relation{{From: "app", Type: DependsOn, To: "m1"}}
	check("at a CI", s, Relation{From: "app", Type: DependsOn, To: "m2", Confidence: 20}, []Work{{"p", []string{"m2"}}, {"q", []string{"m3"}}})

	// With it a depends on the group of b, which p brings down, and b on that of a, which q brings down.
	s = estate("a", "b", "m1", "m2", "m3", "n1", "n2", "n3", "y", "z")
	s.Groups = []Group{
		{ID: "of-a", Members: []string{"pair-a", "n1", "n2", "n3"}, Need: 3},
		{ID: "of-b", Members: []string{"pair-b", "m1", "m2", "m3"}, Need: 3},
		{ID: "of-both", Members: []string{"a", "b"}, Need: 1},
		{ID: "pair-a", Members: []string{"a", "z"}, Need: 1},
		{ID: "pair-b", Members: []string{"b", "y"}, Need: 1},
	}
	s.Relations = []Relation{{From: "a", Type: DependsOn, To: "m1"}, {From: "b", Type: DependsOn, To: "n1"}}
	check("at a group", s, Relation{From: "a", Type: "tied-to", To: "b", Confidence: 20}, []Work{{"p", []string{"m2", "m3"}}, {"q", []string{"n2", "n3"}}})
}
