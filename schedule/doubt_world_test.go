package schedule_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/cmdb"
	"github.com/slackwater-go/slackwater/schedule"
)

var _ schedule.Linker = (*cmdb.Graph)(nil)

// TestPlansHoldInEveryWorld plans with a graph that is cautious of some wrong relations, and judges the plan
// in every world in which at most so many of them are wrong: those below a confidence gone, those
// suspected there.
func TestPlansHoldInEveryWorld(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, rule := drawDoubt(t)
		wrong := rapid.IntRange(0, 2).Draw(t, "wrong")
		distance := rapid.SampledFrom([]int{1, 2, 100}).Draw(t, "distance")
		start := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
		p := &schedule.Problem{Horizon: calendar.Interval{Start: start, End: start.Add(24 * time.Hour)}}
		for i := range rapid.IntRange(2, 5).Draw(t, "activities") {
			a := schedule.Activity{ID: fmt.Sprintf("a%d", i), Duration: schedule.Hour * schedule.Duration(rapid.IntRange(1, 3).Draw(t, "hours")), Calendar: schedule.AlwaysOpen}
			for range rapid.IntRange(1, 2).Draw(t, "cis") {
				a.CIs = append(a.CIs, s.CIs[rapid.IntRange(0, len(s.CIs)-1).Draw(t, "ci")].ID)
			}
			a.CIs = slices.Compact(slices.Sorted(slices.Values(a.CIs)))
			p.Activities = append(p.Activities, a)
		}
		g, err := cmdb.New(s)
		if err != nil {
			t.Fatal(err)
		}
		careful, err := g.Cautious(rule, wrong)
		if err != nil {
			t.Fatal(err)
		}
		plan := planWith(t, p, careful, distance)
		eachWorld(s, rule, wrong, func(w cmdb.Snapshot) {
			h, err := cmdb.New(w)
			if err != nil {
				t.Fatal(err)
			}
			q := *p
			if err := q.ExcludeCollisions(h, distance); err != nil {
				t.Fatal(err)
			}
			conflicts, err := schedule.Check(&q, plan)
			if err != nil || len(conflicts) > 0 {
				t.Fatalf("%v: %+v within %d step(s)\nin the world of %+v\nof %+v, %+v", err, conflicts, distance, w.Relations, s, rule)
			}
		})
	})
}

// TestTrustBreaksInAWorld is what caution is for: by the graph as it is two works share an hour, and a relation
// that was only suspected forbids it.
func TestTrustBreaksInAWorld(t *testing.T) {
	suspect := cmdb.Relation{From: "shop", Type: cmdb.DependsOn, To: "db"}
	s := cmdb.Snapshot{Version: cmdb.Version, CIs: []cmdb.CI{{ID: "shop"}, {ID: "db"}}}
	g, err := cmdb.New(s)
	if err != nil {
		t.Fatal(err)
	}
	s.Relations = []cmdb.Relation{suspect}
	world, err := cmdb.New(s)
	if err != nil {
		t.Fatal(err)
	}
	careful, err := g.Cautious(cmdb.DoubtRule{Suspects: []cmdb.Relation{suspect}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	p := &schedule.Problem{Horizon: calendar.Interval{Start: start, End: start.Add(2 * time.Hour)}}
	for _, ci := range []string{"shop", "db"} {
		p.Activities = append(p.Activities, schedule.Activity{ID: ci, CIs: []string{ci}, Duration: schedule.Hour, Calendar: schedule.AlwaysOpen})
	}
	q := *p
	if err := q.ExcludeCollisions(world, 1); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		topology schedule.Topology
		breaks   bool
	}{"trusting": {g, true}, "careful": {careful, false}} {
		conflicts, err := schedule.Check(&q, planWith(t, p, tt.topology, 1))
		if err != nil || len(conflicts) > 0 != tt.breaks {
			t.Errorf("%s: %v, %+v", name, err, conflicts)
		}
	}
}

func planWith(t interface{ Fatal(...any) }, p *schedule.Problem, topology schedule.Topology, distance int) *schedule.Plan {
	q := *p
	if err := q.ExcludeCollisions(topology, distance); err != nil {
		t.Fatal(err)
	}
	plan, err := schedule.Solve(context.Background(), &q, &schedule.Options{MaxWork: 200_000})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// drawDoubt draws an estate of up to seven CIs with a group, and what is in doubt of it.
func drawDoubt(t *rapid.T) (cmdb.Snapshot, cmdb.DoubtRule) {
	s, rule := cmdb.Snapshot{Version: cmdb.Version}, cmdb.DoubtRule{Below: 50}
	n := rapid.IntRange(2, 7).Draw(t, "estate")
	for i := range n {
		s.CIs = append(s.CIs, cmdb.CI{ID: fmt.Sprintf("c%d", i)})
	}
	any := func(label string) string { return s.CIs[rapid.IntRange(0, n-1).Draw(t, label)].ID }
	same := func(a cmdb.Relation) func(b cmdb.Relation) bool {
		return func(b cmdb.Relation) bool { return a.From == b.From && a.Type == b.Type && a.To == b.To }
	}
	for range rapid.IntRange(0, 9).Draw(t, "relations") {
		r := cmdb.Relation{From: any("from"), Type: rapid.SampledFrom([]string{cmdb.DependsOn, cmdb.PartOf}).Draw(t, "type"), To: any("to")}
		r.Confidence = rapid.SampledFrom([]int{0, 20, 90}).Draw(t, "confidence")
		if r.From == r.To || slices.ContainsFunc(s.Relations, same(r)) || slices.ContainsFunc(rule.Suspects, same(r)) {
			continue
		}
		if rapid.IntRange(0, 3).Draw(t, "suspect") == 0 {
			rule.Suspects = append(rule.Suspects, r)
		} else {
			s.Relations = append(s.Relations, r)
		}
	}
	if n > 3 && rapid.Bool().Draw(t, "group") {
		s.Groups = []cmdb.Group{{ID: "g", Members: []string{"c0", "c1", "c2"}, Need: rapid.IntRange(1, 3).Draw(t, "need")}}
		if rapid.Bool().Draw(t, "named") {
			s.Groups[0].Dependents = []string{"c3"}
		}
	}
	return s, rule
}

// eachWorld calls f with every snapshot in which at most wrong of the relations in doubt are wrong.
func eachWorld(s cmdb.Snapshot, rule cmdb.DoubtRule, wrong int, f func(cmdb.Snapshot)) {
	var gone, there []cmdb.Relation
	for _, r := range s.Relations {
		if r.Confidence > 0 && r.Confidence < rule.Below {
			gone = append(gone, r)
		}
	}
	there = rule.Suspects
	for bits := range 1 << (len(gone) + len(there)) {
		w := s
		w.Relations = nil
		changed := 0
		for _, r := range s.Relations {
			if i := slices.Index(gone, r); i >= 0 && bits>>i&1 != 0 {
				changed++
				continue
			}
			w.Relations = append(w.Relations, r)
		}
		for i, r := range there {
			if bits>>(len(gone)+i)&1 != 0 {
				changed++
				w.Relations = append(w.Relations, r)
			}
		}
		if changed <= wrong {
			f(w)
		}
	}
}
