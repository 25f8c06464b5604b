package cmdb

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// paths is the twin: every sequence of steps, tried one by one.
func (t *twin) paths(q Query, path []string, goal string, out [][]string) [][]string {
	v := path[len(path)-1]
	if v == goal {
		return append(out, slices.Clone(path))
	}
	if q.Depth > 0 && len(path) > q.Depth {
		return out
	}
	next := map[string]bool{}
	for _, e := range t.edges() {
		typ := t.types[e[2]]
		if e[1] == v && !t.covered(e[0], v) && (len(q.Types) == 0 || slices.Contains(q.Types, e[2])) && (typ.Depth == 0 || len(path) <= typ.Depth) {
			next[e[0]] = true
		}
	}
	for i := range t.s.Groups {
		if gr := &t.s.Groups[i]; t.inside(gr, v) {
			for _, d := range t.dependentsOf(gr) {
				next[d] = true
			}
		}
	}
	for _, w := range t.cis {
		if next[w] && !slices.Contains(path, w) {
			out = t.paths(q, append(slices.Clone(path), w), goal, out)
		}
	}
	return out
}

func TestPathsEqualTwin(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := anyEstate(r)
		g, tw := mustNew(r, s), newTwin(s)
		from, to, q := anyCI(r, s, "from"), anyCI(r, s, "to"), anyQuery(r)
		const most = 2000
		var got [][]string
		for p := range g.Paths(from, to, q) {
			if got = append(got, p); len(got) == most {
				return // a knot; the twin would take too long
			}
		}
		want := tw.paths(q, []string{from}, to, nil)
		if diff := cmp.Diff(want, got); diff != "" {
			r.Fatalf("from %s to %s (-want +got): %s", from, to, diff)
		}
		if !slices.IsSortedFunc(got, func(a, b []string) int { return strings.Compare(strings.Join(a, " "), strings.Join(b, " ")) }) {
			r.Fatal("out of order")
		}
	})
}
