package judge

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// portfolio makes n activities over a year: in nightly and weekly windows of 40 teams in
// three zones, with freezes for all, chains of stages, teams, environments, CIs where
// several meet, clusters and monthly budgets. Places are drawn at random inside
// windows, so that a few of them clash.
func portfolio(tb testing.TB, n int) (*Case, *Plan) {
	tb.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	c := &Case{Horizon: calendar.Interval{Start: start, End: start.AddDate(1, 0, 7)}, Zone: berlin(tb)}
	zones := []string{"Europe/Berlin", "America/New_York", "Asia/Kolkata"}
	closed := []calendar.Window{
		{ID: "year-end", Kind: calendar.Freeze, Starts: recurrence("DTSTART;TZID=Europe/Berlin:20261218T180000"), Length: calendar.Duration{Days: 16}, Exempt: []string{"emergency"}},
		{ID: "quarter-end", Kind: calendar.Freeze, Starts: recurrence("DTSTART;TZID=Europe/Berlin:20260329T000000\nRRULE:FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=29"), Length: calendar.Duration{Days: 2}},
		{ID: "peak", Kind: calendar.Blackout, Starts: recurrence("DTSTART;TZID=Europe/Berlin:20261127T000000"), Length: calendar.Duration{Days: 4}},
	}
	for i := range 40 {
		zone := zones[i%len(zones)]
		c.Calendars = append(c.Calendars, &calendar.Calendar{ID: fmt.Sprintf("team-%d", i), Windows: append([]calendar.Window{
			{ID: fmt.Sprintf("night-%d", i), Kind: calendar.Maintenance, Starts: recurrence("DTSTART;TZID=" + zone + ":20260101T200000\nRRULE:FREQ=DAILY"), Length: calendar.Exactly(10 * time.Hour)},
			{ID: fmt.Sprintf("weekend-%d", i), Kind: calendar.Maintenance, Starts: recurrence("DTSTART;TZID=" + zone + ":20260103T060000\nRRULE:FREQ=WEEKLY;BYDAY=SA"), Length: calendar.Exactly(40 * time.Hour)},
		}, closed...)})
		c.Resources = append(c.Resources, Resource{ID: fmt.Sprintf("team-%d", i), Kind: TeamOverload, Unit: "engineers", Capacity: calendar.Profile{Base: 6}})
	}
	for i := range 10 {
		c.Resources = append(c.Resources, Resource{ID: fmt.Sprintf("env-%d", i), Kind: EnvironmentOverload, Capacity: calendar.Profile{Base: 25}})
	}
	p := &Plan{}
	cis := make([][]ExclusionMember, n/4+1)
	for i := range n {
		team := i % 40
		a := Activity{
			ID: fmt.Sprintf("a%05d", i), Name: fmt.Sprintf("Change %d", i), Calendar: fmt.Sprintf("team-%d", team),
			Subject:  calendar.Subject{CIs: []string{fmt.Sprintf("ci-%d", i/4)}, Type: "normal"},
			Duration: time.Duration(1+r.IntN(8)) * 15 * time.Minute,
			Demands:  []Demand{{fmt.Sprintf("team-%d", team), 1}, {fmt.Sprintf("env-%d", i%10), 1}},
		}
		loc, err := time.LoadLocation(zones[team%len(zones)])
		if err != nil {
			tb.Fatal(err)
		}
		day := (i / 4 * 4 * 340 / n) + i%4*5 // the four activities of a change follow each other
		begin := time.Date(2026, 1, 1+day, 20, 15*r.IntN(32), 0, 0, loc)
		p.Assignments = append(p.Assignments, Assignment{Activity: a.ID, Start: begin, End: begin.Add(a.Duration)})
		c.Activities = append(c.Activities, a)
		cis[i/4] = append(cis[i/4], ExclusionMember{Activity: a.ID, Path: []string{"x"}})
		other := (i/4 + 7) % len(cis)
		cis[other] = append(cis[other], ExclusionMember{Activity: a.ID, Path: []string{"y", "x"}})
		if i%4 > 0 {
			c.Precedences = append(c.Precedences, Precedence{ID: fmt.Sprintf("p%d", i), From: c.Activities[i-1].ID, To: a.ID, MinLag: 48 * time.Hour})
		}
	}
	for i, members := range cis {
		c.Exclusions = append(c.Exclusions, Exclusion{ID: fmt.Sprintf("x%d", i), Kind: RelatedCI, At: fmt.Sprintf("ci-%d", i), Members: members})
	}
	for i := range 50 {
		g := Group{ID: fmt.Sprintf("g%d", i), Name: fmt.Sprintf("cluster %d", i), Allowed: calendar.Profile{Base: 2}}
		for j := range 8 {
			m := GroupMember{Name: fmt.Sprintf("node-%d-%d", i, j)}
			for k := i*8 + j; k < n; k += 400 {
				m.Outages = append(m.Outages, Outage{Activity: c.Activities[k].ID, Soak: time.Hour})
			}
			g.Members = append(g.Members, m)
		}
		c.Groups = append(c.Groups, g)
	}
	for i := range 20 {
		b := Budget{ID: fmt.Sprintf("b%d", i), Unit: "minutes of outage"}
		for m := range 13 {
			b.Periods = append(b.Periods, Period{Span: calendar.Interval{Start: start.AddDate(0, m, 0), End: start.AddDate(0, m+1, 0)}, Limit: 2200})
		}
		for k := i; k < n; k += 20 {
			b.Uses = append(b.Uses, Use{Activity: c.Activities[k].ID, Amount: 30})
		}
		c.Budgets = append(c.Budgets, b)
	}
	return c, p
}

const benchSize = 10_000

// BenchmarkJudge shows that the cost of an activity hardly grows with their number.
func BenchmarkJudge(b *testing.B) {
	for _, n := range []int{1000, benchSize, 4 * benchSize} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			c, p := portfolio(b, n)
			b.ReportAllocs()
			findings := 0
			for b.Loop() {
				r := Judge(c, p)
				findings = len(r.Findings)
			}
			b.ReportMetric(float64(findings), "findings")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/activity")
		})
	}
}

// BenchmarkEdit moves activities about, each to another place of its plan and back.
func BenchmarkEdit(b *testing.B) {
	c, p := portfolio(b, benchSize)
	k := NewChecker(c, p)
	begin := time.Now()
	Judge(c, p)
	full := time.Since(begin)
	r := rand.New(rand.NewPCG(3, 4))
	b.ReportAllocs()
	n := 0
	begin = time.Now()
	for b.Loop() {
		as := p.Assignments[r.IntN(len(p.Assignments))]
		if n%2 == 0 {
			by := time.Duration(r.IntN(96)) * 15 * time.Minute
			as.Start, as.End = as.Start.Add(by), as.End.Add(by)
		}
		k.Put(as)
		n++
	}
	b.ReportMetric(float64(full)/(float64(time.Since(begin))/float64(n)), "full/edit")
}
