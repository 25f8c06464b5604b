package check

// A rule says what one constraint makes of the bounds. It runs when a variable that it is
// concerned with has moved, the cheap ones first, and again until nothing moves.
type rule interface{ run(*network) bool }

// A taskRule is the constraint of a task by itself.
type taskRule struct{ t int }

func (r taskRule) run(g *network) bool { return g.tasks[r.t].run(g, r.t) }

// post adds a rule that is concerned with variables, and has it run once.
func (g *network) post(r rule, slow bool, of ...int32) {
	id := int32(len(g.rules))
	g.rules = append(g.rules, r)
	g.slow = append(g.slow, slow)
	g.waits = append(g.waits, false)
	for _, v := range of {
		if l := g.concerns[v]; len(l) == 0 || l[len(l)-1] != id {
			g.concerns[v] = append(l, id)
		}
	}
	g.wake(id)
}

// wake has a rule run.
func (g *network) wake(id int32) {
	if g.waits[id] {
		return
	}
	g.waits[id] = true
	if g.slow[id] {
		g.later = append(g.later, id)
	} else {
		g.soon = append(g.soon, id)
	}
}

// next returns a rule that waits, or -1.
func (g *network) next() int32 {
	list := &g.soon
	if len(*list) == 0 {
		list = &g.later
	}
	if len(*list) == 0 {
		return -1
	}
	n := len(*list) - 1
	id := (*list)[n]
	*list = (*list)[:n]
	g.waits[id] = false
	return id
}

// rest has no rule wait.
func (g *network) rest() {
	for id := g.next(); id >= 0; id = g.next() {
	}
}

// about lists the variables of task t.
func (g *network) about(t int) []int32 {
	n := &g.tasks[t]
	out := []int32{int32(t), n.late, n.end, n.endLate}
	if n.present >= 0 {
		out = append(out, n.present)
	}
	for _, v := range n.modes {
		if v >= 0 {
			out = append(out, v)
		}
	}
	return out
}

// aboutJobs lists the variables of the tasks of jobs.
func (g *network) aboutJobs(jobs []tableJob) []int32 {
	var out []int32
	for i := range jobs {
		out = append(out, g.about(int(jobs[i].task))...)
	}
	return out
}

// postAll posts the rules of the instance, but those of the goals, which post themselves.
func (g *network) postAll() {
	for t := range g.tasks {
		g.post(taskRule{t}, false, g.about(t)...)
	}
	for i := range g.shared {
		of := []int32{g.shared[i].which}
		for _, t := range g.shared[i].tasks {
			of = append(of, g.about(int(t))...)
		}
		g.post(&g.shared[i], false, of...)
	}
	for _, r := range g.budgets {
		g.postRation(r)
	}
	for i := range g.tables {
		g.post(&g.tables[i], true, g.aboutJobs(g.tables[i].jobs)...)
	}
	for i := range g.groups {
		g.post(&g.groups[i], true, g.aboutJobs(g.groups[i].jobs)...)
	}
}
