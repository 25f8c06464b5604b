package cmdb

import (
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func minute(n int) time.Time { return auditTime.Add(time.Duration(n) * time.Minute) }

func anyPlan(r *rapid.T, s Snapshot) []PlannedWork {
	var plan []PlannedWork
	for i := range rapid.IntRange(0, 5).Draw(r, "works") {
		start := rapid.IntRange(0, 20).Draw(r, "start")
		plan = append(plan, PlannedWork{fmt.Sprintf("w%d", i), anyCIs(r, s, "on"), minute(start), minute(start + rapid.IntRange(0, 9).Draw(r, "length"))})
	}
	return plan
}

// evenHours is a calendar whose time of service are the even minutes.
func evenHours(_ string, from, to time.Time) iter.Seq2[time.Time, time.Time] {
	return func(yield func(time.Time, time.Time) bool) {
		for n := -2; n < 40; n += 2 {
			a, b := minute(n), minute(n+1)
			if b.After(from) && a.Before(to) && !yield(a, b) {
				return
			}
		}
	}
}

// The projection is what asking minute by minute gives.
func TestServiceOutagesEqualTwin(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := anyEstate(r)
		for i := range s.CIs {
			s.CIs[i].OutageAllowance = Duration(rapid.IntRange(0, 3).Draw(r, "allowance")) * Duration(time.Minute)
			s.CIs[i].ServiceHours = rapid.SampledFrom([]string{"", "even"}).Draw(r, "hours")
		}
		plan := anyPlan(r, s)
		got, err := mustNew(r, s).ServiceOutages(plan, nil, evenHours)
		if err != nil {
			r.Fatal(err)
		}
		tw := newTwin(s)
		var want []ServiceOutage
		for _, c := range s.CIs {
			if c.OutageAllowance == 0 {
				continue
			}
			so := ServiceOutage{Service: c.ID, Outages: []Outage{}, Allowance: c.OutageAllowance}
			down := false
			for n := range 40 {
				var out, alone, helps []string
				for _, w := range plan {
					if !minute(n).Before(w.Start) && minute(n).Before(w.End) {
						out = append(out, w.CIs...)
						if _, ok := tw.impact(Query{}, w.CIs...)[c.ID]; ok {
							alone = append(alone, w.ID)
						}
						if _, ok := tw.impact(Query{IgnoreRedundancy: true}, w.CIs...)[c.ID]; ok {
							helps = append(helps, w.ID)
						}
					}
				}
				_, hit := tw.impact(Query{}, out...)[c.ID]
				if hit && !down {
					so.Outages = append(so.Outages, Outage{Start: minute(n)})
				}
				if down = hit; !hit {
					continue
				}
				o := &so.Outages[len(so.Outages)-1]
				o.End = minute(n + 1)
				works := alone
				if len(alone) == 0 {
					o.Joint, works = true, helps
				}
				o.Works = append(o.Works, works...)
				slices.Sort(o.Works)
				o.Works = slices.Compact(o.Works)
				so.Total += Duration(time.Minute)
				if c.ServiceHours == "" || n%2 == 0 {
					so.InHours += Duration(time.Minute)
				}
			}
			so.Over = so.InHours > so.Allowance
			want = append(want, so)
		}
		if diff := cmp.Diff(want, got); diff != "" && len(want)+len(got) > 0 {
			r.Fatalf("(-want +got): %s", diff)
		}
	})
}

