package schedule

import (
	"context"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// A disruption of a large plan.
type largeRepair struct {
	p, q      *Problem // before and after
	plan      *Plan
	now       time.Time
	displaced int // what is planned in the freeze
}

// freezeOf plans n activities of [large] by the plain rule, and then closes all calendars
// for some days from the middle of the plan on, a week ahead.
func freezeOf(tb testing.TB, n, days int) *largeRepair {
	tb.Helper()
	r := &largeRepair{p: large(n, 1)}
	c := compiledOf(tb, r.p)
	sol, ok := firstCome(c)
	if !ok {
		tb.Fatal("the plain rule finds no plan")
	}
	r.plan = c.plan(sol)
	from := r.plan.Assignments[len(r.plan.Assignments)/2].Start.Truncate(24 * time.Hour)
	closed := calendar.Interval{Start: from, End: from.AddDate(0, 0, days)}
	q := *r.p
	q.Calendars = slices.Clone(q.Calendars)
	for i := range q.Calendars {
		q.Calendars[i].Windows = append(slices.Clone(q.Calendars[i].Windows), calendar.Window{ID: "audit", Kind: calendar.Freeze,
			Starts: calendar.Once(closed.Start), Length: calendar.Exactly(closed.Duration()), Reason: "audit"})
	}
	r.q, r.now = &q, closed.Start.AddDate(0, 0, -7)
	for _, x := range r.plan.Assignments {
		if x.Interval().Overlaps(closed) {
			r.displaced++
		}
	}
	return r
}

// movedIn counts what starts at another time in a plan.
func movedIn(from, to *Plan) int {
	n := 0
	for a, b := range to.Diff(from) {
		if !a.Start.Equal(b.Start) {
			n++
		}
	}
	return n
}

// rightShift is the usual repair (Abumaizar and Svestka 1997): all keep their order, and
// each starts as soon after its old start as those before it leave room.
func (r *largeRepair) rightShift(tb testing.TB) *Plan {
	tb.Helper()
	c := compiledOf(tb, r.q)
	old := c.solution(r.plan)
	in, out := c.in, old.Clone()
	order := sorted(len(in.Tasks), func(a, b int) int { return int(old.Start[a] - old.Start[b]) })
	busy := make([][]rcpsp.Span, len(in.Resources))
	from := slices.Clone(old.Start)
	for _, t := range order {
		m := &in.Tasks[t].Modes[0]
		at, ok := firstFit(in, m, from[t], busy)
		if !ok {
			tb.Fatal("a right shift leaves the year")
		}
		out.Start[t] = at
		for _, d := range m.Demands {
			busy[d.Resource] = append(busy[d.Resource], rcpsp.Span{Lo: at, Hi: at + m.Duration})
		}
		for _, l := range in.Lags {
			if int32(l.From) == t {
				after := at + l.Min
				if l.FromEnd {
					after += m.Duration
				}
				from[l.To] = max(from[l.To], after)
			}
		}
	}
	return c.plan(out)
}

// compare checks what a repair must keep beside a right shift and a plan made afresh, and
// returns the numbers of moves.
func (r *largeRepair) compare(tb testing.TB, got *Plan, afresh *Options) (ours, right, anew int) {
	tb.Helper()
	if conflicts, err := Check(r.q, got); err != nil || !Sound(conflicts) {
		tb.Fatal("the repaired plan does not pass Check", err)
	}
	shifted := r.rightShift(tb)
	if conflicts, err := Check(r.q, shifted); err != nil || !Sound(conflicts) {
		tb.Fatal("the right shift does not pass Check", err)
	}
	fresh, err := Solve(context.Background(), r.q, afresh)
	if err != nil {
		tb.Fatal(err)
	}
	ours, right, anew = movedIn(r.plan, got), movedIn(r.plan, shifted), movedIn(r.plan, fresh)
	moves := got.Tiers[3]
	if int64(ours) != moves.Value {
		tb.Errorf("%d moves, the plan says %d", ours, moves.Value)
	}
	if ours > right {
		tb.Errorf("%d moves, a right shift makes %d", ours, right)
	}
	if 10*ours > anew {
		tb.Errorf("%d moves, planning afresh makes %d", ours, anew)
	}
	if 5*moves.Bound <= 6*int64(r.displaced) && 5*ours > 6*r.displaced {
		tb.Errorf("%d moves for %d displaced, of which %d are proved to be needed", ours, r.displaced, moves.Bound)
	}
	return ours, right, anew
}

// TestRepairOfLargePlan repairs a large plan after a new freeze with a limit of work.
func TestRepairOfLargePlan(t *testing.T) {
	n, days := 400, 2
	if os.Getenv("SLACKWATER_LONG") != "" {
		n, days = 2000, 7
	}
	r := freezeOf(t, n, days)
	o := &Options{Now: r.now, MaxWork: int64(5000 * n)}
	got, err := Repair(context.Background(), r.q, r.plan, o)
	if err != nil {
		t.Fatal(err)
	}
	ours, right, anew := r.compare(t, got, &Options{MaxWork: int64(1000 * n)})
	t.Logf("%d activities, %d displaced: %d moves (at least %d are needed), right shift %d, afresh %d; shift %v s, at least %v",
		n, r.displaced, ours, got.Tiers[3].Bound, right, anew, got.Tiers[4].Value, got.Tiers[4].Bound)
	o.MaxWork = got.Stats.Work
	again, err := Repair(context.Background(), r.q, r.plan, o)
	if err != nil || text(again.Assignments) != text(got.Assignments) {
		t.Errorf("the same work gives another repair: %v", err)
	}
}

// BenchmarkRepair2000 repairs a plan of 2,000 activities after a new freeze of a week
// within ten seconds, and compares with a right shift and with planning afresh for as long.
func BenchmarkRepair2000(b *testing.B) {
	r := freezeOf(b, 2000, 7)
	for b.Loop() {
		ctx, cancel := context.WithTimeout(context.Background(), 9*time.Second)
		began := time.Now()
		got, err := Repair(ctx, r.q, r.plan, &Options{Now: r.now})
		took := time.Since(began)
		cancel()
		if err != nil {
			b.Fatal(err)
		}
		ours, right, anew := r.compare(b, got, &Options{MaxWork: got.Stats.Work})
		b.ReportMetric(took.Seconds(), "s/repair")
		b.ReportMetric(float64(ours), "moves")
		b.ReportMetric(float64(got.Tiers[3].Bound), "moves-needed")
		b.ReportMetric(float64(ours)/float64(r.displaced), "moves/displaced")
		b.ReportMetric(float64(right), "moves-right-shift")
		b.ReportMetric(float64(anew), "moves-afresh")
	}
}
