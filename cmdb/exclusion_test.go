package cmdb

import (
	"fmt"
	"maps"
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
		if rapid.Bool().Draw(r, "plain") {
			s.Groups = nil
			s.Relations = slices.DeleteFunc(s.Relations, func(rel Relation) bool { return rel.Type == "near" || rel.Type == ConnectsTo })
		}
		g, tw := mustNew(r, s), newTwin(s)
		var works []Work
		for i := range rapid.IntRange(0, 6).Draw(r, "works") {
			works = append(works, Work{fmt.Sprintf("w%d", i), append(anyCIs(r, s, "on"), "not there")})
		}
		rule := CollisionRule{Depth: rapid.IntRange(0, 2).Draw(r, "depth"), Kinds: []CollisionKind{SameCI, Dependency}}
		xs, err := g.Exclusions(rule, works)
		if err != nil {
			r.Fatal(err)
		}
		want := map[[2]string]bool{}
		for i, a := range works {
			for _, b := range works[:i] {
				hit := func(x, y Work) bool {
					known := slices.DeleteFunc(slices.Clone(x.CIs), func(id string) bool { return id == "not there" })
					down := tw.impact(Query{Depth: rule.Depth}, known...)
					return slices.ContainsFunc(y.CIs, func(c string) bool { _, ok := down[c]; return ok })
				}
				if hit(a, b) || hit(b, a) {
					want[[2]string{b.ID, a.ID}] = true
				}
				if _, ok := g.CollideChanges(rule, a.CIs, b.CIs); ok != (hit(a, b) || hit(b, a)) {
					r.Fatalf("CollideChanges(%v, %v) = %v", a, b, ok)
				}
			}
		}
		if diff := cmp.Diff(want, excluded(xs)); diff != "" {
			r.Fatalf("pairs (-want +got):\n%s\n%v", diff, xs)
		}
		again, err := mustNew(r, shuffled(r, s)).Exclusions(rule, rapid.Permutation(works).Draw(r, "works"))
		if diff := cmp.Diff(xs, again); err != nil || diff != "" {
			r.Fatalf("shuffling the input changes the answer: %v %s", err, diff)
		}
	})
}

// Many works on a middling estate with a knot: factoring out the hubs keeps the pairs.
func TestExclusionsOfManyWorks(t *testing.T) {
	s := newSynthetic(3000, 6000, 7)
	g := s.build(t)
	works := randomWorks(s, 300, 9)
	xs, err := g.Exclusions(CollisionRule{}, works)
	if err != nil {
		t.Fatal(err)
	}
	x := excluder{g: g, works: works, words: (len(works) + 63) / 64}
	x.walk(order{})
	want := map[[2]string]bool{}
	for _, sp := range x.spots {
		for _, a := range x.names(sp.on) {
			for _, b := range x.names(sp.in) {
				if a != b {
					want[[2]string{min(a, b), max(a, b)}] = true
				}
			}
		}
	}
	if got := excluded(xs); !maps.Equal(want, got) {
		t.Errorf("%d pairs, want %d", len(got), len(want))
	}
	listed := 0
	for _, e := range xs {
		listed += len(e.Works) + len(e.Against)
	}
	if listed > len(want)/4 {
		t.Errorf("%d sets list %d works for %d pairs", len(xs), listed, len(want))
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
	if want := []Exclusion{{"s", []string{"1", "2"}, []string{"1", "2"}}}; err != nil || !cmp.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := g.Exclusions(CollisionRule{Kinds: []CollisionKind{SharedDependent}}, append(works, works[0])); err == nil {
		t.Error("a repeated work and a kind that has no sets are accepted")
	}
}

func BenchmarkExclusions(b *testing.B) {
	s := large()
	g := s.build(b)
	works := randomWorks(s, 10_000, 3)
	var xs []Exclusion
	for b.Loop() {
		var err error
		if xs, err = g.Exclusions(CollisionRule{}, works); err != nil {
			b.Fatal(err)
		}
	}
	listed := 0
	for _, e := range xs {
		listed += len(e.Works) + len(e.Against)
	}
	b.ReportMetric(float64(len(xs)), "sets")
	b.ReportMetric(float64(listed), "works-listed")
}
