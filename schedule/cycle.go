package schedule

import (
	"slices"
	"strings"
)

// An edge says that to starts at least length after from; length is not negative.
type edge struct {
	from, to int
	length   int64
}

// circles returns the sets of nodes that contradict themselves: the strongly
// connected components that an edge of positive length runs inside of, each sorted,
// by least node. Components are Tarjan's (1972), without recursion, so that a chain
// of a million nodes is safe. Cost: linear.
func circles(n int, edges []edge) [][]int {
	first := make([]int, n+1)
	for _, e := range edges {
		first[e.from+1]++
	}
	for i := range n {
		first[i+1] += first[i]
	}
	next := slices.Clone(first[:n])
	to := make([]int, len(edges))
	for _, e := range edges {
		to[next[e.from]] = e.to
		next[e.from]++
	}
	copy(next, first[:n])

	component := make([]int, n) // 0: none yet
	index, low := make([]int, n), make([]int, n)
	var stack, path []int
	count, components := 0, 0
	open := func(v int) {
		count++
		index[v], low[v] = count, count
		stack, path = append(stack, v), append(path, v)
	}
	for root := range n {
		if index[root] == 0 {
			open(root)
		}
		for len(path) > 0 {
			v := path[len(path)-1]
			if next[v] < first[v+1] {
				w := to[next[v]]
				next[v]++
				if index[w] == 0 {
					open(w)
				} else if component[w] == 0 {
					low[v] = min(low[v], index[w])
				}
				continue
			}
			path = path[:len(path)-1]
			if len(path) > 0 {
				u := path[len(path)-1]
				low[u] = min(low[u], low[v])
			}
			if low[v] == index[v] {
				components++
				for {
					w := stack[len(stack)-1]
					stack = stack[:len(stack)-1]
					component[w] = components
					if w == v {
						break
					}
				}
			}
		}
	}

	bad := map[int]bool{}
	for _, e := range edges {
		if e.length > 0 && component[e.from] == component[e.to] {
			bad[component[e.from]] = true
		}
	}
	if len(bad) == 0 {
		return nil
	}
	place := map[int]int{}
	var out [][]int
	for v := range n {
		c := component[v]
		if !bad[c] {
			continue
		}
		if _, ok := place[c]; !ok {
			place[c] = len(out)
			out = append(out, nil)
		}
		out[place[c]] = append(out[place[c]], v)
	}
	return out
}

// cycles reports precedences by which activities that must be carried out wait for
// themselves. Only minimal lags of zero or more count here: an order that contradicts
// itself is a slip of the pen. A contradiction between minimal and maximal lags is a
// problem without a plan.
func (v *validator) cycles() {
	p := v.p
	index := v.activityIDs.seen // all are sound, so the n-th is activity n
	edges := make([]edge, 0, len(p.Precedences))
	of := make([]int, 0, len(p.Precedences)) // of edges: the precedence
	for i := range p.Precedences {
		if v.halted(i) {
			return
		}
		c := &p.Precedences[i]
		from, to := index[c.From].n, index[c.To].n
		if c.MinLag < 0 || p.Activities[from].Optional || p.Activities[to].Optional {
			continue
		}
		length := c.MinLag
		switch c.Type {
		case "", FinishStart:
			length += p.Activities[from].shortest()
		case StartStart:
		default:
			continue
		}
		edges = append(edges, edge{from, to, int64(length)})
		of = append(of, i)
	}
	for _, members := range circles(len(p.Activities), edges) {
		circle := shortestCircle(members, edges)
		names := make([]string, 0, len(circle)+1)
		for _, a := range circle {
			names = append(names, quote(p.Activities[a].ID))
		}
		const most = 8
		if len(names) > most {
			names = append(names[:most], "...")
		}
		names = append(names, names[0])
		i := 0
		if len(circle) > 1 {
			for k, e := range edges {
				if e.from == circle[0] && e.to == circle[1] {
					i = of[k]
				}
			}
		}
		v.l.addf(v.place(&v.at.precedences, "precedences", i), "is part of a circle in which activities wait for themselves: %s; remove one of its precedences",
			strings.Join(names, " before "))
	}
}

// shortest returns the least duration of the activity.
func (a *Activity) shortest() Duration {
	if len(a.Modes) == 0 {
		return a.Duration
	}
	d := a.Modes[0].Duration
	for _, m := range a.Modes {
		d = min(d, m.Duration)
	}
	return d
}

// shortestCircle returns a circle of fewest nodes through the least member, inside one
// strongly connected component.
func shortestCircle(members []int, edges []edge) []int {
	inside := make(map[int]bool, len(members))
	for _, v := range members {
		inside[v] = true
	}
	next := map[int][]int{}
	for _, e := range edges {
		if inside[e.from] && inside[e.to] {
			next[e.from] = append(next[e.from], e.to)
		}
	}
	root := members[0]
	parent := map[int]int{}
	queue := []int{root}
	for len(queue) > 0 {
		v := queue[0]
		queue = queue[1:]
		for _, w := range next[v] {
			if w == root {
				var circle []int
				for u := v; ; u = parent[u] {
					circle = append(circle, u)
					if u == root {
						break
					}
				}
				slices.Reverse(circle)
				return circle
			}
			if _, seen := parent[w]; !seen {
				parent[w] = v
				queue = append(queue, w)
			}
		}
	}
	return members
}
