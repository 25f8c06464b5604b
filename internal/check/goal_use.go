package check

import "github.com/slackwater-go/slackwater/internal/rcpsp"

// A peakRule keeps a variable at or above the largest use of a resource at one instant.
type peakRule struct {
	table table
	top   int32
}

// peak makes the variable of the largest use of r.
func (g *network) peak(r rcpsp.ResourceID) int32 {
	p := &peakRule{}
	total := int64(0)
	for k := range g.in.Tasks {
		most := int64(0)
		for w := range g.in.Tasks[k].Modes {
			most = max(most, demand(&g.in.Tasks[k].Modes[w], int(r)))
		}
		total += most
		p.table.add(g, k, func(m *rcpsp.Mode) int64 { return demand(m, int(r)) })
	}
	p.top = g.variable(0, total)
	g.post(p, true, append(g.aboutJobs(p.table.jobs), p.top)...)
	return p.top
}

// run keeps the use within what the peak may be, and raises the peak to the use of what
// surely runs at one instant.
func (p *peakRule) run(g *network) bool {
	limit := -g.lb[2*p.top+1]
	p.table.caps = []rcpsp.Step{{Value: limit}}
	if !p.table.run(g) {
		return false
	}
	if !p.table.profile(g) {
		return false
	}
	use := int64(0)
	for _, x := range p.table.pieces {
		use = max(use, limit-x.left)
	}
	return g.push(2*p.top, use)
}

// allUses is the sum of all uses of a budget.
func allUses(b *rcpsp.Budget) int64 {
	sum := int64(0)
	for i := range b.Uses {
		sum += b.Uses[i].Amount
	}
	return sum
}
