package lns

import (
	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// Way returns up to size present tasks on the ways to one that costs: the task, and then
// for each task found those that start last before it, of what lags join to it and of each
// of its resources and sets. These are what it waits for, and with what they wait for in
// turn, what would have to move so that it can be sooner.
func (x *Index) Way(size int, s *rcpsp.Solution, r *prng.Rand) []rcpsp.TaskID {
	if len(x.in.Tasks) == 0 || size <= 0 {
		return nil
	}
	c := &choice{x: x, s: s, size: size, in: map[rcpsp.TaskID]bool{}}
	c.add(x.costly(s, r, rcpsp.TaskID(r.IntN(len(x.in.Tasks)))))
	for i := 0; i < len(c.out) && len(c.out) < size; i++ {
		t := c.out[i]
		if !s.Present(t) {
			continue
		}
		for _, u := range x.joined[t] {
			if s.Present(u) && s.Start[u] <= s.Start[t] {
				c.add(u)
			}
		}
		for _, g := range x.groups[t] {
			c.last(t, x.group[g])
		}
	}
	return c.out
}

// beforeEach is how many tasks of each resource are on the way to a task.
const beforeEach = 2

// last adds those of list that start last before t, or with it.
func (c *choice) last(t rcpsp.TaskID, list []rcpsp.TaskID) {
	var top [beforeEach]rcpsp.TaskID
	n := 0
	for _, u := range list {
		if u == t || !c.s.Present(u) || c.s.Start[u] > c.s.Start[t] || c.in[u] {
			continue
		}
		k := n
		for k > 0 && c.s.Start[top[k-1]] < c.s.Start[u] {
			k--
		}
		if k == beforeEach {
			continue
		}
		n = min(n+1, beforeEach)
		copy(top[k+1:n], top[k:])
		top[k] = u
	}
	for _, u := range top[:n] {
		c.add(u)
	}
}
