package cmdb

import (
	"encoding/binary"
	"slices"
)

// ward is a group that works touch.
type ward struct {
	group   int32
	members []int32 // nodes of the core
	parts   []part
}

// part is the works, of 512, that bring a member down.
type part struct {
	member int32 // of the ward; -1 for the group itself
	first  int32 // the block's first word
	works  block
}

// wardsTouched lists the groups of which works may bring members down.
func (x *excluder) wardsTouched() {
	if !x.redundant {
		return
	}
	g, c, f := x.g, &x.g.core, &x.flow
	for i := range g.groups {
		w := ward{group: int32(i)}
		touched := 0
		for _, m := range g.groups[i].Members {
			p := g.node(m)
			w.members = append(w.members, p)
			if f.comp[p] > 0 {
				touched++
			}
		}
		if touched > 0 && int(c.need[i])+touched > 1 {
			x.wards = append(x.wards, w)
		}
	}
}

// node returns the node of the core that a member of a group is.
func (g *Graph) node(member string) int32 {
	if p, ok := g.number(member); ok {
		return p
	}
	k, _ := g.groupNumber(member)
	return g.core.n + int32(k)
}

// watch notes which works of a block bring down members. Works that bring the whole group down
// exclude nothing through it, unless outages end after some steps and it falls sooner with another
// work; with a group of a primary and standbys that are CIs they meet every other at its member.
func (x *excluder) watch(down []block, first int) {
	f, c := &x.flow, &x.g.core
	var none block
	for i := range x.wards {
		w := &x.wards[i]
		whole := down[f.comp[c.n+w.group]] // none where it has no number
		mask := whole
		standby := x.g.groups[w.group].Mode == PrimaryStandby
		switch {
		case standby && (!x.closed() || len(w.members) < 2 || slices.Max(w.members) >= c.n):
			mask = none
		case !standby && f.steps > 0:
			mask = none
			if whole != none {
				w.parts = append(w.parts, part{-1, int32(first), whole})
			}
		}
		for m, node := range w.members {
			if f.comp[node] == 0 {
				continue
			}
			b := down[f.comp[node]]
			for j := range b {
				b[j] &^= mask[j]
			}
			if b != none {
				w.parts = append(w.parts, part{int32(m), int32(first), b})
			}
		}
	}
}

// blow is what a class of works does to a group: the members that they bring down, and when.
type blow struct {
	members, steps []int32
	alone          int32 // when the group is down by one of them; never if it is not
	works          []int32
}

const never = -1

// groupsApart makes sets of the works that together leave a group too few members.
func (x *excluder) groupsApart() {
	if len(x.wards) == 0 {
		return
	}
	steps := x.stepsAtGroups()
	asked := map[[2]int32]bool{}
	for i := range x.wards {
		w := &x.wards[i]
		blows := x.blows(w, steps)
		classes := make([][]int32, len(blows))
		for k := range blows {
			classes[k] = blows[k].works
		}
		var doubt [][2]int32
		x.apart(x.g.groups[w.group].ID, classes, func(k, l int) bool {
			a, b := &blows[k], &blows[l]
			clash, ask := x.g.clash(w, a, b)
			if ask {
				for _, v := range a.works {
					for _, u := range b.works {
						doubt = append(doubt, [2]int32{min(u, v), max(u, v)})
					}
				}
			}
			return clash && !x.covered(a.works, b.works)
		})
		for _, p := range doubt {
			if p[0] == p[1] || asked[p] {
				continue
			}
			asked[p] = true
			only := *x.rule
			only.Kinds = []CollisionKind{RedundantPair}
			if _, ok := x.g.CollideChanges(only, x.works[p[0]].CIs, x.works[p[1]].CIs); ok {
				x.out = append(x.out, Exclusion{x.g.groups[w.group].ID, x.listed(p[:1]), x.listed(p[1:])})
			}
		}
	}
}

// covered reports whether a hub's set has all pairs of a and b.
func (x *excluder) covered(a, b []int32) bool {
	in := func(list []int32, s set) bool {
		for _, w := range list {
			if s[w>>6]>>(w&63)&1 == 0 {
				return false
			}
		}
		return true
	}
	return slices.ContainsFunc(x.hubs, func(h product) bool { return in(a, h.a) && in(b, h.b) || in(b, h.a) && in(a, h.b) })
}

