package cmdb

import (
	"cmp"
	"slices"
)

// A Collision says why work on A and work on B must not overlap.
type Collision struct {
	Kind  CollisionKind `json:"kind"`
	A     string        `json:"a"` // the CIs worked on
	B     string        `json:"b"`
	At    string        `json:"at"`    // the CI, group or service at which they meet
	PathA []string      `json:"pathA"` // the CIs from A to At; for redundant-pair the group comes last
	PathB []string      `json:"pathB"` // the CIs from B to At, likewise
}

// CollisionKind says how the work meets.
type CollisionKind string

const (
	SameCI          CollisionKind = "same-ci"          // A is B
	Dependency      CollisionKind = "dependency"       // one fails when the other does
	RedundantPair   CollisionKind = "redundant-pair"   // a group survives the loss of either, not of both, or fails sooner with both and takes more along
	SharedDependent CollisionKind = "shared-dependent" // something else fails with either
	SameService     CollisionKind = "same-service"     // A and B state the same Service
)

// A CollisionRule says what counts as a collision. The zero rule counts every kind but
// same-service, at any distance.
type CollisionRule struct {
	Kinds []CollisionKind // empty means all but SameService
	Depth int             // an outage is followed for so many steps; 0 means to its end
	Types []string        // along relations of these types, and through groups; empty means all
}

func (rule *CollisionRule) counts(k CollisionKind) bool {
	if len(rule.Kinds) == 0 {
		return k != SameService
	}
	return slices.Contains(rule.Kinds, k)
}

func (rule *CollisionRule) query() Query { return Query{Depth: rule.Depth, Types: rule.Types} }

// Collide returns the closest collision between work on a and work on b that takes them out of
// service: the one with the fewest steps on both paths together; among equals the kind that
// stands first in the list of kinds, then the smaller At. Same-service comes after all others.
// Swapping a and b swaps the paths and nothing else. There is none where a or b is unknown.
//
// Cost: three walks, of a, of b and of both.
func (g *Graph) Collide(a, b string) (Collision, bool) {
	return g.CollideChanges(CollisionRule{}, []string{a}, []string{b})
}

// CollideChanges is [Graph.Collide] for work that takes several CIs out at once, under a rule.
// CIs that the graph does not have collide with nothing.
func (g *Graph) CollideChanges(rule CollisionRule, a, b []string) (Collision, bool) {
	p, q := g.known(a), g.known(b)
	if len(p) == 0 || len(q) == 0 {
		return Collision{}, false
	}
	swap := slices.Compare(p, q) > 0
	if swap {
		p, q = q, p
	}
	m := meeting{g: g, rule: &rule, p: p, q: q}
	m.find()
	if swap {
		c := &m.best
		c.A, c.B, c.PathA, c.PathB = c.B, c.A, c.PathB, c.PathA
	}
	return m.best, m.found
}

