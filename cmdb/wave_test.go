package cmdb

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// waves is the twin: the longest chain of ids below each, by the twin's dependencies.
func (t *twin) waves(ids []string) (waves [][]string, circle bool) {
	rely := map[string]map[string]int{}
	for _, id := range ids {
		rely[id] = t.dependencies(id)
	}
	wave := map[string]int{}
	for range ids {
		for _, id := range ids {
			wave[id] = 1
			for _, other := range ids {
				if _, ok := rely[id][other]; ok && other != id {
					wave[id] = max(wave[id], wave[other]+1)
					if _, back := rely[other][id]; back {
						return nil, true
					}
				}
			}
		}
	}
	for n := 1; n <= len(ids); n++ {
		var w []string
		for _, id := range ids {
			if wave[id] == n {
				w = append(w, id)
			}
		}
		if w != nil {
			waves = append(waves, w)
		}
	}
	return waves, false
}

func TestWavesEqualTwin(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := anyEstate(r)
		g, tw := mustNew(r, s), newTwin(s)
		ids := slices.DeleteFunc(slices.Clone(tw.cis), func(string) bool { return rapid.Bool().Draw(r, "out") })
		want, circle := tw.waves(ids)
		got, err := g.Waves(ids...)
		if circle {
			var ce *CycleError
			if !errors.As(err, &ce) || !errors.Is(err, ErrCycle) || len(ce.Components) == 0 {
				r.Fatalf("want a CycleError, got %v", err)
			}
			for _, comp := range ce.Components {
				for _, id := range comp {
					for _, other := range comp {
						if _, ok := tw.dependencies(id)[other]; !ok {
							r.Fatalf("%s does not rely on %s", id, other)
						}
					}
				}
			}
			return
		}
		if err != nil {
			r.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" && len(ids) > 0 {
			r.Fatalf("Waves(%v) (-want +got):\n%s", ids, diff)
		}
	})
}
