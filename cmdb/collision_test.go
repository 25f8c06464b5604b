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
	more := slices.ContainsFunc(t.cis, func(v string) bool {
		_, inBoth := both[v]
		_, inA := ia[v]
		_, inB := ib[v]
		return inBoth && !inA && !inB
	})
	for i := range t.s.Groups {
		gr := &t.s.Groups[i]
		fa, fb, fboth := t.failsAfter(gr, ia), t.failsAfter(gr, ib), t.failsAfter(gr, both)
		joint := fboth < never && (fa == never && fb == never || more && fboth < fa && fboth < fb)
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

const never = 1 << 30

// failsAfter returns the step after which a group is out.
func (t *twin) failsAfter(gr *Group, down map[string]int) int {
	for step := range len(t.cis) + 1 {
		sofar := map[string]int{}
		for v, at := range down {
			if at <= step {
				sofar[v] = at
			}
		}
		if t.groupFails(gr, sofar, false) {
			return step
		}
	}
	return never
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

// A group that one change brings down late fails early with both, and a relation that is followed
// for two steps only then carries the outage one CI further.
func TestCollideSooner(t *testing.T) {
	s := Snapshot{
		Version:       1,
		RelationTypes: []RelationType{{Name: "near", Impact: ToFrom, Depth: 2, Weight: 50}},
		Relations:     []Relation{{From: "far", Type: "near", To: "app"}},
		Groups: []Group{
			{ID: "first", Members: []string{"a", "spare"}, Need: 2, Dependents: []string{"x"}},
			{ID: "second", Members: []string{"a", "b", "x"}, Need: 2, Dependents: []string{"app"}},
		},
	}
	for _, id := range []string{"a", "b", "x", "spare", "app", "far"} {
		s.CIs = append(s.CIs, CI{ID: id})
	}
	g := mustNew(t, s)
	c, ok := g.Collide("a", "b")
	want := Collision{Kind: RedundantPair, A: "a", B: "b", At: "second", PathA: []string{"a", "second"}, PathB: []string{"b", "second"}}
	if diff := cmp.Diff(want, c); !ok || diff != "" {
		t.Errorf("collision %v: %s", ok, diff)
	}
}
