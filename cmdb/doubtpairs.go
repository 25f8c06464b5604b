package cmdb

import (
	"cmp"
	"slices"
)

// doubter compares what works exclude each other in graphs that differ in one relation.
//
// Two works exclude each other by the same CI, a dependency or a shared dependent if they bring one CI
// down both, and by a group if what each does to it by itself adds up to more than it can spare. So a
// relation decides about two works only if it changes what one of them brings down at a CI that
// the other brings down too, or at a group that the other touches too. Where outages end after some
// steps two works may also bring a group down sooner together than either, and then further CIs: there every work
// that the relation may concern is compared at every group that it touches.
type doubter struct {
	g     *Graph
	works []Work // by ID
	cis   [][]int32
	tolls []toll            // by work, in g
	wards []ward            // by group, without parts
	at    []int             // the works that bring down CI v are on[at[v]:at[v+1]]
	on    []int32           // sorted for each CI
	hit   [][]int32         // by group: the works that strike it in g, sorted
	timed bool              // steps matter, as types with a Depth are in use
	last  int32             // the last step that matters
	known map[[2]int32]bool // pairs asked in g for collisions at groups
	stamp []int32           // by work: 1 + the last work that it was met by
}

// toll is what a work brings down.
type toll struct {
	down   []int32  // the CIs, sorted
	struck []struck // the groups that lose members, sorted
}

// struck is what a work does to a group.
type struck struct {
	group int32
	blow
}

func (d *doubter) begin(suspects []Relation) {
	g := d.g
	d.timed = g.core.depths
	for _, t := range g.types {
		d.last = max(d.last, int32(min(t.Depth, late-1)))
		d.timed = d.timed || t.Depth > 0 && slices.ContainsFunc(suspects, func(r Relation) bool { return r.Type == t.Name })
	}
	for i := range g.groups {
		w := ward{group: int32(i)}
		for _, m := range g.groups[i].Members {
			w.members = append(w.members, g.node(m))
		}
		d.wards = append(d.wards, w)
	}
	d.cis, d.tolls = make([][]int32, len(d.works)), make([]toll, len(d.works))
	d.at, d.hit = make([]int, g.Len()+2), make([][]int32, len(g.groups))
	for i, w := range d.works {
		d.cis[i] = g.known(w.CIs)
		d.tolls[i] = d.walk(g, i)
		for _, v := range d.tolls[i].down {
			d.at[v+2]++
		}
		for k := range d.tolls[i].struck {
			gr := d.tolls[i].struck[k].group
			d.hit[gr] = append(d.hit[gr], int32(i))
		}
	}
	for v := range d.at[1:] {
		d.at[v+1] += d.at[v]
	}
	d.on = make([]int32, d.at[len(d.at)-1])
	for i := range d.works {
		for _, v := range d.tolls[i].down {
			d.on[d.at[v+1]] = int32(i)
			d.at[v+1]++
		}
	}
	d.known, d.stamp = map[[2]int32]bool{}, make([]int32, len(d.works))
}

// down returns the works that bring a CI down in g.
func (d *doubter) down(v int32) []int32 { return d.on[d.at[v]:d.at[v+1]] }

// walk returns what work i brings down in h.
func (d *doubter) walk(h *Graph, i int) toll {
	c := &h.core
	if c.scratch == nil {
		return toll{}
	}
	s := c.acquire()
	defer c.release(s)
	c.walk(s, d.cis[i], order{trace: d.timed})
	t := toll{down: slices.Clone(s.queue[:s.total()])}
	slices.Sort(t.down)
	if len(s.touched) == 0 {
		return t
	}
	step := func(int32) int32 { return 0 }
	if d.timed {
		s.measure()
		step = func(v int32) int32 {
			if n := c.failed(s, v); n <= d.last {
				return n
			}
			return late
		}
	}
	for _, k := range c.groupsTouched(s) {
		hit := struck{group: k, blow: blow{alone: never}}
		if gate := c.n + k; s.reached(gate) {
			hit.alone = step(gate)
		}
		for m, v := range d.wards[k].members {
			if s.reached(v) {
				hit.members, hit.steps = append(hit.members, int32(m)), append(hit.steps, step(v))
			}
		}
		t.struck = append(t.struck, hit)
	}
	return t
}

