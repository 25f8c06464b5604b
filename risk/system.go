package risk

import (
	"context"
	"fmt"
	"math"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// A System says which CIs a failure of a change can take down: each fails on its own with some
// chance, and goes down when too few of what it needs are up.
type System struct {
	Nodes []Node `json:"nodes"`
}

// A Node is a CI or service of a [System].
type Node struct {
	ID    string  `json:"id"`
	Fails float64 `json:"fails,omitempty"` // chance that it fails on its own, in [0, 1]
	Needs []Need  `json:"needs,omitempty"` // all must be met for it to be up
}

// A Need is a redundancy group: at least K of Of must be up.
type Need struct {
	K  int      `json:"k"`
	Of []string `json:"of"`
}

// An Availability is the chance that a node is down.
type Availability struct {
	Node   string  `json:"node"`
	Down   float64 `json:"down"`
	Error  float64 `json:"error"`  // standard error; 0 where Exact
	Exact  bool    `json:"exact"`  // computed, not sampled
	Method string  `json:"method"` // "series of groups", "decision diagram" or "sampling"
}

// OutageOptions bound the work; the zero value means the recommended setting.
type OutageOptions struct {
	Seed    uint64 `json:"seed,omitempty"`
	Nodes   int    `json:"nodes,omitempty"`   // that the decision diagram for a node may have; 0 means 100,000
	Samples int    `json:"samples,omitempty"` // of the simulation where that does not do; 0 means 100,000
}

// graph is a System with names resolved.
type graph struct {
	fails []float64
	needs [][]need
	users [][]int // nodes that need this one
}

type need struct {
	k  int
	of []int
}

// Validate reports every fault of s: names missing or repeated, chances outside [0, 1], needs
// of unknown or repeated members, K below 1 or above the number of members.
func (s *System) Validate() error {
	var l validate.List
	index := s.index(&l)
	for i, n := range s.Nodes {
		path := indexed("nodes", i)
		if !(n.Fails >= 0 && n.Fails <= 1) {
			l.Addf(path+".fails", "must lie in [0, 1], is %v", n.Fails)
		}
		for j, q := range n.Needs {
			at := fmt.Sprintf("%s.needs[%d]", path, j)
			if q.K < 1 || q.K > len(q.Of) {
				l.Addf(at+".k", "must lie between 1 and %d, is %d", len(q.Of), q.K)
			}
			seen := map[string]bool{}
			for m, id := range q.Of {
				if _, ok := index[id]; !ok || seen[id] {
					l.Addf(fmt.Sprintf("%s.of[%d]", at, m), "%q is unknown or stands twice", id)
				}
				seen[id] = true
			}
		}
	}
	return l.Err()
}

func (s *System) index(l *validate.List) map[string]int {
	index := make(map[string]int, len(s.Nodes))
	for i, n := range s.Nodes {
		if _, dup := index[n.ID]; dup || n.ID == "" {
			l.Addf(indexed("nodes", i)+".id", "must be a name of its own, is %q", n.ID)
		}
		index[n.ID] = i
	}
	return index
}

// Outages returns for each named node the chance that it is down; of no name, for all nodes.
//
// A node whose cone (what it needs, directly or not) shares nothing is computed by a product over
// its groups, each a Poisson-binomial sum. Otherwise it is computed by a binary decision diagram,
// exact; and where that would have more than Options.Nodes nodes it is sampled, half of the
// samples with failures made frequent and weighted back (importance sampling with a defensive
// mixture), so that rare outages are seen; the standard error is given. Needs may form circles: the
// members of a circle go down only for a cause outside their mutual need. ctx is polled between
// nodes and each 1,000 samples.
// Same input and seed: same result.
func (s *System) Outages(ctx context.Context, o *OutageOptions, nodes ...string) ([]Availability, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if o == nil {
		o = &OutageOptions{}
	}
	var l validate.List
	index := s.index(&l)
	g := s.resolve(index)
	var targets []int
	for i, id := range nodes {
		t, ok := index[id]
		if !ok {
			l.Addf(indexed("outages", i), "%q is not a node", id)
		}
		targets = append(targets, t)
	}
	if err := l.Err(); err != nil {
		return nil, err
	}
	if len(nodes) == 0 {
		for i := range s.Nodes {
			targets = append(targets, i)
		}
	}
	var out []Availability
	for _, t := range targets {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		a, err := g.availability(ctx, t, o)
		if err != nil {
			return nil, err
		}
		a.Node = s.Nodes[t].ID
		out = append(out, a)
	}
	return out, nil
}

func (s *System) resolve(index map[string]int) *graph {
	g := &graph{users: make([][]int, len(s.Nodes))}
	for i, n := range s.Nodes {
		g.fails = append(g.fails, n.Fails)
		var list []need
		for _, q := range n.Needs {
			r := need{k: q.K}
			for _, id := range q.Of {
				m := index[id]
				r.of = append(r.of, m)
				if u := g.users[m]; len(u) == 0 || u[len(u)-1] != i {
					g.users[m] = append(u, i)
				}
			}
			list = append(list, r)
		}
		g.needs = append(g.needs, list)
	}
	return g
}

// cone lists what t needs, itself included; tree reports that nothing is needed twice.
func (g *graph) cone(t int) (list []int, tree bool) {
	seen := make([]bool, len(g.fails))
	seen[t], tree = true, true
	list = []int{t}
	for at := 0; at < len(list); at++ {
		for _, q := range g.needs[list[at]] {
			for _, m := range q.of {
				if seen[m] {
					tree = false
					continue
				}
				seen[m] = true
				list = append(list, m)
			}
		}
	}
	return list, tree
}

// down marks which nodes are down when exactly those with broken[i] fail on their own: a
// worklist over groups that have lost too many members, so circles need no care.
func (g *graph) down(cone []int, broken, state []bool, lost [][]int) {
	var queue []int
	for _, i := range cone {
		state[i] = broken[i]
		for q := range lost[i] {
			lost[i][q] = 0
		}
		if broken[i] {
			queue = append(queue, i)
		}
	}
	for len(queue) > 0 {
		i := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, u := range g.users[i] {
			if lost[u] == nil || state[u] {
				continue
			}
			for q, nd := range g.needs[u] {
				for _, m := range nd.of {
					if m == i {
						lost[u][q]++
					}
				}
				if len(nd.of)-lost[u][q] < nd.k {
					state[u] = true
				}
			}
			if state[u] {
				queue = append(queue, u)
			}
		}
	}
}

// series is the exact chance that t is down where its cone is a tree.
func (g *graph) series(t int) float64 {
	up := 1 - g.fails[t]
	for _, q := range g.needs[t] {
		// dist[j]: chance that j of the members seen so far are up.
		dist := []float64{1}
		for _, m := range q.of {
			p := 1 - g.series(m)
			next := make([]float64, len(dist)+1)
			for j, v := range dist {
				next[j] += float64(v * (1 - p))
				next[j+1] += float64(v * p)
			}
			dist = next
		}
		sum := 0.0
		for _, v := range dist[q.k:] {
			sum += v
		}
		up = float64(up * min(1, sum))
	}
	return 1 - up
}

func clampUnit(x float64) float64 { return math.Max(0, math.Min(1, x)) }
