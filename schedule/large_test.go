package schedule

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// large makes a year of work: n activities, 200 windows, 30 teams. Five teams are
// scarce: what is asked of them fills three quarters of the time they have. Work comes
// in chains that begin at a scarce team and go on at others.
func large(n int, seed uint64) *Problem {
	r := prng.New(seed)
	p := &Problem{Name: fmt.Sprintf("large %d", n), Horizon: calendar.Interval{
		Start: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), End: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)},
		Goals: []Goal{{Measure: Makespan}, {Measure: Tardiness, Tier: 1}},
	}
	zones := []string{"Europe/Berlin", "America/New_York", "Asia/Kolkata"}
	days := []string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}
	const scarce, teams = 5, 30
	for k := range teams {
		zone := zones[k%len(zones)]
		c := calendar.Calendar{ID: fmt.Sprintf("calendar-%02d", k)}
		weekly := 2
		if k >= scarce {
			weekly = 5
		}
		for w := range weekly {
			c.Windows = append(c.Windows, calendar.Window{ID: fmt.Sprintf("weekly-%d", w), Kind: calendar.Maintenance, Length: calendar.Exactly(8 * time.Hour),
				Starts: calendar.MustParseRecurrence(fmt.Sprintf("DTSTART;TZID=%s:20251229T%02d0000\nRRULE:FREQ=WEEKLY;BYDAY=%s", zone, 18+k%5, days[(k+w)%7]))})
		}
		for b := 0; len(c.Windows) < weekly+2+k/25; b++ { // some blackouts, so that there are 200 windows
			c.Windows = append(c.Windows, calendar.Window{ID: fmt.Sprintf("closed-%d", b), Kind: calendar.Blackout, Length: calendar.Exactly(24 * time.Hour),
				Starts: calendar.MustParseRecurrence(fmt.Sprintf("DTSTART;TZID=%s:2026%02d%02dT000000\nRRULE:FREQ=MONTHLY", zone, 1+b, 1+r.IntN(28)))})
		}
		p.Calendars = append(p.Calendars, c)
		p.Resources = append(p.Resources, Resource{ID: fmt.Sprintf("team-%02d", k), Kind: Team, Capacity: calendar.Profile{Base: 1 + int64(k/scarce%3)}})
	}
	// A scarce team has 2 windows of 8 hours a week, less blackouts; it gets half of
	// the chains' heads, of about 2.5 hours each at n = 2,000.
	heads := n / 2
	length := func(mean int) Duration { // in quarters of an hour, at least two
		return Duration(2+r.IntN(2*mean-3)) * 15 * Minute
	}
	mean := max(2, min(650*4*scarce/heads, 16)) // smaller problems are looser
	for i := range n {
		team := i % scarce
		var d Duration
		if i < heads {
			d = length(mean)
		} else {
			team, d = scarce+r.IntN(teams-scarce), length(8)
		}
		a := Activity{ID: fmt.Sprintf("activity-%05d", i), Duration: d, Calendar: fmt.Sprintf("calendar-%02d", team),
			Demands: []Demand{{fmt.Sprintf("team-%02d", team), 1}}, Weight: int64(1 + r.IntN(5)),
			Due: p.Horizon.Start.Add(time.Duration(r.IntN(365*24)) * time.Hour)}
		if i >= heads {
			from := i - heads // each head has one successor, which some others follow
			if from%7 == 6 {
				from = i - 1
			}
			p.Precedences = append(p.Precedences, Precedence{From: fmt.Sprintf("activity-%05d", from), To: a.ID, MinLag: Duration(r.IntN(5)) * Hour})
		}
		p.Activities = append(p.Activities, a)
	}
	return p
}

// firstCome places activities one by one, those that end their chains' earlier members
// first, each at its first possible start: a plain priority rule, by due date.
func firstCome(c *compiled) (*rcpsp.Solution, bool) {
	in := c.in
	s := &rcpsp.Solution{Mode: make([]int32, len(in.Tasks)), Start: make([]rcpsp.Time, len(in.Tasks))}
	waits := make([]int, len(in.Tasks))
	after := make([][]int, len(in.Tasks)) // lags out of a task
	for i, l := range in.Lags {
		waits[l.To]++
		after[l.From] = append(after[l.From], i)
	}
	due := func(t int) time.Time { return c.p.Activities[c.acts[t]].Due }
	earliest := make([]rcpsp.Time, len(in.Tasks))
	busy := make([][]rcpsp.Span, len(in.Resources)) // of placed tasks
	var ready []int
	for t := range in.Tasks {
		if waits[t] == 0 {
			ready = append(ready, t)
		}
	}
	for n := 0; n < len(in.Tasks); n++ {
		slices.SortFunc(ready, func(a, b int) int {
			if c := due(a).Compare(due(b)); c != 0 {
				return c
			}
			return a - b
		})
		t := ready[0]
		ready = ready[1:]
		m := &in.Tasks[t].Modes[0]
		at, ok := firstFit(in, m, earliest[t], busy)
		if !ok {
			return nil, false
		}
		s.Start[t] = at
		for _, d := range m.Demands {
			busy[d.Resource] = append(busy[d.Resource], rcpsp.Span{Lo: at, Hi: at + m.Duration})
		}
		for _, i := range after[t] {
			l := in.Lags[i]
			from := at + l.Min
			if l.FromEnd {
				from += m.Duration
			}
			earliest[l.To] = max(earliest[l.To], from)
			if waits[l.To]--; waits[l.To] == 0 {
				ready = append(ready, int(l.To))
			}
		}
	}
	return s, true
}