// concerned returns the works whose walk may pass the relation, or go another way at a group that
// covers other relations with it than without it; sorted.
func (d *doubter) concerned(r relation) []int32 {
	var ends, out []int32
	impact := d.g.types[r.kind].Impact
	if impact == ToFrom || impact == BothWays {
		ends = append(ends, r.to)
	}
	if impact == FromTo || impact == BothWays {
		ends = append(ends, r.from)
	}
	for _, v := range slices.Clone(ends) {
		for _, k := range d.g.memberOf[v] {
			ends = append(ends, d.g.leaves(int(k))...)
		}
	}
	slices.Sort(ends)
	for _, v := range slices.Compact(ends) {
		out = append(out, d.down(v)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// changed is a work that a relation concerns.
type changed struct {
	toll
	cis    []int32 // that it brings down in one of the graphs only
	groups []int32 // that it strikes in another way; where steps matter, all that it strikes
}

// changes returns the pairs of works that exclude each other in one of g and h, which differ in the
// relation; sorted.
func (d *doubter) changes(h *Graph, r relation) [][2]int {
	now := map[int32]*changed{}
	var works []int32
	more, struckNow := map[int32][]int32{}, map[int32][]int32{} // works by the CI, and group, that they bring down in h but not in g
	for _, i := range d.concerned(r) {
		w := &changed{toll: d.walk(h, int(i))}
		old := &d.tolls[i]
		differ(old.down, w.down, func(v int32, gained bool) {
			w.cis = append(w.cis, v)
			if gained {
				more[v] = append(more[v], i)
			}
		})
		w.groups = d.groupsChanged(old.struck, w.struck, func(k int32) { struckNow[k] = append(struckNow[k], i) })
		if len(w.cis)+len(w.groups) > 0 {
			now[i] = w
			works = append(works, i)
		}
	}
	var out [][2]int
	clear(d.stamp)
	for _, i := range works {
		w := now[i]
		d.stamp[i] = i + 1
		meet := func(list []int32) {
			for _, j := range list {
				if d.stamp[j] == i+1 {
					continue
				}
				d.stamp[j] = i + 1
				a, b := &d.tolls[i], &d.tolls[j]
				after := b
				if u, ok := now[j]; ok {
					after = &u.toll
				}
				if d.excludes(d.g, i, j, a, b) != d.excludes(h, i, j, &w.toll, after) {
					out = append(out, [2]int{int(min(i, j)), int(max(i, j))})
				}
			}
		}
		for _, v := range w.cis {
			meet(d.down(v))
			meet(more[v])
		}
		for _, k := range w.groups {
			meet(d.hit[k])
			meet(struckNow[k])
		}
	}
	slices.SortFunc(out, func(a, b [2]int) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	return slices.Compact(out)
}

// differ calls f with what only one of two sorted lists has.
func differ(a, b []int32, f func(v int32, second bool)) {
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0] < b[0]:
			f(a[0], false)
			a = a[1:]
		case len(a) == 0 || b[0] < a[0]:
			f(b[0], true)
			b = b[1:]
		default:
			a, b = a[1:], b[1:]
		}
	}
}

// groupsChanged returns the groups that are struck in another way, or all where steps matter, and
// calls f with those that are struck anew.
func (d *doubter) groupsChanged(before, after []struck, f func(group int32)) []int32 {
	var out []int32
	for len(before) > 0 || len(after) > 0 {
		switch {
		case len(after) == 0 || len(before) > 0 && before[0].group < after[0].group:
			out = append(out, before[0].group)
			before = before[1:]
		case len(before) == 0 || after[0].group < before[0].group:
			f(after[0].group)
			out = append(out, after[0].group)
			after = after[1:]
		default:
			if d.timed || !slices.Equal(before[0].members, after[0].members) {
				out = append(out, before[0].group)
			}
			before, after = before[1:], after[1:]
		}
	}
	return out
}

// excludes reports whether works i and j, which bring down a and b in h, exclude each other there.
func (d *doubter) excludes(h *Graph, i, j int32, a, b *toll) bool {
	if meet(a.down, b.down) {
		return true
	}
	doubt := false
	p, q := a.struck, b.struck
	for len(p) > 0 && len(q) > 0 {
		switch {
		case p[0].group < q[0].group:
			p = p[1:]
		case q[0].group < p[0].group:
			q = q[1:]
		default:
			clash, ask := h.clash(&d.wards[p[0].group], &p[0].blow, &q[0].blow)
			if clash {
				return true
			}
			doubt = doubt || ask
			p, q = p[1:], q[1:]
		}
	}
	if !doubt {
		return false
	}
	pair := [2]int32{min(i, j), max(i, j)}
	found, ok := d.known[pair]
	if !ok || h != d.g {
		_, found = h.CollideChanges(CollisionRule{Kinds: []CollisionKind{RedundantPair}}, d.works[i].CIs, d.works[j].CIs)
	}
	if h == d.g {
		d.known[pair] = found
	}
	return found
}

// meet reports whether two sorted lists have something in common.
func meet(a, b []int32) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	for _, v := range a {
		n := 1
		for n < len(b) && b[n-1] < v {
			n *= 2
		}
		k, ok := slices.BinarySearch(b[:min(n, len(b))], v)
		if ok {
			return true
		}
		b = b[k:]
	}
	return false
}
