package cmdb

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// collide is the twin of Graph.CollideChanges: every meeting there is, by the words of its doc.
func (t *twin) collide(rule CollisionRule, a, b []string) (kind CollisionKind, at string, steps int) {
	q := Query{Depth: rule.Depth, Types: rule.Types}
	ia, ib, both := t.impact(q, a...), t.impact(q, b...), t.impact(q, append(slices.Clone(a), b...)...)
	steps = -1
	ranks := []CollisionKind{SameCI, Dependency, RedundantPair, SharedDependent, SameService}
	counts := func(k CollisionKind) bool {
		return slices.Contains(rule.Kinds, k) || len(rule.Kinds) == 0 && k != SameService
	}
	offer := func(k CollisionKind, where string, n int) {
		rank, old := slices.Index(ranks, k), slices.Index(ranks, kind)
		if counts(k) && (steps < 0 || n < steps || n == steps && (rank < old || rank == old && where < at)) {
			kind, at, steps = k, where, n
		}
	}
	for _, v := range t.cis {
		da, inA := ia[v]
		db, inB := ib[v]
		switch {
		case !inA || !inB:
		case da == 0 && db == 0:
			offer(SameCI, v, 0)
		case da == 0 || db == 0:
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
		if gr.Mode == PrimaryStandby {
			for _, m := range gr.Members {
				for _, n := range gr.Members {
					if m != n {
						t.lost(m, ia, func(dx int) { t.lost(n, ib, func(dy int) { offer(RedundantPair, gr.ID, dx+dy) }) })
					}
				}
			}
			continue
		}
		fa, fb, fboth := t.failsAfter(gr, ia), t.failsAfter(gr, ib), t.failsAfter(gr, both)
		joint := fboth < forever && (fa == forever && fb == forever || more && fboth < fa && fboth < fb)
		if !joint {
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
	if steps < 0 {
		for _, v := range a {
			for _, w := range b {
				if s := t.service(v); s != "" && v != w && s == t.service(w) {
					offer(SameService, s, 0)
				}
			}
		}
	}
	return kind, at, steps
}

// lost calls f with the steps to each CI by which a member of a group is lost.
func (t *twin) lost(member string, down map[string]int, f func(steps int)) {
	if d, ok := down[member]; ok {
		f(d)
	}
	if gr := t.group(member); gr != nil && t.failsAfter(gr, down) < forever {
		for v, d := range down {
			if t.inside(gr, v) {
				f(d)
			}
		}
	}
}

func (t *twin) service(id string) string {
	for _, c := range t.s.CIs {
		if c.ID == id {
			return c.Service
		}
	}
	return ""
}

// anyRule draws a rule with every kind now and then.
func anyRule(r *rapid.T) CollisionRule {
	var rule CollisionRule
	if rapid.IntRange(0, 2).Draw(r, "narrow") == 0 {
		rule.Depth = rapid.IntRange(0, 3).Draw(r, "depth")
	}
	if rapid.IntRange(0, 3).Draw(r, "typed") == 0 {
		rule.Types = []string{DependsOn, "near", PartOf}
	}
	if rapid.Bool().Draw(r, "kinds") {
		for _, k := range []CollisionKind{SameCI, Dependency, RedundantPair, SharedDependent, SameService} {
			if rapid.Bool().Draw(r, string(k)) {
				rule.Kinds = append(rule.Kinds, k)
			}
		}
	}
	return rule
}

const forever = 1 << 30

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
	return forever
}

func TestCollideEqualsTwin(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := anyEstate(r)
		g, tw := mustNew(r, s), newTwin(s)
		rule := anyRule(r)
		a, b := anyCIs(r, s, "a"), anyCIs(r, s, "b")
		kind, at, steps := tw.collide(rule, a, b)
		c, ok := g.CollideChanges(rule, a, b)
		if ok != (steps >= 0) {
			r.Fatalf("%v %v, %+v in %+v: collision %v: %v, want %s at %s", a, b, rule, s, ok, c, kind, at)
		}
		// Together the two do more than each alone: then they must collide.
		q := rule.query()
		if len(rule.Kinds) == 0 && !ok && len(tw.impact(q, append(a, b...)...)) != len(tw.impact(q, a...))+len(tw.impact(q, b...)) {
			r.Fatalf("%s and %s bring more down together, and no collision is found", a, b)
		}
		if !ok {
			return
		}
		length := len(c.PathA) + len(c.PathB) - 2
		if c.Kind == RedundantPair {
			length -= 2
		}
		if c.Kind != kind || c.At != at || length != steps || !slices.Contains(a, c.PathA[0]) || !slices.Contains(b, c.PathB[0]) ||
			kind != SameService && (c.PathA[len(c.PathA)-1] != at || c.PathB[len(c.PathB)-1] != at) {
			r.Fatalf("%v %v, %+v in %+v: %+v, want %s at %s after %d steps", a, b, rule, s, c, kind, at, steps)
		}
		back, _ := g.CollideChanges(rule, b, a)
		if slices.Equal(a, b) {
			return
		}
		c.A, c.B, c.PathA, c.PathB = c.B, c.A, c.PathB, c.PathA
		if diff := cmp.Diff(c, back); diff != "" {
			r.Fatalf("not symmetric: %s", diff)
		}
		other, _ := mustNew(r, shuffled(r, s)).CollideChanges(rule, b, a)
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
