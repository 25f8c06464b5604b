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
		x := Relation{From: anyCI(r, *s, "from"), Type: rapid.SampledFrom([]string{DependsOn, PartOf, "near"}).Draw(r, "type"), To: anyCI(r, *s, "to"), Confidence: 30}
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

// The doubts are those relations whose removal, or addition, changes a pair.
func TestDoubtsEqualTwin(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := anyEstate(r)
		rule := doubted(r, &s)
		var works []Work
		for i := range rapid.IntRange(2, 5).Draw(r, "works") {
			works = append(works, Work{fmt.Sprintf("w%d", i), anyCIs(r, s, "on")})
		}
		got, err := mustNew(r, s).Doubts(rule, works)
		if err != nil {
			r.Fatal(err)
		}
		pairs := func(s Snapshot) map[DoubtedPair]bool {
			tw := newTwin(s)
			out := map[DoubtedPair]bool{}
			for i, a := range works {
				for _, b := range works[i+1:] {
					hits := func(x, y Work) bool {
						down := tw.impact(Query{}, x.CIs...)
						return slices.ContainsFunc(y.CIs, func(c string) bool { _, ok := down[c]; return ok })
					}
					if hits(a, b) || hits(b, a) {
						out[DoubtedPair{a.ID, b.ID}] = true
					}
				}
			}
			return out
		}
		base := pairs(s)
		want := map[Relation]int{}
		ask := func(rel Relation, without []Relation, missing bool) {
			w := s
			w.Relations = without
			n := 0
			now := pairs(w)
			for i, a := range works {
				for _, b := range works[i+1:] {
					if p := (DoubtedPair{a.ID, b.ID}); now[p] != base[p] {
						n++
					}
				}
			}
			if n > 0 {
				score := n * (100 - rel.Confidence)
				if missing {
					score = n * rel.Confidence
				}
				want[rel] = score
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
		found := map[Relation]int{}
		last := 1 << 30
		for _, d := range got {
			found[d.Relation] = d.Score
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
