package check

// Optional tasks. Where a task is absent, its start and its end stand at one more than
// the horizon, so that a lower bound says "absent, or as late as that", and an upper
// bound below that says "present, and as early as that". What is known of an upper bound
// in case the task is present has a variable of its own, of which only the upper bound
// counts; a lower bound beyond it makes the task absent.

// away is where an absent task stands.
func (g *network) away() int64 { return int64(g.in.Horizon) + 1 }

// optional adds the variables that an optional task has beyond those of any other.
func (g *network) optional(t int, n *netTask) {
	n.present = g.variable(0, 1)
	n.late = g.lateness(int32(t))
	n.endLate = n.late
	if n.end != int32(t) {
		n.endLate = g.lateness(n.end)
	}
}

// lateness makes the variable of the upper bound that v has if its task is present.
func (g *network) lateness(v int32) int32 {
	late := g.variable(-farAway, int64(g.in.Horizon))
	g.most[2*late+1] = 1 // below 0 there is nothing left
	g.most[2*v] = g.away()
	return late
}

// links makes presence follow from presence.
func (g *network) links() {
	g.then = make([][]int32, len(g.in.Tasks))
	for _, l := range g.in.Links {
		a, b := g.tasks[l.If].present, g.tasks[l.Then].present
		if b < 0 {
			continue
		}
		if a < 0 {
			g.root = g.root && g.push(2*b, 1)
			continue
		}
		g.then[l.If] = append(g.then[l.If], int32(l.Then))
		g.addArc(netArc{2 * a, 2 * b, [2]int32{-1, -1}, 0})
		g.addArc(netArc{2*b + 1, 2*a + 1, [2]int32{-1, -1}, 0})
	}
}

// needed is the condition that task a is present, where the presence of task b does not
// say so; -1 stands for what is always present.
func (g *network) needed(a, b int32) int32 {
	if a < 0 || g.tasks[a].present < 0 || b >= 0 && g.linked(b, a) {
		return -1
	}
	return 2 * g.tasks[a].present
}

// linked says whether a is present wherever b is, for the links between them.
func (g *network) linked(b, a int32) bool {
	if a == b {
		return true
	}
	seen := map[int32]bool{b: true}
	for queue := []int32{b}; len(queue) > 0; queue = queue[1:] {
		for _, x := range g.then[queue[0]] {
			if x == a {
				return true
			}
			if !seen[x] {
				seen[x] = true
				queue = append(queue, x)
			}
		}
	}
	return false
}

// sure says whether task t is present.
func (g *network) sure(t int32) bool {
	p := g.tasks[t].present
	return p < 0 || g.lb[2*p] >= 1
}

// gone says whether task t is absent.
func (g *network) gone(t int32) bool {
	p := g.tasks[t].present
	return p >= 0 && g.lb[2*p+1] >= 0
}

// presence ties the presence of a task to its bounds and modes. It returns false on a
// contradiction.
func (n *netTask) presence(g *network, t int32) bool {
	away := g.away()
	switch {
	case g.lb[2*t] > -g.lb[2*n.late+1], g.lb[2*n.end]+n.off > -g.lb[2*n.endLate+1]+n.off:
		if !g.push(2*n.present+1, 0) {
			return false
		}
	case g.lb[2*t+1] > -away, g.lb[2*n.end+1] > -away:
		if !g.push(2*n.present, 1) {
			return false
		}
	}
	for _, v := range n.modes {
		if v >= 0 && g.lb[2*v] >= 1 && !g.push(2*n.present, 1) {
			return false
		}
	}
	if g.gone(t) {
		for _, v := range n.modes {
			if v >= 0 && !g.push(2*v+1, 0) {
				return false
			}
		}
		return g.push(2*t, away) && g.push(2*n.end, away)
	}
	// What an upper bound is, it is if the task is present, and the other way round.
	for _, p := range [2][2]int32{{t, n.late}, {n.end, n.endLate}} {
		if !g.push(2*p[1]+1, g.lb[2*p[0]+1]) || g.sure(t) && !g.push(2*p[0]+1, g.lb[2*p[1]+1]) {
			return false
		}
	}
	return true
}
