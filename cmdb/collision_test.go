package cmdb

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// collide is the twin of Graph.Collide: every meeting there is, by the words of its doc.
func (t *twin) collide(a, b string) (kind CollisionKind, at string, steps int) {
	if a == b {
		return SameCI, a, 0
	}
	ia, ib, both := t.impact(Query{}, a), t.impact(Query{}, b), t.impact(Query{}, a, b)
	steps = -1
	offer := func(k CollisionKind, where string, n int) {
		ranks := []CollisionKind{Dependency, RedundantPair, SharedDependent}
		rank, old := slices.Index(ranks, k), slices.Index(ranks, kind)
		if steps < 0 || n < steps || n == steps && (rank < old || rank == old && where < at) {
			kind, at, steps = k, where, n
		}
	}
	for _, v := range t.cis {
		da, inA := ia[v]
		db, inB := ib[v]
		switch {
		case !inA || !inB:
		case v == a || v == b:
			offer(Dependency, v, da+db)
		default:
			offer(SharedDependent, v, da+db)
		}
	}
	for i := range t.s.Groups {
		gr := &t.s.Groups[i]
		joint := t.groupFails(gr, both, false) && !t.groupFails(gr, ia, false) && !t.groupFails(gr, ib, false)
		if !joint && gr.Mode != PrimaryStandby {
			continue
		}
		for x, dx := range ia {
			for y, dy := range ib {
				if x != y && t.inside(gr, x) && t.inside(gr, y) {
					offer(RedundantPair, gr.ID, dx+dy)
				}
			}
		}
	}
	return kind, at, steps
}

func TestCollideEqualsTwin(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := anyEstate(r)
		g, tw := mustNew(r, s), newTwin(s)
		a, b := anyCI(r, s, "a"), anyCI(r, s, "b")
		kind, at, steps := tw.collide(a, b)
		c, ok := g.Collide(a, b)
		if ok != (steps >= 0) {
			r.Fatalf("collision %v: %v, want %s at %s", ok, c, kind, at)
		}
		// Together the two do more than each alone: then they must collide.
		if !ok && len(tw.impact(Query{}, a, b)) != len(tw.impact(Query{}, a))+len(tw.impact(Query{}, b)) {
			r.Fatalf("%s and %s bring more down together, and no collision is found", a, b)
		}
		if !ok {
			return
		}
		length := len(c.PathA) + len(c.PathB) - 2
		if c.Kind == RedundantPair {
			length -= 2
		}
		if c.Kind != kind || c.At != at || length != steps || c.PathA[0] != a || c.PathB[0] != b ||
			c.PathA[len(c.PathA)-1] != at || c.PathB[len(c.PathB)-1] != at {
			r.Fatalf("%+v, want %s at %s after %d steps", c, kind, at, steps)
		}
		back, _ := g.Collide(b, a)
		c.A, c.B, c.PathA, c.PathB = c.B, c.A, c.PathB, c.PathA
		if diff := cmp.Diff(c, back); diff != "" {
			r.Fatalf("not symmetric: %s", diff)
		}
		other, _ := mustNew(r, shuffled(r, s)).Collide(b, a)
		if diff := cmp.Diff(back, other); diff != "" {
			r.Fatalf("shuffling the input changes the answer: %s", diff)
		}
	})
}

// A rule that leaves same-ci out still finds what else is wrong, and same-service comes last.
func TestCollisionRule(t *testing.T) {
	s := shop()
	for i := range s.CIs {
		s.CIs[i].Service = "Shop"
	}
	g := mustNew(t, s)
	for _, tt := range []struct {
		rule CollisionRule
		a, b string
		want CollisionKind
	}{
		{CollisionRule{Kinds: []CollisionKind{SameService}}, "web-1", "web-3", SameService},
		{CollisionRule{Kinds: []CollisionKind{SameService}}, "web-1", "web-1", ""},
		{CollisionRule{Kinds: []CollisionKind{SameService, RedundantPair}}, "web-1", "web-3", RedundantPair},
		{CollisionRule{}, "db", "shop", Dependency},
		{CollisionRule{Depth: 1}, "db", "shop", ""},
		{CollisionRule{Types: []string{RunsOn}}, "db", "shop", ""},
		{CollisionRule{}, "db", "host-2", SharedDependent},
		{CollisionRule{}, "db", "no such CI", ""},
	} {
		c, _ := g.CollideChanges(tt.rule, []string{tt.a}, []string{tt.b})
		if c.Kind != tt.want {
			t.Errorf("%v: %s and %s collide as %q, want %q", tt.rule, tt.a, tt.b, c.Kind, tt.want)
		}
	}
}
