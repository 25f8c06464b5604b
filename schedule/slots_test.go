package schedule

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// TestSlotsAreAllThatCheckAllows takes one activity of a plan and tries every start on a
// fine grid with Check: it is sound exactly where the finder says that the start is free.
func TestSlotsAreAllThatCheckAllows(t *testing.T) {
	tried, free, none := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t)
		p.Tick = 0
		plan, err := Solve(context.Background(), p, &Options{MaxWork: 3_000})
		if err != nil || len(plan.Assignments) == 0 {
			return
		}
		id := rapid.SampledFrom(p.Activities).Draw(t, "which").ID
		f, err := NewSlotFinder(p, plan)
		if err != nil {
			t.Fatal(err)
		}
		task := rcpsp.TaskID(f.byID[id])
		a := &asking{f: f}
		if err := a.frame(); err != nil {
			t.Fatal(err)
		}
		others := slices.DeleteFunc(slices.Clone(plan.Assignments), func(x Assignment) bool { return x.Activity == id })
		step := int64(20 * 60)
		any := false
		for k := range f.in.Tasks[task].Modes {
			a.gather(task, int32(k))
			ranges := a.free(&f.in.Tasks[task].Modes[k])
			m := &f.in.Tasks[task].Modes[k]
			starts := map[int64]bool{}
			for x := int64(0); x <= int64(f.in.Horizon); x += step {
				starts[x] = true
			}
			for _, r := range ranges { // the edges, and just beyond them
				any = true
				starts[int64(r.Lo)], starts[int64(r.Hi)], starts[int64(r.Lo)-1], starts[int64(r.Hi)+1] = true, true, true, true
			}
			low, at, _ := p.prepare()
			for x := range starts {
				end, ok := m.End(rcpsp.Time(x))
				if !ok || x < 0 {
					continue
				}
				moved := &Plan{Assignments: append(slices.Clone(others), Assignment{Activity: id, Mode: f.activityOf(task).modes()[f.modes[task][k]].ID,
					Start: f.instant(x), End: f.instant(int64(end))}), Unscheduled: slices.DeleteFunc(slices.Clone(plan.Unscheduled), func(u string) bool { return u == id })}
				conflicts := verdict(low, at, moved)
				want := Sound(conflicts)
				got := slices.ContainsFunc(ranges, func(r rcpsp.Range) bool { return int64(r.Lo) <= x && x <= int64(r.Hi) })
				tried++
				if got {
					free++
				}
				if got != want {
					blocked, _ := f.Blocked(id, f.instant(x))
					t.Fatalf("%s at %s: the finder says %v (%v), Check %v (%v)\n%s", id, f.instant(x), got, blocked, want, conflicts, text(p))
				}
				if blocked := a.boundsAt(task, int32(k), f.instant(x)); (len(blocked) == 0) != want {
					t.Fatalf("%s at %s: blocked by %v, Check %v", id, f.instant(x), blocked, conflicts)
				}
				a.gather(task, int32(k))
			}
		}
		answer, err := f.Find(id, SlotQuery{})
		if err != nil {
			t.Fatal(err)
		}
		if (len(answer.Slots) > 0) != any || (len(answer.None) == 0) != any {
			t.Fatalf("%d slots, %d reasons, some free: %v", len(answer.Slots), len(answer.None), any)
		}
		if !any {
			none++
		}
		for _, s := range answer.Slots {
			for _, x := range []time.Time{s.Start, s.Latest} {
				if b, _ := f.Blocked(id, x); len(b) > 0 {
					t.Fatalf("slot %v is blocked: %v", x, b)
				}
			}
		}
	})
	t.Logf("%d starts tried, %d free, %d activities without any", tried, free, none)
}

// TestReleaseSlotsPassCheck asks for slots of all stages of a release in a busy plan.
func TestReleaseSlotsPassCheck(t *testing.T) {
	p, plan := busy(t, 60)
	p.Releases = []Release{{ID: "r", Name: "Web shop 7", CIs: []string{"ci-1"}, Calendar: "team-1", Stages: []Stage{
		{ID: "canary", Kind: StageCanary, Duration: Hour, Demands: []Demand{{"team-1", 1}}},
		{ID: "soak", Kind: StageSoak, Duration: 20 * Hour},
		{ID: "rest", Kind: StageWave, Duration: 2 * Hour, Demands: []Demand{{"team-1", 1}}, MaxLag: ptr(12 * Hour)},
	}}}
	f, err := NewSlotFinder(p, plan)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := f.Find("r", SlotQuery{Limit: 5})
	if err != nil {
		t.Fatal(err)
	}
	if len(answer.Slots) != 5 {
		t.Fatalf("%d slots, %v", len(answer.Slots), answer.None)
	}
	seen := map[time.Time]bool{}
	for _, s := range answer.Slots {
		with := &Plan{Assignments: append(slices.Clone(plan.Assignments), s.Stages...)}
		if conflicts, err := Check(p, with); err != nil || !Sound(conflicts) {
			t.Errorf("%v: %v %v", s.Start, conflicts, err)
		}
		if seen[s.Start] {
			t.Error("one slot twice")
		}
		seen[s.Start] = true
	}
}