func firstFit(in *rcpsp.Instance, m *rcpsp.Mode, from rcpsp.Time, busy [][]rcpsp.Span) (rcpsp.Time, bool) {
	most := func(r rcpsp.ResourceID) (v int64) { // while it is there at all
		for _, st := range in.Resources[r].Capacity {
			v = max(v, st.Value)
		}
		return v
	}
	fits := func(at rcpsp.Time) bool {
		for _, d := range m.Demands {
			for k := at; k < at+m.Duration; k++ {
				n := d.Amount
				for _, sp := range busy[d.Resource] {
					if sp.Lo <= k && k < sp.Hi {
						n++
					}
				}
				if n > most(d.Resource) {
					return false
				}
			}
		}
		return true
	}
	for _, r := range m.Starts {
		for at := max(r.Lo, from); at <= r.Hi; at++ {
			if fits(at) {
				return at, true
			}
		}
	}
	return 0, false
}

func compiledOf(tb testing.TB, p *Problem) *compiled {
	low, at, err := p.prepare()
	if err != nil {
		tb.Fatal(err)
	}
	c, err := compile(context.Background(), low, at, &Options{})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// tightness says how full the five fullest teams are, and which share of the
// activities starts at the first start that its precedences leave it.
func tightness(c *compiled, s *rcpsp.Solution) (full [5]float64, binding float64) {
	in := c.in
	used := map[string]time.Duration{}
	open := map[string]time.Duration{}
	for i := range c.p.Activities {
		a := &c.p.Activities[i]
		used[a.Demands[0].Resource] += a.Duration.Std()
	}
	var shares []float64
	for i := range c.p.Resources {
		r := &c.p.Resources[i]
		set, _ := c.p.Calendars[i].Open(c.p.Horizon, calendar.Subject{})
		open[r.ID] = set.Total() * time.Duration(r.Capacity.Base)
		shares = append(shares, float64(used[r.ID])/float64(open[r.ID]))
	}
	slices.Sort(shares)
	copy(full[:], shares[len(shares)-5:])
	first := func(t rcpsp.TaskID, from rcpsp.Time) rcpsp.Time {
		for _, r := range in.Tasks[t].Modes[0].Starts {
			if r.Hi >= from {
				return max(r.Lo, from)
			}
		}
		return -1
	}
	n := 0
	bound := make([]bool, len(in.Tasks))
	for _, l := range in.Lags {
		from := s.Start[l.From] + l.Min
		if l.FromEnd {
			from = in.End(s, l.From) + l.Min
		}
		if !bound[l.To] && first(l.To, from) == s.Start[l.To] {
			bound[l.To] = true
			n++
		}
	}
	return full, float64(n) / float64(len(in.Tasks))
}

// TestLargeIsTight keeps the promise of the generator.
func TestLargeIsTight(t *testing.T) {
	c := compiledOf(t, large(2000, 1))
	windows := 0
	for i := range c.p.Calendars {
		windows += len(c.p.Calendars[i].Windows)
	}
	s, ok := firstCome(c)
	if !ok {
		t.Fatal("the plain rule finds no plan")
	}
	full, binding := tightness(c, s)
	t.Logf("%d activities, %d windows, %d resources, tick %d s; the five fullest teams: %.2f; binding precedences: %.2f", len(c.p.Activities), windows, len(c.p.Resources), c.tick, full, binding)
	if windows != 200 || len(c.p.Resources) != 30 || full[0] < 0.7 || binding < 0.3 {
		t.Error("want 200 windows, 30 resources, at least 0.70 for each of the five, at least 0.30 binding")
	}
}

// BenchmarkSolve2000 plans a year of 2,000 activities within ten seconds each time and
// reports what that brought beside a plain priority rule.
func BenchmarkSolve2000(b *testing.B) {
	p := large(2000, 1)
	c := compiledOf(b, p)
	plain, _ := firstCome(c)
	before := c.in.Value(plain)
	for b.Loop() {
		ctx, cancel := context.WithTimeout(context.Background(), 9*time.Second)
		began := time.Now()
		var first time.Duration
		var last *Plan
		for plan, err := range Improvements(ctx, p, nil) {
			if err != nil {
				b.Fatal(err)
			}
			if first == 0 {
				first = time.Since(began)
			}
			last = plan
		}
		cancel()
		b.ReportMetric(first.Seconds(), "s/first-plan")
		b.ReportMetric(time.Since(began).Seconds(), "s/plan")
		b.ReportMetric(100*last.Tiers[0].Gap(), "%gap-makespan")
		b.ReportMetric(float64(last.Tiers[0].Value)/float64(before[0]), "makespan/plain-rule")
		b.ReportMetric(float64(last.Tiers[1].Value)/float64(before[1]), "tardiness/plain-rule")
	}
}
