package cmdb

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/testkit/cputime"
)

// The pairs in cliques are those of the exclusions.
func TestCliquesEqualPairs(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		some := rapid.SliceOfNDistinct(rapid.IntRange(0, 9), 1, 6, rapid.ID[int])
		draw := func() (out []string) {
			for _, i := range some.Draw(r, "works") {
				out = append(out, fmt.Sprintf("w%d", i))
			}
			slices.Sort(out)
			return out
		}
		var list []Exclusion
		for i := range rapid.IntRange(0, 5).Draw(r, "exclusions") {
			x := Exclusion{At: fmt.Sprint(i), Works: draw()}
			if x.Against = x.Works; rapid.Bool().Draw(r, "two sides") {
				x.Against = draw()
			}
			list = append(list, x)
		}
		cliques := Cliques(list)
		if want, got := excluded(list), pairsOf(cliques); !cmp.Equal(want, got) {
			r.Fatalf("%v has the pairs %v, its cliques %v", list, want, got)
		}
		for i := range cliques {
			if len(cliques[i].Works) < 2 {
				r.Fatalf("%v is no pair", cliques[i])
			}
		}
		if again := Cliques(list); !cmp.Equal(cliques, again) {
			r.Fatal("another time they are others")
		}
	})
}

func pairsOf(cliques []Clique) map[[2]string]bool {
	var list []Exclusion
	for _, c := range cliques {
		list = append(list, Exclusion{c.At, c.Works, c.Works})
	}
	return excluded(list)
}

// BenchmarkCliques turns the exclusions of changes that each take one CI of a sparse estate into
// sets.
func BenchmarkCliques(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := newSparse(200_000, 1)
			g := s.build(b)
			rnd := prng.New(1)
			var works []Work
			for i := range n {
				works = append(works, Work{fmt.Sprintf("change %05d", i), []string{s.ids[rnd.IntN(len(s.ids))], s.ids[rnd.IntN(1000)]}})
			}
			list, err := g.Exclusions(CollisionRule{Kinds: []CollisionKind{SameCI, Dependency}}, works)
			if err != nil {
				b.Fatal(err)
			}
			var out []Clique
			start := cputime.Now()
			for b.Loop() {
				out = Cliques(list)
			}
			perRun(b, start)
			pairs := 0 // in sets of a work each, for n*n names are too many for a map
			apart := map[string]set{}
			for _, c := range out {
				for _, w := range c.Works {
					if apart[w] == nil {
						apart[w] = make(set, n/64+1)
					}
					for _, v := range c.Works {
						i, _ := slices.BinarySearchFunc(works, v, func(w Work, id string) int { return strings.Compare(w.ID, id) })
						apart[w].add(i)
					}
				}
			}
			for _, s := range apart {
				pairs += s.len() - 1
			}
			b.ReportMetric(float64(len(list)), "exclusions")
			b.ReportMetric(float64(len(out)), "cliques")
			b.ReportMetric(float64(pairs/2), "pairs")
		})
	}
}
