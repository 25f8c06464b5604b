package cmdb

import "slices"

// A Collision says why work on A and work on B must not overlap.
type Collision struct {
	Kind  CollisionKind `json:"kind"`
	A     string        `json:"a"` // the CIs worked on
	B     string        `json:"b"`
	At    string        `json:"at"`    // the CI, or for redundant-pair the group, at which they meet
	PathA []string      `json:"pathA"` // A ... At, CIs; the last may be the group
	PathB []string      `json:"pathB"` // B ... At, likewise
}

// CollisionKind says how two CIs meet. See [Graph.Collide].
type CollisionKind string

const (
	SameCI          CollisionKind = "same-ci"          // A is B
	Dependency      CollisionKind = "dependency"       // one fails when the other does
	RedundantPair   CollisionKind = "redundant-pair"   // a group survives the loss of either, not of both
	SharedDependent CollisionKind = "shared-dependent" // something else fails with either
)

// Collide returns the closest collision between work on a and work on b that takes them out of
// service: the one with the fewest steps on both paths together; among equals the kind that
// stands first above, then the smaller At. Swapping a and b swaps the paths and nothing else.
// There is none where a or b is unknown.
//
// Cost: three walks, of a, of b and of both.
func (g *Graph) Collide(a, b string) (Collision, bool) {
	p, ok := g.number(a)
	q, ok2 := g.number(b)
	if !ok || !ok2 {
		return Collision{}, false
	}
	if p == q {
		return Collision{SameCI, a, b, a, []string{a}, []string{b}}, true
	}
	c := &g.core
	sa, sb := c.acquire(), c.acquire()
	defer c.release(sa)
	defer c.release(sb)
	c.walk(sa, []int32{p}, order{})
	c.walk(sb, []int32{q}, order{})
	sa.measure()
	sb.measure()
	best := found{steps: -1}
	if sa.reached(q) {
		best.offer(g, sa, sb, Dependency, q)
	}
	if sb.reached(p) {
		best.offer(g, sa, sb, Dependency, p)
	}
	small, large := sa, sb
	if small.total() > large.total() {
		small, large = large, small
	}
	for _, v := range small.queue[:small.total()] {
		if large.reached(v) && v != p && v != q {
			best.offer(g, sa, sb, SharedDependent, v)
		}
	}
	g.offerGroups(&best, sa, sb, p, q)
	if best.steps < 0 {
		return Collision{}, false
	}
	best.A, best.B = a, b
	return best.Collision, true
}

func (s *scratch) total() int { return int(s.ends[len(s.ends)-1]) }

// found is the best collision so far.
type found struct {
	Collision
	steps int
}

// offer considers a meeting at the CI v, which both walks reached, or which is the seed of one.
func (f *found) offer(g *Graph, sa, sb *scratch, kind CollisionKind, v int32) {
	da, db := int(sa.dist[v]), int(sb.dist[v])
	if !f.better(da+db, kind, g.cis[v].ID) {
		return
	}
	f.steps, f.Kind, f.At = da+db, kind, g.cis[v].ID
	f.PathA, f.PathB = g.route(sa, v), g.route(sb, v)
}

func (f *found) better(steps int, kind CollisionKind, at string) bool {
	switch {
	case f.steps < 0 || steps != f.steps:
		return f.steps < 0 || steps < f.steps
	case kind != f.Kind:
		return kindRank(kind) < kindRank(f.Kind)
	}
	return at < f.At
}

func kindRank(k CollisionKind) int {
	return slices.Index([]CollisionKind{SameCI, Dependency, RedundantPair, SharedDependent}, k)
}

// offerGroups considers the groups that fail only when both CIs are out, and primary-standby
// groups with both among their members.
func (g *Graph) offerGroups(best *found, sa, sb *scratch, p, q int32) {
	c := &g.core
	if len(g.groups) == 0 {
		return
	}
	both := c.acquire()
	defer c.release(both)
	c.walk(both, []int32{p, q}, order{})
	for i := range g.groups {
		gate := c.n + int32(i)
		standby := g.groups[i].Mode == PrimaryStandby
		if !standby && (!both.reached(gate) || sa.reached(gate) || sb.reached(gate)) {
			continue
		}
		ma, mb := g.nearest(sa, i), g.nearest(sb, i)
		if ma < 0 || mb < 0 || standby && ma == mb {
			continue
		}
		steps := int(sa.dist[ma] + sb.dist[mb])
		if best.better(steps, RedundantPair, g.groups[i].ID) {
			best.steps, best.Kind, best.At = steps, RedundantPair, g.groups[i].ID
			best.PathA = append(g.route(sa, ma), best.At)
			best.PathB = append(g.route(sb, mb), best.At)
		}
	}
}

// nearest returns the member of group i, or of a group within it, that the walk reached in the
// fewest steps, the smallest of equals; -1 where it reached none.
func (g *Graph) nearest(s *scratch, i int) int32 {
	best := int32(-1)
	stack := []int{i}
	for len(stack) > 0 {
		j := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, m := range g.groups[j].Members {
			p, ok := g.number(m)
			if !ok {
				k, _ := g.groupNumber(m)
				stack = append(stack, k)
				continue
			}
			if !s.reached(p) {
				continue
			}
			if best < 0 || s.dist[p] < s.dist[best] || s.dist[p] == s.dist[best] && p < best {
				best = p
			}
		}
	}
	return best
}

// route returns the CIs from a seed of the walk to v.
func (g *Graph) route(s *scratch, v int32) []string {
	var out []string
	for {
		if v < g.core.n {
			out = append(out, g.cis[v].ID)
		}
		if s.parent[v] == v {
			break
		}
		v = s.parent[v]
	}
	slices.Reverse(out)
	return out
}
