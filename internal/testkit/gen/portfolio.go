package gen

import (
	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// The portfolio's grid: quarters of an hour, twelve months of them, and half a year more in
// which late work may end.
const (
	perHour = 4
	perDay  = 24 * perHour
	perWeek = 7 * perDay
	Year    = rcpsp.Time(365 * perDay)
	margin  = rcpsp.Time(180 * perDay)
)

// Portfolio is a big instance: about n tasks of dependent releases over twelve months
// of quarters of an hour. A release is a chain of stages (build, test, one or two roll
// out waves, soak); teams work eight hours on weekdays in three zones and their work
// pauses in between; roll-outs start in weekly maintenance windows outside a year-end
// freeze and never overlap on one service; some releases wait for others, and some
// stages must follow in time. Of the resources, teams and environments, some are busy
// for most of their open time. The goals are weighted lateness, then the end of
// the last task.
func Portfolio(n, resources int, seed uint64) *rcpsp.Instance {
	p := &portfolio{r: prng.New(seed), in: &rcpsp.Instance{Horizon: Year + margin}, n: n}
	p.calendars()
	p.load(resources)
	p.res = max(12, resources)
	p.energy, p.peak = make([]int64, p.res), make([]int64, p.res)
	p.services = make([][]rcpsp.TaskID, max(4, n/25))
	for len(p.in.Tasks) < n {
		p.release()
	}
	p.capacities()
	for _, s := range p.services {
		if len(s) > 1 {
			p.in.NoOverlap = append(p.in.NoOverlap, s)
		}
	}
	p.goals()
	return p.in
}

type portfolio struct {
	r        *prng.Rand
	in       *rcpsp.Instance
	n, res   int
	hot      int              // busy teams
	hours    int              // of work in the longest build; tests take three quarters
	shifts   [3][]rcpsp.Span  // working hours by zone
	windows  [4][]rcpsp.Range // starts of roll-outs by kind of service
	always   []rcpsp.Range
	energy   []int64
	peak     []int64
	services [][]rcpsp.TaskID
	ends     []rcpsp.TaskID // last task of each release
	due      []rcpsp.Time
	weight   []int64
}

func (p *portfolio) calendars() {
	h := p.in.Horizon
	p.always = []rcpsp.Range{{Lo: 0, Hi: h}}
	for zone := range p.shifts {
		for day := rcpsp.Time(0); day*perDay < h; day++ {
			if day%7 < 5 {
				lo := day*perDay + rcpsp.Time(7+4*zone)*perHour
				p.shifts[zone] = append(p.shifts[zone], rcpsp.Span{Lo: lo, Hi: min(h, lo+8*perHour)})
			}
		}
	}
	freeze := rcpsp.Span{Lo: 350 * perDay, Hi: 368 * perDay}
	for k := range p.windows {
		for week := rcpsp.Time(0); week*perWeek < h; week++ {
			for _, day := range [][]rcpsp.Time{{1, 3}, {2}, {0, 2, 4}, {5, 6}}[k] {
				lo := week*perWeek + day*perDay + 20*perHour
				if lo < freeze.Hi && freeze.Lo < lo+4*perHour || lo+4*perHour > h {
					continue
				}
				p.windows[k] = append(p.windows[k], rcpsp.Range{Lo: lo, Hi: lo + 4*perHour})
			}
		}
	}
}

// load chooses how many teams are busy, and how long work takes, so that half of the
// releases keep the busy teams at work for most of a year.
func (p *portfolio) load(resources int) {
	releases := p.n / 9 * 2
	wanted := openTicks * 85 / 100 * 2
	p.hours = 16
	p.hot = releases * p.hours * perHour * 7 / 8 / wanted
	if p.hot > resources/12 {
		p.hot = max(1, resources/12)
	}
	if p.hot < 8 {
		p.hot = 8
		p.hours = 1 + wanted*p.hot*8/7/perHour/max(1, releases)
	}
}

// openTicks is how long a team works in a year.
const openTicks = int(Year) * 40 / 168

// resource picks one, each of the busy ones as often as the others together in half
// of all cases.
func (p *portfolio) resource(from, to, hot int) rcpsp.ResourceID {
	hot = min(hot, to-from)
	if p.r.IntN(2) == 0 || hot == to-from {
		return rcpsp.ResourceID(from + p.r.IntN(hot))
	}
	return rcpsp.ResourceID(from + hot + p.r.IntN(to-from-hot))
}

// add appends a task with one mode.
func (p *portfolio) add(m rcpsp.Mode) rcpsp.TaskID {
	for _, d := range m.Demands {
		p.energy[d.Resource] += d.Amount * int64(m.Duration)
		p.peak[d.Resource] = max(p.peak[d.Resource], d.Amount)
	}
	p.in.Tasks = append(p.in.Tasks, rcpsp.Task{Modes: []rcpsp.Mode{m}})
	return rcpsp.TaskID(len(p.in.Tasks) - 1)
}

func (p *portfolio) after(a, b rcpsp.TaskID, lag rcpsp.Time) {
	p.in.Lags = append(p.in.Lags, rcpsp.Lag{From: a, To: b, FromEnd: true, Min: lag})
}

func (p *portfolio) release() {
	teams := p.res * 4 / 5
	team := p.resource(0, teams, p.hot)
	zone := int(team) % 3
	arrive := rcpsp.Time(p.r.IntN(int(Year * 8 / 10)))
	begin := rcpsp.Time(p.r.IntN(3)) * perDay
	work := func(hours int) rcpsp.Mode {
		return rcpsp.Mode{
			Duration: rcpsp.Time(1 + p.r.IntN(hours*perHour)), Work: p.shifts[zone],
			Starts:  []rcpsp.Range{{Lo: arrive, Hi: p.in.Horizon}},
			Demands: []rcpsp.Demand{{Resource: team, Amount: 1}},
		}
	}
	last := p.add(work(p.hours)) // build
	test := work(max(1, p.hours*3/4))
	test.Demands = append(test.Demands, rcpsp.Demand{Resource: p.resource(teams, p.res, 6), Amount: int64(1 + p.r.IntN(2))})
	t := p.add(test)
	p.after(last, t, 0)
	if p.r.IntN(3) == 0 {
		p.in.Lags = append(p.in.Lags, rcpsp.Lag{From: t, To: last, ToEnd: true, Min: -perWeek - 60*perDay}) // within so long
	}
	last = t
	service := p.r.IntN(len(p.services))
	for range 1 + p.r.IntN(2) { // waves
		roll := rcpsp.Mode{Duration: rcpsp.Time(1 + p.r.IntN(8)), Starts: p.windows[service%4],
			Demands: []rcpsp.Demand{{Resource: p.resource(teams, p.res, 6), Amount: 1}}}
		t = p.add(roll)
		p.after(last, t, begin)
		p.services[service] = append(p.services[service], t)
		last = t
	}
	soak := p.add(rcpsp.Mode{Duration: rcpsp.Time(1+p.r.IntN(3)) * perDay, Starts: p.always})
	p.after(last, soak, 0)
	last = soak
	if k := len(p.ends); k > 0 && p.r.IntN(3) == 0 { // waits for one of the releases before
		p.after(p.ends[k-1-p.r.IntN(min(k, 40))], rcpsp.TaskID(len(p.in.Tasks)-1), 0)
	}
	p.ends = append(p.ends, last)
	p.due = append(p.due, arrive+rcpsp.Time(10+p.r.IntN(50))*perDay)
	p.weight = append(p.weight, int64(1+p.r.IntN(9)))
}

// capacities makes the resources just wide enough: where one team is enough to within
// a fifth, it is one.
func (p *portfolio) capacities() {
	for r := range p.res {
		full := int64(openTicks) * 85 / 100
		c := max(p.peak[r], (p.energy[r]-full/5+full-1)/full, 1)
		p.in.Resources = append(p.in.Resources, rcpsp.Resource{Capacity: []rcpsp.Step{{Value: c}}})
	}
}

func (p *portfolio) goals() {
	late := rcpsp.Goal{Kind: rcpsp.Sum, Weight: 1}
	last := rcpsp.Goal{Kind: rcpsp.Max, Weight: 1, Tier: 1}
	for i, t := range p.ends {
		late.Terms = append(late.Terms, rcpsp.Term{Task: t, OnEnd: true, Cost: []rcpsp.Piece{{From: p.due[i], Slope: p.weight[i]}}})
		last.Terms = append(last.Terms, rcpsp.Term{Task: t, OnEnd: true, Cost: []rcpsp.Piece{{Slope: 1}}})
	}
	p.in.Goals = []rcpsp.Goal{late, last}
}
