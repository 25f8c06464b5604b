package cmdb

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/internal/prng"
)

func excluded(xs []Exclusion) map[[2]string]bool {
	pairs := map[[2]string]bool{}
	for _, x := range xs {
		for _, a := range x.Works {
			for _, b := range x.Against {
				if a != b {
					pairs[[2]string{min(a, b), max(a, b)}] = true
				}
			}
		}
	}
	return pairs
}

func TestExclusionsEqualPairs(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := anyEstate(r)
		if rapid.IntRange(0, 2).Draw(r, "no groups") == 0 {
			s.Groups = nil
		}
		if rapid.Bool().Draw(r, "no depths") {
			s.Relations = slices.DeleteFunc(s.Relations, func(rel Relation) bool { return rel.Type == "near" || rel.Type == ConnectsTo })
		}
		g, tw := mustNew(r, s), newTwin(s)
		var works []Work
		for i := range rapid.IntRange(0, 6).Draw(r, "works") {
			works = append(works, Work{fmt.Sprintf("w%d", i), append(anyCIs(r, s, "on"), "not there")})
		}
		rule := anyRule(r)
		xs, err := g.Exclusions(rule, works)
		if err != nil {
			r.Fatal(err)
		}
		want := map[[2]string]bool{}
		for i, a := range works {
			for _, b := range works[:i] {
				known := func(w Work) []string { return w.CIs[:len(w.CIs)-1] }
				if _, _, steps := tw.collide(rule, known(a), known(b)); steps >= 0 {
					want[[2]string{b.ID, a.ID}] = true
				}
			}
		}
		if diff := cmp.Diff(want, excluded(xs)); diff != "" {
			r.Fatalf("%+v of %+v in %+v: pairs (-want +got):\n%s\n%v", rule, works, s, diff, xs)
		}
		again, err := mustNew(r, shuffled(r, s)).Exclusions(rule, rapid.Permutation(works).Draw(r, "works"))
		if diff := cmp.Diff(xs, again); err != nil || diff != "" {
			r.Fatalf("shuffling the input changes the answer: %v %s", err, diff)
		}
	})
}

// Many works on a middling estate with a knot, with and without groups: the sets have the pairs that
// walking each work by itself finds, and list far fewer works.
func TestExclusionsOfManyWorks(t *testing.T) {
	for _, groups := range []int{0, 400} {
		s := newSynthetic(1000, 2000, 7)
		g := s.buildWith(t, groups)
		works := randomWorks(s, 520, 9)
		for _, rule := range []CollisionRule{{}, {Kinds: []CollisionKind{SameCI, Dependency}}, {Depth: 2}, {Kinds: []CollisionKind{RedundantPair}}} {
			xs, err := g.Exclusions(rule, works)
			if err != nil {
				t.Fatal(err)
			}
			got := excluded(xs)
			for i := range works {
				for j := range works[:i] {
					if (i+97*j)%509 != 0 { // some of the pairs
						continue
					}
					pair := [2]string{works[j].ID, works[i].ID}
					if _, ok := g.CollideChanges(rule, works[i].CIs, works[j].CIs); ok != got[pair] {
						t.Fatalf("%d groups, %+v: %v exclude each other: %v, want %v", groups, rule, pair, got[pair], ok)
					}
				}
			}
			listed := 0
			for _, e := range xs {
				listed += len(e.Works) + len(e.Against)
			}
			t.Logf("%d groups, %+v: %d sets list %d works for %d pairs", groups, rule, len(xs), listed, len(got))
			if len(got) > 30_000 && listed > len(got)/4 {
				t.Errorf("%d groups, %+v: %d sets list %d works for %d pairs", groups, rule, len(xs), listed, len(got))
			}
		}
	}
}

func randomWorks(s *synthetic, n int, seed uint64) []Work {
	rnd := prng.New(seed)
	works := make([]Work, n)
	for i := range works {
		works[i].ID = fmt.Sprintf("change-%05d", i)
		for range 1 + rnd.IntN(3) {
			works[i].CIs = append(works[i].CIs, s.ids[rnd.IntN(len(s.ids))])
		}
	}
	return works
}

func TestExclusionsOfServices(t *testing.T) {
	g := mustNew(t, Snapshot{Version: 1, CIs: []CI{{ID: "a", Service: "s"}, {ID: "b", Service: "s"}, {ID: "c", Service: "t"}}})
	works := []Work{{"1", []string{"a"}}, {"2", []string{"b"}}, {"3", []string{"c"}}}
	got, err := g.Exclusions(CollisionRule{Kinds: []CollisionKind{SameService}}, works)
	if want := []Exclusion{{"s", []string{"1"}, []string{"2"}}}; err != nil || !cmp.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := g.Exclusions(CollisionRule{}, append(works, works[0])); err == nil {
		t.Error("a repeated work is accepted")
	}
	if _, err := g.Exclusions(CollisionRule{Kinds: []CollisionKind{"likes"}}, works); err == nil {
		t.Error("an unknown kind is accepted")
	}
}

// BenchmarkExclusions asks for the sets of 10,000 changes, under the rule without words, under that for
// dependencies alone, and with 100,000 groups in the estate.
func BenchmarkExclusions(b *testing.B) {
	s := large()
	works := randomWorks(s, 10_000, 3)
	for _, c := range []struct {
		name   string
		groups int
		rule   CollisionRule
	}{
		{"all", 0, CollisionRule{}},
		{"dependency", 0, CollisionRule{Kinds: []CollisionKind{SameCI, Dependency}}},
		{"groups", 100_000, CollisionRule{}},
		{"depth-2", 100_000, CollisionRule{Depth: 2}},
	} {
		b.Run(c.name, func(b *testing.B) {
			g := s.buildWith(b, c.groups)
			var xs []Exclusion
			for b.Loop() {
				var err error
				if xs, err = g.Exclusions(c.rule, works); err != nil {
					b.Fatal(err)
				}
			}
			listed := 0
			for _, e := range xs {
				listed += len(e.Works) + len(e.Against)
			}
			b.ReportMetric(float64(len(xs)), "sets")
			b.ReportMetric(float64(listed), "works-listed")
		})
	}
}
