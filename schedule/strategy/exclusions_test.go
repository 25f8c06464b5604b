package strategy_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/cmdb"
	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/schedule"
)

// fleet is an estate in which each CI relies on one or two that stand before it, and changes each of which takes some of
// them out.
func fleet(t testing.TB, cis, changes int, draw func(n int) int) (*cmdb.Graph, []cmdb.Work) {
	t.Helper()
	b := cmdb.NewBuilder()
	kind := b.Type(cmdb.DependsOn)
	var refs []cmdb.Ref
	name := func(i int) string { return fmt.Sprintf("ci-%05d", i) }
	for i := range cis {
		refs = append(refs, b.Add(cmdb.CI{ID: name(i)}))
		if i > 0 {
			first := draw(i)
			b.Relate(refs[i], kind, refs[first])
			if second := draw(i); second != first && draw(3) == 0 {
				b.Relate(refs[i], kind, refs[second])
			}
		}
	}
	g, err := b.Graph()
	if err != nil {
		t.Fatal(err)
	}
	var works []cmdb.Work
	for i := range changes {
		works = append(works, cmdb.Work{ID: fmt.Sprintf("change-%05d", i), CIs: []string{name(draw(cis))}})
	}
	return g, works
}

// apart is a problem in which changes must not meet, said in sets of which no two may overlap and in
// pairs.
func apart(t testing.TB, g *cmdb.Graph, works []cmdb.Work, days int) (sets, pairs *schedule.Problem) {
	t.Helper()
	list, err := g.Exclusions(cmdb.CollisionRule{Kinds: []cmdb.CollisionKind{cmdb.SameCI, cmdb.Dependency}}, works)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	p := schedule.Problem{Name: "Fleet", Horizon: calendar.Interval{Start: start, End: start.AddDate(0, 0, days)}, Tick: schedule.Hour,
		Goals: []schedule.Goal{{Measure: schedule.Unscheduled}, {Measure: schedule.Makespan, Tier: 1}}}
	for i, w := range works {
		p.Activities = append(p.Activities, schedule.Activity{ID: w.ID, CIs: w.CIs, Duration: schedule.Duration(1+i%3) * schedule.Hour})
	}
	q := p
	seen := map[[2]string]bool{}
	for _, c := range cmdb.Cliques(list) {
		p.Exclusions = append(p.Exclusions, schedule.Exclusion{Kind: schedule.RelatedCI, At: c.At, Activities: c.Works})
		for i, a := range c.Works {
			for _, b := range c.Works[:i] {
				if !seen[[2]string{b, a}] {
					seen[[2]string{b, a}] = true
					q.Exclusions = append(q.Exclusions, schedule.Exclusion{Kind: schedule.RelatedCI, At: c.At, Activities: []string{b, a}})
				}
			}
		}
	}
	return &p, &q
}

// Plans under sets are plans under pairs and the other way about, as long as one another where both
// are proven.
func TestSetsPlanAsPairs(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		g, works := fleet(t, rapid.IntRange(2, 12).Draw(r, "CIs"), rapid.IntRange(1, 6).Draw(r, "changes"), func(n int) int { return rapid.IntRange(0, n-1).Draw(r, "at") })
		sets, pairs := apart(t, g, works, 1)
		var ends [2]time.Time
		for i, p := range []*schedule.Problem{sets, pairs} {
			plan, err := schedule.Solve(context.Background(), p, &schedule.Options{Seed: 1, MaxWork: 100_000})
			if err != nil {
				r.Fatal(err)
			}
			for _, q := range []*schedule.Problem{sets, pairs} {
				if found, err := schedule.Check(q, plan); err != nil || len(found) > 0 {
					r.Fatalf("the judge finds %v, %v", found, err)
				}
			}
			if plan.Status != schedule.Optimal {
				r.Fatalf("it is %s", plan.Status)
			}
			for _, a := range plan.Assignments {
				if a.End.After(ends[i]) {
					ends[i] = a.End
				}
			}
		}
		if !ends[0].Equal(ends[1]) {
			r.Fatalf("sets end at %v, pairs at %v", ends[0], ends[1])
		}
	})
}

// BenchmarkSetsAndPairs compiles and plans the same changes in both forms.
func BenchmarkSetsAndPairs(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			rnd := prng.New(1)
			g, works := fleet(b, 20*n, n, rnd.IntN)
			sets, pairs := apart(b, g, works, 120)
			var took [2]time.Duration
			for b.Loop() {
				for i, p := range []*schedule.Problem{sets, pairs} {
					start := time.Now()
					if _, err := schedule.Solve(context.Background(), p, &schedule.Options{Seed: 1, MaxWork: 200_000}); err != nil {
						b.Fatal(err)
					}
					took[i] += time.Since(start)
				}
			}
			members := 0
			for _, x := range sets.Exclusions {
				members += len(x.Activities)
			}
			b.ReportMetric(float64(took[0].Milliseconds())/float64(b.N), "sets-ms")
			b.ReportMetric(float64(took[1].Milliseconds())/float64(b.N), "pairs-ms")
			b.ReportMetric(float64(took[1])/float64(took[0]), "pairs/sets")
			b.ReportMetric(float64(len(sets.Exclusions)), "sets")
			b.ReportMetric(float64(members), "members")
			b.ReportMetric(float64(len(pairs.Exclusions)), "pairs")
		})
	}
}
