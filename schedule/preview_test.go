package schedule

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/prng"
)

// A proposal is a freeze over a few independent activities, planned anywhere, around the
// night in which the clocks of Berlin go back.
type proposal struct {
	p     *Problem
	plan  *Plan
	query FreezeQuery
	span  calendar.Interval // of the proposal
	loc   *time.Location
}

func propose(t *testing.T, r *prng.Rand) *proposal {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2026, 10, 23, 0, 0, 0, 0, loc)
	at := func(h int) time.Time { return start.Add(time.Duration(h) * time.Hour) }
	x := &proposal{loc: loc, plan: &Plan{}, p: &Problem{Zone: "Europe/Berlin", Horizon: calendar.Interval{Start: start, End: at(97)},
		Calendars: []calendar.Calendar{{ID: "c"}}}}
	for i := range 2 + r.IntN(4) {
		a := Activity{ID: string(rune('a' + i)), Type: []string{Normal, Normal, Emergency}[r.IntN(3)], Duration: Duration(r.IntN(10)) * Hour, Weight: int64(r.IntN(4)), Calendar: "c"}
		if r.IntN(5) == 0 {
			a.Calendar = ""
		}
		from := r.IntN(97 - int(a.Duration/Hour))
		if r.IntN(2) == 0 {
			a.Due = at(from + r.IntN(20))
		}
		if r.IntN(4) == 0 { // little room, at times none
			a.NotAfter = at(from + int(a.Duration/Hour))
			a.NotBefore = at(max(from-r.IntN(12), 0))
		}
		x.p.Activities = append(x.p.Activities, a)
		x.plan.Assignments = append(x.plan.Assignments, Assignment{Activity: a.ID, Start: at(from), End: at(from).Add(a.Duration.Std())})
	}
	x.span.Start = at(r.IntN(90))
	x.span.End = x.span.Start.Add(time.Duration(1+r.IntN(60)) * time.Hour)
	w := calendar.Window{ID: "proposed", Kind: []calendar.Kind{calendar.Freeze, calendar.Blackout}[r.IntN(2)], Overrun: r.IntN(4) == 0,
		Starts: calendar.Once(x.span.Start), Length: calendar.Exactly(x.span.Duration())}
	if w.Kind == calendar.Freeze && r.IntN(2) == 0 {
		w.Exempt = []string{Emergency}
	}
	x.query = FreezeQuery{Calendar: "c", Window: w, Days: 1 + r.IntN(3), Solver: Options{Now: start}}
	return x
}

// with returns the problem with the proposal, its boundaries moved by days of the wall clock.
func (x *proposal) with(begin, end int) *Problem {
	q := *x.p
	w := x.query.Window
	from, until := x.span.Start, x.span.End // which may be in the hour that comes twice
	if begin != 0 {
		from = from.In(x.loc).AddDate(0, 0, begin)
	}
	if end != 0 {
		until = until.In(x.loc).AddDate(0, 0, end)
	}
	if !from.Before(until) {
		return &q
	}
	w.Starts, w.Length = calendar.Once(from), calendar.Exactly(until.Sub(from))
	q.Calendars = []calendar.Calendar{{ID: "c", Windows: []calendar.Window{w}}}
	return &q
}