// The budgets are what asking minute by minute gives, in periods that may overlap, leave gaps and cut outages.
func TestOutageBudgetsEqualTwin(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := anyEstate(r)
		for i := range s.CIs {
			s.CIs[i].OutageAllowance = Duration(rapid.IntRange(0, 3).Draw(r, "allowance")) * Duration(time.Minute)
			s.CIs[i].ServiceHours = rapid.SampledFrom([]string{"", "even"}).Draw(r, "hours")
		}
		plan := anyPlan(r, s)
		var periods []Period
		for range rapid.IntRange(0, 3).Draw(r, "periods") {
			start := rapid.IntRange(0, 25).Draw(r, "from")
			periods = append(periods, Period{minute(start), minute(start + rapid.IntRange(0, 12).Draw(r, "for"))})
		}
		service := anyCI(r, s, "service")
		got, err := mustNew(r, s).OutageBudgets(plan, []string{service}, periods, evenHours)
		if err != nil || len(got) != len(periods) {
			r.Fatal(err, got)
		}
		tw := newTwin(s)
		i := slices.IndexFunc(s.CIs, func(c CI) bool { return c.ID == service })
		for _, b := range got {
			want := OutageBudget{Service: service, Start: b.Start, End: b.End, Allowance: s.CIs[i].OutageAllowance}
			if !slices.Contains(periods, Period{b.Start, b.End}) {
				r.Fatalf("%v is no period", b)
			}
			for at, n := b.Start, 0; at.Before(b.End); at, n = at.Add(time.Minute), n+1 {
				var out []string
				for _, w := range plan {
					if !at.Before(w.Start) && at.Before(w.End) {
						out = append(out, w.CIs...)
					}
				}
				if _, down := tw.impact(Query{}, out...)[service]; down {
					want.Total += Duration(time.Minute)
					if s.CIs[i].ServiceHours == "" || at.Sub(minute(0))/time.Minute%2 == 0 {
						want.InHours += Duration(time.Minute)
					}
				}
			}
			want.Left = want.Allowance - want.InHours
			want.Over = want.Allowance > 0 && want.InHours > want.Allowance
			if (len(b.Works) > 0) != (b.Total > 0) {
				r.Fatalf("%v names the wrong works", b)
			}
			want.Works = b.Works
			if diff := cmp.Diff(want, b); diff != "" {
				r.Fatalf("(-want +got): %s", diff)
			}
		}
	})
}

func TestServiceOutagesRefuses(t *testing.T) {
	g := mustNew(t, shop())
	if _, err := g.ServiceOutages([]PlannedWork{{ID: "a", Start: minute(2), End: minute(1)}, {ID: "a"}, {}}, nil, nil); err == nil {
		t.Error("a bad plan is accepted")
	}
	if _, err := g.ServiceOutages(nil, []string{"moon"}, nil); err == nil {
		t.Error("an unknown service is accepted")
	}
	if _, err := g.OutageBudgets(nil, nil, []Period{{minute(1), minute(0)}}, nil); err == nil {
		t.Error("a bad period is accepted")
	}
}

func TestReconcile(t *testing.T) {
	plan := []PlannedWork{
		{"upgrade", []string{"db", "web"}, minute(10), minute(20)},
		{"patch", []string{"host"}, minute(0), minute(5)},
		{"later", []string{"web"}, minute(100), minute(110)},
	}
	seen := []Observation{{"db", minute(22), ""}, {"host", minute(60), "kernel"}, {"switch", minute(1), "firmware"}}
	got, err := Reconcile(plan, seen, Duration(2*time.Minute), minute(50))
	want := []Discrepancy{
		{Unauthorised, "switch", "", minute(1), "firmware"},
		{NotExecuted, "host", "patch", minute(5), ""},
		{NotExecuted, "web", "upgrade", minute(20), ""},
		{Unauthorised, "host", "patch", minute(60), "kernel"},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

// Every observation is either within slack of a work on its CI or unauthorised, and every task is
// either seen or missing.
func TestReconcileIsComplete(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := anyEstate(r)
		plan := anyPlan(r, s)
		var seen []Observation
		for range rapid.IntRange(0, 6).Draw(r, "seen") {
			seen = append(seen, Observation{anyCI(r, s, "ci"), minute(rapid.IntRange(0, 40).Draw(r, "at")), ""})
		}
		slack := rapid.IntRange(0, 3).Draw(r, "slack")
		got, err := Reconcile(plan, seen, Duration(slack)*Duration(time.Minute), minute(100))
		if err != nil {
			r.Fatal(err)
		}
		near := func(w PlannedWork, o Observation) bool {
			return slices.Contains(w.CIs, o.CI) && !o.At.Before(w.Start.Add(-time.Duration(slack)*time.Minute)) && !o.At.After(w.End.Add(time.Duration(slack)*time.Minute))
		}
		unauthorised, missing := 0, 0
		for _, o := range seen {
			if !slices.ContainsFunc(plan, func(w PlannedWork) bool { return near(w, o) }) {
				unauthorised++
			}
		}
		for _, w := range plan {
			for _, ci := range w.CIs {
				if !slices.ContainsFunc(seen, func(o Observation) bool { return o.CI == ci && near(w, o) }) {
					missing++
				}
			}
		}
		for _, d := range got {
			if d.Kind == Unauthorised {
				unauthorised--
			} else {
				missing--
			}
		}
		if unauthorised != 0 || missing != 0 {
			r.Fatalf("%d unauthorised and %d not executed too few", unauthorised, missing)
		}
	})
}
