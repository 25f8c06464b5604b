package cmdb

import (
	"cmp"
	"iter"
	"math"
	"slices"
	"time"
)

// A PlannedWork is a work with its time: its CIs are out of service from Start until End, the end
// not included.
type PlannedWork struct {
	ID    string    `json:"id"`
	CIs   []string  `json:"cis"`
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
}

// Hours yields the service time that the calendar named by a CI's ServiceHours has in [from, to),
// as intervals in order that do not overlap; what reaches beyond is cut off.
type Hours func(calendar string, from, to time.Time) iter.Seq2[time.Time, time.Time]

// A ServiceOutage is the projected service outage of a service.
type ServiceOutage struct {
	Service   string   `json:"service"`
	Outages   []Outage `json:"outages"`   // in order of time, none touching another
	Total     Duration `json:"total"`     // of all outages
	InHours   Duration `json:"inHours"`   // of these, within the hours of service
	Allowance Duration `json:"allowance"` // of the service level agreement; 0 where none is stated
	Over      bool     `json:"over"`      // InHours is more than a stated allowance
}

// An Outage is a time without a service.
type Outage struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
	Works []string  `json:"works"` // the works that cause it, sorted
	Joint bool      `json:"joint"` // at some time no one of them did so alone: redundancy was used up
}

// ServiceOutages projects the outage of services from a plan: at each moment everything that is worked
// on is out together, so two works that are harmless apart count when they overlap. The services are
// CIs by ID; none means every CI that states an OutageAllowance. Nil hours mean that all time is
// time of service. The allowance is held against all outages of the plan together; where it is one of
// a month or quarter and the plan is longer, [Graph.OutageBudgets] judges each. CIs that the graph does not have are out with nothing. It fails with an
// [UnknownCIError], and where a work has no ID, shares it, or ends before it starts.
//
// Cost: a walk for each work, and for each moment at which a work starts or ends.
func (g *Graph) ServiceOutages(works []PlannedWork, services []string, hours Hours) ([]ServiceOutage, error) {
	if err := checkPlan(works); err != nil {
		return nil, err
	}
	targets, err := g.numbers(services)
	if err != nil {
		return nil, err
	}
	if len(services) == 0 {
		for c := range g.All() {
			if c.OutageAllowance > 0 {
				v, _ := g.number(c.ID)
				targets = append(targets, v)
			}
		}
	}
	p := projection{g: g, works: slices.Clone(works), targets: targets, open: make([]Outage, len(targets)), found: make([][]Outage, len(targets))}
	slices.SortFunc(p.works, func(a, b PlannedWork) int { return cmp.Compare(a.ID, b.ID) })
	if len(targets) > 0 {
		p.alone()
		p.sweep()
	}
	out := make([]ServiceOutage, len(targets))
	for i, v := range targets {
		c := g.ci(v)
		so := ServiceOutage{Service: c.ID, Outages: p.found[i], Allowance: c.OutageAllowance}
		if so.Outages == nil {
			so.Outages = []Outage{}
		}
		for _, o := range so.Outages {
			so.Total = plus(so.Total, Duration(o.End.Sub(o.Start)))
			so.InHours = plus(so.InHours, within(hours, c.ServiceHours, o.Start, o.End))
		}
		so.Over = so.Allowance > 0 && so.InHours > so.Allowance
		out[i] = so
	}
	return out, nil
}

func checkPlan(works []PlannedWork) error {
	var f faults
	seen := map[string]int{}
	for i, w := range works {
		checkID(&f, path("works", i)+".id", w.ID)
		if j, ok := seen[w.ID]; ok {
			f.addf(path("works", i)+".id", "%q is also the id of works[%d]; rename one", shorten(w.ID), j)
		}
		seen[w.ID] = i
		if w.End.Before(w.Start) {
			f.addf(path("works", i)+".end", "is before its start")
		}
	}
	return f.err()
}