// known resolves the IDs that the graph has, sorted, without repeats.
func (g *Graph) known(ids []string) []int32 {
	var out []int32
	for _, id := range ids {
		if p, ok := g.number(id); ok {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// meeting looks for the closest collision of the CIs p with the CIs q.
type meeting struct {
	g      *Graph
	rule   *CollisionRule
	p, q   []int32
	sp, sq *scratch // the walks from p and from q
	best   Collision
	steps  int
	found  bool
}

func (m *meeting) find() {
	g, c := m.g, &m.g.core
	if m.rule.counts(SameCI) {
		for _, v := range m.p {
			if _, ok := slices.BinarySearch(m.q, v); ok {
				id := g.ids[v]
				m.best, m.found = Collision{SameCI, id, id, id, []string{id}, []string{id}}, true
				return
			}
		}
	}
	m.sp, m.sq = c.acquire(), c.acquire()
	defer c.release(m.sp)
	defer c.release(m.sq)
	o := g.order(m.rule.query())
	o.trace = true
	c.walk(m.sp, m.p, o)
	c.walk(m.sq, m.q, o)
	m.sp.measure()
	m.sq.measure()
	m.shared()
	if m.rule.counts(RedundantPair) && len(g.groups) > 0 {
		m.redundant(o)
	}
	if !m.found && m.rule.counts(SameService) {
		m.service()
	}
}

// shared considers the CIs that both walks reach.
func (m *meeting) shared() {
	small, large := m.sp, m.sq
	if small.total() > large.total() {
		small, large = large, small
	}
	for _, v := range small.queue[:small.total()] {
		if !large.reached(v) {
			continue
		}
		kind := SharedDependent
		dp, dq := int(m.sp.dist[v]), int(m.sq.dist[v])
		if dp == 0 || dq == 0 {
			if kind = Dependency; dp+dq == 0 {
				continue // the same CI, which the rule does not count
			}
		}
		if id := m.g.ids[v]; m.rule.counts(kind) && m.better(dp+dq, kind, id) {
			m.take(dp+dq, kind, id, v, v)
		}
	}
}

func (s *scratch) total() int { return int(s.ends[len(s.ends)-1]) }

func (m *meeting) better(steps int, kind CollisionKind, at string) bool {
	switch {
	case !m.found || steps != m.steps:
		return !m.found || steps < m.steps
	case kind != m.best.Kind:
		return kindRank(kind) < kindRank(m.best.Kind)
	}
	return at < m.best.At
}

// take makes the meeting of v, reached from p, and w, reached from q, the best so far.
func (m *meeting) take(steps int, kind CollisionKind, at string, v, w int32) {
	m.found, m.steps = true, steps
	m.best = Collision{Kind: kind, At: at, PathA: m.g.route(m.sp, v), PathB: m.g.route(m.sq, w)}
	m.best.A, m.best.B = m.best.PathA[0], m.best.PathB[0]
	if kind == RedundantPair {
		m.best.PathA, m.best.PathB = append(m.best.PathA, at), append(m.best.PathB, at)
	}
}

func kindRank(k CollisionKind) int {
	return slices.Index([]CollisionKind{SameCI, Dependency, RedundantPair, SharedDependent, SameService}, k)
}

// redundant considers the groups that fail only when p and q are out together, and
// primary-standby groups that lose one member to p and another to q (a member that is a group is lost when that fails). The first group to fail
// has, below it, a CI that only p takes out and one that only q takes out, so asking for two
// different CIs as evidence never hides the collision.
//
// Where an outage is followed for a number of steps only, a group that either would bring down late
// may fail early with both, and the outage then goes further: it counts where both together take
// out more than each by itself.
func (m *meeting) redundant(o order) {
	g, c := m.g, &m.g.core
	both := c.acquire()
	defer c.release(both)
	c.walk(both, append(slices.Clone(m.p), m.q...), o)
	both.measure()
	more := slices.ContainsFunc(both.queue[:both.total()], func(v int32) bool { return !m.sp.reached(v) && !m.sq.reached(v) })
	for _, i := range c.groupsTouched(both) {
		gr, gate := &g.groups[i], c.n+i
		v, w := int32(-1), int32(-1)
		if gr.Mode == PrimaryStandby {
			v, w = m.standby(gr)
		} else {
			p, q, joint := c.failed(m.sp, gate), c.failed(m.sq, gate), c.failed(both, gate)
			if joint < 0 || (p >= 0 || q >= 0) && (!more || p >= 0 && p <= joint || q >= 0 && q <= joint) {
				continue
			}
			v, w = m.pair(g.nearest(m.sp, i), g.nearest(m.sq, i))
		}
		if v < 0 {
			continue
		}
		if steps := int(m.sp.dist[v] + m.sq.dist[w]); m.better(steps, RedundantPair, gr.ID) {
			m.take(steps, RedundantPair, gr.ID, v, w)
		}
	}
}

// failed returns the step after which a gate is out in a walk that was traced and measured, -1
// where it stands.
func (c *core) failed(s *scratch, gate int32) int32 {
	if !s.reached(gate) {
		return -1
	}
	for gate >= c.n {
		gate = s.parent[gate]
	}
	return s.dist[gate]
}

// groupsTouched returns the groups that lose a member in the walk, sorted.
func (c *core) groupsTouched(s *scratch) []int32 {
	out := make([]int32, len(s.touched))
	for i, gate := range s.touched {
		out[i] = c.group[gate]
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// pair picks the nearest two different CIs, -1 where there are none.
func (m *meeting) pair(vs, ws []int32) (v, w int32) {
	v, w = -1, -1
	for _, x := range vs {
		for _, y := range ws {
			if x != y && (v < 0 || m.sp.dist[x]+m.sq.dist[y] < m.sp.dist[v]+m.sq.dist[w]) {
				v, w = x, y
			}
		}
	}
	return v, w
}

// standby returns the nearest CIs by which p takes out one member of a group and q another, -1
// where there are none.
func (m *meeting) standby(gr *Group) (v, w int32) {
	v, w = -1, -1
	evidence := func(s *scratch) []int32 {
		out := make([]int32, len(gr.Members))
		for i, member := range gr.Members {
			out[i] = m.g.node(member)
			switch {
			case !s.reached(out[i]):
				out[i] = -1
			case out[i] >= m.g.core.n:
				out[i] = m.g.nearest(s, out[i]-m.g.core.n)[0]
			}
		}
		return out
	}
	vs, ws := evidence(m.sp), evidence(m.sq)
	for i, x := range vs {
		for j, y := range ws {
			if i == j || x < 0 || y < 0 {
				continue
			}
			steps := func(v, w int32) int32 { return m.sp.dist[v] + m.sq.dist[w] }
			if v < 0 || cmp.Or(cmp.Compare(steps(x, y), steps(v, w)), cmp.Compare(x, v), cmp.Compare(y, w)) < 0 {
				v, w = x, y
			}
		}
	}
	return v, w
}

// nearest returns up to two CIs in group i, or in groups within it, that the walk reached in the
// fewest steps.
func (g *Graph) nearest(s *scratch, i int32) []int32 {
	var out []int32
	for _, p := range g.leaves(int(i)) {
		if s.reached(p) {
			out = append(out, p)
			slices.SortStableFunc(out, func(x, y int32) int { return cmp.Compare(s.dist[x], s.dist[y]) })
			out = out[:min(len(out), 2)]
		}
	}
	return out
}

// service considers CIs that state the same service.
func (m *meeting) service() {
	g := m.g
	for _, v := range m.p {
		for _, w := range m.q {
			if at := g.ci(v).Service; v != w && at != "" && at == g.ci(w).Service && m.better(0, SameService, at) {
				a, b := g.ids[v], g.ids[w]
				m.best, m.found = Collision{SameService, a, b, at, []string{a}, []string{b}}, true
			}
		}
	}
}

// route returns the CIs from a seed of the walk to v.
func (g *Graph) route(s *scratch, v int32) []string {
	var out []string
	for {
		if v < g.core.n {
			out = append(out, g.ids[v])
		}
		if s.parent[v] == v {
			break
		}
		v = s.parent[v]
	}
	slices.Reverse(out)
	return out
}
