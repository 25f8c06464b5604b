package cmdb

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestRequirementsGiveTheImpact closes the requirements by hand over what is down, and
// compares with the walk: the same CIs fall.
func TestRequirementsGiveTheImpact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyEstate(t)
		s.RelationTypes = DefaultRelationTypes()
		s.RelationTypes = append(s.RelationTypes, RelationType{Name: "near", Impact: ToFrom}, RelationType{Name: "feeds", Impact: FromTo})
		for i := range s.RelationTypes {
			s.RelationTypes[i].Depth = 0 // which requirements do not look at
		}
		g := mustNew(t, s)
		var ids, broken []string
		for c := range g.All() {
			ids = append(ids, c.ID)
			if rapid.IntRange(0, 3).Draw(t, "broken") == 0 {
				broken = append(broken, c.ID)
			}
		}
		type node struct {
			k       int
			members []string
		}
		nodes := map[string]node{}
		err := g.Requirements(ids, func(id string, k int, members []string) {
			if _, twice := nodes[id]; twice || k < 0 || k > len(members) || k == 0 && len(members) > 0 {
				t.Fatalf("%s needs %d of %v, seen before: %v", id, k, members, twice)
			}
			nodes[id] = node{k, members}
		})
		if err != nil {
			t.Fatal(err)
		}
		down := map[string]bool{}
		for _, id := range broken {
			down[id] = true
		}
		for changed := true; changed; {
			changed = false
			for id, n := range nodes {
				up := 0
				for _, m := range n.members {
					if _, ok := nodes[m]; !ok {
						t.Fatalf("%s needs %s, which is not told of", id, m)
					}
					if !down[m] {
						up++
					}
				}
				if up < n.k && !down[id] {
					down[id], changed = true, true
				}
			}
		}
		im, err := g.Impact(Query{}, broken...)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, h := range im.Hits {
			want = append(want, h.CI)
		}
		want = append(want, broken...)
		slices.Sort(want)
		want = slices.Compact(want)
		for _, id := range ids {
			if _, in := slices.BinarySearch(want, id); in != down[id] {
				t.Fatalf("%s: down %v by the requirements, %v by the walk (broken %v)", id, down[id], in, broken)
			}
		}
	})
}

func TestRequirementsOfTheUnknown(t *testing.T) {
	g := mustNew(t, Snapshot{Version: Version, CIs: []CI{{ID: "a"}}})
	if err := g.Requirements([]string{"moon"}, func(string, int, []string) {}); !errors.Is(err, ErrUnknownCI) {
		t.Errorf("unknown CI: %v", err)
	}
}