// plus adds two lengths of time that are not negative, up to the longest there is.
func plus(a, b Duration) Duration {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// within returns how much of [from, to) is time of service.
func within(hours Hours, calendar string, from, to time.Time) Duration {
	if hours == nil || calendar == "" {
		return Duration(to.Sub(from))
	}
	var sum Duration
	last := from
	for a, b := range hours(calendar, from, to) {
		if a.Before(last) {
			a = last
		}
		if b.After(to) {
			b = to
		}
		if b.After(a) {
			sum = plus(sum, Duration(b.Sub(a)))
			last = b
		}
	}
	return sum
}

// projection sweeps over the time of a plan.
type projection struct {
	g       *Graph
	works   []PlannedWork // by ID
	cis     [][]int32
	targets []int32
	hits    [][]bool // by work and target: the work alone brings it down
	helps   [][]bool // likewise: it brings down something that the target relies on
	open    []Outage // by target: the outage going on; Works is nil where none is
	found   [][]Outage
}

func (p *projection) alone() {
	c := &p.g.core
	n := len(p.works)
	p.cis, p.hits, p.helps = make([][]int32, n), make([][]bool, n), make([][]bool, n)
	for i, w := range p.works {
		p.cis[i] = p.g.known(w.CIs)
		p.hits[i], p.helps[i] = make([]bool, len(p.targets)), make([]bool, len(p.targets))
		s := c.acquire()
		c.walk(s, p.cis[i], order{})
		for k, t := range p.targets {
			p.hits[i][k] = s.reached(t)
		}
		c.restart(s)
		c.walk(s, p.cis[i], order{first: true})
		for k, t := range p.targets {
			p.helps[i][k] = s.reached(t)
		}
		c.release(s)
	}
}

// sweep goes from one start or end of a work to the next.
func (p *projection) sweep() {
	c := &p.g.core
	var moments []time.Time
	byStart, byEnd := make([]int, len(p.works)), make([]int, len(p.works))
	for i, w := range p.works {
		moments = append(moments, w.Start, w.End)
		byStart[i], byEnd[i] = i, i
	}
	slices.SortFunc(moments, time.Time.Compare)
	moments = slices.CompactFunc(moments, time.Time.Equal)
	slices.SortStableFunc(byStart, func(a, b int) int { return p.works[a].Start.Compare(p.works[b].Start) })
	slices.SortStableFunc(byEnd, func(a, b int) int { return p.works[a].End.Compare(p.works[b].End) })
	active := map[int]bool{}
	for m, at := range moments {
		for len(byEnd) > 0 && !p.works[byEnd[0]].End.After(at) {
			delete(active, byEnd[0])
			byEnd = byEnd[1:]
		}
		for len(byStart) > 0 && !p.works[byStart[0]].Start.After(at) {
			if w := p.works[byStart[0]]; w.End.After(at) {
				active[byStart[0]] = true
			}
			byStart = byStart[1:]
		}
		var now []int
		var seeds []int32
		for i := range active {
			now = append(now, i)
			seeds = append(seeds, p.cis[i]...)
		}
		slices.Sort(now)
		slices.Sort(seeds)
		s := c.acquire()
		c.walk(s, seeds, order{})
		for k, t := range p.targets {
			if !s.reached(t) {
				p.close(k)
				continue
			}
			p.extend(k, now, at, moments[m+1])
		}
		c.release(s)
	}
}

// extend adds the time from at to next to the outage of target k.
func (p *projection) extend(k int, now []int, at, next time.Time) {
	o := &p.open[k]
	if o.Works == nil {
		o.Start = at
	}
	o.End = next
	alone := false
	for _, i := range now {
		alone = alone || p.hits[i][k]
	}
	o.Joint = o.Joint || !alone
	for _, i := range now {
		if p.hits[i][k] || !alone && p.helps[i][k] {
			o.Works = append(o.Works, p.works[i].ID)
		}
	}
	slices.Sort(o.Works)
	o.Works = slices.Compact(o.Works)
}

func (p *projection) close(k int) {
	if p.open[k].Works != nil {
		p.found[k] = append(p.found[k], p.open[k])
		p.open[k] = Outage{}
	}
}