// stepsAtGroups returns when works bring down groups and members, where steps were followed one by one.
func (x *excluder) stepsAtGroups() map[[2]int32]int32 {
	if x.flow.steps == 0 {
		return nil
	}
	out := map[[2]int32]int32{}
	for w, list := range x.flow.arrivals {
		for _, a := range list {
			if a.node >= x.g.core.n || x.g.member(a.node) {
				out[[2]int32{a.node, int32(w)}] = a.step
			}
		}
	}
	return out
}

// blows sorts the works that touch a group by what they do to it.
func (x *excluder) blows(w *ward, steps map[[2]int32]int32) []blow {
	if !slices.ContainsFunc(w.parts, func(p part) bool { return p.member != w.parts[0].member }) {
		return nil // one member is not enough
	}
	var out []blow
	at := map[string]int{}
	var key, last []byte
	k := 0
	for parts := w.parts; len(parts) > 0; {
		n := 1
		for n < len(parts) && parts[n].first == parts[0].first {
			n++
		}
		var any block
		for _, p := range parts[:n] {
			for j := range any {
				any[j] |= p.works[j]
			}
		}
		for i := range set(any[:]).all() {
			work := parts[0].first*64 + int32(i)
			key = key[:0]
			for j := range parts[:n] {
				if p := &parts[j]; p.works[i>>6]>>(i&63)&1 != 0 {
					key = binary.LittleEndian.AppendUint32(key, uint32(p.member))
					key = binary.LittleEndian.AppendUint32(key, uint32(x.stepOf(w, p.member, work, steps)))
				}
			}
			if !slices.Equal(key, last) {
				var ok bool
				if k, ok = at[string(key)]; !ok {
					k = len(out)
					at[string(key)] = k
					out = append(out, readBlow(key))
				}
				last = append(last[:0], key...)
			}
			out[k].works = append(out[k].works, work)
		}
		parts = parts[n:]
	}
	return out
}

// stepOf returns when a work brings down a member of a group, or the group.
func (x *excluder) stepOf(w *ward, member, work int32, steps map[[2]int32]int32) int32 {
	if steps == nil {
		return 0
	}
	node := x.g.core.n + w.group
	if member >= 0 {
		node = w.members[member]
	}
	if at, ok := steps[[2]int32{node, work}]; ok {
		return at
	}
	return late
}

func readBlow(key []byte) blow {
	b := blow{alone: never}
	for ; len(key) > 0; key = key[8:] {
		member, step := int32(binary.LittleEndian.Uint32(key)), int32(binary.LittleEndian.Uint32(key[4:]))
		if member < 0 {
			b.alone = step
		} else {
			b.members, b.steps = append(b.members, member), append(b.steps, step)
		}
	}
	return b
}

// clash reports whether works that strike like a exclude those that strike like b, or whether that must
// be asked: together they bring the group down sooner, and whether more falls with it has to be seen.
func (g *Graph) clash(w *ward, a, b *blow) (clash, ask bool) {
	if len(a.members) == 0 || len(b.members) == 0 {
		return false, false
	}
	gr := &g.groups[w.group]
	if gr.Mode == PrimaryStandby {
		return len(a.members) > 1 || len(b.members) > 1 || a.members[0] != b.members[0], false
	}
	if a == b {
		return false, false
	}
	moments := slices.Concat(a.steps, b.steps)
	slices.Sort(moments)
	for _, t := range slices.Compact(moments) {
		if a.alone != never && a.alone <= t || b.alone != never && b.alone <= t {
			break
		}
		down := make([]bool, len(w.members))
		for _, s := range [...]*blow{a, b} {
			for i, m := range s.members {
				down[m] = down[m] || s.steps[i] <= t
			}
		}
		if g.fails(w, down) {
			certain := a.alone == never && b.alone == never
			return certain, !certain
		}
	}
	return false, false
}

// fails reports whether a group is down without some of its members.
func (g *Graph) fails(w *ward, down []bool) bool {
	gr := &g.groups[w.group]
	up := 0
	zones := map[string]bool{}
	for m, out := range down {
		if !out {
			up++
			if gr.NeedZones > 0 {
				zones[g.ci(w.members[m]).Zone] = true
			}
		}
	}
	return up < gr.need() || len(zones) < gr.NeedZones
}
