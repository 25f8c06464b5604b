package check

import (
	"fmt"
	"slices"
)

// sequenceMost is the number of tasks whose sequences are tried.
const sequenceMost = 16

// Sequence returns an error where premises do not imply a fact, or, if implied is nil,
// can all be true, for the reason that tasks of which no two may overlap fit between
// their bounds in no order. It looks at the tasks that the facts speak of, and finds
// for each set of them the earliest end at which they can be done (Held and Karp 1962).
func (j *Judge) Sequence(premises []Fact, implied *Fact) error {
	lb, facts, err := j.under(premises, implied)
	if err != nil || j.clash(lb, facts) {
		return err
	}
	g := j.f.net
	var tasks []int
	for _, a := range facts {
		for t := range g.tasks {
			if v := a.v >> 1; !g.appears(lb, t) {
				continue
			} else if v == int32(t) || v == g.tasks[t].end || slices.Contains(g.tasks[t].modes, v) {
				tasks = append(tasks, t)
			}
		}
	}
	slices.Sort(tasks)
	tasks = slices.Compact(tasks)
	if len(tasks) > sequenceMost {
		return fmt.Errorf("check: %d tasks are too many to try their sequences", len(tasks))
	}
	for i, a := range tasks {
		for _, b := range tasks[:i] {
			if !g.exclusive(a, b) {
				return fmt.Errorf("check: tasks %d and %d may overlap", a, b)
			}
		}
	}
	if g.sequence(lb, tasks) {
		return fmt.Errorf("check: tasks %v fit one after another with %v and not %v", tasks, premises, implied)
	}
	return nil
}

// sequence says whether the tasks fit between the bounds one after another.
func (g *network) sequence(lb []int64, tasks []int) bool {
	earliest := make([]int64, 1<<len(tasks)) // by set: the first end of all of it
	earliest[0] = -farAway
	for set := 1; set < len(earliest); set++ {
		earliest[set] = farAway
		for i, t := range tasks {
			if set>>i&1 == 0 {
				continue
			}
			f := g.frame(lb, t)
			start := max(earliest[set&^(1<<i)], f.est)
			if end := max(start+f.length, f.ect); start <= f.lst && end <= f.lct {
				earliest[set] = min(earliest[set], end)
			}
		}
	}
	return earliest[len(earliest)-1] < farAway
}
