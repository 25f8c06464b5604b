package schedule

import (
	"cmp"
	"slices"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// A slotGroup is a redundancy group that is a requirement, with everything that can take
// one of its members out, directly or through groups inside it. The members of all these
// groups are numbered through.
type slotGroup struct {
	of    []int32                  // the group that holds a member
	takes map[rcpsp.TaskID][]int32 // members that a task takes out
	holds map[int32][]int32        // members that are a group
	tasks []rcpsp.TaskID           // sorted
}

func (f *SlotFinder) prepareGroups() {
	f.groups = make([]slotGroup, len(f.in.Groups))
	for i := range f.in.Groups {
		if f.in.Groups[i].Defined {
			continue
		}
		g := &f.groups[i]
		g.takes, g.holds = map[rcpsp.TaskID][]int32{}, map[int32][]int32{}
		todo, seen := []int32{int32(i)}, map[int32]bool{}
		for len(todo) > 0 {
			k := todo[0]
			todo = todo[1:]
			for _, m := range f.in.Groups[k].Members {
				at := int32(len(g.of))
				g.of = append(g.of, k)
				for _, t := range m.Tasks {
					if len(g.takes[t]) == 0 {
						g.tasks = append(g.tasks, t)
					}
					g.takes[t] = append(g.takes[t], at)
				}
				for _, n := range m.Groups {
					g.holds[n] = append(g.holds[n], at)
					if !seen[n] {
						seen[n] = true
						todo = append(todo, n)
					}
				}
			}
		}
		slices.Sort(g.tasks)
		for _, t := range g.tasks {
			if int(t) < len(f.acts) {
				f.member[t].groups = append(f.member[t].groups, int32(i))
			}
		}
	}
}

// A groupCount knows how many members of each group are out.
type groupCount struct {
	f     *SlotFinder
	g     *slotGroup
	whole int32
	by    []int32         // causes for which a member is out
	out   map[int32]int64 // members out, by group
}

func (c *groupCount) task(t rcpsp.TaskID, d int32) {
	for _, m := range c.g.takes[t] {
		c.member(m, d)
	}
}

func (c *groupCount) member(m, d int32) {
	was := c.by[m] > 0
	c.by[m] += d
	is := c.by[m] > 0
	if was == is {
		return
	}
	k := c.g.of[m]
	limit := c.f.in.Groups[k].Allowed[0].Value // of a defined group, which has one for all time
	before := c.out[k] > limit
	c.out[k] += int64(d)
	if after := c.out[k] > limit; k != c.whole && before != after {
		for _, up := range c.g.holds[k] {
			c.member(up, d)
		}
	}
}

// group blocks where a redundancy group would have too many members out if the task were
// at work then. It sweeps over the others with the task out all the time.
func (a *asking) group(t rcpsp.TaskID, m *rcpsp.Mode, i int32) {
	f := a.f
	g := &f.groups[i]
	type change struct {
		at   int64
		task rcpsp.TaskID
		by   int32
	}
	list := make([]change, 0, 2*len(g.tasks)+1)
	for _, o := range g.tasks {
		if at := a.place(o); o != t && at.present && at.lo < at.hi {
			list = append(list, change{at.lo, o, 1}, change{at.hi, o, -1})
		}
	}
	for k := range f.in.Groups[i].Allowed {
		list = append(list, change{at: int64(f.in.Groups[i].Allowed[k].From), task: -1})
	}
	slices.SortFunc(list, func(x, y change) int {
		return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.task, y.task), cmp.Compare(x.by, y.by))
	})
	c := groupCount{f, g, i, make([]int32, len(g.of)), map[int32]int64{}}
	c.task(t, 1)
	allowed, step := int64(0), 0
	bad, since := false, int64(0)
	for k := 0; k < len(list); {
		at := list[k].at
		for ; k < len(list) && list[k].at == at; k++ {
			if list[k].task < 0 {
				allowed = f.in.Groups[i].Allowed[step].Value
				step++
			} else {
				c.task(list[k].task, list[k].by)
			}
		}
		if over := c.out[i] > allowed; over != bad {
			if bad = over; over {
				since = at
			} else {
				a.meet(m, rcpsp.KindGroup, i, -1, since, at)
			}
		}
	}
	if bad {
		a.meet(m, rcpsp.KindGroup, i, -1, since, int64(f.in.Horizon)+1)
	}
}