// TestPreviewAgainstEveryBoundary puts each proposal with each boundary into the problem and
// lets Check count what is planned in it. Whether a plan keeps to the proposal is asked of
// Check for every hour at which each activity could start, since they are independent; what
// gets busier or late in that plan is counted anew.
func TestPreviewAgainstEveryBoundary(t *testing.T) {
	problems := 60
	if slow() {
		problems = 1000
	}
	boundaries, never, late, busier, shifted := 0, 0, 0, 0, 0
	numbers := []int{449} // ends in the hour that comes twice
	for n := range problems {
		numbers = append(numbers, n)
	}
	for _, n := range numbers {
		x := propose(t, prng.New(5).Split(uint64(n)))
		got, err := PreviewFreeze(context.Background(), x.p, x.plan, x.query)
		if err != nil {
			t.Fatalf("problem %d: %v\n%s", n, err, text(x.p))
		}
		inside := func(begin, end int) ([]string, int64) {
			found, err := Check(x.with(begin, end), x.plan)
			if err != nil {
				t.Fatal(err)
			}
			var ids []string
			var weight int64
			for i := range x.p.Activities {
				a := &x.p.Activities[i]
				if slices.ContainsFunc(found, func(c Conflict) bool {
					return c.Severity == Blocking && c.Evidence[0].Window == "proposed" && slices.Contains(c.Activities, a.ID)
				}) {
					ids = append(ids, a.ID)
					weight += max(a.Weight, 1)
				}
			}
			return ids, weight
		}
		var displaced []string
		for _, a := range got.Displaced {
			displaced = append(displaced, a.Activity)
		}
		slices.Sort(displaced)
		if want, _ := inside(0, 0); !slices.Equal(displaced, want) {
			t.Fatalf("problem %d: %v displaced, Check finds %v\n%s", n, displaced, want, text(x.p))
		}
		days := x.query.Days
		if k := 2*days + 1; len(got.Begins) != k || len(got.Ends) != k || len(got.Shifts) != k {
			t.Fatalf("problem %d: not one boundary for each day", n)
		}
		var best *Boundary
		for d := -days; d <= days; d++ {
			is := func(what string, b Boundary, begin, end int) Boundary {
				boundaries++
				ids, weight := inside(begin, end)
				want := Boundary{Days: d, Displaced: len(ids), Weight: weight}
				if b != want {
					t.Fatalf("problem %d: %s is %+v, Check says %+v\n%s", n, what, b, want, text(x.p))
				}
				return want
			}
			is("begin", got.Begins[d+days], d, 0)
			is("end", got.Ends[d+days], 0, d)
			b := is("shift", got.Shifts[d+days], d, d)
			if best == nil || b.Weight < best.Weight || b.Weight == best.Weight && d*d <= best.Days*best.Days {
				best = &b // of two alike, later
			}
		}
		if got.Best != *best {
			t.Fatalf("problem %d: the best is %+v, want %+v", n, got.Best, *best)
		}
		if best.Days != 0 {
			shifted++
		}
		if possible := x.possible(t); possible != (got.Plan != nil) {
			t.Fatalf("problem %d: a plan: %v, by trying every hour: %v\n%s", n, got.Plan != nil, possible, text(x.p))
		}
		if got.Plan == nil {
			if never++; len(got.Never) == 0 {
				t.Fatalf("problem %d: no plan and no reason", n)
			}
			continue
		}
		if found, err := Check(x.with(0, 0), got.Plan); err != nil || !Sound(found) {
			t.Fatalf("problem %d: %v %v", n, err, found)
		}
		var missed []string
		for i := range x.p.Activities {
			a := &x.p.Activities[i]
			was, _ := x.plan.Of(a.ID)
			is, _ := got.Plan.Of(a.ID)
			if !a.Due.IsZero() && is.End.After(a.Due) && !was.End.After(a.Due) {
				missed = append(missed, a.ID)
			}
		}
		said := slices.Sorted(slices.Values(got.Late))
		if !slices.Equal(said, missed) {
			t.Fatalf("problem %d: %v late, want %v", n, said, missed)
		}
		var loads []DayLoad
		for day := x.p.Horizon.Start.In(x.loc); day.Before(x.p.Horizon.End); day = day.AddDate(0, 0, 1) {
			starts := func(plan *Plan) int {
				k := 0
				for _, a := range plan.Assignments {
					if !a.Start.Before(day) && a.Start.Before(day.AddDate(0, 0, 1)) {
						k++
					}
				}
				return k
			}
			if b, a := starts(x.plan), starts(got.Plan); a > b {
				loads = append(loads, DayLoad{calendar.DateOf(day), b, a})
			}
		}
		if !slices.Equal(got.Busier, loads) {
			t.Fatalf("problem %d: busier %v, want %v", n, got.Busier, loads)
		}
		late, busier = late+len(missed), busier+len(loads)
	}
	t.Logf("%d proposals, %d boundaries, %d better shifted, %d without a plan, %d late, %d days busier", problems, boundaries, shifted, never, late, busier)
	if never == 0 || late == 0 || busier == 0 || shifted == 0 {
		t.Error("something is never asked")
	}
}

// possible tries every hour for every activity.
func (x *proposal) possible(t *testing.T) bool {
	t.Helper()
	for i := range x.p.Activities {
		q := x.with(0, 0)
		q.Activities = q.Activities[i : i+1]
		a := &q.Activities[0]
		fits := false
		for at := q.Horizon.Start; at.Before(q.Horizon.End) && !fits; at = at.Add(time.Hour) {
			found, err := Check(q, &Plan{Assignments: []Assignment{{Activity: a.ID, Start: at, End: at.Add(a.Duration.Std())}}})
			if err != nil {
				t.Fatal(err)
			}
			fits = Sound(found)
		}
		if !fits {
			return false
		}
	}
	return true
}