// TestReleaseSlotsOfRandomPlans adds a release of three stages to random plans: all slots
// pass Check.
func TestReleaseSlotsOfRandomPlans(t *testing.T) {
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t)
		p.Tick = 0
		p.Links, p.Precedences, p.Bundles = nil, nil, nil
		plan, err := Solve(context.Background(), p, &Options{MaxWork: 2_000})
		if err != nil {
			return
		}
		d := &drawing{t: t, start: p.Horizon.Start, hours: 72, unit: time.Hour, p: p}
		q := *p
		q.Releases = []Release{{ID: "r", CIs: []string{"x"}, Calendar: d.calendar("calendar"), Stages: []Stage{
			{ID: "canary", Kind: StageCanary, Duration: Hour, Demands: d.demands()},
			{ID: "soak", Kind: StageSoak, Duration: Duration(d.length("soak", 10))},
			{ID: "rest", Kind: StageWave, Duration: 2 * Hour, Demands: d.demands(), MaxLag: ptr(Duration(d.length("wait", 20)))},
		}}}
		f, err := NewSlotFinder(&q, plan)
		if err != nil {
			return // such as a demand beyond all capacity
		}
		answer, err := f.Find("r", SlotQuery{Limit: 4})
		if err != nil {
			t.Fatal(err)
		}
		if (len(answer.Slots) == 0) != (len(answer.None) > 0) {
			t.Fatalf("%d slots and %d reasons", len(answer.Slots), len(answer.None))
		}
		for _, s := range answer.Slots {
			found++
			with := &Plan{Assignments: append(slices.Clone(plan.Assignments), s.Stages...), Unscheduled: plan.Unscheduled}
			if conflicts := check2(t, &q, with); !Sound(conflicts) {
				t.Fatalf("%v: %v\n%s", s.Stages, conflicts, text(&q))
			}
		}
	})
	t.Logf("%d slots", found)
}

func ptr[T any](v T) *T { return &v }

// busy makes a year of n changes of ten teams, four of them on each CI, in a plan that
// keeps to everything: changes are put one after the other into their first free slot.
func busy(tb testing.TB, n int) (*Problem, *Plan) {
	tb.Helper()
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	p := &Problem{Zone: "Europe/Berlin", Horizon: calendar.Interval{Start: start, End: start.AddDate(1, 0, 0)}}
	teams := max(n/50, 10)
	for i := range teams {
		p.Calendars = append(p.Calendars, calendar.Calendar{ID: fmt.Sprintf("team-%d", i), Windows: []calendar.Window{
			{ID: "night", Kind: calendar.Maintenance, Starts: calendar.MustParseRecurrence("DTSTART;TZID=Europe/Berlin:20260101T200000\nRRULE:FREQ=DAILY"), Length: calendar.Exactly(9 * time.Hour)},
			{ID: "year-end", Kind: calendar.Freeze, Starts: calendar.Once(start.AddDate(0, 11, 17)), Length: calendar.Exactly(300 * time.Hour), Reason: "year-end closing"},
		}})
		p.Resources = append(p.Resources, Resource{ID: fmt.Sprintf("team-%d", i), Name: fmt.Sprintf("Team %d", i), Kind: Team, Capacity: calendar.Profile{Base: 1}})
	}
	plan := &Plan{}
	loc := berlin()
	for i := range n {
		team := i % teams
		a := Activity{ID: fmt.Sprintf("a%05d", i), Name: fmt.Sprintf("Change %d", i), CIs: []string{fmt.Sprintf("ci-%d", i%(n/4))}, Calendar: fmt.Sprintf("team-%d", team),
			Duration: 2 * Hour, Demands: []Demand{{fmt.Sprintf("team-%d", team), 1}}}
		p.Activities = append(p.Activities, a)
		k := i / teams // of the team: four places a night
		begin := time.Date(2026, 1, 2+k/4*min(6, 1200/max(n/teams, 1)/4+1), 20+k%4*2, 0, 0, 0, loc)
		plan.Assignments = append(plan.Assignments, Assignment{Activity: a.ID, Start: begin.UTC(), End: begin.Add(2 * time.Hour).UTC()})
	}
	for k := range n / 4 { // the four changes of a CI are far apart
		x := Exclusion{ID: fmt.Sprintf("x%d", k), Kind: SameCI, At: fmt.Sprintf("ci-%d", k)}
		for i := k; i < n; i += n / 4 {
			x.Activities = append(x.Activities, p.Activities[i].ID)
		}
		p.Exclusions = append(p.Exclusions, x)
		if k%10 == 0 {
			p.Groups = append(p.Groups, RedundancyGroup{ID: fmt.Sprintf("g%d", k/10), Name: fmt.Sprintf("Cluster %d", k/10), MaxOut: 10})
		}
		g := &p.Groups[len(p.Groups)-1]
		g.Members = append(g.Members, GroupMember{CI: x.At})
	}
	return p, plan
}

// BenchmarkSlots asks for the first ten slots of one change against 10,000 scheduled ones,
// with the reasons, and compares with trying every quarter of an hour with Check.
func BenchmarkSlots(b *testing.B) {
	p, plan := busy(b, 10_000)
	f, err := NewSlotFinder(p, plan)
	if err != nil {
		b.Fatal(err)
	}
	i := 0
	for b.Loop() {
		answer, err := f.Find(p.Activities[i*37%len(p.Activities)].ID, SlotQuery{})
		if err != nil || len(answer.Slots) == 0 {
			b.Fatal(answer, err)
		}
		i++
	}
	ours := float64(b.Elapsed()) / float64(b.N)
	began := time.Now()
	if _, err := Check(p, plan); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(time.Since(began))/ours, "x-one-check")
}
